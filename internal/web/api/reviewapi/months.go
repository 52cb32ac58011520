package reviewapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/web/api"
)

var ledgerTags = []string{"资金台账"}

type ledgerAccount struct {
	Inst     string `json:"fixmedins_code"`
	InstName string `json:"fixmedins_name"`
	Book     string `json:"book"`
	Account  string `json:"account"`
	Amount   int64  `json:"amount_fen"`
}

type ledgerAccounts struct {
	Items []ledgerAccount `json:"items"`
}

type ledgerSheet struct {
	Inst      string `json:"fixmedins_code"`
	InstName  string `json:"fixmedins_name"`
	Payable   int64  `json:"payable_fen"`
	Offset    int64  `json:"offset_fen" doc:"拨付单上的抵扣"`
	Booked    int64  `json:"booked_fen" doc:"台账上的抵扣"`
	VoucherNo string `json:"voucher_no"`
	Voucher   int64  `json:"voucher_fen"`
	State     string `json:"state"`
}

type ledgerMonth struct {
	Month  string        `json:"month"`
	Closed bool          `json:"closed"`
	By     string        `json:"closed_by"`
	At     string        `json:"closed_at"`
	Sheets []ledgerSheet `json:"sheets"`
	Wrong  []string      `json:"wrong" doc:"台账、拨付单、凭证不符之处；为空才能月结"`
}

// MonthOf names an account month in an address.
type MonthOf struct {
	Month string `path:"month" maxLength:"7" doc:"yyyy-MM"`
}

// MonthSheet names an institution's sheet of a month.
type MonthSheet struct {
	MonthOf
	Inst string `path:"inst" maxLength:"32"`
}

func (g *group) months() {
	api.Add(g.API, huma.Operation{OperationID: "ledger-accounts", Method: http.MethodGet, Path: "/api/ledger/accounts", Summary: "各机构各账上有多少", Tags: ledgerTags},
		outside(auth.Execute, auth.Confirm, auth.ReadBoards, auth.Appeal),
		func(ctx context.Context, in *struct {
			Month string `query:"month" maxLength:"7" doc:"只看这个月的发生额"`
		}) (*api.Body[ledgerAccounts], error) {
			as, err := g.Desk.Accounts(ctx, api.Who(ctx), in.Month)
			if err != nil {
				return nil, err
			}
			var codes []string
			for _, a := range as {
				codes = append(codes, a.Inst)
			}
			names, err := g.Desk.Names(ctx, codes)
			out := ledgerAccounts{[]ledgerAccount{}}
			for _, a := range as {
				out.Items = append(out.Items, ledgerAccount{a.Inst, names[a.Inst], a.Book, a.Account, a.Amount})
			}
			return &api.Body[ledgerAccounts]{Body: out}, err
		})
	api.Add(g.API, huma.Operation{OperationID: "ledger-month", Method: http.MethodGet, Path: "/api/ledger/months/{month}", Summary: "一个月的拨付单、凭证和核对", Tags: ledgerTags}, office(auth.Execute, auth.Confirm, auth.ReadBoards),
		func(ctx context.Context, in *MonthOf) (*api.Body[ledgerMonth], error) {
			m, err := g.Desk.Month(ctx, api.Who(ctx), in.Month)
			if err != nil {
				return nil, err
			}
			out := ledgerMonth{Month: in.Month, Sheets: []ledgerSheet{}, Wrong: append([]string{}, m.Wrong...)}
			if m.Period != nil {
				out.Closed, out.By, out.At = true, m.Period.ClosedBy, api.Moment(m.Period.ClosedAt)
			}
			var codes []string
			for _, s := range m.Sheets {
				codes = append(codes, s.Inst)
			}
			names, err := g.Desk.Names(ctx, codes)
			for _, s := range m.Sheets {
				out.Sheets = append(out.Sheets, ledgerSheet{s.Inst, names[s.Inst], s.Payable, s.Offset, m.Booked[s.Inst], s.VoucherNo, s.Voucher, s.State})
			}
			return &api.Body[ledgerMonth]{Body: out}, err
		})
	g.monthSteps()
}

type ledgerClosed struct {
	Month  string `json:"month"`
	Offset int64  `json:"offset_fen"`
	Net    int64  `json:"net_fen"`
}

func (g *group) monthSteps() {
	execute := office(auth.Execute)
	api.Add(g.API, huma.Operation{OperationID: "ledger-sheet", Method: http.MethodPut, Path: "/api/ledger/months/{month}/sheets/{inst}", Summary: "录入拨付单", Tags: ledgerTags, Errors: errs}, execute,
		func(ctx context.Context, in *struct {
			MonthSheet
			Body struct {
				Payable int64 `json:"payable_fen" minimum:"0"`
				Offset  int64 `json:"offset_fen,omitempty" minimum:"0"`
			}
		}) (*api.Body[panelNothing], error) {
			err := g.Desk.SetSheet(ctx, api.Who(ctx), review.SheetInput{Month: in.Month, Inst: in.Inst, Payable: in.Body.Payable, Offset: in.Body.Offset})
			return &api.Body[panelNothing]{Body: panelNothing{true}}, err
		})
	api.Add(g.API, huma.Operation{OperationID: "ledger-voucher", Method: http.MethodPut, Path: "/api/ledger/months/{month}/vouchers/{inst}", Summary: "录入实拨凭证", Tags: ledgerTags, Errors: errs}, execute,
		func(ctx context.Context, in *struct {
			MonthSheet
			Body struct {
				No     string `json:"voucher_no" maxLength:"100"`
				Amount int64  `json:"voucher_fen" minimum:"0"`
			}
		}) (*api.Body[panelNothing], error) {
			err := g.Desk.SetVoucher(ctx, api.Who(ctx), in.Month, in.Inst, in.Body.No, in.Body.Amount)
			return &api.Body[panelNothing]{Body: panelNothing{true}}, err
		})
	api.Add(g.API, huma.Operation{OperationID: "ledger-offset", Method: http.MethodPost, Path: "/api/ledger/months/{month}/offsets/{inst}", Summary: "从当月拨付中抵扣", Tags: ledgerTags, Errors: errs}, execute,
		func(ctx context.Context, in *struct{ MonthSheet }) (*api.Body[review.OffsetResult], error) {
			x, err := g.Desk.OffsetMonth(ctx, api.Who(ctx), in.Month, in.Inst)
			if err != nil {
				return nil, err
			}
			return &api.Body[review.OffsetResult]{Body: *x}, nil
		})
	api.Add(g.API, huma.Operation{OperationID: "ledger-close", Method: http.MethodPost, Path: "/api/ledger/months/{month}/close", Summary: "月结", Tags: ledgerTags, Errors: errs}, api.Need{Any: []auth.Permission{auth.Execute}},
		func(ctx context.Context, in *MonthOf) (*api.Body[ledgerClosed], error) {
			p, err := g.Desk.CloseMonth(ctx, api.Who(ctx), in.Month)
			if err != nil {
				return nil, err
			}
			return &api.Body[ledgerClosed]{Body: ledgerClosed{p.Month, p.Offset, p.Net}}, nil
		})
	api.Add(g.API, huma.Operation{OperationID: "ledger-check", Method: http.MethodGet, Path: "/api/ledger/check", Summary: "核对：台账与决定逐行相等", Tags: ledgerTags}, api.Need{Any: []auth.Permission{auth.Execute, auth.Confirm}},
		func(ctx context.Context, _ *struct{}) (*api.Body[review.Health], error) {
			h, err := g.Desk.Check(ctx)
			if err != nil {
				return nil, err
			}
			return &api.Body[review.Health]{Body: *h}, nil
		})
	api.Add(g.API, huma.Operation{OperationID: "ledger-refund", Method: http.MethodPost, Path: "/api/ledger/refunds", Summary: "登记另行退款", Tags: ledgerTags, Errors: errs}, office(auth.Execute, auth.Dispatch),
		func(ctx context.Context, in *struct {
			Body struct {
				Source string `json:"source" maxLength:"32" doc:"自查 飞检 纪委 旧系统 其他"`
				RefNo  string `json:"ref_no" minLength:"1" maxLength:"100"`
				Line   string `json:"line,omitempty" maxLength:"32"`
				Inst   string `json:"fixmedins_code" minLength:"1" maxLength:"32"`
				Rule   string `json:"rule_id,omitempty" maxLength:"32"`
				Setl   string `json:"setl_id,omitempty" maxLength:"64"`
				Sn     string `json:"feedetl_sn,omitempty" maxLength:"64"`
				Amt    int64  `json:"amt_fen" minimum:"1"`
				Paid   string `json:"paid_date" maxLength:"10"`
			}
		}) (*api.Body[panelNothing], error) {
			b := &in.Body
			paid, err := claim.ParseDay(b.Paid)
			if err != nil {
				return nil, err
			}
			n, err := g.Desk.AddRefundFor(ctx, api.Who(ctx), review.NewRefund{Source: b.Source, RefNo: b.RefNo, Line: b.Line, Inst: b.Inst, Rule: b.Rule, Setl: b.Setl, Sn: b.Sn, Amt: b.Amt, Paid: paid})
			return &api.Body[panelNothing]{Body: panelNothing{n == 1}}, err
		})
}
