package lake

import (
	"context"
	"fmt"
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// reunite computes anew which psn_no are one person after person or person_link changed, and rewrites the groups of
// persons whose representative is another one now, in one transaction over all tables.
func (imp *importing) reunite(ctx context.Context) error {
	w := imp.w
	newest := int64(0)
	for _, n := range []string{"person", "person_link"} {
		if ts := w.m.Tables[n]; ts != nil {
			newest = max(newest, ts.Seq)
		}
	}
	if newest <= w.m.Pers.Seq {
		return nil
	}
	snap := newSnapshot(w.l, w.m, w.dicts, w.pers)
	people, err := snap.whole("person")
	if err != nil {
		return err
	}
	links, err := snap.whole("person_link")
	if err != nil {
		return err
	}
	p := w.unite(people, links)
	people, links = nil, nil
	m := w.m.clone()
	m.Seq++
	m.Before = imp.before
	m.Pers = persState{File: fmt.Sprintf("%06d-persons.bin", m.Seq), Seq: m.Seq}
	m.table("person").KeySeq = m.Seq
	if err := p.save(w.path(dictDir, m.Pers.File)); err != nil {
		return err
	}
	changed := map[int32]bool{} // old representatives of persons that are another one now
	for c := int32(1); int(c) < len(p.rep); c++ {
		if w.pers.of(c) != p.of(c) {
			changed[w.pers.of(c)] = true
			imp.rep.Persons++
		}
	}
	if len(changed) > 0 {
		if err := imp.regroup(ctx, m, p, changed); err != nil {
			return err
		}
	}
	if err := w.commit(m); err != nil {
		return err
	}
	w.pers = p
	return nil
}

// whole reads a person table, all buckets.
func (s *Snapshot) whole(table string) (out []*claim.Batch, err error) {
	for _, r := range s.refs(table) {
		b, err := s.Read(table, r.month(), r.bucket(), nil)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

// regroup rewrites the groups in which one of the persons lies.
func (imp *importing) regroup(ctx context.Context, m *manifest, p *persons, changed map[int32]bool) error {
	w := imp.w
	buckets := map[int]bool{}
	for pers := range changed {
		buckets[bucketOf(pers, m.Buckets)] = true
	}
	for _, t := range claim.Tables() {
		ts := m.Tables[t.Name]
		if !t.PersonKeyed || ts == nil || len(ts.Files) == 0 {
			continue
		}
		s, done, err := w.newStep(m, t, p, imp.opt, imp.prog)
		if err != nil {
			return err
		}
		var sc scratch
		err = s.place(ctx, nil, func(_ *tableState, g *group, f *fileState) (bool, error) {
			if !buckets[g.Bucket] {
				return false, nil
			}
			ff, err := w.l.files.get(f)
			if err != nil {
				return false, err
			}
			b := claim.NewBatch(t)
			if err := ff.readGroup(b, g.Index, int(g.Rows), []int{addPers}, &sc); err != nil {
				return false, err
			}
			return slices.ContainsFunc(b.Pers, func(p int32) bool { return changed[p] }), nil
		})
		done()
		if err != nil {
			return err
		}
	}
	return nil
}
