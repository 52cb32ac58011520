package lake

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/zeebo/xxh3"
)

// Counts are the rows of an institution and how many of them have a value, by column of the table.
type Counts struct {
	Rows int64
	Has  []int64
}

// Rate is the share of rows with a value in a column, 0…1; 0 without rows.
func (c *Counts) Rate(col int) float64 {
	if c == nil || c.Rows == 0 {
		return 0
	}
	return float64(c.Has[col]) / float64(c.Rows)
}

// Fill tells how well a table is filled. Rows whose institution is not known count under institution 0.
type Fill struct {
	Table   *claim.Table
	ByInst  map[int32]*Counts                 // all months
	ByMonth map[claim.Month]map[int32]*Counts // month, institution
}

// Total is what was uploaded for an institution, month, insurance and clearing type: to be compared with
// clearing_total. Money in fen. Inst, Insutype and ClrType are codes.
type Total struct {
	Inst, Insutype, ClrType int32
	Month                   claim.Month
	Count                   int64
	Medfee, Fund            claim.Money
}

// statsWriter counts groups as they are written. One block for each group, in the file's order of groups.
type statsWriter struct {
	b     []byte
	local map[int32]int32
}

func (w *statsWriter) write(to io.Writer) error {
	_, err := to.Write(w.b)
	return err
}

func (w *statsWriter) add(b *claim.Batch, live []int32, res *resolver, t *claim.Table) {
	inst, ids := w.institutions(b, live, res)
	rows := make([]int64, len(ids))
	for _, i := range inst {
		rows[i]++
	}
	nc := len(t.Columns)
	has := make([]int64, len(ids)*nc)
	for ci := range t.Columns {
		countColumn(b, ci, live, inst, has[ci*len(ids):(ci+1)*len(ids)])
	}
	w.b = binary.AppendUvarint(w.b, uint64(len(ids)))
	for k, id := range ids {
		w.b = binary.AppendUvarint(w.b, uint64(id))
		w.b = binary.AppendUvarint(w.b, uint64(rows[k]))
		for ci := range nc {
			w.b = binary.AppendUvarint(w.b, uint64(has[ci*len(ids)+k]))
		}
	}
	w.totals(b, live, t)
}

// institutions gives each live row a small number and lists the institutions by it.
func (w *statsWriter) institutions(b *claim.Batch, live []int32, res *resolver) (inst, ids []int32) {
	w.local = map[int32]int32{}
	inst = make([]int32, len(live))
	last, at := int32(-1), int32(0)
	for i, p := range live {
		code := int32(0)
		if res.inst >= 0 {
			code = b.I32(res.inst, int(p))
		}
		if code == 0 && b.Visit != nil && ofVisit[b.Table.Name] {
			if v, ok := res.visits.live(b.Visit[p]); ok {
				code = v.inst
			}
		}
		if code != last {
			k, ok := w.local[code]
			if !ok {
				k = int32(len(ids))
				w.local[code] = k
				ids = append(ids, code)
			}
			last, at = code, k
		}
		inst[i] = at
	}
	return inst, ids
}

func countColumn(b *claim.Batch, ci int, live, inst []int32, n []int64) {
	c := &b.Cols[ci]
	switch typ := b.Table.Columns[ci].Type; {
	case c.I64 != nil:
		for i, p := range live {
			if c.I64[p] != claim.None64 {
				n[inst[i]]++
			}
		}
	case c.I32 != nil:
		none := int32(claim.None32)
		if typ == claim.Code {
			none = 0
		}
		for i, p := range live {
			if c.I32[p] != none {
				n[inst[i]]++
			}
		}
	case c.Text.Off != nil:
		for i, p := range live {
			if c.Text.Off[p] != c.Text.Off[p+1] {
				n[inst[i]]++
			}
		}
	}
}

// totals adds the settlement sums of a group; empty for other tables.
func (w *statsWriter) totals(b *claim.Batch, live []int32, t *claim.Table) {
	if t.Name != "settlement" {
		w.b = binary.AppendUvarint(w.b, 0)
		return
	}
	inst, ins, clr := t.MustCol("fixmedins_code"), t.MustCol("insutype"), t.MustCol("clr_type")
	fee, fund := t.MustCol("medfee_sumamt"), t.MustCol("fund_pay_sumamt")
	sums := map[[3]int32]*Total{}
	var order [][3]int32
	for _, p := range live {
		i := int(p)
		k := [3]int32{b.I32(inst, i), b.I32(ins, i), b.I32(clr, i)}
		s := sums[k]
		if s == nil {
			s = &Total{}
			sums[k] = s
			order = append(order, k)
		}
		s.Count++
		s.Medfee += claim.Money(b.I64(fee, i))
		s.Fund += claim.Money(b.I64(fund, i))
	}
	w.b = binary.AppendUvarint(w.b, uint64(len(order)))
	for _, k := range order {
		s := sums[k]
		for _, v := range [6]int64{int64(k[0]), int64(k[1]), int64(k[2]), s.Count, int64(s.Medfee), int64(s.Fund)} {
			w.b = binary.AppendVarint(w.b, v)
		}
	}
}

// statsReader is what readStats calls for each block of a live group; what is nil is passed over. The counts are valid until
// the next call.
type statsReader struct {
	counts func(g *group, inst int32, c *Counts)
	totals func(g *group, t Total)
}

// readStats reads a statistics file.
func readStats(path, hash string, t *claim.Table, groups []group, to statsReader) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("统计文件缺失，请从备份恢复：%w", err)
	}
	if hex64(xxh3.Hash(b)) != hash {
		return corrupt(filepath.Base(path), nil)
	}
	u := func() int64 {
		v, n := binary.Uvarint(b)
		b = b[max(n, 0):]
		return int64(v)
	}
	v := func() int64 {
		v, n := binary.Varint(b)
		b = b[max(n, 0):]
		return v
	}
	skip := func(n int) { // numbers
		i := 0
		for ; n > 0 && i < len(b); i++ {
			if b[i] < 0x80 {
				n--
			}
		}
		b = b[i:]
	}
	c := Counts{Has: make([]int64, len(t.Columns))}
	for index := 0; len(b) > 0; index++ {
		at := slices.IndexFunc(groups, func(g group) bool { return g.Index == index })
		for n := u(); n > 0; n-- {
			if at < 0 || to.counts == nil {
				skip(2 + len(c.Has))
				continue
			}
			inst := int32(u())
			c.Rows = u()
			for i := range c.Has {
				if len(b) > 0 && b[0] < 0x80 { // most are small
					c.Has[i], b = int64(b[0]), b[1:]
				} else {
					c.Has[i] = u()
				}
			}
			to.counts(&groups[at], inst, &c)
		}
		for n := u(); n > 0; n-- {
			if at < 0 || to.totals == nil {
				skip(6)
				continue
			}
			to.totals(&groups[at], Total{Inst: int32(v()), Insutype: int32(v()), ClrType: int32(v()), Count: v(), Medfee: claim.Money(v()), Fund: claim.Money(v())})
		}
	}
	return nil
}
