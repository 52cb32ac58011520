package synth

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// listScenarios: R010, R011, R014, R015. The codes of a stay against its front page, against the patient and against each other,
// and what hospitals put forward for special review.
func listScenarios() []*scenario {
	adult, man, woman := want{}, want{male: true}, want{female: true}
	stay := func(change func(s *scene, v *visit) bool) func(*scene) bool {
		return func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, 6, pneumonia)
			v.opers = v.opers[:0]
			if v.open || !change(s, v) {
				return false
			}
			s.hit(v, nil, zero)
			return true
		}
	}
	page := func(days int, edit func(dx []string) []string) func(*scene) bool {
		return stay(func(s *scene, v *visit) bool {
			v.diags = []string{"J18.900", "I10.x05", "E04.900"}
			v.pageRow(edit(append([]string{}, v.diags...)), days)
			return true
		})
	}
	same := func(dx []string) []string { return dx }
	also := func(codes ...string) func(*scene) bool {
		return stay(func(s *scene, v *visit) bool { v.diags = append([]string{"J18.900"}, codes...); return true })
	}
	// asked puts the stay forward so many days after the quarter in which it is settled.
	asked := func(after int, materials ...string) func(*scene) bool {
		return stay(func(s *scene, v *visit) bool {
			v.insutype = "340" // paid by no sample parameter: many applications beside few stays would be R013's affair
			m := v.setlAt.Day().Month()
			v.askedRow((m-m%3+2).Last()+claim.Day(after), strings.Join(materials, ";"))
			return true
		})
	}
	all := []string{"申请表", "病案首页", "费用清单", "出院记录"}
	return []*scenario{
		planted("R010", "another disease on the front page", adult, page(6, func(dx []string) []string { dx[0] = "J42.x00"; return dx })).spanning(8).alone(),
		planted("R010", "a diagnosis the front page lacks", adult, page(6, func(dx []string) []string { return dx[:2] })).spanning(8).alone(),
		planted("R010", "days of the front page", adult, page(4, same)).spanning(8).alone(),
		near("R010", "front page agrees", adult, page(6, same)).spanning(8).alone(),
		near("R010", "coded in another edition", adult, page(6, func(dx []string) []string { dx[2] = "E04.902"; return dx })).spanning(8).alone(),
		near("R010", "others in another order", adult, page(6, func(dx []string) []string { dx[1], dx[2] = dx[2], dx[1]; return dx })).spanning(8).alone(),
		planted("R011", "a man's ovary", man, also("N83.201")).spanning(8).alone(),
		near("R011", "a woman's ovary", woman, also("N83.201")).spanning(8).alone(),
		planted("R011", "two kinds of diabetes", adult, also("E10.900", "E11.900")).spanning(8).alone(),
		near("R011", "one kind of diabetes", adult, also("E11.900", "I10.x05")).spanning(8).alone(),
		planted("R014", "forty days after the quarter", adult, asked(40, all...)).spanning(8).alone(),
		near("R014", "a week after the quarter", adult, asked(7, all...)).spanning(8).alone(),
		planted("R015", "without discharge record", adult, asked(6, all[:3]...)).spanning(8).alone(),
		near("R015", "with a consultation besides", adult, asked(6, append(all, "会诊记录")...)).spanning(8).alone(),
	}
}

// pageRow writes the front page of the stay's record.
func (v *visit) pageRow(dx []string, days int) {
	v.later = append(v.later, func(o *blockOut, v *visit) {
		r := o.small("front_page")
		r.str(v.no())
		r.str(v.inst.code)
		r.str(strings.Join(dx, "|"))
		r.none()
		r.int(days)
		r.end()
	})
}

// askedRow puts the stay forward for special review.
func (v *visit) askedRow(on claim.Day, materials string) {
	v.later = append(v.later, func(o *blockOut, v *visit) {
		r := o.small("special_case")
		r.str(v.no())
		r.str(v.inst.code)
		r.day(on)
		r.str("复杂危重")
		r.str(materials)
		r.end()
	})
}
