package synth

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// paper is what a prescription says.
type paper struct {
	inst, doctor  string
	rxno, hiRx    string
	at, until     claim.Time
	source, drugs string
}

// onPaper puts a prescription on file.
func (s *scene) onPaper(p paper) {
	psn := s.p.no(s.d)
	s.events = append(s.events, func(o *blockOut) {
		drugs := ""
		if p.drugs != "" {
			drugs = `"` + strings.ReplaceAll(p.drugs, `"`, `""`) + `"`
		}
		o.named("prescription", "fixmedins_code", p.inst, "rxno", p.rxno, "hi_rxno", p.hiRx, "psn_no", psn, "prsc_dr_code", p.doctor,
			"prsc_time", stampOf(p.at), "vali_end_time", stampOf(p.until), "rx_source", p.source, "diag_code", "J06.900", "stas", "1", "drugs", drugs)
	})
}

// dispensed is a drug sold on a prescription: one or more sales, each so many days after the first.
type dispensed struct {
	days, gap int                         // days of supply, and between the sales (0: one sale)
	paper     func(s *scene, p *paper)    // what is odd of the prescription; p.inst "" leaves it unwritten
	change    func(v, w *visit, ln *line) // of the labelled sale; v is the first
	byHospNo  bool                        // the lines carry the hospital's number, not the platform's
	other     bool                        // the second sale is another drug
}

func (x dispensed) play(s *scene) bool {
	from := s.tcm()
	p := paper{inst: from.code, doctor: from.depts[0].doctors[0].code, rxno: s.rxNumber("A"), hiRx: s.rxNumber("W"), source: "1"}
	p.at, p.until = s.when(0, 8), at(s.d+60, 18*3600)
	if x.paper != nil {
		x.paper(s, &p)
	}
	if p.inst != "" {
		s.onPaper(p)
	}
	shop := s.plainShop()
	v := s.counter(shop, 0, 15*3600)
	it := s.remedy(v, true, func(o *item) bool { return x.days <= 7 || !o.has("D001", 's') })
	if it == nil {
		return false
	}
	number := func(ln *line) {
		ln.rx, ln.hiRx = 0, p.hiRx
		if x.byHospNo {
			ln.rxNo, ln.hiRx = p.rxno, ""
		}
	}
	ln := s.medicine(v, it, x.days)
	number(ln)
	w := v
	if x.gap > 0 {
		w = s.counter(shop, x.gap, 16*3600)
		if x.other {
			if it = s.remedy(w, true, func(o *item) bool { return o.Generic != it.Generic && (o.class() == "" || o.class() != it.class()) }); it == nil {
				return false
			}
		}
		ln = s.medicine(w, it, x.days)
		number(ln)
	}
	if x.change != nil {
		x.change(v, w, ln)
	}
	s.hit(w, ln, whole)
	return true
}

// prescriptionScenarios: P002 and P003.
func prescriptionScenarios() []*scenario {
	adult := want{}
	rx := func(rule, kind, name string, x dispensed) *scenario {
		sc := near(rule, name, adult, x.play)
		sc.kind, sc.span = kind, 20
		return sc.alone()
	}
	handwritten := func(days int) func(s *scene, p *paper) {
		return func(s *scene, p *paper) {
			p.source, p.until = "3", claim.NoTime
			p.at = at(s.d-claim.Day(days), 10*3600)
		}
	}
	unwritten := func(s *scene, p *paper) { p.inst = "" }
	// counted says how many packs of the drug are prescribed.
	counted := func(n string) func(s *scene, p *paper) {
		return func(s *scene, p *paper) {
			v := s.counter(s.plainShop(), 0, 15*3600)
			it := s.remedy(v, true, nil)
			s.visits = s.visits[:len(s.visits)-1]
			if it != nil {
				p.drugs = `[{"hilist_code":"` + it.Code + `","cnt":` + n + `}]`
			}
		}
	}
	until := func(off int) func(s *scene, p *paper) {
		return func(s *scene, p *paper) {
			p.at = at(s.d-10, 10*3600)
			p.until = at(s.d+claim.Day(off), 18*3600)
		}
	}
	by := func(f func(s *scene, p *paper)) dispensed { return dispensed{days: 5, paper: f} }
	doctor := func(code func(s *scene) string) dispensed {
		return by(func(s *scene, p *paper) { p.doctor = code(s) })
	}
	return variants(
		rx("P002", plant, "dispensed twice", dispensed{days: 5, gap: 6}),
		rx("P002", plant, "dispensed twice on the hospital's number", dispensed{days: 5, gap: 6, byHospNo: true}),
		rx("P002", plant, "an unknown prescription twice at one shop", dispensed{days: 5, gap: 6, byHospNo: true, paper: unwritten}),
		rx("P002", plant, "paper, four days old", dispensed{days: 5, paper: handwritten(4)}),
		rx("P002", plant, "expired on the platform", dispensed{days: 5, paper: until(-1)}),
		rx("P002", nearMiss, "paper, three days old", dispensed{days: 5, paper: handwritten(3)}),
		rx("P002", nearMiss, "on the last day", dispensed{days: 5, paper: until(0)}),
		rx("P002", nearMiss, "electronic, no last day", dispensed{days: 5, paper: func(s *scene, p *paper) { p.until, p.at = claim.NoTime, at(s.d-9, 36000) }}),
		rx("P002", nearMiss, "in two parts", dispensed{days: 5, gap: 6, paper: counted("99")}),
		rx("P002", nearMiss, "in two parts, by the tablet", dispensed{days: 5, gap: 6, paper: counted("1"), change: func(v, w *visit, ln *line) {
			for _, x := range []*line{&v.lines[0], ln} { // half a pack each
				x.parts, x.cnt = true, claim.Qty(x.it.pack()/2)/claim.QtyOne*claim.QtyOne
				x.price = x.it.Price * claim.Price(claim.QtyOne) / claim.Price(x.it.pack()) / 10_000 * 10_000
			}
		}}),
		rx("P002", nearMiss, "two drugs on two days", dispensed{days: 5, gap: 3, other: true}),
		rx("P002", nearMiss, "a long prescription", dispensed{days: 30, gap: 18, change: func(v, w *visit, ln *line) { ln.nego, v.lines[0].nego = true, true }}),
		rx("P002", nearMiss, "the first was taken back", dispensed{days: 5, gap: 6, change: func(v, w *visit, ln *line) { v.undo = true }}),

		rx("P003", plant, "nobody knows the doctor", doctor(func(*scene) string { return "D9901010999999" })),
		rx("P003", plant, "a doctor of another hospital", doctor(func(s *scene) string { return s.pl.by[kindPrivate][0].depts[0].doctors[0].code })),
		rx("P003", plant, "left long ago", doctor(func(s *scene) string { return s.tcm().leftLongAgo() })),
		rx("P003", plant, "struck off", by(func(s *scene, p *paper) {
			from, to := s.suspension()
			s.d = (from + to) / 2
			p.at, p.until = s.when(0, 8), at(s.d+60, 18*3600)
			p.doctor = s.tcm().barred[1].code
		})),
		rx("P003", nearMiss, "a doctor of the house", by(nil)),
		rx("P003", nearMiss, "left lately", by(func(s *scene, p *paper) {
			s.d = s.first + claim.Day(3+s.n%10)
			p.at, p.until = s.when(0, 8), at(s.d+60, 18*3600)
			p.doctor = s.tcm().leftLately()
		})),
		rx("P003", nearMiss, "a doctor of the group", by(func(s *scene, p *paper) {
			p.inst, p.doctor = s.sisterTownship().code, s.county().depts[0].doctors[0].code
		})),
		rx("P003", nearMiss, "online hospital", by(func(s *scene, p *paper) {
			p.inst, p.doctor = onlineHospital, s.pl.by[kindPrivate][0].depts[0].doctors[0].code
		})),
		rx("P003", nearMiss, "village clinic", by(func(s *scene, p *paper) {
			p.inst, p.doctor = s.p.clinic.code, s.pl.by[kindPrivate][0].depts[0].doctors[0].code
		})),
		rx("P003", nearMiss, "a house without a register", by(func(s *scene, p *paper) { p.inst, p.doctor = unstaffedClinic, "D9901010999998" })),
	)
}

// sisterTownship is a township of the county hospital's group.
func (s *scene) sisterTownship() *institution {
	for _, i := range s.pl.by[kindTownship] {
		if i.group == s.county().group {
			return i
		}
	}
	return s.township()
}
