package model

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Period is the civil days a run looks at, both included.
type Period struct {
	First, Last claim.Day
}

// The names under which every statement may use the period.
const (
	firstParam = "first"
	lastParam  = "last"
)

func isPeriod(name string) bool { return name == firstParam || name == lastParam }

var paramShape = regexp.MustCompile(`(^|[^:\w]):([a-z][a-z0-9_]*)`)

func paramsIn(sql string) (names []string) {
	for _, m := range paramShape.FindAllStringSubmatch(stripped(sql), -1) {
		if !slices.Contains(names, m[2]) {
			names = append(names, m[2])
		}
	}
	return names
}

// Values are the parameters of a run: the defaults with what the caller sets. A name the model does not have, or a value
// out of bounds, is refused with a sentence for the user.
func (m *Model) Values(set map[string]float64) (map[string]float64, error) {
	out := map[string]float64{}
	for _, p := range m.Params {
		out[p.Name] = p.Default
	}
	names := make([]string, 0, len(set))
	for n := range set {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		i := slices.IndexFunc(m.Params, func(p Param) bool { return p.Name == n })
		if i < 0 {
			return nil, fmt.Errorf("模型 %s 没有参数 %s", m.ID, n)
		}
		p, v := m.Params[i], set[n]
		if math.IsNaN(v) || v < p.Min || v > p.Max {
			return nil, fmt.Errorf("模型 %s 的参数 %s（%s）为 %v：应在 %v 到 %v 之间", m.ID, n, p.Title, v, p.Min, p.Max)
		}
		out[n] = v
	}
	return out, nil
}

// Bind puts numbers in the place of parameters. Values come from Model.Values.
func Bind(sql string, values map[string]float64, p Period) string {
	all := map[string]string{firstParam: strconv.Itoa(int(p.First)), lastParam: strconv.Itoa(int(p.Last))}
	for n, v := range values {
		all[n] = strconv.FormatFloat(v, 'f', -1, 64)
	}
	return paramShape.ReplaceAllStringFunc(stripped(sql), func(s string) string {
		i := strings.LastIndexByte(s, ':')
		if v, ok := all[s[i+1:]]; ok {
			return s[:i] + v
		}
		return s
	})
}
