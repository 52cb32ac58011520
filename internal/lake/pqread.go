package lake

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/zeebo/xxh3"
	"golang.org/x/sync/singleflight"

	"github.com/mingjian/mingjian/internal/claim"
)

// footerHash hashes a Parquet file's footer, which holds the place and size of every column: enough to notice that a
// file was exchanged or cut, at no cost that grows with the data.
func footerHash(path string, size int64) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	var tail [8]byte
	if size < 12 {
		return "", fmt.Errorf("文件过短")
	}
	if _, err := f.ReadAt(tail[:], size-8); err != nil {
		return "", err
	}
	n := int64(binary.LittleEndian.Uint32(tail[:4]))
	if string(tail[4:]) != "PAR1" || n+12 > size {
		return "", fmt.Errorf("没有 Parquet 文件尾")
	}
	b := make([]byte, n+8)
	if _, err := f.ReadAt(b, size-8-n); err != nil {
		return "", err
	}
	return hex64(xxh3.Hash(b)), nil
}

// factFile is an open Parquet file of the lake. A parsed footer takes some 10 KiB a row group, in hundreds of objects that the garbage
// collector visits each time: a file of many row groups keeps theirs as bytes, and parses one when it is read.
type factFile struct {
	name   string
	pq     *file.Reader
	from   *os.File
	col    map[string]int
	packed [][]byte // the footers of the row groups, each by itself; nil = pq has the whole one
}

// packFrom is how many row groups a file must have for that to be worth while.
const packFrom = 64

// group reads a row group's place in the file.
func (f *factFile) group(index int) (*file.RowGroupReader, error) {
	if f.packed == nil {
		return f.pq.RowGroup(index), nil
	}
	md, err := metadata.NewFileMetaData(f.packed[index], nil)
	if err != nil {
		return nil, err
	}
	pq, err := file.NewParquetReader(f.from, file.WithReadProps(readProps()), file.WithMetadata(md))
	if err != nil {
		return nil, err
	}
	return pq.RowGroup(0), nil
}

// pack lets the parsed footer go when the file has so many row groups.
func (f *factFile) pack(from int) error {
	md := f.pq.MetaData()
	n := len(md.RowGroups)
	if n < from {
		return nil
	}
	var all bytes.Buffer
	ends := make([]int, n)
	for i := range n {
		for _, c := range md.RowGroups[i].Columns { // nothing reads them
			c.MetaData.PathInSchema, c.MetaData.Encodings, c.MetaData.EncodingStats, c.MetaData.Statistics = nil, nil, nil, nil
		}
		one, err := md.Subset([]int{i})
		if err != nil {
			return err
		}
		if _, err := one.WriteTo(&all, nil); err != nil {
			return err
		}
		ends[i] = all.Len()
	}
	b, at := bytes.Clone(all.Bytes()), 0
	f.packed = make([][]byte, n)
	for i, end := range ends {
		f.packed[i], at = b[at:end:end], end
	}
	f.pq = nil
	return nil
}

func readProps() *parquet.ReaderProperties { return parquet.NewReaderProperties(pages) }

// fileCache keeps files open; their footers are parsed once, those of several files at the same time.
type fileCache struct {
	opening singleflight.Group
	mu      sync.Mutex
	dir     string
	open    map[string]*factFile
}

func (c *fileCache) get(st *fileState) (*factFile, error) {
	if f := c.opened(st.Name); f != nil {
		return f, nil
	}
	f, err, _ := c.opening.Do(st.Name, func() (any, error) {
		if f := c.opened(st.Name); f != nil { // somebody else was done in between
			return f, nil
		}
		f, err := c.load(st)
		if err == nil {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.open[st.Name] = f
		}
		return f, err
	})
	if err != nil {
		return nil, err
	}
	return f.(*factFile), nil
}

func (c *fileCache) opened(name string) *factFile {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open[name]
}

func (c *fileCache) load(st *fileState) (*factFile, error) {
	path := filepath.Join(c.dir, factsDir, st.Name)
	fi, err := os.Stat(path)
	if err != nil {
		return nil, corrupt(st.Name, err)
	}
	if fi.Size() != st.Size {
		return nil, corrupt(st.Name, fmt.Errorf("大小为 %d 字节，清单为 %d 字节", fi.Size(), st.Size))
	}
	if h, err := footerHash(path, st.Size); err != nil || h != st.Footer {
		return nil, corrupt(st.Name, err)
	}
	f := &factFile{name: st.Name, col: map[string]int{}}
	if f.from, err = os.Open(path); err != nil {
		return nil, corrupt(st.Name, err)
	}
	if f.pq, err = file.NewParquetReader(f.from, file.WithReadProps(readProps())); err == nil {
		sc := f.pq.MetaData().Schema
		for i := 0; i < sc.NumColumns(); i++ {
			f.col[sc.Column(i).Name()] = i
		}
		err = f.pack(packFrom)
	}
	if err != nil {
		f.from.Close()
		return nil, corrupt(st.Name, err)
	}
	return f, nil
}

// CorruptError names a file of the lake that is not what the manifest says.
type CorruptError struct {
	File string
	Err  error
}

func (e *CorruptError) Error() string {
	msg := "数据文件 " + e.File + " 与清单不符，已被改动或损坏，请从备份恢复或重新导入"
	if e.Err != nil {
		msg += "：" + e.Err.Error()
	}
	return msg
}
func (e *CorruptError) Unwrap() error { return e.Err }

func corrupt(name string, err error) error { return &CorruptError{File: name, Err: err} }

// scratch is what decoding needs and can use again.
type scratch struct {
	def []int16
	str []parquet.ByteArray
}

// readGroup decodes columns of a row group into b; want lists table columns and added columns.
func (f *factFile) readGroup(b *claim.Batch, index, rows int, want []int, sc *scratch) (err error) {
	defer func() {
		if r := recover(); r != nil { // the decoder panics on some kinds of damage
			err = corrupt(f.name, fmt.Errorf("%v", r))
		}
	}()
	rg, err := f.group(index)
	if err != nil {
		return corrupt(f.name, err)
	}
	if int(rg.NumRows()) != rows {
		return corrupt(f.name, fmt.Errorf("行组 %d 有 %d 行，清单为 %d 行", index, rg.NumRows(), rows))
	}
	b.N = rows
	for _, ci := range want {
		name := ""
		switch ci {
		case addPers:
			name = colPers
		case addVisit:
			name = colVisit
		case addSetl:
			name = colSetl
		default:
			name = b.Table.Columns[ci].Name
		}
		k, ok := f.col[name]
		if !ok {
			if ci >= 0 {
				b.Cols[ci] = claim.Col{}
			}
			continue
		}
		if err := f.readColumn(b, rg, k, ci, sc); err != nil {
			return corrupt(f.name, fmt.Errorf("列 %s：%w", name, err))
		}
	}
	return nil
}

func (f *factFile) readColumn(b *claim.Batch, rg *file.RowGroupReader, k, ci int, sc *scratch) error {
	cr, err := rg.Column(k)
	if err != nil {
		return err
	}
	defer cr.Close() // gives its buffers back
	n := b.N
	optional := cr.Descriptor().MaxDefinitionLevel() > 0
	var def []int16
	if optional {
		if cap(sc.def) < n {
			sc.def = make([]int16, n)
		}
		def = sc.def[:n]
	}
	switch cr := cr.(type) {
	case *file.Int32ColumnChunkReader:
		out, none := &b.Pers, int32(0)
		if ci >= 0 {
			out = &b.Cols[ci].I32
			if b.Table.Columns[ci].Type != claim.Code {
				none = claim.None32
			}
		}
		*out = slots(*out, n)
		return readInts(cr.ReadBatch, *out, def, none)
	case *file.Int64ColumnChunkReader:
		switch ci {
		case addVisit, addSetl:
			to := &b.Visit
			if ci == addSetl {
				to = &b.Setl
			}
			*to = slots(*to, n)
			return readInts(cr.ReadBatch, view[int64](bytesOf(*to), 0, uint64(n)), def, 0)
		}
		col := &b.Cols[ci]
		col.I64 = slots(col.I64, n)
		return readInts(cr.ReadBatch, col.I64, def, claim.None64)
	case *file.ByteArrayColumnChunkReader:
		return readText(cr, &b.Cols[ci].Text, n, def, sc)
	}
	return fmt.Errorf("类型不符")
}

func slots[T any](v []T, n int) []T {
	if cap(v) < n {
		return make([]T, n)
	}
	return v[:n]
}

type batchFunc[T any] func(int64, []T, []int16, []int16) (int64, int, error)

// readInts decodes into out, then spreads the packed values over the rows, from the back so that it needs no copy.
func readInts[T int32 | int64](read batchFunc[T], out []T, def []int16, none T) error {
	n, got := len(out), 0
	for done := 0; done < n; {
		var d []int16
		if def != nil {
			d = def[done:]
		}
		levels, values, err := read(int64(n-done), out[got:], d, nil)
		if err != nil {
			return err
		}
		if levels == 0 {
			return fmt.Errorf("只有 %d 个值，应为 %d 个", done, n)
		}
		done += int(levels)
		got += values
	}
	if got == n {
		return nil
	}
	for i := n - 1; i >= 0; i-- {
		if def[i] == 0 {
			out[i] = none
		} else {
			got--
			out[i] = out[got]
		}
	}
	return nil
}

func readText(cr *file.ByteArrayColumnChunkReader, t *claim.Text, n int, def []int16, sc *scratch) error {
	if cap(sc.str) < 8192 {
		sc.str = make([]parquet.ByteArray, 8192)
	}
	t.Off, t.Data = slots(t.Off, n+1)[:1], t.Data[:0]
	t.Off[0] = 0
	for done := 0; done < n; {
		want := min(n-done, len(sc.str))
		var d []int16
		if def != nil {
			d = def[:want]
		}
		levels, values, err := cr.ReadBatch(int64(want), sc.str[:want], d, nil)
		if err != nil {
			return err
		}
		if levels == 0 {
			return fmt.Errorf("只有 %d 个值，应为 %d 个", done, n)
		}
		v := sc.str[:values]
		for i := 0; i < int(levels); i++ {
			if d == nil || d[i] != 0 {
				t.Data = append(t.Data, v[0]...)
				v = v[1:]
			}
			t.Off = append(t.Off, uint32(len(t.Data)))
		}
		done += int(levels)
	}
	return nil
}
