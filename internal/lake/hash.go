package lake

import (
	"github.com/cespare/xxhash/v2"
	"github.com/mingjian/mingjian/internal/claim"
)

// Keys and contents are compared as 64-bit hashes over what the file said: parsed values and original strings, never
// codes, so that 1 and 1.00 are equal and a lake rebuilt from the same files has the same hashes.

// codeHashes gives the string hash of each code, by dictionary; entry 0 is 0 (absent).
type codeHashes [claim.DictCount][]uint64

// globalHashes computes them for the lake's dictionaries, only for those the table uses.
func globalHashes(ds *claim.Dicts, t *claim.Table, have *codeHashes) *codeHashes {
	if have == nil {
		have = &codeHashes{}
	}
	for i := range t.Columns {
		if t.Columns[i].Type != claim.Code {
			continue
		}
		d := t.Columns[i].Dict
		n := ds[d].Len()
		for c := len(have[d]); c < n; c++ {
			h := uint64(0)
			if c > 0 {
				h = xxhash.Sum64String(ds[d].String(int32(c)))
			}
			have[d] = append(have[d], h)
		}
	}
	return have
}

func mix(x uint64) uint64 {
	x ^= x >> 32
	x *= 0xd6e8feb86659fd93
	x ^= x >> 32
	x *= 0xd6e8feb86659fd93
	return x ^ x>>32
}

// columnSeed separates equal values of different columns.
func columnSeed(t *claim.Table, ci int) uint64 { return xxhash.Sum64String(t.Columns[ci].Name) | 1 }

// addColumn adds mix(seed+value) of each present value of a column to acc.
func addColumn(b *claim.Batch, ci int, ch *codeHashes, seed uint64, acc []uint64) {
	c, col := &b.Table.Columns[ci], &b.Cols[ci]
	switch {
	case c.Type == claim.Code:
		h := ch[c.Dict]
		for i, v := range col.I32[:min(len(col.I32), len(acc))] {
			if v != 0 {
				acc[i] += mix(seed + h[v])
			}
		}
	case c.Type == claim.Str:
		if col.Text.Off == nil {
			return
		}
		for i := range acc {
			if a, z := col.Text.Off[i], col.Text.Off[i+1]; a != z {
				acc[i] += mix(seed + xxhash.Sum64(col.Text.Data[a:z]))
			}
		}
	case c.Type.Wide():
		for i, v := range col.I64[:min(len(col.I64), len(acc))] {
			if v != claim.None64 {
				acc[i] += mix(seed + uint64(v))
			}
		}
	default:
		for i, v := range col.I32[:min(len(col.I32), len(acc))] {
			if v != claim.None32 {
				acc[i] += mix(seed + uint64(uint32(v)))
			}
		}
	}
}

// contentHashes fills out with the content hash of each row. updt_time is left out: a row sent again with another time
// of change but nothing changed is already there.
func contentHashes(b *claim.Batch, ch *codeHashes, out []uint64) {
	clear(out)
	for ci := range b.Table.Columns {
		if b.Table.Columns[ci].Name != "updt_time" {
			addColumn(b, ci, ch, columnSeed(b.Table, ci), out)
		}
	}
}

// keyHashes fills out with the key hash of each row. A key of a single text column is claim.KeyOf of it, so that the
// key sidecars of visit and settlement are at the same time the indexes by which children find their parent.
func keyHashes(b *claim.Batch, ch *codeHashes, out []uint64) {
	t := b.Table
	if len(t.Key) == 1 {
		ci := t.MustCol(t.Key[0])
		for i := range out {
			out[i] = claim.KeyOf(b.Str(ci, i))
		}
		return
	}
	clear(out)
	for _, k := range t.Key {
		ci := t.MustCol(k)
		addColumn(b, ci, ch, columnSeed(t, ci), out)
	}
	if t.Name != "fee" {
		return
	}
	bkkp, cnt := t.MustCol("bkkp_sn"), t.MustCol("cnt")
	for i := range out {
		if s := b.Str(bkkp, i); s != "" {
			out[i] = mix(xxhash.Sum64String(s))
		} else if b.I64(cnt, i) < 0 {
			out[i] = mix(out[i] + 1)
		}
	}
}
