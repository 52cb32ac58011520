package rule

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// swipe is a live settlement as an institution's day book has it.
type swipe struct {
	at           claim.Time
	key          uint64 // of the settlement
	inst, pers   int32
	shop         bool // a pharmacy's
	total, acct  claim.Money
	id, dev, who string // setl_id, terminal, operator
}

// bedRow is a patient in a bed.
type bedRow struct {
	inst, pers int32
	visit      uint64
	mdtrt, bed string
	from, to   claim.Time
	month      claim.Month // of the visit, 0 = open
	begun      claim.Month
}

// surgery is an operation of a surgeon.
type surgery struct {
	doctor, inst, pers int32
	visit              uint64
	mdtrt              string
	from, to           claim.Time
	month, begun       claim.Month
}

// doctorStay is a practitioner's own in-patient visit, from the day of admission to that of discharge, without the days
// of leave.
type doctorStay struct {
	pers    int32
	in, out claim.Day
	mdtrt   string
	leave   [][2]claim.Day
}

type rxItem struct {
	rx   string // prescription: what names it
	item int32
}

// dispensed is one settlement's part of a prescription.
type dispensed struct {
	rx        rxItem
	at        claim.Time
	inst      int32
	setl      string
	days      claim.Qty // of supply, 1e-4, None64 when not said
	cnt, most claim.Qty // dispensed, and what the prescription says (0 = unknown)
}

// AddSwipes gathers a bucket's settlements: settlements of some months as drivers, and refunds of all. Of those too old to be
// judged with only the clocks count.
func (k *Book) AddSwipes(sources []claim.Source) {
	if k.rows&BookSwipes == 0 {
		return
	}
	late := make([]claim.Source, len(sources))
	for i, s := range sources {
		late[i] = s
		if s.Driver && s.Batch.Table.Name == "settlement" {
			late[i].Batch = k.clocked(s.Batch)
		}
	}
	as := claim.NewAssembler(k.b.Vocab, late, k.to.Last())
	t := claim.MustTable("settlement")
	dev, who, acct, mt := t.MustCol("dev_no"), t.MustCol("opter"), t.MustCol("acct_pay"), t.MustCol("med_type")
	for {
		p, ok := as.Next()
		if !ok {
			return
		}
		for i := range p.Setls {
			s := &p.Setls[i]
			if s.Time.DayOnly() || !s.Time.Has() || s.Month < k.from-1 || s.Month > k.to || !k.shard.Has(s.Inst) {
				continue
			}
			b, r := p.Source(s.Src), int(s.Row)
			k.swipes = append(k.swipes, swipe{at: s.Time, key: s.Key, inst: s.Inst, pers: p.Pers, total: s.Total, acct: claim.Money(b.I64(acct, r)).Or(0),
				shop: k.b.isShop(s.Inst, s.Time.Day(), b.I32(mt, r)), id: strings.Clone(p.SetlID(s)), dev: strings.Clone(b.Str(dev, r)), who: strings.Clone(b.Str(who, r))})
		}
	}
}

// clocked counts the clocks of a batch of settlements and returns those that verdicts may depend on.
func (k *Book) clocked(b *claim.Batch) *claim.Batch {
	at, inst, refund := b.Table.MustCol("setl_time"), b.Table.MustCol("fixmedins_code"), b.Table.MustCol("refd_setl_flag")
	var rows []int
	for r := range b.N {
		when := claim.Time(b.I64(at, r))
		day := when.Day()
		if day >= k.since {
			rows = append(rows, r)
		}
		if i := b.I32(inst, r); when.Has() && !when.DayOnly() && !k.b.Vocab.Flag(b.I32(refund, r)) && k.shard.Has(i) {
			key := instMonth{i, day.Month()}
			k.clocks[key] = k.clocks[key].add(clock(when))
		}
	}
	if len(rows) == b.N {
		return b
	}
	return b.Pick(rows)
}

// isShop tells whether a settlement is a pharmacy's: by its med_type, else by what the institution is.
func (b *Bound) isShop(inst int32, d claim.Day, medType int32) bool {
	if medType != 0 {
		return b.Vocab.Setting(medType)&claim.Pharmacy != 0
	}
	x := b.Ref.InstOn(inst, d)
	return x != nil && x.Type == 2
}

// AddCare gathers what chosen persons' visits say: beds, operations, prescriptions dispensed, practitioners' own stays.
// The sources hold these persons' visits, settlements, lines with prescriptions and registers.
func (k *Book) AddCare(sources []claim.Source) {
	if k.rows&(BookBeds|BookOps|BookRx|BookDoctors) == 0 {
		return
	}
	as := claim.NewAssembler(k.b.Vocab, sources, k.to.Last())
	g := careRows{k: k}
	for _, s := range sources {
		if s.Batch.Table.Name == "operation" {
			g.ops = append(g.ops, s.Batch)
		}
		if s.Batch.Table.Name == "person" {
			g.people = append(g.people, s.Batch)
		}
	}
	for {
		t, ok := as.Next()
		if !ok {
			return
		}
		g.add(t)
	}
}

// careRows takes the rows of one person after the other.
type careRows struct {
	k           *Book
	ops, people []*claim.Batch
	t           *claim.Timeline
	visit       map[uint64]int32
}

func (g *careRows) add(t *claim.Timeline) {
	g.t, g.visit = t, map[uint64]int32{}
	for i := range t.Visits {
		if !t.Visits[i].Out {
			g.visit[t.Visits[i].Key] = int32(i)
		}
	}
	k := g.k
	if k.rows&BookBeds != 0 {
		g.beds()
	}
	if k.rows&BookOps != 0 {
		g.operations()
	}
	if k.rows&BookRx != 0 {
		g.prescriptions()
	}
	if k.rows&BookDoctors != 0 {
		g.doctor()
	}
}

// own calls f with the person's rows of a batch sorted by person.
func (g *careRows) own(bs []*claim.Batch, f func(b *claim.Batch, r int)) {
	for _, b := range bs {
		i, _ := slices.BinarySearch(b.Pers, g.t.Pers)
		for ; i < b.N && b.Pers[i] == g.t.Pers; i++ {
			f(b, i)
		}
	}
}

// beds: a row's end is what it says, else the begin of the visit's next row, else the visit's end; one without any end is
// not judged. Mothers with their newborn share a bed rightly.
func (g *careRows) beds() {
	rows := g.t.Extra["bed_move"]
	for i, r := range rows {
		vi, ok := g.visit[r.B.Visit[r.Row]]
		if !ok || g.t.Visits[vi].Tags&claim.NewbornWithMother != 0 {
			continue
		}
		v, text := &g.t.Visits[vi], g.k.b.ds[claim.DictText]
		col := r.B.Table.MustCol
		bed := text.String(r.B.I32(col("bedno"), r.Row))
		from, to := claim.Time(r.B.I64(col("begntime"), r.Row)), claim.Time(r.B.I64(col("endtime"), r.Row))
		if !to.Has() {
			to = v.End
			for j, n := range rows {
				at := claim.Time(n.B.I64(n.B.Table.MustCol("begntime"), n.Row))
				if j != i && n.B.Visit[n.Row] == v.Key && at.Clock() > from.Clock() && (!to.Has() || at.Clock() < to.Clock()) {
					to = at
				}
			}
		}
		if bed == "" || !from.Has() || !to.Has() || v.Setting&claim.Inpatient == 0 || (v.End.Has() && v.End.Clock() < from.Clock()) {
			continue
		}
		if v.End.Has() && (v.End.Day() < to.Day() || (!v.End.DayOnly() && v.End.Clock() < to.Clock())) {
			to = v.End
		}
		place := key(text.String(r.B.I32(col("wardarea_codg"), r.Row)), text.String(r.B.I32(col("wardno"), r.Row)), bed)
		g.k.beds = append(g.k.beds, bedRow{inst: v.Inst, pers: g.t.Pers, visit: v.Key, mdtrt: strings.Clone(g.t.MdtrtID(v)), bed: place,
			from: from, to: to, month: v.Month, begun: v.Begin.Day().Month()})
	}
}

func (g *careRows) operations() {
	g.own(g.ops, func(b *claim.Batch, r int) {
		vi, ok := g.visit[b.Visit[r]]
		if !ok {
			return
		}
		v, col := &g.t.Visits[vi], b.Table.MustCol
		doctor, from, to := b.I32(col("oper_dr_code"), r), claim.Time(b.I64(col("oprn_oprt_begntime"), r)), claim.Time(b.I64(col("oprn_oprt_endtime"), r))
		if doctor == 0 || !from.Has() || !to.Has() || from.DayOnly() || to.DayOnly() || to.Clock() <= from.Clock() || to.Clock()-from.Clock() > dayMicros {
			return
		}
		g.k.surgery = append(g.k.surgery, surgery{doctor: doctor, inst: v.Inst, pers: g.t.Pers, visit: v.Key, mdtrt: strings.Clone(g.t.MdtrtID(v)),
			from: from, to: to, month: v.Month, begun: v.Begin.Day().Month()})
	})
}

const dayMicros = 24 * hourMicros

// doctor notes the person's own ended in-patient visits when the person is a practitioner.
func (g *careRows) doctor() {
	var pracs []int32
	g.own(g.people, func(b *claim.Batch, r int) {
		for _, p := range g.k.b.Ref.PractitionersByCert(strings.ToUpper(b.Str(b.Table.MustCol("certno"), r))) {
			if !slices.Contains(pracs, p) {
				pracs = append(pracs, p)
			}
		}
	})
	if len(pracs) == 0 {
		return
	}
	for i := range g.t.Visits {
		v := &g.t.Visits[i]
		if v.Out || v.Setting&claim.Inpatient == 0 || !v.End.Has() || v.Tags&(claim.DaySurgery|claim.NewbornWithMother) != 0 {
			continue
		}
		s := doctorStay{pers: g.t.Pers, in: v.Begin.Day(), out: v.End.Day(), mdtrt: strings.Clone(g.t.MdtrtID(v))}
		for _, l := range g.t.Extra["leave"] {
			if l.B.Visit[l.Row] == v.Key {
				col := l.B.Table.MustCol
				from, to := claim.Time(l.B.I64(col("begntime"), l.Row)), claim.Time(l.B.I64(col("endtime"), l.Row))
				if !to.Has() {
					to = v.End
				}
				s.leave = append(s.leave, [2]claim.Day{from.Day(), to.Day()})
			}
		}
		for _, p := range pracs {
			g.k.doctor[p] = append(g.k.doctor[p], s)
		}
	}
}

// covers tells whether the practitioner lay in hospital on the whole day.
func (s *doctorStay) covers(d claim.Day) bool {
	if d <= s.in || d >= s.out {
		return false
	}
	return !slices.ContainsFunc(s.leave, func(l [2]claim.Day) bool { return l[0] <= d && d <= l[1] })
}
