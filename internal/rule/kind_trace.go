package rule

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/trace/life"
)

// Kind TRACE: what the life of a box says of its sales. The cards read the book's rows of codes and leave marks on fee lines.
func init() {
	for name, mk := range map[string]func(p *params) (func(t trace, k *Book, c *compiled), error){
		"again":   again,
		"parts":   func(p *params) (func(trace, *Book, *compiled), error) { return trace.parts, nil },
		"proof":   proof,
		"missing": missing,
		"format":  func(*params) (func(trace, *Book, *compiled), error) { return trace.format, nil },
		"prefix":  func(*params) (func(trace, *Book, *compiled), error) { return trace.prefix, nil },
		"nocode":  noCodeAbuse,
		"serial":  serials,
		"expired": func(*params) (func(trace, *Book, *compiled), error) { return trace.expired, nil },
		"recall":  func(*params) (func(trace, *Book, *compiled), error) { return trace.recall, nil },
		"device":  func(*params) (func(trace, *Book, *compiled), error) { return trace.device, nil },
	} {
		register("TRACE", name, func(p *params, c *Card) (any, error) {
			t := trace{terms: life.Usual()}
			t.terms.Long, t.terms.Short = claim.Day(p.int("gap_d", 7)), claim.Day(p.int("near_d", 3))
			t.terms.Swipe, t.terms.Reach = int64(p.int("swipe_min", 30))*60_000_000, claim.Day(p.int("window_d", 365))
			if t.terms.Reach < 1 || t.terms.Reach > 30*BookCodeMonths+5 {
				return nil, fmt.Errorf("参数 window_d 应为 1 至 %d", 30*BookCodeMonths+5)
			}
			t.near = -1
			if name == "serial" {
				t.near = claim.Day((p.int("window_h", 2) + 23) / 24)
			}
			var err error
			if t.judge, err = mk(p); err != nil {
				return nil, err
			}
			return t, nil
		})
	}
}

// trace is a card over lives; judge leaves its marks.
type trace struct {
	terms life.Terms
	near  claim.Day // so many days before a sale others of the institution are compared with it, −1 none are
	judge func(t trace, k *Book, c *compiled)
}

func (trace) rows() BookRows { return BookCodes }

// SerialDays is how many days before a judged sale of a box other boxes sold by the institution matter, −1 when none do. nil
// only means all cards.
func (b *Bound) SerialDays(only map[string]bool) claim.Day {
	days := claim.Day(-1)
	for _, c := range b.bookCards(only) {
		if t, ok := c.check.(trace); ok {
			days = max(days, t.near)
		}
	}
	return days
}

func (t trace) book(k *Book, c *compiled) {
	t.terms.Where = k.place
	t.judge(t, k, c)
}

// eachAgain calls f for every sale too many that insurance paid, with the row that names its line.
func (t trace) eachAgain(k *Book, c *compiled, devices bool, f func(b *boxLife, a *life.Again, r *codeRow)) {
	boxes := k.boxes()
	for i := range boxes {
		b := &boxes[i]
		if b.device != devices || len(b.Sales) < 2 {
			continue
		}
		pack := k.pack(b)
		for _, a := range b.Again(&t.terms, pack) {
			s := &b.Sales[a.Sale]
			if a.Explained() || !s.Paid {
				continue
			}
			r := b.line(s)
			if first := b.settledLater(&t.terms, a.Sale); first >= 0 {
				a.Prev, a.Sale = a.Sale, first
				r = b.line(&b.Sales[first])
			}
			if r != nil && r.Kind == life.Sold {
				f(b, &a, r)
			}
		}
	}
}

// settledLater is the first sale of a box where that was settled in a later month than the sale too many, which was the first to be paid: a long
// stay's box, sold again before the stay is settled. The month in which the second payment was made must find it, since the month of the first
// knew of one payment only. -1: it is as usual.
func (b *boxLife) settledLater(t *life.Terms, again int) int {
	paid := func(i int) claim.Month {
		if s := &b.Sales[i]; s.Live() && s.Paid {
			if r := b.line(s); r != nil && r.Via == life.ByFee {
				return r.month
			}
		}
		return 0
	}
	mine, first := paid(again), -1
	for i := range b.Sales {
		m := paid(i)
		if i < again && b.Sales[i].Live() && first < 0 && (t.Reach <= 0 || b.Sales[again].At.Day()-b.Sales[i].At.Day() <= t.Reach) {
			if first = i; m <= mine {
				return -1
			}
		}
		if i != again && m != 0 && (m < mine || (m == mine && i < again)) { // it was not the first to be paid
			return -1
		}
	}
	if mine == 0 {
		return -1
	}
	return first
}

// pack is how many smallest units the box holds, as the earliest report says whose item has a known pack; 0 unknown.
func (k *Book) pack(b *boxLife) (n claim.Qty) {
	var by *codeRow
	for i := range b.rows {
		r := &b.rows[i]
		if r.item == 0 || (by != nil && cmp.Or(cmp.Compare(r.At.Clock(), by.At.Clock()), strings.Compare(k.itemCode(r.item), k.itemCode(by.item))) >= 0) {
			continue
		}
		if cat := k.cat(r.item, r.Inst, r.At.Day()); cat != nil && cat.PacCnt.Has() && cat.PacCnt > 0 {
			n, by = cat.PacCnt, r
		}
	}
	return n
}

func (k *Book) itemCode(item int32) string { return k.b.ds[claim.DictItem].String(item) }

// story are the facts of a sale too many: the class, the sale before, how often, how many persons. Persons are counted,
// never named: the finding is read at the institution.
func (k *Book) story(b *boxLife, a *life.Again) []Fact {
	p, s := &b.Sales[a.Prev], &b.Sales[a.Sale]
	return []Fact{{"码", b.rows[0].code}, {"实际", a.Class.String()}, {"量", strconv.Itoa(a.Count)}, {"限额", "1"}, {"前次", p.At.String()}, {"前次机构", k.instText(p.Inst, p.At.Day())},
		{"人数", strconv.Itoa(a.Persons)}, {"间隔天数", strconv.Itoa(int(max(s.At.Day()-p.At.Day(), p.At.Day()-s.At.Day())))}}
}

func (k *Book) instText(inst int32, d claim.Day) string {
	if x := k.b.Ref.InstOn(inst, d); x != nil && x.Name != 0 {
		return k.b.ds[claim.DictText].String(x.Name)
	}
	return k.b.ds[claim.DictInst].String(inst)
}

// again: a box sold again (T001) and its narrower readings (T002–T007, T017), E013 for devices.
func again(p *params) (func(trace, *Book, *compiled), error) {
	reading, devices := p.str("reading", "main"), p.bool("devices", false)
	least := p.int("min", 2)
	holds, ok := map[string]func(a *life.Again) bool{
		"main":    func(a *life.Again) bool { return true },
		"same":    func(a *life.Again) bool { return a.Same },
		"long":    func(a *life.Again) bool { return a.Long },
		"near":    func(a *life.Again) bool { return a.Near },
		"area":    func(a *life.Again) bool { return a.Areas },
		"shop":    func(a *life.Again) bool { return a.Shop },
		"persons": func(a *life.Again) bool { return a.Persons >= 2 },
	}[reading]
	if !ok {
		return nil, fmt.Errorf("参数 reading 不认识 %q", reading)
	}
	return func(t trace, k *Book, c *compiled) {
		t.eachAgain(k, c, devices, func(b *boxLife, a *life.Again, r *codeRow) {
			if a.Over || a.Count < least || !holds(a) {
				return
			}
			if devices && b.Sales[a.Prev].Inst == b.Sales[a.Sale].Inst {
				return // used again in one house: E003
			}
			k.markLine(c, r, lineMark{unit: b.rows[0].code, facts: k.story(b, a)})
		})
		if devices {
			t.restocked(k, c)
		}
	}, nil
}

// restocked: a device that a patient was billed for came into stock again without having been returned.
func (t trace) restocked(k *Book, c *compiled) {
	boxes := k.boxes()
	for i := range boxes {
		b := &boxes[i]
		if !b.device {
			continue
		}
		for si := range b.Sales {
			s := &b.Sales[si]
			if !s.Live() || !s.Paid {
				continue
			}
			for e := range b.Stock {
				x := &b.Stock[e]
				if (x.Kind == life.Bought || x.Kind == life.MovedIn) && x.At.Day() > s.At.Day() {
					before := slices.ContainsFunc(b.Stock[:e], func(y life.Event) bool { return y.Kind == life.Bought || y.Kind == life.MovedIn })
					if r := b.line(s); before && r != nil {
						k.markLine(c, r, lineMark{unit: b.rows[0].code, facts: []Fact{{"码", b.rows[0].code}, {"实际", "使用后又" + x.Kind.String()}, {"前次", x.At.String()},
							{"前次机构", k.instText(x.Inst, x.At.Day())}}})
					}
					break
				}
			}
		}
	}
}

// parts: parts of a pack that add up to more than the pack, over patients (T015); whole packs of a pharmacy under the mark
// of split packs.
func (t trace) parts(k *Book, c *compiled) {
	boxes := k.boxes()
	for i := range boxes {
		b := &boxes[i]
		if b.device {
			continue
		}
		pack := k.pack(b)
		for _, a := range b.Again(&t.terms, pack) {
			s := &b.Sales[a.Sale]
			r := b.line(s)
			if !a.Over || !s.Paid || r == nil {
				continue
			}
			num, den := int64(a.Excess), int64(s.Qty)
			if den <= 0 || num <= 0 || num > den {
				num, den = 1, 1
			}
			k.markLine(c, r, lineMark{unit: b.rows[0].code, num: num, den: den * max(1, r.boxes), facts: []Fact{{"码", b.rows[0].code}, {"实际", "累计超出" + a.Excess.String()}, {"限额", pack.String()}}})
		}
		for si := range b.Sales {
			s := &b.Sales[si]
			if r := b.line(s); s.Live() && s.Split && s.Paid && pack > claim.QtyOne && s.Qty >= pack && s.Qty%pack == 0 && r != nil && !k.place(s.Inst).Hospital {
				k.markLine(c, r, lineMark{unit: "whole" + b.rows[0].code, facts: []Fact{{"码", b.rows[0].code}, {"实际", "整盒标为拆零"}, {"限额", pack.String()}}})
			}
		}
	}
}

// proof: sold without ever having arrived (T008), before it arrived (T009), after it was sent back or destroyed, or taken
// back by another than sold it (T010).
func proof(p *params) (func(trace, *Book, *compiled), error) {
	want, ok := map[string][]life.Proof{"none": {life.NoProof}, "late": {life.TooLate}, "gone": {life.GaveBack, life.Scrapped, life.WrongPlace}}[p.str("want", "none")]
	if !ok {
		return nil, fmt.Errorf("参数 want 只能是 none、late、gone")
	}
	back, late := claim.Day(p.int("lookback_d", 365)), claim.Day(p.int("late_d", 7))
	share, err := ratio(p.str("coded", "0.95"))
	if err != nil {
		return nil, err
	}
	return func(t trace, k *Book, c *compiled) {
		boxes := k.boxes()
		for i := range boxes {
			b := &boxes[i]
			for si := range b.Sales {
				s := &b.Sales[si]
				r := b.line(s)
				if !s.Live() || !s.Paid || b.device || r == nil || !k.inMonths(r) {
					continue
				}
				got, e := b.Proof(&t.terms, si, back, late)
				if got == life.Proved && slices.ContainsFunc(b.Sales[:si], func(o life.Sale) bool { return o.Astray != 0 && o.Astray == s.Inst }) {
					got = life.WrongPlace
				}
				if !slices.Contains(want, got) {
					continue
				}
				m := lineMark{unit: b.rows[0].code, facts: []Fact{{"码", b.rows[0].code}}}
				switch got {
				case life.NoProof:
					if n := k.codes.coded[s.Inst]; n[1] == 0 || n[0]*share[1] < n[1]*share[0] {
						k.skip(c, s.Inst, "购进带码率不足", 1)
						continue
					}
					if f := k.codes.since[s.Inst]; s.At.Day()-f < back {
						k.skip(c, s.Inst, "购进记录起始过晚", 1)
						continue
					}
					m.facts = append(m.facts, Fact{"天数", strconv.Itoa(int(back))})
				case life.Scrapped:
					m.severity = 1
					m.facts = append(m.facts, Fact{"实际", "已于" + e.At.Day().String() + "报损销毁"})
				case life.GaveBack:
					m.facts = append(m.facts, Fact{"实际", "已于" + e.At.Day().String() + "退供应商"})
				case life.WrongPlace:
					m.facts = append(m.facts, Fact{"实际", "由他处售出却在本机构退货"})
				case life.TooLate:
					m.facts = append(m.facts, Fact{"限额", e.At.Day().String()}, Fact{"天数", strconv.Itoa(int(e.At.Day() - s.At.Day()))})
				}
				k.markLine(c, r, m)
			}
		}
	}, nil
}

// ratio reads a share written as a decimal into an exact fraction.
func ratio(s string) ([2]int64, error) {
	n, err := claim.ParseDecimal(s, 4)
	if err != nil || n < 0 || n > 10_000 {
		return [2]int64{}, fmt.Errorf("比例写作 %q，应为 0 到 1 之间的小数", s)
	}
	return [2]int64{n, 10_000}, nil
}

// inMonths tells whether a row's settlement is judged now; one whose month is unknown may be.
func (k *Book) inMonths(r *codeRow) bool {
	return r.month == 0 || (r.month >= k.from && r.month <= k.to)
}

// missing: a drug of which a code is due was billed without one (T011), or a device of a list without its identifier (E006).
func missing(p *params) (func(trace, *Book, *compiled), error) {
	since, err := claim.ParseDay(p.str("effective", "2025-07-01"))
	if err != nil {
		return nil, err
	}
	listed := p.bool("listed", false)
	list := int16(p.int("list_type", 101))
	return func(t trace, k *Book, c *compiled) {
		type sold struct {
			doc  uint64
			item int32
		}
		told := map[sold]bool{} // another channel reported the code
		for i := range k.codes.rows {
			if r := &k.codes.rows[i]; r.Kind == life.Sold && r.Via != life.ByFee && r.form != life.NoCode {
				for _, d := range r.Docs[:life.DocShop] {
					if d != 0 {
						told[sold{d, r.item}] = true
					}
				}
			}
		}
		for i := range k.codes.rows {
			r := &k.codes.rows[i]
			if r.Kind != life.Sold || r.Via != life.ByFee || r.form != life.NoCode || r.list != list || r.At.Day() < since ||
				told[sold{r.Docs[life.DocSetl], r.item}] || told[sold{r.Docs[life.DocMdtrt], r.item}] {
				continue
			}
			pi, named := k.pointOn(c, r.item, r.Inst, r.At.Day())
			cat := k.cat(r.item, r.Inst, r.At.Day())
			switch {
			case listed != named: // a list of what is due, or of what is exempt
				continue
			case cat != nil && cat.NoTrace, r.Split && r.setting&claim.Pharmacy == 0, len(k.b.Ref.NoCode(r.Inst, r.item, r.At.Day())) > 0:
				continue
			}
			m := lineMark{facts: []Fact{{"实际", "无追溯码"}}, num: 1, den: 1}
			if named {
				m.pts = []int32{pi}
			}
			k.markLine(c, r, m)
		}
	}, nil
}

// pointOn is a point of the card that names an item and is in force on a day.
func (k *Book) pointOn(c *compiled, item, inst int32, d claim.Day) (int32, bool) {
	if int(item) >= len(k.b.items) {
		return -1, false
	}
	for i := range k.b.items[item] {
		if r := &k.b.items[item][i]; int(r.card) == c.idx && !r.second {
			if p := &k.b.points[r.pt]; p.From <= d && d <= p.To && (p.Area == "" || within(k.place(inst).Area, p.Area)) {
				return r.pt, true
			}
		}
	}
	return -1, false
}

// format: what was written is no code (T013).
func (t trace) format(k *Book, c *compiled) {
	for i := range k.codes.rows {
		if r := &k.codes.rows[i]; r.Kind == life.Sold && r.form == life.Bad && r.list == 101 {
			k.markLine(c, r, lineMark{unit: r.code, facts: []Fact{{"码", r.code}, {"实际", r.reason}}})
		}
	}
}

// prefix: the code's product is another than the one billed (T014). Points say which prefixes a person confirmed for which
// items; a prefix nobody confirmed accuses nobody.
func (t trace) prefix(k *Book, c *compiled) {
	owns := map[string][]string{} // prefix → item codes
	for i := range k.b.points {
		p := &k.b.points[i]
		if int(p.card) != c.idx {
			continue
		}
		for _, x := range p.allow {
			if !slices.Contains(owns[x], p.Subject) {
				owns[x] = append(owns[x], p.Subject)
			}
		}
	}
	dict := k.b.ds[claim.DictItem]
	for i := range k.codes.rows {
		r := &k.codes.rows[i]
		items := owns[r.prefix]
		if r.Kind != life.Sold || r.prefix == "" || len(items) == 0 || r.list != 101 || slices.ContainsFunc(items, func(s string) bool {
			code := dict.Find(s)
			return code > 0 && k.b.canonical(code) == r.item
		}) {
			continue
		}
		slices.Sort(items)
		k.markLine(c, r, lineMark{unit: r.code, facts: []Fact{{"码", r.code}, {"实际", r.prefix}, {"限额", strings.Join(items, "、")}}})
	}
}

// noCodeAbuse: stock made after codes were due was put on the list of stock without codes (T016). The day of production
// decides, not that of purchase.
func noCodeAbuse(p *params) (func(trace, *Book, *compiled), error) {
	cutoff, err := claim.ParseDay(p.str("cutoff", "2025-07-01"))
	return func(t trace, k *Book, c *compiled) {
		for i := range k.codes.rows {
			r := &k.codes.rows[i]
			if r.Kind != life.Sold || r.Via != life.ByFee || r.form != life.NoCode || r.list != 101 {
				continue
			}
			rows := k.b.Ref.NoCode(r.Inst, r.item, r.At.Day())
			made := claim.NoDay
			for _, x := range rows {
				if x.Made == claim.NoDay || x.Made < cutoff {
					made = claim.NoDay
					break
				}
				made = max(made, x.Made)
			}
			if made != claim.NoDay {
				k.markLine(c, r, lineMark{num: 1, den: 1, facts: []Fact{{"实际", made.String()}, {"限额", cutoff.String()}}})
			}
		}
	}, err
}

// serials: boxes with consecutive serial numbers for many persons within hours (T019).
func serials(p *params) (func(trace, *Book, *compiled), error) {
	n, window := p.int("n", 10), int64(p.int("window_h", 2))*hourMicros
	if n < 2 {
		return nil, fmt.Errorf("参数 n 至少为 2")
	}
	return func(t trace, k *Book, c *compiled) {
		type one struct {
			b      *boxLife
			s      *life.Sale
			serial int64
		}
		var all []one
		boxes := k.boxes()
		for i := range boxes {
			b := &boxes[i]
			if b.device || b.rows[0].form != life.Drug20 {
				continue
			}
			serial, err := strconv.ParseInt(b.rows[0].code[7:], 10, 64)
			for si := range b.Sales {
				if s := &b.Sales[si]; err == nil && s.Live() && s.Paid && !s.At.DayOnly() && s.Pers != 0 {
					all = append(all, one{b, s, serial})
				}
			}
		}
		inst := k.b.ds[claim.DictInst]
		slices.SortStableFunc(all, func(x, y one) int {
			if x.s.Inst != y.s.Inst {
				return strings.Compare(inst.String(x.s.Inst), inst.String(y.s.Inst))
			}
			return strings.Compare(x.b.rows[0].code, y.b.rows[0].code)
		})
		for lo := 0; lo < len(all); {
			hi := lo + 1
			for hi < len(all) && all[hi].s.Inst == all[lo].s.Inst && all[hi].b.rows[0].prefix == all[lo].b.rows[0].prefix && all[hi].serial == all[hi-1].serial+1 {
				hi++
			}
			run := slices.Clone(all[lo:hi])
			lo = hi
			slices.SortStableFunc(run, func(x, y one) int { return int(min(1, max(-1, x.s.At.Clock()-y.s.At.Clock()))) })
			for i := range run { // at fault: the one that completes n persons within the window, and those after it
				persons := map[int32]bool{}
				for j := i; j >= 0 && run[i].s.At.Clock()-run[j].s.At.Clock() <= window; j-- {
					persons[run[j].s.Pers] = true
				}
				if r := run[i].b.line(run[i].s); len(persons) >= n && r != nil {
					k.markLine(c, r, lineMark{unit: run[i].b.rows[0].code, facts: []Fact{{"码", run[i].b.rows[0].code}, {"实际", strconv.Itoa(len(persons))}, {"限额", strconv.Itoa(n)}}})
				}
			}
		}
	}, nil
}

// expired: sold after the last day it may be used (T020): the last day itself is still good.
func (t trace) expired(k *Book, c *compiled) {
	k.eachBatch(func(s *life.Sale, r *codeRow, said batchSaid) {
		if said.expiry != claim.NoDay && s.At.Day() > said.expiry {
			k.markLine(c, r, lineMark{unit: r.code, facts: []Fact{{"实际", said.expiry.String()}, {"批号", said.lot}}})
		}
	})
}

// recall: of a lot that was recalled (T021). A point names the item, the lots and from when they may not be sold.
func (t trace) recall(k *Book, c *compiled) {
	k.eachBatch(func(s *life.Sale, r *codeRow, said batchSaid) {
		if pi, ok := k.pointOn(c, r.item, s.Inst, s.At.Day()); ok && said.lot != "" && slices.Contains(k.b.points[pi].allow, said.lot) {
			k.markLine(c, r, lineMark{unit: r.code, pts: []int32{pi}, facts: []Fact{{"实际", said.lot}, {"批号", said.lot}}})
		}
	})
}

// eachBatch calls f for every sale that insurance paid with what is known of its batch: what its own reports say, else the purchase of
// the box, else the purchase of the batch number that the sales upload names. Lot and expiry may come from different reports.
func (k *Book) eachBatch(f func(s *life.Sale, r *codeRow, said batchSaid)) {
	boxes := k.boxes()
	for i := range boxes {
		b := &boxes[i]
		for si := range b.Sales {
			s := &b.Sales[si]
			r := b.line(s)
			if !s.Live() || !s.Paid || r == nil || !k.inMonths(r) {
				continue
			}
			said := batchSaid{expiry: claim.NoDay}
			for _, n := range s.Rows {
				said.add(b.rows[n].lot, b.rows[n].expiry)
			}
			var last *codeRow // the purchase before the sale, else the first after it
			for n := range b.Stock {
				if x := &b.Stock[n]; x.Kind == life.Bought && x.Inst == s.Inst && (last == nil || x.At.Day() <= s.At.Day()) {
					last = &b.rows[x.Row]
				}
			}
			if last != nil {
				said.add(last.lot, last.expiry)
			}
			for _, n := range s.Rows {
				said.of(k, &b.rows[n])
			}
			f(s, r, said)
		}
	}
	for i := range k.codes.rows {
		if r := &k.codes.rows[i]; r.sn == noLine && r.Kind == life.Sold && r.Paid {
			said := batchSaid{r.lot, r.expiry}
			said.of(k, r)
			f(&life.Sale{Event: r.Event}, r, said)
		}
	}
}

// batchSaid is what is known of a box's batch.
type batchSaid struct {
	lot    string
	expiry claim.Day
}

func (s *batchSaid) add(lot string, expiry claim.Day) {
	if s.lot == "" {
		s.lot = lot
	}
	if s.expiry == claim.NoDay {
		s.expiry = expiry
	}
}

// of adds what the purchase of the batch says that a report names.
func (s *batchSaid) of(k *Book, r *codeRow) {
	if r.batch != "" {
		if x, ok := k.codes.batches[batchKey{r.Inst, r.item, r.batch}]; ok {
			s.add(x.lot, x.expiry)
		}
	}
}

// device: a single-use device with one identifier used for two patients, or in two visits (E003).
func (t trace) device(k *Book, c *compiled) {
	t.eachAgain(k, c, true, func(b *boxLife, a *life.Again, r *codeRow) {
		p, s := &b.Sales[a.Prev], &b.Sales[a.Sale]
		if p.Inst == s.Inst {
			k.markLine(c, r, lineMark{unit: b.rows[0].code, facts: k.story(b, a)})
		}
	})
}
