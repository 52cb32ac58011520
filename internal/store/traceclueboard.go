package store

import "database/sql"

// ClueQuery chooses clues; empty fields choose all.
type ClueQuery struct {
	ID, Inst, State, Class string
	Finding                string // which carries its money
}

// CluesIn lists clues within a scope by id from Before downwards.
func (tx *Tx) CluesIn(s Scope, q ClueQuery, p Page) ([]Clue, error) {
	w := p.where("c.clue_id")
	w.ofInst("c.fixmedins_code", s)
	w.equal("c.clue_id", q.ID)
	w.equal("c.fixmedins_code", q.Inst)
	w.equal("c.state", q.State)
	w.equal("c.class", q.Class)
	w.equal("c.finding_id", q.Finding)
	var out []Clue
	err := tx.query(func(r *sql.Rows) error {
		var c Clue
		err := r.Scan(c.fields()...)
		out = append(out, c)
		return err
	}, "SELECT c.clue_id, c.code, c.fixmedins_code, c.admdvs, c.finding_id, c.class, c.proof, c.detail, c.state, c.verdict, c.made_at, c.due_at, c.changed_at, c.version FROM trace_clue c"+w.text()+" ORDER BY c.clue_id DESC"+w.limit(p), w.args...)
	return out, err
}

// ClueIn reads a clue within a scope; ErrNotFound.
func (tx *Tx) ClueIn(s Scope, id string) (*Clue, error) {
	cs, err := tx.CluesIn(s, ClueQuery{ID: id}, Page{Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(cs) == 0 || id == "" {
		return nil, hidden("线索", id)
	}
	return &cs[0], nil
}

// ClueCount counts the clues of a state and class.
type ClueCount struct {
	State, Class string
	N            int64
}

// ClueCounts counts clues within a scope by state and class.
func (tx *Tx) ClueCounts(s Scope) ([]ClueCount, error) {
	w := Page{}.where("")
	w.ofInst("c.fixmedins_code", s)
	var out []ClueCount
	err := tx.query(func(r *sql.Rows) error {
		var c ClueCount
		err := r.Scan(&c.State, &c.Class, &c.N)
		out = append(out, c)
		return err
	}, "SELECT c.state, c.class, COUNT(*) FROM trace_clue c"+w.text()+" GROUP BY c.state, c.class ORDER BY c.state, c.class", w.args...)
	return out, err
}

// FindingOfLine is the finding, of one of some cards, that holds a line at fault; the first of rules that has one. "" when none has.
func (tx *Tx) FindingOfLine(inst, sn string, rules []string) (string, error) {
	by := map[string]string{}
	err := tx.query(func(r *sql.Rows) error {
		var id, rule string
		err := r.Scan(&id, &rule)
		if by[rule] == "" {
			by[rule] = id
		}
		return err
	}, "SELECT f.finding_id, f.rule_id FROM finding_line l JOIN finding f ON f.finding_id = l.finding_id WHERE l.feedetl_sn = $1 AND l.fixmedins_code = $2 AND l.vola_item_type = 1 AND f.withdrawn = 0 ORDER BY f.finding_id", sn, inst)
	for _, r := range rules {
		if by[r] != "" {
			return by[r], err
		}
	}
	return "", err
}

// LinkClue names the finding that has the money of a clue.
func (tx *Tx) LinkClue(id, finding string) error {
	_, err := tx.exec("UPDATE trace_clue SET finding_id = $1 WHERE clue_id = $2 AND finding_id <> $1", finding, id)
	return err
}

// TracePaper is a file that belongs to a clue: an invoice, a delivery note, a photograph. Content is base64.
type TracePaper struct {
	ID, Clue, Name, Mime, Content, Actor string
	At                                   int64
}

// AddTracePaper adds a file to a clue.
func (tx *Tx) AddTracePaper(p *TracePaper) error {
	_, err := tx.exec("INSERT INTO trace_paper (paper_id, clue_id, name, mime, content, actor, at) VALUES ($1, $2, $3, $4, $5, $6, $7)", p.ID, p.Clue, p.Name, p.Mime, p.Content, p.Actor, p.At)
	return err
}

// TracePapers lists the files of a clue, oldest first, without their content.
func (tx *Tx) TracePapers(clue string) ([]TracePaper, error) {
	var out []TracePaper
	err := tx.query(func(r *sql.Rows) error {
		var p TracePaper
		err := r.Scan(&p.ID, &p.Clue, &p.Name, &p.Mime, &p.Actor, &p.At)
		out = append(out, p)
		return err
	}, "SELECT paper_id, clue_id, name, mime, actor, at FROM trace_paper WHERE clue_id = $1 ORDER BY at, paper_id", clue)
	return out, err
}

// TracePaper reads a file of a clue; ErrNotFound.
func (tx *Tx) TracePaper(clue, id string) (*TracePaper, error) {
	p := &TracePaper{}
	return p, tx.one([]any{&p.ID, &p.Clue, &p.Name, &p.Mime, &p.Content, &p.Actor, &p.At},
		"SELECT paper_id, clue_id, name, mime, content, actor, at FROM trace_paper WHERE clue_id = $1 AND paper_id = $2", clue, id)
}

// InScope tells whether an institution lies within a scope.
func (tx *Tx) InScope(s Scope, inst string) (bool, error) {
	if s.Inst != "" || s.Admdvs == "" {
		return s.Inst == "" || s.Inst == inst, nil
	}
	w := Page{}.where("")
	w.equal("i.fixmedins_code", inst)
	b := w.bind(s.Admdvs)
	w.add("SUBSTR(i.admdvs, 1, LENGTH("+b+")) = "+b, true)
	var n int64
	err := tx.one([]any{&n}, "SELECT COUNT(*) FROM institution i"+w.text(), w.args...)
	return n > 0, err
}

// ClueNext are the states that may follow a state.
func ClueNext(state string) []string { return clueNext[state] }
