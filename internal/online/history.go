package online

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
)

// History is what the lake knows of persons at the end of a month: one immutable file a bucket, each table sorted by person, mapped
// and not read. A person's rows are found by bisection; what nobody asks for costs nothing. A file is derived: missing or damaged,
// it is made again from the lake.
type history struct {
	ground *audit.Ground
	to     claim.Month // known at the end of it
	dir    string      // "" keeps the buckets in memory
	id     string
	slots  []slot
}

// slot is one bucket, opened when first asked for.
type slot struct {
	once  sync.Once
	parts []claim.Part
	file  *lake.Projection
	err   error
}

// backSuffix names the part of a table that holds what was taken back at any time.
const backSuffix = "@back"

func newHistory(g *audit.Ground, to claim.Month, dir string) *history {
	h := &history{ground: g, to: to, id: g.HistoryID(to), slots: make([]slot, g.Snapshot().Buckets())}
	if dir != "" {
		h.dir = filepath.Join(dir, "online", "history-"+h.id)
	}
	return h
}

// person returns the rows of a person. The parts are valid until the history is closed.
func (h *history) person(pers int32, out []claim.Part) ([]claim.Part, error) {
	if len(h.slots) == 0 {
		return out, nil
	}
	b := h.ground.Snapshot().Bucket(pers)
	s := &h.slots[b]
	s.once.Do(func() { s.err = h.open(s, b) })
	if s.err != nil {
		return out, fmt.Errorf("个人历史第 %d 桶：%w", b, s.err)
	}
	for _, p := range s.parts {
		if p = p.Of(pers); p.Lo < p.Hi {
			out = append(out, p)
		}
	}
	return out, nil
}

// open maps a bucket's file, making it first when need be.
func (h *history) open(s *slot, bucket int) error {
	if h.dir == "" {
		return h.ground.Known(bucket, h.to, func(src []claim.Source) error {
			names, batches := merge(src, h.ground.Snapshot().Dicts())
			s.take(names, batches)
			return nil
		})
	}
	path := h.path(bucket)
	p, err := lake.OpenProjection(path, func(string) bool { return true })
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			os.Remove(path)
		}
		if err = h.build(bucket); err == nil {
			p, err = lake.OpenProjection(path, func(string) bool { return true })
		}
	}
	if err != nil {
		return err
	}
	s.file = p
	names := slices.Sorted(maps.Keys(p.Batches))
	batches := make([]*claim.Batch, len(names))
	for i, n := range names {
		batches[i] = p.Batches[n]
	}
	s.take(names, batches)
	return nil
}

func (s *slot) take(names []string, batches []*claim.Batch) {
	for i, b := range batches {
		if b.N > 0 {
			back := strings.HasSuffix(names[i], backSuffix)
			s.parts = append(s.parts, claim.NewPart(claim.Source{Batch: b, Extra: back, Past: !back && pastTable[b.Table.Name]}))
		}
	}
}

// pastTable are the tables of which the assembler takes only what bears on the judgement.
var pastTable = map[string]bool{"visit": true, "diagnosis": true, "settlement": true, "fee": true}

func (h *history) path(bucket int) string {
	return filepath.Join(h.dir, fmt.Sprintf("%04d.arrow", bucket))
}

// Build makes all files that are missing, and removes those of earlier states of the lake. progress may be nil.
func (h *history) buildAll(progress func(done, of int)) error {
	for b := range h.slots {
		if _, err := os.Stat(h.path(b)); errors.Is(err, fs.ErrNotExist) {
			if err := h.build(b); err != nil {
				return err
			}
		}
		if progress != nil {
			progress(b+1, len(h.slots))
		}
	}
	return nil
}

// openAll maps all files: each is checked against its sum when it is opened, for which the first call of its persons would wait.
func (h *history) openAll() error {
	var errs []error
	for b := range h.slots {
		s := &h.slots[b]
		s.once.Do(func() { s.err = h.open(s, b) })
		errs = append(errs, s.err)
	}
	return errors.Join(errs...)
}

// sweep removes the files of other states of the lake.
func (h *history) sweep() error {
	old, err := filepath.Glob(filepath.Join(filepath.Dir(h.dir), "history-*"))
	for _, o := range old {
		if o != h.dir {
			err = errors.Join(err, os.RemoveAll(o))
		}
	}
	return err
}

func (h *history) build(bucket int) error {
	if err := os.MkdirAll(h.dir, 0o755); err != nil {
		return err
	}
	return h.ground.Known(bucket, h.to, func(src []claim.Source) error {
		names, batches := merge(src, h.ground.Snapshot().Dicts())
		return lake.WriteProjection(h.path(bucket), names, batches)
	})
}

// merge joins the sources of each table into one batch in order of person and time.
func merge(src []claim.Source, ds *claim.Dicts) (names []string, batches []*claim.Batch) {
	by := map[string][]*claim.Batch{}
	for _, s := range src {
		n := s.Batch.Table.Name
		if s.Extra {
			n += backSuffix
		}
		if s.Batch.N > 0 {
			by[n] = append(by[n], s.Batch)
		}
	}
	names = slices.SortedFunc(maps.Keys(by), cmp.Compare)
	for _, n := range names {
		batches = append(batches, claim.Concat(by[n][0].Table, by[n]).Sorted(ds))
	}
	return names, batches
}

func (h *history) close() {
	for i := range h.slots {
		if f := h.slots[i].file; f != nil {
			f.Close()
		}
	}
}
