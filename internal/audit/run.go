package audit

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/rule"
)

// Options of an audit.
type Options struct {
	From, To claim.Month // 0 = every month that changed
	Rules    []string    // only these cards; their findings are replaced, the others' stay
	Workers  int         // 0 = as many as processors
	Progress func(Progress)
	// Force judges months again that nothing changed.
	Force bool
}

// Progress of an audit.
type Progress struct {
	Months      string
	Done, Total int   // buckets
	Lines       int64 // fee lines judged so far
	Elapsed     time.Duration
}

// Auditor audits one data directory.
type Auditor struct {
	Lake    *lake.Lake
	Store   *Store
	Library *rule.Library
	Base    *knowledge.Base
	dir     string
}

// Open prepares the audit of a data directory with the given cards and the knowledge it holds.
func Open(dir string, lib *rule.Library) (*Auditor, error) {
	l, err := lake.Open(dir)
	if err != nil {
		return nil, err
	}
	ks, err := knowledge.Open(filepath.Join(dir, "knowledge"))
	if err != nil {
		return nil, err
	}
	return &Auditor{Lake: l, Store: OpenStore(dir), Library: lib, Base: ks.Base(), dir: dir}, nil
}

// engine is a program bound to a snapshot for some months.
type engine struct {
	snap  *lake.Snapshot
	bound *rule.Bound
	vocab *claim.Vocab
	unfit []Unfit
	batch []rule.BatchKey
	only  map[string]bool
	prog  string
}

func (a *Auditor) engine(s *lake.Snapshot, rules []string, from, to claim.Month) (*engine, error) {
	lib := a.Library
	e := &engine{snap: s}
	if len(rules) > 0 {
		only, err := lib.Only(rules)
		if err != nil {
			return nil, err
		}
		e.only = map[string]bool{}
		for _, c := range only.Cards {
			e.only[c.ID] = true
		}
	}
	codeMap, err := s.Reference("code_map")
	if err != nil {
		return nil, err
	}
	base := *a.Base
	base.Maps = append(slices.Clone(base.Maps), knowledge.MapsOf(codeMap, s.Dicts())...)
	p, err := rule.Compile(lib, &base, rule.Options{})
	if err != nil {
		return nil, err
	}
	e.prog = p.ID
	e.vocab = claim.NewVocab(s.Dicts())
	tables := map[string]*claim.Batch{}
	for _, t := range []string{"institution", "practitioner", "catalogue", "price_limit", "credential", "agreement"} {
		if tables[t], err = s.Reference(t); err != nil {
			return nil, err
		}
	}
	ref := claim.NewReference(e.vocab, func(n string) *claim.Batch { return tables[n] }).Prepare()
	e.bound = p.Bind(ref, e.vocab, func(t string) bool { return s.TotalRows(t) > 0 })
	if e.unfit, err = markUnfit(e.bound, s, from, to); err != nil {
		return nil, err
	}
	if e.batch, err = findBatches(e.bound, s, from, to); err != nil {
		return nil, err
	}
	e.bound.SetBatched(e.batch)
	return e, nil
}

// tally is what one bucket's judgement counted.
type tally struct {
	rows     []Row
	skipped  map[rule.NotJudged]int64
	unpaired int64
	persons  int64
	lines    int64
}

// judgeBucket judges all persons of a bucket for the months from … to.
func (e *engine) judgeBucket(bucket int, from, to claim.Month) (*tally, error) {
	sources, err := bucketSources(e.snap, bucket, from, to)
	if err != nil {
		return nil, err
	}
	ev := e.bound.NewEval(from, to, e.only)
	f := founder{b: e.bound, ds: e.snap.Dicts()}
	out := &tally{}
	as := claim.NewAssembler(e.vocab, sources, to.Last())
	for {
		t, ok := as.Next()
		if !ok {
			break
		}
		out.persons++
		out.lines += int64(len(t.Lines))
		for _, u := range t.Unpaired {
			if u.Month >= from && u.Month <= to {
				out.unpaired++
			}
		}
		for _, m := range judgedMonths(t, from, to) {
			ev.SetMonths(m[0], m[1])
			t.JudgedOn(m[1].Last())
			hits := ev.Judge(t)
			for i := range hits {
				f.add(t, &hits[i])
			}
		}
	}
	out.rows, out.skipped = f.rows, ev.Skipped
	return out, nil
}

// judgedMonths splits a range by month for persons whose stay has not ended: it is judged as of the end of each month.
func judgedMonths(t *claim.Timeline, from, to claim.Month) [][2]claim.Month {
	if from == to || !t.JudgedOn(to.Last()) {
		return [][2]claim.Month{{from, to}}
	}
	var out [][2]claim.Month
	for m := from; m <= to; m++ {
		out = append(out, [2]claim.Month{m, m})
	}
	return out
}

// maxRangeLines bounds how many fee lines of a bucket are held at once when several months are judged together.
const maxRangeLines = 400_000

// Run audits the months asked for and publishes the findings.
func (a *Auditor) Run(ctx context.Context, opt Options) (*Report, error) {
	start := time.Now()
	snap, err := a.Lake.Snapshot()
	if err != nil {
		return nil, err
	}
	led, err := a.Store.ledger()
	if err != nil {
		return nil, err
	}
	months, err := a.months(snap, led, opt)
	if err != nil {
		return nil, err
	}
	led.Runs++
	rep := &Report{Run: led.Runs, Snapshot: snap.ID(), Months: []string{}, Rules: map[string]*RuleReport{}, Started: start.UTC().Format(time.RFC3339)}
	for _, r := range ranges(snap, months) {
		if err := a.runRange(ctx, snap, led, r[0], r[1], opt, rep); err != nil {
			return rep, err
		}
	}
	rep.Completeness, err = completeness(snap, months)
	if err != nil {
		return rep, err
	}
	rep.Seconds = time.Since(start).Seconds()
	a.Store.clean(led)
	return rep, writeJSON(filepath.Join(a.dir, "runs", fmt.Sprintf("audit-%05d.json", led.Runs)), rep)
}

// months decides which months to audit: those asked for, else those whose facts, cards or knowledge changed.
func (a *Auditor) months(s *lake.Snapshot, led *ledger, opt Options) ([]claim.Month, error) {
	var out []claim.Month
	all := s.Months()
	if len(all) == 0 {
		return nil, errors.New("数据目录里还没有结算数据：请先用 mingjian import 导入")
	}
	if opt.From != 0 || opt.To != 0 {
		for _, m := range all {
			if m >= opt.From && (opt.To == 0 || m <= opt.To) {
				out = append(out, m)
			}
		}
		if len(out) == 0 {
			return nil, fmt.Errorf("%s 至 %s 没有结算数据，数据目录里有 %s 至 %s", opt.From, opt.To, all[0], all[len(all)-1])
		}
		return out, nil
	}
	prog, err := a.programID(s)
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		st, ok := led.Months[m.String()]
		if opt.Force || !ok || st.Facts != factsID(s, m) || st.Program != prog {
			out = append(out, m)
		}
	}
	return out, nil
}

func (a *Auditor) programID(s *lake.Snapshot) (string, error) {
	codeMap, err := s.Reference("code_map")
	if err != nil {
		return "", err
	}
	base := *a.Base
	base.Maps = append(slices.Clone(base.Maps), knowledge.MapsOf(codeMap, s.Dicts())...)
	p, err := rule.Compile(a.Library, &base, rule.Options{})
	if err != nil {
		return "", err
	}
	return p.ID, nil
}

// factsID is a hash of all facts that bear on a month: its own, a year before, what follows shortly, and what has no
// month.
func factsID(s *lake.Snapshot, m claim.Month) string {
	var b strings.Builder
	for _, t := range claim.Tables() {
		for _, tm := range s.TableMonths(t.Name) {
			if tm == 0 || (tm >= m-lookBack && tm <= m+lookAhead) {
				fmt.Fprintf(&b, "%s %s %s\n", t.Name, tm, s.MonthID(t.Name, tm))
			}
		}
	}
	return shortHash(b.String())
}

func ownID(s *lake.Snapshot, m claim.Month) string {
	return shortHash(s.MonthID("fee", m) + s.MonthID("settlement", m))
}

// ranges joins neighbouring months that are small enough to be judged together.
func ranges(s *lake.Snapshot, months []claim.Month) [][2]claim.Month {
	var out [][2]claim.Month
	var held int64
	for _, m := range months {
		n := s.Rows("fee", m) / int64(max(1, s.Buckets()))
		if k := len(out); k > 0 && out[k-1][1] == m-1 && held+n <= maxRangeLines {
			out[k-1][1] = m
			held += n
			continue
		}
		out = append(out, [2]claim.Month{m, m})
		held = n
	}
	return out
}

// runRange judges the months from … to, bucket by bucket, and publishes them.
func (a *Auditor) runRange(ctx context.Context, snap *lake.Snapshot, led *ledger, from, to claim.Month, opt Options, rep *Report) error {
	e, err := a.engine(snap, opt.Rules, from, to)
	if err != nil {
		return err
	}
	job := &job{a: a, e: e, led: led, from: from, to: to, opt: opt, rep: rep, start: time.Now(), files: map[claim.Month]map[int]string{}, sums: map[claim.Month]map[string]Sum{}}
	job.folder = fmt.Sprintf("run-%s", shortHash(fmt.Sprint(rep.Snapshot, e.prog, from, to, opt.Rules, led.Runs)))
	for m := from; m <= to; m++ {
		job.files[m], job.sums[m] = map[int]string{}, map[string]Sum{}
	}
	if err := job.buckets(ctx); err != nil {
		return err
	}
	for m := from; m <= to; m++ {
		if snap.Rows("fee", m) == 0 && snap.Rows("settlement", m) == 0 {
			continue
		}
		rep.Months = append(rep.Months, m.String())
		led.Months[m.String()] = monthState{Facts: factsID(snap, m), Program: e.prog, Own: ownID(snap, m), Files: job.files[m], Rules: job.sums[m]}
	}
	rep.addEngine(e)
	return a.Store.save(led)
}

// job is the judgement of one range of months.
type job struct {
	a        *Auditor
	e        *engine
	led      *ledger
	from, to claim.Month
	opt      Options
	rep      *Report
	start    time.Time
	folder   string

	mu    sync.Mutex
	done  int
	lines int64
	files map[claim.Month]map[int]string
	sums  map[claim.Month]map[string]Sum
}

// buckets judges all buckets with some workers. A bucket that fails does not stop the others; the error names all.
func (j *job) buckets(ctx context.Context) error {
	n := j.opt.Workers
	if n <= 0 {
		n = runtime.GOMAXPROCS(0)
	}
	work := make(chan int)
	var wg sync.WaitGroup
	var errs []error
	for w := 0; w < n; w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for b := range work {
				if err := j.bucket(b); err != nil {
					j.mu.Lock()
					errs = append(errs, fmt.Errorf("第 %d 桶：%w", b, err))
					j.mu.Unlock()
				}
			}
		}()
	}
	total := j.e.snap.Buckets()
feed:
	for b := 0; b < total; b++ {
		select {
		case work <- b:
		case <-ctx.Done():
			break feed
		}
	}
	close(work)
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("审核已停下，已完成的桶留着，再运行一次会接着做：%w", err)
	}
	return errors.Join(errs...)
}

// bucket judges one bucket, or takes over what an interrupted run of the same job left.
func (j *job) bucket(b int) error {
	check := filepath.Join(j.a.Store.dir, j.folder, fmt.Sprintf("bucket-%03d.json", b))
	c, err := readCheckpoint(check)
	if errors.Is(err, fs.ErrNotExist) {
		c, err = j.judge(b)
		if err == nil {
			err = writeJSON(check, c)
		}
	}
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for ms, name := range c.Files {
		m, err := claim.ParseMonth(ms)
		if err != nil {
			return err
		}
		j.files[m][b] = name
		for r, s := range c.Sums[ms] {
			t := j.sums[m][r]
			t.add(s)
			j.sums[m][r] = t
		}
	}
	j.rep.addBucket(c)
	j.done++
	j.lines += c.Lines
	if j.opt.Progress != nil {
		j.opt.Progress(Progress{Months: j.from.String() + " 至 " + j.to.String(), Done: j.done, Total: j.e.snap.Buckets(), Lines: j.lines, Elapsed: time.Since(j.start)})
	}
	return nil
}

// judge judges a bucket and writes its findings by month.
func (j *job) judge(b int) (*checkpoint, error) {
	t, err := j.e.judgeBucket(b, j.from, j.to)
	if err != nil {
		return nil, err
	}
	c := newCheckpoint(t, j.e)
	byMonth := map[claim.Month][]Row{}
	for _, r := range t.rows {
		byMonth[r.Month] = append(byMonth[r.Month], r)
	}
	for m := j.from; m <= j.to; m++ {
		old, err := j.old(m, b)
		if err != nil {
			return nil, err
		}
		rows := byMonth[m]
		if j.e.only != nil {
			for _, r := range old {
				if !j.e.only[r.RuleID] {
					rows = append(rows, r)
				}
			}
		}
		allocate(rows)
		sortRows(rows)
		c.compare(m, old, rows, j.e)
		name := filepath.Join(j.folder, fmt.Sprintf("%s-%03d.parquet", m, b))
		if err := writeRows(filepath.Join(j.a.Store.dir, name), rows); err != nil {
			return nil, err
		}
		c.Files[m.String()] = name
		c.Sums[m.String()] = summarize(rows)
	}
	return c, nil
}

// old returns what the last run found in a month and bucket.
func (j *job) old(m claim.Month, b int) ([]Row, error) {
	name, ok := j.led.Months[m.String()].Files[b]
	if !ok {
		return nil, nil
	}
	return readRows(filepath.Join(j.a.Store.dir, name))
}

// clean removes folders that no month names any more.
func (s *Store) clean(l *ledger) {
	keep := map[string]bool{}
	for _, m := range l.Months {
		for _, f := range m.Files {
			keep[filepath.Dir(f)] = true
		}
	}
	es, err := os.ReadDir(s.dir)
	if err != nil {
		return
	}
	for _, e := range es {
		if e.IsDir() && strings.HasPrefix(e.Name(), "run-") && !keep[e.Name()] {
			os.RemoveAll(filepath.Join(s.dir, e.Name()))
		}
	}
}
