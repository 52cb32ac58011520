package store

// Post moves an amount between two accounts. Posts are never changed.
type Post struct {
	ID      string `json:"post_id"`
	Finding string `json:"finding_id"`
	LineNo  int    `json:"line_no"`
	Book    string `json:"book"`
	Inst    string `json:"fixmedins_code"`
	Setl    string `json:"setl_id"`
	Sn      string `json:"feedetl_sn"`
	Item    string `json:"item"`
	From    string `json:"from_acct"`
	To      string `json:"to_acct"`
	Amount  int64  `json:"amount_fen"`
	Month   string `json:"month"`
	Doc     string `json:"doc"`
	Actor   string `json:"actor"`
	At      int64  `json:"at"`
	Memo    string `json:"memo"`
}

func (x *Post) fields() []any {
	return []any{&x.ID, &x.Finding, &x.LineNo, &x.Book, &x.Inst, &x.Setl, &x.Sn, &x.Item, &x.From, &x.To, &x.Amount, &x.Month, &x.Doc, &x.Actor,
		&x.At, &x.Memo}
}

// RefundElse is money that came back on another way and must not be charged again.
type RefundElse struct {
	ID      string `json:"refund_id"`
	Source  string `json:"source"`
	RefNo   string `json:"ref_no"`
	Line    string `json:"line"`
	Inst    string `json:"fixmedins_code"`
	Rule    string `json:"rule_id"`
	Setl    string `json:"setl_id"`
	Sn      string `json:"feedetl_sn"`
	Amt     int64  `json:"amt_fen"`
	Used    int64  `json:"used_fen"`
	PaidDay int64  `json:"paid_day"`
	MadeAt  int64  `json:"made_at"`
	Version int64  `json:"version"`
}

func (x *RefundElse) fields() []any {
	return []any{&x.ID, &x.Source, &x.RefNo, &x.Line, &x.Inst, &x.Rule, &x.Setl, &x.Sn, &x.Amt, &x.Used, &x.PaidDay, &x.MadeAt, &x.Version}
}

// Settled is what execution must know of a settlement.
type Settled struct {
	ID         string `json:"setl_id"`
	Inst       string `json:"fixmedins_code"`
	Paid       string `json:"paid"`
	ClrMonth   string `json:"clr_month"`
	PayMode    int64  `json:"pay_mode"`
	InsuAdmdvs string `json:"insu_admdvs"`
	Items      string `json:"items"`
	ChangedAt  int64  `json:"changed_at"`
}

func (x *Settled) fields() []any {
	return []any{&x.ID, &x.Inst, &x.Paid, &x.ClrMonth, &x.PayMode, &x.InsuAdmdvs, &x.Items, &x.ChangedAt}
}

// Sheet is what an institution is paid for a month.
type Sheet struct {
	Month     string `json:"month"`
	Inst      string `json:"fixmedins_code"`
	Payable   int64  `json:"payable_fen"`
	Offset    int64  `json:"offset_fen"`
	VoucherNo string `json:"voucher_no"`
	Voucher   int64  `json:"voucher_fen"`
	State     string `json:"state"`
	MadeBy    string `json:"made_by"`
	ChangedAt int64  `json:"changed_at"`
	Version   int64  `json:"version"`
}

func (x *Sheet) fields() []any {
	return []any{&x.Month, &x.Inst, &x.Payable, &x.Offset, &x.VoucherNo, &x.Voucher, &x.State, &x.MadeBy, &x.ChangedAt, &x.Version}
}

// Period is a closed month.
type Period struct {
	Month    string `json:"month"`
	ClosedAt int64  `json:"closed_at"`
	ClosedBy string `json:"closed_by"`
	Offset   int64  `json:"offset_fen"`
	Net      int64  `json:"net_fen"`
}

func (x *Period) fields() []any {
	return []any{&x.Month, &x.ClosedAt, &x.ClosedBy, &x.Offset, &x.Net}
}
