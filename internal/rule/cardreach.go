package rule

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"

	"github.com/mingjian/mingjian/internal/claim"
)

// settledColumns exist only when the bill is closed or the patient has left: a card that needs one never speaks 事前.
var settledColumns = []string{"visit.endtime", "visit.dscg_way", "visit.dscg_maindiag_code", "visit.dscg_maindiag_name", "visit.dscg_dept_codg",
	"visit.dscg_dept_name", "selfpay_visit"}

// reach finds stages at which a card can never say anything, and exemptions that exempt all it could say.
func (p *problems) reach() {
	c := p.card
	if slices.Contains(c.Stages, "事前") {
		for i, n := range c.Needs {
			table, _, _ := strings.Cut(n, ".")
			if table == "settlement" || slices.Contains(settledColumns, n) || slices.Contains(settledColumns, table) {
				p.add(p.at("needs", i), fmt.Sprintf("%s 在结算、出院之后才有，事前这一环节永远不会命中", n), "从 stages 里去掉 事前")
			}
		}
	}
	if len(c.Stages) == 1 && c.Stages[0] == "事前" && c.Kind == "CEL" && c.Check == "stay" {
		p.add(p.at("stages"), "住院过程要到结算才完整，只写 事前 永远不会命中", "加上 事中 或 事后")
	}
	p.contradictions()
}

// contradictions: an exemption that takes away everything the card requires.
func (p *problems) contradictions() {
	c := p.card
	set, _ := claim.ParseDiagSet(c.ExemptDiag)
	if c.Guard != "" {
		for _, name := range required(c) {
			if tag, ok := strings.CutPrefix(name, tagPrefix); ok {
				if i := slices.Index(c.Exempt, tag); i >= 0 {
					p.add(p.at("exempt", i), fmt.Sprintf("豁免与条件矛盾：guard 要求 tag(%q)，exempt 又把它豁免，永远不会命中", tag), "去掉其中一个")
				}
			}
			if diags, ok := strings.CutPrefix(name, diagPrefix); ok && coversSet(set, diags) {
				p.add(p.at("exempt_diag"), fmt.Sprintf("豁免与条件矛盾：guard 要求诊断 %s，exempt_diag 把它们全部豁免，永远不会命中", diags), "缩小 exempt_diag")
			}
		}
	}
	for i := range c.Cases {
		for j, r := range c.Cases[i].Given["point"] {
			first, ok := strings.CutPrefix(scalar(r["subject_code"]), "diag:")
			diags := scalar(r["diag_set"])
			if diags == "" {
				diags = first
			}
			if ok && len(c.Cases[i].Expect) > 0 && coversSet(set, diags) {
				p.add(p.at("cases", i, "given", "point", j), fmt.Sprintf("豁免与知识点矛盾：exempt_diag 把知识点的诊断 %s 全部豁免，永远不会命中", diags), "缩小 exempt_diag")
			}
		}
	}
}

// coversSet tells whether every code of the sets written in text belongs to set.
func coversSet(set claim.DiagSet, text string) bool {
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("|,;，；、 ", r) })
	if set.Empty() || len(parts) == 0 {
		return false
	}
	for _, part := range parts {
		a, b, isRange := strings.Cut(strings.ReplaceAll(part, "–", "-"), "-")
		if !isRange {
			b = a
		}
		if !isRange && !set.Has(a) {
			return false
		}
		for code := diagCategory(a); isRange && code <= diagCategory(b); code = nextCategory(code) {
			if !set.Has(code) {
				return false
			}
		}
	}
	return true
}

func diagCategory(s string) string { return s[:min(3, len(s))] }

// nextCategory is the category after a category: I99 is followed by J00.
func nextCategory(c string) string {
	b := []byte(c)
	for i := len(b) - 1; i > 0; i-- {
		if b[i] >= '0' && b[i] < '9' {
			b[i]++
			return string(b)
		}
		b[i] = '0'
	}
	b[0]++
	return string(b)
}

// required are the expanded names that must be true for the condition to hold: the terms joined by && at the top.
func required(c *Card) []string {
	env, err := guardEnv()
	if err != nil {
		return nil
	}
	parsed, iss := env.Parse(c.Guard)
	if iss.Err() != nil {
		return nil
	}
	var out []string
	var walk func(e ast.Expr)
	walk = func(e ast.Expr) {
		switch {
		case e.Kind() == ast.CallKind && e.AsCall().FunctionName() == operators.LogicalAnd:
			for _, a := range e.AsCall().Args() {
				walk(a)
			}
		case e.Kind() == ast.IdentKind:
			out = append(out, e.AsIdent())
		}
	}
	walk(parsed.NativeRep().Expr())
	return out
}
