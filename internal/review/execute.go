package review

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/review/ledger"
	"github.com/mingjian/mingjian/internal/store"
)

// refundDoc marks postings against money that came back on another way.
const refundDoc = "另退:"

// Ways of charging settlements paid by case (DRG, DIP …), a limit of the area. They are never added together.
const (
	byItem = 1 + iota
	byYearEnd
	breachOnly
)

// balanceText says what lies on the open accounts.
func balanceText(l *ledger.Case) string {
	var out []string
	for _, book := range []string{ledger.Fund, ledger.Patient, ledger.Breach, ledger.Fine} {
		for _, a := range ledger.Open {
			if n := l.Total(book, a); n != 0 {
				out = append(out, fmt.Sprintf("%s“%s”%s 元", book, a, claim.Money(n)))
			}
		}
	}
	return strings.Join(out, "，")
}

// Book books a confirmed case: what came back on other ways is taken off, unpaid settlements are refused, paid ones become due, other
// areas' persons go through clearing, settlements paid by case go as the area has chosen. What is booked is not booked again.
func (d *Desk) Book(ctx context.Context, who *auth.Identity, ref Ref, say Say) (*store.Case, error) {
	return d.act(ctx, who, "execute", ref, say, func(t *turn) error {
		l, err := t.ledgerOf(t.work)
		if err != nil {
			return err
		}
		before := l.Total(ledger.Fund, ledger.Confirmed)
		if err := t.tx.Lock("refund:" + t.c.Inst); err != nil {
			return err
		}
		refunds, err := t.tx.RefundsOf(t.c.Inst)
		if err != nil {
			return err
		}
		// What names a line comes first, then a settlement, a rule, a mere total.
		slices.SortStableFunc(refunds, func(a, b store.RefundElse) int { return width(&a) - width(&b) })
		for _, k := range l.Keys(ledger.Fund) {
			if err := t.bookLine(l, k, refunds); err != nil {
				return err
			}
		}
		if err := t.bookPatient(l); err != nil {
			return err
		}
		for _, a := range []string{ledger.Due, ledger.Refused, ledger.Elsewhere, ledger.YearEnd, ledger.Clearing, ledger.Waived} {
			if n := l.Total(ledger.Fund, a); n != 0 {
				t.detail[a] = n
			}
		}
		if before == 0 {
			return nil
		}
		_, err = t.notify(noticeOf{kind: "扣款通知书", c: t.c, body: fmt.Sprintf("疑点 %s 的处理：%s", t.c.Finding, allText(l))})
		return err
	})
}

func allText(l *ledger.Case) string {
	var out []string
	bal := l.Balances(ledger.Fund)
	for _, a := range []string{ledger.Due, ledger.Offset, ledger.Paid, ledger.Received, ledger.Refused, ledger.Elsewhere, ledger.YearEnd, ledger.Clearing, ledger.BackDue, ledger.Back} {
		if bal[a] != 0 {
			out = append(out, fmt.Sprintf("%s %s 元", a, claim.Money(bal[a])))
		}
	}
	if n := l.Total(ledger.Patient, ledger.OwedBack); n != 0 {
		out = append(out, fmt.Sprintf("应退患者 %s 元", claim.Money(n)))
	}
	if len(out) == 0 {
		return "无应收金额"
	}
	return strings.Join(out, "，")
}

// bookLine moves what is confirmed on a line and item to where it belongs.
func (t *turn) bookLine(l *ledger.Case, k ledger.Key, refunds []store.RefundElse) error {
	line := l.Lines[k.Line]
	left := l.On(ledger.Fund, k, ledger.Confirmed)
	if left == 0 {
		return nil
	}
	for i := range refunds {
		r := &refunds[i]
		if !covers(r, t.c.Rule, line) {
			continue
		}
		n := min(left, r.Amt-r.Used)
		if n <= 0 {
			continue
		}
		s, err := t.stamp(t.who.Name, refundDoc+r.ID, r.Source+" "+r.RefNo)
		if err != nil {
			return err
		}
		if err := l.Move(ledger.Fund, k, ledger.Confirmed, ledger.Elsewhere, n, s); err != nil {
			return err
		}
		if err := t.tx.UseRefund(r.ID, n); err != nil {
			return err
		}
		r.Used, left = r.Used+n, left-n
	}
	s, err := t.settled(line.Setl)
	if err != nil {
		return err
	}
	to, memo := t.way(s)
	st, err := t.stamp(t.who.Name, "", memo)
	if err != nil {
		return err
	}
	return l.Move(ledger.Fund, k, ledger.Confirmed, to, left, st)
}

// covers tells whether money that came back on another way is for a line: the line itself, its settlement, the rule, or, where only a
// total is known, anything of the institution.
func covers(r *store.RefundElse, rule string, l ledger.Line) bool {
	switch {
	case r.Setl != "" && r.Sn != "":
		return r.Setl == l.Setl && r.Sn == l.Sn
	case r.Setl != "":
		return r.Setl == l.Setl && (r.Rule == "" || r.Rule == rule)
	}
	return r.Rule == "" || r.Rule == rule
}

// width orders what came back by how much it may cover.
func width(r *store.RefundElse) int {
	return 4*flag(r.Setl == "") + 2*flag(r.Sn == "") + flag(r.Rule == "")
}

// way is where a settlement's money goes, and why. A settlement of which nothing is known counts as paid: taking it from the next
// payment gives the same sum in the end.
func (t *turn) way(s *store.Settled) (account, why string) {
	switch {
	case s == nil:
		return ledger.Due, "结算状态不明，按已拨付"
	case s.PayMode >= 2 && s.PayMode <= 5 && t.params.value("按病种处理", t.c.Admdvs, t.today) == byYearEnd:
		return ledger.YearEnd, "按病种付费，年度清算"
	case s.PayMode >= 2 && s.PayMode <= 5 && t.params.value("按病种处理", t.c.Admdvs, t.today) == breachOnly:
		return ledger.Waived, "按病种付费，只收违约金"
	case s.Paid == paidNo:
		return ledger.Refused, "尚未拨付，不予支付"
	case elsewhere(s.InsuAdmdvs, t.c.Admdvs):
		return ledger.Clearing, "参保地 " + s.InsuAdmdvs + "，经清算收回"
	}
	return ledger.Due, ""
}

const (
	paidNo  = "0"
	paidYes = "1"
)

// elsewhere: insured in another city (the first four digits of the division).
func elsewhere(insured, care string) bool {
	return len(insured) >= 4 && len(care) >= 4 && insured[:4] != care[:4]
}

// bookPatient puts down what the institution owes to the patient.
func (t *turn) bookPatient(l *ledger.Case) error {
	s, err := t.stamp(t.who.Name, "", "个人负担部分")
	if err != nil {
		return err
	}
	for i := range t.lines {
		x := &t.lines[i]
		if _, err := l.Adjust(ledger.Patient, x.LineNo, ledger.Split(t.patientOf(t.work, x), nil), ledger.OwedBack, s); err != nil {
			return err
		}
	}
	return nil
}

// PayInput records money that moved on one case.
type PayInput struct {
	Ref
	Kind   string `json:"kind"`       // see payKinds
	Amount int64  `json:"amount_fen"` // 0 = all that lies there
	Doc    string `json:"doc"`        // number of the voucher
}

// payKinds are what can be recorded, and between which accounts.
var payKinds = map[string][3]string{
	"机构缴款":   {ledger.Fund, ledger.Due, ledger.Paid},
	"缴款退回":   {ledger.Fund, ledger.Paid, ledger.Due},
	"缴款到账":   {ledger.Fund, ledger.Paid, ledger.Received},
	"年度清算扣回": {ledger.Fund, ledger.YearEnd, ledger.Received},
	"清算到账":   {ledger.Fund, ledger.Clearing, ledger.Received},
	"退付机构":   {ledger.Fund, ledger.BackDue, ledger.Back},
	"已退患者":   {ledger.Patient, ledger.OwedBack, ledger.Back},
	"违约金到账":  {ledger.Breach, ledger.Due, ledger.Received},
	"违约金退付":  {ledger.Breach, ledger.BackDue, ledger.Back},
	"罚款入库":   {ledger.Fine, ledger.Due, ledger.Received},
	"取消抵扣":   {ledger.Fund, ledger.Offset, ledger.Due},
}

// PayKinds lists what Pay records.
func PayKinds() []string {
	var out []string
	for k := range payKinds {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// PayKind is a kind of payment with the account it takes from: it can be recorded while there is money there.
type PayKind struct {
	Name string `json:"name"`
	Book string `json:"book"`
	From string `json:"from_acct"`
	To   string `json:"to_acct"`
}

// Pays lists the kinds of payment with their accounts.
func Pays() (out []PayKind) {
	for _, name := range PayKinds() {
		k := payKinds[name]
		out = append(out, PayKind{name, k[0], k[1], k[2]})
	}
	return out
}

// Pay records money that moved.
func (d *Desk) Pay(ctx context.Context, who *auth.Identity, in PayInput) (*store.Case, error) {
	k, ok := payKinds[in.Kind]
	switch {
	case !ok:
		return nil, badField("kind", "没有 %q 这种收付，可用：%s", in.Kind, strings.Join(PayKinds(), "、"))
	case in.Amount < 0:
		return nil, badField("amount_fen", "金额应大于零")
	case strings.TrimSpace(in.Doc) == "":
		return nil, badField("doc", "请写明凭证号")
	}
	return d.act(ctx, who, "pay", in.Ref, Say{Opinion: in.Kind}, func(t *turn) error {
		l, err := t.ledgerOf(t.work)
		if err != nil {
			return err
		}
		have := l.Total(k[0], k[1])
		if have == 0 || in.Amount > have {
			return refuse(CodeLedger, "疑点 %s 的%s“%s”只有 %s 元", t.c.Finding, k[0], k[1], claim.Money(have))
		}
		limit := in.Amount
		if limit == 0 {
			limit = have
		}
		if in.Kind == "取消抵扣" {
			if err := t.offsetOpen(l); err != nil {
				return err
			}
		}
		s, err := t.stamp(who.Name, in.Doc, in.Kind)
		if err != nil {
			return err
		}
		t.detail["金额分"], t.detail["凭证"] = limit, in.Doc
		_, err = l.MoveUpTo(k[0], k[1], k[2], limit, s)
		return err
	})
}

// offsetOpen: an offset can be undone only in the month it was made in.
func (t *turn) offsetOpen(*ledger.Case) error {
	m, err := t.openMonth()
	if err != nil {
		return err
	}
	ps, err := t.tx.Posts(t.c.Finding)
	if err != nil {
		return err
	}
	for _, p := range ps {
		if p.To == ledger.Offset && p.Month != m && !t.closed[p.Month] {
			return refuse(CodePeriod, "抵扣记在 %s，本月是 %s：请先月结或在当月取消", p.Month, m)
		}
	}
	return nil
}

// Finish closes a case whose money is settled.
func (d *Desk) Finish(ctx context.Context, who *auth.Identity, ref Ref) (*store.Case, error) {
	return d.act(ctx, who, "close", ref, Say{}, func(t *turn) error { return t.finish() })
}

func (t *turn) finish() error {
	t.c.Outcome = OutcomeCollected
	return nil
}

// BreachInput charges breach money by the agreement, apart from what the fund gets back.
type BreachInput struct {
	Ref
	Say
	Amount int64  `json:"amount_fen"`
	Doc    string `json:"doc"`
}

// ChargeBreach puts down breach money.
func (d *Desk) ChargeBreach(ctx context.Context, who *auth.Identity, in BreachInput) (*store.Case, error) {
	if in.Amount <= 0 || strings.TrimSpace(in.Doc) == "" {
		return nil, badField("amount_fen", "请写明违约金金额和文书号")
	}
	return d.act(ctx, who, "breach", in.Ref, in.Say, func(t *turn) error {
		l, err := t.ledgerOf(t.work)
		if err != nil {
			return err
		}
		s, err := t.stamp(who.Name, in.Doc, in.Opinion)
		if err != nil {
			return err
		}
		t.detail["违约金分"] = in.Amount
		if _, err := t.notify(noticeOf{kind: "违约金通知书", c: t.c, body: fmt.Sprintf("疑点 %s：按协议收取违约金 %s 元。%s", t.c.Finding, claim.Money(in.Amount), in.Opinion)}); err != nil {
			return err
		}
		return l.Move(ledger.Breach, ledger.Key{Line: 0, Item: ledger.Breach}, ledger.Source, ledger.Due, in.Amount, s)
	})
}
