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

	"github.com/mingjian/mingjian/internal/casemix/mix"
	"github.com/mingjian/mingjian/internal/casemix/pay"
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
	// Refused are the local cards that were left out of the library: the report tells.
	Refused []rule.CardError
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
	// Rules are what the installation decided about cards beyond the library: other versions by area and day, exemptions.
	Rules rule.Options
	// Groups is what stays are grouped and paid by; nil = nothing was chosen, and CASEMIX cards are not judged.
	Groups *mix.Setup
	// Granted are the special cases that panels granted, by mdtrt_id.
	Granted map[string]*pay.Special
	dir     string
	book    bookLimits
	whole   bool // past rows are all read: tests compare
	merged  bool // past rows are merged person by person in a file that is kept

	mu       sync.Mutex
	compiled map[string]named // programs by the code map they were compiled with
}

// named is a program and the name of everything it says.
type named struct {
	p    *rule.Program
	name string
}

// Prepare compiles cards and knowledge for the lake as it is now, which Run does otherwise.
func (a *Auditor) Prepare() error {
	s, err := a.Lake.Snapshot()
	if err == nil {
		_, _, err = a.program(s)
	}
	return err
}

// Open prepares the audit of a data directory with the given cards and the knowledge it holds.
func Open(dir string, lib *rule.Library) (*Auditor, error) {
	var l *lake.Lake
	var ks *knowledge.Store
	var groups *mix.Setup
	err := together(
		func() (err error) { l, err = lake.Open(dir); return err },
		func() (err error) { ks, err = knowledge.Open(filepath.Join(dir, "knowledge")); return err },
		func() (err error) { groups, err = mix.Open(dir); return err })
	if err != nil {
		return nil, err
	}
	return &Auditor{Lake: l, Store: OpenStore(dir), Library: lib, Base: ks.Base(), Groups: groups, dir: dir, book: usualBook, merged: true}, nil
}

// cards are the library's cards and their variants.
func (a *Auditor) cards() []*rule.Card {
	out := slices.Clone(a.Library.Cards)
	for _, v := range a.Rules.Variants {
		if v.Card != nil {
			out = append(out, v.Card)
		}
	}
	return out
}

// tally is what one bucket's judgement counted.
type tally struct {
	rows     []Row
	gone     []gone
	skipped  map[rule.NotJudged]int64
	unpaired int64
	persons  int64
	lines    int64
	spent    spent
}

// dropEvery is after how many persons the memory of what was read of projections is given back: what two workers hold of a large
// city's year is a quarter of all memory else.
const dropEvery = 2048

// judgeBucket judges all persons of a bucket for the months from … to. old are the findings of the last run there.
func (e *engine) judgeBucket(r *reader, bucket int, from, to claim.Month, old []Row, wasProg map[claim.Month]string) (*tally, error) {
	sources, err := r.bucket(bucket, from, to)
	if err != nil {
		return nil, err
	}
	was := newRecall(e, sources, old, wasProg)
	ev := newStopwatch(e.bound, from, to, e.judged, bucket, e.snap.Dicts()[claim.DictPerson].Len())
	f := founder{b: e.bound, ds: e.snap.Dicts()}
	out := &tally{}
	as := claim.NewAssembler(e.vocab, sources, to.Last()).Look(e.past)
	for {
		t, ok := as.Next()
		if !ok {
			break
		}
		out.count(t, from, to)
		if out.persons%dropEvery == 0 {
			r.drop()
		}
		ev.person()
		for _, m := range judgedMonths(t, from, to) {
			t.JudgedOn(m[1].Last())
			start := len(f.rows)
			hits := ev.judge(t, m[0], m[1])
			for i := range hits {
				if e.only == nil || e.only[hits[i].Card.ID] {
					f.add(t, &hits[i])
				}
			}
			was.compare(t, f.rows[start:], m[0], m[1])
		}
	}
	out.rows, out.gone, out.skipped, out.spent = f.rows, was.rest(), ev.counts(), ev.took()
	return out, nil
}

// count adds a person's facts of the months judged.
func (c *tally) count(t *claim.Timeline, from, to claim.Month) {
	in := func(m claim.Month) bool { return m >= from && m <= to }
	c.persons++
	for i := range t.Lines {
		if in(t.Lines[i].Month) {
			c.lines++
		}
	}
	for _, u := range t.Unpaired {
		if in(u.Month) {
			c.unpaired++
		}
	}
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
	if opt.Workers <= 0 {
		opt.Workers = runtime.GOMAXPROCS(0)
	}
	st, err := newStanding(a, snap, led, opt.Workers)
	if err != nil {
		return nil, err
	}
	months, why, err := st.due(opt)
	if err != nil {
		return nil, err
	}
	led.Runs++
	rep := &Report{Run: led.Runs, Snapshot: snap.ID(), Months: []string{}, Why: why, Rules: map[string]*RuleReport{}, Exempted: map[string]Exempted{}, NotJudged: []Skipped{}, Changes: []Change{},
		ChangeTotals: map[string]int64{}, LocalCards: localCards(a.Library), Refused: append([]rule.CardError{}, opt.Refused...), Points: st.points, NoPoints: append([]string{}, st.silent...), Started: start.UTC().Format(time.RFC3339)}
	if rep.Completeness, err = completeness(snap, months, opt); err != nil {
		return nil, err
	}
	parts, err := st.ranges(months)
	if err != nil {
		return nil, err
	}
	for _, r := range parts {
		if err := a.runRange(ctx, st, r[0], r[1], opt, rep); err != nil {
			return rep, err
		}
	}
	if err := rep.settle(a.Store, led); err != nil {
		return rep, err
	}
	rep.Micros = map[string]int64{}
	for id, d := range rep.spent.byCard() {
		rep.Micros[id] += d.Microseconds()
	}
	for id, d := range rep.booked {
		rep.Micros[id] += d.Microseconds()
	}
	rep.Seconds = time.Since(start).Seconds()
	// The report first: what changed is told whatever happens next, and a run that did not publish is run again.
	if err := writeJSON(filepath.Join(a.dir, "runs", fmt.Sprintf("audit-%05d.json", led.Runs)), rep); err != nil {
		return rep, err
	}
	if len(parts) > 0 {
		if err := a.Store.save(led); err != nil {
			return rep, err
		}
	}
	a.Store.clean(led)
	return rep, nil
}

// ranges joins neighbouring months that are small enough to be judged together and in which the same can be judged.
func (st *standing) ranges(months []claim.Month) ([][2]claim.Month, error) {
	var out [][2]claim.Month
	var held int64
	var fit []fitness // of the months of the last range
	for _, m := range months {
		n := st.snap.Rows("fee", m) / int64(max(1, st.snap.Buckets()))
		us, seen, err := unfit(st.a.cards(), st.snap, m)
		if err != nil {
			return nil, err
		}
		now := newFitness(us, seen)
		if k := len(out); k > 0 && out[k-1][1] == m-1 && held+n <= maxRangeLines && !slices.ContainsFunc(fit, func(f fitness) bool { return !f.agrees(&now) }) {
			out[k-1][1] = m
			held += n
			fit = append(fit, now)
			continue
		}
		out = append(out, [2]claim.Month{m, m})
		held, fit = n, []fitness{now}
	}
	return out, nil
}

// runRange judges the months from … to, bucket by bucket, and enters them in the ledger.
func (a *Auditor) runRange(ctx context.Context, st *standing, from, to claim.Month, opt Options, rep *Report) error {
	e, err := a.engine(st.snap, opt.Rules, from, to, a.merged)
	if err != nil {
		return err
	}
	j := &job{a: a, e: e, led: st.led, from: from, to: to, opt: opt, start: time.Now(), parts: make([]*checkpoint, st.snap.Buckets()), skipped: map[Skipped]int64{}}
	j.folder = fmt.Sprintf("run-%s", shortHash(fmt.Sprint(rep.Snapshot, e.prog, from, to, opt.Rules, st.led.Runs)))
	if err := j.buckets(ctx); err != nil {
		return err
	}
	for m := from; m <= to; m++ {
		old, known := st.led.Months[m.String()]
		if !known && st.snap.Rows("fee", m) == 0 && st.snap.Rows("settlement", m) == 0 {
			continue
		}
		rep.Months = append(rep.Months, m.String())
		now := monthState{Facts: st.factsID(m), Program: e.prog, Own: ownID(st.snap, m), Files: map[int]string{}, Rules: map[string]Sum{}}
		if e.only != nil { // the other cards know nothing of what is new
			now.Facts, now.Program, now.Own = old.Facts, old.Program, old.Own
		}
		for b, c := range j.parts {
			now.Files[b] = c.Files[m.String()]
			for r, s := range c.Sums[m.String()] {
				t := now.Rules[r]
				t.add(s)
				now.Rules[r] = t
			}
		}
		st.led.Months[m.String()] = now
	}
	for _, c := range j.parts {
		rep.addBucket(c)
	}
	skipped := make([]Skipped, 0, len(j.skipped))
	for s, n := range j.skipped {
		s.Count = n
		skipped = append(skipped, s)
	}
	rep.addSkipped(skipped)
	rep.addEngine(e)
	rep.addBook(e)
	return nil
}

// job is the judgement of one range of months.
type job struct {
	a        *Auditor
	e        *engine
	led      *ledger
	from, to claim.Month
	opt      Options
	start    time.Time
	folder   string
	parts    []*checkpoint // by bucket, without what was skipped there

	mu      sync.Mutex
	done    int
	lines   int64
	skipped map[Skipped]int64 // of all buckets, Count 0 in the key: a list a bucket would be long, and says much the same
}

// buckets judges all buckets with some workers. A bucket that fails does not stop the others; the error names all.
func (j *job) buckets(ctx context.Context) error {
	work := make(chan int)
	var wg sync.WaitGroup
	var errs []error
	for range j.opt.Workers {
		wg.Go(func() {
			r := newReader(j.e.snap, j.e.hist)
			defer r.close()
			for b := range work {
				if err := j.bucket(r, b); err != nil {
					j.mu.Lock()
					errs = append(errs, fmt.Errorf("第 %d 桶：%w", b, err))
					j.mu.Unlock()
				}
			}
		})
	}
feed:
	for b := range j.parts {
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
func (j *job) bucket(r *reader, b int) error {
	check := filepath.Join(j.a.Store.dir, j.folder, fmt.Sprintf("bucket-%03d.json", b))
	c, err := readCheckpoint(check)
	if errors.Is(err, fs.ErrNotExist) {
		c, err = j.judge(r, b)
		if err == nil {
			err = writeJSON(check, c)
		}
	}
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, s := range c.Skipped {
		n := s.Count
		s.Count = 0
		j.skipped[s] += n
	}
	c.Skipped = nil
	j.parts[b] = c
	j.done++
	j.lines += c.Lines
	if j.opt.Progress != nil {
		j.opt.Progress(Progress{Months: j.from.String() + " 至 " + j.to.String(), Done: j.done, Total: len(j.parts), Lines: j.lines, Elapsed: time.Since(j.start)})
	}
	return nil
}

// judge judges a bucket and writes its findings by month.
func (j *job) judge(r *reader, b int) (*checkpoint, error) {
	old := map[claim.Month][]Row{}
	var all []Row
	prog := map[claim.Month]string{}
	for m := j.from; m <= j.to; m++ {
		st := j.led.Months[m.String()]
		prog[m] = st.Program
		if name, ok := st.Files[b]; ok {
			rows, err := readRows(filepath.Join(j.a.Store.dir, name))
			if err != nil {
				return nil, err
			}
			old[m] = rows
			all = append(all, rows...)
		}
	}
	t, err := j.e.judgeBucket(r, b, j.from, j.to, all, prog)
	if err != nil {
		return nil, err
	}
	c := newCheckpoint(t, j.e)
	byMonth := map[claim.Month][]Row{}
	for _, r := range t.rows {
		byMonth[r.Month] = append(byMonth[r.Month], r)
	}
	for m := j.from; m <= j.to; m++ {
		rows := byMonth[m]
		if j.e.only != nil {
			for _, r := range old[m] {
				if !j.e.only[r.RuleID] {
					rows = append(rows, r)
				}
			}
		}
		allocate(rows)
		sortRows(rows)
		_, again := j.led.Months[m.String()]
		c.compare(m, old[m], rows, j.e, again)
		name := filepath.Join(j.folder, fmt.Sprintf("%s-%03d.parquet", m, b))
		if err := writeRows(filepath.Join(j.a.Store.dir, name), rows); err != nil {
			return nil, err
		}
		c.Files[m.String()] = name
		c.Sums[m.String()] = summarize(rows)
	}
	c.trim()
	return c, nil
}

// clean removes folders that no month names any more, and what killed audits were writing in those that stay: whoever cleans
// holds the lock of the audits, so nobody is writing.
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
	lake.RemoveUnfinished(s.dir)
	for _, e := range es {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), "run-") {
			continue
		}
		if dir := filepath.Join(s.dir, e.Name()); keep[e.Name()] {
			lake.RemoveUnfinished(dir)
		} else {
			os.RemoveAll(dir)
		}
	}
}
