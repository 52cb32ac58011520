package synth

import (
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// caseGroupScenarios: R003 to R006, R009, R018, R019. Codes that lift a stay into a dearer case group while nothing on the bill treats them, each
// with twins in which something does. They are found only where a scheme was chosen; R008 is what the stays of G001 show.
func caseGroupScenarios() []*scenario {
	worker, resident := want{insutype: "310"}, want{insutype: "390"} // paid by DRG and by DIP in the sample parameters
	lung := func(change func(s *scene, v *visit) bool) func(*scene) bool {
		return func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, 6, pneumonia)
			v.opers = v.opers[:0]
			if !change(s, v) {
				return false
			}
			s.hit(v, nil, unsure)
			return true
		}
	}
	main := func(code string, change func(s *scene, v *visit) bool) func(*scene) bool {
		return lung(func(s *scene, v *visit) bool { v.diags[0] = code; return change(s, v) })
	}
	also := func(codes ...string) func(*scene, *visit) bool {
		return func(s *scene, v *visit) bool { v.diags = append(v.diags, codes...); return true }
	}
	only := func(code string) func(*scene, *visit) bool { // beside the principal diagnosis, so that no other one gives the grade
		return func(s *scene, v *visit) bool { v.diags = append(v.diags[:1], code); return true }
	}
	with := func(name string, f func(*scene, *visit) bool) func(*scene, *visit) bool {
		return func(s *scene, v *visit) bool {
			it := s.named(name)
			if it == nil || s.has(v, it) || !f(s, v) {
				return false
			}
			v.add(it, 1, at(v.day()+1, 14*3600))
			return true
		}
	}
	without := func(name string, f func(*scene, *visit) bool) func(*scene, *visit) bool { // what a stay's bill begins with may hold it
		return func(s *scene, v *visit) bool {
			it := s.named(name)
			if it == nil {
				return false
			}
			v.strip(func(ln *line, _ int) bool { return ln.it.Code != it.Code })
			return f(s, v)
		}
	}
	// unseen takes away what a stay's bill begins with that would be a look at the stroke.
	unseen := func(f func(*scene, *visit) bool) func(*scene, *visit) bool {
		return without("头颅CT平扫", without("头颅CT增强", without("头颈CTA", f)))
	}
	operated := func(code, name string) func(*scene, *visit) bool {
		return func(s *scene, v *visit) bool {
			t := at(v.day()+1, 9*3600)
			v.opers = append(v.opers, operation{code: code, name: name, incision: "2", anaesthesia: "01", begin: t, end: addSec(t, 3600), doc: v.doc})
			return true
		}
	}
	// idle adds complaints that a point knows and nothing on the bill treats, but for what is kept.
	idle := func(n int, kept ...string) func(*scene, *visit) bool {
		return func(s *scene, v *visit) bool {
			v.diags = append(v.diags[:1], []string{"E78.500", "E79.000", "E04.900", "M81.900", "N40.x00"}[:n]...)
			if !s.p.male && n == 5 {
				return false
			}
			for _, name := range []string{"血脂全套", "尿酸测定", "甲状腺功能全套", "骨密度测定（双能X线）", "前列腺特异抗原测定"} {
				it := s.named(name)
				if it == nil {
					return false
				}
				v.strip(func(ln *line, _ int) bool { return ln.it.Code != it.Code || slices.Contains(kept, name) })
			}
			return true
		}
	}
	// examined books examinations off days from the admission and takes those of the stay away.
	examined := func(off int, how string) func(*scene, *visit) bool {
		return func(s *scene, v *visit) bool {
			v.adm = "2"
			if how != "both" {
				v.strip(func(ln *line, _ int) bool { return !ln.in3("03 04") })
			}
			w := s.clinicVisit(v.inst, off, "A03", "J18.900")
			w.preIpt = how == "pre"
			s.bill(w, "lab", 9, addSec(w.begin, 900))
			s.bill(w, "exam", 3, addSec(w.begin, 1800))
			var sum claim.Money
			for i := range w.lines {
				if ln := &w.lines[i]; ln.in3("03 04") {
					ln.tally()
					sum += ln.in
				}
			}
			return sum >= 30_000
		}
	}
	cheap := func(v *visit, over claim.Price) { // a line that is no operation, so that the bill is not empty
		v.strip(func(ln *line, k int) bool { return !ln.in3("06") && ln.it.Price <= over })
	}
	// costing makes the bill of a pneumonia come to about so many yuan. In the sample scheme its group is paid 5 100 to 5 400 yuan at a
	// county hospital.
	costing := func(yuan claim.Money) func(*scene) bool {
		return lung(func(s *scene, v *visit) bool {
			v.diags = v.diags[:1]
			return s.fillTo(v, yuan, 6)
		})
	}
	// sparing is a stroke of four days with hardly anything done, filled up to so many yuan; its group is paid 7 200 to 7 700.
	sparing := func(yuan claim.Money, change func(v *visit)) func(*scene) bool {
		return func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, 4, stroke)
			v.dropHome() // tablets to take home would be all its medicine
			n := 0
			v.strip(func(ln *line, k int) bool {
				n++
				return ln.in3("01 02 07") || (ln.in3("09 11") && n%2 == 0 && ln.it.Price < 30*claim.PriceOne)
			})
			v.diags = v.diags[:1]
			s.dayWork(v, 4)
			if yuan > 0 && !s.fillTo(v, yuan, 4) || yuan == 0 && v.total() > 250_000 {
				return false
			}
			if change != nil {
				change(v)
			}
			s.hit(v, nil, unsure)
			return true
		}
	}
	way := func(code string) func(*visit) { return func(v *visit) { v.way = code } }
	return []*scenario{
		planted("R001", "a bill over three times the standard", worker, costing(19_000_00)).spanning(8).alone(),
		near("R001", "a dear stay below three times", worker, costing(14_000_00)).spanning(8).alone(),
		planted("R002", "four days and hardly a treatment", worker, sparing(0, nil)).spanning(6).alone(),
		near("R002", "half the standard", worker, sparing(3_700_00, nil)).spanning(6).alone(),
		near("R002", "transferred", worker, sparing(0, way("2"))).spanning(6).alone(),
		near("R002", "left against advice", worker, sparing(0, way("4"))).spanning(6).alone(),
		planted("R003", "stroke on the list, a bleeding stopped", worker, main("I63.900", unseen(with("内镜下止血", also("K92.200"))))).spanning(8).alone(),
		near("R003", "the stroke was looked at", worker, main("I63.900", with("头颅CT平扫", with("内镜下止血", also("K92.200"))))).spanning(8).alone(),
		near("R003", "neither was treated", worker, main("I63.900", also("K92.200"))).spanning(8).alone(),
		planted("R004", "kidney failure nobody looked at", worker, lung(without("肾功能全套", also("N17.900")))).spanning(8).alone(),
		near("R004", "kidneys were tested", worker, lung(with("肾功能全套", also("N17.900")))).spanning(8).alone(),
		near("R004", "excluded by the principal diagnosis", worker, lung(also("J96.000"))).spanning(8).alone(),
		planted("R005", "an operation on paper", worker, main("K80.100", func(s *scene, v *visit) bool {
			cheap(v, 400*claim.PriceOne)
			return operated("51.2200", "胆囊切除术")(s, v)
		})).spanning(8).alone(),
		planted("R006", "five complaints nobody treated", want{insutype: "310", male: true}, lung(idle(5))).spanning(8).alone(),
		near("R006", "four of them", worker, lung(idle(4))).spanning(8).alone(),
		near("R006", "one of the five was tested", worker, lung(with("血脂全套", idle(5, "血脂全套")))).spanning(8).alone(),
		planted("R009", "examined the day before", worker, lung(examined(-1, ""))).spanning(14).alone(),
		near("R009", "pre-admission examinations", worker, lung(examined(-1, "pre"))).spanning(14).alone(),
		near("R009", "examined nine days before", worker, lung(examined(-9, ""))).spanning(20).alone(),
		near("R009", "examined again in bed", worker, lung(examined(-1, "both"))).spanning(14).alone(),
		planted("R018", "day surgery settled as a group", worker, lung(func(s *scene, v *visit) bool { v.daySurg, v.payMode = true, "2"; return true })).spanning(8).alone(),
		near("R018", "day surgery settled as such", worker, lung(func(s *scene, v *visit) bool { v.daySurg = true; return true })).spanning(8).alone(),
		planted("R019", "graded by kidneys nobody looked at", resident, lung(without("肾功能全套", only("N18.600")))).spanning(8).alone(),
		near("R019", "kidneys were tested", resident, lung(with("肾功能全套", only("N18.600")))).spanning(8).alone(),
		near("R005", "operation billed", worker, main("K80.100", with("胆囊切除术", operated("51.2200", "胆囊切除术")))).spanning(8).alone(),
	}
}
