package effect

import (
	"context"
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/online/remind"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/store"
)

// Items of the tests. Women and Women3 are for women only, the patients are men; Sugar is for diabetics; Times twice a day.
const (
	Women  = "XZZ01A1"
	Other  = "XZZ01A2" // of the same group, allowed
	Women3 = "XZZ01A3"
	Sugar  = "XZZ02B1"
	Times  = "990200000010000"
	Plain  = "990300000010000"
)

var points = [][]string{{"A001", Women, "sex", "女"}, {"A001", Women3, "sex", "女"}, {"A013", Sugar, "diag_set", "E11"}, {"B021", Times, "limit_value", "2", "unit", "次"}}

// town is a data directory with a store and a reminder service whose clock the test sets.
type town struct {
	t    testing.TB
	dir  string
	db   *store.DB
	s    *remind.Service
	now  time.Time
	rows map[string][]map[string]string
	seen map[string]bool
	n    int // calls so far
}

func newTown(t testing.TB) *town {
	t.Helper()
	w := &town{t: t, dir: t.TempDir(), rows: map[string][]map[string]string{}, seen: map[string]bool{}}
	ks, err := knowledge.Open(filepath.Join(w.dir, "knowledge"))
	w.must(err)
	file := filepath.Join(t.TempDir(), "points.csv")
	var rows [][]string
	for _, p := range points {
		row := make([]string, len(knowledge.PointColumns))
		kv := append([]string{"rule_id", p[0], "subject_code", p[1], "point_id", p[0] + "-" + p[1], "basis", "测试依据"}, p[2:]...)
		for i := 0; i < len(kv); i += 2 {
			row[slices.Index(knowledge.PointColumns, kv[i])] = kv[i+1]
		}
		rows = append(rows, row)
	}
	w.csv(file, knowledge.PointColumns, rows)
	rep, err := ks.Import([]string{file}, knowledge.Options{})
	w.must(err)
	if len(rep.Unread) > 0 {
		t.Fatalf("points: %s", rep)
	}
	for _, h := range []string{"H1", "H2"} {
		w.add("institution", "fixmedins_code", h, "fixmedins_name", "医院"+h, "fixmedins_type", "1", "hosp_lv", "05", "admdvs", "990101", "begndate", "2020-01-01")
	}
	w.db, err = store.Open(context.Background(), store.Location{Engine: store.SQLite, Path: filepath.Join(w.dir, store.FileName)})
	w.must(err)
	t.Cleanup(func() { w.db.Close() })
	c, err := remind.NewChooser(w.library().Cards, nil)
	w.must(err)
	w.s, err = remind.OpenService(context.Background(), w.db, filepath.Join(w.dir, remind.Dir), c, remind.Options{LogWait: time.Minute, Now: func() time.Time { return w.now }})
	w.must(err)
	return w
}

func (w *town) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) library() *rule.Library {
	lib, err := rule.Shipped()
	w.must(err)
	lib, err = lib.Only([]string{"A001", "A013", "B021"})
	w.must(err)
	return lib
}

func (w *town) csv(path string, head []string, rows [][]string) {
	f, err := os.Create(path)
	w.must(err)
	c := csv.NewWriter(f)
	w.must(c.Write(head))
	w.must(c.WriteAll(rows))
	w.must(f.Close())
}

func (w *town) add(table string, kv ...string) {
	m := map[string]string{}
	for i := 0; i < len(kv); i += 2 {
		m[kv[i]] = kv[i+1]
	}
	w.rows[table] = append(w.rows[table], m)
}

func (w *town) person(p string) {
	if !w.seen[p] {
		w.seen[p] = true
		w.add("person", "psn_no", p, "gend", "1", "brdy", "1980-01-01", "insutype", "390", "begndate", "2020-01-01")
	}
}

// line is an item with a quantity and a price in yuan; own lines are outside the scope of the fund.
type line struct {
	item string
	cnt  int
	pric int
	own  bool
	day  string
}

// bill uploads a visit with its settlement on a day; the fund pays three fifths of what is in scope.
func (w *town) bill(visit, psn, inst, medType, begin, setl string, diags []string, lines ...line) {
	w.person(psn)
	w.add("visit", "mdtrt_id", visit, "psn_no", psn, "fixmedins_code", inst, "insutype", "390", "med_type", medType, "begntime", begin+" 08:00:00", "endtime", setl+" 17:00:00")
	for i, d := range diags {
		w.add("diagnosis", "mdtrt_id", visit, "diag_code", d, "diag_srt_no", fmt.Sprint(i+1), "inout_diag_type", "2", "diag_type", "1", "maindiag_flag", fmt.Sprint(b2i(i == 0)))
	}
	total, scope := 0, 0
	for i, l := range lines {
		amt := l.cnt * l.pric
		in := amt
		if l.own {
			in = 0
		}
		total, scope = total+amt, scope+in
		day := l.day
		if day == "" {
			day = begin
		}
		kind := "101"
		if l.item[0] == '9' {
			kind = "201"
		}
		w.add("fee", "feedetl_sn", fmt.Sprintf("%s-%d", visit, i+1), "mdtrt_id", visit, "setl_id", "s-"+visit, "psn_no", psn, "fixmedins_code", inst, "fee_ocur_time", day+" 09:00:00",
			"list_type", kind, "hilist_code", l.item, "hilist_name", l.item, "cnt", fmt.Sprint(l.cnt), "pric", fmt.Sprint(l.pric), "det_item_fee_sumamt", fmt.Sprint(amt),
			"fulamt_ownpay_amt", fmt.Sprint(amt-in), "inscp_scp_amt", fmt.Sprint(in))
	}
	w.add("settlement", "setl_id", "s-"+visit, "mdtrt_id", visit, "psn_no", psn, "fixmedins_code", inst, "insutype", "390", "clr_type", "11", "setl_time", setl+" 18:00:00",
		"medfee_sumamt", fmt.Sprint(total), "inscp_scp_amt", fmt.Sprint(scope), "fund_pay_sumamt", fmt.Sprintf("%.2f", float64(scope)*0.6))
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// land imports what was added since.
func (w *town) land() {
	w.t.Helper()
	dir := w.t.TempDir()
	for table, rows := range w.rows {
		cols := map[string]bool{}
		for _, r := range rows {
			for k := range r {
				cols[k] = true
			}
		}
		head := slices.Sorted(maps.Keys(cols))
		var out [][]string
		for _, r := range rows {
			row := make([]string, len(head))
			for i, h := range head {
				row[i] = r[h]
			}
			out = append(out, row)
		}
		w.csv(filepath.Join(dir, table+".csv"), head, out)
	}
	w.rows = map[string][]map[string]string{}
	l, err := lake.Open(w.dir)
	w.must(err)
	wr, err := l.Writer()
	w.must(err)
	defer wr.Close()
	rep, err := wr.Import(context.Background(), []string{dir}, lake.ImportOptions{Buckets: 4})
	w.must(err)
	for _, f := range rep.Files {
		if f.Error != "" || f.Rejected > 0 {
			w.t.Fatalf("import: %+v", f)
		}
	}
}

func (w *town) audit() {
	w.t.Helper()
	a, err := audit.Open(w.dir, w.library())
	w.must(err)
	_, err = a.Run(context.Background(), audit.Options{})
	w.must(err)
}

// call asks about a visit on a day; what hits is said by the test: (rule, item).
func (w *town) call(visit, psn, inst, day string, inpatient bool, diags []string, hits [][2]string, lines ...line) *remind.Decision {
	w.t.Helper()
	d, err := claim.ParseDay(day)
	w.must(err)
	y, m, dd := d.Civil()
	w.n++
	w.now = time.Date(y, time.Month(m), dd, 9, 30, w.n, 0, time.FixedZone("", 8*3600))
	kind := "1"
	if inpatient {
		kind = "2"
	}
	e := online.Encounter{ID: visit, Inst: inst, InstName: "医院" + inst, Doctor: "D1", DeptIn: "03", Kind: kind}
	for _, c := range diags {
		e.Diagnoses = append(e.Diagnoses, online.Diagnosis{Code: c})
	}
	ans := &online.Answer{}
	for i, l := range lines {
		amt := claim.Money(l.cnt * l.pric * 100)
		id := fmt.Sprintf("%s-rx%s-%d", visit, day, i+1)
		e.Orders = append(e.Orders, online.Order{ID: id, Item: l.item, Name: l.item, Cnt: claim.Qty(l.cnt) * claim.QtyOne, Amount: amt, Own: 0, Begin: d.Start(), Doctor: "D1", Dept: "03",
			Current: true})
		for _, h := range hits {
			if h[1] == l.item {
				ans.Reminders = append(ans.Reminders, online.Reminder{ID: fmt.Sprintf("jr-%s-%s-%s", visit, day, h[0]+h[1]), Finding: "f-" + visit, Patient: psn, Visit: visit, Rule: h[0], RuleName: h[0],
					Severity: 1, Stop: online.Confirm, Text: "限女性，患者为男，请更换", Subject: l.item, Facts: id, Vola: amt, Fund: amt / 2,
					Lines: []online.Line{{Order: id, Visit: visit, Type: 1, Vola: amt}}})
			}
		}
	}
	got := w.s.Decide(&online.Request{Infno: "3101", Stage: online.Before, Channel: "fsi", Inst: inst, Admdvs: "990101", Scenarios: []string{"2"}, At: d.Start(),
		Patients: []online.Patient{{ID: psn, Current: visit, Encounters: []online.Encounter{e}}}}, ans)
	if len(got.Shown) != len(ans.Reminders) {
		w.t.Fatalf("%s: %d reminders shown of %d: %+v", visit, len(got.Shown), len(ans.Reminders), got.Held)
	}
	return got
}

func (w *town) answer(d *remind.Decision, way, code string) {
	w.t.Helper()
	w.now = w.now.Add(time.Minute)
	w.must(w.s.Answer(remind.Choice{JrID: d.Shown[0].ID, Way: way, Code: code}))
}

// drained brings the log into the store.
func (w *town) drained() {
	w.t.Helper()
	areas, err := remind.NewAreas(nil)
	w.must(err)
	_, err = (&remind.Drain{DB: w.db, Dir: filepath.Join(w.dir, remind.Dir), Areas: areas}).All(context.Background())
	w.must(err)
}

func (w *town) effect(asOf string) (map[string]store.Episode, *Report) {
	w.t.Helper()
	w.drained()
	l, err := lake.Open(w.dir)
	w.must(err)
	d, err := claim.ParseDay(asOf)
	w.must(err)
	areas, err := remind.NewAreas(nil)
	w.must(err)
	rep, err := Run(context.Background(), w.db, l, audit.OpenStore(w.dir), Options{AsOf: d, Areas: areas})
	w.must(err)
	out := map[string]store.Episode{}
	w.must(w.db.View(context.Background(), func(tx *store.Tx) error {
		es, err := tx.Episodes("", "")
		for _, e := range es {
			out[strings.TrimSuffix(e.Mdtrt+" "+e.Rule, " A001")] = e
		}
		return err
	}))
	return out, rep
}
