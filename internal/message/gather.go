package message

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// Gatherer finds out what happened and writes it down for whom it concerns.
type Gatherer struct {
	DB       *store.DB
	Settings func() *Settings
	Today    func() claim.Day
	Ahead    func(n int) claim.Day        // n working days from today
	Gaps     func() (gaps int, id string) // differences from the clearing totals, and of which data; nil = not known here
	Now      func() time.Time             // nil = the clock
}

const (
	// firstLook is how far back the first look goes; later ones go back a day, for what was written late.
	firstLook = 7 * 24 * time.Hour
	lookBack  = 24 * time.Hour
	// kept is how long messages are kept.
	kept = 400 * 24 * time.Hour
	// collect is how long what goes out waits for more of the same.
	collect = 10 * time.Minute
	// soon is how many working days before its end a deadline is told of.
	soon = 3
)

// batch is one look: what happened is read and written in one transaction.
type batch struct {
	*Gatherer
	tx     *store.Tx
	now    time.Time
	users  []store.User
	people map[string]store.MessagePerson
	set    *Settings
	made   int
	only   bool      // looks, and writes nothing
	later  []pending // what it would have written
}

// pending is a message that is written later.
type pending struct {
	m        store.Message
	wait     time.Duration
	concerns func(*store.User, *auth.Identity) bool
}

// Gather looks once, and tells how many messages there are now that were not there before. It may run as often as one likes, in several processes at once.
func (g *Gatherer) Gather(ctx context.Context) (made int, err error) {
	look := func(tx *store.Tx) *batch {
		b := &batch{Gatherer: g, tx: tx, now: time.Now(), set: g.Settings()}
		if g.Now != nil {
			b.now = g.Now()
		}
		return b
	}
	// Most looks find nothing, and must not keep writers waiting: the first one only reads and writes nothing down. What runs out is counted there
	// too: that may take seconds over many cases.
	found := false
	var day *batch
	err = g.DB.View(ctx, func(tx *store.Tx) error {
		b := look(tx)
		b.only, day = true, nil
		done, err := tx.MessageMark("daily")
		if err != nil {
			return err
		}
		if found = done < int64(b.Today()); found {
			day = look(tx)
			day.only = true
			return day.runsOut()
		}
		err = b.happened()
		found = b.made > 0
		return err
	})
	if err != nil || !found {
		return 0, err
	}
	err = g.DB.Update(ctx, func(tx *store.Tx) error {
		made = 0
		if err := tx.Lock("消息"); err != nil {
			return err
		}
		b := look(tx)
		for _, f := range []func() error{b.open, b.happened, func() error { return b.daily(day) }} {
			if err := f(); err != nil {
				return err
			}
		}
		made = b.made
		return nil
	})
	return made, err
}

func (b *batch) open() (err error) {
	if b.users, err = b.tx.Users(); err != nil {
		return err
	}
	b.users = slices.DeleteFunc(b.users, func(u store.User) bool { return u.Disabled })
	b.people, err = b.tx.MessagePeople()
	return err
}

// happened goes through what was recorded since the last look.
func (b *batch) happened() error {
	upto, err := b.tx.MessageMark("happened")
	if err != nil {
		return err
	}
	since := b.now.Add(-firstLook)
	if upto > 0 {
		since = store.Moment(upto).Add(-lookBack)
	}
	for _, f := range []func(since int64) error{b.notices, b.jobs, b.runs, b.demoted, b.announced, b.seats, b.reports} {
		if err := f(store.Micros(since)); err != nil {
			return err
		}
	}
	if b.only {
		return nil
	}
	return b.tx.SetMessageMark("happened", max(upto, store.Micros(b.now)))
}

// tell writes a message for those of the users who get its kind and whom it concerns.
func (b *batch) tell(m store.Message, concerns func(u *store.User, who *auth.Identity) bool) error {
	return b.tellLater(m, 0, concerns)
}

// tellLater is tell, but that mails and calls wait.
func (b *batch) tellLater(m store.Message, wait time.Duration, concerns func(u *store.User, who *auth.Identity) bool) error {
	if b.only {
		b.made++
		b.later = append(b.later, pending{m, wait, concerns})
		return nil
	}
	k := kindOf(m.Kind)
	var site []string
	var sends []store.Send
	send := func(way, target string) {
		sends = append(sends, store.Send{ID: m.ID + "|" + way + "|" + target, Message: m.ID, Way: way, Target: target, State: store.SendWaits, NextAt: store.Micros(b.now.Add(wait)), MadeAt: store.Micros(b.now)})
	}
	for i := range b.users {
		u := &b.users[i]
		who := identity(u)
		if !slices.ContainsFunc(k.To, who.May) || (u.Inst != "" && !k.Inst) || !concerns(u, who) {
			continue
		}
		p := b.people[u.Login]
		if !slices.Contains(names(p.SiteOff), k.Name) {
			site = append(site, u.Login)
		}
		if p.Mail != "" && slices.Contains(names(p.MailOn), k.Name) && b.set.mails(p.Mail) {
			send(store.WayMail, p.Mail)
		}
	}
	for i := range b.set.Hooks {
		if h := &b.set.Hooks[i]; h.wants(&m) {
			send(store.WayHook, h.Name)
		}
	}
	slices.SortFunc(sends, func(x, y store.Send) int { return strings.Compare(x.ID, y.ID) })
	sends = slices.CompactFunc(sends, func(x, y store.Send) bool { return x.ID == y.ID }) // two people with one address
	added, err := b.tx.AddMessage(m, site, sends)
	if added {
		b.made++
	}
	return err
}

// ofInst tells who acts for an institution.
func ofInst(inst string) func(*store.User, *auth.Identity) bool {
	return func(u *store.User, _ *auth.Identity) bool { return u.Inst == inst && inst != "" }
}

// ofOffice tells who acts for the whole area: imports and audits are the whole's.
func ofOffice(u *store.User, _ *auth.Identity) bool { return u.Inst == "" && u.Admdvs == "" }

// related tells whose area lies in a division or holds it; "" is everywhere.
func related(area, own string) bool {
	a, o := strings.TrimRight(area, "0"), strings.TrimRight(own, "0")
	return strings.HasPrefix(a, o) || strings.HasPrefix(o, a)
}
