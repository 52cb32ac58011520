package lake

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/zeebo/xxh3"
)

type dictHashers [claim.DictCount]*xxh3.Hasher

// step is one transaction: all files of one table, or none of it.
type step struct {
	w      *Writer
	t      *claim.Table
	m      *manifest // being built
	seq    int64
	inputs []*stepInput
	opt    *ImportOptions
	prog   *progress

	res     *resolver
	spill   *spill
	keys    *keySpill
	ord     uint32
	drop    bits // rows that do not land
	hide    bits // rows that land unread: older versions, withdrawn
	remap   [][claim.DictCount][]int32
	known   map[int32]bool  // institutions in the institution table
	zero    int32           // code of vali_flag 0
	visited map[uint64]bool // visits whose rows changed, where later months may depend on them

	out stepResult
}

// stepInput is a file within a step.
type stepInput struct {
	input
	rep     *FileReport
	flags   flagSet
	rejects []Reject
	from    uint32 // ordinals of its rows: [from, to)
	to      uint32
	chunks  []chunkSpan
	sum     string
	failed  atomic.Bool
}

// chunkSpan maps ordinals back to the piece of the file, for the raw text of rows rejected late.
type chunkSpan struct {
	piece int
	first uint32
	n     uint32
}

// stepResult is what the caller needs to know of a step.
type stepResult struct {
	changed  bool
	rejects  string
	flags    flagSet
	refunded []uint64 // settlements named by refunds that landed
}

func (s *step) tmp(kind string) string {
	return s.w.path(spillDir, fmt.Sprintf("%06d-%s.%s", s.seq, s.t.Name, kind))
}

// job is a piece on its way to a parser; res is a parsed piece on its way to the merger.
type job struct {
	seq   int
	piece int
	in    *stepInput
	cols  []int
	pc    piece
	bytes int64
	done  bool // nothing to parse: err or the end of the file
	err   error
	sum   string
	unk   []string
}

type result struct {
	job
	p *parsed
}

// read runs the pipeline: one reader cuts pieces, parsers turn them into columns, and the merger takes them in the
// order of the input, so that codes, ordinals and files do not depend on timing.
func (s *step) read(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	n := max(2, min(runtime.GOMAXPROCS(0), 8))
	s.remap = make([][claim.DictCount][]int32, n)
	jobs, results, tokens := make(chan job), make(chan result, 2*n), make(chan struct{}, 2*n)
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		defer close(jobs)
		s.cut(ctx, jobs, tokens)
	}()
	var parsers sync.WaitGroup
	for i := 0; i < n; i++ {
		parsers.Add(1)
		go func() {
			defer parsers.Done()
			s.parseAll(i, jobs, results)
		}()
	}
	go func() { parsers.Wait(); close(results) }()
	err := s.mergeAll(ctx, results, tokens)
	cancel()
	for range results { // let the parsers end
	}
	wg.Wait()
	return err
}

// cut reads the files one after the other.
func (s *step) cut(ctx context.Context, jobs chan<- job, tokens chan<- struct{}) {
	seq := 0
	send := func(j job) bool {
		select {
		case tokens <- struct{}{}:
		case <-ctx.Done():
			return false
		}
		j.seq = seq
		seq++
		select {
		case jobs <- j:
			return true
		case <-ctx.Done():
			return false
		}
	}
	for _, in := range s.inputs {
		if !s.cutFile(in, send) {
			return
		}
	}
}

func (s *step) cutFile(in *stepInput, send func(job) bool) bool {
	fail := func(err error) bool { return send(job{in: in, done: true, err: err}) }
	recs, err := openRecords(&in.input)
	if err != nil {
		return fail(err)
	}
	defer recs.close()
	cols, unknown, err := mapHeader(&in.input, s.t, recs.header())
	if err != nil {
		return fail(err)
	}
	before := int64(0)
	for k := 0; !in.failed.Load(); k++ {
		pc, err := recs.next()
		now := recs.consumed()
		if err == io.EOF {
			sum, err := recs.hash()
			return send(job{in: in, done: true, err: err, sum: sum, unk: unknown, bytes: recs.consumed() - before})
		}
		if err != nil {
			return fail(err)
		}
		if !send(job{in: in, piece: k, cols: cols, pc: pc, bytes: now - before}) {
			return false
		}
		before = now
	}
	return true
}

func (s *step) parseAll(id int, jobs <-chan job, results chan<- result) {
	p := newParser(s.t, id)
	var of *stepInput
	for j := range jobs {
		r := result{job: j}
		if !j.done {
			if of != j.in {
				of = j.in
				p.header(j.cols)
			}
			r.p = p.parse(&j.in.input, j.pc)
		}
		r.job.pc = piece{}
		results <- r
	}
}

// mergeAll takes the results in order.
func (s *step) mergeAll(ctx context.Context, results <-chan result, tokens <-chan struct{}) error {
	early := map[int]result{}
	next := 0
	for r := range results {
		early[r.seq] = r
		for {
			r, ok := early[next]
			if !ok {
				break
			}
			delete(early, next)
			next++
			<-tokens
			if err := s.merge(r); err != nil {
				return err
			}
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return ctx.Err()
}

// merge takes one result into the spill.
func (s *step) merge(r result) error {
	in := r.in
	s.prog.bytes(r.bytes)
	if r.p != nil {
		s.learn(r.p)
	}
	if in.failed.Load() {
		return nil
	}
	err := r.err
	if err == nil && r.p != nil {
		err = r.p.err
	}
	if err != nil {
		in.fail(err)
		for o := in.from; o < s.ord; o++ {
			s.drop.set(o)
		}
		return nil
	}
	if r.done {
		in.sum, in.to, in.rep.Unknown = r.sum, s.ord, r.unk
		return nil
	}
	return s.take(in, r.piece, r.p)
}

func (in *stepInput) fail(err error) {
	in.failed.Store(true)
	in.rep.Error, in.rep.err = err.Error(), err
	in.rep.Rows, in.rep.Rejected, in.rejects, in.flags = 0, 0, nil, flagSet{}
}

// learn turns a parser's new local numbers into codes of the lake.
func (s *step) learn(p *parsed) {
	m := &s.remap[p.parser]
	for d := range m {
		if m[d] == nil {
			m[d] = []int32{0}
		}
		for _, str := range p.fresh[d] {
			m[d] = append(m[d], s.w.dicts[d].Put(str))
		}
	}
}

// take recodes a parsed piece, finds each row's group and hands it to the spill.
func (s *step) take(in *stepInput, piece int, p *parsed) error {
	b, n := p.b, p.b.N
	for ci := range s.t.Columns {
		if c := &s.t.Columns[ci]; c.Type == claim.Code && b.Cols[ci].I32 != nil {
			m := s.remap[p.parser][c.Dict]
			for i, v := range b.Cols[ci].I32 {
				b.Cols[ci].I32[i] = m[v]
			}
		}
	}
	if s.ord == 0 || len(in.chunks) == 0 {
		in.from = s.ord
	}
	if int64(s.ord)+int64(n) >= 1<<32-2 {
		return fmt.Errorf("一次导入的表 %s 超过 42 亿行，请分批导入", s.t.Name)
	}
	refs, psns, insts := s.res.join(b)
	rs := &rowset{b: b, ref: refs, ord: make([]uint32, n), content: p.content}
	vali, updt := s.valid(b), s.updated(b)
	for i := 0; i < n; i++ {
		rs.ord[i] = s.ord + uint32(i)
		k := keyRow{key: p.key[i], content: p.content[i], updt: claim.None64, ref: refs[i], psn: psns[i], inst: insts[i], ord: rs.ord[i]}
		if updt != nil {
			k.updt = updt[i]
		}
		if vali != nil && s.zero > 0 && vali[i] == s.zero {
			k.ref |= refWithdrawn
		}
		if refs[i].bucket() == bucketWaiting {
			in.rep.Waiting++
		}
		if err := s.keys.add(k); err != nil {
			return err
		}
	}
	s.checkKnown(p, psns, insts)
	in.chunks = append(in.chunks, chunkSpan{piece: piece, first: s.ord, n: uint32(n)})
	s.ord += uint32(n)
	in.rep.Rows += int64(p.read)
	in.rep.Rejected += int64(len(p.rejects))
	in.rejects = append(in.rejects, p.rejects...)
	in.flags.merge(&p.flags)
	s.prog.rows(s.t.Name, "读取", int64(p.read))
	return s.spill.add(rs)
}

func (s *step) valid(b *claim.Batch) []int32 {
	if ci := s.t.Col("vali_flag"); ci >= 0 {
		s.zero = s.w.dicts[claim.DictList].Find("0")
		return b.Cols[ci].I32
	}
	return nil
}

func (s *step) updated(b *claim.Batch) []int64 {
	if ci := s.t.Col("updt_time"); ci >= 0 {
		return b.Cols[ci].I64
	}
	return nil
}

// checkKnown flags persons and institutions that no master row names.
func (s *step) checkKnown(p *parsed, psns, insts []int32) {
	switch s.t.Name {
	case "person", "institution", "person_link": // links are loaded before the persons they unite
		return
	}
	last, bad := int32(-1), false
	for i := range psns {
		if psns[i] != 0 && !s.w.pers.knows(psns[i]) {
			p.flag(FlagPerson, i, "psn_no", s.w.dicts[claim.DictPerson].String(psns[i]), "")
		}
		if insts[i] != last {
			last = insts[i]
			bad = last != 0 && !s.known[last]
		}
		if bad {
			p.flag(FlagInst, i, "fixmedins_code", s.w.dicts[claim.DictInst].String(last), "")
		}
	}
}

func (s *step) close() {
	s.spill.close()
	s.keys.close()
	os.Remove(s.tmp("rows"))
}
