package audit_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/rule"
)

// upload is what arrives at once: rows by table, each "column=value …" with _ for a space.
type upload map[string][]map[string]string

func (u upload) add(table string, text string) upload {
	r := map[string]string{}
	for _, f := range strings.Fields(text) {
		k, v, _ := strings.Cut(f, "=")
		r[k] = strings.ReplaceAll(v, "_", " ")
	}
	u[table] = append(u[table], r)
	return u
}

// visit adds an out-patient visit id of a person with one settlement s-id on that day, of which the fund pays 60 %, and
// lines id-1, id-2 … of 10 yuan a piece. An item may be followed by *quantity and @hh:mm.
func (u upload) visit(id, psn, inst, day string, items ...string) upload {
	u.add("visit", fmt.Sprintf("mdtrt_id=%s psn_no=%s fixmedins_code=%s med_type=11 begntime=%s_08:00:00 endtime=%s_18:00:00", id, psn, inst, day, day))
	return u.bill(id, psn, inst, day, "s-"+id, items...)
}

// bill adds a settlement of a visit and its lines.
func (u upload) bill(id, psn, inst, day, setl string, items ...string) upload {
	sum := 0.0
	for i, it := range items {
		it, at, ok := strings.Cut(it, "@")
		if !ok {
			at = "09:00"
		}
		code, n, ok := strings.Cut(it, "*")
		if !ok {
			n = "1"
		}
		var cnt float64
		fmt.Sscan(n, &cnt)
		sum += cnt * 10
		u.add("fee", fmt.Sprintf("feedetl_sn=%s-%d mdtrt_id=%s setl_id=%s psn_no=%s fixmedins_code=%s fee_ocur_time=%s_%s:00 list_type=201 hilist_code=%s hilist_name=%s cnt=%s pric=10 det_item_fee_sumamt=%.2f inscp_scp_amt=%.2f",
			strings.TrimPrefix(setl, "s-"), i+1, id, setl, psn, inst, day, at, code, code, n, cnt*10, cnt*10))
	}
	return u.add("settlement", fmt.Sprintf("setl_id=%s mdtrt_id=%s psn_no=%s fixmedins_code=%s insutype=390 clr_type=11 setl_time=%s_18:00:00 medfee_sumamt=%.2f fund_pay_sumamt=%.2f", setl, id, psn, inst, day, sum, sum*0.6))
}

// write makes a CSV file for each table.
func (u upload) write(t testing.TB, dir string) {
	t.Helper()
	for table, rows := range u {
		var cols []string
		for _, r := range rows {
			for c := range r {
				if !slices.Contains(cols, c) {
					cols = append(cols, c)
				}
			}
		}
		slices.Sort(cols)
		f, err := os.Create(filepath.Join(dir, table+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		w := csv.NewWriter(f)
		w.Write(cols)
		for _, r := range rows {
			out := make([]string, len(cols))
			for i, c := range cols {
				out[i] = r[c]
			}
			w.Write(out)
		}
		w.Flush()
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// town is a data directory with three hospitals and six persons (P1 … P6, odd ones men).
type town struct {
	t       testing.TB
	dir     string
	buckets int
}

func newTown(t testing.TB) *town {
	t.Helper()
	w := &town{t: t, dir: t.TempDir(), buckets: 4}
	w.arrive(townsfolk())
	return w
}

func townsfolk() upload {
	u := upload{}
	for _, h := range []string{"H1", "H2", "H3"} {
		u.add("institution", "fixmedins_code="+h+" fixmedins_name=医院"+h+" fixmedins_type=1 hosp_lv=05 admdvs=990101 begndate=2020-01-01")
	}
	for i := 1; i <= 6; i++ {
		u.add("person", fmt.Sprintf("psn_no=P%d gend=%d brdy=1980-01-01 insutype=390 begndate=2020-01-01", i, 2-i%2))
	}
	return u
}

// arrive imports an upload.
func (w *town) arrive(u upload) *lake.Report {
	w.t.Helper()
	src := w.t.TempDir()
	u.write(w.t, src)
	rep := importInto(w.t, w.dir, lake.ImportOptions{Buckets: w.buckets}, src)
	for _, f := range rep.Files {
		if f.Error != "" || f.Rejected > 0 {
			w.t.Fatalf("import: %+v", f)
		}
	}
	return rep
}

func importInto(t testing.TB, dir string, opt lake.ImportOptions, paths ...string) *lake.Report {
	t.Helper()
	l, err := lake.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	wr, err := l.Writer()
	if err != nil {
		t.Fatal(err)
	}
	defer wr.Close()
	rep, err := wr.Import(context.Background(), paths, opt)
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

// know imports knowledge points, each "rule subject column=value …".
func (w *town) know(points ...string) *town {
	w.t.Helper()
	path := filepath.Join(w.t.TempDir(), "points.csv")
	writePoints(w.t, path, points)
	loadPoints(w.t, w.dir, path)
	return w
}

func writePoints(t testing.TB, path string, points []string) {
	t.Helper()
	var b strings.Builder
	c := csv.NewWriter(&b)
	c.Write(knowledge.PointColumns)
	for _, p := range points {
		f := strings.Fields(p)
		v := map[string]string{"rule_id": f[0], "subject_code": f[1], "point_id": f[0] + "-" + f[1], "basis": "测试依据"}
		for _, kv := range f[2:] {
			k, x, _ := strings.Cut(kv, "=")
			v[k] = x
		}
		row := make([]string, len(knowledge.PointColumns))
		for i, n := range knowledge.PointColumns {
			row[i] = v[n]
		}
		c.Write(row)
	}
	c.Flush()
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

func loadPoints(t testing.TB, dir, path string) {
	t.Helper()
	ks, err := knowledge.Open(filepath.Join(dir, "knowledge"))
	if err != nil {
		t.Fatal(err)
	}
	lib := shipped(t)
	rep, err := ks.Import([]string{path}, knowledge.Options{KnownRule: func(id string) bool { return lib.Card(id) != nil }})
	if err != nil {
		t.Fatal(err)
	}
	if len(rep.Unread) > 0 {
		t.Fatalf("points: %s", rep)
	}
}

func shipped(t testing.TB) *rule.Library {
	t.Helper()
	lib, err := rule.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

func (w *town) open() *audit.Auditor { return openAuditor(w.t, w.dir) }

func openAuditor(t testing.TB, dir string) *audit.Auditor {
	t.Helper()
	a, err := audit.Open(dir, shipped(t))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (w *town) audit(opt audit.Options) *audit.Report {
	w.t.Helper()
	rep, err := w.open().Run(context.Background(), opt)
	if err != nil {
		w.t.Fatal(err)
	}
	return rep
}

// again audits what needs it, expects exactly these months, and expects a second run to find nothing left to do.
func (w *town) again(months string) *audit.Report {
	w.t.Helper()
	rep := w.audit(audit.Options{})
	w.want("months", strings.Join(rep.Months, " "), months)
	w.want("months of a second run", w.audit(audit.Options{}).Months, "[]")
	return rep
}

func month(t testing.TB, s string) claim.Month {
	t.Helper()
	m, err := claim.ParseMonth(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// rows are all findings of all audited months in export order.
func (w *town) rows() []audit.Row { return storedRows(w.t, w.dir) }

func storedRows(t testing.TB, dir string) []audit.Row {
	t.Helper()
	st := audit.OpenStore(dir)
	months, err := st.Months()
	if err != nil {
		t.Fatal(err)
	}
	var out []audit.Row
	for _, m := range months {
		r, err := st.Rows(m, nil)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r...)
	}
	return out
}

// found lists the findings as "month rule line+line=vola".
func (w *town) found() []string { return told(w.rows()) }

func told(rows []audit.Row) (out []string) {
	for lo := 0; lo < len(rows); {
		r := rows[lo]
		var sns []string
		var vola claim.Money
		for lo < len(rows) && rows[lo].FindingID == r.FindingID {
			if x := rows[lo]; x.Type == 1 {
				vola += x.Vola
				if x.Sn == "" {
					sns = append(sns, x.Mdtrt)
				} else {
					sns = append(sns, x.Sn)
				}
			}
			lo++
		}
		out = append(out, fmt.Sprintf("%s %s %s=%s", r.Month, r.RuleID, strings.Join(sns, "+"), vola))
	}
	slices.Sort(out)
	return out
}

func (w *town) want(what string, got, want any) {
	w.t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		w.t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// wantFound compares the findings, one a line.
func (w *town) wantFound(want ...string) {
	w.t.Helper()
	slices.Sort(want)
	w.want("findings", strings.Join(w.found(), "; "), strings.Join(want, "; "))
}

// wantChanges compares the counts of new, same, revised and withdrawn findings.
func (w *town) wantChanges(rep *audit.Report, fresh, same, revised, withdrawn int64) {
	w.t.Helper()
	c := rep.ChangeTotals
	w.want("new, same, revised, withdrawn", [4]int64{c["new"], c["same"], c["revised"], c["withdrawn"]}, [4]int64{fresh, same, revised, withdrawn})
}

// wantTold expects a change of that kind whose words contain all of these.
func (w *town) wantTold(rep *audit.Report, what string, words ...string) {
	w.t.Helper()
	for _, c := range rep.Changes {
		if c.What == what && !slices.ContainsFunc(words, func(s string) bool { return !strings.Contains(c.Why, s) }) {
			return
		}
	}
	w.t.Errorf("no change %s with %q among %+v", what, words, rep.Changes)
}
