package knowledge

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

// maxSheetBytes bounds one unpacked file: the largest national sheet is below 2 MB.
const maxSheetBytes = 256 << 20

// sheet is one table of text: a .csv file, or one sheet of a workbook.
type sheet struct {
	file   string // file name as the user knows it
	tab    string // sheet of a workbook, "" otherwise
	header []string
	rows   [][]string
	lines  []int // row number in the file of each row, the header being 1 when it comes first
}

func (t *sheet) name() string {
	if t.tab == "" {
		return t.file
	}
	return t.file + "［" + t.tab + "］"
}

// cells of a row by lower-case column name; blank cells are left out.
func (t *sheet) cells(row []string) map[string]string {
	m := make(map[string]string, len(t.header))
	for i, h := range t.header {
		if i < len(row) && row[i] != "" {
			if k := strings.ToLower(h); m[k] == "" {
				m[k] = row[i]
			}
		}
	}
	return m
}

// has tells whether the header holds all the columns.
func (t *sheet) has(columns ...string) bool {
	for _, c := range columns {
		if t.col(c) < 0 {
			return false
		}
	}
	return true
}

// col is the index of the first of the names that the header holds, or −1.
func (t *sheet) col(names ...string) int {
	for _, n := range names {
		for i, h := range t.header {
			if strings.EqualFold(h, n) {
				return i
			}
		}
	}
	return -1
}

// readSheets reads the sheets of one file: .csv, .csv.gz or .xlsx.
func readSheets(name string, data []byte) ([]*sheet, error) {
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
	return []*sheet{newSheet(name, "", records, lines)}, nil
}

func gunzip(data []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(z, maxSheetBytes+1))
	if err == nil && len(out) > maxSheetBytes {
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

func readWorkbook(name string, data []byte) ([]*sheet, error) {
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxSheetBytes})
	if err != nil {
		return nil, fmt.Errorf("%s 不是可读的 xlsx 工作簿，可能损坏、加了密码，或只是改了后缀；请用表格软件另存为 xlsx", name)
	}
	defer f.Close()
	var out []*sheet
	for _, tab := range f.GetSheetList() {
		records, err := f.GetRows(tab)
		if err != nil {
			return nil, fmt.Errorf("%s 的工作表 %s 读不出来：%w", name, tab, err)
		}
		lines := make([]int, len(records))
		for i := range lines {
			lines[i] = i + 1
		}
		out = append(out, newSheet(name, tab, records, lines))
	}
	return out, nil
}

// newSheet takes the first record with at least two filled cells as the header; titles above it and blank records
// are not rows.
func newSheet(file, tab string, records [][]string, lines []int) *sheet {
	t := &sheet{file: file, tab: tab}
	for i, rec := range records {
		filled := 0
		for j := range rec {
			rec[j] = strings.TrimSpace(strings.ReplaceAll(rec[j], "\u3000", " "))
			if rec[j] != "" {
				filled++
			}
		}
		switch {
		case filled == 0, t.header == nil && filled < 2:
		case t.header == nil:
			t.header = rec
		default:
			t.rows, t.lines = append(t.rows, rec), append(t.lines, lines[i])
		}
	}
	return t
}
