package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/web"
)

// logged is a log that a test may read while the server writes it.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// running is a server on a free loopback port.
type running struct {
	url  string
	log  *logged
	stop func() error // asks it to stop and waits
}

func run(t testing.TB, opt web.Options, prepare func(*web.Server)) *running {
	t.Helper()
	r := &running{log: &logged{}}
	opt.Listen = "127.0.0.1:0"
	opt.Log = slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s, err := web.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	prepare(s)
	addr, err := s.Listen()
	if err != nil {
		t.Fatal(err)
	}
	r.url = s.Scheme() + "://" + addr.String()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	r.stop = sync.OnceValue(func() error { cancel(); return <-done })
	t.Cleanup(func() { r.stop() })
	return r
}

func ok(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") }

// problem reads an answer that is to be a problem.
func problem(t *testing.T, r *http.Response, status int, code string) web.Problem {
	t.Helper()
	defer r.Body.Close()
	var p web.Problem
	b, _ := io.ReadAll(r.Body)
	if err := json.Unmarshal(b, &p); err != nil {
		t.Fatalf("%d %s: %v", r.StatusCode, b, err)
	}
	if r.StatusCode != status || p.Status != status || p.Code != code || r.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%d %s %s, want %d %s", r.StatusCode, r.Header.Get("Content-Type"), b, status, code)
	}
	if p.Instance == "" || p.Instance != r.Header.Get("X-Request-Id") || p.Title == "" {
		t.Errorf("%s does not name the request %s", b, r.Header.Get("X-Request-Id"))
	}
	return p
}

func get(t *testing.T, url string) *http.Response {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestProblems(t *testing.T) {
	t.Parallel()
	s := run(t, web.Options{MaxBody: 1000}, func(s *web.Server) {
		s.Mount("POST /echo", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			b, err := io.ReadAll(r.Body)
			var big *http.MaxBytesError
			if errors.As(err, &big) {
				web.NewProblem(http.StatusRequestEntityTooLarge, web.CodeTooLarge, "太大").Write(w, r)
				return
			}
			w.Write(b)
		}))
		s.Mount("GET /panic", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("身份证 110101199001011234") }))
		s.Mount("GET /index", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _ = []int{}[len(r.URL.RawQuery)] }))
		s.Mount("GET /half", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, strings.Repeat("x", 10000))
			panic("late")
		}))
		s.Mount("GET /who/{psn_no}", http.HandlerFunc(ok))
	})
	problem(t, get(t, s.url+"/nowhere"), 404, web.CodeNotFound)
	if r := get(t, s.url+"/echo"); r.Header.Get("Allow") != "POST" {
		t.Errorf("Allow %q", r.Header.Get("Allow"))
	} else {
		problem(t, r, 405, web.CodeMethod)
	}
	post := func(n int) *http.Response {
		r, err := http.Post(s.url+"/echo", "text/plain", strings.NewReader(strings.Repeat("x", n)))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if b := body(t, post(1000)); len(b) != 1000 {
		t.Errorf("%d bytes came back", len(b))
	}
	problem(t, post(1001), 413, web.CodeTooLarge)
	problem(t, get(t, s.url+"/panic"), 500, web.CodeInternal)
	problem(t, get(t, s.url+"/index"), 500, web.CodeInternal)
	r := get(t, s.url+"/half")
	if _, err := io.ReadAll(r.Body); err == nil {
		t.Error("half an answer looks like a whole one")
	}
	body(t, get(t, s.url+"/who/110101199001011234?certno=110101199001011234"))
	if b := body(t, get(t, s.url+"/who/1")); b != "ok" {
		t.Errorf("after the panics: %s", b)
	}
	if err := s.stop(); err != nil {
		t.Error(err)
	}
	log := s.log.String()
	if strings.Contains(log, "110101199001011234") {
		t.Errorf("the log names a person:\n%s", log)
	}
	for _, want := range []string{"index out of range", "type=string", `route="GET /who/{psn_no}"`} {
		if !strings.Contains(log, want) {
			t.Errorf("the log does not say %s:\n%s", want, log)
		}
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	s := run(t, web.Options{Version: "v1"}, func(s *web.Server) { s.Mount("GET /a/{id}", http.HandlerFunc(ok)) })
	for i := range 3 {
		body(t, get(t, fmt.Sprintf("%s/a/%d", s.url, i)))
	}
	body(t, get(t, s.url+"/b"))
	req, _ := http.NewRequest("HACK", s.url+"/a/1", nil)
	if r, err := http.DefaultClient.Do(req); err != nil {
		t.Error(err)
	} else {
		body(t, r)
	}
	m := body(t, get(t, s.url+"/metrics"))
	for _, want := range []string{`mingjian_http_requests_total{method="GET",route="GET /a/{id}",status="200"} 3`, `mingjian_http_requests_total{method="GET",route="",status="404"} 1`,
		`method="other"`, `mingjian_http_request_seconds_count{route="GET /a/{id}"} 3`, `mingjian_build_info{version="v1"} 1`, "go_goroutines"} {
		if !strings.Contains(m, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(m, "HACK") || strings.Contains(m, "/a/1") {
		t.Error("what callers make up is a label")
	}
}

// rules is a reloader that a test controls.
type rules struct {
	mu      sync.Mutex
	version string
	wrong   bool
	loads   int
	told    chan struct{}
}

func (r *rules) Reload(context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.loads++
	defer func() { r.told <- struct{}{} }()
	if r.wrong {
		return errors.New("卡片有错")
	}
	r.version = fmt.Sprint("p", r.loads)
	return nil
}

func (r *rules) Program() string { r.mu.Lock(); defer r.mu.Unlock(); return r.version }

func (r *rules) setWrong(wrong bool) { r.mu.Lock(); defer r.mu.Unlock(); r.wrong = wrong }

func TestReload(t *testing.T) { // not parallel: SIGHUP goes to the whole process
	var stamp atomic.Int64
	r := &rules{told: make(chan struct{}, 10)}
	s := run(t, web.Options{Every: time.Millisecond, Stamp: func(context.Context) (string, error) { return fmt.Sprint(stamp.Load()), nil }},
		func(s *web.Server) { s.Reload(r) })
	ready := func(status int, program string) {
		t.Helper()
		x := get(t, s.url+"/readyz")
		if b := body(t, x); x.StatusCode != status || !strings.Contains(b, `"program":"`+program+`"`) {
			t.Errorf("%d %s", x.StatusCode, b)
		}
	}
	<-r.told
	ready(200, "p1")
	stamp.Add(1)
	<-r.told
	ready(200, "p2")
	r.setWrong(true)
	stamp.Add(1)
	<-r.told
	ready(200, "p2") // what was in force answers
	// The metric is set when the reload has come back to the server, a moment after the reloader returned.
	failing := func(want string) {
		t.Helper()
		for range 1000 {
			if strings.Contains(body(t, get(t, s.url+"/metrics")), "mingjian_reload_failing "+want) {
				return
			}
		}
		t.Errorf("mingjian_reload_failing is not %s", want)
	}
	failing("1")
	r.setWrong(false)
	if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	<-r.told
	ready(200, "p4")
	failing("0")
	if err := s.stop(); err != nil {
		t.Error(err)
	}
	if n := r.loads; n != 4 {
		t.Errorf("%d loads", n)
	}
}

func TestNotReady(t *testing.T) {
	t.Parallel()
	r := &rules{told: make(chan struct{}, 10), wrong: true}
	var down atomic.Bool
	s := run(t, web.Options{Checks: []web.Check{{Name: "store", Run: func(context.Context) error {
		if down.Load() {
			return errors.New("password=secret")
		}
		return nil
	}}}}, func(s *web.Server) { s.Reload(r) })
	<-r.told
	down.Store(true)
	x := get(t, s.url+"/readyz")
	b := body(t, x)
	if x.StatusCode != 503 || !strings.Contains(b, `"ready":false`) || !strings.Contains(b, "规则和知识还没有装入") || !strings.Contains(b, `"store":"不可用"`) || strings.Contains(b, "secret") {
		t.Errorf("%d %s", x.StatusCode, b)
	}
	if x := get(t, s.url+"/healthz"); x.StatusCode != 200 {
		t.Errorf("alive: %d", x.StatusCode)
	}
}

// TestStop asks the server to stop while a request and background work are under way.
func TestStop(t *testing.T) {
	t.Parallel()
	begun, finish := make(chan struct{}), make(chan struct{})
	var mu sync.Mutex
	var order []string
	note := func(s string) { mu.Lock(); defer mu.Unlock(); order = append(order, s) }
	s := run(t, web.Options{}, func(s *web.Server) {
		s.Mount("GET /long", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			close(begun)
			<-finish
			note("request")
			io.WriteString(w, "whole")
		}))
		s.Background("work", func(ctx context.Context) error { <-ctx.Done(); note("work"); return nil })
		s.AtEnd("first opened", func(context.Context) error { note("end 1"); return nil })
		s.AtEnd("last opened", func(context.Context) error { note("end 2"); return nil })
	})
	got := make(chan string, 1)
	go func() {
		r, err := http.Get(s.url + "/long")
		if err != nil {
			got <- err.Error()
			return
		}
		defer r.Body.Close()
		b, _ := io.ReadAll(r.Body)
		got <- string(b)
	}()
	<-begun
	stopped := make(chan error, 1)
	go func() { stopped <- s.stop() }()
	for { // no new connections
		c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			break
		}
		c.Close()
	}
	close(finish)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if b := <-got; b != "whole" {
		t.Errorf("the request under way got %q", b)
	}
	if s := strings.Join(order, ","); s != "request,work,end 2,end 1" {
		t.Errorf("order %s", s)
	}
}

// TestStopIsBounded has a request that never ends.
func TestStopIsBounded(t *testing.T) {
	t.Parallel()
	begun := make(chan struct{})
	s := run(t, web.Options{Grace: 50 * time.Millisecond}, func(s *web.Server) {
		s.Mount("GET /stuck", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { close(begun); <-r.Context().Done() }))
	})
	go http.Get(s.url + "/stuck")
	<-begun
	if err := s.stop(); err != nil {
		t.Error(err)
	}
	if !strings.Contains(s.log.String(), "broken off") {
		t.Errorf("the log does not say so:\n%s", s.log)
	}
}

func TestBackgroundErrorEndsTheServer(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	fail := make(chan struct{})
	s := run(t, web.Options{}, func(s *web.Server) {
		s.Background("日志", func(context.Context) error { <-fail; return boom })
	})
	close(fail)
	for {
		if r, err := http.Get(s.url + "/healthz"); err != nil {
			break
		} else {
			r.Body.Close()
		}
	}
	if err := s.stop(); !errors.Is(err, boom) || !strings.Contains(err.Error(), "日志") {
		t.Error(err)
	}
}

// keys is a verifier of two keys.
type keys struct{ seen sync.Map }

func (k *keys) TIF(_ context.Context, id, at, nonce, signature string, _ time.Time) (*auth.Identity, error) {
	if id == "down" {
		return nil, errors.New("store down")
	}
	if (id != "k1" && id != "k2") || signature != auth.SignTIF("secret", at, nonce) {
		return nil, auth.ErrDenied
	}
	if _, twice := k.seen.LoadOrStore(id+" "+nonce, true); twice {
		return nil, auth.ErrReplayed
	}
	return &auth.Identity{Name: id, Scope: auth.Scope{Inst: "H99010001"}}, nil
}

func TestGateway(t *testing.T) {
	t.Parallel()
	mount := func(refuse func(http.ResponseWriter, *http.Request, *web.Problem)) *running {
		return run(t, web.Options{}, func(s *web.Server) {
			g := &web.Gateway{Gate: &keys{}, Limits: web.NewLimits(0.001, 3), Refuse: refuse}
			s.Mount("POST /fsi", g.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				io.WriteString(w, auth.From(r.Context()).Scope.Inst)
			})))
		})
	}
	s := mount(nil)
	n := 0
	call := func(url, id, nonce, secret string) *http.Response {
		t.Helper()
		at := fmt.Sprint(time.Now().Unix())
		if nonce == "" {
			n++
			nonce = fmt.Sprint("n", n)
		}
		if nonce == "fixed" {
			at = "1"
		}
		r, _ := http.NewRequest("POST", url+"/fsi", nil)
		for k, v := range map[string]string{"x-tif-paasid": id, "x-tif-timestamp": at, "x-tif-nonce": nonce, "x-tif-signature": auth.SignTIF(secret, at, nonce)} {
			r.Header.Set(k, v)
		}
		out, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	problem(t, call(s.url, "k1", "", "wrong"), 401, web.CodeSignIn)
	problem(t, call(s.url, "nobody", "", "secret"), 401, web.CodeSignIn)
	problem(t, call(s.url, "down", "", "secret"), 503, web.CodeUnavailable)
	if b := body(t, call(s.url, "k1", "fixed", "secret")); b != "H99010001" {
		t.Errorf("a signed call: %s", b)
	}
	for range 5 { // replays take no tokens
		problem(t, call(s.url, "k1", "fixed", "secret"), 401, web.CodeSignIn)
	}
	if b := body(t, call(s.url, "k2", "fixed", "secret")); b != "H99010001" {
		t.Errorf("another key's call with the same nonce: %s", b)
	}
	for range 2 {
		if r := call(s.url, "k1", "", "secret"); r.StatusCode != 200 {
			t.Errorf("within the limit: %d", r.StatusCode)
		}
	}
	r := call(s.url, "k1", "", "secret")
	if p := problem(t, r, 429, web.CodeTooMany); r.Header.Get("Retry-After") == "" || !strings.Contains(p.Detail, "太频繁") {
		t.Errorf("%s, again after %s", p.Detail, r.Header.Get("Retry-After"))
	}
	if r := call(s.url, "k2", "", "secret"); r.StatusCode != 200 {
		t.Errorf("another key's limit: %d", r.StatusCode)
	}
	own := mount(func(w http.ResponseWriter, _ *http.Request, p *web.Problem) { fmt.Fprint(w, "envelope ", p.Code) })
	if b := body(t, call(own.url, "k1", "", "wrong")); b != "envelope sign_in" {
		t.Errorf("in the callers' shape: %s", b)
	}
}

func TestEndlessHeadersAreRefused(t *testing.T) {
	t.Parallel()
	s := run(t, web.Options{}, func(*web.Server) {})
	c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Fill: %s\r\n", strings.Repeat("x", 64<<10))
	b := make([]byte, 100)
	if n, _ := c.Read(b); !strings.Contains(string(b[:n]), "431") {
		t.Errorf("endless headers got %q", b[:n])
	}
}
