package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
)

// The clocks of the loop run once a day, and once when a server starts: a weekend's or a stopped server's days are made up for by the
// next run. Of several servers on one store the one that takes the duty runs them.
const (
	clockDuty = "办理时钟"
	clockHold = 2 * time.Minute  // a server that went away has the duty no longer than this
	clockLook = 30 * time.Second // whether a new day has begun
)

// clocks run review.Desk.Tick.
type clocks struct {
	o      *office
	desk   *review.Desk
	holder string
	look   time.Duration
	failed func(error)
}

// mountClocks lets the clocks of cases run while the server does.
func mountClocks(x *site) error {
	c := &clocks{o: x.office, desk: x.serveDesk(), holder: holder(), look: clockLook,
		failed: func(err error) { x.log.Error("the clocks of cases did not run", "error", err.Error()) }}
	x.web.Background("clocks", c.run)
	return nil
}

// run ticks now and on each new day until ctx ends, and keeps the sums of boards from falling far behind.
func (c *clocks) run(ctx context.Context) error {
	tick := time.NewTicker(c.look)
	defer tick.Stop()
	for first := true; ; first = false {
		if _, err := c.once(ctx, first); err != nil && ctx.Err() == nil {
			c.failed(err)
		}
		if err := c.o.db.SweepBoards(ctx); err != nil && ctx.Err() == nil {
			c.failed(err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// once ticks if today's has not been done, or anyhow; ran is false when it was not needed or another server is at it.
func (c *clocks) once(ctx context.Context, anyhow bool) (ran bool, err error) {
	day := c.desk.Today().String()
	if !anyhow {
		done := false
		err := c.o.db.View(ctx, func(tx *store.Tx) error {
			x, err := tx.Duty(clockDuty)
			if errors.Is(err, store.ErrNotFound) {
				return nil // nobody has done it yet
			}
			if err == nil {
				done = x.DoneDay >= day
			}
			return err
		})
		if err != nil || done {
			return false, err
		}
	}
	if taken, err := c.take(ctx); err != nil || !taken {
		return false, err
	}
	work, stop := context.WithCancel(ctx)
	held := make(chan struct{})
	go func() { defer close(held); c.hold(work, stop) }()
	rep, err := c.desk.Tick(work)
	lost := work.Err() != nil && ctx.Err() == nil
	stop()
	<-held
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err != nil || lost {
		return true, c.leave(last, err)
	}
	said := clockSaid(rep)
	return true, c.o.trail.Do(last, c.o.db, func(tx *store.Tx) ([]auth.Event, error) {
		return []auth.Event{{Actor: "系统", Action: "运行时钟", Object: rep.Day, Detail: said}}, tx.EndDuty(clockDuty, c.holder, rep.Day, said, store.Micros(time.Now()))
	})
}

func (c *clocks) leave(ctx context.Context, why error) error {
	if err := c.o.db.Update(ctx, func(tx *store.Tx) error { return tx.LeaveDuty(clockDuty, c.holder) }); err != nil {
		return err
	}
	return why
}

func (c *clocks) take(ctx context.Context) (taken bool, err error) {
	err = c.o.db.Update(ctx, func(tx *store.Tx) (err error) {
		now := time.Now()
		taken, err = tx.TakeDuty(clockDuty, c.holder, store.Micros(now), store.Micros(now.Add(clockHold)))
		return err
	})
	return taken, err
}

// hold prolongs the duty until ctx ends, and ends the work when another server has it.
func (c *clocks) hold(ctx context.Context, lost func()) {
	tick := time.NewTicker(clockHold / 4)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if taken, err := c.take(ctx); err == nil && !taken {
				lost()
			}
		}
	}
}

func clockSaid(r *review.TickReport) string {
	return fmt.Sprintf("推定送达 %d，催办 %d，到期 %d，超期上报 %d，催缴 %d，机审变更 %d，办结 %d", r.Deemed, r.Reminded, r.Lapsed, r.Escalated, r.Dunned, r.Rerun, r.Closed)
}
