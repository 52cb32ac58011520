package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// repeatScenarios: F021, teeth, and F022, eyes, over several visits.
func repeatScenarios() []*scenario {
	return append(toothScenarios(), eyeScenarios()...)
}

func toothScenarios() []*scenario {
	adult := want{from: 25, to: 65}
	// quantities of insured dental work by visit: days after the implant, numbers of items.
	work := func(visits [][]int, change func(s *scene, v *visit, ln *line, k int)) func(*scene) bool {
		return func(s *scene) bool {
			var own, insured []*item
			for _, p := range s.ix.points["F021"] {
				it := s.ix.byCode[p.Subject]
				switch {
				case it == nil:
				case p.Params.Class == "自费":
					own = append(own, it)
				case it.only("F021"):
					insured = append(insured, it)
				}
			}
			if len(own) == 0 || len(insured) < 4 {
				return false
			}
			v := s.clinicVisit(s.county(), 3, "A12", "K08.100")
			v.add(own[s.n%len(own)], 1, addSec(v.begin, 1800))
			if change != nil {
				change(s, v, &v.lines[len(v.lines)-1], -1)
			}
			for k, x := range visits {
				w := s.clinicVisit(s.county(), 3+x[0], "A12", "K04.000")
				for j, n := range x[1:] {
					w.add(insured[(s.n+j)%len(insured)], float64(n), addSec(w.begin, 1800+j*60))
					ln := &w.lines[len(w.lines)-1]
					if change != nil {
						change(s, w, ln, k)
					}
					s.hit(w, ln, whole)
				}
			}
			return true
		}
	}
	return []*scenario{
		planted("F021", "six fillings beside an implant", adult, work([][]int{{7, 3, 3}}, nil)).spanning(36).alone(),
		planted("F021", "on several visits", adult, work([][]int{{7, 2, 1}, {14, 2}, {30, 1, 1}}, nil)).spanning(36).alone(),
		planted("F021", "before the implant", adult, work([][]int{{-3, 4, 2}}, nil)).spanning(36).alone(),
		near("F021", "five fillings", adult, work([][]int{{7, 3, 2}}, nil)).spanning(36).alone(),
		near("F021", "a month and a day later", adult, work([][]int{{31, 3, 3}}, nil)).spanning(38).alone(),
		near("F021", "at another hospital", adult, work([][]int{{7, 3, 3}}, func(s *scene, v *visit, ln *line, k int) {
			if k >= 0 {
				s.moveTo(v, s.tcm(), "A12")
			}
		})).spanning(36).alone(),
		near("F021", "no implant after all", adult, work([][]int{{7, 3, 3}}, func(s *scene, v *visit, ln *line, k int) {
			if k < 0 {
				v.giveBack(*ln, 1, true)
			}
		})).spanning(36).alone(),
		near("F021", "all at the patient's cost", adult, work([][]int{{7, 3, 3}}, func(s *scene, v *visit, ln *line, k int) { ln.own = true })).spanning(36).alone(),
	}
}

// eye is one operation: days after the first, side on the line, side on record ("-": nothing on record).
type eye struct {
	day          int
	side, record string
}

func eyeScenarios() []*scenario {
	old := want{from: 55, to: 79}
	operate := func(eyes []eye, change func(s *scene, v *visit, k int)) func(*scene) bool {
		return func(s *scene) bool {
			var it *item
			ps := s.ix.points["F022"]
			for i := range ps {
				x := s.ix.byCode[ps[(s.n+i)%len(ps)].Subject]
				if it == nil && x != nil && x.only("F022") {
					it = x
				}
			}
			if it == nil {
				return false
			}
			for k, e := range eyes {
				v := s.clinicVisit(s.county(), e.day, "A10", "H25.900")
				ln := v.add(it, 1, addSec(v.begin, 5400))
				if ln.side = e.side; e.side == "双侧" {
					ln.cnt = 2 * claim.QtyOne
				}
				if e.record != "-" {
					s.record(v, "13.4x001", e.record, 0, 11, 40)
				}
				if k == len(eyes)-1 {
					s.hit(v, ln, whole)
				}
				if change != nil {
					change(s, v, k)
				}
			}
			return true
		}
	}
	diag := func(code string) func(s *scene, v *visit, k int) {
		return func(s *scene, v *visit, k int) {
			if k > 0 {
				v.diags = append(v.diags, code)
			}
		}
	}
	left := eye{0, "左", "-"}
	again := eye{20, "左", "-"}
	return []*scenario{
		planted("F022", "the same eye twice", old, operate([]eye{left, again}, nil)).spanning(24).alone(),
		planted("F022", "after both eyes", old, operate([]eye{{0, "双侧", "-"}, {20, "右", "-"}}, nil)).spanning(24).alone(),
		planted("F022", "a third of unknown side", old, operate([]eye{{0, "", "-"}, {10, "", "-"}, {20, "", "-"}}, nil)).spanning(24).alone(),
		planted("F022", "the side is on record", old, operate([]eye{{0, "", "右"}, {20, "", "右"}}, nil)).spanning(24).alone(),
		near("F022", "the other eye", old, operate([]eye{left, {20, "右", "-"}}, nil)).spanning(24).alone(),
		near("F022", "both eyes at once", old, operate([]eye{{0, "双侧", "-"}}, nil)).spanning(24).alone(),
		near("F022", "two of unknown side", old, operate([]eye{{0, "", "-"}, {20, "", "-"}}, nil)).spanning(24).alone(),
		near("F022", "the other eye is on record", old, operate([]eye{{0, "", "左"}, {20, "", "右"}}, nil)).spanning(24).alone(),
		near("F022", "an injury", old, operate([]eye{left, again}, diag("S05.300"))).spanning(24).alone(),
		near("F022", "the lens has slipped", old, operate([]eye{left, again}, diag("T85.200"))).spanning(24).alone(),
		near("F022", "a complication", old, operate([]eye{left, again}, diag("H59.000"))).spanning(24).alone(),
		near("F022", "the first was refunded", old, operate([]eye{left, again}, func(s *scene, v *visit, k int) {
			if k == 0 {
				v.giveBack(v.lines[len(v.lines)-1], 1, true)
			}
		})).spanning(24).alone(),
		near("F022", "the second at the patient's cost", old, operate([]eye{left, again}, func(s *scene, v *visit, k int) {
			v.lines[len(v.lines)-1].own = k == 1
		})).spanning(24).alone(),
	}
}

// dialysisScenarios: F005, sessions in seven days and in a month.
func dialysisScenarios() []*scenario {
	adult := want{from: 30, to: 75}
	// sessions on days after the scene's own; kinds a day; the last is labelled.
	run := func(days []int, kinds int, month bool, change func(s *scene, v *visit, k int)) func(*scene) bool {
		return func(s *scene) bool {
			if month { // a natural month holds them all
				s.d = s.firstMonth.First()
				if s.n%2 == 1 && s.opt.Months > 1 {
					s.d = (s.firstMonth + 1).First()
				}
				if s.d+27 > s.last {
					return false
				}
			}
			var pool []*item
			for _, p := range s.ix.points["F005"] {
				if it := s.ix.byCode[p.Subject]; it != nil && it.only("F005", "F004") {
					pool = append(pool, it)
				}
			}
			if len(pool) < kinds {
				return false
			}
			for k, d := range days {
				v := s.clinicVisit(s.county(), d, "A03.06", "N18.600")
				if change != nil {
					change(s, v, k)
				}
				for j := range kinds {
					v.add(pool[(s.n+j)%len(pool)], 1, addSec(v.begin, 1800+j*60))
				}
				ln := &v.lines[len(v.lines)-1]
				if k == len(days)-1 {
					s.hit(v, ln, whole)
				}
			}
			return true
		}
	}
	week := []int{0, 1, 3, 4, 6}
	monthly := []int{0, 2, 4, 6, 7, 9, 11, 13, 14, 16, 18, 20, 21, 23, 25, 27}
	elsewhere := func(s *scene, v *visit, k int) {
		if k%2 == 1 {
			s.moveTo(v, s.tcm(), "A03.06")
		}
	}
	diag := func(code string) func(s *scene, v *visit, k int) {
		return func(s *scene, v *visit, k int) { v.diags = append(v.diags, code) }
	}
	// inBed lets the person lie in another hospital; the session is on a day of that stay.
	inBed := func(day int, leave bool) func(*scene) bool {
		return func(s *scene) bool {
			bed := s.inpatientStay(s.tcm(), 0, 8, pneumonia)
			if bed.open {
				return false
			}
			if leave {
				s.onLeave(bed, 2, 5)
			}
			return run([]int{day}, 1, false, nil)(s)
		}
	}
	mother := want{female: true, from: 21, to: 40}
	return []*scenario{
		planted("F005", "a fifth in seven days", adult, run(week, 1, false, nil)).spanning(8).alone(),
		planted("F005", "a fifth in two hospitals", adult, run(week, 1, false, elsewhere)).spanning(8).alone(),
		planted("F005", "a sixteenth in a month", adult, run(monthly, 1, true, nil)).spanning(30).alone(),
		planted("F005", "while in another hospital's bed", adult, inBed(3, false)).spanning(10).alone(),
		near("F005", "four in seven days", adult, run(week[:4], 1, false, nil)).spanning(8).alone(),
		near("F005", "the fifth on the eighth day", adult, run([]int{0, 2, 4, 6, 7}, 1, false, nil)).spanning(9).alone(),
		near("F005", "two kinds a day are one session", adult, run([]int{0, 2, 4, 6}, 2, false, nil)).spanning(8).alone(),
		near("F005", "fifteen in a month", adult, run(monthly[:15], 1, true, nil)).spanning(30).alone(),
		near("F005", "rescue", adult, run(week, 1, false, func(s *scene, v *visit, k int) { v.rescue = true })).spanning(8).alone(),
		near("F005", "acute kidney failure", adult, run(week, 1, false, diag("N17.900"))).spanning(8).alone(),
		near("F005", "poisoning", adult, run(week, 1, false, diag("T40.200"))).spanning(8).alone(),
		near("F005", "pregnancy", mother, run(week, 1, false, diag("O26.900"))).spanning(8).alone(),
		near("F005", "on the day of admission elsewhere", adult, inBed(0, false)).spanning(10).alone(),
		near("F005", "on the day of discharge elsewhere", adult, inBed(8, false)).spanning(10).alone(),
		near("F005", "on leave", adult, inBed(3, true)).spanning(10).alone(),
	}
}

// moveTo takes a visit to another institution, with all that was billed.
func (s *scene) moveTo(v *visit, inst *institution, dept string) {
	v.inst = inst
	v.dept = inst.dept(dept)
	v.doc = &v.dept.doctors[0]
	for i := range v.lines {
		v.lines[i].dept, v.lines[i].doc, v.lines[i].price = v.dept, v.doc, v.lines[i].it.priceAt(inst)
	}
}
