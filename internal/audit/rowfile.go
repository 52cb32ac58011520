package audit

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
)

// The columns of a findings file: text first, then numbers, in the order of rowTexts and rowNumbers.
var (
	rowTextNames   = []string{"finding_id", "revision", "rule_id", "rule_name", "rule_version", "stage", "fixmedins_code", "psn_no", "mdtrt_id", "setl_id", "feedetl_sn", "vola_cont", "point_id", "basis", "exempt"}
	rowNumberNames = []string{"sev_deg", "month", "vola_item_type", "vola_fen", "fund_fen", "charged_fen", "scope_fen", "priority", "refund", "hushed", "pers"}
)

func rowTexts(r *Row) []*string {
	return []*string{&r.FindingID, &r.Revision, &r.RuleID, &r.RuleName, &r.RuleVersion, &r.Stage, &r.Inst, &r.Psn, &r.Mdtrt, &r.Setl, &r.Sn, &r.Cont, &r.PointID, &r.Basis, &r.Exempt}
}

func rowNumbers(r *Row) []int64 {
	return []int64{int64(r.Severity), int64(r.Month), int64(r.Type), int64(r.Vola), int64(r.Fund), int64(r.Charged), int64(r.Scope),
		int64(r.Priority), int64(b2i(r.Refund)), int64(b2i(r.Hushed)), int64(r.Pers)}
}

func setNumbers(r *Row, v []int64) {
	r.Severity, r.Month, r.Type = int(v[0]), claim.Month(v[1]), int(v[2])
	r.Vola, r.Fund, r.Charged, r.Scope = claim.Money(v[3]), claim.Money(v[4]), claim.Money(v[5]), claim.Money(v[6])
	r.Priority, r.Refund, r.Hushed, r.Pers = int(v[7]), v[8] == 1, v[9] == 1, int32(v[10])
}

var rowSchema = func() *arrow.Schema {
	var fs []arrow.Field
	for _, n := range rowTextNames {
		fs = append(fs, arrow.Field{Name: n, Type: arrow.BinaryTypes.String})
	}
	for _, n := range rowNumberNames {
		fs = append(fs, arrow.Field{Name: n, Type: arrow.PrimitiveTypes.Int64})
	}
	return arrow.NewSchema(fs, nil)
}()

// writeRows writes a findings file, durable before it returns.
func writeRows(path string, rows []Row) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return lake.WriteFileAtomic(path, func(w io.Writer) error { return encodeRows(w, rows) })
}

// hideClose keeps the Parquet writer from closing a file that is not its own.
type hideClose struct{ io.Writer }

func encodeRows(w io.Writer, rows []Row) error {
	rb := array.NewRecordBuilder(memory.DefaultAllocator, rowSchema)
	defer rb.Release()
	nt := len(rowTextNames)
	for i := range rows {
		for k, s := range rowTexts(&rows[i]) {
			rb.Field(k).(*array.StringBuilder).Append(*s)
		}
		for k, n := range rowNumbers(&rows[i]) {
			rb.Field(nt + k).(*array.Int64Builder).Append(n)
		}
	}
	rec := rb.NewRecordBatch()
	defer rec.Release()
	pw, err := pqarrow.NewFileWriter(rowSchema, hideClose{w}, parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Snappy)), pqarrow.DefaultWriterProps())
	if err != nil {
		return err
	}
	if err := pw.Write(rec); err != nil {
		return err
	}
	return pw.Close()
}

// readRows reads a findings file.
func readRows(path string) ([]Row, error) {
	h, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("疑点文件无法读取：%w", err)
	}
	defer h.Close()
	return decodeRows(h)
}

// decodeRows reads an open findings file.
func decodeRows(h *os.File) ([]Row, error) {
	path := h.Name()
	f, err := file.NewParquetReader(h)
	if err != nil {
		return nil, fmt.Errorf("疑点文件 %s 无法读取：%w", path, err)
	}
	defer f.Close()
	pr, err := pqarrow.NewFileReader(f, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		return nil, err
	}
	tbl, err := pr.ReadTable(context.Background())
	if err != nil {
		return nil, fmt.Errorf("疑点文件 %s 无法读取：%w", path, err)
	}
	defer tbl.Release()
	rows := make([]Row, tbl.NumRows())
	nt := len(rowTextNames)
	nums := make([][]int64, len(rows))
	for i := range nums {
		nums[i] = make([]int64, len(rowNumberNames))
	}
	for col := 0; col < int(tbl.NumCols()); col++ {
		at, name := 0, tbl.Schema().Field(col).Name
		c := slices.Index(rowTextNames, name) // by name: earlier programs wrote fewer columns
		if c < 0 {
			if c = slices.Index(rowNumberNames, name); c < 0 {
				continue
			}
			c += nt
		}
		for _, chunk := range tbl.Column(col).Data().Chunks() {
			for i := 0; i < chunk.Len(); i++ {
				if c < nt {
					*rowTexts(&rows[at])[c] = string([]byte(chunk.(*array.String).Value(i)))
				} else {
					nums[at][c-nt] = chunk.(*array.Int64).Value(i)
				}
				at++
			}
		}
	}
	for i := range rows {
		setNumbers(&rows[i], nums[i])
	}
	return rows, nil
}
