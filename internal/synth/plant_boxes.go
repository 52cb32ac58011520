package synth

import (
	"fmt"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// Drugs of the knowledge whose prefixes somebody confirmed and of which lots were recalled.
var tracedDrugs = []string{"XZZ9801A001001011001", "XZZ9802A001001011001", "XZZ9803A001001011001"}

// product is an item of the scene's own, in the catalogue and in no knowledge point: nobody else buys, counts or bills it. A
// pack of a drug holds 24.
func (s *scene) product(list string, k int, price claim.Price) *item {
	it := *s.ix.goods
	no := fmt.Sprintf("%08d%d", s.p.n, k)
	it.Item = knowledge.Item{Code: "XZZ97" + no + "001001", Name: "示例专品" + no, ListType: list, ChargeType: "09", Level: "01", Unit: "盒", PricingUnit: "盒", Generic: "示例专品" + no,
		PacCnt: 24 * claim.QtyOne, PacUnit: "盒", PrepUnit: "片", DDD: claim.None64, Price: price, From: s.first - 2000, To: claim.OpenDay}
	if list == "301" {
		it.Code, it.ChargeType, it.Unit, it.PricingUnit, it.Generic, it.PacCnt, it.PacUnit, it.PrepUnit = "C9902"+no+"000001", "08", "枚", "枚", "", claim.QtyOne, "枚", "枚"
	}
	it.n, it.list, it.level, it.local, it.marks = 900_001, list, '1', "MY"+no, nil // codes of its own even where items have local codes
	for l := range it.prices {
		it.prices[l] = price
	}
	s.events = append(s.events, func(o *blockOut) {
		o.named("catalogue_models", "hilist_code", it.Code, "list_type", list, "generic_name", it.Generic, "vbp_flag", "0", "nego_flag", "0", "chrgitm_lv", "01", "otc_flag", "1",
			"pricing_unit", it.PricingUnit, "min_pac_cnt", itoa(int(it.PacCnt/claim.QtyOne)), "min_pacunt", it.PacUnit, "min_prepunt", it.PrepUnit, "admdvs", areaCity, "begndate", dayOf(it.From))
	})
	return &it
}

// box bills one box over the counter.
func (s *scene) box(v *visit, it *item, code string) *line {
	ln := v.add(it, 1, addSec(v.begin, 5))
	ln.code = code
	ln.atCounter()
	return ln
}

// boxScenarios: T014, T019, T021, and the innocent twins of T001 and T008 that need more than a shop.
func boxScenarios() []*scenario {
	all := append(prefixScenarios(), serialScenarios()...)
	all = append(all, recallScenarios()...)
	return variants(append(all, handedOn()...)...)
}

func prefixScenarios() []*scenario {
	sold := func(kind, name string, drug int, prefix string) *scenario {
		sc := near("T014", name, want{}, func(s *scene) bool {
			v := s.counter(s.oddShop(traceShopA), 0, 10*3600+s.p.n%3000)
			it := s.ix.byCode[tracedDrugs[max(0, drug)]]
			if drug < 0 {
				it = s.product("101", 0, 28*claim.PriceOne)
			}
			if it == nil {
				return false
			}
			s.hit(v, s.box(v, it, prefix+fmt.Sprintf("%09d%04d", s.p.n, 3)), whole)
			return true
		})
		sc.kind = kind
		return sc.alone()
	}
	return []*scenario{
		sold(plant, "another product's prefix", -1, "9900014"),
		sold(plant, "the prefix of another specification", 0, "9900016"),
		sold(nearMiss, "its own prefix", 0, "9900014"),
		sold(nearMiss, "the prefix of its other package", 1, "9900016"),
		sold(nearMiss, "a prefix that two products share", 2, "9900015"),
		sold(nearMiss, "a prefix nobody confirmed", 1, "9900018"),
	}
}

// serialScenarios: boxes with consecutive numbers for many persons within hours.
func serialScenarios() []*scenario {
	worker := want{insutype: "310"}
	sold := func(kind, name string, persons, gap, step int) *scenario {
		sc := near("T019", name, worker, func(s *scene) bool {
			it := s.product("101", 0, 22*claim.PriceOne)
			for k, p := range s.crowd(persons) {
				s.as(p, func() {
					v := s.counter(s.oddShop(traceShopB), 0, 9*3600+k*gap)
					ln := s.box(v, it, "")
					ln.code = fmt.Sprintf("9900002%09d%04d", s.hostNo(), 100+k*step)
					ln.price += claim.Price(k) * claim.PriceOne / 10 // no two pay the same
					if k == persons-1 {
						s.hit(v, ln, whole)
					}
				})
			}
			return true
		})
		sc.kind = kind
		return sc.alone()
	}
	return []*scenario{
		sold(plant, "ten boxes in a row for ten people", 10, 600, 1),
		sold(nearMiss, "nine", 9, 600, 1),
		sold(nearMiss, "over three hours", 10, 1200, 1),
		sold(nearMiss, "every other number", 10, 600, 2),
		near("T019", "ten boxes for one", worker, func(s *scene) bool {
			v := s.counter(s.oddShop(traceShopB), 0, 9*3600)
			ln := s.box(v, s.product("101", 0, 22*claim.PriceOne), "")
			ln.cnt = 10 * claim.QtyOne
			for k := range 10 {
				if k > 0 {
					ln.code += "|"
				}
				ln.code += fmt.Sprintf("9900002%09d%04d", s.p.n, 100+k)
			}
			s.hit(v, ln, whole)
			return true
		}).alone(),
	}
}

// hostNo is the number of whom the scene was cast for, also while a guest acts.
func (s *scene) hostNo() int { return s.p.n % guestStride }

func recallScenarios() []*scenario {
	sold := func(kind, name string, shop, drug int, change func(s *scene, v *visit, ln *line)) *scenario {
		sc := near("T021", name, want{}, func(s *scene) bool {
			v := s.counter(s.oddShop(shop), 12, 10*3600+s.p.n%3000)
			it := s.ix.byCode[tracedDrugs[drug]]
			if it == nil {
				return false
			}
			ln := s.box(v, it, s.boxCode(0))
			change(s, v, ln)
			s.hit(v, ln, whole)
			return true
		})
		sc.kind, sc.span = kind, 20
		return sc.alone()
	}
	said := func(lot string, back int) func(*scene, *visit, *line) {
		return func(s *scene, v *visit, ln *line) { s.uploaded(v, ln, back, true, "manu_lotnum", lot) }
	}
	bought := func(lot string) func(*scene, *visit, *line) {
		return func(s *scene, v *visit, ln *line) { s.goodsIn(v.inst, ln.it, 2, ln.code, "1", "manu_lotnum", lot) }
	}
	return []*scenario{
		sold(plant, "the sales upload names the lot", traceShopA, 0, said("ZH24012", 0)),
		sold(plant, "the purchase names the lot", boughtShop, 2, bought("ZH24031")),
		sold(plant, "the code names the lot", traceShopA, 1, func(s *scene, v *visit, ln *line) {
			ln.code = fmt.Sprintf("(01)06990000000015(17)301231(10)ZH24021(21)R%08d", s.p.n)
		}),
		sold(nearMiss, "another lot", traceShopA, 0, said("ZH24013", 0)),
		sold(nearMiss, "a lot of another product", boughtShop, 1, bought("ZH24011")),
		sold(nearMiss, "taken back", traceShopA, 0, said("ZH24011", 2)),
		sold(nearMiss, "nobody names the lot", traceShopA, 2, func(*scene, *visit, *line) {}),
	}
}

// handedOn: boxes that more than one house touches, and rightly so.
func handedOn() []*scenario {
	worker := want{insutype: "310"}
	proved := func(name string, come func(s *scene, shop *institution, it *item, code string)) *scenario {
		sc := near("T008", name, worker, func(s *scene) bool {
			v := s.counter(s.oddShop(boughtShop), 12, 10*3600+s.p.n%3000)
			ln := s.box(v, s.product("101", 0, 26*claim.PriceOne), s.boxCode(0))
			come(s, v.inst, ln.it, ln.code)
			s.hit(v, ln, whole)
			s.also("P006", v, ln, whole) // the chain bought it, not the shop
			return true
		})
		sc.span = 30
		return sc.alone()
	}
	moved := func(s *scene, shop *institution, it *item, kind, code string, off int) {
		no, d := "DB"+kind+s.p.no(s.d), s.d+claim.Day(off)
		s.events = append(s.events, func(o *blockOut) {
			o.named("stock_change", "fixmedins_code", shop.code, "chg_no", no, "med_list_codg", it.Code, "inv_chg_type", kind, "cnt", "1", "inv_chg_time", stampOf(timeOn(d)), "drug_trac_codg", code)
		})
	}
	return []*scenario{
		proved("moved over from the chain's other shop", func(s *scene, shop *institution, it *item, code string) {
			s.goodsIn(s.oddShop(chainShop), it, -10, code, "1")
			moved(s, s.oddShop(chainShop), it, "102", code, 5)
			moved(s, shop, it, "101", code, 5)
		}),
		proved("bought by the chain", func(s *scene, shop *institution, it *item, code string) {
			s.goodsIn(s.oddShop(chainShop), it, 2, code, "1")
		}),
		proved("given by the maker", func(s *scene, shop *institution, it *item, code string) { moved(s, shop, it, "110", code, 5) }),
		near("T001", "prescribed at the hospital, delivered by the shop", worker, func(s *scene) bool {
			it, rx := s.product("101", 0, 26*claim.PriceOne), s.rxNumber("W")
			hosp := s.pl.by[kindTraced][deviceHospA]
			v := s.clinicVisit(hosp, 0, "A03", "J06.900")
			code := s.boxCode(0)
			v.later = append(v.later, func(o *blockOut, v *visit) { // the hospital reports what its pharmacy gave out; the shop bills it
				o.named("sale", "fixmedins_code", hosp.code, "rtal_docno", "X"+v.no(), "line_no", "1", "med_list_codg", it.Code, "psn_no", string(v.p.appendNo(nil, v.day())),
					"sel_retn_cnt", "1", "sel_retn_time", stampOf(addSec(v.begin, 7200)), "hi_rxno", rx, "drug_trac_codg", code, "trdn_flag", "0")
			})
			w := s.counter(s.oddShop(traceShopA), 1, 15*3600)
			b := s.box(w, it, code)
			b.hiRx = rx
			s.prescribed(w, hosp, rx, "J06.900")
			s.hit(w, b, whole)
			return true
		}).alone(),
		near("T001", "one box scanned for a ward", want{from: 30, to: 70}, func(s *scene) bool {
			it := s.product("101", 0, 26*claim.PriceOne)
			ward := s.pl.by[kindTraced][wardHosp]
			for k, p := range []*person{s.stranger(1), s.stranger(2), s.p} {
				var v *visit
				s.as(p, func() {
					v = s.inpatientStay(ward, 0, 6, pneumonia)
					ln := v.add(it, 1, at(s.d+2, 9*3600+k*1800))
					ln.code = fmt.Sprintf("9900001%09d%04d", s.hostNo(), 1)
					if !v.open && k == 2 {
						s.hit(v, ln, whole)
					}
				})
				if v.open {
					return false
				}
			}
			return true
		}).spanning(9),
	}
}
