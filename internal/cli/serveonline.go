package cli

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/online/cds"
	"github.com/mingjian/mingjian/internal/online/desk"
	"github.com/mingjian/mingjian/internal/online/fsi"
	"github.com/mingjian/mingjian/internal/online/remind"
)

// liveEngine is the engine of the data directory while the server runs. A directory without data has none yet: calls are answered
// that nothing was judged, and the engine opens when there is something to open.
type liveEngine struct {
	dir string
	opt online.Options
	log *slog.Logger

	mu     sync.Mutex
	engine atomic.Pointer[online.Engine]
	tried  atomic.Bool
	fresh  chan struct{} // the facts may be others: history files may be missing
}

var errNoEngine = errors.New("还没有导入数据，在线核对没有开通")

func (l *liveEngine) Reload(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.stale()
	if e := l.engine.Load(); e != nil {
		return e.Reload(ctx)
	}
	e, err := online.Open(l.dir, l.opt)
	l.tried.Store(true)
	if err != nil {
		l.log.Warn("online checks are not open", "err", err)
		return err
	}
	l.engine.Store(e)
	return nil
}

func (l *liveEngine) stale() {
	select {
	case l.fresh <- struct{}{}:
	default: // it is noted already
	}
}

// prepare makes the history files that are missing before somebody asks for them: the first call would wait for one.
func (l *liveEngine) prepare(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-l.fresh:
		}
		if e := l.engine.Load(); e != nil {
			if err := e.Prepare(nil); err != nil && !errors.Is(err, online.ErrClosed) {
				l.log.Warn("history files are not made; each is made when it is asked for", "err", err)
			}
		}
	}
}

// Program names what judges; without data the server is ready for everything else.
func (l *liveEngine) Program() string {
	if e := l.engine.Load(); e != nil {
		return e.Program()
	}
	if l.tried.Load() {
		return "none"
	}
	return ""
}

func (l *liveEngine) Check(ctx context.Context, q *online.Request) (*online.Answer, error) {
	if e := l.engine.Load(); e != nil {
		return e.Check(ctx, q)
	}
	return nil, errNoEngine
}

func (l *liveEngine) Tell(ctx context.Context, ev *online.Event) error {
	if e := l.engine.Load(); e != nil {
		return e.Tell(ctx, ev)
	}
	return errNoEngine
}

func (l *liveEngine) Waiting(inst, psn, visit, batch string) *online.Encounter {
	if e := l.engine.Load(); e != nil {
		return e.Waiting(inst, psn, visit, batch)
	}
	return nil
}

// pending is Engine.Pending as a metric: who has just started a server, or just imported a month, sees when it is at its speed.
func (l *liveEngine) pending() prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "mingjian_online_history_pending", Help: "History files that are not made and open yet."}, func() float64 {
		if e := l.engine.Load(); e != nil {
			return float64(e.Pending())
		}
		return 0
	})
}

func (l *liveEngine) close(context.Context) error {
	if e := l.engine.Load(); e != nil {
		return e.Close()
	}
	return nil
}

// reminders brings package remind to what the channels ask for, and gives it the cards that are live.
type reminders struct {
	*remind.Service
	rules     *liveRules
	registers *registers
}

func (r *reminders) chooser() (*remind.Chooser, error) {
	return remind.NewChooser(r.rules.now.Load().book.Library.Cards, r.registers.names())
}

// Reload takes the cards that are live now.
func (r *reminders) Reload(ctx context.Context) error {
	c, err := r.chooser()
	if err != nil {
		return err
	}
	r.Service.Use(c)
	return r.Service.Reload(ctx)
}

func (r *reminders) Program() string { return r.rules.Program() }

func (r *reminders) Show(_ context.Context, q *online.Request, a *online.Answer) ([]online.Reminder, error) {
	d := r.Service.Decide(q, a)
	out := make([]online.Reminder, len(d.Shown))
	for i := range d.Shown {
		out[i] = d.Shown[i].Reminder
	}
	return out, nil
}

// ways are the national dspo_way in the words of the log.
var ways = map[string]string{fsi.Continued: remind.Continue, fsi.Modified: remind.Change, fsi.SelfPaid: remind.SelfPay, fsi.Mistaken: remind.Wrong}

func (r *reminders) Heard(_ context.Context, h *fsi.Hearing) error {
	for _, w := range h.Warns {
		err := r.Service.Answer(remind.Choice{JrID: w.ID, Way: ways[w.Way], Code: w.Code, Reason: w.Reason, Actor: h.Operator, Channel: h.Channel, Inst: h.Inst, WarnType: h.Stage})
		switch {
		case errors.Is(err, remind.ErrBusy):
			return err
		case err != nil:
			return &fsi.Fault{Code: fsi.Missing, Path: "input.data.warns", Text: err.Error()}
		}
	}
	return nil
}

// mountOnline puts the national interface and CDS Hooks on the server.
func mountOnline(x *site) error {
	channels, err := fsi.Samples()
	if err != nil {
		return err
	}
	more, err := cds.Samples()
	if err != nil {
		return err
	}
	maps.Copy(channels, more)
	if more, err = desk.Samples(); err != nil {
		return err
	}
	maps.Copy(channels, more)
	engine := &liveEngine{dir: x.dir, log: x.log, opt: online.Options{Open: opener(x.s, x.cmd.Store), Channels: channels}, fresh: make(chan struct{}, 1)}
	_ = engine.Reload(x.s.ctx) // before the address is open: whoever can connect is judged. What is wrong is logged, and tried again
	regs := &registers{dir: x.dir}
	if err := regs.Reload(x.s.ctx); err != nil {
		x.log.Warn("registers are not read", "err", err)
	}
	rs := &reminders{rules: x.rules, registers: regs}
	c, err := rs.chooser()
	if err != nil {
		return err
	}
	if rs.Service, err = remind.OpenService(x.s.ctx, x.db, filepath.Join(x.dir, remind.Dir), c, remind.Options{Owners: x.owners(x.s)}); err != nil {
		return err
	}
	profiles, err := fsi.LoadProfiles(x.dir)
	if err != nil {
		return err
	}
	limits := fsi.DefaultLimits
	limits.Bytes = int(x.cmd.MaxBody << 20)
	gate, releases := x.gate, &fsi.Desk{DB: x.db, Trail: x.trail}
	deps := fsi.Deps{Engine: engine, Gate: gate, Profiles: profiles, Limit: x.gateway.Limits, History: engine, Reminders: rs, Desk: releases, Limits: &limits, Names: regs.called, Appeals: appeals{x.serveDesk}, Log: x.log, Metrics: x.web.Registry()}
	if x.goods != nil {
		deps.Goods = x.goods
	}
	nation, err := fsi.Handler(deps)
	if err != nil {
		return err
	}
	hooks, err := cds.Handler(cds.Deps{Engine: engine, Gate: gate, Origins: x.cmd.Origins, Limit: x.gateway.Limits, Reminders: rs, Desk: releases, Log: x.log})
	if err != nil {
		return err
	}
	for _, p := range fsi.Patterns {
		x.web.Mount(p, nation)
	}
	x.web.Mount(cds.Root, hooks)
	x.web.Mount(cds.Root+"/", hooks)
	if err := mountDesk(x, engine, rs.Service, gate, regs); err != nil {
		return err
	}
	x.web.Reload(engine)
	x.web.Reload(regs)
	x.web.Reload(rs)
	x.web.Background("reminder log", rs.Background)
	x.web.Background("online history", engine.prepare)
	x.web.AtEnd("online engine", engine.close)
	x.web.AtEnd("reminder log", rs.Close)
	if err := x.web.Registry().Register(engine.pending()); err != nil {
		return err
	}
	return rs.Register(x.web.Registry())
}
