package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// sheets sends the list of findings out and back as people spoil it: sums written over, a column sorted without the others, a row twice, a
// row of somebody else's. Each such row is refused with what is wrong; columns that are hidden or moved do no harm.
func (s *served) sheets(t *testing.T) {
	status, raw := s.call("chushen1", "GET", "/api/review/sheet?state=%E5%88%9D%E5%AE%A1", nil)
	if status != 200 {
		t.Fatalf("the sheet: %d %.200s", status, raw)
	}
	spoil := func(do func(f *excelize.File, sheet string)) []byte {
		t.Helper()
		f, err := excelize.OpenReader(strings.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		do(f, f.GetSheetName(0))
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	set := func(f *excelize.File, sheet, cell string, v any) {
		t.Helper()
		if err := f.SetCellValue(sheet, cell, v); err != nil {
			t.Fatal(err)
		}
	}
	in := func(login string, body []byte) (said []string) {
		t.Helper()
		status, raw := s.call(login, "POST", "/api/review/sheet", body)
		var r struct {
			Items []struct {
				OK   bool
				Said string
			}
		}
		if err := json.Unmarshal([]byte(raw), &r); err != nil || status != 200 {
			t.Fatalf("back in as %s: %d %.300s", login, status, raw)
		}
		for _, x := range r.Items {
			if x.OK != (x.Said == "") {
				t.Errorf("%+v", x)
			}
			said = append(said, x.Said)
		}
		return said
	}
	keep := func(f *excelize.File, sheet string) {
		for _, row := range []int{3, 4} {
			set(f, sheet, fmt.Sprint("Q", row), "保留")
		}
	}
	for name, x := range map[string]struct {
		do   func(f *excelize.File, sheet string)
		want []string // of the first rows; "" is done
	}{
		"as it is": {keep, []string{"", ""}},
		"hidden columns": {func(f *excelize.File, sheet string) {
			keep(f, sheet)
			if err := f.SetColVisible(sheet, "B:P", false); err != nil {
				t.Fatal(err)
			}
		}, []string{"", ""}},
		"a sum written over": {func(f *excelize.File, sheet string) {
			keep(f, sheet)
			set(f, sheet, "N3", 0.01)
			set(f, sheet, "L4", "很多")
		}, []string{"金额不在表里改", "金额不在表里改"}},
		"sorted in part": {func(f *excelize.File, sheet string) {
			keep(f, sheet)
			for _, col := range []string{"A", "B"} {
				a, _ := f.GetCellValue(sheet, col+"3")
				b, _ := f.GetCellValue(sheet, col+"4")
				set(f, sheet, col+"3", b)
				set(f, sheet, col+"4", a)
			}
		}, []string{"只排了一部分列", "只排了一部分列"}},
		"twice": {func(f *excelize.File, sheet string) {
			keep(f, sheet)
			for _, col := range strings.Split("ABCEHIJKLMN", "") {
				a, _ := f.GetCellValue(sheet, col+"3")
				set(f, sheet, col+"4", a)
			}
		}, []string{"与第 4 行是同一条疑点", "与第 3 行是同一条疑点"}},
	} {
		said := in("chushen1", spoil(x.do))
		if len(said) != len(x.want) {
			t.Errorf("%s: %q", name, said)
			continue
		}
		for i, want := range x.want {
			if (want == "") != (said[i] == "") || !strings.Contains(said[i], want) {
				t.Errorf("%s, row %d: %q, want %q", name, i+3, said[i], want)
			}
		}
	}
	// An institution that got hold of the bureau's sheet is told of no row more than that it is not there.
	for i, said := range in("yaodian1", spoil(keep)) {
		if !strings.Contains(said, "不存在") {
			t.Errorf("row %d as a pharmacy: %q", i+3, said)
		}
	}
}
