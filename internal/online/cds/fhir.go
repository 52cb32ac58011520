package cds

import (
	"encoding/json"
	"strings"
)

// The parts of FHIR R4 resources that are read. Unknown members are ignored.

// systems begin with this: urn:nhsa:psn_no, urn:nhsa:hilist_code …
const urn = "urn:nhsa:"

type coding struct {
	System  string `json:"system"`
	Code    string `json:"code"`
	Display string `json:"display"`
}

type concept struct {
	Coding loose[coding] `json:"coding"`
	Text   string        `json:"text"`
}

// UnmarshalJSON reads a concept; what has another shape (code is a string in some resources) is none.
func (c *concept) UnmarshalJSON(b []byte) error {
	type plain concept
	var p plain
	if json.Unmarshal(b, &p) == nil {
		*c = concept(p)
	}
	return nil
}

// loose is a list of which elements in another shape are left out; a single object counts as a list of one. A member's shape depends on
// the resource: type is a list of concepts in Encounter and a word in Bundle, and what we do not read must not spoil what we do.
type loose[T any] []T

// UnmarshalJSON never fails on valid JSON.
func (l *loose[T]) UnmarshalJSON(b []byte) error {
	var many []json.RawMessage
	if json.Unmarshal(b, &many) != nil {
		many = []json.RawMessage{b}
	}
	*l = nil
	for _, raw := range many {
		var x T
		if len(raw) > 0 && raw[0] == '{' && json.Unmarshal(raw, &x) == nil {
			*l = append(*l, x)
		}
	}
	return nil
}

type identifier struct {
	System string `json:"system"`
	Value  string `json:"value"`
}

type reference struct {
	Reference  string     `json:"reference"`
	Identifier identifier `json:"identifier"`
	Display    string     `json:"display"`
}

type quantity struct {
	Value json.Number `json:"value"`
	Unit  string      `json:"unit"`
	Code  string      `json:"code"`
}

type period struct {
	Start string `json:"start"`
	End   string `json:"end"`
}

type extension struct {
	URL     string      `json:"url"`
	String  string      `json:"valueString"`
	Code    string      `json:"valueCode"`
	Decimal json.Number `json:"valueDecimal"`
	Boolean bool        `json:"valueBoolean"`
	Money   struct {
		Value json.Number `json:"value"`
	} `json:"valueMoney"`
}

// resource has the members of all resources that are read.
type resource struct {
	Type       string            `json:"resourceType"`
	ID         string            `json:"id"`
	Identifier loose[identifier] `json:"identifier"`
	Extension  loose[extension]  `json:"extension"`
	Status     string            `json:"status"`
	Contained  loose[resource]   `json:"contained"`

	// Bundle
	Entry []struct {
		Resource json.RawMessage `json:"resource"`
	} `json:"entry"`

	// Patient
	Name loose[struct {
		Text   string   `json:"text"`
		Family string   `json:"family"`
		Given  []string `json:"given"`
	}] `json:"name"`
	Gender    string `json:"gender"`
	BirthDate string `json:"birthDate"`

	// Encounter
	Class           json.RawMessage `json:"class"`
	EncounterType   loose[concept]  `json:"type"`
	Period          period          `json:"period"`
	ServiceType     concept         `json:"serviceType"`
	ServiceProvider reference       `json:"serviceProvider"`
	Participant     loose[struct {
		Individual reference `json:"individual"`
	}] `json:"participant"`
	Diagnosis loose[struct {
		Condition reference `json:"condition"`
		Rank      int       `json:"rank"`
	}] `json:"diagnosis"`

	// Condition, ServiceRequest, Medication
	Code          concept   `json:"code"`
	RecordedDate  string    `json:"recordedDate"`
	OnsetDateTime string    `json:"onsetDateTime"`
	ClinicalStat  concept   `json:"clinicalStatus"`
	Encounter     reference `json:"encounter"`

	// MedicationRequest, ServiceRequest, DeviceRequest
	Medication      concept    `json:"medicationCodeableConcept"`
	MedicationRef   reference  `json:"medicationReference"`
	Device          concept    `json:"codeCodeableConcept"`
	AuthoredOn      string     `json:"authoredOn"`
	Occurrence      string     `json:"occurrenceDateTime"`
	OccurrencePer   period     `json:"occurrencePeriod"`
	Requester       reference  `json:"requester"`
	GroupIdentifier identifier `json:"groupIdentifier"`
	Requisition     identifier `json:"requisition"`
	Quantity        quantity   `json:"quantityQuantity"`
	CourseOfTherapy concept    `json:"courseOfTherapyType"`
	DoNotPerform    bool       `json:"doNotPerform"`
	Dispense        struct {
		Quantity       quantity `json:"quantity"`
		ExpectedSupply quantity `json:"expectedSupplyDuration"`
	} `json:"dispenseRequest"`
	Dosage []struct {
		Text   string  `json:"text"`
		Route  concept `json:"route"`
		Timing struct {
			Code   concept `json:"code"`
			Repeat struct {
				Frequency  json.Number `json:"frequency"`
				Period     json.Number `json:"period"`
				PeriodUnit string      `json:"periodUnit"`
			} `json:"repeat"`
		} `json:"timing"`
		DoseAndRate []struct {
			Dose quantity `json:"doseQuantity"`
		} `json:"doseAndRate"`
	} `json:"dosageInstruction"`

	raw json.RawMessage // of a draft order: what a suggestion changes
}

// name of a resource as references and selections write it.
func (r *resource) name() string { return r.Type + "/" + r.ID }

// known returns the identifier of a national field, else the first that names no system of ours, else the id.
func (r *resource) known(field string) string {
	first := ""
	for _, x := range r.Identifier {
		if x.System == urn+field && x.Value != "" {
			return x.Value
		}
		if first == "" && !strings.HasPrefix(x.System, urn) {
			first = x.Value
		}
	}
	if first != "" {
		return first
	}
	return r.ID
}

// ext returns the extension of a national field, nil when there is none.
func (r *resource) ext(field string) *extension {
	for i := range r.Extension {
		if r.Extension[i].URL == urn+field {
			return &r.Extension[i]
		}
	}
	return nil
}

func (x *extension) text() string {
	if x == nil {
		return ""
	}
	for _, s := range []string{x.String, x.Code, x.Decimal.String(), x.Money.Value.String()} {
		if s != "" {
			return s
		}
	}
	if x.Boolean {
		return "1"
	}
	return ""
}

// of returns the coding of a national field, else of a system whose name holds alt, else the first.
func (c *concept) of(field, alt string) coding {
	var best coding
	for i, x := range c.Coding {
		switch {
		case x.System == urn+field:
			return x
		case alt != "" && strings.Contains(strings.ToLower(x.System), alt):
			best = x
		case i == 0:
			best = x
		}
	}
	return best
}

// names are the words of a concept.
func (c *concept) names(x coding) string {
	if c.Text != "" {
		return c.Text
	}
	return x.Display
}

// ref is who a reference names: by identifier, else the last part of the reference.
func (r *reference) ref() string {
	if r.Identifier.Value != "" {
		return r.Identifier.Value
	}
	return r.Reference[strings.LastIndexByte(r.Reference, '/')+1:]
}
