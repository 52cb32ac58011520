package pay

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
)

func params(t testing.TB, body string) *Insured {
	t.Helper()
	p, err := ParseParams([]byte("insurance:\n  '310':\n    " + strings.ReplaceAll(strings.TrimSpace(body), "\n", "\n    ") + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return p.Insurance["310"]
}

func yuan(s string) Fen {
	f, err := ParseFen(s)
	if err != nil {
		panic(err)
	}
	return f
}

func dec(s string) Decimal {
	d, err := ParseDecimal(s)
	if err != nil {
		panic(err)
	}
	return d
}

// Each way of being paid, with its bounds; figures computed by hand.
func TestPrice(t *testing.T) {
	i := params(t, `
mode: DRG
rate: 10000
hospitals: {H1: 1.1, "3": 1.05}
groups: {GA9: 0.9}
high: {times: 3, share: 0.8}
low: {times: 0.4}
ungrouped: 0.9
ambiguous: 0.7
bed_day: [{to: 30, price: 300}, {to: 60, price: 200}, {price: 100}]
single: {K35: {"3": 9000, "": 8000}}
day_surg: 0.9
`)
	stay := func(cost, fund string, set func(*Stay)) Stay {
		s := Stay{ID: "x", Inst: "H9", Level: "2", Group: "G1", Weight: dec("0.8"), Cost: yuan(cost), Fund: yuan(fund), LOS: 10}
		if set != nil {
			set(&s)
		}
		return s
	}
	for _, x := range []struct {
		name, way, standard, gross, payable string
		s                                   Stay
	}{
		{"ordinary", ByGroup, "8000.00", "8000.00", "6000.00", stay("7000", "5000", nil)},
		{"own coefficient", ByGroup, "8800.00", "8800.00", "6800.00", stay("7000", "5000", func(s *Stay) { s.Inst, s.Level = "H1", "3" })},
		{"level's coefficient", ByGroup, "8400.00", "8400.00", "6400.00", stay("7000", "5000", func(s *Stay) { s.Level = "3" })},
		{"group coefficient", ByGroup, "7200.00", "7200.00", "5200.00", stay("7000", "5000", func(s *Stay) { s.Group = "GA9" })},
		{"half a fen up", ByGroup, "0.01", "0.01", "0.01", stay("0", "0", func(s *Stay) { s.Weight = 1; s.Adjust = big.NewRat(1, 2); s.Cost, s.Fund = 0, 0 })},
		{"at the low bound", ByGroup, "8000.00", "8000.00", "6800.00", stay("3200", "2000", nil)},
		{"below", ByLow, "8000.00", "3199.99", "1999.99", stay("3199.99", "1999.99", nil)},
		{"at the high bound", ByGroup, "8000.00", "8000.00", "4000.00", stay("24000", "20000", nil)},
		{"above", ByHigh, "8000.00", "8080.00", "4080.00", stay("24100", "20100", nil)},
		{"patient pays more than the standard", ByGroup, "8000.00", "8000.00", "0.00", stay("20000", "11000", nil)},
		{"not grouped", ByItem, "0.00", "6500.00", "4500.00", stay("7000", "5000", func(s *Stay) { s.Group = "" })},
		{"ambiguous", ByQY, "0.00", "5500.00", "3500.00", stay("7000", "5000", func(s *Stay) { s.Ambiguous = true })},
		{"group without weight", ByItem, "0.00", "6500.00", "4500.00", stay("7000", "5000", func(s *Stay) { s.Weight = 0 })},
		{"bed days", ByBedDay, "0.00", "16000.00", "14000.00", stay("12000", "10000", func(s *Stay) { s.Mode, s.LOS = 4, 70 })},
		{"bed days, first band", ByBedDay, "0.00", "9000.00", "7000.00", stay("12000", "10000", func(s *Stay) { s.Mode, s.LOS = 4, 30 })},
		{"single disease", BySingle, "0.00", "9000.00", "7000.00", stay("12000", "10000", func(s *Stay) { s.Mode, s.Disease, s.Level = 5, "K35", "3" })},
		{"single disease, other level", BySingle, "0.00", "8000.00", "6000.00", stay("12000", "10000", func(s *Stay) { s.Mode, s.Disease = 5, "K35" })},
		{"single disease that is none", ByGroup, "8000.00", "8000.00", "6000.00", stay("7000", "5000", func(s *Stay) { s.Mode, s.Disease = 5, "K36" })},
		{"day surgery", ByDaySurg, "8000.00", "7200.00", "5200.00", stay("7000", "5000", func(s *Stay) { s.DaySurgery = true })},
		{"special, by item", BySpecial, "8000.00", "39000.00", "29000.00", stay("40000", "30000", func(s *Stay) { s.Special = &Special{Cut: yuan("1000")} })},
		{"special, times the standard", BySpecial, "8000.00", "16000.00", "5500.00", stay("40000", "30000", func(s *Stay) { s.Special = &Special{Times: 2 * One, Cut: yuan("500")} })},
	} {
		t.Run(x.name, func(t *testing.T) {
			p := i.Price(&x.s, *i.Rate, *i.Rate)
			got := fmt.Sprint(p.Way, " ", p.Standard, " ", p.Gross, " ", p.Payable)
			if want := fmt.Sprint(x.way, " ", x.standard, " ", x.gross, " ", x.payable); got != want {
				t.Errorf("got %s, want %s\n%s", got, want, p.Text)
			}
		})
	}
}

// The worked example of docs/分组与付费.md: three hospitals with a surplus, an overspend and a balance.
func TestWorkedYear(t *testing.T) {
	i := params(t, `
mode: DRG
rate: 10000
ungrouped: 1
month: {ratio: 0.95, deposit: 0.05, advances: {A: 5000, B: 5000}}
clear:
  retain: [{up_to: 0.1, share: 1}, {up_to: 0.2, share: 0.5}]
  share: [{up_to: 0.1, share: 0.5}, {up_to: 0.2, share: 0.3}]
  full: 90
`)
	var stays []Stay
	add := func(inst, month, weight, cost, fund string) {
		stays = append(stays, Stay{ID: fmt.Sprint(len(stays)), Inst: inst, Month: month, Group: "G", Weight: dec(weight), Cost: yuan(cost), Fund: yuan(fund)})
	}
	add("A", "2025-01", "1.2", "9000", "7000") // standard 12000, patient 2000, payable 10000
	add("A", "2025-02", "1", "8000", "8000")   // payable 10000
	add("B", "2025-01", "0.8", "13000", "12000")
	add("C", "2025-03", "0.5", "5000", "5000")
	priced, _ := i.PriceAll(stays)
	acc := i.Year("310", priced, map[string]int{"A": 81, "B": 100})
	want := []string{
		// A: payable 20000, declared 15000, surplus 5000: 2000 whole + 2000 × 50 % = 3000, settled 18000.
		// months: min(6650, 10000) = 6650, deposit 332.50; min(7600, 10000) = 7600, deposit 380. paid 13537.50.
		// deposit 712.50 × 81 ÷ 90 = 641.25 back, 71.25 forfeited; due 18000 − 13537.50 − 5000 − 71.25 = −608.75.
		"A 20000.00 15000.00 3000.00 0.00 18000.00 13537.50 712.50 71.25 -608.75",
		// B: standard 8000, patient 1000, payable 7000, declared 12000, overspend 5000: 700 × 50 % + 700 × 30 % = 560.
		// month: min(11400, 7000) = 7000, deposit 350, paid 6650; due 7560 − 6650 − 5000 = −4090.
		"B 7000.00 12000.00 0.00 560.00 7560.00 6650.00 350.00 0.00 -4090.00",
		// C: payable = declared = 5000; month min(4750, 5000) = 4750, deposit 237.50, paid 4512.50; due 487.50.
		"C 5000.00 5000.00 0.00 0.00 5000.00 4512.50 237.50 0.00 487.50",
	}
	for n, a := range acc {
		got := fmt.Sprint(a.Inst, " ", a.Payable, " ", a.Declared, " ", a.Retained, " ", a.Shared, " ", a.Settled, " ", a.Paid, " ", a.Deposit, " ", a.Forfeited, " ", a.Due)
		if got != want[n] {
			t.Errorf("got  %s\nwant %s", got, want[n])
		}
	}
}

// A synthetic year balances to the fen whatever the numbers: months add up to the year, cash adds up to the settlement,
// and a floating rate spends the budget but for rounding.
func TestYearBalances(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 5))
		i := params(t, `
mode: DIP
total: 3000000
reference: 100
unit: 0.0001
high: {times: 3, share: 0.7}
low: {times: 0.4}
ungrouped: 0.85
day_surg: 0.9
hospitals: {A: 1.07, B: 0.93}
bed_day: [{price: 311.5}]
month: {ratio: 0.93, deposit: 0.05, advances: {A: 12345.67}}
clear: {retain: [{up_to: 0.07, share: 0.77}, {share: 0.1}], share: [{up_to: 0.13, share: 0.41}], full: 90}
`)
		var stays []Stay
		for n := range 400 {
			cost := Fen(10_000 + r.Int64N(5_000_000))
			s := Stay{ID: fmt.Sprint(n), Inst: string("ABC"[r.IntN(3)]), Month: fmt.Sprintf("2025-%02d", 1+r.IntN(12)), Group: fmt.Sprint("G", r.IntN(30)),
				Weight: Decimal(1 + r.Int64N(300_000_000)), Cost: cost, Fund: Fen(r.Int64N(int64(cost) + 1)), LOS: int32(1 + r.IntN(90))}
			switch r.IntN(12) {
			case 0:
				s.Group = ""
			case 1:
				s.Mode = 4
			case 2:
				s.DaySurgery = true
			case 3:
				s.Adjust = big.NewRat(1+r.Int64N(300), 100)
			case 4:
				s.Special = &Special{Times: Decimal(r.IntN(2)) * 2 * One, Cut: Fen(r.Int64N(100_000))}
			}
			stays = append(stays, s)
		}
		priced, rate := i.PriceAll(stays)
		var payable, units Fen
		for _, p := range priced {
			payable += p.Payable
			if p.Payable < 0 {
				t.Fatal("negative payment")
			}
		}
		units = Fen(int64(rate.Units)/1_000_000*int64(*i.Unit)/10_000) + 400 // one unit of the rate over all weights, and rounding
		if rate.Value > 0 && (rate.Residue < -400 || rate.Residue > units) || rate.Residue != rate.Total-payable {
			t.Errorf("seed %d: residue %s at rate %s, units %s", seed, rate.Residue, rate.Value, rate.Units)
		}
		var sum Fen
		for _, a := range i.Year("310", priced, map[string]int{"B": r.IntN(120)}) {
			var base, deposit, paid, due Fen
			for _, m := range a.Months {
				base += m.Base
				deposit += m.Deposit
				paid += m.Paid
				due += m.Payable
			}
			if base != deposit+paid || deposit != a.Deposit || paid != a.Paid || due != a.Payable {
				t.Errorf("seed %d %s: months do not add up: %+v", seed, a.Inst, a)
			}
			if a.Settled != a.Paid+a.Advance+a.Due+a.Forfeited {
				t.Errorf("seed %d %s: the year does not balance: %+v", seed, a.Inst, a)
			}
			lo, hi := min(a.Declared, a.Payable), max(a.Declared, a.Payable)
			if a.Payable >= a.Declared && (a.Settled < lo || a.Settled > hi) || a.Payable < a.Declared && (a.Settled < lo || a.Settled > hi) {
				t.Errorf("seed %d %s: settled %s outside %s–%s", seed, a.Inst, a.Settled, lo, hi)
			}
			if a.Forfeited < 0 || a.Forfeited > a.Deposit {
				t.Errorf("seed %d %s: forfeited %s of %s", seed, a.Inst, a.Forfeited, a.Deposit)
			}
			sum += a.Payable
		}
		if sum != payable {
			t.Errorf("seed %d: hospitals %s, stays %s", seed, sum, payable)
		}
	}
}

func TestDecimals(t *testing.T) {
	for in, want := range map[string]string{"1": "1", "0.95": "0.95", "12.345678": "12.345678", "1.500000000": "1.5", "-2.5": "-2.5", ".5": "0.5"} {
		if d, err := ParseDecimal(in); err != nil || d.String() != want {
			t.Errorf("%s: %s %v", in, d, err)
		}
	}
	for _, in := range []string{"", "abc", "1e3", "1.2345678", "1,000", "--1", "99999999999999999999"} {
		if d, err := ParseDecimal(in); err == nil {
			t.Errorf("%q read as %s", in, d)
		}
	}
	if f := Fen(-5).Product(One / 2); f != -3 {
		t.Errorf("half away from zero: %d", f)
	}
	if f := Fen(5).Product(One/2, One); f != 3 {
		t.Errorf("half up: %d", f)
	}
}

func TestWrongParams(t *testing.T) {
	for body, says := range map[string]string{
		"mode: DRG":                            "rate",
		"mode: DRG\n    rate: 1\n    total: 2": "只给一个",
		"mode: XYZ\n    rate: 1":               "mode",
		"mode: DRG\n    rate: -1":              "大于 0",
		"mode: DRG\n    rate: 1\n    high: {times: 0.3}\n    low: {times: 0.4}":     "高倍率",
		"mode: DRG\n    total: 1\n    low: {times: 0.4}":                            "reference",
		"mode: DRG\n    rate: 1\n    month: {ratio: 1.2}":                           "month.ratio",
		"mode: DRG\n    rate: 1\n    bed_day: [{price: 1}, {to: 3, price: 2}]":      "bed_day",
		"mode: DRG\n    rate: 1\n    clear: {retain: [{up_to: 0.2}, {up_to: 0.1}]}": "clear.retain",
		"mode: DRG\n    rate: 1.00000001":                                           "小数",
		"mode: DRG\n    rate: 1\n    ratte: 2":                                      "ratte",
	} {
		if _, err := ParseParams([]byte("insurance:\n  '310':\n    " + body + "\n")); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", body, err)
		}
	}
	if _, err := Shipped(); err != nil {
		t.Error(err)
	}
}

func TestProgress(t *testing.T) {
	i := params(t, "mode: DRG\nrate: 1\nbudget: {total: 1200, hospitals: {A: 600}}")
	acc := []Account{{Inst: "A", Months: []MonthSum{{Month: "2025-01", Payable: 7000, Declared: 7000}, {Month: "2025-02", Payable: 5000, Declared: 7000}, {Month: "2025-03", Payable: 6000, Declared: 7000},
		{Month: "2025-04", Payable: 4000, Declared: 7000}, {Month: "2025-05", Payable: 99_000, Declared: 7000}}}}
	l := i.Progress("310", acc, "2025-04")[1]
	// four months 22000 fen; the last three 15000, so eight more months 40000: 62000 = 620 yuan
	if l.Payable != 22_000 || l.Forecast != 62_000 || l.Time != 333_333 || l.Spent != 366_667 || l.Ratio != 785_714 {
		t.Errorf("%+v", l)
	}
	if got := strings.Join(l.Warnings, "|"); !strings.Contains(got, "超预算 20.00") || !strings.Contains(got, "结付率 78.57% 低于 85.00%") || strings.Contains(got, "快于") {
		t.Error(got)
	}
}
