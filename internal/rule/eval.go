package rule

import (
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// Hit is a card that holds: what Judge reports. It points into the timeline and is valid as long as that is.
type Hit struct {
	Card     *Card
	CardIdx  int
	Severity int
	Visit    int32 // where the finding has no line: the later visit; −1 otherwise
	Setl     int32 // the settlement it belongs to where it has no line, else −1
	Lines    []HitLine
	Points   []int32 // points used, by number
	Unit     string  // subject key of the card's unit, in original strings
	Facts    []Fact
	// Vola is the money at issue where it does not follow from the lines; None64 otherwise.
	Vola claim.Money
	// Refund tells that the patient, not the fund, paid the money at issue (prices over the limit).
	Refund bool
	// Difference tells that the money at issue is what the fund paid too much for a case group: fund money, undivided.
	Difference bool
	// Hushed: a narrower card holds for the same subject, or an exemption lets it pass; recorded, not reported.
	Hushed bool
	// Exempt is the exemption that lets the whole hit pass, "" for none.
	Exempt string
}

// HitLine is a line's part in a hit: Num/Den is the share of its in-scope money that is at issue.
type HitLine struct {
	Line     int32
	Type     uint8 // 1 violating, 2 involved
	Num, Den int64
	Money    claim.Money // overrides the share when ≥ 0
	Exempt   string      // the exemption that made it evidence
}

// Fact is a value that explains a hit; its name is a message placeholder.
type Fact struct{ Name, Value string }

// NotJudged counts what a card could not judge: the third outcome.
type NotJudged struct {
	Card   int
	Inst   int32
	Reason string
}

// Eval judges timelines against a Bound. One per worker.
type Eval struct {
	b        *Bound
	t        *claim.Timeline
	from, to claim.Month
	active   []bool
	placed   bool // some card has variants
	// the active cards by hook
	persons, visits, stays, settles []*compiled
	mixCards                        []*compiled
	groups                          [][]lineRef
	touched                         []int
	hits                            []Hit
	thin                            [][]int64 // lines and visits not judged by card and institution, for lack of a column
	// Skipped counts lines and visits that could not be judged, by card, institution and reason.
	Skipped map[NotJudged]int64

	drugs      drugBook
	lasts      []lastingDiag
	lastsKnown bool // lasts are the person's
	feeCol     map[string]int
	flags      claim.LineFlags // all flags of the person's lines
	firstDay   claim.Day       // of the person's first line
	scope      guardScope      // the subject of the condition being asked
	passed     bool            // the line under judgement has passed its card's condition
	// Stop is asked between hooks; where it says yes, Judge returns what is known by then. Nil never stops.
	Stop func() bool
	// Cut tells that the last Judge was stopped.
	Cut   bool
	hooks uint   // run by the last Judge so far
	clock *Clock // nil: nobody measures
}

// NewEval returns an evaluator that reports findings of the months from … to; month 0 is what is not settled yet. A nil
// only means all cards.
func (b *Bound) NewEval(from, to claim.Month, only map[string]bool) *Eval {
	e := &Eval{b: b, from: from, to: to, groups: make([][]lineRef, len(b.cards)), thin: make([][]int64, len(b.cards)), Skipped: map[NotJudged]int64{},
		feeCol: map[string]int{}}
	e.active = make([]bool, len(b.cards))
	for i, c := range b.cards {
		if e.active[i] = (only == nil || only[c.ID]) && b.missing[i] == "" && (c.bookH == nil || b.book != nil) && (c.mixH == nil || b.mix != nil); !e.active[i] {
			continue
		}
		e.placed = e.placed || c.places != nil
		if c.personH != nil {
			e.persons = append(e.persons, c)
		}
		if c.visitH != nil {
			e.visits = append(e.visits, c)
		}
		if c.stayH != nil {
			e.stays = append(e.stays, c)
		}
		if c.mixH != nil {
			e.mixCards = append(e.mixCards, c)
		}
		if c.settleH != nil {
			e.settles = append(e.settles, c)
		}
	}
	for i, c := range claim.MustTable("fee").Columns {
		e.feeCol[c.Name] = i
	}
	return e
}

// SetMonths changes which months' findings are reported.
func (e *Eval) SetMonths(from, to claim.Month) { e.from, e.to = from, to }

// Judge evaluates every card over one person. The hits are valid until the next call.
func (e *Eval) Judge(t *claim.Timeline) []Hit {
	e.t, e.hits, e.Cut, e.hooks = t, e.hits[:0], false, 0
	e.tagPilots()
	e.drugs.reset()
	e.lastsKnown = false
	for _, i := range e.touched {
		e.groups[i] = e.groups[i][:0]
	}
	e.touched = e.touched[:0]
	e.flags, e.firstDay = 0, claim.OpenDay
	for li := range t.Lines {
		if li&127 == 127 && e.overrun() {
			break
		}
		e.index(int32(li))
	}
	for _, i := range e.touched {
		if e.overrun() {
			break
		}
		c := e.b.cards[i]
		c.group.group(e, c, e.groups[i])
	}
	for _, c := range e.persons {
		if e.overrun() {
			break
		}
		c.personH.person(e, c)
	}
	e.units()
	if e.b.book != nil {
		e.bookMarks()
	}
	if e.placed {
		e.place()
	}
	e.byMonth()
	e.hush()
	if e.b.exempt != nil {
		e.exemptHits()
	}
	return e.hits
}

// askEvery is how many hooks are run before Stop is asked again: to know the time costs as much as most hooks do.
const askEvery = 8

func (e *Eval) overrun() bool {
	if e.hooks++; e.Stop != nil && !e.Cut && e.hooks%askEvery == 1 {
		e.Cut = e.Stop()
	}
	return e.Cut
}

// units asks the hooks of visits, stays and settlements.
func (e *Eval) units() {
	t := e.t
	for vi := range t.Visits {
		v := &t.Visits[vi]
		if v.Out || !e.inRange(v.Month) || e.overrun() {
			continue
		}
		for _, c := range e.visits {
			if !e.unfitInst(c, v.Inst) {
				c.visitH.visit(e, c, int32(vi))
			}
		}
	}
	for si := range t.Stays {
		s := &t.Stays[si]
		if !e.inRange(t.Visits[s.Last].Month) || e.overrun() {
			continue
		}
		for _, c := range e.stays {
			if !e.unfitInst(c, s.Inst) {
				c.stayH.stay(e, c, int32(si))
			}
		}
		e.mixStay(int32(si))
	}
	for si := range t.Setls {
		s := &t.Setls[si]
		if !e.inRange(s.Month) || e.overrun() {
			continue
		}
		for _, c := range e.settles {
			if !e.unfitInst(c, s.Inst) {
				c.settleH.settle(e, c, int32(si))
			}
		}
	}
}

// index runs the line checks of the points that name a line and collects it for the group checks.
func (e *Eval) index(li int32) {
	l := &e.t.Lines[li]
	e.flags |= l.Flags
	if e.firstDay == claim.OpenDay {
		e.firstDay = l.Time.Day()
	}
	if int(l.Item) >= len(e.b.items) {
		return
	}
	refs := e.b.items[l.Item]
	if past := e.b.past[l.Item]; len(past) < len(refs) && !e.fresh(l) {
		refs = past
	}
	for k := range refs {
		r := &refs[k]
		if !e.active[r.card] {
			continue
		}
		c := e.b.cards[r.card]
		if l.InScope <= 0 || !e.applies(r, l) || (r.again && e.mappedBefore(refs[:k], r, l)) {
			continue
		}
		if c.line != nil && !r.second {
			if e.inRange(l.Month) && e.speaks(c, l) && !e.unfitInst(c, l.Inst) && !e.exempt(c, l.Visit) && (c.guard == nil || e.allowLine(c, li)) {
				e.passed = true
				c.line.line(e, c, li, r.pt)
				e.passed = false
			}
			continue
		}
		if c.group != nil && !e.exempt(c, l.Visit) {
			if len(e.groups[r.card]) == 0 {
				e.touched = append(e.touched, int(r.card))
			}
			e.groups[r.card] = append(e.groups[r.card], lineRef{li, r.pt, r.second})
		}
	}
}

// mappedBefore tells whether one of the references leads the line to the same point: mappings of one code may overlap in time.
func (e *Eval) mappedBefore(refs []itemRef, r *itemRef, l *claim.Line) bool {
	return slices.ContainsFunc(refs, func(o itemRef) bool { return o.pointRef == r.pointRef && e.applies(&o, l) })
}

// fresh tells that a line may bear on findings of the months asked for otherwise than through a card that looks beyond
// the visit: it was settled then or later, belongs to a stay, or to a visit that goes on being settled.
func (e *Eval) fresh(l *claim.Line) bool {
	if l.Month == 0 || l.Month >= e.from || l.Visit < 0 {
		return true
	}
	v := &e.t.Visits[l.Visit]
	return v.Stay >= 0 || v.LastMonth == 0 || v.LastMonth >= e.from
}

func at(flags []bool, code int32) bool { return code >= 0 && int(code) < len(flags) && flags[code] }

// Counts are what could not be judged, by card, institution and reason.
func (e *Eval) Counts() map[NotJudged]int64 {
	for card, by := range e.thin {
		for inst, n := range by {
			if n > 0 {
				e.Skipped[NotJudged{card, int32(inst), ReasonThin}] += n
			}
		}
		e.thin[card] = nil
	}
	return e.Skipped
}

// Forget empties what was counted as not judged, for a new question.
func (e *Eval) Forget() {
	clear(e.Skipped)
	clear(e.thin)
}

func (e *Eval) inRange(m claim.Month) bool { return m >= e.from && m <= e.to }

// report tells whether a finding on this line is to be reported now.
func (e *Eval) report(li int32) bool { return e.inRange(e.t.Lines[li].Month) }

// ReasonThin is why a card is not judged at an institution that fills too little of a column it needs.
const ReasonThin = "本机构填报率过低"

// unfitInst counts and tells that the institution fills too little of what the card needs.
func (e *Eval) unfitInst(c *compiled, inst int32) bool {
	if !at(e.b.unfit[c.idx], inst) {
		return false
	}
	if e.thin[c.idx] == nil { // counted apart: where a column is missing, it is missing on every line
		e.thin[c.idx] = make([]int64, len(e.b.unfit[c.idx]))
	}
	e.thin[c.idx][inst]++
	return true
}

func (e *Eval) skip(c *compiled, inst int32, reason string) {
	if pl := c.places; pl != nil && c.idx != pl.base {
		return // what several variants cannot judge is counted once
	}
	e.Skipped[NotJudged{c.idx, inst, reason}]++
}

// skipLine counts a line as not judged, once it would have been reported.
func (e *Eval) skipLine(c *compiled, li int32, reason string) {
	if l := &e.t.Lines[li]; e.inRange(l.Month) && e.speaks(c, l) {
		e.Skipped[NotJudged{c.idx, l.Inst, reason}]++
	}
}

// exempt applies the card's unconditional exemptions to a visit (−1: unknown visit, nothing exempts).
func (e *Eval) exempt(c *compiled, visit int32) bool {
	if visit < 0 {
		return false
	}
	v := &e.t.Visits[visit]
	if v.Tags&c.tags != 0 || v.Out {
		return true
	}
	return !c.exemptDiag.Empty() && e.visitDiag(visit, &c.exemptDiag)
}

// visitDiag tells whether any diagnosis of the visit, the main one included, belongs to the set.
func (e *Eval) visitDiag(visit int32, set *claim.DiagSet) bool {
	if visit < 0 {
		return false
	}
	d := e.b.ds[claim.DictDiag]
	v := &e.t.Visits[visit]
	if v.MainDiag != 0 && set.Has(d.String(v.MainDiag)) {
		return true
	}
	for _, g := range e.t.DiagsOf(visit) {
		if set.Has(d.String(g.Code)) {
			return true
		}
	}
	return false
}

func (e *Eval) mainDiag(visit int32, set *claim.DiagSet) bool {
	v := &e.t.Visits[visit]
	return v.MainDiag != 0 && set.Has(e.b.ds[claim.DictDiag].String(v.MainDiag))
}

// applies tells whether the point behind a reference is in force for the line: day, area, most specific area.
func (e *Eval) applies(r *itemRef, l *claim.Line) bool {
	day := l.Time.Day()
	if day < r.from || day > r.to {
		return false
	}
	p := &e.b.points[r.pt]
	if p.Area == "" && p.From <= day && p.To >= day && len(p.siblings) == 0 && r.area == 0 && p.AppliesOn == "" {
		return true
	}
	if r.area != 0 && !e.inArea(l, r.area) {
		return false
	}
	if !e.pointApplies(p, l) {
		return false
	}
	for _, s := range p.siblings {
		if e.pointApplies(&e.b.points[s], l) {
			return false
		}
	}
	return true
}

// pointOnVisit tells whether a point on diagnoses is in force for a visit.
func (e *Eval) pointOnVisit(p *point, v *claim.Visit) bool {
	l := claim.Line{Time: v.Begin, Inst: v.Inst, Visit: -1, Setl: -1}
	if !e.pointApplies(p, &l) {
		return false
	}
	for _, s := range p.siblings {
		if e.pointApplies(&e.b.points[s], &l) {
			return false
		}
	}
	return true
}

func (e *Eval) pointApplies(p *point, l *claim.Line) bool {
	if day := e.dayOn(p.AppliesOn, l); day < p.From || day > p.To {
		return false
	}
	if p.Area == "" {
		return true
	}
	area := e.areaOf(e.b.cards[p.card], l)
	return within(e.b.ds[claim.DictList].String(area), p.Area)
}

// areaOf the line that the card's parameters come from: of care or of insurance.
func (e *Eval) areaOf(c *compiled, l *claim.Line) int32 {
	if c.insured {
		if p := e.t.PersonOf(l); p != nil && p.Area != 0 {
			return p.Area
		}
	}
	return e.careArea(l.Inst, l.Time.Day())
}

func (e *Eval) careArea(inst int32, d claim.Day) int32 {
	if x := e.b.Ref.InstOn(inst, d); x != nil {
		return x.Area
	}
	return 0
}

func (e *Eval) inArea(l *claim.Line, area int32) bool {
	for _, a := range e.b.Ref.Chain(e.careArea(l.Inst, l.Time.Day())) {
		if a == area && a > 0 {
			return true
		}
	}
	return false
}

// cat is the catalogue entry of a line's item, nil when there is none.
func (e *Eval) cat(l *claim.Line) *claim.CatRow {
	return e.b.Ref.CatOn(e.b.canonical(l.Item), e.careArea(l.Inst, l.Time.Day()), l.Time.Day())
}

// text of a coded fee column that lines do not keep.
func (e *Eval) text(l *claim.Line, col string) string {
	i := e.feeCol[col]
	c := &claim.MustTable("fee").Columns[i]
	if c.Type == claim.Str {
		return e.t.Str(l, i)
	}
	return e.b.ds[c.Dict].String(e.t.I32(l, i))
}

func (e *Eval) code(l *claim.Line, col string) int32 { return e.t.I32(l, e.feeCol[col]) }
func (e *Eval) wide(l *claim.Line, col string) int64 { return e.t.I64(l, e.feeCol[col]) }

// hush marks hits of wider cards where a narrower one holds for the same line or visit.
func (e *Eval) hush() {
	for i := range e.hits {
		n := &e.hits[i]
		for _, wide := range e.b.cards[n.CardIdx].refines {
			for j := range e.hits {
				if w := &e.hits[j]; w.CardIdx == wide {
					e.hushLines(n, w)
				}
			}
		}
	}
	for i := range e.hits {
		h := &e.hits[i]
		if len(h.Lines) > 0 && !hasType1(h.Lines) {
			h.Hushed = true
		}
	}
}

// hushLines takes the narrower hit's violating lines out of the wider one (all of it where neither has lines).
func (e *Eval) hushLines(n, w *Hit) {
	if len(w.Lines) == 0 {
		if len(n.Lines) == 0 && n.Visit == w.Visit {
			w.Hushed = true
		}
		return
	}
	kept := w.Lines[:0:0]
	for _, wl := range w.Lines {
		drop := false
		for _, nl := range n.Lines {
			drop = drop || (nl.Type == 1 && wl.Type == 1 && nl.Line == wl.Line)
		}
		if !drop {
			kept = append(kept, wl)
		}
	}
	w.Lines = kept
}

func hasType1(ls []HitLine) bool {
	for _, l := range ls {
		if l.Type == 1 {
			return true
		}
	}
	return false
}
