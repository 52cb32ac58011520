package synth

import "github.com/mingjian/mingjian/internal/claim"

// away writes that the person was in custody or abroad, from and to in days of the scene; to noReturn is open.
func (s *scene) away(table string, from, to int, memo string) {
	p, d := s.p, s.d
	s.events = append(s.events, func(o *blockOut) {
		end := ""
		if to != noReturn {
			end = stampOf(at(d+claim.Day(to), 10*3600))
		}
		source := map[string]string{"custody": "司法", "exit_entry": "移民管理", "accident": "公安交管"}[table]
		o.named(table, "psn_no", p.no(d), "certno", p.cert, "begntime", stampOf(at(d+claim.Day(from), 10*3600)), "endtime", end, "source", source, "memo", memo)
	})
}

const noReturn = 9999

// whereaboutsScenarios: I002, I003, I011, and with them I004.
func whereaboutsScenarios() []*scenario {
	adult := want{insutype: "310"}
	// seen at the county hospital on the scene's day; registers say more.
	seen := func(rule, kind, name string, change tweak2) *scenario {
		sc := near(rule, name, adult, func(s *scene) bool {
			v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
			s.bill(v, "lab", 2, addSec(v.begin, 900))
			change(s, v)
			s.hit(v, nil, visitSum)
			return len(v.lines) > 0
		})
		sc.kind, sc.span = kind, 6
		return sc.alone()
	}
	held := func(from, to int, memo string) tweak2 {
		return func(s *scene, v *visit) { s.away("custody", from, to, memo) }
	}
	abroad := func(from, to int, more tweak2) tweak2 {
		return func(s *scene, v *visit) {
			s.away("exit_entry", from, to, "")
			if more != nil {
				more(s, v)
			}
		}
	}
	both := func(a, b tweak2) tweak2 {
		return func(s *scene, v *visit) { a(s, v); b(s, v) }
	}
	stay := func(rule, kind, name, table string) *scenario {
		sc := near(rule, name, adult, func(s *scene) bool {
			v := s.inpatientStay(s.county(), 0, 5, pneumonia)
			s.away(table, -30, 60, "")
			s.hit(v, nil, visitSum)
			return true
		})
		sc.kind, sc.span = kind, 8
		return sc.alone()
	}
	standing := func(stas string, from, to int) tweak2 {
		return func(s *scene, v *visit) { s.standingRow(stas, from, to) }
	}
	agent := func(s *scene, v *visit) { v.agent = certificate(s.p.born-9000, true, s.p.n+17) }
	online := func(s *scene, v *visit) { v.mode = "1" }
	fundless := func(s *scene, v *visit) { v.noFund = true }
	return append(faceScenarios(), variants(
		seen("I002", plant, "in custody", held(-20, 30, "")),
		seen("I002", plant, "not released as far as anyone knows", held(-20, noReturn, "")),
		seen("I002", nearMiss, "on the day of arrest", held(0, 30, "")),
		seen("I002", nearMiss, "on the day of release", held(-20, 0, "")),
		seen("I002", nearMiss, "medical parole", held(-20, 30, "保外就医")),
		seen("I002", nearMiss, "outside on licence", held(-20, 30, "暂予监外执行")),
		seen("I002", nearMiss, "emergency", both(held(-20, 30, ""), func(s *scene, v *visit) { v.er = true })),
		seen("I002", nearMiss, "rescue", both(held(-20, 30, ""), func(s *scene, v *visit) { v.rescue = true })),
		seen("I002", nearMiss, "no fund money", both(held(-20, 30, ""), fundless)),
		stay("I002", nearMiss, "in bed", "custody"),

		seen("I003", plant, "abroad", abroad(-20, 30, nil)),
		seen("I003", plant, "not back as far as anyone knows", abroad(-20, noReturn, nil)),
		stay("I003", plant, "abroad and in bed", "exit_entry"),
		seen("I003", nearMiss, "the day after leaving", abroad(-1, 30, nil)),
		seen("I003", nearMiss, "the day before coming back", abroad(-20, 1, nil)),
		seen("I003", nearMiss, "by an agent", abroad(-20, 30, agent)),
		seen("I003", nearMiss, "online", abroad(-20, 30, online)),
		seen("I003", nearMiss, "no fund money", abroad(-20, 30, fundless)),
		seen("I003", nearMiss, "left again: the way back is missing", abroad(-40, noReturn, func(s *scene, v *visit) { s.away("exit_entry", 20, 40, "") })),

		seen("I011", plant, "suspended", standing("2", -30, 30)),
		seen("I011", plant, "waiting", standing("3", -30, noReturn)),
		seen("I011", nearMiss, "suspended before", standing("2", -30, -1)),
		seen("I011", nearMiss, "suspended from the day after", standing("2", 1, 30)),
		seen("I011", nearMiss, "in force all the same", both(standing("2", -30, 30), standing("1", -10, 10))),
		seen("I011", nearMiss, "no fund money", both(standing("2", -30, 30), fundless)),
		seen("I011", nearMiss, "treated before, settled within", func(s *scene, v *visit) {
			s.standingRow("2", 1, 30)
			v.setlAt = at(s.d+2, 10*3600+s.c.n(20_000))
		}),
	)...)
}

// standingRow writes the person's benefit status, from and to in days of the scene.
func (s *scene) standingRow(stas string, from, to int) {
	p, d := s.p, s.d
	s.events = append(s.events, func(o *blockOut) {
		end := ""
		if to != noReturn {
			end = dayOf(d + claim.Day(to))
		}
		o.named("benefit", "psn_no", p.no(d), "stas", stas, "begndate", dayOf(d+claim.Day(from)), "enddate", end, "reason", "示例")
	})
}

// faceScenarios: I004, at the hospitals that take pictures.
func faceScenarios() []*scenario {
	adult := want{}
	seen := func(kind, name, score string, change tweak2) *scenario {
		sc := near("I004", name, adult, func(s *scene) bool {
			v := s.clinicVisit(s.tcm(), 0, "A03", "K52.900")
			s.bill(v, "lab", 2, addSec(v.begin, 900))
			v.slip.face = score
			if change != nil {
				change(s, v)
			}
			s.hit(v, nil, visitSum)
			return len(v.lines) > 0
		})
		sc.kind = kind
		return sc.alone()
	}
	return variants(
		seen(plant, "another face", "0.41", nil),
		seen(plant, "not compared", "0", nil),
		seen(plant, "of a hundred", "62", nil),
		seen(nearMiss, "just alike enough", "0.8", nil),
		seen(nearMiss, "of a hundred, alike", "88", nil),
		seen(nearMiss, "by an agent", "0.41", func(s *scene, v *visit) { v.agent = certificate(s.p.born-9000, true, s.p.n+17) }),
		seen(nearMiss, "rescue", "0.41", func(s *scene, v *visit) { v.rescue = true }),
		seen(nearMiss, "injured", "0.41", func(s *scene, v *visit) { v.diags[0] = "S01.000" }),
		seen(nearMiss, "online", "0.41", func(s *scene, v *visit) { v.mode = "1" }),
		seen(nearMiss, "newborn on the mother's card", "0.41", func(s *scene, v *visit) { v.newborn, v.mom = true, s.p.no(s.d) }),
	)
}
