package online

// Knows tells whether the delta has anything of a person.
func Knows(e *Engine, psn string) bool { return len(e.d.of(psn)) > 0 }

// Held counts a person's lines and settlements in the delta.
func Held(e *Engine, psn string) (lines, setls int) {
	_ = eachRow(e.d.of(psn), func(r deltaRow) error {
		switch r.table {
		case tFee:
			lines++
		case tSettlement:
			setls++
		}
		return nil
	})
	return lines, setls
}

// Forget makes the engine stand anew with the same facts, with no history file open.
func Forget(e *Engine) {
	s := e.now.Load()
	e.now.Store(newStanding(s.ground, newHistory(s.ground, s.hist.to, e.dir), e.d, s.facts, cap(s.desks)))
	s.leave()
}

// HistoryDir is where the history files lie.
func HistoryDir(e *Engine) string { return e.now.Load().hist.dir }
