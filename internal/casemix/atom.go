package casemix

import (
	"fmt"
	"strings"
)

// positionWords name where a code stands. The Chinese words are the section names of the 2.0 text.
var positionWords = map[string]position{
	"PDX": atMainDx, "主要诊断": atMainDx, "主诊断": atMainDx, "SECDX": atOtherDx, "其他诊断": atOtherDx, "ANYDX": atAnyDx, "ALL_DX": atAnyDx, "诊断": atAnyDx,
	"PPROC": atMainProc, "主要手术或操作": atMainProc, "主手术": atMainProc, "SECPROC": atOtherProc, "其他手术或操作": atOtherProc,
	"ANYPROC": atAnyProc, "ALL_PROC": atAnyProc, "手术或操作": atAnyProc,
}

var fieldWords = map[string]field{"AGE": fieldAge, "年龄": fieldAge, "AGE_DAYS": fieldAgeDays, "日龄": fieldAgeDays, "WEIGHT_G": fieldWeight, "体重": fieldWeight,
	"LOS": fieldLOS, "住院天数": fieldLOS, "ICU_HOURS": fieldICU, "监护小时": fieldICU, "SEX": fieldSex, "性别": fieldSex}

func (p *parser) atom() (node, error) {
	t := p.peek()
	switch t.kind {
	case tokString: // 'code' in ALL_PROC
		p.i++
		if !p.accept("∈") {
			return node{}, p.unexpected("编码后面要 in")
		}
		pos, ok := positionWords[strings.ToUpper(p.peek().text)]
		if !ok {
			return node{}, p.unexpected("这里要 PDX、ALL_DX、PPROC 或 ALL_PROC")
		}
		p.i++
		return p.member(pos, []string{t.text}), nil
	case tokNumber: // 1<=LOS<3
		v, err := p.number()
		if err != nil {
			return node{}, err
		}
		c, ok := p.comparison()
		if !ok {
			return node{}, p.unexpected("数字后面要比较符号")
		}
		n, err := p.numeric()
		if err != nil {
			return node{}, err
		}
		first := n
		first.cmp, first.value = mirror[c], v
		c2, ok := p.comparison()
		if !ok {
			return first, nil
		}
		second := n
		second.cmp = c2
		second.value, err = p.number()
		return node{op: opAnd, kids: []node{first, second}}, err
	case tokWord:
		return p.word()
	}
	return node{}, p.unexpected("这里要一个条件")
}

// mirror turns "3 < x" into "x > 3".
var mirror = [...]uint8{eq: eq, ne: ne, lt: gt, le: ge, gt: lt, ge: le}

// numeric reads a name of a number without its comparison.
func (p *parser) numeric() (node, error) {
	t := p.peek()
	w := strings.ToUpper(t.text)
	if f, ok := fieldWords[w]; ok && t.kind == tokWord {
		p.i++
		return node{op: opNumber, field: f}, nil
	}
	if w == "SITES" || w == "创伤部位数" {
		p.i++
		return node{op: opSites}, nil
	}
	if w == "LEN" || w == "COUNT" || w == "个数" {
		p.i++
		if !p.accept("(") {
			return node{}, p.unexpected("缺左括号")
		}
		pos, ok := positionWords[strings.ToUpper(p.next().text)]
		if !ok || !p.accept(")") {
			return node{}, p.unexpected("括号里要 ALL_DX 或 ALL_PROC")
		}
		return node{op: opCount, pos: pos}, nil
	}
	return node{}, p.unexpected("这里要年龄、日龄、体重、住院天数、监护小时或个数")
}

func (p *parser) word() (node, error) {
	t := p.peek()
	w := strings.ToUpper(t.text)
	if pos, ok := positionWords[w]; ok {
		p.i++
		return p.placed(pos, t)
	}
	switch w {
	case "TRUE", "ALWAYS", "ANY", "恒真":
		p.i++
		return constant(true), nil
	case "FALSE", "NEVER", "恒假":
		p.i++
		return constant(false), nil
	case "MCC":
		p.i++
		return node{op: opMCC}, nil
	case "CC":
		p.i++
		return node{op: opCC}, nil
	case "MCC_OR_CC":
		p.i++
		return node{op: opOr, kids: []node{{op: opMCC}, {op: opCC}}}, nil
	case "NEWTECH", "新技术":
		p.i++
		return node{op: opNewTech}, nil
	case "DEATH", "死亡":
		p.i++
		return node{op: opCodes, value: 1 << 5}, nil
	case "有手术":
		p.i++
		return node{op: opCount, pos: atAnyProc, cmp: gt}, nil
	case "无手术":
		p.i++
		return node{op: opCount, pos: atAnyProc, cmp: eq}, nil
	case "DISCHARGE", "离院方式":
		p.i++
		return p.discharge()
	case "DEPT", "科室":
		p.i++
		if !p.accept("=") && !p.accept("∈") {
			return node{}, p.unexpected("科室后面要 == 或 in")
		}
		texts, err := p.strings()
		for i := range texts {
			texts[i] = Fold(texts[i])
		}
		return node{op: opText, texts: texts}, err
	case "INTERSECT":
		p.i++
		return p.intersect()
	case "任一手术", "每项手术", "本MDC任一手术":
		p.i++
		return p.borrowed(t.text)
	}
	if n, ok, err := p.section(t.text); ok || err != nil {
		p.i++
		return n, err
	}
	n, err := p.numeric()
	if err != nil {
		return n, err
	}
	c, ok := p.comparison()
	if !ok {
		return n, p.unexpected("这里要比较符号")
	}
	n.cmp = c
	n.value, err = p.number()
	return n, err
}

// placed is what may follow a position: ∈ list, [1:] ∈ list, a number that makes it a section name, or nothing.
func (p *parser) placed(pos position, t token) (node, error) {
	if n := p.peek(); n.kind == tokNumber { // "手术或操作 2"
		p.i++
		s, ok, err := p.section(t.text + n.text)
		if err == nil && !ok {
			err = fmt.Errorf("没有清单 %s%s", t.text, n.text)
		}
		return s, err
	}
	if p.accept("[") { // ALL_PROC[1:]
		var err error
		if pos, err = p.slice(pos); err != nil {
			return node{}, err
		}
	}
	not := p.accept("∉")
	if !not && !p.accept("∈") {
		if b, err := p.scope.list(t.text, pos.kind()); err == nil {
			return node{op: opMember, pos: p.read(pos), bit: b, list: t.text}, nil
		}
		return node{op: opCount, pos: pos, cmp: gt}, nil
	}
	n, err := p.inList(pos)
	if not {
		n = node{op: opNot, kids: []node{n}}
	}
	return n, err
}

// slice reads the rest of [1:], which leaves the first code out.
func (p *parser) slice(pos position) (position, error) {
	if p.next().text != "1" || !p.accept(":") || !p.accept("]") {
		return pos, p.unexpected("只支持 [1:]，即除第一个以外")
	}
	return p.others(pos)
}

func (p *parser) inList(pos position) (node, error) {
	t := p.peek()
	if t.kind != tokWord {
		codes, err := p.strings()
		return p.member(pos, codes), err
	}
	p.i++
	name := t.text
	if n := p.peek(); n.kind == tokNumber {
		p.i++
		name += n.text
	}
	b, err := p.scope.list(name, pos.kind())
	if err != nil {
		return node{}, fmt.Errorf("第 %d 个字：%w", t.at+1, err)
	}
	return node{op: opMember, pos: p.read(pos), bit: b, list: name}, nil
}

// read is the position that is looked at: "main procedure" is any procedure where the scheme says so.
func (p *parser) read(pos position) position {
	if pos == atMainProc && p.scope.anyProcedure() {
		return atAnyProc
	}
	return pos
}

// others is the position of the codes after the first.
func (p *parser) others(pos position) (position, error) {
	switch pos {
	case atAnyDx:
		return atOtherDx, nil
	case atAnyProc:
		return atOtherProc, nil
	}
	return pos, p.unexpected("[1:] 只用于 ALL_DX、ALL_PROC")
}

func (p *parser) member(pos position, codes []string) node {
	return node{op: opMember, pos: pos, bit: p.scope.literal(codes, pos.kind()), list: strings.Join(codes, "、"), texts: codes}
}

// section reads a bare list name of the 2.0 text, whose beginning tells the position (其他手术或操作2).
func (p *parser) section(name string) (node, bool, error) {
	pos, ok := sectionPosition(name)
	if !ok {
		return node{}, false, nil
	}
	b, err := p.scope.list(name, pos.kind())
	if err != nil {
		return node{}, false, err
	}
	return node{op: opMember, pos: p.read(pos), bit: b, list: name}, true, nil
}

// sectionPosition is the position that a section's name gives.
func sectionPosition(name string) (position, bool) {
	if strings.HasPrefix(name, "同时包含") {
		return atAnyProc, true
	}
	for pos, w := range positionNames {
		if rest, ok := strings.CutPrefix(name, w); ok && strings.Trim(rest, "0123456789") == "" {
			return position(pos), true
		}
	}
	return 0, false
}

func (p *parser) discharge() (node, error) {
	n := node{op: opCodes}
	if !p.accept("=") && !p.accept("∈") {
		return n, p.unexpected("离院方式后面要 == 或 in")
	}
	if t := p.peek(); t.kind == tokNumber {
		v, err := p.number()
		n.value = 1 << uint(v&31)
		return n, err
	}
	codes, err := p.strings()
	for _, c := range codes {
		if len(c) != 1 || c[0] < '1' || c[0] > '9' {
			return n, fmt.Errorf("离院方式 %q 不是 1–9", c)
		}
		n.value |= 1 << (c[0] - '0')
	}
	return n, err
}

// intersect reads intersect(ALL_PROC[1:], [...]).
func (p *parser) intersect() (node, error) {
	if !p.accept("(") {
		return node{}, p.unexpected("缺左括号")
	}
	pos, ok := positionWords[strings.ToUpper(p.next().text)]
	if !ok {
		return node{}, p.unexpected("括号里先要 ALL_DX 或 ALL_PROC")
	}
	if p.accept("[") {
		var err error
		if pos, err = p.slice(pos); err != nil {
			return node{}, err
		}
	}
	p.accept(",")
	codes, err := p.strings()
	if err == nil && !p.accept(")") {
		err = p.unexpected("缺右括号")
	}
	return p.member(pos, codes), err
}

// borrowed reads rules that point at other ADRGs: 任一手术(HB1,HC1), 每项手术(HB1,HC1), 本MDC任一手术.
func (p *parser) borrowed(word string) (node, error) {
	var names []string
	if word != "本MDC任一手术" {
		var err error
		if names, err = p.strings(); err != nil {
			return node{}, err
		}
	}
	op := opOr
	groups := [][]string{names}
	if word == "每项手术" {
		op, groups = opAnd, nil
		for _, n := range names {
			groups = append(groups, []string{n})
		}
	}
	n := node{op: op}
	for _, g := range groups {
		list := strings.Join(g, "、") + "的手术清单"
		if len(g) == 0 {
			list = "本MDC其他手术ADRG的手术清单"
		}
		bits, err := p.scope.procedures(g)
		if err != nil {
			return n, err
		}
		any := node{op: opOr}
		for _, b := range bits {
			any.kids = append(any.kids, node{op: opMember, pos: atAnyProc, bit: b, list: list})
		}
		n.kids = append(n.kids, any)
	}
	return n, nil
}
