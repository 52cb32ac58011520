package claim

import (
	"cmp"
	"slices"
	"strings"
)

// standing is what institutions are licensed and staffed for.
type standing struct {
	scopes  map[int32][]scopeRow // by institution
	staffed map[int32]bool       // institutions that registered any practitioner
}

// scopeRow is what an institution is licensed for while its row is valid.
type scopeRow struct {
	depts    []string
	from, to Day
}

// readStanding reads licences and who has a register of practitioners.
func (r *Reference) readStanding(table func(string) *Batch) {
	r.scopes, r.staffed = map[int32][]scopeRow{}, map[int32]bool{}
	r.each("institution", table, func(g rowGetter) {
		c := g.code("fixmedins_code")
		s := g.b.Str(g.b.Table.MustCol("dept_scope"), g.row)
		depts := strings.FieldsFunc(s, func(x rune) bool { return strings.ContainsRune(";；,， |", x) })
		r.scopes[c] = append(r.scopes[c], scopeRow{depts: depts, from: g.from(), to: g.to()})
	})
	r.each("practitioner", table, func(g rowGetter) { r.staffed[g.code("fixmedins_code")] = true })
	for _, rows := range r.scopes {
		slices.SortStableFunc(rows, func(x, y scopeRow) int { return cmp.Compare(y.from, x.from) })
	}
}

// ScopeOn lists the department codes an institution is licensed for on a day, of the row begun last; nil when it does not say.
func (r *Reference) ScopeOn(inst int32, d Day) []string {
	for _, s := range r.scopes[inst] {
		if (s.from == NoDay || s.from <= d) && d <= s.to {
			return s.depts
		}
	}
	return nil
}

// Staffed tells whether the institution has registered any practitioner.
func (r *Reference) Staffed(inst int32) bool { return r.staffed[inst] }

// PracRows are all registrations of a practitioner, at whatever institution.
func (r *Reference) PracRows(prac int32) []PracRow { return r.pracs[prac] }
