// Package stays turns the facts of the lake into cases to be grouped and paid: the in-patient stays that were settled in
// some months, with their codes in the order groupers want and their money.
//
// A stay is the contract's stay (visits that follow each other are one); out-patient visits marked 预住院 within a week
// before belong to it. The package reads the lake only; it knows no scheme and no parameter.
package stays

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/mingjian/mingjian/internal/casemix"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
)

// Stay is a settled stay.
type Stay struct {
	casemix.Case        // ID is the mdtrt_id of its last visit
	Inst, Level  string // level: 3 三级, 2 二级, 1 一级, "" none or unknown
	Insutype     string
	Month        claim.Month // of its last settlement
	Cost, Fund   claim.Money // Σ medfee_sumamt, Σ fund_pay_sumamt
	PayMode      int8
	Disease      string // dise_codg
	DaySurgery   bool
	PreIpt       claim.Money // of Cost, what came from 预住院
	Setls        []string    // setl_id
	Asked        bool        // put forward for special review, and not sent back
}

// preIptDays is how long before an admission 预住院 examinations may lie.
const preIptDays = 7

// Read calls f with every closed stay whose last settlement lies in the months, bucket by bucket. The stays of a person
// come together, in the order of admission. f may keep what it is given.
func Read(snap *lake.Snapshot, from, to claim.Month, f func(*Stay) error) error {
	vocab := claim.NewVocab(snap.Dicts())
	tables := map[string]*claim.Batch{}
	for _, name := range []string{"institution"} {
		b, err := snap.Reference(name)
		if err != nil {
			return err
		}
		tables[name] = b
	}
	ref := claim.NewReference(vocab, func(name string) *claim.Batch { return tables[name] }).Prepare()
	for bucket := range snap.Buckets() {
		if err := one(snap, vocab, ref, bucket, from, to, f); err != nil {
			return err
		}
	}
	return nil
}

// Each is Read with workers: start makes each worker's own f, which no other worker calls. The order of stays is that of a
// bucket within a worker.
func Each(snap *lake.Snapshot, from, to claim.Month, workers int, start func() func(*Stay) error) error {
	institutions, err := snap.Reference("institution")
	if err != nil {
		return err
	}
	vocab := claim.NewVocab(snap.Dicts())
	ref := claim.NewReference(vocab, func(name string) *claim.Batch {
		if name == "institution" {
			return institutions
		}
		return nil
	}).Prepare()
	var wg sync.WaitGroup
	var mu sync.Mutex
	var errs []error
	work := make(chan int)
	for range max(1, workers) {
		f := start()
		wg.Go(func() {
			for bucket := range work {
				if err := one(snap, vocab, ref, bucket, from, to, f); err != nil {
					mu.Lock()
					errs = append(errs, fmt.Errorf("第 %d 桶：%w", bucket, err))
					mu.Unlock()
				}
			}
		})
	}
	for bucket := range snap.Buckets() {
		work <- bucket
	}
	close(work)
	wg.Wait()
	return errors.Join(errs...)
}

func one(snap *lake.Snapshot, vocab *claim.Vocab, ref *claim.Reference, bucket int, from, to claim.Month, f func(*Stay) error) error {
	src, err := sources(snap, bucket, from)
	if err != nil {
		return err
	}
	r := reader{vocab: vocab, ds: snap.Dicts(), ref: ref, from: from, to: to}
	as := claim.NewAssembler(vocab, src, to.Last())
	for t, ok := as.Next(); ok; t, ok = as.Next() {
		if err := r.person(t, f); err != nil {
			return err
		}
	}
	return nil
}

// longest is how many months before its last settlement a stay may have begun to be read whole.
const longest = 36

// sources of a bucket: visits drive; months long before are read as well, for a stay may begin long before it is settled.
func sources(snap *lake.Snapshot, bucket int, from claim.Month) ([]claim.Source, error) {
	var out []claim.Source
	add := func(b *claim.Batch, err error, s claim.Source) error {
		if err == nil && b.N > 0 {
			s.Batch = b
			out = append(out, s)
		}
		return err
	}
	for _, table := range []string{"person", "person_link", "visit", "diagnosis", "operation", "settlement", "icu", "special_case"} {
		months := append([]claim.Month{0}, snap.TableMonths(table)...)
		slices.Sort(months)
		for _, m := range slices.Compact(months) {
			if m != 0 && m < from-longest {
				continue
			}
			b, err := snap.Read(table, m, bucket, nil)
			if err := add(b, err, claim.Source{Driver: table == "visit"}); err != nil {
				return nil, err
			}
		}
	}
	b, err := snap.Refunds(bucket)
	return out, add(b, err, claim.Source{Extra: true})
}

type reader struct {
	vocab    *claim.Vocab
	ds       *claim.Dicts
	ref      *claim.Reference
	from, to claim.Month
}

func (r *reader) person(t *claim.Timeline, f func(*Stay) error) error {
	for i := range t.Stays {
		s := &t.Stays[i]
		if s.Open || !s.Out.Has() { // still in: nothing to group yet
			continue
		}
		if x := r.stay(t, s); x != nil {
			if err := f(x); err != nil {
				return err
			}
		}
	}
	return nil
}

// stay builds one; nil when it was not settled in the months.
func (r *reader) stay(t *claim.Timeline, s *claim.Stay) *Stay {
	last := &t.Visits[s.Last]
	x := &Stay{Inst: r.ds[claim.DictInst].String(s.Inst), DaySurgery: s.Tags&claim.DaySurgery != 0, Disease: r.ds[claim.DictDiag].String(last.Dise)}
	in := map[int32]bool{}
	for _, v := range s.Visits {
		in[v] = true
	}
	r.money(t, s, x, in)
	if x.Month < r.from || x.Month > r.to {
		return nil
	}
	if row := r.ref.InstOn(s.Inst, s.Out.Day()); row != nil && row.Tier > 0 {
		x.Level = string(rune('0' + row.Tier))
	}
	if x.Insutype == "" {
		x.Insutype = r.vocab.Str(last.Insutype)
	}
	c := &x.Case
	c.ID, c.Weight, c.ICUHours = t.MdtrtID(last), casemix.None, casemix.None
	c.Age, c.AgeDays = casemix.None, casemix.None
	c.LOS = int32(s.Out.Day() - s.In.Day())
	c.LOS = max(c.LOS, 1)
	if way := r.vocab.Num(last.DscgWay); way >= 1 && way <= 9 {
		c.Discharge = int8(way)
	}
	c.Dept = r.ds[claim.DictDept].String(cmp.Or(last.DscgDept, last.AdmDept))
	if p := t.PersonOn(last.Psn, s.In.Day()); p != nil {
		c.Sex = p.Gend
		if p.Birth.Has() {
			c.Age = int32(p.Birth.YearsOn(s.In.Day()))
			if c.Age == 0 {
				c.AgeDays = int32(s.In.Day() - p.Birth)
			}
		}
	}
	c.Dx, c.Proc = r.codes(t, s, last)
	r.icu(t, s, c)
	x.Asked = r.asked(t, s)
	return x
}

// returned is the state of an application for special review that was sent back.
const returned = "退回"

// asked tells whether the hospital put the stay forward for special review.
func (r *reader) asked(t *claim.Timeline, s *claim.Stay) bool {
	return slices.ContainsFunc(t.Extra["special_case"], func(row claim.RowRef) bool {
		return slices.ContainsFunc(s.Visits, func(v int32) bool { return t.Visits[v].Key == row.B.Visit[row.Row] }) &&
			r.vocab.Str(row.B.I32(row.B.Table.MustCol("appy_stas"), row.Row)) != returned
	})
}

// money sums the settlements of the stay's visits and of the 预住院 visits before it.
func (r *reader) money(t *claim.Timeline, s *claim.Stay, x *Stay, in map[int32]bool) {
	var at claim.Time
	for i := range t.Setls {
		m := &t.Setls[i]
		if m.Visit < 0 {
			continue
		}
		v := &t.Visits[m.Visit]
		before := v.Tags&claim.PreIpt != 0 && v.Setting&claim.Inpatient == 0 && v.Inst == s.Inst && s.In.Day() >= v.Begin.Day() && s.In.Day()-v.Begin.Day() <= preIptDays
		if !in[m.Visit] && !before {
			continue
		}
		x.Cost += m.Total.Or(0)
		x.Fund += m.Fund.Or(0)
		x.Setls = append(x.Setls, t.SetlID(m))
		if before {
			x.PreIpt += m.Total.Or(0)
			continue
		}
		if x.Month == 0 || m.Time.Clock() >= at.Clock() {
			at, x.Month, x.PayMode = m.Time, m.Month, max(m.PayMode, 0) // absent = by item or as the area pays
			if w := r.vocab.Str(m.Insutype); w != "" {
				x.Insutype = w
			}
		}
	}
}

// codes in the order of the settlement list: of the last visit first, discharge diagnoses where there are any, the main
// one first, then by number; Chinese-medicine diagnoses left out. A code that comes again is left out.
func (r *reader) codes(t *claim.Timeline, s *claim.Stay, last *claim.Visit) (dx, proc []string) {
	put := func(to *[]string, code string) {
		if code != "" && !slices.Contains(*to, code) {
			*to = append(*to, code)
		}
	}
	visits := slices.Clone(s.Visits)
	slices.Reverse(visits)
	for n, vi := range visits {
		v := &t.Visits[vi]
		ds := slices.Clone(t.Diags[v.DiagLo:v.DiagHi])
		out := slices.ContainsFunc(ds, func(d claim.Diag) bool { return d.Out && !d.Chinese() })
		ds = slices.DeleteFunc(ds, func(d claim.Diag) bool { return d.Chinese() || out && !d.Out })
		slices.SortStableFunc(ds, func(a, b claim.Diag) int {
			if a.Main != b.Main {
				if a.Main {
					return -1
				}
				return 1
			}
			return cmp.Compare(a.Rank(), b.Rank())
		})
		if n == 0 && (len(ds) == 0 || !ds[0].Main) && v.MainDiag != 0 {
			put(&dx, r.ds[claim.DictDiag].String(v.MainDiag))
		}
		for _, d := range ds {
			put(&dx, r.ds[claim.DictDiag].String(d.Code))
		}
	}
	var ops []claim.Operation
	for _, vi := range visits {
		v := &t.Visits[vi]
		mine := slices.Clone(t.Ops[v.OpLo:v.OpHi])
		slices.SortStableFunc(mine, func(a, b claim.Operation) int {
			if a.Main != b.Main {
				if a.Main {
					return -1
				}
				return 1
			}
			return cmp.Or(cmp.Compare(a.Srt, b.Srt), cmp.Compare(a.Begin.Clock(), b.Begin.Clock()))
		})
		ops = append(ops, mine...)
	}
	slices.SortStableFunc(ops, func(a, b claim.Operation) int { // an operation marked main leads, whichever visit has it
		switch {
		case a.Main && !b.Main:
			return -1
		case b.Main && !a.Main:
			return 1
		}
		return 0
	})
	for _, o := range ops {
		put(&proc, r.ds[claim.DictOprn].String(o.Code))
	}
	return dx, proc
}

// icu sums the hours in intensive care.
func (r *reader) icu(t *claim.Timeline, s *claim.Stay, c *casemix.Case) {
	var micros int64
	for _, row := range t.Extra["icu"] {
		b := row.B
		from, to := claim.Time(b.I64(b.Table.MustCol("begntime"), row.Row)), claim.Time(b.I64(b.Table.MustCol("endtime"), row.Row))
		for _, vi := range s.Visits {
			if b.Visit[row.Row] == t.Visits[vi].Key && from.Has() && to.Has() && to.Clock() > from.Clock() {
				micros += to.Clock() - from.Clock()
			}
		}
	}
	if micros > 0 {
		c.ICUHours = int32(micros / 3_600_000_000)
	}
}
