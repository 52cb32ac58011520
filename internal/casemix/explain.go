package casemix

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Explain groups a case and tells how, with what would change the group when changes is set: the case regrouped without
// each of its codes, and with each diagnosis as the principal one. full also tells what was tried and failed.
func (g *Grouper) Explain(c *Case, changes, full bool) (Result, *Trace) {
	t := &Trace{full: full}
	r := g.group(c, t)
	if r.Status == BadData {
		t.add(stepNone, "%s", r.Problem.Text)
		return r, t
	}
	if changes {
		t.changes(g, c, &r, full)
	}
	return r, t
}

// Change is what the group would be if the case were coded otherwise.
type Change struct {
	Kind string // 去掉诊断, 去掉手术, 改主要诊断
	Code string
	To   Result
}

// Changes regroups the case without each code but the principal diagnosis, and with each other diagnosis in its place;
// only what leads to another group is returned.
func (g *Grouper) Changes(c *Case) []Change {
	r := g.Group(c)
	return g.changes(c, &r, true)
}

func (g *Grouper) changes(c *Case, was *Result, principal bool) []Change {
	var out []Change
	try := func(kind, code string, x *Case) {
		if r := g.Group(x); r.Status != BadData && (r.DRG != was.DRG || r.Status != was.Status) {
			out = append(out, Change{kind, code, r})
		}
	}
	x := *c
	buf := make([]string, 0, 16)
	for i := 1; i < len(c.Dx); i++ {
		buf = append(append(buf[:0], c.Dx[:i]...), c.Dx[i+1:]...)
		x.Dx = buf
		try("去掉诊断", c.Dx[i], &x)
	}
	if principal {
		for i := 1; i < len(c.Dx); i++ {
			buf = append(append(append(buf[:0], c.Dx[i]), c.Dx[:i]...), c.Dx[i+1:]...)
			x.Dx = buf
			try("改主要诊断", c.Dx[i], &x)
		}
	}
	x.Dx = c.Dx
	for i := range c.Proc {
		buf = append(append(buf[:0], c.Proc[:i]...), c.Proc[i+1:]...)
		x.Proc = buf
		try("去掉手术", c.Proc[i], &x)
	}
	return out
}

func (t *Trace) changes(g *Grouper, c *Case, r *Result, principal bool) {
	type key struct{ kind, drg string }
	groups := map[key][]string{}
	var order []key
	for _, ch := range g.changes(c, r, principal) {
		k := key{ch.Kind, ch.To.DRG}
		if ch.To.Status == Ungrouped {
			k.drg = ch.To.String()
		}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], ch.Code)
	}
	for _, k := range order {
		what := k.kind + strings.Join(slices.Compact(groups[k]), "或")
		switch k.kind {
		case "改主要诊断":
			what = "以" + strings.Join(groups[k], "或") + "为主要诊断"
		}
		if k.drg == "无法入组" {
			t.add(stepChange, "若%s，则无法入组", what)
			continue
		}
		t.add(stepChange, "若%s，则入%s", what, k.drg)
	}
	if len(order) == 0 && (len(c.Dx) > 1 || len(c.Proc) > 0) {
		t.add(stepChange, "%s", "去掉任何一个次要诊断或手术都不改变分组")
	}
}

// Group is one DRG of the scheme, for lists and weights.
type Group struct {
	MDC, ADRG, DRG, Name, Condition string
}

// Groups are all DRGs in the order in which they are judged.
func (s *Scheme) Groups() []Group {
	var out []Group
	for i := range s.mdcs {
		for j := range s.mdcs[i].adrgs {
			for _, d := range s.mdcs[i].adrgs[j].drgs {
				out = append(out, Group{d.mdc, d.adrg, d.code, d.name, d.severity})
			}
		}
	}
	return out
}

// Size of the scheme: categories, ADRGs, DRGs, MCC, CC, known diagnoses and procedures (codes and prefixes).
func (s *Scheme) Size() (mdcs, adrgs, drgs, mcc, cc, dx, proc int) {
	for i := range s.mdcs {
		adrgs += len(s.mdcs[i].adrgs)
		for j := range s.mdcs[i].adrgs {
			drgs += len(s.mdcs[i].adrgs[j].drgs)
		}
	}
	for _, v := range s.severity {
		if v.mcc != 0 {
			mcc++
		}
		if v.cc != 0 {
			cc++
		}
	}
	for _, v := range s.prefixSeverity {
		if v.mcc != 0 {
			mcc++
		}
		if v.cc != 0 {
			cc++
		}
	}
	known := func(b *book) int { return len(b.names) + len(b.prefix) }
	return len(s.mdcs), adrgs, drgs, mcc, cc, known(&s.books[diagnoses]), known(&s.books[procedures])
}

// String names the scheme.
func (s *Scheme) String() string {
	if s.Name == "" {
		return s.ID
	}
	return fmt.Sprintf("%s（%s）", s.Name, s.ID)
}

// EachRow reads a table of a scheme directory (NAME.csv or NAME.csv.gz), calling row with a way to get a cell by the
// first of its column names that exists. A table that is not there has no rows unless it is required.
func EachRow(fsys fs.FS, name string, required bool, row func(cell func(names ...string) string, fail func(format string, a ...any) error) error) error {
	return each(fsys, name, required, func(*table) error { return nil }, func(t *table) error {
		return row(func(names ...string) string { return t.at(t.col(names...)) }, t.errorf)
	})
}
