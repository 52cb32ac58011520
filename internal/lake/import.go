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
	inputs, err := w.list(paths, &opt, rep)
	if err != nil {
		return rep, err
	}
	if err := os.MkdirAll(w.path(spillDir, ""), 0o755); err != nil {
		return rep, err
	}
	defer os.RemoveAll(w.path(spillDir, ""))
	imp := &importing{w: w, opt: &opt, rep: rep, before: newSnapshot(w.l, w.m, nil, nil), prog: newProgress(opt.Progress, inputs)}
	imp.visited = map[uint64]bool{}
	if len(imp.before.at["settlement"]) == 0 {
		imp.visited = nil // nothing was judged yet, so nothing can change
	}
	if w.m.Buckets == 0 && len(inputs) > 0 {
		imp.buckets = opt.Buckets
		if imp.buckets == 0 {
			imp.buckets = guessBuckets(inputs)
		}
		if imp.buckets < 1 || imp.buckets > 256 || imp.buckets&(imp.buckets-1) != 0 {
			return rep, fmt.Errorf("分桶数 %d 不可用，应为 1 到 256 之间的 2 的幂", imp.buckets)
		}
	}
	err = imp.tables(ctx, inputs)
	if ferr := imp.finish(); err == nil {
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
	before   *Snapshot
	prog     *progress
	buckets  int
	visited  map[uint64]bool
	refunded []uint64
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

// finish works out which months must be audited again.
func (imp *importing) finish() error {
	after := newSnapshot(imp.w.l, imp.w.m, nil, nil)
	imp.rep.Snapshot = after.ID()
	changed := map[claim.Month]bool{}
	for _, t := range claim.Tables() {
		differ := false
		for _, m := range union2(imp.before.TableMonths(t.Name), after.TableMonths(t.Name)) {
			if imp.before.MonthID(t.Name, m) != after.MonthID(t.Name, m) {
				differ = true
				if m != 0 && (t.Name == "settlement" || t.Name == "fee") {
					changed[m] = true
				}
			}
		}
		if differ {
			imp.rep.Tables = append(imp.rep.Tables, t.Name)
		}
	}
	if err := imp.dependent(after, changed); err != nil {
		return err
	}
	for m := range changed {
		imp.rep.Changed = append(imp.rep.Changed, m)
	}
	slices.Sort(imp.rep.Changed)
	for _, m := range imp.rep.Changed {
		imp.rep.Months = append(imp.rep.Months, m.String())
	}
	return nil
}

// dependent adds the months of settlements that a refund names and of settlements whose visit changed.
func (imp *importing) dependent(after *Snapshot, changed map[claim.Month]bool) error {
	if len(imp.refunded) > 0 {
		idx, err := openIndex(imp.w.l.dir, imp.w.m.table("settlement").Keys)
		if err != nil {
			return err
		}
		defer idx.close()
		for _, k := range imp.refunded {
			if r, ok := idx.live(k); ok {
				changed[r.ref.month()] = true
			}
		}
	}
	if len(imp.visited) == 0 {
		return nil
	}
	r := after.Reader()
	for _, ref := range after.refs("settlement") {
		if ref.month() == 0 || changed[ref.month()] {
			continue
		}
		b, err := r.Read("settlement", ref.month(), ref.bucket(), []string{})
		if err != nil {
			return err
		}
		if slices.ContainsFunc(b.Visit, func(v uint64) bool { return imp.visited[v] }) {
			changed[ref.month()] = true
		}
	}
	return nil
}

func union2(a, b []claim.Month) []claim.Month {
	for _, m := range b {
		if !slices.Contains(a, m) {
			a = append(a, m)
		}
	}
	return a
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

// guessBuckets aims at 150 000 fee lines in a bucket-month: small enough that a group fits many times into memory,
// large enough that a file has few groups.
func guessBuckets(inputs []*stepInput) int {
	var rows int64
	months := map[string]int{}
	for _, in := range inputs {
		if in.table.Name != "fee" && in.table.Name != "settlement" {
			continue
		}
		n := in.size / 300
		if strings.HasSuffix(strings.ToLower(in.name), ".csv") {
			sampleMonths(in.path, in.size, months)
		} else {
			n *= 8 // compressed
		}
		if in.table.Name == "fee" {
			rows += n
		}
	}
	total, count := 0, 0
	for _, n := range months {
		total += n
	}
	for _, n := range months {
		if n*100 >= total {
			count++
		}
	}
	rows /= int64(max(1, count))
	b := 4
	for b < 256 && rows > int64(b)*150_000 {
		b *= 2
	}
	return b
}

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
