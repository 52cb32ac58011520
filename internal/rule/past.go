package rule

import (
	"fmt"

	"github.com/mingjian/mingjian/internal/claim"
)

// looksBack is what a check implements that reads the past otherwise than through lines of its points, drugs and stays:
// it says which rows it needs.
type looksBack interface{ past(b *Bound, p *claim.Past) }

func (a early) past(_ *Bound, p *claim.Past)       { p.Days = max(p.Days, a.discharge) }
func (visitsDay) past(_ *Bound, p *claim.Past)     { p.Days = max(p.Days, 1) }
func (dead) past(_ *Bound, p *claim.Past)          { p.Registered["death"] = true }
func (remoteLocal) past(_ *Bound, p *claim.Past)   { p.Registered["remote_filing"] = true }
func (twoSchemes) past(_ *Bound, p *claim.Past)    { p.Mixed = true }
func (twoRegions) past(_ *Bound, p *claim.Past)    { p.Mixed = true }
func (a chronicRush) past(b *Bound, p *claim.Past) { b.drawn(p, a.usage, chronicQuota) }
func (a yearRush) past(b *Bound, p *claim.Past) {
	b.drawn(p, a.usage, yearKinds[0].name, yearKinds[1].name)
}
func (a benefitBurst) past(b *Bound, p *claim.Past) {
	b.drawn(p, a.usage, outpatientKind.name)
}
func (crossYear) past(b *Bound, p *claim.Past)     { b.drawn(p, 5_000, yearKinds[0].name) } // of both years together
func (a accountCash) past(_ *Bound, p *claim.Past) { p.Visits = least(p.Visits, a.count) }
func (a hemiplegia) past(b *Bound, p *claim.Past) {
	p.Qualified = flagged(b.ds[claim.DictDiag], p.Qualified, a.dise.Has)
}
func (a followup) past(b *Bound, p *claim.Past) {
	p.Operated = flagged(b.ds[claim.DictOprn], p.Operated, a.oprn.Has)
}

func (a visits) past(_ *Bound, p *claim.Past) {
	p.Crowd, p.CrowdDays = least(p.Crowd, a.month), 31 // counts calendar days, months …
	p.Visits = least(p.Visits, a.year)                 // … and years
}

func (nonlocal) past(b *Bound, p *claim.Past) {
	p.Mixed = true // what a settlement says of the insured area goes before the register
	p.Away = func(inst, area int32) bool {
		rows := b.Ref.InstRows(inst)
		return len(rows) != 1 || area == 0 || !sameCity(b.ds[claim.DictList], rows[0].Area, area)
	}
}

// drawn asks for all visits of those for whom the fund may have paid a share (1/10 000) of a ceiling in a year. Cards of
// ceilings say nothing of anybody else, for neither what was used nor a window of it can be more than what was paid.
func (b *Bound) drawn(p *claim.Past, share int64, kinds ...string) {
	p.Registered["quota_used"] = true
	for _, k := range kinds {
		least, ok := b.Ref.LeastLimit(b.ds[claim.DictList].Find(k))
		if m := claim.Money(claim.MulDiv(int64(least), share, 10_000)); ok && (!p.Drawn || m < p.Ceiling) {
			p.Drawn, p.Ceiling = true, m
		}
	}
}

// flagged marks the codes of a dictionary that has accepts, beside those already marked.
func flagged(d *claim.Dict, flags []bool, has func(string) bool) []bool {
	for len(flags) < d.Len() {
		flags = append(flags, false)
	}
	for code := range flags {
		flags[code] = flags[code] || has(d.String(int32(code)))
	}
	return flags
}

// least is the lower of two limits of which 0 is none.
func least(a, b int) int {
	if a == 0 {
		return b
	}
	return min(a, b)
}

// minPastDays covers checks that compare a visit with what happened at about the same time.
const minPastDays = 7

// reach is what a check reads beyond the visit of the line it judges.
type reach uint8

const (
	linesOfPoint reach = 1 << iota // lines of the items its points name
	sameGeneric                    // and of other products of the same drugs
	wholeCard                      // whatever point names them: the card takes all its items together
	otherVisits                    // since when the person's care is known, and diagnoses of other visits (telling)
)

// reaches lists the checks of lines and points that look beyond the visit.
var reaches = map[string]reach{
	"COURSE/course":         linesOfPoint,
	"FREQ/window":           linesOfPoint,
	"PAIR_X/same_class":     linesOfPoint,
	"DIAG/severe_infection": linesOfPoint,
	"PAIR_R/rescue_only":    linesOfPoint,
	"SEQ/first_line":        linesOfPoint | sameGeneric | otherVisits,
	"PAIR_R/tested":         linesOfPoint | sameGeneric | otherVisits,
	"FREQ/per_eye":          linesOfPoint,
	"FREQ/per_procedure":    linesOfPoint,
	"FREQ/dialysis":         linesOfPoint | wholeCard,
	"PAIR_X/selfpay_swap":   linesOfPoint | wholeCard,
	"PAIR_R/rehab":          linesOfPoint | wholeCard,
	"PAIR_R/evidence":       linesOfPoint | wholeCard,
	"PAIR_R/grave":          linesOfPoint | wholeCard,
	"SEQ/followup":          linesOfPoint,
	"SEQ/hemiplegia":        linesOfPoint,
	"CAP/annual":            linesOfPoint | otherVisits,
	"FREQ/chronic_dialysis": linesOfPoint | wholeCard,
	"DOSE/special_cycle":    linesOfPoint,
}

// telling is what a check implements that reads diagnoses of other visits than the line's: it says which.
type telling interface {
	telling(p *point) []claim.DiagSet
}

func (a firstLine) telling(p *point) []claim.DiagSet {
	return []claim.DiagSet{a.intolerance, p.diags}
}

// tumourOrDialysis holds every diagnosis that tags a visit as of oncology or dialysis.
var tumourOrDialysis = claim.MustDiagSet("C00-C97|D00-D09|Z51|Z49|N18")

func (a annual) telling(*point) []claim.DiagSet {
	return []claim.DiagSet{a.exempt, tumourOrDialysis}
}

func (b *Bound) reach(card int32) reach {
	c := b.cards[card]
	return reaches[c.Kind+"/"+c.Check]
}

// LookBackItems tells, by item code, whether a card that looks beyond the visit names the item.
func (b *Bound) LookBackItems() []bool {
	out := make([]bool, len(b.items))
	var drugs []int32
	for i, refs := range b.items {
		for _, r := range refs {
			how := b.reach(r.card)
			out[i] = out[i] || how&linesOfPoint != 0
			if how&sameGeneric != 0 {
				drugs = append(drugs, int32(i))
			}
		}
	}
	b.markGenerics(out, drugs)
	return out
}

// Past tells what of the past bears on a judgement (claim.Past). Items are of one class when a look-back card groups them
// or they are the same drug.
func (b *Bound) Past() *claim.Past {
	p := &claim.Past{Days: minPastDays, Known: make([]bool, len(b.items)), Told: make([]bool, len(b.items)), Registered: map[string]bool{}}
	for i, c := range b.cards {
		if l, ok := c.check.(looksBack); ok && b.missing[i] == "" {
			l.past(b, p)
		}
	}
	join := newUnion(len(b.items))
	drug, group, point := map[int64]int32{}, map[string]int32{}, map[int32]int32{}
	tell := map[string]claim.DiagSet{}
	for i, refs := range b.items {
		code := int32(i)
		joinBy(join, drug, b.drugs[i].generic, code)
		for _, r := range refs {
			c, how := b.cards[r.card], b.reach(r.card)
			if how&linesOfPoint != 0 {
				if g := b.points[r.pt].Params.Group; g != "" {
					joinBy(join, group, c.ID+"\x1f"+g, code)
				}
				if how&wholeCard != 0 {
					joinBy(join, group, c.ID, code)
				}
				joinBy(join, point, r.pt, code)
				joinBy(join, drug, -int64(b.canonical(code)), code)
			}
			if how&otherVisits != 0 && !r.second {
				p.Told[i] = true
				if t, ok := c.check.(telling); ok {
					for _, set := range t.telling(&b.points[r.pt]) {
						tell[fmt.Sprint(set)] = set
					}
				}
			}
			p.Known[i] = p.Known[i] || c.Kind == "DIAG"
		}
	}
	p.Class, p.Classes = join.classes()
	d := b.ds[claim.DictDiag]
	p.Lasting = b.lasts
	for _, set := range tell {
		if !set.Empty() {
			p.Telling = flagged(d, p.Telling, set.Has)
		}
	}
	return p
}

func joinBy[K comparable](u union, first map[K]int32, key K, code int32) {
	if o, ok := first[key]; ok {
		u.join(o, code)
		return
	}
	first[key] = code
}

// union is a disjoint-set forest.
type union []int32

func newUnion(n int) union {
	u := make(union, n)
	for i := range u {
		u[i] = int32(i)
	}
	return u
}

func (u union) root(i int32) int32 {
	for u[i] != i {
		u[i] = u[u[i]]
		i = u[i]
	}
	return i
}

func (u union) join(a, b int32) { u[u.root(a)] = u.root(b) }

// classes numbers the sets from 0.
func (u union) classes() (of []int32, n int32) {
	of = make([]int32, len(u))
	number := make([]int32, len(u))
	for i := range u {
		if r := u.root(int32(i)); r == int32(i) {
			number[i] = n
			n++
		}
	}
	for i := range u {
		of[i] = number[u.root(int32(i))]
	}
	return of, n
}
