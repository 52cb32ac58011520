package audit

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
)

// A whole audit of a month reads the projections of a year of every person. Month by month, one person's rows lie in some sixty
// places; so for the months last audited, what is read of all months before them lies once more in one file a bucket, merged person
// by person. Such a file holds no more and no less than the projections it was made of, and is named by them.

// monthsOf are the months first … last that have projections.
func (h *history) monthsOf(first, last claim.Month) []claim.Month {
	return slices.DeleteFunc(slices.Clone(h.months), func(m claim.Month) bool { return m < first || m > last })
}

// each opens what the judgement of the months from … to reads of the projections of the months first … last, in order of time.
// f is who closes them.
func (h *history) each(bucket int, first, last, from, to claim.Month, f func(*lake.Projection, claim.Month)) error {
	for _, m := range h.monthsOf(first, last) {
		p, err := h.read(m, bucket, func(name string) bool { return readsPart(name, m, from, to) })
		if err != nil {
			return err
		}
		f(p, m)
	}
	return nil
}

// readsPart tells whether a part of the projection of month m bears on the judgement of the months from … to.
func readsPart(name string, m, from, to claim.Month) bool {
	switch {
	case m < from-lookBack:
		return name == "visit@"+partLong
	case name == "visit@"+partLong:
		return false
	case records[name]:
		return m >= from-recordsBack && m < from
	case m > to:
		table, _, _ := strings.Cut(name, "@")
		return projected[table] && (table != "fee" || m == to+1)
	}
	return true
}

// past opens the merged file of a bucket's months before from, making it first when need be.
func (h *history) past(from claim.Month, bucket int, want func(string) bool) (*lake.Projection, error) {
	path := filepath.Join(h.dir, "past", fmt.Sprintf("%03d-%s.arrow", bucket, h.pastName(from)))
	return openDerived(path, want, func() error { return h.merge(path, from, bucket) })
}

// pastName is a hash of all that the merged files before a month are made of.
func (h *history) pastName(from claim.Month) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	name, ok := h.pasts[from]
	if !ok {
		made := from.String()
		for _, m := range h.monthsOf(1, from-1) {
			made += m.String() + h.named(m)
		}
		name = shortHash(made)
		h.pasts[from] = name
	}
	return name
}

// merge makes the merged file and removes the one it replaces.
func (h *history) merge(path string, from claim.Month, bucket int) error {
	parts := map[string][]*claim.Batch{}
	var open []*lake.Projection
	defer func() {
		for _, p := range open {
			p.Close()
		}
	}()
	err := h.each(bucket, 1, from-1, from, from, func(p *lake.Projection, _ claim.Month) {
		open = append(open, p)
		for name, b := range p.Batches {
			if b.N > 0 {
				parts[name] = append(parts[name], b)
			}
		}
	})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	names := slices.Sorted(maps.Keys(parts))
	err = lake.WriteProjectionOf(path, names, func(i int) *claim.Batch {
		bs := parts[names[i]]
		return claim.Merge(bs[0].Table, bs)
	}, byRow)
	if err != nil {
		return err
	}
	return removeOthers(path, fmt.Sprintf("%03d-*.arrow", bucket))
}

// monthly reads whole tables of a bucket's months from their projections, one month after the other. Where the months before from lie
// merged, all of them come with the last that has the table, and the others are empty: who asks for that one asks for them as well.
type monthly struct {
	h      *history
	bucket int
	from   claim.Month
	open   map[string]*lake.Projection // by what they were opened for
	last   map[string]claim.Month      // by table: the last merged month that has it
}

func newMonthly(h *history, bucket int, from claim.Month) *monthly {
	return &monthly{h, bucket, from, map[string]*lake.Projection{}, map[string]claim.Month{}}
}

// bookPast are the tables that the day book reads of past months; those that are not projected for all it reads from the facts where
// the months do not lie merged.
var bookPast = map[string]bool{"visit": true, "settlement": true, "operation": true, "bed_move": true, "leave": true}

// has tells whether the table of a month is had from here.
func (r *monthly) has(table string, m claim.Month) bool {
	return m != 0 && bookPast[table] && (projected[table] || r.merged(m))
}

func (r *monthly) merged(m claim.Month) bool { return r.h.merged && m < r.from && m >= r.from-lookBack }

// first is the first month of which rows come with those of m.
func (r *monthly) first(m claim.Month) claim.Month {
	if r.merged(m) {
		return r.from - lookBack
	}
	return m
}

func (r *monthly) read(table string, m claim.Month) (*claim.Batch, error) {
	if !r.merged(m) {
		return r.batch(table, table+m.String(), func() (*lake.Projection, error) {
			return r.h.read(m, r.bucket, func(name string) bool { return name == table })
		})
	}
	if _, ok := r.last[table]; !ok {
		for _, x := range r.h.snap.TableMonths(table) {
			if x < r.from {
				r.last[table] = x
			}
		}
	}
	if m < r.last[table] {
		return claim.NewBatch(claim.MustTable(table)), nil
	}
	return r.batch(table, "past", func() (*lake.Projection, error) {
		return r.h.past(r.from, r.bucket, func(name string) bool { return bookPast[name] })
	})
}

func (r *monthly) batch(table, key string, open func() (*lake.Projection, error)) (*claim.Batch, error) {
	p := r.open[key]
	if p == nil {
		var err error
		if p, err = open(); err != nil {
			return nil, err
		}
		r.open[key] = p
	}
	if b := p.Batches[table]; b != nil {
		return b, nil
	}
	return claim.NewBatch(claim.MustTable(table)), nil
}

// close ends the validity of all that was read.
func (r *monthly) close() {
	for _, p := range r.open {
		p.Close()
	}
}
