package web

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options of a server. Zero values mean what is said beside them.
type Options struct {
	Listen  string // 127.0.0.1:8080
	TLSCert string // PEM files; both or none
	TLSKey  string
	MaxBody int64         // bytes of a request's body, 8 MiB
	Grace   time.Duration // for what is under way when the server is asked to stop, 20 s
	Version string        // of the program
	Log     *slog.Logger  // nothing is logged
	Checks  []Check       // what /readyz asks beside the reloaders
	// Stamp changes when live rules or knowledge have changed; it is read every Every (5 s). nil = reload on SIGHUP only.
	Stamp func(ctx context.Context) (string, error)
	Every time.Duration
}

// Times that keep a slow or silent client from holding a connection.
const (
	headerTime = 10 * time.Second
	readTime   = 60 * time.Second
	writeTime  = 120 * time.Second
	idleTime   = 120 * time.Second
	maxHeader  = 32 << 10
)

// Server is a listener with what is mounted on it.
type Server struct {
	opt        Options
	mux        *http.ServeMux
	large      map[string]int64 // bytes a request's body may have where it is not MaxBody, by pattern
	metrics    *metrics
	certs      *certificate
	reloaders  []Reloader
	background []part
	other      http.Handler // for addresses that nothing is mounted at, nil = 404
	atEnd      []part
	stopping   atomic.Bool
	listener   net.Listener
	born       string // stamp before anything was loaded
}

// part is something the server runs, named for errors.
type part struct {
	name string
	run  func(ctx context.Context) error
}

// New makes a server. It does not listen yet. What is loaded afterwards is not older than the stamp that New reads.
func New(opt Options) (*Server, error) {
	opt.Listen = cmp.Or(opt.Listen, "127.0.0.1:8080")
	opt.MaxBody = cmp.Or(opt.MaxBody, 8<<20)
	opt.Grace = cmp.Or(opt.Grace, 20*time.Second)
	opt.Every = cmp.Or(opt.Every, 5*time.Second)
	if opt.Log == nil {
		opt.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if (opt.TLSCert == "") != (opt.TLSKey == "") {
		return nil, errors.New("证书和私钥要一起给出")
	}
	s := &Server{opt: opt, mux: http.NewServeMux(), metrics: newMetrics(opt.Version), certs: &certificate{cert: opt.TLSCert, key: opt.TLSKey}}
	if err := s.certs.load(); err != nil {
		return nil, err
	}
	if opt.Stamp != nil {
		ctx, cancel := context.WithTimeout(context.Background(), checkTime)
		defer cancel()
		var err error
		if s.born, err = opt.Stamp(ctx); err != nil {
			return nil, err
		}
	}
	s.health()
	return s, nil
}

// Mount puts a handler at a pattern of http.ServeMux, such as "POST /fsi/api/". It panics on a pattern that is taken: two packages
// want the same address. The pattern is the route that logs and metrics name. Call it before Run.
func (s *Server) Mount(pattern string, h http.Handler) { s.mux.Handle(pattern, h) }

// Large lets the bodies of a mounted pattern be longer than MaxBody: files, which the handler streams. Call it before Run.
func (s *Server) Large(pattern string, bytes int64) {
	if s.large == nil {
		s.large = map[string]int64{}
	}
	s.large[pattern] = max(bytes, s.opt.MaxBody)
}

// Else gives who asks (GET, HEAD) for an address that nothing is mounted at to a handler, instead of a 404.
func (s *Server) Else(h http.Handler) { s.other = h }

// Background runs f beside the requests until ctx ends, which it does when the server stops. The server waits for it. An error ends
// the server. Call it before Run.
func (s *Server) Background(name string, f func(ctx context.Context) error) {
	s.background = append(s.background, part{name, f})
}

// AtEnd runs f after the last request, in the reverse order of the calls: what was opened last is closed first. ctx bounds it.
func (s *Server) AtEnd(name string, f func(ctx context.Context) error) {
	s.atEnd = append(s.atEnd, part{name, f})
}

// Listen opens the address and returns it; ":0" picks a free port. Run does it when it was not done.
func (s *Server) Listen() (net.Addr, error) {
	l, err := net.Listen("tcp", s.opt.Listen)
	if err != nil {
		return nil, fmt.Errorf("不能监听 %s：%w", s.opt.Listen, err)
	}
	s.listener = l
	return l.Addr(), nil
}

// Scheme is http or https.
func (s *Server) Scheme() string {
	if s.opt.TLSCert != "" {
		return "https"
	}
	return "http"
}

// Run serves until ctx ends, then lets what is under way finish, for at most Options.Grace. nil = an orderly stop.
func (s *Server) Run(ctx context.Context) error {
	if s.listener == nil {
		if _, err := s.Listen(); err != nil {
			return err
		}
	}
	hs := &http.Server{Handler: s, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime, MaxHeaderBytes: maxHeader,
		ErrorLog: log.New(&httpLog{s.opt.Log}, "", 0)}
	// Background work outlives the request to stop: it goes on while requests under way finish.
	work, stopWork := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stopWork(nil)
	var wg sync.WaitGroup
	for _, j := range append(slices.Clone(s.background), part{"reload", s.watch}) {
		wg.Go(func() {
			if err := j.run(work); err != nil && work.Err() == nil {
				stopWork(fmt.Errorf("%s：%w", j.name, err))
			}
		})
	}
	served := make(chan error, 1)
	go func() { served <- s.serve(hs) }()
	var err error
	select {
	case err = <-served:
	case <-work.Done():
		err = context.Cause(work)
	case <-ctx.Done():
	}
	s.stopping.Store(true)
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.opt.Grace)
	defer cancel()
	return errors.Join(err, s.stop(end, hs, func() { stopWork(nil) }, &wg))
}

func (s *Server) serve(hs *http.Server) error {
	var err error
	if s.opt.TLSCert != "" {
		hs.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: s.certs.get}
		err = hs.ServeTLS(s.listener, "", "")
	} else {
		err = hs.Serve(s.listener)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// stop ends in the order: no new requests, those under way, background work, what was opened.
func (s *Server) stop(ctx context.Context, hs *http.Server, stopWork func(), wg *sync.WaitGroup) error {
	var errs []error
	if err := hs.Shutdown(ctx); err != nil {
		s.opt.Log.Warn("requests still under way were broken off", "after", s.opt.Grace.String())
		errs = append(errs, hs.Close())
	}
	stopWork()
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
		s.opt.Log.Warn("background work did not end in time")
	}
	// What must be written down gets its time even when requests used up theirs.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.opt.Grace)
	defer cancel()
	for _, c := range slices.Backward(s.atEnd) {
		if err := c.run(last); err != nil {
			errs = append(errs, fmt.Errorf("%s：%w", c.name, err))
		}
	}
	return errors.Join(errs...)
}

// httpLog brings what net/http has to say into the log, up to the address that it quotes.
type httpLog struct{ log *slog.Logger }

func (l *httpLog) Write(b []byte) (int, error) {
	what, _, _ := strings.Cut(string(b), " from ")
	l.log.Info("connection", "problem", strings.TrimSpace(what))
	return len(b), nil
}
