package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// outside is a visit elsewhere while the person lies in bed.
type outside struct {
	rule   string
	day    int // of a stay of eight days
	shop   bool
	change func(s *scene, bed, v *visit)
}

func (o outside) play(s *scene) bool {
	bed := s.inpatientStay(s.county(), 0, 8, pneumonia)
	if bed.open {
		return false
	}
	var v *visit
	switch {
	case o.rule == "H008":
		s.chronicRow(s.ix.diseases[0], s.first-300, s.last+200, "通过", s.first-300, claim.NoDay)
		v = s.refill(s.ix.diseases[0], s.township(), s.when(o.day, 15), s.ix.diseases[0].drugs[s.n%4:s.n%4+1], 28)
	case o.shop:
		v = s.visit(s.plainShop(), "41", s.when(o.day, 15), "A02")
		if it := s.free("oral", v); it != nil {
			s.dose(v, it, 6, addSec(v.begin, 60)).rx = 0
		}
	default:
		v = s.clinicVisit(s.township(), o.day, "A03", "K52.900")
		s.prescribe(v, v.day(), addSec(v.begin, 1800), 2, 5, 7)
	}
	if o.change != nil {
		o.change(s, bed, v)
	}
	var lines int
	for i := range v.lines {
		if v.lines[i].it.list == "101" {
			lines++
		}
	}
	if o.rule == "H008" && (lines == 0 || v.supports("N18|Z49")) { // dialysis from bed is allowed
		return false
	}
	if o.rule == "H008" {
		s.hit(v, nil, drugSum) // the consultation is nobody's drug
	} else {
		s.hit(v, nil, visitSum)
	}
	return true
}

func bedScenarios() []*scenario {
	adult := want{insutype: "390"}
	play := func(kind, name string, o outside) *scenario {
		return (&scenario{rule: o.rule, name: name, kind: kind, want: adult, span: 10, build: o.play}).alone()
	}
	elsewhere := func(f func(v *visit)) func(*scene, *visit, *visit) {
		return func(s *scene, bed, v *visit) { f(v) }
	}
	return []*scenario{
		play(plant, "at the township", outside{rule: "G006", day: 3}),
		play(plant, "at a pharmacy", outside{rule: "G006", day: 4, shop: true}),
		play(nearMiss, "on the day of admission", outside{rule: "G006", day: 0, change: elsewhere(func(v *visit) { v.shift(-4200) })}),
		play(nearMiss, "on the day of discharge", outside{rule: "G006", day: 8, shop: true}),
		play(nearMiss, "no fund money", outside{rule: "G006", day: 3, shop: true, change: elsewhere(func(v *visit) { v.noFund = true })}),
		play(nearMiss, "family account", outside{rule: "G006", day: 3, shop: true, change: elsewhere(func(v *visit) { v.family = true })}),
		play(nearMiss, "online", outside{rule: "G006", day: 3, change: elsewhere(func(v *visit) { v.mode = "1" })}),
		play(nearMiss, "dialysis", outside{rule: "G006", day: 3, change: func(s *scene, bed, v *visit) {
			v.diags = append(v.diags, "N18.600")
			for _, x := range []*visit{bed, v} { // nothing that failing kidneys forbid
				x.without(func(ln *line) bool { return ln.it.harms("N18.600") })
			}
		}}),
		play(nearMiss, "newborn on the card", outside{rule: "G006", day: 3, change: elsewhere(func(v *visit) { v.newborn, v.mom = true, v.p.no(v.day()) })}),
		play(nearMiss, "prescribed outside", outside{rule: "G006", day: 3, shop: true, change: elsewhere(func(v *visit) {
			for i := range v.lines {
				v.lines[i].hiRx = "HRX" + v.p.no(v.day())
			}
		})}),
		play(nearMiss, "dual channel", outside{rule: "G006", day: 3, shop: true, change: elsewhere(func(v *visit) {
			for i := range v.lines {
				v.lines[i].nego = true
			}
		})}),
		play(nearMiss, "on leave", outside{rule: "G006", day: 3, change: func(s *scene, bed, v *visit) { s.onLeave(bed, 2, 5) }}),
		play(nearMiss, "reversed", outside{rule: "G006", day: 3, change: elsewhere(func(v *visit) { v.undo = true })}),
		play(nearMiss, "examined in the same hospital", outside{rule: "G006", day: 3, change: func(s *scene, bed, v *visit) {
			v.inst = bed.inst
			v.dept = v.inst.dept("A03")
			v.doc = &v.dept.doctors[0]
			v.lines = v.lines[:0]
			s.bill(v, "lab", 2, addSec(v.begin, 900))
			s.bill(v, "exam", 1, addSec(v.begin, 1900))
		}}),
		play(plant, "chronic drugs from bed", outside{rule: "H008", day: 3}),
		play(nearMiss, "on the day of discharge", outside{rule: "H008", day: 8}),
		play(nearMiss, "no fund money", outside{rule: "H008", day: 3, change: elsewhere(func(v *visit) { v.noFund = true })}),
		play(nearMiss, "on leave", outside{rule: "H008", day: 3, change: func(s *scene, bed, v *visit) { s.onLeave(bed, 2, 5) }}),
		overlap(plant, "two hospitals for four days", 4, nil),
		overlap(plant, "two hospitals for one day", 2, nil),
		overlap(nearMiss, "transfer on one day", 0, nil),
		overlap(nearMiss, "in by night, out by day", 1, nil),
		overlap(plant, "the second is not finished", 4, func(s *scene, v, w *visit) { v.midAt = append(v.midAt, at(v.day()+3, 9*3600)) }),
	}
}

// overlap lets a second stay begin n days before the first one ends.
func overlap(kind, name string, n int, change func(s *scene, v, w *visit)) *scenario {
	sc := &scenario{rule: "X001", name: name, kind: kind, span: 15, build: func(s *scene) bool {
		v := s.inpatientStay(s.county(), 0, 7, pneumonia)
		w := s.inpatientStay(s.tcm(), 7-n, 6, stroke)
		if w.open {
			return false
		}
		if n == 0 {
			v.way, v.to = "2", w.inst.code
			w.begin = at(w.day(), 15*3600)
			for i := range w.lines {
				if ln := &w.lines[i]; ln.at.Day() == w.day() {
					ln.at = max(ln.at, addSec(w.begin, 300+i))
				}
			}
		}
		v.dropHome()
		if change != nil {
			change(s, v, w)
		}
		s.hit(w, nil, zero)
		return true
	}}
	return sc.alone()
}

// chronicScenarios: H001 to H004, H007.
func chronicScenarios() []*scenario {
	adult := want{insutype: "390"}
	h := func(kind, name, rule string, span int, build func(s *scene, d *disease) bool) *scenario {
		return (&scenario{rule: rule, name: name, kind: kind, want: adult, span: span, build: func(s *scene) bool {
			d := s.ix.diseases[s.n%min(3, len(s.ix.diseases))]
			return build(s, d)
		}}).alone()
	}
	covered := func(s *scene, d *disease) {
		s.chronicRow(d, s.first-400, s.last+300, "通过", s.first-400, claim.NoDay)
	}
	// supplies of the same drug on the days.
	monthly := func(at [][2]int, fault int, over int) func(s *scene, d *disease) bool {
		return func(s *scene, d *disease) bool {
			covered(s, d)
			it := s.tablet(d, 56)
			if it == nil {
				return false
			}
			for k, x := range at {
				v := s.refill(d, s.township(), s.when(x[0], 10), nil, 28)
				ln := s.drug(v, it, x[1], addSec(v.begin, 900))
				ln.rx = 1
				v.end = lastLine(v)
				if k == fault {
					s.hit(v, ln, packsOver(over, x[1])(ln))
				}
			}
			return true
		}
	}
	return []*scenario{
		h(plant, "two months within a week", "H001", 8, monthly([][2]int{{0, 28}, {3, 56}}, 1, 36)),
		h(nearMiss, "six weeks in hand", "H001", 18, monthly([][2]int{{0, 28}, {14, 28}}, 1, 0)),
		h(plant, "another disease's drug", "H002", 3, foreign(true)),
		h(plant, "a drug of no list", "H002", 3, foreign(false)),
		h(nearMiss, "a second disease allows it", "H002", 3, secondDisease),
		h(nearMiss, "an examination is no drug", "H002", 3, func(s *scene, d *disease) bool {
			covered(s, d)
			v := s.refill(d, s.township(), s.when(0, 10), nil, 28)
			it := s.free("lab", v)
			if it == nil {
				return false
			}
			s.hit(v, v.add(it, 1, addSec(v.begin, 900)), unsure)
			return true
		}),
		h(plant, "a week after the end", "H003", 3, expired(7, "通过")),
		h(plant, "six days after the end", "H003", 3, expired(6, "通过")),
		h(nearMiss, "five days after the end", "H003", 3, expired(5, "通过")),
		h(nearMiss, "waiting for review", "H003", 3, expired(20, "待复审")),
		h(nearMiss, "renewed", "H003", 3, func(s *scene, d *disease) bool {
			s.chronicRow(d, s.d-300, s.d-100, "通过", s.d-300, claim.NoDay)
			covered(s, d)
			s.hit(s.refill(d, s.township(), s.when(0, 10), s.oneOf(d), 28), nil, unsure)
			return true
		}),
		h(nearMiss, "never registered", "H003", 3, func(s *scene, d *disease) bool {
			s.hit(s.refill(d, s.township(), s.when(0, 10), s.oneOf(d), 28), nil, unsure)
			return true
		}),
		h(plant, "not passed", "H004", 3, failed(-20, -10)),
		h(plant, "not passed, effect unsaid", "H004", 3, failed(-70, 0)),
		h(nearMiss, "not yet in effect", "H004", 3, failed(-20, 5)),
		h(nearMiss, "passed by another row", "H004", 3, func(s *scene, d *disease) bool {
			s.chronicRow(d, s.d-300, s.last+200, "未通过", s.d-60, s.d-30)
			s.chronicRow(d, s.d-20, s.last+200, "通过", s.d-20, claim.NoDay)
			s.hit(s.refill(d, s.township(), s.when(0, 10), s.oneOf(d), 28), nil, unsure)
			return true
		}),
		h(plant, "another institution", "H007", 3, contracted(false, nil)),
		h(nearMiss, "the contracted institution", "H007", 3, contracted(true, nil)),
		h(nearMiss, "emergency", "H007", 3, contracted(false, func(s *scene, v *visit) {
			v.er, v.lines = true, v.lines[:1] // an emergency gives out three days at most
		})),
		h(nearMiss, "filed for elsewhere", "H007", 3, contracted(false, func(s *scene, v *visit) { s.filing(areaNeighbor, s.d-30, s.d+300) })),
	}
}

// tablet is a drug of the disease of which so many days may stand on one prescription.
func (s *scene) tablet(d *disease, days int) *item {
	for i := range d.drugs {
		if it := d.drugs[(s.n+i)%len(d.drugs)]; it.fits(s.p, s.d) && it.packsFor(days) <= it.maxPacks() && it.packsFor(days) >= 2 {
			return it
		}
	}
	return nil
}

func (s *scene) oneOf(d *disease) []*item {
	for i := range d.drugs {
		if it := d.drugs[(s.n+i)%len(d.drugs)]; it.fits(s.p, s.d) {
			return []*item{it}
		}
	}
	return nil
}

// foreign gives out a drug that the person's disease does not allow.
func foreign(listed bool) func(s *scene, d *disease) bool {
	return func(s *scene, d *disease) bool {
		s.chronicRow(d, s.first-400, s.last+300, "通过", s.first-400, claim.NoDay)
		v := s.refill(d, s.township(), s.when(0, 10), nil, 28)
		var it *item
		if listed {
			for _, o := range s.ix.diseases {
				for i := range o.drugs {
					x := o.drugs[(s.n+i)%len(o.drugs)]
					if it == nil && o != d && !contains(d.drugs, x) && x.fits(s.p, s.d) && !x.allowedFor(d) {
						it = x
					}
				}
			}
		} else {
			it = s.steady()
		}
		if it == nil {
			return false
		}
		s.hit(v, s.dose(v, it, 14, addSec(v.begin, 900)), whole)
		return true
	}
}

func contains[T comparable](all []T, x T) bool {
	for _, y := range all {
		if y == x {
			return true
		}
	}
	return false
}

// allowedFor tells whether any H002 point allows the drug for the disease.
func (it *item) allowedFor(d *disease) bool {
	for _, m := range it.marks {
		if m.rule == "H002" && contains(splitSet(m.pt.Allow), d.code) {
			return true
		}
	}
	return false
}

func secondDisease(s *scene, d *disease) bool {
	for _, o := range s.ix.diseases[:min(3, len(s.ix.diseases))] {
		for i := range o.drugs {
			x := o.drugs[(s.n+i)%len(o.drugs)]
			if o != d && !x.allowedFor(d) && x.fits(s.p, s.d) {
				s.chronicRow(d, s.first-400, s.last+300, "通过", s.first-400, claim.NoDay)
				s.chronicRow(o, s.first-300, s.last+300, "通过", s.first-300, claim.NoDay)
				v := s.refill(d, s.township(), s.when(0, 10), nil, 28)
				s.hit(v, s.dose(v, x, 28, addSec(v.begin, 900)), unsure)
				return true
			}
		}
	}
	return false
}

// expired registers a disease until n days before the visit.
func expired(n int, review string) func(s *scene, d *disease) bool {
	return func(s *scene, d *disease) bool {
		s.chronicRow(d, s.d-500, s.d-claim.Day(n), review, s.d-500, claim.NoDay)
		s.hit(s.refill(d, s.township(), s.when(0, 10), s.oneOf(d), 28), nil, visitSum)
		return true
	}
}

// failed registers a disease whose review was not passed; effect 0 leaves the effect to the month after the review.
func failed(review, effect int) func(s *scene, d *disease) bool {
	return func(s *scene, d *disease) bool {
		on := claim.NoDay
		if effect != 0 {
			on = s.d + claim.Day(effect)
		}
		s.chronicRow(d, s.d-500, s.last+200, "未通过", s.d+claim.Day(review), on)
		s.hit(s.refill(d, s.township(), s.when(0, 10), s.oneOf(d), 28), nil, visitSum)
		return true
	}
}

// contracted signs the person up with an institution.
func contracted(there bool, change func(s *scene, v *visit)) func(s *scene, d *disease) bool {
	return func(s *scene, d *disease) bool {
		s.chronicRow(d, s.first-400, s.last+300, "通过", s.first-400, claim.NoDay)
		inst := s.tcm()
		if there {
			inst = s.township()
		}
		s.contractRow(inst, s.first-400, s.last+300)
		v := s.refill(d, s.township(), s.when(0, 10), s.oneOf(d), 28)
		if change != nil {
			change(s, v)
		}
		s.hit(v, nil, visitSum)
		return true
	}
}
