package message

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mingjian/mingjian/internal/store"
)

// Sender takes what waits to the servers. Several of them, in several processes, do not get in each other's way.
type Sender struct {
	DB       *store.DB
	Settings func() *Settings
	Holder   string           // who this one is
	Now      func() time.Time // nil = the clock
	Patience time.Duration    // how long a server may take for one message; 0 = patience
}

const (
	// hold is how long a sender that took something up is waited for: longer than a server may take.
	hold = 2 * patience
	// atOnce bounds what is taken up at once, so that all of it is tried while it is held.
	atOnce = 1
	// mostTries: after so many the administrator sees it as failed and may start it again.
	mostTries = 8
)

// waits is how long to wait after the first try, the second, …
var waits = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour}

func (s *Sender) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

// Work sends what is due until nothing is, and tells how many were sent.
func (s *Sender) Work(ctx context.Context) (sent int, err error) {
	for ctx.Err() == nil {
		var some []store.Send
		now, due := s.now(), false
		err := s.DB.View(ctx, func(tx *store.Tx) (err error) { due, err = tx.SendsDue(store.Micros(now)); return err })
		if err != nil || !due { // most looks find nothing, and must not keep writers waiting
			return sent, err
		}
		err = s.DB.Update(ctx, func(tx *store.Tx) (err error) {
			some, err = tx.TakeSends(s.Holder, store.Micros(now), store.Micros(now.Add(hold)), atOnce)
			return err
		})
		if err != nil || len(some) == 0 {
			return sent, err
		}
		for i := range some {
			ok, err := s.one(ctx, &some[i])
			if err != nil {
				return sent, err
			}
			if ok {
				sent++
			}
		}
	}
	return sent, ctx.Err()
}

// one tries a send and writes down how it went. When the program dies in between, it is sent again: the receiver sees the same id.
func (s *Sender) one(ctx context.Context, x *store.Send) (bool, error) {
	var m *store.Message
	err := s.DB.View(ctx, func(tx *store.Tx) (err error) { m, err = tx.MessageByID(x.Message); return err })
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return false, err
	}
	if err == nil {
		err = s.try(ctx, x, m)
	}
	if ctx.Err() != nil {
		return false, ctx.Err() // the server stops: whoever comes next tries it
	}
	state, said, next := store.SendDone, "", s.now()
	if err != nil {
		state, said = store.SendWaits, err.Error()
		if x.Tries >= mostTries || errors.Is(err, errGone) || errors.Is(err, errRefused) || errors.Is(err, store.ErrNotFound) {
			state = store.SendFailed
		} else {
			next = next.Add(waits[min(x.Tries, len(waits))-1])
		}
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	mine := false
	err = s.DB.Update(end, func(tx *store.Tx) (err error) {
		mine, err = tx.EndSend(x, state, said, store.Micros(next), store.Micros(s.now()))
		return err
	})
	return mine && state == store.SendDone, err
}

// errGone: the way was taken out of the settings.
var errGone = errors.New("设置里已没有这条通道")

func (s *Sender) try(ctx context.Context, x *store.Send, m *store.Message) error {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(s.Patience, patience))
	defer cancel()
	set := s.Settings()
	switch x.Way {
	case store.WayMail:
		if set.Mail == nil {
			return errGone
		}
		return set.Mail.post(ctx, x.Target, set.letter(x.ID, x.Target, m))
	case store.WayHook:
		h := set.hook(x.Target)
		if h == nil {
			return errGone
		}
		return h.call(ctx, x.ID, set.Site, m, s.now())
	}
	return fmt.Errorf("没有通道“%s”", x.Way)
}

// Test sends a message that says it is a test, at once and past the line, and tells how it went. way is store.WayMail with an address, or
// store.WayHook with a program's name.
func (s *Sender) Test(ctx context.Context, way, target string) error {
	now := s.now()
	m := &store.Message{ID: "t:" + store.NewID(), Kind: "测试", Title: "这是一条测试消息", Body: "收到说明通道可用。", At: store.Micros(now)}
	return s.try(ctx, &store.Send{ID: m.ID, Way: way, Target: target}, m)
}
