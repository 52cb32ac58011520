package reviewapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/web/api"
)

type relayList struct {
	Items []reviewRelay `json:"items"`
}

type relayPerson struct {
	Login string `json:"login"`
	Name  string `json:"name"`
	Roles string `json:"roles"`
}

type relayPeople struct {
	Items []relayPerson `json:"items"`
}

func (g *group) relays() {
	api.Add(g.API, huma.Operation{OperationID: "relays", Method: http.MethodGet, Path: "/api/review/relays", Summary: "院内转给我的", Tags: tags}, outside(auth.Reply),
		func(ctx context.Context, in *struct {
			State string `query:"state" maxLength:"16" doc:"待答 已答"`
		}) (*api.Body[relayList], error) {
			rs, err := g.Desk.Relayed(ctx, api.Who(ctx), in.State)
			out := relayList{[]reviewRelay{}}
			for i := range rs {
				out.Items = append(out.Items, relayOf(&rs[i]))
			}
			return &api.Body[relayList]{Body: out}, err
		})
	api.Add(g.API, huma.Operation{OperationID: "relay-people", Method: http.MethodGet, Path: "/api/review/colleagues", Summary: "本机构可以转给谁", Tags: tags}, outside(auth.Reply),
		func(ctx context.Context, _ *struct{}) (*api.Body[relayPeople], error) {
			us, err := g.Desk.Colleagues(ctx, api.Who(ctx))
			out := relayPeople{[]relayPerson{}}
			for _, u := range us {
				out.Items = append(out.Items, relayPerson{u.Login, u.Name, strings.Join(u.Roles, "、")})
			}
			return &api.Body[relayPeople]{Body: out}, err
		})
	api.Add(g.API, huma.Operation{OperationID: "relay", Method: http.MethodPost, Path: "/api/review/findings/{id}/relay", Summary: "院内转办：医保办→科室→医生", Tags: tags, Errors: errs}, outside(auth.Reply),
		func(ctx context.Context, in *struct {
			FindingID
			Body struct {
				Dept  string `json:"dept,omitempty" maxLength:"64"`
				Login string `json:"login" maxLength:"64"`
				Asks  string `json:"asks,omitempty" maxLength:"2000"`
				Days  int    `json:"days,omitempty" minimum:"0" maximum:"30"`
			}
		}) (*api.Tagged[reviewRelay], error) {
			b := &in.Body
			r, err := g.Desk.Relay(ctx, api.Who(ctx), review.RelayInput{ID: in.ID, Dept: b.Dept, Login: b.Login, Asks: b.Asks, Days: b.Days})
			if err != nil {
				return nil, err
			}
			return api.Tag(r.Version, relayOf(r)), nil
		})
	api.Add(g.API, huma.Operation{OperationID: "relay-answer", Method: http.MethodPost, Path: "/api/review/relays/{id}/answer", Summary: "院内答复", Tags: tags, Errors: errs}, outside(auth.Reply),
		func(ctx context.Context, in *struct {
			PaperID
			api.Matched
			Body struct {
				Reply string `json:"reply" maxLength:"4000"`
			}
		}) (*api.Body[panelNothing], error) {
			v, err := in.Version()
			if err == nil {
				err = g.Desk.AnswerRelay(ctx, api.Who(ctx), in.ID, v, in.Body.Reply)
			}
			return &api.Body[panelNothing]{Body: panelNothing{true}}, err
		})
}
