package casemix

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

// table is one CSV of a scheme being read: a row at a time, columns by name.
type table struct {
	name string
	r    *csv.Reader
	cols map[string]int
	row  []string
	line int
	done func() error
}

// openTable opens NAME.csv or NAME.csv.gz; nil without an error when there is neither.
func openTable(fsys fs.FS, name string) (*table, error) {
	for _, file := range []string{name + ".csv", name + ".csv.gz"} {
		f, err := fsys.Open(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		t := &table{name: file, done: f.Close}
		var in io.Reader = f
		if strings.HasSuffix(file, ".gz") {
			if in, err = gzip.NewReader(f); err != nil {
				f.Close()
				return nil, fmt.Errorf("%s 不是完整的压缩文件：%w", file, err)
			}
		}
		if err := t.head(in); err != nil {
			f.Close()
			return nil, err
		}
		return t, nil
	}
	return nil, nil
}

func (t *table) head(in io.Reader) error {
	t.r = csv.NewReader(in)
	t.r.ReuseRecord, t.r.FieldsPerRecord, t.r.LazyQuotes = true, -1, true
	head, err := t.r.Read()
	if err != nil {
		return fmt.Errorf("%s 没有表头：%w", t.name, err)
	}
	t.cols = map[string]int{}
	for i, h := range head {
		t.cols[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))] = i
	}
	t.line = 1
	return nil
}

// col is the index of the first of the names that the table has; -1 without any.
func (t *table) col(names ...string) int {
	for _, n := range names {
		if i, ok := t.cols[n]; ok {
			return i
		}
	}
	return -1
}

// need is col, with an error when none is there.
func (t *table) need(names ...string) (int, error) {
	i := t.col(names...)
	if i < 0 {
		return i, fmt.Errorf("%s 缺少列 %s", t.name, strings.Join(names, " 或 "))
	}
	return i, nil
}

// next reads a row; false at the end.
func (t *table) next() (bool, error) {
	row, err := t.r.Read()
	if err == io.EOF {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("%s：%w", t.name, err)
	}
	t.row = row
	t.line, _ = t.r.FieldPos(0)
	return true, nil
}

// at is a trimmed cell of the row; "" when the column or cell is absent.
func (t *table) at(i int) string {
	if i < 0 || i >= len(t.row) {
		return ""
	}
	return strings.TrimSpace(t.row[i])
}

// errorf names the file and line.
func (t *table) errorf(format string, a ...any) error {
	return fmt.Errorf("%s 第 %d 行：%s", t.name, t.line, fmt.Sprintf(format, a...))
}

// each opens a table and calls row for each of its rows. A table that is not there has no rows, unless it is required.
func each(fsys fs.FS, name string, required bool, start func(t *table) error, row func(t *table) error) error {
	t, err := openTable(fsys, name)
	if err != nil {
		return err
	}
	if t == nil {
		if required {
			return fmt.Errorf("分组方案缺少表 %s.csv（或 .csv.gz）", name)
		}
		return nil
	}
	defer t.done()
	if err := start(t); err != nil {
		return err
	}
	for {
		ok, err := t.next()
		if err != nil || !ok {
			return err
		}
		if err := row(t); err != nil {
			return err
		}
	}
}
