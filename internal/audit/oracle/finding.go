package oracle

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// Line is one fee line of a finding.
type Line struct {
	FeedetlSn string
	MdtrtID   string
	Type      int // 1 violating, 2 involved
	Vola      claim.Money
}

// Finding is one 疑点. Lines is empty for findings on a stay, visit, settlement or person.
type Finding struct {
	Rule     string
	Severity int // 1 明确违规, 2 高度可疑, 3 轻度可疑
	Month    claim.Month
	Mdtrt    string
	Setl     string
	Lines    []Line
	Vola     claim.Money
}

// judge holds what the cards ask about one person.
type judge struct {
	c        *City
	byRule   map[string]map[string][]knowledge.Point // rule → subject → points
	pairList map[string][]knowledge.Point
	known    map[string]bool
	maps     map[string][]knowledge.Mapping
	cards    []cardJudge // those the city has the tables for
	p        *person
	eval     claim.Day
	out      []Finding
}

// Evaluate judges every card over all months. Findings of no month (open lines) are left out, as are findings that a
// narrower card took over. An open stay ends, for the findings of a month, on the last day of that month.
func (c *City) Evaluate(points []knowledge.Point, maps []knowledge.Mapping) []Finding {
	j := c.judge(points, maps)
	var all []Finding
	for _, p := range c.persons {
		all = append(all, j.person(p)...)
	}
	slices.SortFunc(all, compare)
	return all
}

// judge prepares the knowledge: points by rule and subject, mappings by source, every line's item code.
func (c *City) judge(points []knowledge.Point, maps []knowledge.Mapping) *judge {
	j := &judge{c: c, byRule: map[string]map[string][]knowledge.Point{}, pairList: map[string][]knowledge.Point{},
		known: map[string]bool{}, maps: map[string][]knowledge.Mapping{}}
	points = slices.Clone(points)
	slices.SortStableFunc(points, func(a, b knowledge.Point) int {
		return cmp.Or(strings.Compare(a.ID, b.ID), strings.Compare(a.Subject, b.Subject), strings.Compare(a.Second, b.Second))
	})
	for _, pt := range points {
		if j.byRule[pt.RuleID] == nil {
			j.byRule[pt.RuleID] = map[string][]knowledge.Point{}
		}
		j.byRule[pt.RuleID][pt.Subject] = append(j.byRule[pt.RuleID][pt.Subject], pt)
		for _, code := range append(append([]string{pt.Subject, pt.Second}, pt.Params.Children...), pt.Params.Require...) {
			j.known[code] = true
		}
		if pt.Second != "" {
			j.pairList[pt.RuleID] = append(j.pairList[pt.RuleID], pt)
		}
	}
	for _, m := range append(c.tableMaps(), maps...) {
		j.maps[m.Src] = append(j.maps[m.Src], m)
	}
	for _, l := range c.lines {
		l.code = j.normalise(l.row["hilist_code"], l.inst, l.day)
	}
	return j
}

// person judges one person, month by month when an in-patient visit has no end.
func (j *judge) person(p *person) []Finding {
	j.p = p
	months := map[claim.Month]bool{}
	open := slices.ContainsFunc(p.visits, func(v *visit) bool { return v.inpatient() && !v.end.Has() })
	for _, l := range p.lines {
		months[l.month()] = true
	}
	for _, v := range p.visits {
		for _, s := range v.setls {
			months[s.at.Day().Month()] = true
		}
	}
	delete(months, 0)
	if !open {
		return j.run(0, claim.OpenDay)
	}
	var out []Finding
	for m := range months {
		out = append(out, j.run(m, m.Last())...)
	}
	return out
}

// run evaluates every card as seen on the evaluation day and keeps the month's findings (0 = every month's).
func (j *judge) run(month claim.Month, eval claim.Day) []Finding {
	j.eval, j.out = eval, nil
	j.p.mergeStays(eval)
	if j.cards == nil {
		j.cards = slices.DeleteFunc(cards(), func(x cardJudge) bool { return !j.c.able(x.id) })
	}
	for _, card := range j.cards {
		card.judge(j)
	}
	var out []Finding
	for _, f := range refine(j.out) {
		if f.Month != 0 && (month == 0 || f.Month == month) {
			out = append(out, f)
		}
	}
	return out
}

// part is a violating line with the money at issue in it.
type part struct {
	l    *line
	vola claim.Money
}

// report adds a finding with lines, one for each month in which violating ones were settled.
func (j *judge) report(rule string, severity int, parts []part, involved ...*line) {
	months := map[claim.Month][]part{}
	for _, x := range parts {
		months[x.l.month()] = append(months[x.l.month()], x)
	}
	for _, ps := range months {
		j.reportMonth(rule, severity, ps, involved...)
	}
}

func (j *judge) reportMonth(rule string, severity int, parts []part, involved ...*line) {
	slices.SortStableFunc(parts, func(a, b part) int { return cmpLine(a.l, b.l) })
	first := parts[0].l
	f := Finding{Rule: rule, Severity: severity, Month: first.month(), Mdtrt: first.row["mdtrt_id"]}
	if first.setl != nil {
		f.Setl = first.setl.id
	}
	violating := map[*line]bool{}
	for _, x := range parts {
		violating[x.l] = true
		f.Vola += x.vola
		f.Lines = append(f.Lines, Line{FeedetlSn: x.l.sn, MdtrtID: x.l.row["mdtrt_id"], Type: 1, Vola: x.vola})
	}
	for _, l := range involved {
		if !violating[l] {
			violating[l] = true
			f.Lines = append(f.Lines, Line{FeedetlSn: l.sn, MdtrtID: l.row["mdtrt_id"], Type: 2})
		}
	}
	j.out = append(j.out, f)
}

// line reports one whole line.
func (j *judge) line(rule string, severity int, l *line, involved ...*line) {
	j.report(rule, severity, []part{{l, l.inscope}}, involved...)
}

// visit reports a visit.
func (j *judge) visit(rule string, severity int, v *visit, vola claim.Money) {
	j.out = append(j.out, Finding{Rule: rule, Severity: severity, Month: v.month(), Mdtrt: v.id, Vola: vola})
}

// stay reports a stay at its last visit; without money, as all cards on stays are.
func (j *judge) stay(rule string, severity int, s *stay) {
	j.visit(rule, severity, s.last(), 0)
}

// settlement reports a settlement.
func (j *judge) settlement(rule string, severity int, s *setl, vola claim.Money) {
	j.out = append(j.out, Finding{Rule: rule, Severity: severity, Month: s.at.Day().Month(), Mdtrt: s.row["mdtrt_id"],
		Setl: s.id, Vola: vola})
}

// opened lowers a finding that leans on an open stay to information.
func opened(severity int, stays ...*stay) int {
	for _, s := range stays {
		if s.open {
			return 3
		}
	}
	return severity
}

// beyond lists the lines after the allowed quantity is used up in line order, the crossing line with its excess only.
func beyond(lines []*line, allowed claim.Qty) []part {
	var out []part
	var sum claim.Qty
	for _, l := range lines {
		before := sum
		sum += l.net
		if sum > allowed {
			out = append(out, part{l, l.share(sum - max(before, allowed))})
		}
	}
	return out
}

func total(lines []*line) (sum claim.Qty) {
	for _, l := range lines {
		sum += l.net
	}
	return sum
}

func money(lines []*line) (sum claim.Money) {
	for _, l := range lines {
		sum += l.inscope
	}
	return sum
}

func compare(a, b Finding) int {
	return cmp.Or(cmp.Compare(a.Month, b.Month), strings.Compare(a.Rule, b.Rule), strings.Compare(a.Mdtrt, b.Mdtrt),
		strings.Compare(a.Setl, b.Setl), slices.CompareFunc(a.Lines, b.Lines, func(x, y Line) int {
			return cmp.Or(strings.Compare(x.MdtrtID, y.MdtrtID), strings.Compare(x.FeedetlSn, y.FeedetlSn), cmp.Compare(x.Type, y.Type))
		}), cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.Vola, b.Vola))
}
