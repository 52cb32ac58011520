package lake

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/mingjian/mingjian/internal/claim"
)

// A projection is a derived file: a few batches that can be had again from the facts at any time, kept in the layout of
// memory (Arrow IPC, one stored zip member a batch) so that reading them costs a copy and no decoding.

// Columns of a projection that are not the table's.
const (
	projPers  = "pers"
	projVisit = "visit_key"
	projSetl  = "setl_key"
)

// WriteProjection writes batches under names "table" or "table@part", durable before it returns.
func WriteProjection(path string, names []string, batches []*claim.Batch) error {
	return WriteFileAtomic(path, func(w io.Writer) error {
		z := zip.NewWriter(w)
		for i, b := range batches {
			m, err := z.CreateHeader(&zip.FileHeader{Name: names[i], Method: zip.Store})
			if err != nil {
				return err
			}
			if err := writeBatch(m, b); err != nil {
				return fmt.Errorf("%s：%w", names[i], err)
			}
		}
		return z.Close()
	})
}

func writeBatch(w io.Writer, b *claim.Batch) error {
	var fields []arrow.Field
	var cols []arrow.Array
	add := func(name string, t arrow.DataType, bufs ...*memory.Buffer) {
		fields = append(fields, arrow.Field{Name: name, Type: t})
		cols = append(cols, array.MakeFromData(array.NewData(t, b.N, append([]*memory.Buffer{nil}, bufs...), nil, 0, 0)))
	}
	if b.N > 0 {
		add(projPers, arrow.PrimitiveTypes.Int32, memory.NewBufferBytes(rawBytes(b.Pers)))
		if b.Visit != nil {
			add(projVisit, arrow.PrimitiveTypes.Uint64, memory.NewBufferBytes(rawBytes(b.Visit)))
		}
		if b.Setl != nil {
			add(projSetl, arrow.PrimitiveTypes.Uint64, memory.NewBufferBytes(rawBytes(b.Setl)))
		}
		for i := range b.Cols {
			c, name := &b.Cols[i], b.Table.Columns[i].Name
			switch {
			case c.I32 != nil:
				add(name, arrow.PrimitiveTypes.Int32, memory.NewBufferBytes(rawBytes(c.I32[:b.N])))
			case c.I64 != nil:
				add(name, arrow.PrimitiveTypes.Int64, memory.NewBufferBytes(rawBytes(c.I64[:b.N])))
			case c.Text.Off != nil:
				add(name, arrow.BinaryTypes.String, memory.NewBufferBytes(rawBytes(c.Text.Off[:b.N+1])), memory.NewBufferBytes(c.Text.Data))
			}
		}
	}
	schema := arrow.NewSchema(fields, nil)
	f, err := ipc.NewFileWriter(w, ipc.WithSchema(schema))
	if err != nil {
		return err
	}
	if b.N > 0 {
		if err := f.Write(array.NewRecordBatch(schema, cols, int64(b.N))); err != nil {
			return err
		}
	}
	return f.Close()
}

func rawBytes[T any](v []T) []byte {
	if len(v) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), len(v)*int(unsafe.Sizeof(v[0])))
}

// ReadProjection reads the batches of a projection whose name want accepts, by name. A damaged file is an error; it may be
// deleted and made again.
func ReadProjection(path string, want func(name string) bool) (map[string]*claim.Batch, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("投影文件 %s 已损坏，删除后会重建：%w", path, err)
	}
	out := map[string]*claim.Batch{}
	for _, m := range z.File {
		if !want(m.Name) {
			continue
		}
		b, err := readMember(m)
		if err != nil {
			return nil, fmt.Errorf("投影文件 %s 已损坏，删除后会重建：%w", path, err)
		}
		out[m.Name] = b
	}
	return out, nil
}

func readMember(m *zip.File) (*claim.Batch, error) {
	table, _, _ := strings.Cut(m.Name, "@")
	t := claim.TableOf(table)
	if t == nil {
		return nil, fmt.Errorf("没有名为 %q 的表", table)
	}
	r, err := m.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	buf := make([]byte, m.UncompressedSize64) // a buffer of its own, so that columns are aligned
	if _, err := io.ReadFull(r, buf); err != nil {
		return nil, err
	}
	f, err := ipc.NewMappedFileReader(buf)
	if err != nil {
		return nil, err
	}
	b := claim.NewBatch(t)
	if f.NumRecords() == 0 {
		return b, nil
	}
	rec, err := f.RecordBatch(0)
	if err != nil {
		return nil, err
	}
	b.N = int(rec.NumRows())
	for i, field := range rec.Schema().Fields() {
		if err := takeColumn(b, field.Name, rec.Column(i)); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// takeColumn hangs an Arrow column into the batch without copying.
func takeColumn(b *claim.Batch, name string, a arrow.Array) error {
	ci := b.Table.Col(name)
	switch v := a.(type) {
	case *array.Int32:
		if name == projPers {
			b.Pers = v.Int32Values()
			return nil
		}
		if ci >= 0 {
			b.Cols[ci].I32 = v.Int32Values()
			return nil
		}
	case *array.Uint64:
		if name == projVisit {
			b.Visit = v.Uint64Values()
			return nil
		}
		if name == projSetl {
			b.Setl = v.Uint64Values()
			return nil
		}
	case *array.Int64:
		if ci >= 0 {
			b.Cols[ci].I64 = v.Int64Values()
			return nil
		}
	case *array.String:
		if ci >= 0 {
			off := v.ValueOffsets()
			b.Cols[ci].Text = claim.Text{Off: unsafe.Slice((*uint32)(unsafe.Pointer(unsafe.SliceData(off))), len(off)), Data: v.ValueBytes()}
			return nil
		}
	}
	return fmt.Errorf("列 %s 不属于表 %s", name, b.Table.Name)
}
