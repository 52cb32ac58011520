package cli

import (
	"context"
	"encoding/json"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/model/runs"
	"github.com/mingjian/mingjian/internal/store"
)

// models asks what the analysts ask: within their division only, and whoever looks at a person leaves a record.
func (s *served) models(t *testing.T) {
	ctx := context.Background()
	post := func(login, path, body string, want int, into any) {
		t.Helper()
		status, raw := s.call(login, "POST", path, []byte(body))
		if status != want {
			t.Fatalf("%s as %s: %d %s", path, login, status, raw)
		}
		if into != nil {
			if err := json.Unmarshal([]byte(raw), into); err != nil {
				t.Fatal(err)
			}
		}
	}
	type table struct{ Rows [][]any }
	// The division of the fewest institutions that saw somebody.
	var seenAt table
	post("fenxi", "/api/models/query", `{"sql": "SELECT inst, COUNT(1) AS n FROM visit WHERE fee > 0 GROUP BY inst"}`, 200, &seenAt)
	count := map[string]int{}
	for _, r := range seenAt.Rows {
		count[r[0].(string)[1:7]]++
	}
	elsewhere := ""
	for area, n := range count {
		if elsewhere == "" || n < count[elsewhere] || n == count[elsewhere] && area < elsewhere {
			elsewhere = area
		}
	}
	us := &auth.Users{DB: s.o.db, Trail: s.o.trail}
	if err := us.Add(ctx, "t", auth.NewUser{Login: "linqu", Password: "long enough 12", Roles: []string{"分析员"}, Scope: auth.Scope{Admdvs: elsewhere}}); err != nil {
		t.Fatal(err)
	}
	// Other scope: rows of other divisions are not there to be found, however one asks.
	for _, q := range []string{"SELECT inst, COUNT(1) AS n FROM visit GROUP BY inst", "SELECT inst, COUNT(1) AS n FROM line GROUP BY inst", "SELECT inst, 1 AS n FROM inst", "WITH a AS (SELECT inst FROM setl UNION SELECT inst FROM exec) SELECT inst, 1 AS n FROM a"} {
		body, _ := json.Marshal(map[string]string{"sql": q})
		var own, all table
		post("linqu", "/api/models/query", string(body), 200, &own)
		post("fenxi", "/api/models/query", string(body), 200, &all)
		if len(own.Rows) == 0 || len(all.Rows) <= len(own.Rows) {
			t.Errorf("%s: %d of %d rows", q, len(own.Rows), len(all.Rows))
		}
		for _, r := range own.Rows {
			if !strings.HasPrefix(r[0].(string)[1:], elsewhere) {
				t.Errorf("%s told of %v", q, r)
			}
		}
	}
	// A run, its results by their paths, and a batch.
	dir := s.o.dir
	if code := Main([]string{"models", "run", "--data", dir, "--models", "I009,P018"}, strings.NewReader(""), io.Discard, io.Discard); code != 0 {
		t.Fatalf("models run: %d", code)
	}
	rs, err := runs.List(dir)
	if err != nil || len(rs) == 0 {
		t.Fatal(err)
	}
	path := "/api/models/runs/" + rs[0].ID + "/I009"
	if status, raw := s.call("fenxi", "GET", path, nil); status != 200 || !strings.Contains(raw, "cases") {
		t.Errorf("the result: %d %.200s", status, raw)
	}
	if status, raw := s.call("fenxi", "GET", path+"/xlsx", nil); status != 200 || !strings.HasPrefix(raw, "PK") {
		t.Errorf("the workbook: %d %.80q", status, raw)
	}
	for _, m := range []string{"GET", "POST"} {
		p := map[string]string{"GET": path, "POST": path + "/batch"}[m]
		if status, _ := s.call("linqu", m, p, []byte("{}")); status != 403 {
			t.Errorf("%s %s of all areas as one of a division: %d", m, p, status)
		}
	}
	var sent struct {
		Batch    string `json:"batch_id"`
		Findings int
	}
	post("fenxi", path+"/batch", `{"why":"月度"}`, 200, &sent)
	if sent.Batch == "" || sent.Findings == 0 {
		t.Fatalf("sent %+v", sent)
	}
	status, raw := s.call("zhidu", "GET", "/api/models/batches/"+sent.Batch, nil)
	if status != 200 || !strings.Contains(raw, "机审") {
		t.Errorf("the batch: %d %.200s", status, raw)
	}
	if status, _ := s.call("linqu", "GET", "/api/models/batches/"+sent.Batch, nil); status != 404 {
		t.Errorf("another division's batch: %d", status)
	}
	s.modelFinding(t, us, raw, elsewhere)
	var again struct {
		Batch string `json:"batch_id"`
		Known int
	}
	post("fenxi", path+"/batch", "{}", 200, &again)
	if again.Batch != "" || again.Known == 0 {
		t.Errorf("sent twice: %+v", again)
	}
	// Portraits: peers of one's own division only; a person's for a reason that is written down.
	for _, kind := range []string{"institution", "pharmacy", "department", "doctor", "person"} {
		var list struct {
			Items []struct {
				ID  string
				Key []string
			}
		}
		for _, login := range []string{"linqu", "fenxi"} {
			status, raw := s.call(login, "GET", "/api/models/portraits/"+kind+"?limit=1000", nil)
			if status != 200 {
				t.Fatalf("portraits of %s as %s: %d %s", kind, login, status, raw)
			}
			list.Items = nil
			if err := json.Unmarshal([]byte(raw), &list); err != nil {
				t.Fatal(err)
			}
			for _, x := range list.Items {
				if login == "linqu" && kind != "person" && !strings.HasPrefix(x.Key[0][1:], elsewhere) {
					t.Errorf("%s told of %v", kind, x.Key)
				}
			}
		}
		if len(list.Items) == 0 {
			t.Errorf("no portraits of %s", kind)
			continue
		}
		one := "/api/models/portraits/" + kind + "/" + url.PathEscape(list.Items[0].ID)
		if kind == "person" {
			if status, _ := s.call("fenxi", "GET", one, nil); status != 422 {
				t.Errorf("a person without a reason: %d", status)
			}
		}
		if status, raw := s.call("fenxi", "GET", one+"?why=%E6%A0%B8%E5%AE%9E", nil); status != 200 || !strings.Contains(raw, "trend") {
			t.Errorf("%s: %d %.200s", one, status, raw)
		}
		if kind != "person" && kind != "department" {
			if status, _ := s.call("linqu", "GET", one+"?why=%E6%A0%B8%E5%AE%9E", nil); status != 404 {
				t.Errorf("%s as one of another division: %d", one, status)
			}
		}
	}
	var seen bool
	err = s.o.db.View(ctx, func(tx *store.Tx) error {
		return tx.EachRecord(func(r store.Record) error {
			seen = seen || r.Action == "查看画像" && strings.HasPrefix(r.Object, "参保人 ") && r.Detail == "核实"
			return nil
		})
	})
	if err != nil || !seen {
		t.Errorf("who looked at a person is not on the trail: %v", err)
	}
	var usage table
	status, raw = s.call("fenxi", "GET", "/api/models/usage?kind=drug", nil)
	if err := json.Unmarshal([]byte(raw), &usage); err != nil || status != 200 || len(usage.Rows) == 0 {
		t.Fatalf("usage: %d %.200s", status, raw)
	}
	if status, raw := s.call("fenxi", "GET", "/api/models/usage/"+url.PathEscape(usage.Rows[0][0].(string)), nil); status != 200 {
		t.Errorf("usage of one: %d %s", status, raw)
	}
}

// modelFinding asks for what a sent finding rests on: the bureau sees its rows with names, another division and the institution, before it
// was sent to it, nothing; only who may run models takes it back.
func (s *served) modelFinding(t *testing.T, us *auth.Users, batch, elsewhere string) {
	t.Helper()
	var b struct {
		Items []struct {
			Finding string `json:"finding_id"`
			Inst    string `json:"fixmedins_code"`
		}
	}
	if err := json.Unmarshal([]byte(batch), &b); err != nil || len(b.Items) == 0 {
		t.Fatalf("%v: %.200s", err, batch)
	}
	x := b.Items[0]
	path := "/api/models/findings/" + x.Finding
	var f struct {
		Rows []struct {
			Inst  string `json:"fixmedins_code"`
			Mdtrt string `json:"mdtrt_id"`
			Money int64
			Bills *struct {
				N     int
				Amt   int64
				Lines []struct {
					Item  string `json:"hilist_code"`
					Mdtrt string `json:"mdtrt_id"`
				}
			}
		}
		Names struct{ Institutions, Items map[string]string }
		Batch string `json:"batch_id"`
	}
	status, raw := s.call("zhidu", "GET", path, nil)
	if err := json.Unmarshal([]byte(raw), &f); err != nil || status != 200 || len(f.Rows) == 0 || f.Batch == "" || f.Names.Institutions[x.Inst] == "" {
		t.Errorf("what it rests on: %d %.300s", status, raw)
	}
	for _, r := range f.Rows {
		if r.Inst != x.Inst {
			t.Errorf("a row of %s in the finding of %s", r.Inst, x.Inst)
		}
		if r.Bills == nil || r.Bills.N == 0 || len(r.Bills.Lines) == 0 || r.Bills.Amt < r.Money {
			t.Errorf("behind visit %s of %d fen: %+v", r.Mdtrt, r.Money, r.Bills)
			continue
		}
		for _, l := range r.Bills.Lines {
			if l.Mdtrt != r.Mdtrt || l.Item == "" || f.Names.Items[l.Item] == "" {
				t.Errorf("behind visit %s: %+v, called %q", r.Mdtrt, l, f.Names.Items[l.Item])
			}
		}
	}
	role := "药店"
	if !strings.HasPrefix(x.Inst, "P") {
		role = "医疗机构医保办"
	}
	if err := us.Add(context.Background(), "t", auth.NewUser{Login: "jigou", Password: "long enough 12", Roles: []string{role}, Scope: auth.Scope{Inst: x.Inst}}); err != nil {
		t.Fatal(err)
	}
	if status, raw := s.call("jigou", "GET", path, nil); status != 404 {
		t.Errorf("an institution before anything was sent to it: %d %.200s", status, raw)
	}
	if !strings.HasPrefix(x.Inst[1:], elsewhere) {
		if status, _ := s.call("linqu", "GET", path, nil); status != 404 {
			t.Errorf("another division: %d", status)
		}
	}
	for _, login := range []string{"zhidu", "jigou"} {
		if status, _ := s.call(login, "POST", path+"/withdraw", []byte(`{"why":"不成立"}`)); status != 403 {
			t.Errorf("%s takes it back: %d", login, status)
		}
	}
	last := b.Items[len(b.Items)-1].Finding
	if status, raw := s.call("fenxi", "POST", "/api/models/findings/"+last+"/withdraw", []byte(`{"why":"核实为家属代取"}`)); status != 204 {
		t.Errorf("taken back: %d %s", status, raw)
	}
	if status, _ := s.call("fenxi", "POST", "/api/models/findings/"+last+"/withdraw", []byte(`{"why":"核实为家属代取"}`)); status != 422 {
		t.Errorf("taken back twice: %d", status)
	}
}
