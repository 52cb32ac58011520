package runs

import (
	"bytes"
	"slices"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/mingjian/mingjian/internal/model"
)

// A result's workbook has an overview and a sheet for each case, with the words people use and money in yuan.
func TestWorkbookHasASheetForEachCase(t *testing.T) {
	m := &model.Model{ID: "D007", Titles: map[string]string{"share": "占比", "fee": "本例费用（分）"}}
	r := &model.Result{Model: "D007", Name: "单品种药费占比异常", First: "2025-10-01", Last: "2025-12-31", Names: &model.Names{Insts: map[string]string{"H1": "一院", "H2": "二院"}, Items: map[string]string{"X1": "阿莫西林"}}}
	for _, inst := range []string{"H1", "H2"} {
		r.Cases = append(r.Cases, model.Case{ID: "c" + inst, GroupID: "g" + inst, Subject: inst, Insts: []string{inst}, Money: 123456, Rows: []model.Row{{Inst: inst, Item: "X1", Money: 123456, Num: map[string]float64{"share": 0.425, "fee": 5046840}}}})
	}
	b, err := Workbook(m, r)
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, want := f.GetSheetList(), []string{"总览", "案例1", "案例2"}; !slices.Equal(got, want) {
		t.Fatalf("sheets %q, want %q", got, want)
	}
	over, err := f.GetRows("总览")
	if err != nil || len(over) != 6 || over[5][3] != "二院" || over[5][7] != "1234.56" {
		t.Errorf("the overview %q %v", over, err)
	}
	rows, err := f.GetRows("案例2")
	if err != nil || len(rows) != 4 {
		t.Fatalf("a case's sheet %q %v", rows, err)
	}
	for i, want := range map[int][2]string{2: {"机构", "H2"}, 3: {"机构名称", "二院"}, 8: {"项目名称", "阿莫西林"}, 11: {"涉及金额（元）", "1234.56"}, 12: {"本例费用（元）", "50468.4"}, 13: {"占比", "0.425"}} {
		if rows[2][i] != want[0] || rows[3][i] != want[1] {
			t.Errorf("column %d: %q is %q, want %q", i, rows[2][i], rows[3][i], want)
		}
	}
}
