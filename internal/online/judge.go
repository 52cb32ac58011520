package online

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
)

// maxText is how many characters a reminder may have.
const maxText = 60

// judge judges one patient of a request and adds what it finds to the answer.
func (d *desk) judge(r *Request, p *Patient, w *watch, a *Answer) error {
	if p.ID == "" {
		return fmt.Errorf("缺少人员编号 patn_id")
	}
	t, err := d.timeline(r, p)
	if errors.Is(err, errLate) { // without the person's past a card may accuse: nothing is said, and that it is not all
		a.Partial = true
		return nil
	}
	if err != nil {
		return err
	}
	ev := d.eval(r, w)
	if month := r.At.Day().Month(); r.Stage == During {
		ev.SetMonths(month, month)
	} else {
		ev.SetMonths(0, 0) // nothing is settled yet
	}
	hits := ev.Judge(t)
	a.Partial = a.Partial || ev.Cut
	for i := range hits {
		h := &hits[i]
		if w.speak[h.Card.ID] && !h.Hushed && h.Exempt == "" && d.concerns(t, h) {
			a.Reminders = append(a.Reminders, d.reminder(r, p, t, h))
		}
	}
	d.unjudged(ev, w, a)
	return nil
}

// concerns tells that a hit is about what the call asks: a violating line asked about, else an encounter asked about.
func (d *desk) concerns(t *claim.Timeline, h *rule.Hit) bool {
	for _, l := range h.Lines {
		if l.Type == 1 && d.isAsked(t, &t.Lines[l.Line]) {
			return true
		}
	}
	return len(h.Lines) == 0 && h.Visit >= 0 && d.current[t.Visits[h.Visit].Key]
}

func (d *desk) isAsked(t *claim.Timeline, l *claim.Line) bool {
	return t.Source(l.Src) == d.now.of[tFee].b && d.asked[l.Row]
}

// unjudged adds the cards that lacked a fact.
func (d *desk) unjudged(ev *rule.Eval, w *watch, a *Answer) {
	counts := ev.Counts()
	if len(counts) == 0 {
		return
	}
	var more []NotJudged
	for n := range counts {
		x := NotJudged{Rule: d.s.cards[n.Card].ID, Why: n.Reason}
		if !w.speak[x.Rule] {
			continue
		}
		if _, is := slices.BinarySearchFunc(a.NotJudged, x, compareNotJudged); !is && !slices.Contains(more, x) {
			more = append(more, x)
		}
	}
	if len(more) == 0 {
		return // the watch's own list, which is sorted and shared
	}
	slices.SortFunc(more, compareNotJudged)
	a.NotJudged = merged(a.NotJudged, more)
}

// merged puts two sorted lists into one of its own.
func merged(x, y []NotJudged) []NotJudged {
	out := make([]NotJudged, 0, len(x)+len(y))
	for len(x) > 0 && len(y) > 0 {
		if compareNotJudged(x[0], y[0]) <= 0 {
			out, x = append(out, x[0]), x[1:]
		} else {
			out, y = append(out, y[0]), y[1:]
		}
	}
	return append(append(out, x...), y...)
}

func compareNotJudged(x, y NotJudged) int {
	return cmp.Or(strings.Compare(x.Rule, y.Rule), strings.Compare(x.Why, y.Why))
}

var stops = map[string]Stop{"block": Block, "confirm": Confirm, "inform": Inform, "silent": Silent}

// reminder tells a hit.
func (d *desk) reminder(r *Request, p *Patient, t *claim.Timeline, h *rule.Hit) Reminder {
	c := h.Card
	m := Reminder{Patient: p.ID, Rule: c.ID, RuleName: c.Name, Version: c.Version, Severity: int8(h.Severity), Stop: stops[c.Stop], Advice: c.Advice,
		Basis: c.Basis, Finding: audit.FindingID(c.ID, h.Unit)}
	caller := ""
	switch {
	case h.Visit >= 0:
		v := &t.Visits[h.Visit]
		m.Visit, caller = strings.Clone(t.MdtrtID(v)), d.ds[claim.DictInst].String(v.Inst)
	default:
		for _, l := range h.Lines {
			if x := &t.Lines[l.Line]; l.Type == 1 && d.isAsked(t, x) {
				m.Visit, caller = strings.Clone(t.LineMdtrt(x)), d.ds[claim.DictInst].String(x.Inst)
				m.Subject = strings.Clone(d.bound.Code(x))
				break
			}
		}
	}
	m.Text = strings.Clone(h.Brief(maxText, func(f rule.Fact) string { return d.veil(t, f, caller) }))
	d.money(t, h, &m, caller)
	m.Point, m.Basis = d.points(h, m.Basis)
	m.ID = shortID("jr", c.ID, m.Visit, h.Unit, r.TaskID)
	m.Facts = d.facts(t, h, &m)
	return m
}

// shortestName is the length in bytes below which a text is no institution's code or name: two characters.
const shortestName = 6

// veil is a fact's value without the names of other institutions.
func (d *desk) veil(t *claim.Timeline, f rule.Fact, caller string) string {
	v := f.Value
	if len(v) < shortestName {
		return v // dates and quantities, which hold no name
	}
	seen := int32(0)
	for i := range t.Visits {
		inst := t.Visits[i].Inst
		if inst == seen {
			continue
		}
		seen = inst
		if code := d.ds[claim.DictInst].String(inst); code != caller && code != "" {
			v = strings.ReplaceAll(v, code, "其他机构")
			if x := d.bound.Ref.InstOn(inst, t.Visits[i].Begin.Day()); x != nil && x.Name != 0 {
				v = strings.ReplaceAll(v, d.ds[claim.DictText].String(x.Name), "其他机构")
			}
		}
	}
	return v
}

// money fills in lines and sums. Before payment the fund's share is what the trial settlement says; without one, all within scope.
func (d *desk) money(t *claim.Timeline, h *rule.Hit, m *Reminder, caller string) {
	if len(h.Lines) > 0 {
		m.Lines = make([]Line, 0, len(h.Lines))
	}
	for i := range h.Lines {
		hl := &h.Lines[i]
		l := &t.Lines[hl.Line]
		x := Line{Order: strings.Clone(t.FeedetlSn(l)), Visit: strings.Clone(t.LineMdtrt(l)), Type: int8(hl.Type),
			Elsewhere: d.ds[claim.DictInst].String(l.Inst) != caller}
		if h.Vola != 0 {
			x.Vola = rule.LineVola(t, hl)
		}
		if hl.Type == 1 {
			m.Vola += x.Vola
			if !h.Refund {
				m.Fund += d.fundOf(t, l, x.Vola)
			}
			if hl.Den > 0 {
				m.Excess += claim.MulDiv(int64(l.Cnt), hl.Num, hl.Den)
			}
		}
		m.Lines = append(m.Lines, x)
	}
	slices.SortStableFunc(m.Lines, func(x, y Line) int { return int(x.Type) - int(y.Type) })
	if len(h.Lines) == 0 && h.Vola > 0 {
		m.Vola = h.Vola
		if h.Setl >= 0 {
			s := &t.Setls[h.Setl]
			m.Fund = audit.FundShare(h.Vola, s.Fund, s.LineScope)
		}
	}
}

func (d *desk) fundOf(t *claim.Timeline, l *claim.Line, vola claim.Money) claim.Money {
	if l.Setl < 0 {
		return vola
	}
	s := &t.Setls[l.Setl]
	return audit.FundShare(vola, s.Fund, s.LineScope)
}

func (d *desk) points(h *rule.Hit, basis string) (ids, why string) {
	if len(h.Points) == 0 {
		return "", basis
	}
	var out []string
	for i, p := range h.Points {
		id, b, source := d.bound.Point(p)
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
		if i == 0 && b != "" {
			basis = strings.TrimSpace(b + " " + source)
		}
	}
	return strings.Join(out, "|"), basis
}

// facts is a digest of what the hit rests on: equal digests, equal facts.
func (d *desk) facts(t *claim.Timeline, h *rule.Hit, m *Reminder) string {
	x := &d.digest
	x.reset()
	x.text(m.Rule)
	x.text(m.Version)
	x.text(m.Point)
	x.end(strconv.AppendInt(x.b, int64(h.Severity), 10))
	kept := len(x.parts)
	x.visits = append(x.visits, h.Visit)
	for _, hl := range h.Lines {
		l := &t.Lines[hl.Line]
		if !slices.Contains(x.visits, l.Visit) {
			x.visits = append(x.visits, l.Visit)
		}
		b := append(x.b, '0'+hl.Type)
		b = append(append(append(b, t.FeedetlSn(l)...), ' '), d.bound.Code(l)...)
		b = strconv.AppendInt(append(b, ' '), int64(l.Cnt), 10)
		x.end(strconv.AppendInt(append(b, ' '), int64(l.Time), 10))
	}
	for _, vi := range x.visits {
		if vi >= 0 {
			for _, g := range t.DiagsOf(vi) {
				x.text(d.ds[claim.DictDiag].String(g.Code))
			}
		}
	}
	return x.sum(kept)
}

// digest is a hash of texts, in memory that is used again.
type digest struct {
	b      []byte
	parts  [][2]int // of b
	whole  []byte
	visits []int32
}

func (x *digest) reset() {
	x.b, x.parts, x.whole, x.visits = x.b[:0], x.parts[:0], x.whole[:0], x.visits[:0]
}

func (x *digest) text(s string) { x.end(append(x.b, s...)) }

// end takes b grown by a text.
func (x *digest) end(b []byte) {
	x.parts = append(x.parts, [2]int{len(x.b), len(b)})
	x.b = b
}

// sum of the texts: the first ones as they come, the others in order.
func (x *digest) sum(first int) string {
	of := func(p [2]int) []byte { return x.b[p[0]:p[1]] }
	slices.SortFunc(x.parts[first:], func(p, q [2]int) int { return bytes.Compare(of(p), of(q)) })
	for i, p := range x.parts {
		if i > 0 {
			x.whole = append(x.whole, sep)
		}
		x.whole = append(x.whole, of(p)...)
	}
	return short(x.whole)
}

// sep stands between the texts of a digest.
const sep = 0x1e

func shortID(prefix string, parts ...string) string {
	return prefix + short([]byte(strings.Join(parts, string(rune(sep)))))
}

func short(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:12])
}
