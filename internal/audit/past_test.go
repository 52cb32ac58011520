package audit_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/synth"
)

// TestMonthByMonth: of a year and more of a synthetic city, the months judged one by one, each with what its judgement
// looks back at, say the same as all judged together, which hold every line of every month.
func TestMonthByMonth(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{3} {
		tables := t.TempDir()
		if _, err := synth.Generate(synth.Options{Out: tables, Persons: 800, Months: 14, Seed: seed}); err != nil {
			t.Fatal(err)
		}
		one, two := t.TempDir(), t.TempDir()
		for _, dir := range []string{one, two} {
			settleIn(t, dir, lake.ImportOptions{Buckets: 2}, tables)
		}
		if _, err := openAuditor(t, one).Run(context.Background(), audit.Options{}); err != nil {
			t.Fatal(err)
		}
		auditEachMonth(t, openAuditor(t, two))
		if x, y := exported(t, one), exported(t, two); x != y {
			t.Errorf("seed %d: findings differ at %s", seed, firstDifference(x, y))
		}
	}
}

// auditEachMonth judges the months one by one.
func auditEachMonth(t *testing.T, a *audit.Auditor) {
	t.Helper()
	s, err := a.Lake.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range s.Months() {
		if _, err := a.Run(context.Background(), audit.Options{From: m, To: m}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestPastPurchases: of people who fetch drugs month after month, sooner or later than they are used up, from several places, with
// stays, refunds and diagnoses in between, each month says with what it chooses of its past what it says with all of it, and whether
// the past is read merged or month by month.
func TestPastPurchases(t *testing.T) {
	t.Parallel()
	for seed := range seedsOf(1) {
		comparePasts(t, seed)
	}
}

func comparePasts(t *testing.T, seed uint64) {
	t.Helper()
	u := upload{}
	r := rand.New(rand.NewPCG(seed, 0))
	for p := range 250 {
		purchases(u, r, fmt.Sprintf("Q%d", p))
	}
	points := []string{"D006 D4 limit_value=12 unit=盒", "D006 D5 limit_value=24 unit=盒", `C009 D3 params={"group":"甲类"}`, `C009 D4 params={"group":"甲类"}`,
		"A013 D1 diag_set=I10|E11", "A013 D6 diag_set=C34", `A014 D7 params={"require":["D1"]} diag_set=K74`, "B023 D7 window_d=300 limit_value=1"}
	chosen, all, apart := newTown(t).know(points...), newTown(t).know(points...), newTown(t).know(points...)
	for _, w := range []*town{chosen, all, apart} {
		w.arrive(u)
		a := w.open()
		switch w {
		case all:
			a.ReadWholePast()
		case apart:
			a.ReadMonthsApart()
		}
		auditEachMonth(t, a)
	}
	for what, w := range map[string]*town{"whole past": all, "months apart": apart} {
		if x, y := exported(t, chosen.dir), exported(t, w.dir); x != y {
			t.Errorf("seed %d, %s: findings differ at %s", seed, what, firstDifference(x, y))
		}
	}
	n := map[string]int{}
	for _, row := range chosen.rows() {
		n[row.RuleID]++
	}
	for _, id := range []string{"D002", "D003", "D005", "D006", "C009", "A013", "A014", "B023"} {
		if n[id] == 0 {
			t.Errorf("seed %d: no finding of %s: nothing was compared", seed, id)
		}
	}
}

// purchases adds a person and a year and a quarter of what was bought, and what else befell.
func purchases(u upload, r *rand.Rand, psn string) {
	const first, last = "2024-01-01", 450
	start, _ := time.Parse(time.DateOnly, first)
	on := func(day int) string { return start.AddDate(0, 0, day).Format(time.DateOnly) }
	one := func(of ...string) string { return of[r.IntN(len(of))] }
	maybe := func(n int) bool { return r.IntN(n) == 0 }
	u.add("person", fmt.Sprintf("psn_no=%s gend=1 brdy=1960-01-01 insutype=390 insu_admdvs=990101 begndate=2020-01-01", psn)) // of the town, else all of the past is read
	visits := 0
	come := func(day int, med string, nights int, settled int, lines ...string) {
		id := fmt.Sprintf("%s-%d", psn, visits)
		visits++
		inst := one("H1", "H1", "H1", "H2", "H3")
		u.visit(id, psn, inst, on(day), lines...)
		v, s := lastOf(u["visit"]), lastOf(u["settlement"])
		v["med_type"], v["endtime"] = med, on(day+nights)+" 18:00:00"
		s["setl_time"] = on(settled) + " 18:00:00"
		if maybe(3) {
			u.add("diagnosis", fmt.Sprintf("mdtrt_id=%s diag_code=%s maindiag_flag=1 diag_srt_no=1 diag_time=%s_09:00:00", id, one("I10", "E11", "J06", "C34", "K74", "I10", "J06"), on(day)))
		} else if maybe(4) {
			v["dscg_maindiag_code"] = one("I10", "J06", "C34")
		}
		if maybe(40) { // taken back whole
			u.add("settlement", fmt.Sprintf("setl_id=r-%s mdtrt_id=%s psn_no=%s fixmedins_code=%s insutype=390 clr_type=11 setl_time=%s_18:30:00 medfee_sumamt=-%s fund_pay_sumamt=-%s refd_setl_flag=1 init_setl_id=%s",
				id, id, psn, inst, on(settled+r.IntN(50)), s["medfee_sumamt"], s["fund_pay_sumamt"], s["setl_id"]))
		}
	}
	line := func(days int, route string) {
		f := lastOf(u["fee"])
		f["list_type"], f["medc_way"] = "101", route
		if days > 0 {
			f["prd_days"] = fmt.Sprint(days)
		}
		if maybe(60) { // a box is brought back
			back := maps.Clone(f)
			back["feedetl_sn"], back["init_feedetl_sn"], back["cnt"] = f["feedetl_sn"]+"r", f["feedetl_sn"], "-1"
			back["det_item_fee_sumamt"], back["inscp_scp_amt"] = "-10", "-10"
			u["fee"] = append(u["fee"], back)
		}
	}
	come(0, "11", 0, 0, "E9")
	for _, drug := range []string{"D1", "D2", "D3", "D4", "D5", "D6", "D7"} {
		if maybe(2) {
			continue
		}
		route, every, supply := one("口服", "口服", "", "外用"), 20+r.IntN(50), 7+r.IntN(50)
		if drug == "D7" {
			every = 150 + r.IntN(100)
		}
		for day := r.IntN(60); day < last; day += max(1, every+r.IntN(25)-12) {
			days, way := supply+r.IntN(9)-4, route
			if maybe(25) {
				days = 0
			}
			if maybe(30) {
				way = one("口服", "注射", "")
			}
			late := 0
			if maybe(20) {
				late = r.IntN(45)
			}
			come(day, one("11", "11", "140104"), 0, day+late, fmt.Sprintf("%s*%d", drug, 1+r.IntN(3)))
			line(days, way)
			if maybe(30) { // and once more within days
				come(day+1+r.IntN(3), "11", 0, day+r.IntN(40), drug)
				line(days, way)
			}
		}
	}
	for range r.IntN(3) {
		day, nights := r.IntN(last), 1+r.IntN(25)
		come(day, "21", nights, day+nights, one("D1", "D3", "D5")+"*2")
		line(10+r.IntN(30), "口服")
		if maybe(2) {
			lastOf(u["fee"])["dscg_tkdrug_flag"] = "1"
		}
	}
}

func lastOf(rows []map[string]string) map[string]string { return rows[len(rows)-1] }
