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
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

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

	waiting sync.WaitGroup // for buckets whose callers may have gone
}

// slot is one bucket, made and opened when first asked for. One does it while others wait; where it could not be done, those who
// waited are told, and the next who asks tries again.
type slot struct {
	opening singleflight.Group
	now     atomic.Pointer[bucketFile] // nil until it is open
}

// bucketFile is an open bucket.
type bucketFile struct {
	parts []claim.Part
	file  *lake.Projection // nil in memory
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

// errLate says that a person's history was not ready in time: it is still being made.
var errLate = errors.New("个人历史还在准备")

// person returns the rows of a person, or errLate when they cannot be had before the end (zero: whenever they come). The parts are valid
// until the history is closed.
func (h *history) person(pers int32, out []claim.Part, end time.Time) ([]claim.Part, error) {
	if len(h.slots) == 0 {
		return out, nil
	}
	b := h.ground.Snapshot().Bucket(pers)
	f, err := h.bucketBy(b, end)
	if err != nil {
		return out, err
	}
	for _, p := range f.parts {
		if p = p.Of(pers); p.Lo < p.Hi {
			out = append(out, p)
		}
	}
	return out, nil
}

// bucketBy is an open bucket, if it is open before the end. After an upgrade all buckets are made anew, seconds each: who calls meanwhile is
// not kept waiting.
func (h *history) bucketBy(b int, end time.Time) (*bucketFile, error) {
	if f := h.slots[b].now.Load(); f != nil || end.IsZero() {
		return h.bucket(b)
	}
	type opened struct {
		f   *bucketFile
		err error
	}
	done := make(chan opened, 1)
	h.waiting.Go(func() {
		f, err := h.bucket(b)
		done <- opened{f, err}
	})
	late := time.NewTimer(time.Until(end))
	defer late.Stop()
	select {
	case x := <-done:
		return x.f, x.err
	case <-late.C:
		return nil, errLate
	}
}

// bucket is an open bucket.
func (h *history) bucket(b int) (*bucketFile, error) {
	s := &h.slots[b]
	if f := s.now.Load(); f != nil {
		return f, nil
	}
	_, err, _ := s.opening.Do("", func() (any, error) {
		if s.now.Load() != nil { // somebody else was done in between
			return nil, nil
		}
		f, err := h.open(b)
		if err != nil {
			return nil, fmt.Errorf("个人历史第 %d 桶：%w", b, err)
		}
		s.now.Store(f)
		return nil, nil
	})
	return s.now.Load(), err
}

// open maps a bucket's file, making it first when need be.
func (h *history) open(bucket int) (*bucketFile, error) {
	f := &bucketFile{}
	if h.dir == "" {
		return f, h.ground.Known(bucket, h.to, func(src []claim.Source) error {
			names, batches := merge(src, h.ground.Snapshot().Dicts())
			f.take(names, batches)
			return nil
		})
	}
	const tries = 3 // the sweep of a later state may come between making and opening
	path := h.path(bucket)
	p, err := lake.OpenProjection(path, everyTable)
	for try := 0; err != nil && try < tries; try++ {
		if !errors.Is(err, fs.ErrNotExist) {
			lake.RemoveProjection(path)
		}
		if err = h.build(bucket); err == nil {
			p, err = lake.OpenProjection(path, everyTable)
		} else if !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	f.file = p
	names := slices.Sorted(maps.Keys(p.Batches))
	batches := make([]*claim.Batch, len(names))
	for i, n := range names {
		batches[i] = p.Batches[n]
	}
	f.take(names, batches)
	return f, nil
}

func everyTable(string) bool { return true }

func (f *bucketFile) take(names []string, batches []*claim.Batch) {
	for i, b := range batches {
		if b.N > 0 {
			back := strings.HasSuffix(names[i], backSuffix)
			f.parts = append(f.parts, claim.NewPart(claim.Source{Batch: b, Extra: back, Past: !back && pastTable[b.Table.Name]}))
		}
	}
}

// pastTable are the tables of which the assembler takes only what bears on the judgement.
var pastTable = map[string]bool{"visit": true, "diagnosis": true, "settlement": true, "fee": true}

func (h *history) path(bucket int) string {
	return filepath.Join(h.dir, fmt.Sprintf("%04d.arrow", bucket))
}

// openAll makes the files that are missing and maps all: each is checked against its sum when it is opened, for which the first call of
// its persons would wait. It ends early, without an error, when idle says that nobody needs it any more. progress may be nil.
func (h *history) openAll(idle func() bool, progress func(done, of int)) error {
	var errs []error
	for b := range h.slots {
		if idle() {
			break
		}
		_, err := h.bucket(b)
		errs = append(errs, err)
		if progress != nil {
			progress(b+1, len(h.slots))
		}
	}
	return errors.Join(errs...)
}

// pending counts the buckets that are not open yet.
func (h *history) pending() (n int) {
	for i := range h.slots {
		if h.slots[i].now.Load() == nil {
			n++
		}
	}
	return n
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
		return lake.WriteProjection(h.path(bucket), names, batches, nil)
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
	h.waiting.Wait()
	for i := range h.slots {
		if f := h.slots[i].now.Load(); f != nil && f.file != nil {
			f.file.Close()
		}
	}
}
