package reviewapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/web/api"
)

type reviewTie struct {
	ID        string `json:"tie_id"`
	Login     string `json:"login"`
	Name      string `json:"name"`
	Inst      string `json:"fixmedins_code"`
	InstName  string `json:"fixmedins_name"`
	Kind      string `json:"kind" doc:"任职 离职 亲属 其他"`
	Until     string `json:"until" doc:"离职日"`
	Lapses    string `json:"lapses" doc:"离职的回避到哪一天"`
	Note      string `json:"note"`
	MadeBy    string `json:"made_by"`
	MadeAt    string `json:"made_at"`
	EndedBy   string `json:"ended_by"`
	EndedAt   string `json:"ended_at" doc:"空为还在"`
	EndReason string `json:"end_reason"`
	Version   int64  `json:"version"`
}

type judge struct {
	Login string `json:"login"`
	Name  string `json:"name"`
	Roles string `json:"roles"`
}

func tieOf(t *review.TieView) reviewTie {
	return reviewTie{t.ID, t.Login, t.Name, t.Inst, t.InstName, t.Kind, day(t.UntilDay), day(int64(t.Lapses)), t.Note, t.MadeBy, api.Moment(t.MadeAt), t.EndedBy, api.Moment(t.EndedAt), t.EndReason, t.Version}
}

// dayIn reads a civil day that may be left out.
func dayIn(s string) (claim.Day, error) {
	if s == "" {
		return 0, nil
	}
	return claim.ParseDay(s)
}

func (g *group) ties() {
	need := office(auth.PanelReview, auth.Confirm, auth.FirstReview, auth.SecondReview, auth.Inspect)
	api.Add(g.API, huma.Operation{OperationID: "panel-judges", Method: http.MethodGet, Path: "/api/review/judges", Summary: "办理疑点的人，登记回避关系用", Tags: tags}, office(auth.Confirm),
		func(ctx context.Context, _ *struct{}) (*api.Body[api.List[judge]], error) {
			us, err := g.Desk.Judges(ctx, api.Who(ctx))
			out := &api.Body[api.List[judge]]{Body: api.List[judge]{Items: []judge{}}}
			for i := range us {
				out.Body.Items = append(out.Body.Items, judge{us[i].Login, us[i].Name, strings.Join(us[i].Roles, "、")})
			}
			return out, err
		})
	api.Add(g.API, huma.Operation{OperationID: "panel-ties", Method: http.MethodGet, Path: "/api/review/ties", Summary: "回避关系", Tags: tags, Description: "终审看到全部，别人只看到自己的。有关系的人在初审、复审、合议、终审都不能办这家机构的疑点。"}, need,
		func(ctx context.Context, in *struct {
			api.Paging
			Login string `query:"login" maxLength:"64"`
			Inst  string `query:"fixmedins_code" maxLength:"32"`
			Ended bool   `query:"ended" doc:"连已结束的"`
		}) (*api.Body[api.List[reviewTie]], error) {
			ts, err := g.Desk.Ties(ctx, api.Who(ctx), in.Login, in.Inst, in.Ended, in.Page())
			return api.Paged(ts, in.Paging, func(t *review.TieView) string { return t.ID }, tieOf), err
		})
	api.Add(g.API, huma.Operation{OperationID: "panel-tie", Method: http.MethodPost, Path: "/api/review/ties", Summary: "登记回避关系", Tags: tags, Errors: errs}, need,
		func(ctx context.Context, in *struct {
			Body struct {
				Login string `json:"login"`
				Inst  string `json:"fixmedins_code" maxLength:"32"`
				Kind  string `json:"kind" doc:"任职 离职 亲属 其他"`
				Until string `json:"until,omitempty" maxLength:"10" doc:"离职日"`
				Note  string `json:"note,omitempty" maxLength:"500"`
			}
		}) (*api.Body[panelNothing], error) {
			b := &in.Body
			until, err := dayIn(b.Until)
			if err != nil {
				return nil, err
			}
			n := review.NewTie{Login: b.Login, Inst: b.Inst, Kind: b.Kind, Until: until, Note: b.Note}
			return &api.Body[panelNothing]{Body: panelNothing{true}}, g.Desk.AddTie(ctx, api.Who(ctx), n)
		})
	api.Add(g.API, huma.Operation{OperationID: "panel-tie-end", Method: http.MethodPost, Path: "/api/review/ties/{id}/end", Summary: "结束回避关系", Tags: tags, Errors: errs,
		Description: "任职结束写离职日，从那天起按离职回避；别的由终审结束并写明理由，本人不能结束自己的。"}, need,
		func(ctx context.Context, in *struct {
			PaperID
			api.Matched
			Body struct {
				Until  string `json:"until,omitempty" maxLength:"10" doc:"离职日"`
				Reason string `json:"reason,omitempty" maxLength:"500"`
			}
		}) (*api.Body[panelNothing], error) {
			v, err := in.Version()
			if err != nil {
				return nil, err
			}
			left, err := dayIn(in.Body.Until)
			if err != nil {
				return nil, err
			}
			err = g.Desk.EndTie(ctx, api.Who(ctx), review.EndTieInput{ID: in.ID, Version: v, Left: left, Reason: in.Body.Reason})
			return &api.Body[panelNothing]{Body: panelNothing{true}}, err
		})
}
