package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/store"
)

type noticeItem struct {
	ID        string `json:"notice_id"`
	Subject   string `json:"subject" doc:"规则编号，或知识点集的名字"`
	Title     string `json:"title"`
	Area      string `json:"admdvs"`
	VersionID string `json:"version_id"`
	State     string `json:"state" doc:"版本现在的状态"`
	Effective string `json:"effective" doc:"生效日期"`
	Text      string `json:"text"`
	At        string `json:"announced_at"`
}

func noticeOf(n *store.RuleNotice) noticeItem {
	return noticeItem{n.ID, n.Subject, n.Title, n.Area, n.Version, n.State, n.Effective, n.Body, Moment(n.At)}
}

// takenBack are the states in which a version's announcement no longer stands.
var takenBack = []string{string(govern.Dropped), string(govern.RolledBack)}

func (a *API) notices() {
	n := Need{Keys: true, Inst: true, Locals: true}
	read := func(ctx context.Context, id string, p store.Page) (out []store.RuleNotice, err error) {
		err = a.DB.View(ctx, func(tx *store.Tx) (err error) { out, err = tx.NoticesIn(ScopeOf(ctx), id, takenBack, p); return err })
		return out, err
	}
	Add(a, huma.Operation{OperationID: "list-notices", Method: http.MethodGet, Path: "/api/rules/notices", Summary: "公布给机构的规则", Tags: []string{"公布"},
		Description: "机构的用户和接口密钥只看到在本机构执行的。"}, n,
		func(ctx context.Context, in *Paging) (*Body[List[noticeItem]], error) {
			ns, err := read(ctx, "", in.Page())
			return Paged(ns, *in, func(n *store.RuleNotice) string { return n.ID }, noticeOf), err
		})
	Add(a, huma.Operation{OperationID: "get-notice", Method: http.MethodGet, Path: "/api/rules/notices/{id}", Summary: "一条公布", Tags: []string{"公布"}, Errors: []int{404}}, n,
		func(ctx context.Context, in *struct {
			ID string `path:"id" maxLength:"64"`
		}) (*Body[noticeItem], error) {
			ns, err := read(ctx, in.ID, store.Page{Limit: 1})
			if err == nil && len(ns) == 0 {
				err = notFound("公布", in.ID)
			}
			if err != nil {
				return nil, err
			}
			return &Body[noticeItem]{noticeOf(&ns[0])}, nil
		})
}
