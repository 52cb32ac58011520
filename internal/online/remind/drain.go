package remind

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"time"

	"github.com/mingjian/mingjian/internal/calendar"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online/journal"
	"github.com/mingjian/mingjian/internal/store"
)

func money(fen int64) claim.Money { return claim.Money(fen) }

// Drain brings the journal into the store: each record once, for the place up to which a file was read is moved in the
// transaction of what was read. Several may run at once; one of them wins each piece.
type Drain struct {
	DB     *store.DB
	Dir    string
	Areas  *Areas
	Owners func(rule string) string
	Now    func() time.Time

	// Rest tells, after each piece, how many times as long as it worked the drain rests, so that calls have the processor. nil = never.
	Rest func() int
	// Until ends it between pieces; zero = when all is taken in.
	Until time.Time

	learn func(*store.Reminder, string, time.Time)
}

// Drained counts what a drain brought in.
type Drained struct {
	Calls      int   `json:"calls"`
	Reminders  int   `json:"reminders"`
	Choices    int   `json:"choices"`    // new ones
	Repeated   int   `json:"repeated"`   // answers that say what was said already
	Foreign    int   `json:"foreign"`    // answers of another institution: refused
	Unreadable int   `json:"unreadable"` // records of a newer program, or damaged
	Torn       int64 `json:"torn_bytes"` // that a power cut left
	Pending    int64 `json:"pending_bytes"`
}

// piece is about how much of a file one transaction takes in; of a drain that rests, smallPiece.
const (
	piece      = 4 << 20
	smallPiece = 128 << 10
)

// removeAfter is how long a file that was taken in whole stays.
const removeAfter = time.Hour

// All takes in everything that is there.
func (d *Drain) All(ctx context.Context) (Drained, error) {
	var sum Drained
	names, err := journal.Segments(d.Dir)
	if err != nil {
		return sum, err
	}
	for _, name := range names {
		if err := d.segment(ctx, name, &sum); err != nil {
			return sum, err
		}
	}
	return sum, nil
}

func (d *Drain) segment(ctx context.Context, name string, sum *Drained) error {
	var from int64
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) { from, _, err = tx.SegmentTaken(name); return err })
	if err != nil {
		return err
	}
	size := piece
	if d.Rest != nil {
		size = smallPiece
	}
	for {
		if !d.Until.IsZero() && time.Now().After(d.Until) {
			break
		}
		begun := time.Now()
		p, err := journal.Read(d.Dir, name, from, size)
		if errors.Is(err, os.ErrNotExist) {
			return nil // another process removed it: it was taken in
		}
		if err != nil {
			return err
		}
		if p.Next == from {
			break
		}
		var got Drained
		var notes []note
		err = d.DB.Update(ctx, func(tx *store.Tx) error {
			got, notes = Drained{Torn: p.Torn}, nil
			if err := tx.TakeSegment(name, from, p.Next, int64(len(p.Records)), store.Micros(d.now())); err != nil {
				return err
			}
			return d.take(tx, p.Records, &got, &notes)
		})
		if errors.Is(err, store.ErrConflict) {
			return nil // another process takes this one
		}
		if err != nil {
			return err
		}
		for _, n := range notes {
			if d.learn != nil {
				d.learn(&n.r, n.way, n.at)
			}
		}
		sum.add(got)
		from = p.Next
		if d.Rest == nil {
			continue
		}
		if n := d.Rest(); n > 0 {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Duration(n) * time.Since(begun)):
			}
		}
	}
	if _, err := journal.Remove(d.Dir, name, from, removeAfter); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	sum.Pending += journal.Pending(d.Dir, name, from)
	return nil
}

func (s *Drained) add(x Drained) {
	s.Calls, s.Reminders, s.Choices, s.Repeated = s.Calls+x.Calls, s.Reminders+x.Reminders, s.Choices+x.Choices, s.Repeated+x.Repeated
	s.Foreign, s.Unreadable, s.Torn = s.Foreign+x.Foreign, s.Unreadable+x.Unreadable, s.Torn+x.Torn
}

func (d *Drain) now() time.Time {
	if d.Now == nil {
		return time.Now()
	}
	return d.Now()
}

// note is an answer that the memory should know of.
type note struct {
	r   store.Reminder
	way string
	at  time.Time
}

func (d *Drain) take(tx *store.Tx, recs [][]byte, got *Drained, notes *[]note) error {
	var calls []store.Call
	var visits []store.CallVisit
	var reminders []store.Reminder
	var choices []entry
	for _, b := range recs {
		e, ok := readRecord(b)
		if !ok {
			got.Unreadable++
			continue
		}
		if e.Call != nil {
			if e.Silence != nil {
				if err := tx.AddSilence(*e.Silence); err != nil {
					return err
				}
			}
			calls = append(calls, *e.Call)
			visits = append(visits, distinct(e.Visits)...)
			reminders = append(reminders, e.Reminders...)
		}
		if e.Choice != nil {
			choices = append(choices, *e)
		}
	}
	if err := tx.AddCalls(calls, visits, reminders); err != nil {
		return err
	}
	got.Calls, got.Reminders = len(calls), len(reminders)
	for _, e := range choices {
		if err := d.choice(tx, e.Choice, e.At, got, notes); err != nil {
			return err
		}
	}
	return nil
}

// distinct drops a visit that a message names twice.
func distinct(vs []store.CallVisit) []store.CallVisit {
	seen := map[[2]string]bool{}
	out := vs[:0]
	for _, v := range vs {
		if k := [2]string{v.Psn, v.Mdtrt}; !seen[k] {
			seen[k] = true
			out = append(out, v)
		}
	}
	return out
}

func (d *Drain) choice(tx *store.Tx, c *Choice, at int64, got *Drained, notes *[]note) error {
	r, err := tx.LastReminder(c.JrID)
	known := err == nil
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if known && c.Inst != "" && r.Inst != "" && c.Inst != r.Inst {
		got.Foreign++
		return nil
	}
	added, err := tx.AddChoice(store.Choice{JrID: c.JrID, At: at, Way: c.Way, Code: c.Code, Reason: c.Reason, Actor: c.Actor, Channel: c.Channel, Inst: c.Inst,
		WarnType: c.WarnType})
	if err != nil {
		return err
	}
	if !added {
		got.Repeated++
		return nil
	}
	got.Choices++
	if known {
		*notes = append(*notes, note{*r, c.Way, store.Moment(at)})
	}
	if known && r.Why == HeldOverdue { // the caller was thought to have gone, and had not: whoever answers has read it
		if err := tx.SeeReminder(c.JrID, HeldOverdue); err != nil {
			return err
		}
	}
	if known {
		if err := d.besides(tx, c, r, at, notes); err != nil {
			return err
		}
	}
	if c.Way != Wrong {
		return nil
	}
	w := store.Wrong{Kind: KindDoctor, JrID: c.JrID, Inst: c.Inst, Actor: c.Actor, Said: c.Reason, ReceivedAt: at}
	area := ""
	if known {
		w.Rule, w.RuleVersion, w.Finding = r.Rule, r.RuleVersion, r.Finding
		if cs, err := tx.CallsByID([]string{r.Call}); err == nil {
			area = cs[r.Call].Admdvs
		}
	}
	return d.wrong(tx, w, area)
}

// besides gives an answer to the reminders that the answered one showed besides itself.
func (d *Drain) besides(tx *store.Tx, c *Choice, shown *store.Reminder, at int64, notes *[]note) error {
	by, err := tx.RemindersOfCalls([]string{shown.Call})
	if err != nil {
		return err
	}
	for _, r := range by[shown.Call] {
		if r.QuietOf != shown.JrID || r.Why == HeldQuiet || r.JrID == shown.JrID {
			continue
		}
		added, err := tx.AddChoice(store.Choice{JrID: r.JrID, At: at, Way: c.Way, Code: c.Code, Reason: c.Reason, Actor: c.Actor, Channel: c.Channel, Inst: c.Inst, WarnType: c.WarnType})
		if err != nil {
			return err
		}
		if !added {
			continue
		}
		*notes = append(*notes, note{r, c.Way, store.Moment(at)})
		if r.Why == HeldOverdue {
			if err := tx.SeeReminder(r.JrID, HeldOverdue); err != nil {
				return err
			}
		}
	}
	return nil
}

// The kinds of what a rule's owner must answer.
const (
	KindDoctor = "医生反映"
	KindMissed = "漏提示" // sent with equal facts, found afterwards, not reminded of
)

func (d *Drain) wrong(tx *store.Tx, w store.Wrong, area string) error {
	p := d.Areas.Of(area)
	owner := p.Owner
	if d.Owners != nil {
		if o := d.Owners(w.Rule); o != "" {
			owner = o
		}
	}
	_, err := AddWrong(tx, w, owner, p.WrongDays)
	return err
}

// AddWrong puts something into a rule owner's inbox, due in so many working days after it was received. The same thing is not put there
// twice.
func AddWrong(tx *store.Tx, w store.Wrong, owner string, days int) (added bool, err error) {
	h := sha256.Sum256([]byte(w.Kind + "\x1f" + w.JrID + "\x1f" + w.Finding + "\x1f" + w.Said))
	w.ID, w.Owner = hex.EncodeToString(h[:10]), owner
	w.Due = calendar.Default().Add(civilDay(store.Moment(w.ReceivedAt)), days).String()
	return tx.AddWrong(w)
}
