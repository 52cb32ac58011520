package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/store"
)

// served is the whole server over an example city in which findings are in every state.
type served struct {
	t      *testing.T
	o      *office
	url    string
	tokens map[string]string
}

func serveCity(t *testing.T) *served {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "demo")
	mustRun(t, "demo", "--data", dir, "--persons", "1500", "--months", "2", "--no-serve")
	ctx, cancel := context.WithCancel(context.Background())
	in, out := io.Pipe()
	done := make(chan error, 1)
	go func() {
		c := &serveCmd{dataFlag: dataFlag{Data: dir}, Listen: "127.0.0.1:0", MaxBody: 8, KeyRate: 1000, KeyBurst: 2000, Grace: 5 * time.Second, LogLevel: "error"}
		done <- c.Run(&streams{ctx: ctx, in: strings.NewReader(""), out: out, err: io.Discard})
		out.Close()
	}()
	said := make([]byte, 4096)
	n, err := in.Read(said)
	url := regexp.MustCompile(`http://[\d.]+:\d+`).Find(said[:n])
	if err != nil || url == nil {
		t.Fatalf("the server did not start: %q %v", said[:n], err)
	}
	go io.Copy(io.Discard, in) //nolint:errcheck // what it says at the end
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	o, err := openOffice(&streams{ctx: context.Background(), err: io.Discard}, dir, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.close)
	return &served{t: t, o: o, url: string(url), tokens: map[string]string{}}
}

// token is a session's of somebody, opened without the price of a password.
func (s *served) token(login string) string {
	if login == "" || s.tokens[login] != "" {
		return s.tokens[login]
	}
	token, now := "token of "+login+" "+store.NewID(), store.Micros(time.Now())
	err := s.o.db.Update(context.Background(), func(tx *store.Tx) error {
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

// call calls an operation and returns its status and what it answered.
func (s *served) call(login, method, path string, body []byte) (int, string) {
	s.t.Helper()
	r, err := http.NewRequest(method, s.url+path, bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if len(body) > 0 {
		r.Header.Set("Content-Type", "application/json")
		if bytes.HasPrefix(body, []byte(formStart)) {
			r.Header.Set("Content-Type", "multipart/form-data; boundary=scope")
		}
	}
	r.Header.Set("If-Match", `"1"`)
	if t := s.token(login); t != "" {
		r.Header.Set("Authorization", "Bearer "+t)
	}
	x, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer x.Body.Close()
	b, err := io.ReadAll(x.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return x.StatusCode, string(b)
}

// operation of the published document.
type operation struct {
	method, path string
	open         bool     // nobody has to sign in
	query        []string // names of its parameters
}

func (s *served) operations() (ops []operation) {
	s.t.Helper()
	_, raw := s.call("", "GET", "/api/openapi.json", nil)
	var doc struct {
		Paths map[string]map[string]struct {
			Security   []map[string][]string
			Parameters []struct{ Name, In string }
		}
	}
	if err := json.Unmarshal([]byte(raw), &doc); err != nil {
		s.t.Fatal(err)
	}
	for path, of := range doc.Paths {
		for method, x := range of {
			op := operation{method: strings.ToUpper(method), path: path, open: len(x.Security) == 0}
			for _, p := range x.Parameters {
				if p.In == "query" {
					op.query = append(op.query, p.Name)
				}
			}
			ops = append(ops, op)
		}
	}
	slices.SortFunc(ops, func(a, b operation) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	return ops
}

// foreign is what an institution must not learn: codes of others, and what is named after their stays and findings.
type foreign struct {
	inst  string   // another institution that has cases
	ids   []string // of its findings, packages, notices, panels, relays
	words []string // that must be in no answer
}

func (s *served) foreign(own string) *foreign {
	s.t.Helper()
	f := &foreign{}
	err := s.o.db.View(context.Background(), func(tx *store.Tx) error {
		fs, err := tx.FindingsIn(store.Scope{}, store.FindingQuery{}, store.Page{Limit: 1 << 20})
		if err != nil {
			return err
		}
		states := map[string]bool{}
		for i := range fs {
			x := &fs[i]
			if x.Inst == own {
				continue
			}
			f.words = append(f.words, x.ID, x.Mdtrt)
			if states[x.State] {
				continue
			}
			states[x.State], f.inst = true, x.Inst
			f.ids = append(f.ids, x.ID)
			if c, err := tx.Case(x.ID); err == nil {
				for _, id := range []string{c.Package, c.Panel} {
					if id != "" {
						f.ids = append(f.ids, id)
					}
				}
				ns, err := tx.NoticesOf(x.ID, c.Package)
				if err != nil {
					return err
				}
				as, err := tx.Attachments(x.ID)
				if err != nil {
					return err
				}
				for _, n := range ns {
					f.ids = append(f.ids, n.ID)
				}
				for _, a := range as {
					f.ids = append(f.ids, a.ID)
				}
			}
		}
		f.words = append(f.words, f.ids...)
		is, err := tx.Institutions()
		name := ""
		for _, i := range is {
			if i.Code == own {
				name = i.Name
			}
		}
		for _, i := range is {
			if i.Code == own {
				continue
			}
			f.words = append(f.words, i.Code)
			if !strings.Contains(name, i.Name) { // the first of a chain bears the name that the others begin with
				f.words = append(f.words, i.Name)
			}
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	if len(f.ids) < 20 {
		s.t.Fatalf("only %d things of others to ask for", len(f.ids))
	}
	return f
}

var inPath = regexp.MustCompile(`\{\w+\}`)

// learns tells which of the words is in an answer, unless the question held it.
func (f *foreign) learns(asked, answer string) string {
	for _, w := range f.words {
		if w != "" && strings.Contains(answer, w) && !strings.Contains(asked, w) {
			return w
		}
	}
	return ""
}

// TestScopeOfEveryOperation walks through every operation that the whole server publishes: nobody gets in without signing in, nobody's
// question breaks it, and people of an institution learn and change nothing of another's, by id, filter, export or error.
func TestScopeOfEveryOperation(t *testing.T) {
	t.Parallel()
	s := serveCity(t)
	ops := s.operations()
	if len(ops) < 60 {
		t.Fatalf("only %d operations", len(ops))
	}
	for _, op := range ops {
		path := inPath.ReplaceAllString(op.path, "nothing")
		if status, _ := s.call("", op.method, path, nil); !op.open && status != http.StatusUnauthorized {
			t.Errorf("%s %s without a session: %d", op.method, op.path, status)
		}
		for _, p := range demoPeople {
			if op.path == "/api/session" && op.method == "DELETE" {
				continue
			}
			if op.path == "/api/people/me/password" {
				continue // each call costs a password's check
			}
			status, raw := s.call(p.Login, op.method, path, nil)
			if failed(status, raw) || (status == http.StatusUnauthorized && !op.open) {
				t.Errorf("%s %s as %s: %d %s", op.method, op.path, p.Login, status, raw)
			}
		}
	}
	for _, login := range []string{"yiban1", "keshi1", "yisheng1", "yiban2", "yaodian1"} {
		var own string
		if err := s.o.db.View(context.Background(), func(tx *store.Tx) error {
			u, err := tx.User(login)
			if err == nil {
				own = u.Inst
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		f := s.foreign(own)
		s.readOwn(login, own, f)
		before := s.print()
		for _, op := range ops {
			if op.path == "/api/session" || op.path == "/api/people/me/password" {
				continue
			}
			s.askForOthers(login, op, f)
		}
		if after := s.print(); after != before {
			t.Errorf("%s changed what is another's:\n%s\n%s", login, before, after)
		}
	}
	t.Run("models", s.models)
	t.Run("sheets", s.sheets)
	t.Run("cases", s.cases)
	t.Run("hostile", s.hostile)
}

// readOwn reads an institution's own findings with their evidence: what is said of them names nobody else.
func (s *served) readOwn(login, own string, f *foreign) {
	status, raw := s.call(login, "GET", "/api/review/findings?limit=200", nil)
	var list struct {
		Items []struct {
			ID string `json:"finding_id"`
		}
	}
	if err := json.Unmarshal([]byte(raw), &list); err != nil || status != 200 {
		s.t.Fatalf("%s lists %d %s", login, status, raw)
	}
	if len(list.Items) == 0 && login == "yiban1" {
		s.t.Errorf("%s of %s sees nothing", login, own)
	}
	for _, x := range list.Items {
		for _, path := range []string{"/api/review/findings/" + x.ID, "/api/review/findings/" + x.ID + "/evidence"} {
			status, raw := s.call(login, "GET", path, nil)
			if w := f.learns(path, raw); w != "" || failed(status, raw) {
				s.t.Errorf("%s as %s: %d, told %q", path, login, status, w)
			}
		}
	}
}

// askForOthers asks an operation for another institution's things in its path and its filters.
func (s *served) askForOthers(login string, op operation, f *foreign) {
	ids := []string{f.ids[0]}
	if inPath.MatchString(op.path) {
		ids = f.ids
	}
	for _, id := range ids {
		path := inPath.ReplaceAllString(op.path, id)
		status, raw := s.call(login, op.method, path, body(op.method))
		if w := f.learns(path, raw); w != "" {
			s.t.Errorf("%s %s as %s told %s (%d)", op.method, path, login, w, status)
		}
		// A drug is nobody's: its ledger at one's own place may be empty.
		if failed(status, raw) || (status < 300 && inPath.MatchString(op.path) && !strings.HasPrefix(op.path, "/api/trace/ledger/")) {
			s.t.Errorf("%s %s as %s: %d %s", op.method, path, login, status, raw)
		}
	}
	if op.method != "GET" || len(op.query) == 0 || inPath.MatchString(op.path) {
		return
	}
	for _, q := range op.query {
		for _, v := range []string{f.inst, f.ids[0], "' OR '1'='1", "%"} {
			ask := op.path + "?" + q + "=" + strings.NewReplacer(" ", "%20", "'", "%27", "=", "%3D", "%", "%25").Replace(v)
			status, raw := s.call(login, op.method, ask, nil)
			if w := f.learns(ask, raw); w != "" || failed(status, raw) {
				s.t.Errorf("%s %s as %s: %d, told %q", op.method, ask, login, status, w)
			}
			if status == 200 && v == f.inst && strings.Contains(raw, `"fixmedins_code":"`+f.inst+`"`) {
				s.t.Errorf("%s as %s listed another's", ask, login)
			}
		}
	}
}

func body(method string) []byte {
	if method == "GET" || method == "DELETE" {
		return nil
	}
	return []byte(`{"version":1,"opinion":"试一试","reason":"其他"}`)
}

// print is what all findings and cases are in.
func (s *served) print() string {
	s.t.Helper()
	n := map[string]int64{}
	err := s.o.db.View(context.Background(), func(tx *store.Tx) error {
		fs, err := tx.FindingsIn(store.Scope{}, store.FindingQuery{}, store.Page{Limit: 1 << 20})
		for i := range fs {
			n[fs[i].State] += fs[i].Version
			if c, err := tx.Case(fs[i].ID); err == nil {
				n["case "+c.State] += c.Version
			}
		}
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return fmt.Sprint(n)
}

// failed tells whether the server failed; that a program built without its console says so where a page is asked for is none.
func failed(status int, raw string) bool {
	return status >= 500 && !strings.Contains(raw, "没有带上控制台")
}
