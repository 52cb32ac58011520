package claim

import (
	"fmt"
	"testing"
)

// Lines without their visit are not judged but listed; their settlement stays (规则口径 §一.11).
func TestOrphans(t *testing.T) {
	t.Parallel()
	for rows, want := range map[string]string{
		"settlement\nfee":                              "| s1 | f1",
		"visit vali_flag=0\nsettlement\nfee":           "| s1 | f1",
		"visit mdtrt_id=m2\nsettlement\nfee":           "| s1 | f1",
		"visit mdtrt_id=m2\nfee\nfee mdtrt_id=m2":      "f2 | | f1",
		"fee setl_id=":                                 "| | f1",
		"visit\nfee psn_no=p1\nfee cnt=-1 mdtrt_id=m2": "f1 | | f2",
	} {
		wantTold(t, rows, want)
	}
	tl := timeline(t, "settlement mdtrt_id=m7\nfee mdtrt_id=m7")
	s := &tl.Setls[0]
	if tl.SetlMdtrt(s) != "m7" || tl.SetlID(s) != "s1" || s.Visit != -1 || s.LineScope != 1000 || tl.Orphans[0].Month != s.Month {
		t.Errorf("%+v", s)
	}
	withdrawn := rowsOf(t, "visit mdtrt_id=m2\nfee mdtrt_id=m2\ndiagnosis mdtrt_id=m1 diag_code=A00\noperation mdtrt_id=m1")
	a := NewAssembler(NewVocab(withdrawn.Dicts), withdrawn.Sources(), asOf)
	if tl, ok := a.Next(); !ok || len(tl.DiagsOf(0)) != 0 || len(tl.OpsOf(0)) != 0 || tl.LineMdtrt(&tl.Lines[0]) != "m2" {
		t.Error("a diagnosis of no visit hangs on another one")
	}
}

// The month of lines and visits (规则口径 §一 月份).
func TestMonths(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ rows, want string }{
		{"visit\nsettlement\nfee", "2025-03 2025-03"},
		{"visit\nsettlement setl_time=2025-04-01\nfee", "2025-04 2025-04"},
		{"visit\nfee setl_id=", "open open"},
		{"visit\nsettlement\nfee setl_id=s9", "2025-03 open"},
		{"visit\nsettlement setl_time=2025-05-01\nsettlement setl_id=s2 setl_time=2025-04-30_23:59:59\nfee", "2025-04 2025-05"},
		{"visit\nsettlement\nsettlement setl_id=r refd_setl_flag=1 init_setl_id=s1\nsettlement setl_id=s2 setl_time=2025-04-02\nfee setl_id=s2", "2025-04 2025-04"},
	} {
		tl := timeline(t, c.rows)
		if got := fmt.Sprint(tl.Visits[0].Month, " ", tl.Lines[0].Month); got != c.want {
			t.Errorf("%s: %s, want %s", c.rows, got, c.want)
		}
	}
}

// What was paid, and the order of lines.
func TestLines(t *testing.T) {
	t.Parallel()
	tl := timeline(t, "visit\nvisit mdtrt_id=m0\nsettlement fund_pay_sumamt=0\nfee feedetl_sn=b\nfee feedetl_sn=a\nfee mdtrt_id=m0 feedetl_sn=z\n"+
		"fee setl_id= feedetl_sn=y fee_ocur_time=2025-03-10\nfee feedetl_sn=c orders_dr_code=d2 dscg_tkdrug_flag=1 etip_flag=1 matn_fee_flag=1 hi_nego_drug_flag=1 fee_ocur_time=2025-03-11\n"+
		"fee feedetl_sn=d bilg_dr_codg=d1 orders_dr_code=d2 bilg_dept_codg=A list_type=101 med_chrgitm_type=09 fee_ocur_time=2025-03-12")
	if got := tell(tl); got != "y z a b c d | s1 |" {
		t.Error(got)
	}
	doctor := func(i int) string { return tl.Vocab.Dicts()[DictPrac].String(tl.Lines[i].Doctor) }
	if c := &tl.Lines[4]; c.Flags != TakeHome|Outsourced|MatnFee|Negotiated || doctor(4) != "d2" || c.List != -1 || c.Chrg != -1 {
		t.Errorf("%+v", c)
	}
	if d := &tl.Lines[5]; doctor(5) != "d1" || d.List != 101 || d.Chrg != 9 || d.Dept == 0 || d.Flags != 0 {
		t.Errorf("%+v", d)
	}
	if !tl.FundPaid(&tl.Lines[0]) || tl.FundPaid(&tl.Lines[2]) {
		t.Error("what the fund paid")
	}
	var mine []string
	for _, i := range tl.LinesOf(1) {
		mine = append(mine, tl.FeedetlSn(&tl.Lines[i]))
	}
	if fmt.Sprint(mine) != "[y a b c d]" || tl.MdtrtID(&tl.Visits[1]) != "m1" || tl.LineMdtrt(&tl.Lines[1]) != "m0" {
		t.Error(mine)
	}
	l := &tl.Lines[4]
	fee := tl.Source(l.Src).Table
	if tl.Str(l, fee.MustCol("feedetl_sn")) != "c" || tl.I64(l, fee.MustCol("cnt")) != int64(QtyOne) || tl.I32(l, fee.MustCol("list_type")) != 0 {
		t.Error("columns of the source row")
	}
}

// The same timeline is used from person to person: nothing of one is left in the next.
func TestPersonsApart(t *testing.T) {
	t.Parallel()
	var got []string
	timelines(t, "visit med_type=21\nsettlement\nfee\nfee cnt=-2\nfee mdtrt_id=m9\ndiagnosis diag_code=A00\noperation\nwork_injury psn_no=p1 begntime=2025-01-01\n"+
		"death psn_no=p1 begntime=2025-01-01\nvisit psn_no=p2 mdtrt_id=m2\nsettlement psn_no=p3 setl_id=s3 mdtrt_id=m3\nperson psn_no=p4", func(tl *Timeline) {
		got = append(got, fmt.Sprint(len(tl.People), len(tl.Visits), len(tl.Setls), len(tl.Lines), len(tl.Stays), len(tl.Diags), len(tl.Ops), len(tl.Deaths),
			len(tl.Unpaired), len(tl.Orphans), len(tl.Extra["work_injury"])))
	})
	if fmt.Sprint(got) != "[0 1 1 1 1 1 1 1 1 1 1 0 1 0 0 0 0 0 0 0 0 0 0 0 1 0 0 0 0 0 0 0 0]" {
		t.Error(got)
	}
}
