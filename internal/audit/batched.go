package audit

import (
	"errors"
	"runtime"
	"sync"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/rule"
)

// Batch booking (规则口径, "批量记账"): at least minBatchLines lines of an item in a month and more than a fifth of them at
// one instant.
const minBatchLines = 100

// booking counts the lines of an item and keeps its most frequent instants (the counters of Misra and Gries): an instant
// was seen between count and count + lost times.
type booking struct {
	total, lost int32
	n           int
	top         [topInstants]struct {
		at    int64
		count int32
	}
}

// topInstants bounds the memory of a booking; with so many counters an instant of more than a fifth of the lines is never
// pushed out, and doubt is left only between a tenth and a fifth.
const topInstants = 9

func (b *booking) add(at int64, count int32) {
	for i := 0; i < b.n; i++ {
		if b.top[i].at == at {
			b.top[i].count += count
			return
		}
	}
	if b.n < topInstants {
		b.top[b.n].at, b.top[b.n].count = at, count
		b.n++
		return
	}
	least := count
	for i := range b.top {
		least = min(least, b.top[i].count)
	}
	b.lost += least
	kept := 0
	for i := range b.top {
		if b.top[i].count -= least; b.top[i].count > 0 {
			b.top[kept] = b.top[i]
			kept++
		}
	}
	b.n = kept
	if count > least {
		b.add(at, count-least)
	}
}

// verdict tells whether the item is booked in batches; doubtful names the instants that must be counted exactly.
func (b *booking) verdict() (batched bool, doubtful []int64) {
	if b.total < minBatchLines {
		return false, nil
	}
	for i := 0; i < b.n; i++ {
		switch c := int64(b.top[i].count); {
		case c*5 > int64(b.total):
			return true, nil
		case (c+int64(b.lost))*5 > int64(b.total):
			doubtful = append(doubtful, b.top[i].at)
		}
	}
	return false, doubtful
}

// instant is an item of an institution at one moment.
type instant struct {
	k  rule.BatchKey
	at int64
}

// findBatches finds items that an institution books in batches. Only items that day cards read are counted.
func findBatches(b *rule.Bound, s *lake.Snapshot, from, to claim.Month) ([]rule.BatchKey, error) {
	items := b.DayItems()
	all := map[rule.BatchKey]*booking{}
	err := eachDayLine(s, items, from, to, func() (func(rule.BatchKey, claim.Time), func()) {
		mine := map[rule.BatchKey]*booking{}
		return func(k rule.BatchKey, at claim.Time) {
				n := mine[k]
				if n == nil {
					n = &booking{}
					mine[k] = n
				}
				n.total++
				if !at.DayOnly() {
					n.add(at.Clock(), 1)
				}
			}, func() {
				for k, n := range mine {
					sum := all[k]
					if sum == nil {
						all[k] = n
						continue
					}
					sum.total, sum.lost = sum.total+n.total, sum.lost+n.lost
					for i := 0; i < n.n; i++ {
						sum.add(n.top[i].at, n.top[i].count)
					}
				}
			}
	})
	if err != nil {
		return nil, err
	}
	var out []rule.BatchKey
	exact := map[instant]int32{}
	for k, n := range all {
		batched, doubtful := n.verdict()
		if batched {
			out = append(out, k)
		}
		for _, at := range doubtful {
			exact[instant{k, at}] = 0
		}
	}
	more, err := countExactly(s, items, from, to, all, exact)
	return append(out, more...), err
}

// countExactly settles the instants in doubt by a second reading.
func countExactly(s *lake.Snapshot, items []bool, from, to claim.Month, all map[rule.BatchKey]*booking, exact map[instant]int32) ([]rule.BatchKey, error) {
	if len(exact) == 0 {
		return nil, nil
	}
	err := eachDayLine(s, items, from, to, func() (func(rule.BatchKey, claim.Time), func()) {
		mine := map[instant]int32{}
		return func(k rule.BatchKey, at claim.Time) {
				if _, ok := exact[instant{k, at.Clock()}]; ok && !at.DayOnly() {
					mine[instant{k, at.Clock()}]++
				}
			}, func() {
				for i, n := range mine {
					exact[i] += n
				}
			}
	})
	var out []rule.BatchKey
	seen := map[rule.BatchKey]bool{}
	for i, n := range exact {
		if int64(n)*5 > int64(all[i.k].total) && !seen[i.k] {
			seen[i.k] = true
			out = append(out, i.k)
		}
	}
	return out, err
}

// eachDayLine reads the lines of the items bucket by bucket with some workers. worker makes what one worker does with a
// line and what it does at its end; ends run one at a time, after all lines.
func eachDayLine(s *lake.Snapshot, items []bool, from, to claim.Month, worker func() (line func(rule.BatchKey, claim.Time), end func())) error {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var errs []error
	var ends []func()
	work := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		line, end := worker()
		ends = append(ends, end)
		wg.Go(func() {
			r := s.Reader()
			for bucket := range work {
				if err := dayLines(r, s, bucket, from, to, items, line); err != nil {
					mu.Lock()
					errs = append(errs, err)
					mu.Unlock()
				}
			}
		})
	}
	for bucket := range s.Buckets() {
		work <- bucket
	}
	close(work)
	wg.Wait()
	for _, end := range ends {
		end()
	}
	return errors.Join(errs...)
}

// dayLines calls f with the lines of a bucket. A month's lines are those settled in it or in the next, or not yet: so that
// what is found does not hang on which months are judged together.
func dayLines(r *lake.Reader, s *lake.Snapshot, bucket int, from, to claim.Month, items []bool, f func(rule.BatchKey, claim.Time)) error {
	for _, m := range s.TableMonths("fee") {
		if m != 0 && (m < from-1 || m > to+1) {
			continue
		}
		b, err := r.Read("fee", m, bucket, []string{"fixmedins_code", "hilist_code", "fee_ocur_time", "cnt"})
		if err != nil {
			return err
		}
		t := b.Table
		inst, item, tm, cnt := t.MustCol("fixmedins_code"), t.MustCol("hilist_code"), t.MustCol("fee_ocur_time"), t.MustCol("cnt")
		for i := range b.N {
			it := b.I32(item, i)
			if int(it) >= len(items) || !items[it] || b.I64(cnt, i) <= 0 {
				continue
			}
			at := claim.Time(b.I64(tm, i))
			k := rule.BatchKey{Inst: b.I32(inst, i), Item: it, Month: at.Day().Month()}
			if m == 0 || m == k.Month || m == k.Month+1 {
				f(k, at)
			}
		}
	}
	return nil
}
