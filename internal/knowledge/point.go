// Package knowledge is the 知识库: knowledge points with their source and validity, the code maps that bring local item
// codes to national ones, and the importers of the national sheets and of a bureau's own points. It does not know how a
// rule judges; it only says which rule reads a point.
package knowledge

import (
	"encoding/json"

	"github.com/mingjian/mingjian/internal/claim"
)

// Point is one row of knowledge: what one rule must know of one subject.
type Point struct {
	ID      string    `json:"point_id"`
	RuleID  string    `json:"rule_id"`
	Subject string    `json:"subject_code"`            // item code, or "diag:…" for points on diagnoses
	Second  string    `json:"subject2_code,omitempty"` // contained or excluded item of a pair
	Scope   string    `json:"scope,omitempty"`         // 单日 单次就诊 6小时 同一小时 单次住院 疾病过程 自然年 …
	Limit   claim.Qty `json:"limit_value,omitempty"`   // 1e-4 of Unit; claim.None64 when absent
	Unit    string    `json:"unit,omitempty"`
	WindowD int       `json:"window_d,omitempty"` // days
	Sex     string    `json:"sex,omitempty"`      // 男 or 女
	AgeMin  int       `json:"age_min"`            // years inclusive, −1 when absent
	AgeMax  int       `json:"age_max"`            // years inclusive, −1 when absent
	DiagSet string    `json:"diag_set,omitempty"` // prefixes and ranges, | separated
	Allow   string    `json:"allow,omitempty"`    // allowed values, | separated
	Params  Params    `json:"params,omitempty"`
	Basis   string    `json:"basis"`
	Source  string    `json:"source,omitempty"`
	// AppliesOn picks the day at which validity is judged: "" or fee, admission, discharge, settlement.
	AppliesOn string    `json:"applies_on,omitempty"`
	From, To  claim.Day `json:"-"` // inclusive; To = claim.OpenDay when open
	Area      string    `json:"admdvs,omitempty"`
}

// Params are a point's further parameters. The known ones are typed; points.csv gives them as a JSON object.
type Params struct {
	Group     string   `json:"group,omitempty"`     // generic name, surgery group, pharmacological class …
	Part      string   `json:"part,omitempty"`      // body part
	CapN      int      `json:"cap_n,omitempty"`     // contained quantity per main item, 0 = all
	Children  []string `json:"children,omitempty"`  // items that compose the subject
	Require   []string `json:"require,omitempty"`   // items of which one must be present
	Second    float64  `json:"second,omitempty"`    // ratio for the second and further items
	PerDay    bool     `json:"per_day,omitempty"`   // limit × days of the stay
	Channels  int      `json:"channels,omitempty"`  // channels counted per item
	MinTitle  string   `json:"min_title,omitempty"` // lowest professional title allowed
	Fetal     bool     `json:"fetal,omitempty"`     // done to the foetus or newborn, billed to the mother
	ErObs     bool     `json:"er_obs,omitempty"`    // main item is emergency observation
	Extra     bool     `json:"extra,omitempty"`     // extra bed, cot: not counted
	ICU       bool     `json:"icu,omitempty"`       // intensive care bed
	Class     string   `json:"class,omitempty"`     // bed, nursing …
	Analgesia bool     `json:"analgesia,omitempty"` // post-operative analgesia
}

// ParseParams reads the JSON of a params column; unknown members are an error that names them.
func ParseParams(s string) (Params, error) {
	var p Params
	if s == "" {
		return p, nil
	}
	err := unmarshalStrict([]byte(s), &p)
	return p, err
}

func (p Params) String() string {
	if p.Group == "" && p.Part == "" && p.CapN == 0 && p.Children == nil && p.Require == nil && p.Second == 0 && !p.PerDay && p.Channels == 0 &&
		p.MinTitle == "" && !p.Fetal && !p.ErObs && !p.Extra && !p.ICU && p.Class == "" && !p.Analgesia {
		return "" // most points have none
	}
	b, err := json.Marshal(p)
	if err != nil || string(b) == "{}" {
		return ""
	}
	return string(b)
}

// Pending is a point that waits for a person's ruling (待裁决): its text and its limit column disagree, or (Needs) its row lacks
// something that only a person can give.
type Pending struct {
	Point  Point // of a row without a usable code: without a subject; of a row whose limit cannot be read: without a limit
	Reason string
	Needs  string // "", NeedsLimit, NeedsCode or NeedsSecond
}

// Mapping brings a local item code to a national one while it is valid.
type Mapping struct {
	Src, Dst string
	From, To claim.Day
	Area     string
}

// Base is one immutable version of the knowledge base.
type Base struct {
	Points   []Point
	Pendings []Pending
	Open     []Pending // rows that gave no point: their limit or code cannot be read, or no product code goes with them
	Maps     []Mapping
}
