package fsi

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online"
)

// Engine judges requests. The answer may be partial when ctx runs out; the error means that nothing was judged.
type Engine interface {
	Check(ctx context.Context, q *online.Request) (*online.Answer, error)
}

// History takes what settlement messages tell, for later calls.
type History interface {
	Tell(ctx context.Context, e *online.Event) error
	// Waiting is a visit with the lines that were told as Charged and not settled or withdrawn since; nil when there are none.
	Waiting(inst, psn, visit, batch string) *online.Encounter
}

// Reminders chooses what of an answer is worth an interruption, remembers what was said, and hears what was done about it.
type Reminders interface {
	Show(ctx context.Context, q *online.Request, a *online.Answer) ([]online.Reminder, error)
	// Heard keeps feedback; the same may come again. A *Fault says what is wrong with it.
	Heard(ctx context.Context, h *Hearing) error
}

// Hearing is feedback with who gave it.
type Hearing struct {
	Channel  string // "fsi", "cds"
	Key      string
	Inst     string
	Operator string
	At       time.Time
	Feedback
}

// Limiter bounds the calls of a key.
type Limiter interface {
	Take(key string, now time.Time) (wait time.Duration, ok bool)
}

// Deps are what the handler works with.
type Deps struct {
	Engine    Engine
	Gate      *auth.Gate
	Profiles  *Profiles // nil = the shipped
	Limit     Limiter   // nil = none
	History   History   // nil = settlement messages are judged and forgotten
	Reminders Reminders // nil = all that is not silent is shown, feedback is refused
	Desk      *Desk     // releases and the area's switch; nil = none
	Appeals   Appeals   // findings and what the institution answers; nil = 3701–3704 are refused
	Goods     Goods     // trace codes and stock; nil = 3501–3507 are refused, codes are not asked
	// Names are what an institution and an item are called, by their codes, "" where nobody knows; nil knows nothing.
	Names   func(inst, item string) (instName, itemName string)
	Limits  *Limits               // nil = DefaultLimits
	Budget  time.Duration         // for judging, 400 ms when 0: callers wait for 500
	Log     *slog.Logger          // nil = nothing
	Metrics prometheus.Registerer // nil = none
	Now     func() time.Time
}

type server struct {
	Deps
	serial atomic.Uint64
	said   spoken    // what was answered lately, for releases and slips
	steps  stepTimes // where the time of calls goes
}

// paths that are not transactions.
const (
	tokenPath   = "/auth/oauth/token"
	releasePath = "/fsi/release"
	slipPath    = "/fsi/slip"
)

// Patterns are where a server mounts the handler: style A (transaction in the path), style B (one address and its token), the CSB
// gateway's address.
var Patterns = []string{"/fsi/", "/mbs/fmi/fsi/", "/auth/oauth/token", "/CSB"}

// Handler answers the interface at any address: where the last part of the path is a transaction number it must agree with
// the envelope's infno; else the envelope alone tells. The status is 200 for everything that a message can be answered,
// infcode -1 included; 401, 403, 405, 413, 415, 429 and 503 where HTTP itself has a word for it.
func Handler(d Deps) (http.Handler, error) {
	if d.Engine == nil || d.Gate == nil {
		return nil, errors.New("fsi: Engine and Gate are needed")
	}
	if d.Profiles == nil {
		ps, err := national()
		if err != nil {
			return nil, err
		}
		d.Profiles = ps
	}
	if d.Limits == nil {
		l := DefaultLimits
		d.Limits = &l
	}
	d.Budget = cmp.Or(d.Budget, 400*time.Millisecond)
	if d.Log == nil {
		d.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	s := &server{Deps: d}
	if err := s.steps.register(d.Metrics); err != nil {
		return nil, err
	}
	s.serial.Store(uint64(d.Now().UnixMicro()))
	return s, nil
}

// ServeHTTP answers one call.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == tokenPath {
		s.token(w, r)
		return
	}
	if r.URL.Path == OpenAPIPath && r.Method == http.MethodGet {
		serveOpenAPI(w)
		return
	}
	re := &reply{m: &Message{Profile: s.Profiles.national}, received: s.Now(), serial: &s.serial}
	status := http.StatusOK
	if bad := s.safely(re, w, r); bad != nil {
		re.fault, status = bad, statusOf(bad.Code)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	b := re.encode(s.Now())
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	w.WriteHeader(status)
	w.Write(b) //nolint:errcheck // the caller has gone
	re.watch.end(&s.steps, stepAnswer)
}

// safely answers a call that breaks the program as one that could not be judged: its caller lets pass, the others notice nothing.
func (s *server) safely(re *reply, w http.ResponseWriter, r *http.Request) (bad *Fault) {
	defer func() {
		if x := recover(); x != nil {
			text := "of its own"
			if err, ok := x.(runtime.Error); ok { // what the program says itself may quote the message
				text = err.Error()
			}
			s.Log.ErrorContext(r.Context(), "panic", "err", text, "stack", string(debug.Stack()))
			re.output = nil
			bad = fault(Failed, "暂时不能核对，请先放行，稍后补传并标注未提示")
		}
	}()
	return s.call(re, w, r)
}

func statusOf(c Code) int {
	switch c {
	case Unsigned, Forged, Expired, Replayed:
		return http.StatusUnauthorized
	case OtherScope:
		return http.StatusForbidden
	case TooOften:
		return http.StatusTooManyRequests
	case TooBig:
		return http.StatusRequestEntityTooLarge
	case WrongType:
		return http.StatusUnsupportedMediaType
	case WrongMethod:
		return http.StatusMethodNotAllowed
	case Failed:
		return http.StatusServiceUnavailable
	}
	return http.StatusOK
}

func (s *server) call(re *reply, w http.ResponseWriter, r *http.Request) *Fault {
	re.watch = startWatch()
	body, charset, bad := s.body(w, r)
	re.watch.end(&s.steps, stepRead)
	if bad != nil {
		return bad
	}
	who, bad := s.admit(r, body, re.received)
	re.watch.end(&s.steps, stepSign)
	if bad != nil {
		return bad
	}
	switch r.URL.Path {
	case releasePath, slipPath:
		return s.desk(r.Context(), re, who, body, charset, r.URL.Path)
	}
	m, err := s.Profiles.Read(body, Source{Infno: infnoOf(r.URL.Path), Charset: charset, Limits: s.Limits})
	if m.Profile == nil {
		m.Profile = s.Profiles.national
	}
	re.m = m
	re.watch.end(&s.steps, stepDecode)
	if err != nil {
		var f *Fault
		if errors.As(err, &f) {
			return f
		}
		return fault(Failed, "%v", err)
	}
	if bad := scope(who, m); bad != nil {
		return bad
	}
	return s.answer(r.Context(), re, who)
}

// infnoOf is the transaction in the last part of a path, "" when it is none.
func infnoOf(path string) string {
	last := path[strings.LastIndexByte(path, '/')+1:]
	if len(last) < 4 || len(last) > 5 || strings.Trim(last[:4], "0123456789") != "" || (len(last) == 5 && (last[4] < 'A' || last[4] > 'Z')) {
		return ""
	}
	return last
}

func (s *server) answer(ctx context.Context, re *reply, who *auth.Identity) *Fault {
	m := re.m
	if !m.At.Has() {
		m.At = civil(re.received)
	}
	re.warn = warnings(m.Odd)
	switch {
	case m.Request != nil:
		return s.check(ctx, re)
	case m.Feedback != nil:
		if s.Reminders == nil {
			return fault(UnknownInfno, "本服务没有开通反馈")
		}
		return s.heard(ctx, &Hearing{Channel: "fsi", Key: who.Name, Inst: m.Inst, Operator: m.Operator, At: re.received, Feedback: *m.Feedback})
	case m.Bill != nil:
		return s.bill(ctx, re)
	case m.Goods != nil:
		return s.goods(ctx, re)
	case m.Pleas != nil:
		return s.pleas(ctx, re, who)
	case m.National == "9001":
		at := re.received.In(china)
		re.output = func(w *writer) {
			w.key("signinoutb")
			w.open('{')
			w.text("sign_time", at.Format(time.DateTime))
			w.text("sign_no", at.Format("20060102150405")+clip(m.Operator, 16))
			w.close('}')
		}
	}
	return nil
}

// ErrUnknownReminder is returned by Reminders.Heard for a jr_id that was never given to the institution.
var ErrUnknownReminder = errors.New("没有给本机构发过这个编号的提醒")

func (s *server) heard(ctx context.Context, h *Hearing) *Fault {
	err := s.Reminders.Heard(ctx, h)
	var bad *Fault
	switch {
	case errors.As(err, &bad):
		return bad
	case errors.Is(err, ErrUnknownReminder):
		return &Fault{Code: Missing, Path: "input.data.warns", Text: err.Error()}
	case err != nil:
		return s.failed(ctx, err)
	}
	return nil
}

func (s *server) failed(ctx context.Context, err error) *Fault {
	s.Log.ErrorContext(ctx, "call could not be answered", "err", err)
	return fault(Failed, "暂时不能核对，请先放行，稍后补传并标注未提示")
}

// judge runs the engine within the budget, chooses what is shown and applies the area's switch and releases.
func (s *server) judge(ctx context.Context, re *reply, q *online.Request) (*online.Answer, []online.Reminder, *Fault) {
	if !q.At.Has() {
		q.At = civil(s.Now())
	}
	short, cancel := context.WithTimeout(ctx, s.Budget)
	defer cancel()
	a, err := s.Engine.Check(short, q)
	re.watch.end(&s.steps, stepJudge)
	defer re.watch.end(&s.steps, stepRemind)
	if err != nil {
		return nil, nil, s.failed(ctx, err)
	}
	s.soften(ctx, q, a)
	forbid(a)
	s.sold(ctx, q, a)
	var shown []online.Reminder
	if s.Reminders == nil {
		shown = audible(a.Reminders)
	} else if shown, err = s.Reminders.Show(ctx, q, a); err != nil {
		return nil, nil, s.failed(ctx, err)
	}
	s.said.keep(q, shown, s.Now())
	return a, shown, nil
}

func audible(rs []online.Reminder) []online.Reminder {
	out := make([]online.Reminder, 0, len(rs))
	for _, r := range rs {
		if r.Stop > online.Silent {
			out = append(out, r)
		}
	}
	return out
}

// check answers a 3101 or 3102.
func (s *server) check(ctx context.Context, re *reply) *Fault {
	q := re.m.Request
	q.At, q.Received = re.m.At, re.received
	a, shown, bad := s.judge(ctx, re, q)
	if bad != nil {
		return bad
	}
	partial := ""
	if a.Partial {
		partial = "时间不够，只核对了一部分，未列出的不等于没有问题"
	}
	re.warn = warnings(re.m.Odd, partial)
	re.output = func(w *writer) {
		re.m.results(w, q.TaskID, shown)
		w.text("rule_warn_lv", levels[gravest(shown)])
		w.text("ana_flag", anaFlag(a))
	}
	return nil
}

// anaFlag tells whether everything was judged: 1 yes, 0 the time ran out.
func anaFlag(a *online.Answer) string {
	if a.Partial {
		return "0"
	}
	return "1"
}

func gravest(rs []online.Reminder) online.Stop {
	top := online.Silent
	for _, r := range rs {
		top = max(top, r.Stop)
	}
	return top
}

// civil is a moment as China's clocks show it.
func civil(t time.Time) claim.Time {
	return claim.Time(t.Truncate(time.Second).Unix()*1_000_000 + zone)
}
