package cli

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/board"
	"github.com/mingjian/mingjian/internal/board/plan"
	"github.com/mingjian/mingjian/internal/calendar"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/message"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web/api/reviewapi"
)

// How often the server looks for what happened, for what is to be sent, and for reports that are due.
const (
	gatherEvery = 10 * time.Second
	sendEvery   = 5 * time.Second
	reportEvery = 30 * time.Second
)

// liveMessages are the settings of messages, read again when the server reloads.
type liveMessages struct {
	dir string
	now atomic.Pointer[message.Settings]
}

func (l *liveMessages) Reload(context.Context) error {
	s, err := message.Load(l.dir)
	if err == nil {
		l.now.Store(s)
	}
	return err
}

func (*liveMessages) Program() string { return "messages" }

// settings are those in force; empty ones while the description is written.
func (l *liveMessages) settings() *message.Settings {
	if s := l.now.Load(); s != nil {
		return s
	}
	return &message.Settings{}
}

// holder names this process among those of an installation.
func holder() string {
	host, _ := os.Hostname() // unknown is ""
	return fmt.Sprintf("%s/%d/%s", host, os.Getpid(), store.NewID())
}

// mountMessages lets people be told of what happens, and reports be made, while the server runs.
func mountMessages(x *site) error {
	if err := x.messages.Reload(x.s.ctx); err != nil {
		return err
	}
	x.web.Reload(x.messages)
	desk := x.serveDesk()
	g := &message.Gatherer{DB: x.db, Settings: x.messages.settings, Today: desk.Today, Gaps: newGaps(x.dir).count,
		Ahead: func(n int) claim.Day { return calendar.Default().Add(desk.Today(), n) }}
	m := x.reports()
	every(x, "messages", gatherEvery, func(ctx context.Context) error { _, err := g.Gather(ctx); return err })
	every(x, "mail and hooks", sendEvery, func(ctx context.Context) error { _, err := x.sender.Work(ctx); return err })
	every(x, "reports", reportEvery, func(ctx context.Context) error { _, err := m.Run(ctx); return err })
	return nil
}

// reports makes what people planned.
func (x *site) reports() *plan.Maker {
	return &plan.Maker{DB: x.db, Desk: func() *board.Desk { return &board.Desk{DB: x.db, Sources: boardSources(x.office)} }, Paper: x.briefs, Sheet: reviewapi.Sheet(x.serveDesk()), Holder: holder()}
}

// every does something at once and again and again until the server stops. What goes wrong is logged and tried the next time.
func every(x *site, name string, wait time.Duration, do func(context.Context) error) {
	x.web.Background(name, func(ctx context.Context) error {
		tick := time.NewTicker(wait)
		defer tick.Stop()
		for {
			if err := do(ctx); err != nil && ctx.Err() == nil {
				x.log.Error(name, "error", err.Error())
			}
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
		}
	})
}

// gaps counts differences from the clearing totals, once for each state of the data.
type gaps struct {
	dir string
	id  string
	n   int
}

func newGaps(dir string) *gaps { return &gaps{dir: dir} }

func (g *gaps) count() (int, string) {
	l, err := lake.Open(g.dir)
	if err != nil {
		return 0, ""
	}
	snap, err := l.Snapshot()
	if err != nil {
		return 0, ""
	}
	if g.id == snap.ID() {
		return g.n, g.id
	}
	found, _, err := audit.Gaps(snap)
	if err != nil {
		return 0, ""
	}
	g.id, g.n = snap.ID(), len(found)
	return g.n, g.id
}
