package store

import "fmt"

// The rows that ClueSums, SpecialSums, CountInsts and CardsOfLastRun count.

// Cursor of a clue in the list of those made in a time.
func (c *Clue) Cursor() string { return fmt.Sprintf("%d|%s", c.MadeAt, c.ID) }

// CluesMade lists the clues made in a time, in some states unless there are none, newest first.
func (tx *Tx) CluesMade(s Scope, at Span, states []string, p WatchPage) ([]Clue, error) {
	w := &conditions{}
	w.during("r.made_at", at)
	w.ofInst("r.fixmedins_code", s)
	w.oneOf("r.state", states, false)
	w.after(p, "r.made_at", "r.clue_id", true)
	return list[Clue](tx, &clueTable, "r"+w.text()+" ORDER BY r.made_at DESC, r.clue_id DESC"+w.limit(Page{Limit: p.Limit}), w.args...)
}

// Cursor of an application in the list of those made in a time.
func (c *SpecialCase) Cursor() string { return fmt.Sprintf("%d|%s", c.MadeAt, c.ID) }

// SpecialsMade lists the applications for special review made in a time, in some states unless there are none, newest first.
func (tx *Tx) SpecialsMade(s Scope, at Span, states []string, p WatchPage) ([]SpecialCase, error) {
	w := &conditions{}
	w.during("r.made_at", at)
	w.ofInst("r.fixmedins_code", s)
	w.oneOf("r.state", states, false)
	w.after(p, "r.made_at", "r.special_id", true)
	return list[SpecialCase](tx, &specialTable, "r"+w.text()+" ORDER BY r.made_at DESC, r.special_id DESC"+w.limit(Page{Limit: p.Limit}), w.args...)
}

// InstsAfter lists the institutions within a scope by code, after one.
func (tx *Tx) InstsAfter(s Scope, after string, limit int) ([]ReviewInst, error) {
	w := &conditions{}
	w.inArea("admdvs", s)
	w.equal("fixmedins_code", s.Inst)
	w.add("fixmedins_code > "+w.bind(after), true)
	return list[ReviewInst](tx, &reviewInstTable, w.text()+" ORDER BY fixmedins_code"+w.limit(Page{Limit: limit}), w.args...)
}

// CardsRun lists the cards of the newest audit run, by number.
func (tx *Tx) CardsRun() ([]string, error) {
	return tx.texts("SELECT rule_id FROM rule_run WHERE run = (SELECT MAX(run) FROM rule_run) ORDER BY rule_id")
}
