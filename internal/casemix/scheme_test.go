package casemix

import (
	"maps"
	"strings"
	"testing"
	"testing/fstest"
)

// tiny is a scheme in the 2.0 manner: named sections, groups that must all be hit, references, local conditions.
var tiny = map[string]string{
	"scheme.yaml": "id: tiny\nname: 测试方案\n",
	"mdc.csv": `order,mdc,entry_rule,condition,qy_enabled
1,MDCA,存在手术,,0
2,P,,PDX∈main AND AGE=0,0
3,MDCY,任一诊断匹配,,0
4,MDCZ,多发创伤,SITES>=2,0
5,MDCH,主诊断匹配,,1
`,
	"mdc_main_dx.csv": "mdc,icd10,mdcz_site\nMDCP,P07.100,\nMDCY,B20.000,\nMDCZ,S00.000,头颈部\nMDCZ,S72.000,下肢\nMDCH,K80.100,\nMDCH,K83.000,\nMDCH,K85.%,\n",
	"adrg.csv": `mdc,order,adrg,rule,is_surgical_or_op,condition
MDCA,1,AC1,胰肾联合,1,
MDCA,2,AH2,,1,(其他诊断 OR 手术或操作1) AND 手术或操作 2
MDCP,1,PS1,,0,ANYDX∈诊断 AND WEIGHT_G<1500 AND AGE_DAYS<29
MDCP,2,PV1,,0,29<=AGE_DAYS<365
MDCY,1,YR1,,0,ALWAYS
MDCZ,1,ZZ1,,0,无手术
MDCH,1,HC1,两项胆道,1,"每项手术(HC2,HC3)"
MDCH,2,HC2,胆囊切除,1,
MDCH,3,HC3,胆总管,1,
MDCH,4,HJ1,其他,1,本MDC任一手术 AND SECPROC∈valid_proc AND FALSE
MDCH,5,HU1,急性胆道,0,
MDCH,6,HZ1,其他,0,主要诊断∈main
`,
	"adrg_codes.csv": `adrg,list,code
AC1,同时包含1,52.8000
AC1,同时包含2,55.6900
AH2,其他诊断,J96.000
AH2,手术或操作1,31.1000
AH2,手术或操作2,96.7201
PS1,诊断,P07.100
HC2,主要诊断,K80.100
HC2,主要手术或操作,51.2300
HC3,手术或操作,51.4100
HU1,主要诊断,K83.000
`,
	"drg.csv": `mdc,adrg,order,drg,name,severity,condition
MDCA,AC1,1,AC19,胰肾联合移植,ANY,
MDCA,AH2,1,AH29,长时间通气,ANY,
MDCP,PS1,1,PS19,极低体重,ANY,
MDCP,PV1,1,PV19,婴儿,ANY,
MDCY,YR1,1,YR19,HIV,ANY,
MDCZ,ZZ1,1,ZZ19,创伤,ANY,
MDCH,HC1,1,HC19,两项,ANY,
MDCH,HC2,1,HC20,机器人辅助,,NEWTECH
MDCH,HC2,2,HC2C,六岁以下,,AGE<6
MDCH,HC2,3,HC2E,七十岁以上伴MCC,,AGE>=70 AND MCC
MDCH,HC2,4,HC21,伴MCC,MCC,
MDCH,HC2,5,HC23,伴CC,CC,
MDCH,HC2,6,HC25,其余,ANY,
MDCH,HC3,1,HC30,监护,,ICU_HOURS>120
MDCH,HC3,2,HC31,监护短,,1<=ICU_HOURS<=120
MDCH,HC3,3,HC37,五日内死亡或转院,,"LOS<5 AND DISCHARGE in ['2','5']"
MDCH,HC3,4,HC38,监护科,,DEPT=='ICU'
MDCH,HC3,5,HC32,附加,,"len(ALL_PROC)>1 AND intersect(ALL_PROC[1:],['38.9300'])"
MDCH,HC3,6,HC33,附加二,,"ALL_PROC AND '39.9500' in ALL_PROC"
MDCH,HC3,7,HC39,其余,ANY,
MDCH,HU1,1,HU17,死亡,,死亡
MDCH,HU1,2,HU15,存活,ANY,
MDCH,HZ1,1,HZ15,其余,ANY,
`,
	"mcc.csv":        "icd10,exclusion_table\nR57.000,无\nA41.900,1\n",
	"cc.csv":         "icd10,exclusion_table\nE11.900,2\nI10.x00,999\n",
	"cce.csv":        "principal_icd10,exclusion_table\nK80.100,2\nK83.000,1\n",
	"valid_proc.csv": "icd9cm3,name\n51.2300,腹腔镜胆囊切除术\n51.4100,\n52.8000,\n55.6900,\n31.1000,\n54.1100,剖腹探查\n",
	"no_main_dx.csv": "code\nZ37.000\n",
	"no_main_op.csv": "code\n38.9300\n",
}

func load(t testing.TB, change map[string]string) *Scheme {
	t.Helper()
	all := maps.Clone(tiny)
	maps.Copy(all, change)
	fsys := fstest.MapFS{}
	for n, text := range all {
		fsys[n] = &fstest.MapFile{Data: []byte(text)}
	}
	s, err := Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func kase(dx, proc string, set ...func(*Case)) *Case {
	c := &Case{ID: "t", Sex: 1, Age: 45, AgeDays: None, Weight: None, LOS: 8, ICUHours: None, Discharge: 1, Dx: codesIn(dx, true), Proc: codesIn(proc, false)}
	for _, f := range set {
		f(c)
	}
	return c
}

func TestConventions(t *testing.T) {
	s := load(t, nil)
	age := func(y int32) func(*Case) { return func(c *Case) { c.Age = y } }
	baby := func(days, grams int32) func(*Case) {
		return func(c *Case) { c.Age, c.AgeDays, c.Weight = 0, days, grams }
	}
	for _, x := range []struct {
		name, want string
		c          *Case
	}{
		{"CC but excluded by the principal diagnosis", "HC25", kase("K80.100|E11.900", "51.2300")},
		{"CC never excluded", "HC23", kase("K80.100|I10.x00", "51.2300")},
		{"MCC over CC", "HC21", kase("K80.100|I10.x00|A41.900", "51.2300")},
		{"MCC without a table", "HC21", kase("K80.100|R57.000", "51.2300")},
		{"age with MCC", "HC2E", kase("K80.100|R57.000", "51.2300", age(70))},
		{"age just not", "HC21", kase("K80.100|R57.000", "51.2300", age(69))},
		{"young", "HC2C", kase("K80.100", "51.2300", age(5))},
		{"young no more", "HC25", kase("K80.100", "51.2300", age(6))},
		{"new technique first", "HC20", kase("K80.100|R57.000", "51.2300", func(c *Case) { c.NewTech = true })},
		{"main procedure only, else ambiguous", "HQY", kase("K80.100", "54.1100|51.2300")},
		{"references: one of each", "HC19", kase("K80.100", "51.2300|51.4100")},
		{"any procedure section", "HC39", kase("K83.000", "54.1100|51.4100")},
		{"intensive care", "HC30", kase("K83.000", "51.4100", func(c *Case) { c.ICUHours = 121 })},
		{"intensive care, bound", "HC31", kase("K83.000", "51.4100", func(c *Case) { c.ICUHours = 120 })},
		{"no intensive care", "HC39", kase("K83.000", "51.4100", func(c *Case) { c.ICUHours = 0 })},
		{"short and dead", "HC37", kase("K83.000", "51.4100", func(c *Case) { c.LOS, c.Discharge = 4, 5 })},
		{"short and home", "HC39", kase("K83.000", "51.4100", func(c *Case) { c.LOS = 4 })},
		{"department", "HC38", kase("K83.000", "51.4100", func(c *Case) { c.Dept = "icu" })},
		{"further procedure", "HC32", kase("K83.000", "51.4100|38.9300")},
		{"procedure in all", "HC33", kase("K83.000", "51.4100|39.9500")},
		{"dead", "HU17", kase("K83.000", "", func(c *Case) { c.Discharge = 5 })},
		{"medical", "HZ15", kase("K85.100", "")},
		{"prefix of a list", "HZ15", kase("k85.900x002", "")},
		{"both transplants, pre-MDC, any diagnosis", "AC19", kase("K83.000", "52.8000|55.6900")},
		{"one transplant", "HQY", kase("K83.000", "52.8000")},
		{"Boolean line by diagnosis", "AH29", kase("I10.x00|J96.000", "54.1100|96.7201")},
		{"Boolean line by procedure", "AH29", kase("I10.x00", "31.1000|96.7201")},
		{"Boolean line without its second part", "0000", kase("I10.x00|J96.000", "54.1100")},
		{"HIV by any diagnosis", "YR19", kase("K83.000|B20.000", "")},
		{"two sites", "ZZ19", kase("S00.000|S72.000", "")},
		{"two sites, principal diagnosis elsewhere", "ZZ19", kase("K83.000|S00.000|S72.000", "")},
		{"one site", "0000", kase("S00.000|S00.000", "")},
		{"newborn light", "PS19", kase("P07.100", "", baby(28, 1499))},
		{"newborn heavier", "0000", kase("P07.100", "", baby(28, 1500))},
		{"infant", "PV19", kase("P07.100", "", baby(29, 1400))},
		{"not a main procedure: the next one is", "HC25", kase("K80.100", "38.9300|51.2300")},
	} {
		t.Run(x.name, func(t *testing.T) {
			r, tr := s.NewGrouper().Explain(x.c, true, true)
			if r.DRG != x.want {
				t.Errorf("got %s %s, want %s\n%s", r.String(), r.DRG, x.want, tr)
			}
		})
	}
}

// Bad data is told apart, each kind with its code, and never grouped.
func TestBadData(t *testing.T) {
	s := load(t, nil)
	list := "case_id,gender,age,age_days,weight_g,los_days,discharge,dx,proc,brdy,begntime,endtime\n"
	for line, want := range map[string]string{
		"1,1,45,,,3,1,,,,,":                                    "PDX_EMPTY",
		"2,1,45,,,3,1,|K80.100,,,,":                            "PDX_EMPTY",
		"3,,45,,,3,1,K80.100,,,,":                              "SEX",
		"4,9,45,,,3,1,K80.100,,,,":                             "SEX",
		"5,1,,,,3,1,K80.100,,,,":                               "AGE_EMPTY",
		"6,1,-3,,,3,1,K80.100,,,,":                             "AGE",
		"7,1,四十,,,3,1,K80.100,,,,":                             "AGE",
		"8,1,200,,,3,1,K80.100,,,,":                            "AGE",
		"9,1,0,,3000,3,1,P07.100,,,,":                          "AGE_DAYS_EMPTY",
		"10,1,0,5,,3,1,P07.100,,,,":                            "WEIGHT_EMPTY",
		"11,1,0,400,,3,1,P07.100,,,,":                          "AGE_DAYS",
		"12,1,45,,,-2,1,K80.100,,,,":                           "LOS",
		"13,1,45,,,3,1,不是编码,,,,":                               "PDX_INVALID",
		"14,1,45,,,3,1,Z37.000,,,,":                            "PDX_NOT_ALLOWED",
		"15,1,45,,,3,12,K80.100,,,,":                           "DISCHARGE",
		"16,1,45,,,,2,K83.000,51.4100,,,":                      "LOS_EMPTY",
		"17,1,,,,,1,K80.100,,1980-01-01,2025-03-05,2025-03-01": "DATES",
		"18,1,,,,,1,K80.100,,2026-01-01,2025-03-05,2025-03-09": "DATES",
		"19,1,,,,,1,K80.100,,1980-13-01,2025-03-05,":           "DATES",
		"20,1,45,,10,3,1,K80.100,,,,":                          "WEIGHT",
		"21,1,,,,,1,K83.000,,1980-03-06,2025-03-05,2025-03-09": "", // 44 years, four days: grouped
		"22,1,45.0,,,3,1,K83.000,,,,":                          "",
	} {
		r, err := ReadCases(strings.NewReader(list + line + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		var c Case
		if err := r.Next(&c); err != nil {
			t.Fatal(err)
		}
		got, tr := s.NewGrouper().Explain(&c, true, false)
		switch {
		case want == "" && got.Status != Grouped:
			t.Errorf("%s: %s %s", line, got.String(), tr)
		case want != "" && (got.Status != BadData || got.Problem.Code != want || got.DRG != "0000" || got.String() != "数据错误:"+want || tr.String() == ""):
			t.Errorf("%s: got %s %s, want %s; %s", line, got.String(), got.DRG, want, tr)
		}
	}
}

// A wrong table is refused with its place, before any case is grouped.
func TestWrongTables(t *testing.T) {
	for name, x := range map[string]struct{ file, text, says string }{
		"unknown list":      {"adrg.csv", "mdc,adrg,condition\nMDCH,HC2,PPROC∈proc9\n", "没有清单"},
		"unfinished":        {"adrg.csv", "mdc,adrg,condition\nMDCH,HC2,(PDX∈main\n", "没有写完"},
		"nonsense":          {"adrg.csv", "mdc,adrg,condition\nMDCH,HC2,AGE 5\n", "比较符号"},
		"MDC not there":     {"adrg.csv", "mdc,adrg\nMDCQ,QA1\n", "没有 MDCQ"},
		"twice":             {"adrg.csv", "mdc,adrg\nMDCH,HC2\nMDCH,HC2\n", "两行"},
		"exclusion table":   {"cc.csv", "icd10,exclusion_table\nE11.900,x\n", "排除表号"},
		"column":            {"mcc.csv", "icd10\nE11.900\n", "缺少列 exclusion_table"},
		"entry rule":        {"mdc.csv", "mdc,entry_rule\nH,看着办\n", "看不懂"},
		"option":            {"scheme.yaml", "options:\n  qy: maybe\n", "只能是"},
		"option not known":  {"scheme.yaml", "optoins: {}\n", "optoins"},
		"list of no kind":   {"adrg_codes.csv", "adrg,list,code\nHC2,foo,51\n", "看不出"},
		"reference nowhere": {"adrg.csv", "mdc,adrg,condition\nMDCH,HC2,任一手术(XX1)\n", "没有手术清单"},
	} {
		t.Run(name, func(t *testing.T) {
			fsys := fstest.MapFS{}
			for n, text := range tiny {
				fsys[n] = &fstest.MapFile{Data: []byte(text)}
			}
			fsys[x.file] = &fstest.MapFile{Data: []byte(x.text)}
			if _, err := Load(fsys); err == nil || !strings.Contains(err.Error(), x.says) {
				t.Errorf("error %v, want one that says %q", err, x.says)
			}
		})
	}
}

// The trace names the exclusion table, the rule and what would change the group.
func TestTrace(t *testing.T) {
	s := load(t, nil)
	for _, x := range []struct {
		c    *Case
		says []string
	}{
		{kase("K80.100|E11.900|I10.x00", "51.2300"), []string{"符合MDCH入组条件", "符合HC2入组条件", "主要诊断K80.100在“主要诊断”清单，且主要手术51.2300在“主要手术或操作”清单", "条件“伴CC”成立", "HC20要用了新技术", "HC2E要年龄≥70岁，且伴MCC", "HC25收其余情形", "E11.900为CC，用排除表2，主要诊断K80.100在同一排除表，被排除",
			"I10.x00为CC，用排除表999（不排除）", "入HC23", "若去掉诊断I10.x00，则入HC25", "若去掉手术51.2300，则入HZ15"}},
		{kase("K83.000|K83.000", ""), []string{"K83.000重复，只算一次", "入HU15"}},
		{kase("S00.000", ""), []string{"无法入组"}},
	} {
		_, tr := s.NewGrouper().Explain(x.c, true, false)
		for _, w := range x.says {
			if !strings.Contains(tr.String(), w) {
				t.Errorf("trace lacks %q:\n%s", w, tr)
			}
		}
	}
}

func TestOptions(t *testing.T) {
	c := kase("K80.100", "54.1100|51.2300")
	if r := load(t, map[string]string{"scheme.yaml": "options: {procedure: any}"}).NewGrouper().Group(c); r.DRG != "HC25" {
		t.Errorf("procedure any: %s", r.DRG)
	}
	if r := load(t, map[string]string{"scheme.yaml": "options: {qy: 'off'}"}).NewGrouper().Group(c); r.DRG != "HZ15" {
		t.Errorf("qy off: %s", r.DRG)
	}
	if r := load(t, map[string]string{"scheme.yaml": "options: {no_main_proc: error}"}).NewGrouper().Group(kase("K80.100", "38.9300|51.2300")); r.String() != "数据错误:PPROC_NOT_ALLOWED" {
		t.Errorf("no_main_proc error: %s", r.String())
	}
}

func FuzzCondition(f *testing.F) {
	for _, s := range []string{"PDX∈main AND NOT (MCC OR 1<=LOS<3)", "len(ALL_PROC)>1", "'39.6500' in ALL_PROC", "任一手术(HC2)", "手术或操作 2", "DISCHARGE in ['2']", "((", "∈"} {
		f.Add(s)
	}
	base := load(f, nil)
	f.Fuzz(func(t *testing.T, text string) {
		b := &builder{s: &Scheme{mdcs: base.mdcs}}
		for k := range 2 {
			b.named[k], b.spell[k] = map[string]int32{"main": 0}, map[string]string{}
		}
		_, _ = parseCondition(text, b) // must not panic
	})
}
