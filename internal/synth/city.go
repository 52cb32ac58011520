package synth

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// city is what all workers share and nobody changes.
type city struct {
	opt         Options
	pl          *place
	ix          *index
	first, last claim.Day
	firstMonth  claim.Month
	plan        []*scenario
	// roomForStays is what scenarios leave of the admissions for chance.
	roomForStays float64
	// share of the blocks in which a scenario has its turn, so that the scenarios leave room for ordinary people.
	share float64
	least float64 // the least turns a scenario has per block
	// wanted turns per block of each plant of a card.
	wanted map[string]float64
}

// Generate writes the city's files into opt.Out and says what it wrote. Errors of the file system are wrapped; a window
// or a number out of range is refused with a sentence for the user.
func Generate(opt Options) (Stats, error) {
	if err := opt.fill(); err != nil {
		return Stats{}, err
	}
	pack, err := knowledge.Starter()
	if err != nil {
		return Stats{}, fmt.Errorf("读取示例知识包：%w", err)
	}
	c := &city{opt: opt, first: opt.first(), last: opt.last(), firstMonth: opt.first().Month(), roomForStays: 1}
	if c.ix, err = newIndex(pack, c.first-lead, c.last); err != nil {
		return Stats{}, err
	}
	c.pl = newPlace(&c.opt)
	stats := Stats{Persons: opt.Persons, Institutions: len(c.pl.all), Rows: map[string]int64{}, Truth: map[string]int64{},
		Unhosted: map[string]int64{}}
	if !opt.Clean {
		c.plan, stats.Skipped = c.scenarios()
	}
	if err := os.MkdirAll(opt.Out, 0o755); err != nil {
		return stats, fmt.Errorf("建立输出目录 %s：%w", opt.Out, err)
	}
	out := newFiles(&c.opt)
	err = c.run(out, &stats)
	if e := out.close(); err == nil {
		err = e
	}
	stats.Bytes = out.bytes
	return stats, err
}

// run generates blocks on all workers and writes them in order, so that the bytes never depend on the workers. The
// number of blocks in flight bounds the memory.
func (c *city) run(out *files, stats *Stats) error {
	ref := c.newOut()
	c.references(ref)
	c.ledgers(ref)
	c.traceRegisters(ref)
	c.tracedShelf(ref)
	c.devices(ref)
	ref.raw("catalogue", c.ownCatalogue())
	ref.raw("price_limit", c.ix.pack.PriceLimit)
	if err := out.write(ref, stats); err != nil {
		return err
	}
	workers := c.opt.Workers
	if workers <= 0 {
		workers = runtime.NumCPU()
	}
	blocks := (c.opt.Persons + blockPersons - 1) / blockPersons
	done := make([]chan *blockOut, blocks)
	for i := range done {
		done[i] = make(chan *blockOut, 1)
	}
	var next int
	var mu sync.Mutex
	tickets := make(chan struct{}, workers+2)
	pool := sync.Pool{New: func() any { return c.newOut() }}
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			l := &life{city: c, first: c.first, last: c.last}
			for {
				select {
				case tickets <- struct{}{}:
				case <-stop:
					return
				}
				mu.Lock()
				b := next
				next++
				mu.Unlock()
				if b >= blocks {
					return
				}
				o := pool.Get().(*blockOut)
				l.block(o, b)
				done[b] <- o
			}
		})
	}
	totals := map[clearing]*clearingSum{}
	var err error
	for b := range blocks {
		o := <-done[b]
		<-tickets
		if err = out.write(o, stats); err != nil {
			break
		}
		mergeTotals(totals, o.totals)
		o.reset()
		pool.Put(o)
	}
	close(stop)
	wg.Wait()
	if err == nil && !c.opt.Clean {
		o := c.newOut()
		c.quarter(o)
		mergeTotals(totals, o.totals)
		err = out.write(o, stats)
	}
	if err == nil {
		o := c.newOut()
		c.clearing(o, totals)
		err = out.write(o, stats)
	}
	return err
}

func mergeTotals(dst, src map[clearing]*clearingSum) {
	for k, s := range src {
		d := dst[k]
		if d == nil {
			d = &clearingSum{}
			dst[k] = d
		}
		d.n, d.fee, d.fund = d.n+s.n, d.fee+s.fee, d.fund+s.fund
	}
}

// clearing writes the monthly totals per institution, in a fixed order.
func (c *city) clearing(o *blockOut, totals map[clearing]*clearingSum) {
	for _, i := range c.pl.all {
		for m := range c.opt.Months {
			for _, ins := range []string{"310", "390", "400", "510"} {
				for _, kind := range []string{"11", "21"} {
					t := totals[clearing{i, m, ins, kind}]
					if t == nil {
						continue
					}
					r := o.small("clearing_total")
					r.str(i.code)
					r.str((c.firstMonth + claim.Month(m)).String())
					r.str(ins)
					r.str(kind)
					r.int(t.n)
					r.money(t.fee)
					r.money(t.fund)
					r.end()
				}
			}
		}
	}
}

func (c *city) newOut() *blockOut {
	o := &blockOut{months: make([][4]row, c.opt.Months), smalls: map[string]*row{}, heads: map[string]string{}, city: c}
	o.reset()
	return o
}

func (o *blockOut) reset() {
	for m := range o.months {
		for t := range o.months[m] {
			o.months[m][t].b = o.months[m][t].b[:0]
		}
	}
	for _, r := range o.smalls {
		r.b = r.b[:0]
	}
	o.stats = Stats{Rows: map[string]int64{}, Truth: map[string]int64{}, Unhosted: map[string]int64{}}
	o.totals = map[clearing]*clearingSum{}
}

// raw takes a table that comes ready as CSV with its header.
func (o *blockOut) raw(table string, csv []byte) {
	for i, b := range csv {
		if b == '\n' {
			o.heads[table] = string(csv[:i])
			o.smalls[table] = &row{b: slices.Clone(csv[i+1:])}
			return
		}
	}
}

func (o *blockOut) header(table string) string {
	if h, ok := headers[table]; ok {
		return h
	}
	return o.heads[table]
}

// files keeps one open file per table, or per table and month.
type files struct {
	opt   *Options
	open  map[string]*file
	bytes int64
}

type file struct {
	f  *os.File
	gz *gzip.Writer
	w  *bufio.Writer
}

func newFiles(opt *Options) *files { return &files{opt: opt, open: map[string]*file{}} }

func (fs *files) append(name, header string, b []byte) error {
	f := fs.open[name]
	if f == nil {
		var err error
		if f, err = fs.create(name, header); err != nil {
			return err
		}
	}
	n, err := f.w.Write(b)
	fs.bytes += int64(n)
	if err != nil {
		return fmt.Errorf("写 %s：%w", name, err)
	}
	return nil
}

func (fs *files) create(name, header string) (*file, error) {
	path := filepath.Join(fs.opt.Out, name+".csv")
	if fs.opt.Gzip {
		path += ".gz"
	}
	h, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("建立文件：%w", err)
	}
	f := &file{f: h}
	var w io.Writer = h
	if fs.opt.Gzip {
		f.gz, _ = gzip.NewWriterLevel(h, gzip.BestSpeed)
		w = f.gz
	}
	f.w = bufio.NewWriterSize(w, 1<<16)
	fs.open[name] = f
	_, err = f.w.WriteString(header + "\n")
	return f, err
}

// write appends one block to the files. Monthly files exist for every month, so that an empty one says so.
func (fs *files) write(o *blockOut, stats *Stats) error {
	for m := range o.months {
		for t, name := range monthly {
			key := name + "_" + (o.city.firstMonth + claim.Month(m)).String()
			if err := fs.append(key, headers[name], o.months[m][t].b); err != nil {
				return err
			}
		}
	}
	names := make([]string, 0, len(o.smalls))
	for name := range o.smalls {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if err := fs.append(name, o.header(name), o.smalls[name].b); err != nil {
			return err
		}
	}
	stats.add(&o.stats)
	return nil
}

func (fs *files) close() (err error) {
	for _, f := range fs.open {
		for _, e := range []error{f.w.Flush(), f.closeGzip(), f.f.Close()} {
			if err == nil {
				err = e
			}
		}
	}
	return err
}

func (f *file) closeGzip() error {
	if f.gz == nil {
		return nil
	}
	return f.gz.Close()
}

func (s *Stats) add(o *Stats) {
	s.Visits, s.Stays, s.Settlements, s.Lines = s.Visits+o.Visits, s.Stays+o.Stays, s.Settlements+o.Settlements, s.Lines+o.Lines
	for k, n := range o.Rows {
		s.Rows[k] += n
	}
	for k, n := range o.Truth {
		s.Truth[k] += n
	}
	for k, n := range o.Unhosted {
		s.Unhosted[k] += n
	}
}
