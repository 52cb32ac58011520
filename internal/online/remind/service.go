package remind

import (
	"context"
	"encoding/json"
	"errors"
	"sync/atomic"
	"time"

	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/online/journal"
	"github.com/mingjian/mingjian/internal/store"
)

// Options of a service; zero values mean what is said beside them.
type Options struct {
	// LogWait is how long an answer waits at most for the log to take it: 5 ms. See package journal for what that promises.
	LogWait time.Duration
	Now     func() time.Time // time.Now
	Journal journal.Options
	// DrainEvery is how often the journal is brought into the store: 1 s.
	DrainEvery time.Duration
	Owners     func(rule string) string // who answers for a card; nil = the area's parameter
}

// Service chooses, remembers and takes answers. Safe for concurrent use.
type Service struct {
	opt     Options
	db      *store.DB
	dir     string
	journal *journal.Journal
	chooser atomic.Pointer[Chooser]
	areas   atomic.Pointer[Areas]
	memory  *Memory
	metrics *metrics

	silences *silences
	began    time.Time // what was told before is in the log alone
}

// Dir is the journal's place in a data directory.
const Dir = "reminders"

// OpenService opens the log in dir, drains what an earlier process left there and learns what is in force.
func OpenService(ctx context.Context, db *store.DB, dir string, chooser *Chooser, opt Options) (*Service, error) {
	if opt.LogWait == 0 {
		opt.LogWait = 5 * time.Millisecond
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.DrainEvery == 0 {
		opt.DrainEvery = time.Second
	}
	s := &Service{opt: opt, db: db, dir: dir, memory: NewMemory(), silences: newSilences(), began: opt.Now()}
	s.chooser.Store(chooser)
	if err := s.Reload(ctx); err != nil {
		return nil, err
	}
	dr := s.drain()
	dr.Until = time.Now().Add(startDrain) // what is left is taken in beside the calls
	if _, err := dr.All(ctx); err != nil {
		return nil, err
	}
	if err := s.recall(ctx); err != nil {
		return nil, err
	}
	var err error
	if s.journal, err = journal.Open(dir, opt.Journal); err != nil {
		return nil, err
	}
	s.metrics = newMetrics(s)
	return s, nil
}

// drain is the drain of this service: what it takes in, the memory learns.
func (s *Service) drain() *Drain {
	return &Drain{DB: s.db, Dir: s.dir, Areas: s.areas.Load(), Owners: s.opt.Owners, Now: s.opt.Now, learn: s.memory.learn}
}

// Use replaces the chooser, when cards changed.
func (s *Service) Use(c *Chooser) { s.chooser.Store(c) }

// Reload reads the areas' parameters again.
func (s *Service) Reload(ctx context.Context) error {
	a, err := LoadAreas(ctx, s.db)
	if err == nil {
		s.areas.Store(a)
	}
	return err
}

// recall fills the memory with the explanations that the store holds.
func (s *Service) recall(ctx context.Context) error {
	now := s.opt.Now()
	return s.db.View(ctx, func(tx *store.Tx) error {
		for _, way := range []string{Continue, Wrong} {
			rs, err := tx.Explained(way, store.Micros(now.Add(-longestQuiet)), store.Micros(now.Add(-longestStay)))
			if err != nil {
				return err
			}
			for i := range rs {
				s.memory.learn(&rs[i], way, store.Moment(rs[i].At))
			}
		}
		return nil
	})
}

// learn notes an answer that came through the store.
func (m *Memory) learn(r *store.Reminder, way string, at time.Time) {
	stop := online.Silent
	for s, name := range verdicts {
		if name == r.Level {
			stop = s
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	x := &mention{jr: r.JrID, w: Where{Inst: r.Inst, Dept: r.Dept, Doctor: r.Doctor, Patient: r.Psn, Visit: r.Mdtrt, Inpatient: r.Inpatient}, r: online.Reminder{
		ID: r.JrID, Patient: r.Psn, Visit: r.Mdtrt, Rule: r.Rule, Subject: r.Subject, Severity: int8(r.Severity), Stop: stop, Facts: r.Facts, Excess: r.Excess, Vola: money(r.Vola)}}
	k := quietKey{x.w.Inst, x.r.Patient, x.r.Rule, x.r.Subject}
	if old, ok := m.explained[k]; ok && old.at.After(at) {
		return // what came by the short way is newer
	}
	m.explain(x, way, at)
}

// Params of a request's area.
func (s *Service) Params(req *online.Request) Params { return s.areas.Load().Of(areaOf(req)) }

// Decide chooses what of an answer is shown, and keeps the call. It waits for the log no longer than Options.LogWait; when
// the log cannot take it the answer goes out all the same, and Decision.NotLogged and the metrics say so.
func (s *Service) Decide(req *online.Request, ans *online.Answer) *Decision {
	now := s.opt.Now()
	p := s.Params(req)
	d := s.chooser.Load().Choose(&p, req, ans, s.memory, now)
	d.Call = store.NewID()
	if d.Unseen = unseen(req, now); d.Unseen == "" {
		s.memory.said(d, dayOf(req, now))
	}
	e := logged(req, ans, d, now)
	quiet, tell := s.silences.of(ans.NotJudged)
	if quiet != nil {
		e.Call.NotJudged = store.Silent + quiet.ID
	}
	if tell {
		e.Silence = &quiet.Silence
	}
	ack := s.journal.Add(e.record(), s.opt.LogWait)
	if tell && ack == journal.Kept {
		s.silences.keep(quiet)
	}
	d.Kept, d.NotLogged = ack == journal.Kept, ack == journal.Dropped
	s.metrics.decided(req, ans, d)
	return d
}

// Patience is how long a caller waits for an answer before it lets pass (the guide for hospitals says so).
const Patience = 500 * time.Millisecond

// unseen tells why nobody will have seen the answer to a call.
func unseen(req *online.Request, now time.Time) string {
	switch {
	case req.Late:
		return HeldLate
	case !req.Received.IsZero() && now.Sub(req.Received) > Patience:
		return HeldOverdue
	}
	return ""
}

// ErrBusy is returned by Answer when the log could not take an answer: it should be given again.
var ErrBusy = errors.New("服务繁忙，反馈没有记下，请稍后再发一次")

// Answer takes a choice. Errors other than ErrBusy say what is wrong with it, in Chinese.
func (s *Service) Answer(c Choice) error {
	if err := c.check(); err != nil {
		return err
	}
	now := s.opt.Now()
	if !s.memory.allowed(&c) {
		return errors.New("这条提醒不是本机构的，不能反馈")
	}
	b, err := json.Marshal(entry{V: entryVersion, Choice: &c, At: store.Micros(now)})
	if err != nil {
		return err
	}
	if s.journal.Add(b, answerWait) != journal.Kept { // whoever is told "noted" must be able to rely on it
		return ErrBusy
	}
	s.memory.answered(&c, now)
	s.metrics.answers.WithLabelValues(c.Way).Inc()
	return nil
}

// answerWait is how long an answer to a reminder may wait for the log: nobody prescribes meanwhile.
const answerWait = 2 * time.Second

// allowed tells whether who answers may: not about another institution's reminder, as far as is known at once. The drain
// checks again with the store.
func (m *Memory) allowed(c *Choice) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.lately[c.JrID]
	return e == nil || c.Inst == "" || e.Value.(*mention).w.Inst == c.Inst
}

// Background drains the journal and looks after parameters until ctx ends.
func (s *Service) Background(ctx context.Context) error {
	t := time.NewTicker(s.opt.DrainEvery)
	defer t.Stop()
	pace := &pace{s: s, at: time.Now()}
	counted := false // what an earlier process told today
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
		dr := s.drain()
		dr.Rest = pace.rest
		r, err := dr.All(ctx)
		if err != nil && ctx.Err() != nil {
			return nil // Close takes in the rest
		}
		s.metrics.drained(r, err)
		if err == nil && !counted {
			if counted = s.recount(ctx) == nil; !counted {
				s.metrics.failed.Inc()
			}
		}
		if n%15 == 0 {
			if err := s.Reload(ctx); err != nil {
				s.metrics.failed.Inc()
			}
		}
	}
}

// recount adds to today's interruptions those of before the service began, when the log of that time is in the store: a restart must not
// give a doctor a second share of reminders.
func (s *Service) recount(ctx context.Context) error {
	day := civilDay(s.began)
	ds, err := s.db.DoctorDays(ctx, store.CallFilter{From: store.Micros(s.began) - 86_400_000_000, To: store.Micros(s.began)})
	if err != nil {
		return err
	}
	for _, d := range ds {
		if d.Day == day.String() {
			s.memory.add(day, d.Inst, d.Doctor, int(d.Calls), int(d.Interruptions))
		}
	}
	return nil
}

// The drain makes way: from so many calls a second on it rests so many times as long as it works, and what it did not take in waits
// in the log's files, to be taken in when it is quieter. At the start it works for so long before anybody is answered.
const (
	busyCalls  = 200
	busyRest   = 7
	startDrain = 2 * time.Second
)

// pace tells how busy the service is.
type pace struct {
	s     *Service
	at    time.Time
	calls int64
	n     int
}

// paceSpan is over what time calls are counted at least.
const paceSpan = 100 * time.Millisecond

func (p *pace) rest() int {
	now, calls := time.Now(), p.s.journal.Stats().Kept
	if span := now.Sub(p.at); span >= paceSpan {
		p.n = 0
		if float64(calls-p.calls)/span.Seconds() > busyCalls {
			p.n = busyRest
		}
		p.at, p.calls = now, calls
	}
	return p.n
}

// Close writes what waits and drains it as far as ctx allows; the rest is drained after the next start.
func (s *Service) Close(ctx context.Context) error {
	err := s.journal.Close()
	_, err2 := s.drain().All(ctx)
	if ctx.Err() != nil {
		err2 = nil // nothing is lost: the log's files hold it
	}
	return errors.Join(err, err2)
}
