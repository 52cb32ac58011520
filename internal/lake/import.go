package lake

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
)

// ImportOptions say how to import.
type ImportOptions struct {
	Table    string         // all paths are files of this table, whatever their names
	Buckets  int            // buckets of a new lake, a power of two; 0 = from the size of the input
	Memory   int            // bytes of rows held before they are spilled; 0 = 64 MiB
	Progress func(Progress) // told a few times a second, from one goroutine at a time
}

// Import takes the files into the lake, table by table, parents first. A file at fault fails alone: its rows are not
// taken, the report names it, the others go on. The error is for what stops everything: a full disk, a damaged lake, a
// cancelled context. Whatever was committed by then stays, and running the import again continues.
func (w *Writer) Import(ctx context.Context, paths []string, opt ImportOptions) (*Report, error) {
	start := time.Now()
	rep := &Report{Files: []FileReport{}, Tables: []string{}, Months: []string{}, Rejects: []string{}, Flags: []Flag{}, Skipped: []string{}}
	if w.broken != nil {
		return rep, w.broken
	}
	inputs, err := w.list(paths, &opt, rep)
	if err != nil {
		return rep, err
	}
	if err := os.MkdirAll(w.path(spillDir, ""), 0o755); err != nil {
		return rep, err
	}
	defer os.RemoveAll(w.path(spillDir, ""))
	imp := &importing{w: w, opt: &opt, rep: rep, prog: newProgress(opt.Progress, inputs)}
	imp.begin()
	imp.visited = map[uint64]bool{}
	if len(imp.before.Months["settlement"]) == 0 {
		imp.visited = nil // nothing was judged yet, so nothing can change
	}
	if w.m.Buckets == 0 && slices.ContainsFunc(inputs, func(in *stepInput) bool { return in.table.PersonKeyed }) {
		imp.buckets = opt.Buckets
		if imp.buckets == 0 {
			imp.buckets = guessBuckets(inputs)
		}
		if imp.buckets < 1 || imp.buckets > 256 || imp.buckets&(imp.buckets-1) != 0 {
			return rep, fmt.Errorf("分桶数 %d 不可用，应为 1 到 256 之间的 2 的幂", imp.buckets)
		}
	}
	err = imp.tables(ctx, inputs)
	if ferr := imp.finish(err == nil); err == nil {
		err = ferr
	}
	rep.Seconds = time.Since(start).Seconds()
	return rep, err
}

// importing is one call of Import.
type importing struct {
	w        *Writer
	opt      *ImportOptions
	rep      *Report
	before   *beforeState
	resumed  bool // an import died after its first commit and this one continues it
	prog     *progress
	buckets  int
	visited  map[uint64]bool
	refunded []uint64
}

// begin remembers what the months say before anything is committed.
func (imp *importing) begin() {
	if b := imp.w.m.Before; b != nil {
		imp.before, imp.resumed = b, true
		return
	}
	imp.before = &beforeState{Seq: imp.w.m.Seq, Months: monthsOf(newSnapshot(imp.w.l, imp.w.m, nil, nil))}
}

func (imp *importing) tables(ctx context.Context, inputs []*stepInput) error {
	for _, t := range claim.Tables() {
		if t.Name == "visit" || (t.PersonKeyed && t.Name != "person" && t.Name != "person_link") {
			if err := imp.reunite(ctx); err != nil {
				return err
			}
		}
		var mine []*stepInput
		for _, in := range inputs {
			if in.table == t {
				mine = append(mine, in)
			}
		}
		if len(mine) == 0 && !imp.stale(t) {
			continue
		}
		if err := imp.table(ctx, t, mine); err != nil {
			return err
		}
	}
	return imp.reunite(ctx)
}

// stale tells that parents of a table changed after its rows were joined with them.
func (imp *importing) stale(t *claim.Table) bool {
	ts := imp.w.m.Tables[t.Name]
	if ts == nil || len(ts.Files) == 0 {
		return false
	}
	for _, p := range parentsOf(t) {
		if pt := imp.w.m.Tables[p]; pt != nil && pt.KeySeq > ts.Joined {
			return true
		}
	}
	return false
}

// table imports the files of one table in one transaction.
func (imp *importing) table(ctx context.Context, t *claim.Table, inputs []*stepInput) error {
	w := imp.w
	m := w.m.clone()
	m.Seq++
	m.Before = imp.before
	if m.Buckets == 0 {
		m.Buckets = imp.buckets
	}
	inputs = imp.skipKnown(inputs)
	if len(inputs) == 0 && !imp.stale(t) {
		return nil
	}
	s, done, err := w.newStep(m, t, w.pers, imp.opt, imp.prog)
	if err != nil {
		return err
	}
	defer done()
	s.inputs, s.visited = inputs, imp.visited
	if t.Name == "settlement" || t.Name == "fee" || !t.PersonKeyed {
		s.visited = nil
	}
	if err := s.run(ctx); err != nil {
		return err
	}
	if !s.out.changed && len(m.Inputs) == len(w.m.Inputs) && s.out.rejects == "" && !imp.stale(t) {
		imp.report(s) // every file failed: nothing to commit
		return nil
	}
	if err := w.commit(m); err != nil {
		return err
	}
	imp.report(s)
	return nil
}

// skipKnown leaves out files that were imported before, byte by byte the same.
func (imp *importing) skipKnown(inputs []*stepInput) (out []*stepInput) {
	for _, in := range inputs {
		known := false
		for _, old := range imp.w.m.Inputs {
			if old.Size != in.size || old.Table != in.table.Name {
				continue
			}
			if sum, err := hashFile(in.path); err == nil && sum == old.Hash {
				in.rep.Note, in.rep.Rows, in.rep.Known = "已导入", old.Rows, old.Rows
				known = true
				break
			}
		}
		if known {
			imp.prog.bytes(in.size)
			imp.rep.Files = append(imp.rep.Files, *in.rep)
		} else {
			out = append(out, in)
		}
	}
	return out
}

// report takes over what a committed step did.
func (imp *importing) report(s *step) {
	for _, in := range s.inputs {
		imp.rep.Files = append(imp.rep.Files, *in.rep)
	}
	imp.rep.Flags = append(imp.rep.Flags, s.out.flags.list(s.t.Name)...)
	if s.out.rejects != "" {
		imp.rep.Rejects = append(imp.rep.Rejects, rejectsDir+"/"+s.out.rejects)
	}
	imp.refunded = append(imp.refunded, s.out.refunded...)
}

// list finds the files behind the paths, in a fixed order.
func (w *Writer) list(paths []string, opt *ImportOptions, rep *Report) ([]*stepInput, error) {
	if opt.Table != "" && claim.TableOf(opt.Table) == nil {
		return nil, fmt.Errorf("没有名为 %s 的表", opt.Table)
	}
	var out []*stepInput
	for _, p := range paths {
		fi, err := os.Stat(p)
		if err != nil {
			return nil, fmt.Errorf("找不到要导入的路径 %s：%w", p, err)
		}
		if !fi.IsDir() {
			out = w.add(out, p, fi, opt, rep, true)
			continue
		}
		names, err := os.ReadDir(p)
		if err != nil {
			return nil, fmt.Errorf("无法读取文件夹 %s：%w", p, err)
		}
		for _, n := range names {
			if fi, err := os.Stat(filepath.Join(p, n.Name())); err == nil && fi.Mode().IsRegular() {
				out = w.add(out, filepath.Join(p, n.Name()), fi, opt, rep, false)
			}
		}
	}
	return out, nil
}

func (w *Writer) add(out []*stepInput, path string, fi os.FileInfo, opt *ImportOptions, rep *Report, named bool) []*stepInput {
	t := claim.TableOf(opt.Table)
	if t == nil {
		t = tableOf(path)
	}
	switch {
	case t == nil:
		rep.Skipped = append(rep.Skipped, fi.Name()+"：文件名不以任何表名开头，可用 --table 指明")
		return out
	case !readable(path) && !(named && opt.Table != ""):
		rep.Skipped = append(rep.Skipped, fi.Name()+"：不是 CSV、XLSX 或 Parquet 文件")
		return out
	}
	for _, in := range out {
		if same, err := filepath.Abs(path); err == nil && same == in.path {
			return out
		}
	}
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	in := &stepInput{input: input{path: path, name: fi.Name(), table: t, size: fi.Size()}}
	in.open = func() (io.ReadCloser, error) { return os.Open(path) }
	in.rep = &FileReport{File: in.name, Table: t.Name}
	return append(out, in)
}

// guessBuckets aims at bucketLines fee lines in a bucket-month: small enough that what two workers hold of a group and its history stays within 60 MiB,
// large enough that a file has few groups. It is fixed for good, so an import without fee lines is judged by its
// persons and settlements: two lines a person and month, ten a settlement.
func guessBuckets(inputs []*stepInput) int {
	rows := map[string]int64{}
	width := map[string]int64{"fee": 300, "settlement": 250, "visit": 200, "person": 90}
	months := map[string]int{}
	for _, in := range inputs {
		w := width[in.table.Name]
		if w == 0 {
			continue
		}
		n := in.size / w
		if !strings.HasSuffix(strings.ToLower(in.name), ".csv") {
			n *= 8 // compressed
		} else if in.table.Name != "person" {
			sampleMonths(in.path, in.size, months)
		}
		rows[in.table.Name] += n
	}
	total, most := int64(0), int64(0) // a file of one month has days of the month before: what counts is the fullest
	for _, n := range months {
		total, most = total+int64(n), max(most, int64(n))
	}
	inMonth := func(n int64) int64 {
		if total == 0 {
			return n
		}
		return n * most / total
	}
	lines := inMonth(rows["fee"])
	if lines == 0 {
		lines = max(2*rows["person"], 10*inMonth(rows["settlement"]), 10*inMonth(rows["visit"]))
	}
	b := 4
	for b < 256 && lines > int64(b)*bucketLines {
		b *= 2
	}
	return b
}

// bucketLines is about how many fee lines of a month a bucket has: what a worker of the audit holds at once.
const bucketLines = 40_000

// sampleMonths counts the months of the times that occur in a few places of a file.
func sampleMonths(path string, size int64, months map[string]int) {
	f, err := os.Open(path)
	if err != nil {
		return
	}
	defer f.Close()
	buf := make([]byte, 8<<10)
	const places = 64
	for i := int64(0); i < places; i++ {
		n, _ := f.ReadAt(buf, size*i/places)
		for b := buf[:n]; len(b) > 13; b = b[1:] {
			if b[0] == '2' && b[4] == '-' && b[7] == '-' && (b[10] == ' ' || b[10] == 'T') && b[13] == ':' {
				months[string(b[:7])]++
			}
		}
	}
}
