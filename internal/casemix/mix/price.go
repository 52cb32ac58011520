package mix

import (
	"math/big"
	"slices"

	"github.com/mingjian/mingjian/internal/casemix"
	"github.com/mingjian/mingjian/internal/casemix/area"
	"github.com/mingjian/mingjian/internal/casemix/pay"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
)

// known is the rate of an insurance type where it does not hang on the stays: a fixed one, or the reference that stands for a
// floating one until the year is cleared.
func known(ins *pay.Insured) (pay.Decimal, bool) {
	switch {
	case ins.Rate != nil:
		return *ins.Rate, true
	case ins.Reference != nil:
		return *ins.Reference, true
	}
	return 0, false
}

// price finds the rates that only the stays tell, each month's from a twelfth of the budget, and prices the stays that waited
// for them.
func (b *book) price() {
	g := b.grouper()
	rates := map[string]map[claim.Month]pay.Decimal{}
	at := map[rowKey]int{}
	for n := range b.rows {
		at[rowKey{b.rows[n].insutype, b.rows[n].inst, b.rows[n].id}] = n
	}
	for _, h := range b.held {
		ins := b.s.Params.Insurance[h.insutype]
		if _, ok := known(ins); ok {
			continue
		}
		if rates[h.insutype] == nil {
			rates[h.insutype] = map[claim.Month]pay.Decimal{}
		}
		rate, ok := rates[h.insutype][h.month]
		if !ok {
			rate = b.floating(g, h.insutype, ins, h.month)
			rates[h.insutype][h.month] = rate
		}
		h.rate = rate
		b.settle(g, h, ins)
		n := at[rowKey{h.insutype, h.inst, h.in.ID}]
		b.rows[n].payable = int64(h.Payable)
	}
}

type rowKey struct{ insutype, inst, id string }

// byGroup tells that a way of paying is by case group.
func byGroup(way string) bool { return way == pay.ByGroup || way == pay.ByHigh || way == pay.ByLow }

func (b *book) floating(g *casemix.Grouper, insutype string, ins *pay.Insured, m claim.Month) pay.Decimal {
	var all []pay.Stay
	for _, h := range b.held {
		if h.insutype == insutype && h.month == m {
			s, _ := b.payStay(g, h.in)
			all = append(all, s)
		}
	}
	part := *ins
	total := *ins.Total / 12
	part.Total = &total
	_, rate := part.PriceAll(all)
	return rate.Value
}

// settle prices a held stay as it was settled, and the way it should have been.
func (b *book) settle(g *casemix.Grouper, h *held, ins *pay.Insured) {
	s, grouped := b.payStay(g, h.in)
	asSettled := s
	claimedGroup := h.in.Mode == 2 || h.in.Mode == 3
	if claimedGroup {
		asSettled.DaySurgery = false
	}
	p := ins.Price(&asSettled, h.rate, h.rate)
	h.Way, h.Payable, h.Standard, h.ByGroup = p.Way, claim.Money(p.Payable), claim.Money(p.Standard), byGroup(p.Way)
	h.Plain = h.Payable
	if grouped.AuxBy > 0 && s.Adjust != nil {
		plain := asSettled
		plain.Adjust = new(big.Rat).Quo(s.Adjust, big.NewRat(int64(grouped.AuxBy), int64(pay.One)))
		h.Plain = claim.Money(ins.Price(&plain, h.rate, h.rate).Payable)
	}
	if !claimedGroup || !h.ByGroup {
		return
	}
	due := s
	switch {
	case ins.Single[h.in.Disease] != nil:
		due.Mode = 5
	case s.DaySurgery && ins.DaySurg != nil:
	case ins.BedFrom > 0 && h.in.LOS >= ins.BedFrom && len(ins.BedDay) > 0:
		due.Mode = 4
	default:
		return
	}
	if q := ins.Price(&due, h.rate, h.rate); q.Way != p.Way {
		h.Proper, h.Due = q.Way, claim.Money(q.Payable)
	}
}

// priced groups and prices a changed case.
func (b *book) priced(h *held, in *area.Input) (rule.MixGroup, bool) {
	var g *casemix.Grouper
	if b.s.Grouping.Scheme != nil {
		g = b.groupers.Get().(*casemix.Grouper)
		defer b.groupers.Put(g)
	}
	ins := b.s.Params.Insurance[h.insutype]
	s, grouped := b.payStay(g, in)
	if s.Group == "" || s.Ambiguous {
		return rule.MixGroup{}, false
	}
	if in.Mode == 2 || in.Mode == 3 {
		s.DaySurgery = false
	}
	p := ins.Price(&s, h.rate, h.rate)
	return rule.MixGroup{ADRG: adrgOf(grouped.Group, ins.Mode), Group: grouped.Group, Weight: int64(grouped.Weight), Payable: claim.Money(p.Payable)}, true
}

// Regroup implements rule.CaseGrouper.
func (b *book) Regroup(s *rule.MixStay, without []string, principal string) (rule.MixGroup, bool) {
	h := s.Ref.(*held)
	in := *h.in
	gone := func(code string) bool { return slices.Contains(without, code) }
	in.Dx = slices.DeleteFunc(slices.Clone(in.Dx), gone)
	in.Proc = slices.DeleteFunc(slices.Clone(in.Proc), gone)
	if principal != "" {
		n := slices.Index(in.Dx, principal)
		if n < 0 {
			return rule.MixGroup{}, false
		}
		in.Dx = slices.Insert(slices.Delete(in.Dx, n, n+1), 0, principal)
	}
	if len(in.Dx) == 0 {
		return rule.MixGroup{}, false
	}
	return b.priced(h, &in)
}

// Merge implements rule.CaseGrouper: the later stay's codes first, those of the earlier after them, days and money added.
func (b *book) Merge(earlier, later *rule.MixStay) (rule.MixGroup, bool) {
	a, z := earlier.Ref.(*held), later.Ref.(*held)
	if a.insutype != z.insutype {
		return rule.MixGroup{}, false
	}
	in := *z.in
	union := func(x, y []string) []string {
		out := slices.Clone(x)
		for _, c := range y {
			if !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
		return out
	}
	in.Dx, in.Proc = union(in.Dx, a.in.Dx), union(in.Proc, a.in.Proc)
	in.LOS, in.Cost, in.Fund = in.LOS+a.in.LOS, in.Cost+a.in.Cost, in.Fund+a.in.Fund
	return b.priced(z, &in)
}
