package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// clearingYear DIR: writes the settled year of the manual (docs/分组与付费.md, 一整年的例子) as tables: 甲 H1, 乙 H2, 丙 H3.
func clearingYear(ts *testscript.TestScript, neg bool, args []string) {
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o755))
	tables := map[string]*strings.Builder{}
	say := func(table, head, format string, v ...any) {
		if tables[table] == nil {
			tables[table] = &strings.Builder{}
			fmt.Fprintln(tables[table], head)
		}
		fmt.Fprintf(tables[table], format+"\n", v...)
	}
	for k, name := range []string{"甲医院", "乙医院", "丙医院"} {
		say("institution", "fixmedins_code,fixmedins_name,fixmedins_type,hosp_lv,admdvs,begndate", "H%d,%s,1,05,99010%d,2000-01-01", k+1, name, k+1)
	}
	n := 0
	stay := func(inst string, m int, dx string, cost, fund int) {
		n++
		say("person", "psn_no,psn_cert_type,certno,gend,brdy,insutype", "p%d,01,,1,1980-01-01,310", n)
		say("visit", "mdtrt_id,psn_no,fixmedins_code,insutype,med_type,begntime,endtime,dscg_way,dscg_maindiag_code", "v%d,p%d,%s,310,21,2025-%02d-02 09:00:00,2025-%02d-08 09:00:00,1,%s", n, n, inst, m, m, dx)
		say("diagnosis", "mdtrt_id,diag_type,inout_diag_type,maindiag_flag,diag_srt_no,diag_code", "v%d,1,2,1,1,%s", n, dx)
		say("settlement", "setl_id,mdtrt_id,psn_no,fixmedins_code,insutype,med_type,setl_time,pay_mode,medfee_sumamt,fund_pay_sumamt",
			"s%d,v%d,p%d,%s,310,21,2025-%02d-08 10:00:00,2,%d.00,%d.00", n, n, n, inst, m, cost, fund)
	}
	for m := 1; m <= 12; m++ {
		stay("H1", m, "A01.100", 9000, 7000)
		stay("H1", m, "A01.200", 8000, 6000+100*m)
		stay("H2", m, "A01.300", 8000, 6000)
		stay("H2", m, "A01.400", 5000, 3500)
		stay("H3", m, "A01.200", 15000, 12000)
		switch m % 3 {
		case 1:
			stay("H3", m, "A01.400", 1500, 1000)
		case 0:
			stay("H3", m, "A01.400", 20000, 16000)
		}
	}
	for name, b := range tables {
		ts.Check(os.WriteFile(filepath.Join(dir, name+".csv"), []byte(b.String()), 0o644))
	}
}
