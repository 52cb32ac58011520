package rule

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden file of wrong cards anew")

// rightCard is a card with everything that can be wrong.
const rightCard = `id: Y001
name: 艾灸单日限次
group: 本地
kind: FREQ
check: day
key: person
level: day
severity: 2
stages: [事前, 事中, 事后]
stop: inform
priority: 350
refines: []
area: care
points: true
needs: [fee.cnt]
min_fill: 0.3
params: {}
exempt: [rescue]
exempt_diag: "Q56|F64"
guard: inst.tier <= 2
basis: 某市医保〔2025〕12 号第三条
message: "{项目}本日已收{量}，上限{限额}"
cases:
  - name: 两次
    given:
      point: {subject_code: "990300000000001", limit_value: 1, unit: 次}
      fee:
        - {hilist_code: "990300000000001"}
        - {hilist_code: "990300000000001"}
    expect: [f2]
    vola_amt: 10.00
  - name: 一次
    given:
      point: {subject_code: "990300000000001", limit_value: 1, unit: 次}
      fee: {hilist_code: "990300000000001"}
    expect: []
`

// wrongCards change the right card, one thing at a time.
var wrongCards = []struct{ name, old, new string }{
	{"语法：冒号后缩进", "name: 艾灸", "name: 艾灸\n  other: x"},
	{"语法：方括号不成对", "needs: [fee.cnt]", "needs: [fee.cnt"},
	{"语法：花括号不成对", "params: {}", "params: {a: 1"},
	{"语法：引号不成对", `exempt_diag: "Q56|F64"`, `exempt_diag: "Q56|F64`},
	{"语法：引号后有文字", `exempt_diag: "Q56|F64"`, `exempt_diag: "Q56"|F64`},
	{"语法：制表符", "needs:", "\tneeds:"},
	{"语法：开头的字符", "name: 艾灸单日限次", "name: @艾灸"},
	{"语法：反斜线", `message: "{项目}`, `message: "\d{项目}`},
	{"语法：没有定义的别名", "name: 艾灸单日限次", "name: *艾灸"},
	{"语法：不是UTF-8", "name: 艾灸", "name: \xb0\xac"},
	{"语法：缺冒号", "area: care", "area: care\nfoo"},
	{"语法：控制字符", "name: 艾灸", "name: \x01艾灸"},
	{"锚点", "name: 艾灸", "name: &a 艾灸"},
	{"标签", "params: {}", "params: {a: !x 1}"},
	{"两张卡", "id: Y001", "---\nid: Y002\n---\nid: Y001"},
	{"列表代替卡", rightCard, "- a\n- b\n"},
	{"空文件", rightCard, ""},
	{"没有的项", "severity: 2", "severty: 2"},
	{"没有的项，猜不出", "severity: 2", "severity: 2\nnonsense: 1"},
	{"写了两次", "area: care", "area: care\narea: insured"},
	{"用例里没有的项", "vola_amt: 10.00", "vola: 10.00"},
	{"应为整数", "severity: 2", "severity: 高"},
	{"应为是否", "points: true", "points: 有"},
	{"应为数字", "min_fill: 0.3", "min_fill: 三成"},
	{"应为列表", "exempt: [rescue]", "exempt: rescue"},
	{"应为名称和值", "params: {}", "params: [1]"},
	{"用例应为名称和值", "  - name: 两次", "  - 两次\n  - name: 两次"},
	{"应为一段文字", "name: 艾灸单日限次", "name: [艾灸]"},
	{"给定的行不对", `fee: {hilist_code: "990300000000001"}`, "fee: 一行"},
	{"缺编号", "id: Y001\n", ""},
	{"级别", "level: day", "level: month"},
	{"停止", "stop: inform", "stop: warn"},
	{"主键", "key: person", "key: doctor"},
	{"区划", "area: care", "area: 就医地"},
	{"程度", "severity: 2", "severity: 4"},
	{"填报率", "min_fill: 0.3", "min_fill: 30"},
	{"没有环节", "stages: [事前, 事中, 事后]", "stages: []"},
	{"环节不存在", "stages: [事前, 事中, 事后]", "stages: [事后, 事先]"},
	{"环节重复", "stages: [事前, 事中, 事后]", "stages: [事后, 事后]"},
	{"豁免写中文", "exempt: [rescue]", "exempt: [抢救]"},
	{"豁免写错", "exempt: [rescue]", "exempt: [\n  emergency,\n  recsue]"},
	{"豁免重复", "exempt: [rescue]", "exempt: [rescue, rescue]"},
	{"豁免诊断", `exempt_diag: "Q56|F64"`, `exempt_diag: "Q9-F1"`},
	{"先后是负数", "priority: 350", "priority: -1"},
	{"豁免有空项", "exempt: [rescue]", "exempt: [rescue, ~]"},
	{"豁免诊断用了全角逗号", `exempt_diag: "Q56|F64"`, `exempt_diag: "Q56，F64"`},
	{"豁免诊断写中文", `exempt_diag: "Q56|F64"`, `exempt_diag: "Q56|易性症"`},
	{"只写了总是有的表", "needs: [fee.cnt]", "needs: [fee]"},
	{"空的条件", "guard: inst.tier <= 2", "guard: \"\""},
	{"没有内容的条件", "guard: inst.tier <= 2", "guard:"},
	{"没有判法族", "kind: FREQ\n", ""},
	{"没有判法", "check: day\n", ""},
	{"用例什么也没有给", "    given:\n      point: {subject_code: \"990300000000001\", limit_value: 1, unit: 次}\n      fee: {hilist_code: \"990300000000001\"}\n", ""},
	{"用例的医疗类别", `fee: {hilist_code: "990300000000001"}`, `visit: {med_type: 99}`},
	{"用例的金额不是数", "vola_amt: 10.00", "vola_amt: 十元"},
	{"用例的金额是负数", "vola_amt: 10.00", "vola_amt: -10"},
	{"用例的金额不到分", "vola_amt: 10.00", "vola_amt: 10.005"},
	{"表不存在", "needs: [fee.cnt]", "needs: [fees.cnt]"},
	{"列不存在", "needs: [fee.cnt]", "needs: [fee.pric, fee.cnts]"},
	{"没有依据", "basis: 某市医保〔2025〕12 号第三条\n", ""},
	{"文案太长", "上限{限额}", strings.Repeat("上限", 30)},
	{"占位符", "上限{限额}", "上限{限额"},
	{"细化自己", "refines: []", "refines: [Y001]"},
	{"判法族不存在", "kind: FREQ", "kind: FREQUENCY"},
	{"判法不存在", "check: day", "check: daily"},
	{"参数不认识", "params: {}", "params:\n  上限: 3"},
	{"参数类型", "kind: FREQ\ncheck: day", "kind: FREQ\ncheck: visits_day"},
	{"参数太小", rightCard[strings.Index(rightCard, "kind: FREQ"):strings.Index(rightCard, "exempt: [rescue]")],
		"kind: PRICE\ncheck: pharmacy\nkey: person\nlevel: line\nseverity: 3\nstages: [事后]\nstop: silent\npriority: 350\narea: care\nparams: {ratio: 0.65}\n"},
	{"没有命中的用例", "expect: [f2]\n    vola_amt: 10.00", "expect: []"},
	{"没有不命中的用例", "expect: []", "expect: [f1]"},
	{"没有用例", rightCard[strings.Index(rightCard, "cases:"):], ""},
	{"用例没有名称", "  - name: 一次\n    given:", "  - given:"},
	{"用例的表", "      fee: {hilist", "      fees: {hilist"},
	{"用例的列", `fee: {hilist_code: "990300000000001"}`, `fee: {hilist_cod: "990300000000001"}`},
	{"知识点的项", "limit_value: 1, unit: 次}\n      fee:\n", "limit: 1, unit: 次}\n      fee:\n"},
	{"知识点的种类", `point: {subject_code: "990300000000001", limit_value: 1, unit: 次}` + "\n      fee:\n", `point: {subject_code: "drug:990300000000001"}` + "\n      fee:\n"},
	{"知识点的性别", "unit: 次}\n      fee:\n", "unit: 次, sex: F}\n      fee:\n"},
	{"知识点的日子", "unit: 次}\n      fee:\n", "unit: 次, applies_on: 出院}\n      fee:\n"},
	{"知识点的参数", "unit: 次}\n      fee:\n", "unit: 次, params: '{\"chanels\":2}'}\n      fee:\n"},
	{"知识点的诊断", "unit: 次}\n      fee:\n", "unit: 次, diag_set: I9-I1}\n      fee:\n"},
	{"到不了的环节", "needs: [fee.cnt]", "needs: [fee.cnt, visit.dscg_way]"},
	{"到不了的环节：结算", "needs: [fee.cnt]", "needs: [settlement.setl_time]"},
	{"只有事前的住院条件", "kind: FREQ\ncheck: day\nkey: person\nlevel: day\nseverity: 2\nstages: [事前, 事中, 事后]", "kind: CEL\ncheck: stay\nkey: person\nlevel: stay\nseverity: 2\nstages: [事前]"},
	{"豁免与条件矛盾", "guard: inst.tier <= 2", `guard: inst.tier <= 2 && tag("rescue")`},
	{"豁免诊断与条件矛盾", "guard: inst.tier <= 2", `guard: has_diag("F64.0|Q56") && inst.tier <= 2`},
	{"豁免与知识点矛盾", `point: {subject_code: "990300000000001", limit_value: 1, unit: 次}` + "\n      fee:\n", `point: {subject_code: "diag:F64", diag_set: F64-F64}` + "\n      fee:\n"},
	{"条件：事前不知道的事实", "guard: inst.tier <= 2", "guard: inst.tier <= 2 || settle.fund_fen > yuan(3)"},
	{"条件：事前不知道的标记", "guard: inst.tier <= 2", `guard: tag("death")`},
	{"条件：事前不知道的有无", "guard: inst.tier <= 2", `guard: has(visit.dscg_way)`},
	{"条件：没有的事实", "guard: inst.tier <= 2", "guard: inst.level <= 2"},
	{"条件：没有的名称", "guard: inst.tier <= 2", "guard: has_diags(3) || inst.tier <= 2"},
	{"条件：没有的名称，猜不出", "guard: inst.tier <= 2", "guard: 1 < hospital"},
	{"条件：类型不合", "guard: inst.tier <= 2", `guard: inst.tier <= "二级"`},
	{"条件：小数与整数", "guard: inst.tier <= 2", `guard: line.amount_fen > 300.5`},
	{"条件：文字后加点", "guard: inst.tier <= 2", `guard: (inst.code).length > 3`},
	{"条件：没有写完", "guard: inst.tier <= 2", "guard: (inst.tier <= 2"},
	{"条件：单个等号", "guard: inst.tier <= 2", "guard: inst.tier = 2"},
	{"条件：单个与号", "guard: inst.tier <= 2", "guard: inst.tier == 2 & tag(\"rescue\")"},
	{"条件：and", "guard: inst.tier <= 2", "guard: inst.tier <= 2 and inst.type == 1"},
	{"条件：全角", "guard: inst.tier <= 2", "guard: inst.tier ＜ 2"},
	{"条件：中文", "guard: inst.tier <= 2", "guard: 机构级别 < 2"},
	{"条件：不是是否", "guard: inst.tier <= 2", "guard: inst.tier"},
	{"条件：不能逐个查看", "guard: inst.tier <= 2", "guard: inst.code.exists(x, x == '1')"},
	{"条件：太长", "guard: inst.tier <= 2", "guard: inst.tier <= 2" + strings.Repeat(" || inst.tier == 1", 120)},
	{"条件：太深", "guard: inst.tier <= 2", "guard: '" + strings.Repeat("!(", 60) + "inst.tier <= 2" + strings.Repeat(")", 60) + "'"},
	{"条件：太费时", "guard: inst.tier <= 2", "guard: diag.all(a, diag.all(b, diag.all(c, a != b || b != c)))"},
	{"条件：正则", "guard: inst.tier <= 2", "guard: inst.code.matches('(')"},
	{"条件：数字太大", "guard: inst.tier <= 2", "guard: inst.tier < 99999999999999999999"},
	{"条件：诊断集合", "guard: inst.tier <= 2", `guard: has_diag("")`},
	{"条件：标记", "guard: inst.tier <= 2", `guard: tag("抢救")`},
	{"条件：元的小数", "guard: inst.tier <= 2", "guard: line.amount_fen > yuan(0.005)"},
	{"条件：元不是数", "guard: inst.tier <= 2", "guard: line.amount_fen > yuan(line.qty_e4)"},
	{"条件：有无", "guard: inst.tier <= 2", `guard: has(inst.level)`},
	{"条件：多行的位置", "guard: inst.tier <= 2", "guard: |\n  inst.tier <= 2 &&\n  line.amout_fen > yuan(3)"},
	{"条件：引号里的位置", "guard: inst.tier <= 2", `guard: "inst.tier <= 2 && lines > 3"`},
	{"只有条件的卡没有条件", "kind: FREQ\ncheck: day", "kind: CEL\ncheck: line"},
	{"只有条件的卡的占位符", "kind: FREQ\ncheck: day", "kind: CEL\ncheck: line\nadvice: x"},
}

var english = regexp.MustCompile(`\b(yaml|error|syntax|expect(ed|ing)|undeclared|overload|found|invalid|token|cannot|unmarshal|Syntax)\b`)

// Every way in which a card can be wrong is refused with file, line and remedy, in Chinese.
func TestWrongCards(t *testing.T) {
	t.Parallel()
	if _, err := ParseCard("对.yaml", []byte(rightCard)); err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, w := range wrongCards {
		src := strings.Replace(rightCard, w.old, w.new, 1)
		if src == rightCard {
			t.Errorf("%s changes nothing", w.name)
		}
		if strings.HasPrefix(w.name, "只有条件的卡没有") {
			src = strings.Replace(src, "guard: inst.tier <= 2\n", "", 1)
		}
		if w.name == "只有事前的住院条件" {
			src = strings.Replace(src, "{项目}本日已收{量}，上限{限额}", "住院{天数}天", 1)
		}
		if w.name == "参数类型" {
			src = strings.Replace(src, "params: {}", "params: {n: 很多}", 1)
		}
		_, err := ParseCard("Y001.yaml", []byte(src))
		var es CardErrors
		if !errors.As(err, &es) {
			t.Errorf("%s: %v", w.name, err)
			continue
		}
		for i := range es {
			if es[i].Line == 0 && src != "" || es[i].Fix == "" || es[i].File == "" {
				t.Errorf("%s: no line or remedy: %+v", w.name, es[i])
			}
			if words := english.FindAllString(es[i].Msg, -1); words != nil {
				t.Errorf("%s: English: %s", w.name, es[i].Msg)
			}
		}
		got.WriteString("# " + w.name + "\n" + err.Error() + "\n")
	}
	golden := filepath.Join("testdata", "wrong.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	g, w := strings.Split(got.String(), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			t.Fatalf("line %d of %s differs:\n got %q\nwant %q", i+1, golden, g[min(i, len(g)-1)], w[min(i, len(w)-1)])
		}
	}
}
