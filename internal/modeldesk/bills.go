package modeldesk

import (
	"context"
	"maps"
	"slices"

	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/model"
	"github.com/mingjian/mingjian/internal/model/runs"
	"github.com/mingjian/mingjian/internal/model/worker"
)

// mostWants rows of a sending have their lines looked up.
const mostWants = 20_000

// behind are the lines of the bills behind rows, by what each row asks for.
type behind struct {
	of    map[model.Want]*model.Bills
	names *model.Names
}

// bills looks up the lines of the bills behind what is to be sent, before the transaction: an institution answers by its lines, not by
// numbers of visits. A data directory without bills has none.
func (d *Desk) bills(ctx context.Context, s *Sending) (*behind, error) {
	out := &behind{of: map[model.Want]*model.Bills{}}
	if !lake.Exists(d.Data) {
		return out, nil
	}
	var wants []model.Want
	for i := range s.Result.Cases {
		if c := &s.Result.Cases[i]; len(s.Cases) == 0 || slices.Contains(s.Cases, c.ID) {
			parts, _ := s.split(c)
			for _, p := range parts {
				for k := range p.rows[:min(len(p.rows), mostProof)] {
					w, ok := p.rows[k].Wants(p.f.Month)
					if _, known := out.of[w]; ok && !known && len(wants) < mostWants {
						wants, out.of[w] = append(wants, w), nil
					}
				}
			}
		}
	}
	if len(wants) == 0 {
		return out, nil
	}
	views, err := runs.Views(ctx, d.Data, worker.Scope{}, d.Limits)
	if err != nil {
		return nil, err
	}
	a, err := worker.Run(ctx, worker.Job{Kind: "bills", Data: d.Data, Views: views, Wants: wants, Limits: d.Limits})
	if err != nil {
		return nil, err
	}
	for i := range a.Bills.Of {
		if a.Bills.Of[i].N > 0 {
			out.of[wants[i]] = &a.Bills.Of[i]
		}
	}
	out.names = a.Bills.Names
	return out, nil
}

// put gives rows of a finding the lines behind them, and adds their names.
func (b *behind) put(rows []model.Row, month string, names *model.Names) *model.Names {
	for i := range rows {
		if w, ok := rows[i].Wants(month); ok {
			rows[i].Bills = b.of[w]
		}
	}
	if b.names == nil {
		return names
	}
	all := &model.Names{Insts: map[string]string{}, Doctors: map[string]string{}, Items: map[string]string{}}
	maps.Copy(all.Doctors, b.names.Doctors) // none of a kind is nil
	maps.Copy(all.Items, b.names.Items)
	if names != nil {
		all.Insts = names.Insts
		maps.Copy(all.Doctors, names.Doctors)
		maps.Copy(all.Items, names.Items)
	}
	return all.Of(rows)
}
