package reviewapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web/api"
)

// BookOf chooses of the ledger.
type BookOf struct {
	Month string `query:"month" maxLength:"7" doc:"只看这个月的发生额"`
	Inst  string `query:"fixmedins_code" maxLength:"32"`
	Book  string `query:"book" maxLength:"16" doc:"基金 患者 违约金 罚款"`
}

type ledgerMove struct {
	Inst     string `json:"fixmedins_code"`
	InstName string `json:"fixmedins_name"`
	Book     string `json:"book"`
	From     string `json:"from_acct"`
	To       string `json:"to_acct"`
	Amount   int64  `json:"amount_fen"`
	Cases    int64  `json:"cases"`
}

type ledgerMoves struct {
	Items []ledgerMove `json:"items"`
}

// ledgerCase is a case behind a sum.
type ledgerCase struct {
	ID       string `json:"finding_id"`
	Rule     string `json:"rule_id"`
	RuleName string `json:"rule_name"`
	Inst     string `json:"fixmedins_code"`
	InstName string `json:"fixmedins_name"`
	Month    string `json:"month"`
	State    string `json:"state"`
	Text     string `json:"vola_cont"`
	Amount   int64  `json:"amount_fen" doc:"这一账户上的金额；选了月份时为当月净发生额"`
}

type ledgerPost struct {
	ID       string `json:"post_id"`
	Finding  string `json:"finding_id"`
	Inst     string `json:"fixmedins_code"`
	InstName string `json:"fixmedins_name"`
	Book     string `json:"book"`
	From     string `json:"from_acct"`
	To       string `json:"to_acct"`
	Item     string `json:"item" doc:"基金支付项目"`
	Amount   int64  `json:"amount_fen"`
	Month    string `json:"month"`
	Doc      string `json:"doc"`
	Memo     string `json:"memo"`
	Actor    string `json:"actor"`
	At       string `json:"at"`
}

type ledgerRefund struct {
	ID       string `json:"refund_id"`
	Source   string `json:"source"`
	RefNo    string `json:"ref_no"`
	Inst     string `json:"fixmedins_code"`
	InstName string `json:"fixmedins_name"`
	Rule     string `json:"rule_id"`
	Setl     string `json:"setl_id"`
	Amount   int64  `json:"amt_fen"`
	Used     int64  `json:"used_fen" doc:"已在疑点上抵减的"`
	Paid     string `json:"paid_date"`
}

type ledgerPeriod struct {
	Month  string `json:"month"`
	Offset int64  `json:"offset_fen"`
	Net    int64  `json:"net_fen"`
	By     string `json:"closed_by"`
	At     string `json:"closed_at"`
}

type ledgerPeriods struct {
	Items []ledgerPeriod `json:"items"`
}

// books are the lists behind the ledger's figures.
func (g *group) books() {
	need := outside(auth.Execute, auth.Confirm, auth.ReadBoards, auth.Appeal)
	api.Add(g.API, huma.Operation{OperationID: "ledger-moves", Method: http.MethodGet, Path: "/api/ledger/moves", Summary: "账户之间移动了多少，按机构", Tags: ledgerTags}, need,
		func(ctx context.Context, in *BookOf) (*api.Body[ledgerMoves], error) {
			xs, err := g.Desk.Moves(ctx, api.Who(ctx), store.BookFilter{Month: in.Month, Inst: in.Inst, Book: in.Book})
			if err != nil {
				return nil, err
			}
			names, err := namesIn(ctx, g.Desk, xs, func(x *store.BookSum) string { return x.Inst })
			out := ledgerMoves{[]ledgerMove{}}
			for _, x := range xs {
				out.Items = append(out.Items, ledgerMove{x.Inst, names[x.Inst], x.Book, x.From, x.To, x.Amount, x.Cases})
			}
			return &api.Body[ledgerMoves]{Body: out}, err
		})
	api.Add(g.API, huma.Operation{OperationID: "ledger-cases", Method: http.MethodGet, Path: "/api/ledger/cases", Summary: "一个账户上的金额由哪些疑点组成", Tags: ledgerTags, Errors: []int{422}}, need,
		func(ctx context.Context, in *struct {
			api.Paging
			BookOf
			Account string `query:"account" maxLength:"16" doc:"应收 已收 待退 …"`
		}) (*api.Body[api.List[ledgerCase]], error) {
			f := store.BookFilter{Month: in.Month, Inst: in.Inst, Book: in.Book, Account: in.Account}
			xs, err := g.Desk.CasesOn(ctx, api.Who(ctx), f, in.Page())
			if err != nil {
				return nil, err
			}
			names, err := namesIn(ctx, g.Desk, xs, func(x *review.OnAccount) string { return x.Inst })
			return api.Paged(xs, in.Paging, func(x *review.OnAccount) string { return x.ID }, func(x *review.OnAccount) ledgerCase {
				return ledgerCase{x.ID, x.Rule, x.RuleName, x.Inst, names[x.Inst], x.Month, x.State, x.Cont, x.Amount}
			}), err
		})
	api.Add(g.API, huma.Operation{OperationID: "ledger-posts", Method: http.MethodGet, Path: "/api/ledger/posts", Summary: "流水", Tags: ledgerTags}, need,
		func(ctx context.Context, in *struct {
			api.Paging
			BookOf
			From    string `query:"from_acct" maxLength:"16"`
			To      string `query:"to_acct" maxLength:"16"`
			Finding string `query:"finding_id" maxLength:"64"`
		}) (*api.Body[api.List[ledgerPost]], error) {
			f := store.BookFilter{Month: in.Month, Inst: in.Inst, Book: in.Book, From: in.From, To: in.To, Finding: in.Finding}
			xs, err := g.Desk.Posts(ctx, api.Who(ctx), f, in.Page())
			if err != nil {
				return nil, err
			}
			names, err := namesIn(ctx, g.Desk, xs, func(x *store.Post) string { return x.Inst })
			return api.Paged(xs, in.Paging, func(x *store.Post) string { return x.ID }, func(x *store.Post) ledgerPost {
				return ledgerPost{x.ID, x.Finding, x.Inst, names[x.Inst], x.Book, x.From, x.To, x.Item, x.Amount, x.Month, x.Doc, x.Memo, x.Actor, api.Moment(x.At)}
			}), err
		})
	api.Add(g.API, huma.Operation{OperationID: "ledger-refunds", Method: http.MethodGet, Path: "/api/ledger/refunds", Summary: "另行退款：自查、检查或别的案件已退的", Tags: ledgerTags}, need,
		func(ctx context.Context, in *struct {
			api.Paging
			Inst string `query:"fixmedins_code" maxLength:"32"`
		}) (*api.Body[api.List[ledgerRefund]], error) {
			xs, err := g.Desk.RefundsPage(ctx, api.Who(ctx), in.Inst, in.Page())
			if err != nil {
				return nil, err
			}
			names, err := namesIn(ctx, g.Desk, xs, func(x *store.RefundElse) string { return x.Inst })
			return api.Paged(xs, in.Paging, func(x *store.RefundElse) string { return x.ID }, func(x *store.RefundElse) ledgerRefund {
				return ledgerRefund{x.ID, x.Source, x.RefNo, x.Inst, names[x.Inst], x.Rule, x.Setl, x.Amt, x.Used, day(x.PaidDay)}
			}), err
		})
	api.Add(g.API, huma.Operation{OperationID: "ledger-months", Method: http.MethodGet, Path: "/api/ledger/months", Summary: "已结的月份", Tags: ledgerTags}, office(auth.Execute, auth.Confirm, auth.ReadBoards),
		func(ctx context.Context, _ *struct{}) (*api.Body[ledgerPeriods], error) {
			ps, err := g.Desk.Closed(ctx, api.Who(ctx))
			out := ledgerPeriods{[]ledgerPeriod{}}
			for _, p := range ps {
				out.Items = append(out.Items, ledgerPeriod{p.Month, p.Offset, p.Net, p.ClosedBy, api.Moment(p.ClosedAt)})
			}
			return &api.Body[ledgerPeriods]{Body: out}, err
		})
}

// namesIn are the names of the institutions of rows.
func namesIn[T any](ctx context.Context, d *review.Desk, xs []T, code func(*T) string) (map[string]string, error) {
	codes := make([]string, len(xs))
	for i := range xs {
		codes[i] = code(&xs[i])
	}
	return d.Names(ctx, codes)
}
