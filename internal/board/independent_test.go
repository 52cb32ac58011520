package board_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/board"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/store/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }

// counted are the indicators worked out a second time, by queries that know nothing of tables of sums, of marks and of lists: plain SQL over the rows. In them
// {area} and {inst} are the scope, {from} and {to} months, {d1} and {d2} dates, {n1} and {n2} civil days, {t1} and {t2} moments, {today} and {day} today.
// Ratios are not here: they are made of their two parts. An indicator that is missing here fails the test.
var counted = map[string]string{
	"J03": "SELECT COUNT(*) FROM review_inst x WHERE {own}",
	"J04": "SELECT COUNT(DISTINCT rule_id) FROM rule_run x WHERE NOT EXISTS (SELECT 1 FROM rule_run y WHERE y.run > x.run)",

	"F01": found("COUNT(*)", ""), "F02": found("COUNT(DISTINCT x.fixmedins_code)", ""), "F03": found("SUM(x.lines)", ""), "F04": found("SUM(x.vola_fen)", ""), "F05": found("SUM(x.charged_fen)", ""), "F06": found("COUNT(DISTINCT x.month || x.fixmedins_code || x.admdvs || x.setl_id)", "x.setl_id <> ''"),
	"F11": found("COUNT(*)", "x.sev_deg = 1"), "F12": found("COUNT(*)", "x.sev_deg = 2"), "F13": found("COUNT(*)", "x.sev_deg = 3"), "F21": found("COUNT(*)", "x.state = '机审'"), "F22": found("COUNT(*)", "x.state = '关闭'"),

	"C01": cased("x.state <> '关闭'"), "C02": cased("x.due_day <> 0 AND x.due_day < {today} AND x.paused_day = 0"),
	"C03": cased("(x.state = '执行' OR NOT (x.outcome = '' OR x.outcome = '撤回' OR x.outcome = '重出'))"),
	"C04": cased("(x.state = '执行' OR NOT (x.outcome = '' OR x.outcome = '撤回' OR x.outcome = '重出')) AND (x.verdict = '不违规' OR x.verdict = '规则误报')"),
	"C11": stepped("'keep', 'dismiss'"), "C12": stepped("'appeal', 'second'"), "C13": stepped("'uphold', 'withdraw', 'conclude'"), "C14": stepped("'conclude'"), "C15": stepped("'confirm'"),

	"M01": moved("基金", true, "拒付"), "M02": moved("基金", true, "应收", "抵扣", "缴款", "清算", "年清", "已收"), "M03": moved("基金", true, "已收"), "M04": moved("基金", false, "应收", "抵扣", "缴款", "清算", "年清"),
	"M05": moved("基金", false, "移交"), "M06": moved("基金", true, "另退"), "M11": moved("违约金", true, "已收"), "M12": moved("罚款", true, "已收"), "M13": moved("患者", false, "应退"),

	"R01": called("COUNT(*)", ""), "R31": called("COUNT(*)", "x.partial <> 0"), "R32": called("COUNT(*)", "x.verdict = '阻断'"), "R33": called("COUNT(*)", "x.shown <> 0"),
	"R35": called("SUM(x.ana_dura_us) / COUNT(*)", ""), "R36": called("MAX(x.ana_dura_us)", ""), "R37": called("COUNT(*)", "x.ana_dura_us > 500000"),
	"R02": "SELECT COUNT(*) FROM reminder_visit x WHERE {moment} AND {placed} AND x.call_id = (SELECT y.call_id FROM reminder_visit y WHERE y.psn_no = x.psn_no AND y.mdtrt_id = x.mdtrt_id ORDER BY y.at, y.call_id LIMIT 1)",
	"R03": said("= 1"), "R04": said("> 1"),
	"R34": "SELECT n FROM (SELECT v.fixmedins_code, v.doctor, (v.at + 28800000000) / 86400000000 AS day, COUNT(DISTINCT CASE WHEN EXISTS (SELECT 1 FROM reminder r WHERE r.call_id = v.call_id AND r.mdtrt_id = v.mdtrt_id AND r.shown = 1) THEN v.call_id END) AS n FROM reminder_visit v WHERE v.doctor <> '' AND v.call_id IN (SELECT x.call_id FROM reminder_visit x WHERE {moment} AND {placed}) GROUP BY v.fixmedins_code, v.doctor, (v.at + 28800000000) / 86400000000) d ORDER BY n", // its middle is taken in Go
	"R05": happened("COUNT(*)", "x.complied <> 0"), "R06": happened("COUNT(*)", ""), "R08": happened("SUM(x.avoided_fen)", ""), "R10": happened("SUM(x.avoided_fen)", "x.frozen = 0"), "R11": happened("SUM(x.avoided_fen)", "x.frozen <> 0"),
	"R09": happened("COUNT(*)", "NOT (x.outcome = '就诊未结算' OR x.outcome = '待结算' OR x.outcome = '待审核')"),
	"R12": happened("SUM(x.orig_fund_fen - x.final_fund_fen - x.subst_fund_fen)", "x.reopened <> 0 AND x.orig_fund_fen > x.final_fund_fen + x.subst_fund_fen"),
	"R21": became("撤回"), "R22": became("减至限额"), "R23": became("替换"), "R24": became("转自费"), "R25": became("改诊断后通过"), "R26": became("说明理由后继续"), "R27": became("未回应"), "R28": became("就诊未结算"), "R29": became("待结算"), "R30": became("待审核"),
	"R41": "SELECT COUNT(*) FROM reminder_wrong x WHERE x.received_at >= {t1} AND x.received_at < {t2} AND {placed}",
	"R42": "SELECT COUNT(*) FROM reminder_wrong x WHERE x.state = '待答复' AND {placed}", "R43": "SELECT COUNT(*) FROM reminder_wrong x WHERE x.state = '待答复' AND x.due_day < '{day}' AND {placed}",
	"R44": "SELECT COUNT(*) FROM reminder_proposal x WHERE x.state = '待议' AND '{inst}' = '' AND ('{area}' = '' OR x.area = '' OR x.area LIKE '{area}%' OR '{area}' LIKE x.area || '%' OR x.area = SUBSTR('{area}000000', 1, 4) || '00' OR x.area = SUBSTR('{area}', 1, 2) || '0000')",

	"T01": made("trace_clue", ""), "T02": made("trace_clue", "(x.state = '已结论' OR x.state = '已移交')"), "T03": made("trace_clue", "x.state = '已移交'"), "T04": "SELECT COUNT(DISTINCT SUBSTR(x.detail, 25, 3)) FROM trace_clue x WHERE x.detail <> '' AND x.made_at >= {t1} AND x.made_at < {t2} AND {placed}", // the test's codes have three characters
	"P01": made("special_case", ""), "P02": made("special_case", "x.state = '准予'"),
}

func when(more string) string {
	if more == "" {
		return ""
	}
	return " AND " + more
}

func found(what, more string) string {
	return "SELECT " + what + " FROM finding x WHERE x.withdrawn = 0 AND x.month BETWEEN '{from}' AND '{to}' AND {own}" + when(more)
}

func cased(more string) string {
	return "SELECT COUNT(*) FROM review_case x WHERE x.month BETWEEN '{from}' AND '{to}' AND {own}" + when(more)
}

func stepped(events string) string {
	return "SELECT COUNT(*) FROM review_case x WHERE {own} AND x.finding_id IN (SELECT s.finding_id FROM review_step s WHERE s.event IN (" + events + ") AND s.day BETWEEN {n1} AND {n2})"
}

func moved(book string, within bool, into ...string) string {
	in := "('" + strings.Join(into, "', '") + "')"
	begin := ""
	if within {
		begin = " AND p.month >= '{from}'"
	}
	one := func(column string) string {
		return "COALESCE((SELECT SUM(p.amount_fen) FROM ledger_post p, review_case x WHERE x.finding_id = p.finding_id AND p.book = '" + book + "' AND p." + column + " IN " + in + " AND p.month <= '{to}'" + begin + " AND {own}), 0)"
	}
	return "SELECT " + one("to_acct") + " - " + one("from_acct")
}

func called(what, more string) string {
	return "SELECT " + what + " FROM reminder_call x WHERE {moment} AND {placed}" + when(more)
}

func said(sev string) string {
	return "SELECT COUNT(*) FROM reminder x WHERE x.shown = 1 AND x.rule_sev_deg " + sev + " AND {moment} AND {placed} AND x.call_id || '/' || x.seq = (SELECT y.call_id || '/' || y.seq FROM reminder y WHERE y.jr_id = x.jr_id AND y.shown = 1 ORDER BY y.at, y.call_id, y.seq LIMIT 1)"
}

func happened(what, more string) string {
	return "SELECT " + what + " FROM reminder_episode x WHERE x.day BETWEEN '{d1}' AND '{d2}' AND {placed}" + when(more)
}

func became(outcome string) string { return happened("COUNT(*)", "x.outcome = '"+outcome+"'") }

func made(table, more string) string {
	return "SELECT COUNT(*) FROM " + table + " x WHERE x.made_at >= {t1} AND x.made_at < {t2} AND {placed}" + when(more)
}

// query fills in what is asked for.
func query(text string, ask board.Ask) string {
	at := ask.Period.Span()
	for _, r := range [][2]string{
		{"{own}", "x.admdvs LIKE '{area}%' AND x.fixmedins_code LIKE '{inst}%'"}, // no code of the test's institutions begins with another one's
		{"{placed}", "x.fixmedins_code LIKE '{inst}%' AND ('{area}' = '' OR x.fixmedins_code IN (SELECT i.fixmedins_code FROM institution i WHERE i.admdvs LIKE '{area}%'))"},
		{"{moment}", "x.at >= {t1} AND x.at < {t2}"}, {"{area}", ask.Scope.Admdvs}, {"{inst}", ask.Scope.Inst}, {"{from}", ask.Period.From}, {"{to}", ask.Period.To}, {"{d1}", at.FirstDate}, {"{d2}", at.LastDate},
		{"{n1}", strconv.FormatInt(at.FirstDay, 10)}, {"{n2}", strconv.FormatInt(at.LastDay, 10)}, {"{t1}", strconv.FormatInt(at.From, 10)}, {"{t2}", strconv.FormatInt(at.To, 10)},
		{"{today}", strconv.FormatInt(int64(ask.Today), 10)}, {"{day}", ask.Today.String()},
	} {
		text = strings.ReplaceAll(text, r[0], r[1])
	}
	return text
}

// recount works an indicator out of the rows, or of the sources that the store does not hold.
func (w *world) recount(i *board.Indicator, ask board.Ask) (int64, error) {
	months := func(of func(month string) int64) (n int64) {
		for m := ask.Period.From; m <= ask.Period.To; m = monthAfter(m) {
			n += of(m)
		}
		return n
	}
	switch i.Source {
	case "audit":
		return months(func(m string) (n int64) {
			for _, a := range w.audited {
				if a.Month == m {
					n += map[string]int64{"settlements": a.Settlements, "lines": a.Lines}[i.Measure]
				}
			}
			return n
		}), nil
	case "casemix":
		return months(func(m string) (n int64) {
			for _, c := range w.cases {
				if c.Month != m || !strings.HasPrefix(c.Area, ask.Scope.Admdvs) || !strings.HasPrefix(c.Inst, ask.Scope.Inst) || (i.Where != "" && !strings.Contains(i.Where, "mode="+c.Mode) && i.Where != "mode=DRG|DIP") || (i.Where != "" && c.Mode == "") {
					continue
				}
				n += map[string]int64{"stays": c.Stays, "grouped": c.Grouped, "declared": c.Declared, "payable": c.Payable}[i.Measure]
			}
			return n
		}), nil
	case "place":
		what, kind, _ := strings.Cut(i.Where, ";kind=")
		insts := map[string]bool{}
		for _, p := range w.standing {
			if "what="+p.What == what && p.Kind == kind && p.Month >= ask.Period.From && p.Month <= ask.Period.To && strings.HasPrefix(p.Area, ask.Scope.Admdvs) && (ask.Scope.Inst == "" || p.Inst == ask.Scope.Inst) {
				insts[p.Inst] = true
			}
		}
		return int64(len(insts)), nil
	case "model":
		last, n := map[string]int64{}, int64(0)
		months(func(m string) int64 {
			for _, r := range w.models {
				if r.Month == m {
					last[r.Model] = r.Cases
					n++
				}
			}
			return 0
		})
		if i.Measure == "batches" {
			return n, nil
		}
		n = int64(len(last))
		if i.Measure == "cases" {
			n = 0
			for _, c := range last {
				n += c
			}
		}
		return n, nil
	}
	text, ok := counted[i.ID]
	if !ok {
		return 0, fmt.Errorf("%s %s has no query of its own here", i.ID, i.Name)
	}
	rows, err := w.raw.QueryContext(context.Background(), query(text, ask))
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var all []int64
	for rows.Next() {
		var n sql.NullFloat64 // PostgreSQL's sums of BIGINT are numerics
		if err := rows.Scan(&n); err != nil {
			return 0, err
		}
		all = append(all, int64(n.Float64))
	}
	if i.Source == "load" && len(all) > 0 {
		return all[len(all)/2], rows.Err()
	}
	if len(all) == 0 {
		all = []int64{0}
	}
	return all[0], rows.Err()
}

func monthAfter(m string) string {
	y, _ := strconv.Atoi(m[:4])
	n, _ := strconv.Atoi(m[5:])
	return fmt.Sprintf("%04d-%02d", y+n/12, n%12+1)
}

// TestEachFigureIsRecounted: over random rows, each indicator of the dictionary says what a query of its own says, its list adds up to it, and so do its parts by month,
// division, institution and rule, each of them with its own list: for whole and part of the area and of the time, on both databases.
func TestEachFigureIsRecounted(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, engine)
			seen := map[string]bool{}
			for _, p := range []board.Period{{From: "2025-01", To: "2025-12"}, {From: "2025-02", To: "2025-02"}, {From: "2024-12", To: "2025-01"}, {From: "2026-06", To: "2026-07"}} {
				for _, s := range []store.Scope{{}, {Admdvs: "9901"}, {Admdvs: "990102"}, {Inst: "H3"}, {Admdvs: "9901", Inst: "H1"}, {Inst: "none"}} {
					w.hold(board.Ask{Scope: s, Period: p, Against: board.SamePeriod, Today: claim.DayOf(2025, 3, 11)}, seen)
				}
			}
			for _, i := range board.TheDictionary().All {
				if !i.Missing() && !seen[i.ID] {
					t.Errorf("%s %s was never more than nothing: the test says little of it", i.ID, i.Name)
				}
			}
			for id := range counted {
				if board.TheDictionary().Get(id) == nil {
					t.Errorf("%s has a query and is not in the dictionary", id)
				}
			}
		})
	}
}

// hold compares figures with recounts, lists and parts.
func (w *world) hold(ask board.Ask, seen map[string]bool) {
	w.t.Helper()
	d := &board.Desk{DB: w.db, Sources: w.sources()}
	fs, err := d.Figures(context.Background(), ask)
	if err != nil {
		w.t.Fatal(err)
	}
	values := map[string]int64{}
	for _, f := range fs {
		i := board.TheDictionary().Get(f.ID)
		if i.Missing() {
			continue
		}
		if f.Missing != "" {
			if ask.Scope == (store.Scope{}) || (i.Source != "audit" && i.Source != "model") {
				w.t.Errorf("%s in %+v: %s", f.ID, ask, f.Missing)
			}
			continue
		}
		values[f.ID] = f.Value
		if part, whole, ratio := strings.Cut(i.Measure, "/"); ratio {
			if f.Value != values[part] || f.Of != values[whole] {
				w.t.Errorf("%s %s: %d of %d, its parts say %d of %d", f.ID, f.Name, f.Value, f.Of, values[part], values[whole])
			}
			seen[f.ID] = seen[f.ID] || f.Value > 0
			continue
		}
		want, err := w.recount(i, ask)
		if err != nil {
			w.t.Errorf("%s: %v", f.ID, err)
			continue
		}
		if f.Value != want {
			w.t.Errorf("%s %s in %+v %v: the board says %d, the rows %d", f.ID, f.Name, ask.Scope, ask.Period, f.Value, want)
		}
		if n := w.listed(d, i, ask); n != f.Value {
			w.t.Errorf("%s %s in %+v %v: the board says %d, its list %d", f.ID, f.Name, ask.Scope, ask.Period, f.Value, n)
		}
		seen[f.ID] = seen[f.ID] || f.Value != 0
		w.parts(d, i, ask, f.Value)
	}
}

// parts compares an indicator that can be divided with its parts, and each part with the figure and the list of what it is a part of.
func (w *world) parts(d *board.Desk, i *board.Indicator, ask board.Ask, whole int64) {
	for _, by := range []string{"month", "admdvs", "fixmedins_code", "rule_id", "state"} {
		s, err := d.Split(context.Background(), ask, i.ID, by)
		if err != nil {
			if i.Source == "finding" && i.Measure != "insts" && i.Measure != "documents" {
				w.t.Errorf("%s by %s: %v", i.ID, by, err)
			}
			continue
		}
		sum := int64(0)
		for _, p := range s.Items {
			n := p.Count + p.Fen
			sum += n
			in := ask
			f := store.FindingFilter{}
			switch by {
			case "month":
				in.Period = board.Period{From: p.Key, To: p.Key}
			case "admdvs":
				in.Scope.Admdvs = p.Key
			case "fixmedins_code":
				in.Scope.Inst = p.Key
			case "rule_id":
				f.Rule = p.Key
			default:
				f.State = p.Key
				if i.Where != "" { // the indicator asks for a state itself
					continue
				}
			}
			if got := w.found(i, in, f); got != n {
				w.t.Errorf("%s by %s, %s, in %+v %v: the part says %d, its list %d", i.ID, by, p.Key, ask.Scope, ask.Period, n, got)
			}
		}
		if sum != whole {
			w.t.Errorf("%s by %s in %+v %v: %d, its parts %d", i.ID, by, ask.Scope, ask.Period, whole, sum)
		}
	}
}

// listed adds up the list that an indicator opens into, over all its pages.
func (w *world) listed(d *board.Desk, i *board.Indicator, ask board.Ask) (n int64) {
	w.t.Helper()
	wf := store.WatchFilter{Scope: ask.Scope}
	switch i.List(ask.Period, ask.Today) {
	case board.ListFindings:
		return w.found(i, ask, store.FindingFilter{})
	case board.ListRows:
		for after := ""; ; {
			rows, next, err := d.Rows(context.Background(), ask, i.ID, after, 5)
			if err != nil {
				w.t.Fatal(err)
			}
			for _, r := range rows {
				n += r.N
			}
			if after = next; next == "" {
				return n
			}
		}
	case board.ListCalls:
		i.Watch(ask.Period, &wf)
		cs := everyPage(w, (*store.Call).Cursor, func(tx *store.Tx, p store.WatchPage) ([]store.Call, error) { return tx.WatchedCalls(wf, p) })
		var all, most int64
		for k := range cs {
			all, most = all+cs[k].Micros, max(most, cs[k].Micros)
		}
		switch i.Measure {
		case "mean_us":
			return all / max(1, int64(len(cs)))
		case "max_us":
			return most
		}
		return int64(len(cs))
	case board.ListVisits:
		i.Watch(ask.Period, &wf)
		return int64(len(everyPage(w, (*store.WatchedVisit).Cursor, func(tx *store.Tx, p store.WatchPage) ([]store.WatchedVisit, error) { return tx.WatchedVisits(wf, p) })))
	case board.ListReminders:
		i.Watch(ask.Period, &wf)
		return int64(len(everyPage(w, (*store.SaidReminder).Cursor, func(tx *store.Tx, p store.WatchPage) ([]store.SaidReminder, error) {
			return tx.WatchedReminders(wf, p)
		})))
	case board.ListEpisodes:
		i.Watch(ask.Period, &wf)
		es := everyPage(w, (*store.Episode).Cursor, func(tx *store.Tx, p store.WatchPage) ([]store.Episode, error) { return tx.WatchedEpisodes(wf, p) })
		for k := range es {
			n += map[string]int64{"episodes": 1, "avoided": es[k].Avoided, "back": es[k].Back()}[i.Measure]
		}
		return n
	}
	w.view(func(tx *store.Tx) error {
		switch i.List(ask.Period, ask.Today) {
		case board.ListWrongs:
			f := i.Wrongs(ask.Period, ask.Today)
			f.Scope = ask.Scope
			ws, err := tx.WrongsIn(f, 0, 500)
			n = int64(len(ws))
			return err
		case board.ListProposals:
			ps, err := tx.ProposalsIn(ask.Scope, store.ProposalOpen)
			n = int64(len(ps))
			return err
		case board.ListLoads:
			at := ask.Period.Span()
			ds, err := tx.DoctorDays(store.CallFilter{From: at.From, To: at.To, Inst: ask.Scope.Inst, Area: ask.Scope.Admdvs})
			var all []int64
			for _, x := range ds {
				all = append(all, x.Interruptions)
			}
			if slices.Sort(all); len(all) > 0 {
				n = all[len(all)/2]
			}
			return err
		}
		return fmt.Errorf("%s opens into nothing", i.ID)
	})
	return n
}

// found adds up a list of findings; f asks for more than the indicator does.
func (w *world) found(i *board.Indicator, ask board.Ask, f store.FindingFilter) (n int64) {
	w.t.Helper()
	rule, state := f.Rule, f.State
	f.Limit = 7
	i.Filter(ask.Period, ask.Today, &f)
	f.Admdvs, f.Inst, f.Rule = ask.Scope.Admdvs, ask.Scope.Inst, rule
	if state != "" {
		f.State = state
	}
	insts, documents := map[string]bool{}, map[string]bool{}
	for {
		var page []store.FindingItem
		w.view(func(tx *store.Tx) (err error) { page, err = tx.ListFindings(f); return err })
		for k := range page {
			x := &page[k]
			insts[x.Inst] = true
			if s := w.setl[x.ID]; s != "" {
				documents[x.Month+x.Inst+x.Admdvs+s] = true
			}
			n += map[string]int64{"findings": 1, "cases": 1, "lines": int64(x.Lines), "vola": x.Vola, "charged": x.Charged, "net": x.Moved, "balance": x.Moved}[i.Measure]
		}
		if len(page) == 0 {
			break
		}
		f.After = page[len(page)-1].Cursor
	}
	switch i.Measure {
	case "insts":
		return int64(len(insts))
	case "documents":
		return int64(len(documents))
	}
	return n
}

func everyPage[T any](w *world, cursor func(*T) string, read func(tx *store.Tx, p store.WatchPage) ([]T, error)) (all []T) {
	w.t.Helper()
	p := store.WatchPage{Limit: 6}
	for {
		var page []T
		w.view(func(tx *store.Tx) (err error) { page, err = read(tx, p); return err })
		if all = append(all, page...); len(page) < p.Limit {
			return all
		}
		p.After = cursor(&page[len(page)-1])
	}
}

func newWorld(t *testing.T, engine string) *world {
	t.Helper()
	loc, driver, dsn := store.Location{Engine: store.SQLite, Path: filepath.Join(t.TempDir(), store.FileName)}, "sqlite", ""
	if dsn = loc.Path; engine == "postgres" {
		dsn, driver = pgtest.DSN(t), "pgx"
		loc = store.Location{Engine: store.Postgres, DSN: dsn}
	}
	db, err := store.Open(context.Background(), loc)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	raw, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { raw.Close() })
	w := &world{t: t, db: db, raw: raw, setl: map[string]string{}}
	w.fill()
	return w
}
