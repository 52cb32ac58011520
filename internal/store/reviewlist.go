package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"
)

// FindingFilter chooses findings. Empty fields choose all.
type FindingFilter struct {
	State    string
	Inst     string
	Admdvs   string // prefix of the division
	Rule     string
	Month    string
	Severity int
	Psn      string
	Mdtrt    string
	MinFen   int64 // charge at least
	Panel    string
	Package  string
	Login    string // relayed to this person of the hospital
	Sent     bool   // only what has been sent to the institution
	ByDue    bool   // order by what runs out first, else by most money; only for findings with cases
	Overdue  int64  // due before this civil day, its clock running
	From, To string // months, both included, where Month is ""
	NotState string
	Verdicts []string
	Outcomes []string
	Decided  bool     // it has come out: see decidedCase
	Events   []string // it had one of these steps between these civil days
	Since    int64
	Until    int64
	Moved    *Moves // only findings whose money moved so
	After    string // cursor of the page before
	Limit    int
}

// FindingItem is a row of a list of findings.
type FindingItem struct {
	ID        string
	Rule      string
	RuleName  string
	Severity  int
	Month     string
	Inst      string
	Admdvs    string
	Psn       string
	Mdtrt     string
	Vola      int64
	Fund      int64
	Charged   int64
	State     string
	Withdrawn bool
	DueDay    int64 // of the case; 0 = no clock runs
	Paused    bool
	Machine   string
	Package   string
	Panel     string // before which it is
	Version   int64  // of the case; of the finding while nobody has taken it up
	Cont      string // what is wrong, in a sentence
	Lines     int    // violating ones
	Moved     int64  // what moved, where a list asks for moves
	Cursor    string
}

// Moves chooses findings by what their postings of some months (both included, "" = open) brought to accounts, less what they took away.
type Moves struct {
	Book     string
	Into     []string
	From, To string
}

// net is the query of what moved, by finding.
func (m *Moves) net(w *where) string {
	in := &where{args: w.args}
	in.eq("p.book", m.Book)
	if m.From != "" {
		in.text = append(in.text, "p.month >= "+in.bind(m.From))
	}
	if m.To != "" {
		in.text = append(in.text, "p.month <= "+in.bind(m.To))
	}
	to, from := &where{args: in.args}, &where{}
	to.oneOf("p.to_acct", m.Into)
	from.args = to.args
	from.oneOf("p.from_acct", m.Into)
	w.args = from.args
	sum := "SUM(CASE WHEN " + to.text[0] + " THEN p.amount_fen ELSE 0 END) - SUM(CASE WHEN " + from.text[0] + " THEN p.amount_fen ELSE 0 END)"
	in.text = append(in.text, "("+to.text[0]+" OR "+from.text[0]+")")
	return "SELECT p.finding_id, CAST(" + sum + " AS BIGINT) AS net FROM ledger_post p WHERE " + strings.Join(in.text, " AND ") + " GROUP BY p.finding_id HAVING " + sum + " <> 0"
}

// ErrCursor: the cursor was not made by a list of this kind.
var ErrCursor = errors.New("翻页标记不对，请从第一页重新查询")

// where gathers conditions with their binds.
type where struct {
	text []string
	args []any
}

// bind adds values and returns their placeholders.
func (w *where) bind(v any) string {
	w.args = append(w.args, v)
	return "$" + strconv.Itoa(len(w.args))
}

func (w *where) eq(column, value string) {
	if value != "" {
		w.text = append(w.text, column+" = "+w.bind(value))
	}
}

// ListFindings lists a page of findings.
func (tx *Tx) ListFindings(f FindingFilter) ([]FindingItem, error) {
	if f.Limit <= 0 || f.Limit > 500 {
		f.Limit = 50
	}
	w := &where{}
	if f.ByDue {
		return tx.listDue(f, w)
	}
	if f.Moved != nil || len(f.Events) > 0 || f.Decided || len(f.Verdicts)+len(f.Outcomes) > 0 || f.Sent || f.Panel != "" || f.Package != "" || f.Login != "" || f.Overdue != 0 {
		return tx.listDue(f, w)
	}
	return tx.listPool(f, w)
}

func (f *FindingFilter) common(w *where, state string) {
	w.eq(state+"state", f.State)
	if f.NotState != "" {
		w.text = append(w.text, state+"state <> "+w.bind(f.NotState))
	}
	w.eq(state+"fixmedins_code", f.Inst)
	w.eq(state+"rule_id", f.Rule)
	w.eq(state+"month", f.Month)
	if f.From != "" && f.Month == "" {
		w.text = append(w.text, state+"month >= "+w.bind(f.From))
	}
	if f.To != "" && f.Month == "" {
		w.text = append(w.text, state+"month <= "+w.bind(f.To))
	}
	if f.Admdvs != "" {
		w.text = append(w.text, state+"admdvs >= "+w.bind(f.Admdvs)+" AND "+state+"admdvs < "+w.bind(f.Admdvs+"~"))
	}
	if f.Psn != "" {
		w.eq("f.psn_no", f.Psn)
	}
	if f.Severity != 0 {
		w.text = append(w.text, "f.sev_deg = "+w.bind(f.Severity))
	}
	if f.MinFen > 0 {
		w.text = append(w.text, "f.charged_fen >= "+w.bind(f.MinFen))
	}
	if f.Mdtrt != "" {
		w.text = append(w.text, "f.finding_id IN (SELECT l.finding_id FROM finding_line l WHERE l.mdtrt_id = "+w.bind(f.Mdtrt)+")")
	}
}

const poolColumns = "SELECT f.finding_id, f.rule_id, f.rule_name, f.sev_deg, f.month, f.fixmedins_code, f.admdvs, f.psn_no, f.mdtrt_id, f.vola_fen, f.fund_fen, f.charged_fen, f.state, f.withdrawn, f.version, f.vola_cont, f.lines FROM finding f"

// listPool is by most money, whatever the state.
func (tx *Tx) listPool(f FindingFilter, w *where) ([]FindingItem, error) {
	f.common(w, "f.")
	w.text = append(w.text, "f.withdrawn = 0")
	if f.After != "" {
		fen, id, err := cutCursor(f.After)
		if err != nil {
			return nil, err
		}
		w.text = append(w.text, "(f.charged_fen < "+w.bind(fen)+" OR (f.charged_fen = "+w.bind(fen)+" AND f.finding_id < "+w.bind(id)+"))")
	}
	q := poolColumns + " WHERE " + strings.Join(w.text, " AND ") + " ORDER BY f.charged_fen DESC, f.finding_id DESC LIMIT " + strconv.Itoa(f.Limit)
	var out []FindingItem
	err := tx.query(func(r *sql.Rows) error {
		var x FindingItem
		err := r.Scan(&x.ID, &x.Rule, &x.RuleName, &x.Severity, &x.Month, &x.Inst, &x.Admdvs, &x.Psn, &x.Mdtrt, &x.Vola, &x.Fund, &x.Charged, &x.State, &x.Withdrawn, &x.Version, &x.Cont, &x.Lines)
		x.Cursor = strconv.FormatInt(x.Charged, 10) + "." + x.ID
		out = append(out, x)
		return err
	}, q, w.args...)
	if err != nil {
		return nil, err
	}
	return out, tx.withCases(out)
}

// withCases adds what the cases of a page say.
func (tx *Tx) withCases(items []FindingItem) error {
	at := map[string]*FindingItem{}
	var ids []string
	for i := range items {
		if items[i].State != MachineState {
			at[items[i].ID] = &items[i]
			ids = append(ids, items[i].ID)
		}
	}
	return inChunks(ids, func(in string, args []any) error {
		cs, err := list[Case](tx, &reviewCaseTable, "WHERE finding_id IN ("+in+")", args...)
		for i := range cs {
			at[cs[i].Finding].fromCase(&cs[i])
		}
		return err
	})
}

func (x *FindingItem) fromCase(c *Case) {
	x.DueDay, x.Paused, x.Machine, x.Package, x.Panel, x.Version = c.DueDay, c.PausedDay != 0, c.Machine, c.Package, c.Panel, c.Version
	x.Charged, x.Fund, x.Severity = c.Charged, c.Fund, c.Severity
}

const dueColumns = "SELECT f.finding_id, f.rule_id, f.rule_name, c.severity, f.month, f.fixmedins_code, f.admdvs, f.psn_no, f.mdtrt_id, f.vola_fen, c.fund_fen, c.charged_fen, c.state, f.withdrawn, c.due_day, c.paused_day, c.machine, c.package_id, c.panel_id, c.version, f.vola_cont, f.lines FROM review_case c JOIN finding f ON f.finding_id = c.finding_id"

// listDue is of findings with cases, by what runs out first.
func (tx *Tx) listDue(f FindingFilter, w *where) ([]FindingItem, error) {
	q, net := dueColumns, "0"
	if f.Moved != nil {
		q, net = q+" JOIN ("+f.Moved.net(w)+") m ON m.finding_id = c.finding_id", "m.net"
	}
	q = strings.Replace(q, " FROM ", ", "+net+" FROM ", 1)
	f.common(w, "c.")
	f.decided(w)
	if f.Sent {
		w.text = append(w.text, "c.sent_day <> 0")
	}
	w.eq("c.panel_id", f.Panel)
	w.eq("c.package_id", f.Package)
	if f.Login != "" {
		w.text = append(w.text, "c.finding_id IN (SELECT r.finding_id FROM review_relay r WHERE r.login = "+w.bind(f.Login)+")")
	}
	if f.Overdue != 0 {
		w.text = append(w.text, "c.paused_day = 0 AND c.due_day > 0 AND c.due_day < "+w.bind(f.Overdue))
	}
	if f.After != "" {
		day, id, err := cutCursor(f.After)
		if err != nil {
			return nil, err
		}
		w.text = append(w.text, "(c.due_day > "+w.bind(day)+" OR (c.due_day = "+w.bind(day)+" AND c.finding_id > "+w.bind(id)+"))")
	}
	if len(w.text) > 0 {
		q += " WHERE " + strings.Join(w.text, " AND ")
	}
	q += " ORDER BY c.due_day, c.finding_id LIMIT " + strconv.Itoa(f.Limit)
	var out []FindingItem
	err := tx.query(func(r *sql.Rows) error {
		var x FindingItem
		var paused int64
		err := r.Scan(&x.ID, &x.Rule, &x.RuleName, &x.Severity, &x.Month, &x.Inst, &x.Admdvs, &x.Psn, &x.Mdtrt, &x.Vola, &x.Fund, &x.Charged, &x.State, &x.Withdrawn, &x.DueDay,
			&paused, &x.Machine, &x.Package, &x.Panel, &x.Version, &x.Cont, &x.Lines, &x.Moved)
		x.Paused, x.Cursor = paused != 0, strconv.FormatInt(x.DueDay, 10)+"."+x.ID
		out = append(out, x)
		return err
	}, q, w.args...)
	return out, err
}

// decided adds conditions on how cases came out and on their steps.
func (f *FindingFilter) decided(w *where) {
	if len(f.Verdicts) > 0 {
		w.oneOf("c.verdict", f.Verdicts)
	}
	if len(f.Outcomes) > 0 {
		w.oneOf("c.outcome", f.Outcomes)
	}
	if f.Decided {
		w.text = append(w.text, decidedCase)
	}
	if len(f.Events) > 0 {
		in := &where{args: w.args}
		in.oneOf("s.event", f.Events)
		w.args = in.args
		c := in.text[0] + " AND s.day >= " + w.bind(f.Since)
		if f.Until != 0 {
			c += " AND s.day <= " + w.bind(f.Until)
		}
		w.text = append(w.text, "c.finding_id IN (SELECT s.finding_id FROM review_step s WHERE "+c+")")
	}
}

func cutCursor(s string) (int64, string, error) {
	a, id, ok := strings.Cut(s, ".")
	n, err := strconv.ParseInt(a, 10, 64)
	if !ok || err != nil || id == "" {
		return 0, "", ErrCursor
	}
	return n, id, nil
}

// StateCount counts the cases of a state.
type StateCount struct {
	State   string
	Cases   int64
	Overdue int64
	Charged int64
}

// CountCases counts cases by state within a scope; overdue are those due before a civil day.
func (db *DB) CountCases(ctx context.Context, admdvs, inst string, today int64) ([]StateCount, error) {
	var out []StateCount
	err := db.View(ctx, func(tx *Tx) error {
		return tx.query(func(r *sql.Rows) error {
			var s StateCount
			err := r.Scan(&s.State, &s.Cases, &s.Overdue, &s.Charged)
			out = append(out, s)
			return err
		}, "SELECT state, COUNT(*), CAST(SUM(CASE WHEN due_day > 0 AND due_day < $1 AND paused_day = 0 THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(charged_fen) AS BIGINT) FROM review_case WHERE (fixmedins_code = $2 OR $2 = '') AND admdvs >= $3 AND admdvs < $4 AND (sent_day <> 0 OR $2 = '') GROUP BY state ORDER BY state",
			today, inst, admdvs, admdvs+"~")
	})
	return out, err
}
