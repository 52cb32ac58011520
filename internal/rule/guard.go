package rule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/mingjian/mingjian/internal/claim"
)

// Bounds of one condition. A cost is CEL's own unit, about one step of evaluation.
const (
	guardSize  = 2000    // characters of the text
	guardDepth = 40      // nesting
	guardCost  = 2000    // of one evaluation: beyond it the subject is not judged
	guardMax   = 100_000 // worst case at which a condition is refused when it is read
	guardText  = 64      // characters of a text fact, for the estimate
	guardDiags = 60      // diagnoses of a visit, for the estimate
)

// guard is a card's compiled condition: immutable, shared by all evaluators.
type guard struct {
	prg   cel.Program
	reads []*guardFact
	text  string
}

// guardEnv knows the facts, and the functions that are worked out when the condition is compiled.
var guardEnv = sync.OnceValues(func() (*cel.Env, error) {
	opts := []cel.EnvOption{cel.ParserExpressionSizeLimit(guardSize), cel.ParserRecursionLimit(guardDepth), cel.ClearMacros(),
		cel.Macros(cel.AllMacro, cel.ExistsMacro, cel.ExistsOneMacro, cel.FilterMacro,
			cel.GlobalMacro("has", 1, expandHas), cel.GlobalMacro("has_diag", 1, expandDiag), cel.GlobalMacro("tag", 1, expandTag),
			cel.GlobalMacro("yuan", 1, expandDecimal(2)), cel.GlobalMacro("qty", 1, expandDecimal(4)), cel.GlobalMacro("price", 1, expandDecimal(6)))}
	for _, f := range guardFacts() {
		opts = append(opts, cel.Variable(f.name, f.typ))
	}
	return cel.NewEnv(opts...)
})

// Names under which expanded functions are read: no author can write them.
const (
	hasPrefix  = "@has "
	diagPrefix = "@diag "
	tagPrefix  = "@tag "
)

// expandHas turns has(line.dept) into a question that is never "missing".
func expandHas(eh cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
	name := dotted(args[0])
	if factOf(name) == nil {
		return nil, eh.NewError(args[0].ID(), "has 的括号里写一项事实，例如 has(line.dept)")
	}
	return eh.NewIdent(hasPrefix + name), nil
}

func expandDiag(eh cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
	s, ok := guardLiteral(args[0]).(types.String)
	set, err := claim.ParseDiagSet(string(s))
	if !ok || err != nil || set.Empty() {
		return nil, eh.NewError(args[0].ID(), `has_diag 的括号里写诊断集合，例如 has_diag("I10-I15|E11.2")`)
	}
	return eh.NewIdent(diagPrefix + string(s)), nil
}

func expandTag(eh cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
	s, ok := guardLiteral(args[0]).(types.String)
	if _, known := claim.TagNames[string(s)]; !ok || !known {
		return nil, eh.NewError(args[0].ID(), `tag 的括号里写豁免标记之一，例如 tag("rescue")：`+tagList())
	}
	return eh.NewIdent(tagPrefix + string(s)), nil
}

// expandDecimal turns a written number into an exact integer of 10^-scale: yuan(0.5) is 50 fen.
func expandDecimal(scale int) cel.MacroFactory {
	name := map[int]string{2: "yuan", 4: "qty", 6: "price"}[scale]
	return func(eh cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
		var n int64
		var err error
		switch v := guardLiteral(args[0]).(type) {
		case types.Int:
			n, err = claim.ParseDecimal(fmt.Sprint(int64(v)), scale)
		case types.Double:
			n, err = claim.ParseDecimal(strconv.FormatFloat(float64(v), 'f', -1, 64), scale)
		default:
			err = fmt.Errorf("%v", v)
		}
		if err != nil {
			return nil, eh.NewError(args[0].ID(), fmt.Sprintf("%s 的括号里写一个数，最多 %d 位小数，例如 %s(300)", name, scale, name))
		}
		return eh.NewLiteral(types.Int(n)), nil
	}
}

func guardLiteral(e ast.Expr) ref.Val {
	if e.Kind() != ast.LiteralKind {
		return nil
	}
	return e.AsLiteral()
}

// dotted is the name that an expression like line.dept spells, "" for anything else.
func dotted(e ast.Expr) string {
	switch e.Kind() {
	case ast.IdentKind:
		return e.AsIdent()
	case ast.SelectKind:
		if head := dotted(e.AsSelect().Operand()); head != "" {
			return head + "." + e.AsSelect().FieldName()
		}
	}
	return ""
}

func factOf(name string) *guardFact {
	fs := guardFacts()
	if i := slices.IndexFunc(fs, func(f guardFact) bool { return f.name == name }); i >= 0 {
		return &fs[i]
	}
	return nil
}

// expandedFact is the fact behind an expanded function, nil for other names.
func expandedFact(name string) *guardFact {
	f := guardFact{name: name, typ: cel.BoolType}
	if of, ok := strings.CutPrefix(name, hasPrefix); ok {
		fact := factOf(of)
		f.stage, f.title = fact.stage, fact.title
		f.get = func(s *guardScope) ref.Val { return types.Bool(fact.get(s) != nil) }
	} else if set, ok := strings.CutPrefix(name, diagPrefix); ok {
		f.title, f.get = "诊断", hasDiag(claim.MustDiagSet(set))
	} else if tag, ok := strings.CutPrefix(name, tagPrefix); ok {
		f.title, f.get = "就诊", hasTag(claim.TagNames[tag])
		if claim.TagNames[tag]&settledTags != 0 {
			f.stage = fromSettle
		}
	} else {
		return nil
	}
	f.absent = types.NewErr("%s不详", f.title).(*types.Err)
	return &f
}

// compileGuard reads, types and bounds a card's condition. What is wrong is said in Chinese, with its place in the card.
func compileGuard(c *Card) (*guard, *CardError) {
	src := guardSource{c}
	env, err := guardEnv()
	if err != nil {
		return nil, src.fail(0, 1, "条件的环境有误："+err.Error(), "")
	}
	parsed, iss := env.Parse(c.Guard)
	if iss.Err() != nil {
		return nil, src.translate(iss.Errors()[0])
	}
	names := identifiers(parsed)
	var opts []cel.EnvOption
	g := &guard{text: c.Guard}
	for _, n := range names {
		if f := expandedFact(n); f != nil {
			opts = append(opts, cel.Variable(n, cel.BoolType))
			g.reads = append(g.reads, f)
		}
	}
	if len(opts) > 0 {
		if env, err = env.Extend(opts...); err != nil {
			return nil, src.fail(0, 1, "条件的环境有误："+err.Error(), "")
		}
	}
	checked, iss := env.Check(parsed)
	if iss.Err() != nil {
		return nil, src.translate(iss.Errors()[0])
	}
	if checked.OutputType() != cel.BoolType {
		return nil, src.fail(0, 1, "条件的结果是"+typeName(checked.OutputType().String())+"，应为是或否", "写成比较，例如 line.amount_fen > yuan(300)")
	}
	for _, r := range checked.NativeRep().ReferenceMap() {
		if f := factOf(r.Name); f != nil && !slices.Contains(g.reads, f) {
			g.reads = append(g.reads, f)
		}
	}
	slices.SortFunc(g.reads, func(a, b *guardFact) int { return strings.Compare(a.name, b.name) })
	if err := src.stages(g); err != nil {
		return nil, err
	}
	return g, src.program(g, env, checked)
}

// program bounds the cost and plans the evaluation. Where the worst case stays within the bound nothing is counted while
// judging; elsewhere CEL counts and stops.
func (src guardSource) program(g *guard, env *cel.Env, checked *cel.Ast) *CardError {
	est, err := env.EstimateCost(checked, guardSizes{})
	if err != nil || est.Max > guardMax {
		return src.fail(0, 1, fmt.Sprintf("条件太费时：最多可能要 %d 步，不能超过 %d 步", est.Max, guardMax), "去掉套着的 exists、all、filter，或改用 has_diag")
	}
	opts := []cel.ProgramOption{cel.EvalOptions(cel.OptOptimize)}
	if est.Max > guardCost {
		opts = append(opts, cel.CostLimit(guardCost))
	}
	if g.prg, err = env.Program(checked, opts...); err != nil {
		return src.fail(0, 1, "条件里有算不出来的部分", "核对正则表达式和常数")
	}
	return nil
}

// guardSizes bound the facts for the estimate.
type guardSizes struct{}

func (guardSizes) EstimateSize(n cost.AstNode) *cost.SizeEstimate {
	switch p := n.Path(); {
	case len(p) == 1 && p[0] == "diag":
		return &cost.SizeEstimate{Min: 0, Max: guardDiags}
	case n.Type().Kind() == types.StringKind && len(p) > 0:
		return &cost.SizeEstimate{Min: 0, Max: guardText}
	}
	return nil
}

func (guardSizes) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
}

// identifiers are the plain names of an expression, each once.
func identifiers(a *cel.Ast) []string {
	var out []string
	ast.PostOrderVisit(a.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() == ast.IdentKind && !slices.Contains(out, e.AsIdent()) {
			out = append(out, e.AsIdent())
		}
	}))
	return out
}

// verdict of a condition.
type verdict uint8

const (
	guardNo verdict = iota
	guardYes
	guardUnknown // a fact is missing, or the evaluation failed: not judged
)

// ask evaluates a card's condition on a subject; the reason says why it could not.
func (e *Eval) ask(c *compiled, li, vi, si int32) (verdict, string) {
	if e.clock == nil {
		return e.evaluate(c, li, vi, si)
	}
	begun, mine := e.clock.begin()
	v, why := e.evaluate(c, li, vi, si)
	e.clock.end(c.idx, begun, mine)
	return v, why
}

func (e *Eval) evaluate(c *compiled, li, vi, si int32) (verdict, string) {
	s := &e.scope
	s.e, s.g, s.li, s.vi, s.si, s.missing = e, c.guard, li, vi, si, ""
	out, _, err := c.guard.prg.Eval(s)
	switch {
	case out == types.True:
		return guardYes, ""
	case err == nil && out == types.False:
		return guardNo, ""
	case s.missing != "":
		return guardUnknown, "条件要看的" + s.missing + "不详"
	}
	return guardUnknown, "条件算不出来"
}

// allowLine tells whether a card's condition holds for a line; what could not be told is counted as not judged.
func (e *Eval) allowLine(c *compiled, li int32) bool {
	l := &e.t.Lines[li]
	v, why := e.ask(c, li, l.Visit, l.Setl)
	if v == guardUnknown {
		e.skipLine(c, li, why)
	}
	return v == guardYes
}

// allowed tells whether a card's condition holds for a visit or a settlement.
func (e *Eval) allowed(c *compiled, vi, si, inst int32) bool {
	if c.guard == nil {
		return true
	}
	v, why := e.ask(c, -1, vi, si)
	if v == guardUnknown {
		e.skip(c, inst, why)
	}
	return v == guardYes
}

// guarded leaves of a finding's violating lines those for which the card's condition holds; the others are evidence. The
// line that the condition has just let through to a line check is not asked again.
func (e *Eval) guarded(c *compiled, lines []HitLine) []HitLine {
	if c.guard == nil || e.passed {
		return lines
	}
	out := slices.Clone(lines)
	for i := range out {
		if out[i].Type == 1 && !e.allowLine(c, out[i].Line) {
			out[i] = involved(out[i].Line)
		}
	}
	return out
}
