package lake

import (
	"encoding/binary"

	"github.com/mingjian/mingjian/internal/claim"
)

// Blocks of the temporary file: the arrays of a rowset one after the other, each with its length, aligned to 8 bytes.
// They live only as long as the import, so there is no version and no checksum.

func encodeRows(b []byte, s *rowset, lo, hi int) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(hi-lo))
	b = put(b, s.ref[lo:hi])
	b = put(b, s.ord[lo:hi])
	b = put(b, s.content[lo:hi])
	b = put(b, part(s.b.Pers, lo, hi))
	b = put(b, part(s.b.Visit, lo, hi))
	b = put(b, part(s.b.Setl, lo, hi))
	for i := range s.b.Cols {
		c := &s.b.Cols[i]
		switch typ := s.b.Table.Columns[i].Type; {
		case typ == claim.Str && c.Text.Off == nil:
			b = put[uint32](b, nil)
			b = put[byte](b, nil)
		case typ == claim.Str:
			b = put(b, c.Text.Off[lo:hi+1])
			b = put(b, c.Text.Data[c.Text.Off[lo]:c.Text.Off[hi]])
		case typ.Wide():
			b = put(b, part(c.I64, lo, hi))
		default:
			b = put(b, part(c.I32, lo, hi))
		}
	}
	return b
}

func part[T any](v []T, lo, hi int) []T {
	if v == nil {
		return nil
	}
	return v[lo:hi]
}

func put[T any](b []byte, v []T) []byte {
	raw := bytesOf(v)
	b = binary.LittleEndian.AppendUint64(b, uint64(len(raw)))
	b = append(b, raw...)
	for len(b)%8 != 0 {
		b = append(b, 0)
	}
	return b
}

func get[T any](b []byte) ([]T, []byte) {
	n := binary.LittleEndian.Uint64(b)
	b = b[8:]
	if n == 0 {
		return nil, b
	}
	var one [1]T
	size := uint64(len(bytesOf(one[:])))
	return view[T](b, 0, n/size), b[(n+7)&^7:]
}

// decodeRows views a block as a rowset; it keeps b.
func decodeRows(t *claim.Table, b []byte) *rowset {
	s := &rowset{b: claim.NewBatch(t)}
	s.b.N = int(binary.LittleEndian.Uint64(b))
	b = b[8:]
	s.ref, b = get[ref](b)
	s.ord, b = get[uint32](b)
	s.content, b = get[uint64](b)
	s.b.Pers, b = get[int32](b)
	s.b.Visit, b = get[uint64](b)
	s.b.Setl, b = get[uint64](b)
	for i := range s.b.Cols {
		c := &s.b.Cols[i]
		switch typ := t.Columns[i].Type; {
		case typ == claim.Str:
			c.Text.Off, b = get[uint32](b)
			c.Text.Data, b = get[byte](b)
			if c.Text.Off != nil && c.Text.Off[0] != 0 {
				first := c.Text.Off[0]
				for k := range c.Text.Off {
					c.Text.Off[k] -= first
				}
			}
		case typ.Wide():
			c.I64, b = get[int64](b)
		default:
			c.I32, b = get[int32](b)
		}
	}
	return s
}
