package reviewapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/web/api"
)

// money are the steps of one case that move money.
func (g *group) money() {
	type payBody struct {
		Kind   string `json:"kind" maxLength:"32" doc:"收付的种类，见 /api/review/flow 的 pays"`
		Amount int64  `json:"amount_fen,omitempty" minimum:"0" doc:"0 为全部"`
		Doc    string `json:"doc" maxLength:"200" doc:"凭证号"`
	}
	api.Add(g.API, huma.Operation{OperationID: "review-pay", Method: http.MethodPost, Path: "/api/review/findings/{id}/pay", Summary: "记收付", Tags: tags, Errors: errs}, office(auth.Execute),
		func(ctx context.Context, in *struct {
			FindingID
			api.Matched
			Body payBody
		}) (*api.Tagged[reviewDone], error) {
			r, err := ref(in.ID, in.Matched)
			if err != nil {
				return nil, err
			}
			return g.done(g.Desk.Pay(ctx, api.Who(ctx), review.PayInput{Ref: r, Kind: in.Body.Kind, Amount: in.Body.Amount, Doc: in.Body.Doc}))
		})
	api.Add(g.API, huma.Operation{OperationID: "review-breach", Method: http.MethodPost, Path: "/api/review/findings/{id}/breach", Summary: "收违约金", Tags: tags, Errors: errs}, office(auth.Confirm),
		func(ctx context.Context, in *struct {
			FindingID
			api.Matched
			Body struct {
				Words
				Amount int64  `json:"amount_fen" minimum:"1"`
				Doc    string `json:"doc" maxLength:"200"`
			}
		}) (*api.Tagged[reviewDone], error) {
			r, err := ref(in.ID, in.Matched)
			if err != nil {
				return nil, err
			}
			return g.done(g.Desk.ChargeBreach(ctx, api.Who(ctx), review.BreachInput{Ref: r, Say: in.Body.say(), Amount: in.Body.Amount, Doc: in.Body.Doc}))
		})
	api.Add(g.API, huma.Operation{OperationID: "review-admin-close", Method: http.MethodPost, Path: "/api/review/findings/{id}/admin-close", Summary: "行政办结", Tags: tags, Errors: errs}, office(auth.Inspect),
		func(ctx context.Context, in *struct {
			FindingID
			api.Matched
			Body struct {
				Words
				Charged bool   `json:"charged" doc:"行政自己追回"`
				Fine    int64  `json:"fine_fen,omitempty" minimum:"0"`
				Doc     string `json:"doc" maxLength:"200"`
			}
		}) (*api.Tagged[reviewDone], error) {
			r, err := ref(in.ID, in.Matched)
			if err != nil {
				return nil, err
			}
			return g.done(g.Desk.AdminClose(ctx, api.Who(ctx), review.AdminInput{Ref: r, Say: in.Body.say(), Charged: in.Body.Charged, Fine: in.Body.Fine, Doc: in.Body.Doc}))
		})
}
