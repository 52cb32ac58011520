package oracle

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// goods is one movement of an item at an institution, in packs (规则口径 B015 / P005 / B017).
type goods struct {
	what string // counted in (with its sign) billed own
	at   claim.Time
	qty  claim.Qty
	pric claim.Price
	line *line
}

// goodsOf are the movements of every institution and item, by day; of a day what is billed comes before what is sold without
// insurance, and both after what came in.
func (j *judge) goodsOf() map[[2]string][]*goods {
	if j.c.memo.goods != nil {
		return j.c.memo.goods
	}
	out := map[[2]string][]*goods{}
	add := func(inst, item string, g goods) {
		k := [2]string{inst, item}
		out[k] = append(out[k], &g)
	}
	for _, l := range j.c.lines {
		if l.setl == nil || l.visit.absent || l.visit.out || !oneOf(l.row["list_type"], "101", "301") {
			continue
		}
		if size, ok := j.packSize(l); ok {
			add(l.inst, l.code, goods{what: "billed", at: l.at, qty: claim.Qty(claim.MulDiv(int64(l.net), int64(claim.QtyOne), int64(size))), pric: l.row.price("pric"), line: l})
		}
	}
	for _, x := range j.c.table("sale") {
		if !soldOwn(x) {
			continue
		}
		at, inst, n := x.time("sel_retn_time"), x["fixmedins_code"], x.qty("sel_retn_cnt")
		item := j.normalise(x["med_list_codg"], inst, at.Day())
		if x.is("trdn_flag", "1") {
			pack := j.catalogue(&line{row: row{"hilist_code": item}, code: item, inst: inst, day: at.Day()}).qty("min_pac_cnt")
			if !pack.Has() || pack <= 0 {
				continue
			}
			n = claim.Qty(claim.MulDiv(int64(n), int64(claim.QtyOne), int64(pack)))
		}
		add(inst, item, goods{what: "own", at: at, qty: n})
	}
	for _, x := range j.c.table("purchase") {
		at, inst := x.time("purc_retn_stoin_time"), x["fixmedins_code"]
		add(inst, j.normalise(x["med_list_codg"], inst, at.Day()), goods{what: "in", at: at, qty: x.qty("purc_retn_cnt"), pric: x.price("finl_trns_pric")})
	}
	for _, x := range j.c.table("stock_change") {
		at, inst, n := x.time("inv_chg_time"), x["fixmedins_code"], x.qty("cnt")
		item := j.normalise(x["med_list_codg"], inst, at.Day())
		switch x["inv_chg_type"] {
		case "101", "103", "106", "110":
			add(inst, item, goods{what: "in", at: at, qty: max(n, -n)})
		case "102", "104", "105", "107", "111":
			add(inst, item, goods{what: "in", at: at, qty: -max(n, -n)})
		}
	}
	for _, x := range j.c.table("stock") {
		d, inst := x.day("invdate"), x["fixmedins_code"]
		k := [2]string{inst, j.normalise(x["med_list_codg"], inst, d)}
		i := slices.IndexFunc(out[k], func(g *goods) bool { return g.what == "counted" && g.at.Day() == d })
		if i >= 0 { // another lot
			out[k][i].qty += x.qty("inv_cnt")
		} else {
			add(inst, k[1], goods{what: "counted", at: d.Start(), qty: x.qty("inv_cnt")})
		}
	}
	rank := map[string]int{"counted": 0, "in": 1, "billed": 2, "own": 3}
	for _, gs := range out {
		slices.SortStableFunc(gs, func(x, y *goods) int {
			c := cmp.Or(cmp.Compare(x.at.Day(), y.at.Day()), cmp.Compare(rank[x.what], rank[y.what]), cmp.Compare(x.at.Clock(), y.at.Clock()))
			if c == 0 && x.line != nil && y.line != nil {
				c = strings.Compare(x.line.sn, y.line.sn)
			}
			return c
		})
	}
	j.c.memo.goods = out
	return out
}

func (g *goods) report() *boxReport { return &boxReport{line: g.line} }

// shelf judges a card of stock over every institution and item: only pharmacies, or only others.
func (j *judge) shelf(card string, judge func(m *marks, inst string, gs []*goods)) {
	shop := j.text(card, "shop") == "true"
	j.city(card, func(m *marks) {
		for k, gs := range j.goodsOf() {
			if j.c.pharmacy(k[0], claim.OpenDay) == shop {
				judge(m, k[0], gs)
			}
		}
	})
}

// onHand is what lies on the shelf on the morning of a day, from the last stock-taking not before reach: what was counted in the
// evening of its day, and what moved after that day.
func onHand(gs []*goods, d, reach claim.Day) (n claim.Qty, known bool) {
	taken := claim.NoDay
	for _, g := range gs {
		if day := g.at.Day(); g.what == "counted" && day < d && day >= reach {
			taken, n, known = day, g.qty, true
		}
	}
	for _, g := range gs {
		if day := g.at.Day(); known && day > taken && day < d {
			n += g.signed()
		}
	}
	return n, known
}

func (g *goods) signed() claim.Qty {
	switch g.what {
	case "in":
		return g.qty
	case "counted":
		return 0
	}
	return -g.qty
}

// shortage judges B015, P005 and B017. A line is judged by what the month of its settlement knew: all that came in its period, what was
// billed by then (追溯码与进销存 四).
func (j *judge) shortage(card string) {
	months, late := j.int(card, "months"), claim.Day(j.int(card, "late_d"))
	last := claim.Month(0)
	for _, s := range j.c.setls {
		last = max(last, s.at.Day().Month())
	}
	j.shelf(card, func(m *marks, inst string, gs []*goods) {
		type period struct{ end, month claim.Month }
		periods := map[period]bool{}
		upto := claim.NoDay
		for k, all := range j.goodsOf() {
			for _, g := range all {
				if k[0] == inst && oneOf(g.what, "in", "counted") && (!upto.Has() || g.at.Day() > upto) {
					upto = g.at.Day()
				}
			}
		}
		for _, g := range gs {
			if g.what == "billed" && g.line.row["list_type"] == j.text(card, "list_type") {
				e := g.at.Day().Month()
				for number(e)%months != 0 { // the natural quarter's last month
					e++
				}
				periods[period{e, g.line.month()}] = true
			}
		}
		for p := range periods {
			from, to, now := (p.end - claim.Month(months) + 1).First(), p.end.Last(), p.month.Last()
			var known []*goods
			for _, g := range gs {
				later := g.at.Day() > now
				if g.what == "billed" {
					later = g.line.month() > p.month
				}
				if arrives := g.what == "in" && g.qty > 0; !later || arrives || g.what == "counted" {
					known = append(known, g)
				}
			}
			open, ok := onHand(known, from, (p.end - 3).First())
			if !ok || (p.end > last && !(upto.Has() && upto >= p.end.First())) {
				continue
			}
			var in, sold claim.Qty
			var lines []*goods
			for _, g := range known {
				day := g.at.Day()
				switch {
				case day < from || g.what == "counted" || day > to && !(g.what == "in" && g.qty > 0 && day <= to+late):
				case g.what == "in":
					in += g.qty
				default:
					sold += g.qty
					lines = append(lines, g)
				}
			}
			have := max(0, max(0, open)+in)
			slack := max(claim.Qty(j.param(card, "packs", 4)), claim.Qty(claim.MulDiv(int64(have), j.param(card, "share", 4), 10_000)))
			if sold <= max(0, open)+in+slack {
				continue
			}
			left := have
			for _, g := range lines {
				short := g.qty - left
				left = max(0, left-g.qty)
				if short > 0 && g.what == "billed" && g.line.row["list_type"] == j.text(card, "list_type") && g.line.month() == p.month {
					m.on(g.report(), p.end.String(), 2, int64(min(short, g.qty)), int64(g.qty))
				}
			}
		}
	})
}

func (j *judge) b015() { j.shortage("B015") }
func (j *judge) b017() { j.shortage("B017") }
func (j *judge) p005() { j.shortage("P005") }

// P006 无购进记录销售: nothing bought, received or counted within the look-back or a week after.
func (j *judge) p006() {
	back, late := claim.Day(j.int("P006", "lookback_d")), claim.Day(j.int("P006", "late_d"))
	j.shelf("P006", func(m *marks, inst string, gs []*goods) {
		begun := claim.NoDay
		for _, p := range j.c.where("purchase", "fixmedins_code", inst) {
			if d := p.time("purc_retn_stoin_time").Day(); p.qty("purc_retn_cnt") > 0 && (!begun.Has() || d < begun) {
				begun = d
			}
		}
		for _, g := range gs {
			d := g.at.Day()
			if g.what != "billed" || g.line.row["list_type"] != j.text("P006", "list_type") || !begun.Has() || d-begun < back {
				continue
			}
			if !slices.ContainsFunc(gs, func(o *goods) bool {
				return oneOf(o.what, "in", "counted") && o.qty > 0 && o.at.Day() >= d-back && o.at.Day() <= d+late
			}) {
				m.on(g.report(), "", 2, 1, 1)
			}
		}
	})
}

// B016 低价套高价: billed above price_ratio times the dearest price it was bought at.
func (j *judge) b016() {
	back, late := claim.Day(j.int("B016", "lookback_d")), claim.Day(j.int("B016", "late_d"))
	j.shelf("B016", func(m *marks, _ string, gs []*goods) {
		for _, g := range gs {
			if g.what != "billed" || g.line.row["list_type"] != j.text("B016", "list_type") || !g.pric.Has() || g.pric <= 0 {
				continue
			}
			dearest := claim.Price(0)
			for _, o := range gs {
				if o.what == "in" && o.qty > 0 && o.pric.Has() && o.at.Day() >= g.at.Day()-back && o.at.Day() <= g.at.Day()+late {
					dearest = max(dearest, o.pric)
				}
			}
			limit := claim.Price(claim.MulDiv(int64(dearest), j.param("B016", "price_ratio", 4), 10_000))
			if dearest > 0 && g.pric > limit {
				m.on(g.report(), "", 2, int64(g.pric-limit), int64(g.pric))
			}
		}
	})
}

// number is a month's place in its year.
func number(m claim.Month) int {
	_, n, _ := m.First().Civil()
	return int(n)
}
