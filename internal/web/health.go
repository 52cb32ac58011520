package web

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

// Check is something without which the server cannot do its work.
type Check struct {
	Name string
	Run  func(ctx context.Context) error
}

// checkTime bounds a check.
const checkTime = 3 * time.Second

// health mounts what looks after the server.
func (s *Server) health() {
	s.Mount("GET /healthz", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		tell(w, http.StatusOK, map[string]any{"status": "ok", "version": s.opt.Version})
	}))
	s.Mount("GET /readyz", http.HandlerFunc(s.ready))
	s.Mount("GET /metrics", s.metrics.handler())
}

// ready tells whether requests are worth sending here.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), checkTime)
	defer cancel()
	checks, ok := map[string]string{}, true
	fail := func(name, why string) { checks[name], ok = why, false }
	if s.stopping.Load() {
		fail("server", "正在停止")
	}
	for _, c := range s.opt.Checks {
		if checks[c.Name] = "ok"; c.Run(ctx) != nil {
			fail(c.Name, "不可用")
		}
	}
	program := ""
	for _, l := range s.reloaders {
		if p := l.Program(); p == "" {
			fail("program", "规则和知识还没有装入")
		} else if program == "" {
			program = p
		}
	}
	status := http.StatusOK
	if !ok {
		status = http.StatusServiceUnavailable
	}
	tell(w, status, map[string]any{"ready": ok, "checks": checks, "program": program})
}

func tell(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v) //nolint:errcheck // who is gone cannot be told
}
