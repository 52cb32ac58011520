package stays_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/casemix/stays"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
)

var tables = map[string]string{
	"person.csv":      "psn_no,psn_cert_type,certno,gend,brdy,insutype\np1,01,,1,1960-05-01,310\np2,01,,2,2025-01-20,390\n",
	"institution.csv": "fixmedins_code,fixmedins_name,fixmedins_type,hosp_lv,admdvs,begndate\nH1,一院,1,02,990101,2000-01-01\n",
	"visit.csv": `mdtrt_id,psn_no,fixmedins_code,insutype,med_type,begntime,endtime,ipt_otp_no,dscg_way,dscg_maindiag_code,pre_ipt_flag,day_surg_flag,dscg_dept_codg
pre,p1,H1,310,11,2025-01-03 09:00:00,2025-01-03 10:00:00,,,,1,,
old,p1,H1,310,11,2025-01-01 09:00:00,2025-01-01 10:00:00,,,,1,,
a,p1,H1,310,21,2025-01-10 08:00:00,2025-01-20 08:00:00,Z1,9,,,,外科
b,p1,H1,310,21,2025-01-20 08:00:00,2025-01-25 08:00:00,Z1,1,,,,外科
open,p1,H1,310,21,2025-03-01 08:00:00,,Z2,,,,,
baby,p2,H1,390,21,2025-01-29 08:00:00,2025-02-02 08:00:00,Z3,1,,,1,
gone,p2,H1,390,21,2025-02-12 08:00:00,2025-02-15 08:00:00,Z4,1,,,,
`,
	"diagnosis.csv": `mdtrt_id,diag_type,inout_diag_type,maindiag_flag,diag_srt_no,diag_code
a,1,2,1,1,K80.100
a,1,2,0,2,I10.x00
b,1,1,1,1,R10.400
b,2,2,1,1,A01.01
b,1,2,0,3,E11.900
b,1,2,1,2,K80.500
b,1,2,0,1,I10.x00
baby,1,2,1,1,P59.900
gone,1,2,1,1,J18.900
`,
	"operation.csv": `mdtrt_id,oprn_srt_no,oprn_oprt_code,main_oprn_flag,oprn_oprt_begntime
a,1,51.8800,0,2025-01-11 09:00:00
a,2,51.2300,1,2025-01-12 09:00:00
b,1,54.9100,0,2025-01-21 09:00:00
`,
	"icu.csv": "mdtrt_id,begntime,endtime\na,2025-01-12 10:00:00,2025-01-13 11:30:00\nb,2025-01-21 00:00:00,2025-01-21 02:00:00\n",
	"settlement.csv": `setl_id,mdtrt_id,psn_no,fixmedins_code,insutype,med_type,setl_time,pay_mode,medfee_sumamt,fund_pay_sumamt,mid_setl_flag,refd_setl_flag,init_setl_id
s0,pre,p1,H1,310,11,2025-01-03 11:00:00,,300.00,200.00,,,
s9,old,p1,H1,310,11,2025-01-01 11:00:00,,900.00,900.00,,,
s1,a,p1,H1,310,21,2025-01-20 09:00:00,2,10000.00,8000.00,1,,
s2,b,p1,H1,310,21,2025-02-01 09:00:00,2,5000.50,4000.25,,,
s3,baby,p2,H1,390,21,2025-02-02 09:00:00,,1000.00,600.00,,,
s4,gone,p2,H1,390,21,2025-02-15 09:00:00,,1000.00,600.00,,,
r4,gone,p2,H1,390,21,2025-02-16 09:00:00,,-1000.00,-600.00,,1,s4
`,
}

func snapshot(t *testing.T) *lake.Snapshot {
	t.Helper()
	in, data := t.TempDir(), t.TempDir()
	for name, text := range tables {
		if err := os.WriteFile(filepath.Join(in, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	l, err := lake.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	w, err := l.Writer()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if _, err := w.Import(context.Background(), []string{in}, lake.ImportOptions{}); err != nil {
		t.Fatal(err)
	}
	s, err := l.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Two visits that follow each other are one stay: codes of the last first, Chinese-medicine and admission diagnoses out,
// money of both and of the pre-admission examinations; open and reversed stays are not there.
func TestStays(t *testing.T) {
	snap := snapshot(t)
	read := func(from, to string) string {
		var got []string
		f, _ := claim.ParseMonth(from)
		u, _ := claim.ParseMonth(to)
		err := stays.Read(snap, f, u, func(s *stays.Stay) error {
			got = append(got, fmt.Sprint(s.ID, " ", s.Inst, s.Level, " ", s.Insutype, " ", s.Month, " 性", s.Sex, " 岁", s.Age, "/", s.AgeDays, " 天", s.LOS, " 离", s.Discharge,
				" ICU", s.ICUHours, " ", s.Dept, " ", strings.Join(s.Dx, "|"), " ", strings.Join(s.Proc, "|"), " ", s.Cost, " ", s.Fund, " 前", s.PreIpt, " ", s.PayMode, " ", s.DaySurgery))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(got, "\n")
	}
	for _, want := range []string{
		"b H13 310 2025-02 性1 岁64/-1 天15 离1 ICU27 外科 K80.500|I10.x00|E11.900|K80.100 51.2300|54.9100|51.8800 15300.50 12200.25 前300.00 2 false",
		"baby H13 390 2025-02 性2 岁0/9 天4 离1 ICU-1  P59.900  1000.00 600.00 前0.00 0 true",
	} {
		if got := read("2025-01", "2025-12"); !strings.Contains(got, want) || strings.Count(got, "\n") != 1 {
			t.Errorf("got\n%s\nwant a line\n%s", got, want)
		}
	}
	if got := read("2025-01", "2025-01"); got != "" {
		t.Errorf("settled in January: %s", got)
	}
}
