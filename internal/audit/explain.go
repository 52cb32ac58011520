package audit

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
)

// Explanation is a finding re-evaluated, with every fact, parameter and point used.
type Explanation struct {
	Finding  string            `json:"finding_id"`
	Rule     *rule.Card        `json:"-"`
	RuleID   string            `json:"rule_id"`
	RuleName string            `json:"rule_name"`
	Version  string            `json:"rule_version"`
	Severity int               `json:"sev_deg"`
	Month    string            `json:"month"`
	Cont     string            `json:"vola_cont"`
	Holds    bool              `json:"holds"`               // on today's facts, cards and points
	Exempted string            `json:"exemption,omitempty"` // lets the finding pass
	Facts    []ExplainFact     `json:"facts"`
	Person   map[string]string `json:"person"`
	Visit    map[string]string `json:"visit"`
	Params   map[string]any    `json:"params"`
	Exempt   []string          `json:"exemptions_checked"`
	Guard    string            `json:"guard"` // the card's condition, "" for none
	Points   []ExplainPoint    `json:"points"`
	Lines    []ExplainLine     `json:"lines"`
	Basis    string            `json:"basis"`
	Advice   string            `json:"advice"`
	Vola     string            `json:"vola_amt"`
	Fund     string            `json:"fund_amt"`
	Charged  string            `json:"charged_amt"`
}

// ExplainFact is a value the judgement used.
type ExplainFact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// ExplainPoint is a knowledge point the judgement used.
type ExplainPoint struct {
	ID     string `json:"point_id"`
	Basis  string `json:"basis"`
	Source string `json:"source"`
}

// ExplainLine is one line of the finding with its arithmetic.
type ExplainLine struct {
	Type    int    `json:"vola_item_type"`
	Sn      string `json:"feedetl_sn"`
	Mdtrt   string `json:"mdtrt_id"`
	Time    string `json:"fee_ocur_time"`
	Item    string `json:"hilist_code"`
	Name    string `json:"hilist_name"`
	Cnt     string `json:"net_cnt"`
	Pric    string `json:"pric"`
	InScope string `json:"inscope"`
	Vola    string `json:"vola_amt"`
	Fund    string `json:"fund_amt"`
	Charged string `json:"charged_amt"`
}

// Explain judges a finding's person again and shows what the judgement rests on.
func (a *Auditor) Explain(id string) (*Explanation, error) {
	xs, err := a.ExplainAll([]string{id})
	if err != nil {
		return nil, err
	}
	return xs[0], nil
}

// ExplainAll explains several findings, in the order asked for. Those of one month are judged with one preparation of the month.
func (a *Auditor) ExplainAll(ids []string) ([]*Explanation, error) {
	type stored struct {
		rows   []Row
		bucket int
	}
	found := make([]stored, len(ids))
	byMonth := map[claim.Month][]int{}
	for i, id := range ids {
		var err error
		if found[i].rows, found[i].bucket, err = a.Store.locate(id); err != nil {
			return nil, err
		}
		m := found[i].rows[0].Month
		byMonth[m] = append(byMonth[m], i)
	}
	snap, err := a.Lake.Snapshot()
	if err != nil {
		return nil, err
	}
	out := make([]*Explanation, len(ids))
	for _, m := range slices.Sorted(maps.Keys(byMonth)) {
		e, err := a.engine(snap, nil, m, m, false)
		if err != nil {
			return nil, err
		}
		for _, i := range byMonth[m] {
			if out[i], err = a.explain(e, found[i].rows, found[i].bucket); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// explain tells a stored finding with an engine of its month.
func (a *Auditor) explain(e *engine, rows []Row, bucket int) (*Explanation, error) {
	x, m := a.described(rows), rows[0].Month
	return x, e.person(e.snap.Pers(rows[0].Pers), bucket, m, func(t *claim.Timeline) { e.match(x, t, m) })
}

// described is what the stored rows and the card say of a finding.
func (a *Auditor) described(rows []Row) *Explanation {
	id, m := rows[0].FindingID, rows[0].Month
	x := &Explanation{Finding: id, RuleID: rows[0].RuleID, RuleName: rows[0].RuleName, Version: rows[0].RuleVersion, Severity: rows[0].Severity,
		Month: m.String(), Cont: rows[0].Cont, Basis: rows[0].Basis, Person: map[string]string{}, Visit: map[string]string{}}
	if x.Rule = a.Library.Card(x.RuleID); x.Rule != nil {
		x.Params, x.Advice, x.Guard = x.Rule.Params, x.Rule.Advice, strings.TrimSpace(x.Rule.Guard)
		for _, tag := range x.Rule.Exempt {
			x.Exempt = append(x.Exempt, claim.TagTitles[tag])
		}
		if x.Rule.ExemptDiag != "" {
			x.Exempt = append(append([]string{}, x.Exempt...), "诊断 "+x.Rule.ExemptDiag)
		}
	}
	var vola, fund, charged claim.Money
	for i := range rows {
		r := &rows[i]
		vola, fund, charged = vola+r.Vola, fund+r.Fund, charged+r.Charged
		if r.Sn != "" {
			x.Lines = append(x.Lines, ExplainLine{Type: r.Type, Sn: r.Sn, Mdtrt: r.Mdtrt, Vola: r.Vola.String(), Fund: r.Fund.String(), Charged: r.Charged.String(), InScope: r.Scope.String()})
		}
	}
	x.Vola, x.Fund, x.Charged = vola.String(), fund.String(), charged.String()
	return x
}

// person gives the timeline of a person as a month's audit assembles it; it is valid until the function returns. A person
// united with another since the finding was made may lie in another bucket.
func (e *engine) person(pers int32, bucket int, m claim.Month, use func(*claim.Timeline)) error {
	n, r := e.snap.Buckets(), newReader(e.snap, e.hist)
	defer r.close()
	for i := range n {
		sources, err := r.bucket((bucket+i)%n, m, m)
		if err != nil {
			return err
		}
		as := claim.NewAssembler(e.vocab, sources, m.Last())
		for t, ok := as.Next(); ok; t, ok = as.Next() {
			if t.Pers == pers {
				use(t)
				return nil
			}
		}
	}
	return nil
}

func (e *engine) match(x *Explanation, t *claim.Timeline, m claim.Month) {
	for _, h := range e.bound.NewEval(m, m, e.judged).Judge(t) {
		if findingID(h.Card.ID, h.Unit) == x.Finding && (!h.Hushed || h.Exempt != "") {
			x.Holds, x.Exempted = true, h.Exempt
			e.describe(x, t, &h)
			return
		}
	}
}

func (e *engine) describe(x *Explanation, t *claim.Timeline, h *rule.Hit) {
	d := e.snap.Dicts()
	x.Params = h.Card.Params // of the variant that judges here
	for _, f := range h.Facts {
		x.Facts = append(x.Facts, ExplainFact{strings.Clone(f.Name), strings.Clone(f.Value)}) // the facts live no longer than the bucket
	}
	for _, p := range h.Points {
		id, basis, source := e.bound.Point(p)
		x.Points = append(x.Points, ExplainPoint{id, basis, source})
	}
	vi, day := h.Visit, claim.NoDay
	for _, hl := range h.Lines {
		l := &t.Lines[hl.Line]
		sn := t.FeedetlSn(l)
		for i := range x.Lines {
			if y := &x.Lines[i]; y.Sn == sn && y.Mdtrt == t.LineMdtrt(l) {
				b := t.Source(l.Src)
				y.Time, y.Item, y.Cnt, y.Pric = l.Time.String(), d[claim.DictItem].String(l.Item), l.Cnt.String(), l.Pric.String()
				y.Name = d[claim.DictText].String(b.I32(b.Table.MustCol("hilist_name"), int(l.Row)))
			}
		}
		if hl.Type == 1 && vi < 0 {
			vi = l.Visit
		}
		if day == claim.NoDay {
			day = l.Time.Day()
		}
	}
	if vi >= 0 {
		v := &t.Visits[vi]
		if day == claim.NoDay {
			day = v.Begin.Day()
		}
		x.Visit = map[string]string{"mdtrt_id": strings.Clone(t.MdtrtID(v)), "fixmedins_code": d[claim.DictInst].String(v.Inst), "med_type": d[claim.DictList].String(v.MedType),
			"begntime": v.Begin.String(), "endtime": v.End.String(), "main_diagnosis": d[claim.DictDiag].String(v.MainDiag)}
	}
	if p := personOf(t, vi, day); p != nil {
		x.Person = map[string]string{"psn_no": d[claim.DictPerson].String(p.Psn), "gend": map[int8]string{1: "男", 2: "女"}[p.Gend],
			"age": fmt.Sprint(p.Birth.YearsOn(day)), "insutype": d[claim.DictList].String(p.Insutype)}
	}
}

// String is the explanation as a clerk reads it.
func (x *Explanation) String() string {
	var b strings.Builder
	p := func(format string, a ...any) { fmt.Fprintf(&b, format+"\n", a...) }
	p("疑点 %s", x.Finding)
	p("规则 %s %s（版本 %s，%s）", x.RuleID, x.RuleName, x.Version, map[int]string{1: "明确违规", 2: "高度可疑", 3: "轻度可疑"}[x.Severity])
	p("结论 %s", x.Cont)
	if !x.Holds {
		p("注意 按现有数据、规则和知识重新判断，本疑点已不成立；下面是保存的记录。")
	}
	if x.Exempted != "" {
		p("注意 豁免 %s 适用：命中而不作为疑点。", x.Exempted)
	}
	if len(x.Visit) > 0 {
		p("就诊 %s，机构 %s，医疗类别 %s，%s 至 %s，主诊断 %s", x.Visit["mdtrt_id"], x.Visit["fixmedins_code"], x.Visit["med_type"], x.Visit["begntime"], x.Visit["endtime"], x.Visit["main_diagnosis"])
	}
	if len(x.Person) > 0 {
		p("人员 %s，%s，%s 周岁，险种 %s", x.Person["psn_no"], x.Person["gend"], x.Person["age"], x.Person["insutype"])
	}
	for _, f := range x.Facts {
		p("事实 %s = %s", f.Name, f.Value)
	}
	for _, k := range slices.Sorted(maps.Keys(x.Params)) {
		p("参数 %s = %v", k, x.Params[k])
	}
	if x.Guard != "" && x.Holds {
		p("条件 %s：成立", x.Guard)
	}
	for _, k := range x.Points {
		p("知识点 %s：%s %s", k.ID, k.Basis, k.Source)
	}
	if len(x.Exempt) > 0 {
		p("已核对的豁免 %s：均不适用", strings.Join(x.Exempt, "、"))
	}
	for _, l := range x.Lines {
		p("%s %s %s %s 净量 %s × %s 元，范围内 %s，违规 %s，基金 %s，拟追 %s", map[int]string{1: "违规行", 2: "涉及行"}[l.Type], l.Sn, l.Time, l.Name, l.Cnt, l.Pric, l.InScope, l.Vola, l.Fund, l.Charged)
	}
	p("金额 违规 %s 元，其中基金 %s 元，扣除其他规则后 %s 元", x.Vola, x.Fund, x.Charged)
	p("依据 %s", x.Basis)
	if x.Advice != "" {
		p("核查 %s", x.Advice)
	}
	return b.String()
}

// personOf is the record of the person the finding is about, by the number its visit was registered under.
func personOf(t *claim.Timeline, vi int32, day claim.Day) *claim.PersonRow {
	if vi < 0 {
		return nil
	}
	return t.PersonOn(t.Visits[vi].Psn, day)
}
