package audit

import (
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/rule"
)

// Unfit is an institution that fills too little of a column a card needs in a month.
type Unfit struct {
	Card   string  `json:"rule_id"`
	Inst   string  `json:"fixmedins_code"`
	Column string  `json:"column"`
	Month  string  `json:"month"`
	Rate   float64 `json:"rate"`

	inst int32
}

// unfit finds at which institutions a card cannot be judged in a month because a column it needs is filled too thinly.
// It also says which institutions were looked at: the others have no rows there.
func unfit(lib *rule.Library, s *lake.Snapshot, m claim.Month) (out []Unfit, seen map[string]bool, err error) {
	seen = map[string]bool{}
	for _, c := range lib.Cards {
		bound := 0.3
		if c.MinFill != nil {
			bound = *c.MinFill
		}
		for _, n := range c.Needs {
			table, col, hasCol := strings.Cut(n, ".")
			t := claim.TableOf(table)
			if !hasCol || t == nil || t.Col("fixmedins_code") < 0 || bound <= 0 {
				continue
			}
			fill, err := s.Fill(table)
			if err != nil {
				return nil, nil, err
			}
			for inst, cnt := range fillOf(fill, m) {
				u := Unfit{Card: c.ID, Inst: s.Dicts()[claim.DictInst].String(inst), Column: n, Month: m.String(), Rate: cnt.Rate(t.Col(col)), inst: inst}
				seen[u.key()] = true
				if u.Rate < bound {
					out = append(out, u)
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b Unfit) int { return strings.Compare(a.key(), b.key()) })
	return out, seen, nil
}

func (u *Unfit) key() string { return u.Card + "|" + u.Inst + "|" + u.Column }

// fillOf is how well institutions filled a table in a month, or in all months its judgement reads where the table has no
// rows in that month.
func fillOf(f *lake.Fill, m claim.Month) map[int32]*lake.Counts {
	if own := f.ByMonth[m]; len(own) > 0 {
		return own
	}
	out := map[int32]*lake.Counts{}
	for fm, insts := range f.ByMonth {
		if f.Table.PersonKeyed && !reads(f.Table.Name, fm, m, m) {
			continue
		}
		for inst, c := range insts {
			sum := out[inst]
			if sum == nil {
				sum = &lake.Counts{Has: make([]int64, len(c.Has))}
				out[inst] = sum
			}
			sum.Rows += c.Rows
			for i, n := range c.Has {
				sum.Has[i] += n
			}
		}
	}
	return out
}

// fitness is where cards can be judged in a month: who was looked at, and who of them fills too little.
type fitness struct{ unfit, seen map[string]bool }

func newFitness(us []Unfit, seen map[string]bool) fitness {
	f := fitness{map[string]bool{}, seen}
	for i := range us {
		f.unfit[us[i].key()] = true
	}
	return f
}

// agrees tells whether two months can be judged together: no institution is fit for a card in one and unfit in the other.
func (f *fitness) agrees(g *fitness) bool {
	for k := range f.unfit {
		if g.seen[k] && !g.unfit[k] {
			return false
		}
	}
	for k := range g.unfit {
		if f.seen[k] && !f.unfit[k] {
			return false
		}
	}
	return true
}

// instant is a moment at which an institution booked an item.
type instant struct {
	k  rule.BatchKey
	at int64
}

// bookings counts lines by institution, item and month, and by moment.
type bookings struct {
	total map[rule.BatchKey]int32
	at    map[instant]int32
}

// findBatches finds items that an institution books in batches: at least 100 lines of the item in a month and more than a
// fifth of them at one instant (规则口径, "批量记账"). Only items that day cards read are counted. A month's lines are those
// settled in it or in the next, or not yet: so that what is found does not hang on which months are judged together.
func findBatches(b *rule.Bound, s *lake.Snapshot, from, to claim.Month) ([]rule.BatchKey, error) {
	parts := make([]bookings, s.Buckets())
	errs := make([]error, s.Buckets())
	items := b.DayItems()
	var wg sync.WaitGroup
	tickets := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i := range parts {
		wg.Go(func() {
			tickets <- struct{}{}
			parts[i], errs[i] = countBookings(s, items, i, from, to)
			<-tickets
		})
	}
	wg.Wait()
	sum := bookings{map[rule.BatchKey]int32{}, map[instant]int32{}}
	for _, p := range parts {
		for k, n := range p.total {
			sum.total[k] += n
		}
		for k, n := range p.at {
			sum.at[k] += n
		}
	}
	seen := map[rule.BatchKey]bool{}
	var out []rule.BatchKey
	for k, n := range sum.at {
		if t := sum.total[k.k]; t >= 100 && int64(n)*5 > int64(t) && !seen[k.k] {
			seen[k.k] = true
			out = append(out, k.k)
		}
	}
	return out, errors.Join(errs...)
}

func countBookings(s *lake.Snapshot, items []bool, bucket int, from, to claim.Month) (bookings, error) {
	out := bookings{map[rule.BatchKey]int32{}, map[instant]int32{}}
	r := s.Reader()
	for _, m := range s.TableMonths("fee") {
		if !reads("fee", m, from, to) {
			continue
		}
		f, err := r.Read("fee", m, bucket, []string{"fixmedins_code", "hilist_code", "fee_ocur_time", "cnt"})
		if err != nil {
			return out, err
		}
		t := f.Table
		inst, item, tm, cnt := t.MustCol("fixmedins_code"), t.MustCol("hilist_code"), t.MustCol("fee_ocur_time"), t.MustCol("cnt")
		for i := range f.N {
			it := f.I32(item, i)
			if int(it) >= len(items) || !items[it] || f.I64(cnt, i) <= 0 {
				continue
			}
			time := claim.Time(f.I64(tm, i))
			k := rule.BatchKey{Inst: f.I32(inst, i), Item: it, Month: time.Day().Month()}
			if m != 0 && m != k.Month && m != k.Month+1 {
				continue
			}
			out.total[k]++
			if !time.DayOnly() {
				out.at[instant{k, time.Clock()}]++
			}
		}
	}
	return out, nil
}
