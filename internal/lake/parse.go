package lake

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/mingjian/mingjian/internal/claim"
)

// parsed is a piece turned into columns. Codes are the parser's local numbers until the merger replaced them.
type parsed struct {
	in      *input
	parser  int
	b       *claim.Batch
	lines   []uint32
	spans   [][2]uint32 // raw text of each row in data
	data    []byte
	key     []uint64
	content []uint64
	fresh   [claim.DictCount][]string
	rejects []Reject
	flags   flagSet
	read    int
	err     error // the whole file is at fault
}

// colPlan is how one column of the file is read.
type colPlan struct {
	ci      int // −1: not of this table
	c       *claim.Column
	last    []byte // the value before, and what it became: neighbours are often equal
	lastN   int32
	day     []byte // the date part of the time before
	dayAt   int64
	present bool
}

// parser turns pieces of one table's files into columns. It belongs to one goroutine.
type parser struct {
	t     *claim.Table
	id    int
	dicts *localDicts
	plan  []colPlan
	need  []int // required columns, as positions in plan
	width int
	split splitter
}

func newParser(t *claim.Table, id int) *parser {
	return &parser{t: t, id: id, dicts: newLocalDicts()}
}

// header prepares for a file's columns; cols is from mapHeader.
func (p *parser) header(cols []int) {
	p.plan, p.need, p.width = make([]colPlan, len(cols)), nil, len(cols)
	for k, ci := range cols {
		p.plan[k].ci = ci
		if ci >= 0 {
			p.plan[k].c = &p.t.Columns[ci]
			if p.plan[k].c.Required {
				p.need = append(p.need, k)
			}
		}
	}
}

// mapHeader maps the header to columns. Unknown and repeated names become −1 and are listed; a missing required column
// fails the file.
func mapHeader(in *input, t *claim.Table, head []string) (cols []int, unknown []string, err error) {
	seen := make([]bool, len(t.Columns))
	for _, h := range head {
		ci := t.Col(lower(h))
		if ci >= 0 && seen[ci] {
			return nil, nil, fileErr(in.name, 1, nil, "表头的列 %s 出现了两次", h)
		}
		if ci < 0 {
			if h != "" {
				unknown = append(unknown, h)
			}
		} else {
			seen[ci] = true
		}
		cols = append(cols, ci)
	}
	var missing []string
	for i := range t.Columns {
		if t.Columns[i].Required && !seen[i] {
			missing = append(missing, t.Columns[i].Name)
		}
	}
	if missing != nil {
		return nil, nil, fileErr(in.name, 1, nil, "表 %s 缺少必填列 %s，请补齐后重新导入", t.Name, join(missing))
	}
	return cols, unknown, nil
}

// parse reads a piece. Row-level faults go to rejects and flags; a fault of the file to err.
func (p *parser) parse(in *input, pc piece) *parsed {
	out := &parsed{in: in, parser: p.id, b: claim.NewBatch(p.t)}
	if pc.gb {
		d, err := decodeGB(pc.data)
		if err != nil {
			out.err = fileErr(in.name, gbLine(pc), err, "既不是有效的 UTF-8 也不是有效的 GB18030 编码，请检查导出时选择的编码")
			return out
		}
		pc.data = d
	}
	out.data = pc.data
	p.split.delim, p.split.quoted, p.split.byRecord = pc.delim, pc.quoted, pc.byRecord
	p.split.reset(pc.data, pc.line)
	rows := bytes.Count(pc.data, nl) + 1
	p.allocate(out.b, rows)
	out.lines, out.spans = make([]uint32, 0, rows), make([][2]uint32, 0, rows)
	for {
		f, ok := p.split.next()
		if !ok {
			break
		}
		out.read++
		if p.split.err != "" {
			out.err = fileErr(in.name, p.split.line, nil, "%s", p.split.err)
			return out
		}
		if pc.last && len(f) < p.width && p.split.end == len(pc.data) {
			out.err = fileErr(in.name, p.split.line, nil, "在这一行中断：末行只有 %d 列（应为 %d 列），文件可能被截断", len(f), p.width)
			return out
		}
		p.row(out, f, pc.excel)
	}
	p.trim(out.b)
	n := out.b.N
	out.key, out.content = make([]uint64, n), make([]uint64, n)
	h := p.dicts.hashes()
	keyHashes(out.b, h, out.key)
	contentHashes(out.b, h, out.content)
	checkRows(out, p.dicts)
	for i, d := range p.dicts {
		out.fresh[i] = d.fresh()
	}
	return out
}

// gbLine finds the line of a piece that cannot be decoded.
func gbLine(pc piece) int {
	for i, row := range bytes.SplitAfter(pc.data, nl) {
		if _, err := decodeGB(row); err != nil {
			return pc.line + i
		}
	}
	return pc.line
}

// allocate makes room for all rows of a piece in the columns that the file has.
func (p *parser) allocate(b *claim.Batch, rows int) {
	for k := range p.plan {
		pl := &p.plan[k]
		if pl.ci < 0 {
			continue
		}
		pl.present = false
		col := &b.Cols[pl.ci]
		switch {
		case pl.c.Type == claim.Str:
			col.Text.Off = append(make([]uint32, 0, rows+1), 0)
		case pl.c.Type.Wide():
			col.I64 = make([]int64, rows)
		default:
			col.I32 = make([]int32, rows)
		}
	}
}

// trim cuts the columns to the rows that were taken and drops columns without any value.
func (p *parser) trim(b *claim.Batch) {
	for k := range p.plan {
		pl := &p.plan[k]
		if pl.ci < 0 {
			continue
		}
		col := &b.Cols[pl.ci]
		switch {
		case !pl.present:
			*col = claim.Col{}
		case pl.c.Type == claim.Str:
		case pl.c.Type.Wide():
			col.I64 = col.I64[:b.N]
		default:
			col.I32 = col.I32[:b.N]
		}
	}
}

// row takes one record into the batch, or into the rejects.
func (p *parser) row(out *parsed, f [][]byte, excel bool) {
	n, line := out.b.N, p.split.line
	for k := p.width; k < len(f); k++ {
		if len(bytes.TrimSpace(f[k])) > 0 {
			p.reject(out, "", string(f[k]), fmt.Sprintf("这一行有 %d 列，表头只有 %d 列；值中的逗号要用引号括起", len(f), p.width))
			return
		}
	}
	for _, k := range p.need {
		if k >= len(f) || absent(trimBlank(f[k])) {
			p.reject(out, p.plan[k].c.Name, "", "缺少必填字段")
			return
		}
	}
	for k := range p.plan {
		pl := &p.plan[k]
		if pl.ci < 0 {
			continue
		}
		var v []byte
		if k < len(f) {
			v = trimBlank(f[k])
		}
		if fe := p.value(pl, &out.b.Cols[pl.ci], n, v, excel); fe != nil {
			if pl.c.Required || len(pl.c.Values) > 0 {
				p.undoText(out.b, k)
				p.reject(out, pl.c.Name, fe.Value, fe.Err.Error())
				return
			}
			out.flags.add(FlagUnreadable, Sample{File: out.in.name, Row: line, Field: pl.c.Name, Value: fe.Value, Note: fe.Err.Error()})
		}
	}
	out.lines = append(out.lines, uint32(line))
	out.spans = append(out.spans, [2]uint32{uint32(p.split.start), uint32(p.split.end)})
	out.b.N++
}

// undoText takes back the texts of a row that is rejected at column k of the file.
func (p *parser) undoText(b *claim.Batch, k int) {
	for i := 0; i < k; i++ {
		if pl := &p.plan[i]; pl.ci >= 0 && pl.c.Type == claim.Str {
			t := &b.Cols[pl.ci].Text
			t.Off = t.Off[:len(t.Off)-1]
			t.Data = t.Data[:t.Off[len(t.Off)-1]]
		}
	}
}

func (p *parser) reject(out *parsed, field, value, reason string) {
	out.rejects = append(out.rejects, Reject{File: out.in.name, Row: p.split.line, Field: field, Value: value, Reason: reason,
		Raw: string(p.split.raw())})
}

// value writes one value into slot n of its column.
func (p *parser) value(pl *colPlan, col *claim.Col, n int, v []byte, excel bool) *claim.FieldError {
	c := pl.c
	gone := absent(v)
	switch {
	case c.Type == claim.Str:
		if !gone {
			pl.present = true
			col.Text.Data = append(col.Text.Data, v...)
		}
		col.Text.Off = append(col.Text.Off, uint32(len(col.Text.Data)))
		return nil
	case gone && c.Type.Wide():
		col.I64[n] = claim.None64
		return nil
	case gone && c.Type == claim.Code:
		col.I32[n] = 0
		return nil
	case gone:
		col.I32[n] = claim.None32
		return nil
	case c.Type == claim.Code:
		if !bytes.Equal(v, pl.last) {
			if len(c.Values) > 0 && !oneOf(c.Values, v) {
				return &claim.FieldError{Field: c.Name, Value: string(v), Err: fmt.Errorf("只能是 %s 之一", join(c.Values))}
			}
			pl.last, pl.lastN = append(pl.last[:0], v...), p.dicts[c.Dict].put(v)
		}
		col.I32[n], pl.present = pl.lastN, true
		return nil
	case excel && (c.Type == claim.Date || c.Type == claim.Tm):
		v = excelDate(v)
	}
	return p.number(pl, col, n, v)
}

func (p *parser) number(pl *colPlan, col *claim.Col, n int, v []byte) *claim.FieldError {
	narrow, wide, err := int32(claim.None32), int64(claim.None64), error(nil)
	switch pl.c.Type {
	case claim.Tm:
		wide, err = pl.time(v)
	case claim.Mny:
		wide, err = claim.ParseDecimal(str(v), 2)
	case claim.Num:
		wide, err = claim.ParseDecimal(str(v), 4)
	case claim.Prc:
		wide, err = claim.ParseDecimal(str(v), 6)
	default:
		narrow, _, err = pl.c.Parse(nil, str(v))
	}
	if err != nil {
		narrow, wide = claim.None32, claim.None64
	} else {
		pl.present = true
	}
	if pl.c.Type.Wide() {
		col.I64[n] = wide
	} else {
		col.I32[n] = narrow
	}
	if err != nil {
		return &claim.FieldError{Field: pl.c.Name, Value: string(v), Err: err}
	}
	return nil
}

// time reads a time, keeping the day of the value before: lines of one settlement share it, and turning a date into a
// day number is the dearest part.
func (pl *colPlan) time(v []byte) (int64, error) {
	if len(v) == 19 && len(pl.day) == 10 && string(v[:10]) == string(pl.day) && (v[10] == ' ' || v[10] == 'T') && v[13] == ':' && v[16] == ':' {
		h, ok1 := two(v[11:])
		m, ok2 := two(v[14:])
		s, ok3 := two(v[17:])
		if ok1 && ok2 && ok3 && h < 24 && m < 60 && s < 60 {
			return pl.dayAt + int64(h*3600+m*60+s)*1_000_000, nil
		}
	}
	t, err := claim.ParseTime(str(v))
	if err != nil {
		return claim.None64, err
	}
	if len(v) == 19 {
		pl.day, pl.dayAt = append(pl.day[:0], v[:10]...), t.Day().Start().Clock()
	}
	return int64(t), nil
}

func two(b []byte) (int, bool) {
	x, y := b[0]-'0', b[1]-'0'
	return int(x)*10 + int(y), x < 10 && y < 10
}

func trimBlank(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t') {
		b = b[:len(b)-1]
	}
	return b
}

func absent(b []byte) bool { return len(b) == 0 || (len(b) <= 4 && claim.Absent(str(b))) }

func oneOf(vs []string, b []byte) bool {
	for _, v := range vs {
		if v == string(b) {
			return true
		}
	}
	return false
}

// excelDate turns a serial number of a workbook into the contract's text; anything else stays as it is.
func excelDate(v []byte) []byte {
	f, err := strconv.ParseFloat(string(v), 64)
	if err != nil || f < 1 || f >= 2_958_466 || len(v) == 8 && bytes.IndexByte(v, '.') < 0 {
		return v
	}
	day := int64(f)
	sec := int64((f-float64(day))*86400 + 0.5)
	d := claim.Day(day - 25569)
	if sec == 0 {
		return []byte(d.String())
	}
	return []byte(claim.Time(int64(d.Start()) - 1 + sec*1_000_000).String())
}
