package synth

import "github.com/mingjian/mingjian/internal/claim"

// odd plays what takes more visits than everyday traffic: full wards, holidays, busy machines, the hospital's own staff.
func (q *quarter) odd() {
	from, days := q.span()
	for j, h := range q.hosps {
		switch role("G011", j) {
		case 1: // fifteen in twelve beds
			for k, p := range q.people(peerBeds+3, "") {
				q.live(p, func(l *life) { q.shortStay(l, h, from+claim.Day(days/2), k, 6) })
			}
		case 2: // twelve, and as many day surgeries
			for k, p := range q.people(peerBeds-2, "") {
				q.live(p, func(l *life) { q.shortStay(l, h, from+claim.Day(days/2), k, 6) })
			}
			for k, p := range q.people(peerBeds, "") {
				q.live(p, func(l *life) { q.shortStay(l, h, from+claim.Day(days/2+1), k, 1).daySurg = true })
			}
		}
		if r := role("G025", j); r > 0 {
			d := q.holiday()
			for k, p := range q.people(26, "") {
				q.live(p, func(l *life) {
					v := q.shortStay(l, h, d+claim.Day(k%5), k, 2)
					v.operated("86.59x", "清创缝合术", "", at(v.day(), 15*3600)) // a short stay without any would be G018's
					if r == 2 {
						v.adm = "1"
					}
				})
			}
		}
		if r := role("F013", j); r > 0 {
			n := 110
			if r == 2 {
				n = 70
			}
			d := from + claim.Day(days/3)
			for k := range n {
				x := q.seen[h][k%len(q.seen[h])]
				if k >= len(q.seen[h]) {
					x = q.live(q.person(), func(l *life) { q.seenBy(l, h, weekday(d), 9*3600+k*60, k) })[0]
				}
				q.examRow(h, &x, "D"+itoa(k), at(d, 300+k*700), "", 3, "E"+itoa(j)+"号机")
			}
		}
		if r := role("F015", j); r > 0 {
			for k := range 5 {
				x := q.seen[h][k*5]
				if r == 2 {
					x = q.seen[h][0]
				}
				q.examRow(h, &x, "I"+itoa(k), addSec(at(x.day, 15*3600), k*60), "f00dfeed"+h.code, 3, "")
			}
		}
		if r := role("I010", j); r > 0 {
			visits := 10
			if r == 2 {
				visits = 1
			}
			for k, p := range q.people(3, "") {
				q.o.named("practitioner", "prac_psn_code", "D"+h.code[1:7]+h.code[7:]+"S"+itoa(k), "prac_psn_name", p.name, "prac_psn_type", "5", "fixmedins_code", h.code,
					"certno", p.cert, "begndate", dayOf(q.first-900))
				q.live(p, func(l *life) {
					for n := range visits {
						q.seenBy(l, h, weekday(from+claim.Day(n*days/visits+k)), 10*3600+k*900, n)
					}
				})
			}
		}
	}
}

func (q *quarter) examRow(h *institution, x *done, no string, t claim.Time, hash string, images int, device string) {
	q.o.named("exam_models", "fixmedins_code", h.code, "mdtrt_id", x.no, "rpotc_no", "R"+h.code+no, "psn_no", x.p.no(q.first), "exam_item_name", "影像检查", "exam_time", stampOf(t),
		"rpt_time", stampOf(addSec(t, 600)), "image_hash", hash, "image_count", itoa(images), "device_no", device)
}

// holiday is the first day of the last long holiday that is over by the end of the window.
func (q *quarter) holiday() claim.Day {
	y, m, d := q.last.Civil()
	switch {
	case m > 10 || m == 10 && d > 12:
		return claim.DayOf(y, 10, 1)
	case m > 5 || m == 5 && d > 12:
		return claim.DayOf(y, 5, 1)
	}
	return claim.DayOf(y-1, 10, 1)
}

// crowds plays gangs and companions.
func (q *quarter) crowds() {
	from, days := q.span()
	step := max(3, days/6)
	// a gang swipes cards in two shops, four evenings, a minute apart
	for g := range 2 {
		gang := q.people(6, "")
		for k, p := range gang {
			q.live(p, func(l *life) {
				for n := range 4 {
					q.sale(l, q.shops[(g*2+n)%4+8], from+claim.Day(n*step+g), 19*3600+k*70)
				}
			})
		}
		q.members("I009", false, gang)
		q.members("X006", false, gang)
		// companions go to one hospital together
		friends := q.people(4, "")
		for k, p := range friends {
			q.live(p, func(l *life) {
				for n := range 4 {
					q.seenBy(l, q.hosps[g+12], from+claim.Day(n*step+2+g), 17*3600+k*120, k+n)
				}
			})
		}
		q.members("X006", false, friends)
		// one agent, six cards, six days
		lent := q.people(6, "")
		agent := certificate(q.first-15_000, true, 77+g)
		for k, p := range lent {
			q.live(p, func(l *life) {
				q.seenBy(l, q.hosps[(k+g)%5], weekday(from+10+claim.Day(k)), 9*3600+k*777, k).agent = agent
			})
		}
		q.members("I008", false, lent)
		// a telephone shows six codes within an hour, and all are used the same day
		shown := q.people(6, "")
		for k, p := range shown {
			d := weekday(from + claim.Day(14+g))
			q.live(p, func(l *life) { q.sale(l, q.shops[(k+g)%4+4], d, 15*3600+k*1500) })
			q.o.named("ecode", "psn_no", p.no(q.first), "dev_id", "TEL"+itoa(g), "use_time", stampOf(at(d, 13*3600+k*200)), "use_type", "2")
		}
		q.members("I013", false, shown)
	}
	family := q.people(4, "示例新区和睦里1号")
	for k, p := range family {
		q.live(p, func(l *life) {
			for n := range 4 {
				q.sale(l, q.shops[n%2], from+claim.Day(n*step+4), 18*3600+k*60)
			}
		})
	}
	q.members("I009", true, family)
	q.members("X006", true, family)
	home := q.people(12, "示例新区夕阳红养老院")
	for k, p := range home {
		q.live(p, func(l *life) {
			q.seenBy(l, q.hosps[6], weekday(from+20), 9*3600+k*600, k).agent = certificate(q.first-16_000, false, 99)
		})
	}
	q.members("I008", true, home)
	helped := q.people(8, "")
	for k, p := range helped {
		q.live(p, func(l *life) { q.sale(l, q.shops[k%3], q.last-2, 9*3600+k*600) })
		q.o.named("ecode", "psn_no", p.no(q.first), "dev_id", "TELHELP", "use_time", stampOf(at(from+5, 9*3600+k*300)), "use_type", "1")
	}
	q.members("I013", true, helped)
}
