package oracle

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// marks collects what a card of boxes or stock finds on fee lines of the whole city.
type marks struct {
	j    *judge
	card string
	said map[string]bool
	out  []Finding
}

// city judges a card over the whole city, once; every person gets what stands on their own lines.
func (j *judge) city(card string, whole func(m *marks)) {
	j.everybody(card, func() []Finding {
		m := &marks{j: j, card: card, said: map[string]bool{}}
		whole(m)
		return m.out
	})
}

// on marks part (num of den) of the line that a report speaks of: its fee line, else the first of the item that its settlement,
// or its visit, was billed for. unit tells apart what one line may be at fault for several times.
func (m *marks) on(r *boxReport, unit string, severity int, num, den int64) {
	l := r.line
	if l == nil {
		l = m.first(r)
	}
	if l == nil || l.inscope <= 0 || l.visit.absent || m.j.c.lacksIn(m.card, l.inst, l.month()) || m.j.exempted(m.card, l.visit, l.setl) || m.said[unit+"|"+l.id()] {
		return
	}
	m.said[unit+"|"+l.id()] = true
	vola := claim.Money(claim.MulDiv(int64(l.inscope), num, den))
	f := Finding{Rule: m.card, Severity: severity, Month: l.month(), Mdtrt: l.row["mdtrt_id"], Vola: vola, Lines: []Line{{l.sn, l.row["mdtrt_id"], 1, vola}}}
	if l.setl != nil {
		f.Setl = l.setl.id
	}
	m.out = append(m.out, f)
}

func (l *line) id() string { return l.row["mdtrt_id"] + "|" + l.row["setl_id"] + "|" + l.sn }

func (m *marks) first(r *boxReport) *line {
	var first *line
	for _, l := range m.j.c.lines {
		here := (r.setl != "" && l.row["setl_id"] == r.setl) || (r.setl == "" && r.mdtrt != "" && l.row["mdtrt_id"] == r.mdtrt)
		if here && l.setl != nil && l.code == r.item && l.inscope > 0 && (first == nil || cmpLine(l, first) < 0) {
			first = l
		}
	}
	return first
}

// told is the report whose line answers for a sale: one with a fee line, else the first that names a settlement, else a visit.
func (s *boxSale) told() *boxReport {
	for _, fits := range []func(*boxReport) bool{
		func(r *boxReport) bool { return r.line != nil },
		func(r *boxReport) bool { return r.setl != "" },
		func(r *boxReport) bool { return r.mdtrt != "" },
	} {
		if i := slices.IndexFunc(s.rows, fits); i >= 0 {
			return s.rows[i]
		}
	}
	return nil
}

// again are the sales too many of a box: those that count, each with the earlier ones within the look-back.
type again struct {
	s       *boxSale
	earlier []*boxSale
	over    claim.Qty // parts only: what exceeds the pack
	ward    bool
}

func (j *judge) again(b *box, window claim.Day) (out []again) {
	var live []*boxSale
	for _, s := range b.sales {
		if !s.counts() {
			continue
		}
		live = slices.DeleteFunc(live, func(e *boxSale) bool { return s.at.Day()-e.at.Day() > window })
		a := again{s: s, earlier: slices.Clone(live)}
		whole, parts, known := false, claim.Qty(0), s.left != unknownQty
		persons := map[string]bool{s.psn: true}
		a.ward = len(live) > 0
		for _, e := range live {
			persons[e.psn] = true
			whole = whole || !e.split
			known = known && e.left != unknownQty
			parts += e.left
			a.ward = a.ward && e.ward && s.ward && e.inst == s.inst && e.at.Day() == s.at.Day()
		}
		delete(persons, "")
		a.ward = a.ward && len(persons) > 1
		switch {
		case !s.split && len(live) > 0, s.split && whole:
			out = append(out, a)
		case s.split && known && b.pack > 0 && parts+s.left > b.pack:
			a.over, a.ward = min(s.left, parts+s.left-max(b.pack, parts)), false
			out = append(out, a)
		}
		live = append(live, s)
	}
	return out
}

// resold judges T001 and its narrower readings, and E013 and E003 on devices. more are the card's other readings: a line that they find
// at fault for the same box is so once.
func (j *judge) resold(card string, severity int, holds func(b *box, a again) bool, more ...func(m *marks)) {
	devices := card[0] == 'E'
	window := claim.Day(365)
	if card == "T001" {
		window = claim.Day(j.int(card, "window_d"))
	}
	j.city(card, func(m *marks) {
		for _, b := range j.boxes() {
			for _, a := range j.again(b, window) {
				if b.device == devices && a.over == 0 && !a.ward && a.s.paid && holds(b, a) {
					r := a.s.told()
					if e := paidLast(b, a); e != nil {
						r = e.told()
					}
					if r != nil {
						m.on(r, b.code.text, severity, 1, int64(max(1, r.boxes)))
					}
				}
			}
		}
		for _, rest := range more {
			rest(m)
		}
	})
}

// paidLast is the earliest sale before a sale too many, if the fund paid it in a later month and paid the sale too many before all others: then the
// payment too many is that of the earliest.
func paidLast(b *box, a again) *boxSale {
	month := func(s *boxSale) claim.Month {
		if r := s.told(); s.counts() && s.paid && r != nil && r.line != nil && r.line.setl != nil {
			return r.line.setl.at.Day().Month()
		}
		return 0
	}
	e, mine := a.earlier[0], month(a.s)
	if mine == 0 || month(e) <= mine {
		return nil
	}
	before := true
	for _, s := range b.sales {
		if s == a.s {
			before = false
		} else if m := month(s); m != 0 && (m < mine || (before && m == mine)) {
			return nil
		}
	}
	return e
}

func anySale(ss []*boxSale, ok func(*boxSale) bool) bool { return slices.ContainsFunc(ss, ok) }

func (j *judge) t001() { j.resold("T001", 2, func(*box, again) bool { return true }) }
func (j *judge) t002() {
	j.resold("T002", 2, func(_ *box, a again) bool { return len(a.earlier)+1 >= j.int("T002", "min") })
}
func (j *judge) t003() {
	j.resold("T003", 2, func(_ *box, a again) bool {
		return anySale(a.earlier, func(e *boxSale) bool { return e.inst == a.s.inst })
	})
}
func (j *judge) t004() {
	j.resold("T004", 2, func(_ *box, a again) bool {
		return anySale(a.earlier, func(e *boxSale) bool {
			return e.inst != a.s.inst && int(a.s.at.Day()-e.at.Day()) >= j.int("T004", "gap_d")
		})
	})
}
func (j *judge) t005() {
	j.resold("T005", 2, func(_ *box, a again) bool {
		return anySale(a.earlier, func(e *boxSale) bool {
			return e.inst != a.s.inst && int(a.s.at.Day()-e.at.Day()) < j.int("T005", "near_d")
		})
	})
}
func (j *judge) t006() {
	pool := func(s *boxSale) string {
		if a := j.c.instRow(s.inst, claim.OpenDay)["admdvs"]; len(a) >= 4 {
			return a[:4]
		}
		return ""
	}
	j.resold("T006", 2, func(_ *box, a again) bool {
		return anySale(a.earlier, func(e *boxSale) bool { return pool(e) != "" && pool(a.s) != "" && pool(e) != pool(a.s) })
	})
}
func (j *judge) t007() {
	j.resold("T007", 2, func(_ *box, a again) bool {
		return j.c.instRow(a.earlier[0].inst, claim.OpenDay).is("fixmedins_type", "1") && !j.c.instRow(a.s.inst, claim.OpenDay).is("fixmedins_type", "1")
	})
}
func (j *judge) t017() {
	j.resold("T017", 2, func(_ *box, a again) bool {
		persons := map[string]bool{a.s.psn: true}
		for _, e := range a.earlier {
			persons[e.psn] = true
		}
		delete(persons, "")
		return len(persons) >= 2
	})
}

func (a again) last() *boxSale { return a.earlier[len(a.earlier)-1] }

// E003 一次性耗材重复使用: at one institution. E013 耗材回流: elsewhere, or put in stock again after it was used.
func (j *judge) e003() {
	j.resold("E003", 1, func(_ *box, a again) bool { return a.last().inst == a.s.inst })
}
func (j *judge) e013() {
	j.resold("E013", 2, func(_ *box, a again) bool { return a.last().inst != a.s.inst }, func(m *marks) {
		for _, b := range j.boxes() {
			for _, s := range b.sales {
				in := func(after bool) bool {
					return slices.ContainsFunc(b.stock, func(e *boxReport) bool {
						return oneOf(e.kind, "bought", "in") && (e.at.Day() > s.at.Day()) == after
					})
				}
				if r := s.told(); b.device && s.counts() && s.paid && r != nil && in(true) && in(false) {
					m.on(r, b.code.text, 2, 1, int64(max(1, r.boxes)))
				}
			}
		}
	})
}

// came tells how a sale stands against what arrived: 有 无 迟 退供 报损.
func (j *judge) came(b *box, s *boxSale, lookback, late claim.Day) string {
	own := func(e *boxReport) bool {
		g := j.c.instRow(s.inst, claim.OpenDay)["group_no"]
		return e.inst == s.inst || (g != "" && j.c.instRow(e.inst, claim.OpenDay)["group_no"] == g)
	}
	dayOnly := func(e *boxReport) bool {
		return e.at.Day() == s.at.Day() && (e.at.DayOnly() || s.at.DayOnly())
	}
	state, bought, after := "", false, claim.NoDay
	for _, e := range b.stock { // in order of time
		early := dayOnly(e) || e.at.Clock() <= s.at.Clock()
		arrival := oneOf(e.kind, "bought", "in")
		switch {
		case early && arrival:
			if state == "退供" {
				state = ""
			}
			bought = bought || (own(e) && s.at.Day()-e.at.Day() <= lookback)
		case arrival && own(e) && !after.Has():
			after = e.at.Day()
		case early && own(e) && !dayOnly(e) && e.kind == "supplier":
			state = "退供"
		case early && own(e) && !dayOnly(e) && e.kind == "destroyed":
			state = "报损"
		}
	}
	switch {
	case state != "":
		return state
	case bought, after.Has() && after-s.at.Day() <= late:
		return "有"
	case after.Has():
		return "迟"
	}
	return "无"
}

// proof judges T008, T009 and T010.
func (j *judge) proof(card string, says func(s *boxSale, earlier []*boxSale, how string) (severity int)) {
	lookback, late := claim.Day(365), claim.Day(7)
	if card == "T008" {
		lookback, late = claim.Day(j.int(card, "lookback_d")), claim.Day(j.int(card, "late_d"))
	} else if card == "T009" {
		late = claim.Day(j.int(card, "late_d"))
	}
	j.city(card, func(m *marks) {
		for _, b := range j.boxes() {
			for i, s := range b.sales {
				r := s.told()
				if b.device || !s.counts() || !s.paid || r == nil {
					continue
				}
				if sev := says(s, b.sales[:i], j.came(b, s, lookback, late)); sev > 0 {
					m.on(r, b.code.text, sev, 1, int64(max(1, r.boxes)))
				}
			}
		}
	})
}

func (j *judge) t008() {
	j.proof("T008", func(s *boxSale, _ []*boxSale, how string) int {
		coded, all, begun := int64(0), int64(0), claim.NoDay
		for _, p := range j.c.where("purchase", "fixmedins_code", s.inst) {
			if p.qty("purc_retn_cnt") <= 0 {
				continue
			}
			all++
			if len(boxCodes(p["drug_trac_codg"])) > 0 {
				coded++
			}
			if d := p.time("purc_retn_stoin_time").Day(); !begun.Has() || d < begun {
				begun = d
			}
		}
		if how != "无" || all == 0 || coded*1_000_000 < all*j.param("T008", "coded", 6) || int(s.at.Day()-begun) < j.int("T008", "lookback_d") {
			return 0
		}
		return 2
	})
}

func (j *judge) t009() {
	j.proof("T009", func(_ *boxSale, _ []*boxSale, how string) int {
		if how == "迟" {
			return 2
		}
		return 0
	})
}

func (j *judge) t010() {
	j.proof("T010", func(s *boxSale, earlier []*boxSale, how string) int {
		switch {
		case how == "报损":
			return 1
		case how == "退供", how == "有" && anySale(earlier, func(e *boxSale) bool { return e.astray == s.inst }):
			return 2
		}
		return 0
	})
}

// missing judges T011 and E006: no code on the line, none of the item uploaded with the settlement or visit.
func (j *judge) missing(card string, listed bool) {
	since, _ := claim.ParseDay(j.text(card, "effective"))
	j.city(card, func(m *marks) {
		for _, r := range j.boxReports() {
			if r.line == nil || r.code.text != "" || r.list != j.text(card, "list_type") || r.line.day < since {
				continue
			}
			told := slices.ContainsFunc(j.boxReports(), func(u *boxReport) bool {
				return u.kind == "sold" && u.via == "upload" && u.code.text != "" && u.item == r.item && (u.setl != "" && u.setl == r.setl || u.mdtrt != "" && u.mdtrt == r.mdtrt)
			})
			named := len(j.of(card, r.line)) > 0
			split := r.split && !r.line.visit.buying()
			if !told && named == listed && !j.catalogue(r.line).is("trac_exempt", "1") && !split && len(j.nocode(r)) == 0 {
				m.on(r, "", 2, 1, 1)
			}
		}
	})
}

// nocode are the rows of the institution's stock without codes that name the item on the day.
func (j *judge) nocode(r *boxReport) (out []row) {
	for _, x := range j.c.where("nocode_stock", "fixmedins_code", r.inst) {
		if d := r.at.Day(); j.normalise(x["med_list_codg"], r.inst, d) == r.item && x.covers(d, "begndate", "enddate") {
			out = append(out, x)
		}
	}
	return out
}

func (j *judge) t011() { j.missing("T011", false) }
func (j *judge) e006() { j.missing("E006", true) }

// T013 追溯码格式非法.
func (j *judge) t013() {
	j.city("T013", func(m *marks) {
		for _, r := range j.boxReports() {
			if r.kind == "sold" && r.code.bad && r.list == "101" {
				m.on(r, r.code.text, 3, 1, int64(r.boxes))
			}
		}
	})
}

// T014 标识码与药品不符: a prefix that somebody confirmed for other drugs, and not for this.
func (j *judge) t014() {
	j.city("T014", func(m *marks) {
		for _, r := range j.boxReports() {
			if r.kind != "sold" || r.code.prefix == "" || r.list != "101" {
				continue
			}
			confirmed, own := false, false
			for _, pts := range j.byRule["T014"] {
				for _, pt := range pts {
					if slices.Contains(split(pt.Allow), r.code.prefix) {
						confirmed = true
						own = own || j.normalise(pt.Subject, r.inst, r.at.Day()) == r.item
					}
				}
			}
			if confirmed && !own {
				m.on(r, r.code.text, 2, 1, int64(r.boxes))
			}
		}
	})
}

// T015 拆零标志滥用: parts beyond the pack; whole packs of a pharmacy called parts.
func (j *judge) t015() {
	j.city("T015", func(m *marks) {
		for _, b := range j.boxes() {
			if b.device {
				continue
			}
			for _, a := range j.again(b, 365) {
				if r := a.s.told(); a.over > 0 && a.s.paid && r != nil {
					m.on(r, b.code.text, 2, int64(a.over), int64(a.s.units)*int64(max(1, r.boxes)))
				}
			}
			for _, s := range b.sales {
				r := s.told()
				if s.counts() && s.split && s.paid && r != nil && b.pack > claim.QtyOne && s.units != unknownQty && s.units >= b.pack && s.units%b.pack == 0 &&
					!j.c.instRow(s.inst, claim.OpenDay).is("fixmedins_type", "1") {
					m.on(r, "whole "+b.code.text, 2, 1, int64(max(1, r.boxes)))
				}
			}
		}
	})
}

// T016 无码库滥用: all rows that day name a day of production, none before the cutoff.
func (j *judge) t016() {
	cutoff, _ := claim.ParseDay(j.text("T016", "cutoff"))
	j.city("T016", func(m *marks) {
		for _, r := range j.boxReports() {
			if r.line == nil || r.code.text != "" || r.list != "101" {
				continue
			}
			rows := j.nocode(r)
			if len(rows) > 0 && !slices.ContainsFunc(rows, func(x row) bool { d := x.day("manu_date"); return !d.Has() || d < cutoff }) {
				m.on(r, "", 2, 1, 1)
			}
		}
	})
}

// T019 码连号集中结算.
func (j *judge) t019() {
	type sold struct {
		b      *box
		s      *boxSale
		serial int64
	}
	j.city("T019", func(m *marks) {
		by := map[string][]sold{}
		for _, b := range j.boxes() {
			if b.device || !b.code.twenty {
				continue
			}
			serial, _ := strconv.ParseInt(b.code.text[7:], 10, 64)
			for _, s := range b.sales {
				if s.counts() && s.paid && !s.at.DayOnly() && s.psn != "" {
					by[s.inst+"|"+b.code.prefix] = append(by[s.inst+"|"+b.code.prefix], sold{b, s, serial})
				}
			}
		}
		n, window := j.int("T019", "n"), j.param("T019", "window_h", 0)*hour
		for _, all := range by {
			slices.SortFunc(all, func(x, y sold) int {
				return cmp.Or(cmp.Compare(x.serial, y.serial), cmp.Compare(x.s.at.Clock(), y.s.at.Clock()))
			})
			for len(all) > 0 {
				k := 1
				for k < len(all) && all[k].serial-all[k-1].serial <= 1 {
					k++
				}
				for _, x := range all[:k] {
					persons := map[string]bool{}
					for _, y := range all[:k] {
						if d := x.s.at.Clock() - y.s.at.Clock(); d >= 0 && d <= window {
							persons[y.s.psn] = true
						}
					}
					if r := x.s.told(); len(persons) >= n && r != nil {
						m.on(r, x.b.code.text, 2, 1, int64(max(1, r.boxes)))
					}
				}
				all = all[k:]
			}
		}
	})
}

// batches calls f for every insured sale with the lot and the expiry that its own reports say, else the purchase of the box; and
// for uploads that bear no code with what they say themselves.
func (j *judge) batches(f func(r *boxReport, unit, lot string, expiry claim.Day, at claim.Time)) {
	for _, b := range j.boxes() {
		for _, s := range b.sales {
			r := s.told()
			if !s.counts() || !s.paid || r == nil {
				continue
			}
			lot, expiry := "", claim.NoDay
			say := func(x *boxReport) {
				lot = firstOf(lot, x.lot)
				if !expiry.Has() {
					expiry = x.expiry
				}
			}
			for _, x := range s.rows {
				say(x)
			}
			var last *boxReport // the purchase before the sale, else the first after it
			for _, x := range b.stock {
				if x.kind == "bought" && x.inst == s.inst && (last == nil || x.at.Day() <= s.at.Day()) {
					last = x
				}
			}
			if last != nil {
				say(last)
			}
			for _, x := range s.rows {
				j.purchased(x, say)
			}
			f(r, b.code.text, lot, expiry, s.at)
		}
	}
	for _, r := range j.boxReports() {
		if r.kind == "sold" && r.via == "upload" && r.code.text == "" && r.paid && r.setl != "" && r.list == "101" {
			x := *r
			j.purchased(r, func(p *boxReport) {
				x.lot = firstOf(x.lot, p.lot)
				if !x.expiry.Has() {
					x.expiry = p.expiry
				}
			})
			f(r, "", x.lot, x.expiry, r.at)
		}
	}
}

// purchased says what the purchases of the batch number that a sales upload names say of the batch.
func (j *judge) purchased(r *boxReport, say func(*boxReport)) {
	for _, p := range j.c.where("purchase", "fixmedins_bchno", r.batch) {
		d := p.time("purc_retn_stoin_time").Day()
		if r.batch != "" && p["fixmedins_code"] == r.inst && p.qty("purc_retn_cnt") > 0 && j.normalise(p["med_list_codg"], r.inst, d) == r.item {
			say(&boxReport{lot: p["manu_lotnum"], expiry: p.day("expy_end")})
		}
	}
}

// T020 过期药品结算: the last day itself is good.
func (j *judge) t020() {
	j.city("T020", func(m *marks) {
		j.batches(func(r *boxReport, unit, _ string, expiry claim.Day, at claim.Time) {
			if expiry.Has() && at.Day() > expiry {
				m.on(r, unit, 1, 1, int64(max(1, r.boxes)))
			}
		})
	})
}

// T021 召回批次结算.
func (j *judge) t021() {
	j.city("T021", func(m *marks) {
		j.batches(func(r *boxReport, unit, lot string, _ claim.Day, when claim.Time) {
			pts := j.points("T021", r.item, at{inst: r.inst, day: when.Day()})
			if lot != "" && slices.ContainsFunc(pts, func(pt knowledge.Point) bool { return slices.Contains(strings.Split(pt.Allow, "|"), lot) }) {
				m.on(r, unit, 1, 1, int64(max(1, r.boxes)))
			}
		})
	})
}
