package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/store/pgtest"
	"github.com/mingjian/mingjian/internal/web"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }

var ctx = context.Background()

// office is a server with people, two institutions in two cities, and a finding of each.
type office struct {
	url    string
	db     *store.DB
	trail  *auth.Trail
	rules  *govern.Rules
	trials *trials
	keys   *auth.Keys
	users  *auth.Users
	stop   func()
	hash   string
}

const password = "long enough 12"

// people by login: roles, division, institution.
var people = map[string][3]string{
	"wang": {"两库维护"}, "li": {"两库批准"}, "chu": {"初审"}, "fu": {"复审"}, "guan": {"管理员"}, "du": {"只读"},
	"shi1": {"两库维护", "9901"}, "pi1": {"两库批准", "9901"}, "shi2": {"两库维护", "9902"},
	"yuan1": {"医院", "", "H1"}, "yuan2": {"医院", "", "H2"},
}

// trials is a Trials that a test controls.
type trials struct {
	begun chan Trial
	end   chan error // what a trial ends with; it also ends with its context
	rules *govern.Rules
}

func (x *trials) Try(ctx context.Context, t Trial, progress func(done, total int64)) error {
	progress(3, 10)
	x.begun <- t
	select {
	case <-ctx.Done():
		return ctx.Err()
	case err := <-x.end:
		if err == nil {
			_, err = x.rules.RecordTrial(ctx, &auth.Identity{Name: t.As, Roles: []string{"两库维护"}}, t.Version, &govern.Result{From: "2025-01", To: "2025-01"})
		}
		return err
	}
}

// onBoth runs a test on an office of each engine.
func onBoth(t *testing.T, f func(t *testing.T, o *office)) {
	t.Parallel()
	for name, at := range map[string]func(t *testing.T) store.Location{
		"sqlite": func(t *testing.T) store.Location {
			return store.Location{Engine: store.SQLite, Path: filepath.Join(t.TempDir(), store.FileName)}
		},
		"postgres": func(t *testing.T) store.Location { return store.Location{Engine: store.Postgres, DSN: pgtest.DSN(t)} },
	} {
		t.Run(name, func(t *testing.T) { t.Parallel(); f(t, newOffice(t, at(t))) })
	}
}

func newOffice(t *testing.T, at store.Location) *office {
	t.Helper()
	dir := t.TempDir()
	db, err := store.Open(ctx, at)
	if err != nil {
		t.Fatal(err)
	}
	o := &office{db: db, trail: auth.OpenTrail(dir, "test"), hash: auth.HashPassword(password)}
	c, err := rule.ParseCard("test", []byte(aged(30)))
	if err != nil {
		t.Fatal(err)
	}
	o.rules = &govern.Rules{DB: db, Trail: o.trail, Library: &rule.Library{Cards: []*rule.Card{c}}}
	o.trials = &trials{begun: make(chan Trial, 10), end: make(chan error, 10), rules: o.rules}
	o.users = &auth.Users{DB: db, Trail: o.trail}
	if o.keys, err = auth.OpenKeys(dir, db, o.trail); err != nil {
		t.Fatal(err)
	}
	o.update(t, func(tx *store.Tx) error {
		for login, p := range people {
			err := tx.AddUser(&store.User{ID: store.NewID(), Login: login, Password: o.hash, Roles: []string{p[0]}, Admdvs: p[1], Inst: p[2]})
			if err != nil {
				return err
			}
		}
		if _, err := tx.SetInstitutions([]store.Institution{{Code: "H1", Name: "甲医院", Admdvs: "990101"}, {Code: "H2", Name: "乙医院", Admdvs: "990201"}}); err != nil {
			return err
		}
		return tx.AddFindings([]*store.Finding{finding("f1", "H1", "H1", "H2"), finding("f2", "H2", "H2"), finding("f3", "H9", "H9")})
	})
	o.serve(t)
	t.Cleanup(func() { o.stop(); db.Close() })
	return o
}

// finding with a line of each institution.
func finding(id, inst string, lines ...string) *store.Finding {
	f := &store.Finding{ID: id, Revision: "r", Published: "r", RuleID: "Y001", RuleName: "本地-限年龄", RuleVersion: "v", Severity: 1, Stage: "事后", Month: "2025-01", Inst: inst, Psn: "P1",
		LineCount: 1, Vola: 100, Fund: 60, Charged: 60, State: store.MachineState, FirstRun: 1, LastRun: 1, Version: 1}
	for i, l := range lines {
		f.Lines = append(f.Lines, store.Line{Type: 1, Inst: l, Mdtrt: "M" + l, Sn: fmt.Sprint("s", i), Vola: 100, Fund: 60})
	}
	return f
}

// evidence of a finding with a line of each institution: what the one may not learn of the other.
func evidence(_ context.Context, f *store.Finding) (*audit.Evidence, error) {
	if f.ID == "f3" {
		return nil, audit.ErrGone
	}
	x := &audit.Evidence{Explanation: &audit.Explanation{Finding: f.ID, Visit: map[string]string{"mdtrt_id": "MH1"}}}
	for _, inst := range []string{"H1", "H2"} {
		x.Lines = append(x.Lines, audit.ExplainLine{Type: 1, Mdtrt: "M" + inst, Sn: "s" + inst})
		x.Bill = append(x.Bill, audit.BillLine{Mdtrt: "M" + inst, Inst: inst, Mark: 1})
		x.Visits = append(x.Visits, audit.EvidenceVisit{Mdtrt: "M" + inst, Inst: inst, Name: "医院" + inst})
	}
	return x, nil
}

// serve starts a server on the office's store; stop ends it.
func (o *office) serve(t *testing.T) {
	t.Helper()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	s, err := web.New(web.Options{Listen: "127.0.0.1:0", Log: log})
	if err != nil {
		t.Fatal(err)
	}
	err = Mount(Config{Server: s, DB: o.db, Trail: o.trail, Sessions: &auth.Sessions{Users: o.users}, Gateway: &web.Gateway{Gate: &auth.Gate{Keys: o.keys}},
		Rules: func() *govern.Rules { return o.rules }, Base: func() *knowledge.Base { return &knowledge.Base{} }, Trials: o.trials, Evidence: evidence, Log: log, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	addr, err := s.Listen()
	if err != nil {
		t.Fatal(err)
	}
	o.url = "http://" + addr.String()
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	o.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func (o *office) update(t testing.TB, f func(tx *store.Tx) error) {
	t.Helper()
	if err := o.db.Update(ctx, f); err != nil {
		t.Fatal(err)
	}
}

// person is somebody signed in with a bearer token; "" = nobody.
type person struct {
	o     *office
	token string
}

// as signs somebody in without the sign-in's price.
func (o *office) as(t testing.TB, login string) *person {
	t.Helper()
	if login == "" {
		return &person{o: o}
	}
	token := "token of " + login + " " + store.NewID()
	now := store.Micros(time.Now())
	o.update(t, func(tx *store.Tx) error {
		u, err := tx.User(login)
		if err != nil {
			return err
		}
		return tx.AddSession(&store.Session{ID: auth.SessionID(token), User: u.ID, Login: login, MadeAt: now, UsedAt: now, ExpiresAt: now + int64(time.Hour/time.Microsecond)})
	})
	return &person{o, token}
}

// reply is an answer, read.
type reply struct {
	status int
	etag   string
	header http.Header
	raw    string
	json   map[string]any
}

func (p *person) do(t testing.TB, method, path string, send any, headers ...string) *reply {
	t.Helper()
	var body io.Reader
	if send != nil {
		b, err := json.Marshal(send)
		if err != nil {
			t.Fatal(err)
		}
		body = bytes.NewReader(b)
	}
	r, err := http.NewRequest(method, p.o.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if p.token != "" {
		r.Header.Set("Authorization", "Bearer "+p.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	x, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Body.Close()
	b, err := io.ReadAll(x.Body)
	if err != nil {
		t.Fatal(err)
	}
	out := &reply{status: x.StatusCode, etag: x.Header.Get("ETag"), header: x.Header, raw: string(b), json: map[string]any{}}
	if len(b) > 0 && b[0] == '{' {
		if err := json.Unmarshal(b, &out.json); err != nil {
			t.Fatalf("%s: %v", b, err)
		}
	}
	return out
}

// want is do with the status that must come back.
func (p *person) want(t testing.TB, status int, method, path string, send any, headers ...string) *reply {
	t.Helper()
	r := p.do(t, method, path, send, headers...)
	if r.status != status {
		t.Fatalf("%s %s: %d %s, want %d", method, path, r.status, r.raw, status)
	}
	if status >= 400 && (r.json["code"] == "" || r.json["detail"] == "" || !strings.HasPrefix(r.header.Get("Content-Type"), "application/problem+json")) {
		t.Errorf("%s %s: not a problem: %s", method, path, r.raw)
	}
	return r
}

func (r *reply) text(key string) string { s, _ := r.json[key].(string); return s }

// ids lists a field of a list's items, sorted: ids made in the same millisecond have no order.
func (r *reply) ids(key string) string {
	var out []string
	items, _ := r.json["items"].([]any)
	for _, x := range items {
		out = append(out, fmt.Sprint(x.(map[string]any)[key]))
	}
	return set(out...)
}

// set writes ids in one order.
func set(ids ...string) string {
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

type m = map[string]any

// aged is the text of a card that forbids an item from an age on.
func aged(from int) string {
	return fmt.Sprintf(`id: Y001
name: 本地-限年龄
group: 本地
kind: ATTR
check: age_over
key: person
level: line
severity: 1
stages: [事后]
stop: inform
priority: 350
refines: []
area: care
points: true
needs: []
params: {max_age_y: %d}
exempt: []
basis: 某市医保〔2025〕12 号第三条
message: "{项目}{限定}，患者{实际}"
cases:
  - name: 超龄
    given:
      point: {subject_code: "990300000000001"}
      person: {brdy: "1900-01-01"}
      fee: {hilist_code: "990300000000001", list_type: 201}
    expect: [f1]
  - name: 未超
    given:
      point: {subject_code: "990300000000001"}
      person: {brdy: "2025-01-01"}
      fee: {hilist_code: "990300000000001", list_type: 201}
    expect: []
`, from)
}
