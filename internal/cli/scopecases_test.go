package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/store"
)

// scopeCases reads what each published operation is confined to. An operation without a line, and a line without an operation, fails.
func scopeCases(t *testing.T, ops []operation) map[string][]string {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "scopes.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cases := map[string][]string{}
	for in := bufio.NewScanner(f); in.Scan(); {
		if op, of, ok := strings.Cut(in.Text(), "\t"); ok {
			cases[op] = strings.Fields(of)
		}
	}
	known := map[string]bool{}
	for _, op := range ops {
		name := op.method + " " + op.path
		known[name] = true
		if len(cases[name]) == 0 {
			t.Errorf("%s has no case in testdata/scopes.tsv: say what confines it", name)
		}
	}
	for name := range cases {
		if !known[name] {
			t.Errorf("testdata/scopes.tsv: %s is not published", name)
		}
	}
	return cases
}

// aPaper is an invoice that is what it says it is.
var aPaper = map[string]any{"name": "发票.pdf", "mime": "application/pdf", "content": "JVBERi0xLjQKJSVFT0YK"}

// things are of institutions, by what they are called in scopes.tsv: the parts of a path, and whose they are.
type thing struct {
	at   []string
	inst string
}

func (s *served) things(places map[string]string) map[string][]thing {
	s.t.Helper()
	out := map[string][]thing{}
	add := func(kind, inst string, at ...string) {
		if known := slices.ContainsFunc(out[kind], func(x thing) bool { return x.inst == inst }); !known && len(out[kind]) < 4 && inst != "" && at[0] != "" {
			out[kind] = append(out[kind], thing{at, inst})
		}
	}
	// What people of institutions make for themselves.
	for login, inst := range places {
		said := func(into any, method, path string, send any) {
			b, err := json.Marshal(send)
			if send == nil {
				b = nil
			}
			if raw, ok := send.(string); ok {
				b, err = []byte(raw), nil
			}
			if err != nil {
				s.t.Fatal(err)
			}
			status, raw := s.call(login, method, path, b)
			if status >= 300 {
				s.t.Fatalf("%s %s as %s: %d %s", method, path, login, status, raw)
			}
			if err := json.Unmarshal([]byte(raw), into); err != nil {
				s.t.Fatal(err)
			}
		}
		var saved struct {
			ID string `json:"saved_id"`
		}
		said(&saved, "POST", "/api/review/saved", map[string]any{"kind": "template", "name": "自己的", "body": "病历齐全"})
		add("saved", inst, saved.ID)
		var up, whole struct {
			ID string `json:"upload_id"`
		}
		said(&up, "POST", "/api/selfcheck/uploads", map[string]any{"name": "fee.csv", "size": 3})
		add("upload", inst, up.ID)
		said(&whole, "POST", "/api/selfcheck/uploads", map[string]any{"name": "fee.csv", "size": 3})
		said(&struct{}{}, "PUT", "/api/selfcheck/uploads/"+whole.ID+"?offset=0", "a,b")
		var check struct {
			ID string `json:"check_id"`
		}
		said(&check, "POST", "/api/selfcheck/checks", map[string]any{"uploads": []string{whole.ID}})
		add("check", inst, check.ID)
		var clues struct {
			Items []struct {
				ID string `json:"clue_id"`
			}
		}
		said(&clues, "GET", "/api/trace/clues?limit=1", nil)
		for _, x := range clues.Items {
			var paper struct {
				ID string `json:"paper_id"`
			}
			said(&paper, "POST", "/api/trace/clues/"+x.ID+"/papers", aPaper)
			add("clue paper", inst, x.ID, paper.ID)
		}
	}
	err := s.o.db.Update(context.Background(), func(tx *store.Tx) error {
		for _, inst := range places {
			r := store.SelfReport{ID: store.NewID(), Inst: inst, Admdvs: inst[1:7], Check: "c", Lines: "[]", Amt: 100, State: "待核", MadeBy: "somebody", MadeAt: 1, Version: 1}
			if err := tx.AddSelfReport(r); err != nil {
				return err
			}
			add("report", inst, r.ID)
		}
		fs, err := tx.FindingsIn(store.Scope{}, store.FindingQuery{}, store.Page{Limit: 1 << 20})
		if err != nil {
			return err
		}
		for i := range fs {
			x := &fs[i]
			if store.FromModel(x.ID) {
				add("modelfinding", x.Inst, x.ID)
			}
			c, err := tx.Case(x.ID)
			if err != nil {
				continue // nobody took it up
			}
			add("finding", x.Inst, x.ID)
			add("package", x.Inst, c.Package)
			ns, err := tx.NoticesOf(x.ID, c.Package)
			if err != nil {
				return err
			}
			as, err := tx.Attachments(x.ID)
			if err != nil {
				return err
			}
			rs, err := tx.Relays(x.ID)
			if err != nil {
				return err
			}
			for _, n := range ns {
				add("notice", x.Inst, n.ID)
			}
			for _, a := range as {
				add("file", x.Inst, a.ID)
			}
			for _, r := range rs {
				add("relay", x.Inst, r.ID)
			}
		}
		cs, err := tx.SpecialCasesIn(store.Scope{}, store.SpecialFilter{}, store.Page{Limit: 1000})
		if err != nil {
			return err
		}
		for i := range cs {
			add("special", cs[i].Inst, cs[i].ID)
			files, err := tx.SpecialFiles(cs[i].ID)
			if err != nil {
				return err
			}
			for _, f := range files {
				add("special specialfile", cs[i].Inst, cs[i].ID, f.ID)
			}
		}
		ls, err := tx.CluesIn(store.Scope{}, store.ClueQuery{}, store.Page{Limit: 1000})
		if err != nil {
			return err
		}
		for i := range ls {
			add("clue", ls[i].Inst, ls[i].ID)
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, x := range out["finding"] {
		var forms struct {
			Items []struct {
				Form, Why string
			}
		}
		if _, raw := s.call("jingban", "GET", "/api/findings/"+x.at[0]+"/forms", nil); json.Unmarshal([]byte(raw), &forms) == nil {
			for _, f := range forms.Items {
				if f.Why == "" {
					add("finding form", x.inst, x.at[0], f.Form) // the first
				}
			}
		}
	}
	return out
}

// cases walks through every operation with what it is confined to: institutions' people are refused what is the bureau's, and what is named
// in a path is not there for people of another institution, though its own people or the bureau find it.
func (s *served) cases(t *testing.T) {
	ops := s.operations()
	cases := scopeCases(t, ops)
	places := map[string]string{}
	insts := map[string]string{}
	err := s.o.db.View(context.Background(), func(tx *store.Tx) error {
		for _, p := range demoPeople {
			u, err := tx.User(p.Login)
			if err != nil {
				return err
			}
			if u.Inst == "" {
				continue
			}
			insts[p.Login] = u.Inst
			if p.Role == auth.Hospital || p.Role == "药店" {
				places[p.Login] = u.Inst
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	things := s.things(places)
	_, raw := s.call("", "GET", "/api/openapi.json", nil)
	var doc published
	if err := json.Unmarshal([]byte(raw), &doc); err != nil {
		t.Fatal(err)
	}
	fill := func(path string, at []string) string {
		for _, part := range at {
			path = strings.Replace(path, inPath.FindString(path), part, 1)
		}
		return inPath.ReplaceAllString(path, "nothing")
	}
	for _, op := range ops {
		of := strings.Join(cases[op.method+" "+op.path], " ")
		body := doc.body(op.path, op.method)
		switch of {
		case "", "own", "self", "shared", "open":
			continue
		case "bureau":
			for _, login := range []string{"yiban1", "yisheng1", "yaodian1"} {
				if status, raw := s.call(login, op.method, fill(op.path, nil), body); status != http.StatusForbidden {
					t.Errorf("%s %s as %s: %d %.200s, but it is the bureau's", op.method, op.path, login, status, raw)
				}
			}
			continue
		}
		if len(things[of]) == 0 {
			t.Errorf("%s %s: there is no %s to ask for", op.method, op.path, of)
		}
		sought := false // by somebody whom his role does not refuse
		for _, x := range things[of] {
			path := fill(op.path, x.at) + doc.must(op)
			seen := op.method != "GET"
			for login, inst := range insts {
				if inst == x.inst {
					continue
				}
				status, raw := s.call(login, op.method, path, body)
				if sought = sought || status == http.StatusNotFound; status != http.StatusNotFound && status != http.StatusForbidden && !(of == "saved" && status == http.StatusPreconditionFailed) {
					t.Errorf("%s %s of another institution as %s: %d %.200s", op.method, path, login, status, raw)
				}
				if strings.Contains(raw, x.inst) {
					t.Errorf("%s %s as %s tells whose it is: %.200s", op.method, path, login, raw)
				}
			}
			if seen {
				continue
			}
			for _, p := range demoPeople { // it is there
				if insts[p.Login] == x.inst || insts[p.Login] == "" {
					status, _ := s.call(p.Login, op.method, path, body)
					seen = seen || status == http.StatusOK || status == http.StatusConflict
				}
			}
			if !seen {
				t.Errorf("%s %s: nobody finds it", op.method, path)
			}
		}
		if !sought && of != "saved" && len(things[of]) > 0 {
			t.Errorf("%s %s: everybody of another institution is refused by his role, so it is the bureau's", op.method, op.path)
		}
	}
}

// must are the query's parameters that an operation cannot do without.
func (d *published) must(op operation) string {
	q := ""
	for _, p := range d.Paths[op.path][strings.ToLower(op.method)].Parameters {
		if p.In != "query" || !p.Required {
			continue
		}
		v, _ := d.least(p.Schema).(string)
		q += "&" + p.Name + "=" + v
	}
	if q == "" {
		return ""
	}
	return "?" + q[1:]
}
