package synth

// negativeScenarios are near-misses for exemptions that only a card's own cases had shown: readmissions, care from bed and many
// visits that have a good reason.
func negativeScenarios() []*scenario {
	return variants(append(append(readmissionReasons(), bedReasons()...), crowdReasons()...)...)
}

// onBothSides gives each of two stays an operation, on the sides named.
func onBothSides(sides ...string) tweakStays {
	return func(s *scene, v, w *visit) {
		for k, x := range []*visit{v, w} {
			t := at(x.day()+1, 9*3600)
			x.opers = append(x.opers, operation{code: "13.4x01", name: "白内障手术", side: sides[k], incision: "1", anaesthesia: "01", begin: t, end: addSec(t, 1800), doc: x.doc})
		}
	}
}

type tweakStays = func(s *scene, v, w *visit)

// otherDepartment admits the second time to another department, after the change.
func otherDepartment(change tweakStays) tweakStays {
	return func(s *scene, v, w *visit) {
		w.dept = w.inst.dept("A50")
		w.out = w.dept
		s.moved(w)
		change(s, v, w)
	}
}

func readmissionReasons() []*scenario {
	cataract := &diagnosis{code: "H25.900", name: "老年性白内障", dept: "A10"}
	reasons := []struct {
		name   string
		change tweakStays
	}{
		{"transferred out before", func(s *scene, v, w *visit) { v.way = "2" }},
		{"left against advice before", func(s *scene, v, w *visit) { v.way = "4" }},
		{"day surgery", func(s *scene, v, w *visit) { w.daySurg = true }},
	}
	near := func(name string, t two) *scenario {
		return (&scenario{rule: t.rule, name: name, kind: nearMiss, span: 12 + t.gap, build: t.play}).alone()
	}
	all := []*scenario{
		near("an implant taken out", two{rule: "G001", gap: 8, first: &diagnosis{code: "Z47.000", dept: "A12"}}),
		near("an opening looked after", two{rule: "G001", gap: 8, first: &diagnosis{code: "Z43.200", dept: "A12"}}),
		near("a session of dialysis", two{rule: "G001", gap: 8, first: &diagnosis{code: "Z49.100", dept: "A03"}}),
		near("the other side", two{rule: "G002", gap: 1, later: stroke, change: onBothSides("左", "右")}),
		near("the other eye", two{rule: "G002", gap: 1, first: cataract, change: onBothSides("", "")}),
		near("psychiatric", two{rule: "G003", gap: 1, later: &diagnosis{code: "F20.900", dept: "A15"}, change: otherDepartment(func(s *scene, v, w *visit) {})}),
		near("planned", two{rule: "G003", gap: 1, later: stroke, change: otherDepartment(func(s *scene, v, w *visit) { w.planned = true })}),
		near("emergency", two{rule: "G003", gap: 1, later: stroke, change: otherDepartment(func(s *scene, v, w *visit) { w.adm = "1" })}),
		near("died the day before", two{rule: "G003", gap: 1, later: stroke, change: otherDepartment(func(s *scene, v, w *visit) { v.way = "5" })}),
		near("planned", two{rule: "G004", gap: 12, later: stroke, change: func(s *scene, v, w *visit) {
			s.selfpaid(v, 2, 8)
			w.planned = true
		}}),
	}
	for _, r := range reasons {
		all = append(all, near(r.name, two{rule: "G002", gap: 1, later: stroke, change: r.change}),
			near(r.name, two{rule: "G003", gap: 1, later: stroke, change: otherDepartment(r.change)}))
	}
	return all
}

// bedReasons: H008: chronic drugs settled while the patient lies in a bed elsewhere, for a reason.
func bedReasons() []*scenario {
	near := func(name string, change func(v *visit)) *scenario {
		o := outside{rule: "H008", day: 3, change: func(s *scene, bed, v *visit) { change(v) }}
		return (&scenario{rule: "H008", name: name, kind: nearMiss, want: want{insutype: "390"}, span: 10, build: o.play}).alone()
	}
	lines := func(f func(ln *line, v *visit)) func(v *visit) {
		return func(v *visit) {
			for i := range v.lines {
				f(&v.lines[i], v)
			}
		}
	}
	return []*scenario{
		near("family account", func(v *visit) { v.family = true }),
		near("online", func(v *visit) { v.mode = "1" }),
		near("newborn on the card", func(v *visit) { v.newborn, v.mom = true, v.p.no(v.day()) }),
		near("dual channel", lines(func(ln *line, v *visit) { ln.nego = true })),
		near("prescribed outside", lines(func(ln *line, v *visit) { ln.hiRx = "HRX" + v.p.no(v.day()) })),
	}
}

// crowdReasons: X002, X003: visits that come often by their nature do not count.
func crowdReasons() []*scenario {
	third := func(diag string) func(v *visit, k int) {
		return func(v *visit, k int) {
			if k == 2 {
				v.diags = append(v.diags, diag)
			}
		}
	}
	month := func(name, diag string) *scenario {
		return (&scenario{rule: "X003", name: name, kind: nearMiss, span: 30, build: often(22, diag)}).alone()
	}
	return []*scenario{
		sameDay(nearMiss, "a session of dialysis among them", 4, third("Z49.100")),
		sameDay(nearMiss, "radiotherapy among them", 4, third("Z51.000")),
		sameDay(nearMiss, "rehabilitation among them", 4, third("Z50.100")),
		month("radiotherapy", "Z51.000"),
		month("sessions of dialysis", "Z49.100"),
		month("vaccinated after bites", "Z24.200"),
	}
}
