// Package sheet reads the tables that people send: .csv (also .gz) in UTF-8 or GB18030, and the sheets of a workbook (.xlsx). It knows rows of
// text, their headers and their line numbers; what a column means it does not.
package sheet

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// maxBytes bounds one unpacked file: the largest national sheet is below 2 MB.
const maxBytes = 256 << 20

// Table is one table of text: a .csv file, or one sheet of a workbook.
type Table struct {
	File   string // file name as the user knows it
	Tab    string // sheet of a workbook, "" otherwise
	Header []string
	Rows   [][]string
	Lines  []int // row number in the file of each row, the header being 1 when it comes first
}

// Name is the file, with the sheet where there are several.
func (t *Table) Name() string {
	if t.Tab == "" {
		return t.File
	}
	return t.File + "［" + t.Tab + "］"
}

// Cells of a row by lower-case column name; blank cells are left out.
func (t *Table) Cells(row []string) map[string]string {
	m := make(map[string]string, len(t.Header))
	for i, h := range t.Header {
		if i < len(row) && row[i] != "" {
			if k := strings.ToLower(h); m[k] == "" {
				m[k] = row[i]
			}
		}
	}
	return m
}

// Has tells whether the header holds all the columns.
func (t *Table) Has(columns ...string) bool {
	for _, c := range columns {
		if t.Col(c) < 0 {
			return false
		}
	}
	return true
}

// Col is the index of the first of the names that the header holds, or −1.
func (t *Table) Col(names ...string) int {
	for _, n := range names {
		for i, h := range t.Header {
			if strings.EqualFold(h, n) {
				return i
			}
		}
	}
	return -1
}

// Read reads the tables of one file: .csv, .csv.gz or .xlsx.
func Read(name string, data []byte) ([]*Table, error) {
	base := strings.ToLower(path.Base(name))
	if strings.HasSuffix(base, ".gz") {
		var err error
		if data, err = gunzip(data); err != nil {
			return nil, fmt.Errorf("%s 不是完好的 gzip 文件，请重新取得：%w", name, err)
		}
		base = strings.TrimSuffix(base, ".gz")
	}
	if strings.HasSuffix(base, ".xlsx") {
		return readWorkbook(name, data)
	}
	records, lines, err := readCSV(data)
	if err != nil {
		return nil, fmt.Errorf("%s 不是可读的 CSV：%w", name, err)
	}
	return []*Table{newTable(name, "", records, lines)}, nil
}

func gunzip(data []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(z, maxBytes+1))
	if err == nil && len(out) > maxBytes {
		err = errors.New("解压后过大")
	}
	return out, err
}

// decodeText brings the text of a file to UTF-8: a BOM is dropped, anything that is not UTF-8 is read as GB18030.
func decodeText(data []byte) ([]byte, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if utf8.Valid(data) {
		return data, nil
	}
	out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	if err != nil || bytes.ContainsRune(out, utf8.RuneError) {
		return nil, errors.New("文字编码既不是 UTF-8 也不是 GB18030")
	}
	return out, nil
}

func readCSV(data []byte) (records [][]string, lines []int, err error) {
	text, err := decodeText(data)
	if err != nil {
		return nil, nil, err
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	for {
		rec, err := r.Read()
		if err == io.EOF {
			return records, lines, nil
		}
		if err != nil {
			return nil, nil, err
		}
		line, _ := r.FieldPos(0)
		records, lines = append(records, rec), append(lines, line)
	}
}

func readWorkbook(name string, data []byte) ([]*Table, error) {
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxBytes})
	if err != nil {
		return nil, fmt.Errorf("%s 不是可读的 xlsx 工作簿，可能损坏、加了密码，或只是改了后缀；请用表格软件另存为 xlsx", name)
	}
	defer f.Close()
	var out []*Table
	for _, tab := range f.GetSheetList() {
		records, err := f.GetRows(tab)
		if err != nil {
			return nil, fmt.Errorf("%s 的工作表 %s 读不出来：%w", name, tab, err)
		}
		lines := make([]int, len(records))
		for i := range lines {
			lines[i] = i + 1
		}
		out = append(out, newTable(name, tab, records, lines))
	}
	return out, nil
}

// newTable takes the first record with at least two filled cells as the header; titles above it and blank records
// are not rows.
func newTable(file, tab string, records [][]string, lines []int) *Table {
	t := &Table{File: file, Tab: tab}
	for i, rec := range records {
		filled := 0
		for j := range rec {
			rec[j] = strings.TrimSpace(strings.ReplaceAll(rec[j], "\u3000", " "))
			if rec[j] != "" {
				filled++
			}
		}
		switch {
		case filled == 0, t.Header == nil && filled < 2:
		case t.Header == nil:
			t.Header = rec
		default:
			t.Rows, t.Lines = append(t.Rows, rec), append(t.Lines, lines[i])
		}
	}
	return t
}
