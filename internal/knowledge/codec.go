package knowledge

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"

	"github.com/mingjian/mingjian/internal/claim"
)

// A version of the knowledge base is two files of tagged CSV records, gzipped: the points file (L live, P pending with
// its reason, W open with what is needed) that every start reads, and the library file (S rows of sheets, R rows that could not be
// used but for a person's help, O own points, M code maps, C points that were replaced, with the version that did it) that only an
// import reads.

const (
	tagLive    = "L"
	tagPending = "P"
	tagSource  = "S"
	tagOwn     = "O"
	tagOpen    = "W"
	tagMap     = "M"
	tagReject  = "R"
	tagClosed  = "C"
)

// pool makes equal strings of a file one string: generic names, texts and sources repeat thousands of times.
type pool struct {
	strings map[string]string
	params  map[string]Params
	days    map[string]claim.Day
}

func newPool() *pool {
	return &pool{map[string]string{}, map[string]Params{}, map[string]claim.Day{}}
}

func (p *pool) str(s string) string {
	if s == "" {
		return ""
	}
	if v, ok := p.strings[s]; ok {
		return v
	}
	v := string([]byte(s)) // the record's own memory is shared by all its fields
	p.strings[v] = v
	return v
}

func (p *pool) day(s string, absent claim.Day) (claim.Day, error) {
	if s == "" {
		return absent, nil
	}
	if d, ok := p.days[s]; ok {
		return d, nil
	}
	d, err := claim.ParseDay(s)
	p.days[p.str(s)] = d
	return d, err
}

func (p *pool) parse(s string) (Params, error) {
	if v, ok := p.params[s]; ok {
		return v, nil
	}
	v, err := ParseParams(s)
	p.params[p.str(s)] = v
	return v, err
}

// point reads what pointCells wrote.
func (p *pool) point(c []string) (Point, error) {
	if len(c) != len(PointColumns) {
		return Point{}, fmt.Errorf("知识点应有 %d 列，读到 %d 列", len(PointColumns), len(c))
	}
	out := Point{
		ID: string([]byte(c[0])), RuleID: p.str(c[1]), Subject: p.str(c[2]), Second: p.str(c[3]), Scope: p.str(c[4]),
		Limit: claim.None64, Unit: p.str(c[6]), Sex: p.str(c[8]), AgeMin: -1, AgeMax: -1, DiagSet: p.str(c[11]),
		Allow: p.str(c[12]), Basis: p.str(c[14]), Source: p.str(c[15]), AppliesOn: p.str(c[16]), Area: p.str(c[19]),
	}
	var errs [6]error
	if c[5] != "" {
		var n int64
		n, errs[0] = claim.ParseDecimal(c[5], 4)
		out.Limit = claim.Qty(n)
	}
	for i, f := range []struct {
		cell string
		to   *int
	}{{c[7], &out.WindowD}, {c[9], &out.AgeMin}, {c[10], &out.AgeMax}} {
		if f.cell != "" {
			*f.to, errs[1+i] = strconv.Atoi(f.cell)
		}
	}
	var err error
	if out.Params, err = p.parse(c[13]); err != nil {
		return out, err
	}
	out.From, errs[4] = p.day(c[17], FirstDay)
	out.To, errs[5] = p.day(c[18], claim.OpenDay)
	for _, e := range errs {
		if e != nil {
			return out, fmt.Errorf("知识点 %s：%w", c[0], e)
		}
	}
	return out, nil
}

// eachRecord reads a tagged file.
func eachRecord(r io.Reader, do func(rec []string) error) error {
	z, err := gzip.NewReader(bufio.NewReaderSize(r, 1<<16))
	if err != nil {
		return err
	}
	defer z.Close()
	c := csv.NewReader(bufio.NewReaderSize(z, 1<<16))
	c.FieldsPerRecord, c.ReuseRecord = -1, true
	for {
		rec, err := c.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := do(rec); err != nil {
			return err
		}
	}
}

// writeRecords writes a tagged file.
func writeRecords(w io.Writer, records func(put func(fields ...string))) error {
	z, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return err
	}
	c := csv.NewWriter(z)
	var failed error
	records(func(fields ...string) {
		if failed == nil {
			failed = c.Write(fields)
		}
	})
	c.Flush()
	if failed == nil {
		failed = c.Error()
	}
	if err := z.Close(); failed == nil {
		failed = err
	}
	return failed
}

func readBase(r io.Reader) (*Base, error) {
	b, p := &Base{}, newPool()
	err := eachRecord(r, func(rec []string) error {
		if len(rec) < 2 {
			return fmt.Errorf("不完整的记录 %q", rec)
		}
		switch rec[0] {
		case tagLive:
			pt, err := p.point(rec[1:])
			b.Points = append(b.Points, pt)
			return err
		case tagPending:
			pt, err := p.point(rec[2:])
			b.Pendings = append(b.Pendings, Pending{Point: pt, Reason: p.str(rec[1])})
			return err
		case tagOpen:
			if len(rec) < 4 {
				return fmt.Errorf("不完整的记录 %q", rec)
			}
			pt, err := p.point(rec[3:])
			b.Open = append(b.Open, Pending{Point: pt, Reason: p.str(rec[2]), Needs: p.str(rec[1])})
			return err
		case tagMap:
			m, err := p.mapping(rec[1:])
			b.Maps = append(b.Maps, m)
			return err
		}
		return fmt.Errorf("不认识的记录 %q", rec[0])
	})
	return b, err
}

func (p *pool) mapping(c []string) (Mapping, error) {
	if len(c) != 5 {
		return Mapping{}, fmt.Errorf("编码对照应有 5 列，读到 %d 列", len(c))
	}
	m := Mapping{Src: p.str(c[0]), Dst: p.str(c[1]), Area: p.str(c[4])}
	var err error
	if m.From, err = p.day(c[2], FirstDay); err != nil {
		return m, err
	}
	m.To, err = p.day(c[3], claim.OpenDay)
	return m, err
}

func mapCells(m *Mapping) []string {
	return []string{m.Src, m.Dst, m.From.String(), dayOrOpen(m.To), m.Area}
}

func dayOrOpen(d claim.Day) string {
	if d == claim.OpenDay {
		return ""
	}
	return d.String()
}

func writeBase(w io.Writer, b *Base) error {
	return writeRecords(w, func(put func(fields ...string)) {
		for i := range b.Points {
			put(append([]string{tagLive}, pointCells(&b.Points[i])...)...)
		}
		for i := range b.Pendings {
			put(append([]string{tagPending, b.Pendings[i].Reason}, pointCells(&b.Pendings[i].Point)...)...)
		}
		for i := range b.Open {
			x := &b.Open[i]
			put(append([]string{tagOpen, x.Needs, x.Reason}, pointCells(&x.Point)...)...)
		}
		for i := range b.Maps {
			put(append([]string{tagMap}, mapCells(&b.Maps[i])...)...)
		}
	})
}

func readLibrary(r io.Reader) (*library, error) {
	l, p := newLibrary(), newPool()
	err := eachRecord(r, func(rec []string) error {
		if len(rec) < 2 {
			return fmt.Errorf("不完整的记录 %q", rec)
		}
		return l.take(p, rec[0], rec[1:])
	})
	return l, err
}

func (l *library) take(p *pool, tag string, c []string) error {
	switch tag {
	case tagSource:
		s, err := p.source(c)
		if err == nil {
			l.sources[s.key()] = append(l.sources[s.key()], s)
		}
		return err
	case tagReject:
		if len(c) < 2 {
			return fmt.Errorf("不完整的记录 %q", c)
		}
		s, err := p.source(c[2:])
		if err == nil {
			l.rejects[s.key()] = &reject{s, p.str(c[0]), p.str(c[1])}
		}
		return err
	case tagOwn:
		pt, err := p.point(c)
		l.own[pt.ID] = append(l.own[pt.ID], &pt)
		return err
	case tagMap:
		m, err := p.mapping(c)
		l.addMap(&m)
		return err
	case tagClosed:
		pt, err := p.point(c[1:])
		if err != nil {
			return err
		}
		version, err := strconv.Atoi(c[0])
		l.close(pt, version)
		return err
	}
	return fmt.Errorf("不认识的记录 %q", tag)
}

func (p *pool) source(c []string) (*source, error) {
	if len(c) != 11 {
		return nil, fmt.Errorf("单子的行应有 11 列，读到 %d 列", len(c))
	}
	from, err := p.day(c[10], FirstDay)
	return &source{
		Kind: kind(p.str(c[0])), Form: form(p.str(c[1])), Name: p.str(c[2]), Code: p.str(c[3]), Name2: p.str(c[4]), Code2: p.str(c[5]),
		Scope: p.str(c[6]), Value: p.str(c[7]), Extra: p.str(c[8]), Text: p.str(c[9]), From: from,
	}, err
}

func sourceCells(s *source) []string {
	return []string{string(s.Kind), string(s.Form), s.Name, s.Code, s.Name2, s.Code2, s.Scope, s.Value, s.Extra, s.Text, s.From.String()}
}

func writeLibrary(w io.Writer, l *library) error {
	return writeRecords(w, func(put func(fields ...string)) {
		for _, k := range keysOf(l.sources) {
			for _, s := range l.sources[k] {
				put(append([]string{tagSource}, sourceCells(s)...)...)
			}
		}
		for _, k := range keysOf(l.rejects) {
			x := l.rejects[k]
			put(append([]string{tagReject, x.needs, x.reason}, sourceCells(x.row)...)...)
		}
		for _, k := range keysOf(l.own) {
			for _, p := range l.own[k] {
				put(append([]string{tagOwn}, pointCells(p)...)...)
			}
		}
		for _, k := range keysOf(l.maps) {
			put(append([]string{tagMap}, mapCells(l.maps[k])...)...)
		}
		for _, k := range keysOf(l.closed) {
			c := l.closed[k]
			put(append([]string{tagClosed, strconv.Itoa(c.version)}, pointCells(&c.point)...)...)
		}
	})
}
