package lake

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/zeebo/xxh3"
)

const (
	lanes    = 4         // files of a large step, written side by side; fixed, so that files do not depend on the machine
	laneRows = 1_000_000 // a smaller step makes one file
)

// lane is one file of the step with what goes beside it.
type lane struct {
	s       *step
	id      int
	groups  []ref
	main    *factWriter
	side    *factWriter
	hidden  *rowset
	stats   statsWriter
	list    []group
	files   []*fileState
	refunds []uint64
	visits  []uint64
	buf     []byte
	err     error
}

// land writes all groups of the spill and adds the files to the manifest.
func (s *step) land(ctx context.Context) error {
	if err := s.spill.finish(); err != nil {
		return err
	}
	n := 1
	if s.spill.rows >= laneRows {
		n = lanes
	}
	all := make([]*lane, n)
	for i := range all {
		all[i] = &lane{s: s, id: i, hidden: &rowset{b: claim.NewBatch(s.t)}}
	}
	for _, g := range s.spill.groups() {
		i := (g.bucket() + 2) % n
		all[i].groups = append(all[i].groups, g)
	}
	var wg sync.WaitGroup
	work := make(chan *lane)
	for range max(1, min(runtime.GOMAXPROCS(0), n)) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for l := range work {
				l.err = l.run(ctx)
			}
		}()
	}
	for _, l := range all {
		work <- l
	}
	close(work)
	wg.Wait()
	ts := s.m.table(s.t.Name)
	for _, l := range all {
		if l.err != nil {
			return l.err
		}
		ts.Files = append(ts.Files, l.files...)
		s.out.refunded = append(s.out.refunded, l.refunds...)
		for _, v := range l.visits {
			s.visited[v] = true
		}
	}
	return nil
}

func (l *lane) name(kind string) string {
	n := fmt.Sprintf("%06d-%s", l.s.seq, l.s.t.Name)
	if l.id > 0 {
		n += fmt.Sprintf("-%d", l.id)
	}
	return n + kind
}

func (l *lane) run(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			for _, w := range []*factWriter{l.main, l.side} {
				if w != nil {
					w.abort()
				}
			}
		}
	}()
	for _, g := range l.groups {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := l.group(g); err != nil {
			return err
		}
	}
	return l.finish()
}

// group sorts and writes one group.
func (l *lane) group(g ref) error {
	s := l.s
	rs, buf, err := s.spill.load(g, l.buf)
	l.buf = buf
	if err != nil {
		return err
	}
	if g.bucket() == bucketHidden {
		appendRows(l.hidden, rs, 0, rs.b.N)
		return nil
	}
	perm := sortRows(rs.b, s.w.dicts)
	live := perm[:0]
	for _, p := range perm {
		switch o := rs.ord[p]; {
		case o == ordMoved:
			live = append(live, p)
		case s.drop.has(o):
		case s.hide.has(o):
			appendRows(l.hidden, rs, int(p), int(p)+1)
		default:
			live = append(live, p)
		}
	}
	l.note(rs, live)
	if len(live) == 0 {
		return nil
	}
	if l.main == nil {
		if l.main, err = newFactWriter(s.w.path(factsDir, l.name(".parquet")), s.t, s.spill.has); err != nil {
			return err
		}
	}
	e := group{Bucket: g.bucket(), Month: g.month(), Index: l.main.n, From: l.main.rows, Rows: int64(len(live)), Side: -1}
	for _, p := range live {
		e.Sum += mix(rs.content[p])
	}
	if err := l.main.group(rs.b, live); err != nil {
		return err
	}
	if err := l.reversals(rs, live, &e); err != nil {
		return err
	}
	l.stats.add(rs.b, live, s.res, l.s.t)
	l.list = append(l.list, e)
	s.prog.rows(s.t.Name, "写入", int64(len(live)))
	return nil
}

// note remembers which visits were touched and which settlements were refunded.
func (l *lane) note(rs *rowset, live []int32) {
	s := l.s
	if s.visited != nil {
		last := uint64(0)
		for i, v := range rs.b.Visit {
			if v != last && rs.ord[i] != ordMoved && !s.drop.has(rs.ord[i]) {
				l.visits = append(l.visits, v)
				last = v
			}
		}
	}
	if s.t.Name != "settlement" {
		return
	}
	init := s.t.MustCol("init_setl_id")
	for _, p := range live {
		if id := rs.b.Str(init, int(p)); id != "" && rs.ord[p] != ordMoved {
			l.refunds = append(l.refunds, claim.KeyOf(id))
		}
	}
}

// reversal tells which rows an audit of an earlier month must see without reading later months: negative fee lines,
// refunds.
func reversal(t *claim.Table, ds *claim.Dicts) func(b *claim.Batch, row int32) bool {
	switch t.Name {
	case "fee":
		cnt := t.MustCol("cnt")
		return func(b *claim.Batch, row int32) bool { return b.I64(cnt, int(row)) < 0 }
	case "settlement":
		flag, init := t.MustCol("refd_setl_flag"), t.MustCol("init_setl_id")
		one := ds[claim.DictList].Find("1")
		return func(b *claim.Batch, row int32) bool {
			return b.Str(init, int(row)) != "" || (one > 0 && b.I32(flag, int(row)) == one)
		}
	}
	return nil
}

// reversals writes the group's reversals into the side file, so that they come and go with their group.
func (l *lane) reversals(rs *rowset, live []int32, e *group) error {
	is := reversal(l.s.t, l.s.w.dicts)
	if is == nil {
		return nil
	}
	var perm []int32
	for _, p := range live {
		if is(rs.b, p) {
			perm = append(perm, p)
		}
	}
	if len(perm) == 0 {
		return nil
	}
	if l.side == nil {
		w, err := newFactWriter(l.s.w.path(factsDir, l.name("-reversal.parquet")), l.s.t, l.s.spill.has)
		if err != nil {
			return err
		}
		l.side = w
	}
	e.Side, e.SideN = l.side.n, int64(len(perm))
	return l.side.group(rs.b, perm)
}

// finish closes the files of the lane.
func (l *lane) finish() error {
	if l.main != nil {
		st, err := l.main.close()
		if err != nil {
			return err
		}
		st.Seq, st.Groups, st.Stats, st.StatsHash = l.s.seq, l.list, l.name(".stats"), hex64(xxh3.Hash(l.stats.b))
		if l.side != nil {
			if st.Side, err = l.side.close(); err != nil {
				return err
			}
			l.side = nil
		}
		l.main = nil
		if err := WriteFileAtomic(l.s.w.path(factsDir, st.Stats), l.stats.write); err != nil {
			return err
		}
		l.files = append(l.files, st)
	}
	if l.hidden.b.N == 0 {
		return nil
	}
	w, err := newFactWriter(l.s.w.path(factsDir, l.name("-hidden.parquet")), l.s.t, l.s.spill.has)
	if err != nil {
		return err
	}
	perm := sortRows(l.hidden.b, l.s.w.dicts)
	if err := w.group(l.hidden.b, perm); err != nil {
		w.abort()
		return err
	}
	st, err := w.close()
	if err != nil {
		return err
	}
	st.Seq, st.Groups = l.s.seq, []group{{Bucket: bucketHidden, Rows: int64(len(perm)), Side: -1}}
	l.files = append(l.files, st)
	return nil
}

// writeMoved writes the keys of rows that only moved, behind the decided ones.
func (s *step) writeMoved(moved []keyRow) error {
	var parts [keyParts][]keyRow
	for _, k := range moved {
		parts[keyPart(k.key)] = append(parts[keyPart(k.key)], k)
	}
	side := &sideKeys{s: s, name: fmt.Sprintf("%06d-%s-moved.keys", s.seq, s.t.Name)}
	for p := range parts {
		slices.SortFunc(parts[p], cmpKeys)
		if err := side.part(p, parts[p]); err != nil {
			return err
		}
	}
	return side.close()
}
