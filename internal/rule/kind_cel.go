package rule

import (
	"errors"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind CEL: a card that is only a condition (its guard). Every line, visit or stay for which it is true is a finding.
func init() {
	register("CEL", "line", func(p *params, c *Card) (any, error) {
		if err := needsGuard(c); err != nil {
			return nil, err
		}
		if c.Points {
			return celPoint{placeholders(c)}, nil
		}
		return celLine{placeholders(c)}, nil
	})
	register("CEL", "visit", func(p *params, c *Card) (any, error) {
		return celVisit{celUnit{placeholders(c), p.bool("whole", false)}}, needsGuard(c)
	})
	register("CEL", "stay", func(p *params, c *Card) (any, error) {
		return celStay{celUnit{placeholders(c), p.bool("whole", false)}}, needsGuard(c)
	})
}

// needsGuard: the guide's test makes the kinds of a card without anything.
func needsGuard(c *Card) error {
	if c.Kind != "" && c.Guard == "" {
		return errors.New("判法 CEL 没有写 guard：条件写在 guard，例如 guard: line.amount_fen > yuan(300)")
	}
	return nil
}

// placeholders are the names in braces of the card's message, which are the facts that its findings give.
func placeholders(c *Card) []string {
	var out []string
	for s := c.Message; ; {
		_, rest, ok := strings.Cut(s, "{")
		if !ok {
			return out
		}
		name, after, ok := strings.Cut(rest, "}")
		if !ok {
			return out
		}
		out, s = append(out, name), after
	}
}

// celFacts are the placeholders that kind CEL can fill, for lines and for visits.
var (
	celLineFacts  = []string{"项目", "量", "单价", "金额", "日期", "年龄", "性别", "机构"}
	celVisitFacts = []string{"机构", "日期", "天数", "金额", "诊断", "年龄", "性别"}
)

// celPoint judges lines that points of the card name; the condition has been asked before it is called.
type celPoint struct{ say []string }

func (a celPoint) line(e *Eval, c *compiled, li, pi int32) {
	e.hitLine(c, li, []int32{pi}, e.lineSays(a.say, li)...)
}

// celLine judges every line in the scope of the fund.
type celLine struct{ say []string }

func (a celLine) person(e *Eval, c *compiled) {
	for i := range e.t.Lines {
		l, li := &e.t.Lines[i], int32(i)
		if l.InScope <= 0 || !e.inRange(l.Month) || e.unfitInst(c, l.Inst) || e.exempt(c, l.Visit) || !e.allowLine(c, li) {
			continue
		}
		e.passed = true
		e.hitLine(c, li, nil, e.lineSays(a.say, li)...)
		e.passed = false
	}
}

func (e *Eval) lineSays(names []string, li int32) []Fact {
	l := &e.t.Lines[li]
	var out []Fact
	for _, n := range names {
		switch n {
		case "项目":
			out = append(out, Fact{n, e.itemName(l)})
		case "量":
			out = append(out, Fact{n, l.Cnt.String()})
		case "单价":
			out = append(out, Fact{n, l.Pric.String()})
		case "金额":
			out = append(out, Fact{n, l.Amt.String()})
		case "日期":
			out = append(out, Fact{n, l.Time.Day().String()})
		case "机构":
			out = append(out, Fact{n, e.instName(l.Inst, l.Time.Day())})
		default:
			out = append(out, personSays(n, e.t.PersonOf(l), l.Time.Day()))
		}
	}
	return out
}

func personSays(name string, p *claim.PersonRow, day claim.Day) Fact {
	switch {
	case p == nil:
	case name == "年龄" && p.Birth.Has():
		return fact(name, "%d周岁", p.Birth.YearsOn(day))
	case name == "性别":
		return Fact{name, sexName(p.Gend)}
	}
	return Fact{name, ""}
}

// celUnit is what visits and stays share: whether the in-scope money of the (last) registration is at issue, or none.
type celUnit struct {
	say   []string
	whole bool
}

type celVisit struct{ celUnit }

func (a celVisit) visit(e *Eval, c *compiled, vi int32) {
	if e.exempt(c, vi) {
		return
	}
	if h := e.hitVisit(c, vi, e.unitVisit(vi), nil, e.visitSays(a.say, []int32{vi})...); h != nil && a.whole {
		h.Vola = e.monthScope(vi)
	}
}

// monthScope is the in-scope money of a visit's lines that were settled in the month of the finding: what earlier months
// settled was charged there.
func (e *Eval) monthScope(vi int32) claim.Money {
	var m claim.Money
	for _, i := range e.t.LinesOf(vi) {
		if l := &e.t.Lines[i]; l.Month == e.t.Visits[vi].Month {
			m += l.InScope
		}
	}
	return m
}

// celStay judges stays in hospital; its facts are those of the last registration.
type celStay struct{ celUnit }

func (a celStay) stay(e *Eval, c *compiled, si int32) {
	s := &e.t.Stays[si]
	for _, vi := range s.Visits {
		if e.exempt(c, vi) {
			return
		}
	}
	if h := e.hitVisit(c, s.Last, e.unitStay(si), nil, e.visitSays(a.say, s.Visits)...); h != nil && a.whole {
		h.Vola = e.monthScope(s.Last)
	}
}

func (e *Eval) visitSays(names []string, visits []int32) []Fact {
	vi := visits[len(visits)-1]
	v := &e.t.Visits[vi]
	var out []Fact
	for _, n := range names {
		switch n {
		case "机构":
			out = append(out, Fact{n, e.instName(v.Inst, v.Begin.Day())})
		case "日期":
			out = append(out, Fact{n, v.Begin.Day().String()})
		case "天数":
			days := 1
			if v.Stay >= 0 {
				days = e.t.Stays[v.Stay].LOS
			}
			out = append(out, fact(n, "%d", days))
		case "金额":
			var m claim.Money
			for _, x := range visits {
				m += e.visitScope(x)
			}
			out = append(out, Fact{n, m.String()})
		case "诊断":
			out = append(out, Fact{n, e.b.ds[claim.DictDiag].String(v.MainDiag)})
		default:
			out = append(out, personSays(n, e.t.PersonOn(v.Psn, v.Begin.Day()), v.Begin.Day()))
		}
	}
	return out
}
