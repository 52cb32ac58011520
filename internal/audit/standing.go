package audit

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
)

// standing compares a snapshot with what the ledger says was judged.
type standing struct {
	a      *Auditor
	snap   *lake.Snapshot
	led    *ledger
	prog   string
	late   map[claim.Month][]reversal // by month of what they reverse
	hashed map[claim.Month]string
}

func newStanding(a *Auditor, s *lake.Snapshot, led *ledger, workers int) (*standing, error) {
	_, prog, err := a.program(s)
	if err != nil {
		return nil, err
	}
	late, err := reversals(s, workers)
	return &standing{a: a, snap: s, led: led, prog: prog, late: late, hashed: map[claim.Month]string{}}, err
}

// Why a month is judged, in words.
const (
	whyFirst   = "第一次审核"
	whyProgram = "规则或知识有变化"
	whyOwn     = "本月数据有变化"
	whyOther   = "相关月份或参考数据有变化"
	whyAsked   = "指定重审"
)

// due decides which months to audit: those asked for, else those whose facts, cards or knowledge changed. A month that
// has lost all its data is still due once: its findings must go.
func (st *standing) due(opt Options) ([]claim.Month, map[string]string, error) {
	all := st.snap.Months()
	if len(all) == 0 {
		return nil, nil, errors.New("数据目录里还没有结算数据：请先用 mingjian import 导入")
	}
	for k := range st.led.Months {
		if m, err := claim.ParseMonth(k); err == nil && !slices.Contains(all, m) {
			all = append(all, m)
		}
	}
	slices.Sort(all)
	var out []claim.Month
	why := map[string]string{}
	asked := opt.From != 0 || opt.To != 0
	for _, m := range all {
		if m < opt.From || (opt.To != 0 && m > opt.To) {
			continue
		}
		reason := st.why(m)
		if reason == "" && (asked || opt.Force) {
			reason = whyAsked
		}
		if reason != "" {
			out = append(out, m)
			why[m.String()] = reason
		}
	}
	if asked && len(out) == 0 {
		return nil, nil, fmt.Errorf("%s没有结算数据，数据目录里有 %s 至 %s", span(opt.From, opt.To), all[0], all[len(all)-1])
	}
	return out, why, nil
}

func span(from, to claim.Month) string {
	switch {
	case from == 0:
		return to.String() + " 及以前"
	case to == 0:
		return from.String() + " 及以后"
	}
	return fmt.Sprintf("%s 至 %s ", from, to)
}

// why tells why a month is to be judged, "" when nothing calls for it.
func (st *standing) why(m claim.Month) string {
	was, ok := st.led.Months[m.String()]
	switch {
	case !ok:
		return whyFirst
	case was.Facts != st.factsID(m) && was.Own != ownID(st.snap, m):
		return whyOwn
	case was.Facts != st.factsID(m):
		return whyOther
	case was.Program != st.prog:
		return whyProgram
	}
	return ""
}

// factsID is a hash of all facts that bear on a month: what its judgement reads, and what else a run reports of it.
func (st *standing) factsID(m claim.Month) string {
	if id, ok := st.hashed[m]; ok {
		return id
	}
	var b strings.Builder
	for _, t := range claim.Tables() {
		if st.snap.TotalRows(t.Name) > 0 {
			fmt.Fprintln(&b, t.Name) // cards may need the table
		}
		for _, tm := range st.snap.TableMonths(t.Name) {
			if !t.PersonKeyed || reads(t.Name, tm, m, m) {
				fmt.Fprintf(&b, "%s %s %s\n", t.Name, tm, st.snap.MonthID(t.Name, tm))
			}
		}
	}
	for o := m - lookBack; o <= m+lookAhead; o++ {
		for _, r := range st.late[o] {
			if !reads(r.table, r.month, m, m) {
				fmt.Fprintf(&b, "%s %s\n", o, r.hash)
			}
		}
	}
	id := shortHash(b.String())
	st.hashed[m] = id
	return id
}

func ownID(s *lake.Snapshot, m claim.Month) string {
	return shortHash(s.MonthID("fee", m) + s.MonthID("settlement", m))
}

// reversal is a refund or a negative line that takes something of an earlier month back.
type reversal struct {
	table string
	month claim.Month // its own
	hash  string
}

// reversals finds, by month, what later months took back of it. A judgement reads the reversals of all months, so a
// month can change long after everything else it looks at has settled.
func reversals(s *lake.Snapshot, workers int) (map[claim.Month][]reversal, error) {
	out := map[claim.Month][]reversal{}
	if len(s.TableMonths("settlement")) < 2 {
		return out, nil
	}
	parts := make([]map[claim.Month][]reversal, s.Buckets())
	var g errgroup.Group
	g.SetLimit(workers)
	for b := range parts {
		g.Go(func() (err error) {
			parts[b], err = reversalsOf(s, b)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	for _, p := range parts {
		for m, rs := range p {
			out[m] = append(out[m], rs...)
		}
	}
	for _, rs := range out {
		slices.SortFunc(rs, func(x, y reversal) int { return cmp.Or(cmp.Compare(x.month, y.month), strings.Compare(x.hash, y.hash)) })
	}
	return out, nil
}

func reversalsOf(s *lake.Snapshot, bucket int) (map[claim.Month][]reversal, error) {
	refunds, err := s.Refunds(bucket)
	if err != nil {
		return nil, err
	}
	negatives, err := s.Negatives(bucket)
	if err != nil {
		return nil, err
	}
	if refunds.N+negatives.N == 0 {
		return nil, nil
	}
	out := map[claim.Month][]reversal{}
	visits, setls := map[uint64][]claim.Month{}, map[uint64]claim.Month{}
	for _, b := range []*claim.Batch{refunds, negatives} {
		for i := range b.N {
			visits[b.Visit[i]], setls[b.Setl[i]] = nil, 0
		}
	}
	inits := make([]uint64, refunds.N)
	for i := range inits {
		inits[i] = claim.KeyOf(refunds.Str(refunds.Table.MustCol("init_setl_id"), i))
		setls[inits[i]] = 0
	}
	r := s.Reader()
	for _, m := range s.TableMonths("settlement") {
		b, err := r.Read("settlement", m, bucket, []string{})
		if err != nil {
			return nil, err
		}
		for i := range b.N {
			if ms, ok := visits[b.Visit[i]]; ok && !slices.Contains(ms, m) {
				visits[b.Visit[i]] = append(ms, m)
			}
			if _, ok := setls[b.Setl[i]]; ok {
				setls[b.Setl[i]] = m
			}
		}
	}
	for _, b := range []*claim.Batch{refunds, negatives} {
		for i := range b.N {
			x := reversal{table: b.Table.Name, month: setls[b.Setl[i]], hash: rowHash(b, s.Dicts(), i)}
			of := slices.Clone(visits[b.Visit[i]])
			if b == refunds && inits[i] != 0 && !slices.Contains(of, setls[inits[i]]) {
				of = append(of, setls[inits[i]])
			}
			for _, m := range of {
				if m < x.month {
					out[m] = append(out[m], x)
				}
			}
		}
	}
	return out, nil
}

func rowHash(b *claim.Batch, ds *claim.Dicts, row int) string {
	var s strings.Builder
	for c := range b.Table.Columns {
		s.WriteString(b.Format(ds, c, row) + "\x1f")
	}
	return shortHash(s.String())
}
