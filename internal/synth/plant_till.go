package synth

import "github.com/mingjian/mingjian/internal/claim"

// till is one sale of goods at a pharmacy: its place, second, hundreds of yuan and what else is said of it.
func (s *scene) sale(shop *institution, off, sec int, n float64, change func(v *visit)) *visit {
	v := s.counter(shop, off, sec)
	v.setlAt = at(v.day(), sec)
	v.begin = addSec(v.setlAt, -60)
	v.end = addSec(v.setlAt, -30)
	s.goods(v, n, addSec(v.setlAt, -50))
	if change != nil {
		change(v)
	}
	return v
}

// tillScenarios: P007, P008, P010, P011, L008.
func tillScenarios() []*scenario {
	all := append(sameAmountScenarios(), swipeScenarios()...)
	all = append(all, accountScenarios()...)
	return append(all, burstScenarios()...)
}

// Amounts that nobody else pays: the scene's own number of hundredths of 100 yuan.
func (s *scene) oddSum(base int) float64 { return float64(base) + float64(1+s.p.n%89)/100 + 0.0005 }

func sameAmountScenarios() []*scenario {
	worker := want{insutype: "310"}
	// perDay sales on each of some days, to different people.
	sales := func(kind, name string, days, perDay, last int, sum int, change func(s *scene, v *visit, k int)) *scenario {
		sc := near("P007", name, worker, func(s *scene) bool {
			s.d -= claim.Day((int(s.d.Weekday()) + 6) % 7) // a Monday
			if s.d < s.first {
				s.d += 7
			}
			who := s.crowd(perDay)
			var v *visit
			k, host := 0, s.p.n
			for d := range days {
				n := perDay
				if d == days-1 {
					n = last
				}
				for i := range n {
					s.as(who[len(who)-1-i], func() {
						hundreds := float64(sum)/100 + float64(host%9973)/10_000 // to the fen, so that no other scene's sales are of this amount
						if sum < 0 {
							hundreds = 0.49
						}
						v = s.sale(s.oddShop(nightShop), d, 9*3600+i*3000+d*7, hundreds, nil)
						v.noFund = true
					})
					if change != nil {
						change(s, v, k)
					}
					k++
				}
			}
			s.hit(v, nil, zero)
			return true
		})
		sc.kind, sc.span = kind, 12
		return sc.alone()
	}
	return variants(
		sales(plant, "five a day", 1, 5, 5, 200, nil),
		sales(nearMiss, "four a day", 1, 4, 4, 300, nil),
		sales(plant, "twenty a week", 5, 4, 4, 400, nil),
		sales(nearMiss, "nineteen a week", 5, 4, 3, 500, nil),
		sales(nearMiss, "small change", 1, 5, 5, -1, nil),
		sales(nearMiss, "one taken back", 1, 5, 5, 600, func(s *scene, v *visit, k int) { v.undo = k == 2 }),
		sales(nearMiss, "one dearer", 1, 5, 5, 700, func(s *scene, v *visit, k int) {
			if k == 1 {
				v.lines[0].cnt += claim.QtyOne // ten yuan
			}
		}),
	)
}

func swipeScenarios() []*scenario {
	worker := want{insutype: "310"}
	swipes := func(kind, name string, n, gap int, change func(s *scene, v *visit, k int)) *scenario {
		sc := near("P008", name, worker, func(s *scene) bool {
			var v *visit
			for k, p := range s.crowd(n) {
				s.as(p, func() {
					v = s.sale(s.oddShop(nightShop), 0, 10*3600+7+k*gap, s.oddSum(k), nil)
					v.noFund = true
					v.slip.dev = v.inst.tills[0] + "-" + itoa(s.n)
				})
				if change != nil {
					change(s, v, k)
				}
			}
			s.hit(v, nil, zero)
			return true
		})
		sc.kind = kind
		return sc.alone()
	}
	return variants(
		swipes(plant, "five cards, half a minute apart", 5, 30, nil),
		swipes(plant, "five cards, just under a minute apart", 5, 59, nil),
		swipes(nearMiss, "five cards, a minute apart", 5, 60, nil),
		swipes(nearMiss, "four cards", 4, 30, nil),
		swipes(nearMiss, "two terminals", 5, 30, func(s *scene, v *visit, k int) {
			if k%2 == 1 {
				v.slip.dev += "B"
			}
		}),
		swipes(nearMiss, "no terminal", 5, 30, func(s *scene, v *visit, k int) { v.slip.dev = "" }),
		near("P008", "one card five times", worker, func(s *scene) bool {
			var v *visit
			for k := range 5 {
				v = s.sale(s.oddShop(nightShop), 0, 14*3600+7+k*30, float64(1+k), nil)
				v.noFund = true
			}
			s.hit(v, nil, zero)
			return true
		}).alone(),
	)
}

// accountScenarios: P010 and P011, money of the personal account.
func accountScenarios() []*scenario {
	worker := want{insutype: "310"}
	one := func(kind, name string, hundreds float64, change func(v *visit)) *scenario {
		sc := near("P010", name, worker, func(s *scene) bool {
			v := s.sale(s.plainShop(), 0, 10*3600, hundreds, change)
			v.noFund = true
			s.hit(v, nil, zero)
			return true
		})
		sc.kind = kind
		return sc.alone()
	}
	many := func(kind, name string, n int, hundreds float64, shops int) *scenario {
		sc := near("P010", name, worker, func(s *scene) bool {
			y, _, _ := s.last.Civil()
			if s.d = max(s.first, claim.DayOf(y, 1, 1)); s.d+50 > s.last {
				return false
			}
			var v *visit
			sum := hundreds*1000 + float64(s.c.n(100))
			for k := range n {
				shop := s.p.shop
				if k%shops == 1 {
					shop = s.oddShop(nightShop)
				}
				v = s.sale(shop, k, 9*3600+s.c.n(36_000), (sum+float64(k*7%100))/1000+0.0005, nil)
				v.noFund = true
			}
			s.hit(v, nil, zero)
			return true
		})
		sc.kind, sc.span = kind, 50
		return sc.alone()
	}
	split := func(kind, name string, sums []float64, change func(s *scene, v *visit, k int)) *scenario {
		sc := near("P011", name, worker, func(s *scene) bool {
			var v *visit
			// amounts of its own, which make the same sum: five alike at one shop would be P007's
			a, b := s.p.n%9973, s.p.n*31%9973
			odd := [3]float64{float64(a) / 10_000, float64(-b) / 10_000, float64(b-a) / 10_000} // of hundreds of yuan: whole fen
			for k, x := range sums {
				v = s.sale(s.plainShop(), 0, 10*3600+k*2400, x+odd[k], nil)
				v.noFund = true
				if change != nil {
					change(s, v, k)
				}
			}
			s.hit(v, nil, zero)
			return true
		})
		sc.kind = kind
		return sc.alone()
	}
	return variants(
		one(plant, "two and a half thousand at once", 25, nil),
		one(nearMiss, "two thousand", 20, nil),
		one(nearMiss, "taken back", 25, func(v *visit) { v.undo = true }),
		many(plant, "fifty times", 50, 5.1, 1),
		many(nearMiss, "forty-nine times", 49, 5.1, 1),
		many(nearMiss, "fifty small purchases", 50, 4.5, 1),
		many(nearMiss, "at two shops", 50, 5.1, 2),
		split(plant, "three parts of two thousand", []float64{7, 8, 7.5}, nil),
		split(nearMiss, "two parts", []float64{11, 12}, nil),
		split(nearMiss, "within the limit", []float64{6, 7, 7}, nil),
		split(nearMiss, "one taken back", []float64{7, 8, 7.5}, func(s *scene, v *visit, k int) { v.undo = k == 1 }),
		split(nearMiss, "at two shops", []float64{7, 8, 7.5}, func(s *scene, v *visit, k int) {
			if k == 1 {
				v.inst = s.otherShop()
			}
		}),
		split(nearMiss, "on two days", []float64{7, 8, 7.5}, func(s *scene, v *visit, k int) {
			if k == 2 {
				v.shift(86400)
				v.setlAt = addSec(v.setlAt, 86400)
			}
		}),
		split(nearMiss, "in cash", []float64{7, 8, 7.5}, func(s *scene, v *visit, k int) { v.lines[0].own = true }),
	)
}

// burstScenarios: L008, settlements by the handful within seconds.
func burstScenarios() []*scenario {
	adult := want{}
	burst := func(kind, name string, n int, sec func(k int) int, opter func(k int) string) *scenario {
		sc := near("L008", name, adult, func(s *scene) bool {
			var v *visit
			t := s.d
			hour := 20*3600 + 1800 + s.n%600*20 // late, so that chance settles nothing in between, and apart from other bursts
			who := s.crowd(min(10, n))
			for k := range n {
				s.as(who[k%len(who)], func() {
					v = s.clinicVisit(s.tcm(), 0, "A03", "K52.900")
				})
				v.setlAt = at(t, hour+sec(k))
				v.slip.opter = opter(k)
			}
			s.hit(v, nil, zero)
			return true
		})
		sc.kind = kind
		return sc.alone()
	}
	within := func(k int) int { return 1 + k*5/9 } // the tenth at the fifth second after the first, and last
	clerk := func(k int) string { return "OP07" }
	return variants(
		burst(plant, "ten in five seconds", 10, within, clerk),
		burst(plant, "nobody's name", 10, within, func(int) string { return "" }),
		burst(nearMiss, "nine in five seconds", 9, within, clerk),
		burst(nearMiss, "ten in nine seconds", 10, func(k int) int { return 1 + k }, clerk),
		burst(nearMiss, "two cashiers", 10, within, func(k int) string { return "OP0" + itoa(1+k%2) }),
		burst(nearMiss, "at the machines", 10, within, func(int) string { return "自助机" }),
	)
}
