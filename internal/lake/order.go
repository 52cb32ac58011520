package lake

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// The order of rows, in files and in what Read returns: person, time, visit, line, then the rest of the key as text.
// It depends only on the rows, so merging pieces in any way gives the same sequence.

// tieCols are the columns that order rows of one person and moment.
func tieCols(t *claim.Table) []int {
	var out []int
	add := func(name string) {
		if ci := t.Col(name); ci >= 0 && !slices.Contains(out, ci) {
			out = append(out, ci)
		}
	}
	if t.PersonKeyed {
		add("mdtrt_id")
		if t.Name == "fee" {
			add("feedetl_sn")
		}
	}
	for _, k := range t.Key {
		add(k)
	}
	if t.Name == "fee" {
		add("bkkp_sn")
		add("cnt")
	}
	return out
}

type sortKey struct {
	at   int64
	pers int32
	row  int32
}

// sortRows returns the permutation that puts the batch in order.
func sortRows(b *claim.Batch, ds *claim.Dicts) []int32 {
	keys := make([]sortKey, b.N)
	at := atColumn(b)
	for i := range keys {
		k := sortKey{row: int32(i), at: claim.None64}
		if b.Pers != nil {
			k.pers = b.Pers[i]
		}
		if at != nil {
			k.at = claim.Time(at[i]).Clock()
		}
		keys[i] = k
	}
	ties := tieCols(b.Table)
	slices.SortFunc(keys, func(x, y sortKey) int {
		if c := cmp.Compare(x.pers, y.pers); c != 0 {
			return c
		}
		if c := cmp.Compare(x.at, y.at); c != 0 {
			return c
		}
		for _, ci := range ties {
			if c := compareCell(b, ds, ci, int(x.row), int(y.row)); c != 0 {
				return c
			}
		}
		return cmp.Compare(x.row, y.row)
	})
	perm := make([]int32, b.N)
	for i := range keys {
		perm[i] = keys[i].row
	}
	return perm
}

// atColumn is the column that says when a row happened; nil when it has none or nobody filled it.
func atColumn(b *claim.Batch) []int64 {
	if !b.Table.PersonKeyed || b.Table.At == "" {
		return nil
	}
	return b.Cols[b.Table.MustCol(b.Table.At)].I64
}

// compareCell compares two rows in one column, coded ones by their text: codes are private and never order anything.
func compareCell(b *claim.Batch, ds *claim.Dicts, ci, x, y int) int {
	switch c := &b.Table.Columns[ci]; {
	case c.Type == claim.Str:
		return strings.Compare(b.Str(ci, x), b.Str(ci, y))
	case c.Type == claim.Code:
		i, j := b.I32(ci, x), b.I32(ci, y)
		if i == j {
			return 0
		}
		return strings.Compare(ds[c.Dict].String(i), ds[c.Dict].String(j))
	case c.Type.Wide():
		return cmp.Compare(b.I64(ci, x), b.I64(ci, y))
	}
	return cmp.Compare(b.I32(ci, x), b.I32(ci, y))
}

// permute returns the batch with its rows in the order of perm, which may leave rows out.
func permute(b *claim.Batch, perm []int32) *claim.Batch {
	out := claim.NewBatch(b.Table)
	out.N = len(perm)
	out.Pers, out.Visit, out.Setl = pick(b.Pers, perm), pick(b.Visit, perm), pick(b.Setl, perm)
	for i := range b.Cols {
		c, o := &b.Cols[i], &out.Cols[i]
		o.I32, o.I64 = pick(c.I32, perm), pick(c.I64, perm)
		if c.Text.Off == nil {
			continue
		}
		o.Text.Off = make([]uint32, 1, len(perm)+1)
		for _, p := range perm {
			o.Text.Data = append(o.Text.Data, c.Text.Data[c.Text.Off[p]:c.Text.Off[p+1]]...)
			o.Text.Off = append(o.Text.Off, uint32(len(o.Text.Data)))
		}
	}
	return out
}

func pick[T any](v []T, perm []int32) []T {
	if v == nil {
		return nil
	}
	out := make([]T, len(perm))
	for i, p := range perm {
		out[i] = v[p]
	}
	return out
}
