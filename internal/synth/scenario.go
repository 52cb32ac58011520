package synth

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// scenario is one story that carries labels. It owns a span of days of one person; random traffic keeps out of it.
type scenario struct {
	rule, name string
	kind       string // plant or nearMiss: what hit() labels
	want       want
	span       int  // days it needs
	solo       bool // no random traffic at all: person-level cards
	noStay     bool // no random stays
	noChronic  bool // no chronic programme
	build      func(s *scene) bool
	heavy      bool // brings a stay: played in fewer blocks of a large city
	seldom     bool // one of many variants: played in every other block, near-misses in every fourth
	newYear    int  // days of the new year the window must hold, 0 it need not cross one
}

// want is what the person must be.
type want struct {
	male, female bool
	from, to     int // age, 0 … 0 means an adult of 19 to 79
	insutype     string
}

// scene is a scenario being played by a person.
type scene struct {
	*life
	sc *scenario
	n  int // which performance: cycles through the points
	// own is the pair point a scenario sets out to break: the others it must respect.
	own *knowledge.Point
	d   claim.Day
}

// catalogue of all scenarios; groups register in the files plant_*.go.
func allScenarios() []*scenario {
	var all []*scenario
	for _, group := range [][]*scenario{attributeScenarios(), modeScenarios(), drugDayScenarios(), courseScenarios(), quantityScenarios(),
		pairScenarios(), moneyScenarios(), frequencyScenarios(), supplyScenarios(), materialScenarios(), stayScenarios(),
		chronicScenarios(), identityScenarios(), crossScenarios(),
		implantScenarios(), ledgerScenarios(), contentScenarios(), repeatScenarios(), dialysisScenarios(), reportScenarios(), guestScenarios(),
		courseOfStayScenarios(), shuttleScenarios(),
		reasonScenarios(), labelScenarios(), overuseScenarios(),
		wardReasonScenarios(), controlledScenarios(), herbScenarios(),
		counterScenarios(), tillScenarios(), prescriptionScenarios(), programmeScenarios(), whereaboutsScenarios(), schemeScenarios(),
		regionScenarios(), ceilingScenarios(), paperScenarios(), exemptionScenarios(), negativeScenarios(), excusedScenarios(), careScenarios(), traceScenarios(),
		caseGroupScenarios(), listScenarios()} {
		all = append(all, group...)
	}
	return all
}

func (w *want) rarity() int {
	r := 0
	if w.from != 0 || w.to != 0 {
		r += 2
	}
	if w.insutype != "" || w.male || w.female {
		r++
	}
	return r
}

func (w *want) met(p *person, mid claim.Day) bool {
	from, to := w.from, w.to
	if from == 0 && to == 0 {
		from, to = 19, 79
	}
	// A birthday inside the window must not move the person over a boundary.
	age := p.age(mid)
	return age > from-1 && age-1 >= from && age+1 <= to && !(w.male && !p.male) && !(w.female && p.male) &&
		(w.insutype == "" || w.insutype == p.insutype) && p.guardian < 0 && p.gendCode == 0 && p.renumbered == 0 && !p.fixGend
}

// block lives the lives of one block of persons and writes them.
func (l *life) block(o *blockOut, b int) {
	from, to := b*blockPersons, min((b+1)*blockPersons, l.opt.Persons)
	people := make([]*person, 0, to-from)
	for n := from; n < to; n++ {
		people = append(people, peopleOf(&l.opt, l.pl, l.ix, n))
	}
	roles := l.cast(b, people)
	l.number, l.theatre = b, theatrePlan{taken: l.theatre.taken[:0]}
	for i, p := range people {
		l.reset(p)
		ok := true
		if s := roles[i]; s != nil {

			if ok = l.perform(s, b*7+i); !ok {
				o.stats.Unhosted[s.rule+" "+s.name]++
			}
		}
		o.personRows(p)
		if !l.solo {
			l.live(roles[i] != nil && ok)
		}
		l.finish(o)
	}
}

// perform plays a scenario; when the knowledge cannot host it, the person lives on as if it had not been cast.
func (l *life) perform(s *scenario, n int) bool {
	span := l.last - l.first - claim.Day(s.span) - 5
	sc := &scene{life: l, sc: s, n: n, d: l.first + 3}
	if span > 0 {
		sc.d += claim.Day(l.c.n(int(span)))
	}
	l.careful = true
	l.p.insured, l.p.addr, l.p.joined = "", "", 0
	ok := s.build(sc)
	l.careful = false
	if !ok {
		l.p.gendCode, l.p.insured, l.p.addr, l.p.joined = 0, "", "", 0
		l.reset(l.p)
		return false
	}
	for _, v := range l.visits {
		if v.inpatient() {
			sc.spare(v)
			if s.rule[:2] != "G0" {
				sc.dilute(v)
			}
			sc.coded(v)
		}
		for i := range v.lines { // random stays take no second picture
			if v.lines[i].it.has("C002", 's') {
				l.imaging = append(l.imaging, v.lines[i].at.Day())
			}
		}
		end := v.end
		if !end.Has() {
			end = at(l.last, 0)
		}
		if v.inpatient() {
			l.mark(v.day(), end.Day(), busyStay|busyKept)
		}
	}
	l.playedRows()
	l.mark(sc.d-3, sc.d+claim.Day(s.span)+3, busyKept)
	l.solo, l.noStay = s.solo, l.noStay || s.noStay
	l.noChronic = s.noChronic
	if s.solo {
		l.noChronic = true
	}
	return true
}

// playedRows notes the visits of a scene beside the models' truth: scenes of one kind are alike from block to block, so that a
// model may take several together for one story.
func (l *life) playedRows() {
	played := slices.Clone(l.visits)
	l.events = append(l.events, func(o *blockOut) {
		for _, v := range played {
			o.named("truth_models", "model_id", "*", "case_id", "scene", "kind", side, "fixmedins_code", v.inst.code, "mdtrt_id", v.no())
		}
	})
}

// dilute adds infusions until what a scenario booked no longer makes the stay one for examination's sake.
func (s *scene) dilute(v *visit) {
	for range 6 {
		var all, exams claim.Money
		for i := range v.lines {
			v.lines[i].tally()
			all += v.lines[i].in
			if v.lines[i].in3("03 04") {
				exams += v.lines[i].in
			}
		}
		if exams*100 < all*54 {
			return
		}
		s.fill(v, "injected", 0.3, v.los())
	}
}

// finish orders, numbers, settles, soils and writes the person's visits, then the labels.
func (l *life) finish(o *blockOut) {
	slices.SortStableFunc(l.visits, func(a, b *visit) int { return int(min(1, max(-1, a.begin.Clock()-b.begin.Clock()))) })
	for i, v := range l.visits {
		v.seq = i + 1
		if !v.keep {
			l.smudge(v)
		}
		v.close()
		if v.undo {
			v.reverse(0, addSec(v.setls[0].at, 1200), v.p.n%3 == 0)
		}
		if v.again {
			back := addSec(v.setls[0].at, 1200+v.againAfter*86400)
			v.reverse(0, back, false)
			v.resettle(0, addSec(back, 1200))
			v.setls[len(v.setls)-1].again = 1
		}
		if !v.keep {
			l.soil(v)
		}
		l.staffTheatre(o, v)
		l.chart(v)
		o.put(v)
	}
	for _, f := range l.events {
		f(o)
	}
	for i := range l.truths {
		l.truths[i].write(o)
	}
}

// hit labels a line (nil: the whole visit) with the scenario's rule and kind.
func (s *scene) hit(v *visit, ln *line, amt amount) { s.label(s.sc.rule, s.sc.kind, v, ln, amt) }

// also labels what another card necessarily finds.
func (s *scene) also(rule string, v *visit, ln *line, amt amount) { s.label(rule, side, v, ln, amt) }

func (s *scene) label(rule, kind string, v *visit, ln *line, amt amount) {
	t := truth{rule: rule, kind: kind, v: v, amt: amt}
	if ln != nil {
		t.tag = ln.tag
	}
	s.truths = append(s.truths, t)
}

// county, tcm … institutions of the stage.
func (s *scene) county() *institution   { return s.p.hosp }
func (s *scene) township() *institution { return s.p.home }
func (s *scene) tcm() *institution      { return s.pl.by[kindTCM][s.n%len(s.pl.by[kindTCM])] }
func (s *scene) tertiary() *institution { return s.pl.by[kindTertiary][0] }

// plainShop is a pharmacy that says for how many days it sells; performances spread over them, or five of one price would be P007's.
func (s *scene) plainShop() *institution {
	all := s.pl.by[kindPharmacy]
	for k := range all {
		if i := all[(s.n+k)%len(all)]; !i.noDays {
			return i
		}
	}
	return s.p.shop
}

// otherShop is a pharmacy that is not the plain one.
func (s *scene) otherShop() *institution {
	for _, i := range s.pl.by[kindPharmacy] {
		if i != s.plainShop() && !i.noDays {
			return i
		}
	}
	return s.p.shop
}

// clinicVisit opens an out-patient visit on day d (offset from the scene's day) with a consultation and a diagnosis.
func (s *scene) clinicVisit(inst *institution, off int, dept, diag string) *visit {
	t := at(s.d+claim.Day(off), 9*3600+s.c.n(3600))
	v := s.visit(inst, "11", t, dept)
	v.diags = append(v.diags, diag)
	s.consult(v, t)
	v.end = addSec(t, 4*3600)
	return v
}

// inpatientStay opens a clean stay at offset off.
func (s *scene) inpatientStay(inst *institution, off, los int, x *diagnosis) *visit {
	s.noStay = true
	return s.stay(inst, s.d+claim.Day(off), los, x)
}

// pneumonia is the diagnosis of carrier stays: it is in no set of the knowledge.
var pneumonia = &diagnosis{code: "J18.900", name: "肺炎", dept: "A03"}

// when is a time of the scene's day plus off days.
func (s *scene) when(off, hour int) claim.Time { return at(s.d+claim.Day(off), hour*3600+s.c.n(900)) }

// pick chooses, beginning with the performance's own turn, a point of the rule whose item can stand on the visit without
// touching any other card.
func (s *scene) pick(rule string, v *visit, take func(*knowledge.Point, *item) bool, except ...string) (*knowledge.Point, *item) {
	ps := s.ix.points[rule]
	for i := range ps {
		p := ps[(s.n*13+i)%len(ps)]
		it := s.ix.byCode[p.Subject]
		if it != nil && (take == nil || take(p, it)) && s.harmless(it, v, append(except, rule)...) {
			return p, it
		}
	}
	return nil, nil
}

// free chooses an item of a clean role that fits the visit.
func (s *scene) free(role string, v *visit) *item {
	pool := s.ix.roles[role]
	for i := range pool {
		it := pool[(s.n*5+i)%len(pool)]
		if it.fits(s.p, s.d) && it.suits(v) && !s.has(v, it) && s.canBuy(it.Generic, s.d) {
			return it
		}
	}
	return nil
}

// limited chooses an item of a clean role that has a price limit.
func (s *scene) limited(role string, v *visit) *item {
	pool := s.ix.roles[role]
	for i := range pool {
		it := pool[(s.n*5+i)%len(pool)]
		if it.limited && it.fits(s.p, s.d) && it.suits(v) && !s.has(v, it) {
			return it
		}
	}
	return nil
}

// harmless tells whether the item can stand on the visit without any card but the excepted ones having a say.
func (s *scene) harmless(it *item, v *visit, except ...string) bool {
	if it.To < s.last+60 || s.late(it) && !slices.Contains(except, "E011") || it.From > s.first-400 || (it.level == '3' && !slices.Contains(except, "A022")) || s.has(v, it) {
		return false
	}
	u := usage{ageMax: 200, bed: true, out: true, er: true}
	for _, m := range it.marks {
		pair := slices.Contains(pairRules, m.rule)
		if m.pt == s.own || (!pair && slices.Contains(except, m.rule)) {
			continue
		}
		switch {
		case pair:
			if s.hasCode(v, m.pt.Subject) || s.hasCode(v, m.pt.Second) {
				return false
			}
		case m.part != 's':
		case m.rule == "E012": // an implant wants its own record of an operation
			return false
		case m.rule == "C009":
			if !s.sc.noChronic && !s.sc.solo && len(s.p.chronic) > 0 {
				return false
			}
		case m.rule == "C002" && s.imaged(v, m.pt):
			return false
		case m.rule == "H002":
			if v.med[:2] == "14" {
				return false
			}
		case m.rule == "B011" || m.rule == "B012":
			if s.hasGroup(v, m.rule, m.pt.Params.Group) {
				return false
			}
		case m.rule == "B022":
		case m.rule == "B027":
			if !v.inst.licensed(m.pt.Allow) {
				return false
			}
		case m.rule == "B018":
			if s.ix.lacking[m.pt.Allow] && v.inst.ledger {
				return false
			}
		case slices.Contains(onceHarmless, m.rule):
		case slices.Contains(neverRandom, m.rule) || m.rule == "D015":
			return false
		default:
			if !u.take(m.rule, m.pt) {
				return false
			}
		}
	}
	trial := *it
	trial.use, trial.tier = u, 0
	return trial.fits(s.p, s.d) && trial.suits(v)
}

// imaged tells whether the visit has a picture of the same part already.
func (s *scene) imaged(v *visit, p *knowledge.Point) bool {
	for i := range v.lines {
		for _, m := range v.lines[i].it.marks {
			if m.rule == "C002" && m.pt.Params.Group == p.Params.Group && m.pt.Params.Part == p.Params.Part {
				return true
			}
		}
	}
	return false
}

func (s *scene) hasCode(v *visit, code string) bool {
	for i := range v.lines {
		if v.lines[i].it.Code == code {
			return true
		}
	}
	return false
}

func (s *scene) hasGroup(v *visit, rule, group string) bool {
	for i := range v.lines {
		for _, m := range v.lines[i].it.marks {
			if m.rule == rule && m.part == 's' && m.pt.Params.Group == group {
				return true
			}
		}
	}
	return false
}

// dose bills a drug for some days and keeps it out of random traffic for good.
func (s *scene) dose(v *visit, it *item, days int, t claim.Time) *line {
	ln := s.drug(v, it, days, t)
	ln.rx = 1
	s.ban(it.Generic)
	return ln
}

// splitSet cuts a |-set of the knowledge.
func splitSet(s string) []string { return strings.Split(s, "|") }
