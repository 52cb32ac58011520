package web

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// Reloader is what judges with compiled rules and knowledge and can take new ones while it serves.
type Reloader interface {
	// Reload compiles what is live now and swaps it in. Requests under way end with what they began with. After an error what was
	// in force stays in force.
	Reload(ctx context.Context) error
	// Program names what is in force; "" while nothing is loaded yet: the server is not ready.
	Program() string
}

// Reload has a reloader told when live rules or knowledge may have changed: when Options.Stamp changes, and on SIGHUP. One that has
// nothing loaded is told at once. Call it before Run.
func (s *Server) Reload(r Reloader) { s.reloaders = append(s.reloaders, r) }

// retryFailed is how long what could not be loaded is left alone while nothing changes.
const retryFailed = time.Minute

// watch reloads as rules and knowledge change, until ctx ends.
func (s *Server) watch(ctx context.Context) error {
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	tick := time.NewTicker(s.opt.Every)
	defer tick.Stop()
	w := watcher{s: s, stamp: s.born}
	w.look(ctx, false)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hup:
			s.opt.Log.Info("reload asked for")
			if err := s.certs.load(); err != nil {
				s.opt.Log.Error("certificate not reloaded, the old one stays", "error", err.Error())
			}
			w.look(ctx, true)
		case <-tick.C:
			w.look(ctx, false)
		}
	}
}

// watcher remembers what was loaded.
type watcher struct {
	s      *Server
	stamp  string // of what is loaded, or was tried
	begun  bool
	failed time.Time // zero = the last reload went well
}

// look reloads when what is live is not what is loaded.
func (w *watcher) look(ctx context.Context, force bool) {
	stamp := ""
	if w.s.opt.Stamp != nil {
		var err error
		// Read before loading: what changes while loading is seen by the next look.
		if stamp, err = w.s.opt.Stamp(ctx); err != nil {
			if ctx.Err() == nil {
				w.s.opt.Log.Error("cannot see whether rules have changed", "error", err.Error())
			}
			return
		}
	}
	retry := !w.failed.IsZero() && time.Since(w.failed) > retryFailed
	if w.begun && stamp == w.stamp && !force && !retry {
		return
	}
	first := !w.begun && stamp == w.stamp
	w.begun, w.stamp, w.failed = true, stamp, time.Time{}
	if err := w.s.reload(ctx, first); err != nil {
		if ctx.Err() != nil {
			return
		}
		w.failed = time.Now()
	}
}

// reload tells all reloaders; the first time only those that have nothing loaded.
func (s *Server) reload(ctx context.Context, first bool) error {
	var errs []error
	for _, r := range s.reloaders {
		if first && r.Program() != "" {
			continue
		}
		begun := time.Now()
		err := r.Reload(ctx)
		result := "ok"
		if err != nil {
			result = "failed"
			errs = append(errs, err)
			s.opt.Log.Error("rules or knowledge not reloaded, what was in force stays", "error", err.Error(), "program", r.Program())
		} else {
			s.metrics.loaded.SetToCurrentTime()
			s.opt.Log.Info("rules and knowledge loaded", "program", r.Program(), "ms", time.Since(begun).Milliseconds())
		}
		s.metrics.reloads.WithLabelValues(result).Inc()
	}
	s.metrics.stale.Set(map[bool]float64{true: 1}[len(errs) > 0])
	return errors.Join(errs...)
}
