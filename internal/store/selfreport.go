package store

// SelfReport is what an institution found itself and gives back of its own accord.
type SelfReport struct {
	ID        string `json:"report_id"`
	Inst      string `json:"fixmedins_code"`
	Admdvs    string `json:"admdvs"` // division of the institution
	Check     string `json:"check_id"`
	Lines     string `json:"lines"` // JSON, what is given back
	LineCount int    `json:"line_count"`
	Amt       int64  `json:"amt_fen"`
	PaidDay   int64  `json:"paid_day"`
	Memo      string `json:"memo"`
	State     string `json:"state"`
	MadeBy    string `json:"made_by"`
	MadeAt    int64  `json:"made_at"`
	DecidedBy string `json:"decided_by"`
	DecidedAt int64  `json:"decided_at"`
	Reason    string `json:"reason"`
	Version   int64  `json:"version"`
}

func (x *SelfReport) fields() []any {
	return []any{&x.ID, &x.Inst, &x.Admdvs, &x.Check, &x.Lines, &x.LineCount, &x.Amt, &x.PaidDay, &x.Memo, &x.State, &x.MadeBy, &x.MadeAt, &x.DecidedBy, &x.DecidedAt,
		&x.Reason, &x.Version}
}

// AddSelfReport adds a report; ErrExists.
func (tx *Tx) AddSelfReport(r SelfReport) error { return insert(tx, &selfReportTable, r) }

// ChangeSelfReport writes a report that is of the version read; ErrConflict.
func (tx *Tx) ChangeSelfReport(r *SelfReport) error { return tx.replace(&selfReportTable, r) }

// SelfReports lists reports within a scope, newest first; id and state "" = all.
func (tx *Tx) SelfReports(s Scope, id, state string, p Page) ([]SelfReport, error) {
	w := p.where("report_id")
	w.equal("fixmedins_code", s.Inst)
	if s.Admdvs != "" {
		w.add("admdvs >= "+w.bind(s.Admdvs)+" AND admdvs < "+w.bind(s.Admdvs+"~"), true)
	}
	w.equal("report_id", id)
	w.equal("state", state)
	return list[SelfReport](tx, &selfReportTable, w.text()+" ORDER BY report_id DESC"+w.limit(p), w.args...)
}
