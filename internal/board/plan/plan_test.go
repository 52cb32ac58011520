package plan_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/board"
	"github.com/mingjian/mingjian/internal/board/brief"
	"github.com/mingjian/mingjian/internal/board/plan"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/paper/forms"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/store/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }

var (
	ctx   = context.Background()
	china = time.FixedZone("", 8*3600)
)

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, china)
	if err != nil {
		panic(err)
	}
	return t
}

// TestDue: days of the week and the month as China has them, the last day where a month has no 31st, and nothing from before the plan was made.
func TestDue(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		every      string
		on, hour   int
		made, now  string
		want, next string
	}{
		{plan.Daily, 0, 7, "2026-03-01 06:00", "2026-03-03 06:59", "2026-03-01 2026-03-02", "2026-03-03 07:00"},
		{plan.Daily, 0, 7, "2026-03-01 07:00", "2026-03-03 07:00", "2026-03-02 2026-03-03", "2026-03-04 07:00"},
		{plan.Daily, 0, 0, "2026-03-01 00:00", "2026-03-01 23:59", "", "2026-03-02 00:00"},
		{plan.Weekly, 1, 8, "2026-03-01 00:00", "2026-03-16 08:00", "2026-03-02 2026-03-09 2026-03-16", "2026-03-23 08:00"},
		{plan.Weekly, 7, 8, "2026-03-01 00:00", "2026-03-14 08:00", "2026-03-01 2026-03-08", "2026-03-15 08:00"},
		{plan.Monthly, 31, 8, "2025-11-15 00:00", "2026-03-01 00:00", "2025-11-30 2025-12-31 2026-01-31 2026-02-28", "2026-03-31 08:00"},
		{plan.Monthly, 5, 8, "2026-01-05 09:00", "2026-02-05 07:00", "", "2026-02-05 08:00"},
		{plan.Monthly, 5, 23, "2023-01-01 00:00", "2024-06-01 00:00", "2024-03-05 2024-04-05 2024-05-05", "2024-06-05 23:00"}, // at most three
	} {
		p := &store.ReportPlan{Every: c.every, OnDay: c.on, AtHour: c.hour, Cover: plan.LastMonth, MadeAt: store.Micros(at(c.made))}
		if err := plan.Check(p); err != nil {
			t.Error(err)
		}
		var got []string
		most := 12
		if strings.HasPrefix(c.made, "2023") {
			most = 3
		}
		for _, d := range plan.Due(p, at(c.now).UTC(), most) {
			got = append(got, d.String())
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%+v: due %s", c, s)
		}
		if n := plan.Next(p, at(c.now)).In(china).Format("2006-01-02 15:04"); n != c.next {
			t.Errorf("%+v: next %s", c, n)
		}
	}
	for cover, want := range map[string]string{plan.LastMonth: "2025-12 2025-12", plan.ThisMonth: "2026-01 2026-01", plan.YearToEnd: "2025-01 2025-12", plan.YearToNow: "2026-01 2026-01"} {
		p, ok := plan.Months(cover, claim.DayOf(2026, 1, 5))
		if got := p.From + " " + p.To; got != want || !ok {
			t.Errorf("%s: %s, want %s", cover, got, want)
		}
	}
	for _, bad := range []store.ReportPlan{{Every: "每年", Cover: plan.LastMonth}, {Every: plan.Weekly, Cover: plan.LastMonth}, {Every: plan.Monthly, OnDay: 32, Cover: plan.LastMonth}, {Every: plan.Daily, AtHour: 24, Cover: plan.LastMonth}, {Every: plan.Daily, Cover: "去年"}} {
		if plan.Check(&bad) == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

// TestOneReportADay: four makers in two handles of one database make each report once; one whose maker went away is made by the next; who may no longer see it gets none.
func TestOneReportADay(t *testing.T) {
	t.Parallel()
	for name, loc := range map[string]store.Location{"sqlite": {Engine: store.SQLite, Path: filepath.Join(t.TempDir(), "x.db")}, "postgres": {Engine: store.Postgres, DSN: pgtest.DSN(t)}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var dbs []*store.DB
			for range 2 {
				db, err := store.Open(ctx, loc)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { db.Close() })
				dbs = append(dbs, db)
			}
			made := store.Micros(at("2026-03-01 00:00"))
			err := dbs[0].Update(ctx, func(tx *store.Tx) error {
				add := func(id, form, file, login, area string) error {
					return tx.AddReportPlan(store.ReportPlan{ID: id, Title: "报" + id, Form: form, File: file, Admdvs: area, Against: board.SamePeriod, Cover: plan.LastMonth, Every: plan.Daily, AtHour: 6, Login: login, MadeAt: made})
				}
				return errors.Join(tx.AddUser(&store.User{ID: "1", Login: "ling", Roles: []string{"领导"}}), tx.AddUser(&store.User{ID: "2", Login: "jing", Roles: []string{"经办"}, Admdvs: "9901"}), tx.AddUser(&store.User{ID: "3", Login: "gone", Roles: []string{"领导"}, Disabled: true}),
					tx.AddFindings([]*store.Finding{{ID: "f1", Month: "2026-02", Inst: "H1", Admdvs: "990101", RuleID: "A001", Severity: 1, Charged: 100, State: store.MachineState, Version: 1}}),
					add("a", "briefing", "docx", "ling", ""), add("b", plan.FormFigures, "xlsx", "ling", ""), add("c", plan.FormFindings, "xlsx", "jing", "990101"), add("d", plan.FormFindings, "xlsx", "ling", ""), add("e", "briefing", "docx", "gone", ""), add("g", plan.FormFigures, "xlsx", "jing", ""))
			})
			if err != nil {
				t.Fatal(err)
			}
			now := at("2026-03-03 12:00")
			dir := t.TempDir()
			maker := func(k int) *plan.Maker {
				db := dbs[k%2]
				return &plan.Maker{DB: db, Holder: string(rune('a' + k)), Now: func() time.Time { return now }, Desk: func() *board.Desk { return &board.Desk{DB: db} }, Paper: func() brief.Office { return brief.Office{Office: forms.Office{Dir: dir}} },
					Sheet: func(_ context.Context, who *auth.Identity, f store.FindingFilter, title string) ([]byte, error) {
						return []byte(who.Name + f.Admdvs + f.From + f.To), nil
					}}
			}
			// One took a report up and died.
			if err := dbs[0].Update(ctx, func(tx *store.Tx) error {
				_, err := tx.TakeReport("a", int64(claim.DayOf(2026, 3, 2)), "dead", store.Micros(now), store.Micros(now.Add(15*time.Minute)))
				return err
			}); err != nil {
				t.Fatal(err)
			}
			var mu sync.Mutex
			total := 0
			var wg sync.WaitGroup
			for k := range 4 {
				wg.Go(func() {
					n, err := maker(k).Run(ctx)
					if err != nil {
						t.Error(err)
					}
					mu.Lock()
					total += n
					mu.Unlock()
				})
			}
			wg.Wait()
			if total != 8 { // three days of a, b and c, less the one that is held
				t.Errorf("%d reports were made, want 8", total)
			}
			now = now.Add(16 * time.Minute)
			if n, err := maker(1).Run(ctx); n != 1 || err != nil {
				t.Errorf("taken over: %d %v", n, err)
			}
			if n, err := maker(0).Run(ctx); n != 0 || err != nil {
				t.Errorf("made again: %d %v", n, err)
			}
			// At once, though the day's is not due: once, and not again when it is.
			var own []store.ReportPlan
			if err := dbs[0].View(ctx, func(tx *store.Tx) (err error) { own, err = tx.ReportPlans(store.Scope{}); return err }); err != nil {
				t.Fatal(err)
			}
			byID := map[string]*store.ReportPlan{}
			for i := range own {
				byID[own[i].ID] = &own[i]
			}
			now = at("2026-03-04 05:00")
			if err := maker(1).Today(ctx, byID["b"]); err != nil {
				t.Error(err)
			}
			if err := maker(0).Today(ctx, byID["b"]); !errors.Is(err, plan.ErrMade) {
				t.Errorf("twice: %v", err)
			}
			if err := maker(0).Today(ctx, byID["e"]); err == nil || !strings.Contains(err.Error(), "没有做成") {
				t.Errorf("in the name of one who is gone: %v", err)
			}
			now = at("2026-03-04 12:00")
			if n, err := maker(0).Run(ctx); n != 2 || err != nil { // a and c
				t.Errorf("after it was made at once: %d %v", n, err)
			}
			err = dbs[1].View(ctx, func(tx *store.Tx) error {
				ms, err := tx.MadeReports(store.Scope{}, "", 100)
				states := map[string]int{}
				for _, m := range ms {
					states[m.Plan+" "+m.State]++
					if m.State == store.ReportFailed && !strings.Contains(m.Said, "权限") {
						t.Errorf("%s: %s", m.Plan, m.Said)
					}
				}
				for k, want := range map[string]int{"a 做好": 4, "b 做好": 4, "c 做好": 4, "d 没有做成": 4, "e 没有做成": 4, "g 没有做成": 4} {
					if states[k] != want {
						t.Errorf("%s: %d, want %d", k, states[k], want)
					}
				}
				if own, err := tx.MadeReports(store.Scope{Admdvs: "9901"}, "", 100); err != nil || len(own) != 4 {
					t.Errorf("a city sees %d reports, %v", len(own), err)
				}
				b, err2 := tx.ReportFile("b", int64(claim.DayOf(2026, 3, 1)))
				c, err3 := tx.ReportFile("c", int64(claim.DayOf(2026, 3, 1)))
				if err := errors.Join(err, err2, err3); err != nil {
					return err
				}
				raw, err := base64.StdEncoding.DecodeString(b.Content)
				if err != nil {
					return err
				}
				x, err := excelize.OpenReader(bytes.NewReader(raw))
				if err != nil {
					return err
				}
				rows, err := x.GetRows("指标")
				if err != nil || len(rows) != len(board.TheDictionary().All)+2 || b.Name != "报b 2026-02.xlsx" {
					t.Errorf("%s has %d rows, %v", b.Name, len(rows), err)
				}
				raw, err = base64.StdEncoding.DecodeString(c.Content)
				if string(raw) != "jing9901012026-022026-02" {
					t.Errorf("the list was asked for with %s", raw)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}
