package lake

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/zeebo/xxh3"
)

// Columns that the lake adds to a table's own.
const (
	colPers  = "pers"
	colVisit = "visit_key"
	colSetl  = "setl_key"
)

// column of a Parquet file: ci is the table's column, or one of the added ones.
type fileColumn struct {
	name string
	ci   int // ≥ 0, or addPers …
}

const (
	addPers  = -1
	addVisit = -2
	addSetl  = -3
)

// fileColumns lists the columns of a file in order.
func fileColumns(t *claim.Table, has []bool) (out []fileColumn) {
	if t.PersonKeyed {
		out = append(out, fileColumn{colPers, addPers})
	}
	if t.PersonKeyed && t.Col("mdtrt_id") >= 0 {
		out = append(out, fileColumn{colVisit, addVisit})
	}
	if t.PersonKeyed && t.Col("setl_id") >= 0 {
		out = append(out, fileColumn{colSetl, addSetl})
	}
	for i := range t.Columns {
		if has[i] {
			out = append(out, fileColumn{t.Columns[i].Name, i})
		}
	}
	return out
}

func parquetSchema(t *claim.Table, cols []fileColumn) (*schema.GroupNode, error) {
	var fields schema.FieldList
	for _, c := range cols {
		rep, phys, logical := parquet.Repetitions.Required, parquet.Types.Int64, schema.LogicalType(schema.NoLogicalType{})
		switch {
		case c.ci == addPers:
			phys = parquet.Types.Int32
		case c.ci < 0:
		default:
			tc := &t.Columns[c.ci]
			if !tc.Required {
				rep = parquet.Repetitions.Optional
			}
			if tc.Type == claim.Str {
				phys, logical = parquet.Types.ByteArray, schema.StringLogicalType{}
			} else if !tc.Type.Wide() {
				phys = parquet.Types.Int32
			}
		}
		n, err := schema.NewPrimitiveNodeLogical(c.name, rep, logical, phys, -1, -1)
		if err != nil {
			return nil, err
		}
		fields = append(fields, n)
	}
	return schema.NewGroupNode("schema", parquet.Repetitions.Required, fields, -1)
}

// factWriter writes one Parquet file, hashing it on the way.
type factWriter struct {
	t    *claim.Table
	cols []fileColumn
	f    *os.File
	buf  *bufio.Writer
	h    *xxh3.Hasher
	pq   *file.Writer
	n    int
	rows int64
	path string
	i32  []int32
	i64  []int64
	str  []parquet.ByteArray
	def  []int16
}

// writerProps: numbers in LZ4, because an audit spends its time decoding them and LZ4 decodes twice as fast as ZSTD;
// text in ZSTD, because it is most of the bytes and read only for findings. No Parquet dictionaries: the columns hold
// codes already. DESIGN.md has the figures.
func writerProps(t *claim.Table) *parquet.WriterProperties {
	opts := []parquet.WriterProperty{parquet.WithDictionaryDefault(false), parquet.WithStats(false),
		parquet.WithCompression(compress.Codecs.Lz4Raw), parquet.WithDataPageSize(8 << 20), parquet.WithVersion(parquet.V2_LATEST),
		parquet.WithCreatedBy("mingjian"), parquet.WithBatchSize(1 << 16)}
	for i := range t.Columns {
		if c := &t.Columns[i]; c.Type == claim.Str {
			opts = append(opts, parquet.WithCompressionFor(c.Name, compress.Codecs.Zstd), parquet.WithCompressionLevelFor(c.Name, 1))
		}
	}
	return parquet.NewWriterProperties(opts...)
}

func newFactWriter(path string, t *claim.Table, has []bool) (*factWriter, error) {
	cols := fileColumns(t, has)
	sc, err := parquetSchema(t, cols)
	if err != nil {
		return nil, err
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("无法写入 %s：%w", filepath.Base(path), err)
	}
	w := &factWriter{t: t, cols: cols, f: f, buf: bufio.NewWriterSize(f, 1<<20), h: xxh3.New(), path: path}
	w.pq, err = file.NewParquetWriterWithError(io.MultiWriter(w.buf, w.h), sc, file.WithWriterProps(writerProps(t)))
	return w, err
}

// group writes the rows of b in the order of perm as the next row group.
func (w *factWriter) group(b *claim.Batch, perm []int32) error {
	rg, err := w.pq.AppendRowGroupChecked()
	if err != nil {
		return err
	}
	for _, c := range w.cols {
		cw, err := rg.NextColumn()
		if err == nil {
			err = w.column(cw, b, c, perm)
		}
		if err == nil {
			err = cw.Close()
		}
		if err != nil {
			return fmt.Errorf("写入 %s 的列 %s 失败（磁盘是否已满？）：%w", filepath.Base(w.path), c.name, err)
		}
	}
	w.n++
	w.rows += int64(len(perm))
	return rg.Close()
}

func (w *factWriter) column(cw file.ColumnChunkWriter, b *claim.Batch, c fileColumn, perm []int32) (err error) {
	switch c.ci {
	case addPers:
		w.i32 = gather(w.i32, b.Pers, perm)
		_, err = cw.(*file.Int32ColumnChunkWriter).WriteBatch(w.i32, nil, nil)
		return err
	case addVisit, addSetl:
		from := b.Visit
		if c.ci == addSetl {
			from = b.Setl
		}
		w.i64 = w.i64[:0]
		for _, p := range perm {
			w.i64 = append(w.i64, int64(from[p]))
		}
		_, err = cw.(*file.Int64ColumnChunkWriter).WriteBatch(w.i64, nil, nil)
		return err
	}
	tc, col := &w.t.Columns[c.ci], &b.Cols[c.ci]
	switch cw := cw.(type) {
	case *file.Int64ColumnChunkWriter:
		if tc.Required {
			w.i64 = gather(w.i64, col.I64, perm)
			_, err = cw.WriteBatch(w.i64, nil, nil)
			return err
		}
		w.i64, w.def = gatherPresent(w.i64, w.def, col.I64, perm, claim.None64)
		_, err = cw.WriteBatch(w.i64, w.def, nil)
	case *file.Int32ColumnChunkWriter:
		if tc.Required {
			w.i32 = gather(w.i32, col.I32, perm)
			_, err = cw.WriteBatch(w.i32, nil, nil)
			return err
		}
		none := int32(claim.None32)
		if tc.Type == claim.Code {
			none = 0
		}
		w.i32, w.def = gatherPresent(w.i32, w.def, col.I32, perm, none)
		_, err = cw.WriteBatch(w.i32, w.def, nil)
	case *file.ByteArrayColumnChunkWriter:
		w.text(&col.Text, perm, tc.Required)
		def := w.def
		if tc.Required {
			def = nil
		}
		_, err = cw.WriteBatch(w.str, def, nil)
	}
	return err
}

func (w *factWriter) text(t *claim.Text, perm []int32, required bool) {
	w.str, w.def = w.str[:0], w.def[:0]
	for _, p := range perm {
		if t.Off == nil || t.Off[p] == t.Off[p+1] {
			w.def = append(w.def, 0)
			if required {
				w.str = append(w.str, nil)
			}
			continue
		}
		w.def = append(w.def, 1)
		w.str = append(w.str, t.Data[t.Off[p]:t.Off[p+1]])
	}
}

func gather[T any](out, from []T, perm []int32) []T {
	if cap(out) < len(perm) {
		out = make([]T, len(perm))
	}
	out = out[:len(perm)]
	for i, p := range perm {
		out[i] = from[p]
	}
	return out
}

// gatherPresent packs the present values and marks them in def; from may be nil (all absent).
func gatherPresent[T comparable](out []T, def []int16, from []T, perm []int32, none T) ([]T, []int16) {
	if cap(def) < len(perm) {
		def = make([]int16, len(perm))
	}
	def = def[:len(perm)]
	if from == nil {
		clear(def)
		return out[:0], def
	}
	if cap(out) < len(perm) {
		out = make([]T, len(perm))
	}
	out = out[:len(perm)]
	n := 0
	for i, p := range perm {
		v := from[p]
		out[n] = v
		if v != none {
			def[i] = 1
			n++
		} else {
			def[i] = 0
		}
	}
	return out[:n], def
}

// close makes the file durable and returns its entry for the manifest.
func (w *factWriter) close() (*fileState, error) {
	err := w.pq.Close()
	if err == nil {
		err = w.buf.Flush()
	}
	if err == nil {
		err = w.f.Sync()
	}
	var st *fileState
	if err == nil {
		st = &fileState{Name: filepath.Base(w.path), Hash: hex64(w.h.Sum64())}
		if fi, serr := w.f.Stat(); serr != nil {
			err = serr
		} else {
			st.Size = fi.Size()
		}
	}
	if cerr := w.f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		st.Footer, err = footerHash(w.path, st.Size)
	}
	if err != nil {
		return nil, fmt.Errorf("写入 %s 失败（磁盘是否已满？）：%w", filepath.Base(w.path), err)
	}
	return st, nil
}

// abort removes an unfinished file.
func (w *factWriter) abort() {
	w.f.Close()
	os.Remove(w.path)
}
