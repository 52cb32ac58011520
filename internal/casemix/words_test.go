package casemix

import "testing"

// Conditions are worded as a coder reads them: no list name of the tables, no operator of the language is left.
func TestWords(t *testing.T) {
	s := load(t, nil)
	b := &builder{s: s, mdc: 4, adrg: "HC2"}
	for k := range 2 {
		b.named[k], b.spell[k] = map[string]int32{}, map[string]string{}
	}
	b.named[diagnoses] = map[string]int32{"HC2.dx1": 0, "MDCH.main": 1, "HC2.其他诊断": 2}
	b.named[procedures] = map[string]int32{"valid_proc": 0, "HC2.proc2": 1, "HC2.proc_group3": 2, "HC2.手术或操作2": 3, "HB1.proc1": 4, "HJ1.proc1": 5, "HJ1.proc2": 6}
	for text, want := range map[string]string{
		"PDX∈dx1 AND AGE_DAYS<=28":                     "主要诊断在诊断清单1，且日龄≤28天",
		"ANYPROC∈proc2 OR ANYPROC∈proc_group3":         "有手术在手术清单2，或有手术在手术组3",
		"NOT ANYPROC∈valid_proc":                       "没有手术在有效手术表",
		"PPROC∉valid_proc AND (PDX∈main OR SECDX∈dx1)": "主要手术不在有效手术表，且（主要诊断在本MDC的主诊表，或有其他诊断在诊断清单1）",
		"(其他诊断 OR 手术或操作 2) AND NOT MCC":                "（有其他诊断在“其他诊断”清单，或有手术在“手术或操作2”清单），且不伴MCC",
		"任一手术(HJ1,HB1)":                                "有手术在HJ1、HB1的手术清单",
		"每项手术(HJ1,HB1)":                                "有手术在HJ1的手术清单，且有手术在HB1的手术清单",
		"PDX in ['K80.%','I10.x00'] AND MCC_OR_CC":     "主要诊断为K80.开头或I10.x00，且伴MCC或CC",
		"'39.6500' in ALL_PROC AND len(ALL_PROC)>1":    "有手术为39.6500，且手术个数>1",
		"LOS<5 AND DISCHARGE in ['2','5']":             "住院天数<5天，且离院方式为转院或死亡",
		"1<=ICU_HOURS<=120 OR DEPT=='ICU'":             "（监护小时≥1小时，且监护小时≤120小时），或科室为ICU",
		"SITES>=2 AND 无手术 AND NEWTECH":                 "创伤部位数≥2，且没有手术，且用了新技术",
		"NOT (AGE<6 OR WEIGHT_G<1000)":                 "不符合（年龄<6岁，或体重<1000克）",
		"SEX=1":                                        "男性",
		"ALWAYS":                                       "无条件",
		"FALSE":                                        "永不成立",
	} {
		n, err := parseCondition(text, b)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := n.words(nil); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
