package mix

import (
	"cmp"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/mingjian/mingjian/internal/casemix"
	"github.com/mingjian/mingjian/internal/casemix/area"
	"github.com/mingjian/mingjian/internal/casemix/dip"
	"github.com/mingjian/mingjian/internal/casemix/pay"
	"github.com/mingjian/mingjian/internal/casemix/stays"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/rule"
)

// window is how many months, the judged one included, a hospital's and a group's figures are drawn from.
const window = 12

// before is how many months before the judged ones whole stays are kept: those that a readmission is compared with.
const before = 3

// row is what statistics need of a stay; there is one for every stay of the window.
type row struct {
	inst, level, insutype, group, adrg string // interned
	id                                 string
	month                              claim.Month
	weight                             int64
	cost, fund, payable                int64
	los                                int32
	grouped, ambiguous                 bool
	severe                             bool
	asked                              bool // for special review
}

// held is a stay kept whole: what the rule engine is told, and what regrouping needs.
type held struct {
	rule.MixStay
	inst, insutype string
	month          claim.Month
	in             *area.Input
	rate           pay.Decimal
}

// book is a book in the making, and afterwards the grouper behind it.
type book struct {
	s        *Setup
	from, to claim.Month
	rows     []row
	held     []*held
	special  map[string]*pay.Special
	groupers sync.Pool
}

// Make groups and prices the stays on which a judgement of the months from … to rests. What is told of a stay depends on its
// own month and the eleven before, never on the months made together. special are the granted special cases, by mdtrt_id.
func Make(snap *lake.Snapshot, s *Setup, from, to claim.Month, special map[string]*pay.Special) (*rule.MixBook, error) {
	b := &book{s: s, from: from, to: to, special: special}
	if s.Grouping.Scheme != nil {
		b.groupers.New = func() any { return s.Grouping.Scheme.NewGrouper() }
	}
	var mu sync.Mutex
	words := map[string]string{}
	intern := func(w string) string {
		if x, ok := words[w]; ok {
			return x
		}
		w = strings.Clone(w)
		words[w] = w
		return w
	}
	err := stays.Each(snap, from-window+1, to, runtime.GOMAXPROCS(0), func() func(*stays.Stay) error {
		g := b.grouper()
		return func(x *stays.Stay) error {
			ins := s.Params.Insurance[x.Insutype]
			if ins == nil {
				return nil
			}
			h := b.hold(g, ins, x)
			rate, fixed := known(ins)
			if fixed {
				h.rate = rate
				b.settle(g, h, ins)
			}
			r := h.row(x)
			mu.Lock()
			defer mu.Unlock()
			r.inst, r.level, r.insutype, r.group, r.adrg = intern(r.inst), intern(r.level), intern(r.insutype), intern(r.group), intern(r.adrg)
			b.rows = append(b.rows, r)
			if x.Month >= from-before || !fixed {
				b.held = append(b.held, h)
			}
			return nil
		}
	})
	if err != nil {
		return nil, err
	}
	b.sort()
	b.price()
	out := &rule.MixBook{ID: s.ID, Stays: make(map[rule.MixKey]*rule.MixStay, len(b.held)), Group: b}
	b.held = slices.DeleteFunc(b.held, func(h *held) bool { return h.month < from-before })
	for _, h := range b.held {
		out.Stays[rule.MixKey{Inst: h.inst, Mdtrt: h.in.ID}] = &h.MixStay
	}
	b.hospitals(out)
	b.rows = nil
	return out, nil
}

func (b *book) grouper() *casemix.Grouper {
	if b.s.Grouping.Scheme == nil {
		return nil
	}
	return b.s.Grouping.Scheme.NewGrouper()
}

// hold groups a stay.
func (b *book) hold(g *casemix.Grouper, ins *pay.Insured, x *stays.Stay) *held {
	in := &area.Input{Case: x.Case, Inst: x.Inst, Level: x.Level, Insutype: x.Insutype, Month: x.Month.String(), Cost: pay.Fen(x.Cost), Fund: pay.Fen(x.Fund),
		Mode: x.PayMode, Disease: x.Disease, DaySurgery: x.DaySurgery}
	in.ID = strings.Clone(in.ID)
	h := &held{inst: x.Inst, insutype: x.Insutype, month: x.Month, in: in}
	s := b.s.Grouping.Stay(g, ins.Mode, in)
	h.Mode, h.Status, h.MDC, h.Group, h.Name, h.Ambiguous = ins.Mode, s.Status, s.MDC, s.Group, s.Name, s.Ambiguous
	h.Weight, h.Cost, h.Fund, h.Aux = int64(s.Weight), x.Cost, x.Fund, s.Aux
	h.Codes, h.Procs = in.Dx, in.Proc
	h.ADRG = adrgOf(h.Group, ins.Mode)
	if s.Group != "" {
		if ins.Mode == "DRG" {
			h.Counted = slices.Clone(g.Counted())
		} else {
			h.Counted = b.s.Grouping.Catalogue.Counted(&dip.Case{Case: in.Case, Cost: in.Cost, Inst: in.Inst, Level: in.Level})
		}
	}
	h.Ref = h
	return h
}

// adrgOf a group: the part before its severity. DIP rows have none.
func adrgOf(group, mode string) string {
	if mode == "DRG" && len(group) > 3 {
		return group[:3]
	}
	return group
}

func (h *held) row(x *stays.Stay) row {
	return row{inst: x.Inst, level: x.Level, insutype: x.Insutype, group: h.Group, adrg: h.ADRG, id: h.in.ID, month: x.Month, weight: h.Weight, cost: int64(x.Cost),
		fund: int64(x.Fund), payable: int64(h.Payable), los: x.LOS, grouped: h.Group != "" && !h.Ambiguous, ambiguous: h.Ambiguous, severe: len(h.Counted) > 0, asked: x.Asked}
}

// sort brings rows and stays into an order that depends on nothing but what they say.
func (b *book) sort() {
	slices.SortFunc(b.rows, func(x, y row) int {
		return cmp.Or(cmp.Compare(x.insutype, y.insutype), cmp.Compare(x.month, y.month), cmp.Compare(x.inst, y.inst), cmp.Compare(x.id, y.id))
	})
	slices.SortFunc(b.held, func(x, y *held) int {
		return cmp.Or(cmp.Compare(x.insutype, y.insutype), cmp.Compare(x.month, y.month), cmp.Compare(x.inst, y.inst), cmp.Compare(x.in.ID, y.in.ID))
	})
}

// payStay is the stay as pay sees it, in a group.
func (b *book) payStay(g *casemix.Grouper, in *area.Input) (pay.Stay, area.Grouped) {
	ins := b.s.Params.Insurance[in.Insutype]
	s := b.s.Grouping.Stay(g, ins.Mode, in)
	s.Special = b.special[in.ID]
	return s.Stay, s
}
