package reviewapi

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/mingjian/mingjian/internal/claim"
)

// TestSheetHoldsNumbers: money in the sheet is a number to the fen, and what is filled in is read back row by row.
func TestSheetHoldsNumbers(t *testing.T) {
	sums := []int64{0, 1, 10, 29, 100, 123456789, 1<<53 - 1, -57, 900719925474099}
	var items []reviewItem
	for i, n := range sums {
		items = append(items, reviewItem{ID: "f" + string(rune('a'+i)), Version: 3, Severity: 1, Vola: n, Fund: n, Charged: n, Due: "2025-03-08"})
	}
	body, err := writeSheet(items, "疑点清单")
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for i, n := range sums {
		if n > 1<<52 { // a sheet shows no more than 15 digits
			continue
		}
		for _, col := range []string{"L", "M", "N"} {
			cell := fmt.Sprint(col, i+3)
			kind, err := f.GetCellType(sheetName, cell)
			if err != nil || (kind != excelize.CellTypeNumber && kind != excelize.CellTypeUnset) {
				t.Errorf("%s is of type %v %v", cell, kind, err)
			}
			raw, err := f.GetCellValue(sheetName, cell, excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			want := strings.TrimSuffix(strings.TrimRight(claim.Money(n).String(), "0"), ".")
			if raw != want && raw != claim.Money(n).String() {
				t.Errorf("%d fen is written %q", n, raw)
			}
		}
	}
	shown, err := f.GetCellValue(sheetName, "L8")
	if err != nil || shown != "1,234,567.89" {
		t.Errorf("shown %q %v", shown, err)
	}
	for cell, v := range map[string]string{"Q3": "保留", "S3": "同意", "Q4": "没有这一步", "Q5": "保留", "A5": "", "Q8": "保留", "Q9": "排除", "A9": "ff", "Q6": "排除", "R6": "合理诊疗", "Q7": "保留", "B7": "三"} {
		if err := f.SetCellValue(sheetName, cell, v); err != nil {
			t.Fatal(err)
		}
	}
	var filled bytes.Buffer
	if err := f.Write(&filled); err != nil {
		t.Fatal(err)
	}
	rows, err := readSheet(filled.Bytes())
	if err != nil || len(rows) != 7 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, want := range []string{"", "没有这一步", "没有疑点编号", "", "不是数字", "与第 9 行是同一条疑点", "与第 8 行是同一条疑点"} {
		if (want == "") != (rows[i].Said == "") || !strings.Contains(rows[i].Said, want) || rows[i].Row != i+3 {
			t.Errorf("row %d says %q, want %q", rows[i].Row, rows[i].Said, want)
		}
	}
}
