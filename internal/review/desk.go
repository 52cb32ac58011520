package review

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/calendar"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/review/ledger"
	"github.com/mingjian/mingjian/internal/store"
)

// Desk is where cases are dealt with. Its methods are what an interface or a screen calls, one to one; each runs in one transaction
// together with its records on the trail. Refusals are *Error.
type Desk struct {
	DB       *store.DB
	Trail    *auth.Trail
	Calendar *calendar.Calendar // nil = the one that ships
	Files    string             // folder of the attachments; "" = none can be taken
	Via      string             // through whom people act where they did not sign in themselves
	Now      func() time.Time   // nil = the clock

	dry bool // everything is checked and nothing is kept
}

// errDry rolls a transaction back that was only tried.
var errDry = errors.New("tried")

// Try is the desk on which nothing is kept: what is refused there would be refused.
func (d *Desk) Try() *Desk {
	t := *d
	t.dry = true
	return &t
}

// china is the civil time of deadlines; it has had no summer time since 1991.
var china = time.FixedZone("UTC+8", 8*3600)

func (d *Desk) now() time.Time {
	if d.Now != nil {
		return d.Now()
	}
	return time.Now()
}

func (d *Desk) days() *calendar.Calendar {
	if d.Calendar != nil {
		return d.Calendar
	}
	return calendar.Default()
}

// Today is the civil day in China.
func (d *Desk) Today() claim.Day { return dayOf(d.now()) }

func dayOf(t time.Time) claim.Day {
	y, m, day := t.In(china).Date()
	return claim.DayOf(y, int(m), day)
}

// Ref names a case of the version that a person saw.
type Ref struct {
	ID      string `json:"finding_id"`
	Version int64  `json:"version"`
}

// batch is one transaction: the cases it works on are read once and written once.
type batch struct {
	d      *Desk
	tx     *store.Tx
	now    int64
	today  claim.Day
	params settings
	works  map[string]*work
	order  []*work
	events []auth.Event
	closed map[string]bool // months; nil until asked for
	setls  map[string]*store.Settled

	aliases map[string]string // cards by the rule numbers of an older system; nil until asked for
}

// work is a case in a batch.
type work struct {
	c     *store.Case
	was   store.Case
	lines []store.CaseLine
	book  *ledger.Case // nil until needed
	steps []store.Step
	isNew bool
	dirty bool  // lines
	seen  int64 // version of the finding that is being taken up; 0 = it has been
}

// conflictTries is how often a batch runs that found a neighbour's case changed meanwhile. What the person saw is checked first in
// every try, so nobody decides on something else than he looked at.
const conflictTries = 4

// do runs f in a transaction with the records of what it did.
func (d *Desk) do(ctx context.Context, f func(*batch) error) error {
	for try := 1; ; try++ {
		err := d.Trail.Do(ctx, d.DB, func(tx *store.Tx) ([]auth.Event, error) {
			b := &batch{d: d, tx: tx, now: store.Micros(d.now()), today: d.Today(), works: map[string]*work{}}
			ps, err := tx.Params("")
			if err != nil {
				return nil, err
			}
			b.params = ps
			if err := errors.Join(f(b)); err != nil {
				return nil, err
			}
			if err := b.flush(); err != nil {
				return nil, err
			}
			for i := range b.events {
				if d.Via != "" && b.events[i].Actor != system {
					b.events[i].Detail += "；经 " + d.Via
				}
			}
			if d.dry {
				return nil, errDry
			}
			return b.events, nil
		})
		if errors.Is(err, errDry) {
			return nil
		}
		if (errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrExists)) && CodeOf(err) == "" && try < conflictTries {
			continue
		}
		return told(err)
	}
}

func (b *batch) log(who *auth.Identity, action, object, detail string) {
	b.events = append(b.events, auth.Event{Actor: who.Name, Action: action, Object: object, Detail: detail})
}

// param is a limit for a division today.
func (b *batch) param(name, admdvs string) int64 { return b.params.value(name, admdvs, b.today) }

// load reads a case once.
func (b *batch) load(id string) (*work, error) {
	if w := b.works[id]; w != nil {
		return w, nil
	}
	c, err := b.tx.Case(id)
	if err != nil {
		return nil, err
	}
	w := &work{c: c, was: *c}
	if w.lines, err = b.tx.CaseLines(id); err != nil {
		return nil, err
	}
	b.works[id] = w
	b.order = append(b.order, w)
	return w, nil
}

// ledgerOf reads a case's ledger once.
func (b *batch) ledgerOf(w *work) (*ledger.Case, error) {
	if w.book != nil {
		return w.book, nil
	}
	var posts []store.Post
	var err error
	if !w.isNew {
		if posts, err = b.tx.Posts(w.c.Finding); err != nil {
			return nil, err
		}
	}
	if w.book, err = ledger.Read(w.c.Finding, w.c.Inst, posts); err != nil {
		return nil, refuse(CodeLedger, "疑点 %s 的台账被改动过，不能办理：%v", w.c.Finding, err)
	}
	for i := range w.lines {
		w.book.Lines[w.lines[i].LineNo] = ledger.Line{Setl: w.lines[i].Setl, Sn: w.lines[i].Sn}
	}
	return w.book, nil
}

// flush writes what the batch changed.
func (b *batch) flush() error {
	for _, w := range b.order {
		if len(w.steps) == 0 && !w.isNew {
			continue
		}
		if err := b.write(w); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) write(w *work) error {
	w.c.ChangedAt = b.now
	if w.isNew {
		if err := b.tx.AddCases([]store.Case{*w.c}, w.lines); err != nil {
			return err
		}
	} else {
		if err := b.tx.ChangeCase(w.c); err != nil {
			return err
		}
		w.c.Version++
		if w.dirty {
			if err := b.tx.SetCaseLines(w.lines); err != nil {
				return err
			}
		}
	}
	if err := b.tx.AddSteps(w.steps...); err != nil {
		return err
	}
	if w.seen > 0 {
		if err := b.tx.TakeFinding(w.c.Finding, w.seen, w.c.State, w.c.Charged, b.now); err != nil {
			return err
		}
	} else if (w.c.State != w.was.State || w.c.Charged != w.was.Charged || w.isNew) && w.c.State != Machine {
		if err := b.tx.SetFindingState(w.c.Finding, w.c.State, w.c.Charged, b.now); err != nil {
			return err
		}
	}
	if w.book != nil && len(w.book.Added()) > 0 {
		return b.tx.AddPosts(w.book.Added()...)
	}
	return nil
}

// Say is what a person says with a step.
type Say struct {
	Reason  string `json:"reason"` // code; see Reasons
	Opinion string `json:"opinion"`
}

// turn is one event on one case.
type turn struct {
	*batch
	*work
	who    *auth.Identity
	ev     *Event
	say    Say
	to     string
	from   claim.Day // when the next clock starts; today unless delivered on another day
	detail map[string]any
}

// turn checks an event on a case: whether it is there for this person, whether he may, of the version he saw, in a state that allows
// it, and all conditions. Only then is anything changed.
func (b *batch) turn(who *auth.Identity, event string, ref Ref, say Say) (*turn, error) {
	w, err := b.load(ref.ID)
	if err != nil {
		return nil, err
	}
	t := &turn{batch: b, work: w, who: who, ev: flow.event(event), say: say, from: b.today, detail: map[string]any{}}
	if err := b.sees(who, w.c); err != nil {
		return nil, err
	}
	if !t.ev.by(who) {
		return nil, refuse(CodePermission, "用户 %s 不能办理“%s”：需要“%s”权限", who.Name, t.ev.Name, strings.Join(t.ev.Who, "”或“"))
	}
	if ref.Version != w.was.Version && who != machineID {
		return nil, refuse(CodeVersion, "疑点 %s 刚被别人改过（你看到的是第 %d 版，现在是第 %d 版），请刷新后再办", w.c.Finding, ref.Version, w.was.Version)
	}
	if !slices.Contains(t.ev.From, w.c.State) {
		return nil, refuse(CodeState, "疑点 %s 现为“%s”，不能“%s”；现在可以：%s", w.c.Finding, w.c.State, t.ev.Name, names(flow.Can(w.c.State, who)))
	}
	for _, g := range t.ev.Guards {
		if err := guards[g](t); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func names(es []Event) string {
	if len(es) == 0 {
		return "你在这一步没有要办的"
	}
	var out []string
	for _, e := range es {
		out = append(out, e.Name)
	}
	return strings.Join(out, "、")
}

// done ends a turn: the case goes where it was sent, its next clock starts, and the step is written down.
func (t *turn) done() error {
	to := t.to
	if to == "" && len(t.ev.To) == 1 {
		to = t.ev.To[0]
	}
	if !slices.Contains(t.ev.To, to) && !(to == t.c.State && slices.Contains(t.ev.To, "=")) {
		return fmt.Errorf("事件 %s 不能到 %q", t.ev.ID, to)
	}
	if to == "=" {
		to = t.c.State
	}
	from := t.c.State
	if to != from {
		t.enter(to)
	}
	t.c.Steps++
	detail := ""
	if len(t.detail) > 0 {
		text, err := json.Marshal(t.detail)
		if err != nil {
			return err
		}
		detail = string(text)
	}
	t.steps = append(t.steps, store.Step{Finding: t.c.Finding, Seq: t.c.Steps, Event: t.ev.ID, From: from, To: to, Actor: t.who.Name, At: t.now, Day: int64(t.today),
		Verdict: t.c.Verdict, Reason: t.say.Reason, Opinion: t.say.Opinion, Detail: detail})
	t.log(t.who, t.ev.Name, t.c.Finding, strings.Trim(from+"→"+to+"；"+t.say.Reason+"；"+t.say.Opinion+"；"+detail, "；"))
	return nil
}

// enter puts the case into a state and starts its clock.
func (t *turn) enter(state string) {
	c := t.c
	c.State = state
	c.Clock, c.StartDay, c.DueDay, c.PausedDay, c.Extended = "", 0, 0, 0, 0
	c.Reminders, c.RemindedDay, c.Escalated, c.EscalatedDay = 0, 0, 0, 0
	if s := flow.state(state); s.Clock != "" {
		n := t.params.value(s.Clock, c.Admdvs, t.from)
		c.Clock, c.StartDay, c.DueDay = s.Clock, int64(t.from), int64(t.d.days().Add(t.from, int(n)))
	}
}

// act runs one event on one case.
func (d *Desk) act(ctx context.Context, who *auth.Identity, event string, ref Ref, say Say, change func(*turn) error) (*store.Case, error) {
	var out store.Case
	err := d.do(ctx, func(b *batch) error {
		t, err := b.turn(who, event, ref, say)
		if err != nil {
			return err
		}
		if change != nil {
			if err := change(t); err != nil {
				return err
			}
		}
		if err := t.done(); err != nil {
			return err
		}
		if err := b.flush(); err != nil {
			return err
		}
		out = *t.c
		b.order = nil // written
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &out, nil
}
