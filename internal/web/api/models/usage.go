package models

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/model/portrait"
	"github.com/mingjian/mingjian/internal/model/runs"
	"github.com/mingjian/mingjian/internal/model/worker"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
)

// usageKinds are what is watched, with the bounds of their list_type.
var usageKinds = map[string][2]float64{"drug": {101, 103}, "consumable": {301, 399}, "item": {201, 299}}

type usageOne struct {
	Item    string        `json:"hilist_code"`
	Months  *worker.Table `json:"months" doc:"近十二个月"`
	Insts   *worker.Table `json:"institutions" doc:"各机构用量、金额、均价"`
	Doctors *worker.Table `json:"doctors" doc:"金额最大的三十名医师"`
}

// usageOps adds the operations of the watch over what is used.
func (s *Service) usageOps(a *api.API, tags []string) {
	api.Add(a, huma.Operation{OperationID: "list-usage", Method: http.MethodGet, Path: "/api/models/usage", Summary: "药品、耗材、项目的使用情况：量、金额、增长、价格", Tags: tags, Errors: []int{429},
		Description: "近十二个月；now、before 为最近整月和上一月的金额（分）；price、low、high 为单价的中位数和两端（百万分之一元）；cnt 为万分之一。"}, api.Need{Any: look, Locals: true},
		func(ctx context.Context, in *struct {
			Kind  string `query:"kind" enum:"drug,consumable,item" default:"drug"`
			Limit int    `query:"limit" minimum:"1" maximum:"2000" default:"500"`
		}) (*api.Body[*worker.Table], error) {
			done, err := s.turn()
			if err != nil {
				return nil, err
			}
			defer done()
			views, err := runs.Views(ctx, s.Data, whose(api.ScopeOf(ctx)), runLimits)
			if err != nil {
				return nil, err
			}
			b := usageKinds[in.Kind]
			t, err := s.fixed(ctx, views, portrait.Statement("usage", ""), map[string]float64{"low": b[0], "high": b[1]}, nil, in.Limit)
			return &api.Body[*worker.Table]{Body: t}, err
		})
	api.Add(a, huma.Operation{OperationID: "get-usage", Method: http.MethodGet, Path: "/api/models/usage/{item}", Summary: "一个药品、耗材或项目：月度、机构、医师", Tags: tags, Errors: []int{404, 429}}, api.Need{Any: look, Locals: true},
		func(ctx context.Context, in *struct {
			Item string `path:"item" maxLength:"64"`
		}) (*api.Body[usageOne], error) {
			done, err := s.turn()
			if err != nil {
				return nil, err
			}
			defer done()
			views, err := runs.Views(ctx, s.Data, whose(api.ScopeOf(ctx)), runLimits)
			if err != nil {
				return nil, err
			}
			out := usageOne{Item: in.Item}
			bind := map[string]worker.Code{"item": {Column: "item", Text: in.Item}}
			for name, into := range map[string]**worker.Table{"usage_month": &out.Months, "usage_inst": &out.Insts, "usage_doctor": &out.Doctors} {
				if *into, err = s.fixed(ctx, views, portrait.Statement(name, ""), nil, bind, 1000); err != nil {
					return nil, err
				}
			}
			if len(out.Months.Rows) == 0 {
				return nil, web.NewProblem(http.StatusNotFound, web.CodeNotFound, "近一年没有用过 "+in.Item)
			}
			return &api.Body[usageOne]{Body: out}, nil
		})
}
