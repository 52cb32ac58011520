package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mingjian/mingjian/internal/store"
)

// fillBoards leaves a row in each table of sums, and a number of a document. A mark is left by what is filled afterwards.
func fillBoards(t testing.TB, db *store.DB) {
	t.Helper()
	update(t, db, func(tx *store.Tx) error {
		_, err := tx.NumberPaper(store.PaperNumber{Kind: "tell", Year: 2025, Object: "b0"})
		said := reminderOf("b0", 1, "jb0", 5)
		said.Inst, said.Shown = "H1", true
		err = errors.Join(err, tx.AddCalls([]store.Call{{ID: "b0", Inst: "H1", At: 5}}, []store.CallVisit{{Call: "b0", Inst: "H1", Mdtrt: "M", Doctor: "D", At: 5, Orders: "0"}}, []store.Reminder{said}), tx.PutEpisodes([]store.Episode{{ID: "b0", Inst: "H1", Day: "2025-01-02"}}))
		return errors.Join(err, tx.AddFindings([]*store.Finding{finding("b0", 1)}), tx.AddCases([]store.Case{{Finding: "b0", Month: "2025-01", Inst: "H1", Rule: "A001", Version: 1}}, nil),
			tx.AddPosts(store.Post{ID: "b0-1", Finding: "b0", Book: "基金", Inst: "H1", From: "来源", To: "提出", Amount: 5, Month: "2025-01"}))
	})
	if err := db.RefreshBoards(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// boardWorld does random things to findings, cases and posts through the store, and knows nothing of sums.
type boardWorld struct {
	t   *testing.T
	db  *store.DB
	rnd *rand.Rand
	ids []string
	n   int
}

var (
	boardInsts  = []string{"H99010001", "H99010002", "H99020001"}
	boardRules  = []string{"A001", "A002", "B003"}
	boardMonths = []string{"2024-12", "2025-01", "2025-02"}
	boardStates = []string{store.MachineState, "初审", "执行", "关闭"}
	boardAccts  = []string{"来源", "提出", "确认", "应收", "拒付", "已收"}
)

func pick[T any](w *boardWorld, from []T) T { return from[w.rnd.IntN(len(from))] }

func (w *boardWorld) fresh(id string) *store.Finding {
	f := finding(id, 1+w.rnd.IntN(3))
	f.Month, f.Inst, f.RuleID, f.Severity = pick(w, boardMonths), pick(w, boardInsts), pick(w, boardRules), 1+w.rnd.IntN(3)
	f.Admdvs, f.Vola, f.Fund, f.Charged = f.Inst[1:7], w.rnd.Int64N(1000), w.rnd.Int64N(900), w.rnd.Int64N(800)
	return f
}

// step does one thing; what the store refuses is refused.
func (w *boardWorld) step() string {
	id := ""
	if len(w.ids) > 0 {
		id = pick(w, w.ids)
	}
	do := w.rnd.IntN(15)
	if do >= 12 {
		w.remind(do)
		return fmt.Sprint(do)
	}
	if id == "" {
		do = 0
	}
	err := w.db.Update(context.Background(), func(tx *store.Tx) error {
		switch do {
		case 0, 1:
			var fs []*store.Finding
			for range 1 + w.rnd.IntN(60) { // sometimes more than are marked one by one
				w.n++
				fs = append(fs, w.fresh(fmt.Sprint("f", w.n)))
				w.ids = append(w.ids, fs[len(fs)-1].ID)
			}
			return tx.AddFindings(fs)
		case 2:
			if _, err := tx.Case(id); err == nil {
				return nil
			}
			return tx.ReplaceFindings([]*store.Finding{w.fresh(id)})
		case 3:
			return tx.WithdrawFindings([]string{id}, 2, 2)
		case 4:
			return tx.NotePublished(id, "x", pick(w, boardMonths), 3, w.rnd.IntN(2) == 0)
		case 5:
			return tx.SetState(id, 1, pick(w, boardStates), 3)
		case 6:
			return w.decide(tx, id)
		case 7:
			if _, err := tx.Case(id); err == nil {
				return nil // only what nobody has taken up
			}
			return tx.SetCharged(id, 1, w.rnd.Int64N(500))
		case 8:
			i := pick(w, boardInsts)
			return tx.SetReviewInst(store.ReviewInst{Code: i, Admdvs: pick(w, []string{"990100", "990200"}), Version: 1})
		case 9:
			f, err := tx.Finding(id)
			if err != nil {
				return err
			}
			return tx.AddCases([]store.Case{{Finding: id, Month: f.Month, Inst: f.Inst, Rule: f.RuleID, Admdvs: f.Admdvs, State: "初审", DueDay: w.rnd.Int64N(30), Claim: 7,
				Charged: f.Charged, Severity: f.Severity, Version: 1}}, nil)
		case 10:
			c, err := tx.Case(id)
			if err != nil {
				return err
			}
			c.State, c.Verdict, c.Outcome, c.DueDay, c.PausedDay = pick(w, boardStates), pick(w, []string{"", "违规", "不违规"}), pick(w, []string{"", "撤回", "追回"}), w.rnd.Int64N(30), w.rnd.Int64N(2)
			return tx.ChangeCase(c)
		}
		c, err := tx.Case(id)
		if err != nil {
			return err
		}
		w.n++
		return tx.AddPosts(store.Post{ID: fmt.Sprint("p", w.n), Finding: id, Book: "基金", Inst: c.Inst, From: pick(w, boardAccts), To: pick(w, boardAccts), Amount: w.rnd.Int64N(99), Month: pick(w, boardMonths)})
	})
	if err != nil && !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrExists) {
		w.t.Fatalf("%d: %v", do, err)
	}
	if w.rnd.IntN(3) == 0 {
		if err := w.db.RefreshBoards(context.Background()); err != nil {
			w.t.Fatal(err)
		}
	}
	return fmt.Sprint(do)
}

// remind does what the reminder service does: calls come in, a held back reminder is shown after all, what became of visits changes.
func (w *boardWorld) remind(do int) {
	at := func() int64 {
		return 1_733_000_000_000_000 + w.rnd.Int64N(90)*86_400_000_000 + w.rnd.Int64N(86_400)*1_000_000
	}
	update(w.t, w.db, func(tx *store.Tx) error {
		switch do {
		case 12:
			var cs []store.Call
			var vs []store.CallVisit
			var rs []store.Reminder
			for range 1 + w.rnd.IntN(4) {
				w.n++
				c := store.Call{ID: fmt.Sprint("c", w.n), At: at(), Inst: pick(w, boardInsts), Verdict: pick(w, []string{"放行", "阻断"}), Partial: w.rnd.IntN(3) == 0, Orders: 2, Shown: w.rnd.IntN(2), Micros: w.rnd.Int64N(900_000)}
				v := store.CallVisit{Call: c.ID, Psn: "P", Mdtrt: fmt.Sprint("M", w.rnd.IntN(25)), At: c.At, Inst: c.Inst, Doctor: pick(w, []string{"", "D1", "D2"}), Orders: "0"}
				r := reminderOf(c.ID, 1, fmt.Sprint("j", w.rnd.IntN(20)), c.At)
				r.Inst, r.Mdtrt, r.Psn, r.Shown, r.Why = c.Inst, v.Mdtrt, v.Psn, c.Shown > 0, "迟"
				cs, vs, rs = append(cs, c), append(vs, v), append(rs, r)
			}
			return tx.AddCalls(cs, vs, rs)
		case 13:
			return tx.SeeReminder(fmt.Sprint("j", w.rnd.IntN(20)), "迟")
		}
		e := store.Episode{ID: fmt.Sprint("e", w.rnd.IntN(30)), Day: pick(w, boardMonths) + "-11", Inst: pick(w, boardInsts), Outcome: pick(w, []string{"撤回", "未回应"}), Complied: w.rnd.IntN(2) == 0, Frozen: w.rnd.IntN(5) == 0,
			Reopened: w.rnd.IntN(3) == 0, OrigFund: w.rnd.Int64N(500), Avoided: w.rnd.Int64N(300)}
		if _, err := tx.SetInstitutions([]store.Institution{{Code: boardInsts[0], Admdvs: pick(w, []string{"990100", "990200"})}, {Code: boardInsts[2], Admdvs: "990201"}}); err != nil {
			return err
		}
		return tx.PutEpisodes([]store.Episode{e})
	})
	if w.rnd.IntN(3) == 0 {
		if err := w.db.RefreshBoards(context.Background(), pick(w, []store.BoardSource{store.BoardCalls, store.BoardEpisodes, store.BoardCases})); err != nil {
			w.t.Fatal(err)
		}
	}
}

// reminded compares what tables of sums say of the reminder service with what its rows say.
func (w *boardWorld) reminded(tx *store.Tx, did string, s store.Scope) error {
	month := pick(w, boardMonths)
	begin, err := time.ParseInLocation("2006-01", month, time.FixedZone("", 8*3600))
	if err != nil {
		return err
	}
	end := begin.AddDate(0, 1+w.rnd.IntN(2), 0)
	f := store.WatchFilter{Scope: s, At: store.Span{From: begin.UnixMicro(), To: end.UnixMicro(), FirstDate: begin.Format(time.DateOnly), LastDate: end.AddDate(0, 0, -1).Format(time.DateOnly)}}
	calls, err := tx.CallSums(f)
	if err != nil {
		return err
	}
	rows, err := tx.CallRows(f)
	if err != nil || calls != rows {
		return errors.Join(err, fmt.Errorf("after %s: of %s in %+v sums say %+v, calls %+v", did, month, s, calls, rows))
	}
	visits, err := tx.VisitCount(f)
	if err != nil {
		return err
	}
	visitRows, err := tx.VisitRows(f)
	if err != nil || visits != visitRows {
		return errors.Join(err, fmt.Errorf("after %s: of %s in %+v sums say %d visits, calls %d", did, month, s, visits, visitRows))
	}
	said, err := tx.SaidCounts(f)
	if err != nil {
		return err
	}
	saidRows, err := tx.SaidRows(f)
	if d := cmp.Diff(saidRows, said); err != nil || d != "" {
		return errors.Join(err, fmt.Errorf("after %s: reminders of %s in %+v: %s", did, month, s, d))
	}
	cells, err := tx.EpisodeCells(f)
	if err != nil {
		return err
	}
	want, err := tx.EpisodeRows(f)
	if d := cmp.Diff(want, cells); err != nil || d != "" {
		return errors.Join(err, fmt.Errorf("after %s: episodes of %s in %+v: %s", did, month, s, d))
	}
	days, err := tx.Interruptions(f)
	if err != nil {
		return err
	}
	ds, err := tx.DoctorDays(store.CallFilter{From: f.At.From, To: f.At.To, Inst: s.Inst, Area: s.Admdvs})
	counted := map[int64]int64{}
	for _, d := range ds {
		counted[d.Interruptions]++
	}
	if d := cmp.Diff(counted, days); err != nil || d != "" {
		return errors.Join(err, fmt.Errorf("after %s: doctors' days of %s in %+v: %s", did, month, s, d))
	}
	return tx.BoardsDiffer()
}

// decide changes state, charge and severity as the review does: the case first, then the finding.
func (w *boardWorld) decide(tx *store.Tx, id string) error {
	charged := w.rnd.Int64N(500)
	c, err := tx.Case(id)
	if err == nil {
		c.Charged, c.Severity = charged, 1+w.rnd.IntN(3)
		err = tx.ChangeCase(c)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return tx.SetFindingState(id, pick(w, boardStates), charged, 4)
}

// TestBoardsAgreeWithRowsAndLists does random things and then adds up, in Go, the rows of the lists that a figure opens into.
func TestBoardsAgreeWithRowsAndLists(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		w := &boardWorld{t: t, db: db, rnd: rand.New(rand.NewPCG(21, 9))}
		for i := range 60 {
			did := w.step()
			if i%3 == 0 {
				w.compare(did)
			}
		}
	})
}

func (w *boardWorld) compare(did string) {
	w.t.Helper()
	s := store.Scope{Admdvs: pick(w, []string{"", "9901", "990200"}), Inst: pick(w, []string{"", "", boardInsts[1]})}
	from, to := pick(w, []string{"", "2025-01"}), pick(w, []string{"", "2025-01"})
	err := w.db.View(context.Background(), func(tx *store.Tx) error {
		if err := w.reminded(tx, did, s); err != nil {
			return err
		}
		f := store.FindingFilter{Admdvs: s.Admdvs, Inst: s.Inst, From: from, To: to, Limit: 7}
		all, err := everything(tx, f)
		if err != nil {
			return err
		}
		for _, by := range [][]string{nil, {"month"}, {"state"}, {"sev_deg", "state"}, {"admdvs"}, {"month", "admdvs"}, {"fixmedins_code"}, {"fixmedins_code", "state"}, {"rule_id"}, {"rule_id", "sev_deg"}, {"rule_id", "fixmedins_code"}} {
			got, err := tx.BoardSums(store.BoardQuery{Source: store.BoardFindings, Scope: s, From: from, To: to, By: by})
			if err != nil {
				return err
			}
			for _, r := range got {
				r.Sum[3] = 0 // of a case the list shows what its lines have of the fund; fund money is compared below
			}
			w.same(did+" "+strings.Join(by, ","), got, summed(by, all, func(x *store.FindingItem) []int64 { return []int64{1, int64(x.Lines), x.Vola, 0, x.Charged} }))
		}
		var fund int64
		one, err := tx.BoardSums(store.BoardQuery{Source: store.BoardFindings})
		if err != nil {
			return err
		}
		for _, id := range w.ids {
			if x, err := tx.Finding(id); err != nil {
				return err
			} else if !x.Withdrawn {
				fund += x.Fund
			}
		}
		if one[0].Sum[3] != fund {
			w.t.Fatalf("after %s: the sums say %d of the fund, the rows %d", did, one[0].Sum[3], fund)
		}
		f.Overdue = 20
		late, err := everything(tx, f)
		if err != nil {
			return err
		}
		got, err := tx.BoardSums(store.BoardQuery{Source: store.BoardCases, Scope: s, From: from, To: to, By: []string{"fixmedins_code", "state"},
			Where: []store.BoardTerm{{Column: "due_day", Below: 20}, {Column: "paused", Values: []string{"0"}}}})
		if err != nil {
			return err
		}
		w.same(did+" overdue", short(got, 1), summed([]string{"fixmedins_code", "state"}, late, func(*store.FindingItem) []int64 { return []int64{1} }))

		moves := &store.Moves{Book: "基金", Into: []string{"应收", "已收"}, From: from, To: to}
		moved, err := everything(tx, store.FindingFilter{Admdvs: s.Admdvs, Inst: s.Inst, Moved: moves, Limit: 5})
		if err != nil {
			return err
		}
		var net, listed int64
		for _, x := range moved {
			listed += x.Moved
		}
		for sign, column := range map[int64]string{1: "to_acct", -1: "from_acct"} {
			got, err := tx.BoardSums(store.BoardQuery{Source: store.BoardPosts, Scope: s, From: from, To: to, Where: []store.BoardTerm{{Column: column, Values: moves.Into}}})
			if err != nil {
				return err
			}
			net += sign * got[0].Sum[1]
		}
		if net != listed {
			w.t.Fatalf("after %s: the sums say %d moved, the list %d", did, net, listed)
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// everything pages through a list.
func everything(tx *store.Tx, f store.FindingFilter) (all []store.FindingItem, err error) {
	for {
		page, err := tx.ListFindings(f)
		if err != nil || len(page) == 0 {
			return all, err
		}
		all = append(all, page...)
		f.After = page[len(page)-1].Cursor
	}
}

func summed(by []string, rows []store.FindingItem, sums func(*store.FindingItem) []int64) []store.BoardSum {
	at := map[string]*store.BoardSum{}
	var out []store.BoardSum
	for i := range rows {
		x := &rows[i]
		key := make([]string, 0)
		for _, c := range by {
			key = append(key, map[string]string{"month": x.Month, "state": x.State, "sev_deg": fmt.Sprint(x.Severity), "fixmedins_code": x.Inst, "rule_id": x.Rule, "admdvs": x.Admdvs}[c])
		}
		k := strings.Join(key, "|")
		if at[k] == nil {
			at[k] = &store.BoardSum{Key: key, Sum: make([]int64, len(sums(x)))}
		}
		for j, n := range sums(x) {
			at[k].Sum[j] += n
		}
	}
	for _, s := range at {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b store.BoardSum) int { return slices.Compare(a.Key, b.Key) })
	return out
}

func short(rows []store.BoardSum, n int) []store.BoardSum {
	for i := range rows {
		rows[i].Sum = rows[i].Sum[:n]
	}
	return rows
}

func (w *boardWorld) same(what string, got, want []store.BoardSum) {
	w.t.Helper()
	if len(want) == 0 && len(got) == 1 && len(got[0].Key) == 0 && slices.Max(got[0].Sum) == 0 {
		return // a sum of nothing is a row of zeros
	}
	if d := cmp.Diff(want, got); d != "" {
		w.t.Fatalf("after %s: rows and sums differ:\n%s", what, d)
	}
}

// TestBoardsWhileOthersWrite lets decisions commit while sums are being worked out; afterwards nothing is missing.
func TestBoardsWhileOthersWrite(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		w := &boardWorld{t: t, db: db, rnd: rand.New(rand.NewPCG(3, 4))}
		var fs []*store.Finding
		for i := range 120 {
			fs = append(fs, w.fresh(fmt.Sprint("f", i)))
			w.ids = append(w.ids, fs[i].ID)
		}
		update(t, db, func(tx *store.Tx) error { return tx.AddFindings(fs) })
		var wg sync.WaitGroup
		for k := range 3 {
			wg.Go(func() {
				for i := k; i < len(fs); i += 3 {
					if err := db.Update(context.Background(), func(tx *store.Tx) error { return tx.SetFindingState(fs[i].ID, "关闭", int64(i), 9) }); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for range 2 {
			wg.Go(func() {
				for range 8 {
					if err := db.RefreshBoards(context.Background()); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if err := db.RefreshBoards(context.Background()); err != nil {
			t.Fatal(err)
		}
		for range 20 {
			w.compare("writes at once")
		}
	})
}

func TestPaperNumbersHaveNoGaps(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		var wg sync.WaitGroup
		for i := range 12 {
			wg.Go(func() {
				err := db.Update(context.Background(), func(tx *store.Tx) error {
					if _, err := tx.NumberPaper(store.PaperNumber{Kind: "tell", Year: 2025, Object: fmt.Sprint("f", i/2)}); err != nil {
						return err
					}
					if i == 7 {
						return context.Canceled // the document was not made after all
					}
					return nil
				})
				if err != nil && i != 7 {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		err := db.View(context.Background(), func(tx *store.Tx) error {
			ns, err := tx.PaperNumbers(2025, "")
			for i, n := range ns {
				if n.Number != i+1 {
					t.Errorf("number %d is %+v", i+1, n)
				}
			}
			if len(ns) != 6 {
				t.Errorf("%d numbers for six documents", len(ns))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
