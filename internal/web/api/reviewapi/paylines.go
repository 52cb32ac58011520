package reviewapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/web/api"
)

type payLine struct {
	Finding   string `json:"finding_id"`
	Rule      string `json:"rule_id"`
	RuleName  string `json:"rule_name"`
	State     string `json:"state"`
	Month     string `json:"month" doc:"结算月份"`
	LineNo    int    `json:"line_no"`
	Inst      string `json:"fixmedins_code"`
	Mdtrt     string `json:"mdtrt_id"`
	Setl      string `json:"setl_id"`
	Sn        string `json:"feedetl_sn"`
	Scope     int64  `json:"scope_fen" doc:"这一行纳入范围的金额；0 为不知道"`
	Vola      int64  `json:"vola_fen" doc:"违规金额"`
	Fund      int64  `json:"fund_fen" doc:"其中基金支付的"`
	Paid      string `json:"clr_stas" doc:"0 未清算 1 已拨付；空为不知道"`
	ClrMonth  string `json:"clr_month"`
	Proposed  int64  `json:"proposed_fen" doc:"拟追，还没有确认"`
	Confirmed int64  `json:"confirmed_fen" doc:"已确认，还没有收"`
	Refused   int64  `json:"refused_fen" doc:"拒付：没有拨出去"`
	Offset    int64  `json:"offset_fen" doc:"从当月拨付中抵扣"`
	Received  int64  `json:"received_fen" doc:"已收回，含以前月份抵扣和另行退款"`
	Returned  int64  `json:"returned_fen" doc:"已退、待退给机构"`
}

type payLines struct {
	Items []payLine `json:"items"`
	Next  string    `json:"next" doc:"取下一页用的 cursor；空为没有了"`
}

type payFile struct {
	Month     string `json:"month"`
	Has       bool   `json:"has_sheet" doc:"拨付单已经写了"`
	Payable   int64  `json:"payable_fen" doc:"应拨"`
	Offset    int64  `json:"offset_fen" doc:"拨付单上的抵扣"`
	Booked    int64  `json:"booked_fen" doc:"台账上当月的抵扣，各行合计"`
	VoucherNo string `json:"voucher_no"`
	Voucher   int64  `json:"voucher_fen" doc:"实拨"`
	State     string `json:"state"`
}

// PayChoice chooses of the payment sheet.
type PayChoice struct {
	Month string `path:"month" maxLength:"7" doc:"拨付月份 yyyy-MM"`
	Inst  string `query:"fixmedins_code" maxLength:"32" doc:"机构；机构的用户只看自己的，不用写"`
}

func (g *group) payFiles() {
	need := outside(auth.Execute, auth.Confirm, auth.ReadBoards, auth.Appeal)
	api.Add(g.API, huma.Operation{OperationID: "pay-file", Method: http.MethodGet, Path: "/api/ledger/payments/{month}", Summary: "一家机构一个月的拨付单与台账", Tags: ledgerTags, Errors: []int{404, 422}}, need,
		func(ctx context.Context, in *PayChoice) (*api.Body[payFile], error) {
			x, err := g.Desk.PayFile(ctx, api.Who(ctx), in.Inst, in.Month)
			if err != nil {
				return nil, err
			}
			out := payFile{Month: in.Month, Booked: x.Booked}
			if s := x.Sheet; s != nil {
				out.Has, out.Payable, out.Offset, out.VoucherNo, out.Voucher, out.State = true, s.Payable, s.Offset, s.VoucherNo, s.Voucher, s.State
			}
			return &api.Body[payFile]{Body: out}, nil
		})
	api.Add(g.API, huma.Operation{OperationID: "pay-lines", Method: http.MethodGet, Path: "/api/ledger/payments/{month}/lines", Summary: "当月动过的费用行：违规、拟追、确认、拒付、抵扣、收回", Tags: ledgerTags, Errors: []int{422}}, need,
		func(ctx context.Context, in *struct {
			PayChoice
			Account string `query:"account" maxLength:"16" doc:"只要当月记到这个账户的：抵扣 拒付 确认 …"`
			Cursor  string `query:"cursor" maxLength:"96"`
			Limit   int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
		}) (*api.Body[payLines], error) {
			ls, err := g.Desk.PayLines(ctx, api.Who(ctx), in.Inst, in.Month, in.Account, in.Cursor, in.Limit+1)
			out := payLines{Items: []payLine{}}
			for i := range ls[:min(len(ls), in.Limit)] {
				out.Items = append(out.Items, payLineOf(&ls[i]))
			}
			if len(ls) > in.Limit {
				out.Next = ls[in.Limit-1].Cursor()
			}
			return &api.Body[payLines]{Body: out}, err
		})
}

func payLineOf(l *review.PayLine) payLine {
	return payLine{l.Finding, l.Rule, l.RuleName, l.State, l.Month, l.LineNo, l.Inst, l.Mdtrt, l.Setl, l.Sn, l.Scope, l.Vola, l.Fund, l.Paid, l.ClrMonth, l.Proposed, l.Confirmed, l.Refused, l.Offset, l.Received, l.Returned}
}
