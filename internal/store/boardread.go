package store

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// BoardSource names the rows that a board adds up.
type BoardSource string

// The sources. Sums are counted and added in this order: findings: rows, lines, vola, fund, charged; documents: different settlements; cases and verdicts: rows, claim, charged;
// posts: rows, amount; calls: rows, orders, partial, blocked, interrupted, microseconds, slow, most microseconds; doctors: days; visits: first calls; said: first showings; episodes: rows, avoided, back.
const (
	BoardFindings  BoardSource = "finding"
	BoardDocuments BoardSource = "document"
	BoardCases     BoardSource = "case"
	BoardPosts     BoardSource = "post"
	BoardCalls     BoardSource = "call"
	BoardDoctors   BoardSource = "doctor"
	BoardVisits    BoardSource = "visit"
	BoardSaid      BoardSource = "said"
	BoardEpisodes  BoardSource = "episode"
)

// BoardTerm is a condition on a column of a source: one of some values, or with Below a number above 0 and below it.
type BoardTerm struct {
	Column string
	Values []string
	Not    bool
	Below  int64
}

// BoardQuery asks for sums. Months are yyyy-MM, both included, "" = open.
type BoardQuery struct {
	Source   BoardSource
	Scope    Scope
	From, To string
	By       []string // columns to sum by
	Where    []BoardTerm
}

// BoardSum is one row of the answer: the values of By, and the source's sums.
type BoardSum struct {
	Key []string
	Sum []int64
}

// sourceRollups are the tables of sums of a source, those with the fewest cells first.
var sourceRollups = map[BoardSource][]*rollup{BoardFindings: {&stateRollup, &placeRollup, &cardRollup, &instRollup, &ruleRollup}, BoardDocuments: {&documentRollup}, BoardCases: {&stageRollup, &dueRollup, &verdictRollup, &caseRollup},
	BoardPosts: {&bookRollup, &postRollup}, BoardCalls: {&callRollup}, BoardDoctors: {&doctorRollup}, BoardVisits: {&visitRollup}, BoardSaid: {&saidRollup}, BoardEpisodes: {&episodeRollup}}

// placed are the sources whose rows have no division: they are where their institution is.
var placed = []BoardSource{BoardCalls, BoardDoctors, BoardVisits, BoardSaid, BoardEpisodes}

// sourceRows are for questions that no table of sums answers, such as the cards of one institution: added up from the rows themselves.
var sourceRows = map[BoardSource]*rollup{
	BoardFindings: {table: boardTable("", cols("T month", "T admdvs", "T fixmedins_code", "T rule_id", "N sev_deg", "T state", "N withdrawn"), findingColumns...),
		of: "finding f", keys: []string{"f.month", "f.admdvs", "f.fixmedins_code", "f.rule_id", "f.sev_deg", "f.state", "f.withdrawn"}, sums: findingSums},
	BoardCases: {table: boardTable("", cols("T month", "T admdvs", "T fixmedins_code", "T rule_id", "T state", "T verdict", "T outcome"), caseColumns...),
		of: "review_case c", keys: []string{"c.month", "c.admdvs", "c.fixmedins_code", "c.rule_id", "c.state", "c.verdict", "c.outcome"}, sums: caseSums},
}

// ErrBoardColumn: no table of sums has these columns together.
var ErrBoardColumn = errors.New("看板没有按这些列一起汇总")

func (q *BoardQuery) rollup() (*rollup, error) {
	need := slices.Clone(q.By)
	for _, t := range q.Where {
		need = append(need, t.Column)
	}
	if q.Scope.Inst != "" || (q.Scope.Admdvs != "" && slices.Contains(placed, q.Source)) {
		need = append(need, "fixmedins_code")
	}
	for _, r := range sourceRollups[q.Source] {
		have := r.table.names()[:r.table.key]
		if !slices.ContainsFunc(need, func(c string) bool { return !slices.Contains(have, c) }) {
			return r, nil
		}
	}
	if r := sourceRows[q.Source]; r != nil && !slices.ContainsFunc(need, func(c string) bool { return !slices.Contains(r.table.names(), c) }) {
		return r, nil
	}
	return nil, fmt.Errorf("%w：%s %s", ErrBoardColumn, q.Source, strings.Join(need, "、"))
}

// BoardSums answers a query within the snapshot of the transaction: from the sums where these hold, from the rows themselves in months that have changed since.
func (tx *Tx) BoardSums(q BoardQuery) ([]BoardSum, error) {
	r, err := q.rollup()
	if err != nil {
		return nil, err
	}
	w := &where{}
	sums := r.sumNames()
	text, err := tx.summed(r, &q, w)
	if err != nil {
		return nil, err
	}
	out := make([]string, 0, len(sums))
	for _, s := range sums {
		out = append(out, added(s))
	}
	query := "SELECT " + strings.Join(append(slices.Clone(q.By), out...), ", ") + " FROM (" + text + ") x"
	q.terms(w)
	if len(w.text) > 0 {
		query += " WHERE " + strings.Join(w.text, " AND ")
	}
	if len(q.By) > 0 {
		query += " GROUP BY " + strings.Join(q.By, ", ") + " ORDER BY " + strings.Join(q.By, ", ")
	}
	return tx.boardRows(query, w.args, len(q.By), len(sums))
}

// summed is the query of a table of sums as it holds in this snapshot: months that have changed since are worked out.
func (tx *Tx) summed(r *rollup, q *BoardQuery, w *where) (string, error) {
	if r.table.name == "" {
		return r.rows(w, q), nil
	}
	marks, err := tx.staleMarks(r.kind)
	if err != nil {
		return "", err
	}
	var dirty []string
	days := map[string][]string{} // by month
	n := 0
	for k := range marks {
		month := k.month[:len("2006-01")]
		if (q.From == "" || month >= q.From) && (q.To == "" || month <= q.To) {
			dirty = append(dirty, month)
			days[month] = append(days[month], k.month)
			n++
		}
	}
	slices.Sort(dirty)
	dirty = slices.Compact(dirty)
	text := "SELECT " + strings.Join(r.table.names(), ", ") + " FROM " + r.table.name + " WHERE " + q.months(w, "month", dirty)
	for _, month := range dirty {
		from := []string{month}
		if r.ofDays() && n <= fewDays { // the other days of the month hold
			text += " UNION ALL " + r.kept(w, month, days[month])
			from = days[month]
		}
		for _, at := range from {
			text += " UNION ALL SELECT * FROM (" + r.text(w, at) + ") z"
		}
	}
	return text, nil
}

// fewDays are as many as one query works out by themselves; when more have changed, their months are worked out whole.
const fewDays = 31

// rows is the query of the rows themselves, by all columns that can be asked for.
func (r *rollup) rows(w *where, q *BoardQuery) string {
	names := r.table.names()
	parts := make([]string, len(names))
	for i, e := range slices.Concat(r.keys, r.sums) {
		parts[i] = e + " AS " + names[i]
	}
	return "SELECT " + strings.Join(parts, ", ") + " FROM " + r.of + " WHERE " + q.months(w, r.keys[0], nil) + " GROUP BY " + strings.Join(r.keys, ", ")
}

func (q *BoardQuery) months(w *where, column string, but []string) string {
	parts := []string{"1 = 1"}
	if q.From != "" {
		parts = append(parts, column+" >= "+w.bind(q.From))
	}
	if q.To != "" {
		parts = append(parts, column+" <= "+w.bind(q.To))
	}
	for _, m := range but {
		parts = append(parts, column+" <> "+w.bind(m))
	}
	return strings.Join(parts, " AND ")
}

func (q *BoardQuery) terms(w *where) {
	if q.Scope.Admdvs != "" && slices.Contains(placed, q.Source) {
		b := w.bind(q.Scope.Admdvs)
		w.text = append(w.text, "EXISTS (SELECT 1 FROM institution i WHERE i.fixmedins_code = x.fixmedins_code AND SUBSTR(i.admdvs, 1, LENGTH("+b+")) = "+b+")")
	} else if q.Scope.Admdvs != "" {
		w.text = append(w.text, "admdvs >= "+w.bind(q.Scope.Admdvs)+" AND admdvs < "+w.bind(q.Scope.Admdvs+"~"))
	}
	w.eq("fixmedins_code", q.Scope.Inst)
	if q.Source == BoardFindings {
		w.text = append(w.text, "withdrawn = 0")
	}
	for _, t := range q.Where {
		w.term(t)
	}
}

// numbers are the columns of sources that hold numbers.
var numberColumns = []string{"sev_deg", "withdrawn", "due_day", "paused"}

func (w *where) term(t BoardTerm) {
	if t.Below != 0 {
		w.text = append(w.text, t.Column+" > 0 AND "+t.Column+" < "+w.bind(t.Below))
		return
	}
	binds := make([]string, len(t.Values))
	for i, v := range t.Values {
		if n, err := strconv.ParseInt(v, 10, 64); err == nil && slices.Contains(numberColumns, t.Column) {
			binds[i] = w.bind(n)
		} else {
			binds[i] = w.bind(v)
		}
	}
	op := " IN ("
	if t.Not {
		op = " NOT IN ("
	}
	w.text = append(w.text, t.Column+op+strings.Join(binds, ", ")+")")
}

func (tx *Tx) boardRows(query string, args []any, keys, sums int) ([]BoardSum, error) {
	var out []BoardSum
	err := tx.query(func(r *sql.Rows) error {
		raw := make([]any, keys)
		s := BoardSum{Key: make([]string, keys), Sum: make([]int64, sums)}
		dest := make([]any, 0, keys+sums)
		for i := range raw {
			dest = append(dest, &raw[i])
		}
		for i := range s.Sum {
			dest = append(dest, &s.Sum[i])
		}
		if err := r.Scan(dest...); err != nil {
			return err
		}
		for i, v := range raw {
			s.Key[i] = value(v)
		}
		out = append(out, s)
		return nil
	}, query, args...)
	return out, err
}

// NewestMonth is the newest month with findings; "" when there are none. A month with less than a twentieth of the findings of the fullest has only stragglers and is passed over.
func (tx *Tx) NewestMonth() (newest string, err error) {
	rows, err := tx.BoardSums(BoardQuery{Source: BoardFindings, By: []string{"month"}})
	most := int64(0)
	for _, r := range rows {
		most = max(most, r.Sum[0])
	}
	for _, r := range rows {
		if r.Sum[0]*20 >= most {
			newest = r.Key[0]
		}
	}
	return newest, err
}

// texts reads a column of text.
func (tx *Tx) texts(query string, args ...any) ([]string, error) {
	var out []string
	err := tx.query(func(r *sql.Rows) error {
		var s string
		err := r.Scan(&s)
		out = append(out, s)
		return err
	}, query, args...)
	return out, err
}
