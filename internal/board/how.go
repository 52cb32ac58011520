package board

import "strings"

// rowsOf says which rows a source's figures are counted or added up from.
var rowsOf = map[string]string{"finding": "疑点", "case": "在办与已办疑点", "verdict": "有结论的疑点", "post": "台账记账", "step": "办理步骤", "call": "提醒调用", "reminder": "提醒", "episode": "提醒件",
	"load": "医生每日被打断次数", "wrong": "反映", "proposal": "静默提议", "clue": "追溯码线索", "special": "特例单议申请", "inst": "定点机构", "rules": "最近一次审核的规则", "model": "模型运行",
	"audit": "已审核月份", "casemix": "住院病例", "place": "机构的协议和进销存"}

// whatOf says what is taken of them.
var whatOf = map[string]string{"findings": "条数", "lines": "明细行数", "vola": "违规金额合计", "fund": "基金金额合计", "charged": "拟追金额合计", "insts": "不同机构数", "documents": "不同结算单数",
	"cases": "件数", "claim": "主张金额合计", "net": "期内净额", "balance": "期末余额", "calls": "次数", "visits": "首次调用的就诊数", "partial": "没判完的次数", "blocked": "阻断的次数",
	"interrupted": "弹出提醒的次数", "mean_us": "平均耗时", "max_us": "最大耗时", "slow": "超过 500 毫秒的次数", "shown": "首次显示的条数", "episodes": "件数", "avoided": "避免金额合计", "back": "收回金额合计",
	"median": "中位数", "count": "个数", "items": "不同品种数", "kinds": "模型种类数", "batches": "批次数", "settlements": "结算笔数", "stays": "例数", "grouped": "入组例数", "declared": "按项目统筹金额合计",
	"payable": "病组应付金额合计"}

// keyWords are the words for what a condition names.
var keyWords = map[string]string{"sev_deg": "程度", "state": "状态", "verdict": "结论", "outcome": "结果", "book": "账", "into": "记入", "event": "步骤", "mode": "付费方式", "what": "事项", "kind": "机构类别"}

// yesWords are the words for conditions that are so or not.
var yesWords = map[string][2]string{"overdue": {"没有超期", "已超期"}, "decided": {"没有结论", "已有结论"}, "complied": {"没有遵从", "遵从"}, "frozen": {"未满冻结期", "已满冻结期"}, "reopened": {"没有再开", "七日内再开"}}

// valueWords are the words for values that are kept as codes.
var valueWords = map[string]map[string]string{
	"sev_deg": {"1": "明确违规", "2": "高度可疑", "3": "轻度可疑"},
	"kind":    {"1": "医疗机构", "2": "零售药店"},
	"event": {"keep": "初审维持", "dismiss": "初审排除", "appeal": "申诉", "second": "再次申诉", "uphold": "复审维持", "withdraw": "复审撤销", "conclude": "合议结论",
		"confirm": "终审确认"},
}

// how says in words how an indicator is worked out; "" when it has no source.
func (i *Indicator) how(d *Dictionary) string {
	switch i.Source {
	case "none":
		return ""
	case "ratio":
		a, b, _ := strings.Cut(i.Measure, "/")
		return d.by[a].Name + " ÷ " + d.by[b].Name + "（" + a + " ÷ " + b + "）"
	}
	parts := []string{rowsOf[i.Source] + "的" + whatOf[i.Measure]}
	for _, t := range i.terms {
		parts = append(parts, t.how())
	}
	return strings.Join(parts, "；")
}

func (t *term) how() string {
	if w, ok := yesWords[t.key]; ok {
		if t.is(true) {
			return w[1]
		}
		return w[0]
	}
	words := make([]string, len(t.values))
	for k, v := range t.values {
		if words[k] = valueWords[t.key][v]; words[k] == "" {
			words[k] = v
		}
	}
	op := "为"
	if t.not {
		op = "不为"
	}
	return keyWords[t.key] + op + strings.Join(words, "、")
}
