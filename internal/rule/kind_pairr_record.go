package rule

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind PAIR_R, continued: what was billed without an order, an execution, a report or the patient's consent. Records are
// often uploaded in part: a visit of which too few lines find theirs is not judged.
func init() {
	register("PAIR_R", "ordered", func(p *params, c *Card) (any, error) {
		return ordered{share: int64(p.num("min_match", 0.8) * 10_000), slack: claim.Day(p.int("slack_d", 1)),
			skip: charges(p.str("skip_charges", "01|02|06|07|08|12|13|14"))}, nil
	})
	register("PAIR_R", "executed", func(p *params, c *Card) (any, error) {
		return executed{share: int64(p.num("min_match", 0.8) * 10_000), ratio: int64(p.num("ratio", 1) * 10_000), strong: int64(p.num("strong", 1.5) * 10_000),
			of: charges(p.str("charges", "05"))}, nil
	})
	register("PAIR_R", "report", func(p *params, c *Card) (any, error) {
		return reportCheck{share: int64(p.num("min_match", 0.5) * 10_000), grace: claim.Day(p.int("grace_d", 7))}, nil
	})
	register("PAIR_R", "consent", func(p *params, c *Card) (any, error) {
		return consent{int64(p.num("ratio", 0.2) * 10_000), words(p.str("docs", "自费"))}, nil
	})
}

// charges reads a set of charge types (med_chrgitm_type).
func charges(s string) (set [16]bool) {
	for _, w := range words(s) {
		if n, err := claim.ParseDecimal(w, 0); err == nil && n > 0 && n < 16 {
			set[n] = true
		}
	}
	return set
}

// ofVisit are the rows of a table that belong to a visit or, for in-patients, to its stay.
func (e *Eval) ofVisit(table string, vi int32) []claim.RowRef {
	all := e.t.Extra[table]
	if len(all) == 0 {
		return nil
	}
	v := &e.t.Visits[vi]
	var out []claim.RowRef
	for _, r := range all {
		k := r.B.Visit[r.Row]
		if k == v.Key || (v.Stay >= 0 && e.inStay(k, v.Stay)) {
			out = append(out, r)
		}
	}
	return out
}

func (e *Eval) inStay(visit uint64, stay int32) bool {
	return slices.ContainsFunc(e.t.Stays[stay].Visits, func(vi int32) bool { return e.t.Visits[vi].Key == visit })
}

// sameItem tells whether a record is of the line's item: by code, else by name.
func (e *Eval) sameItem(r claim.RowRef, l *claim.Line, name string) bool {
	t := r.B.Table
	if it := r.B.I32(t.MustCol("hilist_code"), r.Row); it != 0 && e.b.canonical(it) == e.b.canonical(l.Item) {
		return true
	}
	own := e.b.ds[claim.DictText].String(r.B.I32(t.MustCol(name), r.Row))
	return own != "" && own == e.itemName(l)
}

// ordered: drugs and services of in-patients without an order in force.
type ordered struct {
	share int64 // of the visit's lines that must find their order, 1e-4
	slack claim.Day
	skip  [16]bool
}

func (a ordered) visit(e *Eval, c *compiled, vi int32) {
	v := &e.t.Visits[vi]
	if e.b.Vocab.Setting(v.MedType)&claim.Inpatient == 0 || e.exempt(c, vi) {
		return
	}
	orders := e.ofVisit("medorder", vi)
	if len(orders) == 0 {
		e.skip(c, v.Inst, "本次住院没有医嘱")
		return
	}
	var without []int32
	n, found := int64(0), int64(0)
	for _, li := range e.t.LinesOf(vi) {
		l := &e.t.Lines[li]
		if (l.List != 101 && l.List != 201) || l.InScope <= 0 || (l.Chrg > 0 && a.skip[l.Chrg]) || e.operatedOn(vi, l.Time.Day()) {
			continue
		}
		n++
		if a.has(e, orders, l) {
			found++
		} else if e.report(li) {
			without = append(without, li)
		}
	}
	if len(without) == 0 {
		return
	}
	if found*10_000 < a.share*n {
		e.skip(c, v.Inst, "医嘱上传不全")
		return
	}
	for _, li := range without {
		l := &e.t.Lines[li]
		e.hitLine(c, li, nil, Fact{"项目", e.itemName(l)}, Fact{"日期", l.Time.Day().String()}, fact("实际", "本次住院 %d 行中 %d 行找到医嘱", n, found))
	}
}

// has finds an order of the line, by its number or by its item, that is in force on the line's day.
func (a ordered) has(e *Eval, orders []claim.RowRef, l *claim.Line) bool {
	no, day := e.text(l, "drord_no"), l.Time.Day()
	for _, r := range orders {
		if (no == "" || r.B.Str(r.B.Table.MustCol("drord_no"), r.Row) != no) && !e.sameItem(r, l, "drord_item_name") {
			continue
		}
		from, last := e.inForce(r)
		if (!from.Has() || day >= from.Day()-a.slack) && day-a.slack <= last {
			return true
		}
	}
	return false
}

// inForce is when an order began and the last day it held: until it was stopped; a temporary one that nobody stopped held its own
// day. An order that does not say since when held until then all the same.
func (e *Eval) inForce(r claim.RowRef) (from claim.Time, last claim.Day) {
	t := r.B.Table
	from = claim.Time(r.B.I64(t.MustCol("drord_begn_date"), r.Row))
	to := claim.Time(r.B.I64(t.MustCol("drord_stop_date"), r.Row))
	switch {
	case to.Has():
		last = to.Day()
	case from.Has() && e.b.Vocab.Num(r.B.I32(t.MustCol("drord_type"), r.Row)) == 2:
		last = from.Day()
	default:
		last = claim.OpenDay
	}
	return from, last
}

// operatedOn: an operation of the visit or its stay on the day, whose drugs and services the operation's own record orders.
func (e *Eval) operatedOn(vi int32, day claim.Day) bool {
	visits := []int32{vi}
	if s := e.t.Visits[vi].Stay; s >= 0 {
		visits = e.t.Stays[s].Visits
	}
	return slices.ContainsFunc(visits, func(v int32) bool {
		return slices.ContainsFunc(e.t.OpsOf(v), func(o claim.Operation) bool { return o.Begin.Has() && o.Begin.Day() == day })
	})
}

// executed: treatments billed more often in a visit than they were carried out.
type executed struct {
	share, ratio, strong int64 // 1e-4
	of                   [16]bool
}

// doneItem is how often one item of a visit was carried out, and the lines that bill it.
type doneItem struct {
	item int32
	done claim.Qty
	refs []lineRef
}

func (a executed) visit(e *Eval, c *compiled, vi int32) {
	if len(e.t.Extra["exec"]) == 0 || e.exempt(c, vi) {
		return
	}
	rows := slices.DeleteFunc(e.ofVisit("exec", vi), func(r claim.RowRef) bool { return r.B.Visit[r.Row] != e.t.Visits[vi].Key })
	if len(rows) == 0 {
		return
	}
	items := a.billed(e, c, vi)
	known := int64(0)
	for i := range items {
		it := &items[i]
		for _, r := range rows {
			t := r.B.Table
			if e.b.canonical(r.B.I32(t.MustCol("hilist_code"), r.Row)) != it.item {
				continue
			}
			n := claim.Qty(r.B.I64(t.MustCol("exec_cnt"), r.Row))
			if !n.Has() {
				n = claim.QtyOne
			}
			it.done += n
		}
		if it.done > 0 {
			known++
		}
	}
	if len(items) == 0 {
		return
	}
	if known*10_000 < a.share*int64(len(items)) {
		e.skip(c, e.t.Visits[vi].Inst, "执行记录上传不全")
		return
	}
	for i := range items {
		a.judge(e, c, vi, &items[i])
	}
}

// billed collects the visit's treatments that are priced by the time they are done.
func (a executed) billed(e *Eval, c *compiled, vi int32) []doneItem {
	var items []doneItem
	for _, li := range e.t.LinesOf(vi) {
		l := &e.t.Lines[li]
		if l.List != 201 || l.Chrg < 0 || !a.of[l.Chrg] || l.InScope <= 0 {
			continue
		}
		if cat := e.cat(l); cat != nil && cat.PricingUnit != 0 && e.b.ds[claim.DictText].String(cat.PricingUnit) != "次" {
			continue
		}
		it := e.b.canonical(l.Item)
		i := slices.IndexFunc(items, func(d doneItem) bool { return d.item == it })
		if i < 0 {
			i = len(items)
			items = append(items, doneItem{item: it})
		}
		items[i].refs = append(items[i].refs, lineRef{li: li})
	}
	return items
}

func (a executed) judge(e *Eval, c *compiled, vi int32, it *doneItem) {
	lines, total := e.overLimit(it.refs, claim.Qty(claim.MulDiv(int64(it.done), a.ratio, 10_000)))
	if lines == nil {
		return
	}
	l := &e.t.Lines[it.refs[0].li]
	h := e.hit(c, key("visit", e.t.MdtrtID(&e.t.Visits[vi]), e.item(it.item)), lines, nil, Fact{"项目", e.itemName(l)},
		Fact{"量", total.String()}, Fact{"限额", it.done.String()})
	if h != nil && int64(total) <= claim.MulDiv(int64(it.done), a.strong, 10_000) {
		h.Severity = 3
	}
}

// reportCheck: examinations and laboratory tests without a report. Points name items that need none.
type reportCheck struct {
	share int64
	grace claim.Day
}

var reportNames = map[string]string{"exam": "exam_item_name", "lab": "item_name"}

func (a reportCheck) visit(e *Eval, c *compiled, vi int32) {
	v := &e.t.Visits[vi]
	if v.Open || (len(e.t.Extra["exam"]) == 0 && len(e.t.Extra["lab"]) == 0) || e.exempt(c, vi) {
		return
	}
	a.table(e, c, vi, 3, "exam")
	a.table(e, c, vi, 4, "lab")
}

func (a reportCheck) table(e *Eval, c *compiled, vi int32, chrg int8, table string) {
	rows := e.ofVisit(table, vi)
	if len(rows) == 0 {
		return
	}
	blind := slices.ContainsFunc(rows, func(r claim.RowRef) bool {
		t := r.B.Table
		return r.B.I32(t.MustCol("hilist_code"), r.Row) == 0 && r.B.I32(t.MustCol(reportNames[table]), r.Row) == 0
	})
	var without []int32
	n, found := int64(0), int64(0)
	for _, li := range e.t.LinesOf(vi) {
		l := &e.t.Lines[li]
		if l.List != 201 || l.Chrg != chrg || l.InScope <= 0 || l.Flags&claim.Outsourced != 0 || e.named(c, l) {
			continue
		}
		n++
		if a.has(e, rows, l, table) {
			found++
		} else if e.report(li) {
			without = append(without, li)
		}
	}
	if len(without) == 0 {
		return
	}
	if blind || found*10_000 < a.share*n {
		e.skip(c, e.t.Visits[vi].Inst, "报告上传不全")
		return
	}
	for _, li := range without {
		l := &e.t.Lines[li]
		e.hitLine(c, li, nil, Fact{"项目", e.itemName(l)}, Fact{"日期", l.Time.Day().String()}, fact("实际", "本次 %d 行中 %d 行有报告", n, found))
	}
}

// has finds a report of the item near enough to the line's day; one without any time is near enough.
func (a reportCheck) has(e *Eval, rows []claim.RowRef, l *claim.Line, table string) bool {
	day := l.Time.Day()
	for _, r := range rows {
		if !e.sameItem(r, l, reportNames[table]) {
			continue
		}
		t, timed := r.B.Table, false
		for _, col := range [...]string{t.At, "rpt_time"} {
			at := claim.Time(r.B.I64(t.MustCol(col), r.Row))
			if !at.Has() {
				continue
			}
			timed = true
			if gap := at.Day() - day; gap <= a.grace && -gap <= a.grace {
				return true
			}
		}
		if !timed {
			return true
		}
	}
	return false
}

// named tells whether a point of the card in force names the line's item.
func (e *Eval) named(c *compiled, l *claim.Line) bool {
	if int(l.Item) >= len(e.b.items) {
		return false
	}
	for k := range e.b.items[l.Item] {
		if r := &e.b.items[l.Item][k]; int(r.card) == c.idx && e.applies(r, l) {
			return true
		}
	}
	return false
}

// consent: much of a stay's cost outside the catalogue, and nobody asked the patient. The fund pays none of it: what is
// broken is a duty, no money is at issue.
type consent struct {
	ratio int64 // 1e-4
	docs  []string
}

func (a consent) visit(e *Eval, c *compiled, vi int32) {
	v := &e.t.Visits[vi]
	if e.b.Vocab.Setting(v.MedType)&claim.Inpatient == 0 || v.Open || e.exempt(c, vi) {
		return
	}
	var own, total claim.Money
	for i := range e.t.Setls {
		s := &e.t.Setls[i]
		if s.Visit != vi {
			continue
		}
		b := e.t.Source(s.Src)
		own += claim.Money(b.I64(b.Table.MustCol("fulamt_ownpay_amt"), int(s.Row))).Or(0)
		total += s.Total.Or(0)
	}
	if total <= 0 || int64(own)*10_000 <= a.ratio*int64(total) {
		return
	}
	signed := e.ofVisit("consent", vi)
	if len(signed) == 0 {
		e.skip(c, v.Inst, "本次住院没有上传任何同意书")
		return
	}
	for _, r := range signed {
		if containsAny(e.docType(r), a.docs...) {
			return
		}
	}
	share := claim.MulDiv(int64(own), 1_000, int64(total))
	e.hitVisit(c, vi, e.unitVisit(vi), nil, fact("实际", "自费 %s 元，占 %s", own, percent(share)), fact("限额", "%d%%", a.ratio/100))
}

// percent writes a share given in thousandths.
func percent(thousandths int64) string {
	s := claim.Qty(thousandths * 1_000).String()
	return strings.TrimSuffix(s, ".0") + "%"
}
