package lake

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// parquetInput reads somebody's Parquet file as CSV text. Rows count from 1: such a file has no header line.
type parquetInput struct {
	in   *input
	pq   *file.Reader
	rd   pqarrow.RecordReader
	head []string
	row  int
	eof  bool
}

func openParquetInput(in *input) (_ records, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = brokenParquet(in, 0, fmt.Errorf("%v", r))
		}
	}()
	pq, err := file.OpenParquetFile(in.path, false)
	if err != nil {
		return nil, brokenParquet(in, 0, err)
	}
	fr, err := pqarrow.NewFileReader(pq, pqarrow.ArrowReadProperties{BatchSize: 8192}, memory.DefaultAllocator)
	if err == nil {
		p := &parquetInput{in: in, pq: pq, row: 1}
		if p.rd, err = fr.GetRecordReader(context.Background(), nil, nil); err == nil {
			for _, f := range p.rd.Schema().Fields() {
				p.head = append(p.head, f.Name)
			}
			return p, nil
		}
	}
	pq.Close()
	return nil, brokenParquet(in, 0, err)
}

func brokenParquet(in *input, row int, err error) error {
	return fileErr(in.name, row, err, "不是完好的 Parquet 文件，可能被截断或改动，请重新导出：%v", err)
}

func (p *parquetInput) header() []string      { return p.head }
func (p *parquetInput) hash() (string, error) { return hashFile(p.in.path) }
func (p *parquetInput) close()                { p.rd.Release(); p.pq.Close() }
func (p *parquetInput) consumed() int64 {
	if p.eof {
		return p.in.size
	}
	return 0
}

func (p *parquetInput) next() (pc piece, err error) {
	pc = piece{line: p.row, quoted: true, delim: ',', byRecord: true}
	defer func() {
		if r := recover(); r != nil { // the decoder panics on some kinds of damage
			err = brokenParquet(p.in, p.row, fmt.Errorf("%v", r))
		}
	}()
	for len(pc.data) < pieceSize {
		rec, err := p.rd.Read()
		if err == io.EOF || (err == nil && rec == nil) {
			p.eof = true
			if len(pc.data) == 0 {
				return pc, io.EOF
			}
			return pc, nil
		}
		if err != nil {
			return pc, brokenParquet(p.in, p.row, err)
		}
		for i := range int(rec.NumRows()) {
			for c := range int(rec.NumCols()) {
				if c > 0 {
					pc.data = append(pc.data, ',')
				}
				pc.data = appendField(pc.data, arrowText(rec.Column(c), i))
			}
			pc.data = append(pc.data, '\n')
		}
		p.row += int(rec.NumRows())
	}
	return pc, nil
}

// chinaTime is where instants are shown: a timestamp with a zone is a moment, and the facts keep the wall clock.
var chinaTime = time.FixedZone("CST", 8*3600)

// arrowText writes a value as the contract writes it; "" when null.
func arrowText(a arrow.Array, i int) string {
	if a.IsNull(i) {
		return ""
	}
	switch a := a.(type) {
	case *array.String:
		return a.Value(i)
	case *array.LargeString:
		return a.Value(i)
	case *array.Binary:
		return string(a.Value(i))
	case *array.Boolean:
		if a.Value(i) {
			return "1"
		}
		return "0"
	case *array.Float64:
		return strconv.FormatFloat(a.Value(i), 'f', -1, 64)
	case *array.Float32:
		return strconv.FormatFloat(float64(a.Value(i)), 'f', -1, 32)
	case *array.Decimal128:
		return a.Value(i).ToString(a.DataType().(arrow.DecimalType).GetScale())
	case *array.Date32:
		return a.Value(i).ToTime().Format(time.DateOnly)
	case *array.Date64:
		return a.Value(i).ToTime().Format(time.DateOnly)
	case *array.Timestamp:
		tt := a.DataType().(*arrow.TimestampType)
		t := a.Value(i).ToTime(tt.Unit).UTC()
		if tt.TimeZone != "" {
			t = t.In(chinaTime)
		}
		return t.Format(time.DateTime)
	case *array.Dictionary:
		return arrowText(a.Dictionary(), a.GetValueIndex(i))
	}
	return strings.TrimSpace(a.ValueStr(i))
}
