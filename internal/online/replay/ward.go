package replay

import (
	"context"
	"math/rand/v2"
	"slices"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online"
)

// Asked is what a workstation asked while something was prescribed that month, and the answer.
type Asked struct {
	Request *online.Request
	Answer  *online.Answer
	Settled map[string]bool // orders that the bill holds as they were asked; the others were dropped or made less before it
}

// Ward are the choices of Prescribed.
type Ward struct {
	Most int    // calls
	Seed uint64 // of what is prescribed first and dropped later
}

// Prescribed asks about visits that a month settled, as their doctors and cashiers might have: before anything was charged (3101), with some orders beside
// those of the bill or more of them, so that what a reminder led to can be told from the bill, and before the settlement (3102) as it was. Visits are taken bucket by bucket until there are enough; the answers come in order
// of time. It is for example cities: what it asks was never asked.
func Prescribed(ctx context.Context, dir string, m claim.Month, open func(context.Context, string) (*audit.Auditor, error), w Ward) ([]Asked, error) {
	e, err := online.Open(dir, online.Options{Open: open, Until: m - 1, Bound: m, Channels: map[string][]*online.Request{Channel: Samples()}})
	if err != nil {
		return nil, err
	}
	defer e.Close()
	r := &ward{run: run{e: e, g: e.Ground(), m: m, monthly: map[key]int{}}, opt: w, rnd: rand.New(rand.NewPCG(w.Seed, uint64(m))), wrong: map[string]bool{}, tempting: map[bool][]online.Order{}}
	if r.cards, err = e.Cards(Channel, online.Before); err != nil {
		return nil, err
	}
	r.byID = map[string]*online.CardState{}
	if err := r.faults(dir); err != nil {
		return nil, err
	}
	for b := range r.g.Snapshot().Buckets() {
		if len(r.out) >= w.Most {
			break
		}
		if err := r.g.People(b, func(t *claim.Timeline, _ []claim.Source) error { return r.person(ctx, t) }); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(r.out, func(a, b Asked) int { return int(min(1, max(-1, a.Request.At-b.Request.At))) })
	return r.out, nil
}

type ward struct {
	run
	opt      Ward
	rnd      *rand.Rand
	wrong    map[string]bool         // lines that the month's audit found at fault
	tempting map[bool][]online.Order // orders at fault seen so far, by whether they were in-patients'
	out      []Asked
}

// faults reads which lines the audit of the month found at fault.
func (r *ward) faults(dir string) error {
	return audit.OpenStore(dir).Each(r.m, func(rows []audit.Row) error {
		for i := range rows {
			if x := &rows[i]; x.Type == 1 && !x.Hushed && x.Sn != "" {
				r.wrong[x.Sn] = true
			}
		}
		return nil
	})
}

func (r *ward) person(ctx context.Context, t *claim.Timeline) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	x := &teller{t: t, ds: r.g.Snapshot().Dicts()}
	for _, s := range x.steps(r.m) {
		if len(r.out) >= r.opt.Most {
			break
		}
		ev := x.event(online.Charged, s.visit, s.at, s.lines)
		if s.setl >= 0 {
			if err := r.ask(ctx, x, s.setl); err != nil {
				return err
			}
			ev = x.settled(s)
		}
		if err := r.e.Tell(ctx, ev); err != nil {
			return err
		}
	}
	return nil
}

// scenes by the kind of visit: prescribing to out- and in-patients, selling.
var scenes = map[string]string{"1": "2", "2": "4", "3": "10"}

// paying are the scenes of their settlements.
var paying = map[string]string{"1": "6", "2": "7", "3": "10"}

func (r *ward) ask(ctx context.Context, x *teller, si int32) error {
	first, last := x.request(si), x.request(si)
	a := Asked{Request: last, Settled: map[string]bool{}}
	for _, o := range last.Patients[0].Encounters[0].Orders {
		a.Settled[o.ID] = true
	}
	last.Scenarios = []string{paying[last.Patients[0].Encounters[0].Kind]}
	b, err := r.prescribe(first), error(nil)
	for _, x := range []*Asked{&b, &a} {
		if x.Answer, err = r.e.Check(ctx, x.Request); err != nil {
			return err
		}
		r.out = append(r.out, *x)
	}
	return nil
}

// prescribe makes what is asked before a settlement what was asked before anything was charged.
func (r *ward) prescribe(q *online.Request) Asked {
	e := &q.Patients[0].Encounters[0]
	q.Infno, q.Stage, q.Scenarios = "3101", online.Before, []string{scenes[e.Kind]}
	e.Total, e.Own, e.SelfPay, e.Account, e.Fund = claim.None64, claim.None64, claim.None64, claim.None64, claim.None64
	a := Asked{Request: q, Settled: map[string]bool{}}
	stay := e.Kind == "2"
	for i := range e.Orders {
		o := &e.Orders[i]
		a.Settled[o.ID] = true
		if !o.Current {
			continue
		}
		if r.wrong[o.ID] && len(r.tempting[stay]) < 500 {
			r.tempting[stay] = append(r.tempting[stay], *o)
		}
		if r.rnd.IntN(150) == 0 && o.Cnt > 0 && !r.wrong[o.ID] { // more than was settled in the end
			n := 2 + r.rnd.Int64N(3)
			o.Cnt, o.Amount, o.Own = o.Cnt*claim.Qty(n), o.Amount*claim.Money(n), o.Own*claim.Money(n)
			a.Settled[o.ID] = false
		}
	}
	if more := r.tempting[stay]; len(more) > 0 && r.rnd.IntN(7) == 0 && len(e.Orders) > 0 {
		o := more[r.rnd.IntN(len(more))]
		like := e.Orders[len(e.Orders)-1]
		o.ID, o.Rxno, o.Begin, o.Doctor, o.Dept, o.DeptName, o.Current = like.ID+"A", like.Rxno, like.Begin, like.Doctor, like.Dept, like.DeptName, true
		e.Orders = append(e.Orders, o)
	}
	return a
}
