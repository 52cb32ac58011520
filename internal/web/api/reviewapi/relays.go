package reviewapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web/api"
)

type reviewRelay struct {
	ID       string `json:"relay_id"`
	Finding  string `json:"finding_id"`
	Dept     string `json:"dept"`
	Login    string `json:"login"`
	Asks     string `json:"asks"`
	Due      string `json:"due" doc:"院内期限，不晚于对外期限"`
	DaysLeft int    `json:"days_left" doc:"离院内期限的工作日；负数为已超期"`
	State    string `json:"state" doc:"待答 已答"`
	Reply    string `json:"reply"`
	By       string `json:"asked_by"`
	At       string `json:"asked_at"`
	Version  int64  `json:"version"`
}

func (g *group) relayOf(r *store.Relay) reviewRelay {
	return reviewRelay{r.ID, r.Finding, r.Dept, r.Login, r.Asks, day(r.DueDay), g.Desk.DaysLeft(r.DueDay), r.State, r.Reply, r.AskedBy, api.Moment(r.AskedAt), r.Version}
}

// RelayHead is a question.
type RelayHead reviewRelay

// relayItem is a question with what it is about.
type relayItem struct {
	RelayHead
	Rule     string `json:"rule_id"`
	RuleName string `json:"rule_name"`
	Text     string `json:"vola_cont"`
	Mdtrt    string `json:"mdtrt_id"`
	Charged  int64  `json:"charged_fen"`
	Case     string `json:"case_state" doc:"疑点现在的状态"`
	OuterDue string `json:"outer_due" doc:"机构对外的期限"`
}

type relayList struct {
	Items []relayItem `json:"items"`
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
	api.Add(g.API, huma.Operation{OperationID: "relays", Method: http.MethodGet, Path: "/api/review/relays", Summary: "院内转给我的，或我转出的", Tags: tags}, outside(auth.Reply),
		func(ctx context.Context, in *struct {
			State string `query:"state" maxLength:"16" doc:"待答 已答"`
			Asked bool   `query:"asked" doc:"我转出的"`
		}) (*api.Body[relayList], error) {
			read := g.Desk.Relayed
			if in.Asked {
				read = g.Desk.Asked
			}
			rs, err := read(ctx, api.Who(ctx), in.State)
			out := relayList{[]relayItem{}}
			for i := range rs {
				x := &rs[i].Item
				out.Items = append(out.Items, relayItem{RelayHead(g.relayOf(&rs[i].Relay)), x.Rule, x.RuleName, x.Cont, x.Mdtrt, x.Charged, x.State, day(x.DueDay)})
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
			return api.Tag(r.Version, g.relayOf(r)), nil
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
