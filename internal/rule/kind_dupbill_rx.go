package rule

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind DUPBILL over prescriptions at pharmacies: dispensed again, or after it has run out.
func init() {
	register("DUPBILL", "prescription", func(p *params, c *Card) (any, error) {
		a := rxReuse{valid: claim.Day(p.int("valid_d", 3)), window: claim.Day(p.int("window_d", 90)), long: claim.Qty(p.int("long_d", 28)) * 10_000}
		if a.window > 30*(BookRxMonths-1) {
			return nil, fmt.Errorf("参数 window_d 不能超过 %d", 30*(BookRxMonths-1))
		}
		return a, nil
	})
}

type rxReuse struct {
	valid, window claim.Day
	long          claim.Qty // days of supply from which a prescription is a long one, in 1e-4
}

func (rxReuse) rows() BookRows { return BookRx }

// rxColumns are the columns of a prescription line.
type rxColumns struct{ rx, hi, days int }

var rxCols = func() rxColumns {
	t := claim.MustTable("fee")
	return rxColumns{t.MustCol("rxno"), t.MustCol("hi_rxno"), t.MustCol("prd_days")}
}()

// rxRow is the prescription that a line names: by its national number, else by the number of the one prescription of the
// person that bears it, unless that has a national number of its own. found tells whether the register has it.
func rxRow(t *claim.Timeline, l *claim.Line) (row claim.RowRef, found bool) {
	rx, hi := t.Str(l, rxCols.rx), t.Str(l, rxCols.hi)
	n := 0
	for _, r := range t.Extra["prescription"] {
		c := r.B.Table.MustCol
		own := r.B.Str(c("hi_rxno"), r.Row)
		if hi != "" && own == hi {
			return r, true
		}
		if other := hi != "" && own != ""; rx != "" && !other && r.B.Str(c("rxno"), r.Row) == rx {
			row = r
			n++
		}
	}
	return row, n == 1
}

// rxName names a line's prescription: the national number; the number with who prescribed it; else, for who prescribed is
// unknown, the number with pharmacy and person.
func rxName(t *claim.Timeline, ds *claim.Dicts, l *claim.Line) string {
	rx, hi := t.Str(l, rxCols.rx), t.Str(l, rxCols.hi)
	if hi != "" {
		return key("hi", hi)
	}
	if rx == "" {
		return ""
	}
	if r, ok := rxRow(t, l); ok {
		return key("rx", ds[claim.DictInst].String(r.B.I32(r.B.Table.MustCol("fixmedins_code"), r.Row)), rx)
	}
	return key("own", ds[claim.DictInst].String(l.Inst), ds[claim.DictPerson].String(t.Pers), rx)
}

// prescribed is how much of an item the prescription says, 0 when it does not: drugs is a list of objects with hilist_code
// (or med_list_codg) and cnt (or rx_drug_cnt, drug_cnt).
func (b *Bound) prescribed(t *claim.Timeline, l *claim.Line) claim.Qty {
	r, ok := rxRow(t, l)
	if !ok {
		return 0
	}
	text := r.B.Str(r.B.Table.MustCol("drugs"), r.Row)
	if text == "" {
		return 0
	}
	var drugs []map[string]any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if d.Decode(&drugs) != nil {
		return 0
	}
	var sum claim.Qty
	for _, g := range drugs {
		item := first(g, "hilist_code", "med_list_codg")
		if n, err := claim.ParseDecimal(first(g, "cnt", "rx_drug_cnt", "drug_cnt"), 4); err == nil && b.names(item, l.Item) {
			sum += claim.Qty(n)
		}
	}
	return sum
}

// names tells whether a code, as somebody wrote it, means an item.
func (b *Bound) names(s string, item int32) bool {
	d := b.ds[claim.DictItem]
	code := d.Find(s)
	if code > 0 {
		return b.canonical(code) == b.canonical(item)
	}
	_, canon := b.resolve(s, 0)
	return (canon > 0 && canon == b.canonical(item)) || s == d.String(b.canonical(item))
}

// handedOut is how much of a drug a line handed out, in packs where it counts parts of them; None64 when that cannot be told.
func (b *Bound) handedOut(t *claim.Timeline, l *claim.Line) claim.Qty {
	area := int32(0)
	if x := b.Ref.InstOn(l.Inst, l.Time.Day()); x != nil {
		area = x.Area
	}
	cat, unit := b.Ref.CatOn(b.canonical(l.Item), area, l.Time.Day()), t.I32(l, feeUnit)
	return packs(cat, l.Cnt, b.Vocab.Flag(t.I32(l, feeSplit)) || inParts(cat, unit), unit)
}

func first(m map[string]any, names ...string) string {
	for _, n := range names {
		switch v := m[n].(type) {
		case string:
			return v
		case json.Number:
			return v.String()
		}
	}
	return ""
}

// prescriptions gathers what pharmacies dispensed on prescriptions, from the settled net lines of the person.
func (g *careRows) prescriptions() {
	t, b := g.t, g.k.b
	for i := range t.Lines {
		l := &t.Lines[i]
		if l.Setl < 0 || !b.pharmacy(l.Inst) {
			continue
		}
		rx := rxName(t, b.ds, l)
		if rx == "" {
			continue
		}
		s := &t.Setls[l.Setl]
		g.k.dispense = append(g.k.dispense, dispensed{rx: rxItem{strings.Clone(rx), b.canonical(l.Item)}, at: s.Time, inst: s.Inst, setl: strings.Clone(t.SetlID(s)),
			days: claim.Qty(t.I64(l, rxCols.days)), cnt: b.handedOut(t, l), most: b.prescribed(t, l)})
	}
}

// book keeps what was dispensed in several settlements.
func (a rxReuse) book(k *Book, c *compiled) {
	rows := k.dispense
	for lo := 0; lo < len(rows); {
		hi := lo
		for hi < len(rows) && rows[hi].rx == rows[lo].rx {
			hi++
		}
		if rows[lo].setl != rows[hi-1].setl {
			k.reused[rows[lo].rx] = append(k.reused[rows[lo].rx], rows[lo:hi]...)
		}
		lo = hi
	}
}

func (a rxReuse) visit(e *Eval, c *compiled, vi int32) {
	if e.t.Visits[vi].Setting&claim.Pharmacy == 0 || e.exempt(c, vi) {
		return
	}
	for _, li := range e.t.LinesOf(vi) {
		l := &e.t.Lines[li]
		if l.InScope <= 0 || !e.inRange(l.Month) {
			continue
		}
		if rx := rxName(e.t, e.b.ds, l); rx != "" && !a.isLong(claim.Qty(e.t.I64(l, rxCols.days))) && !a.again(e, c, li, rx) {
			a.expired(e, c, li)
		}
	}
}

func (a rxReuse) isLong(days claim.Qty) bool { return days != claim.None64 && days >= a.long }

// again tells whether the item was dispensed on the prescription before, and more than it says where that is known.
func (a rxReuse) again(e *Eval, c *compiled, li int32, rx string) bool {
	l := &e.t.Lines[li]
	rows := e.b.book.reused[rxItem{rx, e.b.canonical(l.Item)}]
	if len(rows) == 0 || l.Setl < 0 || !e.b.pharmacy(l.Inst) {
		return false
	}
	s := &e.t.Setls[l.Setl]
	id := e.t.SetlID(s)
	most := e.b.prescribed(e.t, l)
	var before *dispensed
	used, unknown, long := a.handedOut(e, li, rx)
	if long {
		return false
	}
	for i := range rows {
		o := &rows[i]
		if o.setl == id || s.Time.Day()-o.at.Day() > a.window || o.at.Clock() > s.Time.Clock() || (o.at.Clock() == s.Time.Clock() && o.setl > id) {
			continue
		}
		if a.isLong(o.days) {
			return false
		}
		if before == nil {
			before = o
		}
		unknown = unknown || o.cnt == claim.None64
		used += o.cnt
		most = max(most, o.most)
	}
	if before == nil || (most > 0 && !unknown && used <= most) {
		return false
	}
	if most > 0 && unknown {
		e.skipLine(c, li, unknownPack)
		return false
	}
	e.hitLine(c, li, nil, Fact{"项目", e.itemName(l)}, Fact{"实际", "已于" + before.at.Day().String() + "用过"}, Fact{"日期", s.Time.Day().String()},
		Fact{"前次结算", before.setl}, Fact{"前次机构", e.instName(before.inst, before.at.Day())})
	return true
}

// handedOut is how much of the line's item its settlement handed out on the prescription as far as the line; unknown when that
// cannot be told. long tells whether any line of the settlement says that the prescription is a long one.
func (a rxReuse) handedOut(e *Eval, li int32, rx string) (used claim.Qty, unknown, long bool) {
	l := &e.t.Lines[li]
	for _, oi := range e.t.LinesOf(l.Visit) {
		o := &e.t.Lines[oi]
		if o.Setl != l.Setl || e.b.canonical(o.Item) != e.b.canonical(l.Item) || rxName(e.t, e.b.ds, o) != rx {
			continue
		}
		long = long || a.isLong(claim.Qty(e.t.I64(o, rxCols.days)))
		if oi <= li {
			n := e.b.handedOut(e.t, o)
			used, unknown = used+n, unknown || n == claim.None64
		}
	}
	return used, unknown, long
}

// expired: an electronic prescription is valid as long as it says, one on paper for some days.
func (a rxReuse) expired(e *Eval, c *compiled, li int32) {
	l := &e.t.Lines[li]
	r, ok := rxRow(e.t, l)
	if !ok {
		return
	}
	col := r.B.Table.MustCol
	end, at := claim.Time(r.B.I64(col("vali_end_time"), r.Row)), claim.Time(r.B.I64(col("prsc_time"), r.Row))
	late, until := false, end.Day()
	switch paper := e.b.Vocab.Num(r.B.I32(col("rx_source"), r.Row)) == 3; {
	case end.Has() && (end.DayOnly() || l.Time.DayOnly() || end.Clock() == end.Day().Start().Clock()):
		late = l.Time.Day() > end.Day()
	case end.Has():
		late = l.Time.Clock() > end.Clock()
	case paper && at.Has():
		until = at.Day() + a.valid
		late = l.Time.Day() > until
	default:
		e.skipLine(c, li, "处方没有有效期")
		return
	}
	if late {
		e.hitLine(c, li, nil, Fact{"项目", e.itemName(l)}, Fact{"实际", "有效期至" + until.String()}, Fact{"日期", l.Time.Day().String()})
	}
}
