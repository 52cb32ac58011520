package audit

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
	"github.com/xuri/excelize/v2"
)

// Formats of the findings export.
var Formats = []string{"csv", "xlsx", "parquet"}

// Export writes findings in a format. bom puts a byte order mark before CSV, for Excel.
func Export(w io.Writer, rows []Row, format string, bom bool) error {
	switch format {
	case "csv":
		return exportCSV(w, rows, bom)
	case "xlsx":
		return exportXLSX(w, rows)
	case "parquet":
		return exportParquet(w, rows)
	}
	return fmt.Errorf("没有 %q 这种导出格式，可用 %v", format, Formats)
}

func exportCSV(w io.Writer, rows []Row, bom bool) error {
	b := bufio.NewWriterSize(w, 1<<20)
	if bom {
		b.WriteString("\ufeff")
	}
	c := csv.NewWriter(b)
	if err := c.Write(ExportColumns); err != nil {
		return err
	}
	for i := range rows {
		if err := c.Write(rows[i].Cells()); err != nil {
			return err
		}
	}
	c.Flush()
	if err := c.Error(); err != nil {
		return err
	}
	return b.Flush()
}

// maxSheetRows is what one worksheet holds below its header.
const maxSheetRows = 1_048_575

func exportXLSX(w io.Writer, rows []Row) error {
	f := excelize.NewFile()
	defer f.Close()
	for sheet := 0; sheet == 0 || sheet*maxSheetRows < len(rows); sheet++ {
		name := "疑点"
		if sheet == 0 {
			if err := f.SetSheetName("Sheet1", name); err != nil {
				return err
			}
		} else {
			name = fmt.Sprintf("疑点%d", sheet+1)
			if _, err := f.NewSheet(name); err != nil {
				return err
			}
		}
		end := min(len(rows), (sheet+1)*maxSheetRows)
		if err := writeSheet(f, name, rows[sheet*maxSheetRows:end]); err != nil {
			return err
		}
	}
	return f.Write(w)
}

func writeSheet(f *excelize.File, name string, rows []Row) error {
	sw, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	if err := sw.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	head := make([]any, len(ExportColumns))
	for i, c := range ExportColumns {
		head[i] = c
	}
	if err := sw.SetRow("A1", head); err != nil {
		return err
	}
	cells := make([]any, len(ExportColumns))
	for i := range rows {
		r := &rows[i]
		for k, v := range r.Cells() {
			cells[k] = v
		}
		cells[5], cells[13] = r.Severity, r.Type
		cells[14], cells[15], cells[16] = float64(r.Vola)/100, float64(r.Fund)/100, float64(r.Charged)/100
		at, err := excelize.CoordinatesToCellName(1, i+2)
		if err != nil {
			return err
		}
		if err := sw.SetRow(at, cells); err != nil {
			return err
		}
	}
	return sw.Flush()
}

// exportParquet writes the same columns typed: numbers as int32, money as DECIMAL(16,2).
func exportParquet(w io.Writer, rows []Row) error {
	money := &arrow.Decimal128Type{Precision: 16, Scale: 2}
	fields := make([]arrow.Field, len(ExportColumns))
	for i, n := range ExportColumns {
		fields[i] = arrow.Field{Name: n, Type: arrow.BinaryTypes.String}
		switch n {
		case "sev_deg", "vola_item_type":
			fields[i].Type = arrow.PrimitiveTypes.Int32
		case "vola_amt", "fund_amt", "charged_amt":
			fields[i].Type = money
		}
	}
	schema := arrow.NewSchema(fields, nil)
	pw, err := pqarrow.NewFileWriter(schema, hideClose{w}, parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Zstd)), pqarrow.DefaultWriterProps())
	if err != nil {
		return err
	}
	const chunk = 100_000
	for lo := 0; lo == 0 || lo < len(rows); lo += chunk {
		rb := array.NewRecordBuilder(memory.DefaultAllocator, schema)
		for i := lo; i < min(len(rows), lo+chunk); i++ {
			r := &rows[i]
			for k, v := range r.Cells() {
				switch b := rb.Field(k).(type) {
				case *array.StringBuilder:
					b.Append(v)
				case *array.Int32Builder:
					b.Append(int32(map[string]int{"sev_deg": r.Severity, "vola_item_type": r.Type}[ExportColumns[k]]))
				case *array.Decimal128Builder:
					b.Append(decimal128.FromI64(map[string]int64{"vola_amt": int64(r.Vola), "fund_amt": int64(r.Fund), "charged_amt": int64(r.Charged)}[ExportColumns[k]]))
				}
			}
		}
		rec := rb.NewRecordBatch()
		err := pw.Write(rec)
		rec.Release()
		rb.Release()
		if err != nil {
			return err
		}
	}
	return pw.Close()
}
