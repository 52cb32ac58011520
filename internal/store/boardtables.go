package store

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// rollup is a table of sums over the rows of another one, a month in each of its cells, or a day where there are many rows and their sums change all day.
// It is worked out from those rows and from nothing else, so that it cannot drift from them; one with a parent is worked out from that table of sums, in
// the same transaction.
type rollup struct {
	table  table
	kind   string
	of     string   // FROM; with %s where the conditions go, if that is not at its end
	keys   []string // what the table's keys but the month are in it
	sums   []string // what its other columns are
	when   func(w *where, month string) string
	by     string // what a mark narrows it to: fixmedins_code or rule_id; "" = it is of whole months
	byOf   string // the same in the source
	parent *rollup
}

func boardTable(name string, keys []column, sums ...string) table {
	for _, s := range sums {
		keys = append(keys, column{name: s, kind: number})
	}
	return table{name, len(keys) - len(sums), keys}
}

// inMonth keeps the rows of a month by a column that holds it.
func inMonth(column string) func(*where, string) string {
	return func(w *where, month string) string { return column + " = " + w.bind(month) }
}

// moments bound a month or a day in China's time, microseconds UTC.
func moments(month string) (from, to int64) {
	if t, err := time.Parse(time.DateOnly, month); err == nil {
		return Micros(t) - chinaShift, Micros(t.AddDate(0, 0, 1)) - chinaShift
	}
	t, err := time.Parse("2006-01", month)
	if err != nil {
		return 0, 0 // no row has such a month
	}
	return Micros(t) - chinaShift, Micros(t.AddDate(0, 1, 0)) - chinaShift
}

// chinaShift is how far China's time is before UTC, in microseconds.
const chinaShift = 8 * 3_600_000_000

// monthOf is the month of a moment in China.
func monthOf(at int64) string { return Moment(at + chinaShift).Format("2006-01") }

// dayOf is the day of a moment in China.
func dayOf(at int64) string { return Moment(at + chinaShift).Format(time.DateOnly) }

// atMonth keeps the rows of a month or a day by a column that holds a moment.
func atMonth(column string) func(*where, string) string {
	return func(w *where, month string) string {
		from, to := moments(month)
		return column + " >= " + w.bind(from) + " AND " + column + " < " + w.bind(to)
	}
}

// and adds a condition that no month changes.
func and(when func(*where, string) string, more string) func(*where, string) string {
	return func(w *where, month string) string { return when(w, month) + " AND " + more }
}

var (
	findingColumns = []string{"findings", "lines", "vola_fen", "fund_fen", "charged_fen"}
	findingSums    = []string{"COUNT(*)", "CAST(SUM(f.lines) AS BIGINT)", "CAST(SUM(f.vola_fen) AS BIGINT)", "CAST(SUM(f.fund_fen) AS BIGINT)", "CAST(SUM(f.charged_fen) AS BIGINT)"}
	caseColumns    = []string{"cases", "claim_fen", "charged_fen"}
	caseSums       = []string{"COUNT(*)", "CAST(SUM(c.claim_fen) AS BIGINT)", "CAST(SUM(c.charged_fen) AS BIGINT)"}
)

var (
	instRollup = rollup{table: boardTable("board_inst", cols("T month", "T admdvs", "T fixmedins_code", "N sev_deg", "T state", "N withdrawn"), findingColumns...), kind: markFinding,
		of: "finding f", keys: []string{"f.admdvs", "f.fixmedins_code", "f.sev_deg", "f.state", "f.withdrawn"}, sums: findingSums, when: inMonth("f.month"), by: "fixmedins_code", byOf: "f.fixmedins_code"}
	ruleRollup = rollup{table: boardTable("board_rule", cols("T month", "T admdvs", "T rule_id", "N sev_deg", "T state", "N withdrawn"), findingColumns...), kind: markFinding,
		of: "finding f", keys: []string{"f.admdvs", "f.rule_id", "f.sev_deg", "f.state", "f.withdrawn"}, sums: findingSums, when: inMonth("f.month"), by: "rule_id", byOf: "f.rule_id"}
	caseRollup = rollup{table: boardTable("board_case", cols("T month", "T admdvs", "T fixmedins_code", "T state", "N due_day", "N paused"), caseColumns...), kind: markCase,
		of: "review_case c", keys: []string{"c.admdvs", "c.fixmedins_code", "c.state", "c.due_day", "CASE WHEN c.paused_day = 0 THEN 0 ELSE 1 END"}, sums: caseSums, when: inMonth("c.month"),
		by: "fixmedins_code", byOf: "c.fixmedins_code"}
	verdictRollup = rollup{table: boardTable("board_verdict", cols("T month", "T admdvs", "T rule_id", "T state", "T verdict", "T outcome"), caseColumns...), kind: markCase,
		of: "review_case c", keys: []string{"c.admdvs", "c.rule_id", "c.state", "c.verdict", "c.outcome"}, sums: caseSums, when: inMonth("c.month"), by: "rule_id", byOf: "c.rule_id"}
	// The division of money is that of the case: lists of cases are within a division by it too.
	postRollup = rollup{table: boardTable("board_post", cols("T month", "T admdvs", "T fixmedins_code", "T book", "T from_acct", "T to_acct"), "posts", "amount_fen"), kind: markPost,
		of: "ledger_post p LEFT JOIN review_case c ON c.finding_id = p.finding_id", keys: []string{"COALESCE(c.admdvs, '')", "p.fixmedins_code", "p.book", "p.from_acct", "p.to_acct"},
		sums: []string{"COUNT(*)", "CAST(SUM(p.amount_fen) AS BIGINT)"}, when: inMonth("p.month"), by: "fixmedins_code", byOf: "p.fixmedins_code"}

	// What the reminder service did has no division of its own: it is where its institution is now, see ofInst.
	// They are added up by day first: calls come all day, and only their day is added up again.
	callDayRollup = rollup{table: boardTable("board_call_day", cols("T day", "T fixmedins_code"), "calls", "orders", "partial", "blocked", "interrupted", "total_us", "slow", "max_us"), kind: markCall,
		of: "reminder_call r", keys: []string{"r.fixmedins_code"}, when: atMonth("r.at"),
		sums: []string{"COUNT(*)", "CAST(SUM(r.orders) AS BIGINT)", "CAST(SUM(r.partial) AS BIGINT)", "COUNT(CASE WHEN r.verdict = '阻断' THEN 1 END)", "COUNT(CASE WHEN r.shown > 0 THEN 1 END)",
			"CAST(SUM(r.ana_dura_us) AS BIGINT)", fmt.Sprintf("COUNT(CASE WHEN r.ana_dura_us > %d THEN 1 END)", SlowCall), "MAX(r.ana_dura_us)"}}
	doctorDayRollup = rollup{table: boardTable("board_doctor_day", cols("T day", "T fixmedins_code", "N interruptions"), "days"), kind: markCall,
		of: "(" + doctorDays + ") d", keys: []string{"d.inst", "d.n"}, sums: []string{"COUNT(*)"}, when: atMonth("v.at")}
	documentRollup = rollup{table: boardTable("board_document", cols("T month", "T admdvs", "T fixmedins_code"), "documents"), kind: markFinding,
		of: "finding f", keys: []string{"f.admdvs", "f.fixmedins_code"}, sums: []string{"COUNT(DISTINCT CASE WHEN f.withdrawn = 0 AND f.setl_id <> '' THEN f.setl_id END)"}, when: inMonth("f.month"),
		by: "fixmedins_code", byOf: "f.fixmedins_code"}
	visitDayRollup = rollup{table: boardTable("board_visit_day", cols("T day", "T fixmedins_code"), "visits"), kind: markCall,
		of: "reminder_visit r", keys: []string{"r.fixmedins_code"}, sums: []string{"COUNT(*)"}, when: and(atMonth("r.at"), firstCalled)}
	saidDayRollup = rollup{table: boardTable("board_said_day", cols("T day", "T fixmedins_code", "N sev_deg"), "shown"), kind: markCall,
		of: "reminder r", keys: []string{"r.fixmedins_code", "r.rule_sev_deg"}, sums: []string{"COUNT(*)"}, when: and(atMonth("r.at"), firstShown)}
	episodeRollup = rollup{table: boardTable("board_episode", cols("T month", "T fixmedins_code", "T outcome", "N complied", "N frozen", "N reopened"), "episodes", "avoided_fen", "back_fen"), kind: markEpisode,
		of: "reminder_episode r", keys: []string{"r.fixmedins_code", "r.outcome", "r.complied", "r.frozen", "r.reopened"}, sums: []string{"COUNT(*)", "CAST(SUM(r.avoided_fen) AS BIGINT)", "CAST(SUM(" + back + ") AS BIGINT)"},
		when: func(w *where, month string) string {
			return "r.day >= " + w.bind(month+"-01") + " AND r.day <= " + w.bind(month+"-31")
		}}

	callRollup   = fold("board_call", &callDayRollup, "fixmedins_code")
	doctorRollup = fold("board_doctor", &doctorDayRollup, "fixmedins_code", "interruptions")
	visitRollup  = fold("board_visit", &visitDayRollup, "fixmedins_code")
	saidRollup   = fold("board_said", &saidDayRollup, "fixmedins_code", "sev_deg")

	stateRollup = fold("board_state", &instRollup, "admdvs", "sev_deg", "state", "withdrawn")
	placeRollup = fold("board_place", &instRollup, "admdvs", "fixmedins_code", "withdrawn")
	cardRollup  = fold("board_card", &ruleRollup, "admdvs", "rule_id", "withdrawn")
	stageRollup = fold("board_stage", &verdictRollup, "admdvs", "state", "verdict", "outcome")
	dueRollup   = fold("board_due", &caseRollup, "admdvs", "state", "due_day", "paused")
	bookRollup  = fold("board_book", &postRollup, "admdvs", "book", "from_acct", "to_acct")
)

// doctorDays are the interruptions of each doctor on each civil day on which he called. Without the + 0 SQLite looks a call's reminders up among all that were ever shown.
var doctorDays = fmt.Sprintf("SELECT v.fixmedins_code AS inst, v.doctor AS doctor, (v.at + %d) / 86400000000 AS day, COUNT(DISTINCT v.call_id) AS calls, COUNT(DISTINCT r.call_id) AS n FROM reminder_visit v LEFT JOIN reminder r ON r.call_id = v.call_id AND r.mdtrt_id = v.mdtrt_id AND r.shown + 0 = 1 WHERE %%s AND v.doctor <> '' GROUP BY v.fixmedins_code, v.doctor, (v.at + %d) / 86400000000", int64(chinaShift), int64(chinaShift))

// fold is a table of sums of months with fewer keys, made of another one.
func fold(name string, parent *rollup, keys ...string) rollup {
	t := parent.table
	of := func(c string) column {
		return t.columns[slices.IndexFunc(t.columns, func(x column) bool { return x.name == c })]
	}
	r := rollup{table: table{name: name, key: 1 + len(keys), columns: cols("T month")}, kind: parent.kind, parent: parent}
	for _, k := range keys {
		r.table.columns = append(r.table.columns, of(k))
	}
	r.table.columns = append(r.table.columns, t.columns[t.key:]...)
	return r
}

// rollups are in the order in which they are worked out: parents first.
var rollups = []*rollup{&instRollup, &ruleRollup, &caseRollup, &verdictRollup, &postRollup, &documentRollup, &callDayRollup, &doctorDayRollup, &visitDayRollup, &saidDayRollup, &episodeRollup,
	&callRollup, &doctorRollup, &visitRollup, &saidRollup,
	&stateRollup, &placeRollup, &cardRollup, &stageRollup, &dueRollup, &bookRollup}

var boardTables = func() []*table {
	out := []*table{&markTable}
	for _, r := range rollups {
		out = append(out, &r.table)
	}
	return out
}()

// daily tells whether the cells are of days.
func (r *rollup) daily() bool { return r.table.columns[0].name == "day" }

// ofDays tells whether the cells are of months and made of those of days.
func (r *rollup) ofDays() bool { return r.parent != nil && r.parent.daily() }

// sumNames are the columns that hold sums.
func (r *rollup) sumNames() []string { return r.table.names()[r.table.key:] }

// added is how a column of sums is summed again: the largest of largest ones is the largest.
func added(column string) string {
	if strings.HasPrefix(column, "max_") {
		return "CAST(COALESCE(MAX(" + column + "), 0) AS BIGINT)"
	}
	return "CAST(COALESCE(SUM(" + column + "), 0) AS BIGINT)"
}

// text is the query that works the sums of a month, or of a day, out from the rows, under the names of the table's columns. more are conditions on the rows.
func (r *rollup) text(w *where, month string, more ...string) string {
	names := strings.Join(r.table.names()[1:], ", ")
	if r.ofDays() { // of a day too these are sums within its month
		return "SELECT CAST(" + w.bind(month[:len("2006-01")]) + " AS TEXT) AS month, " + names + " FROM (" + r.parent.text(w, month) + ") y"
	}
	if r.parent != nil {
		return "SELECT month, " + names + " FROM (" + r.parent.text(w, month) + ") y"
	}
	parts := []string{"CAST(" + w.bind(month) + " AS TEXT) AS " + r.table.columns[0].name}
	for i, e := range slices.Concat(r.keys, r.sums) {
		parts = append(parts, e+" AS "+r.table.columns[i+1].name)
	}
	which := strings.Join(append([]string{r.when(w, month)}, more...), " AND ")
	from := r.of + " WHERE " + which
	if strings.Contains(r.of, "%s") {
		from = fmt.Sprintf(r.of, which)
	}
	return "SELECT " + strings.Join(parts, ", ") + " FROM " + from + " GROUP BY " + strings.Join(r.keys, ", ")
}

// renew writes the cells of a month or a day, or of those institutions or cards in it that marks name, anew.
func (tx *Tx) renew(r *rollup, month string, s *stale) error {
	gone := &where{}
	gone.text = append(gone.text, r.table.columns[0].name+" = "+gone.bind(month))
	src, text := &where{}, ""
	switch {
	case r.parent != nil:
		text = r.folded(src, month)
	case s.whole || r.by == "":
		text = r.text(src, month)
	default:
		names := s.insts
		if r.by == "rule_id" {
			names = s.rule
		}
		gone.in(r.by, names)
		some := &where{args: src.args}
		some.in(r.byOf, names)
		src.args = some.args
		text = r.text(src, month, some.text...)
	}
	if _, err := tx.exec("DELETE FROM "+r.table.name+" WHERE "+strings.Join(gone.text, " AND "), gone.args...); err != nil {
		return err
	}
	_, err := tx.exec("INSERT INTO "+r.table.name+" ("+strings.Join(r.table.names(), ", ")+") "+text, src.args...)
	return err
}

// folded is the query that works the sums of a month out from those of the parent.
func (r *rollup) folded(w *where, month string) string {
	parts := r.table.names()[:r.table.key]
	keys := strings.Join(parts, ", ")
	which := ""
	if r.ofDays() {
		keys = strings.Join(parts[1:], ", ")
		parts[0] = "CAST(" + w.bind(month) + " AS TEXT)"
		which = inDays(w, month)
	} else {
		which = "month = " + w.bind(month)
	}
	for _, s := range r.sumNames() {
		parts = append(parts, added(s))
	}
	return "SELECT " + strings.Join(parts, ", ") + " FROM " + r.parent.table.name + " WHERE " + which + " GROUP BY " + keys
}

// inDays keeps the cells of the days of a month.
func inDays(w *where, month string) string {
	return "day >= " + w.bind(month+"-01") + " AND day <= " + w.bind(month+"-31")
}

// kept is the query of the cells of a month of a table that is made of one of days, but for some days.
func (r *rollup) kept(w *where, month string, but []string) string {
	text := "SELECT CAST(" + w.bind(month) + " AS TEXT) AS month, " + strings.Join(r.table.names()[1:], ", ") + " FROM " + r.parent.table.name + " WHERE " + inDays(w, month)
	for _, day := range but {
		text += " AND day <> " + w.bind(day)
	}
	return text
}
