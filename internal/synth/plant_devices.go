package synth

import (
	"fmt"
)

// Hospitals of kindTraced.
const (
	deviceHospA = iota // scans every device
	deviceHospB        // the same, of another house
	shelfHosp          // counts its stock and uploads purchases
	wardHosp           // scans at the ward
	tracedHospitals
)

// listedDevices are those of which an identifier is due.
var listedDevices = []string{"99680001000000C", "99680002000000C", "99680003000000C"}

func (s *scene) device() *item { return s.ix.byCode[listedDevices[s.n%len(listedDevices)]] }

// udi is the k-th device identifier of the scene.
func (s *scene) udi(k int) string {
	return fmt.Sprintf("(01)06990000000022(17)301231(10)B%04d(21)D%08d%d", s.hostNo()%9999, s.hostNo(), k)
}

// operated books a small operation with a device in an out-patient theatre.
func (s *scene) operated(hosp int, off int, it *item, udi string) (*visit, *line) {
	v := s.clinicVisit(s.pl.by[kindTraced][hosp], off, "A04", "K64.900")
	sec := 14*3600 + s.hostNo()%3000
	if s.p.n < guestStride { // the host comes after a guest of the day
		sec += 7200
	}
	ln := v.add(it, 1, at(v.day(), sec))
	ln.code = udi
	return v, ln
}

// singleUseScenarios: E003, E006, E013.
func singleUseScenarios() []*scenario {
	adult := want{from: 25, to: 75}
	// twice uses devices at two visits; the second is labelled.
	twice := func(rule, kind, name string, second, gap int, same bool, change func(s *scene, v, w *visit, a, b *line)) *scenario {
		sc := near(rule, name, adult, func(s *scene) bool {
			it := s.device()
			if it == nil {
				return false
			}
			first := s.p
			if !same {
				first = s.stranger(1)
			}
			var v *visit
			var a *line
			s.as(first, func() { v, a = s.operated(deviceHospA, 0, it, s.udi(0)) })
			w, b := s.operated(second, gap, it, s.udi(0))
			if change != nil {
				change(s, v, w, a, b)
			}
			s.hit(w, b, whole)
			return true
		})
		sc.kind, sc.span = kind, 20
		return sc.alone()
	}
	bought := func(hosp, off int) func(s *scene, it *item, udi string) {
		return func(s *scene, it *item, udi string) { s.goodsIn(s.pl.by[kindTraced][hosp], it, off, udi, "1") }
	}
	// once uses one device, whose way through the stock is told.
	once := func(kind, name string, hosp int, way func(s *scene, it *item, udi string)) *scenario {
		sc := near("E013", name, adult, func(s *scene) bool {
			it := s.device()
			if it == nil {
				return false
			}
			v, ln := s.operated(hosp, 0, it, s.udi(0))
			way(s, it, s.udi(0))
			s.hit(v, ln, whole)
			return true
		})
		sc.kind, sc.span = kind, 20
		return sc.alone()
	}
	// bare bills a device; two others with identifiers show that the hospital scans.
	bare := func(kind, name string, change func(s *scene, v *visit, ln *line)) *scenario {
		sc := near("E006", name, adult, func(s *scene) bool {
			it := s.device()
			if it == nil {
				return false
			}
			v, ln := s.operated(deviceHospA, 0, it, "")
			tag := ln.tag
			for k := range 2 {
				o := v.add(s.ix.goods, 1, at(v.day(), 17*3600))
				o.code = s.udi(5 + k)
			}
			ln = v.tagged(tag)
			if change != nil {
				change(s, v, ln)
			}
			s.hit(v, v.tagged(tag), whole)
			return true
		})
		sc.kind = kind
		return sc.alone()
	}
	registered := func(s *scene, v *visit, ln *line, udi string) {
		it, t := ln.it.Code, ln.at
		v.later = append(v.later, func(o *blockOut, v *visit) {
			o.named("implant", "fixmedins_code", v.inst.code, "mdtrt_id", v.no(), "udi", udi, "hilist_code", it, "used_time", stampOf(t))
		})
	}
	return variants(
		twice("E003", plant, "used on two patients", deviceHospA, 3, false, nil),
		twice("E003", plant, "used at two operations of one patient", deviceHospA, 9, true, nil),
		twice("E003", nearMiss, "two devices", deviceHospA, 3, false, func(s *scene, v, w *visit, a, b *line) { b.code = s.udi(1) }),
		twice("E003", nearMiss, "the first reversed", deviceHospA, 3, false, func(s *scene, v, w *visit, a, b *line) { v.undo = true }),
		twice("E003", nearMiss, "told by the register of implants too", deviceHospA, 3, false, func(s *scene, v, w *visit, a, b *line) {
			b.code = s.udi(1)
			registered(s, v, a, a.code)
			registered(s, w, b, b.code)
		}),
		twice("E013", plant, "used again elsewhere", deviceHospB, 6, false, nil),
		twice("E013", plant, "used again elsewhere the same day", deviceHospB, 0, false, nil),
		twice("E013", nearMiss, "given back before", deviceHospB, 9, false, func(s *scene, v, w *visit, a, b *line) { s.uploaded(v, a, 2, true) }),
		twice("E013", nearMiss, "the first reversed", deviceHospB, 6, false, func(s *scene, v, w *visit, a, b *line) { v.undo = true }),
		once(plant, "in stock again after its use", deviceHospA, func(s *scene, it *item, udi string) {
			bought(deviceHospA, -10)(s, it, udi)
			bought(deviceHospA, 6)(s, it, udi)
		}),
		once(nearMiss, "the purchase uploaded late", deviceHospA, bought(deviceHospA, 4)),
		once(nearMiss, "lent by another hospital before", deviceHospB, func(s *scene, it *item, udi string) {
			bought(deviceHospA, -10)(s, it, udi)
			for k, kind := range []string{"102", "101"} {
				no, d, inst := "DB"+kind+s.p.no(s.d), s.d-4, s.pl.by[kindTraced][deviceHospA+k]
				s.events = append(s.events, func(o *blockOut) {
					o.named("stock_change", "fixmedins_code", inst.code, "chg_no", no, "med_list_codg", it.Code, "inv_chg_type", kind, "cnt", "1", "inv_chg_time", stampOf(timeOn(d)), "drug_trac_codg", udi)
				})
			}
		}),
		bare(plant, "no identifier", nil),
		bare(nearMiss, "with its identifier", func(s *scene, v *visit, ln *line) { ln.code = s.udi(0) }),
		bare(nearMiss, "in the register of implants", func(s *scene, v *visit, ln *line) { registered(s, v, ln, s.udi(0)) }),
		bare(nearMiss, "not on the list", func(s *scene, v *visit, ln *line) { ln.it = s.ix.goods; ln.price = ln.it.priceAt(v.inst) }),
		bare(nearMiss, "paid by the patient", func(s *scene, v *visit, ln *line) { ln.own = true }),
	)
}

// tracedShelf writes the first purchases of the hospitals that scan devices and of the one that uploads its ledger, and a
// stock-taking of that one.
func (c *city) tracedShelf(o *blockOut) {
	buy := func(i *institution, it *item) {
		if it != nil {
			o.named("purchase", "fixmedins_code", i.code, "purc_no", "J0"+it.Code, "med_list_codg", it.Code, "fixmedins_bchno", "J0", "purc_retn_cnt", "900", "finl_trns_pric", yuanOf(it.priceAt(i)),
				"purc_retn_stoin_time", stampOf(timeOn(c.first-800)))
		}
	}
	for _, k := range []int{deviceHospA, deviceHospB, shelfHosp} {
		i := c.pl.by[kindTraced][k]
		buy(i, c.ix.goods)
		for _, code := range listedDevices {
			buy(i, c.ix.byCode[code])
		}
	}
	i := c.pl.by[kindTraced][shelfHosp]
	o.named("stock", "fixmedins_code", i.code, "invdate", dayOf(c.first-790), "med_list_codg", c.ix.goods.Code, "fixmedins_bchno", "J0", "inv_cnt", "900")
}
