package rule

import "github.com/mingjian/mingjian/internal/claim"

// tagPilots marks the person's stays that belong to an official pilot of single-disease payment, so that cards exempt them by a tag as
// they do all others: by institution, main diagnosis of the last visit and day of admission. Marking twice changes nothing.
func (e *Eval) tagPilots() {
	if e.b.Ref == nil || !e.b.Ref.HasPilots() {
		return
	}
	for i := range e.t.Stays {
		s := &e.t.Stays[i]
		main := e.b.ds[claim.DictDiag].String(e.stayDiag(s))
		if !e.b.Ref.InPilot(s.Inst, main, s.In.Day()) {
			continue
		}
		s.Tags |= claim.DiseasePilot
		for _, vi := range s.Visits {
			e.t.Visits[vi].Tags |= claim.DiseasePilot
		}
	}
}
