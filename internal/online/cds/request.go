package cds

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/online/fsi"
)

// call is a hook call.
type call struct {
	Hook         string `json:"hook"`
	HookInstance string `json:"hookInstance"`
	Context      struct {
		UserID      string          `json:"userId"`
		PatientID   string          `json:"patientId"`
		EncounterID string          `json:"encounterId"`
		Selections  []string        `json:"selections"`
		DraftOrders json.RawMessage `json:"draftOrders"`
	} `json:"context"`
	Prefetch map[string]json.RawMessage `json:"prefetch"`
}

// mapping turns a call into a request.
type mapping struct {
	c      *call
	inst   string
	q      *online.Request
	drafts map[string]*resource // draft orders by their name
	meds   map[string]*resource // medications that orders refer to
}

// maxEntries bounds the resources of a call.
const maxEntries = 5_000

// badCall is a call that cannot be read; the status is 400, or 412 when something needed was not sent along.
type badCall struct {
	status int
	text   string
}

func (b *badCall) Error() string { return b.text }

func refuse(status int, format string, a ...any) *badCall {
	return &badCall{status, fmt.Sprintf(format, a...)}
}

// readCall reads a hook call and maps it. inst is the institution that the key speaks for, "" = of an area.
func readCall(body []byte, hook, inst string, now claim.Time) (*mapping, error) {
	var c call
	if err := json.Unmarshal(body, &c); err != nil {
		return nil, refuse(400, "报文不是合法的 CDS Hooks 请求：%s", jsonError(err))
	}
	switch {
	case c.Hook != hook:
		return nil, refuse(400, "hook 应为 %s，收到 %q", hook, clip(c.Hook, 40))
	case c.HookInstance == "":
		return nil, refuse(400, "没有 hookInstance")
	case c.Context.PatientID == "":
		return nil, refuse(400, "context 里没有 patientId")
	case len(c.Context.DraftOrders) == 0 || string(c.Context.DraftOrders) == "null":
		return nil, refuse(400, "context 里没有 draftOrders")
	case hook == "order-select" && len(c.Context.Selections) == 0:
		return nil, refuse(400, "context 里没有 selections")
	}
	m := &mapping{c: &c, inst: inst, drafts: map[string]*resource{}, meds: map[string]*resource{}}
	m.q = &online.Request{Infno: hook, Stage: online.Before, Channel: Channel, MsgID: c.HookInstance, Operator: lastPart(c.Context.UserID), At: now}
	return m, m.read()
}

func lastPart(ref string) string { return ref[strings.LastIndexByte(ref, '/')+1:] }

func jsonError(err error) string {
	var at *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch e := err.(type) { //nolint:errorlint // json returns them bare
	case *json.SyntaxError:
		at = e
	case *json.UnmarshalTypeError:
		kind = e
	}
	switch {
	case at != nil:
		return fmt.Sprintf("第 %d 字节附近不是合法的 JSON，或报文不完整", at.Offset)
	case kind != nil:
		return fmt.Sprintf("%s 的类型不对，收到 %s", kind.Field, kind.Value)
	}
	return "读不懂"
}

func (m *mapping) odd(path, value, why string) {
	if len(m.q.Odd) < 50 {
		m.q.Odd = append(m.q.Odd, online.Oddity{Path: path, Value: clip(value, 40), Why: why})
	}
}

// prefetched returns the resources under a prefetch key: one resource, the entries of a bundle, or none.
func (m *mapping) prefetched(key string) ([]resource, error) {
	return m.resources("prefetch."+key, m.c.Prefetch[key])
}

func (m *mapping) resources(path string, raw json.RawMessage) ([]resource, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	var r resource
	if err := json.Unmarshal(raw, &r); err != nil {
		return nil, refuse(400, "%s 不是 FHIR 资源：%s", path, jsonError(err))
	}
	r.raw = raw
	if r.Type != "Bundle" {
		return []resource{r}, nil
	}
	if len(r.Entry) > maxEntries {
		return nil, refuse(413, "%s 的资源超过 %d 个", path, maxEntries)
	}
	out := make([]resource, 0, len(r.Entry))
	for i, e := range r.Entry {
		if len(e.Resource) == 0 || string(e.Resource) == "null" {
			continue
		}
		var x resource
		if err := json.Unmarshal(e.Resource, &x); err != nil {
			m.odd(fmt.Sprintf("%s.entry[%d]", path, i), "", "不是 FHIR 资源："+jsonError(err))
			continue
		}
		x.raw = e.Resource
		out = append(out, x)
	}
	return out, nil
}

func (m *mapping) read() error {
	ps, err := m.prefetched("patient")
	if err != nil {
		return err
	}
	if len(ps) == 0 || ps[0].Type != "Patient" {
		return refuse(412, "没有预取 patient：请按 /cds-services 的 prefetch 一并发送，本服务不回查 FHIR 服务器")
	}
	if ps[0].ID != "" && ps[0].ID != lastPart(m.c.Context.PatientID) {
		return refuse(400, "预取的病人 %s 不是 context 的病人 %s", clip(ps[0].ID, 40), clip(m.c.Context.PatientID, 40))
	}
	p := m.patient(&ps[0])
	es, err := m.prefetched("encounter")
	if err != nil {
		return err
	}
	e := m.encounter(es)
	if err := m.conditions(&e, es); err != nil {
		return err
	}
	if err := m.orders(&e); err != nil {
		return err
	}
	if len(es) == 0 || len(e.Diagnoses) == 0 {
		m.q.Channel = BareChannel
	}
	p.Current = e.ID
	p.Encounters = append(p.Encounters, e)
	m.q.Patients = []online.Patient{p}
	m.q.Inst = e.Inst
	return nil
}

var sexes = map[string]string{"male": "1", "female": "2", "other": "9", "unknown": "0"}

func (m *mapping) patient(r *resource) online.Patient {
	p := online.Patient{ID: r.known("psn_no"), Sex: sexes[r.Gender], Birth: claim.NoDay, Area: r.ext("poolarea").text(), PsnType: r.ext("psn_type").text()}
	if p.ID == "" {
		p.ID = lastPart(m.c.Context.PatientID)
	}
	m.q.Insured = r.ext("insuplc_admdvs").text()
	if len(r.Name) > 0 {
		p.Name = r.Name[0].Text
		if p.Name == "" {
			p.Name = r.Name[0].Family + strings.Join(r.Name[0].Given, "")
		}
	}
	if r.BirthDate != "" {
		if t, ok := fsi.Moment(r.BirthDate); ok {
			p.Birth = t.Day()
		} else {
			m.odd("Patient.birthDate", r.BirthDate, "应为 yyyy-MM-dd")
		}
	}
	return p
}

// moment reads a time; what cannot be read is odd.
func (m *mapping) moment(path, s string) claim.Time {
	if s == "" {
		return claim.NoTime
	}
	t, ok := fsi.Moment(s)
	if !ok {
		m.odd(path, s, "应为 yyyy-MM-dd 或带时区的时刻")
		return claim.NoTime
	}
	return t
}

// classes of Encounter.class: med_mdtrt_type and med_type.
var classes = map[string][2]string{"AMB": {"1", "11"}, "VR": {"1", "11"}, "HH": {"1", "11"}, "EMER": {"1", "13"}, "IMP": {"2", "21"}, "ACUTE": {"2", "21"}, "NONAC": {"2", "21"},
	"OBSENC": {"2", "21"}, "SS": {"2", "21"}}

func (m *mapping) encounter(es []resource) online.Encounter {
	e := online.Encounter{ID: lastPart(m.c.Context.EncounterID), Inst: m.inst, Begin: m.q.At, End: claim.NoTime, Total: claim.None64, Own: claim.None64,
		SelfPay: claim.None64, Account: claim.None64, Fund: claim.None64, Kind: "1", MedType: "11"}
	if e.ID == "" {
		e.ID = m.c.HookInstance // a visit of its own: nothing else is known of it
	}
	if len(es) == 0 || es[0].Type != "Encounter" {
		m.odd("prefetch.encounter", "", "没有预取就诊，按普通门诊核对")
		return e
	}
	r := &es[0]
	if id := r.known("mdtrt_id"); id != "" {
		e.ID = id
	}
	if t := m.moment("Encounter.period.start", r.Period.Start); t.Has() {
		e.Begin = t
	}
	e.End = m.moment("Encounter.period.end", r.Period.End)
	if c := classOf(r.Class); c != "" {
		k, ok := classes[c]
		if !ok {
			m.odd("Encounter.class", c, "不认得的就诊类别，按普通门诊核对")
		} else {
			e.Kind, e.MedType, e.Emergency = k[0], k[1], c == "EMER"
		}
	}
	for i := range r.EncounterType {
		if x := r.EncounterType[i].of("med_type", ""); x.System == urn+"med_type" {
			e.MedType = x.Code
		}
	}
	e.Rescue = r.ext("resc_flag").text() == "1"
	e.Insutype = r.ext("insutype").text()
	e.Matn = r.ext("matn_stas").text()
	dept := r.ServiceType.of("dept_codg", "")
	e.DeptIn, e.DeptInName = dept.Code, r.ServiceType.names(dept)
	if r.ServiceProvider.Identifier.Value != "" {
		e.Inst = r.ServiceProvider.Identifier.Value
	}
	e.InstName = r.ServiceProvider.Display
	if len(r.Participant) > 0 {
		e.Doctor = r.Participant[0].Individual.ref()
	}
	return e
}

// classOf reads Encounter.class: a coding in R4; clients of other versions send a list.
func classOf(raw json.RawMessage) string {
	var one coding
	if json.Unmarshal(raw, &one) == nil && one.Code != "" {
		return one.Code
	}
	var many []concept
	if json.Unmarshal(raw, &many) == nil && len(many) > 0 && len(many[0].Coding) > 0 {
		return many[0].Coding[0].Code
	}
	return ""
}

func (m *mapping) conditions(e *online.Encounter, es []resource) error {
	cs, err := m.prefetched("conditions")
	if err != nil {
		return err
	}
	main := ""
	if len(es) > 0 {
		for _, d := range es[0].Diagnosis {
			if d.Rank == 1 || main == "" {
				main = lastPart(d.Condition.Reference)
			}
		}
	}
	for i := range cs {
		r := &cs[i]
		if r.Type != "Condition" || slices.Contains([]string{"inactive", "resolved", "remission"}, r.ClinicalStat.of("", "").Code) {
			continue
		}
		x := r.Code.of("dise_codg", "icd-10")
		if x.Code == "" {
			m.odd("Condition/"+r.ID, "", "没有诊断编码")
			continue
		}
		at := m.moment("Condition.recordedDate", r.RecordedDate)
		if !at.Has() {
			at = m.moment("Condition.onsetDateTime", r.OnsetDateTime)
		}
		e.Diagnoses = append(e.Diagnoses, online.Diagnosis{InOut: "1", Main: r.ID != "" && r.ID == main, Order: len(e.Diagnoses) + 1, Code: x.Code, Name: r.Code.names(x), At: at})
	}
	if n := len(e.Diagnoses); n > 0 && !slices.ContainsFunc(e.Diagnoses, func(d online.Diagnosis) bool { return d.Main }) {
		e.Diagnoses[0].Main = true
	}
	for _, d := range e.Diagnoses {
		if d.Main {
			e.MainDiag, e.MainDiagName = d.Code, d.Name
			break
		}
	}
	return nil
}
