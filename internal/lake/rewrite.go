package lake

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// ordMoved marks rows that came from the lake itself: they were judged before and only change their place.
const ordMoved = 1<<32 - 1

// maxPieces is how many pieces a (bucket, month) may lie in before the next import that touches it makes one of them:
// reading many small pieces costs a sort each time.
const maxPieces = 8

// allColumns of a table, with the added ones.
func allColumns(t *claim.Table) []int {
	var out []int
	if t.PersonKeyed {
		out = append(out, addPers)
		if t.Col("mdtrt_id") >= 0 {
			out = append(out, addVisit)
		}
		if t.Col("setl_id") >= 0 {
			out = append(out, addSetl)
		}
	}
	for i := range t.Columns {
		out = append(out, i)
	}
	return out
}

// rewriter moves rows of existing groups into the step's files.
type rewriter struct {
	s      *step
	super  map[uint64]bool // keys of versions that were replaced
	force  map[ref]bool    // groups that must be rewritten
	hashes *codeHashes
	moved  []keyRow
	sc     scratch
}

// rewrite looks at the groups that try names and rewrites those that must be or in which a row's place has changed.
func (s *step) rewrite(ctx context.Context, ds []*decision, try func(ts *tableState, g *group, f *fileState) (bool, error)) ([]keyRow, error) {
	r := &rewriter{s: s, super: map[uint64]bool{}, force: map[ref]bool{}}
	for _, d := range ds {
		for _, k := range d.super {
			r.super[k.key] = true
			r.force[k.ref.group()] = true
		}
	}
	ts := s.m.table(s.t.Name)
	s.crowded(ts, r.force)
	for _, f := range ts.Files {
		kept := f.Groups[:0]
		for gi := range f.Groups {
			g := f.Groups[gi]
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			force := r.force[makeRef(g.Bucket, g.Month)]
			look := force
			if !look && g.Bucket != bucketHidden && try != nil {
				var err error
				if look, err = try(ts, &g, f); err != nil {
					return nil, err
				}
			}
			gone := false
			if look {
				var err error
				if gone, err = r.group(f, &g, force); err != nil {
					return nil, err
				}
			}
			if !gone {
				kept = append(kept, g)
			}
		}
		f.Groups = kept
	}
	s.retire(ts)
	return r.moved, nil
}

// crowded forces groups that this step adds to and that already lie in many pieces.
func (s *step) crowded(ts *tableState, force map[ref]bool) {
	pieces := map[ref]int{}
	for _, f := range ts.Files {
		for i := range f.Groups {
			if g := &f.Groups[i]; g.Bucket != bucketHidden {
				pieces[makeRef(g.Bucket, g.Month)]++
			}
		}
	}
	add := map[ref]bool{}
	for _, r := range s.spill.runs {
		for _, g := range r.groups {
			add[g.ref] = true
		}
	}
	for _, p := range s.spill.pending {
		for _, g := range p.ref {
			add[g] = true
		}
	}
	for g, n := range pieces {
		if n >= maxPieces && add[g] {
			force[g] = true
		}
	}
}

// retire drops files without live groups from the manifest's reading list; readers of older snapshots may still use
// them, so Sweep removes them later.
func (s *step) retire(ts *tableState) {
	ts.Files = slices.DeleteFunc(ts.Files, func(f *fileState) bool {
		if len(f.Groups) > 0 {
			return false
		}
		ts.Retired = append(ts.Retired, f.Name)
		if f.Stats != "" {
			ts.Retired = append(ts.Retired, f.Stats)
		}
		if f.Side != nil {
			ts.Retired = append(ts.Retired, f.Side.Name)
		}
		return true
	})
}

// group reads a group, finds its rows' places anew, and hands them to the spill when any changed or force is set.
func (r *rewriter) group(f *fileState, g *group, force bool) (bool, error) {
	s := r.s
	ff, err := s.w.l.files.get(f)
	if err != nil {
		return false, err
	}
	b := claim.NewBatch(s.t)
	if err := ff.readGroup(b, g.Index, int(g.Rows), allColumns(s.t), &r.sc); err != nil {
		return false, err
	}
	before := append([]int32(nil), b.Pers...)
	refs, psns, insts := s.res.join(b)
	was := makeRef(g.Bucket, g.Month)
	changed := force
	for i := range refs {
		changed = changed || refs[i] != was || (before != nil && before[i] != b.Pers[i])
	}
	if !changed {
		return false, nil
	}
	r.hashes = globalHashes(s.w.dicts, s.t, r.hashes)
	rs := &rowset{b: b, ref: refs, ord: make([]uint32, b.N), content: make([]uint64, b.N)}
	keys := make([]uint64, b.N)
	keyHashes(b, r.hashes, keys)
	contentHashes(b, r.hashes, rs.content)
	updt := s.updated(b)
	for i := range refs {
		rs.ord[i] = ordMoved
		k := keyRow{key: keys[i], content: rs.content[i], updt: noUpdt, ref: refs[i], psn: psns[i], inst: insts[i]}
		if updt != nil {
			k.updt = updt[i]
		}
		switch {
		case r.super[keys[i]]:
			rs.ref[i] = makeRef(bucketHidden, 0)
		case refs[i] != was:
			r.moved = append(r.moved, k)
		}
	}
	return true, s.spill.add(rs)
}

// tryJoin picks the groups that may change their place because a parent came or moved since the table was joined last.
func (s *step) tryJoin() (func(ts *tableState, g *group, f *fileState) (bool, error), error) {
	ts := s.m.table(s.t.Name)
	stale, cert := false, false
	moves := map[uint64]bool{}
	months := map[claim.Month]bool{}
	key := addVisit
	for _, p := range parentsOf(s.t) {
		pt := s.m.table(p)
		if pt.KeySeq <= ts.Joined {
			continue
		}
		stale = true
		cert = cert || p == "person"
		if p == "settlement" {
			key = addSetl
		}
		for _, mv := range pt.Moves {
			if mv.Seq <= ts.Joined {
				continue
			}
			list, err := readMoves(s.w.path(keysDir, mv.File))
			if err != nil {
				return nil, err
			}
			for _, m := range list {
				moves[m.key] = true
				months[m.old.month()] = true
			}
		}
	}
	if !stale {
		return nil, nil
	}
	open := s.t.Name == "fee" || ofVisit[s.t.Name]
	var sc scratch
	return func(_ *tableState, g *group, f *fileState) (bool, error) {
		if g.Bucket == bucketWaiting || (open && g.Month == 0) {
			return true, nil
		}
		if len(moves) == 0 || (open && !months[g.Month]) {
			return false, nil
		}
		ff, err := s.w.l.files.get(f)
		if err != nil {
			return false, err
		}
		b := claim.NewBatch(s.t)
		if err := ff.readGroup(b, g.Index, int(g.Rows), []int{key}, &sc); err != nil {
			return false, err
		}
		ks := b.Visit
		if key == addSetl {
			ks = b.Setl
		}
		return slices.ContainsFunc(ks, func(k uint64) bool { return moves[k] }), nil
	}, nil
}

// writeMoves keeps what children must look at after this commit.
func (s *step) writeMoves(ds []*decision) error {
	var all []keyMove
	for _, d := range ds {
		all = append(all, d.moves...)
	}
	if len(all) == 0 {
		return nil
	}
	name := fmt.Sprintf("%06d-%s.moves", s.seq, s.t.Name)
	err := WriteFileAtomic(s.w.path(keysDir, name), func(w io.Writer) error {
		var b []byte
		for _, m := range all {
			b = binary.LittleEndian.AppendUint64(b, m.key)
			b = putU32(b, uint32(m.old))
		}
		_, err := w.Write(b)
		return err
	})
	ts := s.m.table(s.t.Name)
	ts.Moves = append(ts.Moves, moveState{File: name, Seq: s.seq})
	return err
}

func readMoves(path string) ([]keyMove, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("变更清单缺失，请从备份恢复：%w", err)
	}
	var out []keyMove
	for ; len(b) >= 12; b = b[12:] {
		out = append(out, keyMove{key: binary.LittleEndian.Uint64(b), old: ref(binary.LittleEndian.Uint32(b[8:]))})
	}
	return out, nil
}
