package synth

import "github.com/mingjian/mingjian/internal/claim"

// caseGroupScenarios: R003, R004, R005. Codes that lift a stay into a dearer case group while nothing on the bill treats them, each
// with twins in which something does. They are found only where a scheme was chosen; R008 is what the stays of G001 show.
func caseGroupScenarios() []*scenario {
	worker := want{insutype: "310"} // paid by DRG in the sample parameters
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
	operated := func(code, name string) func(*scene, *visit) bool {
		return func(s *scene, v *visit) bool {
			t := at(v.day()+1, 9*3600)
			v.opers = append(v.opers, operation{code: code, name: name, incision: "2", anaesthesia: "01", begin: t, end: addSec(t, 3600), doc: v.doc})
			return true
		}
	}
	cheap := func(v *visit, over claim.Price) { // a line that is no operation, so that the bill is not empty
		v.strip(func(ln *line, k int) bool { return !ln.in3("06") && ln.it.Price <= over })
	}
	return []*scenario{
		planted("R003", "stroke on the list, a bleeding stopped", worker, main("I63.900", with("内镜下止血", also("K92.200")))).spanning(8).alone(),
		near("R003", "the stroke was looked at", worker, main("I63.900", with("头颅CT平扫", with("内镜下止血", also("K92.200"))))).spanning(8).alone(),
		near("R003", "neither was treated", worker, main("I63.900", also("K92.200"))).spanning(8).alone(),
		planted("R004", "kidney failure nobody looked at", worker, lung(without("肾功能全套", also("N17.900")))).spanning(8).alone(),
		near("R004", "kidneys were tested", worker, lung(with("肾功能全套", also("N17.900")))).spanning(8).alone(),
		near("R004", "excluded by the principal diagnosis", worker, lung(also("J96.000"))).spanning(8).alone(),
		planted("R005", "an operation on paper", worker, main("K80.100", func(s *scene, v *visit) bool {
			cheap(v, 400*claim.PriceOne)
			return operated("51.2200", "胆囊切除术")(s, v)
		})).spanning(8).alone(),
		near("R005", "operation billed", worker, main("K80.100", with("胆囊切除术", operated("51.2200", "胆囊切除术")))).spanning(8).alone(),
	}
}
