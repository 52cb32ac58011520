package audit

import (
	"errors"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Evidence is what somebody who decides on a finding looks at beside its explanation: the bills in question, line by line,
// and what else the person had within a year. Amounts are net of what was returned, as the rules saw them.
type Evidence struct {
	*Explanation
	Diagnoses []EvidenceDiag  `json:"diagnoses"` // of the finding's visit
	Bill      []BillLine      `json:"bill"`      // of the visits with violating lines, else of the finding's visit
	Visits    []EvidenceVisit `json:"visits"`    // of the person, from a year back to what followed
}

// EvidenceDiag is a diagnosis.
type EvidenceDiag struct {
	Code string `json:"diag_code"`
	Name string `json:"diag_name"`
	Main bool   `json:"main"`
	Out  bool   `json:"discharge"` // else of the admission
}

// BillLine is one net line of a bill. Mark is the line's part in the finding: 1 violating, 2 involved, 0 none.
type BillLine struct {
	Sn      string      `json:"feedetl_sn"`
	Mdtrt   string      `json:"mdtrt_id"`
	Setl    string      `json:"setl_id"`
	Inst    string      `json:"fixmedins_code"`
	Time    string      `json:"fee_ocur_time"`
	Charge  int8        `json:"med_chrgitm_type"` // 1–14, −1 absent
	Item    string      `json:"hilist_code"`
	Name    string      `json:"hilist_name"`
	Dept    string      `json:"bilg_dept"`
	Cnt     string      `json:"net_cnt"`
	Pric    string      `json:"pric"`
	Amt     claim.Money `json:"amt_fen"`
	InScope claim.Money `json:"inscope_fen"`
	Mark    int         `json:"mark"`
}

// EvidenceVisit is a visit in the person's timeline.
type EvidenceVisit struct {
	Mdtrt    string      `json:"mdtrt_id"`
	Inst     string      `json:"fixmedins_code"`
	Name     string      `json:"fixmedins_name"`
	MedType  string      `json:"med_type"`
	Stay     bool        `json:"inpatient"`
	Begin    string      `json:"begntime"`
	End      string      `json:"endtime"`
	Open     bool        `json:"open"` // still there
	Diag     string      `json:"main_diagnosis"`
	DiagName string      `json:"main_diagnosis_name"`
	Dept     string      `json:"dept"`
	Total    claim.Money `json:"total_fen"`
	Fund     claim.Money `json:"fund_fen"`
	Mark     bool        `json:"this"` // the finding is about it
}

// ErrGone: the last audit of the month no longer finds it.
var ErrGone = errors.New("最近一次审核已不再发现这条疑点")

// Evidence explains a finding of a month and bucket and adds the bills and the person's year.
func (a *Auditor) Evidence(id string, m claim.Month, bucket int) (*Evidence, error) {
	rows, err := a.Store.in(id, m, bucket)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, ErrGone
	}
	snap, err := a.Lake.Snapshot()
	if err != nil {
		return nil, err
	}
	var rules []string
	if a.Library.Card(rows[0].RuleID) != nil { // only the card and those that may silence it
		rules = []string{rows[0].RuleID}
	}
	e, err := a.engine(snap, rules, m, m, false)
	if err != nil {
		return nil, err
	}
	x := &Evidence{Explanation: a.described(rows)}
	err = e.person(snap.Pers(rows[0].Pers), bucket, m, func(t *claim.Timeline) {
		e.match(x.Explanation, t, m)
		e.gather(x, t)
	})
	return x, err
}

// gather takes the bills and visits out of the timeline.
func (e *engine) gather(x *Evidence, t *claim.Timeline) {
	d := e.snap.Dicts()
	mark := map[[2]string]int{}
	about := map[string]bool{}
	for _, l := range x.Lines {
		mark[[2]string{l.Mdtrt, l.Sn}] = l.Type
		if l.Type == 1 {
			about[l.Mdtrt] = true
		}
	}
	if own := x.Visit["mdtrt_id"]; own != "" {
		about[own] = true
	}
	for i := range t.Visits {
		v := &t.Visits[i]
		if v.Out {
			continue
		}
		id := strings.Clone(t.MdtrtID(v))
		x.Visits = append(x.Visits, e.evidenceVisit(t, v, id, about[id]))
		if !about[id] {
			continue
		}
		for _, g := range t.Diags[v.DiagLo:v.DiagHi] {
			x.Diagnoses = append(x.Diagnoses, EvidenceDiag{d[claim.DictDiag].String(g.Code), d[claim.DictText].String(g.Name), g.Main, g.Out})
		}
	}
	for i := range t.Lines {
		l := &t.Lines[i]
		id := t.LineMdtrt(l)
		if !about[id] {
			continue
		}
		b, r := t.Source(l.Src), int(l.Row)
		sn := t.FeedetlSn(l)
		y := BillLine{Sn: strings.Clone(sn), Mdtrt: strings.Clone(id), Inst: d[claim.DictInst].String(l.Inst), Time: l.Time.String(), Charge: l.Chrg, Item: d[claim.DictItem].String(l.Item),
			Name: d[claim.DictText].String(b.I32(b.Table.MustCol("hilist_name"), r)), Dept: d[claim.DictDept].String(l.Dept),
			Cnt: l.Cnt.String(), Pric: l.Pric.String(), Amt: l.Amt, InScope: l.InScope, Mark: mark[[2]string{id, sn}]}
		if l.Setl >= 0 {
			y.Setl = strings.Clone(t.SetlID(&t.Setls[l.Setl]))
		}
		x.Bill = append(x.Bill, y)
	}
}

func (e *engine) evidenceVisit(t *claim.Timeline, v *claim.Visit, id string, this bool) EvidenceVisit {
	d := e.snap.Dicts()
	y := EvidenceVisit{Mdtrt: id, Inst: d[claim.DictInst].String(v.Inst), MedType: d[claim.DictList].String(v.MedType), Stay: v.Setting&claim.Inpatient != 0,
		Begin: v.Begin.String(), End: v.End.String(), Open: v.Open, Diag: d[claim.DictDiag].String(v.MainDiag), Dept: d[claim.DictDept].String(v.AdmDeptName), Mark: this}
	if p := e.bound.Ref.InstOn(v.Inst, v.Begin.Day()); p != nil {
		y.Name = d[claim.DictText].String(p.Name)
	}
	for _, g := range t.Diags[v.DiagLo:v.DiagHi] {
		if g.Code == v.MainDiag {
			y.DiagName = d[claim.DictText].String(g.Name)
		}
	}
	for i := range t.Setls {
		if s := &t.Setls[i]; s.VisitKey == v.Key {
			y.Total, y.Fund = y.Total+s.Total.Or(0), y.Fund+s.Fund
		}
	}
	return y
}
