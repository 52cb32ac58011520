package board_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/mingjian/mingjian/internal/board"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// world is a store full of random rows of everything that indicators count.
type world struct {
	t        *testing.T
	db       *store.DB
	raw      *sql.DB // the same database, past the store
	audited  []board.Audited
	models   []board.ModelRun
	cases    []board.CaseMonth
	standing []board.PlaceMonth
	setl     map[string]string // the settlements of findings
}

var (
	worldInsts  = []string{"H1", "H2", "H3", "P4"}
	worldAreas  = map[string]string{"H1": "990101", "H2": "990102", "H3": "990201", "P4": "990102"}
	worldMonths = []string{"2024-12", "2025-01", "2025-02", "2025-03"}
)

func (w *world) view(f func(tx *store.Tx) error) {
	w.t.Helper()
	if err := w.db.View(context.Background(), f); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) sources() board.Sources {
	return board.Sources{Audited: func() ([]board.Audited, error) { return w.audited, nil }, Models: func() ([]board.ModelRun, error) { return w.models, nil }, Casemix: func() ([]board.CaseMonth, error) { return w.cases, nil },
		Places: func() ([]board.PlaceMonth, error) { return w.standing, nil }}
}

func one[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// fill leaves the rows; sums are worked out in the middle, so that later rows make some of them stale.
func (w *world) fill() {
	w.t.Helper()
	r := rand.New(rand.NewPCG(9, 9))
	for i, m := range worldMonths {
		w.audited = append(w.audited, board.Audited{Month: m, Settlements: int64(10 + i), Lines: int64(100 + i)})
		w.models = append(w.models, board.ModelRun{Month: m, Run: fmt.Sprint("r", i), Model: fmt.Sprint("M", i%2), Cases: int64(5 + i)})
	}
	for _, m := range worldMonths {
		for range 6 {
			inst := one(r, worldInsts...)
			w.standing = append(w.standing, board.PlaceMonth{What: one(r, board.PlaceEnded, board.PlaceSuspended, board.PlaceCounted, board.PlaceCounted), Month: m, Inst: inst, Area: worldAreas[inst], Kind: map[bool]string{true: "2", false: "1"}[inst[0] == 'P']})
		}
	}
	for _, what := range []string{board.PlaceEnded, board.PlaceCounted} {
		w.standing = append(w.standing, board.PlaceMonth{What: what, Month: "2025-02", Inst: "P4", Area: worldAreas["P4"], Kind: "2"})
	}
	for i, m := range worldMonths {
		for k, mode := range []string{"DRG", "DIP", ""} {
			inst := worldInsts[(i+k)%3]
			w.cases = append(w.cases, board.CaseMonth{Month: m, Mode: mode, Inst: inst, Area: worldAreas[inst], Stays: int64(20 + i), Grouped: int64(19 - k), Declared: int64(1000 + k), Payable: int64(900 + i)})
		}
	}
	for part := range 2 {
		err := w.db.Update(context.Background(), func(tx *store.Tx) error {
			return errors.Join(w.places(tx, part), w.findings(tx, r, part), w.reminders(tx, r, part), w.others(tx, r, part))
		})
		if err == nil && part == 0 {
			err = w.db.RefreshBoards(context.Background())
		}
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) places(tx *store.Tx, part int) error {
	if part > 0 {
		return tx.SetRuleRuns(2, []store.RuleRun{{Rule: "A001"}, {Rule: "B003"}, {Rule: "C002"}})
	}
	var is []store.Institution
	for _, code := range worldInsts {
		if err := tx.SetReviewInst(store.ReviewInst{Code: code, Name: "院" + code, Admdvs: worldAreas[code], Version: 1}); err != nil {
			return err
		}
		is = append(is, store.Institution{Code: code, Admdvs: worldAreas[code]})
	}
	_, err := tx.SetInstitutions(is)
	return errors.Join(err, tx.SetRuleRuns(1, []store.RuleRun{{Rule: "A001"}}))
}

func (w *world) findings(tx *store.Tx, r *rand.Rand, part int) error {
	for i := range 90 {
		id, inst := fmt.Sprintf("f%d-%02d", part, i), one(r, worldInsts...)
		f := &store.Finding{ID: id, RuleID: one(r, "A001", "B003", "C002"), RuleName: "规则", Severity: 1 + r.IntN(3), Month: one(r, worldMonths...), Inst: inst, Admdvs: worldAreas[inst], State: store.MachineState,
			Vola: r.Int64N(9000), Fund: r.Int64N(8000), Charged: r.Int64N(7000), LineCount: r.IntN(5), Version: 1}
		if r.IntN(5) > 0 { // a settlement has a month and an institution
			f.Setl = fmt.Sprint("S", inst, f.Month, r.IntN(3))
		}
		w.setl[id] = f.Setl
		if err := tx.AddFindings([]*store.Finding{f}); err != nil {
			return err
		}
		if i%4 == 0 {
			if i%8 == 0 {
				if err := tx.WithdrawFindings([]string{id}, 1, 2); err != nil {
					return err
				}
			}
			continue
		}
		c := store.Case{Finding: id, Month: f.Month, Inst: inst, Rule: f.RuleID, Admdvs: f.Admdvs, State: one(r, "初审", "复审", "执行", "关闭"), DueDay: int64(claim.DayOf(2025, 3, 11)) + r.Int64N(9) - 4, PausedDay: r.Int64N(2) * 7,
			Charged: f.Charged, Severity: f.Severity, Verdict: one(r, "", "违规", "不违规", "规则误报"), Outcome: one(r, "", "撤回", "重出", "追回", "拒付"), Version: 1}
		if err := errors.Join(tx.AddCases([]store.Case{c}, nil), tx.SetFindingState(id, c.State, f.Charged, 2)); err != nil {
			return err
		}
		for k, e := range []string{"keep", "appeal", "uphold", "conclude", "confirm", "second", "dismiss", "withdraw"} {
			if r.IntN(3) > 0 {
				continue
			}
			for again := range 1 + r.IntN(2) {
				if err := tx.AddSteps(store.Step{Finding: id, Seq: 2*k + again + 1, Event: e, Day: int64(claim.DayOf(2025, 1, 1)) + r.Int64N(90) - 20}); err != nil {
					return err
				}
			}
		}
		for k := range r.IntN(6) {
			p := store.Post{ID: fmt.Sprintf("%s-%d", id, k), Finding: id, Book: one(r, "基金", "基金", "基金", "违约金", "罚款", "患者"), Inst: inst, Month: one(r, worldMonths...), Amount: 1 + r.Int64N(900),
				From: one(r, "来源", "确认", "应收", "已收", "移交"), To: one(r, "拒付", "应收", "抵扣", "缴款", "清算", "年清", "已收", "移交", "另退", "应退")}
			if err := tx.AddPosts(p); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *world) reminders(tx *store.Tx, r *rand.Rand, part int) error {
	begin := board.Period{From: "2024-12", To: "2025-03"}.Span().From
	var cs []store.Call
	var vs []store.CallVisit
	var rs []store.Reminder
	var es []store.Episode
	for i := range 120 {
		inst := one(r, worldInsts...)
		c := store.Call{ID: fmt.Sprintf("c%d-%03d", part, i), At: begin + r.Int64N(120*24)*3_600_000_000, Inst: inst, Verdict: one(r, "放行", "阻断"), Partial: r.IntN(4) == 0, Orders: 2, Shown: r.IntN(3), Micros: r.Int64N(900_000)}
		v := store.CallVisit{Call: c.ID, Psn: "P", Mdtrt: fmt.Sprint("M", r.IntN(60)), At: c.At, Inst: inst, Doctor: one(r, "", "D1", "D2"), Orders: "0"}
		cs, vs = append(cs, c), append(vs, v)
		for k := range c.Shown {
			rs = append(rs, store.Reminder{Call: c.ID, Seq: k + 1, JrID: fmt.Sprint("j", r.IntN(70)), At: c.At, Inst: inst, Doctor: v.Doctor, Psn: v.Psn, Mdtrt: v.Mdtrt, Rule: one(r, "A001", "B003"), Severity: 1 + r.IntN(3), Shown: r.IntN(4) > 0, Lines: "[]"})
		}
		es = append(es, store.Episode{ID: fmt.Sprintf("e%d-%03d", part, i), Day: one(r, worldMonths...) + "-1" + fmt.Sprint(r.IntN(9)), Inst: inst, Outcome: one(r, "撤回", "减至限额", "替换", "转自费", "改诊断后通过", "说明理由后继续", "未回应", "就诊未结算", "待结算", "待审核"),
			Complied: r.IntN(2) == 0, Frozen: r.IntN(3) == 0, Reopened: r.IntN(4) == 0, OrigFund: r.Int64N(900), FinalFund: r.Int64N(500), SubstFund: r.Int64N(300), Avoided: r.Int64N(3) * 100})
	}
	return errors.Join(tx.AddCalls(cs, vs, rs), tx.PutEpisodes(es))
}

func (w *world) others(tx *store.Tx, r *rand.Rand, part int) error {
	span := board.Period{From: "2024-12", To: "2025-03"}.Span()
	at := func() int64 { return span.From + r.Int64N(span.To-span.From) }
	for i := range 40 {
		id, inst := fmt.Sprintf("%d-%02d", part, i), one(r, worldInsts...)
		wrong := store.Wrong{ID: "w" + id, Rule: "A001", Inst: inst, Due: fmt.Sprintf("2025-03-%02d", 5+r.IntN(12)), ReceivedAt: at()}
		special := &store.SpecialCase{ID: "s" + id, Visit: id, Inst: inst, State: one(r, "准予", "待评审", "不予"), Reason: "费用极高", MadeAt: at()}
		_, err := tx.AddWrong(wrong)
		_, err2 := tx.AddProposal(store.Proposal{ID: "p" + id, Rule: "A001", Area: one(r, "", "990000", "990100", "990102", "990200"), Shown: 30, Answered: 25, Overridden: 24, MadeAt: at()})
		_, err3 := tx.AddClues([]store.Clue{{ID: "k" + id, Code: "8" + id, Inst: inst, MadeAt: at(), Detail: one(r, "", `{"clue":{"hilist_code":"X01"}}`, `{"clue":{"hilist_code":"X02"}}`, `{"clue":{"hilist_code":"X03"}}`)}})
		if err := errors.Join(err, err2, err3, tx.AddSpecialCase(special)); err != nil {
			return err
		}
		if i%2 == 0 {
			c, err := tx.Clue("k" + id)
			if err != nil {
				return err
			}
			for _, to := range []string{"待结论", "已结论", "已移交"}[:1+r.IntN(3)] {
				if err := tx.StepClue(c, to, map[string]string{"已结论": "拆零"}[to], store.ClueStep{Clue: c.ID, Kind: "结论"}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
