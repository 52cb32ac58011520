package lake

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"slices"
	"strings"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/mingjian/mingjian/internal/claim"
)

// A projection is a derived file: a few batches that can be had again from the facts at any time, kept in the layout of
// memory (Arrow IPC, one stored zip member a batch) so that reading them costs no decoding.

// Columns of a projection that are not the table's.
const (
	projPers  = "pers"
	projVisit = "visit_key"
	projSetl  = "setl_key"
	projRows  = "rows"
)

// projAlign is what the offset of every batch in a projection is a multiple of, so that columns can be used in place.
const projAlign = 64

// WriteProjection writes batches under names "table" or "table@part", durable before it returns. The numbers of a member that
// byRow names (nil = none) lie together row by row, but for the columns that it returns: good where few rows are read of many
// and much of each.
func WriteProjection(path string, names []string, batches []*claim.Batch, byRow map[string][]string) error {
	return WriteProjectionOf(path, names, func(i int) *claim.Batch { return batches[i] }, byRow)
}

// WriteProjectionOf is WriteProjection of batches that are asked for one after the other.
func WriteProjectionOf(path string, names []string, batch func(i int) *claim.Batch, byRow map[string][]string) error {
	err := WriteFileAtomic(path, func(w io.Writer) error {
		z := zip.NewWriter(w)
		var at int // offset of the next member
		for i, name := range names {
			apart, rows := byRow[name]
			n, err := writeMember(z, name, at, record(batch(i), rows, apart))
			if err != nil {
				return fmt.Errorf("%s：%w", name, err)
			}
			at += n
		}
		return z.Close()
	})
	if err != nil {
		return err
	}
	return vouch(path)
}

// writeMember writes a record as a member of the file and returns how many bytes it took. It is encoded twice, first to know
// its size and check sum: members are large, and this holds none of them in memory.
func writeMember(z *zip.Writer, name string, at int, rec arrow.RecordBatch) (int, error) {
	size, sum := new(byteCount), crc32.NewIEEE()
	if err := encode(io.MultiWriter(size, sum), rec); err != nil {
		return 0, err
	}
	h := &zip.FileHeader{Name: name, Method: zip.Store, CRC32: sum.Sum32(), CompressedSize64: uint64(*size), UncompressedSize64: uint64(*size)}
	const header = 30 // bytes of a member's header besides name and extra fields
	h.Extra = padding(at + header + len(h.Name))
	m, err := z.CreateRaw(h)
	if err != nil {
		return 0, err
	}
	return header + len(h.Name) + len(h.Extra) + int(*size), encode(m, rec)
}

// byteCount counts what is written to it.
type byteCount int

func (n *byteCount) Write(p []byte) (int, error) {
	*n += byteCount(len(p))
	return len(p), nil
}

func encode(w io.Writer, rec arrow.RecordBatch) error {
	f, err := ipc.NewFileWriter(w, ipc.WithSchema(rec.Schema()))
	if err != nil {
		return err
	}
	if rec.NumRows() > 0 {
		if err := f.Write(rec); err != nil {
			return err
		}
	}
	return f.Close()
}

// padding is an extra field (with the tag that is customary for alignment) after which the offset is aligned.
func padding(at int) []byte {
	const fieldHeader = 4
	n := (projAlign - (at+fieldHeader)%projAlign) % projAlign
	p := make([]byte, fieldHeader+n)
	binary.LittleEndian.PutUint16(p, 0xD935)
	binary.LittleEndian.PutUint16(p[2:], uint16(n))
	return p
}

// record lays a batch out as Arrow columns; rows: its numbers row by row, but for the columns apart.
func record(b *claim.Batch, rows bool, apart []string) arrow.RecordBatch {
	var fields []arrow.Field
	var cols []arrow.Array
	var together packing
	if slices.ContainsFunc(b.Cols, func(c claim.Col) bool { return c.Skip > 0 }) { // of a projection itself
		rows := make([]int, b.N)
		for i := range rows {
			rows[i] = i
		}
		b = b.Pick(rows)
	}
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
			case saysNothing(b, i): // reads as absent all the same
			case rows && c.Text.Off == nil && !slices.Contains(apart, name):
				together.add(b, i)
			case c.I32 != nil:
				add(name, arrow.PrimitiveTypes.Int32, memory.NewBufferBytes(rawBytes(c.I32[:b.N])))
			case c.I64 != nil:
				add(name, arrow.PrimitiveTypes.Int64, memory.NewBufferBytes(rawBytes(c.I64[:b.N])))
			case c.Text.Off != nil:
				add(name, arrow.BinaryTypes.String, memory.NewBufferBytes(rawBytes(c.Text.Off[:b.N+1])), memory.NewBufferBytes(c.Text.Data))
			}
		}
	}
	if together.words() > 0 {
		t, meta := together.field(b.Table)
		add(projRows, t, memory.NewBufferBytes(together.pack(b)))
		fields[len(fields)-1].Metadata = meta
	}
	return array.NewRecordBatch(arrow.NewSchema(fields, nil), cols, int64(b.N))
}

// saysNothing tells that no row has a value in the column.
func saysNothing(b *claim.Batch, col int) bool {
	c, absent := &b.Cols[col], b.Table.Columns[col].Absent()
	switch {
	case c.I32 != nil:
		return !slices.ContainsFunc(c.I32[:b.N], func(v int32) bool { return v != absent })
	case c.I64 != nil:
		return !slices.ContainsFunc(c.I64[:b.N], func(v int64) bool { return v != claim.None64 })
	case c.Text.Off != nil:
		return c.Text.Off[b.N] == c.Text.Off[0]
	}
	return true
}

func rawBytes[T any](v []T) []byte {
	if len(v) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), len(v)*int(unsafe.Sizeof(v[0])))
}

// Projection is a projection being read. Its batches and their strings are valid until it is closed.
type Projection struct {
	Batches map[string]*claim.Batch
	mapped  []byte // nil where it was read
	free    func() error
}

// Drop gives back the memory that reading took so far; what was read stays valid. Good for who reads a large file from one end to the
// other.
func (p *Projection) Drop() { dropPages(p.mapped) }

// Close gives the memory back.
func (p *Projection) Close() error { return p.free() }

// readWhole is up to how many bytes wanted of a projection are read and not mapped: setting a mapping up and taking it down
// again costs as much as reading so much, and what is mapped page by page costs more.
const readWhole = 512 << 10

// OpenProjection reads the batches of a projection whose name want accepts, by name. A damaged file is an error; it may be
// deleted and made again.
func OpenProjection(path string, want func(name string) bool) (*Projection, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	p := &Projection{Batches: map[string]*claim.Batch{}, free: func() error { return nil }}
	sound := vouched(path, st)
	if err := p.read(f, st.Size(), sound, want); err != nil {
		p.Close()
		return nil, fmt.Errorf("投影文件 %s 已损坏，删除后会重建：%w", path, err)
	}
	if !sound {
		vouch(path) // what cannot be noted is only checked again
	}
	return p, nil
}

// read takes the members wanted. sound tells that the file was checked since it last changed, else all of it is checked.
func (p *Projection) read(f *os.File, size int64, sound bool, want func(name string) bool) error {
	z, err := zip.NewReader(f, size)
	if err != nil {
		return err
	}
	for _, m := range z.File {
		if !sound {
			if err := checkMember(m); err != nil {
				return err
			}
		}
	}
	members := slices.DeleteFunc(z.File, func(m *zip.File) bool { return !want(m.Name) })
	bytes := func(at, n int64) ([]byte, error) { return readAligned(f, at, n) }
	if sum := wantedBytes(members); sum > readWhole {
		data, free, err := mapFile(f, int(size))
		if err != nil {
			return err
		}
		p.mapped, p.free = data, free
		bytes = func(at, n int64) ([]byte, error) { return data[at : at+n : at+n], nil }
	}
	for _, m := range members {
		if p.Batches[m.Name], err = readMember(m, size, bytes); err != nil {
			return err
		}
	}
	return nil
}

func wantedBytes(members []*zip.File) (n uint64) {
	for _, m := range members {
		n += m.UncompressedSize64
	}
	return n
}

// readAligned reads n bytes into memory in which columns can be used in place.
func readAligned(f *os.File, at, n int64) ([]byte, error) {
	words := make([]uint64, (n+7)/8)
	b := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), len(words)*8)[:n:n]
	_, err := f.ReadAt(b, at)
	return b, err
}

// checkMember reads a member through its check sum.
func checkMember(m *zip.File) error {
	r, err := m.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = io.Copy(io.Discard, r)
	return err
}

// soundSuffix names the file beside a projection that says in which state it was last found sound. A projection is
// checked whole when it is first opened and whenever the file system says that it changed since; checking it at every
// opening would cost more than reading it, and keep all of it in memory.
const soundSuffix = ".ok"

func vouched(path string, st os.FileInfo) bool {
	stamp := fileStamp(st)
	b, err := os.ReadFile(path + soundSuffix)
	return err == nil && stamp != "" && string(b) == stamp
}

func vouch(path string) error {
	st, err := os.Stat(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path+soundSuffix, []byte(fileStamp(st)), 0o644)
}

// RemoveProjection removes a projection and what was noted of it.
func RemoveProjection(path string) {
	os.Remove(path)
	os.Remove(path + soundSuffix)
}

// readMember reads a member of a file of so many bytes, of which bytes gives parts.
func readMember(m *zip.File, size int64, bytes func(at, n int64) ([]byte, error)) (*claim.Batch, error) {
	table, _, _ := strings.Cut(m.Name, "@")
	t := claim.TableOf(table)
	if t == nil {
		return nil, fmt.Errorf("没有名为 %q 的表", table)
	}
	at, err := m.DataOffset()
	if err != nil {
		return nil, err
	}
	n := int64(m.UncompressedSize64)
	if m.Method != zip.Store || at%projAlign != 0 || n < 0 || at+n > size {
		return nil, zip.ErrFormat
	}
	raw, err := bytes(at, n)
	if err != nil {
		return nil, err
	}
	f, err := ipc.NewMappedFileReader(raw)
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
		if v, ok := rec.Column(i).(*array.FixedSizeBinary); ok && field.Name == projRows {
			err = unpack(b, v, field.Metadata)
		} else {
			err = takeColumn(b, field.Name, rec.Column(i))
		}
		if err != nil {
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
