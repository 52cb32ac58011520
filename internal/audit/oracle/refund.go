package oracle

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// settle takes out refunded settlements with their originals (规则口径 一.2).
func (c *City) settle() {
	byID := map[string]*setl{}
	for _, r := range c.table("settlement") {
		s := &setl{row: r, id: r["setl_id"], at: r.time("setl_time"), fund: r.money("fund_pay_sumamt")}
		c.setls = append(c.setls, s)
		byID[s.id] = s
	}
	slices.SortFunc(c.setls, func(a, b *setl) int {
		if a.at.Clock() != b.at.Clock() {
			return int(min(max(a.at.Clock()-b.at.Clock(), -1), 1))
		}
		return strings.Compare(a.id, b.id)
	})
	for _, r := range c.setls {
		if !r.is("refd_setl_flag", "1") {
			continue
		}
		original := byID[r.row["init_setl_id"]]
		if r.row["init_setl_id"] == "" {
			original = c.latestOpposite(r)
		}
		if original != nil && !original.out && original != r {
			original.out = true
		}
		r.out = true
	}
}

// latestOpposite is the last settlement of the same visit, not after r, with the opposite amount and still in.
func (c *City) latestOpposite(r *setl) *setl {
	var found *setl
	for _, s := range c.setls { // in order of time and id
		if s != r && !s.out && !s.is("refd_setl_flag", "1") && s.row["mdtrt_id"] == r.row["mdtrt_id"] &&
			s.money("medfee_sumamt") == -r.money("medfee_sumamt") && s.at.Clock() <= r.at.Clock() {
			found = s
		}
	}
	return found
}

// net offsets negative lines against positive ones and keeps the lines with something left (规则口径 一.3).
func (c *City) net() {
	byID := map[string]*setl{}
	for _, s := range c.setls {
		byID[s.id] = s
	}
	var all []*line
	byVisit := map[string][]*line{}
	for _, r := range c.table("fee") {
		l := &line{row: r, sn: r["feedetl_sn"], inst: r["fixmedins_code"], at: r.time("fee_ocur_time"), cnt: r.qty("cnt")}
		l.day, l.net, l.setl = l.at.Day(), l.cnt, byID[r["setl_id"]]
		if l.setl != nil && l.setl.out {
			continue
		}
		all = append(all, l)
	}
	slices.SortFunc(all, cmpLine)
	for _, l := range all {
		byVisit[l.row["mdtrt_id"]] = append(byVisit[l.row["mdtrt_id"]], l)
	}
	for _, l := range all {
		if l.cnt < 0 {
			offset(l, byVisit[l.row["mdtrt_id"]])
		}
	}
	for _, l := range all {
		if l.cnt > 0 && l.net > 0 {
			l.price()
			c.lines = append(c.lines, l)
		}
	}
}

// offset takes the negative line from the line it names, else from the latest earlier one of the same item and price
// with enough left. A named line with too little left is not touched: the negative line is unpaired.
func offset(neg *line, visit []*line) {
	want := -neg.cnt
	var named, latest *line
	for _, l := range visit { // in line order
		if l.cnt <= 0 || l.inst != neg.inst {
			continue
		}
		if neg.row["init_feedetl_sn"] != "" && l.sn == neg.row["init_feedetl_sn"] {
			named = l
		}
		if l.row["hilist_code"] == neg.row["hilist_code"] && l.row.price("pric") == neg.row.price("pric") &&
			l.at.Clock() <= neg.at.Clock() && l.net >= want &&
			(latest == nil || l.at.Clock() > latest.at.Clock() || l.sn > latest.sn) {
			latest = l
		}
	}
	switch {
	case named != nil:
		if named.net >= want {
			named.net -= want
		}
	case latest != nil:
		latest.net -= want
	}
}

// price fills the money of the net quantity (规则口径 一.3 and 一.5).
func (l *line) price() {
	det := l.money("det_item_fee_sumamt")
	in := l.money("inscp_scp_amt")
	if !in.Has() {
		in = det - l.money("fulamt_ownpay_amt").Or(0) - l.money("overlmt_amt").Or(0) - l.money("preselfpay_amt").Or(0)
	}
	l.amount = claim.Money(claim.MulDiv(int64(det), int64(l.net), int64(l.cnt)))
	l.inscope = max(0, claim.Money(claim.MulDiv(int64(in), int64(l.net), int64(l.cnt))))
}

// month of a line is its settlement's; 0 while open.
func (l *line) month() claim.Month {
	if l.setl == nil {
		return 0
	}
	return l.setl.at.Day().Month()
}

// fundPaid is 统筹支付>0: true for open lines, which is how they are asked before settlement.
func (l *line) fundPaid() bool { return l.setl == nil || l.setl.fund > 0 }

// month of a visit is that of its earliest settlement still in; 0 without one.
func (v *visit) month() claim.Month {
	first := claim.Month(0)
	for _, s := range v.setls {
		if m := s.at.Day().Month(); first == 0 || m < first {
			first = m
		}
	}
	return first
}
