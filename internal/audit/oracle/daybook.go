package oracle

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// The day book's cards ask about everybody at an institution. Each is asked once of the whole city; of its answers a
// person gets those on their own visits and settlements.

// everybody judges a card over the whole city, once, and hands the person their findings.
func (j *judge) everybody(card string, whole func() []Finding) {
	if j.c.book == nil {
		j.c.book = map[string][]Finding{}
	}
	all, done := j.c.book[card]
	if !done {
		all = whole()
		j.c.book[card] = all
	}
	own := j.ownVisits()
	for _, s := range j.p.setls { // also of visits that have not come
		own[s.row["mdtrt_id"]] = true
	}
	for _, f := range all {
		if own[f.Mdtrt] {
			j.out = append(j.out, f)
		}
	}
}

// setlsInOrder are the settlements of the city that stay, of visits that are not void, in order of time.
func (j *judge) setlsInOrder() []*setl {
	if j.c.memo.setls != nil {
		return j.c.memo.setls
	}
	var out []*setl
	for _, s := range j.c.setls {
		if !s.out && !s.at.DayOnly() {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b *setl) int {
		return cmp.Or(cmp.Compare(a.at.Clock(), b.at.Clock()), strings.Compare(a.id, b.id))
	})
	j.c.memo.setls = out
	return out
}

func setlFinding(rule string, severity int, s *setl) Finding {
	return Finding{Rule: rule, Severity: severity, Month: s.at.Day().Month(), Mdtrt: s.row["mdtrt_id"], Setl: s.id}
}

// seconds tells whether an institution's clock shows seconds in a month: not where nine tenths of at least five
// settlements fall on whole minutes.
func (j *judge) showsSeconds(inst string, m claim.Month) bool {
	n, round := 0, 0
	for _, s := range j.setlsInOrder() {
		if s.row["fixmedins_code"] == inst && s.at.Day().Month() == m && !s.at.DayOnly() {
			n++
			if s.at.Clock()%minute == 0 {
				round++
			}
		}
	}
	return n < 5 || round*10 < n*9
}

// together tells whether two institutions are one house: a group, or one the other's successor.
func (j *judge) together(a, b string, d claim.Day) bool {
	g := j.c.instRow(a, d)["group_no"]
	return j.sameHouse(a, b, d) || (g != "" && g == j.c.instRow(b, d)["group_no"])
}

// B031 转借医保结算系统.
func (j *judge) b031() {
	j.everybody("B031", func() (out []Finding) {
		said := map[string]bool{}
		for _, s := range j.setlsInOrder() {
			inst, dev := s.row["fixmedins_code"], s.row["dev_no"]
			rows := j.c.where("terminal", "dev_no", dev)
			k := inst + "|" + dev + "|" + s.at.Day().String()
			if dev == "" || len(rows) == 0 || said[k] || j.c.lacks("B031", inst) {
				continue
			}
			here := j.c.instRow(inst, s.at.Day())
			limit := float64(j.param("B031", "distance_m", 0)) / 1000
			good := slices.ContainsFunc(rows, func(r row) bool {
				own := r.is("fixmedins_code", inst)
				near := placed(r) && placed(here) && distance(r, here) <= limit
				unknown := !placed(r) || !placed(here)
				if own || j.together(inst, r["fixmedins_code"], s.at.Day()) {
					return !own || near || unknown
				}
				other := j.c.instRow(r["fixmedins_code"], s.at.Day())
				close := placed(other) && placed(here) && distance(other, here) <= limit
				return near || close
			})
			if !good {
				said[k] = true
				out = append(out, setlFinding("B031", 2, s))
			}
		}
		return out
	})
}

// placed tells whether a row says where it is; nought is not a place.
func placed(r row) bool {
	return r["lon"] != "" && r["lat"] != "" && r.price("lon") != 0 && r.price("lat") != 0
}

// L008 系统操作时间异常.
func (j *judge) l008() {
	j.everybody("L008", func() (out []Finding) {
		n, window := j.int("L008", "n"), j.param("L008", "sec", 0)*oneSecond
		by := map[string][]*setl{}
		var order []string
		for _, s := range j.setlsInOrder() {
			if s.at.DayOnly() || hasAny(s.row["opter"], j.text("L008", "shared_opter")) {
				continue
			}
			k := s.row["fixmedins_code"] + "|" + s.row["opter"]
			if by[k] == nil {
				order = append(order, k)
			}
			by[k] = append(by[k], s)
		}
		for _, k := range order {
			ss := by[k]
			burst := 0 // lines of the batch already told end here
			for i := range ss {
				if i+1 < n {
					continue
				}
				first := ss[i+1-n]
				if ss[i].at.Clock()-first.at.Clock() > window || i+1-n < burst || !j.showsSecondsOnce(ss[i].row["fixmedins_code"], ss[i].at.Day().Month()) {
					continue
				}
				out = append(out, setlFinding("L008", 2, ss[i]))
				burst = i + 1
				for burst < len(ss) && ss[burst].at.Clock()-ss[burst-1].at.Clock() <= window {
					burst++
				}
			}
		}
		return out
	})
}

// P007 整数/固定金额高频结算.
func (j *judge) p007() {
	j.everybody("P007", func() (out []Finding) {
		day, week := map[string]int{}, map[string]int{}
		for _, s := range j.setlsInOrder() {
			sum := s.money("medfee_sumamt").Or(0)
			if !j.atShop(s) || sum < claim.Money(j.param("P007", "min_yuan", 2)) {
				continue
			}
			d := s.at.Day()
			monday := d - claim.Day((int(d)+3)%7)
			k := s.row["fixmedins_code"] + "|" + sum.String() + "|"
			day[k+d.String()]++
			week[k+monday.String()]++
			if day[k+d.String()] == j.int("P007", "n_day") || week[k+monday.String()] == j.int("P007", "n_all") {
				out = append(out, setlFinding("P007", 2, s))
			}
		}
		return out
	})
}

// P008 短时连续刷卡.
func (j *judge) p008() {
	j.everybody("P008", func() (out []Finding) {
		type chain struct {
			last  *setl
			who   map[string]bool
			spoke bool
		}
		chains := map[string]*chain{}
		for _, s := range j.setlsInOrder() {
			inst, dev := s.row["fixmedins_code"], s.row["dev_no"]
			if !j.atShop(s) || dev == "" || s.at.DayOnly() || j.c.lacks("P008", inst) || !j.showsSecondsOnce(inst, s.at.Day().Month()) {
				continue
			}
			k := inst + "|" + dev
			c := chains[k]
			if c == nil || s.at.Clock()-c.last.at.Clock() >= j.param("P008", "interval_s", 0)*oneSecond {
				c = &chain{who: map[string]bool{}}
				chains[k] = c
			}
			c.last = s
			c.who[j.c.identity(s.row["psn_no"])] = true
			if len(c.who) >= j.int("P008", "k") && !c.spoke {
				c.spoke = true
				out = append(out, setlFinding("P008", 2, s))
			}
		}
		return out
	})
}

// known tells whether a judgement of the month of a finding on b sees the visit a: one that has begun by then, neither of them more
// than a year before.
func known(a, b *visit) bool {
	m := b.month()
	x, y := a.beg.Day().Month(), b.beg.Day().Month()
	return m == 0 || (x <= m && x >= m-12 && y >= m-12)
}

// F016 手术与术者时间冲突.
func (j *judge) f016() {
	j.everybody("F016", func() (out []Finding) {
		type op struct {
			v    *visit
			b, e int64
			r    row
		}
		by := map[string][]op{}
		for _, r := range j.c.table("operation") {
			v := j.c.visits[r["mdtrt_id"]]
			b, e := r.time("oprn_oprt_begntime"), r.time("oprn_oprt_endtime")
			if v == nil || v.absent || v.out || r["oper_dr_code"] == "" || !b.Has() || !e.Has() || b.DayOnly() || e.DayOnly() || e.Clock() <= b.Clock() ||
				e.Clock()-b.Clock() > 24*hour {
				continue
			}
			by[r["oper_dr_code"]] = append(by[r["oper_dr_code"]], op{v, b.Clock(), e.Clock(), r})
		}
		said := map[string]bool{}
		for _, ops := range by {
			slices.SortFunc(ops, func(a, b op) int { return cmp.Or(cmp.Compare(a.b, b.b), strings.Compare(a.v.id, b.v.id)) })
			for i, b := range ops {
				for _, a := range ops[:i] {
					if a.v.p != b.v.p && known(a.v, b.v) && !j.exempted("F016", b.v, nil) && min(a.e, b.e)-b.b >= j.param("F016", "overlap_min", 0)*minute && !said[b.v.id] {
						said[b.v.id] = true
						out = append(out, Finding{Rule: "F016", Severity: 2, Month: b.v.month(), Mdtrt: b.v.id})
					}
				}
			}
		}
		return out
	})
}

// G008 挂床-床位异常.
func (j *judge) g008() {
	j.everybody("G008", func() (out []Finding) {
		type lying struct {
			v    *visit
			b, e claim.Time
		}
		by := map[string][]lying{}
		for _, v := range j.c.visits {
			if v.absent || v.out || !v.inpatient() || j.exempted("G008", v, nil) || j.c.lacks("G008", v.inst) {
				continue
			}
			moves := sortRows(j.c.where("bed_move", "mdtrt_id", v.id), "begntime")
			for i, r := range moves {
				b, e := r.time("begntime"), r.time("endtime")
				if !e.Has() {
					for _, n := range moves[i+1:] {
						if !e.Has() && n.time("begntime").Clock() > b.Clock() {
							e = n.time("begntime")
						}
					}
				}
				if !e.Has() {
					e = v.end
				}
				if r["bedno"] == "" || hasAny(r["bedno"], j.text("G008", "extra_bed")) || !b.Has() || !e.Has() {
					continue
				}
				if v.end.Has() && (v.end.Day() < e.Day() || (!v.end.DayOnly() && v.end.Clock() < e.Clock())) {
					e = v.end
				}
				x := lying{v, b, e}
				k := v.inst + "|" + r["wardarea_codg"] + "|" + r["wardno"] + "|" + r["bedno"]
				by[k] = append(by[k], x)
			}
		}
		said := map[string]bool{}
		for _, ls := range by {
			slices.SortFunc(ls, func(a, b lying) int {
				return cmp.Or(cmp.Compare(a.b.Clock(), b.b.Clock()), strings.Compare(a.v.id, b.v.id))
			})
			for i, b := range ls {
				others := map[*person]bool{}
				for _, a := range ls[:i] {
					if a.v.p != b.v.p && known(a.v, b.v) && inOneBed(b.b, a.e, b.e) > j.param("G008", "overlap_h", 0)*hour {
						others[a.v.p] = true
					}
				}
				if len(others)+1 > j.int("G008", "max") && !said[b.v.id] {
					said[b.v.id] = true
					out = append(out, Finding{Rule: "G008", Severity: 2, Month: b.v.month(), Mdtrt: b.v.id})
				}
			}
		}
		return out
	})
}

// inOneBed is how long two lie in a bed of whom the later came at b and who left at x and y: where one of these is a day
// without a clock, only the whole days between count.
func inOneBed(b, x, y claim.Time) int64 {
	if b.DayOnly() || x.DayOnly() || y.DayOnly() {
		return int64(min(x.Day(), y.Day())-b.Day()-1) * 24 * hour
	}
	return min(x.Clock(), y.Clock()) - b.Clock()
}

// G027 医师本人住院期间收治病人.
func (j *judge) g027() {
	j.everybody("G027", func() (out []Finding) {
		doctors := map[string][]*person{}
		for _, r := range j.c.table("practitioner") {
			if r["certno"] == "" {
				continue
			}
			for _, p := range j.c.table("person") {
				if p["certno"] == r["certno"] {
					doctors[r["prac_psn_code"]] = append(doctors[r["prac_psn_code"]], j.c.personOf(p["psn_no"]))
				}
			}
		}
		said := map[string]bool{}
		for _, l := range j.c.lines {
			v := l.visit
			day := l.day
			if v.absent || v.out || v.medType() == "" || j.exempted("G027", v, nil) || j.c.lacks("G027", l.inst) {
				continue
			}
			if v.inpatient() {
				day = v.beg.Day()
			}
			doctor := firstOf(l.row["bilg_dr_codg"], l.row["orders_dr_code"])
			for _, p := range doctors[doctor] {
				if p == v.p || said[v.id+doctor] {
					continue
				}
				inBed := slices.ContainsFunc(p.visits, func(o *visit) bool {
					return o.inpatient() && !o.daySurgery() && !o.newborn() && o.end.Has() && day > o.beg.Day() && day < o.end.Day() &&
						!slices.ContainsFunc(j.c.where("leave", "mdtrt_id", o.id), func(r row) bool { return r.covers(day, "begntime", "endtime") })
				})
				if inBed {
					said[v.id+doctor] = true
					out = append(out, Finding{Rule: "G027", Severity: 2, Month: v.month(), Mdtrt: v.id})
				}
			}
		}
		return out
	})
}

// D008 药品单价波动异常: the line against the house's own average of the months before.
func (j *judge) d008() {
	warn, high := j.ratio("D008", "warn"), j.ratio("D008", "high")
	for _, l := range j.lines("D008") {
		if !oneOf(l.row["list_type"], "101", "103") || l.is("trdn_flag", "1") || l.row.price("pric") <= 0 {
			continue
		}
		from := l.month() - claim.Month(j.int("D008", "months")) // by the months of settlements
		sum, qty, n := 0.0, 0.0, 0
		for _, r := range j.pricesOf(l.inst, l.code) {
			m := j.c.settledIn(r["setl_id"])
			if m == 0 || m < from || m >= l.month() || r["cnt_unt"] != l.row["cnt_unt"] || !oneOf(r["list_type"], "101", "103") || r.price("pric") <= 0 {
				continue
			}
			sum += float64(r.price("pric")) * float64(r.qty("cnt"))
			qty += float64(r.qty("cnt"))
			if r.qty("cnt") > 0 {
				n++
			}
		}
		changed := slices.ContainsFunc(j.c.where("price_limit", "hilist_code", l.code), func(r row) bool {
			b := r.day("begndate")
			return oneOf(r["limit_type"], "", "限价", "挂网价", "中选价") && b > from.First() && b <= l.day && j.c.distance(r["admdvs"], l.inst, l.day) >= 0
		})
		if n < j.int("D008", "min_lines") || qty <= 0 || changed {
			continue
		}
		price, avg := float64(l.row.price("pric")), sum/qty
		off := price/avg - 1
		if off < 0 {
			off = -off
		}
		const tiny = 1e-9
		if off <= warn+tiny {
			continue
		}
		severity, vola := 3, claim.Money(0)
		if off > high+tiny {
			severity = 2
		}
		if price > avg {
			vola = min(l.inscope, claim.Money((price-avg)*float64(l.net)/1e8+0.5))
		}
		j.report("D008", severity, []part{{l, vola}})
	}
}

// P002 处方失效或重复使用.
func (j *judge) p002() {
	for _, l := range j.lines("P002") {
		long := l.qty("prd_days").Has() && l.qty("prd_days") >= claim.Qty(j.param("P002", "long_d", 4))
		if !j.soldAtShop(l) || long || (l.row["rxno"] == "" && l.row["hi_rxno"] == "") {
			continue
		}
		if j.staleRx(l) || (l.setl != nil && j.ofShop(l.inst) && j.repeatedRx(l)) {
			j.line("P002", 2, l)
		}
	}
}

// rxOf is the prescription of the line's person that a line names: by hi_rxno, else, where the register has none of that, the only one of the number.
func (j *judge) rxOf(l *line) []row {
	h := l.row["hi_rxno"]
	for _, r := range j.c.where("prescription", "hi_rxno", h) {
		if h != "" && l.p.psn[r["psn_no"]] {
			return []row{r}
		}
	}
	var out []row
	for _, r := range j.c.where("prescription", "rxno", l.row["rxno"]) {
		other := h != "" && r["hi_rxno"] != "" // another national number: another prescription
		if l.row["rxno"] != "" && l.p.psn[r["psn_no"]] && !other {
			out = append(out, r)
		}
	}
	if len(out) > 1 {
		return nil
	}
	return out
}

func (j *judge) staleRx(l *line) bool {
	rxs := j.rxOf(l)
	if len(rxs) != 1 {
		return false
	}
	r := rxs[0]
	if e := r.time("vali_end_time"); e.Has() {
		if e.DayOnly() || l.at.DayOnly() || e.Clock() == e.Day().Start().Clock() {
			return l.day > e.Day()
		}
		return l.at.Clock() > e.Clock()
	}
	t := r.time("prsc_time").Day()
	return r.is("rx_source", "3") && t.Has() && int(l.day-t) > j.int("P002", "valid_d")
}

func (j *judge) repeatedRx(l *line) bool {
	key := func(x *line) string {
		if h := x.row["hi_rxno"]; h != "" {
			return "h" + h
		}
		if rxs := j.rxOf(x); len(rxs) == 1 {
			return "p" + rxs[0]["fixmedins_code"] + "|" + x.row["rxno"]
		}
		return "s" + x.inst + "|" + x.p.id + "|" + x.row["rxno"]
	}
	var same []*line
	for _, e := range j.c.rxLines(l.code) {
		if e.setl != nil && !e.visit.absent && (e.row["rxno"] != "" || e.row["hi_rxno"] != "") && key(e) == key(l) && j.ofShop(e.inst) {
			same = append(same, e)
		}
	}
	bySale := func(a, b *line) int {
		return cmp.Or(cmp.Compare(a.setl.at.Clock(), b.setl.at.Clock()), strings.Compare(a.setl.id, b.setl.id))
	}
	slices.SortFunc(same, bySale)
	// what came before within the window, and the line's own settlement as far as the line
	var before, own []*line
	for _, e := range same {
		switch {
		case e.setl == l.setl:
			own = append(own, e)
		case bySale(e, l) < 0 && int(l.setl.at.Day()-e.setl.at.Day()) <= j.int("P002", "window_d"):
			before = append(before, e)
		}
	}
	long := slices.ContainsFunc(append(slices.Clone(before), own...), func(e *line) bool {
		return e.qty("prd_days").Has() && e.qty("prd_days") >= claim.Qty(j.param("P002", "long_d", 4))
	})
	sofar := append(before, keep(own, func(e *line) bool { return cmpLine(e, l) <= 0 })...)
	return len(before) > 0 && !long && !j.withinRx(sofar)
}

// withinRx: the prescription says how much, and no more has been handed out on these lines.
func (j *judge) withinRx(lines []*line) bool {
	most, sum, vague := claim.Qty(0), claim.Qty(0), false
	for _, e := range lines {
		most = max(most, j.prescribed(e))
		n, ok := j.counted(e, "")
		if vague = vague || !ok; ok {
			sum += n
		}
	}
	return most > 0 && (vague || sum <= most) // of what cannot be counted nobody can say
}

// prescribed is how much of a line's drug its prescription says, nought where it does not.
func (j *judge) prescribed(l *line) claim.Qty {
	rxs := j.rxOf(l)
	if len(rxs) != 1 || rxs[0]["drugs"] == "" {
		return 0
	}
	var drugs []struct {
		Code string      `json:"hilist_code"`
		Cnt  json.Number `json:"cnt"`
	}
	if json.Unmarshal([]byte(rxs[0]["drugs"]), &drugs) != nil {
		return 0
	}
	sum := claim.Qty(0)
	for _, d := range drugs {
		if n, err := claim.ParseDecimal(d.Cnt.String(), 4); err == nil && j.normalise(d.Code, l.inst, l.day) == l.code {
			sum += claim.Qty(n)
		}
	}
	return sum
}

// ofShop tells whether an institution is, or ever was, a pharmacy: what it dispensed on a prescription counts whatever the kind of visit.
func (j *judge) ofShop(inst string) bool {
	return slices.ContainsFunc(j.c.where("institution", "fixmedins_code", inst), func(r row) bool { return r.is("fixmedins_type", "2") })
}

// soldAtShop: 41, or at an institution that is a pharmacy where nobody says what kind of visit it was.
func (j *judge) soldAtShop(l *line) bool {
	m := l.visit.medType()
	if m == "" && l.setl != nil {
		m = l.setl.row["med_type"]
	}
	return m == "41" || (m == "" && j.c.pharmacy(l.inst, l.day))
}

// P003 处方医师异常.
func (j *judge) p003() {
	grace := claim.Day(j.int("P003", "grace_d"))
	for _, l := range j.lines("P003") {
		rxs := j.rxOf(l)
		if !j.soldAtShop(l) || len(rxs) != 1 || rxs[0]["prsc_dr_code"] == "" {
			continue
		}
		r := rxs[0]
		house, doctor, d := r["fixmedins_code"], r["prsc_dr_code"], r.time("prsc_time").Day()
		if !d.Has() || len(j.c.where("practitioner", "fixmedins_code", house)) == 0 || hasAny(j.c.instRow(house, d)["fixmedins_name"], j.text("P003", "remote")) {
			continue
		}
		barred := slices.ContainsFunc(j.c.where("credential", "prac_psn_code", doctor), func(c row) bool {
			return oneOf(c["stas"], "2", "3") && c.covers(d, "begndate", "enddate")
		})
		filed := slices.ContainsFunc(j.c.where("practitioner", "prac_psn_code", doctor), func(p row) bool {
			b, e := p.day("begndate"), p.day("enddate")
			return j.together(p["fixmedins_code"], house, d) && (!b.Has() || b <= d) && (!e.Has() || d <= e+grace)
		})
		if barred || !filed {
			j.line("P003", 2, l)
		}
	}
}
