package intake

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/store"
)

// Source is where published findings come from: an audit.Store.
type Source interface {
	Published() (run int, parts []audit.Part, err error)
	ReadPart(audit.Part) ([]audit.Row, error)
}

// Options of a sync.
type Options struct {
	All      bool // compare every part, also those that were taken in from the same file
	Progress func(done, total int, findings int64)

	step func(what string) error // tests stop a sync here; never called twice at once
}

// maxTries is how often a part is tried when people decide on its findings at the same moment.
const maxTries = 5

// Sync brings the store to what the audit published and returns what that changed. It does nothing where nothing was
// published since; interrupted, it goes on where it stopped. The caller holds the data directory's lock.
func Sync(ctx context.Context, src Source, db *store.DB, opt Options) (*store.Run, error) {
	s := &sync{ctx: ctx, src: src, db: db, opt: opt}
	stop, one := opt.step, make(chan struct{}, 1)
	s.opt.step = func(what string) error {
		if stop == nil {
			return ctx.Err()
		}
		one <- struct{}{}
		defer func() { <-one }()
		return stop(what)
	}
	if err := s.all(); err != nil {
		return nil, fmt.Errorf("疑点入库没有做完，已入库的留着，再运行一次会接着做：%w", err)
	}
	return &s.sum, nil
}

type sync struct {
	ctx context.Context
	src Source
	db  *store.DB
	opt Options
	run int
	sum store.Run
}

func (s *sync) all() error {
	run, parts, err := s.src.Published()
	if err != nil {
		return err
	}
	s.run, s.sum.Run = run, run
	due, err := s.due(parts)
	if err != nil {
		return err
	}
	last, err := s.db.LastRun(s.ctx)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if len(due) == 0 && (run == 0 || (last.Run >= run && last.Finished > 0)) {
		return nil
	}
	if err := s.parts(due); err != nil {
		return err
	}
	for more := true; more; {
		if err := s.opt.step("gone"); err != nil {
			return err
		}
		if more, err = s.gone(); err != nil {
			return err
		}
	}
	if err := s.opt.step("finish"); err != nil {
		return err
	}
	return s.db.Update(s.ctx, func(tx *store.Tx) error {
		now := store.Micros(time.Now())
		return tx.AddRun(store.Run{Run: s.run, Started: now, Finished: now})
	})
}

// part is a due part; one that is no longer published has no file.
type part struct {
	audit.Part
	rows []audit.Row
	err  error
}

// due lists the parts that were published since they were taken in, and those taken in that are published no more.
func (s *sync) due(parts []audit.Part) ([]part, error) {
	known, err := s.db.Parts(s.ctx)
	if err != nil {
		return nil, err
	}
	type key struct {
		month  string
		bucket int
	}
	was := map[key]string{}
	for _, p := range known {
		was[key{p.Month, p.Bucket}] = p.File
	}
	var out []part
	for _, p := range parts {
		k := key{p.Month.String(), p.Bucket}
		if s.opt.All || was[k] != p.File {
			out = append(out, part{Part: p})
		}
		delete(was, k)
	}
	for _, p := range known { // in order
		if _, left := was[key{p.Month, p.Bucket}]; left {
			q, err := emptyPart(p)
			if err != nil {
				return nil, err
			}
			out = append(out, q)
		}
	}
	return out, nil
}

// taken is what became of a part; last says that a writer has nothing more to do.
type taken struct {
	count store.Run
	err   error
	last  bool
}

// parts takes in the due parts, each in a transaction of its own, as many at once as the store is worth. Files are read while
// others are written. After an error no further part is begun; those under way are finished.
func (s *sync) parts(due []part) error {
	ctx, stop := context.WithCancel(s.ctx)
	defer stop()
	read, results := s.read(ctx, due), make(chan taken)
	writers := min(s.db.Writers(), len(due))
	for range writers {
		go func() {
			for p := range read {
				count, err := s.take(p)
				results <- taken{count: count, err: err}
			}
			results <- taken{last: true}
		}()
	}
	var failed error
	for done := 0; writers > 0; {
		switch r := <-results; {
		case r.last:
			writers--
		case r.err != nil:
			stop()
			if failed == nil {
				failed = r.err
			}
		default:
			s.add(r.count)
			done++
			if s.opt.Progress != nil {
				s.opt.Progress(done, len(due), s.sum.Added+s.sum.Same+s.sum.Revised)
			}
		}
	}
	if failed != nil {
		return failed
	}
	return s.ctx.Err()
}

// read reads the files of parts one after the other.
func (s *sync) read(ctx context.Context, due []part) <-chan part {
	read := make(chan part)
	go func() {
		defer close(read)
		for _, p := range due {
			if p.File != "" {
				p.rows, p.err = s.src.ReadPart(p.Part)
			}
			select {
			case read <- p:
			case <-ctx.Done():
				return
			}
		}
	}()
	return read
}

func (s *sync) take(p part) (store.Run, error) {
	if p.err != nil {
		return store.Run{}, p.err
	}
	if err := s.opt.step("part"); err != nil {
		return store.Run{}, err
	}
	count, err := s.part(p.Part, group(p.Part, p.rows))
	if err != nil {
		return count, fmt.Errorf("%s 第 %d 桶：%w", p.Month, p.Bucket, err)
	}
	return count, nil
}

// part takes in one part in one transaction.
func (s *sync) part(p audit.Part, fs []*store.Finding) (store.Run, error) {
	var d *difference
	hopeful := true
	for try := 1; ; try++ {
		err := s.db.Update(s.ctx, func(tx *store.Tx) (err error) {
			d = &difference{run: s.run, now: store.Micros(time.Now()), month: p.Month.String(), bucket: p.Bucket, hopeful: hopeful}
			if err := d.compare(tx, fs); err != nil {
				return err
			}
			if err := d.write(tx); err != nil {
				return err
			}
			if p.File == "" {
				err = tx.DropPart(d.month, p.Bucket)
			} else {
				err = tx.SetPart(store.Part{Month: d.month, Bucket: p.Bucket, File: p.File, Run: s.run, Findings: int64(len(fs))}, d.now)
			}
			if err != nil {
				return err
			}
			d.count.Run, d.count.Started, d.count.Parts = s.run, d.now, 1
			return errors.Join(tx.AddRun(d.count), s.opt.step("commit"))
		})
		if err == nil {
			return d.count, nil
		}
		moved := hopeful && errors.Is(err, store.ErrExists)
		if try == maxTries || !(moved || errors.Is(err, store.ErrConflict)) {
			return store.Run{}, err
		}
		hopeful = hopeful && !moved
	}
}

func (s *sync) add(c store.Run) {
	s.sum.Parts, s.sum.Added, s.sum.Same, s.sum.Revised = s.sum.Parts+c.Parts, s.sum.Added+c.Added, s.sum.Same+c.Same, s.sum.Revised+c.Revised
	s.sum.Withdrawn, s.sum.Moved, s.sum.Tasks = s.sum.Withdrawn+c.Withdrawn, s.sum.Moved+c.Moved, s.sum.Tasks+c.Tasks
}
