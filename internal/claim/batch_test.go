package claim

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// shelf appends rows "column=value …" one after the other, with the columns each names.
func shelf(t *testing.T, table string, rows ...string) (b *Batch, errs, bad []string) {
	t.Helper()
	ds := NewDicts()
	b = NewBatch(MustTable(table))
	for _, r := range rows {
		var cols []int
		var vals []string
		for _, kv := range strings.Fields(r) {
			k, v, _ := strings.Cut(kv, "=")
			cols, vals = append(cols, b.Table.Col(k)), append(vals, strings.ReplaceAll(v, "_", " "))
		}
		err := b.Append(ds, cols, vals, func(_ int, e *FieldError) { bad = append(bad, e.Field) })
		var fe *FieldError
		switch {
		case errors.As(err, &fe) && fe.Missing:
			errs = append(errs, "缺 "+fe.Field)
		case err != nil:
			errs = append(errs, fe.Field)
		}
	}
	return b, errs, bad
}

func TestAppend(t *testing.T) {
	t.Parallel()
	const ok = "mdtrt_id=m1 psn_no=p1 fixmedins_code=h1 med_type=11 begntime=2025-03-10"
	for _, c := range []struct {
		table, row, err, bad string
	}{
		{"visit", ok, "", ""},
		{"visit", ok + " mdtrt_id=", "", ""}, // an empty value takes nothing away
		{"visit", "psn_no=p1 fixmedins_code=h1 med_type=11 begntime=2025-03-10", "缺 mdtrt_id", ""},
		{"visit", strings.Replace(ok, "m1", "-", 1), "缺 mdtrt_id", ""},
		{"visit", strings.Replace(ok, "m1", "NULL", 1), "缺 mdtrt_id", ""},
		{"visit", strings.Replace(ok, "m1", `\N`, 1), "缺 mdtrt_id", ""},
		{"visit", strings.Replace(ok, "m1", "", 1), "缺 mdtrt_id", ""},
		{"visit", strings.Replace(ok, "03-10", "02-30", 1), "begntime", ""},
		{"visit", ok + " endtime=nie", "", "endtime"},
		{"visit", ok + " fetus_cnt=1.5", "", "fetus_cnt"},
		{"visit", ok + " fetus_cnt=1073741825", "", "fetus_cnt"},
		{"visit", ok + " fetus_cnt=1073741824 unknown=x", "", ""},
		{"person", "psn_no=p1 gend=1 brdy=1980-01-01", "", ""},
		{"person", "psn_no=p1 gend=3 brdy=1980-01-01", "gend", ""},
		{"person", "psn_no=p1 gend=01 brdy=1980-01-01", "gend", ""},
		{"person", "psn_no=p1 gend= brdy=1980-01-01", "缺 gend", ""},
		{"agreement", "fixmedins_code=h1 stas=4 begndate=2025-01-01", "stas", ""},
		{"benefit_limit", "admdvs=1 insutype=2 year=2025 amount=1.005", "amount", ""},
		{"benefit_limit", "admdvs=1 insutype=2 year=x amount=1", "year", ""},
	} {
		b, errs, bad := shelf(t, c.table, c.row)
		if strings.Join(errs, " ") != c.err || strings.Join(bad, " ") != c.bad || (b.N == 1) != (c.err == "") {
			t.Errorf("%s: %v, %v, %d rows", c.row, errs, bad, b.N)
		}
	}
}

// Columns that a later row fills first are absent in the rows before, and a refused row leaves nothing behind.
func TestAppendLateColumns(t *testing.T) {
	t.Parallel()
	const ok = "mdtrt_id=m%d psn_no=p1 fixmedins_code=h1 med_type=11 begntime=2025-03-10 "
	b, errs, _ := shelf(t, "visit", fmt.Sprintf(ok, 1), fmt.Sprintf(ok, 2)+"endtime=x", "mdtrt_id=m9 ipt_otp_no=9 fetus_cnt=9 endtime=2025-03-11",
		fmt.Sprintf(ok, 3)+"endtime=2025-03-12 ipt_otp_no=7 fetus_cnt=2 er_flag=1", fmt.Sprintf(ok, 4))
	if len(errs) != 1 || b.N != 4 {
		t.Fatalf("%v, %d rows", errs, b.N)
	}
	var got []string
	for i := range b.N {
		c := b.Table.MustCol
		got = append(got, fmt.Sprint(b.Str(c("mdtrt_id"), i), b.Str(c("ipt_otp_no"), i), Time(b.I64(c("endtime"), i)), b.I32(c("fetus_cnt"), i) == None32, b.I32(c("er_flag"), i) != 0))
	}
	if s := strings.Join(got, "; "); s != "m1 true false; m2 true false; m372025-03-12 false true; m4 true false" {
		t.Error(s)
	}
	if b.Cols[b.Table.MustCol("bedno")].I32 != nil || b.I32(b.Table.MustCol("bedno"), 0) != 0 || b.I64(b.Table.MustCol("updt_time"), 0) != None64 || b.Str(b.Table.MustCol("agnt_certno"), 0) != "" {
		t.Error("a column nobody filled")
	}
	if p := b.Pick(nil); p.N != 0 || p.Pers != nil {
		t.Errorf("no rows: %+v", p)
	}
	if p := b.Pick([]int{2, 0}); p.Str(p.Table.MustCol("ipt_otp_no"), 0) != "7" || p.Str(p.Table.MustCol("mdtrt_id"), 1) != "m1" {
		t.Error("rows picked")
	}
}

func TestFormat(t *testing.T) {
	t.Parallel()
	ds := NewDicts()
	b := NewBatch(MustTable("fee"))
	in := map[string]string{"feedetl_sn": "f1", "mdtrt_id": "m1", "psn_no": "p1", "fixmedins_code": "h1", "fee_ocur_time": "2025-03-10T08:00:00",
		"hilist_code": "A", "cnt": "1.50", "pric": "2.10", "det_item_fee_sumamt": "3.1"}
	want := map[string]string{"fee_ocur_time": "2025-03-10 08:00:00", "cnt": "1.5", "pric": "2.1", "det_item_fee_sumamt": "3.10", "setl_id": "", "prd_days": "", "list_type": "", "exec_time": "", "selfpay_prop": ""}
	var cols []int
	var vals []string
	for n, v := range in {
		cols, vals = append(cols, b.Table.MustCol(n)), append(vals, v)
		if want[n] == "" {
			want[n] = v
		}
	}
	if err := b.Append(ds, cols, vals, nil); err != nil {
		t.Fatal(err)
	}
	for n, w := range want {
		if got := b.Format(ds, b.Table.MustCol(n), 0); got != w {
			t.Errorf("%s is written %q, want %q", n, got, w)
		}
	}
	bl := NewBatch(MustTable("recog"))
	if err := bl.Append(ds, []int{0, 1, 2}, []string{"A", "14", "990101"}, nil); err != nil || bl.Format(ds, 1, 0) != "14" {
		t.Error("whole numbers", err)
	}
	if p := NewBatch(MustTable("person")); p.Append(ds, []int{p.Table.MustCol("psn_no"), p.Table.MustCol("gend"), p.Table.MustCol("brdy")}, []string{"p1", "1", "19800101"}, nil) != nil ||
		p.Format(ds, p.Table.MustCol("brdy"), 0) != "1980-01-01" || p.Format(ds, p.Table.MustCol("enddate"), 0) != "" {
		t.Error("dates")
	}
}

func TestFieldError(t *testing.T) {
	t.Parallel()
	e := &FieldError{Field: "cnt", Value: "x", Err: errDecimal}
	if e.Error() != `字段 cnt 的值 "x" 不可用：应为数字` || !errors.Is(e, errDecimal) || (&FieldError{Field: "cnt", Missing: true}).Error() != "缺少必填字段 cnt" {
		t.Error(e)
	}
	if KeyOf("") != 0 || KeyOf("a") == 0 || KeyOf("a") == KeyOf("b") {
		t.Error("keys")
	}
}

func TestRowsRefuse(t *testing.T) {
	t.Parallel()
	r := NewRows(NewDicts())
	var bad []string
	r.Bad = func(table string, e *FieldError) { bad = append(bad, table+"."+e.Field) }
	for _, c := range []struct{ table, col, msg string }{{"nix", "a", `没有名为 "nix" 的表`}, {"visit", "nix", `表 visit 没有列 "nix"`}, {"visit", "mdtrt_id", "缺少必填字段 psn_no"}} {
		if err := r.Add(c.table, []string{c.col}, []string{"x"}); err == nil || err.Error() != c.msg {
			t.Errorf("%s.%s: %v", c.table, c.col, err)
		}
	}
	if err := r.Add("person", []string{"psn_no", "gend", "brdy", "begndate"}, []string{"p1", "1", "1980-01-01", "nie"}); err != nil || fmt.Sprint(bad) != "[person.begndate]" {
		t.Error(err, bad)
	}
	if err := r.Add("recog", []string{"hilist_code", "valid_days", "admdvs"}, []string{"A", "1", "1"}); err != nil {
		t.Fatal(err)
	}
	if r.Reset(); r.Batch("person") != nil || r.Batch("recog") == nil {
		t.Error("Reset keeps reference tables only")
	}
	defer func() {
		if recover() == nil {
			t.Error("a misspelt column is not noticed")
		}
	}()
	MustTable("visit").MustCol("nix")
}

func TestTables(t *testing.T) {
	t.Parallel()
	if len(Tables()) != len(byName) || TableOf("nix") != nil {
		t.Error("tables by name")
	}
	for _, tab := range Tables() {
		if TableOf(tab.Name) != tab || len(tab.Columns) > 128 {
			t.Errorf("%s: %d columns", tab.Name, len(tab.Columns))
		}
		for i, c := range tab.Columns {
			if tab.Col(c.Name) != i {
				t.Errorf("%s.%s", tab.Name, c.Name)
			}
		}
	}
}

func TestDiagSet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ set, in, out string }{
		{"I60-I69|G45|E11.2", "I60 I60.1 I65 I69.9 G45 G45.9 E11.2 E11.21", "I59 I70 G46 E11.1 E11 I6 i60"},
		{"O80–O84", "O80 O84.9", "O79 O85"}, {"A00,B00;C00，D00；E00、F00 G00", "A00 B00.1 C00 D00 E00 F00 G00", "H00"},
		{"I60.1-I69.9", "I60 I69", "I70"}, {"C", "C00 C", "D"}, {"I60-I60", "I60.9", "I61"}, {"", "", "A00"}, {"||", "", "A00"},
	} {
		d, err := ParseDiagSet(c.set)
		if err != nil || d.Empty() != (c.in == "") {
			t.Errorf("%q: %v", c.set, err)
		}
		for _, s := range strings.Fields(c.in) {
			if !d.Has(s) {
				t.Errorf("%s is not in %q", s, c.set)
			}
		}
		for _, s := range append(strings.Fields(c.out), "") {
			if d.Has(s) {
				t.Errorf("%q is in %q", s, c.set)
			}
		}
	}
	for _, s := range []string{"I69-I60", "I6-I69", "I60-", "-I60", "-"} {
		if _, err := ParseDiagSet(s); err == nil || !strings.Contains(err.Error(), "I60-I69") {
			t.Errorf("%q: %v", s, err)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a bad set of the code itself is not noticed")
		}
	}()
	MustDiagSet("I69-I60")
}
