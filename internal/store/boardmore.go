package store

import (
	"database/sql"
	"errors"
	"fmt"
)

// Span is a time in the three ways in which rows keep it: months yyyy-MM, civil days (claim.Day and yyyy-MM-dd) and moments, From ≤ x < To for
// moments, both included for the rest.
type Span struct {
	FirstDay, LastDay   int64
	FirstDate, LastDate string
	From, To            int64 // microseconds UTC
}

// inArea keeps rows of institutions in a division by a column that holds the division itself.
func (w *conditions) inArea(column string, s Scope) {
	if s.Admdvs != "" {
		w.add(column+" >= "+w.bind(s.Admdvs)+" AND "+column+" < "+w.bind(s.Admdvs+"~"), true)
	}
}

// StepCases counts the different findings that had one of some steps in a time.
func (tx *Tx) StepCases(s Scope, at Span, events []string) (n int64, err error) {
	w := &where{}
	w.oneOf("s.event", events)
	c := &conditions{all: w.text, args: w.args}
	c.add("s.day >= "+c.bind(at.FirstDay), true)
	c.add("s.day <= "+c.bind(at.LastDay), true)
	c.inArea("c.admdvs", s)
	c.equal("c.fixmedins_code", s.Inst)
	return n, tx.one([]any{&n}, "SELECT COUNT(DISTINCT s.finding_id) FROM review_step s JOIN review_case c ON c.finding_id = s.finding_id"+c.text(), c.args...)
}

func (w *conditions) during(column string, at Span) {
	w.add(column+" >= "+w.bind(at.From), true)
	w.add(column+" < "+w.bind(at.To), true)
}

// ClueSums counts the clues made in a time by state.
func (tx *Tx) ClueSums(s Scope, at Span) (map[string]int64, error) {
	w := &conditions{}
	w.during("r.made_at", at)
	w.ofInst("r.fixmedins_code", s)
	return tx.counts("SELECT r.state, COUNT(*) FROM trace_clue r"+w.text()+" GROUP BY r.state", w.args)
}

// ClueItem is a drug that clues are about, by its code of the insurance catalogue.
type ClueItem struct {
	Item  string
	Clues int64
}

// ClueItems are the drugs that the clues made in a time are about, those with most clues first. Clues that do not tell their drug are left out.
func (tx *Tx) ClueItems(s Scope, at Span) ([]ClueItem, error) {
	w := &conditions{}
	w.during("r.made_at", at)
	w.ofInst("r.fixmedins_code", s)
	item := "json_extract(r.detail, '$.clue.hilist_code')"
	if tx.engine == Postgres {
		item = "(CAST(r.detail AS json) -> 'clue' ->> 'hilist_code')"
	}
	item = "CASE WHEN r.detail LIKE '{%' THEN COALESCE(" + item + ", '') ELSE '' END"
	return scanned(tx, func(c *ClueItem) []any { return []any{&c.Item, &c.Clues} },
		"SELECT x.item, COUNT(*) FROM (SELECT "+item+" AS item FROM trace_clue r"+w.text()+") x WHERE x.item <> '' GROUP BY x.item ORDER BY COUNT(*) DESC, x.item", w.args...)
}

// SpecialSums counts the applications for special review made in a time by state.
func (tx *Tx) SpecialSums(s Scope, at Span) (map[string]int64, error) {
	w := &conditions{}
	w.during("r.made_at", at)
	w.ofInst("r.fixmedins_code", s)
	return tx.counts("SELECT r.state, COUNT(*) FROM special_case r"+w.text()+" GROUP BY r.state", w.args)
}

// CountInsts counts the institutions within a scope.
func (tx *Tx) CountInsts(s Scope) (n int64, err error) {
	w := &conditions{}
	w.inArea("admdvs", s)
	w.equal("fixmedins_code", s.Inst)
	return n, tx.one([]any{&n}, "SELECT COUNT(*) FROM review_inst"+w.text(), w.args...)
}

// counts reads a key and a count a row.
func (tx *Tx) counts(query string, args []any) (map[string]int64, error) {
	out := map[string]int64{}
	err := tx.query(func(r *sql.Rows) error {
		var k any
		var n int64
		err := r.Scan(&k, &n)
		out[value(k)] = n
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("统计：%w", err)
	}
	return out, nil
}

// RuleNames are the names of cards as the newest findings of them have them.
func (tx *Tx) RuleNames(rules []string) (map[string]string, error) {
	out := map[string]string{}
	for _, id := range rules {
		var name string
		err := tx.one([]any{&name}, "SELECT rule_name FROM finding WHERE rule_id = $1 LIMIT 1", id)
		if err == nil {
			out[id] = name
		} else if !errors.Is(err, ErrNotFound) {
			return nil, err
		}
	}
	return out, nil
}

// InstName is what an institution is called; "" when it is not registered.
func (tx *Tx) InstName(code string) (string, error) {
	var name string
	err := tx.one([]any{&name}, "SELECT name FROM review_inst WHERE fixmedins_code = $1", code)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	return name, err
}

// CardsOfLastRun counts the cards of the newest audit run.
func (tx *Tx) CardsOfLastRun() (n int64, err error) {
	return n, tx.one([]any{&n}, "SELECT COUNT(*) FROM rule_run WHERE run = (SELECT MAX(run) FROM rule_run)")
}
