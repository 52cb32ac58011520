package oracle

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// P001 无处方.
func (j *judge) p001() {
	for _, l := range j.lines("P001") {
		if j.pharmacyLine(l) && l.fundPaid() && l.is("list_type", "101") && l.is("rx_flag", "1") && l.row["rxno"] == "" && l.row["hi_rxno"] == "" &&
			!l.visit.inpatient() && !j.catalogue(l).is("otc_flag", "1") {
			j.line("P001", 2, l)
		}
	}
}

// P013 药店超量.
func (j *judge) p013() {
	for _, l := range j.lines("P013") {
		n, ok := j.days(l)
		if !ok || !j.pharmacyLine(l) || !l.fundPaid() || l.visit.medType() == "" || l.visit.inpatient() {
			continue
		}
		ill := slices.Clone(l.visit.diags)
		for _, r := range j.prescriptions(l) {
			if r["diag_code"] != "" {
				ill = append(ill, r["diag_code"])
			}
		}
		limit := j.param("P013", "normal_d", 0)
		switch {
		case l.visit.chronic() || l.is("hi_nego_drug_flag", "1") || l.visit.row["dise_codg"] != "":
			limit = j.param("P013", "long_d", 0)
		case len(ill) == 0:
			continue
		case anyInSet(ill, chronicSet):
			limit = j.param("P013", "chronic_d", 0)
		}
		severity := 2
		if age, known := j.c.ageOn(l.row["psn_no"], l.day); known && age >= j.int("P013", "elder_y") {
			severity = 3
		}
		if x := j.packs(l, n, n-limit); x > 0 {
			j.report("P013", severity, []part{{l, l.share(x)}})
		}
	}
}

// P014 药师不在岗.
func (j *judge) p014() {
	grace := j.param("P014", "grace_min", 0) * minute
	for _, l := range j.lines("P014") {
		if !j.pharmacyLine(l) || !l.is("rx_flag", "1") || !l.is("list_type", "101") || l.visit.inpatient() || !l.fundPaid() {
			continue
		}
		at := l.at
		if l.setl != nil {
			at = l.setl.at
		}
		month, present := false, false
		for _, r := range j.c.where("duty", "fixmedins_code", l.inst) {
			b, e := r.time("begntime"), r.time("endtime")
			if !b.Has() || b.Day() < at.Day()-1 {
				month = month || (b.Has() && b.Day().Month() == at.Day().Month())
				continue
			}
			month = month || b.Day().Month() == at.Day().Month()
			if kinds := j.c.where("practitioner", "prac_psn_code", r["prac_psn_code"]); len(kinds) > 0 {
				if !slices.ContainsFunc(kinds, func(p row) bool { return oneOf(p["prac_psn_type"], "", "3") }) {
					continue
				}
			}
			if !e.Has() {
				e = b.Day().Start() + claim.Time(0)
				if at.Day() == b.Day() && (at.DayOnly() || b.DayOnly() || at.Clock() >= b.Clock()-grace) {
					present = true
				}
				continue
			}
			if at.DayOnly() || b.DayOnly() || e.DayOnly() {
				present = present || (at.Day() >= b.Day() && at.Day() <= e.Day())
				continue
			}
			present = present || (at.Clock() >= b.Clock()-grace && at.Clock() <= e.Clock()+grace)
		}
		if month && !present {
			j.line("P014", 2, l)
		}
	}
}

// P015 药店价.
func (j *judge) p015() {
	for _, l := range j.lines("P015") {
		if !j.pharmacyLine(l) || !l.fundPaid() || !l.is("list_type", "101") || l.visit.inpatient() {
			continue
		}
		limit := j.limitOfType(l, func(s string) bool { return strings.HasPrefix(s, "挂网") })
		price := l.row.price("pric")
		if limit.Has() && float64(price) > float64(limit)*j.ratio("P015", "ratio") {
			diff := claim.Money(claim.MulDiv(int64(price-limit), int64(l.net), 100_000_000))
			j.report("P015", 3, []part{{l, min(diff, l.inscope)}})
		}
	}
}

// P009 深夜/停业时段结算.
func (j *judge) p009() {
	for _, s := range j.settlements("P009") {
		i := j.c.instRow(s.row["fixmedins_code"], s.at.Day())
		if !j.atShop(s) || s.at.DayOnly() || hasAny(i["fixmedins_name"], j.text("P009", "always_open")) {
			continue
		}
		open, okO := clockOf(i["open_time"])
		shut, okS := clockOf(i["close_time"])
		grace := j.param("P009", "grace_min", 0)
		now := (s.at.Clock() - s.at.Day().Start().Clock()) / minute * 60 // to the minute
		outside := false
		switch {
		case okO && okS && open == shut, okO && okS && open == 0 && shut >= 24*3600-60:
			continue
		case okO && okS && open < shut:
			outside = now < open-grace*60 || now > shut+grace*60
		case okO && okS: // closes after midnight
			outside = now > shut+grace*60 && now < open-grace*60
		default:
			from, to, _ := strings.Cut(j.text("P009", "night"), "-")
			a, _ := clockOf(from)
			b, _ := clockOf(to)
			outside = now >= a || now < b
		}
		if outside {
			j.settlement("P009", 3, s, 0)
		}
	}
}

// clockOf reads hh:mm in seconds of the day.
func clockOf(s string) (int64, bool) {
	t, err := claim.ParseTime("2025-01-01 " + strings.TrimSpace(s) + map[bool]string{true: ":00"}[strings.Count(s, ":") == 1])
	if err != nil || s == "" {
		return 0, s == "24:00"
	}
	return (t.Clock() - t.Day().Start().Clock()) / oneSecond, true
}

// atShop: a settlement of a pharmacy: 41, or no kind at all and an institution that is one.
func (j *judge) atShop(s *setl) bool {
	if m := s.row["med_type"]; m != "" {
		return m == "41"
	}
	return j.c.pharmacy(s.row["fixmedins_code"], s.at.Day())
}

// P010 个账大额/套现.
func (j *judge) p010() {
	count, sum := map[string]int{}, map[string]claim.Money{}
	said := map[string]bool{}
	for _, s := range j.settlements("P010") {
		acct := s.money("acct_pay").Or(0)
		if !j.atShop(s) || acct <= 0 {
			continue
		}
		k := s.row["fixmedins_code"] + s.at.Day().String()[:4]
		count[k]++
		sum[k] += acct
		n := int64(count[k])
		often := n >= j.param("P010", "count", 0) && int64(sum[k]) > j.param("P010", "avg", 2)*n && !said[k]
		if often {
			said[k] = true
		}
		if often || acct > claim.Money(j.param("P010", "single", 2)) {
			j.settlement("P010", 2, s, 0)
		}
	}
}

// P011 拆分交易规避限额.
func (j *judge) p011() {
	all := j.settlements("P011")
	limit := claim.Money(j.param("P011", "limit_yuan", 2))
	paid := func(s *setl) claim.Money { return s.fund.Or(0) + s.money("acct_pay").Or(0) }
	within := func(s *setl, upto []*setl) (n int, sum claim.Money) {
		for _, x := range upto {
			if x.row["fixmedins_code"] == s.row["fixmedins_code"] && j.atShop(x) && paid(x) > 0 && paid(x) <= limit &&
				int(s.at.Day()-x.at.Day()) < j.int("P011", "window_d") {
				n++
				sum += paid(x)
			}
		}
		return n, sum
	}
	for i, s := range all {
		n, sum := within(s, all[:i+1])
		if !j.atShop(s) || paid(s) <= 0 || paid(s) > limit || n < j.int("P011", "n") || sum <= limit {
			continue
		}
		m, before := 0, claim.Money(0)
		for k := i - 1; k >= 0; k-- {
			if all[k].row["fixmedins_code"] == s.row["fixmedins_code"] && j.atShop(all[k]) && paid(all[k]) > 0 && paid(all[k]) <= limit {
				m, before = within(all[k], all[:k+1])
				if int(s.at.Day()-all[k].at.Day()) >= j.int("P011", "window_d") {
					m = 0
				}
				break
			}
		}
		if m >= j.int("P011", "n") && before > limit {
			continue
		}
		j.settlement("P011", 2, s, 0)
	}
}
