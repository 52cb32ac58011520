package audit

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
)

// reversed reads the refunds and negative lines of all months: few rows, spread over every month's files. Each bucket's
// are gathered in one derived file, and what they say of earlier months in another; both are named by a hash of all
// settlements and fee lines and made again when missing, stale or damaged.
type reversed struct {
	dir  string
	snap *lake.Snapshot
	id   string
}

func newReversed(dir string, s *lake.Snapshot) reversed {
	var b strings.Builder
	for _, t := range []string{"settlement", "fee"} {
		for _, m := range s.TableMonths(t) {
			fmt.Fprintln(&b, t, m, s.MonthID(t, m))
		}
	}
	fmt.Fprint(&b, s.Buckets(), s.MonthID("person", 0), s.MonthID("person_link", 0))
	return reversed{dir: filepath.Join(dir, "history", "reversals"), snap: s, id: shortHash(b.String())}
}

// read opens a bucket's refunds ("settlement") and negative lines ("fee").
func (rv reversed) read(bucket int) (*lake.Projection, error) {
	path := filepath.Join(rv.dir, fmt.Sprintf("%03d-%s.arrow", bucket, rv.id))
	return openDerived(path, func(string) bool { return true }, func() error { return rv.build(path, bucket) })
}

func (rv reversed) build(path string, bucket int) error {
	refunds, err := rv.snap.Refunds(bucket)
	if err != nil {
		return err
	}
	negatives, err := rv.snap.Negatives(bucket)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(rv.dir, 0o755); err != nil {
		return err
	}
	if err := lake.WriteProjection(path, []string{"settlement", "fee"}, []*claim.Batch{refunds, negatives}, nil); err != nil {
		return err
	}
	return removeOthers(path, fmt.Sprintf("%03d-*.arrow", bucket))
}

// removeOthers removes the files of the folder that match the pattern, but not the one that replaces them.
func removeOthers(path, pattern string) error {
	old, err := filepath.Glob(filepath.Join(filepath.Dir(path), pattern))
	for _, o := range old {
		if o != path {
			lake.RemoveProjection(o)
		}
	}
	lake.RemoveAbandoned(filepath.Join(filepath.Dir(path), pattern))
	return err
}

// lateReversals is reversed.late, kept from run to run.
func (a *Auditor) lateReversals(s *lake.Snapshot, workers int) (map[claim.Month][]reversal, error) {
	rv := newReversed(a.dir, s)
	path := filepath.Join(rv.dir, "late-"+rv.id+".json")
	var out map[claim.Month][]reversal
	if b, err := os.ReadFile(path); err == nil && json.Unmarshal(b, &out) == nil {
		return out, nil
	}
	out, err := rv.late(workers)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(rv.dir, 0o755); err != nil {
		return nil, err
	}
	if err := writeJSON(path, out); err != nil {
		return nil, err
	}
	return out, removeOthers(path, "late-*.json")
}

// reversal is a refund or a negative line that takes something of an earlier month back.
type reversal struct {
	Table string      `json:"table"`
	Month claim.Month `json:"month"` // its own
	Hash  string      `json:"hash"`
}

// late finds, by month, what later months took back of it. A judgement reads the reversals of all months, so a
// month can change long after everything else it looks at has settled.
func (rv reversed) late(workers int) (map[claim.Month][]reversal, error) {
	out, s := map[claim.Month][]reversal{}, rv.snap
	if len(s.TableMonths("settlement")) < 2 {
		return out, nil
	}
	parts := make([]map[claim.Month][]reversal, s.Buckets())
	var g errgroup.Group
	g.SetLimit(workers)
	for b := range parts {
		g.Go(func() (err error) {
			parts[b], err = rv.lateOf(b)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	for _, p := range parts {
		for m, rs := range p {
			out[m] = append(out[m], rs...)
		}
	}
	for _, rs := range out {
		slices.SortFunc(rs, func(x, y reversal) int { return cmp.Or(cmp.Compare(x.Month, y.Month), strings.Compare(x.Hash, y.Hash)) })
	}
	return out, nil
}

func (rv reversed) lateOf(bucket int) (map[claim.Month][]reversal, error) {
	p, err := rv.read(bucket)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	refunds, negatives := p.Batches["settlement"], p.Batches["fee"]
	if refunds.N+negatives.N == 0 {
		return nil, nil
	}
	out := map[claim.Month][]reversal{}
	visits, setls := map[uint64][]claim.Month{}, map[uint64]claim.Month{}
	for _, b := range []*claim.Batch{refunds, negatives} {
		for i := range b.N {
			visits[b.Visit[i]], setls[b.Setl[i]] = nil, 0
		}
	}
	inits := make([]uint64, refunds.N)
	for i := range inits {
		inits[i] = claim.KeyOf(refunds.Str(refunds.Table.MustCol("init_setl_id"), i))
		setls[inits[i]] = 0
	}
	s := rv.snap
	r := s.Reader()
	for _, m := range s.TableMonths("settlement") {
		b, err := r.Read("settlement", m, bucket, []string{})
		if err != nil {
			return nil, err
		}
		for i := range b.N {
			if ms, ok := visits[b.Visit[i]]; ok && !slices.Contains(ms, m) {
				visits[b.Visit[i]] = append(ms, m)
			}
			if _, ok := setls[b.Setl[i]]; ok {
				setls[b.Setl[i]] = m
			}
		}
	}
	for _, b := range []*claim.Batch{refunds, negatives} {
		for i := range b.N {
			x := reversal{Table: b.Table.Name, Month: setls[b.Setl[i]], Hash: rowHash(b, s.Dicts(), i)}
			of := slices.Clone(visits[b.Visit[i]])
			if b == refunds && inits[i] != 0 && !slices.Contains(of, setls[inits[i]]) {
				of = append(of, setls[inits[i]])
			}
			for _, m := range of {
				if m < x.Month {
					out[m] = append(out[m], x)
				}
			}
		}
	}
	return out, nil
}

func rowHash(b *claim.Batch, ds *claim.Dicts, row int) string {
	var s strings.Builder
	for c := range b.Table.Columns {
		s.WriteString(b.Format(ds, c, row) + "\x1f")
	}
	return shortHash(s.String())
}
