package store

import "database/sql"

// SubjectFindings is what the loop knows of an institution or a person: findings that stand, their money, and how decided ones ended.
type SubjectFindings struct {
	Code      string
	Findings  int64
	Charged   int64 // fen of findings that stand
	Upheld    int64 // decided against the subject
	Dismissed int64 // closed as no violation
}

// SubjectSums sums findings by institution (of a person's findings: by person) within a scope.
func (tx *Tx) SubjectSums(s Scope, person bool) ([]SubjectFindings, error) {
	column := "f.fixmedins_code"
	if person {
		column = "f.psn_no"
	}
	w := &conditions{}
	w.add("f.withdrawn = 0 AND "+column+" <> ''", true)
	w.ofInst("f.fixmedins_code", s)
	var out []SubjectFindings
	err := tx.query(func(r *sql.Rows) error {
		var x SubjectFindings
		err := r.Scan(&x.Code, &x.Findings, &x.Charged, &x.Upheld, &x.Dismissed)
		out = append(out, x)
		return err
	}, "SELECT "+column+", COUNT(*), CAST(SUM(f.charged_fen) AS BIGINT), CAST(SUM(CASE WHEN c.verdict IN ('违规', '部分违规') AND c.state IN ('执行', '关闭', '行政处理') THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN c.verdict IN ('不违规', '规则误报') AND c.state = '关闭' THEN 1 ELSE 0 END) AS BIGINT) FROM finding f LEFT JOIN review_case c ON c.finding_id = f.finding_id"+
		w.text()+" GROUP BY "+column, w.args...)
	return out, err
}

// RuleFindings is how many findings of a rule a subject has.
type RuleFindings struct {
	Rule     string
	Name     string
	State    string
	Findings int64
	Charged  int64
}

// SubjectRules lists an institution's (or person's, or some visits') findings by rule and state within a scope, most money first.
func (tx *Tx) SubjectRules(s Scope, inst, psn string) ([]RuleFindings, error) {
	w := &conditions{}
	w.add("f.withdrawn = 0", true)
	w.equal("f.fixmedins_code", inst)
	w.equal("f.psn_no", psn)
	w.ofInst("f.fixmedins_code", s)
	var out []RuleFindings
	err := tx.query(func(r *sql.Rows) error {
		var x RuleFindings
		err := r.Scan(&x.Rule, &x.Name, &x.State, &x.Findings, &x.Charged)
		out = append(out, x)
		return err
	}, "SELECT f.rule_id, MAX(f.rule_name), f.state, COUNT(*), CAST(SUM(f.charged_fen) AS BIGINT) FROM finding f"+w.text()+" GROUP BY f.rule_id, f.state ORDER BY 5 DESC, 4 DESC, 1, 3 LIMIT 100", w.args...)
	return out, err
}
