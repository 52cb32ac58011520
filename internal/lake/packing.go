package lake

import (
	"fmt"
	"strings"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/mingjian/mingjian/internal/claim"
)

// packing lays columns of numbers together row by row: whoever reads most of a row, and few rows of many, then meets one or
// two cache lines a row instead of one a column. A row is the wide columns and then the narrow ones, padded to 8 bytes.
type packing struct{ wide, narrow []int }

// Keys of the field's metadata: the names of the columns in a row, in order.
const (
	packWide   = "wide"
	packNarrow = "narrow"
)

func (p *packing) add(b *claim.Batch, col int) {
	if b.Table.Columns[col].Type.Wide() {
		p.wide = append(p.wide, col)
	} else {
		p.narrow = append(p.narrow, col)
	}
}

// words is the length of a row in words of 8 bytes.
func (p *packing) words() int { return packWords(len(p.wide), len(p.narrow)) }

func packWords(wide, narrow int) int { return wide + (narrow+1)/2 }

// pack copies the rows of a batch whose columns lie apart.
func (p *packing) pack(b *claim.Batch) []byte {
	words := make([]int64, b.N*p.words())
	w, n := len(p.wide), p.words()
	for k, col := range p.wide {
		for r, v := range b.Cols[col].I64[:b.N] {
			words[r*n+k] = v
		}
	}
	halves := halvesOf(words)
	for k, col := range p.narrow {
		for r, v := range b.Cols[col].I32[:b.N] {
			halves[2*(r*n+w)+k] = v
		}
	}
	return rawBytes(words)
}

func halvesOf(words []int64) []int32 {
	return unsafe.Slice((*int32)(unsafe.Pointer(unsafe.SliceData(words))), 2*len(words))
}

// field is the Arrow type of the rows and what says how to read them.
func (p *packing) field(t *claim.Table) (arrow.DataType, arrow.Metadata) {
	names := func(cols []int) string {
		var out []string
		for _, c := range cols {
			out = append(out, t.Columns[c].Name)
		}
		return strings.Join(out, ",")
	}
	return &arrow.FixedSizeBinaryType{ByteWidth: 8 * p.words()}, arrow.NewMetadata([]string{packWide, packNarrow}, []string{names(p.wide), names(p.narrow)})
}

// unpack hangs the columns of packed rows into the batch without copying.
func unpack(b *claim.Batch, v *array.FixedSizeBinary, meta arrow.Metadata) error {
	names := func(key string) []string {
		s, _ := meta.GetValue(key)
		if s == "" {
			return nil
		}
		return strings.Split(s, ",")
	}
	wide, narrow := names(packWide), names(packNarrow)
	n := packWords(len(wide), len(narrow))
	raw := v.Data().Buffers()[1].Bytes()
	if n == 0 || len(raw) < 8*n*b.N {
		return fmt.Errorf("按行存放的列长度不符：%d 行、每行 %d 字节，只有 %d 字节", b.N, 8*n, len(raw))
	}
	words := unsafe.Slice((*int64)(unsafe.Pointer(unsafe.SliceData(raw))), n*b.N)
	halves := halvesOf(words)
	for k, name := range wide {
		c := b.Table.Col(name)
		if c < 0 || !b.Table.Columns[c].Type.Wide() {
			return fmt.Errorf("列 %s 不属于表 %s", name, b.Table.Name)
		}
		b.Cols[c] = claim.Col{I64: words[k:], Skip: n - 1}
	}
	for k, name := range narrow {
		c := b.Table.Col(name)
		if c < 0 || b.Table.Columns[c].Type.Wide() || b.Table.Columns[c].Type == claim.Str {
			return fmt.Errorf("列 %s 不属于表 %s", name, b.Table.Name)
		}
		b.Cols[c] = claim.Col{I32: halves[2*len(wide)+k:], Skip: 2*n - 1}
	}
	return nil
}
