package audit

import (
	"bufio"
	"bytes"
	"fmt"
	"io"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/rule"
)

// maxStreamLine bounds one line of the stream.
const maxStreamLine = 16 << 20

// Stream is the core of the audit as a pure function: tab-separated rows sorted by person in, findings out (CSV of the
// export, one block a person).
//
// A line is the table's name and the row's values, `\N` for absent. A line "#table<TAB>name<TAB>columns…" says which
// columns the table's rows have; it must come before the first row of the table. Reference tables (institution,
// catalogue …) come before the first person. Rows of one person are together; a person ends where a row names another
// psn_no (tables without psn_no belong to the person being read), and must not come again. rules restricts the findings
// to some cards; opt is what the installation decided about them.
func Stream(r io.Reader, w io.Writer, lib *rule.Library, base *knowledge.Base, opt rule.Options, rules []string) error {
	only, judged, err := choose(lib, rules)
	if err != nil {
		return err
	}
	s := &stream{lib: lib, opt: opt, base: base, only: only, judged: judged, past: map[string]bool{}, rows: claim.NewRows(claim.NewDicts()), cols: map[string][]int{}, has: map[string]bool{}, out: bufio.NewWriterSize(w, 1<<20)}
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 1<<20), maxStreamLine)
	for n := 1; sc.Scan(); n++ {
		if err := s.line(sc.Bytes()); err != nil {
			return fmt.Errorf("标准输入第 %d 行：%w", n, err)
		}
	}
	if err := sc.Err(); err != nil {
		return fmt.Errorf("标准输入有一行超过 %d MiB 或读取失败：%w", maxStreamLine>>20, err)
	}
	if err := s.flush(); err != nil {
		return err
	}
	return s.out.Flush()
}

type stream struct {
	lib    *rule.Library
	opt    rule.Options
	base   *knowledge.Base
	only   map[string]bool // cards asked for, nil = all
	judged map[string]bool
	past   map[string]bool // persons judged already
	rows   *claim.Rows
	cols   map[string][]int
	has    map[string]bool
	psn    string
	any    bool
	wrote  bool
	out    *bufio.Writer
	eng    *engine
}

func (s *stream) line(b []byte) error {
	if len(bytes.TrimSpace(b)) == 0 {
		return nil
	}
	f := bytes.Split(b, []byte{'\t'})
	if string(f[0]) == "#table" {
		return s.header(f[1:])
	}
	name := string(f[0])
	t := claim.TableOf(name)
	cols, ok := s.cols[name]
	if t == nil || !ok {
		return fmt.Errorf("表 %q 之前没有 #table 行说明它的列", name)
	}
	if len(f)-1 != len(cols) {
		return fmt.Errorf("表 %s 应有 %d 个值，实有 %d 个", name, len(cols), len(f)-1)
	}
	vals := make([]string, len(cols))
	psn := ""
	for i := range cols {
		vals[i] = string(f[i+1])
		if cols[i] >= 0 && t.Columns[cols[i]].Name == "psn_no" && !claim.Absent(vals[i]) {
			psn = vals[i]
		}
	}
	if t.PersonKeyed {
		if psn == "" && s.psn == "" { // it would be lost, and with it what it exempts
			return fmt.Errorf("表 %s 的这一行没有 psn_no，前面也没有人员：请排在它的人员的行之后", name)
		}
		if psn != "" && s.any && psn != s.psn {
			s.past[s.psn] = true
			if err := s.flush(); err != nil {
				return err
			}
		}
		if psn != "" {
			if s.past[psn] {
				return fmt.Errorf("人员 %s 的行没有排在一起：请先按人排序", psn)
			}
			s.psn = psn
		}
		s.any = true
	} else if s.eng != nil {
		return fmt.Errorf("参考表 %s 应在第一个人之前", name)
	}
	s.has[name] = true
	return s.rows.AddCols(t, cols, vals)
}

func (s *stream) header(f [][]byte) error {
	if len(f) < 2 {
		return fmt.Errorf("#table 行应写表名和列名")
	}
	t := claim.TableOf(string(f[0]))
	if t == nil {
		return fmt.Errorf("没有名为 %q 的表", f[0])
	}
	cols := make([]int, len(f)-1)
	for i, c := range f[1:] {
		if cols[i] = t.Col(string(c)); cols[i] < 0 {
			return fmt.Errorf("表 %s 没有列 %q", t.Name, c)
		}
	}
	s.cols[t.Name] = cols
	return nil
}

// flush judges the person read so far and writes the findings.
func (s *stream) flush() error {
	if s.eng == nil {
		base := *s.base
		base.Maps = append(append([]knowledge.Mapping{}, base.Maps...), knowledge.MapsOf(s.rows.Batch("code_map"), s.rows.Dicts)...)
		p, err := rule.Compile(s.lib, &base, s.opt)
		if err != nil {
			return err
		}
		v := claim.NewVocab(s.rows.Dicts)
		ref := claim.NewReference(v, s.rows.Batch).Prepare()
		s.eng = &engine{vocab: v, bound: p.Bind(ref, v, s.present)}
	}
	s.eng.vocab.Grow()
	s.eng.bound.Grow()
	f := founder{b: s.eng.bound, ds: s.rows.Dicts}
	ev := s.eng.bound.NewEval(1, claim.DayOf(2999, 12, 31).Month(), s.judged)
	as := claim.NewAssembler(s.eng.vocab, s.rows.Sources(), s.lastDay())
	for {
		t, ok := as.Next()
		if !ok {
			break
		}
		for _, h := range ev.Judge(t) {
			if s.only == nil || s.only[h.Card.ID] {
				f.add(t, &h)
			}
		}
	}
	s.rows.Reset()
	s.any = false
	allocate(f.rows)
	sortRows(f.rows)
	kept := f.rows[:0]
	for _, r := range f.rows {
		if !r.Hushed {
			kept = append(kept, r)
		}
	}
	return s.write(kept)
}

// lastDay is the last settlement's day: what open stays are judged to.
func (s *stream) lastDay() claim.Day {
	last := claim.Day(0)
	if b := s.rows.Batch("settlement"); b != nil {
		at := b.Table.MustCol("setl_time")
		for i := 0; i < b.N; i++ {
			last = max(last, claim.Time(b.I64(at, i)).Day())
		}
	}
	return last.Month().Last()
}

// present tells whether a table belongs to the stream, as far as can be known when the first person has been read. A
// person's table that never comes is taken to be there: cards that need it find nothing to judge. But cards that accuse
// because a row is absent need to know: for them the table must have been announced by its #table line.
func (s *stream) present(table string) bool {
	switch {
	case isReference(table):
		return s.has[table]
	case table == "special_drug" || table == "prescription" || table == "diagnosis":
		return s.cols[table] != nil
	}
	return true
}

func isReference(table string) bool {
	t := claim.TableOf(table)
	return t != nil && !t.PersonKeyed
}

func (s *stream) write(rows []Row) error {
	if !s.wrote {
		s.wrote = true
		return exportCSV(s.out, rows, false)
	}
	var b bytes.Buffer
	if err := exportCSV(&b, rows, false); err != nil {
		return err
	}
	_, body, _ := bytes.Cut(b.Bytes(), []byte{'\n'})
	_, err := s.out.Write(body)
	return err
}
