package pay

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
)

// The second computation of a year: schoolbook arithmetic over whole numbers, written from docs/分组与付费.md and sharing nothing with
// the package but the names of the fields it reads.

// times multiplies fen by millionths and rounds half away from zero, once.
func times(fen *big.Int, millionths ...int64) int64 {
	n, d := new(big.Int).Set(fen), big.NewInt(1)
	for _, m := range millionths {
		n.Mul(n, big.NewInt(m))
		d.Mul(d, big.NewInt(1_000_000))
	}
	twice := new(big.Int).Mul(new(big.Int).Abs(n), big.NewInt(2))
	q := twice.Add(twice, d).Quo(twice, new(big.Int).Mul(d, big.NewInt(2))).Int64()
	if n.Sign() < 0 {
		return -q
	}
	return q
}

func of(fen int64, millionths ...int64) int64 { return times(big.NewInt(fen), millionths...) }

// secondPay is what the fund owes for a stay at a fixed rate.
func secondPay(i *Insured, s *Stay) int64 {
	own := int64(s.Cost) - int64(s.Fund) // the patient's part
	due := func(gross int64) int64 { return max(0, gross-own) }
	if s.Mode == 4 {
		gross, from := int64(0), int32(0)
		for _, b := range i.BedDay {
			for d := from + 1; d <= s.LOS && (b.To == 0 || d <= b.To); d++ { // day by day
				gross += int64(b.Price)
				from = d
			}
		}
		return due(gross)
	}
	if p, ok := i.Single[s.Disease]; s.Mode == 5 && ok {
		price, level := p[s.Level]
		if !level {
			price = p[""]
		}
		return due(int64(price))
	}
	if s.Group == "" || s.Weight == 0 {
		return of(int64(s.Fund), int64(i.Ungrouped))
	}
	c, ok := i.Hospitals[s.Inst]
	if !ok {
		if c, ok = i.Hospitals[s.Level]; !ok {
			c = 1_000_000
		}
	}
	g, ok := i.Groups[s.Group]
	if !ok {
		g = 1_000_000
	}
	standard := times(new(big.Int).Mul(big.NewInt(int64(*i.Rate)), big.NewInt(100)), int64(s.Weight), int64(c), int64(g), 1) // the rate is yuan in millionths
	switch {
	case s.DaySurgery && i.DaySurg != nil:
		return due(of(standard, int64(*i.DaySurg))) // of the standard as it is shown
	case int64(s.Cost) > of(standard, int64(i.High.Times)):
		return due(standard + of(int64(s.Cost)-of(standard, int64(i.High.Times)), int64(i.High.Share)))
	case int64(s.Cost) < of(standard, int64(i.Low.Times)):
		return due(int64(s.Cost))
	}
	return due(standard)
}

// secondYear is a hospital's year as the manual tells it.
type secondYear struct{ declared, payable, paid, deposit, retained, shared, settled, forfeited, due int64 }

func secondClear(i *Insured, inst string, stays []Stay, score int) (y secondYear) {
	for m := 1; m <= 12; m++ {
		var declared, payable int64
		for n := range stays {
			if s := &stays[n]; s.Inst == inst && s.Month == fmt.Sprintf("2025-%02d", m) {
				declared, payable = declared+int64(s.Fund), payable+secondPay(i, s)
			}
		}
		base := min(of(declared, int64(i.Month.Ratio)), payable)
		deposit := of(base, int64(i.Month.Deposit))
		y.declared, y.payable, y.deposit, y.paid = y.declared+declared, y.payable+payable, y.deposit+deposit, y.paid+base-deposit
	}
	bands := func(amount int64, tiers []Tier) (sum int64) {
		below := int64(0)
		for _, t := range tiers {
			top := amount
			if t.UpTo != 0 {
				top = min(amount, of(y.payable, int64(t.UpTo)))
			}
			sum += of(max(0, top-below), int64(t.Share))
			below = max(below, top)
		}
		return sum
	}
	if y.payable >= y.declared {
		y.retained = bands(y.payable-y.declared, i.Clear.Retain)
		y.settled = y.declared + y.retained
	} else {
		y.shared = bands(y.declared-y.payable, i.Clear.Share)
		y.settled = y.payable + y.shared
	}
	score = min(score, i.Clear.Full)
	back := (2*y.deposit*int64(score) + int64(i.Clear.Full)) / int64(2*i.Clear.Full)
	y.forfeited = y.deposit - back
	y.due = y.settled - y.paid - int64(i.Month.Advances[inst]) - y.forfeited
	return y
}

func agree(t *testing.T, name string, i *Insured, stays []Stay, scores map[string]int) []Account {
	t.Helper()
	priced, _ := i.PriceAll(stays)
	for n := range priced {
		if want := secondPay(i, &stays[n]); int64(priced[n].Payable) != want {
			t.Errorf("%s: stay %+v is paid %s, the second way %s\n%s", name, stays[n], priced[n].Payable, Fen(want), priced[n].Text)
		}
	}
	accounts := i.Year("310", priced, scores)
	for _, a := range accounts {
		score, ok := scores[a.Inst]
		if !ok {
			score = i.Clear.Full
		}
		got := secondYear{int64(a.Declared), int64(a.Payable), int64(a.Paid), int64(a.Deposit), int64(a.Retained), int64(a.Shared), int64(a.Settled), int64(a.Forfeited), int64(a.Due)}
		if want := secondClear(i, a.Inst, stays, score); got != want {
			t.Errorf("%s %s: %+v, the second way %+v", name, a.Inst, got, want)
		}
		if a.Settled != a.Paid+a.Advance+a.Due+a.Forfeited {
			t.Errorf("%s %s does not balance: %+v", name, a.Inst, a)
		}
	}
	return accounts
}

// manualYear is the year of the manual: every month of 甲 two stays cheaper than their groups, of 乙 two that cost what they are paid,
// of 丙 one too dear and in two months of three an outlier.
func manualYear() []Stay {
	var out []Stay
	for m := range 12 {
		add := func(inst, weight string, cost, fund Fen) {
			out = append(out, Stay{ID: fmt.Sprint(inst, m, len(out)), Inst: inst, Month: fmt.Sprintf("2025-%02d", m+1), Group: "G" + weight, Weight: dec(weight), Cost: cost * 100, Fund: fund * 100, LOS: 6})
		}
		add("甲", "1.2", 9000, 7000)
		add("甲", "1", 8000, Fen(6000+100*(m+1)))
		add("乙", "0.8", 8000, 6000)
		add("乙", "0.5", 5000, 3500)
		add("丙", "1", 15000, 12000)
		switch m % 3 {
		case 0:
			add("丙", "0.5", 1500, 1000)
		case 2:
			add("丙", "0.5", 20000, 16000)
		}
	}
	return out
}

const manualParams = `
mode: DRG
rate: 10000
high: {times: 3, share: 0.8}
low: {times: 0.4}
ungrouped: 1
month: {ratio: 0.95, deposit: 0.05, advances: {甲: 13000, 乙: 9500, 丙: 15000}}
clear:
  retain: [{up_to: 0.1, share: 1}, {up_to: 0.2, share: 0.5}]
  share: [{up_to: 0.1, share: 0.5}, {up_to: 0.2, share: 0.3}]
  full: 90
  scores: {甲: 81}
`

// The full year of docs/分组与付费.md: under, on and over; every figure of its table is what both ways compute.
func TestYearOfTheManual(t *testing.T) {
	i := params(t, manualParams)
	page, err := os.ReadFile("../../../docs/分组与付费.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, a := range agree(t, "manual", i, manualYear(), map[string]int{"甲": 81}) {
		cells := []string{a.Inst, fmt.Sprint(a.Stays), a.Declared.String(), a.Payable.String(), a.Ratio.Percent(), (a.Payable - a.Declared).String(), a.Retained.String(), a.Shared.String(), a.Settled.String(),
			a.Paid.String(), a.Deposit.String(), a.Forfeited.String(), a.Advance.String(), a.Due.String()}
		if row := "| " + strings.Join(cells, " | ") + " |"; strings.Contains(string(page), row) {
			seen++
		} else {
			t.Errorf("the manual has no row\n%s", row)
		}
	}
	if seen != 3 {
		t.Errorf("%d hospitals of the manual's table agree", seen)
	}
}

// The scores of an assessment written in the parameters count like those given apart, which come first.
func TestScoresOfTheParameters(t *testing.T) {
	i := params(t, manualParams)
	priced, _ := i.PriceAll(manualYear())
	of := func(scores map[string]int) Fen {
		as := i.Year("310", priced, scores)
		return as[slices.IndexFunc(as, func(a Account) bool { return a.Inst == "甲" })].Forfeited
	}
	if of(nil) != of(map[string]int{"甲": 81}) || of(nil) == 0 || of(map[string]int{"甲": 90}) != 0 {
		t.Errorf("forfeited %s, %s, %s", of(nil), of(map[string]int{"甲": 81}), of(map[string]int{"甲": 90}))
	}
}

// Random years with every way of being paid, odd rates and odd bands: both ways agree to the fen.
func TestSecondYears(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 11))
		i := params(t, fmt.Sprintf(`
mode: DRG
rate: %d.%02d
hospitals: {A: 1.07, "2": 0.963251}
groups: {G3: 0.95}
high: {times: 2.75, share: 0.77}
low: {times: 0.43}
ungrouped: 0.91
bed_day: [{to: 9, price: 301.55}, {to: 40, price: 211.07}, {price: 99.99}]
single: {K35: {"2": 6543.21, "": 4321.09}}
day_surg: 0.87
month: {ratio: 0.93, deposit: 0.035, advances: {A: 12345.67, C: 0.01}}
clear: {retain: [{up_to: 0.07, share: 0.77}, {up_to: 0.15, share: 0.333333}, {share: 0.1}], share: [{up_to: 0.13, share: 0.41}, {up_to: 0.2, share: 0.07}], full: 90}
`, 5000+r.IntN(9000), r.IntN(100)))
		var stays []Stay
		for n := range 300 {
			cost := Fen(100 + r.Int64N(4_000_000))
			s := Stay{ID: fmt.Sprint(n), Inst: string("ABC"[r.IntN(3)]), Level: string("123"[r.IntN(3)]), Month: fmt.Sprintf("2025-%02d", 1+r.IntN(12)), Group: fmt.Sprint("G", r.IntN(6)),
				Weight: Decimal(1 + r.Int64N(4_000_000)), Cost: cost, Fund: Fen(r.Int64N(int64(cost) + 1)), LOS: int32(1 + r.IntN(90))}
			switch r.IntN(9) {
			case 0:
				s.Group = ""
			case 1:
				s.Mode = 4
			case 2:
				s.Mode, s.Disease = 5, "K35"
			case 3:
				s.DaySurgery = true
			case 4:
				s.Weight = 0
			}
			stays = append(stays, s)
		}
		agree(t, fmt.Sprint("seed ", seed), i, stays, map[string]int{"A": r.IntN(120), "B": r.IntN(90)})
	}
}
