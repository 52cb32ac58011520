package audit_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/xuri/excelize/v2"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/lake"
)

// wildTown imports a small wild city, audits it and returns its data directory.
func wildTown(t *testing.T, seed uint64, persons int) string {
	t.Helper()
	tables := t.TempDir()
	writeWildCity(t, tables, seed, persons)
	dir := t.TempDir()
	settleIn(t, dir, lake.ImportOptions{Buckets: 2}, tables)
	if _, err := openAuditor(t, dir).Run(context.Background(), audit.Options{}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// settleIn gives a data directory the starter knowledge and the files.
func settleIn(t testing.TB, dir string, opt lake.ImportOptions, paths ...string) {
	t.Helper()
	ks, err := knowledge.Open(filepath.Join(dir, "knowledge"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ks.ImportStarter(); err != nil {
		t.Fatal(err)
	}
	for _, f := range importInto(t, dir, opt, paths...).Failed() {
		t.Fatalf("%s: %s", f.File, f.Error)
	}
}

// TestExplainEverything: every finding can be explained, holds, and the explanation says the same money as the export.
func TestExplainEverything(t *testing.T) {
	t.Parallel()
	dir := wildTown(t, 11, 20)
	a := openAuditor(t, dir)
	vola, rules := map[string]claim.Money{}, map[string]string{}
	for _, r := range storedRows(t, dir) {
		vola[r.FindingID] += r.Vola
		rules[r.FindingID] = r.RuleID
	}
	if len(vola) < 200 {
		t.Fatalf("%d findings only", len(vola))
	}
	n := 0
	perRule := map[string]int{}
	for id, want := range vola {
		if perRule[rules[id]]++; perRule[rules[id]] > 1 { // one of every rule
			continue
		}
		n++
		x, err := a.Explain(id)
		if err != nil {
			t.Fatalf("%s %s: %v", rules[id], id, err)
		}
		switch {
		case !x.Holds:
			t.Errorf("%s %s does not hold", x.RuleID, id)
		case len(x.Facts) == 0:
			t.Errorf("%s %s rests on no fact", x.RuleID, id)
		case x.Vola != want.String():
			t.Errorf("%s %s: %s, exported %s", x.RuleID, id, x.Vola, want)
		case x.Basis == "" || x.Cont == "":
			t.Errorf("%s %s has no basis or no sentence", x.RuleID, id)
		}
		for _, l := range x.Lines {
			if l.Item == "" || l.Time == "" || l.Cnt == "" {
				t.Errorf("%s %s: line %s is not described: %+v", x.RuleID, id, l.Sn, l)
			}
		}
		if x.String() != x.String() {
			t.Error("two readings of one explanation differ")
		}
	}
	t.Logf("%d explained", n)
}

// TestExplainWhatIsNotThere: unknown and withdrawn findings get a sentence that says so.
func TestExplainWhatIsNotThere(t *testing.T) {
	t.Parallel()
	w := audited(t)
	if _, err := w.open().Explain("0123456789ab"); err == nil || !strings.Contains(err.Error(), `没有编号为 "0123456789ab" 的疑点`) {
		t.Errorf("unknown id: %v", err)
	}
	id := w.rows()[0].FindingID
	w.arrive(upload{}.add("person", "psn_no=P1 gend=2 brdy=1980-01-01 insutype=390 begndate=2020-01-01 updt_time=2025-05-01"))
	x, err := w.open().Explain(id)
	if err != nil || x.Holds || !strings.Contains(x.String(), "本疑点已不成立") {
		t.Errorf("a finding that holds no more, before its re-audit: %v %v", err, x)
	}
	w.audit(audit.Options{})
	if _, err := w.open().Explain(id); err == nil || !strings.Contains(err.Error(), "撤回") {
		t.Errorf("withdrawn finding: %v", err)
	}
}

// TestExplanationStandsStill: parameters and lines come in one order however often they are written.
func TestExplanationStandsStill(t *testing.T) {
	t.Parallel()
	w := newTown(t).know("B009 W limit_value=24 unit=小时")
	w.arrive(upload{}.visit("a", "P1", "H1", "2025-01-10", "W*20", "W*20@10:00"))
	w.audit(audit.Options{})
	x, err := w.open().Explain(w.rows()[0].FindingID)
	if err != nil {
		t.Fatal(err)
	}
	x.Params = map[string]any{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6}
	for range 20 {
		if !strings.Contains(x.String(), "参数 a = 1\n参数 b = 2\n参数 c = 3\n参数 d = 4\n") {
			t.Fatalf("parameters out of order:\n%s", x)
		}
	}
}

// contractColumns are the columns of the export as the contract lists them.
const contractColumns = "finding_id,revision,rule_id,rule_name,rule_version,sev_deg,stage,month,fixmedins_code,psn_no,mdtrt_id,setl_id,feedetl_sn,vola_item_type,vola_amt,fund_amt,charged_amt,vola_cont,point_id,basis"

// TestExports: the three formats hold the same rows, in the contract's columns and order.
func TestExports(t *testing.T) {
	t.Parallel()
	dir := wildTown(t, 12, 15)
	rows := storedRows(t, dir)
	var plain, bom bytes.Buffer
	for _, err := range []error{audit.Export(&plain, rows, "csv", false), audit.Export(&bom, rows, "csv", true)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if !strings.HasPrefix(plain.String(), contractColumns+"\n") {
		t.Errorf("header %.300s", plain.String())
	}
	if bom.String() != "\ufeff"+plain.String() {
		t.Error("--bom does more than put a byte order mark before the file")
	}
	want, err := csv.NewReader(&plain).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	order := func(r []string) string { return strings.Join([]string{r[7], r[2], r[0], r[13], r[12]}, "\x00") }
	if !slices.IsSortedFunc(want[1:], func(a, b []string) int { return strings.Compare(order(a), order(b)) }) {
		t.Error("rows are not sorted by month, rule, finding, type and line")
	}
	for format, read := range map[string]func(*testing.T, []byte) [][]string{"xlsx": sheetRows, "parquet": parquetRows} {
		var b bytes.Buffer
		if err := audit.Export(&b, rows, format, false); err != nil {
			t.Fatal(err)
		}
		got := read(t, b.Bytes())
		if len(got) != len(want) {
			t.Fatalf("%s: %d rows, csv %d", format, len(got), len(want))
		}
		for i := range want {
			if !slices.Equal(got[i], want[i]) {
				t.Fatalf("%s row %d:\n%q\n%q", format, i, got[i], want[i])
			}
		}
	}
	if err := audit.Export(&bom, rows, "pdf", false); err == nil || !strings.Contains(err.Error(), "pdf") {
		t.Errorf("unknown format: %v", err)
	}
}

func sheetRows(t *testing.T, data []byte) [][]string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("疑点")
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		for len(r) < len(audit.ExportColumns) { // trailing empty cells are not stored
			r = append(r, "")
		}
		for _, c := range []int{14, 15, 16} {
			if i > 0 {
				m, err := claim.ParseDecimal(r[c], 2)
				if err != nil {
					t.Fatal(err)
				}
				r[c] = claim.Money(m).String()
			}
		}
		rows[i] = r
	}
	return rows
}

func parquetRows(t *testing.T, data []byte) [][]string {
	t.Helper()
	pf, err := file.NewParquetReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	pr, err := pqarrow.NewFileReader(pf, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	tab, err := pr.ReadTable(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	out := make([][]string, tab.NumRows()+1)
	for c := range int(tab.NumCols()) {
		out[0] = append(out[0], tab.Schema().Field(c).Name)
		at := 1
		for _, ch := range tab.Column(c).Data().Chunks() {
			for i := range ch.Len() {
				cell := ""
				switch a := ch.(type) {
				case *array.String:
					cell = a.Value(i)
				case *array.Int32:
					cell = fmt.Sprint(a.Value(i))
				case *array.Decimal128:
					cell = a.Value(i).ToString(2)
				}
				out[at] = append(out[at], cell)
				at++
			}
		}
	}
	return out
}

// TestMoney: what findings claim never exceeds what there is.
func TestMoney(t *testing.T) {
	t.Parallel()
	dir := wildTown(t, 13, 30)
	type line struct{ inst, mdtrt, sn, setl string }
	revision, charged, scope := map[string]string{}, map[line]claim.Money{}, map[line]claim.Money{}
	seen := map[string]bool{}
	fund := map[string]claim.Money{} // by finding and settlement
	for _, r := range storedRows(t, dir) {
		if was, ok := revision[r.FindingID]; ok && was != r.Revision {
			t.Errorf("%s %s has two revisions", r.RuleID, r.FindingID)
		}
		revision[r.FindingID] = r.Revision
		k := line{r.Inst, r.Mdtrt, r.Sn, r.Setl}
		if id := fmt.Sprint(r.FindingID, r.Type, k); seen[id] {
			t.Errorf("%s %s lists %v twice", r.RuleID, r.FindingID, k)
		} else {
			seen[id] = true
		}
		if r.Type == 2 && r.Vola+r.Fund+r.Charged != 0 {
			t.Errorf("%s %s: an involved line carries money", r.RuleID, r.FindingID)
		}
		if r.Charged > r.Vola || r.Charged < 0 || r.Fund < 0 {
			t.Errorf("%s %s: %s charged, %s fund of %s", r.RuleID, r.FindingID, r.Charged, r.Fund, r.Vola)
		}
		if r.Sn != "" {
			charged[k] += r.Charged
			scope[k] = r.Scope
		}
		fund[r.FindingID+" "+r.Setl] += r.Fund
	}
	for k, c := range charged {
		if c > scope[k] {
			t.Errorf("line %v: %s charged of %s in scope", k, c, scope[k])
		}
	}
	paid := paidBy(t, dir)
	for k, f := range fund {
		_, setl, _ := strings.Cut(k, " ")
		if f > paid[setl] {
			t.Errorf("finding and settlement %s: %s of %s the fund paid", k, f, paid[setl])
		}
	}
}

// paidBy is what the fund paid, by settlement.
func paidBy(t *testing.T, dir string) map[string]claim.Money {
	t.Helper()
	s, err := openAuditor(t, dir).Lake.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]claim.Money{}
	for _, m := range s.TableMonths("settlement") {
		for b := range s.Buckets() {
			x, err := s.Read("settlement", m, b, []string{"setl_id", "fund_pay_sumamt"})
			if err != nil {
				t.Fatal(err)
			}
			for i := range x.N {
				out[x.Str(x.Table.MustCol("setl_id"), i)] = claim.Money(x.I64(x.Table.MustCol("fund_pay_sumamt"), i))
			}
		}
	}
	return out
}

// TestLargestRemainder: the fund's part of three equal lines is handed out to the last fen.
func TestLargestRemainder(t *testing.T) {
	t.Parallel()
	w := newTown(t).know("A002 W sex=女")
	w.arrive(upload{}.visit("a", "P1", "H1", "2025-01-10", "W", "W@10:00", "W@11:00", "N").fund("10.01"))
	w.audit(audit.Options{})
	w.arrive(upload{}.visit("b", "P1", "H1", "2025-02-10", "W*3", "N").fund("10.01"))
	w.audit(audit.Options{})
	var got []string
	for _, r := range w.rows() {
		got = append(got, r.Sn+" "+r.Fund.String())
	}
	// One finding a line: each is 10 of 40 yuan of 10.01; the line of three is 30 of 40.
	slices.Sort(got)
	w.want("fund", strings.Join(got, "; "), "a-1 2.50; a-2 2.50; a-3 2.50; b-1 7.51")
}
