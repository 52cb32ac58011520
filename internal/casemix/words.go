package casemix

import (
	"fmt"
	"slices"
	"strings"
)

// This file words conditions as a coder reads them: 主要诊断在诊断清单1，且日龄≤28天 for PDX∈dx1 AND AGE_DAYS<=28.

var (
	placeWords = [positions]string{"主要诊断", "其他诊断", "诊断", "主要手术", "其他手术", "手术"}
	unitWords  = [fields]string{fieldAge: "岁", fieldAgeDays: "天", fieldWeight: "克", fieldLOS: "天", fieldICU: "小时"}
	waysHome   = [...]string{1: "医嘱离院", 2: "转院", 3: "转社区", 4: "非医嘱离院", 5: "死亡", 6: "6", 7: "7", 8: "8", 9: "其他"}
)

// listWords are the names by which the tables and conditions of 1.x call a list.
var listWords = map[string]string{"main": "本MDC的主诊表", "主诊表": "本MDC的主诊表", "valid_proc": "有效手术表", "有效手术": "有效手术表"}

// words of a condition. hit, which may be nil, names the code that made a membership true.
func (n *node) words(hit func(*node) string) string {
	switch n.op {
	case opConst:
		if n.value != 0 {
			return "无条件"
		}
		return "永不成立"
	case opAnd:
		return n.joined("，且", hit)
	case opOr:
		if len(n.kids) == 2 && n.kids[0].op == opMCC && n.kids[1].op == opCC {
			return "伴MCC或CC"
		}
		return n.joined("，或", hit)
	case opNot:
		k := &n.kids[0]
		switch {
		case k.op == opMember && (k.pos == atMainDx || k.pos == atMainProc):
			return placeWords[k.pos] + "不" + k.listWords()
		case k.op == opMember:
			return "没有" + placeWords[k.pos] + k.listWords()
		case k.op == opMCC || k.op == opCC:
			return "不" + k.words(nil)
		}
		return "不符合（" + k.words(nil) + "）"
	case opMember:
		code := ""
		if hit != nil {
			code = hit(n)
		}
		have := "有"
		if code != "" || n.pos == atMainDx || n.pos == atMainProc {
			have = ""
		}
		return have + placeWords[n.pos] + code + n.listWords()
	case opNumber:
		if n.field == fieldSex && n.cmp == eq {
			return map[int32]string{1: "男性", 2: "女性"}[n.value]
		}
		return fmt.Sprintf("%s%s%d%s", fieldNames[n.field], cmpNames[n.cmp], n.value, unitWords[n.field])
	case opText:
		return "科室为" + strings.Join(n.texts, "或")
	case opCodes:
		var ways []string
		for w := 1; w < len(waysHome); w++ {
			if n.value>>w&1 != 0 {
				ways = append(ways, waysHome[w])
			}
		}
		return "离院方式为" + strings.Join(ways, "或")
	case opMCC:
		return "伴MCC"
	case opCC:
		return "伴CC"
	case opCount:
		switch {
		case n.value == 0 && n.cmp == gt:
			return "有" + placeWords[n.pos]
		case n.value == 0 && n.cmp == eq:
			return "没有" + placeWords[n.pos]
		}
		return fmt.Sprintf("%s个数%s%d", placeWords[n.pos], cmpNames[n.cmp], n.value)
	case opSites:
		return fmt.Sprintf("创伤部位数%s%d", cmpNames[n.cmp], n.value)
	case opNewTech:
		return "用了新技术"
	}
	return n.text
}

// joined words of the parts; parts that are themselves joined otherwise stand in brackets.
func (n *node) joined(by string, hit func(*node) string) string {
	var out []string
	for i := range n.kids {
		k := &n.kids[i]
		w := k.words(hit)
		if len(k.kids) > 1 && k.op != n.op && len(n.kids) > 1 && strings.Contains(w, "，") {
			w = "（" + w + "）"
		}
		if !slices.Contains(out, w) { // lists of several ADRGs under one name
			out = append(out, w)
		}
	}
	return strings.Join(out, by)
}

// listWords tell where a membership looks: 在诊断清单1, 为K80开头或I10.x00.
func (n *node) listWords() string {
	if n.texts != nil {
		var out []string
		for _, c := range n.texts {
			if p, ok := strings.CutSuffix(c, "%"); ok {
				c = p + "开头"
			}
			out = append(out, c)
		}
		return "为" + strings.Join(out, "或")
	}
	if w, ok := listWords[n.list]; ok {
		return "在" + w
	}
	for _, p := range [...]struct{ prefix, word string }{{"dx", "诊断清单"}, {"proc_group", "手术组"}, {"proc", "手术清单"}} {
		if rest, ok := strings.CutPrefix(n.list, p.prefix); ok && strings.Trim(rest, "0123456789") == "" {
			return "在" + p.word + rest
		}
	}
	if _, ok := sectionPosition(n.list); ok {
		return "在“" + n.list + "”清单"
	}
	return "在" + n.list
}
