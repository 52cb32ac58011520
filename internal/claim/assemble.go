package claim

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Source is a batch that takes part in an assembly. Its rows are sorted by Pers.
type Source struct {
	Batch *Batch
	// Driver batches decide which persons are assembled; the rows of the others only join them.
	Driver bool
	// Extra batches repeat rows that another source may hold too (reversals and negative lines of all months): rows
	// already seen are skipped.
	Extra bool
	// Past batches hold rows of the months before those judged; where the assembler knows a Past, only those that count
	// are read.
	Past bool
	// Mixed batches hold a person's rows of several months, month after month: not in order of time.
	Mixed bool
}

// Assembler turns sorted batches of several tables into one Timeline a person.
type Assembler struct {
	vocab *Vocab
	cur   []cursor
	next  []int32   // by cursor: the first person it has not given yet, noPerson at its end
	live  []*cursor // those with rows of the person
	tl    Timeline
	// AsOf is the evaluation day for stays that have not ended.
	AsOf Day

	past   chooser
	negs   []Line
	seen   map[uint64]struct{}
	dead   map[uint64]bool // settlement key → reversed
	skeys  []keyIdx
	order  []int32
	rawSet []rawSettlement
	open   bool // some line names no settlement
	// feeSources counts the sources that gave the person lines.
	feeSources int
	unsorted   int // 1 where a single source may be out of order
}

type keyIdx struct {
	key uint64
	idx int32
}

type cursor struct {
	Source
	cols *sourceCols
	tab  string // name of the table
	src  uint16
	pos  int
	lo   int
	hi   int
}

// NewAssembler prepares the assembly of the sources.
func NewAssembler(v *Vocab, sources []Source, asOf Day) *Assembler {
	a := &Assembler{vocab: v, AsOf: asOf, seen: map[uint64]struct{}{}, dead: map[uint64]bool{}}
	a.tl.Vocab = v
	a.tl.Extra = map[string][]RowRef{}
	for i, s := range sources {
		c := cursor{Source: s, cols: newSourceCols(s.Batch), tab: s.Batch.Table.Name, src: uint16(i)}
		a.cur = append(a.cur, c)
		a.next = append(a.next, c.person())
		a.tl.sources = append(a.tl.sources, s.Batch)
		a.tl.cols = append(a.tl.cols, c.cols)
	}
	return a
}

// Look makes the assembler leave past rows out that cannot bear on what is judged.
func (a *Assembler) Look(p *Past) *Assembler {
	a.past.Past = p
	return a
}

// Next assembles the next person, in ascending order of code. The timeline is valid until the following call.
func (a *Assembler) Next() (*Timeline, bool) {
	pers := int32(noPerson)
	for i, p := range a.next {
		if p < pers && a.cur[i].Driver {
			pers = p
		}
	}
	if pers == noPerson {
		return nil, false
	}
	a.live = a.live[:0]
	for i, p := range a.next {
		if p > pers {
			continue
		}
		c := &a.cur[i]
		if c.seek(pers) {
			a.live = append(a.live, c)
		}
		a.next[i] = c.person()
	}
	a.build(pers)
	return &a.tl, true
}

const noPerson = math.MaxInt32

// person is whose row comes next.
func (c *cursor) person() int32 {
	if c.pos < len(c.Batch.Pers) {
		return c.Batch.Pers[c.pos]
	}
	return noPerson
}

// Part is one person's rows of a batch: rows Lo … Hi−1.
type Part struct {
	Source
	Lo, Hi int
	cols   *sourceCols
}

// NewPart prepares all rows of a batch as a part. The batch may be read again and again, by many goroutines.
func NewPart(s Source) Part { return Part{Source: s, Hi: s.Batch.N, cols: newSourceCols(s.Batch)} }

// Of is the part of a batch that holds a person's rows.
func (p Part) Of(pers int32) Part {
	p.Lo, _ = slices.BinarySearch(p.Batch.Pers, pers)
	for p.Hi = p.Lo; p.Hi < p.Batch.N && p.Batch.Pers[p.Hi] == pers; {
		p.Hi++
	}
	return p
}

// One assembles one person of parts, whoever else their batches hold. The timeline is valid until the following call and
// as long as the batches are.
func (a *Assembler) One(pers int32, parts []Part) *Timeline {
	t := &a.tl
	a.unsorted = 1
	a.cur, a.live, t.sources, t.cols = a.cur[:0], a.live[:0], t.sources[:0], t.cols[:0]
	for i, p := range parts {
		a.cur = append(a.cur, cursor{Source: p.Source, cols: p.cols, tab: p.Batch.Table.Name, src: uint16(i), lo: p.Lo, hi: p.Hi})
		t.sources, t.cols = append(t.sources, p.Batch), append(t.cols, p.cols)
	}
	for i := range a.cur {
		if a.cur[i].lo < a.cur[i].hi {
			a.live = append(a.live, &a.cur[i])
		}
	}
	a.build(pers)
	return t
}

// seek moves to the person's rows and tells whether there are any.
func (c *cursor) seek(pers int32) bool {
	ps := c.Batch.Pers
	step := 1
	for c.pos < len(ps) && ps[c.pos] < pers { // gallop: most sources skip many persons at once
		next := c.pos + step
		if next < len(ps) && ps[next] < pers {
			c.pos = next
			step *= 2
			continue
		}
		c.pos++
		step = 1
	}
	c.lo = c.pos
	for c.pos < len(ps) && ps[c.pos] == pers {
		c.pos++
	}
	c.hi = c.pos
	return c.lo < c.hi
}

func (a *Assembler) build(pers int32) {
	t := &a.tl
	t.Pers = pers
	t.People, t.Visits, t.Setls, t.Lines, t.Stays = t.People[:0], t.Visits[:0], t.Setls[:0], t.Lines[:0], t.Stays[:0]
	t.Diags, t.Ops, t.Births, t.Deaths = t.Diags[:0], t.Ops[:0], t.Births[:0], t.Deaths[:0]
	t.Chronics, t.Unpaired = t.Chronics[:0], t.Unpaired[:0]
	t.Orphans = t.Orphans[:0]
	for k, v := range t.Extra {
		t.Extra[k] = v[:0]
	}
	clear(a.dead)
	clear(a.seen)
	a.negs, a.rawSet, a.open = a.negs[:0], a.rawSet[:0], false
	a.feeSources = a.unsorted
	guardians := a.guardians()
	a.choosePast()
	for _, c := range a.live {
		switch c.tab {
		case "person":
			a.people(c, guardians)
		case "visit":
			a.visits(c)
		case "settlement":
			a.readSettlements(c)
		case "fee": // after settlements
		case "diagnosis":
			a.diagnoses(c)
		case "operation":
			a.operations(c)
		case "birth":
			for r := c.lo; r < c.hi; r++ {
				t.Births = append(t.Births, Birth{At: Time(c.Batch.I64(c.cols.at, r))})
			}
		case "death":
			for r := c.lo; r < c.hi; r++ {
				t.Deaths = append(t.Deaths, Death{At: Time(c.Batch.I64(c.cols.at, r)), Source: c.Batch.I32(c.cols.source, r)})
			}
		case "chronic":
			a.chronics(c)
		default:
			for r := c.lo; r < c.hi; r++ {
				t.Extra[c.tab] = append(t.Extra[c.tab], RowRef{c.Batch, r})
			}
		}
	}
	a.settle()
	for _, c := range a.live {
		if c.tab == "fee" {
			a.lines(c)
		}
	}
	a.sortVisits()
	a.net()
	a.link()
	a.stays()
}

func (a *Assembler) guardians() map[int32]bool {
	var m map[int32]bool
	for _, c := range a.live {
		if c.tab != "person_link" {
			continue
		}
		for r := c.lo; r < c.hi; r++ {
			if a.vocab.Str(c.Batch.I32(c.cols.linkType, r)) == "监护人证" {
				if m == nil {
					m = map[int32]bool{}
				}
				m[c.Batch.I32(c.cols.psn, r)] = true
			}
		}
	}
	return m
}

func (a *Assembler) people(c *cursor, guardians map[int32]bool) {
	b, k := c.Batch, c.cols
	for r := c.lo; r < c.hi; r++ {
		p := PersonRow{Psn: b.I32(k.psn, r), CertType: b.I32(k.certType, r), PsnType: b.I32(k.psnType, r),
			Insutype: b.I32(k.insutype, r), Area: b.I32(k.insuArea, r), Addr: b.I32(k.addrArea, r), Gend: int8(a.vocab.Num(b.I32(k.gend, r))),
			Birth: Day(b.I32(k.brdy, r)), From: Day(b.I32(k.begndate, r)), To: Day(b.I32(k.enddate, r))}
		if !guardians[p.Psn] && (p.CertType == 0 || a.vocab.Str(p.CertType) == "01") {
			p.Conflict = sexConflict(b.Str(k.certno, r), p.Gend, p.Birth)
		}
		a.tl.People = append(a.tl.People, p)
	}
}

// sexConflict compares the 17th digit of an 18-digit certificate with the recorded sex. A certificate with another
// birth date is somebody else's (a guardian's) and says nothing.
func sexConflict(cert string, gend int8, birth Day) bool {
	if len(cert) != 18 || (gend != 1 && gend != 2) {
		return false
	}
	if d, err := ParseDay(cert[6:14]); err != nil || d != birth {
		return false
	}
	odd := (cert[16]-'0')%2 == 1
	return cert[16] >= '0' && cert[16] <= '9' && odd != (gend == 1)
}

func (a *Assembler) visits(c *cursor) {
	b, k := c.Batch, c.cols
	for r := c.lo; r < c.hi; r++ {
		if a.leaveOut(c, r) {
			continue
		}
		v := Visit{Key: b.Visit[r], Psn: b.I32(k.psn, r), Inst: b.I32(k.inst, r), MedType: b.I32(k.medType, r),
			Insutype: b.I32(k.insutype, r), Begin: Time(b.I64(k.begntime, r)), End: Time(b.I64(k.endtime, r)),
			ErObs: Time(b.I64(k.erObs, r)), AdmDept: b.I32(k.admDept, r), AdmDeptName: b.I32(k.admDeptName, r),
			DscgDept: b.I32(k.dscgDept, r), DscgDeptName: b.I32(k.dscgDeptName, r), AdmWay: b.I32(k.admWay, r),
			DscgWay: b.I32(k.dscgWay, r), MainDiag: b.I32(k.mainDiag, r), Dise: b.I32(k.dise, r),
			Stay: -1, FirstSetl: -1, Src: c.src, Row: int32(r)}
		if v.End == NoTime || v.End.Day() >= openSince {
			v.End, v.Open = NoTime, true
		}
		v.Setting = a.vocab.Setting(v.MedType)
		v.Tags = a.visitTags(b, k, r, &v)
		a.tl.Visits = append(a.tl.Visits, v)
	}
}

// openSince: end dates in year 9999 mean "still in".
var openSince = DayOf(9000, 1, 1)

func (a *Assembler) visitTags(b *Batch, k *sourceCols, r int, v *Visit) Tags {
	var t Tags
	vo := a.vocab
	set := func(on bool, tag Tags) {
		if on {
			t |= tag
		}
	}
	flag := func(col int) bool { return vo.Flag(b.I32(col, r)) }
	set(flag(k.nwb) || b.I32(k.mom, r) != 0 || vo.Num(v.MedType) == 9921, NewbornWithMother)
	if flag(k.resc) || v.Setting&RescueCare != 0 {
		t |= Rescue
		v.Setting |= RescueCare
	}
	if flag(k.er) || v.ErObs.Has() || v.Setting&EmergencyCare != 0 {
		t |= Emergency
		v.Setting |= EmergencyCare
	}
	set(flag(k.daySurg), DaySurgery)
	set(flag(k.preIpt), PreIpt)
	set(flag(k.planned), Planned)
	mode := b.I32(k.mode, r)
	set(mode != 0 && vo.Num(mode) != 0, RemoteMode)
	set(b.Cols[k.agent].Text.At(r) != "", Agent)
	switch vo.Num(v.DscgWay) {
	case 2, 3:
		t |= Transferred
	case 4:
		t |= LeftAgainstAdvice
	case 5:
		t |= Died
	}
	if strings.HasPrefix(vo.ds[DictDiag].String(v.Dise), "N18") {
		t |= Dialysis
	}
	return t | vo.diagTag(v.MainDiag)
}

func (a *Assembler) diagnoses(c *cursor) {
	b, k := c.Batch, c.cols
	for r := c.lo; r < c.hi; r++ {
		if a.leaveOut(c, r) {
			continue
		}
		a.tl.Diags = append(a.tl.Diags, Diag{visitKey: b.Visit[r], Visit: -1, Code: b.I32(k.diagCode, r), Name: b.I32(k.diagName, r),
			Main: a.vocab.Flag(b.I32(k.diagMain, r)), Out: a.vocab.Num(b.I32(k.diagInOut, r)) == 2, Time: Time(b.I64(k.diagTime, r)),
			rank: int64(a.vocab.Num(b.I32(k.diagType, r)))<<32 + int64(b.I32(k.diagSrt, r))})
	}
}

func (a *Assembler) operations(c *cursor) {
	b, k := c.Batch, c.cols
	for r := c.lo; r < c.hi; r++ {
		a.tl.Ops = append(a.tl.Ops, Operation{visitKey: b.Visit[r], Visit: -1, Code: b.I32(k.oprnCode, r), Side: b.I32(k.side, r),
			Incision: b.I32(k.incision, r), Main: a.vocab.Flag(b.I32(k.oprnMain, r)), Srt: b.I32(k.oprnSrt, r), Begin: Time(b.I64(k.at, r)), End: Time(b.I64(k.oprnEnd, r))})
	}
}

func (a *Assembler) chronics(c *cursor) {
	b, k := c.Batch, c.cols
	for r := c.lo; r < c.hi; r++ {
		a.tl.Chronics = append(a.tl.Chronics, ChronicRow{Dise: b.I32(k.dise, r), Name: b.I32(k.diseName, r), From: Day(b.I32(k.begndate, r)),
			To: Day(b.I32(k.enddate, r)), Review: b.I32(k.review, r), Reviewed: Day(b.I32(k.reviewDate, r)), Effect: Day(b.I32(k.effect, r)), Identified: Day(b.I32(k.idetDate, r))})
	}
}

// sortVisits orders visits and hangs diagnoses and operations on them.
func (a *Assembler) sortVisits() {
	t := &a.tl
	slices.SortFunc(t.Visits, func(x, y Visit) int {
		if c := cmp.Compare(x.Begin.Clock(), y.Begin.Clock()); c != 0 {
			return c
		}
		return strings.Compare(t.MdtrtID(&x), t.MdtrtID(&y))
	})
	t.vkeys = t.vkeys[:0]
	for i := range t.Visits {
		t.vkeys = append(t.vkeys, keyIdx{t.Visits[i].Key, int32(i)})
	}
	slices.SortFunc(t.vkeys, byKey)
	for i := range t.Diags {
		t.Diags[i].Visit = find(t.vkeys, t.Diags[i].visitKey)
	}
	slices.SortStableFunc(t.Diags, func(x, y Diag) int { return cmp.Compare(x.Visit, y.Visit) })
	for i := range t.Ops {
		t.Ops[i].Visit = find(t.vkeys, t.Ops[i].visitKey)
	}
	slices.SortStableFunc(t.Ops, func(x, y Operation) int { return cmp.Compare(x.Visit, y.Visit) })
	d, o := 0, 0
	for d < len(t.Diags) && t.Diags[d].Visit < 0 {
		d++
	}
	for o < len(t.Ops) && t.Ops[o].Visit < 0 {
		o++
	}
	for i := range t.Visits {
		v := &t.Visits[i]
		v.DiagLo = int32(d)
		var in, out *Diag // main of admission, of discharge
		for ; d < len(t.Diags) && t.Diags[d].Visit == int32(i); d++ {
			g := &t.Diags[d]
			v.Tags |= a.vocab.diagTag(g.Code)
			if main := &in; g.Main {
				if g.Out {
					main = &out
				}
				if *main == nil || g.rank < (*main).rank {
					*main = g
				}
			}
		}
		v.DiagHi = int32(d)
		if out == nil {
			out = in
		}
		if v.MainDiag == 0 && out != nil {
			v.MainDiag = out.Code
		}
		if a.vocab.isPsych(v.MainDiag) {
			v.Tags |= Psychiatric
		}
		v.OpLo = int32(o)
		for o < len(t.Ops) && t.Ops[o].Visit == int32(i) {
			o++
		}
		v.OpHi = int32(o)
	}
}

func byKey(x, y keyIdx) int { return cmp.Compare(x.key, y.key) }

func find(s []keyIdx, key uint64) int32 {
	lo, hi := 0, len(s)
	for lo < hi { // without a function to compare by: it is asked for every line
		if mid := int(uint(lo+hi) >> 1); s[mid].key < key {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(s) && s[lo].key == key {
		return s[lo].idx
	}
	return -1
}

// MdtrtID is the visit's number.
func (t *Timeline) MdtrtID(v *Visit) string {
	return t.sources[v.Src].Str(t.cols[v.Src].mdtrt, int(v.Row))
}

// LineMdtrt is the number of the line's visit, also when the visit itself is unknown.
func (t *Timeline) LineMdtrt(l *Line) string {
	if l.Visit >= 0 {
		return t.MdtrtID(&t.Visits[l.Visit])
	}
	return t.sources[l.Src].Str(t.cols[l.Src].mdtrt, int(l.Row))
}

// FeedetlSn is the line's own number.
func (t *Timeline) FeedetlSn(l *Line) string {
	return t.sources[l.Src].Str(t.cols[l.Src].sn, int(l.Row))
}

// SetlMdtrt is the number of the settlement's visit, also when the visit itself is unknown.
func (t *Timeline) SetlMdtrt(s *Settlement) string {
	return t.sources[s.Src].Str(t.cols[s.Src].mdtrt, int(s.Row))
}

// SetlID is the settlement's number.
func (t *Timeline) SetlID(s *Settlement) string {
	return t.sources[s.Src].Str(t.cols[s.Src].setl, int(s.Row))
}
