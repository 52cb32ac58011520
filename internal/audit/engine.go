package audit

import (
	"slices"
	"strings"

	"github.com/zeebo/xxh3"
	"golang.org/x/sync/errgroup"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/rule"
)

// engine is a program bound to a snapshot for some months.
type engine struct {
	snap   *lake.Snapshot
	bound  *rule.Bound
	vocab  *claim.Vocab
	unfit  []Unfit
	batch  []rule.BatchKey
	only   map[string]bool // cards asked for, nil = all
	judged map[string]bool // those, and the narrower cards that may silence them
	prog   string
	hist   *history
	past   *claim.Past
	book   *rule.Book
}

// engine is a program bound to a snapshot for some months, with its day book. merged: the months before them are read from the files in
// which they lie merged, which are made when need be: worth while for who judges everybody.
func (a *Auditor) engine(s *lake.Snapshot, rules []string, from, to claim.Month, merged bool) (*engine, error) {
	e, err := a.alone(s, rules, from, to)
	if err != nil {
		return nil, err
	}
	e.hist.merged = merged
	if err := e.openBook(a.dir, a.book, from, to); err != nil {
		return nil, err
	}
	return e, a.openMix(e, from, to)
}

// alone is an engine without a day book: it judges what the rows of one person say.
func (a *Auditor) alone(s *lake.Snapshot, rules []string, from, to claim.Month) (*engine, error) {
	e := &engine{snap: s}
	var err error
	if e.only, e.judged, err = choose(a.Library, rules); err != nil {
		return nil, err
	}
	var p *rule.Program
	var ref *claim.Reference
	e.vocab = claim.NewVocab(s.Dicts())
	err = together(
		func() (err error) { p, e.prog, err = a.program(s); return err },
		func() (err error) { ref, err = reference(s, e.vocab); return err })
	if err != nil {
		return nil, err
	}
	e.bound = p.Bind(ref, e.vocab, func(t string) bool { return s.TotalRows(t) > 0 })
	for m := from; m <= to; m++ { // neighbours that disagree are never judged together
		us, _, err := unfit(a.cards(), s, m)
		if err != nil {
			return nil, err
		}
		for _, u := range us {
			e.bound.Unfit(u.Card, u.inst)
			if e.only == nil || e.only[u.Card] {
				e.unfit = append(e.unfit, u)
			}
		}
	}
	if err := e.documented(); err != nil {
		return nil, err
	}
	if e.batch, err = findBatches(e.bound, s, from, to); err != nil {
		return nil, err
	}
	e.bound.SetBatched(e.batch)
	e.hist = newHistory(a.dir, e)
	if !a.whole {
		e.past = e.bound.Past()
	}
	return e, nil
}

// reference reads the tables that every person is judged against.
func reference(s *lake.Snapshot, v *claim.Vocab) (*claim.Reference, error) {
	tables := map[string]*claim.Batch{}
	for _, t := range []string{"institution", "practitioner", "catalogue", "price_limit", "credential", "agreement", "benefit_limit", "device", "duty", "recog", "terminal", "purchase", "nocode_stock", "pilot"} {
		var err error
		if tables[t], err = s.Reference(t); err != nil {
			return nil, err
		}
	}
	return claim.NewReference(v, func(n string) *claim.Batch { return tables[n] }).Prepare(), nil
}

// together does what does not wait for one another at the same time: what comes before the first person is judged is done by one
// processor otherwise.
func together(all ...func() error) error {
	var g errgroup.Group
	for _, f := range all {
		g.Go(f)
	}
	return g.Wait()
}

// documented tells the cards how well institutions document their stays: orders and records against discharges.
func (e *engine) documented() error {
	rows := map[int32]int64{}
	for _, table := range []string{"medorder", "record"} {
		if e.snap.TotalRows(table) == 0 {
			continue
		}
		fill, err := e.snap.Fill(table)
		if err != nil {
			return err
		}
		for inst, n := range fill.ByInst {
			rows[inst] += n.Rows
		}
	}
	if len(rows) == 0 || e.snap.TotalRows("visit") == 0 {
		return nil
	}
	fill, err := e.snap.Fill("visit")
	if err != nil {
		return err
	}
	left := fill.Table.MustCol("dscg_way")
	for inst, n := range rows {
		if v := fill.ByInst[inst]; v != nil {
			e.bound.SetDocumented(inst, n, v.Has[left])
		}
	}
	return nil
}

// choose returns the cards asked for and those that must be judged to know what they say: a narrower card silences the
// wider one whether or not it is asked for. No rules: all cards, as nil.
func choose(lib *rule.Library, rules []string) (only, judged map[string]bool, err error) {
	if len(rules) == 0 {
		return nil, nil, nil
	}
	asked, err := lib.Only(rules)
	if err != nil {
		return nil, nil, err
	}
	only, judged = map[string]bool{}, map[string]bool{}
	for _, c := range asked.Cards {
		only[c.ID], judged[c.ID] = true, true
	}
	for n := 0; n < len(judged); {
		n = len(judged)
		for _, c := range lib.Cards {
			if slices.ContainsFunc(c.Refines, func(wide string) bool { return judged[wide] }) {
				judged[c.ID] = true
			}
		}
	}
	return only, judged, nil
}

// program compiles cards and points, once for each state of the code map, and names them by everything they say.
func (a *Auditor) program(s *lake.Snapshot) (*rule.Program, string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	id := s.MonthID("code_map", 0)
	if c, ok := a.compiled[id]; ok {
		return c.p, c.name, nil
	}
	codeMap, err := s.Reference("code_map")
	if err != nil {
		return nil, "", err
	}
	base := *a.Base
	base.Maps = append(slices.Clone(base.Maps), knowledge.MapsOf(codeMap, s.Dicts())...)
	var p *rule.Program
	var said []string
	err = together(
		func() (err error) { p, err = rule.Compile(a.Library, &base, a.options()); return err },
		func() error { said = saidBy(base.Points); return nil })
	if err != nil {
		return nil, "", err
	}
	c := named{p, shortHash(p.ID + strings.Join(said, ""))}
	if a.compiled == nil {
		a.compiled = map[string]named{}
	}
	a.compiled[id] = c
	return c.p, c.name, nil
}

// saidBy are hashes of what points say, in an order that does not depend on theirs.
func saidBy(points []knowledge.Point) []string {
	said := make([]string, len(points))
	var text []byte
	for i := range points {
		text = points[i].AppendText(text[:0])
		sum := xxh3.Hash128(text).Bytes()
		said[i] = string(sum[:])
	}
	slices.Sort(said)
	return said
}
