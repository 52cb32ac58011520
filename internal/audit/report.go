package audit

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/rule"
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
	Why          map[string]string      `json:"why"` // by month: what called for its audit
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
	LocalCards   []LocalCard            `json:"local_cards"`
	Refused      []rule.CardError       `json:"refused_cards"` // what is wrong with local cards that were left out
	Points       int                    `json:"points"`        // knowledge points that the cards read
	NoPoints     []string               `json:"no_points"`     // cards that judge nothing because no point is theirs
	Exempted     map[string]Exempted    `json:"exempted"`      // by exemption: what it let pass in the months judged
	Micros       map[string]int64       `json:"micros"`        // by card: time spent, of all workers together, estimated from a share of the persons

	gone   []gone
	spent  spent
	booked map[string]time.Duration // on institutions' day books, by card
}

// LocalCard is a bureau's own card that took part in a run.
type LocalCard struct {
	ID       string `json:"rule_id"`
	Name     string `json:"rule_name"`
	Version  string `json:"rule_version"`
	Replaces string `json:"replaces"` // version of the shipped card it stands for, "" for none
}

func localCards(lib *rule.Library) []LocalCard {
	out := []LocalCard{}
	for _, c := range lib.Cards {
		if c.Local {
			out = append(out, LocalCard{c.ID, c.Name, c.Version, c.Replaces})
		}
	}
	return out
}

// Exempted counts what an exemption let pass.
type Exempted struct {
	Findings int64       `json:"findings"` // whole findings
	Lines    int64       `json:"lines"`    // violating lines of them, and lines taken out of other findings
	Vola     claim.Money `json:"vola_fen"` // of whole findings
	Fund     claim.Money `json:"fund_fen"`
}

func (x *Exempted) add(y Exempted) {
	x.Findings, x.Lines, x.Vola, x.Fund = x.Findings+y.Findings, x.Lines+y.Lines, x.Vola+y.Vola, x.Fund+y.Fund
}

// exempted counts the rows that exemptions let pass.
func exempted(rows []Row, only map[string]bool, into map[string]Exempted) {
	last := ""
	for i := range rows {
		r := &rows[i]
		if r.Exempt == "" || (only != nil && !only[r.RuleID]) || (r.Hushed && r.Type != 1) {
			last = r.FindingID
			continue
		}
		x := into[r.Exempt]
		if r.Sn != "" {
			x.Lines++
		}
		if r.Hushed {
			if r.FindingID != last {
				x.Findings++
			}
			x.Vola, x.Fund = x.Vola+r.Vola, x.Fund+r.Fund
		}
		into[r.Exempt] = x
		last = r.FindingID
	}
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
	Month   string `json:"month"`
	Rule    string `json:"rule_id"`
	Finding string `json:"finding_id"`
	What    string `json:"what"` // 新增, 变更, 撤回
	Why     string `json:"why"`
}

// The kinds of change, in the order in which they are told.
const (
	withdrawn = "撤回"
	revised   = "变更"
	added     = "新增"
)

// order is by kind, month, rule and finding: what people may already have acted on comes first.
func (c Change) order(d Change) int {
	kind := map[string]int{withdrawn: 0, revised: 1, added: 2}
	return cmp.Or(cmp.Compare(kind[c.What], kind[d.What]), strings.Compare(c.Month, d.Month), strings.Compare(c.Rule, d.Rule), strings.Compare(c.Finding, d.Finding))
}

// maxChanges is how many changes of a kind a bucket tells in words, and how many a run tells in all.
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
	Gone     []gone                    `json:"gone"`
	Exempted map[string]Exempted       `json:"exempted"`
	Spent    spent                     `json:"spent"`
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
	c := &checkpoint{Files: map[string]string{}, Sums: map[string]map[string]Sum{}, Rules: map[string]*RuleReport{}, Exempted: map[string]Exempted{}, Unpaired: t.unpaired,
		Persons: t.persons, Lines: t.lines, Gone: t.gone, Spent: t.spent}
	cards := e.bound.Cards()
	inst := e.snap.Dicts()[claim.DictInst]
	for k, n := range t.skipped {
		if e.only != nil && !e.only[cards[k.Card].ID] {
			continue
		}
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

// compare counts and words what changed between the findings of the last run and this one. Those that went are counted
// here and told by recall. again: the month was audited before.
func (c *checkpoint) compare(m claim.Month, old, now []Row, e *engine, again bool) {
	was := map[string]*Row{}
	for i := range old {
		if r := &old[i]; was[r.FindingID] == nil && !r.Hushed {
			was[r.FindingID] = r
		}
	}
	exempted(now, e.only, c.Exempted)
	wasMoney, nowMoney := moneyByFinding(old), moneyByFinding(now)
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
			if again {
				c.Changes = append(c.Changes, Change{m.String(), r.RuleID, r.FindingID, added, r.Cont})
			}
		case o.Revision == r.Revision:
			c.rule(r.RuleID).Same++
		default:
			c.rule(r.RuleID).Revised++
			c.Changes = append(c.Changes, Change{m.String(), r.RuleID, r.FindingID, revised, differs(o, r, wasMoney[r.FindingID], nowMoney[r.FindingID])})
		}
	}
	for id, o := range was {
		if !seen[id] && (e.only == nil || e.only[o.RuleID]) {
			c.rule(o.RuleID).Withdrawn++
		}
	}
}

// trim keeps the first changes of each kind.
func (c *checkpoint) trim() {
	slices.SortFunc(c.Changes, Change.order)
	n := map[string]int{}
	c.Changes = slices.DeleteFunc(c.Changes, func(x Change) bool { n[x.What]++; return n[x.What] > maxChanges })
	for i := range c.Gone {
		if i >= maxChanges {
			c.Gone[i].Was, c.Gone[i].Why = nil, ""
		}
	}
}

// money is what a finding claims in all.
type money struct{ vola, fund claim.Money }

func moneyByFinding(rows []Row) map[string]money {
	out := map[string]money{}
	for i := range rows {
		m := out[rows[i].FindingID]
		out[rows[i].FindingID] = money{m.vola + rows[i].Vola, m.fund + rows[i].Fund}
	}
	return out
}

// differs tells what is not as it was in a finding that still holds.
func differs(o, n *Row, was, now money) string {
	var why []string
	if o.Month != n.Month {
		why = append(why, fmt.Sprintf("月份 %s→%s", o.Month, n.Month))
	}
	if o.RuleVersion != n.RuleVersion {
		why = append(why, "规则版本 "+o.RuleVersion+"→"+n.RuleVersion)
	}
	if o.PointID != n.PointID {
		why = append(why, "知识点 "+o.PointID+"→"+n.PointID)
	}
	if o.Severity != n.Severity {
		why = append(why, fmt.Sprintf("严重程度 %d→%d", o.Severity, n.Severity))
	}
	if was.vola != now.vola {
		why = append(why, fmt.Sprintf("违规金额 %s→%s 元", was.vola, now.vola))
	}
	if was.fund != now.fund {
		why = append(why, fmt.Sprintf("其中基金 %s→%s 元", was.fund, now.fund))
	}
	if len(why) == 0 {
		why = append(why, "涉及的费用行或就诊变了")
	}
	return strings.Join(why, "，")
}

// addBucket adds a bucket's counts to the run's.
func (r *Report) addBucket(c *checkpoint) {
	r.Persons, r.Lines, r.Unpaired = r.Persons+c.Persons, r.Lines+c.Lines, r.Unpaired+c.Unpaired
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
	for id, x := range c.Exempted {
		t := r.Exempted[id]
		t.add(x)
		r.Exempted[id] = t
	}
	r.spent.add(c.Spent)
	r.Changes = append(r.Changes, c.Changes...)
	r.gone = append(r.gone, c.Gone...)
}

// settle follows what one month or bucket lost and another gained: the finding is the same, it only moved. Then it puts
// the first few changes into words.
func (r *Report) settle(st *Store, led *ledger) error {
	slices.SortFunc(r.gone, gone.order)
	moved, err := r.moved(st, led)
	if err != nil {
		return err
	}
	r.Changes = slices.DeleteFunc(r.Changes, func(c Change) bool { return c.What == added && moved[c.Finding] != nil })
	for _, g := range r.gone {
		now := moved[g.Finding]
		if now == nil {
			if g.Was != nil {
				r.Changes = append(r.Changes, Change{g.Month.String(), g.Rule, g.Finding, withdrawn, g.Why + "（原：" + g.Was.Cont + "）"})
			}
			continue
		}
		x := r.Rules[g.Rule]
		x.New, x.Withdrawn = x.New-1, x.Withdrawn-1
		r.ChangeTotals["new"]--
		r.ChangeTotals["withdrawn"]--
		if now[0].Revision == g.Revision {
			x.Same++
			r.ChangeTotals["same"]++
			continue
		}
		x.Revised++
		r.ChangeTotals["revised"]++
		if g.Was != nil {
			why := differs(g.Was, &now[0], money{g.Vola, g.Fund}, moneyByFinding(now)[g.Finding])
			r.Changes = append(r.Changes, Change{now[0].Month.String(), g.Rule, g.Finding, revised, why})
		}
	}
	slices.SortFunc(r.Changes, Change.order)
	r.Changes = r.Changes[:min(len(r.Changes), maxChanges)]
	return nil
}

// moved finds the rows of findings that went from one place among the months audited and are in another.
func (r *Report) moved(st *Store, led *ledger) (map[string][]Row, error) {
	out := map[string][]Row{}
	if len(r.gone) == 0 {
		return out, nil
	}
	from := map[string]bool{}
	for _, g := range r.gone {
		from[g.Finding] = true
	}
	for _, ms := range r.Months {
		files := led.Months[ms].Files
		for _, b := range sortedKeys(files) {
			rows, err := readRows(filepath.Join(st.dir, files[b]))
			if err != nil {
				return nil, err
			}
			for i := range rows {
				if from[rows[i].FindingID] && !rows[i].Hushed {
					out[rows[i].FindingID] = append(out[rows[i].FindingID], rows[i])
				}
			}
		}
	}
	return out, nil
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
			s := Skipped{c.ID, "", "缺表 " + t, 1}
			if !slices.Contains(r.NotJudged, s) {
				r.addSkipped([]Skipped{s})
			}
		}
	}
	r.Unfit = append(r.Unfit, e.unfit...)
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
	Inst     string      `json:"fixmedins_code"`
	Month    string      `json:"month"`
	Insutype string      `json:"insutype"`
	ClrType  string      `json:"clr_type"`
	Want     int64       `json:"want_setl_cnt"`
	Have     int64       `json:"have_setl_cnt"`
	WantFund claim.Money `json:"want_fund_fen"`
	HaveFund claim.Money `json:"have_fund_fen"`
	WantFee  claim.Money `json:"want_medfee_fen"`
	HaveFee  claim.Money `json:"have_medfee_fen"`
}

// completeness compares what landed with clearing_total in the months to be audited and in months of which nothing landed
// at all; only differences are returned. A settlement of which the institution's totals of that month say nothing is a
// difference too.
func completeness(s *lake.Snapshot, months []claim.Month, opt Options) ([]Gap, error) {
	b, err := s.Reference("clearing_total")
	if err != nil || b.N == 0 {
		return nil, err
	}
	totals, err := s.Totals()
	if err != nil {
		return nil, err
	}
	d, landed := s.Dicts(), s.Months()
	due := func(m claim.Month) bool {
		asked := m >= opt.From && (opt.To == 0 || m <= opt.To)
		return slices.Contains(months, m) || (asked && !slices.Contains(landed, m))
	}
	key := func(g Gap) string { return g.Inst + "|" + g.Month + "|" + g.Insutype + "|" + g.ClrType }
	gaps, told := map[string]Gap{}, map[string]bool{}
	for i := range b.N {
		col := func(n string) string { return b.Format(d, b.Table.MustCol(n), i) }
		ms := col("month")
		if len(ms) == 6 {
			ms = ms[:4] + "-" + ms[4:]
		}
		if m, err := claim.ParseMonth(ms); err != nil || !due(m) {
			continue
		}
		g := Gap{Inst: col("fixmedins_code"), Month: ms, Insutype: col("insutype"), ClrType: col("clr_type"), Want: int64(b.I32(b.Table.MustCol("setl_cnt"), i)),
			WantFund: claim.Money(b.I64(b.Table.MustCol("fund_pay_sumamt"), i)), WantFee: claim.Money(b.I64(b.Table.MustCol("medfee_sumamt"), i))}
		gaps[key(g)] = g
		told[g.Inst+"|"+g.Month] = true
	}
	for _, t := range totals {
		g := Gap{Inst: d[claim.DictInst].String(t.Inst), Month: t.Month.String(), Insutype: d[claim.DictList].String(t.Insutype), ClrType: d[claim.DictList].String(t.ClrType)}
		if !told[g.Inst+"|"+g.Month] {
			continue
		}
		if w, ok := gaps[key(g)]; ok {
			g = w
		}
		g.Have, g.HaveFund, g.HaveFee = t.Count, t.Fund, t.Medfee
		gaps[key(g)] = g
	}
	var out []Gap
	for _, k := range slices.Sorted(maps.Keys(gaps)) {
		if g := gaps[k]; g.Have != g.Want || g.HaveFund != g.WantFund || g.HaveFee != g.WantFee {
			out = append(out, g)
		}
	}
	return out, nil
}

// Gaps compares all that landed with all the totals that institutions cleared: the differences, and how many totals there are.
func Gaps(s *lake.Snapshot) (gaps []Gap, totals int, err error) {
	b, err := s.Reference("clearing_total")
	if err != nil {
		return nil, 0, err
	}
	gaps, err = completeness(s, s.Months(), Options{})
	return gaps, b.N, err
}

// Unknowing says in words which cards judged nothing for want of knowledge; "" when none did. only are the cards that were asked
// for, nil all.
func (r *Report) Unknowing(only []string) string {
	ids := slices.DeleteFunc(slices.Clone(r.NoPoints), func(id string) bool { return len(only) > 0 && !slices.Contains(only, id) })
	if len(ids) == 0 {
		return ""
	}
	what := fmt.Sprintf("有 %d 张卡没有知识点，因此没有判：", len(ids))
	if r.Points == 0 {
		what = fmt.Sprintf("知识库是空的，没有知识点，%d 张卡因此没有判：", len(ids))
	}
	list := strings.Join(ids[:min(len(ids), 12)], "、")
	if len(ids) > 12 {
		list += " 等"
	}
	return what + list + "。请用 mingjian knowledge import 导入国家两库或本地知识点，再审一次"
}
