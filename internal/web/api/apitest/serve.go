// Package apitest serves groups of the console's interface to tests of their packages: a store in a folder, people who need no password,
// real HTTP. It knows nothing of any group.
package apitest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
)

// M is a JSON object.
type M = map[string]any

// Raw is sent in the place of JSON.
type Raw struct {
	Kind    string // Content-Type
	Content []byte
}

// Options say what is served.
type Options struct {
	People map[string][3]string // by login: role, division, institution
	Fill   func(*store.Tx) error
	Groups func(s *Server) []func(*api.API)
	Errors []func(error) *web.Problem
}

// Server is the interface under test.
type Server struct {
	DB    *store.DB
	Dir   string // its data directory
	Trail *auth.Trail

	t      testing.TB
	url    string
	tokens map[string]string
}

// Serve starts a server, which ends with the test.
func Serve(t testing.TB, o Options) *Server {
	t.Helper()
	ctx, dir := context.Background(), t.TempDir()
	db, err := store.Open(ctx, store.Location{Engine: store.SQLite, Path: filepath.Join(dir, store.FileName)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	err = db.Update(ctx, func(tx *store.Tx) error {
		for login, p := range o.People {
			if err := tx.AddUser(&store.User{ID: store.NewID(), Login: login, Password: "x", Roles: []string{p[0]}, Admdvs: p[1], Inst: p[2]}); err != nil {
				return err
			}
		}
		if o.Fill == nil {
			return nil
		}
		return o.Fill(tx)
	})
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	srv, err := web.New(web.Options{Listen: "127.0.0.1:0", Log: log})
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{DB: db, Dir: dir, Trail: auth.OpenTrail(dir, "test"), t: t, tokens: map[string]string{}}
	keys, err := auth.OpenKeys(dir, db, s.Trail)
	if err != nil {
		t.Fatal(err)
	}
	err = api.Mount(api.Config{Server: srv, DB: db, Trail: s.Trail, Sessions: &auth.Sessions{Users: &auth.Users{DB: db, Trail: s.Trail}}, Gateway: &web.Gateway{Gate: &auth.Gate{Keys: keys}},
		Rules: func() *govern.Rules { return nil }, Base: func() *knowledge.Base { return &knowledge.Base{} }, Log: log, Version: "test", Groups: o.Groups(s), Errors: o.Errors})
	if err != nil {
		t.Fatal(err)
	}
	addr, err := srv.Listen()
	if err != nil {
		t.Fatal(err)
	}
	live, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- srv.Run(live) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	s.url = "http://" + addr.String()
	return s
}

// token is a session's of somebody, opened without the price of a password.
func (s *Server) token(login string) string {
	s.t.Helper()
	if s.tokens[login] != "" {
		return s.tokens[login]
	}
	token, now := "token of "+login+" "+store.NewID(), store.Micros(time.Now())
	err := s.DB.Update(context.Background(), func(tx *store.Tx) error {
		u, err := tx.User(login)
		if err != nil {
			return err
		}
		return tx.AddSession(&store.Session{ID: auth.SessionID(token), User: u.ID, Login: login, MadeAt: now, UsedAt: now, ExpiresAt: now + int64(time.Hour/time.Microsecond)})
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.tokens[login] = token
	return token
}

// As asks in somebody's name ("" = nobody's); the answer must have the status. Beside it as text it is given as an object, with its ETag
// as etag. Headers are names and values in turn.
func (s *Server) As(login string, status int, method, path string, send any, headers ...string) (raw string, out M) {
	s.t.Helper()
	x, b, err := s.Ask(context.Background(), login, method, path, send, headers...)
	if err != nil {
		s.t.Fatal(err)
	}
	if x.StatusCode != status {
		s.t.Fatalf("%s %s as %s: %d, want %d: %s", method, path, login, x.StatusCode, status, b)
	}
	if len(b) > 0 && b[0] == '{' {
		if err := json.Unmarshal(b, &out); err != nil {
			s.t.Fatalf("%s %s as %s: %v: %s", method, path, login, err, b)
		}
	}
	if out == nil {
		out = M{}
	}
	out["etag"] = x.Header.Get("ETag")
	return string(b), out
}

// Ask asks as As does and takes whatever is answered; an error is of asking, for one whose context ended.
func (s *Server) Ask(ctx context.Context, login, method, path string, send any, headers ...string) (*http.Response, []byte, error) {
	s.t.Helper()
	kind, content := "application/json", []byte(nil)
	if x, ok := send.(Raw); ok {
		kind, content = x.Kind, x.Content
	} else if send != nil {
		var err error
		if content, err = json.Marshal(send); err != nil {
			return nil, nil, err
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, s.url+path, bytes.NewReader(content))
	if err != nil {
		return nil, nil, err
	}
	if login != "" {
		r.Header.Set("Authorization", "Bearer "+s.token(login))
	}
	r.Header.Set("Content-Type", kind)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	x, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, nil, err
	}
	defer x.Body.Close()
	b, err := io.ReadAll(x.Body)
	return x, b, err
}
