package claim

import (
	"slices"
	"strings"
	"testing"
)

func tagText(g Tags) string {
	var out []string
	for n, x := range TagNames {
		if g&x != 0 {
			out = append(out, n)
		}
	}
	if g&Fertility != 0 {
		out = append(out, "fertility")
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// Context tags of a visit, each condition of 规则口径 §一.
func TestTags(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ visit, want string }{
		{"", ""}, {"nwb_flag=1", "newborn_with_mother"}, {"nwb_flag=0", ""}, {"mom_psn_no=p9", "newborn_with_mother"}, {"med_type=9921", "newborn_with_mother"},
		{"med_type=1301", "emergency rescue"}, {"resc_flag=1", "rescue"}, {"resc_flag=2", ""}, {"med_type=13", "emergency"}, {"med_type=1302", "emergency"},
		{"er_flag=1", "emergency"}, {"er_obs_begntime=2025-03-10", "emergency"}, {"day_surg_flag=1", "day_surgery"}, {"pre_ipt_flag=1", "pre_ipt"},
		{"plan_readm_flag=1", "planned"}, {"mdtrt_mode=互联网", "remote_mode"}, {"mdtrt_mode=2", "remote_mode"}, {"mdtrt_mode=0", ""}, {"mdtrt_mode=", ""},
		{"agnt_certno=1", "agent"}, {"dscg_way=5", "death"}, {"dscg_way=2", "transfer"}, {"dscg_way=3", "transfer"}, {"dscg_way=4", "left"}, {"dscg_way=1", ""},
		{"dise_codg=N18.501", "dialysis"}, {"dise_codg=N17", ""}, {"dscg_maindiag_code=S00.1", "trauma"}, {"dscg_maindiag_code=T35", "trauma"},
		{"dscg_maindiag_code=T36", ""}, {"dscg_maindiag_code=T79.2", "trauma"}, {"dscg_maindiag_code=Z49.1", "dialysis"}, {"dscg_maindiag_code=N18.5", "dialysis"},
		{"dscg_maindiag_code=N186", "dialysis"}, {"dscg_maindiag_code=N18.4", ""}, {"dscg_maindiag_code=C97", "oncology"}, {"dscg_maindiag_code=D09.9", "oncology"},
		{"dscg_maindiag_code=D10", ""}, {"dscg_maindiag_code=Z51.1", "oncology"}, {"dscg_maindiag_code=O99", "pregnancy"}, {"dscg_maindiag_code=Z32", "pregnancy"},
		{"dscg_maindiag_code=Z31", "fertility"}, {"dscg_maindiag_code=F20", "psychiatric"},
		{"\ndiagnosis diag_code=S06.0", "trauma"}, {"\ndiagnosis diag_code=S06.0 inout_diag_type=1", "trauma"}, {"\ndiagnosis diag_code=F20", ""},
		{"\ndiagnosis diag_code=F20 maindiag_flag=1", "psychiatric"}, {"\ndiagnosis mdtrt_id=m9 diag_code=S06.0", ""},
		{"\nsettlement pay_mode=4", "bed_day_pay"}, {"\nsettlement pay_mode=1", ""}, {"\nsettlement acct_mulaid_pay=3 fund_pay_sumamt=0", "family_account"},
		{"\nsettlement acct_mulaid_pay=3 fund_pay_sumamt=1", ""}, {"\nsettlement fund_pay_sumamt=0", ""},
	} {
		if got := tagText(timeline(t, "visit "+c.visit).Visits[0].Tags); got != c.want {
			t.Errorf("%s: %q, want %q", c.visit, got, c.want)
		}
	}
}

// Ways of care (规则口径 §一 类别).
func TestSettings(t *testing.T) {
	t.Parallel()
	names := []string{"住院", "急诊", "抢救", "门诊", "生育", "门慢", "购药", "1*"}
	for med, want := range map[string]string{"": "", "11": "门诊 1*", "12": "门诊 1*", "19": "门诊 1*", "13": "急诊 1*", "1301": "急诊 抢救 1*", "1302": "急诊 1*",
		"14": "门诊 门慢 1*", "1401": "门诊 门慢 1*", "21": "住院", "2": "住院", "52": "住院 生育", "51": "门诊 生育", "41": "门诊 购药", "9921": "", "5": "", "4": ""} {
		var got []string
		for i, n := range names {
			if settingOf(med)&(1<<i) != 0 {
				got = append(got, n)
			}
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q: %q, want %q", med, s, want)
		}
	}
	for _, c := range []struct {
		rows string
		want Setting
	}{
		{"visit med_type=21 er_flag=1\nfee", Inpatient | EmergencyCare}, {"visit med_type=11 resc_flag=1\nfee", Outpatient | OneStar | RescueCare},
		{"visit med_type=41 er_obs_begntime=2025-03-10\nfee", Outpatient | Pharmacy | EmergencyCare},
	} {
		tl := timeline(t, c.rows)
		if got := tl.SettingOf(&tl.Lines[0]); got != c.want {
			t.Errorf("%s: %b, want %b", c.rows, got, c.want)
		}
	}
	tl := timeline(t, "visit med_type=1301\nsettlement med_type=21\nfee")
	if l := (Line{Visit: -1, Setl: 0}); tl.SettingOf(&l) != Inpatient || tl.TagsOf(&l) != 0 || tl.PersonOf(&l) != nil {
		t.Error("a line without its visit")
	}
	if l := (Line{Visit: -1, Setl: -1}); tl.SettingOf(&l) != 0 || !tl.FundPaid(&l) || tl.InsutypeOf(&l) != 0 {
		t.Error("a line without anything")
	}
}

// The main diagnosis: the visit's own, else the discharge one marked main, else the admission one.
func TestMainDiagnosis(t *testing.T) {
	t.Parallel()
	const in, out = "\ndiagnosis inout_diag_type=1 diag_code=", "\ndiagnosis inout_diag_type=2 diag_code="
	for _, c := range []struct{ rows, want string }{
		{"dscg_maindiag_code=A00" + out + "B00 maindiag_flag=1", "A00"}, {out + "B00 maindiag_flag=1" + in + "C00 maindiag_flag=1", "B00"},
		{in + "C00 maindiag_flag=1" + out + "B00", "C00"}, {out + "B00", ""}, {"", ""}, {in + "C00 maindiag_flag=0", ""},
		{out + "B02 maindiag_flag=1 diag_srt_no=2" + out + "B01 maindiag_flag=1 diag_srt_no=1", "B01"},
		{out + "BNX maindiag_flag=1 diag_type=2 diag_srt_no=1" + out + "B01 maindiag_flag=1 diag_type=1 diag_srt_no=2", "B01"},
		{out + "B02 maindiag_flag=1 diag_srt_no=2 diag_time=2025-03-01" + out + "B01 maindiag_flag=1 diag_srt_no=1 diag_time=2025-03-02", "B01"},
		{in + "C02 maindiag_flag=1 diag_type=2" + in + "C01 maindiag_flag=1 diag_type=1", "C01"},
	} {
		tl := timeline(t, "visit "+c.rows)
		if got := tl.Vocab.Dicts()[DictDiag].String(tl.Visits[0].MainDiag); got != c.want {
			t.Errorf("%s: %q, want %q", c.rows, got, c.want)
		}
	}
}

// A vocabulary classifies codes that appear later only once it has grown.
func TestVocabGrows(t *testing.T) {
	t.Parallel()
	ds := NewDicts()
	v := NewVocab(ds)
	med, diag := ds[DictList].Put("21"), ds[DictDiag].Put("F20")
	if v.Setting(med) != 0 || v.Num(med) != -1 || v.diagTag(diag) != 0 || v.isPsych(diag) {
		t.Error("known before it grew")
	}
	v.Grow()
	if v.Setting(med) != Inpatient || v.Num(med) != 21 || !v.isPsych(diag) {
		t.Error("not known after it grew")
	}
	for s, want := range map[string]int{"007": 7, "12345": -1, "x": -1, "-1": -1, "9999": 9999} {
		c := ds[DictList].Put(s)
		v.Grow()
		if v.Num(c) != want {
			t.Errorf("%q is %d", s, v.Num(c))
		}
	}
	if v.Num(0) != -1 || v.Num(-1) != -1 || v.Flag(0) || v.Setting(-1) != 0 || v.Str(0) != "" {
		t.Error("the absent code")
	}
}
