package claim

import (
	"fmt"
	"unsafe"

	"github.com/cespare/xxhash/v2"
)

// Batch is rows of one table in columns. A column that no row filled stays zero (absent everywhere).
type Batch struct {
	Table *Table
	N     int
	Cols  []Col
	// Pers is the person of each row of a person-keyed table: the code (in DictPerson) of the psn_no that stands for
	// all numbers of that person. Nil until the owner of the batch resolved persons.
	Pers []int32
	// Visit and Setl are KeyOf(mdtrt_id) and KeyOf(setl_id) of each row, for tables that have these columns; nil until
	// resolved. They join rows of one person without decoding the codes themselves.
	Visit, Setl []uint64
}

// Col is one column: I32, I64 or Text by the column's type; all nil when the column is absent. Numbers may lie Skip elements
// apart, where whole rows lie together: read them by Batch.I32 and Batch.I64.
type Col struct {
	I32  []int32
	I64  []int64
	Text Text
	Skip int
}

// Text is a column of strings in one buffer.
type Text struct {
	Off  []uint32 // len n+1
	Data []byte
}

// At returns string i without copying; it is valid as long as the batch is.
func (t *Text) At(i int) string {
	if t.Off == nil {
		return ""
	}
	a, b := t.Off[i], t.Off[i+1]
	if a == b {
		return ""
	}
	return unsafe.String(&t.Data[a], b-a)
}

// Append adds a string.
func (t *Text) Append(s string) {
	if t.Off == nil {
		t.Off = append(t.Off, 0)
	}
	t.Data = append(t.Data, s...)
	t.Off = append(t.Off, uint32(len(t.Data)))
}

// NewBatch returns an empty batch of the table.
func NewBatch(t *Table) *Batch { return &Batch{Table: t, Cols: make([]Col, len(t.Columns))} }

// FieldError says which field of a row cannot be taken and why, in Chinese, for the person who sent the file.
type FieldError struct {
	Field, Value string
	Missing      bool
	Err          error
}

func (e *FieldError) Error() string {
	if e.Missing {
		return "缺少必填字段 " + e.Field
	}
	return fmt.Sprintf("字段 %s 的值 %q 不可用：%v", e.Field, e.Value, e.Err)
}
func (e *FieldError) Unwrap() error { return e.Err }

// Absent tells whether an input value means "no value": empty, -, NULL, \N.
func Absent(s string) bool {
	switch s {
	case "", "-", "NULL", "null", `\N`:
		return true
	}
	return false
}

// Append adds a row of strings, fields[i] being the value of column cols[i]. A required field that is absent or
// unreadable, or a value outside a closed list, is an error and the batch is unchanged; an optional field that cannot be
// read is taken as absent and its column index is passed to bad (which may be nil).
func (b *Batch) Append(ds *Dicts, cols []int, fields []string, bad func(col int, e *FieldError)) error {
	var narrow [128]int32
	var wide [128]int64
	for i := range b.Table.Columns {
		switch c := &b.Table.Columns[i]; {
		case c.Type == Code:
			narrow[i] = 0
		case c.Type.Wide():
			wide[i] = None64
		default:
			narrow[i] = None32
		}
	}
	var text [128]string
	var have [128]bool
	for k, ci := range cols {
		if ci < 0 || k >= len(fields) || Absent(fields[k]) {
			continue
		}
		c := &b.Table.Columns[ci]
		n, w, err := c.Parse(ds, fields[k])
		if err != nil {
			fe := &FieldError{Field: c.Name, Value: fields[k], Err: err}
			if c.Required || len(c.Values) > 0 {
				return fe
			}
			if bad != nil {
				bad(ci, fe)
			}
			continue
		}
		narrow[ci], wide[ci], text[ci], have[ci] = n, w, fields[k], true
	}
	for i := range b.Table.Columns {
		if b.Table.Columns[i].Required && !have[i] {
			return &FieldError{Field: b.Table.Columns[i].Name, Missing: true}
		}
	}
	for i := range b.Table.Columns {
		c, col := &b.Table.Columns[i], &b.Cols[i]
		switch {
		case c.Type == Str:
			if have[i] && col.Text.Off == nil {
				col.Text.Off = make([]uint32, b.N+1, b.N+64)
			}
			if col.Text.Off != nil {
				col.Text.Append(text[i])
			}
		case c.Type.Wide():
			if have[i] && col.I64 == nil {
				col.I64 = filled64(b.N)
			}
			if col.I64 != nil {
				col.I64 = append(col.I64, wide[i])
			}
		default:
			if have[i] && col.I32 == nil {
				col.I32 = filled32(b.N, c.Type)
			}
			if col.I32 != nil {
				col.I32 = append(col.I32, narrow[i])
			}
		}
	}
	b.N++
	return nil
}

func filled64(n int) []int64 {
	v := make([]int64, n, n+64)
	for i := range v {
		v[i] = None64
	}
	return v
}

func filled32(n int, t Type) []int32 {
	v := make([]int32, n, n+64)
	if t != Code {
		for i := range v {
			v[i] = None32
		}
	}
	return v
}

// Parse reads one present value of the column. Text columns return zeros: the caller keeps the string.
func (c *Column) Parse(ds *Dicts, s string) (narrow int32, wide int64, err error) {
	if len(c.Values) > 0 && !contains(c.Values, s) {
		return 0, 0, fmt.Errorf("只能是 %v 之一", c.Values)
	}
	switch c.Type {
	case Code:
		return ds[c.Dict].Put(s), 0, nil
	case Int:
		n, err := ParseDecimal(s, 0)
		if err == nil && (n > 1<<30 || n < -(1<<30)) {
			err = errRange
		}
		return int32(n), 0, err
	case Date:
		d, err := ParseDay(s)
		return int32(d), 0, err
	case Tm:
		t, err := ParseTime(s)
		return 0, int64(t), err
	case Mny:
		n, err := ParseDecimal(s, 2)
		return 0, n, err
	case Num:
		n, err := ParseDecimal(s, 4)
		return 0, n, err
	case Prc:
		n, err := ParseDecimal(s, 6)
		return 0, n, err
	}
	return 0, 0, nil
}

func contains(vs []string, s string) bool {
	for _, v := range vs {
		if v == s {
			return true
		}
	}
	return false
}

// I32 of a row: the value, or the column type's absent value.
func (b *Batch) I32(col, row int) int32 {
	if c := &b.Cols[col]; c.I32 != nil {
		return c.I32[row+row*c.Skip]
	}
	return b.Table.Columns[col].Absent()
}

// Absent is what narrow columns hold where there is no value.
func (c *Column) Absent() int32 {
	if c.Type == Code {
		return 0
	}
	return None32
}

// I64 of a row: the value, or None64.
func (b *Batch) I64(col, row int) int64 {
	if c := &b.Cols[col]; c.I64 != nil {
		return c.I64[row+row*c.Skip]
	}
	return None64
}

// Str of a row of a text column; "" when absent.
func (b *Batch) Str(col, row int) string { return b.Cols[col].Text.At(row) }

// Format writes a value as the contract writes it; "" when absent.
func (b *Batch) Format(ds *Dicts, col, row int) string {
	c := &b.Table.Columns[col]
	switch c.Type {
	case Str:
		return b.Str(col, row)
	case Code:
		return ds[c.Dict].String(b.I32(col, row))
	case Int:
		if v := b.I32(col, row); v != None32 {
			return fmt.Sprint(v)
		}
		return ""
	case Date:
		return Day(b.I32(col, row)).String()
	case Tm:
		return Time(b.I64(col, row)).String()
	case Mny:
		return FormatDecimal(b.I64(col, row), 2, 2)
	case Num:
		return FormatDecimal(b.I64(col, row), 4, 0)
	}
	return FormatDecimal(b.I64(col, row), 6, 0)
}

// KeyOf hashes a near-unique code (mdtrt_id, setl_id, …) to the 64 bits by which rows of one person are joined. It is 0
// for the absent code only.
func KeyOf(s string) uint64 {
	if s == "" {
		return 0
	}
	if k := xxhash.Sum64String(s); k != 0 {
		return k
	}
	return 1
}
