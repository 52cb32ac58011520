package rule

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

var (
	levels = []string{"line", "day", "pair", "stay", "visit", "settlement", "person"}
	stops  = []string{"block", "confirm", "inform", "silent"}
	stages = []string{"事前", "事中", "事后"}
)

var cardID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,23}$`)

// check finds what no reading of YAML finds: values that do not exist, contradict each other or can never come true.
func (p *problems) check() {
	p.words()
	p.exemptions()
	p.needs()
	p.texts()
	p.cases()
	if len(p.found) == 0 {
		p.judgement()
	}
	if len(p.found) == 0 {
		p.reach()
	}
}

// words holds fields against the few values they may have.
func (p *problems) words() {
	c := p.card
	for f, v := range map[string]string{"id": c.ID, "name": c.Name} {
		if v == "" {
			p.add(keyOf(p.root, f), "缺少 "+f, "写上 "+f)
		}
	}
	if c.ID != "" && !cardID.MatchString(c.ID) { // it names pages, files and rows
		p.add(p.at("id"), fmt.Sprintf("id 写作 %q", c.ID), "用字母、数字、-、_，至多 24 个，字母或数字开头，如 Y001")
	}
	oneOf := func(field, v string, set []string) {
		if !slices.Contains(set, v) {
			p.add(p.at(field), fmt.Sprintf("%s 写作 %q", field, v), "只能是 "+strings.Join(set, "、")+" 之一")
		}
	}
	oneOf("level", c.Level, levels)
	oneOf("stop", c.Stop, stops)
	oneOf("key", c.Key, []string{"person", "institution"})
	oneOf("area", c.Area, []string{"care", "insured"})
	if c.Priority < 0 {
		p.add(p.at("priority"), fmt.Sprintf("priority 写作 %d", c.Priority), "写 0 或正整数，小的先拿钱，出厂卡从 100 到 931")
	}
	if c.Severity < 1 || c.Severity > 3 {
		p.add(p.at("severity"), fmt.Sprintf("severity 写作 %d", c.Severity), "只能是 1 明确违规、2 高度可疑、3 轻度可疑")
	}
	if c.MinFill != nil && (*c.MinFill < 0 || *c.MinFill > 1) {
		p.add(p.at("min_fill"), fmt.Sprintf("min_fill 写作 %v", *c.MinFill), "写 0 到 1 之间的数")
	}
	if len(c.Stages) == 0 {
		p.add(p.at("stages"), "没有写 stages", "写作 stages: [事前, 事中, 事后]")
	}
	for i, s := range c.Stages {
		if !slices.Contains(stages, s) {
			p.add(p.at("stages", i), fmt.Sprintf("stages 写作 %q", s), "只能是 事前、事中、事后")
		} else if slices.Contains(c.Stages[:i], s) {
			p.add(p.at("stages", i), "stages 里的 "+s+" 写了两次", "留一个")
		}
	}
	for i, r := range c.Refines {
		if r == c.ID {
			p.add(p.at("refines", i), "refines 写了自己", "去掉 "+r)
		}
	}
}

func (p *problems) exemptions() {
	c := p.card
	names := make([]string, 0, len(claim.TagNames))
	for n := range claim.TagNames {
		names = append(names, n)
	}
	slices.Sort(names)
	for i, e := range c.Exempt {
		switch {
		case claim.TagNames[e] == 0:
			fix := "可写的有 " + tagList()
			for n, title := range claim.TagTitles {
				if title == e {
					fix = "写作 " + n
				}
			}
			if near := closest(e, names); near != "" {
				fix = "是不是 " + near + "？"
			}
			p.add(p.at("exempt", i), fmt.Sprintf("豁免标记 %q 不存在", e), fix)
		case slices.Contains(c.Exempt[:i], e):
			p.add(p.at("exempt", i), fmt.Sprintf("豁免标记 %s 写了两次", e), "留一个")
		}
	}
	if err := diagSetText(c.ExemptDiag); err != nil {
		p.add(p.at("exempt_diag"), "exempt_diag "+err.Error(), "写作 Q56|F64 或 I60-I69")
	}
}

var diagPrefixes = regexp.MustCompile(`^[0-9A-Z][0-9A-Za-z.+*]*$`)

// diagSetText refuses a set of diagnoses that no code could ever belong to.
func diagSetText(s string) error {
	if _, err := claim.ParseDiagSet(s); err != nil {
		return err
	}
	for _, f := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("|-", r) }) {
		if !diagPrefixes.MatchString(f) {
			return fmt.Errorf("里的 %q 不是编码的开头，多个之间用 | 隔开", f)
		}
	}
	return nil
}

// alwaysThere are the tables without which nothing is judged at all.
var alwaysThere = []string{"fee", "person", "settlement", "visit"}

func (p *problems) needs() {
	for i, n := range p.card.Needs {
		table, col, _ := strings.Cut(n, ".")
		t := claim.TableOf(table)
		var names []string
		switch {
		case t == nil:
			for _, x := range claim.Tables() {
				names = append(names, x.Name)
			}
		case col != "" && t.Col(col) < 0:
			for _, x := range t.Columns {
				names = append(names, x.Name)
			}
			table = col
		case col == "" && slices.Contains(alwaysThere, table):
			p.add(p.at("needs", i), fmt.Sprintf("needs 只写了表 %s，这张表总是有的", table), "写到列，如 fee.cnt")
			continue
		default:
			continue
		}
		fix := "表和列见《数据表》"
		if near := closest(table, names); near != "" {
			fix = "是不是 " + near + "？"
		}
		p.add(p.at("needs", i), fmt.Sprintf("needs 写了不存在的 %q，应为 表.列", n), fix)
	}
}

func (p *problems) texts() {
	c := p.card
	for f, v := range map[string]string{"basis": c.Basis, "message": c.Message} {
		if v == "" {
			p.add(keyOf(p.root, f), "缺少 "+f, map[string]string{"basis": "写上依据的文件和条款", "message": "写上给医生的一句话：什么不对、限额、怎么办"}[f])
		}
	}
	if n := len([]rune(c.Message)); n > 60 {
		p.add(p.at("message"), fmt.Sprintf("message 有 %d 字，不能超过 60 字", n), "只写什么不对、限额、怎么办")
	}
	if strings.Count(c.Message, "{") != len(placeholders(c)) || strings.Count(c.Message, "}") != len(placeholders(c)) {
		p.add(p.at("message"), "message 的占位符没有写完", "写作 {项目}，左右括号成对")
	}
}

// cases: at least one that hits and one that does not, and facts that exist.
func (p *problems) cases() {
	c := p.card
	hits := slices.ContainsFunc(c.Cases, func(k Case) bool { return len(k.Expect) > 0 })
	clean := slices.ContainsFunc(c.Cases, func(k Case) bool { return len(k.Expect) == 0 })
	if !hits || !clean {
		missing := "刚好不命中的用例（expect: []）"
		if !hits {
			missing = "命中的用例（expect: [f1]）"
		}
		p.add(keyOf(p.root, "cases"), "至少要有一个命中的用例和一个刚好不命中的用例，缺少"+missing, "在 cases 里补一个")
	}
	for i := range c.Cases {
		k := &c.Cases[i]
		if k.Name == "" {
			p.add(p.at("cases", i), fmt.Sprintf("第 %d 个用例没有 name", i+1), "写一句话说清这个用例")
		} else if slices.ContainsFunc(c.Cases[:i], func(o Case) bool { return o.Name == k.Name }) {
			p.add(keyOf(p.at("cases", i), "name"), fmt.Sprintf("有两个用例都叫「%s」", k.Name), "改一个名称，看结果时才分得清")
		}
		if len(k.Given) == 0 {
			p.add(p.at("cases", i), fmt.Sprintf("用例「%s」没有 given，什么也没有给", k.Name), "写上这个用例的就诊、费用和知识点")
		}
		if v := k.VolaAmt; v != nil && (*v < 0 || math.Abs(*v*100-math.Round(*v*100)) > 1e-6) {
			p.add(p.at("cases", i, "vola_amt"), fmt.Sprintf("用例「%s」的 vola_amt 写作 %v", k.Name, *v), "写违规金额，元，至多两位小数，如 12.50")
		}
		for table, rows := range k.Given {
			given := p.at("cases", i, "given")
			if table == "params" {
				continue
			}
			for j, r := range rows {
				for col, v := range r {
					n := keyOf(p.at("cases", i, "given", table, j), col)
					if table == "point" {
						p.pointCell(n, col, v)
					} else if t := claim.TableOf(table); t != nil && t.Col(col) < 0 && col != "repeat" {
						p.unknownColumn(n, table, col, t)
					} else if s := scalar(v); col == "med_type" && s != "" && !claim.IsMedType(s) {
						p.add(n, fmt.Sprintf("用例「%s」的 med_type 写作 %s，没有这种医疗类别", k.Name, s), "如 11 普通门诊、13 急诊、14 门诊慢特病、21 普通住院、41 定点药店")
					}
				}
			}
			if table != "point" && !isMixTable(table) && claim.TableOf(table) == nil {
				p.add(keyOf(given, table), fmt.Sprintf("用例「%s」：没有名为 %q 的表", k.Name, table), "表名见《数据表》，知识点写 point")
			}
		}
	}
}

func (p *problems) unknownColumn(n *yaml.Node, table, col string, t *claim.Table) {
	var names []string
	for _, x := range t.Columns {
		names = append(names, x.Name)
	}
	fix := "列名见《数据表》"
	if near := closest(col, names); near != "" {
		fix = "是不是 " + near + "？"
	}
	p.add(n, fmt.Sprintf("表 %s 没有 %s 这一列", table, col), fix)
}

// pointCell holds one value of a case's knowledge point against what points.csv allows.
func (p *problems) pointCell(n *yaml.Node, col string, v any) {
	s := scalar(v)
	if !slices.Contains(knowledge.PointColumns, col) {
		fix := "可写的有 " + strings.Join(knowledge.PointColumns, "、")
		if near := closest(col, knowledge.PointColumns); near != "" {
			fix = "是不是 " + near + "？"
		}
		p.add(n, fmt.Sprintf("知识点没有 %s 这一项", col), fix)
		return
	}
	switch col {
	case "subject_code", "subject2_code":
		if kind, _, ok := strings.Cut(s, ":"); ok && kind != "diag" && kind != "oprn" {
			p.add(n, fmt.Sprintf("知识点的对象种类 %q 不存在", kind), "项目写编码，诊断写 diag: 加首个前缀，手术写 oprn: 加编码前缀")
		}
	case "sex":
		if s != "" && s != "男" && s != "女" {
			p.add(n, fmt.Sprintf("知识点的 sex 写作 %q", s), "只能是 男 或 女")
		}
	case "applies_on":
		if !slices.Contains([]string{"", "fee", "admission", "discharge", "settlement"}, s) {
			p.add(n, fmt.Sprintf("知识点的 applies_on 写作 %q", s), "只能是 fee、admission、discharge、settlement 或空")
		}
	case "params":
		if _, err := knowledge.ParseParams(s); err != nil {
			p.add(n, "知识点的 params 不是认识的 JSON 对象", `写作 {"group":"通用名"} 这样的一段文字，名称见规则编写指南`)
		}
	case "diag_set":
		if err := diagSetText(s); err != nil {
			p.add(n, "知识点的 diag_set "+err.Error(), "写作 I10-I15|E11")
		}
	}
}

// noSuchCheck says what can be written where the card's kind and check name none.
func (p *problems) noSuchCheck() {
	c := p.card
	var same, kinds []string
	for k := range checks {
		kind, check, _ := strings.Cut(k, "/")
		if kind == c.Kind {
			same = append(same, check)
		}
		kinds = append(kinds, kind)
	}
	slices.Sort(same)
	slices.Sort(kinds)
	field, value, fix := "check", c.Check, c.Kind+" 有 "+strings.Join(same, "、")
	if same == nil {
		field, value, fix = "kind", c.Kind, "kind 有 "+strings.Join(slices.Compact(kinds), "、")
	}
	if value == "" {
		p.add(keyOf(p.root, field), "缺少 "+field, fix)
		return
	}
	p.add(p.at(field), fmt.Sprintf("没有判法 %s/%s", c.Kind, c.Check), fix)
}

// judgement holds the card against its kind: whether it exists, its parameters, its condition.
func (p *problems) judgement() {
	c := p.card
	if checks[c.Kind+"/"+c.Check] == nil {
		p.noSuchCheck()
		return
	}
	ps := newParams(c, nil)
	_, err := checks[c.Kind+"/"+c.Check](ps, c)
	if err == nil {
		err = ps.done()
	}
	if err != nil {
		at := p.at("params")
		for k := range c.Params {
			if strings.Contains(err.Error(), k) {
				at = keyOf(at, k)
			}
		}
		var known []string
		for k := range ps.used {
			known = append(known, k)
		}
		slices.Sort(known)
		fix := "这种判法没有参数，写作 params: {}"
		if len(known) > 0 {
			fix = "可写的有 " + strings.Join(known, "、")
		}
		msg := err.Error()
		if u := (*unknownParam)(nil); errors.As(err, &u) {
			msg = u.msg // the remedy names the others
		}
		p.add(at, strings.TrimPrefix(msg, c.ID+" "), fix)
	}
	if c.Kind == "CEL" {
		can := celLineFacts
		if c.Check != "line" {
			can = celVisitFacts
		}
		for _, n := range placeholders(c) {
			if !slices.Contains(can, n) {
				p.add(p.at("message"), fmt.Sprintf("message 的占位符 {%s} 没有内容可填", n), "可写的有 "+strings.Join(can, "、"))
			}
		}
	}
	if n := p.at("guard"); n != nil && strings.TrimSpace(c.Guard) == "" {
		p.add(n, "guard 是空的", "写上条件，没有条件时去掉这一行")
	} else if c.Guard != "" {
		if _, wrong := compileGuard(c); wrong != nil {
			p.found = append(p.found, *wrong)
		}
	}
}
