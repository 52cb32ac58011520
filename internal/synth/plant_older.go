package synth

import (
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// olderScenarios are near misses of older cards: one for each exemption that had none.
func olderScenarios() []*scenario {
	return append(append(append(olderPrematureScenarios(), sheetScenarios()...), solventScenarios()...), olderUnitScenarios()...)
}

// olderPrematureScenarios: A005, a newborn's item after the 28th day. A premature child's uninterrupted stay goes on.
func olderPrematureScenarios() []*scenario {
	baby := func(diag string, admitted int) func(*scene) bool {
		return func(s *scene) bool {
			was, cert := s.p.born, s.p.cert
			s.p.born = s.d - claim.Day(admitted)
			v := s.inpatientStay(s.county(), 0, 14, &diagnosis{code: diag, name: "早产儿", dept: "A07"})
			_, it := s.pick("A005", v, func(p *knowledge.Point, it *item) bool {
				return p.Allow == "新生儿" && it.Price < 300*claim.PriceOne
			})
			if it == nil {
				s.p.born, s.p.cert = was, cert
				return false
			}
			s.p.cert = certificate(s.p.born, s.p.male, s.p.n)
			s.hit(v, v.add(it, 1, at(s.p.born+33, 15*3600)), whole)
			return true
		}
	}
	child := want{from: 1, to: 12}
	return []*scenario{
		near("A005", "a premature child's stay goes on", child, baby("P07.300", 22)).spanning(16).alone(),
		near("A005", "a premature child, admitted on the 28th day", child, baby("P07.300", 28)).spanning(16).alone(),
		planted("A005", "a premature child, admitted on the 29th day", child, baby("P07.300", 29)).spanning(16).alone(),
		planted("A005", "a month old, not premature", child, baby("P59.900", 22)).spanning(16).alone(),
	}
}

// sheetScenarios: B014. What the law wants on sheets of its own is no splitting.
func sheetScenarios() []*scenario {
	adult := want{insutype: "390"}
	// sheets of a western kind with so many drugs each, of some money; then what else is written.
	sheets := func(western, each int, more func(s *scene, v *visit, rx int) bool) func(*scene) bool {
		return func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			pool := slices.Clone(s.ix.roles["oral"])
			week := func(it *item) claim.Money { return claim.Money(it.Price / 10_000 * claim.Price(it.packsFor(7))) }
			slices.SortStableFunc(pool, func(a, b *item) int { return int(week(b) - week(a)) }) // the dearest first
			made := 0
			var sum claim.Money
			for i := 0; i < len(pool) && made < western*each; i++ {
				it := pool[i]
				if !it.fits(s.p, s.d) || !it.suits(v) || s.has(v, it) || !s.canBuy(it.Generic, s.d) || it.packsFor(7) > it.maxPacks() || it.Narcotic || it.class() != "" {
					continue
				}
				ln := s.dose(v, it, 7, s.when(0, 11)+claim.Time(made)*60_000_000)
				ln.rx = 1 + made/each
				sum += week(it)
				made++
			}
			if made < western*each || sum < 38_000 || (more != nil && !more(s, v, western+1)) {
				return false
			}
			s.hit(v, nil, zero)
			return true
		}
	}
	narcotic := func(s *scene, v *visit, rx int) bool {
		for _, it := range s.ix.items {
			if it.Narcotic && it.DDD.Has() && it.DDDUnit == it.PrepUnit && s.harmless(it, v, "D015") {
				v.expert()
				s.dose(v, it, 5, s.when(0, 13)).rx = rx
				return true
			}
		}
		return false
	}
	herbs := func(s *scene, v *visit, rx int) bool {
		s.herbs(v, s.when(0, 13))
		for i := range v.lines {
			if v.lines[i].it.list == "102" {
				v.lines[i].rx = rx
			}
		}
		return true
	}
	return []*scenario{
		near("B014", "a narcotic on a sheet of its own", adult, sheets(2, 3, narcotic)).unchronic(),
		near("B014", "herbs on a sheet of their own", adult, sheets(2, 3, herbs)).unchronic(),
		near("B014", "five drugs a sheet", adult, sheets(3, 4, nil)).unchronic(),
		planted("B014", "three sheets of three drugs", adult, sheets(3, 3, nil)).unchronic(),
	}
}

// solventScenarios: D004, what dissolves other drugs; and a first prescription that was taken back.
func solventScenarios() []*scenario {
	adult := want{}
	twice := func(pickIt func(s *scene, v *visit) *item, change func(s *scene, v *visit, ln *line)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			w := s.clinicVisit(s.county(), 0, "A11", "K52.900")
			w.shift(5400)
			it := pickIt(s, v)
			if it == nil {
				return false
			}
			a := s.drug(v, it, 6, addSec(v.begin, 1800))
			a.rx = 1
			if change != nil {
				change(s, v, a)
			}
			b := s.drug(w, it, 6, addSec(w.begin, 1800))
			b.rx = 1
			s.hit(w, b, whole)
			return true
		}
	}
	steady := func(s *scene, v *visit) *item { return s.steady() }
	solvent := func(s *scene, v *visit) *item {
		for _, name := range []string{"0.9%氯化钠注射液", "5%葡萄糖注射液", "葡萄糖氯化钠注射液", "灭菌注射用水"} {
			for i := range s.ix.items {
				it := s.ix.items[(s.n*7+i)%len(s.ix.items)]
				if it.Generic == name && s.harmless(it, v) {
					return it
				}
			}
		}
		return nil
	}
	return []*scenario{
		planted("D004", "twelve days in two departments", adult, twice(steady, nil)).alone(),
		near("D004", "a solvent", adult, twice(solvent, nil)).alone(),
		near("D004", "the first was taken back", adult, twice(steady, func(s *scene, v *visit, ln *line) { refunded(s, v, ln, nil) })).alone(),
	}
}

// olderUnitScenarios: B009 and B010 where the catalogue prices by the day, and B010 where only the days of the stay are known.
func olderUnitScenarios() []*scenario {
	adult := want{}
	hours := func(rule string, inst func(s *scene) *institution, roughly bool, lines func(total, los int) []float64) func(*scene) bool {
		return func(s *scene) bool {
			v := s.inpatientStay(inst(s), 0, 4, pneumonia)
			v.roughly = roughly
			it := s.ix.byCode[byDayElsewhere]
			if it == nil || !s.harmless(it, v, "B009", "B010") {
				return false
			}
			for k, n := range lines(int((v.end-v.begin)/3_600_000_000)+1, v.los()) {
				v.add(it, n, at(v.day()+claim.Day(k), 15*3600))
			}
			ln := &v.lines[len(v.lines)-1]
			s.hit(v, ln, unsure)
			return true
		}
	}
	neighbor := func(s *scene) *institution { return s.pl.by[kindNeighbor][0] }
	return []*scenario{
		near("B009", "priced by the day there", adult, hours("B009", neighbor, false, func(int, int) []float64 { return []float64{1, 26} })).spanning(6),
		near("B010", "priced by the day there", adult, hours("B010", neighbor, false, func(total, los int) []float64 {
			return []float64{24, 24, 24, float64(total - 72 + 3)}
		})).spanning(6),
		// Between the hours of the stay and those of its days.
		near("B010", "only the days of the stay are known", adult, hours("B010", (*scene).tcm, true, func(total, los int) []float64 {
			return []float64{24, 24, 24, 24, float64(min(24, total-96+5))}
		})).spanning(6),
	}
}
