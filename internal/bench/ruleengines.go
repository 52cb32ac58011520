package bench

import (
	"regexp"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"
)

// factsOf are the facts that a condition names.
func factsOf(text string) []string {
	text = regexp.MustCompile(`"[^"]*"`).ReplaceAllString(text, "")
	var out []string
	for _, w := range regexp.MustCompile(`[a-z_]+`).FindAllString(text, -1) {
		if _, ok := lineFactTable[w]; ok && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// celRule asks a condition with CEL; a fact is worked out when it is asked for.
type celRule struct {
	prg   cel.Program
	names []string
	facts []lineFact
	items ref.Val // the items its points name, for the rule without an index
	s     *subject
}

// newCELRule compiles a condition; unindexed ones first ask whether a point names the item.
func newCELRule(text string, unindexed bool) (*celRule, error) {
	r := &celRule{names: factsOf(text)}
	opts := []cel.EnvOption{cel.Variable("code", cel.StringType), cel.Variable("items", cel.MapType(cel.StringType, cel.BoolType))}
	for _, n := range r.names {
		f := lineFactTable[n]
		r.facts = append(r.facts, f)
		switch {
		case f.num != nil:
			opts = append(opts, cel.Variable(n, cel.IntType))
		case f.text != nil:
			opts = append(opts, cel.Variable(n, cel.StringType))
		default:
			opts = append(opts, cel.Variable(n, cel.BoolType))
		}
	}
	env, err := cel.NewEnv(opts...)
	if err != nil {
		return nil, err
	}
	if unindexed {
		text = "code in items && (" + text + ")"
	}
	ast, iss := env.Compile(text)
	if iss.Err() != nil {
		return nil, iss.Err()
	}
	r.prg, err = env.Program(ast, cel.EvalOptions(cel.OptOptimize))
	return r, err
}

// ResolveName gives CEL a fact.
func (r *celRule) ResolveName(name string) (any, bool) {
	for i, n := range r.names {
		if n != name {
			continue
		}
		switch f := &r.facts[i]; {
		case f.num != nil:
			return types.Int(f.num(r.s)), true
		case f.text != nil:
			return types.String(f.text(r.s)), true
		default:
			return types.Bool(f.is(r.s)), true
		}
	}
	switch name {
	case "code":
		return types.String(r.s.code()), true
	case "items":
		return r.items, true
	}
	return nil, false
}

// Parent is nil.
func (r *celRule) Parent() cel.Activation { return nil }

func (r *celRule) ask(s *subject) (bool, error) {
	r.s = s
	v, _, err := r.prg.Eval(r)
	return v == types.True, err
}

// dear are facts that cost more than a few comparisons: expr-lang asks for them by a function, only when it needs them. Its
// other facts are put into its environment, a map, before each question: the way of giving facts that its manual calls the
// fastest.
var dear = []string{"breast", "endocrine", "premature", "maternity_diag", "category_allowed", "work_injury", "pt_diag", "days", "adm_days"}

// exprRule asks a condition with expr-lang.
type exprRule struct {
	prg   *vm.Program
	vm    vm.VM
	names []string
	facts []lineFact
	env   map[string]any
	s     *subject
}

func newExprRule(text string) (*exprRule, error) {
	r := &exprRule{env: map[string]any{}}
	opts := []expr.Option{expr.AsBool(), expr.Optimize(true)}
	for _, n := range factsOf(text) {
		f := lineFactTable[n]
		if slices.Contains(dear, n) {
			text = regexp.MustCompile(`\b`+n+`\b`).ReplaceAllString(text, n+"()")
			if f.is != nil {
				opts = append(opts, expr.Function(n, func(...any) (any, error) { return f.is(r.s), nil }, new(func() bool)))
			} else {
				opts = append(opts, expr.Function(n, func(...any) (any, error) { return int(f.num(r.s)), nil }, new(func() int)))
			}
			continue
		}
		r.names, r.facts = append(r.names, n), append(r.facts, f)
		switch {
		case f.num != nil:
			r.env[n] = 0
		case f.text != nil:
			r.env[n] = ""
		default:
			r.env[n] = false
		}
	}
	var err error
	r.prg, err = expr.Compile(text, append(opts, expr.Env(r.env))...)
	return r, err
}

func (r *exprRule) ask(s *subject) (bool, error) {
	r.s = s
	for i, n := range r.names {
		switch f := &r.facts[i]; {
		case f.num != nil:
			r.env[n] = int(f.num(s))
		case f.text != nil:
			r.env[n] = f.text(s)
		default:
			r.env[n] = f.is(s)
		}
	}
	v, err := r.vm.Run(r.prg, r.env)
	ok, _ := v.(bool)
	return ok, err
}
