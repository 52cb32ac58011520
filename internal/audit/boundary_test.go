package audit_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/audit/oracle"
	"github.com/mingjian/mingjian/internal/rule"
)

// blind are parameters whose boundary no case can show by moving the parameter, each with the reason.
var blind = map[string]string{
	"C005.window_d":  "stands in for recog.valid_days, which every row must have",
	"G016.strong":    "only chooses the words of the finding",
	"T001.gap_d":     "T002 to T007 read it: it tells the class of a sale too many, not whether there is one",
	"T001.near_d":    "likewise",
	"T001.swipe_min": "likewise",
	"T008.late_d":    "one term for all trace and stock cards; B015 and P006 feel it",
	"B016.late_d":    "likewise",
	"R004.min_stays": "says from how many stays of a hospital its share is told in the sentence",
	"R004.share":     "likewise",
}

// counts are parameters of which nought makes no sense: the evaluators need not agree on it.
var counts = []string{"G005.min_times", "G008.max"}

// knob is a numeric parameter of a card with the smallest step that a bureau would set it by.
type knob struct {
	card *rule.Card
	name string
	ship float64
	step float64
}

func knobs(c *rule.Card) []knob {
	var out []knob
	for _, n := range slices.Sorted(maps.Keys(c.Params)) {
		switch v := c.Params[n].(type) {
		case int:
			out = append(out, knob{c, n, float64(v), 1})
		case float64:
			step := 0.01
			if v < 0.1 {
				step = 0.001
			}
			out = append(out, knob{c, n, v, step})
		}
	}
	return out
}

// at is the card's verdict on a case with the parameter at a value: who is accused how gravely, and for how much.
func (k knob) at(t *testing.T, c rule.Case, v float64) (who, whole string) {
	t.Helper()
	w, err := rule.Work(k.card, k.set(c, v))
	if err != nil && (strings.Contains(err.Error(), "应为") || strings.Contains(err.Error(), "不能超过")) {
		return outOfRange, outOfRange
	}
	if err != nil {
		t.Fatalf("%s %s=%v「%s」: %v", k.card.ID, k.name, v, c.Name, err)
	}
	var keys, sums []string
	for _, h := range w.Hits {
		key := fmt.Sprint(h.Severity, h.Mdtrt)
		for _, l := range h.Lines {
			if l.Type == 1 {
				key += " " + l.Sn
			}
		}
		keys, sums = append(keys, key), append(sums, key+" "+h.Vola.String())
	}
	slices.Sort(keys)
	slices.Sort(sums)
	return strings.Join(keys, ";"), strings.Join(sums, ";")
}

// outOfRange is said where the card refuses the value.
const outOfRange = "!"

func (k knob) set(c rule.Case, v float64) *rule.Case {
	c.Params = maps.Clone(c.Params)
	if c.Params == nil {
		c.Params = map[string]any{}
		for n, x := range firstParams(c) {
			c.Params[n] = x
		}
	}
	if k.step == 1 {
		c.Params[k.name] = int(math.Round(v))
	} else {
		c.Params[k.name] = math.Round(v*1000) / 1000
	}
	return &c
}

// firstParams are the parameters that a case gives among its facts.
func firstParams(c rule.Case) map[string]any {
	if p := c.Given["params"]; len(p) > 0 {
		return p[0]
	}
	return nil
}

// boundary is where a case's verdict turns over: at and at+step differ.
type boundary struct {
	c     rule.Case
	at    float64
	money bool // only the money turns over
}

// turn looks for the value next to which the case's verdict changes, from the shipped value outwards.
func (k knob) turn(t *testing.T, c rule.Case, money bool) (boundary, bool) {
	say := func(v float64) string {
		who, whole := k.at(t, c, v)
		if money {
			return whole
		}
		return who
	}
	home := k.ship
	if v, ok := c.Params[k.name]; ok {
		fmt.Sscan(fmt.Sprint(v), &home)
	} else if v, ok := firstParams(c)[k.name]; ok {
		fmt.Sscan(fmt.Sprint(v), &home)
	}
	start := say(home)
	for _, d := range []float64{1, -1, 2, -2, 4, -4, 8, -8, 16, -16, 40, -40, 100, -100, 400, -400, 2000, -2000, 100_000, -100_000} {
		far := max(home+d*k.step, 0)
		if far == home {
			continue
		}
		if s := say(far); s == start || s == outOfRange {
			continue
		}
		lo, hi := min(home, far), max(home, far)
		left := say(lo)
		for hi-lo > k.step*1.5 {
			mid := lo + math.Floor((hi-lo)/k.step/2+1e-9)*k.step
			if say(mid) == left {
				lo = mid
			} else {
				hi = mid
			}
		}
		return boundary{c, lo, money}, true
	}
	return boundary{}, false
}

// Every numeric parameter of every card turns a verdict of one of the card's cases over at some value; at that value, one
// step before and one after, both evaluators say the same. A parameter that no case feels is a hole in the cases.
func TestParametersTurnVerdicts(t *testing.T) {
	t.Parallel()
	lib, err := rule.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	covered, tight, all := 0, 0, 0
	for _, c := range lib.Cards {
		var told []string
		for _, k := range knobs(c) {
			all++
			name := c.ID + "." + k.name
			found, near := k.boundaries(t)
			switch reason, excepted := blind[name]; {
			case len(found) == 0 && !excepted:
				t.Errorf("%s: no case of the card feels it", name)
			case len(found) > 0 && excepted:
				t.Errorf("%s is felt: strike it from the exceptions (%s)", name, reason)
			}
			if len(found) > 0 {
				covered++
				told = append(told, fmt.Sprintf("%s(%d)", k.name, len(found)))
			}
			if near {
				tight++
			}
			for _, b := range found {
				k.agree(t, b)
			}
		}
		if len(told) > 0 {
			t.Logf("%s: %s", c.ID, strings.Join(told, " "))
		}
	}
	t.Logf("%d numeric parameters, %d turn a verdict over, %d of them one step from the shipped value", all, covered, tight)
}

// boundaries are those of at most three cases: one that turns next to the shipped value if there is one.
func (k knob) boundaries(t *testing.T) (found []boundary, near bool) {
	for _, money := range []bool{false, true} {
		for _, c := range k.card.Cases {
			if len(found) >= 3 && near || len(found) > 0 && money {
				break
			}
			b, ok := k.turn(t, c, money)
			if !ok {
				continue
			}
			close := math.Abs(b.at-k.ship) < k.step*1.5
			if len(found) < 2 || close && !near {
				found = append(found, b)
			}
			near = near || close
		}
	}
	return found, near
}

// agree holds both evaluators to the verdict at the boundary and one step to either side, and tells a verdict that turns
// back: a parameter is a limit, not a window.
func (k knob) agree(t *testing.T, b boundary) {
	t.Helper()
	for _, v := range []float64{b.at - k.step, b.at, b.at + k.step, b.at + 2*k.step} {
		if v < 0 || v < 1 && slices.Contains(counts, k.card.ID+"."+k.name) {
			continue
		}
		if k.name == "months" && k.card.Kind == "STOCK" && v != 1 && v != 3 { // 规则口径 knows natural months and quarters only
			continue
		}
		_, diff, err := bothOpinions(k.card, *k.set(b.c, v))
		if err != nil && (strings.Contains(err.Error(), "应为") || strings.Contains(err.Error(), "不能超过")) {
			continue
		}
		if err != nil {
			t.Errorf("%s.%s=%v「%s」: %v", k.card.ID, k.name, v, b.c.Name, err)
		}
		if len(diff) > 0 && oracle.Judges(k.card.ID) {
			t.Errorf("%s.%s=%v「%s」: %s", k.card.ID, k.name, v, b.c.Name, strings.Join(diff, " / "))
		}
	}
}
