package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// variants marks scenarios of which a card has many: each is played in fewer blocks. A card's only plants are not thinned.
func variants(all ...*scenario) []*scenario {
	plants := map[string]int{}
	for _, s := range all {
		if s.kind == plant {
			plants[s.rule]++
		}
	}
	for _, s := range all {
		s.seldom = s.kind != plant || plants[s.rule] > 2
	}
	return all
}

// tweak changes a visit and its line once both are booked.
type tweak func(s *scene, v *visit, ln *line)

// counter opens a purchase at an hour of the scene's day plus off days; it is settled within a minute.
func (s *scene) counter(shop *institution, off, sec int) *visit {
	v := s.visit(shop, "41", at(s.d+claim.Day(off), sec), "A02")
	v.end = addSec(v.begin, 20)
	v.setlAt = addSec(v.begin, 40)
	// a terminal and a cashier of its own: the scenes of one day are no queue, and those of one second no burst
	v.slip.dev, v.slip.opter = shop.tills[0]+"-"+itoa(s.p.n%997), "C"+itoa(s.p.n%997)
	return v
}

// remedy is an oral drug that any card but the supply cards leaves alone; rx tells whether it needs a prescription.
func (s *scene) remedy(v *visit, rx bool, take func(*item) bool) *item {
	pool := s.ix.roles["oral"]
	if !rx {
		pool = s.ix.items
	}
	for i := range pool {
		it := pool[(s.n*11+i)%len(pool)]
		if it.list == "101" && it.rx == rx && it.fits(s.p, s.d) && it.suits(v) && s.harmless(it, v) && (take == nil || take(it)) && s.canBuy(it.Generic, s.d) &&
			it.Price < 90*claim.PriceOne {
			return it
		}
	}
	return nil
}

// medicine sells a drug for some days over the counter of a pharmacy.
func (s *scene) medicine(v *visit, it *item, days int) *line {
	ln := s.dose(v, it, days, addSec(v.begin, 5))
	ln.days, ln.dose, ln.freq = days, it.dose, it.freq
	ln.atCounter()
	return ln
}

// goods is a material no point speaks of; what a scene needs in money it bills with it: so many hundreds of yuan, at 10 yuan
// apiece, which is below every limit.
func (s *scene) goods(v *visit, hundreds float64, t claim.Time) *line {
	ln := v.add(s.ix.goods, hundreds*10, t)
	ln.price = 10 * claim.PriceOne
	if v.inst.pharmacy() {
		ln.rxFlag = '0'
	}
	return ln
}

// shopNo finds an ordinary pharmacy by whether its duty roster is registered.
func (s *scene) shopNo(duty dutyHabit) *institution {
	for _, i := range s.pl.by[kindPharmacy] {
		if i.duty == duty && !i.noDays {
			return i
		}
	}
	return s.p.shop
}

func (s *scene) oddShop(k int) *institution { return s.pl.by[kindOddShop][k] }

// counterScenarios: P001, P009, P013, P014, P015.
func counterScenarios() []*scenario {
	worker := want{insutype: "310"}
	// sold books one prescription drug at the counter; what is wrong with it the tweak says.
	sold := func(rx bool, sec int, shop func(s *scene) *institution, label bool, change tweak) func(*scene) bool {
		return func(s *scene) bool {
			v := s.counter(shop(s), 0, sec)
			it := s.remedy(v, rx, nil)
			if it == nil {
				return false
			}
			ln := s.medicine(v, it, 5)
			if change != nil {
				change(s, v, ln)
			}
			if label {
				s.hit(v, ln, whole)
			} else {
				s.hit(v, nil, zero)
			}
			return true
		}
	}
	plain := func(s *scene) *institution { return s.plainShop() }
	bare := func(s *scene, v *visit, ln *line) { ln.rx = 0 }
	p001 := func(kind, name string, rx bool, change tweak) *scenario {
		sc := near("P001", name, worker, sold(rx, 15*3600, plain, true, change))
		sc.kind = kind
		return sc.alone()
	}
	p009 := func(kind, name string, sec int, shop func(s *scene) *institution, change tweak) *scenario {
		sc := near("P009", name, worker, sold(false, sec, shop, false, change))
		sc.kind = kind
		return sc.alone()
	}
	odd := func(k int) func(s *scene) *institution {
		return func(s *scene) *institution { return s.oddShop(k) }
	}
	duty := func(h dutyHabit) func(s *scene) *institution {
		return func(s *scene) *institution { return s.shopNo(h) }
	}
	p014 := func(kind, name string, rx bool, sec int, shop func(s *scene) *institution) *scenario {
		sc := near("P014", name, worker, sold(rx, sec, shop, true, nil))
		sc.kind = kind
		return sc.alone()
	}
	const evening = 21*3600 + 600
	return append(append(variants(
		p001(plant, "no prescription", true, bare),
		p001(nearMiss, "on a prescription", true, nil),
		p001(nearMiss, "prescribed elsewhere", true, func(s *scene, v *visit, ln *line) {
			ln.rx, ln.hiRx = 0, s.rxNumber("W")
			s.prescribed(v, s.township(), ln.hiRx, "J06.900")
		}),
		p001(nearMiss, "from the account", true, func(s *scene, v *visit, ln *line) { ln.rx, v.noFund = 0, true }),
		p001(nearMiss, "over the counter", false, bare),
		p001(nearMiss, "over the counter, the till says otherwise", false, func(s *scene, v *visit, ln *line) { ln.rx, ln.rxFlag = 0, '1' }),
		near("P001", "the till does not say", worker, sold(true, 15*3600, plain, true, func(s *scene, v *visit, ln *line) { ln.rx, ln.rxFlag = 0, 0 })).alone(),
		near("P001", "at a hospital", worker, func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "J06.900")
			it := s.remedy(v, true, nil)
			if it == nil {
				return false
			}
			ln := s.medicine(v, it, 5)
			ln.rx = 0
			s.hit(v, ln, unsure)
			return true
		}).alone(),

		p009(plant, "an hour after closing", 22*3600, plain, nil),
		p009(plant, "before dawn", 5*3600, plain, nil),
		p009(nearMiss, "the last customers", 21*3600+1500, plain, nil),
		p009(plant, "midnight at a shop without hours", 23*3600+1800, odd(nightShop), nil),
		p009(nearMiss, "late at a shop without hours", 22*3600+1800, odd(nightShop), nil),
		p009(nearMiss, "a machine sells at night", 2*3600, odd(selfShop), nil),
		p009(nearMiss, "open round the clock", 2*3600, odd(dayShop), nil),
		p009(nearMiss, "ordered online", 23*3600+1800, plain, func(s *scene, v *visit, ln *line) { v.mode = "1" }),

		p014(plant, "the pharmacist has gone home", true, evening, duty(dutyWhole)),
		p014(plant, "a clerk in the pharmacist's place", true, 15*3600, odd(clerkShop)),
		p014(nearMiss, "the pharmacist is about to go", true, dutyTo+300, duty(dutyWhole)),
		p014(nearMiss, "no prescription drug", false, evening, duty(dutyWhole)),
		p014(nearMiss, "no roster", true, evening, duty(dutyNone)),
		p014(nearMiss, "never clocked out", true, evening, odd(selfShop)),
		p014(nearMiss, "while the pharmacist is in", true, 11*3600, odd(clerkShop)),
	), overScenarios()...), dearScenarios()...)
}

// rxNumber invents a prescription number of the scene.
func (s *scene) rxNumber(prefix string) string { return prefix + s.p.no(s.d) + itoa(int(s.d)) }

// overScenarios: P013, more days than a pharmacy may sell at a time.
func overScenarios() []*scenario {
	adult := want{}
	sell := func(kind, name string, days, limit int, diag string, change tweak) *scenario {
		sc := near("P013", name, adult, func(s *scene) bool {
			v := s.counter(s.plainShop(), 0, 15*3600)
			it := s.remedy(v, true, func(it *item) bool {
				packs := int64(it.packsFor(days))
				return packs <= it.maxPacks() && (days <= limit || int64(days-limit)*packs >= int64(days))
			})
			if it == nil {
				return false
			}
			ln := s.medicine(v, it, days)
			if diag != "" {
				ln.rx, ln.hiRx = 0, s.rxNumber("W")
				s.prescribed(v, s.township(), ln.hiRx, diag)
			}
			if change != nil {
				change(s, v, ln)
			}
			if days > limit {
				s.hit(v, ln, overPacks(ln, days, limit))
			} else {
				s.hit(v, ln, unsure)
			}
			return true
		})
		sc.kind = kind
		return sc.alone()
	}
	registered := func(s *scene, v *visit, ln *line) {
		v.dise = s.ix.diseases[0].code
		s.chronicRow(s.ix.diseases[0], s.first-400, s.last+400, "通过", s.first-400, claim.NoDay)
	}
	return variants(
		sell(plant, "a fortnight for a cold", 14, 7, "J06.900", nil),
		sell(plant, "six weeks for a chronic disease", 42, 28, "I25.100", nil),
		sell(plant, "the diagnosis stands on the purchase", 14, 7, "", func(s *scene, v *visit, ln *line) { v.diags = append(v.diags, "J06.900") }),
		sell(nearMiss, "a week for a cold", 7, 7, "J06.900", nil),
		sell(nearMiss, "four weeks for a chronic disease", 28, 28, "I25.100", nil),
		sell(nearMiss, "six weeks for a registered disease", 42, 84, "I10.x00", registered),
		sell(nearMiss, "dual channel", 42, 84, "J06.900", func(s *scene, v *visit, ln *line) { ln.nego = true }),
		sell(nearMiss, "nobody knows what for", 14, 84, "", nil),
		sell(nearMiss, "from the account", 14, 84, "J06.900", func(s *scene, v *visit, ln *line) { v.noFund = true }),
	)
}

// dearScenarios: P015, dearer than the listed price.
func dearScenarios() []*scenario {
	adult := want{}
	sell := func(kind, name string, percent int64, change tweak) *scenario {
		sc := near("P015", name, adult, func(s *scene) bool {
			v := s.counter(s.plainShop(), 0, 15*3600)
			var it *item
			for i := range s.ix.items {
				x := s.ix.items[(s.n*7+i)%len(s.ix.items)]
				if x.listed > 0 && x.list == "101" && x.level != '3' && x.fits(s.p, s.d) && x.suits(v) && s.harmless(x, v, "H014") && x.Price > 20*claim.PriceOne && !s.common(x) {
					it = x
					break
				}
			}
			if it == nil {
				return false
			}
			ln := v.add(it, 2, addSec(v.begin, 5))
			ln.atCounter()
			ln.days = 2
			s.ban(it.Generic)
			ln.price = claim.Price(int64(it.listed) / 100 * percent)
			if change != nil {
				change(s, v, ln)
			}
			over := claim.Money(claim.MulDiv(int64(ln.price-it.listed), int64(ln.cnt), 100_000_000))
			s.hit(v, ln, fixed(over))
			return true
		})
		sc.kind = kind
		return sc.alone()
	}
	return variants(
		sell(plant, "half as much again", 150, nil),
		sell(nearMiss, "thirty percent more", 130, nil),
		sell(nearMiss, "at a hospital", 150, func(s *scene, v *visit, ln *line) {
			v.inst, v.med = s.county(), "11"
			v.diags = append(v.diags, "J06.900")
		}),
		sell(nearMiss, "from the account", 150, func(s *scene, v *visit, ln *line) { v.noFund = true }),
		sell(nearMiss, "paid by the patient", 150, func(s *scene, v *visit, ln *line) { ln.own = true }),
	)
}

// common tells whether random traffic buys the drug: its price history is everyone's.
func (s *scene) common(it *item) bool {
	for _, role := range []string{"oral", "injected", "external"} {
		for _, o := range s.ix.roles[role] {
			if o == it {
				return true
			}
		}
	}
	return false
}
