package online

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// slab is rows of one table being filled, in memory that is used again for the next request.
type slab struct {
	b    *claim.Batch
	used []int  // the columns that calls may fill
	last []said // by column: what was put last, for lines of one bill say much the same
	// written tells that there are rows, or were.
	written bool
}

// said is a value and its code. The text is the dictionary's own.
type said struct {
	text string
	code int32
}

// slabs is the sink of a request: rows in columns over the desk's dictionaries.
type slabs struct {
	ds  *claim.Dicts
	of  [tableCount]slab
	cur *slab
	psn int32 // person of the rows
}

// columns that each table's mapping may fill, found by asking the mapping itself with everything there is.
var mapped = func() (out [tableCount]map[int]bool) {
	var n noter
	p, e, o := fullest()
	putPerson(&n, p)
	putVisit(&n, p, e, e.Inst, "990100")
	putSettlement(&n, p, e, e.Inst, "990100", "S", e.Begin, 1)
	putOrder(&n, p, e, o, e.Inst, "S", e.Begin)
	return n.cols
}()

// noter is a sink that notes which columns were given.
type noter struct {
	cols [tableCount]map[int]bool
	days [tableCount]map[int]bool // times of which only the day was given
	cur  int
}

func (n *noter) row(t int) {
	if n.cur = t; n.cols[t] == nil {
		n.cols[t], n.days[t] = map[int]bool{}, map[int]bool{}
	}
}
func (n *noter) str(col int, _ string) { n.cols[n.cur][col] = true }

func (n *noter) num(col int, v int64) {
	n.cols[n.cur][col] = true
	if callTables[n.cur].Columns[col].Type == claim.Tm && claim.Time(v).DayOnly() {
		n.days[n.cur][col] = true
	}
}

func (n *noter) end() {}

// fullest is a patient, encounter and order that say everything a request can say.
func fullest() (*Patient, *Encounter, *Order) {
	at := claim.DayOf(2025, 1, 2).Start() &^ 1
	p := &Patient{ID: "P", Name: "N", Sex: "1", Birth: at.Day(), Area: "990100", PsnType: "11", CertNo: "C", CertType: "01"}
	e := &Encounter{ID: "V", Inst: "I", Ward: "W", Bed: "B", Begin: at, End: at, MainDiag: "J00", MainDiagName: "J", Doctor: "D", DeptIn: "1", DeptInName: "1",
		DeptOut: "1", DeptOutName: "1", Kind: "2", MedType: "21", Matn: "1", Insutype: "310", Total: 1, Own: 1, SelfPay: 1, Account: 1, Fund: 1,
		Diagnoses:  []Diagnosis{{InOut: "1", Main: true, Order: 1, Code: "J00", Name: "J", At: at}},
		Operations: []Operation{{ID: "O", Code: "36", Name: "O", Main: true, On: at.Day(), Surgeon: "S", Anaesth: "A"}}, DscgWay: "1", Rescue: true, Emergency: true}
	o := &Order{ID: "O", Rxno: "R", Group: "G", ListType: "101", Charge: "09", TakeHome: true, Item: "X", Name: "X", HospItem: "H", HospName: "H", DosForm: "F", Cnt: 1,
		Price: 1, Amount: 1, Own: 1, SelfPay: 1, Unit: "U", Begin: at, Dept: "1", DeptName: "1", Doctor: "D", Title: "1", Days: 1, Dose: "1", DoseUnit: "g", Frequency: "1", Way: "1"}
	p.Encounters = []Encounter{*e}
	return p, e, o
}

func newSlabs(ds *claim.Dicts) *slabs {
	s := &slabs{ds: ds}
	for t := range s.of {
		s.of[t].b = claim.NewBatch(callTables[t])
		s.of[t].written = true // empty columns are made like emptied ones
		s.of[t].last = make([]said, len(callTables[t].Columns))
		for c := range callTables[t].Columns {
			if mapped[t][c] || t == tVisit || (t == tSettlement && (c == sRefund || c == sInit)) { // visits are completed from what history knows of them
				s.of[t].used = append(s.of[t].used, c)
			}
		}
	}
	s.reset()
	return s
}

func (s *slabs) reset() {
	for t := range s.of {
		b := s.of[t].b
		if !s.of[t].written {
			continue
		}
		s.of[t].written = false
		b.N, b.Pers, b.Visit, b.Setl = 0, b.Pers[:0], b.Visit[:0], b.Setl[:0]
		for _, c := range s.of[t].used {
			col := &b.Cols[c]
			if b.Table.Columns[c].Type == claim.Str {
				col.Text.Off, col.Text.Data = append(col.Text.Off[:0], 0), col.Text.Data[:0]
			} else if b.Table.Columns[c].Type.Wide() {
				col.I64 = col.I64[:0]
			} else {
				col.I32 = col.I32[:0]
			}
		}
	}
}

func (s *slabs) row(t int) {
	s.cur = &s.of[t]
	s.cur.written = true
	b := s.cur.b
	for _, c := range s.cur.used {
		col, k := &b.Cols[c], &b.Table.Columns[c]
		switch {
		case k.Type == claim.Str: // closed by end
		case k.Type.Wide():
			col.I64 = append(col.I64, claim.None64)
		default:
			col.I32 = append(col.I32, k.Absent())
		}
	}
	b.Pers, b.Visit, b.Setl = append(b.Pers, s.psn), append(b.Visit, 0), append(b.Setl, 0)
}

func (s *slabs) str(col int, v string) {
	b := s.cur.b
	c, k := &b.Cols[col], &b.Table.Columns[col]
	if k.Type == claim.Code {
		x := &s.cur.last[col]
		if x.text != v {
			code := s.ds[k.Dict].Put(v)
			*x = said{s.ds[k.Dict].String(code), code}
		}
		c.I32[b.N] = x.code
		return
	}
	if n := len(c.Text.Off); n == b.N+2 { // given again: the later value stands
		c.Text.Data, c.Text.Off = c.Text.Data[:c.Text.Off[n-2]], c.Text.Off[:n-1]
	}
	c.Text.Append(v)
	switch k.Name {
	case "mdtrt_id":
		b.Visit[b.N] = claim.KeyOf(v)
	case "setl_id":
		b.Setl[b.N] = claim.KeyOf(v)
	}
}

func (s *slabs) num(col int, v int64) {
	b := s.cur.b
	if c := &b.Cols[col]; b.Table.Columns[col].Type.Wide() {
		c.I64[b.N] = v
	} else {
		c.I32[b.N] = int32(v)
	}
}

func (s *slabs) end() {
	b := s.cur.b
	b.N++
	for _, c := range s.cur.used {
		if b.Table.Columns[c].Type == claim.Str {
			if t := &b.Cols[c].Text; len(t.Off) < b.N+1 {
				t.Off = append(t.Off, uint32(len(t.Data)))
			}
		}
	}
}

// part is the rows of a table as the assembler takes them.
func (s *slabs) part(t int, driver bool) claim.Part {
	return claim.NewPart(claim.Source{Batch: s.of[t].b, Driver: driver})
}
