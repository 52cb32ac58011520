package store

// Post moves an amount between two accounts. Posts are never changed.
type Post struct {
	ID      string
	Finding string
	LineNo  int
	Book    string
	Inst    string
	Setl    string
	Sn      string
	Item    string
	From    string
	To      string
	Amount  int64
	Month   string
	Doc     string
	Actor   string
	At      int64
	Memo    string
}

func (x *Post) fields() []any {
	return []any{&x.ID, &x.Finding, &x.LineNo, &x.Book, &x.Inst, &x.Setl, &x.Sn, &x.Item, &x.From, &x.To, &x.Amount, &x.Month, &x.Doc, &x.Actor,
		&x.At, &x.Memo}
}

// RefundElse is money that came back on another way and must not be charged again.
type RefundElse struct {
	ID      string
	Source  string
	RefNo   string
	Line    string
	Inst    string
	Rule    string
	Setl    string
	Sn      string
	Amt     int64
	Used    int64
	PaidDay int64
	MadeAt  int64
	Version int64
}

func (x *RefundElse) fields() []any {
	return []any{&x.ID, &x.Source, &x.RefNo, &x.Line, &x.Inst, &x.Rule, &x.Setl, &x.Sn, &x.Amt, &x.Used, &x.PaidDay, &x.MadeAt, &x.Version}
}

// Settled is what execution must know of a settlement.
type Settled struct {
	ID         string
	Inst       string
	Paid       string
	ClrMonth   string
	PayMode    int64
	InsuAdmdvs string
	Items      string
	ChangedAt  int64
}

func (x *Settled) fields() []any {
	return []any{&x.ID, &x.Inst, &x.Paid, &x.ClrMonth, &x.PayMode, &x.InsuAdmdvs, &x.Items, &x.ChangedAt}
}

// Sheet is what an institution is paid for a month.
type Sheet struct {
	Month     string
	Inst      string
	Payable   int64
	Offset    int64
	VoucherNo string
	Voucher   int64
	State     string
	MadeBy    string
	ChangedAt int64
	Version   int64
}

func (x *Sheet) fields() []any {
	return []any{&x.Month, &x.Inst, &x.Payable, &x.Offset, &x.VoucherNo, &x.Voucher, &x.State, &x.MadeBy, &x.ChangedAt, &x.Version}
}

// Period is a closed month.
type Period struct {
	Month    string
	ClosedAt int64
	ClosedBy string
	Offset   int64
	Net      int64
}

func (x *Period) fields() []any {
	return []any{&x.Month, &x.ClosedAt, &x.ClosedBy, &x.Offset, &x.Net}
}
