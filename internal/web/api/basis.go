package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/govern"
)

func (a *API) basis() {
	tags := []string{"依据"}
	Add(a, huma.Operation{OperationID: "find-basis", Method: http.MethodGet, Path: "/api/rules/basis", Summary: "哪些规则、知识点、疑点依据一份文件", Tags: tags}, Need{Any: []auth.Permission{auth.ReadFindings}},
		func(ctx context.Context, in *struct {
			Text string `query:"text" required:"true" maxLength:"200" doc:"文号或文件名，至少 4 个字"`
		}) (*Body[*govern.Resting], error) {
			out, _, err := a.Rules().Rests(ctx, in.Text, a.Base())
			return &Body[*govern.Resting]{out}, err
		})
	Add(a, huma.Operation{OperationID: "list-withdrawn-bases", Method: http.MethodGet, Path: "/api/rules/basis/withdrawn", Summary: "登记过废止的依据，和今天还写着它的规则、知识点数", Tags: tags}, Need{Any: []auth.Permission{auth.ReadFindings}},
		func(ctx context.Context, _ *struct{}) (*Body[List[govern.Gone]], error) {
			items, err := a.Rules().Withdrawn(ctx, a.Base())
			return &Body[List[govern.Gone]]{List[govern.Gone]{Items: items}}, err
		})
	Add(a, huma.Operation{OperationID: "withdraw-basis", Method: http.MethodPost, Path: "/api/rules/basis/withdrawn", Summary: "登记依据废止，生成待办", Tags: tags,
		Description: "规则和疑点不自动改，由人办理。"}, Need{Any: whole},
		func(ctx context.Context, in *struct {
			Body struct {
				Basis string `json:"basis" minLength:"4" maxLength:"200"`
				Why   string `json:"why,omitempty" maxLength:"2000"`
			}
		}) (*Body[*govern.Resting], error) {
			out, err := a.Rules().WithdrawBasis(ctx, Who(ctx), in.Body.Basis, in.Body.Why, a.Base())
			return &Body[*govern.Resting]{out}, err
		})
}
