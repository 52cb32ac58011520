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
