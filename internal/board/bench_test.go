package board_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/board"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// BenchmarkBoard opens the home board of a year and a city's, and works out all indicators, over MINGJIAN_FINDINGS findings (20,000 unless told) of 1,857
// institutions and 243 cards, a tenth of them cases, and MINGJIAN_CALLS calls of the reminder service (a tenth of the findings unless told). With
// MINGJIAN_BOARD_DIR the store is kept there and filled once:
//
//	MINGJIAN_FINDINGS=1000000 MINGJIAN_CALLS=3428100 MINGJIAN_BOARD_DIR=/tmp/board go test ./internal/board -run '^$' -bench Board -benchtime 3x -timeout 2h
//
// It measures and does not judge: machines differ.
func BenchmarkBoard(b *testing.B) {
	n := number(b, "MINGJIAN_FINDINGS", 20_000)
	calls := number(b, "MINGJIAN_CALLS", n/10)
	dir := os.Getenv("MINGJIAN_BOARD_DIR")
	if dir == "" {
		dir = b.TempDir()
	}
	path := filepath.Join(dir, fmt.Sprintf("%d-%d-%s", n, calls, store.FileName))
	_, err := os.Stat(path + ".filled")
	db, err2 := store.Open(context.Background(), store.Location{Engine: store.SQLite, Path: path})
	if err2 != nil {
		b.Fatal(err2)
	}
	defer db.Close()
	if err != nil {
		fillMany(b, db, n)
		fillCalls(b, db, calls)
		if err := os.WriteFile(path+".filled", nil, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	if err := db.RefreshBoards(context.Background()); err != nil { // a store of an earlier version has sums to make too
		b.Fatal(err)
	}
	d := &board.Desk{DB: db}
	at := board.Period{From: "2025-01", To: "2025-12"}
	for name, ask := range map[string]board.Ask{
		"city":   {Period: at, Against: board.SamePeriod, Today: claim.DayOf(2025, 12, 31)},
		"county": {Scope: store.Scope{Admdvs: "990105"}, Period: at, Against: board.SamePeriod, Today: claim.DayOf(2025, 12, 31)},
		"month":  {Period: board.Period{From: "2025-06", To: "2025-06"}, Against: board.SamePeriod, Today: claim.DayOf(2025, 12, 31)},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				x, err := d.Board(context.Background(), ask)
				if err != nil {
					b.Fatal(err)
				}
				if len(x.Insts.Items) == 0 {
					b.Fatal("nothing on the board")
				}
			}
		})
	}
	all := board.Ask{Period: at, Against: board.SamePeriod, Today: claim.DayOf(2025, 12, 31)}
	figures := func(b *testing.B) {
		if _, err := d.Figures(context.Background(), all); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("figures", func(b *testing.B) {
		for b.Loop() {
			figures(b)
		}
	})
	b.Run("figures-after-a-call", func(b *testing.B) { // the day's sums of calls have to be made anew
		for b.Loop() {
			at := time.Date(2025, 12, 31, 12, 0, 0, 0, time.UTC).UnixMicro()
			id := store.NewID()
			if err := db.Update(context.Background(), func(tx *store.Tx) error {
				return tx.AddCalls([]store.Call{{ID: id, At: at, Inst: "H99010000001", Verdict: "放行"}}, []store.CallVisit{{Call: id, Psn: "P", Mdtrt: id, At: at, Inst: "H99010000001", Orders: "0"}}, nil)
			}); err != nil {
				b.Fatal(err)
			}
			figures(b)
		}
	})
}

func number(b *testing.B, name string, or int) int {
	b.Helper()
	s := os.Getenv(name)
	if s == "" {
		return or
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// instOf is an institution and its division.
func instOf(i int) (code, admdvs string) {
	k := i * 7919 % 1857
	return fmt.Sprintf("H9901%07d", k), fmt.Sprintf("9901%02d", k%13)
}

// fillCalls asks the reminder service through a year: seven visits of ten calls, one reminder of 25 calls, in the order of time.
func fillCalls(b *testing.B, db *store.DB, n int) {
	b.Helper()
	const per = 20_000
	begin, year := board.Period{From: "2025-01", To: "2025-12"}.Span().From, int64(365*86_400_000_000)
	for lo := 0; lo < n; lo += per {
		err := db.Update(context.Background(), func(tx *store.Tx) error {
			var calls []store.Call
			var vs []store.CallVisit
			var rs []store.Reminder
			for i := lo; i < min(n, lo+per); i++ {
				at := begin + int64(float64(year)*float64(i)/float64(n))
				visit := i * 7 / 10
				code, area := instOf(visit)
				c := store.Call{ID: fmt.Sprintf("k%09d", i), At: at, Inst: code, Admdvs: area, Verdict: "放行", Orders: 3, Micros: 900}
				v := store.CallVisit{Call: c.ID, Psn: fmt.Sprint("P", visit%500_000), Mdtrt: fmt.Sprint("M", visit), At: at, Inst: code, Doctor: fmt.Sprint("D", visit%7), Orders: "0"}
				if i%25 == 0 {
					c.Shown = 1
					rs = append(rs, store.Reminder{Call: c.ID, Seq: 1, JrID: fmt.Sprint("j", visit), At: at, Inst: code, Doctor: v.Doctor, Psn: v.Psn, Mdtrt: v.Mdtrt, Rule: "A001", Severity: 1 + i%3, Shown: true, Lines: "[]"})
				}
				calls, vs = append(calls, c), append(vs, v)
			}
			return tx.AddCalls(calls, vs, rs)
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func fillMany(b *testing.B, db *store.DB, n int) {
	b.Helper()
	const per = 10_000
	for lo := 0; lo < n; lo += per {
		err := db.Update(context.Background(), func(tx *store.Tx) error {
			var fs []*store.Finding
			var cs []store.Case
			for i := lo; i < min(n, lo+per); i++ {
				code, area := instOf(i)
				f := &store.Finding{ID: fmt.Sprintf("f%08d", i), RuleID: fmt.Sprintf("A%03d", i*31%243), RuleName: "规则", Severity: 1 + i%3, Month: fmt.Sprintf("2025-%02d", 1+i%12), Inst: code, Admdvs: area, State: store.MachineState,
					Vola: int64(i%9000) * 10, Fund: int64(i%8000) * 10, Charged: int64(i%7000) * 10, Version: 1}
				fs = append(fs, f)
				if i%10 == 0 {
					cs = append(cs, store.Case{Finding: f.ID, Month: f.Month, Inst: code, Rule: f.RuleID, Admdvs: area, State: []string{"初审", "复审", "执行", "关闭"}[i/10%4], DueDay: int64(claim.DayOf(2025, 12, 1)) + int64(i%60), Charged: f.Charged, Severity: 1, Version: 1})
				}
			}
			if err := tx.AddFindings(fs); err != nil {
				return err
			}
			return tx.AddCases(cs, nil)
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
