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

// PaperID names a package or notice in an address.
type PaperID struct {
	ID string `path:"id" maxLength:"64"`
}

type packageIn struct {
	PaperID
	api.Matched
	Body Words
}

func (g *group) packages() {
	api.Add(g.API, huma.Operation{OperationID: "review-packages", Method: http.MethodGet, Path: "/api/review/packages", Summary: "疑点包：按机构、规则、月份发出的", Tags: tags}, look,
		func(ctx context.Context, in *struct {
			api.Paging
			State string `query:"state" maxLength:"16"`
			Inst  string `query:"fixmedins_code" maxLength:"32"`
			Rule  string `query:"rule_id" maxLength:"32"`
		}) (*api.Body[api.List[reviewPackage]], error) {
			who := api.Who(ctx)
			ps, err := g.Desk.PackagesPage(ctx, who, in.State, in.Inst, in.Rule, in.Page())
			if err != nil {
				return nil, err
			}
			names, err := g.packageNames(ctx, ps)
			return api.Paged(ps, in.Paging, func(p *store.Package) string { return p.ID }, func(p *store.Package) reviewPackage { return packageOf(p, names, who.Outside()) }), err
		})
	api.Add(g.API, huma.Operation{OperationID: "review-pack", Method: http.MethodPost, Path: "/api/review/packages", Summary: "组包", Tags: tags, Description: "把保留的疑点按机构、规则、月份组包；不到起点金额的留到年末。", Errors: errs}, office(auth.Dispatch),
		func(ctx context.Context, in *struct {
			Body struct {
				Year string `json:"year,omitempty" maxLength:"4" doc:"年末并包的年份"`
			}
		}) (*api.Body[api.List[reviewPackage]], error) {
			ps, err := g.Desk.Pack(ctx, api.Who(ctx), in.Body.Year)
			if err != nil {
				return nil, err
			}
			names, err := g.packageNames(ctx, ps)
			return api.Paged(ps, api.Paging{Limit: len(ps)}, func(p *store.Package) string { return p.ID }, func(p *store.Package) reviewPackage { return packageOf(p, names, false) }), err
		})
	api.Add(g.API, huma.Operation{OperationID: "review-package", Method: http.MethodGet, Path: "/api/review/packages/{id}", Summary: "一个疑点包", Tags: tags, Errors: []int{404}}, look,
		func(ctx context.Context, in *PaperID) (*api.Tagged[reviewPackage], error) {
			p, err := g.Desk.OpenPackage(ctx, api.Who(ctx), in.ID)
			return g.packageDone(ctx, p, err)
		})
	api.Add(g.API, huma.Operation{OperationID: "review-send", Method: http.MethodPost, Path: "/api/review/packages/{id}/send", Summary: "发出疑点包", Tags: tags, Errors: errs}, office(auth.Dispatch),
		func(ctx context.Context, in *struct {
			PaperID
			api.Matched
		}) (*api.Tagged[reviewPackage], error) {
			v, err := in.Version()
			if err != nil {
				return nil, err
			}
			p, err := g.Desk.Send(ctx, api.Who(ctx), review.PackRef{ID: in.ID, Version: v})
			return g.packageDone(ctx, p, err)
		})
	api.Add(g.API, huma.Operation{OperationID: "review-recall", Method: http.MethodPost, Path: "/api/review/packages/{id}/recall", Summary: "整包撤回误发的", Tags: tags, Errors: errs}, office(auth.Confirm),
		func(ctx context.Context, in *packageIn) (*api.Tagged[reviewPackage], error) {
			v, err := in.Version()
			if err != nil {
				return nil, err
			}
			p, err := g.Desk.Recall(ctx, api.Who(ctx), review.PackRef{ID: in.ID, Version: v}, in.Body.say())
			return g.packageDone(ctx, p, err)
		})
	type accepted struct {
		Accepted int `json:"accepted"`
	}
	api.Add(g.API, huma.Operation{OperationID: "review-accept-package", Method: http.MethodPost, Path: "/api/review/packages/{id}/accept", Summary: "整包认可", Tags: tags, Errors: errs}, outside(auth.Appeal),
		func(ctx context.Context, in *packageIn) (*api.Body[accepted], error) {
			v, err := in.Version()
			if err != nil {
				return nil, err
			}
			n, err := g.Desk.AcceptPackage(ctx, api.Who(ctx), review.PackRef{ID: in.ID, Version: v}, in.Body.say())
			return &api.Body[accepted]{Body: accepted{n}}, err
		})
	g.notices()
}

func (g *group) packageNames(ctx context.Context, ps []store.Package) (map[string]string, error) {
	var codes []string
	for i := range ps {
		codes = append(codes, ps[i].Inst)
	}
	return g.Desk.Names(ctx, codes)
}

func (g *group) packageDone(ctx context.Context, p *store.Package, err error) (*api.Tagged[reviewPackage], error) {
	if err != nil {
		return nil, err
	}
	names, err := g.Desk.Names(ctx, []string{p.Inst})
	if err != nil {
		return nil, err
	}
	return api.Tag(p.Version, packageOf(p, names, api.Who(ctx).Outside())), nil
}

type reviewDelivered struct {
	ID string `json:"notice_id"`
}

func (g *group) notices() {
	api.Add(g.API, huma.Operation{OperationID: "review-notices", Method: http.MethodGet, Path: "/api/review/notices", Summary: "发给机构的文书", Tags: tags}, look,
		func(ctx context.Context, in *struct {
			api.Paging
			Inst    string `query:"fixmedins_code" maxLength:"32"`
			Waiting bool   `query:"waiting" doc:"只要还没有送达的"`
		}) (*api.Body[api.List[reviewNotice]], error) {
			ns, err := g.Desk.NoticesPage(ctx, api.Who(ctx), in.Inst, in.Waiting, in.Page())
			return api.Paged(ns, in.Paging, func(n *store.Notice) string { return n.ID }, noticeOf), err
		})
	api.Add(g.API, huma.Operation{OperationID: "review-sign", Method: http.MethodPost, Path: "/api/review/notices/{id}/sign", Summary: "机构签收", Tags: tags, Errors: errs}, outside(auth.Appeal),
		func(ctx context.Context, in *PaperID) (*api.Body[reviewDelivered], error) {
			err := g.Desk.Sign(ctx, api.Who(ctx), in.ID)
			return &api.Body[reviewDelivered]{Body: reviewDelivered{in.ID}}, err
		})
	api.Add(g.API, huma.Operation{OperationID: "review-delivered", Method: http.MethodPost, Path: "/api/review/notices/{id}/delivered", Summary: "登记纸质送达回证", Tags: tags, Errors: errs}, office(auth.Dispatch),
		func(ctx context.Context, in *struct {
			PaperID
			Body struct {
				Day     string `json:"day" maxLength:"10"`
				Receipt string `json:"receipt" maxLength:"200" doc:"回证编号"`
			}
		}) (*api.Body[reviewDelivered], error) {
			d, err := claim.ParseDay(in.Body.Day)
			if err == nil {
				err = g.Desk.Delivered(ctx, api.Who(ctx), in.ID, d, in.Body.Receipt)
			}
			return &api.Body[reviewDelivered]{Body: reviewDelivered{in.ID}}, err
		})
}
