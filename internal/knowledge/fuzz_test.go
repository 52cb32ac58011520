package knowledge

import (
	"bytes"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/sheet"
)

// takeIn runs one import in memory.
func takeIn(l *library, o Options, sheets map[string]string, order []string) (*Base, *Report) {
	b := newBatch(l, o)
	for _, n := range order {
		b.content(n, []byte(sheets[n]))
	}
	d := l.derive()
	b.settle(d)
	return &Base{Points: d.points, Pendings: d.pendings}, b.report
}

// Whatever the order of the sheets and however they are split over runs, with the library stored and read back
// between runs, the points are the same.
func TestOrderOfSheetsAndRunsDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sheets := map[string]string{"contained.csv": contained, "durations.csv": durations, "gv.csv": genericVisit, "pv.csv": productVisit}
		generic, product := "药品通用名,药品说明,限定类型,限定对象\n", "药品通用名,序号,药品代码,限定类型\n"
		for i := range rapid.IntRange(0, 5).Draw(t, "drugs") {
			name := fmt.Sprintf("药%d", i)
			if rapid.Bool().Draw(t, "has limit") {
				generic += fmt.Sprintf("%s,说明,限定性别对象,%s\n", name, rapid.SampledFrom([]string{"男", "女", "中"}).Draw(t, "sex"))
			}
			for j := range rapid.IntRange(0, 3).Draw(t, "codes") {
				product += fmt.Sprintf("%s,%d,XZZ%d%d,限定性别对象\n", name, j, i, rapid.IntRange(0, 3).Draw(t, "code"))
			}
		}
		sheets["gs.csv"], sheets["ps.csv"] = generic, product
		names := rapid.Permutation(keysOf(sheets)).Draw(t, "order")
		want, _ := takeIn(newLibrary(), Options{}, sheets, keysOf(sheets))
		lib := newLibrary()
		var got *Base
		for len(names) > 0 {
			n := rapid.IntRange(1, len(names)).Draw(t, "run")
			got, _ = takeIn(lib, Options{}, sheets, names[:n])
			names = names[n:]
			var buf bytes.Buffer
			if err := writeLibrary(&buf, lib); err != nil {
				t.Fatal(err)
			}
			var err error
			if lib, err = readLibrary(&buf); err != nil {
				t.Fatal(err)
			}
		}
		if texts(got) != texts(want) {
			t.Fatalf("got\n%s\nwant\n%s", texts(got), texts(want))
		}
	})
}

func FuzzSheet(f *testing.F) {
	for _, s := range []string{genericVisit, productVisit, contained, durations, "\xd2\xa9\xc6\xb7,\n", "\xef\xbb\xbf药品通用名,国标代码,限定类型,限定值域\n甲,1,限定支付疗程,14天\n"} {
		f.Add("a.csv", []byte(s))
	}
	f.Add("a.csv.gz", gz(f, genericVisit))
	f.Add("a.xlsx", workbook(f, genericVisit, productVisit))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		l := newLibrary()
		b := newBatch(l, Options{})
		b.content(name, data)
		d := l.derive()
		b.settle(d)
		tt := b.report.Totals
		if tt.Rows != tt.Used+tt.Pending+tt.Unusable+tt.Duplicate+tt.Waiting {
			t.Fatalf("rows are lost: %+v", tt)
		}
		var buf bytes.Buffer
		if err := writeBase(&buf, &Base{Points: d.points, Pendings: d.pendings}); err != nil {
			t.Fatal(err)
		}
		got, err := readBase(&buf)
		if err != nil || len(got.Points) != len(d.points) {
			t.Fatalf("stored %d points, read %d: %v", len(d.points), len(got.Points), err)
		}
	})
}

func FuzzPoints(f *testing.F) {
	head := "point_id,rule_id,subject_code,limit_value,window_d,age_min,params,basis,valid_from\n"
	f.Add([]byte(head + "a,B021,9901,1,7,3,\"{\"\"group\"\":\"\"x\"\"}\",依据,2025-01-01\n"))
	f.Add([]byte(head + ",,,,,,,,\n"))
	f.Add([]byte(head + "a,B021,9901,1e9,-7,x,{,依据,9999\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		sheets, err := sheet.Read("points.csv", data)
		if err != nil {
			return
		}
		points, _, bad, _ := readPoints(sheets[0], FirstDay)
		if len(points)+len(bad) != len(sheets[0].Rows) {
			t.Fatalf("%d rows, %d points, %d rejected", len(sheets[0].Rows), len(points), len(bad))
		}
		for i := range points {
			p, err := newPool().point(pointCells(&points[i]))
			if err != nil || !samePoint(&p, &points[i]) || p.From != points[i].From || p.To != points[i].To {
				t.Fatalf("%+v came back as %+v: %v", points[i], p, err)
			}
			if p.Limit != claim.None64 && p.Limit < 0 {
				t.Fatalf("negative limit %+v", p)
			}
		}
	})
}
