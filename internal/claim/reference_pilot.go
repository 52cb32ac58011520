package claim

// pilotRow is an official pilot of single-disease payment (单病种付费试点) at one institution.
type pilotRow struct {
	diseases DiagSet
	from, to Day
}

// readPilots leaves out rows whose set of diagnoses cannot be read: a pilot nobody can tell exempts nothing.
func (r *Reference) readPilots(table func(string) *Batch) {
	r.pilots = map[int32][]pilotRow{}
	r.each("pilot", table, func(g rowGetter) {
		set, err := ParseDiagSet(g.b.Str(g.b.Table.MustCol("diag_set"), g.row))
		if err != nil || set.Empty() {
			return
		}
		c := g.code("fixmedins_code")
		r.pilots[c] = append(r.pilots[c], pilotRow{set, g.from(), g.to()})
	})
}

// HasPilots tells whether any institution is in a pilot.
func (r *Reference) HasPilots() bool { return len(r.pilots) > 0 }

// InPilot tells whether a stay with the main diagnosis, admitted on the day, is paid in an official pilot of single-disease payment at the
// institution.
func (r *Reference) InPilot(inst int32, mainDiag string, admitted Day) bool {
	for i := range r.pilots[inst] {
		if x := &r.pilots[inst][i]; (x.from == NoDay || x.from <= admitted) && admitted <= x.to && x.diseases.Has(mainDiag) {
			return true
		}
	}
	return false
}
