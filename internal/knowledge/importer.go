package knowledge

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/sheet"
)

// Options of an import.
type Options struct {
	// ValidFrom is the first day of points that name none; 0 means 1900-01-01.
	ValidFrom claim.Day
	// KnownRule tells whether the rule library has a card; nil asks nothing. Points of unknown rules are kept and
	// reported: the rule library may be updated after the points.
	KnownRule func(ruleID string) bool
	// DryRun works out what the import would do and leaves the knowledge as it is.
	DryRun bool
	// Progress tells how many of the files have been read; nil asks nothing.
	Progress func(done, total int)
}

func (o Options) from() claim.Day {
	if o.ValidFrom == 0 || o.ValidFrom == claim.NoDay {
		return FirstDay
	}
	return o.ValidFrom
}

// File is one input file as the manifest remembers it.
type File struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Bytes  int    `json:"bytes"`
}

// batch is one import under way.
type batch struct {
	lib     *library
	opt     Options
	report  *Report
	files   []File
	changed bool
	rows    []batchRow       // national rows, whose outcome is known once all are in
	seen    map[string]ownID // own points of this import by id and first day
	isNew   map[*source]bool
	unknown map[string]bool
}

type batchRow struct {
	sheet int // index in report.Sheets
	line  int
	src   *source // the row of the library that stands for it
	fresh bool    // false when the library already said it
}

type ownID struct {
	where string
	point *Point
}

func newBatch(l *library, o Options) *batch {
	return &batch{lib: l, opt: o, report: &Report{ByRule: map[string]int{}}, seen: map[string]ownID{}, isNew: map[*source]bool{}, unknown: map[string]bool{}}
}

// readable tells whether the importer reads files of that name.
func readable(name string) bool {
	n := strings.ToLower(filepath.Base(name))
	if strings.HasPrefix(n, ".") || strings.HasPrefix(n, "~$") {
		return false
	}
	return strings.HasSuffix(n, ".csv") || strings.HasSuffix(n, ".csv.gz") || strings.HasSuffix(n, ".xlsx")
}

// expand lists the files of paths; folders are searched to the bottom, in the order of names.
func expand(paths []string) ([]string, error) {
	var out []string
	for _, p := range paths {
		info, err := os.Stat(p)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("没有文件或文件夹 %s，请检查路径：%w", p, err)
		}
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			out = append(out, p)
			continue
		}
		err = filepath.WalkDir(p, func(f string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() && readable(f) {
				out = append(out, f)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (b *batch) file(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	b.content(filepath.Base(path), data)
	return nil
}

// content takes in one file. A file that cannot be read is reported and the others go on.
func (b *batch) content(name string, data []byte) {
	h := sha256.Sum256(data)
	b.files = append(b.files, File{Name: name, SHA256: hex.EncodeToString(h[:]), Bytes: len(data)})
	if !readable(name) {
		b.report.Unread = append(b.report.Unread, name+" 不是 .csv、.csv.gz 或 .xlsx")
		return
	}
	sheets, err := sheet.Read(name, data)
	if err != nil {
		b.report.Unread = append(b.report.Unread, err.Error())
		return
	}
	first := len(b.report.Sheets)
	for _, t := range sheets {
		if len(t.Header) > 0 || len(sheets) == 1 {
			b.sheet(t)
		}
	}
	for _, s := range b.report.Sheets[first:] { // a cover beside tables is no fault, a file of nothing else is
		if s.Kind != unrecognised {
			return
		}
	}
	b.report.Unread = append(b.report.Unread, name+" 认不出是哪张表；应为国家两库表、points.csv（有 rule_id 列）或 code_map.csv（有 src_code、dst_code 列），请核对表头")
}

// unrecognised is the kind of a sheet that is none of the tables the importer knows.
const unrecognised = "认不出"

func (b *batch) sheet(t *sheet.Table) {
	b.report.Sheets = append(b.report.Sheets, SheetReport{File: t.File, Tab: t.Tab, Tally: Tally{Rows: len(t.Rows)}, Rules: map[string]int{}})
	s := &b.report.Sheets[len(b.report.Sheets)-1]
	switch {
	case t.Has("point_id", "rule_id"), strings.HasPrefix(strings.ToLower(t.File), "points") && t.Has("rule_id"):
		s.Kind = "知识点 points"
		b.ownPoints(t, s)
	case t.Has("src_code", "dst_code"):
		s.Kind = "编码对照 code_map"
		b.codeMap(t, s)
	default:
		b.national(t, s)
	}
}

func (b *batch) ownPoints(t *sheet.Table, s *SheetReport) {
	points, lines, bad, unknown := readPoints(t, b.opt.from())
	for _, u := range unknown {
		s.Notes = append(s.Notes, "不认识的列 "+u+"，未读入")
	}
	for _, e := range bad {
		b.reject(s, e)
	}
	for i := range points {
		p := &points[i]
		where := fmt.Sprintf("%s 第 %d 行", t.Name(), lines[i])
		if e := b.ownPoint(p, where, s); e != nil {
			e.File, e.Row = t.Name(), lines[i]
			b.reject(s, *e)
		}
	}
}

// ownPoint takes in one point; two rows of one import may not say different things of the same point and day.
func (b *batch) ownPoint(p *Point, where string, s *SheetReport) *RowError {
	key := p.ID + p.From.String()
	if first, ok := b.seen[key]; ok {
		if samePoint(first.point, p) && first.point.To == p.To {
			s.Duplicate++
			return nil
		}
		return &RowError{Field: "point_id", Value: p.ID, Reason: "与 " + first.where + " 编号、生效日相同而内容不同"}
	}
	b.seen[key] = ownID{where, p}
	if b.opt.KnownRule != nil && !b.opt.KnownRule(p.RuleID) {
		b.unknown[p.RuleID] = true
	}
	if !b.lib.addOwn(p) {
		s.Duplicate++
		return nil
	}
	b.changed = true
	s.Used++
	s.Points++
	s.Rules[p.RuleID]++
	return nil
}

func (b *batch) reject(s *SheetReport, e RowError) {
	b.report.Rejected = append(b.report.Rejected, e)
	s.reject(e.Row, e.Field+"："+e.Reason, e.Value)
}

func (b *batch) codeMap(t *sheet.Table, s *SheetReport) {
	for i, row := range t.Rows {
		m, bad, reason := readMap(t, row)
		switch {
		case bad != nil:
			bad.File, bad.Row = t.Name(), t.Lines[i]
			b.reject(s, *bad)
		case reason != "":
			s.reject(t.Lines[i], reason, m.Src)
		case b.lib.addMap(&m):
			b.changed = true
			s.Used++
		default:
			s.Duplicate++
		}
	}
}

func (b *batch) national(t *sheet.Table, s *SheetReport) {
	l := layoutOf(t)
	if l == nil {
		s.Kind = unrecognised
		for i := range t.Rows {
			s.reject(t.Lines[i], "认不出这张表，表头是 "+strings.Join(firstOf(t.Header, 12), "、"), "")
		}
		return
	}
	kinds := map[string]bool{}
	for i, row := range t.Rows {
		src, needs, reason := l.source(row, b.opt.from())
		if reason == "" {
			needs, reason = NeedsLimit, src.read().reason
		}
		if reason != "" {
			if needs != "" && b.lib.addReject(&src, needs, reason) {
				b.changed = true
			}
			s.reject(t.Lines[i], reason, strings.TrimSpace(src.Name+" "+src.Code))
			continue
		}
		kinds[string(src.Kind)] = true
		in, fresh := b.lib.addSource(&src)
		b.changed = b.changed || fresh
		b.isNew[in] = b.isNew[in] || fresh
		b.rows = append(b.rows, batchRow{len(b.report.Sheets) - 1, t.Lines[i], in, fresh})
	}
	s.Kind = strings.Join(keysOf(kinds), "、") + "·" + string(l.form)
}

// settle counts the national rows, now that every sheet is in, and fills the totals.
func (b *batch) settle(d *derived) {
	stands := map[*source]bool{}
	for _, versions := range b.lib.sources {
		for _, s := range versions {
			stands[s] = true
		}
	}
	for _, r := range b.rows {
		if !stands[r.src] {
			b.report.Sheets[r.sheet].reject(r.line, "与后面的行是同一项而内容不同，以后面的为准", r.src.Name)
			continue
		}
		b.count(&b.report.Sheets[r.sheet], r, d)
	}
	for s, n := range d.count {
		if !b.isNew[s] && b.joinedNow(s, d) {
			b.report.Joined += n
		}
	}
	for i := range b.report.Sheets {
		b.report.Totals.add(b.report.Sheets[i].Tally)
	}
	b.report.Pendings = GroupPendings(d.pendings)
	b.report.UnknownRules = keysOf(b.unknown)
	b.report.Live = len(d.points)
	for i := range d.points {
		b.report.ByRule[d.points[i].RuleID]++
	}
	waiting := map[string]bool{}
	for _, versions := range b.lib.sources {
		for _, s := range versions {
			if d.outcome[s] == outcomeWaiting {
				waiting[s.Name] = true
			}
		}
	}
	b.report.Waiting = keysOf(waiting)
}

func (b *batch) count(s *SheetReport, r batchRow, d *derived) {
	if !r.fresh {
		s.Duplicate++
		return
	}
	switch d.outcome[r.src] {
	case outcomeUsed:
		s.Used++
		s.Points += d.count[r.src]
		for _, rule := range d.rules[r.src] {
			s.Rules[rule]++
		}
	case outcomePending:
		s.Pending++
	case outcomeDuplicate:
		s.Duplicate++
	case outcomeUnusable:
		s.reject(r.line, d.reason[r.src], r.src.Name)
	default:
		s.Waiting++
	}
}

// joinedNow tells that a row of an earlier import got its limit from a generic row of this one.
func (b *batch) joinedNow(s *source, d *derived) bool {
	return s.Form == formProduct && b.isNew[d.limitOf[s]]
}
