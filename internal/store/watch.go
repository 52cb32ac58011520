package store

import (
	"context"
	"database/sql"
	"strconv"
	"time"
)

// Tri asks a yes-or-no column for one of both, or for nothing.
type Tri int8

// What may be asked.
const (
	Any Tri = iota
	Yes
	No
)

// WatchFilter chooses what the reminder service did, for sums and for the lists they open into. Empty fields restrict nothing; of a Span only what a
// table keeps its time in is used.
type WatchFilter struct {
	Scope  Scope
	At     Span
	Rule   string
	Dept   string // goes with Scope.Inst: departments and doctors have their institution's codes
	Doctor string
	Mdtrt  string

	Severities  []string // of reminders
	Outcomes    []string // of episodes
	NotOutcomes []string
	Complied    Tri
	Frozen      Tri
	Reopened    Tri
	Avoided     bool  // episodes that avoided money
	Back        bool  // episodes whose avoided money was taken back
	Partial     bool  // calls that were not judged to the end
	Blocked     bool  // calls that were stopped
	Shown       bool  // calls that showed something
	Over        int64 // calls that took longer, microseconds
}

// moments keeps rows by a column in microseconds.
func (w *conditions) moments(column string, at Span) {
	w.add(column+" >= "+w.bind(at.From), true)
	if at.To != 0 {
		w.add(column+" < "+w.bind(at.To), true)
	}
}

// dates keeps rows by a column yyyy-MM-dd.
func (w *conditions) dates(column string, at Span) {
	if at.FirstDate != "" {
		w.add(column+" >= "+w.bind(at.FirstDate), true)
	}
	if at.LastDate != "" {
		w.add(column+" <= "+w.bind(at.LastDate), true)
	}
}

func (w *conditions) oneOf(column string, values []string, not bool) {
	if len(values) == 0 {
		return
	}
	list, op := "", " IN ("
	if not {
		op = " NOT IN ("
	}
	for i, v := range values {
		if i > 0 {
			list += ", "
		}
		list += w.bind(v)
	}
	w.add(column+op+list+")", true)
}

func (w *conditions) tri(column string, t Tri) {
	if t != Any {
		w.add(column+" = "+w.bind(flag(t == Yes)), true)
	}
}

// back is what was avoided at first and taken back, because the same person got the item elsewhere.
const back = "CASE WHEN r.reopened = 1 AND r.orig_fund_fen - r.final_fund_fen - r.subst_fund_fen > 0 THEN r.orig_fund_fen - r.final_fund_fen - r.subst_fund_fen ELSE 0 END"

// Back is what the episode avoided at first and what was taken back of it, in fen.
func (e *Episode) Back() int64 {
	if !e.Reopened {
		return 0
	}
	return max(0, e.OrigFund-e.FinalFund-e.SubstFund)
}

func (f *WatchFilter) episodes() *conditions {
	w := &conditions{}
	w.dates("r.day", f.At)
	w.ofInst("r.fixmedins_code", f.Scope)
	w.equal("r.rule_id", f.Rule)
	f.whose(w, "r")
	w.oneOf("r.outcome", f.Outcomes, false)
	w.oneOf("r.outcome", f.NotOutcomes, true)
	w.tri("r.complied", f.Complied)
	w.tri("r.frozen", f.Frozen)
	w.tri("r.reopened", f.Reopened)
	w.add("r.avoided_fen > 0", f.Avoided)
	w.add(back+" > 0", f.Back)
	return w
}

// whose keeps rows of a department, doctor and visit.
func (f *WatchFilter) whose(w *conditions, table string) {
	w.equal(table+".dept", f.Dept)
	w.equal(table+".doctor", f.Doctor)
	w.equal(table+".mdtrt_id", f.Mdtrt)
}

// then keeps rows that a call left within the time and scope.
func (f *WatchFilter) then(w *conditions) {
	w.moments("r.at", f.At)
	w.ofInst("r.fixmedins_code", f.Scope)
}

func (f *WatchFilter) calls() *conditions {
	w := &conditions{}
	f.then(w)
	w.add("r.partial = 1", f.Partial)
	w.add("r.verdict = '阻断'", f.Blocked)
	w.add("r.shown > 0", f.Shown)
	if f.Over > 0 {
		w.add("r.ana_dura_us > "+w.bind(f.Over), true)
	}
	if f.Dept != "" || f.Doctor != "" || f.Mdtrt != "" {
		v := &conditions{args: w.args}
		v.add("v.call_id = r.call_id", true)
		f.whose(v, "v")
		w.args = v.args
		w.add("EXISTS (SELECT 1 FROM reminder_visit v"+v.text()+")", true)
	}
	return w
}

func (f *WatchFilter) visits() *conditions {
	w := &conditions{}
	f.then(w)
	f.whose(w, "r")
	return w
}

// A visit, and a reminder, counts where and when it was first spoken of, and nowhere again: so that figures of parts and months add up to that of the whole.
const (
	firstCalled = "NOT EXISTS (SELECT 1 FROM reminder_visit e WHERE e.mdtrt_id = r.mdtrt_id AND e.psn_no = r.psn_no AND (e.at, e.call_id) < (r.at, r.call_id))"
	firstShown  = "r.shown = 1 AND NOT EXISTS (SELECT 1 FROM reminder e WHERE e.jr_id = r.jr_id AND e.shown = 1 AND (e.at, e.call_id, e.seq) < (r.at, r.call_id, r.seq))"
)

// newVisits keeps the first call about each visit.
func (f *WatchFilter) newVisits() *conditions {
	w := f.visits()
	w.add(firstCalled, true)
	return w
}

// reminders keeps the first showing of each reminder.
func (f *WatchFilter) reminders() *conditions {
	w := &conditions{}
	w.add(firstShown, true)
	f.then(w)
	w.equal("r.rule_id", f.Rule)
	f.whose(w, "r")
	return w
}

// CallSums are sums of calls. Micros is all the time they took to judge.
type CallSums struct {
	Calls, Orders, Partial, Blocked, Interrupted, Micros, MaxMicros, Slow int64
}

// SlowCall is from how many microseconds on a caller has stopped waiting (the guide for hospitals says so).
const SlowCall = 500_000

// wholeMonths tells which months a filter asks for when it asks for nothing but whole months within a scope: tables of sums answer that.
func (f *WatchFilter) wholeMonths() (from, to string, ok bool) {
	if f.Rule+f.Dept+f.Doctor+f.Mdtrt != "" || len(f.Severities)+len(f.Outcomes)+len(f.NotOutcomes) > 0 || f.Complied != Any || f.Frozen != Any || f.Reopened != Any ||
		f.Avoided || f.Back || f.Partial || f.Blocked || f.Shown || f.Over > 0 || f.At.To == 0 {
		return "", "", false
	}
	from, to = monthOf(f.At.From), monthOf(f.At.To-1)
	begin, _ := moments(from)
	_, end := moments(to)
	ok = begin == f.At.From && end == f.At.To && f.At.FirstDate == from+"-01" && f.At.LastDate == Moment(end+chinaShift-1).Format(time.DateOnly)
	return from, to, ok
}

// CallSums adds calls up.
func (tx *Tx) CallSums(f WatchFilter) (s CallSums, err error) {
	from, to, ok := f.wholeMonths()
	if !ok {
		return tx.callRows(f)
	}
	rows, err := tx.BoardSums(BoardQuery{Source: BoardCalls, Scope: f.Scope, From: from, To: to})
	if err == nil {
		n := rows[0].Sum // a sum of nothing is a row of zeros
		s = CallSums{Calls: n[0], Orders: n[1], Partial: n[2], Blocked: n[3], Interrupted: n[4], Micros: n[5], Slow: n[6], MaxMicros: n[7]}
	}
	return s, err
}

// callRows adds up the calls themselves.
func (tx *Tx) callRows(f WatchFilter) (s CallSums, err error) {
	w := f.calls()
	slow := strconv.Itoa(SlowCall)
	return s, tx.one([]any{&s.Calls, &s.Orders, &s.Partial, &s.Blocked, &s.Interrupted, &s.Micros, &s.MaxMicros, &s.Slow},
		"SELECT COUNT(*), CAST(COALESCE(SUM(r.orders), 0) AS BIGINT), CAST(COALESCE(SUM(r.partial), 0) AS BIGINT), COUNT(CASE WHEN r.verdict = '阻断' THEN 1 END), COUNT(CASE WHEN r.shown > 0 THEN 1 END), CAST(COALESCE(SUM(r.ana_dura_us), 0) AS BIGINT), CAST(COALESCE(MAX(r.ana_dura_us), 0) AS BIGINT), COUNT(CASE WHEN r.ana_dura_us > "+
			slow+" THEN 1 END) FROM reminder_call r"+w.text(), w.args...)
}

// LatencySteps are the bounds of LatencyCounts, in microseconds.
var LatencySteps = []int64{5_000, 10_000, 20_000, 50_000, 100_000, 200_000, SlowCall}

// LatencyCounts counts calls by how long they took: up to each of LatencySteps and not up to the one before, and at the end longer than all.
func (tx *Tx) LatencyCounts(f WatchFilter) ([]int64, error) {
	w := f.calls()
	step := "CASE"
	for i, us := range LatencySteps {
		step += " WHEN r.ana_dura_us <= " + strconv.FormatInt(us, 10) + " THEN " + strconv.Itoa(i)
	}
	step += " ELSE " + strconv.Itoa(len(LatencySteps)) + " END"
	out := make([]int64, len(LatencySteps)+1)
	err := tx.query(func(r *sql.Rows) error {
		var i int
		var n int64
		err := r.Scan(&i, &n)
		if err == nil {
			out[i] = n
		}
		return err
	}, "SELECT x.step, COUNT(*) FROM (SELECT "+step+" AS step FROM reminder_call r"+w.text()+") x GROUP BY x.step", w.args...)
	return out, err
}

// VisitCount counts the visits that calls spoke of for the first time.
func (tx *Tx) VisitCount(f WatchFilter) (n int64, err error) {
	if from, to, ok := f.wholeMonths(); ok {
		rows, err := tx.BoardSums(BoardQuery{Source: BoardVisits, Scope: f.Scope, From: from, To: to})
		if err == nil {
			n = rows[0].Sum[0] // a sum of nothing is a row of zeros
		}
		return n, err
	}
	return tx.visitRows(f)
}

func (tx *Tx) visitRows(f WatchFilter) (n int64, err error) {
	w := f.newVisits()
	return n, tx.one([]any{&n}, "SELECT COUNT(*) FROM reminder_visit r"+w.text(), w.args...)
}

// SaidCounts counts the reminders that were shown for the first time, by severity (1, 2, 3).
func (tx *Tx) SaidCounts(f WatchFilter) (map[string]int64, error) {
	from, to, ok := f.wholeMonths()
	if !ok {
		return tx.saidRows(f)
	}
	rows, err := tx.BoardSums(BoardQuery{Source: BoardSaid, Scope: f.Scope, From: from, To: to, By: []string{"sev_deg"}})
	out := map[string]int64{}
	for _, r := range rows {
		out[r.Key[0]] = r.Sum[0]
	}
	return out, err
}

func (tx *Tx) saidRows(f WatchFilter) (map[string]int64, error) {
	w := f.reminders()
	return tx.counts("SELECT r.rule_sev_deg, COUNT(*) FROM reminder r"+w.text()+" GROUP BY r.rule_sev_deg", w.args)
}

// EpisodeCell is what has become of some episodes that came out alike. Money is in fen.
type EpisodeCell struct {
	Outcome                       string
	Complied, Frozen, Reopened    bool
	Episodes, AvoidedFen, BackFen int64
}

// EpisodeCells adds episodes up by what became of them.
func (tx *Tx) EpisodeCells(f WatchFilter) (out []EpisodeCell, err error) {
	from, to, ok := f.wholeMonths()
	if !ok {
		return tx.episodeRows(f)
	}
	rows, err := tx.BoardSums(BoardQuery{Source: BoardEpisodes, Scope: f.Scope, From: from, To: to, By: []string{"outcome", "complied", "frozen", "reopened"}})
	for _, r := range rows {
		out = append(out, EpisodeCell{r.Key[0], r.Key[1] == "1", r.Key[2] == "1", r.Key[3] == "1", r.Sum[0], r.Sum[1], r.Sum[2]})
	}
	return out, err
}

// episodeRows adds up the episodes themselves.
func (tx *Tx) episodeRows(f WatchFilter) ([]EpisodeCell, error) {
	w := f.episodes()
	return scanned(tx, func(c *EpisodeCell) []any {
		return []any{&c.Outcome, &c.Complied, &c.Frozen, &c.Reopened, &c.Episodes, &c.AvoidedFen, &c.BackFen}
	}, "SELECT r.outcome, r.complied, r.frozen, r.reopened, COUNT(*), CAST(SUM(r.avoided_fen) AS BIGINT), CAST(SUM("+back+") AS BIGINT) FROM reminder_episode r"+w.text()+
		" GROUP BY r.outcome, r.complied, r.frozen, r.reopened ORDER BY 1, 2, 3, 4", w.args...)
}

// watchKeys are the columns by which the service's work may be parted.
var watchKeys = map[string]string{"rule": "r.rule_id", "inst": "r.fixmedins_code", "dept": "r.fixmedins_code || ' ' || r.dept", "doctor": "r.fixmedins_code || ' ' || r.doctor", "day": "r.day"}

// SaidPart counts the reminders first shown in one part; Name is a card's where cards are the parts.
type SaidPart struct {
	Key, Name          string
	Violations, Doubts int64
}

// SaidParts parts the reminders that were shown by rule, inst, dept, doctor or day; departments and doctors have their institution before them, parted by a space.
func (tx *Tx) SaidParts(f WatchFilter, by string) ([]SaidPart, error) {
	col, ok := watchKeys[by]
	if !ok {
		return nil, ErrNotFound
	}
	w := f.reminders()
	return scanned(tx, func(p *SaidPart) []any { return []any{&p.Key, &p.Name, &p.Violations, &p.Doubts} }, "SELECT "+col+", MAX(r.rule_name), COUNT(CASE WHEN r.rule_sev_deg = 1 THEN 1 END), COUNT(CASE WHEN r.rule_sev_deg > 1 THEN 1 END) FROM reminder r"+
		w.text()+" GROUP BY "+col+" ORDER BY 1", w.args...)
}

// CallPart counts the calls of one part.
type CallPart struct {
	Key   string
	Calls int64
}

// CallParts parts calls by inst, dept, doctor or day; nil by rule, for a call is of no rule. A call about two doctors' visits counts with both.
func (tx *Tx) CallParts(f WatchFilter, by string) (out []CallPart, err error) {
	w, from, col := f.visits(), "reminder_visit r", watchKeys[by]
	switch by {
	case "rule":
		return nil, nil
	case "inst":
		w, from = f.calls(), "reminder_call r"
	case "day":
		w, from = f.calls(), "reminder_call r"
		col = "(r.at + 28800000000) / 86400000000"
	}
	err = tx.query(func(r *sql.Rows) error {
		var p CallPart
		var k any
		err := r.Scan(&k, &p.Calls)
		if n, ok := k.(int64); ok {
			k = Moment(n*86_400_000_000 + 1).Format("2006-01-02")
		}
		p.Key = value(k)
		out = append(out, p)
		return err
	}, "SELECT "+col+", COUNT(DISTINCT r.call_id) FROM "+from+w.text()+" GROUP BY "+col+" ORDER BY 1", w.args...)
	return out, err
}

// EffectSums sums the episodes of a filter by one of rule, inst, dept, doctor, day or "" (all); departments and doctors carry
// their institution in the key, for their codes are only theirs.
func (db *DB) EffectSums(ctx context.Context, by string, f WatchFilter) (out []EffectSum, err error) {
	err = db.View(ctx, func(tx *Tx) error { out, err = tx.EffectSums(by, f); return err })
	return out, err
}

// EffectSums is DB.EffectSums within a snapshot.
func (tx *Tx) EffectSums(by string, f WatchFilter) (out []EffectSum, err error) {
	col, ok := watchKeys[by]
	if by == "" {
		col, ok = "SUBSTR(r.day, 1, 0)", true
	}
	if !ok {
		return nil, ErrNotFound
	}
	w := f.episodes()
	err = tx.query(func(r *sql.Rows) error {
		var k, outcome string
		var n, complied, reopened, avoided, frozen, frozenFen, backFen int64
		if err := r.Scan(&k, &outcome, &n, &complied, &reopened, &avoided, &frozen, &frozenFen, &backFen); err != nil {
			return err
		}
		if len(out) == 0 || out[len(out)-1].Key != k {
			out = append(out, EffectSum{Key: k, Outcomes: map[string]int64{}})
		}
		s := &out[len(out)-1]
		s.Outcomes[outcome] += n
		s.Episodes, s.Complied, s.Reopened, s.Avoided, s.Frozen = s.Episodes+n, s.Complied+complied, s.Reopened+reopened, s.Avoided+avoided, s.Frozen+frozen
		s.FrozenFen, s.BackFen = s.FrozenFen+frozenFen, s.BackFen+backFen
		return nil
	}, "SELECT "+col+" AS k, r.outcome, COUNT(*), CAST(SUM(r.complied) AS BIGINT), CAST(SUM(r.reopened) AS BIGINT), CAST(SUM(r.avoided_fen) AS BIGINT), CAST(SUM(r.frozen) AS BIGINT), CAST(SUM(CASE WHEN r.frozen = 1 THEN r.avoided_fen ELSE 0 END) AS BIGINT), CAST(SUM("+
		back+") AS BIGINT) FROM reminder_episode r"+w.text()+" GROUP BY "+col+", r.outcome ORDER BY k, r.outcome", w.args...)
	return out, err
}

// LastCall is the moment of the newest call of institutions within a scope; 0 when there is none.
func (tx *Tx) LastCall(s Scope) (at int64, err error) {
	w := &conditions{}
	w.ofInst("r.fixmedins_code", s)
	return at, tx.one([]any{&at}, "SELECT CAST(COALESCE(MAX(r.at), 0) AS BIGINT) FROM reminder_call r"+w.text(), w.args...)
}
