package lake

import (
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/xuri/excelize/v2"
)

// workbook reads the sheet named like the table, else the first one, as CSV text.
type workbook struct {
	in   *input
	f    *excelize.File
	rows *excelize.Rows
	head []string
	cols []*claim.Column
	line int
	eof  bool
}

// maxUnzipped bounds what a workbook may unfold to, so that a crafted one cannot fill the disk.
const maxUnzipped = 8 << 30

func openWorkbook(in *input) (records, error) {
	broken := func(err error) error {
		return fileErr(in.name, 0, err, "不是完好的 XLSX 工作簿（可能被截断、改动或加了密码）：%v", err)
	}
	f, err := excelize.OpenFile(in.path, excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnzipped})
	if err != nil {
		return nil, broken(err)
	}
	w := &workbook{in: in, f: f}
	sheet := f.GetSheetName(0)
	for _, s := range f.GetSheetList() {
		if strings.EqualFold(s, in.table.Name) {
			sheet = s
		}
	}
	if w.rows, err = f.Rows(sheet); err != nil {
		f.Close()
		return nil, broken(err)
	}
	for w.rows.Next() {
		w.line++
		c, err := w.rows.Columns()
		if err != nil {
			f.Close()
			return nil, broken(err)
		}
		if len(c) == 0 {
			continue
		}
		for _, h := range c {
			h = strings.TrimSpace(strings.TrimPrefix(h, "\ufeff"))
			w.head = append(w.head, h)
			w.cols = append(w.cols, nil)
			if ci := in.table.Col(lower(h)); ci >= 0 {
				w.cols[len(w.cols)-1] = &in.table.Columns[ci]
			}
		}
		w.line++
		return w, nil
	}
	f.Close()
	return nil, fileErr(in.name, 0, io.EOF, "工作表 %s 没有内容，请确认导出是否完成", sheet)
}

func (w *workbook) header() []string      { return w.head }
func (w *workbook) hash() (string, error) { return hashFile(w.in.path) }
func (w *workbook) close()                { w.rows.Close(); w.f.Close() }
func (w *workbook) consumed() int64 {
	if w.eof {
		return w.in.size
	}
	return 0 // the reader does not say how far it is
}

func (w *workbook) next() (piece, error) {
	p := piece{line: w.line, quoted: true, delim: ',', excel: true, byRecord: true}
	for len(p.data) < pieceSize {
		if !w.rows.Next() {
			w.eof = true
			if err := w.rows.Error(); err != nil {
				return p, fileErr(w.in.name, w.line, err, "工作簿在这一行损坏：%v", err)
			}
			if len(p.data) == 0 {
				return p, io.EOF
			}
			return p, nil
		}
		c, err := w.rows.Columns()
		if err != nil {
			return p, fileErr(w.in.name, w.line, err, "工作簿在这一行损坏：%v", err)
		}
		w.line++
		for i, v := range c {
			if i > 0 {
				p.data = append(p.data, ',')
			}
			if i < len(w.cols) {
				v = cellText(w.cols[i], v)
			}
			p.data = appendField(p.data, v)
		}
		p.data = append(p.data, '\n')
	}
	return p, nil
}

// cellText undoes what a workbook does to numbers: 27.299999999999997 was 27.3, 1.2E+11 was 120000000000.
func cellText(c *claim.Column, v string) string {
	if c == nil || len(v) < 3 {
		return v
	}
	scale := -1
	switch c.Type {
	case claim.Int:
		scale = 0
	case claim.Mny:
		scale = 2
	case claim.Num:
		scale = 4
	case claim.Prc:
		scale = 6
	case claim.Date, claim.Tm:
		return v
	}
	exp := strings.ContainsAny(v, "eE")
	_, frac, dot := strings.Cut(v, ".")
	if !exp && (scale < 0 || !dot || len(frac) <= scale) {
		return v
	}
	f, err := strconv.ParseFloat(v, 64)
	if err != nil {
		return v
	}
	if scale < 0 {
		if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
			return strconv.FormatFloat(f, 'f', -1, 64)
		}
		return v
	}
	s := strconv.FormatFloat(f, 'f', scale, 64)
	if g, _ := strconv.ParseFloat(s, 64); math.Abs(f-g) > 1e-9*math.Max(1, math.Abs(f)) {
		return v // real digits beyond the scale: let the parser say so
	}
	return s
}

// appendField writes a CSV field.
func appendField(b []byte, s string) []byte {
	if !strings.ContainsAny(s, ",\"\n\r") {
		return append(b, s...)
	}
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		if s[i] == '"' {
			b = append(b, '"')
		}
		b = append(b, s[i])
	}
	return append(b, '"')
}
