// Package area runs a pooling area's year: stays into groups by the scheme or catalogue in force, groups into money by
// the area's parameters, months and clearing by hospital, and the same with other parameters beside it.
//
// It only joins: grouping is in casemix and casemix/dip, money in casemix/pay, facts come from casemix/stays or a list.
package area

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/mingjian/mingjian/internal/casemix"
	"github.com/mingjian/mingjian/internal/casemix/dip"
	"github.com/mingjian/mingjian/internal/casemix/pay"
)

// Input is one stay with its money.
type Input struct {
	casemix.Case
	Inst, Level, Insutype, Month string
	Cost, Fund                   pay.Fen
	Mode                         int8
	Disease                      string
	DaySurgery                   bool
}

// Grouping is what stays are grouped by. DRG parameters need Scheme and Weights, DIP parameters Catalogue.
type Grouping struct {
	Scheme    *casemix.Scheme
	Weights   map[string]pay.Weight
	Catalogue *dip.Catalogue
}

// Grouped is a stay ready to be paid.
type Grouped struct {
	pay.Stay
	Status string
	MDC    string
	Mean   pay.Fen     // mean cost of the group
	MeanLO pay.Decimal // mean length of stay
	Aux    string      // DIP: the auxiliary grade that applied
	AuxBy  pay.Decimal // its coefficient, 0 = none
}

// Run is the year of an area.
type Run struct {
	Params   *pay.Params
	Insured  map[string]*Result // by insurance type
	Left     map[string]int     // stays of insurance types without parameters, by type
	LeftAt   map[Spot]int       // the same by hospital and month
	Grouping string             // what grouped them
}

// Spot is a hospital in a month, yyyy-MM.
type Spot struct{ Inst, Month string }

// Result of one insurance type.
type Result struct {
	Stays    []Grouped
	Priced   []pay.Priced // row-aligned with Stays
	Rate     pay.Rate
	Accounts []pay.Account
}

// Options of a run.
type Options struct {
	Special map[string]*pay.Special // granted special cases, by case
	Scores  map[string]int          // assessment points, by institution
}

// Do groups and pays.
func Do(p *pay.Params, g *Grouping, inputs []Input, opt Options) (*Run, error) {
	run := &Run{Params: p, Insured: map[string]*Result{}, Left: map[string]int{}, LeftAt: map[Spot]int{}}
	grouper, err := g.forParams(p)
	if err != nil {
		return nil, err
	}
	for i := range inputs {
		in := &inputs[i]
		ins := p.Insurance[in.Insutype]
		if ins == nil {
			run.Left[in.Insutype]++
			run.LeftAt[Spot{in.Inst, in.Month}]++
			continue
		}
		r := run.Insured[in.Insutype]
		if r == nil {
			r = &Result{}
			run.Insured[in.Insutype] = r
		}
		s := g.Stay(grouper, ins.Mode, in)
		s.Special = opt.Special[in.ID]
		r.Stays = append(r.Stays, s)
	}
	for k, r := range run.Insured {
		ins := p.Insurance[k]
		slices.SortStableFunc(r.Stays, func(x, y Grouped) int {
			return cmp.Or(cmp.Compare(x.Month, y.Month), cmp.Compare(x.Inst, y.Inst), cmp.Compare(x.ID, y.ID))
		})
		plain := make([]pay.Stay, len(r.Stays))
		for i := range r.Stays {
			plain[i] = r.Stays[i].Stay
		}
		r.Priced, r.Rate = ins.PriceAll(plain)
		r.Accounts = ins.Year(k, r.Priced, opt.Scores)
	}
	return run, nil
}

// Fits tells whether it holds what the parameters ask for.
func (g *Grouping) Fits(p *pay.Params) error {
	_, err := g.forParams(p)
	return err
}

func (g *Grouping) forParams(p *pay.Params) (*casemix.Grouper, error) {
	for _, k := range slices.Sorted(maps.Keys(p.Insurance)) {
		switch i := p.Insurance[k]; {
		case i.Mode == "DRG" && (g.Scheme == nil || g.Weights == nil):
			return nil, fmt.Errorf("险种 %s 按 DRG 付费，要有分组方案和权重表（weights.csv）", k)
		case i.Mode == "DIP" && g.Catalogue == nil:
			return nil, fmt.Errorf("险种 %s 按 DIP 付费，要有病种目录", k)
		}
	}
	if g.Scheme == nil {
		return nil, nil
	}
	return g.Scheme.NewGrouper(), nil
}

// Stay groups one stay for an insurance type of the mode (DRG, DIP).
func (g *Grouping) Stay(gr *casemix.Grouper, mode string, in *Input) Grouped {
	s := Grouped{Stay: pay.Stay{ID: in.ID, Inst: in.Inst, Level: in.Level, Insutype: in.Insutype, Month: in.Month, Cost: in.Cost, Fund: in.Fund, LOS: in.LOS,
		Mode: in.Mode, Disease: in.Disease, DaySurgery: in.DaySurgery}}
	if mode == "DIP" {
		r := g.Catalogue.Group(&dip.Case{Case: in.Case, Cost: in.Cost, Inst: in.Inst, Level: in.Level})
		s.Status = r.Status()
		if r.Row != nil {
			s.Group, s.Name, s.Weight, s.Adjust, s.Mean = r.Row.Code, r.Row.Name, r.Row.Score, r.Adjust(), r.Row.Mean
			if r.Aux != nil {
				s.Aux, s.AuxBy = r.Aux.Kind+" "+r.Aux.Grade, r.Aux.Coefficient
			}
		}
		return s
	}
	r := gr.Group(&in.Case)
	s.Status, s.MDC = r.String(), r.MDC
	if r.Status == casemix.Grouped {
		s.Group, s.Name, s.Ambiguous = r.DRG, r.Name, r.Ambiguous()
		w := g.Weights[r.DRG]
		s.Weight, s.Mean, s.MeanLO = w.Weight, w.Mean, w.LOS
	}
	return s
}
