package oracle

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// box is one trace code with everything that was reported about it (规则口径 追溯码 一笔销售).
type box struct {
	code    boxCode
	device  bool
	pack    claim.Qty // smallest units in it, 0 unknown
	reports []*boxReport
	sales   []*boxSale // in order of time
	stock   []*boxReport
}

// boxReport is one row that speaks of one box.
type boxReport struct {
	kind                string // sold back bought in out supplier destroyed
	via                 string // fee or upload
	at                  claim.Time
	inst, psn           string // psn is the person, "" unknown
	setl, mdtrt, no, rx string
	of                  string // of a return: the sales document it names
	units               claim.Qty
	split, paid, ward   bool
	line                *line
	item, list, lot     string
	batch               string // fixmedins_bchno
	expiry              claim.Day
	boxes               int
	code                boxCode
}

// boxSale is one sale of a box, however many rows report it.
type boxSale struct {
	boxReport
	rows   []*boxReport
	back   bool
	resent bool
	astray string // institution that took back what another had sold
	left   claim.Qty
}

func (s *boxSale) counts() bool { return !s.back && !s.resent }

// byPayer puts what insurance paid before what it did not.
func (s *boxSale) byPayer(o *boxSale) int {
	switch {
	case s.paid == o.paid:
		return 0
	case s.paid:
		return -1
	}
	return 1
}

// byNumber orders two settlements of one instant: nothing tells which was first, so any lasting order will do, but it must be the engine's.
func (s *boxSale) byNumber(o *boxSale) int {
	if s.setl == "" || o.setl == "" || s.setl == o.setl {
		return 0
	}
	return cmp.Compare(claim.KeyOf(s.setl), claim.KeyOf(o.setl))
}

const unknownQty = claim.Qty(claim.None64)

// boxes reads every report of every box, once.
func (j *judge) boxes() []*box {
	if j.c.memo.boxes != nil {
		return j.c.memo.boxes
	}
	by := map[string]*box{}
	for _, r := range j.boxReports() {
		if r.code.bad || r.code.text == "" {
			continue
		}
		b := by[r.code.text]
		if b == nil {
			b = &box{code: r.code}
			by[r.code.text] = b
		}
		b.reports = append(b.reports, r)
		b.device = b.device || r.list == "301"
	}
	out := []*box{}
	for _, b := range by {
		slices.SortStableFunc(b.reports, func(x, y *boxReport) int {
			return cmp.Or(cmp.Compare(x.at.Clock(), y.at.Clock()), strings.Compare(x.item, y.item))
		})
		for _, r := range b.reports {
			if p := j.catalogue(&line{row: row{"hilist_code": r.item}, code: r.item, inst: r.inst, day: r.at.Day()}).qty("min_pac_cnt"); b.pack == 0 && p.Has() && p > 0 {
				b.pack = p
			}
			if r.kind != "sold" && r.kind != "back" {
				b.stock = append(b.stock, r)
			}
		}
		b.sales = merge(b.reports, "sold")
		slices.SortStableFunc(b.sales, func(x, y *boxSale) int {
			return cmp.Or(cmp.Compare(x.at.Clock(), y.at.Clock()), x.byPayer(y), x.byNumber(y))
		})
		for _, r := range merge(b.reports, "back") {
			b.takeBack(r)
		}
		b.resubmitted()
		out = append(out, b)
	}
	slices.SortFunc(out, func(x, y *box) int { return strings.Compare(x.code.text, y.code.text) })
	j.c.memo.boxes = out
	return out
}

// boxReports are all rows, one for each code they bear; a row of a sale or line without any code is one as well.
func (j *judge) boxReports() []*boxReport {
	if j.c.memo.reports != nil {
		return j.c.memo.reports
	}
	var out []*boxReport
	add := func(r boxReport, field string) {
		codes := boxCodes(field)
		if len(codes) == 0 && r.kind == "sold" {
			out = append(out, &r)
			return
		}
		for _, c := range codes {
			x := r
			x.code, x.boxes = c, len(codes)
			if x.units != unknownQty {
				x.units /= claim.Qty(len(codes))
			}
			x.lot = firstOf(c.lot, x.lot)
			if c.expiry.Has() {
				x.expiry = c.expiry
			}
			out = append(out, &x)
		}
	}
	for _, l := range j.c.lines {
		if l.setl == nil || l.visit.absent || l.visit.out || !oneOf(l.row["list_type"], "101", "301") {
			continue
		}
		if l.net < l.cnt && len(boxCodes(l.row["drug_trac_codg"])) > 1 {
			continue // some came back and nobody knows which
		}
		cat, unit := j.catalogue(l), l.row["cnt_unt"]
		pack := cat.qty("min_pac_cnt")
		r := boxReport{kind: "sold", via: "fee", at: l.at, inst: l.inst, psn: l.p.id, setl: l.setl.id, mdtrt: l.row["mdtrt_id"], rx: l.row["hi_rxno"], paid: true,
			ward: l.visit.inpatient(), line: l, item: l.code, list: l.row["list_type"], expiry: claim.NoDay, units: unknownQty}
		inPills := unit != "" && unit == cat["min_prepunt"] && unit != cat["min_pacunt"] && pack.Has() && pack > claim.QtyOne
		if r.split = l.is("trdn_flag", "1") || inPills; r.split {
			r.units = l.net
			if unit != "" && unit == cat["min_pacunt"] && pack.Has() {
				r.units = claim.Qty(claim.MulDiv(int64(l.net), int64(pack), int64(claim.QtyOne)))
			}
		}
		add(r, l.row["drug_trac_codg"])
	}
	j.uploaded(add)
	for _, x := range j.c.table("implant") {
		v := j.c.visits[x["mdtrt_id"]]
		if v == nil || v.absent || v.out {
			continue
		}
		r := boxReport{kind: "sold", via: "upload", at: x.time("used_time"), inst: v.inst, psn: v.p.id, mdtrt: v.id, paid: true, list: "301", expiry: claim.NoDay, units: unknownQty}
		if !r.at.Has() {
			r.at = v.beg
		}
		r.item = j.normalise(x["hilist_code"], v.inst, r.at.Day())
		if first := firstSettled(v); first != nil {
			r.setl = first.id
		}
		if c := readCode(x["udi"]); !c.bad {
			add(r, x["udi"])
		}
	}
	j.c.memo.reports = out
	return out
}

// uploaded are the rows of sale, purchase and stock_change.
func (j *judge) uploaded(add func(boxReport, string)) {
	reversed := map[string]bool{}
	for _, s := range j.c.setls {
		if s.out {
			reversed[s.id] = true
		}
	}
	for _, x := range j.c.table("sale") {
		at, n := x.time("sel_retn_time"), x.qty("sel_retn_cnt")
		r := boxReport{kind: "sold", via: "upload", at: at, inst: x["fixmedins_code"], setl: x["setl_id"], mdtrt: x["mdtrt_id"], no: x["rtal_docno"], rx: x["hi_rxno"], list: "101",
			split: x.is("trdn_flag", "1"), paid: !soldOwn(x), batch: x["fixmedins_bchno"], lot: x["manu_lotnum"], expiry: x.day("expy_end"), units: unknownQty}
		r.item = j.normalise(x["med_list_codg"], r.inst, at.Day())
		if x["psn_no"] != "" {
			r.psn = j.c.personOf(x["psn_no"]).id
		}
		if r.split {
			r.units = max(n, -n)
		}
		codes := x["drug_trac_codg"]
		switch {
		case n < 0:
			r.kind, r.of = "back", x["medins_prod_sel_no"]
			if r.of != "" {
				r.no = "" // the return's own number is not the sale's
			}
			if len(boxCodes(codes)) == 0 {
				codes = j.codesSold(r.inst, r.of, r.item)
			}
		case reversed[r.setl]:
			continue
		}
		add(r, codes)
	}
	for _, x := range j.c.table("purchase") {
		r := boxReport{kind: "bought", at: x.time("purc_retn_stoin_time"), inst: x["fixmedins_code"], lot: x["manu_lotnum"], expiry: x.day("expy_end"), units: unknownQty}
		r.item = j.normalise(x["med_list_codg"], r.inst, r.at.Day())
		if x.qty("purc_retn_cnt") < 0 {
			r.kind = "supplier"
		}
		add(r, x["drug_trac_codg"])
	}
	for _, x := range j.c.table("stock_change") {
		kind := map[string]string{"101": "in", "103": "in", "106": "in", "110": "in", "108": "bought", "102": "out", "107": "out", "109": "supplier", "111": "supplier",
			"104": "destroyed", "105": "destroyed"}[x["inv_chg_type"]]
		r := boxReport{kind: kind, at: x.time("inv_chg_time"), inst: x["fixmedins_code"], expiry: claim.NoDay, units: unknownQty}
		r.item = j.normalise(x["med_list_codg"], r.inst, r.at.Day())
		if kind != "" {
			add(r, x["drug_trac_codg"])
		}
	}
}

// soldOwn: without insurance (自费), said so or told by no settlement and no visit.
func soldOwn(x row) bool {
	return x.is("mdtrt_setl_type", "2") || (x["setl_id"] == "" && x["mdtrt_id"] == "")
}

// codesSold are the codes on the sales document that a return without codes names.
func (j *judge) codesSold(inst, no, item string) string {
	var out []string
	for _, x := range j.c.where("sale", "rtal_docno", no) {
		if no != "" && x["fixmedins_code"] == inst && x.qty("sel_retn_cnt") >= 0 && j.normalise(x["med_list_codg"], inst, x.time("sel_retn_time").Day()) == item {
			out = append(out, x["drug_trac_codg"])
		}
	}
	return strings.Join(out, "|")
}

func firstSettled(v *visit) *setl {
	var first *setl
	for _, s := range v.setls {
		if first == nil || s.at.Clock() < first.at.Clock() {
			first = s
		}
	}
	return first
}

// oneSale tells whether two reports speak of one sale.
func oneSale(a, b *boxReport) bool {
	share := func(x, y string) bool { return x != "" && x == y }
	if share(a.setl, b.setl) {
		return true
	}
	if a.psn != "" && b.psn != "" && a.psn != b.psn {
		return false
	}
	if a.inst == b.inst {
		apart := a.at.Day() - b.at.Day()
		return share(a.mdtrt, b.mdtrt) || (share(a.no, b.no) && apart >= -1 && apart <= 1)
	}
	return share(a.rx, b.rx) && share(a.psn, b.psn) && (a.setl == "" || b.setl == "")
}

// merge joins the reports of a kind into sales: again and again, until nothing joins.
func merge(reports []*boxReport, kind string) []*boxSale {
	var groups [][]*boxReport
	for _, r := range reports {
		if r.kind == kind {
			groups = append(groups, []*boxReport{r})
		}
	}
	meet := func(x, y []*boxReport) bool {
		return slices.ContainsFunc(x, func(a *boxReport) bool {
			return slices.ContainsFunc(y, func(b *boxReport) bool { return oneSale(a, b) })
		})
	}
again:
	for i := range groups {
		for k := i + 1; k < len(groups); k++ {
			if meet(groups[i], groups[k]) {
				groups[i] = append(groups[i], groups[k]...)
				groups = slices.Delete(groups, k, k+1)
				goto again
			}
		}
	}
	var out []*boxSale
	for _, g := range groups {
		slices.SortStableFunc(g, func(x, y *boxReport) int { return cmp.Compare(x.at.Clock(), y.at.Clock()) })
		out = append(out, together(g))
	}
	return out
}

// together is a sale as all its reports tell it: the earliest time (of a day, one with a clock is better), the first of what is
// said, the institution that insurance paid.
func together(g []*boxReport) *boxSale {
	s := &boxSale{boxReport: *g[0], rows: g}
	sum := map[string]claim.Qty{}
	for i, r := range g {
		if i > 0 {
			s.setl, s.mdtrt, s.no, s.rx = firstOf(s.setl, r.setl), firstOf(s.mdtrt, r.mdtrt), firstOf(s.no, r.no), firstOf(s.rx, r.rx)
			s.psn, s.of = firstOf(s.psn, r.psn), firstOf(s.of, r.of)
			if !s.paid && r.paid {
				s.inst = r.inst
			}
			if s.at.DayOnly() && !r.at.DayOnly() && s.at.Day() == r.at.Day() {
				s.at = r.at
			}
			s.split, s.paid, s.ward = s.split || r.split, s.paid || r.paid, s.ward || r.ward
		}
		if r.units == unknownQty || sum[r.via] == unknownQty {
			sum[r.via] = unknownQty
		} else {
			sum[r.via] += r.units
		}
	}
	s.units = 0
	for _, n := range sum { // two channels tell of the same units
		if n == unknownQty || s.units == unknownQty {
			s.units = unknownQty
		} else {
			s.units = max(s.units, n)
		}
	}
	s.left = s.units
	return s
}

// takeBack finds what a return undoes: the sale it names, one it shares a document with, the person's latest there, the latest
// there, the latest elsewhere.
func (b *box) takeBack(r *boxSale) {
	before := func(s *boxSale) bool {
		return s.at.Clock() <= r.at.Clock() || (s.at.Day() == r.at.Day() && (s.at.DayOnly() || r.at.DayOnly()))
	}
	tests := []func(*boxSale) bool{
		func(s *boxSale) bool { return r.of != "" && s.no == r.of && s.inst == r.inst },
		func(s *boxSale) bool { return oneSale(&s.boxReport, &r.boxReport) },
		func(s *boxSale) bool { return before(s) && s.inst == r.inst && s.psn != "" && s.psn == r.psn },
		func(s *boxSale) bool { return before(s) && s.inst == r.inst && (s.psn == "" || r.psn == "") },
		func(s *boxSale) bool { return before(s) && s.inst != r.inst && r.of == "" },
	}
	for rank, fits := range tests {
		for i := len(b.sales) - 1; i >= 0; i-- {
			s := b.sales[i]
			if s.back || !fits(s) {
				continue
			}
			if s.inst != r.inst && rank > 1 {
				s.astray = r.inst
			}
			if s.split && r.split && s.left != unknownQty && r.units != unknownQty && r.units < s.left {
				s.left -= r.units
			} else {
				s.back = true
			}
			return
		}
	}
}

// resubmitted: the same person's at the same place within a minute, where both clocks are known.
func (b *box) resubmitted() {
	for k, s := range b.sales {
		for _, e := range b.sales[:k] {
			if e.counts() && s.counts() && e.psn != "" && e.psn == s.psn && e.inst == s.inst && e.split == s.split && (!e.split || e.units == s.units) &&
				!e.at.DayOnly() && !s.at.DayOnly() && s.at.Clock()-e.at.Clock() <= 60*1_000_000 {
				if s.paid && !e.paid {
					e.resent = true
				} else {
					s.resent = true
				}
			}
		}
	}
}
