package dip

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/casemix"
	"github.com/mingjian/mingjian/internal/casemix/pay"
)

// Case is a stay with what DIP needs beside its codes.
type Case struct {
	casemix.Case
	Cost        pay.Fen
	Inst, Level string
}

// Result of one case.
type Result struct {
	Row       *Row // nil = no row, paid by item
	Aux       *Aux // the auxiliary row that applies
	Deviation *big.Rat
	Score     pay.Decimal // row's score × auxiliary coefficient × deviation, rounded to six decimals
	Problem   *casemix.Problem
	Trace     []string
}

// Adjust is auxiliary coefficient × deviation factor, exact.
func (r *Result) Adjust() *big.Rat {
	x := new(big.Rat).Set(r.Deviation)
	if r.Aux != nil {
		x.Mul(x, big.NewRat(int64(r.Aux.Coefficient), int64(pay.One)))
	}
	return x
}

// Status is the status word of the output.
func (r *Result) Status() string {
	switch {
	case r.Problem != nil:
		return "数据错误:" + r.Problem.Code
	case r.Row == nil:
		return "无法入组"
	}
	return "分组成功"
}

func (r *Result) say(format string, a ...any) { r.Trace = append(r.Trace, fmt.Sprintf(format, a...)) }

// highest class of procedures; one that the table does not know is conservative.
func (c *Catalogue) highest(codes []string) Class {
	top := Conservative
	for _, p := range codes {
		top = max(top, c.classes[p])
	}
	return top
}

// candidate is a row that the case satisfies, with what decides between several.
type candidate struct {
	row     *Row
	main    bool // holds the main procedure
	terms   int  // "+" terms
	matched int  // procedures matched
	far     pay.Fen
}

// Group puts one case into a disease type.
func (c *Catalogue) Group(k *Case) Result {
	r := Result{Deviation: big.NewRat(1, 1)}
	if p := k.Plausible(); p != nil {
		r.Problem = p
		r.say("%s", p.Text)
		return r
	}
	k, p := c.read(k, &r)
	if p != nil {
		r.Problem = p
		r.say("%s", p.Text)
		return r
	}
	pdx, procs := k.Dx[0], k.Proc
	key := pdx[:min(len(pdx), 5)]
	top := c.highest(procs)
	r.say("主要诊断 %s 的亚目 %s；手术操作最高类别为%s", pdx, key, top)
	cs := slices.Concat(c.matching(c.core[key], procs, k.Cost), c.matching(c.basic[key], procs, k.Cost))
	if len(cs) == 0 && top == Conservative {
		for _, row := range slices.Concat(c.core[key], c.basic[key]) {
			if len(row.all) == 0 {
				cs = append(cs, c.weigh(row, procs, nil, k.Cost))
			}
		}
	}
	if len(cs) == 0 {
		r.say("核心、基层病种没有符合的行（亚目 %s 有 %d 行）", key, len(c.core[key])+len(c.basic[key]))
		cs = c.broader(pdx, top, procs, k.Cost, &r)
	}
	if len(cs) == 0 {
		if c.blank == nil {
			r.say("没有综合病种，也没有空白病种，无法入组")
			return r
		}
		cs = append(cs, candidate{row: c.blank})
	}
	c.choose(cs, &r)
	c.correct(k, pdx, &r)
	c.deviate(k, &r)
	x := r.Adjust()
	x.Mul(x, new(big.Rat).SetInt64(int64(r.Row.Score)))
	r.Score = pay.Decimal(pay.Round(x))
	r.say("结算分值 = %s × %s × %s = %s", r.Row.Score, coefficientOf(r.Aux), r.Deviation.FloatString(6), r.Score)
	return r
}

// read gives the case with its codes as the lists have them: mapped, each once, without invalid ones.
func (c *Catalogue) read(k *Case, r *Result) (*Case, *casemix.Problem) {
	out := *k
	out.Dx, out.Proc = make([]string, 0, len(k.Dx)), make([]string, 0, len(k.Proc))
	for i, raw := range k.Dx {
		code, ok := c.codes.Diagnosis(raw)
		switch {
		case !ok && i == 0:
			return k, &casemix.Problem{Code: "PDX_INVALID", Text: fmt.Sprintf("主要诊断编码 %.40s 无效：不是 ICD-10 编码，或不在医保版编码和对照表中", raw)}
		case !ok:
			r.say("诊断 %.40s 不是有效编码，不参与", raw)
			continue
		case code != casemix.Fold(raw):
			r.say("诊断 %s 按编码对照转为 %s", raw, code)
		}
		if i == 0 && c.otherSex(code, k.Sex) {
			return k, &casemix.Problem{Code: "SEX_CONFLICT", Text: fmt.Sprintf("性别为%s，与主要诊断 %s 矛盾", [...]string{1: "男", 2: "女"}[k.Sex], raw)}
		}
		out.Dx = append(out.Dx, code)
	}
	var unlisted []string
	for _, raw := range k.Proc {
		code, ok := c.codes.Procedure(raw)
		switch {
		case !ok:
			r.say("手术操作 %.40s 不是有效编码，不参与", raw)
			continue
		case code != casemix.Fold(raw):
			r.say("手术操作 %s 按编码对照转为 %s", raw, code)
		}
		if slices.Contains(out.Proc, code) {
			continue
		}
		out.Proc = append(out.Proc, code)
		if _, ok := c.classes[code]; !ok {
			unlisted = append(unlisted, code)
		}
	}
	if len(unlisted) > 0 {
		r.say("手术操作 %s 不在类别表（procedures），按保守治疗", strings.Join(unlisted, "、"))
	}
	return &out, nil
}

func coefficientOf(a *Aux) pay.Decimal {
	if a == nil {
		return pay.One
	}
	return a.Coefficient
}

// matching are the rows with an expression that the procedures satisfy.
func (c *Catalogue) matching(rows []*Row, procs []string, cost pay.Fen) []candidate {
	var out []candidate
	for _, row := range rows {
		if len(row.all) == 0 {
			continue
		}
		if hit, ok := row.satisfied(procs); ok {
			out = append(out, c.weigh(row, procs, hit, cost))
		}
	}
	return out
}

// satisfied tells whether every term of the row's expression has one of the procedures, and which procedures did it.
func (r *Row) satisfied(procs []string) ([]string, bool) {
	var hit []string
	for _, any := range r.all {
		found := false
		for _, p := range procs {
			if slices.Contains(any, p) {
				found = true
				if !slices.Contains(hit, p) {
					hit = append(hit, p)
				}
			}
		}
		if !found {
			return nil, false
		}
	}
	return hit, true
}

func (c *Catalogue) weigh(row *Row, procs, hit []string, cost pay.Fen) candidate {
	x := candidate{row: row, terms: len(row.all), matched: len(hit), main: len(procs) > 0 && slices.Contains(hit, procs[0])}
	if x.far = cost - row.Mean; x.far < 0 {
		x.far = -x.far
	}
	return x
}

// broader looks for comprehensive rows of the same class: by the first 3, 2, 1 characters, then by chapter ranges. A
// surgical row may take some procedure levels only.
func (c *Catalogue) broader(pdx string, top Class, procs []string, cost pay.Fen, r *Result) []candidate {
	level := ""
	for _, p := range procs {
		if c.classes[p] == top {
			level = max(level, c.levels[p])
		}
	}
	fits := func(row *Row) bool {
		return row.Class == top && (row.Levels == "" || level != "" && strings.Contains(row.Levels, level))
	}
	for n := 3; n >= 0; n-- {
		var out []candidate
		for _, row := range c.broad {
			in := n > 0 && len(pdx) >= n && row.Dx == pdx[:n]
			if from, to, ok := strings.Cut(row.Dx, "-"); n == 0 && ok && len(pdx) >= 3 {
				in = pdx[:3] >= from && pdx[:3] <= to
			}
			if in && fits(row) {
				out = append(out, c.weigh(row, procs, nil, cost))
			}
		}
		if len(out) > 0 {
			r.say("按综合病种，诊断取 %s，类别%s", out[0].row.Dx, top)
			return out
		}
	}
	return nil
}

// preference of a row among several: the order of types.
func (r *Row) preference() int {
	switch {
	case r.Kind == Blank:
		return 100
	case r.Class == Conservative:
		return 50 + int(r.Kind)
	case r.Kind == Comprehensive:
		return 30 + int(Surgery-r.Class)
	}
	return 10*int(Surgery-r.Class)/3 + int(r.Kind)
}

func (c *Catalogue) choose(cs []candidate, r *Result) {
	far := func(x candidate) pay.Fen {
		if x.row.Mean == 0 {
			return 1 << 62
		}
		return x.far
	}
	slices.SortStableFunc(cs, func(x, y candidate) int {
		if c.MainFirst && x.main != y.main {
			if x.main {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(y.terms, x.terms), cmp.Compare(y.matched, x.matched), cmp.Compare(far(x), far(y)),
			cmp.Compare(x.row.preference(), y.row.preference()), strings.Compare(x.row.Code, y.row.Code))
	})
	r.Row = cs[0].row
	var others []string
	for _, x := range cs[1:min(len(cs), 6)] {
		others = append(others, x.row.Code)
	}
	text := fmt.Sprintf("入%s %s %s", r.Row.Kind, r.Row.Code, r.Row.Name)
	if r.Row.Expr != "" {
		text += fmt.Sprintf("（手术表达式 %s 满足）", r.Row.Expr)
	}
	if len(others) > 0 {
		text += fmt.Sprintf("；另有 %d 行符合：%s，按组合项数、匹配手术数、费用接近均费、类型次序择一", len(cs)-1, strings.Join(others, "、"))
	}
	r.say("%s", text)
}

// deviate finds the deviation factor of the case's cost.
func (c *Catalogue) deviate(k *Case, r *Result) {
	mean := r.Row.Mean
	if mean <= 0 || k.Cost <= 0 {
		return
	}
	d := &c.Deviation
	ratio := big.NewRat(int64(k.Cost), int64(mean))
	low, high := big.NewRat(int64(d.Low), int64(pay.One)), big.NewRat(int64(d.High), int64(pay.One))
	switch {
	case ratio.Cmp(low) < 0:
		r.Deviation = ratio
		r.say("费用 %s 低于均费 %s 的 %s，偏差系数 %s", k.Cost, mean, d.Low.Percent(), ratio.FloatString(6))
	case ratio.Cmp(high) > 0:
		if limit := big.NewRat(int64(d.Cap), int64(pay.One)); d.Cap > 0 && ratio.Cmp(limit) > 0 {
			ratio = limit
		}
		back := big.NewRat(1, 1)
		if d.Factor {
			back = c.factor(k.Inst, k.Level)
		}
		r.Deviation = new(big.Rat).Add(new(big.Rat).Sub(ratio, high), back)
		r.say("费用 %s 高于均费 %s 的 %s，偏差系数 %s", k.Cost, mean, d.High.Percent(), r.Deviation.FloatString(6))
	}
}
