package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/trace"
	"github.com/mingjian/mingjian/internal/trace/index"
	"github.com/mingjian/mingjian/internal/trace/life"
)

// traceJob is a stage of the benchmark: build, find, check, open.
type traceJob struct {
	Stage         string `json:"stage"`
	Sales, Checks int64
	Seed          uint64
}

const (
	plantEvery = 10_000 // one sale in so many is sold again
	twinEvery  = 1_000  // one in so many has an innocent twin
	traceInsts = 4_000  // half of them in another city from 3,600 on
)

// benchPlace: every tenth institution lies in another pooling area.
func benchPlace(inst string) life.Place {
	n, _ := strconv.Atoi(strings.TrimPrefix(inst, "9901B"))
	if n >= traceInsts*9/10 {
		return life.Place{Area: "990201"}
	}
	return life.Place{Area: "990101"}
}

// traceCode is the code of sale i: 3,000 products, serial numbers spread.
func traceCode(i int64) string {
	return fmt.Sprintf("9%06d%013d", i%3000, (i*2654435761)%9_999_999_999_971)
}

// traceSale is what a seed makes of sale i.
type traceSale struct {
	inst int
	sec  int64
	pers uint32
	doc  uint64
}

func saleOf(seed uint64, i int64) traceSale {
	r := rand.New(rand.NewPCG(seed, uint64(i)))
	return traceSale{inst: r.IntN(traceInsts * 9 / 10), sec: r.Int64N(300 * 86400), pers: uint32(1 + r.IntN(1e6)), doc: r.Uint64()>>8 | 1}
}

// planted are the doubles that the sales hold, with their classes.
func planted(n int64, seed uint64) map[string]string {
	out := map[string]string{}
	for i := int64(0); i < n; i += plantEvery {
		out[traceCode(i)] = [...]life.Class{life.Swap, life.Reflux, life.Fake, life.OtherArea, life.MultiSwipe, life.Elsewhere}[i/plantEvery%6].String()
	}
	return out
}

func doTrace(_ context.Context, j job) (outcome, error) {
	t := j.Trace
	switch t.Stage {
	case "build":
		return buildTrace(j)
	case "find":
		return findTrace(j)
	case "check":
		return checkTrace(j)
	case "hollow":
		return outcome{}, index.Hollow(j.Data, t.Sales)
	case "open":
		x, o, err := openTrace(j)
		if err != nil {
			return outcome{}, err
		}
		return o, x.Close()
	}
	return outcome{}, fmt.Errorf("没有名为 %q 的阶段", t.Stage)
}

func buildTrace(j job) (outcome, error) {
	start := startClock()
	x, err := index.Open(j.Data, life.Usual(), benchPlace)
	if err != nil {
		return outcome{}, err
	}
	defer x.Close()
	b, err := x.Build()
	if err != nil {
		return outcome{}, err
	}
	insts := make([]uint32, traceInsts)
	for i := range insts {
		if insts[i], err = b.Institution(fmt.Sprintf("9901B%06d", i)); err != nil {
			return outcome{}, err
		}
	}
	begin := claim.Time(claim.DayOf(2025, 1, 1).Start().Clock())
	for i := int64(0); i < j.Trace.Sales; i++ {
		s := saleOf(j.Trace.Seed, i)
		rec := index.Record{Key: life.KeyOf(traceCode(i)), Inst: insts[s.inst], Pers: s.pers, At: begin + claim.Time(s.sec*1e6), Doc: s.doc, Kind: life.Sold,
			Qty: claim.None64, Paid: true}
		for _, r := range append(twins(i, rec, insts, s.inst), rec) {
			if err := b.Add(&r); err != nil {
				return outcome{}, err
			}
		}
	}
	if err := b.Close(); err != nil {
		return outcome{}, err
	}
	o := start.stop()
	o.Rows = j.Trace.Sales
	return o, nil
}

// twins are what else is reported of a sale's box: a second sale that must be found, or one that must not.
func twins(i int64, r index.Record, insts []uint32, inst int) []index.Record {
	o := r
	o.Doc, o.Pers = r.Doc^0x5555, r.Pers+1
	other := insts[(inst+1)%(traceInsts*9/10)]
	later := func(sec int64) { o.At = r.At + claim.Time(sec*1e6) }
	if i%plantEvery == 0 {
		switch i / plantEvery % 6 {
		case 0:
			later(40 * 86400)
		case 1:
			o.Inst = other
			later(7 * 86400)
		case 2:
			o.Inst = other
			later(600)
		case 3:
			o.Inst = insts[traceInsts-1]
			later(30 * 86400)
		case 4:
			later(300)
		case 5:
			o.Inst = other
			later(5 * 86400)
		}
		return []index.Record{o}
	}
	if i%twinEvery != 0 {
		return nil
	}
	switch i / twinEvery % 4 {
	case 0: // the upload repeated by another channel an hour later
		o.Doc, o.Pers = r.Doc, 0
		later(3600)
	case 1: // submitted twice within a minute
		o.Pers = r.Pers
		later(60)
	case 2: // returned, then sold
		back := r
		back.Kind, back.At = life.Returned, r.At+claim.Time(86400*1e6)
		o.Inst = other
		later(20 * 86400)
		return []index.Record{back, o}
	case 3: // one box scanned for a ward
		return nil
	}
	return []index.Record{o}
}

func findTrace(j job) (outcome, error) {
	start := startClock()
	terms := life.Usual()
	x, err := index.Open(j.Data, terms, benchPlace)
	if err != nil {
		return outcome{}, err
	}
	defer x.Close()
	terms.Where = func(n int32) life.Place { return benchPlace(x.Institution(uint32(n))) }
	f, err := os.Create(j.Out)
	if err != nil {
		return outcome{}, err
	}
	defer f.Close()
	n, _, err := trace.Doubles(x, terms, func(*life.Life) claim.Qty { return 0 }, max(2, runtime.GOMAXPROCS(0)), f)
	if err != nil {
		return outcome{}, err
	}
	o := start.stop()
	o.Rows = n
	return o, nil
}

func rssBytes() float64 {
	debug.FreeOSMemory()
	b, _ := os.ReadFile("/proc/self/statm")
	f := strings.Fields(string(b))
	if len(f) < 2 {
		return 0
	}
	pages, _ := strconv.ParseFloat(f[1], 64)
	return pages * float64(os.Getpagesize())
}

func openTrace(j job) (*index.Index, outcome, error) {
	before := rssBytes()
	start := time.Now()
	x, err := index.Open(j.Data, life.Usual(), benchPlace)
	if err != nil {
		return nil, outcome{}, err
	}
	o := outcome{Trace: &traceOutcome{OpenS: time.Since(start).Seconds()}}
	o.Trace.MemBytes = rssBytes() - before
	_, o.Trace.Bytes = x.Size()
	return x, o, nil
}

// counters is how many callers sell at a time.
const counters = 16

func checkTrace(j job) (outcome, error) {
	x, o, err := openTrace(j)
	if err != nil {
		return outcome{}, err
	}
	defer x.Close()
	t := j.Trace
	lat := make([][]time.Duration, counters)
	var wg sync.WaitGroup
	var mu sync.Mutex
	wrong := func(format string, a ...any) {
		mu.Lock()
		defer mu.Unlock()
		o.Trace.Wrong = fmt.Sprintf(format, a...)
	}
	at := claim.Time(claim.DayOf(2026, 1, 1).Start().Clock())
	start := time.Now()
	for c := range counters {
		wg.Add(1)
		go func() {
			defer wg.Done()
			r := rand.New(rand.NewPCG(t.Seed, uint64(c)))
			for k := int64(c); k < t.Checks; k += counters {
				fresh := r.IntN(4) != 0
				i := t.Sales + k
				if !fresh {
					i = r.Int64N(t.Sales)
				}
				s := &index.Slip{Inst: fmt.Sprintf("9901B%06d", c), Psn: fmt.Sprint("p", k), At: at + claim.Time(k*1e6), Docs: []string{fmt.Sprint("b", k)},
					Paid: true, Boxes: []index.Box{{Code: life.Parse(traceCode(i)), Qty: claim.None64}}}
				before := time.Now()
				a, ok, err := x.Sell(s)
				lat[c] = append(lat[c], time.Since(before))
				if err != nil || ok != fresh || (!fresh && a[0].Before == nil) {
					wrong("第 %d 次询问：新码 %v，放行 %v，%v", k, fresh, ok, err)
				}
			}
		}()
	}
	wg.Wait()
	o.Trace.RPS = float64(t.Checks) / time.Since(start).Seconds()
	all := slices.Concat(lat...)
	slices.Sort(all)
	ms := func(p int) float64 { return all[len(all)*p/100].Seconds() * 1000 }
	o.Trace.P50, o.Trace.P99 = ms(50), ms(99)
	r := rand.New(rand.NewPCG(t.Seed, 99))
	const looks = 5_000
	begin := time.Now()
	for range looks {
		if _, err := x.Events(life.KeyOf(traceCode(r.Int64N(2 * t.Sales)))); err != nil {
			return outcome{}, err
		}
	}
	o.Trace.LookUs = time.Since(begin).Seconds() * 1e6 / looks
	return o, nil
}
