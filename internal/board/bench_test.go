package board_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/mingjian/mingjian/internal/board"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// BenchmarkBoard opens the home board of a year and a city's, over MINGJIAN_FINDINGS findings (20,000 unless told) of 1,857 institutions and 243 cards,
// a tenth of them cases, with as many calls of the reminder service as a tenth of the findings:
//
//	MINGJIAN_FINDINGS=1000000 go test ./internal/board -run '^$' -bench Board -benchtime 5x
//
// It measures and does not judge: machines differ.
func BenchmarkBoard(b *testing.B) {
	n := 20_000
	if s := os.Getenv("MINGJIAN_FINDINGS"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			b.Fatal(err)
		}
	}
	db, err := store.Open(context.Background(), store.Location{Engine: store.SQLite, Path: filepath.Join(b.TempDir(), store.FileName)})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	fillMany(b, db, n)
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
	b.Run("figures", func(b *testing.B) {
		for b.Loop() {
			if _, err := d.Figures(context.Background(), board.Ask{Period: at, Against: board.SamePeriod, Today: claim.DayOf(2025, 12, 31)}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func fillMany(b *testing.B, db *store.DB, n int) {
	b.Helper()
	const per = 10_000
	inst := func(i int) (string, string) {
		k := i * 7919 % 1857
		return fmt.Sprintf("H9901%07d", k), fmt.Sprintf("9901%02d", k%13)
	}
	for lo := 0; lo < n; lo += per {
		err := db.Update(context.Background(), func(tx *store.Tx) error {
			var fs []*store.Finding
			var cs []store.Case
			var calls []store.Call
			var vs []store.CallVisit
			for i := lo; i < min(n, lo+per); i++ {
				code, area := inst(i)
				f := &store.Finding{ID: fmt.Sprintf("f%08d", i), RuleID: fmt.Sprintf("A%03d", i*31%243), RuleName: "规则", Severity: 1 + i%3, Month: fmt.Sprintf("2025-%02d", 1+i%12), Inst: code, Admdvs: area, State: store.MachineState,
					Vola: int64(i%9000) * 10, Fund: int64(i%8000) * 10, Charged: int64(i%7000) * 10, Version: 1}
				fs = append(fs, f)
				if i%10 == 0 {
					cs = append(cs, store.Case{Finding: f.ID, Month: f.Month, Inst: code, Rule: f.RuleID, Admdvs: area, State: []string{"初审", "复审", "执行", "关闭"}[i/10%4], DueDay: int64(claim.DayOf(2025, 12, 1)) + int64(i%60), Charged: f.Charged, Severity: 1, Version: 1})
					at := board.Period{From: f.Month, To: f.Month}.Span().From + int64(i%600)*3_600_000_000
					calls = append(calls, store.Call{ID: fmt.Sprintf("c%08d", i), At: at, Inst: code, Admdvs: area, Verdict: "放行", Micros: 900})
					vs = append(vs, store.CallVisit{Call: calls[len(calls)-1].ID, Psn: fmt.Sprint("P", i%50_000), Mdtrt: fmt.Sprint("M", i), At: at, Inst: code, Doctor: fmt.Sprint("D", i%97), Orders: "0"})
				}
			}
			if err := tx.AddFindings(fs); err != nil {
				return err
			}
			if err := tx.AddCases(cs, nil); err != nil {
				return err
			}
			return tx.AddCalls(calls, vs, nil)
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	if err := db.RefreshBoards(context.Background()); err != nil {
		b.Fatal(err)
	}
}
