package store

import "database/sql"

// FindingTally counts the standing findings of a card in a month, state and severity. Money is in fen.
type FindingTally struct {
	Rule     string
	Name     string
	Severity int
	State    string
	Month    string
	Findings int64
	Insts    int64 // institutions
	Vola     int64
	Fund     int64
	Charged  int64
}

// FindingTallies counts the findings within a scope that the last audit still finds.
func (tx *Tx) FindingTallies(s Scope) ([]FindingTally, error) {
	w := Page{}.where("")
	w.ofInst("f.fixmedins_code", s)
	w.add("f.withdrawn = "+w.bind(0), true)
	var out []FindingTally
	err := tx.query(func(r *sql.Rows) error {
		var t FindingTally
		err := r.Scan(&t.Rule, &t.Name, &t.Severity, &t.State, &t.Month, &t.Findings, &t.Insts, &t.Vola, &t.Fund, &t.Charged)
		out = append(out, t)
		return err
	}, "SELECT f.rule_id, MAX(f.rule_name), f.sev_deg, f.state, f.month, COUNT(*), COUNT(DISTINCT f.fixmedins_code), SUM(f.vola_fen), SUM(f.fund_fen), SUM(f.charged_fen) FROM finding f"+
		w.text()+" GROUP BY f.rule_id, f.sev_deg, f.state, f.month ORDER BY f.rule_id, f.sev_deg, f.state, f.month", w.args...)
	return out, err
}
