package casemix

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// CaseReader reads a list of cases: CSV, columns as in the reference lists, diagnoses and procedures separated by |.
type CaseReader struct {
	r    *rowReader
	col  [caseColumns]int
	file io.Closer
	name string       // of the file, for messages; "" of a stream
	size int64        // bytes of the file, 0 of a stream
	done atomic.Int64 // bytes read of it
	head map[string]int
	row  []string // read last
}

const (
	colID = iota
	colSex
	colAge
	colAgeDays
	colWeight
	colLOS
	colDischarge
	colICU
	colDept
	colNewTech
	colDx
	colProc
	colBirth
	colIn
	colOut
	caseColumns
)

// caseNames are the accepted headings of each column; the national field names stand beside the reference's.
var caseNames = [caseColumns][]string{{"case_id", "mdtrt_id", "id"}, {"gender", "sex", "gend"}, {"age"}, {"age_days", "nwb_age"}, {"weight_g", "weight", "nwb_bir_wt", "nwb_adm_wt"},
	{"los_days", "los", "act_ipt_days"}, {"discharge", "dscg_way"}, {"icu_hours"}, {"dept", "dscg_dept_codg"}, {"new_tech"}, {"dx", "diagnoses"}, {"proc", "procedures"},
	{"brdy", "birth_date"}, {"begntime", "adm_date"}, {"endtime", "dscg_date"}}

// OpenCases opens a case list; "-" is not handled here.
func OpenCases(path string) (*CaseReader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	c := &CaseReader{file: f, name: path}
	if st, err := f.Stat(); err == nil && st.Mode().IsRegular() {
		c.size = st.Size()
	}
	if err := c.start(f); err != nil {
		f.Close()
		return nil, fmt.Errorf("%s：%w", path, err)
	}
	return c, nil
}

// ReadCases reads cases from a stream: CSV in UTF-8 or GB18030, packed (.gz) or not, divided by commas, tabs or semicolons.
func ReadCases(in io.Reader) (*CaseReader, error) {
	c := &CaseReader{}
	if err := c.start(in); err != nil {
		return nil, err
	}
	return c, nil
}

// Progress is how many bytes of the file have been read, and how many it has; 0 of a stream.
func (r *CaseReader) Progress() (done, size int64) { return r.done.Load(), r.size }

// counted counts the bytes that are read.
type counted struct {
	in io.Reader
	n  *atomic.Int64
}

func (c counted) Read(b []byte) (int, error) {
	n, err := c.in.Read(b)
	c.n.Add(int64(n))
	return n, err
}

// start reads the heading.
func (c *CaseReader) start(in io.Reader) error {
	in, err := sniff(counted{in, &c.done})
	if err != nil {
		return err
	}
	c.r = newRowReader(in)
	head, err := c.r.read()
	if err == io.EOF {
		return errors.New("文件是空的，没有表头")
	}
	if err != nil {
		return fmt.Errorf("表头读不了：%w", broken(err))
	}
	for c.r.width = len(head); c.r.width > 1 && strings.TrimSpace(head[c.r.width-1]) == ""; c.r.width-- {
	}
	at := map[string]int{}
	c.head = at
	for i, h := range head {
		at[strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))] = i
	}
	for k, names := range caseNames {
		c.col[k] = -1
		for _, n := range names {
			if i, ok := at[n]; ok {
				c.col[k] = i
				c.r.single = append(c.r.single, i)
				break
			}
		}
	}
	var missing []string
	for _, k := range []int{colSex, colDx} {
		if c.col[k] < 0 {
			missing = append(missing, caseNames[k][0])
		}
	}
	if c.col[colAge] < 0 && (c.col[colBirth] < 0 || c.col[colIn] < 0) {
		missing = append(missing, "age（或 brdy 和 begntime）")
	}
	if len(missing) > 0 {
		return fmt.Errorf("病例表缺少列 %s", strings.Join(missing, "、"))
	}
	return nil
}

// Close the file.
func (r *CaseReader) Close() error {
	if r.file == nil {
		return nil
	}
	return r.file.Close()
}

// Next reads a case; io.EOF at the end. A row that cannot be read is a case with a Problem, never an error: only a
// broken file stops the batch.
func (r *CaseReader) Next(c *Case) error {
	var fault rowFault
	row, err := r.r.read()
	r.row = row
	switch {
	case err == io.EOF:
		return err
	case errors.As(err, &fault):
		*c = Case{ID: r.id(row), Problem: problem("ROW", "第 %d 行%v", r.r.line, fault)}
		return nil
	case err != nil:
		return fmt.Errorf("%s第 %d 行之后读不下去：%w", r.name, r.r.line, broken(err))
	}
	cell := func(k int) string {
		if i := r.col[k]; i >= 0 && i < len(row) {
			return absent(row[i])
		}
		return ""
	}
	*c = Case{ID: r.id(row), Dx: codesIn(cell(colDx), true), Proc: procsIn(cell(colProc)), Dept: cell(colDept)}
	p := &c.Problem
	switch sex := cell(colSex); sex {
	case "男":
		c.Sex = 1
	case "女":
		c.Sex = 2
	default:
		c.Sex = int8(whole(sex, "性别", "SEX", 0, p))
	}
	c.Age = whole(cell(colAge), "年龄", "AGE", None, p)
	c.AgeDays = whole(cell(colAgeDays), "日龄", "AGE_DAYS", None, p)
	c.Weight = whole(cell(colWeight), "体重", "WEIGHT", None, p)
	if c.Age > 0 && c.Weight == 0 { // forms of adults come with a 0 where nothing was weighed
		c.Weight = None
	}
	c.LOS = whole(cell(colLOS), "住院天数", "LOS", None, p)
	c.ICUHours = whole(cell(colICU), "监护小时", "ICU_HOURS", None, p)
	d := whole(cell(colDischarge), "离院方式", "DISCHARGE", 0, p)
	if d < 0 || d > 9 {
		c.fail("DISCHARGE", "离院方式 %d 不是 1–9", d)
	} else {
		c.Discharge = int8(d)
	}
	switch cell(colNewTech) {
	case "1", "是", "true", "TRUE", "Y":
		c.NewTech = true
	}
	c.dates(cell(colBirth), cell(colIn), cell(colOut))
	return nil
}

// id of the case in a row; rows without one are named by their line.
func (r *CaseReader) id(row []string) string {
	if i := r.col[colID]; i >= 0 && i < len(row) {
		if id := absent(strings.Trim(row[i], `"`)); id != "" {
			return id
		}
	}
	return "第" + strconv.Itoa(r.r.line) + "行"
}

// broken says in Chinese what breaks off a packed stream.
func broken(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader) {
		return fmt.Errorf("压缩文件不完整或已损坏（%w）", err)
	}
	return err
}

func (c *Case) fail(code, format string, a ...any) {
	if c.Problem == nil {
		c.Problem = problem(code, format, a...)
	}
}

// absent turns the ways of writing "nothing" into "".
func absent(s string) string {
	s = strings.TrimSpace(s)
	switch s {
	case "-", "NULL", "null", `\N`, "--", "NaN":
		return ""
	}
	return s
}

func whole(s, name, code string, none int32, p **Problem) int32 {
	if s == "" {
		return none
	}
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil {
		if i, frac, ok := strings.Cut(s, "."); ok && strings.Trim(frac, "0") == "" { // spreadsheets write 3.0
			n, err = strconv.ParseInt(i, 10, 32)
		}
	}
	if err == nil && name == "性别" && (n < 0 || n > 9) {
		err = strconv.ErrRange
	}
	if err != nil {
		if *p == nil {
			*p = problem(code, "%s“%s”不是整数", name, clip(s))
		}
		return none
	}
	if n < 0 && none == None { // a negative number is an impossible value, not an absent one
		if *p == nil {
			*p = problem(code, "%s %d 不可能是负数", name, n)
		}
		return none
	}
	return int32(n)
}

// codesIn splits a cell of codes. Empty places between codes are dropped, except the first (keepFirst): that means that the
// principal diagnosis or the main procedure is missing.
func codesIn(s string, keepFirst bool) []string {
	if s == "" {
		return nil
	}
	n := strings.Count(s, "|") + 1
	out := make([]string, 0, n)
	for i := 0; i < n; i++ {
		part, rest, _ := strings.Cut(s, "|")
		s = rest
		if part = absent(part); part != "" || i == 0 && keepFirst {
			out = append(out, part)
		}
	}
	return out
}

// procsIn splits a cell of procedures; one of empty places only is a case without procedures.
func procsIn(s string) []string {
	p := codesIn(s, true)
	if len(p) == 1 && p[0] == "" {
		return nil
	}
	return p
}

// dates derives age, day age and length of stay from dates where the list gives dates instead, and finds impossible ones.
func (c *Case) dates(birth, in, out string) {
	b, okB := c.day(birth, "出生日期")
	i, okI := c.day(in, "入院日期")
	o, okO := c.day(out, "出院日期")
	if okI && okO {
		days := int32(o.Sub(i).Hours() / 24)
		if days < 0 {
			c.fail("DATES", "出院日期 %s 早于入院日期 %s", out, in)
			return
		}
		if c.LOS == None {
			c.LOS = max(1, days)
		}
	}
	if okB && okI {
		if b.After(i) {
			c.fail("DATES", "出生日期 %s 晚于入院日期 %s", birth, in)
			return
		}
		if c.Age == None {
			y := i.Year() - b.Year()
			if i.Month() < b.Month() || i.Month() == b.Month() && i.Day() < b.Day() {
				y--
			}
			c.Age = int32(y)
		}
		if c.AgeDays == None && c.Age == 0 {
			c.AgeDays = int32(i.Sub(b).Hours() / 24)
		}
	}
}

// day reads a date as lists write it: 2025-01-05, 2025/1/5, 20250105, with or without a time of day behind it.
func (c *Case) day(s, name string) (time.Time, bool) {
	if s == "" {
		return time.Time{}, false
	}
	date, _, _ := strings.Cut(s, " ")
	date, _, _ = strings.Cut(date, "T")
	for _, layout := range []string{"2006-01-02", "2006-1-2", "2006/1/2", "20060102"} {
		if t, err := time.Parse(layout, date); err == nil {
			return t, true
		}
	}
	c.fail("DATES", "%s“%s”不是 yyyy-MM-dd 的日期", name, clip(s))
	return time.Time{}, false
}

// HasColumn tells whether the list has a further column, by its heading.
func (r *CaseReader) HasColumn(name string) bool {
	_, ok := r.head[name]
	return ok
}

// Cell is a further column's cell of the case that Next read last; "" when absent.
func (r *CaseReader) Cell(name string) string {
	if i, ok := r.head[name]; ok && i < len(r.row) {
		return absent(r.row[i])
	}
	return ""
}
