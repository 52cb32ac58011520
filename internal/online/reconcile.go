package online

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Three tell of one person: the call, the delta, the lake. Of one visit the call speaks first, then the delta, then the lake, which
// fills in what they do not say; of one line the call, then the lake, then the delta.

// holdLines notes the lake's lines, which the delta must not repeat.
func (d *desk) holdLines() {
	if len(d.held) > 0 {
		return
	}
	for _, x := range d.parts {
		if x.Batch.Table != callTables[tFee] || x.Extra {
			continue
		}
		for r := x.Lo; r < x.Hi; r++ {
			d.held[line{x.Batch.Visit[r], x.Batch.Str(fID, r)}] = true
		}
	}
}

// takeLate takes the delta's rows.
func (d *desk) takeLate(rows []byte) error {
	settled := map[uint64]bool{}
	for _, x := range d.parts {
		for r := x.Lo; x.Batch.Table == callTables[tSettlement] && r < x.Hi; r++ {
			settled[x.Batch.Setl[r]] = true
		}
	}
	return eachRow(rows, func(r deltaRow) error {
		visit := claim.KeyOf(r.get(visitCol[r.table]))
		switch r.table {
		case tVisit:
			d.known[visit] |= hasVisit
		case tDiagnosis:
			if d.known[visit] |= hasDiags; d.mine[visit]&hasDiags != 0 {
				return nil
			}
		case tOperation:
			if d.known[visit] |= hasOps; d.mine[visit]&hasOps != 0 {
				return nil
			}
		case tSettlement:
			if settled[claim.KeyOf(r.get(sID))] {
				return nil
			}
		case tFee:
			k := line{visit, r.get(fID)}
			if d.lines[k] || d.held[k] {
				return nil
			}
		}
		d.late.row(r.table)
		if err := r.values(func(c int, s string, v int64) {
			if t := callTables[r.table].Columns[c].Type; t == claim.Str || t == claim.Code {
				d.late.str(c, s)
			} else {
				d.late.num(c, v)
			}
		}); err != nil {
			return err
		}
		d.late.end()
		return nil
	})
}

// reconcile leaves out what is told twice and what is not known yet.
func (d *desk) reconcile(at claim.Time) {
	late := claim.NewPart(claim.Source{Batch: d.late.of[tVisit].b})
	if d.visits = late.Batch; d.complete(late, d.now, at) {
		d.visits = d.late.of[tVisit].drop(func(r int) bool { return d.mine[late.Batch.Visit[r]] != 0 })
	}
	for i, x := range d.parts {
		if x.Batch.Visit == nil || x.Extra {
			continue
		}
		t := x.Batch.Table
		if t == callTables[tVisit] {
			d.complete(x, d.now, at)
			d.complete(x, d.late, at)
		}
		var out []int
		for r := x.Lo; r < x.Hi; r++ {
			if d.told(x.Batch, r) {
				if out == nil {
					out = make([]int, 0, x.Hi-x.Lo)
					for k := x.Lo; k < r; k++ {
						out = append(out, k)
					}
				}
				continue
			}
			if out != nil {
				out = append(out, r)
			}
		}
		if out == nil && t == callTables[tVisit] && d.goesOn(x, at) {
			out = make([]int, 0, x.Hi-x.Lo)
			for r := x.Lo; r < x.Hi; r++ {
				out = append(out, r)
			}
		}
		if out == nil {
			continue
		}
		b := x.Batch.Pick(out)
		if t == callTables[tVisit] {
			Reopen(b, at)
		}
		d.parts[i] = claim.NewPart(claim.Source{Batch: b, Past: x.Past})
	}
}

// told tells that the call or the delta says what a row of the lake says.
func (d *desk) told(b *claim.Batch, r int) bool {
	v := b.Visit[r]
	mine, known := d.mine[v], d.known[v]
	if mine|known == 0 {
		return false
	}
	switch b.Table {
	case callTables[tVisit]:
		return true
	case callTables[tDiagnosis]:
		return (mine|known)&hasDiags != 0
	case callTables[tOperation]:
		return (mine|known)&hasOps != 0
	case callTables[tFee]:
		return mine != 0 && d.lines[line{v, b.Str(fID, r)}]
	}
	return false
}

// goesOn tells that some visit ends after the call: what it ended with is not known yet.
func (d *desk) goesOn(x claim.Part, at claim.Time) bool {
	for r := x.Lo; r < x.Hi; r++ {
		if after(claim.Time(x.Batch.I64(vEnd, r)), at) {
			return true
		}
	}
	return false
}

func after(end, at claim.Time) bool { return end.Has() && end.Day() > at.Day() }

// Reopen takes back, in visit rows, how visits ended that have not ended at a moment.
func Reopen(b *claim.Batch, at claim.Time) {
	for r := 0; r < b.N; r++ {
		if !after(claim.Time(b.I64(vEnd, r)), at) {
			continue
		}
		for c := range b.Table.Columns {
			if !ofDischarge[c] {
				continue
			}
			if v := b.Cols[c].I32; v != nil {
				v[r] = b.Table.Columns[c].Absent()
			}
			if v := b.Cols[c].I64; v != nil {
				v[r] = claim.None64
			}
		}
	}
}

// ofDischarge are the columns of visits that are known when they end.
var ofDischarge = func() map[int]bool {
	m := map[int]bool{vEnd: true}
	for i, c := range callTables[tVisit].Columns {
		if strings.HasPrefix(c.Name, "dscg_") {
			m[i] = true
		}
	}
	return m
}()

// complete fills what visits of the call (or the delta) do not say with what x says of them. It tells whether there were any.
func (d *desk) complete(x claim.Part, to *slabs, at claim.Time) (any bool) {
	b := to.of[tVisit].b
	for i := 0; i < b.N; i++ {
		for r := x.Lo; r < x.Hi; r++ {
			if x.Batch.Visit[r] != b.Visit[i] {
				continue
			}
			any = true
			ended := !after(claim.Time(x.Batch.I64(vEnd, r)), at)
			for c := range b.Table.Columns {
				if ofDischarge[c] && (!ended || to == d.now) {
					continue
				}
				fill(b, i, x.Batch, r, c)
			}
		}
	}
	return any
}

func fill(to *claim.Batch, i int, from *claim.Batch, r, c int) {
	k := &to.Table.Columns[c]
	switch {
	case k.Type == claim.Str: // numbers of the hospital and the like stay as the last one said
	case k.Type.Wide():
		if to.Cols[c].I64[i] == claim.None64 {
			to.Cols[c].I64[i] = from.I64(c, r)
		}
	case to.Cols[c].I32[i] == k.Absent():
		to.Cols[c].I32[i] = from.I32(c, r)
	}
}

// drop leaves rows out of a slab.
func (s *slab) drop(out func(r int) bool) *claim.Batch {
	var keep []int
	for r := 0; r < s.b.N; r++ {
		if !out(r) {
			keep = append(keep, r)
		}
	}
	return s.b.Pick(keep)
}
