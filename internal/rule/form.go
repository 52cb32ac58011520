package rule

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// CardForm are the fields of a card that are changed in a form; what makes it another rule (kind, unit, cases) stays with the text.
type CardForm struct {
	Name       string   `json:"name"`
	Severity   int      `json:"severity"`
	Stages     []string `json:"stages"`
	Stop       string   `json:"stop"`
	Priority   int      `json:"priority"`
	Exempt     []string `json:"exempt"`
	ExemptDiag string   `json:"exempt_diag"`
	Guard      string   `json:"guard"`
	Basis      string   `json:"basis"`
	Message    string   `json:"message"`
	Advice     string   `json:"advice"`
	// Params are the parameters the card sets, each as YAML on one line; others have the check's own value.
	Params map[string]string `json:"params"`
}

// Form reads the fields of a card.
func (c *Card) Form() CardForm {
	f := CardForm{Name: c.Name, Severity: c.Severity, Stages: slices.Clone(c.Stages), Stop: c.Stop, Priority: c.Priority, Exempt: append([]string{}, c.Exempt...), ExemptDiag: c.ExemptDiag,
		Guard: c.Guard, Basis: c.Basis, Message: c.Message, Advice: c.Advice, Params: map[string]string{}}
	for name, v := range c.Params {
		f.Params[name] = flow(v)
	}
	return f
}

// Write puts the fields into the card's text. Only what differs is written; every other byte of the text stays. An error names a parameter that
// cannot be read; whether the values are right is for ParseCard to say.
func (c *Card) Write(f CardForm) ([]byte, error) {
	was, text := c.Form(), string(c.text)
	for _, x := range []struct {
		key    string
		differ bool
		value  string
	}{
		{"name", f.Name != was.Name, quoted(f.Name)}, {"severity", f.Severity != was.Severity, strconv.Itoa(f.Severity)}, {"stages", !slices.Equal(f.Stages, was.Stages), flow(f.Stages)},
		{"stop", f.Stop != was.Stop, f.Stop}, {"priority", f.Priority != was.Priority, strconv.Itoa(f.Priority)}, {"exempt", !slices.Equal(f.Exempt, was.Exempt), flow(f.Exempt)},
		{"exempt_diag", f.ExemptDiag != was.ExemptDiag, quoted(f.ExemptDiag)}, {"guard", strings.TrimSpace(f.Guard) != strings.TrimSpace(was.Guard), quoted(strings.TrimSpace(f.Guard))},
		{"basis", f.Basis != was.Basis, quoted(f.Basis)}, {"message", f.Message != was.Message, quoted(f.Message)}, {"advice", f.Advice != was.Advice, quoted(f.Advice)},
	} {
		if x.differ {
			text = setField(text, x.key, x.value)
		}
	}
	if maps.Equal(f.Params, was.Params) {
		return []byte(text), nil
	}
	values := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(f.Params)) {
		if strings.TrimSpace(f.Params[name]) == "" {
			continue // the check's own value
		}
		var v any
		if err := yaml.Unmarshal([]byte(f.Params[name]), &v); err != nil || v == nil {
			return nil, fmt.Errorf("参数 %s 的值 %q 读不懂", name, f.Params[name])
		}
		values[name] = v
	}
	return []byte(setField(text, "params", flow(values))), nil
}

var topKey = regexp.MustCompile(`^[a-z_]+:`)

// setField writes a field of the top level on one line in the place of what is there; "" takes it out. A field that is not there comes before the cases.
func setField(text, key, value string) string {
	lines := strings.SplitAfter(text, "\n")
	from := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, key+":") })
	to := from + 1
	if from < 0 {
		if from = slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "cases:") }); from < 0 {
			from = len(lines)
		}
		to = from
	}
	for to > from && to < len(lines) && !topKey.MatchString(lines[to]) && !strings.HasPrefix(lines[to], "#") {
		to++
	}
	var in []string
	if value != "" && value != `""` {
		in = []string{key + ": " + value + "\n"}
	}
	return strings.Join(slices.Concat(lines[:from], in, lines[to:]), "")
}

// quoted is text as YAML in double quotes: those of JSON are.
func quoted(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return ""
	}
	return strings.TrimSpace(b.String())
}

// flow is a value as YAML on one line.
func flow(v any) string {
	var n yaml.Node
	if err := n.Encode(v); err != nil {
		return ""
	}
	lay(&n)
	b, err := yaml.Marshal(&n)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(strings.ReplaceAll(string(b), "\n    ", " ")) // long lines are folded
}

func lay(n *yaml.Node) {
	n.Style |= yaml.FlowStyle
	if n.Kind == yaml.ScalarNode {
		n.Style &^= yaml.FlowStyle
	}
	for _, c := range n.Content {
		lay(c)
	}
}
