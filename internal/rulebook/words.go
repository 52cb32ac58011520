package rulebook

import (
	"fmt"
	"strings"

	"github.com/mingjian/mingjian/internal/rule"
)

// named is a value with its word and what it means.
type named struct{ Value, Word, Text string }

var severities = []named{
	{"1", "明确违规", "仅凭结算数据就能定，例外能列全。事实核对无误即可进入初审。"},
	{"2", "高度可疑", "多数情况属实，但有正当理由的可能，须看病历或由机构说明后再定。"},
	{"3", "轻度可疑", "线索。单独一条不足以定性，供选案、抽查时参考。"},
}

var stopLevels = []named{
	{"block", "拦截", "事前、事中不予通过。出厂不开通，须统筹区书面开通后才用。"},
	{"confirm", "须确认", "弹窗，医生选择原因并确认后才能继续。"},
	{"inform", "告知", "弹窗提示，不影响继续。"},
	{"silent", "不弹", "不打扰医生，只记录，事后审核用。"},
}

var stageWords = []named{
	{"事前", "事前", "开单、下医嘱时。"},
	{"事中", "事中", "结算前，费用已生成时。"},
	{"事后", "事后", "结算后按月审核时。"},
}

// levelWords say what one finding of the level stands for.
var levelWords = map[string]string{
	"line": "每一行费用一条疑点", "day": "每次就诊、每个项目、每一天一条疑点", "pair": "每一对互相冲突的项目一条疑点", "stay": "每次住院一条疑点",
	"visit": "每次就诊一条疑点", "settlement": "每笔结算一条疑点", "person": "每个人在一个窗口内一条疑点",
}

var areaWords = map[string]string{"care": "就医地", "insured": "参保地"}

var partitionWords = map[string]string{"person": "同一个人的全部记录放在一起看", "institution": "同一机构的全部记录放在一起看"}

var kindWords = map[string]string{
	"ATTR": "属性限定", "DIAG": "诊断核对", "PAIR_X": "不得并收", "PAIR_R": "应有未有", "FREQ": "频次数量", "DOSE": "药量天数", "PRICE": "价格",
	"COURSE": "疗程", "TIME": "时间先后", "STAY": "住院行为", "REVIEW": "资格与协议", "IDENT": "身份", "DUPBILL": "重复结算", "SEQ": "先后次序",
	"CAP": "限额", "CEL": "条件式", "TRACE": "追溯码", "STOCK": "进销存", "CASEMIX": "病组病种", "SIM": "对照一致",
}

// wordOf is the word of a value; a value without one stands for itself.
func wordOf(list []named, value string) string {
	for _, n := range list {
		if n.Value == value {
			return n.Word
		}
	}
	return value
}

func severityWord(s int) string { return wordOf(severities, fmt.Sprint(s)) }

func kindWord(kind string) string {
	if w := kindWords[kind]; w != "" {
		return w
	}
	return kind
}

// valueWords are the words of coded values in cases, by column. A trailing * stands for all longer codes.
var valueWords = map[string]map[string]string{
	"gend":     {"1": "男", "2": "女", "0": "未知", "9": "未说明"},
	"insutype": {"310": "职工医保", "390": "居民医保", "510": "生育保险", "400": "工伤保险", "410": "工伤保险", "320": "公务员补助", "340": "离休医疗"},
	"med_type": {"11": "普通门诊", "12": "门诊挂号", "1301": "急诊抢救", "13*": "急诊", "14*": "门诊慢特病", "19": "意外伤害门诊", "2*": "住院", "41": "定点药店购药",
		"51": "生育门诊", "52": "生育住院"},
	"list_type":        {"101": "西药中成药", "102": "中药饮片", "103": "自制剂", "106": "颗粒", "201": "诊疗项目", "301": "耗材"},
	"hosp_lv":          {"01": "三级特等", "02": "三级甲等", "03": "三级乙等", "04": "三级丙等", "05": "二级甲等", "06": "二级乙等", "07": "二级丙等", "08": "一级甲等", "09": "一级乙等", "10": "一级丙等", "11": "未定级", "1": "一级", "2": "二级", "3": "三级"},
	"fixmedins_type":   {"1": "医疗机构", "2": "药店"},
	"chrgitm_lv":       {"01": "甲类", "02": "乙类", "03": "丙类"},
	"adm_way":          {"1": "急诊", "2": "门诊", "3": "转入", "9": "其他"},
	"dscg_way":         {"1": "医嘱离院", "2": "医嘱转院", "3": "转社区", "4": "非医嘱离院", "5": "死亡", "9": "其他"},
	"agreement.stas":   {"1": "有效", "2": "中止", "3": "解除"},
	"credential.stas":  {"1": "正常", "2": "暂停", "3": "终止"},
	"benefit.stas":     {"1": "正常", "2": "暂停", "3": "等待期"},
	"pay_mode":         {"1": "按项目", "2": "DRG", "3": "DIP", "4": "床日", "5": "单病种", "6": "人头", "7": "门诊包干"},
	"med_chrgitm_type": {"01": "床位费", "02": "诊察费", "03": "检查费", "04": "化验费", "05": "治疗费", "06": "手术费", "07": "护理费", "08": "卫生材料费", "09": "西药费", "10": "中药饮片费", "11": "中成药费", "12": "一般诊疗费", "13": "挂号费", "14": "其他费"},
}

// valueWord is a coded value with its word: "21" of med_type → "住院"; a value without a word stands for itself.
func valueWord(table, column, v string) string {
	for _, key := range []string{table + "." + column, column} {
		words := valueWords[key]
		if w := words[v]; w != "" {
			return w
		}
		for i := len(v); i > 0; i-- {
			if w := words[v[:i]+"*"]; w != "" {
				return w
			}
		}
	}
	if strings.HasSuffix(column, "_flag") {
		switch v {
		case "1":
			return "是"
		case "0":
			return "否"
		}
	}
	return v
}

// fieldTitles name a card's fields, by their YAML name, in the order in which changes list them.
var fieldTitles = []named{
	{"name", "名称", ""}, {"group", "类别", ""}, {"kind", "判法族", ""}, {"check", "判法", ""}, {"key", "数据分区", ""}, {"level", "疑点单位", ""},
	{"severity", "严重程度", ""}, {"stages", "环节", ""}, {"stop", "停止级别", ""}, {"priority", "优先级", ""}, {"refines", "优先于", ""},
	{"area", "政策取自", ""}, {"points", "读知识点", ""}, {"needs", "需要的数据", ""}, {"min_fill", "最低填充率", ""}, {"params", "参数", ""},
	{"exempt", "豁免", ""}, {"exempt_diag", "豁免诊断", ""}, {"guard", "附加条件", ""}, {"meta", "适用范围", ""}, {"basis", "依据", ""},
	{"message", "给医生的话", ""}, {"advice", "给审核员的话", ""},
}

// sentenceOf joins what a message says with its placeholders shown as blanks to be filled: "{项目}" → "〔项目〕".
func sentenceOf(c *rule.Card) string {
	return strings.NewReplacer("{", "〔", "}", "〕").Replace(c.Message)
}
