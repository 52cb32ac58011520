package online

import (
	"slices"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
)

// maxOwn bounds how many codes a desk may have given to what it never heard of before it is given up.
const maxOwn = 1 << 15

// desk judges one call at a time: dictionaries laid over the shared ones, the program bound to them, an assembler and evaluators. All its
// memory is used again; what strangers say grows the desk alone, and a desk that grew too far is thrown away.
type desk struct {
	s     *standing
	ds    *claim.Dicts
	bound *rule.Bound
	as    *claim.Assembler
	now   *slabs // what the call says
	late  *slabs // what the delta says
	evals map[string]*rule.Eval
	own   int // codes of its own by now
	parts []claim.Part

	visits  *claim.Batch     // visits of the delta that the call does not speak of
	mine    map[uint64]uint8 // visits of the call: has…
	known   map[uint64]uint8 // visits of the delta: has…
	current map[uint64]bool  // visits of the call that are asked about
	asked   []bool           // by fee row of the call: asked about
	lines   map[line]bool    // lines of the call
	held    map[line]bool    // lines of the lake, where the delta may repeat them
	strange bool             // an item that the lake never had and something is known of
	digest  digest
	end     time.Time // when the budget ends; zero = never
}

// What is known of a visit.
const (
	hasVisit uint8 = 1 << iota
	hasDiags
	hasOps
)

type line struct {
	visit uint64
	id    string
}

func newDesk(s *standing) *desk {
	b := s.ground.Bound()
	ds := s.ground.Snapshot().Dicts().Over()
	d := &desk{s: s, ds: ds, bound: b.Over(b.Vocab.Over(ds)), evals: map[string]*rule.Eval{}, mine: map[uint64]uint8{},
		known: map[uint64]uint8{}, current: map[uint64]bool{}, lines: map[line]bool{}, held: map[line]bool{}, now: newSlabs(ds), late: newSlabs(ds)}
	d.as = claim.NewAssembler(d.bound.Vocab, nil, 0)
	return d
}

// spent tells that the desk has taken in too much that is not in the lake.
func (d *desk) spent() bool { return d.own > maxOwn }

func (d *desk) grow() {
	n := 0
	for _, x := range d.ds {
		n += x.Own()
	}
	if n != d.own {
		d.own = n
		d.bound.Vocab.Grow()
		d.bound.Grow()
	}
}

// eval is the evaluator of a call: of its stage and channel, or of the cards it names.
func (d *desk) eval(r *Request, w *watch) *rule.Eval {
	only, key := w.judged, r.Stage+"\x1f"+r.Channel
	if r.Rules != nil {
		only, key = w.narrowed, ""
	}
	ev := d.evals[key]
	if ev == nil || key == "" {
		if ev = d.bound.NewEval(0, 0, only); key != "" {
			d.evals[key] = ev
		}
	}
	ev.Forget()
	ev.Stop = nil
	if !d.end.IsZero() {
		ev.Stop = func() bool { return time.Now().After(d.end) }
	}
	return ev
}

// timeline assembles a patient of the call, the delta and the lake.
func (d *desk) timeline(r *Request, p *Patient) (*claim.Timeline, error) {
	d.reset()
	psn := d.ds[claim.DictPerson].Put(p.ID)
	pers := psn
	if int(psn) < d.s.persons {
		pers = d.s.ground.Snapshot().Pers(psn)
		var err error
		if d.parts, err = d.s.hist.person(pers, d.parts, d.end); err != nil {
			return nil, err
		}
	}
	d.now.psn, d.late.psn = pers, pers
	numbers := d.numbers(p)
	if numbers == nil {
		putPerson(d.now, p)
		numbers = append(numbers, p.ID)
	}
	d.put(r, p)
	for _, n := range numbers {
		if rows := d.s.delta.of(n); rows != nil {
			d.holdLines()
			if err := d.takeLate(rows); err != nil {
				return nil, err
			}
		}
	}
	d.grow()
	d.reconcile(r.At)
	for t := range tableNames {
		b := d.late.of[t].b
		if t == tVisit {
			b = d.visits
		}
		if b.N > 0 {
			d.parts = append(d.parts, claim.NewPart(claim.Source{Batch: b}))
		}
		if d.now.of[t].b.N > 0 {
			d.parts = append(d.parts, d.now.part(t, t == tVisit || t == tSettlement || t == tFee))
		}
	}
	if d.as.Look(d.s.past); d.isStrange() {
		d.as.Look(nil) // what bears on what is sorted by items the lake knows
	}
	d.as.AsOf = r.At.Day() + 1 // whoever is still in stays at least until tomorrow: today is a day of the stay
	return d.as.One(pers, d.parts), nil
}

func (d *desk) reset() {
	d.now.reset()
	d.late.reset()
	clear(d.mine)
	clear(d.known)
	clear(d.current)
	clear(d.lines)
	clear(d.held)
	d.asked, d.parts = d.asked[:0], d.parts[:0]
}

// numbers are the person's numbers by the insured register; nil where the register does not know the person.
func (d *desk) numbers(p *Patient) (out []string) {
	for _, x := range d.parts {
		if x.Batch.Table != callTables[tPerson] {
			continue
		}
		out = append(out, p.ID)
		for i := x.Lo; i < x.Hi; i++ {
			if n := d.ds[claim.DictPerson].String(x.Batch.I32(pPsn, i)); !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	return out
}

func (d *desk) isStrange() bool {
	fee := d.now.of[tFee].b
	for i := 0; i < fee.N; i++ {
		if c := fee.Cols[fItem].I32[i]; int(c) >= d.s.items && d.bound.Spoken(c) {
			return true
		}
	}
	return false
}

// put writes the call's encounters.
func (d *desk) put(r *Request, p *Patient) {
	for i := range p.Encounters {
		e := &p.Encounters[i]
		if e.ID == "" {
			continue
		}
		key, inst := claim.KeyOf(e.ID), e.inst(r.Inst)
		asked := e.ID == p.Current
		for k := range e.Orders {
			asked = asked || e.Orders[k].Current
		}
		d.mine[key] = hasVisit
		if len(e.Diagnoses) > 0 {
			d.mine[key] |= hasDiags
		}
		if len(e.Operations) > 0 {
			d.mine[key] |= hasOps
		}
		putVisit(d.now, p, e, inst, r.insured(p))
		bill := uint64(0)
		if asked {
			d.current[key] = true
			if r.Stage == During {
				putSettlement(d.now, p, e, inst, r.insured(p), "", r.At, e.fundPaid())
				bill = claim.KeyOf(billPrefix + e.ID)
				s := d.now.of[tSettlement].b
				s.Setl[s.N-1] = bill
			}
		}
		for k := range e.Orders {
			o := &e.Orders[k]
			if !putOrder(d.now, p, e, o, inst, "", r.At) {
				continue
			}
			d.asked = append(d.asked, o.Current)
			d.lines[line{key, o.ID}] = true
			if o.Current && bill != 0 {
				f := d.now.of[tFee].b
				f.Setl[f.N-1] = bill
			}
		}
	}
}

// billPrefix names the settlement that a call before settlement would make: it has no number yet, only a key.
const billPrefix = "\x00待结算\x1f"

// insured is where the call says that the person is insured for it: of the envelope, else of the patient.
func (r *Request) insured(p *Patient) string {
	if r.Insured != "" {
		return r.Insured
	}
	return p.Area
}

// fundPaid is what the pooled fund would pay, in fen. Where the call's sums add up, a trial settlement has been made and its figure
// stands, a true nought too; else all that is within scope counts as paid, the most it can be.
func (e *Encounter) fundPaid() claim.Money {
	total := e.Total.Or(0)
	if said := e.Own.Or(0) + e.SelfPay.Or(0) + e.Account.Or(0) + e.Fund.Or(0); e.Fund.Has() && total > 0 && said >= total-1 {
		return e.Fund
	}
	if e.Fund.Or(0) > 0 {
		return e.Fund
	}
	var m claim.Money
	for i := range e.Orders {
		if o := &e.Orders[i]; o.Current {
			m += max(0, o.amount()-o.Own.Or(0))
		}
	}
	return m
}
