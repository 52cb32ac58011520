package model

// FeeLine is a line of a bill behind a row of a case, in original codes.
type FeeLine struct {
	Day    string `json:"day,omitempty"`
	Mdtrt  string `json:"mdtrt_id,omitempty"`
	Item   string `json:"hilist_code,omitempty"`
	Doctor string `json:"prac_psn_code,omitempty"`
	Cnt    int64  `json:"cnt"`     // 1/10 000
	Price  int64  `json:"price"`   // 1/1 000 000 yuan
	Amt    int64  `json:"amt"`     // fen
	Scope  int64  `json:"inscope"` // fen within what the fund pays for
}

// Bills are the lines behind a row: the dearest of them, and what all of them come to.
type Bills struct {
	Lines []FeeLine `json:"lines"`
	N     int       `json:"n" doc:"共几行"`
	Amt   int64     `json:"amt" doc:"共多少分"`
}

// Want is of which lines: those of a visit; without one those of a person, doctor or item in an institution on a day or in a month. A part that
// is empty matches any.
type Want struct {
	Inst   string `json:"inst"`
	Mdtrt  string `json:"mdtrt,omitempty"`
	Psn    string `json:"psn,omitempty"`
	Doctor string `json:"doctor,omitempty"`
	Item   string `json:"item,omitempty"`
	Day    string `json:"day,omitempty"`   // yyyy-MM-dd
	Month  string `json:"month,omitempty"` // yyyy-MM
}

// Wants says which lines a row of a case in an institution and month is about; false when it is about the institution as a whole: its bills are
// then all there are.
func (r *Row) Wants(month string) (Want, bool) {
	w := Want{Inst: r.Inst, Mdtrt: r.Mdtrt, Item: r.Item}
	if r.Inst == "" {
		return w, false
	}
	if r.Mdtrt != "" { // of a stay, lines of all its days
		return w, true
	}
	w.Psn, w.Doctor = r.Psn, r.Doctor
	if w.Psn == "" && w.Doctor == "" && w.Item == "" {
		return w, false
	}
	if r.Day != "" {
		w.Day = r.Day
	} else {
		w.Month = month
	}
	return w, true
}
