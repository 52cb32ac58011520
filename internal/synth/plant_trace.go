package synth

import (
	"fmt"

	"github.com/mingjian/mingjian/internal/claim"
)

// Pharmacies that upload trace codes or stock; each lets one kind of card judge there, and no others have a part in it.
const (
	traceShopA  = oddHourShops + iota // codes on every line
	traceShopB                        // the same, elsewhere
	boughtShop                        // codes on purchases as well
	noCodeShopA                       // keeps stock without codes, made too late
	noCodeShopB                       // made in time
	stockShopA                        // counts its stock: too little
	stockShopB                        // enough
	neverShop                         // uploads purchases, not all
	chainShop                         // of one chain with boughtShop
	oddShops
)

// traceDue is the first day from which codes are due, with a day to spare.
var traceDue = claim.DayOf(2025, 7, 2)

// boxCode is the k-th code of the scene: 20 digits, of nobody else.
func (s *scene) boxCode(k int) string {
	return fmt.Sprintf("9900001%09d%04d", s.p.n%1_000_000_000, k*7+1)
}

// boxSold sells one box with a code at a pharmacy; nil when the knowledge has none.
func (s *scene) boxSold(shop *institution, off, sec int, code string) (*visit, *line) {
	v := s.counter(shop, off, sec)
	it := s.remedy(v, false, func(it *item) bool { return it.pack() > int64(claim.QtyOne) })
	if it == nil {
		return v, nil
	}
	ln := s.medicine(v, it, 3)
	ln.cnt, ln.code = claim.QtyOne, code
	return v, ln
}

// uploaded writes the sale to the sales upload as well; back > 0 is the return of it some days later.
func (s *scene) uploaded(v *visit, ln *line, back int, coded bool, more ...string) {
	it, code := ln.it.Code, ln.code
	v.later = append(v.later, func(o *blockOut, v *visit) {
		doc := "X" + v.no()
		row := []string{"fixmedins_code", v.inst.code, "rtal_docno", doc, "line_no", "1", "med_list_codg", it, "setl_id", string(v.appendSetl(nil, 0)), "mdtrt_id", v.no(),
			"psn_no", string(v.p.appendNo(nil, v.day())), "sel_retn_cnt", "1", "sel_retn_time", stampOf(addSec(v.begin, 50)), "drug_trac_codg", code, "trdn_flag", "0"}
		o.named("sale", append(row, more...)...)
		if back == 0 {
			return
		}
		row[3], row[15], row[17] = "X"+v.no()+"T", "-1", stampOf(addSec(v.begin, back*86400))
		if !coded {
			row[19] = ""
		}
		o.named("sale", append(row, "medins_prod_sel_no", doc)...)
	})
}

// yuanOf writes a price as the tables do.
func yuanOf(p claim.Price) string {
	var r row
	r.price(p)
	return string(r.b[:len(r.b)-1])
}

// goodsIn writes a purchase of a box some days before (or after) the scene's day.
func (s *scene) goodsIn(inst *institution, it *item, off int, code, cnt string, more ...string) {
	no := "JX" + s.p.no(s.d) + itoa(off+500)
	d, price := s.d, "5"
	if it.list == "301" { // what a device costs, it may be billed at
		price = yuanOf(it.Price)
	}
	s.events = append(s.events, func(o *blockOut) {
		o.named("purchase", append([]string{"fixmedins_code", inst.code, "purc_no", no, "med_list_codg", it.Code, "fixmedins_bchno", no, "purc_retn_cnt", cnt,
			"finl_trns_pric", price, "purc_retn_stoin_time", stampOf(at(d+claim.Day(off), 7*3600)), "drug_trac_codg", code}, more...)...)
	})
}

func traceScenarios() []*scenario {
	all := append(againScenarios(), proofScenarios()...)
	all = append(all, codeScenarios()...)
	all = append(all, stockScenarios()...)
	all = append(all, boxScenarios()...)
	all = append(all, singleUseScenarios()...)
	return append(all, shelfScenarios()...)
}

// againScenarios: T001, a box sold again, and the innocent twins.
func againScenarios() []*scenario {
	worker := want{insutype: "310"}
	// twice sells one box to a stranger and then to the host.
	twice := func(kind, name string, second, gap, sec int, same bool, change func(s *scene, v, w *visit, a, b *line)) *scenario {
		sc := near("T001", name, worker, func(s *scene) bool {
			var v *visit
			var a *line
			first := s.p
			if !same {
				first = s.stranger(1)
			}
			s.as(first, func() { v, a = s.boxSold(s.oddShop(traceShopA), 0, 10*3600, s.boxCode(0)) })
			code := s.boxCode(0)
			if a != nil {
				a.code = code
			}
			w := s.counter(s.oddShop(second), gap, sec)
			if a == nil || !a.it.fits(s.p, s.d) || !a.it.suits(w) || !s.harmless(a.it, w) {
				return false
			}
			b := s.medicine(w, a.it, 3)
			b.cnt, b.code = claim.QtyOne, code
			if change != nil {
				change(s, v, w, a, b)
			}
			s.hit(w, b, whole)
			return true
		})
		sc.kind, sc.span = kind, 20
		return sc.alone()
	}
	return variants(
		twice(plant, "again the next day", traceShopA, 1, 11*3600, false, nil),
		twice(plant, "elsewhere ten days later", traceShopB, 10, 11*3600, false, nil),
		twice(plant, "elsewhere within the hour", traceShopB, 0, 10*3600+1800, false, nil),
		twice(nearMiss, "another box", traceShopA, 1, 11*3600, false, func(s *scene, v, w *visit, a, b *line) { b.code = s.boxCode(1) }),
		twice(nearMiss, "returned before", traceShopB, 10, 11*3600, false, func(s *scene, v, w *visit, a, b *line) { s.uploaded(v, a, 2, true) }),
		twice(nearMiss, "returned without its code", traceShopB, 10, 11*3600, false, func(s *scene, v, w *visit, a, b *line) { s.uploaded(v, a, 2, false) }),
		twice(nearMiss, "the first reversed", traceShopB, 10, 11*3600, false, func(s *scene, v, w *visit, a, b *line) { v.undo = true }),
		twice(nearMiss, "parts of one pack", traceShopB, 10, 11*3600, false, func(s *scene, v, w *visit, a, b *line) { a.parts, b.parts = true, true }),
		twice(nearMiss, "submitted twice within a minute", traceShopA, 0, 10*3600+30, true, nil),
		near("T001", "one sale told by two channels", worker, func(s *scene) bool {
			v, ln := s.boxSold(s.oddShop(traceShopA), 0, 10*3600, s.boxCode(0))
			if ln == nil {
				return false
			}
			s.uploaded(v, ln, 0, true)
			s.hit(v, ln, whole)
			return true
		}).alone(),
	)
}

// proofScenarios: T008, T009, T010, T020 at the pharmacy whose purchases bear codes.
func proofScenarios() []*scenario {
	worker := want{insutype: "310"}
	at := func(rule, kind, name string, change func(s *scene, v *visit, ln *line)) *scenario {
		sc := near(rule, name, worker, func(s *scene) bool {
			v, ln := s.boxSold(s.oddShop(boughtShop), 12, 10*3600, s.boxCode(0))
			if ln == nil {
				return false
			}
			change(s, v, ln)
			s.hit(v, ln, whole)
			s.also("P006", v, ln, whole) // where nothing else of the item came in
			return true
		})
		sc.kind, sc.span = kind, 30
		return sc.alone()
	}
	in := func(off int, more ...string) func(*scene, *visit, *line) {
		return func(s *scene, v *visit, ln *line) { s.goodsIn(v.inst, ln.it, 12+off, ln.code, "1", more...) }
	}
	scrapped := func(kind string, off int) func(*scene, *visit, *line) {
		return func(s *scene, v *visit, ln *line) {
			in(-10)(s, v, ln)
			no, d, code, it := "BD"+s.p.no(s.d), s.d+12+claim.Day(off), ln.code, ln.it.Code
			shop := v.inst.code
			s.events = append(s.events, func(o *blockOut) {
				o.named("stock_change", "fixmedins_code", shop, "chg_no", no, "med_list_codg", it, "inv_chg_type", kind, "cnt", "1", "inv_chg_time", stampOf(timeOn(d)), "drug_trac_codg", code)
			})
		}
	}
	expiring := func(off int) func(*scene, *visit, *line) {
		return func(s *scene, v *visit, ln *line) { in(-10, "expy_end", dayOf(s.d+12+claim.Day(off)))(s, v, ln) }
	}
	return variants(
		at("T008", plant, "never bought", func(*scene, *visit, *line) {}),
		at("T008", nearMiss, "bought the day before", in(-1)),
		at("T008", nearMiss, "uploaded five days late", in(5)),
		at("T009", plant, "bought nine days later", in(9)),
		at("T009", nearMiss, "bought a week later", in(7)),
		at("T010", plant, "destroyed before", scrapped("105", -3)),
		at("T010", plant, "sent back before", scrapped("109", -3)),
		at("T010", nearMiss, "destroyed afterwards", scrapped("105", 3)),
		at("T020", plant, "expired the day before", expiring(-1)),
		at("T020", nearMiss, "the last day", expiring(0)),
	)
}

func timeOn(d claim.Day) claim.Time { return at(d, 8*3600) }

// besides sells another drug with its code on the bill: a shop that uploads no codes at all is not judged.
func (s *scene) besides(v *visit, ln *line) {
	if it := s.remedy(v, false, func(o *item) bool { return o.Generic != ln.it.Generic && o.pack() > int64(claim.QtyOne) }); it != nil {
		o := s.medicine(v, it, 3)
		o.cnt, o.code = claim.QtyOne, s.boxCode(4)
	}
}

// codeScenarios: T011, T013, T015, T016.
func codeScenarios() []*scenario {
	worker := want{insutype: "310"}
	one := func(rule, kind, name string, shop int, change func(s *scene, v *visit, ln *line)) *scenario {
		sc := near(rule, name, worker, func(s *scene) bool {
			if s.d = max(s.d, traceDue); s.d+5 > s.last {
				return false
			}
			v, ln := s.boxSold(s.oddShop(shop), 0, 10*3600, s.boxCode(0))
			if ln == nil {
				return false
			}
			change(s, v, ln)
			amt := whole
			if rule == "T015" { // only what the pack cannot hold: one
				amt = excess(claim.QtyOne, ln.cnt)
			}
			s.hit(v, ln, amt)
			return true
		})
		sc.kind = kind
		return sc.alone()
	}
	listed := func(made claim.Day) func(*scene, *visit, *line) {
		return func(s *scene, v *visit, ln *line) {
			ln.code = ""
			shop, it, d := v.inst.code, ln.it.Code, dayOf(s.d)
			s.events = append(s.events, func(o *blockOut) {
				o.named("nocode_stock", "fixmedins_code", shop, "med_list_codg", it, "fixmedins_bchno", "W"+s.p.no(s.d), "manu_date", dayOf(made), "begndate", d, "enddate", d)
			})
		}
	}
	split := func(kind, name string, more int) *scenario {
		return one("T015", kind, name, traceShopA, func(s *scene, v *visit, ln *line) {
			half := claim.Qty(ln.it.pack()) / claim.QtyOne / 2 * claim.QtyOne
			ln.parts, ln.cnt = true, half+claim.Qty(more)*claim.QtyOne
			g := s.stranger(1)
			s.as(g, func() {
				w := s.counter(v.inst, 0, 9*3600)
				o := s.medicine(w, ln.it, 3)
				o.code, o.parts, o.cnt = ln.code, true, claim.Qty(ln.it.pack())-half
				o.price = claim.PriceOne / 10
			})
			ln.price = claim.PriceOne / 10
		})
	}
	all := []*scenario{
		one("T011", plant, "no code", traceShopB, func(s *scene, v *visit, ln *line) {
			s.besides(v, ln)
			ln.code = ""
		}),
		one("T011", nearMiss, "the code in the sales upload", traceShopB, func(s *scene, v *visit, ln *line) {
			s.besides(v, ln)
			s.uploaded(v, ln, 0, true)
			ln.code = ""
		}),
		one("T013", plant, "the bar code of the product", traceShopB, func(s *scene, v *visit, ln *line) { ln.code = "6901234567892" }),
		one("T013", nearMiss, "a GS1 code", traceShopB, func(s *scene, v *visit, ln *line) { ln.code = "(01)06901234567892(21)N" + itoa(s.p.n) }),
		one("T016", plant, "made after codes were due", noCodeShopA, listed(traceDue+10)),
		one("T016", nearMiss, "made before", noCodeShopB, listed(traceDue-30)),
		split(plant, "more parts than the pack holds", 1),
		split(nearMiss, "as many as it holds", 0),
	}
	return variants(all...)
}

// stockScenarios: P005 and P006.
func stockScenarios() []*scenario {
	worker := want{insutype: "310"}
	counted := func(kind, name string, shop int, n string) *scenario {
		sc := near("P005", name, worker, func(s *scene) bool {
			v := s.counter(s.oddShop(shop), 0, 11*3600)
			it := s.remedy(v, false, func(it *item) bool { return !it.has("D001", 's') }) // five at once
			if it == nil || s.d.Month().First()-1 < s.first-400 {
				return false
			}
			ln := s.medicine(v, it, 3)
			ln.cnt = 5 * claim.QtyOne
			s.goods(v, float64(1+s.p.n%9973)/10_000, addSec(v.begin, 15)).own = true // or five of one product in a day would be P007's
			place, item, d, no := v.inst.code, it.Code, dayOf(s.d.Month().First()-1), "K"+s.p.no(s.d)
			s.events = append(s.events, func(o *blockOut) {
				o.named("stock", "fixmedins_code", place, "invdate", d, "med_list_codg", item, "fixmedins_bchno", no, "inv_cnt", n)
			})
			s.hit(v, ln, unsure)
			return true
		})
		sc.kind = kind
		return sc.alone()
	}
	bought := func(kind, name string, off int) *scenario {
		sc := near("P006", name, worker, func(s *scene) bool {
			v := s.counter(s.oddShop(neverShop), 0, 11*3600)
			it := s.remedy(v, false, func(o *item) bool { return (o.Code[len(o.Code)-1]%2 == 0) == (kind == plant) })
			if it == nil {
				return false
			}
			ln := s.medicine(v, it, 3)
			if off != 0 {
				s.goodsIn(v.inst, it, off, "", "9")
			}
			s.hit(v, ln, whole)
			return true
		})
		sc.kind = kind
		return sc.alone()
	}
	return variants(
		counted(plant, "more sold than there was", stockShopA, "0.01"), // every scene counts its own; together less than one sale
		counted(nearMiss, "enough", stockShopB, "9"),
		bought(plant, "never bought", 0),
		bought(nearMiss, "bought a month before", -30),
	)
}

// traceRegisters writes the first purchases of the pharmacies that upload them: what came before is not known.
func (c *city) traceRegisters(o *blockOut) {
	for _, k := range []int{boughtShop, neverShop, stockShopA, stockShopB} {
		i := c.pl.by[kindOddShop][k]
		o.named("purchase", "fixmedins_code", i.code, "purc_no", "J0", "med_list_codg", c.ix.goods.Code, "fixmedins_bchno", "J0", "purc_retn_cnt", "100", "finl_trns_pric", "5",
			"purc_retn_stoin_time", stampOf(timeOn(c.first-800)), "drug_trac_codg", "99000019999999"+fmt.Sprintf("%06d", k))
	}
}
