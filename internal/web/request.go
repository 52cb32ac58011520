package web

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/store"
)

type ctxKey int

const exchangeKey ctxKey = iota

// exchange is what the server knows of a request under way.
type exchange struct {
	id  string
	who *auth.Identity // set by who authenticates; nil before
}

// RequestID is the number of the request a context belongs to: in the answer's header X-Request-Id, in problems and in the log.
func RequestID(ctx context.Context) string {
	if x, ok := ctx.Value(exchangeKey).(*exchange); ok {
		return x.id
	}
	return ""
}

// known notes who the caller is, for the log.
func known(ctx context.Context, who *auth.Identity) {
	if x, ok := ctx.Value(exchangeKey).(*exchange); ok {
		x.who = who
	}
}

// answer counts what a handler writes.
type answer struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (a *answer) WriteHeader(status int) {
	if a.status == 0 && status >= 200 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(b)
	a.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// ServeHTTP is the whole way of a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	begun := time.Now()
	x := &exchange{id: store.NewID()}
	r = r.WithContext(context.WithValue(r.Context(), exchangeKey, x))
	a := &answer{ResponseWriter: w}
	h := a.Header()
	h.Set("X-Request-Id", x.id)
	h.Set("X-Content-Type-Options", "nosniff")
	route := ""
	s.metrics.inFlight.Inc()
	defer func() {
		s.metrics.inFlight.Dec()
		if a.status == 0 {
			a.status = http.StatusOK
		}
		took := time.Since(begun)
		s.metrics.count(route, r.Method, a.status, took)
		s.log(r, x, a, route, took)
	}()
	defer s.recover(a, r, &route)
	handler, pattern := s.mux.Handler(r)
	if r.Body != nil {
		r.Body = http.MaxBytesReader(a, r.Body, max(s.opt.MaxBody, s.large[pattern]))
	}
	if pattern == "" {
		s.nowhere(a, r, handler)
		return
	}
	route = pattern
	s.mux.ServeHTTP(a, r)
}

// nowhere answers what no handler is mounted for. probe is the multiplexer's own answer: it knows whether another method would do.
func (s *Server) nowhere(w http.ResponseWriter, r *http.Request, probe http.Handler) {
	p := &probed{header: http.Header{}}
	probe.ServeHTTP(p, r)
	if p.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", p.header.Get("Allow"))
		NewProblem(http.StatusMethodNotAllowed, CodeMethod, "这个地址不接受 "+bounded(r.Method)+"，可用："+p.header.Get("Allow")).Write(w, r)
		return
	}
	if s.other != nil && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		s.other.ServeHTTP(w, r)
		return
	}
	NewProblem(http.StatusNotFound, CodeNotFound, "没有这个地址，请核对接口文档").Write(w, r)
}

// probed takes an answer that nobody is sent.
type probed struct {
	header http.Header
	status int
}

func (p *probed) Header() http.Header         { return p.header }
func (p *probed) Write(b []byte) (int, error) { return len(b), nil }
func (p *probed) WriteHeader(status int)      { p.status = status }

// recover answers for a handler that panicked. What it panicked with is logged only when the runtime said it: other texts could
// hold somebody's data.
func (s *Server) recover(a *answer, r *http.Request, route *string) {
	v := recover()
	if v == nil {
		return
	}
	if v == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
		panic(v)
	}
	s.metrics.panics.Inc()
	what := slog.String("type", typeName(v))
	if e, ok := v.(runtime.Error); ok {
		what = slog.String("error", e.Error())
	}
	s.opt.Log.Error("handler panicked", "request", RequestID(r.Context()), "route", *route, what, "stack", string(debug.Stack()))
	if a.status != 0 { // half an answer is out: break it off, so that nobody takes it for a whole one
		a.status = http.StatusInternalServerError
		panic(http.ErrAbortHandler)
	}
	NewProblem(http.StatusInternalServerError, CodeInternal, "系统内部错误，请把编号 "+RequestID(r.Context())+" 告诉管理员").Write(a, r)
}

// log writes a line about a request: no path, query, body, login or certificate. Answers that are fine are on the debug level: the
// metrics count them, and what was said to whom is kept by who said it.
func (s *Server) log(r *http.Request, x *exchange, a *answer, route string, took time.Duration) {
	level := slog.LevelDebug
	switch {
	case a.status >= 500:
		level = slog.LevelError
	case a.status >= 400:
		level = slog.LevelInfo
	case took > slow:
		level = slog.LevelWarn
	}
	ctx := r.Context()
	if !s.opt.Log.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{slog.String("request", x.id), slog.String("method", bounded(r.Method)), slog.String("route", route), slog.Int("status", a.status),
		slog.Int64("bytes", a.bytes), slog.Float64("ms", float64(took.Microseconds())/1000)}
	if x.who != nil && len(x.who.Roles) == 0 { // a key, not a person
		attrs = append(attrs, slog.String("key", x.who.Name))
	}
	if a.status == http.StatusUnauthorized || a.status == http.StatusTooManyRequests {
		attrs = append(attrs, slog.String("from", callerAddress(r)))
	}
	s.opt.Log.LogAttrs(ctx, level, "request", attrs...)
}

// slow is when an answer is worth a line although it is fine.
const slow = 2 * time.Second

// bounded keeps made-up methods out of logs and metrics.
func bounded(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}

// callerAddress is the address that connected, without its port.
func callerAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// retryAfter says in how many whole seconds to try again.
func retryAfter(w http.ResponseWriter, wait time.Duration) {
	w.Header().Set("Retry-After", strconv.Itoa(max(1, int((wait+time.Second-1)/time.Second))))
}
