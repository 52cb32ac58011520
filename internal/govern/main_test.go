package govern

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/intake"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/store/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }

var ctx = context.Background()

// People of the tests: an author, an approver, somebody who may be both, two judges, and one of a city.
var (
	wang   = &auth.Identity{Name: "wang", Roles: []string{"两库维护"}}
	li     = &auth.Identity{Name: "li", Roles: []string{"两库批准"}}
	both   = &auth.Identity{Name: "both", Roles: []string{"两库维护", "两库批准"}}
	chu    = &auth.Identity{Name: "chu", Roles: []string{"初审"}}
	fu     = &auth.Identity{Name: "fu", Roles: []string{"复审"}}
	cityer = &auth.Identity{Name: "shi", Roles: []string{"两库维护"}, Scope: auth.Scope{Admdvs: "9901"}}
)

// onBoth runs a test on rules of each engine.
func onBoth(t *testing.T, f func(t *testing.T, r *Rules)) {
	t.Parallel()
	for name, at := range map[string]func() store.Location{
		"sqlite": func() store.Location {
			return store.Location{Engine: store.SQLite, Path: filepath.Join(t.TempDir(), store.FileName)}
		},
		"postgres": func() store.Location { return store.Location{Engine: store.Postgres, DSN: pgtest.DSN(t)} },
	} {
		t.Run(name, func(t *testing.T) { f(t, newRules(t, at())) })
	}
}

func newRules(t testing.TB, at store.Location) *Rules {
	t.Helper()
	db, err := store.Open(ctx, at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return &Rules{DB: db, Trail: auth.OpenTrail(t.TempDir(), "test"), Library: &rule.Library{Cards: []*rule.Card{parse(t, aged(30, 1))}}}
}

// aged is the text of a card that forbids an item from an age on.
func aged(from, severity int) string {
	return fmt.Sprintf(`id: Y001
name: 本地-限年龄
group: 本地
kind: ATTR
check: age_over
key: person
level: line
severity: %d
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
`, severity, from)
}

func parse(t testing.TB, text string) *rule.Card {
	t.Helper()
	c, err := rule.ParseCard("test", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func must[T any](v T, err error) func(t testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// propose drafts a version of the card.
func propose(t testing.TB, r *Rules, text, area string) *store.RuleVersion {
	t.Helper()
	return must(r.Propose(ctx, wang, Text{Kind: Cards, File: "test", Body: []byte(text), Area: area}))(t)
}

var nothing = &Result{From: "2025-01", To: "2025-01"}

// approved takes a draft up to its approval.
func approved(t testing.TB, r *Rules, v *store.RuleVersion) {
	t.Helper()
	must(r.RecordTrial(ctx, wang, v.ID, nothing))(t)
	must(r.ToShadow(ctx, wang, v.ID, ""))(t)
	if err := r.RecordShadow(ctx, v.ID, nothing); err != nil {
		t.Fatal(err)
	}
	must(r.Submit(ctx, wang, v.ID, ""))(t)
	must(r.Approve(ctx, li, v.ID, ""))(t)
}

// live takes a draft all the way.
func live(t testing.TB, r *Rules, v *store.RuleVersion, effective string) *store.RuleVersion {
	t.Helper()
	approved(t, r, v)
	must(r.Announce(ctx, wang, v.ID, "公布", effective))(t)
	return must(r.GoLive(ctx, li, v.ID, ""))(t)
}

// program is the id of what an audit would judge with.
func program(t testing.TB, r *Rules) string {
	t.Helper()
	b := must(r.Live(ctx))(t)
	base := must(b.Points(&knowledge.Base{}))(t)
	p, err := rule.Compile(b.Library, base, b.Rules)
	if err != nil {
		t.Fatal(err)
	}
	return p.ID
}

// town is a data directory with three institutions in two cities and a person aged 45.
type town struct {
	t   *testing.T
	dir string
	r   *Rules
}

const item = "990300000000001"

func newTown(t *testing.T) *town {
	t.Helper()
	w := &town{t: t, dir: t.TempDir()}
	w.r = newRules(t, store.Location{Engine: store.SQLite, Path: filepath.Join(w.dir, store.FileName)})
	src := t.TempDir()
	files := map[string]string{
		"institution": "fixmedins_code,fixmedins_name,fixmedins_type,hosp_lv,admdvs,begndate\nH1,甲,1,05,990101,2020-01-01\nH2,乙,1,05,990201,2020-01-01\nH3,丙,1,05,990299,2020-01-01\n",
		"person":      "psn_no,gend,brdy,insutype,insu_admdvs,begndate\nP1,1,1980-01-01,390,990101,2020-01-01\n",
		"visit":       "mdtrt_id,psn_no,fixmedins_code,med_type,begntime,endtime\n",
		"settlement":  "setl_id,mdtrt_id,psn_no,fixmedins_code,insutype,clr_type,setl_time,medfee_sumamt,fund_pay_sumamt\n",
		"fee":         "feedetl_sn,mdtrt_id,setl_id,psn_no,fixmedins_code,fee_ocur_time,list_type,hilist_code,hilist_name,cnt,pric,det_item_fee_sumamt,inscp_scp_amt,bilg_dept_codg\n",
		"diagnosis":   "mdtrt_id,psn_no,fixmedins_code,maindiag_flag,inout_diag_type,diag_srt_no,diag_code\na2,P1,H2,1,1,1,C50.1\n",
	}
	for _, v := range []struct{ id, inst, day string }{{"a1", "H1", "2025-01-10"}, {"a2", "H2", "2025-01-11"}, {"a3", "H3", "2025-01-12"},
		{"b1", "H1", "2025-02-10"}, {"b2", "H2", "2025-02-11"}, {"b3", "H3", "2025-02-12"}} {
		files["visit"] += fmt.Sprintf("%s,P1,%s,11,%s 08:00:00,%s 18:00:00\n", v.id, v.inst, v.day, v.day)
		files["settlement"] += fmt.Sprintf("s-%s,%s,P1,%s,390,11,%s 18:00:00,20,12\n", v.id, v.id, v.inst, v.day)
		for n, dept := range []string{"01", "02"} {
			files["fee"] += fmt.Sprintf("%s-%d,%s,s-%s,P1,%s,%s 09:00:00,201,%s,灸,1,10,10,10,%s\n", v.id, n+1, v.id, v.id, v.inst, v.day, item, dept)
		}
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(src, name+".csv"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	l := must(lake.Open(w.dir))(t)
	wr := must(l.Writer())(t)
	rep := must(wr.Import(ctx, []string{src}, lake.ImportOptions{Buckets: 2}))(t)
	wr.Close()
	for _, f := range rep.Files {
		if f.Error != "" || f.Rejected > 0 {
			t.Fatalf("import: %+v", f)
		}
	}
	points := filepath.Join(t.TempDir(), "points.csv")
	if err := os.WriteFile(points, []byte("point_id,rule_id,subject_code,limit_value,basis\np1,Y001,"+item+",,点的依据〔2025〕9 号\np2,Y002,"+item+",0,另一依据\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	ks := must(knowledge.Open(filepath.Join(w.dir, "knowledge")))(t)
	must(ks.Import([]string{points}, knowledge.Options{KnownRule: func(string) bool { return true }}))(t)
	return w
}

func (w *town) base() *knowledge.Base {
	return must(knowledge.Open(filepath.Join(w.dir, "knowledge")))(w.t).Base()
}

// audit judges with the live book, takes the findings in and judges the shadow.
func (w *town) audit() (*audit.Report, map[string]*Result) {
	w.t.Helper()
	b := must(w.r.Live(ctx))(w.t)
	a := must(b.Open(w.dir))(w.t)
	rep := must(a.Run(ctx, audit.Options{}))(w.t)
	must(intake.Sync(ctx, a.Store, w.r.DB, intake.Options{}))(w.t)
	if err := w.r.Feed(ctx, rep, b.Library.Cards, 1); err != nil {
		w.t.Fatal(err)
	}
	c := must(w.r.Shadow(ctx))(w.t)
	if c == nil {
		return rep, nil
	}
	rs := must(RunShadow(ctx, a, w.base(), c, audit.Options{}))(w.t)
	if err := w.r.RecordShadows(ctx, c, rs); err != nil {
		w.t.Fatal(err)
	}
	return rep, rs
}

// lines are the violating lines published, each with the severity.
func (w *town) lines(st *audit.Store) (out []string) {
	w.t.Helper()
	for _, m := range must(st.Months())(w.t) {
		for _, r := range must(st.Rows(m, nil))(w.t) {
			if r.Type == 1 {
				out = append(out, fmt.Sprintf("%s/%d", r.Sn, r.Severity))
			}
		}
	}
	slices.Sort(out)
	return out
}

// want audits and expects these violating lines.
func (w *town) want(lines string) *audit.Report {
	w.t.Helper()
	rep, _ := w.audit()
	if got := strings.Join(w.lines(audit.OpenStore(w.dir)), " "); got != lines {
		w.t.Errorf("lines %s\nwant  %s", got, lines)
	}
	return rep
}

// all are the lines of the town when the card holds everywhere.
func all(severity int) string {
	var out []string
	for _, v := range []string{"a1", "a2", "a3", "b1", "b2", "b3"} {
		out = append(out, fmt.Sprintf("%s-1/%d %s-2/%d", v, severity, v, severity))
	}
	return strings.Join(out, " ")
}

func isSame(err error) bool { return errors.Is(err, ErrSamePerson) }
