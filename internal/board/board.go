package board

import (
	"cmp"
	"context"
	"slices"

	"github.com/mingjian/mingjian/internal/store"
)

// Board is what a leader sees at once.
type Board struct {
	Period  Period      `json:"period"`
	Against string      `json:"against" doc:"上年同期 或 上年全年"`
	Before  Period      `json:"before" doc:"对比的月份"`
	Area    string      `json:"admdvs"`
	AreaIs  string      `json:"admdvs_name" doc:"本看板的区划叫什么"`
	AsOf    string      `json:"as_of" doc:"超期以这一天计"`
	Figures []Figure    `json:"figures"`
	Trend   []Month     `json:"trend"`
	Insts   Ranked      `json:"institutions" doc:"按拟追金额"`
	Areas   Ranked      `json:"areas" doc:"按拟追金额；区划代码"`
	Place   *Place      `json:"place" doc:"本区划在同级区划里的名次；全部区划没有"`
	Rules   RuleRanks   `json:"rules"`
	Overdue Overdue     `json:"overdue"`
	Parts   []Breakdown `json:"parts"`
	Sample  *Sample     `json:"sample" doc:"最近一次盲样；只有全部区划的"`
}

// Month is a month of the trend.
type Month struct {
	Month     string `json:"month"`
	Findings  int64  `json:"findings"`
	Charged   int64  `json:"charged_fen" doc:"拟追，按结算月份"`
	Refused   int64  `json:"refused_fen" doc:"拒付，按账务月份"`
	Recovered int64  `json:"recovered_fen" doc:"已追回，按账务月份"`
}

// Place is where a division stands among its peers: those below the same division. What the others have is not told.
type Place struct {
	Rank int `json:"rank" doc:"按拟追金额，第一为最多"`
	Of   int `json:"of" doc:"有疑点的同级区划，含本区划"`
}

// RuleRank is a card with its money and how often people thought otherwise.
type RuleRank struct {
	Share
	Upto       int64 `json:"upto_fen" doc:"到这条为止累计"`
	Decided    int64 `json:"decided" doc:"已有结论"`
	Overturned int64 `json:"overturned" doc:"其中未支持"`
}

// RuleRanks are the cards with most money: ten, or as many as make four fifths of it when that takes more, fifty at most.
type RuleRanks struct {
	Items []RuleRank `json:"items"`
	Need  int        `json:"need" doc:"占拟追金额八成的规则有几条；没有金额为 0"`
	Cards int        `json:"cards" doc:"有拟追金额的规则共几条"`
	Rest  Share      `json:"rest"`
	Total Share      `json:"total"`
}

// Late is who is late with what.
type Late struct {
	State string `json:"state"`
	Inst  string `json:"fixmedins_code"`
	Name  string `json:"fixmedins_name"`
	Cases int64  `json:"cases"`
	Fen   int64  `json:"charged_fen"`
}

// Overdue is what is late, by state and by institution.
type Overdue struct {
	States []Late `json:"states"`
	Insts  []Late `json:"institutions" doc:"最多的十家"`
	Cases  int64  `json:"cases"`
}

// Breakdown is an indicator in parts; what the parts do not make up is unlisted.
type Breakdown struct {
	Name     string  `json:"name"`
	Parts    []Share `json:"parts"`
	Unlisted int64   `json:"unlisted" doc:"未列明"`
	Total    int64   `json:"total"`
}

// Home is the indicators of the board, in its order. The first four are the money figures.
var Home = []string{"M01", "M02", "M03", "R08", "F01", "F05", "F02", "C01", "C02", "C03", "C04", "C05", "C13", "M04", "F11", "F12", "F13", "F21", "F22", "F23"}

const (
	most      = 10
	mostRules = 50 // where ten cards do not make four fifths of the money
)

// Board works the board of a period out, all of it in one snapshot.
func (d *Desk) Board(ctx context.Context, ask Ask) (*Board, error) {
	if err := d.DB.RefreshBoards(ctx, onBoard...); err != nil {
		return nil, err
	}
	b := &Board{Period: ask.Period, Against: cmp.Or(ask.Against, SamePeriod), Before: ask.Period.Before(ask.Against), Area: ask.Scope.Admdvs, AreaIs: d.AreaName(ask.Scope.Admdvs), AsOf: ask.Today.String()}
	var list []*Indicator
	for _, id := range Home {
		list = append(list, dictionary.Get(id))
	}
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		f := newFacts(tx, &d.Sources, ask.Scope, ask.Period, ask.Today) // one, so that what several parts show is read once
		if b.Figures, err = d.figures(f, ask, list); err != nil {
			return err
		}
		for _, part := range []func(*facts) error{b.trend, b.insts, b.areas, b.rules, b.overdue, b.parts} {
			if err := part(f); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && d.Sources.Sample != nil && ask.Scope == (store.Scope{}) {
		b.Sample, err = d.Sources.Sample(ctx)
	}
	if err != nil {
		return nil, err
	}
	return b, nil
}

func (b *Board) trend(f *facts) error {
	at := map[string]*Month{}
	months := f.at.Months()
	b.Trend = make([]Month, len(months))
	for k, m := range months {
		b.Trend[k].Month = m
		at[m] = &b.Trend[k]
	}
	rows, err := f.rolled(store.BoardFindings, f.at.From, []string{"month"})
	if err != nil {
		return err
	}
	for _, r := range rows {
		if m := at[r.Key[0]]; m != nil {
			m.Findings, m.Charged = r.Sum[0], r.Sum[4]
		}
	}
	rows, err = f.rolled(store.BoardPosts, f.at.From, []string{"month", "book", "from_acct", "to_acct"})
	refused, back := dictionary.Get("M01"), dictionary.Get("M03")
	for _, r := range rows {
		if m := at[r.Key[0]]; m != nil && refused.of("book").holds(r.Key[1]) {
			m.Refused += refused.moved(r.Key[2], r.Key[3]) * r.Sum[1]
			m.Recovered += back.moved(r.Key[2], r.Key[3]) * r.Sum[1]
		}
	}
	return err
}

func (b *Board) insts(f *facts) error {
	rows, err := f.rolled(store.BoardFindings, f.at.From, []string{"fixmedins_code"})
	if err != nil {
		return err
	}
	all := make([]Share, 0, len(rows))
	for _, r := range rows {
		all = append(all, Share{Key: r.Key[0], Count: r.Sum[0], Fen: r.Sum[4]})
	}
	b.Insts = rank(all, most)
	for k := range b.Insts.Items {
		if b.Insts.Items[k].Name, err = f.instName(b.Insts.Items[k].Key); err != nil {
			return err
		}
	}
	return nil
}

// areas ranks the divisions within the scope, and the scope's own among its peers.
func (b *Board) areas(f *facts) error {
	rows, err := f.rolled(store.BoardFindings, f.at.From, []string{"admdvs"})
	if err != nil {
		return err
	}
	all := make([]Share, 0, len(rows))
	for _, r := range rows {
		all = append(all, Share{Key: r.Key[0], Name: f.src.area(r.Key[0], "区划不明", r.Key[0]), Count: r.Sum[0], Fen: r.Sum[4]})
	}
	b.Areas = rank(all, most)
	own := f.scope.Admdvs
	if len(own) < 4 || f.scope.Inst != "" {
		return nil
	}
	peers := newFacts(f.tx, f.src, store.Scope{Admdvs: own[:len(own)-2]}, f.at, f.today)
	rows, err = peers.rolled(store.BoardFindings, f.at.From, []string{"admdvs"})
	by := map[string]int64{own: 0}
	for _, r := range rows {
		if len(r.Key[0]) >= len(own) {
			by[r.Key[0][:len(own)]] += r.Sum[4]
		}
	}
	b.Place = &Place{Rank: 1, Of: len(by)}
	for _, fen := range by {
		if fen > by[own] {
			b.Place.Rank++
		}
	}
	return err
}

func (b *Board) rules(f *facts) error {
	rows, err := f.rolled(store.BoardFindings, f.at.From, []string{"rule_id"})
	if err != nil {
		return err
	}
	all := make([]Share, 0, len(rows))
	for _, r := range rows {
		all = append(all, Share{Key: r.Key[0], Count: r.Sum[0], Fen: r.Sum[4]})
	}
	ranked := rank(all, mostRules)
	b.Rules = RuleRanks{Items: []RuleRank{}, Total: ranked.Total, Rest: Share{Name: Unlisted, Count: ranked.Total.Count, Fen: ranked.Total.Fen}}
	b.Rules.Need, b.Rules.Cards = needed(all, ranked.Total.Fen)
	var ids []string
	upto := int64(0)
	for _, s := range ranked.Items[:min(max(most, b.Rules.Need), len(ranked.Items))] {
		upto += s.Fen
		ids = append(ids, s.Key)
		b.Rules.Items = append(b.Rules.Items, RuleRank{Share: s, Upto: upto})
		b.Rules.Rest.Count, b.Rules.Rest.Fen = b.Rules.Rest.Count-s.Count, b.Rules.Rest.Fen-s.Fen
	}
	if len(ids) == 0 {
		return nil
	}
	verdicts, err := f.rolled(store.BoardCases, f.at.From, []string{"rule_id", "state", "verdict", "outcome"}, store.BoardTerm{Column: "rule_id", Values: ids})
	if err != nil {
		return err
	}
	against := dictionary.Get("C04").of("verdict")
	for _, r := range verdicts {
		x := &b.Rules.Items[slices.Index(ids, r.Key[0])]
		if decides(r.Key[1], r.Key[3]) {
			x.Decided, x.Overturned = x.Decided+r.Sum[0], x.Overturned+one(against.holds(r.Key[2]))*r.Sum[0]
		}
	}
	names, err := f.tx.RuleNames(ids)
	for k := range b.Rules.Items {
		b.Rules.Items[k].Name = names[b.Rules.Items[k].Key]
	}
	return err
}

// needed is how many of the cards make four fifths of the money, and how many have any.
func needed(all []Share, total int64) (need, some int) {
	fens := make([]int64, 0, len(all))
	for _, s := range all {
		if s.Fen > 0 {
			fens = append(fens, s.Fen)
		}
	}
	slices.Sort(fens)
	upto := int64(0)
	for _, fen := range slices.Backward(fens) {
		if upto*5 >= total*4 {
			break
		}
		upto += fen
		need++
	}
	return need, len(fens)
}

func (b *Board) overdue(f *facts) error {
	late := []store.BoardTerm{{Column: "due_day", Below: int64(f.today)}, {Column: "paused", Values: []string{"0"}}}
	rows, err := f.rolled(store.BoardCases, f.at.From, []string{"fixmedins_code", "state"}, late...)
	if err != nil {
		return err
	}
	states, insts := map[string]*Late{}, map[string]*Late{}
	add := func(by map[string]*Late, key string, x Late) {
		if by[key] == nil {
			by[key] = &x
		}
	}
	for _, r := range rows {
		add(states, r.Key[1], Late{State: r.Key[1]})
		add(insts, r.Key[0], Late{Inst: r.Key[0]})
		for _, x := range []*Late{states[r.Key[1]], insts[r.Key[0]]} {
			x.Cases, x.Fen = x.Cases+r.Sum[0], x.Fen+r.Sum[2]
		}
		b.Overdue.Cases += r.Sum[0]
	}
	b.Overdue.States, b.Overdue.Insts = largest(states), largest(insts)
	b.Overdue.Insts = b.Overdue.Insts[:min(most, len(b.Overdue.Insts))]
	for k := range b.Overdue.Insts {
		if b.Overdue.Insts[k].Name, err = f.instName(b.Overdue.Insts[k].Inst); err != nil {
			return err
		}
	}
	return nil
}

func largest(by map[string]*Late) []Late {
	out := []Late{}
	for _, x := range by {
		out = append(out, *x)
	}
	slices.SortFunc(out, func(a, b Late) int {
		return cmp.Or(cmp.Compare(b.Cases, a.Cases), cmp.Compare(b.Fen, a.Fen), cmp.Compare(a.State+a.Inst, b.State+b.Inst))
	})
	return out
}

// parts shows findings by severity and by how far they have come; what the names do not cover is unlisted.
func (b *Board) parts(f *facts) error {
	total, _, err := f.value(dictionary.Get("F01"))
	if err != nil {
		return err
	}
	for name, ids := range map[string][]string{"严重程度": {"F11", "F12", "F13"}, "办理进度": {"F21", "F22"}} {
		x := Breakdown{Name: name, Total: total, Unlisted: total}
		for _, id := range ids {
			n, _, err := f.value(dictionary.Get(id))
			if err != nil {
				return err
			}
			x.Parts = append(x.Parts, Share{Key: id, Name: dictionary.Get(id).Name, Count: n})
			x.Unlisted -= n
		}
		b.Parts = append(b.Parts, x)
	}
	slices.SortFunc(b.Parts, func(x, y Breakdown) int { return cmp.Compare(x.Name, y.Name) })
	return nil
}

// instName is what an institution is called; its code while it is not registered.
func (f *facts) instName(code string) (string, error) {
	name, err := f.tx.InstName(code)
	return cmp.Or(name, code), err
}
