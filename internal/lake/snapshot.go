package lake

import (
	"cmp"
	"fmt"
	"slices"
	"sync"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/zeebo/xxh3"
)

// Snapshot is the lake as of one commit. It never changes and is safe for concurrent use.
type Snapshot struct {
	l     *Lake
	m     *manifest
	dicts *claim.Dicts
	pers  *persons
	at    map[string]map[ref][]place
	lost  map[string][]place // rows whose person is not known

	mu    sync.Mutex
	fills map[string]*Fill
}

// place is a live row group.
type place struct {
	f *fileState
	g *group
}

func newSnapshot(l *Lake, m *manifest, ds *claim.Dicts, p *persons) *Snapshot {
	s := &Snapshot{l: l, m: m, dicts: ds, pers: p, at: map[string]map[ref][]place{}, lost: map[string][]place{}, fills: map[string]*Fill{}}
	for name, ts := range m.Tables {
		at := map[ref][]place{}
		for _, f := range ts.Files {
			for i := range f.Groups {
				if g := &f.Groups[i]; g.Bucket >= 0 {
					r := makeRef(g.Bucket, g.Month)
					at[r] = append(at[r], place{f, g})
				} else if g.Bucket == bucketWaiting {
					s.lost[name] = append(s.lost[name], place{f, g})
				}
			}
		}
		s.at[name] = at
	}
	return s
}

// ID is a hash of all live rows: equal when the lake says the same, however its files lie.
func (s *Snapshot) ID() string {
	h := xxh3.New()
	for _, t := range claim.Tables() {
		for _, r := range s.refs(t.Name) {
			s.hashGroup(h, t.Name, r)
		}
	}
	return hex64(h.Sum64())
}

func (s *Snapshot) refs(table string) []ref {
	out := make([]ref, 0, len(s.at[table]))
	for r := range s.at[table] {
		out = append(out, r)
	}
	slices.Sort(out)
	return out
}

func (s *Snapshot) hashGroup(h *xxh3.Hasher, table string, r ref) {
	var rows int64
	var sum uint64
	for _, p := range s.at[table][r] {
		rows += p.g.Rows
		sum += p.g.Sum
	}
	fmt.Fprintf(h, "%s %d %d %x\n", table, r, rows, sum)
}

// Dicts are the dictionaries of the snapshot's codes.
func (s *Snapshot) Dicts() *claim.Dicts { return s.dicts }

// Buckets is the number of buckets persons are spread over; 0 before the first import.
func (s *Snapshot) Buckets() int { return s.m.Buckets }

// Months lists the months with settlements or fee lines, ascending, without 0.
func (s *Snapshot) Months() []claim.Month {
	var out []claim.Month
	for _, t := range []string{"settlement", "fee"} {
		for r := range s.at[t] {
			if m := r.month(); m != 0 && !slices.Contains(out, m) {
				out = append(out, m)
			}
		}
	}
	slices.Sort(out)
	return out
}

// TableMonths lists the months in which any of the tables has rows, 0 included.
func (s *Snapshot) TableMonths(tables ...string) []claim.Month {
	var out []claim.Month
	for _, table := range tables {
		for r := range s.at[table] {
			if m := r.month(); !slices.Contains(out, m) {
				out = append(out, m)
			}
		}
	}
	slices.Sort(out)
	return out
}

// MonthID is a hash of the live rows of a table in a month; "" when there are none.
func (s *Snapshot) MonthID(table string, m claim.Month) string {
	h, any := xxh3.New(), false
	for _, r := range s.refs(table) {
		if r.month() == m {
			any = true
			s.hashGroup(h, table, r)
		}
	}
	if !any {
		return ""
	}
	return hex64(h.Sum64())
}

// Pers is the person a psn code belongs to.
func (s *Snapshot) Pers(psn int32) int32 { return s.pers.of(psn) }

// BucketOf is the bucket that holds a person's rows, by the code of one of their numbers.
func (s *Snapshot) BucketOf(psn int32) int { return bucketOf(s.Pers(psn), s.m.Buckets) }

// Rows counts the live rows of a table in a month.
func (s *Snapshot) Rows(table string, m claim.Month) (n int64) {
	for r, ps := range s.at[table] {
		if r.month() == m {
			for _, p := range ps {
				n += p.g.Rows
			}
		}
	}
	return n
}

// TotalRows counts the live rows of a table.
func (s *Snapshot) TotalRows(table string) (n int64) {
	for _, m := range s.TableMonths(table) {
		n += s.Rows(table, m)
	}
	return n
}

// Waiting counts the rows of a table whose person is not known yet.
func (s *Snapshot) Waiting(table string) (n int64) {
	if ts := s.m.Tables[table]; ts != nil {
		for _, f := range ts.Files {
			for i := range f.Groups {
				if f.Groups[i].Bucket == bucketWaiting {
					n += f.Groups[i].Rows
				}
			}
		}
	}
	return n
}

// Waiters returns the rows of a table whose person is not known: what was sold without insurance names nobody. They have
// no order.
func (s *Snapshot) Waiters(table string) ([]*claim.Batch, error) {
	t := claim.MustTable(table)
	var out []*claim.Batch
	for _, p := range s.lost[table] {
		r := Reader{s: s, fresh: true}
		b := r.batch(t)
		if err := r.group(b, p.f, p.g.Index, p.g.Rows, allColumns(t)); err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

// WaitersID is a hash of the rows that Waiters returns; "" when there are none.
func (s *Snapshot) WaitersID(table string) string {
	var rows int64
	var sum uint64
	for _, p := range s.lost[table] {
		rows, sum = rows+p.g.Rows, sum+p.g.Sum
	}
	if rows == 0 {
		return ""
	}
	return fmt.Sprintf("%d-%x", rows, sum)
}

// Place is where rows of a month lie, for SQL over the files: rows [From, From+Rows) of a Parquet file, which are its
// row group RowGroup.
type Place struct {
	Path     string
	RowGroup int
	Bucket   int
	From     int64
	Rows     int64
}

// Files lists where the live rows of a table and month lie.
func (s *Snapshot) Files(table string, m claim.Month) []Place {
	var out []Place
	for _, r := range s.refs(table) {
		if r.month() != m {
			continue
		}
		for _, p := range s.at[table][r] {
			out = append(out, Place{Path: s.l.dir + "/" + factsDir + "/" + p.f.Name, RowGroup: p.g.Index, Bucket: p.g.Bucket, From: p.g.From,
				Rows: p.g.Rows})
		}
	}
	return out
}

// Fill tells how well a table is filled, by institution and month.
func (s *Snapshot) Fill(table string) (*Fill, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.fills[table]; f != nil {
		return f, nil
	}
	t := claim.MustTable(table)
	f := &Fill{Table: t, ByInst: map[int32]*Counts{}, ByMonth: map[claim.Month]map[int32]*Counts{}}
	err := s.eachStats(t, statsReader{counts: func(g *group, inst int32, c *Counts) {
		if g.Bucket < 0 {
			return
		}
		if f.ByMonth[g.Month] == nil {
			f.ByMonth[g.Month] = map[int32]*Counts{}
		}
		addCounts(f.ByMonth[g.Month], inst, c)
	}})
	if err != nil {
		return nil, err
	}
	for _, insts := range f.ByMonth {
		for inst, c := range insts {
			addCounts(f.ByInst, inst, c)
		}
	}
	s.fills[table] = f
	return f, nil
}

func addCounts(m map[int32]*Counts, inst int32, c *Counts) {
	to := m[inst]
	if to == nil {
		to = &Counts{Has: make([]int64, len(c.Has))}
		m[inst] = to
	}
	to.Rows += c.Rows
	for i, n := range c.Has {
		to.Has[i] += n
	}
}

func (s *Snapshot) eachStats(t *claim.Table, to statsReader) error {
	ts := s.m.Tables[t.Name]
	if ts == nil {
		return nil
	}
	for _, file := range ts.Files {
		if file.Stats == "" {
			continue
		}
		if err := readStats(s.l.dir+"/"+factsDir+"/"+file.Stats, file.StatsHash, t, file.Groups, to); err != nil {
			return err
		}
	}
	return nil
}

// Totals are the sums of settlements as uploaded, by institution, month, insurance and clearing type, in order of the
// codes' text.
func (s *Snapshot) Totals() ([]Total, error) {
	type key struct {
		a, b, c int32
		m       claim.Month
	}
	sums := map[key]*Total{}
	err := s.eachStats(claim.MustTable("settlement"), statsReader{totals: func(g *group, t Total) {
		t.Month = g.Month
		k := key{t.Inst, t.Insutype, t.ClrType, t.Month}
		if to := sums[k]; to != nil {
			to.Count, to.Medfee, to.Fund = to.Count+t.Count, to.Medfee+t.Medfee, to.Fund+t.Fund
		} else {
			sums[k] = &t
		}
	}})
	out := make([]Total, 0, len(sums))
	for _, t := range sums {
		out = append(out, *t)
	}
	inst, list := s.dicts[claim.DictInst], s.dicts[claim.DictList]
	slices.SortFunc(out, func(a, b Total) int {
		return cmp.Or(cmp.Compare(a.Month, b.Month), cmp.Compare(inst.String(a.Inst), inst.String(b.Inst)),
			cmp.Compare(list.String(a.Insutype), list.String(b.Insutype)), cmp.Compare(list.String(a.ClrType), list.String(b.ClrType)))
	})
	return out, err
}

// Bucket is where a person's rows lie, 0 … Buckets()−1.
func (s *Snapshot) Bucket(pers int32) int { return bucketOf(pers, s.m.Buckets) }
