package reviewapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web/api"
)

type panelItem struct {
	ID         string `json:"panel_id"`
	Rule       string `json:"rule_id"`
	State      string `json:"state" doc:"评议中 已结论"`
	Chair      string `json:"chair"`
	ConvenedBy string `json:"convened_by"`
	ConvenedAt string `json:"convened_at"`
	Minutes    string `json:"minutes"`
	DecidedAt  string `json:"decided_at"`
	Version    int64  `json:"version"`
}

func panelOf(p *store.Panel) panelItem {
	return panelItem{p.ID, p.Rule, p.State, p.Chair, p.ConvenedBy, api.Moment(p.ConvenedAt), p.Minutes, api.Moment(p.DecidedAt), p.Version}
}

// panelLine is a panel in a list.
type panelLine struct {
	PanelHead
	RuleName string `json:"rule_name"`
	Cases    int    `json:"cases"`
	Open     int    `json:"open" doc:"还没有结论的"`
	ToVote   int    `json:"to_vote" doc:"等您表决的；只对专家"`
	Due      string `json:"due"`
	DaysLeft int    `json:"days_left"`
}

func (g *group) lineOf(p *review.PanelRow) panelLine {
	out := panelLine{PanelHead: PanelHead(panelOf(&p.Panel)), RuleName: p.RuleName, Cases: p.Cases, Open: p.Open, ToVote: p.ToVote, Due: day(p.DueDay)}
	if p.DueDay > 0 {
		out.DaysLeft = g.Desk.DaysLeft(p.DueDay)
	}
	return out
}

type panelMember struct {
	Login   string `json:"login"`
	Recused string `json:"recused" doc:"回避的理由；空为在席"`
}

type panelCase struct {
	ID      string       `json:"finding_id"`
	Inst    string       `json:"fixmedins_code"`
	Name    string       `json:"fixmedins_name"`
	Rule    string       `json:"rule_name"`
	Text    string       `json:"vola_cont"`
	Due     string       `json:"due"`
	Left    int          `json:"days_left"`
	Month   string       `json:"month"`
	State   string       `json:"state"`
	Claim   int64        `json:"claim_fen"`
	Charged int64        `json:"charged_fen"`
	Verdict string       `json:"verdict"`
	Voted   int          `json:"voted"`
	Votes   []reviewVote `json:"votes" doc:"结论之前只有自己的一票"`
	Version int64        `json:"version"`
}

type panelWhole struct {
	PanelHead
	Members []panelMember `json:"members"`
	Cases   []panelCase   `json:"cases"`
}

// PanelHead is what a list says of a panel.
type PanelHead panelItem

type panelExpert struct {
	Login string `json:"login"`
	Name  string `json:"name"`
	Until string `json:"until" doc:"聘期到哪一天"`
	Why   string `json:"why" doc:"不能评议的原因；空为可以"`
}

type panelExperts struct {
	Items []panelExpert `json:"items"`
}

type panelNothing struct {
	OK bool `json:"ok"`
}

func (g *group) panels() {
	api.Add(g.API, huma.Operation{OperationID: "panels", Method: http.MethodGet, Path: "/api/review/panels", Summary: "合议", Tags: tags, Description: "专家只看到自己在席的；以往的合议可按规则查。"}, office(auth.ReadFindings),
		func(ctx context.Context, in *struct {
			api.Paging
			State string `query:"state" maxLength:"16"`
			Rule  string `query:"rule_id" maxLength:"32"`
		}) (*api.Body[api.List[panelLine]], error) {
			ps, err := g.Desk.PanelsPage(ctx, api.Who(ctx), in.State, in.Rule, in.Page())
			return api.Paged(ps, in.Paging, func(p *review.PanelRow) string { return p.ID }, g.lineOf), err
		})
	api.Add(g.API, huma.Operation{OperationID: "panel", Method: http.MethodGet, Path: "/api/review/panels/{id}", Summary: "一次合议：成员、疑点、表决、纪要", Tags: tags, Errors: []int{404}}, office(auth.ReadFindings),
		func(ctx context.Context, in *PaperID) (*api.Tagged[panelWhole], error) {
			x, err := g.Desk.OpenPanel(ctx, api.Who(ctx), in.ID)
			if err != nil {
				return nil, err
			}
			out := panelWhole{PanelHead: PanelHead(panelOf(&x.Panel)), Members: []panelMember{}, Cases: []panelCase{}}
			for _, m := range x.Members {
				out.Members = append(out.Members, panelMember{m.Login, m.Recused})
			}
			for _, c := range x.Cases {
				it := x.Items[c.Finding]
				pc := panelCase{c.Finding, c.Inst, x.Names[c.Inst], it.RuleName, it.Cont, day(c.DueDay), 0, c.Month, c.State, c.Claim, c.Charged, c.Verdict, x.Voted[c.Finding], []reviewVote{}, c.Version}
				if c.DueDay > 0 {
					pc.Left = g.Desk.DaysLeft(c.DueDay)
				}
				for _, v := range x.Votes {
					if v.Finding == c.Finding {
						pc.Votes = append(pc.Votes, reviewVote{v.Login, v.Vote, v.Upheld, v.Opinion, api.Moment(v.At)})
					}
				}
				out.Cases = append(out.Cases, pc)
			}
			return api.Tag(x.Panel.Version, out), nil
		})
	api.Add(g.API, huma.Operation{OperationID: "panel-experts", Method: http.MethodGet, Path: "/api/review/experts", Summary: "谁可以合议这些疑点", Tags: tags, Errors: []int{404}}, office(auth.SecondReview, auth.Confirm),
		func(ctx context.Context, in *struct {
			Cases []string `query:"finding_id" maxItems:"100"`
		}) (*api.Body[panelExperts], error) {
			xs, err := g.Desk.Experts(ctx, api.Who(ctx), in.Cases)
			out := panelExperts{[]panelExpert{}}
			for _, x := range xs {
				out.Items = append(out.Items, panelExpert{x.Login, x.Name, day(int64(x.Until)), x.Why})
			}
			return &api.Body[panelExperts]{Body: out}, err
		})
	type caseRef struct {
		ID      string `json:"finding_id"`
		Version int64  `json:"version"`
	}
	api.Add(g.API, huma.Operation{OperationID: "panel-convene", Method: http.MethodPost, Path: "/api/review/panels", Summary: "召集合议", Tags: tags, Errors: errs, DefaultStatus: http.StatusCreated}, office(auth.SecondReview, auth.Confirm),
		func(ctx context.Context, in *struct {
			Body struct {
				Cases   []caseRef `json:"cases" maxItems:"500"`
				Members []string  `json:"members" maxItems:"15"`
				Chair   string    `json:"chair"`
			}
		}) (*api.Tagged[panelItem], error) {
			x := review.ConveneInput{Members: in.Body.Members, Chair: in.Body.Chair}
			for _, c := range in.Body.Cases {
				x.Cases = append(x.Cases, review.Ref{ID: c.ID, Version: c.Version})
			}
			p, err := g.Desk.Convene(ctx, api.Who(ctx), x)
			if err != nil {
				return nil, err
			}
			return api.Tag(p.Version, panelOf(p)), nil
		})
	api.Add(g.API, huma.Operation{OperationID: "panel-vote", Method: http.MethodPost, Path: "/api/review/panels/{id}/votes", Summary: "表决", Tags: tags, Errors: errs}, office(auth.PanelReview),
		func(ctx context.Context, in *struct {
			PaperID
			Body struct {
				Finding string `json:"finding_id"`
				Vote    string `json:"vote" doc:"违规 不违规 部分违规"`
				Upheld  int64  `json:"upheld_fen,omitempty"`
				Opinion string `json:"opinion" maxLength:"4000"`
			}
		}) (*api.Body[panelNothing], error) {
			b := &in.Body
			err := g.Desk.Vote(ctx, api.Who(ctx), review.Ballot{Panel: in.ID, ID: b.Finding, Vote: b.Vote, Upheld: b.Upheld, Opinion: b.Opinion})
			return &api.Body[panelNothing]{Body: panelNothing{true}}, err
		})
	api.Add(g.API, huma.Operation{OperationID: "panel-recuse", Method: http.MethodPost, Path: "/api/review/panels/{id}/recuse", Summary: "回避", Tags: tags, Errors: errs}, office(auth.PanelReview, auth.SecondReview, auth.Confirm),
		func(ctx context.Context, in *struct {
			PaperID
			Body struct {
				Login   string `json:"login"`
				Reason  string `json:"reason" maxLength:"2000"`
				Instead string `json:"instead,omitempty" doc:"谁来接替"`
			}
		}) (*api.Body[panelNothing], error) {
			who := api.Who(ctx)
			if _, err := g.Desk.OpenPanel(ctx, who, in.ID); err != nil {
				return nil, err
			}
			err := g.Desk.Recuse(ctx, who, in.ID, in.Body.Login, in.Body.Reason, in.Body.Instead)
			return &api.Body[panelNothing]{Body: panelNothing{true}}, err
		})
	api.Add(g.API, huma.Operation{OperationID: "panel-term", Method: http.MethodPost, Path: "/api/review/experts/{login}/term", Summary: "聘任专家", Tags: tags, Errors: errs}, office(auth.Confirm),
		func(ctx context.Context, in *struct {
			Login string `path:"login" maxLength:"64"`
			Body  struct {
				From  string `json:"from" maxLength:"10"`
				Until string `json:"until" maxLength:"10"`
			}
		}) (*api.Body[panelNothing], error) {
			from, err := claim.ParseDay(in.Body.From)
			if err != nil {
				return nil, err
			}
			until, err := claim.ParseDay(in.Body.Until)
			if err == nil {
				err = g.Desk.SetTerm(ctx, api.Who(ctx), in.Login, from, until)
			}
			return &api.Body[panelNothing]{Body: panelNothing{true}}, err
		})
}
