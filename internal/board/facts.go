package board

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// Audited is what was audited of a month.
type Audited struct {
	Month       string
	Settlements int64
	Lines       int64
}

// ModelRun is one model's part in a run of models.
type ModelRun struct {
	Month string // when it ran, yyyy-MM
	Model string
	Cases int64

	Run, Name, At string // which run, what the model is called, yyyy-MM-dd
}

// CaseMonth are the stays of a hospital that were settled in a month under one way of paying. Money is in fen.
type CaseMonth struct {
	Month, Mode    string // Mode is DRG or DIP; "" = no group pays
	Inst, Area     string
	Stays, Grouped int64
	Declared       int64 // what the fund would pay by item
	Payable        int64 // what the group pays
}

// Sources are where figures come from that the store does not hold; nil = this program does not know. They tell of all the area at once.
type Sources struct {
	Audited func() ([]Audited, error) // by month
	Models  func() ([]ModelRun, error)
	Casemix func() ([]CaseMonth, error)  // nil = nobody has worked the groups out yet
	Places  func() ([]PlaceMonth, error) // oldest first; nil = no institutions were imported yet
	Sample  func(ctx context.Context) (*Sample, error)
	Name    func(admdvs string) string // what a division is called; "" = it is not known
}

// Sample is the newest blind sample of findings that two people judged without knowing of each other; nil before the first.
type Sample struct {
	Month string `json:"month"`
	Drawn int    `json:"drawn"`
	Both  int    `json:"both" doc:"两人都判了"`
	Right int    `json:"right" doc:"都判成立"`
	Wrong int    `json:"wrong" doc:"都判不成立"`
	Open  int    `json:"open" doc:"两人不一致，待第三人，不计入精确率"`
}

// errWhole: the source knows only of the whole area.
var errWhole = errors.New("只有全部区划的数字，不能分到区划或机构")

// errNoSource: the program was started without the source.
var errNoSource = errors.New("这里读不到来源")

// errNoGroups: the case groups have not been worked out.
var errNoGroups = errors.New("病组还没有测算：在“预算与结付率”页点“重新测算”，或用命令 payment boards")

// errNoRuns: nothing says how many cards the newest audit ran.
var errNoRuns = errors.New("审核运行还没有登记到规则质量")

// facts are the sums of one scope and period, each read when it is first asked for, all in one snapshot.
type facts struct {
	tx    *store.Tx
	src   *Sources
	scope store.Scope
	at    Period
	today claim.Day
	sums  map[string][]store.BoardSum
	named map[string]map[string]int64
	eps   []store.EpisodeCell
	calls map[string]int64
}

func newFacts(tx *store.Tx, src *Sources, scope store.Scope, at Period, today claim.Day) *facts {
	return &facts{tx: tx, src: src, scope: scope, at: at, today: today, sums: map[string][]store.BoardSum{}, named: map[string]map[string]int64{}}
}

// rolled reads sums once for each source, columns and months.
func (f *facts) rolled(src store.BoardSource, from string, by []string, where ...store.BoardTerm) ([]store.BoardSum, error) {
	name := string(src) + from + strings.Join(by, ",")
	for _, t := range where {
		name += t.Column
	}
	if s, ok := f.sums[name]; ok {
		return s, nil
	}
	s, err := f.tx.BoardSums(store.BoardQuery{Source: src, Scope: f.scope, From: from, To: f.at.To, By: by, Where: where})
	f.sums[name] = s
	return s, err
}

func (f *facts) counts(name string, read func() (map[string]int64, error)) (map[string]int64, error) {
	if c, ok := f.named[name]; ok {
		return c, nil
	}
	c, err := read()
	f.named[name] = c
	return c, err
}

var findingAt = map[string]int{"findings": 0, "lines": 1, "vola": 2, "fund": 3, "charged": 4}

var caseAt = map[string]int{"cases": 0, "claim": 1, "charged": 2}

// value works an indicator out. of is 0 but for ratios.
func (f *facts) value(i *Indicator) (n, of int64, err error) {
	switch i.Source {
	case "ratio":
		a, b, _ := strings.Cut(i.Measure, "/")
		if n, _, err = f.value(dictionary.Get(a)); err != nil {
			return 0, 0, err
		}
		of, _, err = f.value(dictionary.Get(b))
		return n, of, err
	case "finding":
		n, err = f.finding(i)
	case "case":
		n, err = f.cases(i)
	case "verdict":
		n, err = f.verdicts(i)
	case "post":
		n, err = f.posts(i)
	case "inst":
		n, err = f.tx.CountInsts(f.scope)
	case "rules":
		if n, err = f.tx.CardsOfLastRun(); n == 0 && err == nil {
			err = errNoRuns
		}
	case "audit", "model":
		n, err = f.elsewhere(i)
	case "place":
		var ps []PlaceMonth
		ps, err = f.placeMonths(i)
		n = int64(len(ps))
	case "casemix":
		var cs []CaseMonth
		cs, err = f.caseMonths(i)
		for k := range cs {
			n += cs[k].measure(i.Measure)
		}
	default:
		n, err = f.events(i)
	}
	return n, 0, err
}

func (f *facts) finding(i *Indicator) (n int64, err error) {
	switch i.Measure {
	case "insts":
		rows, err := f.rolled(store.BoardFindings, f.at.From, []string{"fixmedins_code"})
		return int64(len(rows)), err
	case "documents":
		rows, err := f.rolled(store.BoardDocuments, f.at.From, nil)
		for _, r := range rows {
			n += r.Sum[0]
		}
		return n, err
	}
	rows, err := f.rolled(store.BoardFindings, f.at.From, []string{"sev_deg", "state"})
	for _, r := range rows {
		n += i.measured(r.Key, r.Sum)
	}
	return n, err
}

// measured is what a row by severity and state adds to an indicator of findings.
func (i *Indicator) measured(key []string, sums []int64) int64 {
	if !i.of("sev_deg").holds(key[0]) || !i.of("state").holds(key[1]) {
		return 0
	}
	return sums[findingAt[i.Measure]]
}

func (f *facts) cases(i *Indicator) (n int64, err error) {
	by, where := []string{"state"}, []store.BoardTerm(nil)
	if i.of("overdue") != nil {
		where = []store.BoardTerm{{Column: "due_day", Below: int64(f.today)}, {Column: "paused", Values: []string{"0"}}}
	}
	rows, err := f.rolled(store.BoardCases, f.at.From, by, where...)
	for _, r := range rows {
		if i.of("state").holds(r.Key[0]) {
			n += r.Sum[caseAt[i.Measure]]
		}
	}
	return n, err
}

// undecided are outcomes that say nothing of whether the card was right.
var undecided = map[string]bool{"": true, "撤回": true, "重出": true}

// decides tells whether a case says if its card was right: it is closed so, or confirmed and being carried out.
func decides(state, outcome string) bool { return state == "执行" || !undecided[outcome] }

func (f *facts) verdicts(i *Indicator) (n int64, err error) {
	rows, err := f.rolled(store.BoardCases, f.at.From, []string{"state", "verdict", "outcome"})
	for _, r := range rows {
		if i.of("verdict").holds(r.Key[1]) && i.of("outcome").holds(r.Key[2]) && (i.of("decided") == nil || decides(r.Key[0], r.Key[2])) {
			n += r.Sum[caseAt[i.Measure]]
		}
	}
	return n, err
}

func (f *facts) posts(i *Indicator) (n int64, err error) {
	from := f.at.From
	if i.Measure == "balance" {
		from = ""
	}
	rows, err := f.rolled(store.BoardPosts, from, []string{"book", "from_acct", "to_acct"})
	for _, r := range rows {
		if i.of("book").holds(r.Key[0]) {
			n += i.moved(r.Key[1], r.Key[2]) * r.Sum[1]
		}
	}
	return n, err
}

// moved is 1 when a posting brings money to the indicator's accounts, -1 when it takes it away, 0 within or beside them.
func (i *Indicator) moved(from, to string) int64 {
	t := i.of("into")
	return one(t.holds(to)) - one(t.holds(from))
}

func one(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func (f *facts) events(i *Indicator) (n int64, err error) {
	span := f.at.Span()
	switch i.Source {
	case "step":
		return f.tx.StepCases(f.scope, span, i.of("event").values)
	case "call":
		return f.called(i.Measure)
	case "episode":
		return f.episodes(i)
	case "load":
		return f.load()
	case "wrong":
		w := i.Wrongs(f.at, f.today)
		w.Scope = f.scope
		return f.tx.WrongCount(w)
	case "proposal":
		ps, err := f.tx.ProposalsIn(f.scope, i.of("state").values[0])
		return int64(len(ps)), err
	}
	if i.Measure == "items" {
		items, err := f.tx.ClueItems(f.scope, span)
		return int64(len(items)), err
	}
	read := map[string]func() (map[string]int64, error){
		"reminder": func() (map[string]int64, error) { return f.tx.SaidCounts(store.WatchFilter{Scope: f.scope, At: span}) },
		"clue":     func() (map[string]int64, error) { return f.tx.ClueSums(f.scope, span) },
		"special":  func() (map[string]int64, error) { return f.tx.SpecialSums(f.scope, span) },
	}[i.Source]
	by, err := f.counts(i.Source, read)
	for k, c := range by {
		if i.of("state").holds(k) && i.of("sev_deg").holds(k) {
			n += c
		}
	}
	return n, err
}

func (f *facts) called(measure string) (n int64, err error) {
	if f.calls == nil {
		in := store.WatchFilter{Scope: f.scope, At: f.at.Span()}
		c, err := f.tx.CallSums(in)
		if err != nil {
			return 0, err
		}
		f.calls = map[string]int64{"calls": c.Calls, "partial": c.Partial, "blocked": c.Blocked, "interrupted": c.Interrupted, "mean_us": c.Micros / max(c.Calls, 1), "max_us": c.MaxMicros, "slow": c.Slow}
	}
	if _, ok := f.calls[measure]; !ok { // visits: apart, for the different ones are not added up as fast
		if f.calls[measure], err = f.tx.VisitCount(store.WatchFilter{Scope: f.scope, At: f.at.Span()}); err != nil {
			return 0, err
		}
	}
	return f.calls[measure], nil
}

func (f *facts) episodes(i *Indicator) (n int64, err error) {
	if f.eps == nil {
		if f.eps, err = f.tx.EpisodeCells(store.WatchFilter{Scope: f.scope, At: f.at.Span()}); err != nil {
			return 0, err
		}
	}
	for _, c := range f.eps {
		if i.of("outcome").holds(c.Outcome) && i.of("complied").is(c.Complied) && i.of("frozen").is(c.Frozen) && i.of("reopened").is(c.Reopened) {
			n += map[string]int64{"episodes": c.Episodes, "avoided": c.AvoidedFen, "back": c.BackFen}[i.Measure]
		}
	}
	return n, nil
}

// load is the median of a doctor's interruptions a day, of the two in the middle the larger.
func (f *facts) load() (int64, error) {
	days, err := f.tx.Interruptions(store.WatchFilter{Scope: f.scope, At: f.at.Span()})
	var all, upto int64
	for _, n := range days {
		all += n
	}
	for _, interruptions := range slices.Sorted(maps.Keys(days)) {
		if upto += days[interruptions]; upto > all/2 {
			return interruptions, err
		}
	}
	return 0, err
}

func (f *facts) elsewhere(i *Indicator) (n int64, err error) {
	if f.scope != (store.Scope{}) {
		return 0, errWhole
	}
	if i.Source == "audit" {
		return f.audited(i)
	}
	if f.src.Models == nil {
		return 0, errNoSource
	}
	runs, err := f.src.Models()
	last := map[string]int64{} // runs come in the order in which they were made
	for _, r := range runs {
		if r.Month >= f.at.From && r.Month <= f.at.To {
			last[r.Model] = r.Cases
			n++
		}
	}
	switch i.Measure {
	case "kinds":
		return int64(len(last)), err
	case "cases":
		n = 0
		for _, c := range last {
			n += c
		}
	}
	return n, err
}

// caseMonths are the hospitals' months that an indicator counts.
func (f *facts) caseMonths(i *Indicator) (out []CaseMonth, err error) {
	if f.src.Casemix == nil {
		return nil, errNoSource
	}
	all, err := f.src.Casemix()
	if err == nil && all == nil {
		err = errNoGroups
	}
	for _, c := range all {
		if c.Month >= f.at.From && c.Month <= f.at.To && i.of("mode").holds(c.Mode) && strings.HasPrefix(c.Area, f.scope.Admdvs) && (f.scope.Inst == "" || f.scope.Inst == c.Inst) {
			out = append(out, c)
		}
	}
	return out, err
}

func (c *CaseMonth) measure(name string) int64 {
	return map[string]int64{"stays": c.Stays, "grouped": c.Grouped, "declared": c.Declared, "payable": c.Payable}[name]
}

func (f *facts) audited(i *Indicator) (n int64, err error) {
	if f.src.Audited == nil {
		return 0, errNoSource
	}
	months, err := f.src.Audited()
	for _, m := range months {
		if m.Month < f.at.From || m.Month > f.at.To {
			continue
		}
		if i.Measure == "lines" {
			n += m.Lines
		} else {
			n += m.Settlements
		}
	}
	return n, err
}
