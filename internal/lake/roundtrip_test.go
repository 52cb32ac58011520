package lake

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"
)

// cell is a valid value for a column in row i, in the contract's own writing, so that it can be compared as text.
func cell(c *claim.Column, i int) string {
	switch c.Name {
	case "psn_no", "mom_psn_no", "child_psn_no":
		return fmt.Sprintf("P%04d", i%7)
	case "mdtrt_id":
		return fmt.Sprintf("M%04d", i)
	case "setl_id":
		return fmt.Sprintf("S%04d", i)
	case "certno":
		return ""
	case "vali_flag":
		return "1"
	case "month":
		return "2025-03"
	}
	if len(c.Values) > 0 {
		return c.Values[i%len(c.Values)]
	}
	switch c.Type {
	case claim.Str, claim.Code:
		return fmt.Sprintf("%s,\"值\n%d", c.Name, i)
	case claim.Int:
		return fmt.Sprint(i - 2)
	case claim.Date:
		return claim.Day(20000 + i).String()
	case claim.Tm:
		if i%3 == 0 {
			return claim.Day(20100 + i).String()
		}
		return fmt.Sprintf("%s %02d:%02d:00", claim.Day(20100+i), i%24, i%60)
	case claim.Mny:
		return claim.FormatDecimal(int64(i)*101-7, 2, 2)
	case claim.Num:
		return claim.FormatDecimal(int64(i)*10_001+3, 4, 0)
	}
	return claim.FormatDecimal(int64(i)*1_000_001+5, 6, 0)
}

// tableRows makes n rows of a table with every column filled, except that each optional column is empty in some rows.
func tableRows(t *claim.Table, n int) [][]string {
	head := make([]string, len(t.Columns))
	for i := range t.Columns {
		head[i] = t.Columns[i].Name
	}
	out := [][]string{head}
	for i := range n {
		row := make([]string, len(head))
		for k := range t.Columns {
			c := &t.Columns[k]
			if c.Required || slices.Contains(t.Key, c.Name) || c.Name == "psn_no" || (c.Name != "certno" && (i+k)%5 != 0) {
				row[k] = cell(c, i)
			}
		}
		out = append(out, row)
	}
	return out
}

// rowsText is the expected text of rows, as readAll writes it, sorted.
func rowsText(rows [][]string) (out []string) {
	for _, r := range rows[1:] {
		s := ""
		for k, v := range r {
			if v != "" {
				s += rows[0][k] + "=" + v + ";"
			}
		}
		out = append(out, s)
	}
	slices.Sort(out)
	return out
}

func csvText(rows [][]string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.WriteAll(rows)
	return b.Bytes()
}

func write(t testing.TB, dir, name string, b []byte) string {
	t.Helper()
	p := filepath.Join(dir, name)
	if err := os.WriteFile(p, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return p
}

func sorted(s []string) []string { slices.Sort(s); return s }

func sameRows(t testing.TB, what string, got, want []string) {
	t.Helper()
	if slices.Equal(got, want) {
		return
	}
	for i := range max(len(got), len(want)) {
		g, w := "", ""
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			t.Fatalf("%s: %d rows, want %d; row %d\n got %s\nwant %s", what, len(got), len(want), i, g, w)
		}
	}
}

func TestRoundTripOfEveryTable(t *testing.T) {
	src, dir := t.TempDir(), t.TempDir()
	want := map[string][]string{}
	for _, tb := range claim.Tables() {
		rows := tableRows(tb, 40)
		want[tb.Name] = rowsText(rows)
		write(t, src, tb.Name+"_2025.csv", csvText(rows))
	}
	rep := importTo(t, dir, ImportOptions{}, src)
	if f := rep.Failed(); f != nil {
		t.Fatalf("%+v", f)
	}
	s := snapshot(t, dir)
	for _, tb := range claim.Tables() {
		sameRows(t, tb.Name, sorted(readAll(t, s, tb.Name)), want[tb.Name])
		checkOrder(t, s, tb)
	}
}

// checkOrder asserts that batches are in order, that persons are in their bucket and that narrow reads align.
func checkOrder(t *testing.T, s *Snapshot, tb *claim.Table) {
	t.Helper()
	for _, r := range s.refs(tb.Name) {
		all := must(s.Read(tb.Name, r.month(), r.bucket(), nil))
		if perm := sortRows(all, s.Dicts()); !slices.IsSorted(perm) {
			t.Errorf("%s: bucket %d month %s is not in order", tb.Name, r.bucket(), r.month())
		}
		for _, p := range all.Pers {
			if bucketOf(p, s.Buckets()) != r.bucket() {
				t.Fatalf("%s: person %d in bucket %d", tb.Name, p, r.bucket())
			}
		}
		one := must(s.Read(tb.Name, r.month(), r.bucket(), []string{tb.Key[0]}))
		ci := tb.MustCol(tb.Key[0])
		for i := range all.N {
			if one.Format(s.Dicts(), ci, i) != all.Format(s.Dicts(), ci, i) {
				t.Fatalf("%s: narrow read is not aligned", tb.Name)
			}
		}
	}
}

// fiveWays writes the same table in every format that is read.
func fiveWays(t *testing.T, rows [][]string, table string) map[string]string {
	t.Helper()
	src := t.TempDir()
	sub := func(n string) string {
		d := filepath.Join(src, n)
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
		return d
	}
	text := csvText(rows)
	gb := must(simplifiedchinese.GB18030.NewEncoder().Bytes(text))
	var gz bytes.Buffer
	z := gzip.NewWriter(&gz)
	z.Write(text)
	z.Close()
	crlf := bytes.ReplaceAll(csvText(upperHead(rows)), []byte("\n"), []byte("\r\n"))
	crlf = bytes.ReplaceAll(crlf, []byte("值\r\n"), []byte("值\n"))
	return map[string]string{
		"csv":     write(t, sub("csv"), table+".csv", text),
		"bom":     write(t, sub("bom"), strings.ToUpper(table)+"-1.csv", append([]byte("\xef\xbb\xbf"), crlf...)),
		"gb18030": write(t, sub("gb"), table+"_2025-03.csv", gb),
		"gz":      write(t, sub("gz"), table+"_2025-03.csv.gz", gz.Bytes()),
		"xlsx":    writeXLSX(t, sub("xlsx"), table, rows),
		"parquet": writeParquet(t, sub("pq"), table, rows),
	}
}

func upperHead(rows [][]string) [][]string {
	out := slices.Clone(rows)
	out[0] = slices.Clone(rows[0])
	for i := range out[0] {
		out[0][i] = " " + strings.ToUpper(out[0][i]) + " "
	}
	return out
}

func writeXLSX(t testing.TB, dir, table string, rows [][]string) string {
	t.Helper()
	f := excelize.NewFile()
	tb := claim.MustTable(table)
	for i, r := range rows {
		for k, v := range r {
			cell := must(excelize.CoordinatesToCellName(k+1, i+1))
			var err error
			if c := tb.Col(rows[0][k]); i > 0 && v != "" && c >= 0 && tb.Columns[c].Type == claim.Mny {
				var n float64
				fmt.Sscan(v, &n)
				err = f.SetCellFloat("Sheet1", cell, n, -1, 64)
			} else {
				err = f.SetCellStr("Sheet1", cell, v)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	p := filepath.Join(dir, table+".xlsx")
	if err := f.SaveAs(p); err != nil {
		t.Fatal(err)
	}
	return p
}

func writeParquet(t testing.TB, dir, table string, rows [][]string) string {
	t.Helper()
	tb := claim.MustTable(table)
	var fields []arrow.Field
	for _, h := range rows[0] {
		typ := arrow.DataType(arrow.BinaryTypes.String)
		if c := tb.Col(h); c >= 0 && tb.Columns[c].Type == claim.Date {
			typ = arrow.FixedWidthTypes.Date32
		}
		fields = append(fields, arrow.Field{Name: h, Type: typ, Nullable: true})
	}
	sc := arrow.NewSchema(fields, nil)
	rb := array.NewRecordBuilder(memory.DefaultAllocator, sc)
	for _, r := range rows[1:] {
		for k, v := range r {
			switch b := rb.Field(k).(type) {
			case *array.StringBuilder:
				if v == "" {
					b.AppendNull()
				} else {
					b.Append(v)
				}
			case *array.Date32Builder:
				if v == "" {
					b.AppendNull()
				} else {
					b.Append(arrow.Date32(must(claim.ParseDay(v))))
				}
			}
		}
	}
	p := filepath.Join(dir, table+".parquet")
	f := must(os.Create(p))
	w := must(pqarrow.NewFileWriter(sc, f, parquet.NewWriterProperties(), pqarrow.DefaultWriterProps()))
	if err := w.Write(rb.NewRecordBatch()); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestFormatsGiveTheSameRows(t *testing.T) {
	rows := tableRows(claim.MustTable("settlement"), 300)
	want := rowsText(rows)
	id := ""
	for name, path := range fiveWays(t, rows, "settlement") {
		dir := t.TempDir()
		rep := importTo(t, dir, ImportOptions{Buckets: 4}, path)
		if f := rep.Failed(); f != nil {
			t.Fatalf("%s: %+v", name, f)
		}
		s := snapshot(t, dir)
		sameRows(t, name, sorted(readAll(t, s, "settlement")), want)
		if id == "" {
			id = s.ID()
		} else if s.ID() != id {
			t.Errorf("%s: snapshot id %s, want %s", name, s.ID(), id)
		}
	}
}

// TestReadImportIsIdentity: whatever valid text rows hold, what is read is what was imported, however the file is cut.
func TestReadImportIsIdentity(t *testing.T) {
	tb := claim.MustTable("visit")
	text := rapid.StringMatching(`[a-zA-Z0-9",;\n 一-龥]{0,12}`)
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(rt, "rows")
		rows := [][]string{{"mdtrt_id", "psn_no", "fixmedins_code", "med_type", "begntime", "ipt_otp_no", "bedno", "fetus_cnt"}}
		for i := range n {
			row := []string{fmt.Sprintf("M%d", i), "P" + rapid.StringMatching(`[0-9]{1,2}`).Draw(rt, "psn"), "H1", "11",
				claim.Day(rapid.IntRange(19000, 21000).Draw(rt, "day")).String(), "", "", ""}
			for _, k := range []int{5, 6} {
				if v := strings.Trim(text.Draw(rt, "text"), " "); !claim.Absent(v) {
					row[k] = v
				}
			}
			if rapid.Bool().Draw(rt, "cnt") {
				row[7] = fmt.Sprint(rapid.IntRange(-9, 9).Draw(rt, "n"))
			}
			rows = append(rows, row)
		}
		src, dir := must(os.MkdirTemp("", "lake")), must(os.MkdirTemp("", "lake"))
		defer os.RemoveAll(src)
		defer os.RemoveAll(dir)
		importTo(t, dir, ImportOptions{Memory: 1 + rapid.IntRange(0, 4000).Draw(rt, "memory")}, write(t, src, "visit.csv", csvText(rows)))
		var want [][]string
		head := make([]string, len(tb.Columns))
		for i := range tb.Columns {
			head[i] = tb.Columns[i].Name
		}
		want = append(want, head)
		for _, r := range rows[1:] {
			w := make([]string, len(head))
			for k, v := range r {
				w[tb.MustCol(rows[0][k])] = v
			}
			want = append(want, w)
		}
		s := snapshot(t, dir)
		sameRows(t, "visit", sorted(readAll(t, s, "visit")), rowsText(want))
	})
}
