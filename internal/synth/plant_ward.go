package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// role0 is the ward's own item of a role.
func (s *scene) role0(role string) *item {
	if pool := s.ix.roles[role]; len(pool) > 0 {
		return pool[0]
	}
	return nil
}

// lineOf finds the ward's line of an item on day k of the stay.
func (v *visit) lineOf(it *item, k int) *line {
	for i := range v.lines {
		if l := &v.lines[i]; l.it == it && int(l.at.Day()-v.day()) == k {
			return l
		}
	}
	return nil
}

func (s *scene) named(name string) *item { return s.ix.byName[name] }

// surplus adds one more of a ward item on the day of discharge: one above the length of stay.
func surplus(role string, n float64) func(*scene) bool {
	return func(s *scene) bool {
		v := s.inpatientStay(s.tcm(), 0, 6, pneumonia)
		it := s.role0(role)
		ln := v.add(it, n, addSec(v.end, -3000))
		s.hit(v, ln, whole)
		return true
	}
}

// wardScenarios: B005 to B008, F018, G029.
func wardScenarios() []*scenario {
	adult := want{}
	clean := func(role string) func(*scene) bool {
		return func(s *scene) bool {
			v := s.inpatientStay(s.tcm(), 0, 6, pneumonia)
			s.hit(v, v.lineOf(s.role0(role), 5), unsure)
			return true
		}
	}
	all := []*scenario{
		planted("B006", "a bed on the day of discharge", adult, surplus("bed", 1)).spanning(7),
		planted("B006", "half a day too much", adult, surplus("bed", 0.5)).spanning(7),
		near("B006", "as many beds as days", adult, clean("bed")).spanning(7),
		near("B006", "an extra bed is no bed day", adult, func(s *scene) bool {
			v := s.inpatientStay(s.tcm(), 0, 6, pneumonia)
			it := s.named("加床床位费")
			if it == nil {
				return false
			}
			s.hit(v, v.add(it, 1, at(v.day()+2, 9*3600)), unsure)
			return true
		}).spanning(7),
		near("B006", "moved to intensive care", adult, intensive(false)).spanning(8),
		planted("F018", "ordinary bed in intensive care", adult, intensive(true)).spanning(8),
		near("F018", "moved to intensive care", adult, intensive(false)).spanning(8),
		planted("B007", "nursing on the day of discharge", adult, surplus("nursing", 1)).spanning(7),
		planted("B007", "two grades on one day", adult, grades(true)).spanning(7),
		near("B007", "the grade changes", adult, grades(false)).spanning(7),
		near("B007", "as many as days", adult, clean("nursing")).spanning(7),
		planted("B008", "round on the day of discharge", adult, surplus("ward", 1)).spanning(7),
		near("B008", "as many as days", adult, clean("ward")).spanning(7),
		near("B008", "a consultation is no round", adult, func(s *scene) bool {
			v := s.inpatientStay(s.tcm(), 0, 6, pneumonia)
			it := s.named("院外会诊费")
			if it == nil || !s.harmless(it, v) {
				return false
			}
			s.hit(v, v.add(it, 1, at(v.day()+2, 9*3600)), unsure)
			return true
		}).spanning(7),
	}
	return append(append(all, outsideScenarios()...), priceScenarios()...)
}

// intensive moves the patient to intensive care from day 2 to day 4. On the days of moving both beds are billed; with
// `inside` the ordinary bed goes on in between.
func intensive(inside bool) func(*scene) bool {
	return func(s *scene) bool {
		v := s.inpatientStay(s.county(), 0, 7, pneumonia)
		icu, bed := s.named("重症监护病房床位费"), s.role0("bed")
		if icu == nil {
			return false
		}
		for k := 2; k <= 4; k++ {
			v.add(icu, 1, at(v.day()+claim.Day(k), 12*3600))
		}
		if score := s.named("序贯器官衰竭评分"); score != nil { // what brought the patient there (C026)
			v.add(score, 1, at(v.day()+2, 13*3600))
		}
		if b := v.lineOf(bed, 3); inside {
			s.hit(v, b, whole)
			return b != nil
		}
		kept := v.lines[:0]
		for _, ln := range v.lines {
			if ln.it != bed || ln.at.Day() != v.day()+3 {
				kept = append(kept, ln)
			}
		}
		v.lines = kept
		s.hit(v, v.lineOf(bed, 2), unsure)
		return true
	}
}

// grades bills the third grade of nursing on day 2, beside the ward's second grade or in its place.
func grades(beside bool) func(*scene) bool {
	return func(s *scene) bool {
		v := s.inpatientStay(s.tcm(), 0, 6, pneumonia)
		low := s.named("Ⅲ级护理")
		if low == nil {
			return false
		}
		if !beside {
			ln := v.lineOf(s.role0("nursing"), 2)
			ln.it, ln.price = low, low.priceAt(v.inst)
			s.hit(v, ln, unsure)
			return true
		}
		s.hit(v, v.add(low, 1, at(v.day()+2, 9*3600)), whole)
		return true
	}
}

// outsideScenarios: G029, ward items outside the stay. The number of days stays right.
func outsideScenarios() []*scenario {
	adult := want{}
	moved := func(role string, from, to int, change func(v *visit)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.inpatientStay(s.tcm(), 1, 6, pneumonia)
			ln := v.lineOf(s.role0(role), from)
			if ln == nil {
				return false
			}
			ln.at = at(v.day()+claim.Day(to), 9*3600)
			if change != nil {
				change(v)
			}
			s.hit(v, ln, whole)
			return true
		}
	}
	return []*scenario{
		planted("G029", "bed before admission", adult, moved("bed", 0, -1, nil)).spanning(9),
		planted("G029", "nursing after discharge", adult, moved("nursing", 5, 7, nil)).spanning(9),
		near("G029", "bed on the day of discharge", adult, moved("bed", 5, 6, nil)).spanning(9),
		near("G029", "under observation the day before", adult, moved("bed", 0, -1, func(v *visit) {
			v.obs = at(v.day()-1, 20*3600)
		})).spanning(9),
		near("G029", "admission prepared", adult, moved("bed", 0, -1, func(v *visit) { v.preIpt = true })).spanning(9),
		near("G029", "pregnancy", want{female: true, from: 21, to: 40}, moved("bed", 0, -1, func(v *visit) { v.diags = append(v.diags, "O26.900") })).spanning(9),
		near("G029", "newborn on the mother's card", want{female: true, from: 21, to: 40}, moved("bed", 0, -1, func(v *visit) { v.newborn, v.mom = true, v.p.no(v.day()) })).spanning(9),
	}
}

// priceScenarios: B005.
func priceScenarios() []*scenario {
	adult := want{}
	dear := func(role string, add func(p claim.Price) claim.Price) func(*scene) bool {
		return func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			it := s.free(role, v)
			if role != "oral" {
				it = s.limited(role, v)
			}
			if it == nil {
				return false
			}
			ln := v.add(it, 1, s.when(0, 11))
			if it.list == "101" {
				ln = s.dose(v, it, 3, s.when(0, 12))
				v.lines = append(v.lines[:len(v.lines)-2], *ln)
				ln = &v.lines[len(v.lines)-1]
			}
			limit := ln.price
			ln.price = add(limit)
			over := claim.Money(claim.MulDiv(int64(ln.price-limit), int64(ln.cnt), 100_000_000))
			s.hit(v, ln, fixed(over))
			return true
		}
	}
	tenth := func(p claim.Price) claim.Price { return p * 11 / 10 / 10_000 * 10_000 }
	return []*scenario{
		planted("B005", "a tenth above the limit", adult, dear("lab", tenth)),
		planted("B005", "double", adult, dear("exam", func(p claim.Price) claim.Price { return 2 * p })),
		near("B005", "a fen above the limit", adult, dear("lab", func(p claim.Price) claim.Price { return p + 10_000 })),
		near("B005", "at the limit", adult, dear("exam", func(p claim.Price) claim.Price { return p })),
		near("B005", "drugs have no such limit", adult, dear("oral", tenth)),
	}
}
