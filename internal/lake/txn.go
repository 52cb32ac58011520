package lake

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
)

const defaultMemory = 48 << 20

// newStep prepares a transaction on a table within the manifest m; done gives back what it holds.
func (w *Writer) newStep(m *manifest, t *claim.Table, p *persons, opt *ImportOptions, prog *progress) (*step, func(), error) {
	s := &step{w: w, t: t, m: m, seq: m.Seq, opt: opt, prog: prog, known: map[int32]bool{}}
	memory := opt.Memory
	if memory <= 0 {
		memory = defaultMemory
	}
	s.spill = newSpill(t, s.tmp("rows"), memory)
	s.keys = &keySpill{path: s.tmp("keys")}
	visits, err := openIndex(w.l.dir, m.table("visit").Keys)
	if err != nil {
		return nil, nil, err
	}
	setls, err := openIndex(w.l.dir, m.table("settlement").Keys)
	if err != nil {
		visits.close()
		return nil, nil, err
	}
	s.res = newResolver(t, m.Buckets, p, visits, setls)
	done := func() { s.close(); visits.close(); setls.close() }
	if err := s.institutions(); err != nil {
		done()
		return nil, nil, err
	}
	return s, done, nil
}

// institutions learns which institutions the master table names.
func (s *step) institutions() error {
	r := newSnapshot(s.w.l, s.m, s.w.dicts, s.w.pers).Reader()
	b, err := r.Read("institution", 0, 0, []string{"fixmedins_code", "begndate"})
	if err != nil {
		return err
	}
	for _, c := range b.Cols[b.Table.MustCol("fixmedins_code")].I32 {
		s.known[c] = true
	}
	return nil
}

// run does the step: read, decide, rewrite, write. The caller commits the manifest.
func (s *step) run(ctx context.Context) error {
	if err := s.read(ctx); err != nil {
		return err
	}
	ts := s.m.table(s.t.Name)
	idx, err := openIndex(s.w.l.dir, ts.Keys)
	if err != nil {
		return err
	}
	defer idx.close()
	ds, err := s.decide(ctx, idx)
	if err != nil {
		return err
	}
	rejected := s.apply(ds)
	try, err := s.tryJoin()
	if err != nil {
		return err
	}
	if err := s.place(ctx, ds, try); err != nil {
		return err
	}
	if err := s.rejects(rejected); err != nil {
		return err
	}
	for _, in := range s.inputs {
		if in.rep.Error == "" {
			s.m.Inputs = append(s.m.Inputs, inputState{File: in.name, Table: s.t.Name, Size: in.size, Hash: in.sum, Rows: in.rep.Rows, Seq: s.seq})
			s.out.flags.merge(&in.flags)
		}
	}
	ts.Joined = s.seq
	return nil
}

// place rewrites groups as needed and writes rows and keys.
func (s *step) place(ctx context.Context, ds []*decision, try func(*tableState, *group, *fileState) (bool, error)) error {
	moved, err := s.rewrite(ctx, ds, try)
	if err != nil {
		return err
	}
	if err := s.land(ctx); err != nil {
		return err
	}
	ts := s.m.table(s.t.Name)
	landed := false
	for _, d := range ds {
		landed = landed || d.landed > 0
	}
	if landed || s.spill.rows > 0 {
		s.out.changed = true
		ts.Seq = s.seq
	}
	if landed || len(moved) > 0 {
		ts.KeySeq = s.seq
	}
	if err := s.writeMoves(ds); err != nil {
		return err
	}
	if err := s.writeMoved(moved); err != nil {
		return err
	}
	return s.compactKeys(ts)
}

// maxSidecars bounds how many key files a lookup must try.
const maxSidecars = 12

// compactKeys joins the younger sidecars into one; the oldest stays, since it is usually the largest.
func (s *step) compactKeys(ts *tableState) error {
	if len(ts.Keys) <= maxSidecars {
		return nil
	}
	young := slices.Clone(ts.Keys[1:])
	idx, err := openIndex(s.w.l.dir, young)
	if err != nil {
		return err
	}
	defer idx.close()
	name := fmt.Sprintf("%06d-%s-merged.keys", s.seq, s.t.Name)
	if err := mergeSidecars(s.w.path(keysDir, name), idx); err != nil {
		return err
	}
	ts.Keys = []string{ts.Keys[0], name}
	ts.RetiredKeys = append(ts.RetiredKeys, young...)
	return nil
}

// apply counts the decisions by file, marks rows, and returns the rows rejected for their key.
func (s *step) apply(ds []*decision) bits {
	var rejected bits
	for _, d := range ds {
		for _, o := range d.drop {
			s.drop.set(o)
		}
		for _, o := range d.hide {
			s.hide.set(o)
		}
		for _, o := range d.rejected {
			rejected.set(o)
		}
		s.count(d.known, func(r *FileReport) { r.Known++ })
		s.count(d.correct, func(r *FileReport) { r.Corrected++ })
		s.count(d.withdraw, func(r *FileReport) { r.Withdrawn++ })
		s.count(d.rejected, func(r *FileReport) { r.Rejected++ })
	}
	for _, in := range s.inputs {
		if in.rep.Error == "" {
			in.rep.Landed = in.rep.Rows - in.rep.Known - in.rep.Rejected
		}
	}
	return rejected
}

func (s *step) count(ords []uint32, f func(*FileReport)) {
	for _, o := range ords {
		i, _ := slices.BinarySearchFunc(s.inputs, o, func(in *stepInput, o uint32) int {
			if in.to <= o {
				return -1
			}
			return 1
		})
		if i < len(s.inputs) {
			f(s.inputs[i].rep)
		}
	}
}

// rejects writes the rows that do not land, with their text. Rows rejected for their key were parsed long ago, so their
// files are read once more.
func (s *step) rejects(late bits) error {
	var all []Reject
	for _, in := range s.inputs {
		if in.rep.Error != "" {
			continue
		}
		all = append(all, in.rejects...)
		again, err := s.rereadRejects(in, late)
		if err != nil {
			return err
		}
		all = append(all, again...)
	}
	if len(all) == 0 {
		return nil
	}
	s.out.rejects = fmt.Sprintf("%06d-%s.csv", s.seq, s.t.Name)
	return WriteFileAtomic(s.w.path(rejectsDir, s.out.rejects), func(w io.Writer) error {
		c := csv.NewWriter(w)
		c.Write([]string{"file", "row", "field", "value", "reason", "raw"})
		for _, r := range all {
			c.Write([]string{r.File, strconv.Itoa(r.Row), r.Field, r.Value, r.Reason, r.Raw})
		}
		c.Flush()
		return c.Error()
	})
}

func (s *step) rereadRejects(in *stepInput, late bits) (out []Reject, err error) {
	any := false
	for _, c := range in.chunks {
		for o := c.first; o < c.first+c.n && !any; o++ {
			any = late.has(o)
		}
	}
	if !any {
		return nil, nil
	}
	recs, err := openRecords(&in.input)
	if err != nil {
		return nil, err
	}
	defer recs.close()
	cols, _, err := mapHeader(&in.input, s.t, recs.header())
	if err != nil {
		return nil, err
	}
	p := newParser(s.t, 0)
	p.header(cols)
	for _, c := range in.chunks {
		pc, err := recs.next()
		if err != nil {
			return nil, err
		}
		got := p.parse(&in.input, pc)
		for i := range got.lines {
			if late.has(c.first + uint32(i)) {
				out = append(out, Reject{File: in.name, Row: int(got.lines[i]), Field: join(s.t.Key), Value: keyText(got.b, p.dicts, i),
					Reason: "同一主键已有内容不同的记录，且 updt_time 不更晚、vali_flag 未作废；如为更正请填写更晚的 updt_time",
					Raw:    string(got.data[got.spans[i][0]:got.spans[i][1]])})
			}
		}
	}
	return out, nil
}

// keyText writes a row's key for people.
func keyText(b *claim.Batch, ds *localDicts, row int) string {
	var out []string
	for _, k := range b.Table.Key {
		ci := b.Table.MustCol(k)
		if c := &b.Table.Columns[ci]; c.Type == claim.Code {
			out = append(out, string(ds[c.Dict].at(b.I32(ci, row))))
		} else {
			out = append(out, b.Format(nil, ci, row))
		}
	}
	return join(out)
}

// progress counts for the caller's callback.
type progress struct {
	mu   sync.Mutex
	f    func(Progress)
	now  Progress
	last time.Time
}

func newProgress(f func(Progress), inputs []*stepInput) *progress {
	p := &progress{f: f}
	for _, in := range inputs {
		p.now.TotalBytes += in.size
	}
	return p
}

func (p *progress) bytes(n int64) {
	p.mu.Lock()
	p.now.Bytes += n
	p.mu.Unlock()
}

func (p *progress) rows(table, phase string, n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.now.Table != table || p.now.Phase != phase {
		p.now.Table, p.now.Phase, p.now.Rows, p.last = table, phase, 0, time.Time{}
	}
	p.now.Rows += n
	if p.f != nil && time.Since(p.last) > 100*time.Millisecond {
		p.last = time.Now()
		p.f(p.now)
	}
}
