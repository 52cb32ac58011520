package store

// RulePart is what standing findings of a card an institution has in some months. Money is in fen.
type RulePart struct {
	Inst, Rule, RuleName string
	Findings, Charged    int64
}

// RuleParts adds up the findings that the last audit still finds, by institution and card, over months yyyy-MM, both included.
func (tx *Tx) RuleParts(from, to string) ([]RulePart, error) {
	return scanned(tx, func(p *RulePart) []any { return []any{&p.Inst, &p.Rule, &p.RuleName, &p.Findings, &p.Charged} },
		"SELECT f.fixmedins_code, f.rule_id, MAX(f.rule_name), COUNT(*), CAST(SUM(f.charged_fen) AS BIGINT) FROM finding f WHERE f.withdrawn = 0 AND f.month >= $1 AND f.month <= $2 GROUP BY f.fixmedins_code, f.rule_id ORDER BY f.fixmedins_code, f.rule_id", from, to)
}

// Judged is how the cases of an institution came out. Money is in fen.
type Judged struct {
	Inst    string
	Taken   int64 // charge of those that are confirmed: being carried out, or carried out
	Pleaded int64 // cases on which a second review, or what followed, has decided
	Won     int64 // of these, with less upheld than was claimed
}

// JudgedByInst adds up how cases of months yyyy-MM, both included, came out. lost are the verdicts by which an institution was right, wholly or partly.
func (tx *Tx) JudgedByInst(from, to string, lost []string) ([]Judged, error) {
	w := &conditions{}
	won := ""
	for i, v := range lost {
		if i > 0 {
			won += ", "
		}
		won += w.bind(v)
	}
	w.add("c.month >= "+w.bind(from), true)
	w.add("c.month <= "+w.bind(to), true)
	return scanned(tx, func(j *Judged) []any { return []any{&j.Inst, &j.Taken, &j.Pleaded, &j.Won} },
		"SELECT c.fixmedins_code, CAST(SUM(CASE WHEN c.state = '执行' OR (c.state = '关闭' AND c.outcome = '已执行') THEN c.charged_fen ELSE 0 END) AS BIGINT), COUNT(CASE WHEN c.second_by <> '' AND c.verdict <> '' THEN 1 END), COUNT(CASE WHEN c.second_by <> '' AND c.verdict IN ("+won+") THEN 1 END) FROM review_case c"+
			w.text()+" GROUP BY c.fixmedins_code ORDER BY c.fixmedins_code", w.args...)
}
