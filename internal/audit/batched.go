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

// instant is an item of an institution at one moment.
type instant struct {
	k  rule.BatchKey
	at int64
}

// bookings counts lines by item and by instant.
type bookings struct {
	total map[rule.BatchKey]int32
	at    map[instant]int32
}

// findBatches finds items that an institution books in batches. Only items that day cards read are counted.
func findBatches(b *rule.Bound, s *lake.Snapshot, from, to claim.Month) ([]rule.BatchKey, error) {
	items := b.DayItems()
	all := bookings{map[rule.BatchKey]int32{}, map[instant]int32{}}
	var mu sync.Mutex
	var wg sync.WaitGroup
	var errs []error
	work := make(chan int)
	for w := 0; w < runtime.GOMAXPROCS(0); w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			r := s.Reader()
			mine := bookings{map[rule.BatchKey]int32{}, map[instant]int32{}}
			for bucket := range work {
				if err := mine.count(r, s, bucket, from, to, items); err != nil {
					mu.Lock()
					errs = append(errs, err)
					mu.Unlock()
				}
			}
			mu.Lock()
			all.add(&mine)
			mu.Unlock()
		}()
	}
	for bucket := 0; bucket < s.Buckets(); bucket++ {
		work <- bucket
	}
	close(work)
	wg.Wait()
	return all.batches(), errors.Join(errs...)
}

func (n *bookings) add(m *bookings) {
	for k, c := range m.total {
		n.total[k] += c
	}
	for k, c := range m.at {
		n.at[k] += c
	}
}

// count adds the lines of a bucket. A month's lines are those settled in it or in the next, or not yet: so that what is found
// does not hang on which months are judged together.
func (n *bookings) count(r *lake.Reader, s *lake.Snapshot, bucket int, from, to claim.Month, items []bool) error {
	for _, m := range s.TableMonths("fee") {
		if m != 0 && (m < from-1 || m > to+1) {
			continue
		}
		f, err := r.Read("fee", m, bucket, []string{"fixmedins_code", "hilist_code", "fee_ocur_time", "cnt"})
		if err != nil {
			return err
		}
		t := f.Table
		inst, item, tm, cnt := t.MustCol("fixmedins_code"), t.MustCol("hilist_code"), t.MustCol("fee_ocur_time"), t.MustCol("cnt")
		for i := 0; i < f.N; i++ {
			it := f.I32(item, i)
			if int(it) >= len(items) || !items[it] || f.I64(cnt, i) <= 0 {
				continue
			}
			at := claim.Time(f.I64(tm, i))
			k := rule.BatchKey{Inst: f.I32(inst, i), Item: it, Month: at.Day().Month()}
			if m != 0 && m != k.Month && m != k.Month+1 {
				continue
			}
			n.total[k]++
			if !at.DayOnly() {
				n.at[instant{k, at.Clock()}]++
			}
		}
	}
	return nil
}

func (n *bookings) batches() []rule.BatchKey {
	seen := map[rule.BatchKey]bool{}
	var out []rule.BatchKey
	for k, c := range n.at {
		if t := n.total[k.k]; t >= minBatchLines && int64(c)*5 > int64(t) && !seen[k.k] {
			seen[k.k] = true
			out = append(out, k.k)
		}
	}
	return out
}
