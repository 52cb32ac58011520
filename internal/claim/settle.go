package claim

import (
	"cmp"
	"slices"
	"strings"
)

// rawSettlement is a settlement before reversals are taken out.
type rawSettlement struct {
	Settlement
	refund  bool
	initKey uint64
}

func (a *Assembler) readSettlements(c *cursor) {
	b, k := c.Batch, c.cols
	for r := c.lo; r < c.hi; r++ {
		if a.leaveOutSetl(c, r) {
			continue
		}
		key := b.Setl[r]
		if c.Extra {
			if _, dup := a.seen[key]; dup {
				continue
			}
		}
		a.seen[key] = struct{}{}
		s := rawSettlement{Settlement: Settlement{Key: key, VisitKey: b.Visit[r], Visit: -1, Inst: b.I32(k.inst, r),
			Insutype: b.I32(k.insutype, r), MedType: b.I32(k.medType, r), PayMode: int8(a.vocab.Num(b.I32(k.payMode, r))),
			Time: Time(b.I64(k.at, r)), From: Day(b.I32(k.begndate, r)), To: Day(b.I32(k.enddate, r)),
			Total: Money(b.I64(k.total, r)), Fund: Money(b.I64(k.fund, r)).Or(0), InScope: Money(b.I64(k.inscope, r)),
			Mulaid: Money(b.I64(k.mulaid, r)).Or(0), MidSettle: a.vocab.Flag(b.I32(k.mid, r)), Src: c.src, Row: int32(r)},
			refund: a.vocab.Flag(b.I32(k.refund, r)), initKey: KeyOf(b.Str(k.initSetl, r))}
		s.Month = s.Time.Day().Month()
		a.rawSet = append(a.rawSet, s)
	}
}

// settle takes reversals and what they reverse out together; halves without a partner go out too and are listed.
func (a *Assembler) settle() {
	t := &a.tl
	raws := a.rawSet
	slices.SortFunc(raws, func(x, y rawSettlement) int {
		if c := cmp.Compare(x.Time.Clock(), y.Time.Clock()); c != 0 {
			return c
		}
		return strings.Compare(t.SetlID(&x.Settlement), t.SetlID(&y.Settlement))
	})
	for i := range raws {
		r := &raws[i]
		if !r.refund {
			continue
		}
		p := -1
		if r.initKey != 0 {
			p = slices.IndexFunc(raws, func(s rawSettlement) bool { return s.Key == r.initKey && !s.refund })
		} else {
			last := i // what has the same time may stand behind by its number
			for last+1 < len(raws) && raws[last+1].Time.Clock() <= r.Time.Clock() {
				last++
			}
			for j := last; j >= 0; j-- {
				s := &raws[j]
				if !s.refund && s.VisitKey == r.VisitKey && s.Total == -r.Total && !a.dead[s.Key] {
					p = j
					break
				}
			}
		}
		a.dead[r.Key] = true
		if p < 0 || a.dead[raws[p].Key] {
			t.Unpaired = append(t.Unpaired, Unpaired{Table: "settlement", Src: r.Src, Row: r.Row, Month: r.Month})
			continue
		}
		a.dead[raws[p].Key] = true
	}
	a.skeys = a.skeys[:0]
	for i := range raws {
		if !a.dead[raws[i].Key] {
			a.skeys = append(a.skeys, keyIdx{raws[i].Key, int32(len(t.Setls))})
			t.Setls = append(t.Setls, raws[i].Settlement)
		}
	}
	slices.SortFunc(a.skeys, byKey)
}

// lines reads fee rows, leaving out those of reversed settlements and setting negative ones apart.
func (a *Assembler) lines(c *cursor) {
	if !c.Extra {
		a.feeSources++
	}
	if c.Mixed {
		a.feeSources++ // as if it were several
	}
	b, k := c.Batch, c.cols
	t := &a.tl
	for r := c.lo; r < c.hi; r++ {
		if a.leaveOutLine(c, r) {
			continue
		}
		setl := b.Setl[r]
		if len(a.dead) > 0 && setl != 0 && a.dead[setl] {
			continue
		}
		cnt := Qty(k.cnt.at(r))
		if cnt == 0 {
			continue
		}
		l := Line{Time: Time(k.time.at(r)), Cnt: cnt, Gross: cnt, Pric: Price(k.pric.at(r)), Item: k.item.at(r), Inst: k.instv.at(r),
			Visit: -1, Setl: -1, Src: c.src, Row: int32(r), VisitKey: b.Visit[r], setlKey: setl, List: -1, Chrg: -1}
		k.fill(&l, r, a.vocab)
		a.open = a.open || setl == 0
		if cnt < 0 {
			if c.Extra && a.hasNegative(&l) {
				continue
			}
			a.negs = append(a.negs, l)
			continue
		}
		if c.Extra {
			continue
		}
		t.Lines = append(t.Lines, l)
	}
}

func (a *Assembler) hasNegative(l *Line) bool {
	for i := range a.negs {
		n := &a.negs[i]
		if n.VisitKey == l.VisitKey && n.setlKey == l.setlKey && n.Item == l.Item && n.Cnt == l.Cnt && n.Time == l.Time &&
			a.tl.FeedetlSn(n) == a.tl.FeedetlSn(l) {
			return true
		}
	}
	return false
}

// compareLines is the order of the contract: time, mdtrt_id, feedetl_sn.
func (t *Timeline) compareLines(x, y *Line) int {
	if c := cmp.Compare(x.Time.Clock(), y.Time.Clock()); c != 0 {
		return c
	}
	if x.VisitKey != y.VisitKey {
		return strings.Compare(t.rawMdtrt(x), t.rawMdtrt(y))
	}
	return strings.Compare(t.FeedetlSn(x), t.FeedetlSn(y))
}

// rawMdtrt is the line's visit number before lines are linked: from the visit when it is known.
func (t *Timeline) rawMdtrt(l *Line) string {
	if v := find(t.vkeys, l.VisitKey); v >= 0 {
		return t.MdtrtID(&t.Visits[v])
	}
	return t.sources[l.Src].Str(t.cols[l.Src].mdtrt, int(l.Row))
}

// dropResent leaves out open lines that were sent again with their settlement: one line, two keys. Positive and negative
// lines are looked at apart, for the sign belongs to the key.
func (t *Timeline) dropResent(lines []Line) []Line {
	kept := lines[:0]
	for i := range lines {
		l := &lines[i]
		if l.setlKey == 0 && t.resent(lines, l) {
			continue
		}
		kept = append(kept, *l)
	}
	return kept
}

func (t *Timeline) resent(lines []Line, l *Line) bool {
	for j := range lines {
		o := &lines[j]
		if o.setlKey != 0 && o.VisitKey == l.VisitKey && o.Inst == l.Inst && o.Item == l.Item && t.FeedetlSn(o) == t.FeedetlSn(l) {
			return true
		}
	}
	return false
}

// net offsets negative lines against what they take back and drops what is used up.
func (a *Assembler) net() {
	t := &a.tl
	if a.feeSources > 1 {
		t.sortLines() // one source is in order already
	}
	if a.open {
		t.Lines = t.dropResent(t.Lines)
		a.negs = t.dropResent(a.negs)
	}
	if len(a.negs) == 0 {
		return
	}
	slices.SortFunc(a.negs, func(x, y Line) int { return t.compareLines(&x, &y) })
	for i := range a.negs {
		n := &a.negs[i]
		if j := t.offsetOf(n); j >= 0 {
			t.Lines[j].Cnt += n.Cnt
			continue
		}
		t.Unpaired = append(t.Unpaired, Unpaired{Table: "fee", Src: n.Src, Row: n.Row, Month: n.Month})
	}
	kept := t.Lines[:0]
	for _, l := range t.Lines {
		if l.Cnt == 0 {
			continue
		}
		if l.Cnt != l.Gross {
			l.Amt = Money(MulDiv(int64(l.Amt), int64(l.Cnt), int64(l.Gross)))
			l.InScope = Money(MulDiv(int64(l.InScope), int64(l.Cnt), int64(l.Gross)))
		}
		kept = append(kept, l)
	}
	t.Lines = kept
}

// offsetOf finds the line that a negative line takes back, −1 when there is none with enough quantity left.
func (t *Timeline) offsetOf(n *Line) int {
	if init := t.sources[n.Src].Str(t.cols[n.Src].initSn, int(n.Row)); init != "" {
		for j := range t.Lines {
			l := &t.Lines[j]
			if l.VisitKey == n.VisitKey && l.Inst == n.Inst && t.FeedetlSn(l) == init {
				if l.Cnt >= -n.Cnt {
					return j
				}
				return -1
			}
		}
	}
	for j := len(t.Lines) - 1; j >= 0; j-- {
		l := &t.Lines[j]
		if l.VisitKey == n.VisitKey && l.Item == n.Item && l.Pric == n.Pric && l.Cnt >= -n.Cnt && l.Time.Clock() <= n.Time.Clock() {
			return j
		}
	}
	return -1
}

func (t *Timeline) sortLines() {
	for i := 1; i < len(t.Lines); i++ {
		if t.compareLines(&t.Lines[i-1], &t.Lines[i]) > 0 {
			slices.SortStableFunc(t.Lines, func(x, y Line) int { return t.compareLines(&x, &y) })
			return
		}
	}
}

// link joins lines with visits and settlements, and visits with settlements.
func (a *Assembler) link() {
	t := &a.tl
	for i := range t.Setls {
		s := &t.Setls[i]
		s.Visit = find(a.tl.vkeys, s.VisitKey)
		if s.Visit < 0 {
			continue
		}
		v := &t.Visits[s.Visit]
		if v.FirstSetl < 0 {
			v.FirstSetl, v.Month = int32(i), s.Month
		}
		v.LastMonth = max(v.LastMonth, s.Month)
		if s.PayMode == 4 {
			v.Tags |= BedDayPay
		}
		if s.Mulaid > 0 && s.Fund == 0 {
			v.Tags |= FamilyAccount
		}
	}
	lastV, lastS := -1, -1
	for i := range t.Lines {
		l := &t.Lines[i]
		if lastV >= 0 && t.Lines[lastV].VisitKey == l.VisitKey {
			l.Visit = t.Lines[lastV].Visit
		} else {
			l.Visit = find(a.tl.vkeys, l.VisitKey)
		}
		lastV = i
		if l.setlKey == 0 {
			if l.Visit >= 0 {
				t.Visits[l.Visit].LastMonth = 0
			}
			continue
		}
		if lastS >= 0 && t.Lines[lastS].setlKey == l.setlKey {
			l.Setl = t.Lines[lastS].Setl
		} else {
			l.Setl = find(a.skeys, l.setlKey)
		}
		lastS = i
		if l.Setl >= 0 {
			s := &t.Setls[l.Setl]
			l.Month = s.Month
			s.LineScope += l.InScope
		}
	}
	a.dropOrphans()
	a.groupByVisit()
	for i := range t.Visits {
		v := &t.Visits[i]
		v.Out = v.FirstSetl < 0 && a.allReversed(v.Key) && !t.hasOpenLine(int32(i))
	}
}

// dropOrphans leaves out lines whose visit is unknown or withdrawn: what exempts them is unknown too. Their settlements
// stay.
func (a *Assembler) dropOrphans() {
	t := &a.tl
	kept := t.Lines[:0]
	for _, l := range t.Lines {
		if l.Visit >= 0 {
			kept = append(kept, l)
			continue
		}
		t.Orphans = append(t.Orphans, Unpaired{Table: "fee", Src: l.Src, Row: l.Row, Month: l.Month})
	}
	t.Lines = kept
}

// allReversed: the visit had settlements, and none is live.
func (a *Assembler) allReversed(visit uint64) bool {
	for i := range a.rawSet {
		if a.rawSet[i].VisitKey == visit {
			return true
		}
	}
	return false
}

func (t *Timeline) hasOpenLine(visit int32) bool {
	for _, i := range t.LinesOf(visit) {
		if t.Lines[i].Setl < 0 {
			return true
		}
	}
	return false
}

func (a *Assembler) groupByVisit() {
	t := &a.tl
	n := len(t.Visits)
	t.visitOf = append(t.visitOf[:0], make([]int32, n+1)...)
	total := 0
	for i := range t.Lines {
		if v := t.Lines[i].Visit; v >= 0 {
			t.visitOf[v+1]++
			total++
		}
	}
	for i := 0; i < n; i++ {
		t.visitOf[i+1] += t.visitOf[i]
	}
	t.byVisit = slices.Grow(t.byVisit[:0], total)[:total]
	a.order = append(a.order[:0], t.visitOf[:n]...)
	for i := range t.Lines {
		if v := t.Lines[i].Visit; v >= 0 {
			t.byVisit[a.order[v]] = int32(i)
			a.order[v]++
		}
	}
}
