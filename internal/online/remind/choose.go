package remind

import (
	"cmp"
	"slices"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/rule"
)

// Shown is a reminder that is put before somebody.
type Shown struct {
	online.Reminder // text, stop level and lines as they may be shown
	Audience        []string

	p     *Params
	req   *online.Request
	said  string // the text as it was found
	alone online.Reminder
}

// shown is a reminder to be shown, with its text as it was found.
func shown(r *online.Reminder, said string, as []string, p *Params, req *online.Request) Shown {
	return Shown{Reminder: *r, Audience: as, p: p, req: req, said: said, alone: *r}
}

// Alone is the reminder without those that it shows besides.
func (s *Shown) Alone() *online.Reminder { return &s.alone }

// like tells whether a reminder says the same of other lines of the visit. Each block is shown: it is released by itself.
func (s *Shown) like(r *online.Reminder) bool {
	return r.Stop < online.Block && s.Stop == r.Stop && s.Rule == r.Rule && s.said == r.Text && s.Patient == r.Patient && s.Visit == r.Visit
}

// join makes the reminder show the lines and the money of another.
func (s *Shown) join(r *online.Reminder) {
	s.Lines = append(slices.Clip(s.Lines), r.Lines...)
	s.Vola, s.Fund = s.Vola+r.Vola, s.Fund+r.Fund
}

// Actions are what may be done about the reminder.
func (s *Shown) Actions() []Action { return actions(s.p, s.req, &s.Reminder) }

// Reasons why a reminder is not shown.
const (
	HeldSilent   = "只记录"    // the card is silent
	HeldSeverity = "轻度可疑"   // severity 3 never pops
	HeldRescue   = "抢救中"    // nothing pops
	HeldQuiet    = "已说明过"   // explained, and not worse since
	HeldAudience = "对象不在场"  // goes to the cashier or the insurance office
	HeldSame     = "合并显示"   // said in the same words about other lines: one reminder shows them all, and its answer counts for each
	HeldMany     = "超过条数"   // more than a call's share
	HeldDay      = "超过当日次数" // of the doctor
	HeldLate     = "补传未提示"  // the caller had let pass without an answer, and asks afterwards
	HeldOverdue  = "应答超时"   // the answer was ready when the caller no longer waited
)

// Held is a reminder that is not shown, and why.
type Held struct {
	online.Reminder
	Audience []string
	Why      string
	QuietOf  string // jr_id of the explained one; of HeldSame, of the one that shows it
}

// Decision is what a call shows.
type Decision struct {
	Call      string // call_id
	Shown     []Shown
	Held      []Held
	Stop      online.Stop // gravest of what is shown
	Kept      bool        // the log has it, whatever becomes of the process
	NotLogged bool        // the log could not take it: answered all the same. Neither: it waits for a slow disk
	req       *online.Request
	where     places
	Unseen    string // why nobody saw the answer although it says something: HeldLate, HeldOverdue; "" = it was shown
}

// Chooser chooses. Immutable; a new one is made when cards change.
type Chooser struct {
	table        *audienceTable
	cards        map[string][]string // audience by card
	sensitive    *Sensitive
	institutions []string
}

// NewChooser makes a chooser for cards. institutions are names that no text may hold where a line lies elsewhere.
func NewChooser(cards []*rule.Card, institutions []string) (*Chooser, error) {
	t, err := readAudiences(audienceData)
	if err != nil {
		return nil, err
	}
	c := &Chooser{table: t, cards: map[string][]string{}, sensitive: SensitiveDrugs()}
	for _, card := range cards {
		c.cards[card.ID] = t.of(card)
	}
	for _, name := range institutions {
		if len([]rune(name)) >= 4 { // "医院" is nobody's name
			c.institutions = append(c.institutions, name)
		}
	}
	slices.SortFunc(c.institutions, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	return c, nil
}

// State is what choosing must know of the past.
type State interface {
	// Quiet is the jr_id of an explanation that keeps the reminder quiet, "" when none does.
	Quiet(p *Params, w Where, r *online.Reminder, now time.Time) string
	// Interruptions of the doctor on the day, so far.
	Interruptions(inst, doctor string, day claim.Day) int
}

// Where is the visit a reminder is about.
type Where struct {
	Inst, Dept, Doctor string
	Patient, Visit     string
	Inpatient          bool
	Rescue             bool
}

// Choose decides what of an answer is shown. The order of the reasons: a card that only records, lightness, rescue, a person
// who is not there, an explanation given, the call's share. A block is subject to lightness only: whoever is refused must be
// told everything that refuses them, else they remove one and meet the next.
func (c *Chooser) Choose(p *Params, req *online.Request, ans *online.Answer, st State, now time.Time) *Decision {
	where := wheres(req)
	d := &Decision{req: req, where: where, Held: make([]Held, 0, len(ans.Reminders))}
	screen := c.table.screen(req)
	doctors := slices.Contains(screen, Doctor)
	rs := slices.Clone(ans.Reminders)
	slices.SortStableFunc(rs, func(a, b online.Reminder) int {
		return cmp.Or(cmp.Compare(b.Stop, a.Stop), cmp.Compare(b.Vola, a.Vola), cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.ID, b.ID))
	})
	var v *veil
	left := p.MaxShown
	for i := range rs {
		if rs[i].Stop == online.Block {
			left--
		}
	}
	for i := range rs {
		r := rs[i]
		w := where.of(req, &r)
		as := c.audience(p, r.Rule)
		why, of := c.held(p, req, &r, w, as, screen, st, now)
		if s := d.like(&r); why == "" && s != nil {
			v.hide(&r)
			r.Text = s.Text
			s.join(&r)
			d.Held = append(d.Held, Held{r, as, HeldSame, s.ID})
			continue
		}
		if why == "" && r.Stop < online.Block {
			if left--; left < 0 {
				why = HeldMany
			}
		}
		if why != "" {
			d.Held = append(d.Held, Held{r, as, why, of})
			continue
		}
		if v == nil {
			v = c.veil(req, doctors || req.Channel == "web")
		}
		said := r.Text
		v.hide(&r)
		r.Text = fit(r.Text, p.TextLimit)
		d.Stop = max(d.Stop, r.Stop)
		d.Shown = append(d.Shown, shown(&r, said, as, p, req))
	}
	return d
}

// like is what is shown already and says the same as a reminder, nil when nothing does.
func (d *Decision) like(r *online.Reminder) *Shown {
	for i := range d.Shown {
		if s := &d.Shown[i]; s.like(r) {
			return s
		}
	}
	return nil
}

func (c *Chooser) audience(p *Params, rule string) []string {
	if as := p.Audiences[rule]; len(as) > 0 {
		return as
	}
	if as := c.cards[rule]; len(as) > 0 {
		return as
	}
	return []string{Doctor}
}

func (c *Chooser) held(p *Params, req *online.Request, r *online.Reminder, w Where, as, screen []string, st State, now time.Time) (why, of string) {
	if int(r.Severity) > p.PopSeverity {
		return HeldSeverity, ""
	}
	if r.Stop == online.Block {
		return "", ""
	}
	switch {
	case r.Stop == online.Silent || slices.Contains(p.Silent, r.Rule):
		return HeldSilent, ""
	case w.Rescue:
		return HeldRescue, ""
	case !slices.ContainsFunc(as, func(a string) bool { return slices.Contains(screen, a) }):
		return HeldAudience, ""
	}
	if of = st.Quiet(p, w, r, now); of != "" {
		return HeldQuiet, of
	}
	if p.InformPerDay > 0 && r.Stop == online.Inform && w.Doctor != "" && st.Interruptions(w.Inst, w.Doctor, dayOf(req, now)) >= p.InformPerDay {
		return HeldDay, ""
	}
	return "", ""
}

type place struct{ patient, visit string }

type places map[place]Where

// of a reminder; one about a visit that the call does not name belongs to who called.
func (m places) of(req *online.Request, r *online.Reminder) Where {
	if w, ok := m[place{r.Patient, r.Visit}]; ok {
		return w
	}
	return Where{Inst: req.Inst, Patient: r.Patient, Visit: r.Visit}
}

// wheres are the visits of a request; a reminder that names no visit is about the patient's current one.
func wheres(req *online.Request) places {
	out := places{}
	for i := range req.Patients {
		pt := &req.Patients[i]
		for j := range pt.Encounters {
			w := whereOf(req, pt, &pt.Encounters[j])
			out[place{pt.ID, w.Visit}] = w
			if w.Visit == pt.Current || len(pt.Encounters) == 1 {
				out[place{pt.ID, ""}] = w
			}
		}
	}
	return out
}

func whereOf(req *online.Request, pt *online.Patient, e *online.Encounter) Where {
	w := Where{Inst: cmp.Or(req.Inst, e.Inst), Patient: pt.ID, Visit: e.ID, Doctor: e.Doctor, Dept: cmp.Or(e.DeptOut, e.DeptIn)}
	w.Inpatient = inpatient(e)
	w.Rescue = e.Rescue || e.MedType == "1301"
	for i := range e.Orders {
		if o := &e.Orders[i]; o.Current { // who orders now is interrupted, not who admitted
			w.Doctor, w.Dept = cmp.Or(o.Doctor, w.Doctor), cmp.Or(o.Dept, w.Dept)
			break
		}
	}
	return w
}

func inpatient(e *online.Encounter) bool {
	if e.Kind != "" {
		return e.Kind == "2"
	}
	return len(e.MedType) > 0 && (e.MedType[0] == '2' || e.MedType == "52")
}

// china is the zone of civil time.
var china = time.FixedZone("CST", 8*3600)

// dayOf a call: the civil day it is about.
func dayOf(req *online.Request, now time.Time) claim.Day {
	if req.At.Has() {
		return req.At.Day()
	}
	return civilDay(now)
}

func civilDay(t time.Time) claim.Day {
	t = t.In(china)
	return claim.DayOf(t.Year(), int(t.Month()), t.Day())
}
