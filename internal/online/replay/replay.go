package replay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/online/fsi"
	"github.com/mingjian/mingjian/internal/rule"
)

// Channel is the channel that replays speak through.
const Channel = "fsi"

// Result is what a replay found. A pair is a card of the stage and something it looks at when a settlement is about to be made: a fee
// line (or the visit, the settlement, for cards that judge those).
type Result struct {
	Month        string `json:"month"`
	Program      string `json:"program"`
	Visits       int    `json:"visits"`
	Settlements  int    `json:"settlements"`
	Messages     int    `json:"messages"`
	Bytes        int64  `json:"bytes"`
	Pairs        int    `json:"pairs"`
	Compared     int    `json:"compared"`
	NotJudgeable int    `json:"not_judgeable"`
	Different    int    `json:"different"`
	// Hits are the pairs that the month's audit found, HitsCompared those of them that could be compared, HitsOnline what was said
	// before payment.
	Hits         int          `json:"hits"`
	HitsCompared int          `json:"hits_compared"`
	HitsOnline   int          `json:"hits_online"`
	Later        int          `json:"later"` // of NotJudgeable: the month's verdict hangs on what came after the settlement
	Exceptions   []Exception  `json:"exceptions"`
	Differences  []Difference `json:"differences"` // the first of them
}

// Exception is why pairs of a rule could not be compared.
type Exception struct {
	Rule  string `json:"rule_id"`
	Why   string `json:"why"`
	Pairs int    `json:"pairs"`
	Hits  int    `json:"hits"` // of them found by the month's audit or online
}

// Difference is a pair with two verdicts.
type Difference struct {
	Rule    string `json:"rule_id"`
	Mdtrt   string `json:"mdtrt_id"`
	Sn      string `json:"feedetl_sn"`
	Setl    string `json:"setl_id"`
	Monthly int    `json:"monthly"` // severity, 0 = clean
	Online  int    `json:"online"`
}

// maxDifferences are told one by one.
const maxDifferences = 200

// Reasons why a pair cannot be compared that are found pair by pair.
const (
	WhyFacts = "依据的就诊事实调用不带"
	WhyLater = "依据结算之后才有的事实："
)

// key is a pair: sn is "" for visits and settlements, setl "" for visits.
type key struct{ rule, mdtrt, sn, setl string }

// Run replays a month. open prepares cards and knowledge (nil: of the directory alone); progress may be nil.
func Run(ctx context.Context, dir string, m claim.Month, open func(context.Context, string) (*audit.Auditor, error), progress func(done, of int)) (*Result, error) {
	return replay(ctx, dir, m, open, progress, nil)
}

// replay is Run; tamper, for tests, changes what a call says.
func replay(ctx context.Context, dir string, m claim.Month, open func(context.Context, string) (*audit.Auditor, error), progress func(done, of int),
	tamper func(*online.Request)) (*Result, error) {
	e, err := online.Open(dir, online.Options{Open: open, Until: m - 1, Bound: m, Channels: map[string][]*online.Request{Channel: Samples()}})
	if err != nil {
		return nil, err
	}
	defer e.Close()
	g := e.Ground()
	r := &run{e: e, g: g, m: m, tamper: tamper, out: &Result{Month: m.String(), Program: e.Program()}, why: map[[2]string]*Exception{}, monthly: map[key]int{}}
	if r.cards, err = e.Cards(Channel, online.During); err != nil {
		return nil, err
	}
	r.prepare()
	if err := r.published(dir); err != nil {
		return nil, err
	}
	n := g.Snapshot().Buckets()
	for b := range n {
		err := g.People(b, func(t *claim.Timeline, src []claim.Source) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return r.person(ctx, t, src)
		})
		if err != nil {
			return nil, err
		}
		if progress != nil {
			progress(b+1, n)
		}
	}
	return r.finish(), nil
}

// Samples are requests in which every field that the national nodes have is filled, as the decoder reads them back.
func Samples() (out []*online.Request) {
	for _, stage := range []string{online.Before, online.During} {
		full := online.Fullest(stage)
		full.Channel = Channel
		for i := range full.Patients[0].Encounters {
			e := &full.Patients[0].Encounters[i]
			e.Rescue, e.Emergency = false, false // not of the national nodes
			for k := range e.Orders {
				o := &e.Orders[k]
				o.Days, o.Dose, o.DoseUnit, o.Frequency, o.Way = claim.None32, "", "", "", ""
			}
		}
		q, err := fsi.Decode(fsi.Encode(full), nil)
		if err != nil {
			panic("replay: the sample cannot be read back: " + err.Error())
		}
		q.Stage, q.Channel = stage, Channel
		out = append(out, q)
	}
	return out
}

type run struct {
	tamper  func(*online.Request)
	e       *online.Engine
	g       *audit.Ground
	m       claim.Month
	out     *Result
	cards   []online.CardState
	byID    map[string]*online.CardState
	byItem  map[int32][]*online.CardState
	lines   []*online.CardState // cards that look at every line
	monthly map[key]int
	why     map[[2]string]*Exception
	eval    *rule.Eval
	facts   online.Facts
	told    map[uint64]bool // visits of the person that the channel tells of
	all     online.Facts    // every column of every table
	as      *claim.Assembler
}

// published reads the month's verdict.
func (r *run) published(dir string) error {
	st := audit.OpenStore(dir)
	months, err := st.Months()
	if err != nil {
		return err
	}
	if !slices.Contains(months, r.m) {
		return fmt.Errorf("%s 还没有审核：请先运行 mingjian audit", r.m)
	}
	if p, err := st.ProgramOf(r.m); err != nil || p != r.g.Program() {
		return errors.Join(fmt.Errorf("%s 是用另一套规则、知识审核的：请先运行 mingjian audit 重审", r.m), err)
	}
	return st.Each(r.m, func(rows []audit.Row) error {
		for i := range rows {
			if x := &rows[i]; x.Type == 1 && !x.Hushed {
				k := key{x.RuleID, x.Mdtrt, x.Sn, x.Setl}
				if x.Sn == "" {
					k = r.bare(x.RuleID, x.Mdtrt, x.Setl)
				}
				r.monthly[k] = x.Severity
			}
		}
		return nil
	})
}

func (r *run) prepare() {
	b := r.g.Bound()
	r.byID, r.byItem = map[string]*online.CardState{}, map[int32][]*online.CardState{}
	number := map[int]*online.CardState{}
	for i := range r.cards {
		c := &r.cards[i]
		if c.Lacks {
			continue
		}
		r.byID[c.ID] = c
		for _, n := range c.Number {
			number[n] = c
		}
		if b.ScopeOf(c.Number[0]).Lines {
			r.lines = append(r.lines, c)
		}
	}
	for item := range int32(r.g.Snapshot().Dicts()[claim.DictItem].Len()) {
		for _, n := range b.CardsOf(item) {
			if c := number[n]; c != nil && !slices.Contains(r.byItem[item], c) {
				r.byItem[item] = append(r.byItem[item], c)
			}
		}
	}

	_, judged := b.OfStage(online.During)
	for _, c := range r.cards {
		if c.Why != "" {
			delete(judged, c.ID)
		}
	}
	r.facts = r.e.Facts(Channel, online.During)
	r.eval = b.NewEval(r.m, r.m, judged)
	r.as = claim.NewAssembler(b.Vocab, nil, r.m.Last())
}

// person replays one person's month.
func (r *run) person(ctx context.Context, t *claim.Timeline, src []claim.Source) error {
	x := &teller{t: t, ds: r.g.Snapshot().Dicts()}
	steps := x.steps(r.m)
	if !slices.ContainsFunc(steps, func(s step) bool { return s.setl >= 0 }) {
		return nil
	}
	seen := map[int32]bool{}
	r.told = map[uint64]bool{}
	for _, s := range steps {
		r.told[t.Visits[s.visit].Key] = true
	}
	for _, s := range steps {
		if s.setl < 0 {
			if err := r.e.Tell(ctx, x.event(online.Charged, s.visit, s.at, s.lines)); err != nil {
				return err
			}
			continue
		}
		if !seen[s.visit] {
			seen[s.visit] = true
			r.out.Visits++
		}
		if err := r.settle(ctx, x, s, src); err != nil {
			return err
		}
	}
	return nil
}

// settle asks before a settlement, compares, and tells the settlement.
func (r *run) settle(ctx context.Context, x *teller, s step, src []claim.Source) error {
	r.out.Settlements++
	ask := x.request(s.setl)
	if r.tamper != nil {
		r.tamper(ask)
	}
	body := fsi.Encode(ask)
	r.out.Messages++
	r.out.Bytes += int64(len(body))
	q, err := fsi.Decode(body, nil)
	if err != nil {
		return fmt.Errorf("3102 报文读不回来：%w", err)
	}
	q.Channel = Channel
	a, err := r.e.Check(ctx, q)
	if err != nil {
		return err
	}
	r.compare(x, s, a, src)
	return r.e.Tell(ctx, x.settled(s))
}

// compare holds the answer to the month's verdict, pair by pair.
func (r *run) compare(x *teller, s step, a *online.Answer, src []claim.Source) {
	t := x.t
	setl := &t.Setls[s.setl]
	sid, mid := strings.Clone(t.SetlID(setl)), strings.Clone(t.MdtrtID(&t.Visits[s.visit]))
	said := map[key]int{}
	for i := range a.Reminders {
		m := &a.Reminders[i]
		any := false
		for _, l := range m.Lines {
			if l.Type == 1 && l.Visit == mid {
				said[key{m.Rule, mid, l.Order, sid}] = int(m.Severity)
			}
			any = true
		}
		if !any && m.Visit == mid {
			said[r.bare(m.Rule, mid, sid)] = int(m.Severity)
		}
	}
	r.out.HitsOnline += len(said)
	pairs := r.pairs(x, s, mid, sid, said)
	var odd []key
	for _, k := range slices.SortedFunc(maps.Keys(pairs), compareKeys) {
		r.out.Pairs++
		c := r.byID[k.rule]
		mo, on := r.monthly[k], said[k]
		if mo != 0 {
			r.out.Hits++
		}
		switch {
		case c.Why != "":
			r.except(k.rule, c.Why, mo != 0 || on != 0)
		case mo != on:
			odd = append(odd, k)
		default:
			r.same(mo)
		}
	}
	if len(odd) > 0 {
		r.judgeOdd(x, s, odd, said, src)
	}
}

func (r *run) same(monthly int) {
	r.out.Compared++
	if monthly != 0 {
		r.out.HitsCompared++
	}
}

func compareKeys(a, b key) int {
	return cmp.Or(strings.Compare(a.rule, b.rule), strings.Compare(a.mdtrt, b.mdtrt), strings.Compare(a.sn, b.sn), strings.Compare(a.setl, b.setl))
}

// bare is the pair of a finding without lines.
func (r *run) bare(id, mdtrt, setl string) key {
	if c := r.byID[id]; c != nil && r.g.Bound().ScopeOf(c.Number[0]).Settle {
		return key{id, mdtrt, "", setl}
	}
	return key{rule: id, mdtrt: mdtrt}
}

// pairs are what the cards of the stage look at when the settlement is made.
func (r *run) pairs(x *teller, s step, mid, sid string, said map[key]int) map[key]bool {
	out := map[key]bool{}
	t, b := x.t, r.g.Bound()
	v := &t.Visits[s.visit]
	add := func(c *online.CardState, k key) {
		if !b.IsUnfit(c.Number[0], v.Inst) {
			out[k] = true
		}
	}
	for _, li := range t.LinesOf(s.visit) {
		l := &t.Lines[li]
		if l.Setl != s.setl {
			continue
		}
		sn := strings.Clone(t.FeedetlSn(l))
		for _, c := range r.byItem[l.Item] {
			add(c, key{c.ID, mid, sn, sid})
		}
		for _, c := range r.lines {
			add(c, key{c.ID, mid, sn, sid})
		}
	}
	last := true // of the visit's settlements of the month
	for si := range t.Setls {
		last = last && (t.Setls[si].Visit != s.visit || t.Setls[si].Month != r.m || int32(si) <= s.setl)
	}
	for i := range r.cards {
		c := &r.cards[i]
		if c.Lacks {
			continue
		}
		sc := b.ScopeOf(c.Number[0])
		if sc.Settle {
			add(c, key{c.ID, mid, "", sid})
		} else if k := (key{rule: c.ID, mdtrt: mid}); last && v.Month == r.m && (sc.Visit || r.monthly[k] != 0 || said[k] != 0) {
			add(c, k)
		}
	}
	return out
}
