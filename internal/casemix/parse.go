package casemix

import (
	"fmt"
	"strconv"
	"strings"
)

// scope resolves the names a condition may use.
type scope interface {
	// list is the bit of a named list of the kind; an error when there is none.
	list(name string, kind int) (int32, error)
	// literal is the bit of a list written in the condition itself.
	literal(codes []string, kind int) int32
	// procedures are the bits of the procedure lists of other ADRGs; none named means those of this MDC.
	procedures(adrgs []string) ([]int32, error)
	// anyProcedure tells that "main procedure" is read as "any procedure" here.
	anyProcedure() bool
}

// parser reads one condition; descent by precedence: OR, AND, NOT, atom.
type parser struct {
	toks  []token
	i     int
	scope scope
}

// parseCondition reads a condition; an error names the place in it.
func parseCondition(src string, sc scope) (node, error) {
	toks, err := lex(src)
	if err != nil {
		return node{}, fmt.Errorf("条件 %q：%w", src, err)
	}
	p := &parser{toks: toks, scope: sc}
	n, err := p.or()
	if err == nil && p.peek().kind != tokEnd {
		err = p.unexpected("多余的内容")
	}
	if err != nil {
		return node{}, fmt.Errorf("条件 %q：%w", src, err)
	}
	n.text = src
	return n, nil
}

func (p *parser) peek() token { return p.toks[p.i] }

func (p *parser) next() token {
	t := p.toks[p.i]
	if t.kind != tokEnd {
		p.i++
	}
	return t
}

func (p *parser) accept(mark string) bool {
	if t := p.peek(); t.kind == tokMark && t.text == mark {
		p.i++
		return true
	}
	return false
}

func (p *parser) unexpected(what string) error {
	t := p.peek()
	if t.kind == tokEnd {
		return fmt.Errorf("没有写完：%s", what)
	}
	return fmt.Errorf("第 %d 个字 %q：%s", t.at+1, t.text, what)
}

func (p *parser) or() (node, error) { return p.series("|", opOr, p.and) }

func (p *parser) and() (node, error) { return p.series("&", opAnd, p.not) }

func (p *parser) series(mark string, op opcode, part func() (node, error)) (node, error) {
	first, err := part()
	if err != nil {
		return node{}, err
	}
	kids := []node{first}
	for p.accept(mark) {
		k, err := part()
		if err != nil {
			return node{}, err
		}
		kids = append(kids, k)
	}
	if len(kids) == 1 {
		return first, nil
	}
	return node{op: op, kids: kids}, nil
}

func (p *parser) not() (node, error) {
	if p.accept("!") {
		k, err := p.not()
		return node{op: opNot, kids: []node{k}}, err
	}
	if p.accept("(") {
		n, err := p.or()
		if err == nil && !p.accept(")") {
			err = p.unexpected("缺右括号")
		}
		return n, err
	}
	return p.atom()
}

func (p *parser) number() (int32, error) {
	t := p.next()
	n, err := strconv.ParseInt(t.text, 10, 32)
	if err != nil || t.kind != tokNumber && t.kind != tokString {
		return 0, fmt.Errorf("第 %d 个字 %q：这里要一个整数", t.at+1, t.text)
	}
	return int32(n), nil
}

var cmpMarks = map[string]uint8{"=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}

func (p *parser) comparison() (uint8, bool) {
	if t := p.peek(); t.kind == tokMark {
		if c, ok := cmpMarks[t.text]; ok {
			p.i++
			return c, true
		}
	}
	return 0, false
}

// strings reads ['a','b'], 'a' or [1,2].
func (p *parser) strings() ([]string, error) {
	if t := p.peek(); t.kind == tokString {
		p.i++
		return []string{t.text}, nil
	}
	closing := "]"
	if p.accept("(") {
		closing = ")"
	} else if !p.accept("[") {
		return nil, p.unexpected("这里要一个编码清单")
	}
	var out []string
	for !p.accept(closing) {
		t := p.next()
		if t.kind == tokEnd || t.kind == tokMark {
			return nil, fmt.Errorf("第 %d 个字：清单没有写完", t.at+1)
		}
		out = append(out, strings.TrimSpace(t.text))
		p.accept(",")
	}
	return out, nil
}
