package synth

import "slices"

// organFailure are the diagnoses of the city that forbid what an organ must clear (C015).
var organFailure = map[string]string{"肾": "N17|N18.5|N18.6|N19", "肝": "K72|K70.4|K71.1"}

// harms tells whether a point forbids the item to a patient with the diagnosis.
func (it *item) harms(code string) bool {
	if !it.harmful {
		return false
	}
	for _, m := range it.marks {
		switch {
		case m.part != 's':
		case m.rule == "C013" && m.pt.DiagSet != "" && inSet(code, m.pt.DiagSet):
			return true
		case m.rule == "C015" && inSet(code, organFailure[m.pt.Params.Class]+"|"+m.pt.DiagSet):
			return true
		}
	}
	return false
}

// kidneyFailure is what scenes of dialysis tell a person who goes on living in ordinary ways.
const kidneyFailure = "N18.600"

// everydayHarm tells whether a diagnosis that anyone may meet in a year forbids the item: random traffic does not know what
// a person will be told next month.
func (ix *index) everydayHarm(it *item) bool {
	return it.harmful && (it.harms(kidneyFailure) || slices.ContainsFunc(ix.diags, func(d *diagnosis) bool { return it.harms(d.code) }))
}

// spare takes off the stay what its diagnoses forbid, unless a label speaks of it: the ward does not know what a scenario
// adds.
func (s *scene) spare(v *visit) {
	known := slices.Clone(v.diags)
	for _, w := range s.visits {
		for _, d := range w.diags {
			if inSet(d, remembered) {
				known = append(known, d)
			}
		}
	}
	bearing := v.supports("O10-O48|O91-O92|O98-O99|Z33-Z36|Z39")
	v.without(func(ln *line) bool {
		return (ln.it.harmful && slices.ContainsFunc(known, ln.it.harms) || bearing && ln.it.has("C014", 's')) &&
			!slices.ContainsFunc(s.truths, func(t truth) bool { return t.v == v && t.tag == ln.tag })
	})
}

// lasts tells whether so many days may stand on one prescription.
func (it *item) lasts(days int) bool { return it.use.daysMax == 0 || days <= it.use.daysMax }
