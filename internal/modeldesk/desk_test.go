package modeldesk

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/model"
	"github.com/mingjian/mingjian/internal/model/worker"
	"github.com/mingjian/mingjian/internal/store"
)

// A worker is this program again.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == worker.Args[0] {
		if err := worker.Child(context.Background(), os.Stdin, os.Stdout); err != nil {
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

var (
	wu    = &auth.Identity{Name: "wu", Roles: []string{"分析员"}}
	zheng = &auth.Identity{Name: "zheng", Roles: []string{"分析员", "两库批准"}}
	feng  = &auth.Identity{Name: "feng", Roles: []string{"两库批准"}}
	city  = &auth.Identity{Name: "city", Roles: []string{"分析员"}, Scope: auth.Scope{Admdvs: "990102"}}
	du    = &auth.Identity{Name: "du", Roles: []string{"只读"}}
)

func open(t *testing.T) *Desk {
	t.Helper()
	dir := t.TempDir()
	db, err := store.Open(t.Context(), store.Location{Engine: store.SQLite, Path: filepath.Join(dir, store.FileName)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	d := &Desk{DB: db, Trail: auth.OpenTrail(dir, "test"), Data: dir, Limits: worker.Limits{MemoryMiB: 512}}
	err = db.Update(t.Context(), func(tx *store.Tx) error {
		return errors.Join(tx.SetReviewInst(store.ReviewInst{Code: "P1", Admdvs: "990101", Version: 1}), tx.SetReviewInst(store.ReviewInst{Code: "P2", Admdvs: "990102", Version: 1}))
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// gang is a result with one group in two shops and two months.
func gang(rows ...model.Row) Sending {
	m := &model.Model{ID: "I009", Name: "组团空刷", Severity: 2, Basis: "条例第四十条", Subject: model.OfGroup}
	r := &model.Result{Model: "I009", Last: "2025-12-31", Cases: []model.Case{{Subject: "a", Rows: rows}}}
	r.Finish(m)
	return Sending{Source: "模型", Model: m, Result: r, Origin: "r1"}
}

func visit(psn, inst, day, no string, fen int64) model.Row {
	return model.Row{Psn: psn, Inst: inst, Day: day, Mdtrt: no, Money: fen}
}

func TestNothingIsSentTwice(t *testing.T) {
	d := open(t)
	first := []model.Row{visit("a", "P1", "2025-11-03", "1", 100), visit("b", "P1", "2025-11-03", "2", 200), visit("a", "P2", "2025-12-03", "3", 300), visit("a", "P1", "2025-11-03", "1", 50)}
	s, err := d.Send(t.Context(), wu, gang(first...))
	if err != nil {
		t.Fatal(err)
	}
	if s.Cases != 1 || s.Findings != 2 || s.Facts != 3 || s.Money != 650 || s.Known != 0 {
		t.Errorf("first sending: %+v", s)
	}
	if s, err := d.Send(t.Context(), wu, gang(first...)); err != nil || s.Batch != "" || s.Known != 3 {
		t.Errorf("again: %+v, %v", s, err)
	}
	// The group has grown: another id, only the new visits are sent.
	s, err = d.Send(t.Context(), wu, gang(append(first, visit("c", "P1", "2025-11-04", "4", 1000))...))
	if err != nil || s.Findings != 1 || s.Facts != 1 || s.Money != 1000 || s.Known != 3 {
		t.Errorf("grown: %+v, %v", s, err)
	}
	bs, sum, err := d.Batches(t.Context(), store.Scope{}, store.Page{Limit: 10})
	if err != nil || len(bs) != 2 || sum.Kinds != 1 || sum.Findings != 3 || sum.Money != 1650 || bs[0].States[store.MachineState] != 1 {
		t.Errorf("batches: %+v %+v %v", bs, sum, err)
	}
	_, items, err := d.Batch(t.Context(), store.Scope{}, bs[1].ID, "", 10)
	if err != nil || len(items) != 2 {
		t.Fatalf("items: %+v %v", items, err)
	}
	for _, x := range items { // a model charges nothing: the sum involved stands apart
		f, err := d.DB.Finding(t.Context(), x.Finding)
		if err != nil || f.Vola != 0 || f.Fund != 0 || f.Charged != 0 || f.LineCount != 0 || f.Bucket != store.ModelBucket || f.Month == "" || len(f.Lines) == 0 || f.Lines[0].Type != 2 {
			t.Errorf("finding: %+v %v", f, err)
		}
	}
}

func TestWhoMaySend(t *testing.T) {
	d := open(t)
	s := gang(visit("a", "P1", "2025-11-03", "1", 100))
	for _, who := range []*auth.Identity{du, city} { // without the permission, of another division
		if _, err := d.Send(t.Context(), who, s); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", who.Name, err)
		}
	}
	s.Result.Cases[0].Rows[0].Inst = ""
	if x, err := d.Send(t.Context(), wu, s); err != nil || x.Batch != "" || x.Homeless != 1 {
		t.Errorf("without an institution: %+v %v", x, err)
	}
	s.Cases = []string{"nothing"}
	if _, err := d.Send(t.Context(), wu, s); !errors.Is(err, ErrRefused) {
		t.Errorf("a case that is not there: %v", err)
	}
}

func TestAQueryIsSentUnderItsOwnName(t *testing.T) {
	as := model.Draft{Name: "大额", Basis: "条例", Verify: "调病历", Severity: 3}
	table := &worker.Table{Columns: []string{"inst", "visit", "money"}, Rows: [][]any{{"P1", "1", 500.0}, {"P2", "2", 700.0}}}
	a, r, err := QueryResult("SELECT  inst FROM visit", as, table, 20_000)
	if err != nil || len(r.Cases) != 2 || r.Cases[0].Money != 700 {
		t.Fatalf("%+v %v", r, err)
	}
	if b, _, _ := QueryResult("SELECT inst\nFROM visit", as, table, 20_001); b.ID != a.ID {
		t.Errorf("the same statement has another id: %s, %s", a.ID, b.ID)
	}
	for _, bad := range []func(){func() { table.Columns[0] = "n" }, func() { table.Columns[0] = "inst"; table.Cut = true }, func() { table.Cut = false; as.Severity = 1 }, func() { as.Severity = 2; as.Basis = " " }} {
		bad()
		if _, _, err := QueryResult("SELECT 1", as, table, 1); !errors.Is(err, ErrRefused) {
			t.Errorf("%+v %+v: %v", table, as, err)
		}
	}
}

func text() model.Draft {
	return model.Draft{ID: "m001", Name: "同日多店", Purpose: "用途", Method: "方法", Subject: model.OfPerson, Picture: "timeline", Severity: 3, Params: []model.Param{{Name: "shops", Title: "几家", Default: 3, Min: 2, Max: 9}},
		Money: "合计", Basis: "条例", Verify: "看监控", Innocent: []string{"缺药"}, Hit: []int64{1}, Twin: []int64{2},
		SQL:  "SELECT s.person AS case_key, s.person AS person, MIN(s.inst) AS inst, s.day AS day, SUM(s.fee) AS money FROM setl s WHERE s.day BETWEEN :first AND :last GROUP BY s.person, s.day HAVING COUNT(DISTINCT s.inst) >= :shops",
		Rows: []model.DraftRows{{View: "setl", CSV: "setl,person,inst,day,fee\n1,1,1,100,5\n2,1,2,100,5\n3,1,3,100,5\n4,2,1,100,5\n5,2,2,101,5\n6,2,3,102,5"}}}
}

// A draft reaches the library only by its fixture, a trial and another person.
func TestDraftToLibrary(t *testing.T) {
	d := open(t)
	if _, err := d.SaveDraft(t.Context(), du, "", 0, text()); !errors.Is(err, ErrRefused) {
		t.Errorf("saved without permission: %v", err)
	}
	x, err := d.SaveDraft(t.Context(), zheng, "", 0, text())
	if err != nil || x.Model != "M001" {
		t.Fatal(x, err)
	}
	if _, err := d.TryDraft(t.Context(), zheng, x.ID); !errors.Is(err, ErrRefused) {
		t.Errorf("tried before its fixture: %v", err)
	}
	if x, err = d.CheckDraft(t.Context(), zheng, x.ID); err != nil || x.Checked != x.Digest {
		t.Fatal(x, err)
	}
	if _, err := d.Ask(t.Context(), zheng, x.ID, x.Version, ""); !errors.Is(err, ErrRefused) {
		t.Errorf("asked without a trial: %v", err)
	}
	// The trial itself needs a lake; what it writes down is put there here.
	x.Trial = `{"digest":"` + x.Digest + `","some":[]}`
	if err := d.change(t.Context(), zheng, x, "试算", ""); err != nil {
		t.Fatal(err)
	}
	if x, err = d.Ask(t.Context(), zheng, x.ID, x.Version, "请批"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.SaveDraft(t.Context(), zheng, x.ID, x.Version, text()); !errors.Is(err, ErrRefused) {
		t.Errorf("changed while it is looked at: %v", err)
	}
	if _, err := d.Decide(t.Context(), zheng, x.ID, x.Version, true, ""); !errors.Is(err, ErrRefused) {
		t.Errorf("approved by its author: %v", err)
	}
	if _, err := d.Decide(t.Context(), wu, x.ID, x.Version, true, ""); !errors.Is(err, ErrRefused) {
		t.Errorf("approved without permission: %v", err)
	}
	if x, err = d.Decide(t.Context(), feng, x.ID, x.Version, true, "可"); err != nil || x.State != approved {
		t.Fatal(x, err)
	}
	lib, err := model.ForData(d.Data)
	if err != nil || lib.Model("M001") == nil || !lib.Model("M001").Own {
		t.Fatalf("not in the library: %v", err)
	}
	// A crash between decision and folder: the next look puts it right.
	if err := os.RemoveAll(model.OwnDir(d.Data)); err != nil {
		t.Fatal(err)
	}
	if err := d.Reconcile(t.Context()); err != nil {
		t.Fatal(err)
	}
	if lib, _ = model.ForData(d.Data); lib.Model("M001") == nil {
		t.Error("not installed again")
	}
	if _, err = d.Retire(t.Context(), feng, x.ID, x.Version, "不用了"); err != nil {
		t.Fatal(err)
	}
	if lib, _ = model.ForData(d.Data); lib.Model("M001") != nil {
		t.Error("still in the library")
	}
}

func TestWhatADraftMayNot(t *testing.T) {
	d := open(t)
	for what, bad := range map[string]func(*model.Draft){
		"不是可用的视图": func(x *model.Draft) { x.Rows[0].View = "secrets" },
		"没有列":     func(x *model.Draft) { x.Rows[0].CSV = "setl,drop\n1,1" },
		"应为整数":    func(x *model.Draft) { x.Rows[0].CSV = "setl,person\n1,(SELECT 1)" },
		"没有查出":    func(x *model.Draft) { x.Hit = []int64{7} },
		"不该查出": func(x *model.Draft) {
			x.Params[0].Default = 2
			x.SQL = strings.Replace(x.SQL, "GROUP BY s.person, s.day", "GROUP BY s.person, s.day, s.setl - s.setl", 1)
			x.Rows[0].CSV += "\n7,2,9,100,5"
		},
		"read_csv": func(x *model.Draft) { x.SQL = "SELECT 1 AS case_key FROM read_csv('/etc/passwd')" },
		"模型只读":     func(x *model.Draft) { x.SQL = "SELECT 1 AS case_key FROM visit; ATTACH 'x' AS y" },
		"没有声明的参数":  func(x *model.Draft) { x.SQL = strings.Replace(x.SQL, ":shops", ":other", 1) },
	} {
		x := text()
		bad(&x)
		got, err := d.SaveDraft(t.Context(), wu, "", 0, x)
		if err == nil {
			_, err = d.CheckDraft(t.Context(), wu, got.ID)
		}
		if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
	x := text()
	x.ID = "A001" // a card's number
	if _, err := d.SaveDraft(t.Context(), wu, "", 0, x); !errors.Is(err, ErrRefused) {
		t.Errorf("a card's id: %v", err)
	}
}

// What a finding rests on is kept with it; an institution is shown its own rows, and of other institutions neither code nor name.
func TestEvidenceForAnInstitution(t *testing.T) {
	d := open(t)
	s := gang(visit("a", "P1", "2025-11-03", "1", 100), visit("b", "P1", "2025-11-03", "2", 200), visit("a", "P2", "2025-11-05", "3", 300))
	for i := range s.Result.Cases[0].Rows {
		r := &s.Result.Cases[0].Rows[i]
		r.Other, r.Text = "P2", map[string]string{"where": "乙药房", "what": "降压药"}
	}
	s.Result.Names = &model.Names{Insts: map[string]string{"P1": "甲药房", "P2": "乙药房"}}
	s.Model.Verify, s.Model.Method = "调监控", "同日同店"
	sent, err := d.Send(t.Context(), wu, s)
	if err != nil {
		t.Fatal(err)
	}
	_, items, err := d.Batch(t.Context(), store.Scope{}, sent.Batch, "", 10)
	if err != nil || len(items) != 2 {
		t.Fatal(items, err)
	}
	for _, x := range items {
		var e *Evidence
		if err := d.DB.View(t.Context(), func(tx *store.Tx) (err error) { e, err = EvidenceOf(tx, x.Finding); return err }); err != nil || e == nil {
			t.Fatal(e, err)
		}
		if len(e.Rows) != map[string]int{"P1": 2, "P2": 1}[x.Inst] || e.Names.Insts["P2"] != "乙药房" || e.Verify != "调监控" {
			t.Errorf("%s: %+v", x.Inst, e)
		}
		if x.Inst != "P1" {
			if own := e.For("P1"); len(own.Rows) != 0 || own.More != 1 {
				t.Errorf("another institution's rows: %+v", own)
			}
			continue
		}
		b, err := json.Marshal(e.For("P1"))
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"P2", "乙药房", "调监控"} {
			if strings.Contains(string(b), secret) {
				t.Errorf("an institution is told %s: %s", secret, b)
			}
		}
		for _, needed := range []string{"降压药", "2025-11-03", "甲药房", "同日同店"} {
			if !strings.Contains(string(b), needed) {
				t.Errorf("an institution is not told %s: %s", needed, b)
			}
		}
	}
}

// A person takes a model's finding back, with the reason; what it rested on is not sent again.
func TestWithdraw(t *testing.T) {
	d := open(t)
	s := gang(visit("a", "P1", "2025-11-03", "1", 100))
	sent, err := d.Send(t.Context(), wu, s)
	if err != nil {
		t.Fatal(err)
	}
	_, items, err := d.Batch(t.Context(), store.Scope{}, sent.Batch, "", 10)
	if err != nil || len(items) != 1 {
		t.Fatal(items, err)
	}
	id := items[0].Finding
	for _, x := range []struct {
		who *auth.Identity
		why string
	}{{du, "不成立"}, {wu, ""}} {
		if err := d.Withdraw(t.Context(), x.who, id, x.why); !errors.Is(err, ErrRefused) {
			t.Errorf("%s for %q: %v", x.who.Name, x.why, err)
		}
	}
	if err := d.Withdraw(t.Context(), city, id, "不成立"); err == nil {
		t.Error("somebody of another division took it back")
	}
	if err := d.Withdraw(t.Context(), wu, id, "家属代取，委托书在案"); err != nil {
		t.Fatal(err)
	}
	if err := d.Withdraw(t.Context(), wu, id, "再撤"); !errors.Is(err, ErrRefused) {
		t.Errorf("twice: %v", err)
	}
	if f, err := d.DB.Finding(t.Context(), id); err != nil || !f.Withdrawn {
		t.Errorf("%+v %v", f, err)
	}
	if again, err := d.Send(t.Context(), wu, s); err != nil || again.Batch != "" || again.Known != 1 {
		t.Errorf("sent again: %+v %v", again, err)
	}
}
