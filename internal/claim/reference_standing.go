package claim

import (
	"cmp"
	"slices"
	"strings"
)

// standing is what institutions are equipped, licensed and staffed for.
type standing struct {
	devices map[int32][]DeviceRow // by institution
	scopes  map[int32][]scopeRow  // by institution
	staffed map[int32]bool        // institutions that registered any practitioner
}

// DeviceRow is one device in an institution's register.
type DeviceRow struct {
	Type, Grade int32 // DictList codes, 0 = not said
	From, To    Day
}

// scopeRow is what an institution is licensed for while its row is valid.
type scopeRow struct {
	depts    []string
	from, to Day
}

// readStanding reads devices, licences and who has a register of practitioners.
func (r *Reference) readStanding(table func(string) *Batch) {
	r.devices, r.scopes, r.staffed = map[int32][]DeviceRow{}, map[int32][]scopeRow{}, map[int32]bool{}
	r.each("device", table, func(g rowGetter) {
		c := g.code("fixmedins_code")
		r.devices[c] = append(r.devices[c], DeviceRow{Type: g.code("device_type"), Grade: g.code("grade"), From: g.from(), To: g.to()})
	})
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

// Devices are the registered devices of an institution, nil when it has registered none.
func (r *Reference) Devices(inst int32) []DeviceRow { return r.devices[inst] }

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
