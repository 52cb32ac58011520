package libraryapi

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/store"
)

// taken imports an invented sheet and returns what is then there.
func taken(t *testing.T, text string) *knowledge.Base {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.csv"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ks, err := knowledge.Open(filepath.Join(dir, "k"))
	if err == nil {
		_, err = ks.Import([]string{filepath.Join(dir, "a.csv")}, knowledge.Options{})
	}
	if err != nil {
		t.Fatal(err)
	}
	return ks.Base()
}

// What nobody has decided comes first, the most money first; what was decided of a row that says otherwise now is told beside it.
func TestRows(t *testing.T) {
	head := "药品通用名,国标代码,药品说明,限定类型,限定值域\n"
	base := taken(t, head+"甲丸,XZZ1,支付不超过14天。,限定支付疗程,15天\n乙丸,XZZ2,支付不超过7天。,限定支付疗程,8天\n丙丸,XZZ3,支付不超过3天。,限定支付疗程,4天\n")
	row := map[string]string{}
	for _, p := range base.Pendings {
		row[p.About()] = p.Row()
	}
	file := filepath.Join(t.TempDir(), "coverage.json")
	b, err := json.Marshal(audit.Coverage{Waiting: []audit.WaitingRow{{Row: row["丙丸"], Named: audit.Named{Fen: 900, Lines: 3}}, {Row: row["甲丸"], Named: audit.Named{Fen: 500, Lines: 2}}}})
	if err == nil {
		err = os.WriteFile(file, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	rulings := []store.Ruling{
		{ID: "r0", Row: row["乙丸"], Rule: "A015", Name: "乙丸", Decision: `{"drop":true}`, State: "作废"},
		{ID: "r1", Row: row["丙丸"], Rule: "A015", Name: "丙丸", Decision: `{"limit_value":"3","scope":"疾病过程"}`, State: "生效"},
		{ID: "r2", Row: "A015-before", Rule: "A015", Name: "乙丸", Decision: `{"drop":true}`, State: "生效"},
	}
	got, err := Rows(base, rulings, file)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, x := range got {
		names = append(names, x.Name+" "+x.State)
	}
	if s := strings.Join(names, "，"); s != "甲丸 未裁决，乙丸 未裁决，丙丸 生效" {
		t.Error(s)
	}
	if got[0].Fen != 500 || got[0].Reading.Limit != "14" || got[0].Form != "days" || got[1].Before == nil || got[1].Before.Says != "不采用" || got[2].Decided != "疾病过程，3 天" {
		t.Errorf("%+v", got)
	}
	if bare, err := Rows(base, nil, filepath.Join(t.TempDir(), "none.json")); err != nil || len(bare) != 3 || bare[0].Fen != 0 {
		t.Errorf("%+v, %v", bare, err)
	}
}

// A form's fields are read from a card's text and written back, and what is wrong is said.
func TestForm(t *testing.T) {
	lib, err := rule.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	text := lib.Card("X003").Text()
	got, err := formOf(text, nil)
	if err != nil || got.Form.Params["month"] == "" || len(got.Params) == 0 || len(got.Tags) == 0 || got.Params[0].Unit == "" {
		t.Fatalf("%+v, %v", got, err)
	}
	set := got.Form
	set.Severity = 9
	if bad, err := formOf(text, &set); err != nil || len(bad.Wrong) == 0 || !strings.Contains(bad.Text, "severity: 9") {
		t.Errorf("%+v, %v", bad.Wrong, err)
	}
	set.Severity, set.Advice = 2, "先看病历"
	if ok, err := formOf(text, &set); err != nil || len(ok.Wrong) > 0 || ok.Form.Advice != "先看病历" {
		t.Errorf("%+v, %v", ok.Wrong, err)
	}
}
