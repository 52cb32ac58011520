package knowledge

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Diff is what an import changed against the version before.
type Diff struct {
	Added   int           `json:"added"`   // points of ids that were not live
	Changed int           `json:"changed"` // points that say otherwise now
	Gone    int           `json:"gone"`    // points of ids that are no longer live
	Rules   []RuleDiff    `json:"rules"`   // by rule
	Lines   []PointChange `json:"lines"`   // what says otherwise and what is gone, grouped; at most diffLines
	More    int           `json:"more"`    // groups that are not listed
	// NewRows are the rows that wait for a ruling now and did not before; Settled those that no longer do.
	NewRows int `json:"new_rows"`
	Settled int `json:"settled"`
}

// RuleDiff is the difference of one rule's points.
type RuleDiff struct {
	Rule    string `json:"rule_id"`
	Added   int    `json:"added"`
	Changed int    `json:"changed"`
	Gone    int    `json:"gone"`
}

// PointChange is what a name's points of a rule said before and say now, "" where there is none.
type PointChange struct {
	Rule   string `json:"rule_id"`
	Name   string `json:"name"`
	Before string `json:"before"`
	After  string `json:"after"`
	Points int    `json:"points"`
}

// diffLines is how many groups of changes are told.
const diffLines = 200

// diff compares the points of a version with what takes its place. An id is one point whatever its versions in time are.
func diff(old *Base, now *derived) Diff {
	before, after := byID(old.Points), byID(now.points)
	out := Diff{Rules: []RuleDiff{}, Lines: []PointChange{}}
	rules, lines := map[string]*RuleDiff{}, map[PointChange]int{}
	of := func(id string) *RuleDiff {
		if rules[id] == nil {
			rules[id] = &RuleDiff{Rule: id}
		}
		return rules[id]
	}
	for _, id := range keysOf(after) {
		ps := after[id]
		p, r := ps[len(ps)-1], of(ps[0].RuleID)
		was, ok := before[id]
		switch {
		case !ok:
			out.Added++
			r.Added++
		case !sameVersions(was, ps):
			out.Changed++
			r.Changed++
			lines[PointChange{Rule: p.RuleID, Name: p.about(), Before: was[len(was)-1].Says(), After: p.Says()}]++
		}
	}
	for _, id := range keysOf(before) {
		if after[id] == nil {
			p := before[id][len(before[id])-1]
			out.Gone++
			of(p.RuleID).Gone++
			lines[PointChange{Rule: p.RuleID, Name: p.about(), Before: p.Says()}]++
		}
	}
	for _, k := range keysOf(rules) {
		if r := rules[k]; r.Added+r.Changed+r.Gone > 0 {
			out.Rules = append(out.Rules, *r)
		}
	}
	for x, n := range lines {
		x.Points = n
		out.Lines = append(out.Lines, x)
	}
	slices.SortFunc(out.Lines, func(a, b PointChange) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Before+a.After, b.Before+b.After))
	})
	if n := len(out.Lines); n > diffLines {
		out.Lines, out.More = out.Lines[:diffLines], n-diffLines
	}
	was, is := rowsOf(old.Waiting()), rowsOf(append(slices.Clip(now.pendings), now.open...))
	for r := range is {
		if !was[r] {
			out.NewRows++
		}
	}
	for r := range was {
		if !is[r] {
			out.Settled++
		}
	}
	return out
}

func byID(ps []Point) map[string][]*Point {
	out := make(map[string][]*Point, len(ps))
	for i := range ps {
		out[ps[i].ID] = append(out[ps[i].ID], &ps[i])
	}
	return out
}

func sameVersions(a, b []*Point) bool {
	return slices.EqualFunc(a, b, func(x, y *Point) bool { return x.From == y.From && x.To == y.To && samePoint(x, y) })
}

func rowsOf(ps []Pending) map[string]bool {
	out := map[string]bool{}
	for i := range ps {
		out[ps[i].Row()] = true
	}
	return out
}

// about is the generic name, or the item a point is of.
func (p *Point) about() string {
	if name, _, ok := strings.Cut(p.Basis, "："); ok && p.Source != "" {
		return name
	}
	return cmp.Or(p.Params.Group, p.Subject)
}

// Says is what a point limits, in words.
func (p *Point) Says() string {
	var said []string
	if p.Scope != "" {
		said = append(said, p.Scope)
	}
	if p.WindowD > 0 {
		said = append(said, strconv.Itoa(p.WindowD)+" 天内")
	}
	if p.Limit != claim.None64 {
		switch p.RuleID {
		case "A009", "A010":
			said = append(said, map[string]string{"1": "一级", "2": "二级", "3": "三级"}[p.Limit.String()]+"及以上机构")
		default:
			said = append(said, strings.TrimSpace(p.Limit.String()+" "+p.Unit))
		}
	}
	switch {
	case p.AgeMin >= 0 && p.AgeMax >= 0:
		said = append(said, fmt.Sprintf("%d–%d 岁", p.AgeMin, p.AgeMax))
	case p.AgeMin >= 0:
		said = append(said, fmt.Sprintf("%d 岁及以上", p.AgeMin))
	case p.AgeMax >= 0:
		said = append(said, fmt.Sprintf("%d 岁及以下", p.AgeMax))
	}
	for _, s := range []string{p.Sex, strings.ReplaceAll(p.Allow, "|", "、"), p.DiagSet} {
		if s != "" {
			said = append(said, s)
		}
	}
	if p.From > FirstDay {
		said = append(said, p.From.String()+" 起")
	}
	return strings.Join(said, "，")
}
