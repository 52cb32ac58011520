package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// excusedVisits: B031, D006, D015, H008, I001, I002, I003, I011, L003, P002, P014, X002.
func excusedVisits() []*scenario {
	adult := want{}
	worker := want{insutype: "310"}
	// onFile sees the person at the county hospital while a register says more.
	onFile := func(rule, name string, register func(s *scene), change func(s *scene, v *visit)) *scenario {
		return near(rule, name, worker, func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			s.bill(v, "lab", 2, addSec(v.begin, 900))
			register(s)
			if change != nil {
				change(s, v)
			}
			s.hit(v, nil, visitSum)
			return len(v.lines) > 0
		}).spanning(6).alone()
	}
	prison := func(memo string) func(s *scene) { return func(s *scene) { s.away("custody", -20, 30, memo) } }
	abroad := func(s *scene) { s.away("exit_entry", -20, 30, "") }
	suspended := func(s *scene) { s.standingRow("2", -30, 30) }
	family := func(s *scene, v *visit) { v.family = true }
	newborn := func(s *scene, v *visit) { v.newborn, v.mom = true, s.p.no(s.d) }
	return []*scenario{
		onFile("I002", "on bail", prison("取保候审"), nil),
		onFile("I002", "from a relative's account", prison(""), family),
		onFile("I003", "from a relative's account", abroad, family),
		onFile("I003", "newborn on the mother's card", abroad, newborn),
		onFile("I011", "newborn on the mother's card", suspended, newborn),
		near("B031", "a terminal under the institution's former code", adult, formerTerminal),
		near("H008", "dialysis", want{insutype: "390"}, dialysisFromBed).spanning(10).alone(),
		near("I001", "laid out", want{from: 40, to: 79}, afterDeath("990490000010000", "尸体料理", "次", 6)).spanning(5).alone(),
		near("I001", "kept in the mortuary", want{from: 40, to: 79}, afterDeath("990490000020000", "太平间尸体存放", "日", 60)).spanning(5).alone(),
		near("L003", "the delivery on the child's number", want{female: true, from: 1, to: 4}, deliveredOnCard).alone(),
		near("P002", "the drug was given back", adult, dispensed{days: 5, gap: 6, change: func(v, w *visit, ln *line) { v.giveBack(v.lines[0], float64(v.lines[0].cnt/claim.QtyOne), true) }}.play).spanning(20).alone(),
		near("P014", "from the account", worker, accountAtNight).alone(),
		near("D006", "haemophilia on the register", adult, registeredBleeder).spanning(62).alone(),
		near("D015", "plasters have no days", adult, plasters).alone(),
		sameDay(nearMiss, "rehabilitation first", 4, func(v *visit, k int) {
			if k == 0 {
				v.diags = append(v.diags, "Z50.100")
			}
		}),
	}
}

// formerTerminal settles on a terminal that is still on file under the code the hospital had before.
func formerTerminal(s *scene) bool {
	v := s.clinicVisit(s.pl.by[kindCounty][0], 0, "A03", "K52.900")
	v.device = "TX" + s.p.no(s.d)[5:]
	no := v.device
	s.events = append(s.events, func(o *blockOut) { o.named("terminal", "dev_no", no, "fixmedins_code", formerCounty) })
	s.hit(v, nil, zero)
	return true
}

// dialysisFromBed settles chronic drugs at a session of dialysis elsewhere.
func dialysisFromBed(s *scene) bool {
	bed := s.inpatientStay(s.county(), 0, 8, pneumonia)
	if bed.open {
		return false
	}
	d := s.ix.diseases[0]
	s.chronicRow(d, s.first-300, s.last+200, "通过", s.first-300, claim.NoDay)
	v := s.refill(d, s.township(), s.when(3, 15), d.drugs[s.n%4:s.n%4+1], 28)
	v.diags = append(v.diags, "N18.600")
	for _, x := range []*visit{bed, v} {
		x.without(func(ln *line) bool { return ln.it.harms("N18.600") })
	}
	for i := range v.lines {
		if v.lines[i].it.list == "101" {
			s.hit(v, nil, drugSum)
			return true
		}
	}
	return false
}

// afterDeath bills a service for the dead on the day after two registers say the person died.
func afterDeath(code, name, unit string, yuan claim.Price) func(s *scene) bool {
	return func(s *scene) bool {
		v := s.clinicVisit(s.county(), 0, "A03", "I10.x00")
		s.died = addSec(v.begin, 1800)
		s.deathRow("民政", s.died)
		s.deathRow("卫健", s.died)
		v.end = addSec(v.begin, 30*3600)
		s.hit(v, v.add(s.service(code, name, unit, yuan), 1, addSec(v.begin, 29*3600)), whole) // on the day after
		return true
	}
}

// service is a service of the scene's own, in the catalogue and in no knowledge point.
func (s *scene) service(code, name, unit string, yuan claim.Price) *item {
	it := *s.ix.goods
	it.Item = knowledge.Item{Code: code, Name: name, ListType: "201", ChargeType: "14", Level: "01", Unit: unit, PricingUnit: unit,
		DDD: claim.None64, Price: yuan * claim.PriceOne, From: s.first - 2000, To: claim.OpenDay}
	it.n, it.list, it.level, it.local, it.marks = 900_002, "201", '1', "MY"+it.Item.Code, nil
	for l := range it.prices {
		it.prices[l] = it.Price
	}
	s.events = append(s.events, func(o *blockOut) {
		o.named("catalogue_models", "hilist_code", it.Code, "list_type", "201", "chrgitm_lv", "01", "pricing_unit", unit, "admdvs", areaCity, "begndate", dayOf(it.From))
	})
	return &it
}

// deliveredOnCard: the mother's delivery was billed on the child's number, hours before the child was there.
func deliveredOnCard(s *scene) bool {
	v := s.clinicVisit(s.county(), 0, "A05", "O80.900")
	it := s.free("lab", v)
	if it == nil {
		return false
	}
	s.hit(v, v.add(it, 1, at(s.p.born-1, 11*3600)), unsure)
	s.also("C024", v, nil, unsure) // nobody bears a child at that age
	return true
}

// accountAtNight buys a prescription drug when the pharmacist has gone home, with card money only.
func accountAtNight(s *scene) bool {
	v := s.counter(s.shopNo(dutyWhole), 0, 21*3600+600)
	it := s.remedy(v, true, nil)
	if it == nil {
		return false
	}
	v.noFund = true
	s.hit(v, s.medicine(v, it, 5), whole)
	return true
}

// registeredBleeder passes the year's quantity of a watched drug; the register of chronic diseases has him as a haemophiliac.
func registeredBleeder(s *scene) bool {
	ok := boughtOver(2, nil)(s)
	s.chronicRow(&disease{code: "D66.x00"}, s.first-900, s.last+400, "通过", s.first-900, claim.NoDay)
	return ok
}

// plasters of a narcotic that stick for three days each.
func plasters(s *scene) bool {
	v := s.clinicVisit(s.county(), 0, "A03", "I25.100") // a chronic disease: A028 allows four weeks
	v.expert()
	it := s.product("101", 8, 80*claim.PriceOne)
	it.Name, it.Generic = "示例透皮贴剂"+it.Code[5:], "示例透皮贴剂"+it.Code[5:]
	code := it.Code
	s.events[len(s.events)-1] = func(o *blockOut) {
		o.named("catalogue_models", "hilist_code", code, "list_type", "101", "generic_name", it.Generic, "dosform", "透皮贴剂", "medc_way", "外用", "vbp_flag", "0", "nego_flag", "0",
			"narc_flag", "1", "chrgitm_lv", "01", "pricing_unit", "盒", "min_pac_cnt", "5", "min_pacunt", "盒", "min_prepunt", "贴", "admdvs", areaCity, "begndate", dayOf(it.From))
	}
	ln := v.add(it, 5, addSec(v.begin, 3600))
	ln.rx, ln.days = 1, 15
	s.hit(v, ln, unsure)
	return true
}
