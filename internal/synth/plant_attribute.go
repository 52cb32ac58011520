package synth

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// planted and near make the two kinds of scenario.
func planted(rule, name string, w want, build func(s *scene) bool) *scenario {
	return &scenario{rule: rule, name: name, kind: plant, want: w, span: 3, build: build}
}

func near(rule, name string, w want, build func(s *scene) bool) *scenario {
	return &scenario{rule: rule, name: name, kind: nearMiss, want: w, span: 3, build: build}
}

// spanning sets the days a scenario needs.
func (s *scenario) spanning(days int) *scenario { s.span = days; return s }
func (s *scenario) alone() *scenario            { s.solo, s.noStay, s.noChronic = true, true, true; return s }
func (s *scenario) unchronic() *scenario        { s.noChronic = true; return s }

// onVisit books the rule's item on an out-patient visit at the county hospital and labels its line.
func onVisit(rule string, take func(*scene, *knowledge.Point, *item) bool, change func(s *scene, v *visit, ln *line, p *knowledge.Point)) func(*scene) bool {
	return func(s *scene) bool {
		v := s.clinicVisit(s.county(), 0, "A03", "K52.900")
		return s.bookOn(rule, v, take, change)
	}
}

// onStay does the same on a stay at the county hospital.
func onStay(rule string, take func(*scene, *knowledge.Point, *item) bool, change func(s *scene, v *visit, ln *line, p *knowledge.Point)) func(*scene) bool {
	return func(s *scene) bool {
		v := s.inpatientStay(s.county(), 0, 5, pneumonia)
		return s.bookOn(rule, v, take, change)
	}
}

func (s *scene) bookOn(rule string, v *visit, take func(*scene, *knowledge.Point, *item) bool, change func(s *scene, v *visit, ln *line, p *knowledge.Point)) bool {
	p, it := s.pick(rule, v, func(p *knowledge.Point, it *item) bool { return take == nil || take(s, p, it) })
	if it == nil {
		return false
	}
	ln := s.book(v, it)
	if change != nil {
		change(s, v, ln, p)
	}
	amt := whole
	if rule == "A006" {
		amt = zero
	}
	s.hit(v, ln, amt)
	return true
}

// book bills one day's use of any item at a moment of the visit.
func (s *scene) book(v *visit, it *item) *line {
	t := addSec(v.begin, 5400)
	if it.list == "101" {
		days := 3
		if it.injected() || !it.DDD.Has() || v.inpatient() {
			days = 1
		}
		ln := s.dose(v, it, days, t)
		if it.packsFor(days) > it.maxPacks() {
			ln.cnt = claim.QtyOne
		}
		if v.inpatient() {
			ln.rx = 0
		}
		return ln
	}
	return v.add(it, 1, t)
}

// sexPoint takes points that speak of the other sex (true) or of the person's own.
func sexPoint(other, fetal bool) func(*scene, *knowledge.Point, *item) bool {
	return func(s *scene, p *knowledge.Point, it *item) bool {
		return ((p.Sex == "男") != s.p.male) == other && p.Params.Fetal == fetal && len(it.use.depts) == 0
	}
}

func attributeScenarios() []*scenario {
	adult := want{}
	child := want{from: 6, to: 12}
	var all []*scenario
	for _, r := range []string{"A001", "A002"} {
		all = append(all,
			planted(r, "other sex", adult, onVisit(r, sexPoint(true, false), nil)),
			planted(r, "other sex in a stay", adult, onStay(r, sexPoint(true, false), nil)),
			near(r, "own sex", adult, onVisit(r, sexPoint(false, false), nil)),
			near(r, "Q56", adult, onVisit(r, sexPoint(true, false), withDiag("Q56.000"))),
			near(r, "F64", adult, onVisit(r, sexPoint(true, false), withDiag("F64.000"))),
			near(r, "newborn on the mother's card", want{female: true, from: 21, to: 40}, onNewborn(r)),
			near(r, "paid by the patient", adult, onVisit(r, sexPoint(true, false), ownPaid)),
			near(r, "refunded", adult, onVisit(r, sexPoint(true, false), refunded)),
			near(r, "settlement reversed", adult, onVisit(r, sexPoint(true, false), reversed)),
			near(r, "unknown sex", want{}, onVisit(r, sexPoint(true, false), sexUnknown('9'))),
			near(r, "sex against the certificate", adult, onVisit(r, sexPoint(false, false), sexUnknown('3'))),
			near(r, "voided line", adult, onVisit(r, sexPoint(true, false), voided)))
	}
	all = append(all,
		near("A001", "male breast cancer", want{male: true}, onVisit("A001", func(s *scene, p *knowledge.Point, it *item) bool {
			return p.Sex == "女" && strings.HasPrefix(it.ATC, "L02")
		}, withDiag("C50.900"))),
		near("A002", "foetus in a pregnancy", want{female: true, from: 21, to: 40}, onVisit("A002", sexPoint(false, true), withDiag("O26.900"))),
		planted("A002", "assisted reproduction", want{}, onVisit("A002", sexPoint(true, false), withDiag("N97.900"))))

	minor := func(pred func(p *knowledge.Point) bool) func(*scene, *knowledge.Point, *item) bool {
		return func(s *scene, p *knowledge.Point, it *item) bool { return pred == nil || pred(p) }
	}
	plain := func(p *knowledge.Point) bool { return p.DiagSet == "" }
	exempted := func(p *knowledge.Point) bool { return p.DiagSet != "" }
	fromSet := func(s *scene, v *visit, ln *line, p *knowledge.Point) {
		v.diags = append(v.diags, firstOf(p.DiagSet))
	}
	resident := want{insutype: "390"}
	for _, r := range []string{"A003", "A004"} {
		all = append(all,
			planted(r, "grown up", resident, onVisit(r, minor(plain), nil)),
			near(r, "child", child, onVisit(r, minor(nil), nil)),
			near(r, "family account", resident, onVisit(r, minor(nil), fromFamily)),
			near(r, "no fund money", resident, onVisit(r, minor(nil), noFundMoney)),
			near(r, "listed diagnosis", resident, onVisit(r, minor(exempted), fromSet)),
			near(r, "settlement reversed", resident, onVisit(r, minor(plain), reversed)))
	}
	all = append(all,
		near("A003", "the day before the eighteenth birthday", want{from: 15, to: 17}, onVisit("A003", minor(plain), nil)),
		near("A004", "in the last year allowed", want{from: 12, to: 14}, onVisit("A004", func(s *scene, p *knowledge.Point, it *item) bool {
			return plain(p) && s.p.age(s.d) == p.AgeMax
		}, nil)))
	return append(all, childServiceScenarios()...)
}

// firstOf gives a full diagnosis code of a set.
func firstOf(set string) string {
	first, _, _ := strings.Cut(strings.Split(set, "|")[0], "-")
	if len(first) == 3 {
		return first + ".900"
	}
	return first + "00"
}

type change = func(s *scene, v *visit, ln *line, p *knowledge.Point)

func withDiag(code string) change {
	return func(s *scene, v *visit, ln *line, p *knowledge.Point) { v.diags = append(v.diags, code) }
}
func ownPaid(s *scene, v *visit, ln *line, p *knowledge.Point)     { ln.own = true }
func voided(s *scene, v *visit, ln *line, p *knowledge.Point)      { ln.void = true }
func fromFamily(s *scene, v *visit, ln *line, p *knowledge.Point)  { v.family = true }
func noFundMoney(s *scene, v *visit, ln *line, p *knowledge.Point) { v.noFund = true }

// refunded takes the line back within the visit.
func refunded(s *scene, v *visit, ln *line, p *knowledge.Point) {
	back := *ln
	back.cnt, back.tag, back.generated = -ln.cnt, 0, true
	back.at = addSec(ln.at, 600)
	v.lines = append(v.lines, back)
}

// reversed takes the whole settlement back on the same day.
func reversed(s *scene, v *visit, ln *line, p *knowledge.Point) { v.undo = true }

// sexUnknown spoils the person's register.
func sexUnknown(code byte) change {
	return func(s *scene, v *visit, ln *line, p *knowledge.Point) { s.p.gendCode = code }
}

// onNewborn bills the item to a newborn on the mother's card.
func onNewborn(rule string) func(*scene) bool {
	return func(s *scene) bool {
		m := s.deliver(s.county(), s.d, false)
		w := s.visits[len(s.visits)-1]
		if m.open || w.mom == "" {
			return false
		}
		_, it := s.pick(rule, w, func(p *knowledge.Point, it *item) bool {
			return p.Sex == "男" && it.list == "201" || rule == "A001" && p.Sex == "男"
		})
		if it == nil {
			return false
		}
		s.birth = s.d
		s.noStay = true
		s.hit(w, s.book(w, it), unsure)
		return true
	}
}

func childServiceScenarios() []*scenario {
	kind := func(allow string) func(*scene, *knowledge.Point, *item) bool {
		return func(s *scene, p *knowledge.Point, it *item) bool { return p.Allow == allow }
	}
	tooYoung := func(allow string) func(*scene, *knowledge.Point, *item) bool {
		return func(s *scene, p *knowledge.Point, it *item) bool { return p.Allow == allow && s.p.age(s.d) < p.AgeMin }
	}
	adult := want{insutype: "390"}
	return []*scenario{
		planted("A005", "newborn item for an adult", adult, onVisit("A005", kind("新生儿"), nil)),
		planted("A005", "infant item for an adult", adult, onVisit("A005", kind("婴幼儿"), nil)),
		planted("A005", "child item for an adult", adult, onVisit("A005", kind("儿童"), nil)),
		near("A005", "child item for a child", want{from: 5, to: 12}, onVisit("A005", kind("儿童"), nil)),
		near("A005", "newborn on the mother's card", want{female: true, from: 21, to: 40}, func(s *scene) bool {
			m := s.deliver(s.county(), s.d, false)
			w := s.visits[len(s.visits)-1]
			if m.open || w.mom == "" || len(w.lines) == 0 {
				return false
			}
			s.birth, s.noStay = s.d, true
			s.hit(w, &w.lines[0], unsure)
			return true
		}),
		planted("A006", "forbidden under 18", want{from: 8, to: 15}, onVisit("A006", tooYoung("禁用"), nil)),
		planted("A006", "not established under 18", want{from: 8, to: 15}, onVisit("A006", tooYoung("未确立"), nil)),
		near("A006", "grown up", want{}, onVisit("A006", nil, nil)),
	}
}
