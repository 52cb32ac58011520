package synth

import "github.com/mingjian/mingjian/internal/claim"

// papers plays what chronic qualifications were granted on.
func (q *quarter) papers() {
	proof := func(p *person, no int, dise, digest, text, doctor string, d claim.Day) {
		q.o.named("chronic_proof", "psn_no", p.no(q.first), "dise_codg", dise, "doc_no", "A"+itoa(no), "doc_type", "出院记录", "digest", digest, "content", text, "doc_time", stampOf(at(d, 9*3600)), "idet_dr_code", doctor)
	}
	h := q.hosps
	for g := range 2 {
		sharers := q.people(3, "")
		for k, p := range sharers {
			q.live(p, func(l *life) { q.seenBy(l, h[k], weekday(q.last-9), 10*3600, k) })
			if g == 0 {
				proof(p, k, "M00500", "abcdef0123456789", "", h[0].depts[0].doctors[0].code, q.first+3)
			} else {
				proof(p, k, "M00500", "", progress, h[0].depts[0].doctors[0].code, q.first+3)
			}
		}
		q.members("H010", false, sharers)
		// a doctor who finds everybody ill, in two days
		d := &h[17+g].depts[0].doctors[0]
		for k, p := range q.people(48, "") {
			q.live(p, func(l *life) { q.seenBy(l, h[17+g], weekday(q.last-claim.Day(8+k%9)), 9*3600+k*500, k) })
			q.idet(p, d, q.first+claim.Day(k%2), "通过")
		}
		q.caseOf("H011", false)(nil, nil, d.code, "")
	}
	own := q.people(1, "")[0]
	q.live(own, func(l *life) { q.seenBy(l, h[1], weekday(q.last-9), 10*3600, 1) })
	for k, dise := range []string{"M00500", "M01600"} {
		proof(own, k, dise, "fedcba9876543210", "", h[0].depts[0].doctors[0].code, q.first+3)
	}
	q.members("H010", true, []*person{own})
	// a review in two days that some do not pass
	d := &h[19].depts[0].doctors[0]
	for k, p := range q.people(48, "") {
		q.live(p, func(l *life) { q.seenBy(l, h[19], weekday(q.last-claim.Day(8+k%9)), 9*3600+k*500, k) })
		q.idet(p, d, q.first+claim.Day(k%2), []string{"通过", "通过", "未通过"}[k%3])
	}
	q.caseOf("H011", true)(nil, nil, d.code, "")
}

func (q *quarter) idet(p *person, d *doctor, when claim.Day, result string) {
	q.o.named("chronic", "psn_no", p.no(q.first), "dise_codg", "M00500", "dise_name", "高血压", "begndate", dayOf(when), "enddate", dayOf(when+730), "seq", "1", "idet_dr_code", d.code,
		"idet_date", dayOf(when), "review_stas", result)
}

// counters plays pharmacies.
func (q *quarter) counters() {
	from, days := q.span()
	s := q.shops
	// P018: five strangers, one basket; a family's twin
	for g, street := range []string{"", "", "示例新区全家福里3号"} {
		// five of one amount would be P007's
		for k, p := range q.people(4, street) {
			q.live(p, func(l *life) {
				v := l.visit(s[g], "41", at(from+claim.Day(days/2), 15*3600+k*1700), "A02")
				q.extra(v, "vbp", 3, addSec(v.begin, 30))
				q.extra(v, "bulk", 2, addSec(v.begin, 40))
				v.end = lastLine(v)
				v.till()
			})
		}
	}
	q.of("P018", false, s[0], s[1])
	q.of("P018", true, s[2])
	// P012: the till printed oil, the insurance paid for drugs; the twin's oil was paid apart
	for g := range 3 {
		for k, p := range q.people(5, "") {
			x := q.live(p, func(l *life) {
				v := l.visit(s[7+g], "41", at(from+claim.Day(days/3+k), 16*3600), "A02")
				q.extra(v, "bulk", 4, addSec(v.begin, 30))
				v.end = lastLine(v)
				v.till()
			})[0]
			no, setl := "RC"+x.no, string(x.v.appendSetl(nil, 0))
			drug := "100.00"
			if g < 2 {
				drug = "20.00"
			}
			q.o.named("receipt", "fixmedins_code", s[7+g].code, "receipt_no", no, "line_no", "1", "setl_id", setl, "goods_name", "食用油", "med_flag", "0", "amt", "80.00", "recp_time", stampOf(addSec(x.v.begin, 60)))
			q.o.named("receipt", "fixmedins_code", s[7+g].code, "receipt_no", no, "line_no", "2", "setl_id", setl, "goods_name", "示例康宁片", "med_flag", "1", "amt", drug, "recp_time", stampOf(addSec(x.v.begin, 60)))
		}
	}
	q.of("P012", false, s[7], s[8])
	q.of("P012", true, s[9])
	q.prescribed()
	// X004: one buys for many, in four shops; one whose sixty boxes come from one shop; one chemotherapy patient
	for g := range 4 {
		p := q.person()
		q.live(p, func(l *life) {
			for n := range 8 {
				shop := s[(n+g)%4]
				if g == 2 {
					shop = s[0]
				}
				i, med := shop, "41"
				v := l.visit(i, med, at(from+claim.Day(n*days/9), 11*3600+g*600), "A02")
				q.extra(v, "bulk", 9, addSec(v.begin, 30))
				if g == 3 {
					v.diags = []string{"C34.900"}
				}
				v.end = lastLine(v)
				v.till()
			}
		})
		q.caseOf("X004", g > 1)(p, nil, "", "")
	}
}

// prescribed plays doctors whose prescriptions go to one shop, and who fetches for many.
func (q *quarter) prescribed() {
	from, days := q.span()
	h, s := q.hosps, q.shops
	filled := func(p *person, i *institution, d *doctor, shop *institution, key string, n int, price int64, agent string, day claim.Day) {
		q.live(p, func(l *life) {
			v := q.seenBy(l, i, weekday(day), 9*3600+n*600, n)
			v.sign(d)
			w := l.visit(shop, "41", at(v.day(), 16*3600+n*300), "A02")
			ln := q.extra(w, key, 1, addSec(w.begin, 60))
			if price > 0 {
				ln.price = claim.Price(price) * claim.PriceOne
			}
			w.agent = agent
			q.onRx(w, ln, i, d, itoa(p.n), v.begin)
			w.till()
		})
	}
	doctor := func(j int) *doctor { return &h[j].dept("A03").doctors[len(h[j].dept("A03").doctors)-1] }
	for g := range 2 { // P004: dear drugs to one shop, while others' spread
		for k, p := range q.people(14, "") {
			filled(p, h[g], doctor(g), s[g], "dear", k, 0, "", from+claim.Day(k*days/15))
		}
		q.caseOf("P004", false)(nil, nil, doctor(g).code, "")
	}
	for k, p := range q.people(40, "") {
		filled(p, h[2], doctor(2), s[2+k%6], "dear", k%20, 0, "", from+claim.Day(k*days/41))
	}
	q.caseOf("P004", true)(nil, nil, doctor(2).code, "")
	for g := range 3 { // X005: to one shop, and dear there; the twin's shop is as cheap as any
		price := int64(140)
		if g == 2 {
			price = 80
		}
		for k, p := range q.people(13, "") {
			filled(p, h[7+g], doctor(7+g), s[9+g], "steer", k, price, "", from+claim.Day(k*days/14))
		}
		q.caseOf("X005", g == 2)(nil, nil, doctor(7+g).code, "")
	}
	for k, p := range q.people(12, "") {
		q.live(p, func(l *life) {
			v := l.visit(s[k%8], "41", at(from+claim.Day(k*days/13), 12*3600), "A02")
			q.extra(v, "steer", 1, addSec(v.begin, 30))
			v.end = lastLine(v)
			v.till()
		})
	}
	for g := range 3 { // I014: one fetches for twelve; the twin for an old people's home
		street := ""
		if g == 2 {
			street = "示例新区松鹤养老院"
		}
		fetched := q.people(12, street)
		for k, p := range fetched {
			filled(p, h[10+g+k%3], doctor(10+g+k%3), s[(k+g)%6], "vbp", k, 0, certificate(q.first-14_000, true, 300+g), from+claim.Day(k*days/12))
		}
		q.members("I014", g == 2, fetched)
	}
}

// staffing plays therapists, round-the-clock workers, internet doctors and a person who suddenly settles every other day.
func (q *quarter) staffing() {
	from, days := q.span()
	h := q.hosps
	exec := func(j, k int, x *done, t claim.Time, who string) {
		q.o.named("exec", "fixmedins_code", h[j].code, "exec_no", "X"+who+itoa(k), "mdtrt_id", x.no, "exec_time", stampOf(t), "exec_cnt", "1", "exec_psn_code", who)
	}
	for g := range 3 {
		j := 8 + g
		who := "D" + h[j].code[1:7] + h[j].code[7:] + "T1"
		q.o.named("practitioner", "prac_psn_code", who, "prac_psn_name", "治疗师"+itoa(g), "prac_psn_type", "4", "fixmedins_code", h[j].code, "begndate", dayOf(q.first-900))
		for d := range 4 {
			for k := range 36 {
				x := &q.seen[h[j]][k]
				t := at(from+claim.Day(5+d*2), 8*3600+k*900)
				if g == 2 {
					t = at(from+claim.Day(5+d*2), 8*3600+k/9*3600)
				}
				exec(j, d*100+k, x, t, who)
			}
		}
		q.caseOf("F012", g == 2)(nil, nil, who, "")
		night := "D" + h[j].code[1:7] + h[j].code[7:] + "N1"
		q.o.named("practitioner", "prac_psn_code", night, "prac_psn_name", "值班"+itoa(g), "prac_psn_type", "2", "fixmedins_code", h[j].code, "begndate", dayOf(q.first-900))
		for k := range 22 {
			t := at(from+9, k*3600+1200)
			if g == 2 {
				t = at(from+9, (k+14)*3600+1200)
			}
			exec(j, k, &q.seen[h[j]][k], t, night)
		}
		q.caseOf("L006", g == 2)(nil, nil, night, "")
		away := q.pl.by[kindFar][0]
		d := &away.depts[g].doctors[0]
		for k := range 158 {
			p := q.person()
			q.live(p, func(l *life) {
				v := l.visit(away, "11", at(weekday(from+claim.Day(days/2)), 8*3600+k*240), away.depts[g].code)
				v.diags = append(v.diags, q.diag(k).code)
				q.extra(v, "goods", float64(41+k), addSec(v.begin, 60))
				v.mode = "互联网"
				v.sign(d)
				v.end = lastLine(v)
				if g < 2 {
					v.slip.area = []string{areaCity, areaCounty, areaNeighbor, areaFar}[k%4]
				}
			})
		}
		q.caseOf("X014", g == 2)(nil, nil, d.code, "")
		p := q.person()
		q.live(p, func(l *life) {
			for m := 8; m >= 1; m-- {
				d := (q.opt.End - claim.Month(m)).First() + 5 + claim.Day(g)
				n := 1
				if g == 2 {
					n = 12
				}
				for k := range n {
					q.sale(l, q.shops[(m+k+g*4)%12], d+claim.Day(k*2), 10*3600+m*60+g*7000)
				}
			}
			for k := range 15 {
				q.sale(l, q.shops[(k+g*4)%12], q.opt.End.First()+claim.Day(k*27/15+g), 10*3600+k*60+g*7000)
			}
		})
		q.caseOf("X016", g == 2)(p, nil, "", "")
	}
}
