package online

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
)

// Options of an engine.
type Options struct {
	// Open prepares cards, knowledge and what the installation decided about them; nil takes those of the data directory alone.
	Open func(ctx context.Context, dir string) (*audit.Auditor, error)
	// Budget is how long a call may be judged; 0 = without end. On overrun the answer is Partial.
	Budget time.Duration
	// Channels tells, by channel, with a request of each stage in which every field is filled, what the channel's messages carry.
	Channels map[string][]*Request
	// Until makes the engine know what was known at the end of a month, in memory, without a log: for replays. Bound is the month
	// whose program and fitness hold; 0 is the lake's last.
	Until, Bound claim.Month
	// Sync makes every event durable against power loss before Tell returns; otherwise within a tenth of a second.
	Sync bool
	// ReadOnly answers beside a running service: it reads the log and takes no events.
	ReadOnly bool
}

// ErrReadOnly is returned by Tell of an engine that only reads.
var ErrReadOnly = errors.New("只读打开的在线引擎不接收结算、费用上传")

// Engine answers calls. It is safe for concurrent use.
type Engine struct {
	dir string
	opt Options
	now atomic.Pointer[standing]
	d   *delta
	log *log

	reload  sync.Mutex
	telling sync.RWMutex // shared by those who tell; held alone while the log is started anew
}

// ErrClosed is returned by calls after Close.
var ErrClosed = errors.New("在线引擎已关闭")

// Open opens the engine of a data directory: the live cards, the lake's last state as history, and what became known since.
func Open(dir string, opt Options) (*Engine, error) {
	if opt.Open == nil {
		opt.Open = openPlain
	}
	e := &Engine{dir: dir, opt: opt, d: newDelta()}
	if opt.Until == 0 {
		var err error
		if e.log, err = openLog(filepath.Join(dir, "online", "log"), opt.Sync, opt.ReadOnly, e.d.apply); err != nil {
			return nil, err
		}
	}
	if err := e.Reload(context.Background()); err != nil {
		e.log.close()
		return nil, err
	}
	return e, nil
}

func openPlain(_ context.Context, dir string) (*audit.Auditor, error) {
	lib, _, err := rule.ForData(dir)
	if err != nil {
		return nil, err
	}
	return audit.Open(dir, lib)
}

// Reload takes up the cards, knowledge, decisions and lake as they are now. Calls under way end with what they began with. Where the
// new set cannot be taken, the old one goes on and the error says why.
func (e *Engine) Reload(ctx context.Context) error {
	e.reload.Lock()
	defer e.reload.Unlock()
	s, err := e.stand(ctx)
	if err != nil {
		return fmt.Errorf("规则、知识或数据没有换上，仍用原来的：%w", err)
	}
	old := e.now.Swap(s)
	if old != nil {
		old.leave()
	}
	if e.log != nil && old != nil && old.hist.id != s.hist.id {
		return e.compact(s)
	}
	return nil
}

// stand prepares a standing.
func (e *Engine) stand(ctx context.Context) (*standing, error) {
	a, err := e.opt.Open(ctx, e.dir)
	if err != nil {
		return nil, err
	}
	g, err := a.Ground(e.opt.Bound)
	if err != nil {
		return nil, err
	}
	to, dir := g.Month(), e.dir
	if e.opt.Until != 0 {
		to, dir = e.opt.Until, ""
	}
	s := newStanding(g, newHistory(g, to, dir), e.d, e.facts(), 4*runtime.GOMAXPROCS(0))
	s.warm()
	return s, nil
}

func (e *Engine) facts() map[string]Facts {
	out := map[string]Facts{}
	for name, rs := range e.opt.Channels {
		for _, r := range rs {
			out[name+"/"+r.Stage] = FactsOf(r)
		}
	}
	return out
}

// Prepare makes the history files of the lake's state that are missing, opens all, and removes those of earlier states. Without it each is
// made and opened when somebody first asks for it. It ends early when the engine takes up another state or is closed. progress may be nil.
func (e *Engine) Prepare(progress func(done, of int)) error {
	s := e.enter()
	if s == nil {
		return ErrClosed
	}
	defer s.leave()
	if s.hist.dir == "" || len(s.hist.slots) == 0 {
		return nil
	}
	idle := func() bool { return s.gone.Load() || e.now.Load() != s }
	if err := s.hist.openAll(idle, progress); err != nil {
		return err
	}
	e.reload.Lock() // else the state after this one could be swept away
	defer e.reload.Unlock()
	if idle() {
		return nil
	}
	return s.hist.sweep()
}

// Pending counts the history files that are not made and open yet: the first call of one of their persons waits for it.
func (e *Engine) Pending() int {
	s := e.enter()
	if s == nil {
		return 0
	}
	defer s.leave()
	return s.hist.pending()
}

// Program names the cards, points and decisions in force.
func (e *Engine) Program() string {
	s := e.enter()
	if s == nil {
		return ""
	}
	defer s.leave()
	return s.ground.Program()
}

// enter takes the standing of now; nil when the engine is closed.
func (e *Engine) enter() *standing {
	for {
		s := e.now.Load()
		if s.enter() {
			return s
		}
		if s == e.now.Load() {
			return nil
		}
	}
}

// Close ends the engine when the calls under way are answered. Events told are durable afterwards.
func (e *Engine) Close() error {
	if s := e.now.Load(); s != nil && !s.gone.Swap(true) {
		s.leave()
	}
	return e.log.close()
}

// Tell makes an event part of what later calls know. When it returns, the event survives the end of the process.
func (e *Engine) Tell(_ context.Context, ev *Event) error {
	if e.opt.ReadOnly {
		return ErrReadOnly
	}
	en, err := entryOf(ev)
	if err != nil {
		return err
	}
	e.telling.RLock()
	defer e.telling.RUnlock()
	if err := e.log.append(en); err != nil {
		return err
	}
	e.d.apply(en)
	return nil
}

// Check judges a request.
func (e *Engine) Check(ctx context.Context, r *Request) (*Answer, error) {
	start := time.Now()
	s := e.enter()
	if s == nil {
		return nil, ErrClosed
	}
	defer s.leave()
	w, err := s.watch(r)
	if err != nil {
		return nil, err
	}
	if !r.At.Has() {
		return nil, errors.New("调用没有时间（inf_time）")
	}
	d := s.desk()
	ok := false
	defer func() {
		if ok { // a desk on which something went wrong is not used again
			s.put(d)
		}
	}()
	d.end = time.Time{}
	if e.opt.Budget > 0 {
		d.end = start.Add(e.opt.Budget)
	}
	if t, has := ctx.Deadline(); has && (d.end.IsZero() || t.Before(d.end)) {
		d.end = t
	}
	a := &Answer{Program: s.ground.Program(), NotJudged: w.silent}
	for i := range r.Patients {
		if err := d.judge(r, &r.Patients[i], w, a); err != nil {
			return nil, err
		}
	}
	ok = true
	slices.SortFunc(a.Reminders, compareReminders) // by a number of its own in the end: one order
	a.Took = time.Since(start)
	return a, nil
}

func compareReminders(x, y Reminder) int {
	return cmp.Or(cmp.Compare(y.Stop, x.Stop), cmp.Compare(y.Vola, x.Vola), strings.Compare(x.Rule, y.Rule), strings.Compare(x.Patient, y.Patient),
		strings.Compare(x.Visit, y.Visit), strings.Compare(x.ID, y.ID))
}

// compact leaves out of the delta what the lake holds by now, and starts the log anew with the rest.
func (e *Engine) compact(s *standing) error {
	e.telling.Lock()
	defer e.telling.Unlock()
	ds := s.ground.Snapshot().Dicts()
	var failed error
	keep := func(psn string, rows []byte) []byte {
		code := ds[claim.DictPerson].Find(psn)
		if code < 0 || failed != nil {
			return rows
		}
		parts, err := s.hist.person(s.ground.Snapshot().Pers(code), nil, time.Time{})
		if err != nil {
			failed = err
			return rows
		}
		return outlived(rows, parts)
	}
	if err := e.log.restart(func(put func(psn string, rows []byte) error) error {
		var err error
		e.d.each(func(psn string, rows []byte) []byte {
			rows = keep(psn, rows)
			if len(rows) > 0 && err == nil {
				err = put(psn, rows)
			}
			return rows
		})
		return errors.Join(err, failed)
	}); err != nil {
		return fmt.Errorf("增量日志没有压缩，仍用原来的：%w", err)
	}
	return nil
}

// outlived is a person's rows without those of settlements that the lake holds and of visits that were settled so.
func outlived(rows []byte, lake []claim.Part) []byte {
	setls := map[uint64]bool{}
	for _, x := range lake {
		for r := x.Lo; x.Batch.Table == callTables[tSettlement] && r < x.Hi; r++ {
			setls[x.Batch.Setl[r]] = true
		}
	}
	open := map[string]bool{} // visits with something that the lake does not hold
	closed := map[string]bool{}
	_ = eachRow(rows, func(r deltaRow) error {
		v := r.get(visitCol[r.table])
		switch id := ""; r.table {
		case tSettlement:
			if id = r.get(sInit); id == "" {
				id = r.get(sID)
			}
			if setls[claim.KeyOf(id)] && r.get(sInit) == "" {
				closed[v] = true
			} else {
				open[v] = true
			}
		case tFee:
			if !setls[claim.KeyOf(r.get(fSetl))] {
				open[v] = true
			}
		}
		return nil
	})
	var out []byte
	_ = eachRow(rows, func(r deltaRow) error {
		if v := r.get(visitCol[r.table]); closed[v] && !open[v] {
			return nil
		}
		out = append(out, r.raw...)
		return nil
	})
	return out
}
