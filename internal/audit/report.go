package audit

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
)

func shortHash(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:8])
}

// Report is what a run did, for people and as JSON.
type Report struct {
	Run          int                    `json:"run"`
	Snapshot     string                 `json:"snapshot"`
	Started      string                 `json:"started"` // UTC
	Seconds      float64                `json:"seconds"`
	Months       []string               `json:"months"`
	Persons      int64                  `json:"persons"`
	Lines        int64                  `json:"lines"`
	Unpaired     int64                  `json:"unpaired"` // reversals and negative lines without their other half
	Rules        map[string]*RuleReport `json:"rules"`
	NotJudged    []Skipped              `json:"not_judged"`
	Unfit        []Unfit                `json:"unfit"`
	Batched      []string               `json:"batched"` // institution, item, month whose booking times say nothing
	Changes      []Change               `json:"changes"` // the first few, in words
	ChangeTotals map[string]int64       `json:"change_totals"`
	Completeness []Gap                  `json:"completeness"`
}

// RuleReport is a card's part in a run.
type RuleReport struct {
	Sum
	New       int64 `json:"new"`
	Same      int64 `json:"same"`
	Revised   int64 `json:"revised"`
	Withdrawn int64 `json:"withdrawn"`
	NotJudged int64 `json:"not_judged"`
}

// Skipped counts what a card could not judge at an institution, and why.
type Skipped struct {
	Card   string `json:"rule_id"`
	Inst   string `json:"fixmedins_code"`
	Reason string `json:"reason"`
	Count  int64  `json:"count"`
}

// Change is a finding that is not what it was.
type Change struct {
	Month, Rule, Finding, What, Why string
}

// maxChanges is how many changes a bucket tells in words.
const maxChanges = 20

// checkpoint is the result of one bucket, kept until the run is published.
type checkpoint struct {
	Files    map[string]string         `json:"files"`
	Sums     map[string]map[string]Sum `json:"sums"`
	Rules    map[string]*RuleReport    `json:"rules"`
	Skipped  []Skipped                 `json:"skipped"`
	Unpaired int64                     `json:"unpaired"`
	Persons  int64                     `json:"persons"`
	Lines    int64                     `json:"lines"`
	Changes  []Change                  `json:"changes"`
}

func readCheckpoint(path string) (*checkpoint, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var c checkpoint
	return &c, json.Unmarshal(data, &c)
}

func newCheckpoint(t *tally, e *engine) *checkpoint {
	c := &checkpoint{Files: map[string]string{}, Sums: map[string]map[string]Sum{}, Rules: map[string]*RuleReport{}, Unpaired: t.unpaired,
		Persons: t.persons, Lines: t.lines}
	cards := e.bound.Cards()
	inst := e.snap.Dicts()[claim.DictInst]
	for k, n := range t.skipped {
		c.Skipped = append(c.Skipped, Skipped{cards[k.Card].ID, inst.String(k.Inst), k.Reason, n})
		c.rule(cards[k.Card].ID).NotJudged += n
	}
	return c
}

func (c *checkpoint) rule(id string) *RuleReport {
	r := c.Rules[id]
	if r == nil {
		r = &RuleReport{}
		c.Rules[id] = r
	}
	return r
}

// compare counts and words what changed between the findings of the last run and this one.
func (c *checkpoint) compare(m claim.Month, old, now []Row, e *engine) {
	was := map[string]*Row{}
	for i := range old {
		if r := &old[i]; was[r.FindingID] == nil && !r.Hushed {
			was[r.FindingID] = r
		}
	}
	wasVola, nowVola := volaByFinding(old), volaByFinding(now)
	for id, s := range summarize(now) {
		if e.only == nil || e.only[id] {
			c.rule(id).add(s)
		}
	}
	seen := map[string]bool{}
	for i := range now {
		r := &now[i]
		if seen[r.FindingID] || r.Hushed || (e.only != nil && !e.only[r.RuleID]) {
			continue
		}
		seen[r.FindingID] = true
		o := was[r.FindingID]
		switch {
		case o == nil:
			c.rule(r.RuleID).New++
			if len(old) > 0 {
				c.tell(Change{m.String(), r.RuleID, r.FindingID, "新增", r.Cont})
			}
		case o.Revision == r.Revision:
			c.rule(r.RuleID).Same++
		default:
			c.rule(r.RuleID).Revised++
			c.tell(Change{m.String(), r.RuleID, r.FindingID, "变更", differs(o, r, wasVola[r.FindingID], nowVola[r.FindingID])})
		}
	}
	for id, o := range was {
		if !seen[id] && (e.only == nil || e.only[o.RuleID]) {
			c.rule(o.RuleID).Withdrawn++
			c.tell(Change{m.String(), o.RuleID, id, "撤回", "现有数据下不再成立（原：" + o.Cont + "）"})
		}
	}
}

func volaByFinding(rows []Row) map[string]claim.Money {
	out := map[string]claim.Money{}
	for i := range rows {
		out[rows[i].FindingID] += rows[i].Vola
	}
	return out
}

func differs(o, n *Row, was, now claim.Money) string {
	var why []string
	if o.RuleVersion != n.RuleVersion {
		why = append(why, "规则版本 "+o.RuleVersion+"→"+n.RuleVersion)
	}
	if o.PointID != n.PointID {
		why = append(why, "知识点 "+o.PointID+"→"+n.PointID)
	}
	if o.Severity != n.Severity {
		why = append(why, fmt.Sprintf("严重程度 %d→%d", o.Severity, n.Severity))
	}
	if was != now {
		why = append(why, fmt.Sprintf("违规金额 %s→%s 元", was, now))
	}
	if len(why) == 0 {
		why = append(why, "涉及的费用行变了")
	}
	return strings.Join(why, "，")
}

func (c *checkpoint) tell(ch Change) {
	if len(c.Changes) < maxChanges {
		c.Changes = append(c.Changes, ch)
	}
}

// addBucket adds a bucket's counts to the run's.
func (r *Report) addBucket(c *checkpoint) {
	r.Persons, r.Lines, r.Unpaired = r.Persons+c.Persons, r.Lines+c.Lines, r.Unpaired+c.Unpaired
	if r.ChangeTotals == nil {
		r.ChangeTotals = map[string]int64{}
	}
	for id, x := range c.Rules {
		t := r.Rules[id]
		if t == nil {
			t = &RuleReport{}
			r.Rules[id] = t
		}
		t.add(x.Sum)
		t.New, t.Same, t.Revised, t.Withdrawn, t.NotJudged = t.New+x.New, t.Same+x.Same, t.Revised+x.Revised, t.Withdrawn+x.Withdrawn, t.NotJudged+x.NotJudged
		r.ChangeTotals["new"] += x.New
		r.ChangeTotals["same"] += x.Same
		r.ChangeTotals["revised"] += x.Revised
		r.ChangeTotals["withdrawn"] += x.Withdrawn
	}
	if len(r.Changes) < maxChanges {
		r.Changes = append(r.Changes, c.Changes[:min(len(c.Changes), maxChanges-len(r.Changes))]...)
	}
	r.addSkipped(c.Skipped)
}

func (r *Report) addSkipped(more []Skipped) {
	type key struct{ a, b, c string }
	sum := map[key]int64{}
	for _, s := range append(r.NotJudged, more...) {
		sum[key{s.Card, s.Inst, s.Reason}] += s.Count
	}
	r.NotJudged = r.NotJudged[:0]
	for k, n := range sum {
		r.NotJudged = append(r.NotJudged, Skipped{k.a, k.b, k.c, n})
	}
	slices.SortFunc(r.NotJudged, func(x, y Skipped) int {
		return cmp.Or(strings.Compare(x.Card, y.Card), strings.Compare(x.Inst, y.Inst), strings.Compare(x.Reason, y.Reason))
	})
}

// addEngine adds what was known before any bucket: cards without their tables, thin institutions, batch booking.
func (r *Report) addEngine(e *engine) {
	for i, c := range e.bound.Cards() {
		if t := e.bound.Missing(i); t != "" && (e.only == nil || e.only[c.ID]) {
			r.addSkipped([]Skipped{{c.ID, "", "缺表 " + t, 1}})
		}
	}
	r.Unfit = e.unfit
	d := e.snap.Dicts()
	for _, k := range e.batch {
		s := fmt.Sprintf("%s %s %s", d[claim.DictInst].String(k.Inst), d[claim.DictItem].String(k.Item), k.Month)
		if !slices.Contains(r.Batched, s) {
			r.Batched = append(r.Batched, s)
		}
	}
	slices.Sort(r.Batched)
}

// Gap is a difference between the settlements that landed and the totals the institutions cleared.
type Gap struct {
	Inst, Month, Insutype, ClrType string
	Want, Have                     int64       // settlements
	WantFund, HaveFund             claim.Money // fund payment
	WantFee, HaveFee               claim.Money
}

// completeness compares what landed with clearing_total; only differences are returned.
func completeness(s *lake.Snapshot, months []claim.Month) ([]Gap, error) {
	b, err := s.Reference("clearing_total")
	if err != nil || b.N == 0 {
		return nil, err
	}
	totals, err := s.Totals()
	if err != nil {
		return nil, err
	}
	d := s.Dicts()
	have := map[string]lake.Total{}
	for _, t := range totals {
		have[d[claim.DictInst].String(t.Inst)+"|"+t.Month.String()+"|"+d[claim.DictList].String(t.Insutype)+"|"+d[claim.DictList].String(t.ClrType)] = t
	}
	in := map[string]bool{}
	for _, m := range months {
		in[m.String()] = true
	}
	gaps := map[string]Gap{}
	for i := 0; i < b.N; i++ {
		col := func(n string) string { return b.Format(d, b.Table.MustCol(n), i) }
		month := col("month")
		if len(month) == 6 {
			month = month[:4] + "-" + month[4:]
		}
		if !in[month] {
			continue
		}
		key := col("fixmedins_code") + "|" + month + "|" + col("insutype") + "|" + col("clr_type")
		h := have[key]
		want := int64(b.I32(b.Table.MustCol("setl_cnt"), i))
		fund, fee := claim.Money(b.I64(b.Table.MustCol("fund_pay_sumamt"), i)), claim.Money(b.I64(b.Table.MustCol("medfee_sumamt"), i))
		if h.Count != want || h.Fund != fund || h.Medfee != fee {
			gaps[key] = Gap{col("fixmedins_code"), month, col("insutype"), col("clr_type"), want, h.Count, fund, h.Fund, fee, h.Medfee}
		}
	}
	out := make([]Gap, 0, len(gaps))
	for _, k := range slices.Sorted(maps.Keys(gaps)) {
		out = append(out, gaps[k])
	}
	return out, nil
}
