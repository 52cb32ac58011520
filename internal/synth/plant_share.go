package synth

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// strip keeps what the filter takes of a stay and forgets the operations.
func (v *visit) strip(keep func(ln *line, day int) bool) {
	kept := v.lines[:0]
	for i := range v.lines {
		if ln := v.lines[i]; keep(&ln, int(ln.at.Day()-v.day())) {
			kept = append(kept, ln)
		}
	}
	v.lines, v.opers = kept, v.opers[:0]
}

func (l *line) in3(types string) bool { return strings.Contains(types, l.it.ChargeType) }

// cheapest treatment of a role, one each day, keeps a stay from looking empty.
func (s *scene) dayWork(v *visit, los int) {
	var low *item
	for _, it := range s.ix.roles["treat"] {
		if it.PricingUnit == "次" && it.suits(v) && (low == nil || it.Price < low.Price) && !s.has(v, it) {
			low = it
		}
	}
	for k := range los {
		if low != nil {
			v.add(low, 1, at(v.day()+claim.Day(k), 15*3600))
		}
	}
}

// examined builds a stay of examinations: `rich` sets the share of the rest.
func examined(rich float64, los int, change func(s *scene, v *visit)) func(*scene) bool {
	return func(s *scene) bool {
		v := s.inpatientStay(s.county(), 0, los, pneumonia)
		v.strip(func(ln *line, k int) bool { return ln.in3("01 02 07") })
		s.dayWork(v, los)
		n := 0
		for _, role := range []string{"lab2", "exam", "lab"} {
			for _, it := range s.ix.roles[role] {
				if n < 16 && it.suits(v) && it.fits(s.p, s.d) && !s.has(v, it) && it.use.group == "" && !it.use.radiology {
					v.add(it, 1, at(v.day()+claim.Day(n%2), 11*3600+n*40))
					n++
				}
			}
		}
		if rich > 0 {
			s.fill(v, "injected", rich, los)
		}
		if change != nil {
			change(s, v)
		}
		s.hit(v, nil, zero)
		return true
	}
}

// fill adds drugs of a role until they cost ratio times what is on the bill so far.
func (s *scene) fill(v *visit, role string, ratio float64, los int) {
	aim := claim.Money(0)
	for i := range v.lines {
		v.lines[i].tally()
		aim += v.lines[i].in
	}
	aim = claim.Money(float64(aim) * ratio)
	pool := s.ix.roles[role]
	for i := 0; aim > 0 && i < 1500; i++ {
		it := pool[(s.n+i)%len(pool)]
		if !it.fits(s.p, s.d) || !it.suits(v) || it.level == '3' || it.Price < 5*claim.PriceOne || it.maxPacks() < 2 {
			continue
		}
		ln := v.add(it, 2, at(v.day()+claim.Day(i%los), 16*3600+i*17))
		ln.days = 1
		ln.tally()
		aim -= ln.in
	}
}

// total is what the bill comes to.
func (v *visit) total() (sum claim.Money) {
	for i := range v.lines {
		v.lines[i].tally()
		sum += v.lines[i].det
	}
	return sum
}

// fillTo adds drugs given by needle until the bill comes to about the money; false where it was dearer before.
func (s *scene) fillTo(v *visit, money claim.Money, los int) bool {
	pool := s.ix.roles["injected"]
	sum := v.total()
	if sum > money {
		return false
	}
	for i := 0; i < 3000; i++ {
		it := pool[(s.n+i)%len(pool)]
		if !it.fits(s.p, s.d) || !it.suits(v) || it.level == '3' || it.Price < 5*claim.PriceOne || it.maxPacks() < 2 {
			continue
		}
		ln := v.add(it, 2, at(v.day()+claim.Day(i%los), 16*3600+i%900*4))
		ln.days = 1
		ln.tally()
		if sum += ln.det; sum > money {
			v.lines = v.lines[:len(v.lines)-1]
			return true
		}
	}
	return false
}

// oral builds a stay of tablets.
func tablets(inject float64, change func(s *scene, v *visit)) func(*scene) bool {
	return func(s *scene) bool {
		const los = 5
		v := s.inpatientStay(s.county(), 0, los, pneumonia)
		v.strip(func(ln *line, k int) bool { return ln.in3("01 02 07") || (ln.in3("04") && k == 0) })
		s.fill(v, "oral", 1.5, los)
		if inject > 0 {
			s.fill(v, "injected", inject, los)
		}
		if change != nil {
			change(s, v)
		}
		s.hit(v, nil, zero)
		return true
	}
}

// brief builds a stay of two days that cost little.
func brief(los int, more float64, change func(s *scene, v *visit)) func(*scene) bool {
	return func(s *scene) bool {
		v := s.inpatientStay(s.county(), 0, los, pneumonia)
		n := 0
		v.strip(func(ln *line, k int) bool {
			n++
			return ln.in3("01 02 07") || (ln.in3("09 11") && n%2 == 0 && ln.it.Price < 30*claim.PriceOne)
		})
		s.dayWork(v, los)
		if more > 0 {
			s.fill(v, "injected", more, los)
		}
		if change != nil {
			change(s, v)
		}
		s.hit(v, nil, zero)
		return true
	}
}

// shareScenarios: G016, G017, G018.
func shareScenarios() []*scenario {
	adult := want{}
	way := func(code string) func(*scene, *visit) {
		return func(s *scene, v *visit) { v.way = code }
	}
	diag := func(code string) func(*scene, *visit) {
		return func(s *scene, v *visit) { v.diags = append(v.diags, code) }
	}
	main := func(code string) func(*scene, *visit) {
		return func(s *scene, v *visit) { v.diags[0] = code }
	}
	operated := func(s *scene, v *visit) {
		t := at(v.day()+1, 9*3600)
		v.opers = append(v.opers, operation{code: "86.3x01", name: "皮肤病损切除术", incision: "1", anaesthesia: "01", begin: t, end: addSec(t, 1800), doc: v.doc})
	}
	// spare leaves only the cheapest drugs: below the low end of the group too, where many of its stays are cheap.
	spare := func(s *scene, v *visit) {
		v.strip(func(ln *line, k int) bool { return !ln.in3("09 11") || ln.it.Price < 5*claim.PriceOne })
	}
	return []*scenario{
		planted("G016", "a stay to be examined", adult, examined(0, 4, nil)).spanning(6).alone(),
		near("G016", "treated as well", adult, examined(1.2, 4, nil)).spanning(6).alone(),
		near("G016", "operated", adult, examined(0, 4, operated)).spanning(6).alone(),
		near("G016", "died", want{from: 50, to: 78}, examined(0, 4, way("5"))).spanning(6).alone(),
		near("G016", "transferred", adult, examined(0, 4, way("2"))).spanning(6).alone(),
		near("G016", "tumour", adult, examined(0, 4, diag("C34.900"))).spanning(6).alone(),
		near("G016", "endoscopic treatment", adult, examined(0, 4, func(s *scene, v *visit) {
			if it := s.named("内镜下止血"); it != nil && !s.has(v, it) {
				v.add(it, 1, at(v.day()+1, 14*3600))
			}
		})).spanning(6).alone(),
		near("G016", "day surgery", adult, examined(0, 4, func(s *scene, v *visit) { v.daySurg = true })).spanning(6).alone(),
		near("G016", "pilot of single-disease payment", adult, examined(0, 4, main(pilotRuns))).spanning(6).alone(),
		near("G016", "dialysis", adult, examined(0, 4, diag("N18.600"))).spanning(6).alone(),
		planted("G017", "tablets in bed", adult, tablets(0, nil)).spanning(7).alone(),
		near("G017", "infusions as well", adult, tablets(0.3, nil)).spanning(7).alone(),
		near("G017", "psychiatric", adult, tablets(0, main("F20.900"))).spanning(7).alone(),
		near("G017", "tuberculosis", adult, tablets(0, main("A15.000"))).spanning(7).alone(),
		near("G017", "palliative", adult, tablets(0, diag("Z51.500"))).spanning(7).alone(),
		near("G017", "pilot of single-disease payment", adult, tablets(0, main(pilotRuns))).spanning(7).alone(),
		near("G018", "pilot of single-disease payment", adult, brief(2, 0, main(pilotRuns))).spanning(4).alone(),
		near("G018", "died", want{from: 50, to: 78}, brief(2, 0, way("5"))).spanning(4).alone(),
		planted("G018", "two cheap days", adult, brief(2, 0, spare)).spanning(4).alone(),
		near("G018", "three days", adult, brief(3, 0, nil)).spanning(5).alone(),
		near("G018", "two dear days", adult, brief(2, 12, nil)).spanning(4).alone(),
		near("G018", "operated", adult, brief(2, 0, operated)).spanning(4).alone(),
		near("G018", "transferred", adult, brief(2, 0, way("2"))).spanning(4).alone(),
		near("G018", "left", adult, brief(2, 0, way("4"))).spanning(4).alone(),
		near("G018", "day surgery", adult, brief(2, 0, func(s *scene, v *visit) { v.daySurg = true })).spanning(4).alone(),
		near("G018", "tumour", adult, brief(2, 0, diag("C34.900"))).spanning(4).alone(),
	}
}
