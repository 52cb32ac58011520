package pay

// Budget of a year (总额预算).
type Budget struct {
	Total     Fen            `yaml:"total"`
	Hospitals map[string]Fen `yaml:"hospitals"` // shares of it, by institution
	Low       Decimal        `yaml:"low"`       // 结付率 below this is warned of (0.85)
	High      Decimal        `yaml:"high"`      // and above this (1.15)
	Ahead     Decimal        `yaml:"ahead"`     // spending this far ahead of time is warned of (0.05)
}

// BudgetLine is how one hospital, or the whole area (Inst ""), stands against time.
type BudgetLine struct {
	Inst     string   `json:"fixmedins_code"`
	Insutype string   `json:"insutype"`
	Budget   Fen      `json:"budget"`    // of the year; 0 = none
	Months   int      `json:"months"`    // elapsed, with data
	Payable  Fen      `json:"payable"`   // so far, by group
	Declared Fen      `json:"declared"`  // so far, by item
	Ratio    Decimal  `json:"pay_ratio"` // 结付率 so far
	Spent    Decimal  `json:"spent"`     // payable ÷ budget
	Time     Decimal  `json:"time"`      // elapsed ÷ 12
	Forecast Fen      `json:"forecast"`  // payable at the end of the year
	RatioEnd Decimal  `json:"ratio_end"` // 结付率 at the end of the year, were the last three months to go on
	Warnings []string `json:"warnings"`
}

// Progress holds the months of the accounts against the budget. through is the last month counted ("yyyy-12" = the whole
// year). The forecast adds, for each month to come, the mean of the last three counted ones, exact and rounded once.
func (i *Insured) Progress(insutype string, accounts []Account, through string) []BudgetLine {
	all := map[string]*MonthSum{}
	var lines []BudgetLine
	for n := range accounts {
		a := &accounts[n]
		lines = append(lines, i.line(a.Inst, insutype, a.Months, through, i.Budget.Hospitals[a.Inst]))
		for _, m := range a.Months {
			if all[m.Month] == nil {
				all[m.Month] = &MonthSum{Month: m.Month}
			}
			all[m.Month].Payable += m.Payable
			all[m.Month].Declared += m.Declared
		}
	}
	var months []MonthSum
	for _, m := range all {
		months = append(months, *m)
	}
	return append([]BudgetLine{i.line("", insutype, months, through, i.Budget.Total)}, lines...)
}

func (i *Insured) line(inst, insutype string, months []MonthSum, through string, budget Fen) BudgetLine {
	l := BudgetLine{Inst: inst, Insutype: insutype, Budget: budget, Warnings: []string{}}
	elapsed := 0
	for _, c := range through[len(through)-2:] {
		elapsed = elapsed*10 + int(c-'0')
	}
	l.Months, l.Time = elapsed, Ratio(int64(elapsed), 12)
	year := through[:5]
	var last [3]MonthSum // the three last elapsed months
	for _, m := range months {
		if m.Month > through || m.Month[:5] != year {
			continue
		}
		l.Payable += m.Payable
		l.Declared += m.Declared
		n := int(m.Month[5]-'0')*10 + int(m.Month[6]-'0')
		if back := elapsed - n; back >= 0 && back < 3 {
			last[back].Payable += m.Payable
			last[back].Declared += m.Declared
		}
	}
	n := int64(min(3, elapsed))
	var p, d int64
	for _, m := range last {
		p += int64(m.Payable)
		d += int64(m.Declared)
	}
	left := int64(12 - elapsed)
	l.Forecast = l.Payable + roundDiv(p*left, n)
	l.Ratio = Ratio(int64(l.Payable), int64(l.Declared))
	l.RatioEnd = Ratio(int64(l.Forecast), int64(l.Declared+roundDiv(d*left, n)))
	if budget > 0 {
		l.Spent = Ratio(int64(l.Payable), int64(budget))
	}
	i.warn(&l)
	return l
}

func roundDiv(a, b int64) Fen {
	if b == 0 {
		return 0
	}
	return Fen((2*a + b) / (2 * b))
}

// warn names what is out of bounds: both sides of the double control.
func (i *Insured) warn(l *BudgetLine) {
	b := &i.Budget
	say := func(text string) { l.Warnings = append(l.Warnings, text) }
	low, high, ahead := b.Low, b.High, b.Ahead
	if low == 0 {
		low = 850_000
	}
	if high == 0 {
		high = 1_150_000
	}
	if ahead == 0 {
		ahead = 50_000
	}
	if l.Budget > 0 {
		if l.Spent-l.Time > ahead {
			say("预算执行 " + l.Spent.Percent() + "，快于时间进度 " + l.Time.Percent())
		}
		if l.Forecast > l.Budget {
			say("预计全年应付 " + l.Forecast.String() + "，超预算 " + (l.Forecast - l.Budget).String())
		}
	}
	if l.Declared > 0 {
		switch {
		case l.Ratio < low:
			say("结付率 " + l.Ratio.Percent() + " 低于 " + low.Percent())
		case l.Ratio > high:
			say("结付率 " + l.Ratio.Percent() + " 高于 " + high.Percent())
		}
		if l.RatioEnd < low && l.Ratio >= low {
			say("预计年底结付率 " + l.RatioEnd.Percent() + " 将低于 " + low.Percent())
		}
	}
}
