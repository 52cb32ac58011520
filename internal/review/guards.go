package review

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/review/ledger"
	"github.com/mingjian/mingjian/internal/store"
)

// Reasons are the codes of policy: why a finding, or part of it, does not stand.
var Reasons = []string{"合理诊疗", "数据错误", "急诊抢救", "知识点不适用", "特殊人群", "已退费", "其他"}

// guards are the conditions that events.tsv names.
var guards = map[string]func(*turn) error{
	"未暂停":     notPaused,
	"已暂停":     paused,
	"说明理由":    saysWhy,
	"理由代码":    reasonCode,
	"非排除人":    notDismisser,
	"非初审人":    notFirst,
	"非前手":     notBefore,
	"无须回避":    notTied,
	"期限内":     inTime,
	"已逾期":     overdue,
	"送达凭证":    delivered,
	"两次催办":    remindedTwice,
	"重新申诉条件":  mayReopen,
	"补充一次":    supplementOnce,
	"申请一次":    askedOnce,
	"机审变更已答复": machineAnswered,
	"机审变更待答复": machineOpen,
	"机审变更或模型": machineOpenOrModel,
	"合议齐票":    panelComplete,
	"已入包":     packed,
	"已发出":     wasSent,
	"账已结清":    settled,
	"移交前未收":   nothingTaken,
}

func notPaused(t *turn) error {
	if t.c.PausedDay != 0 {
		return refuse(CodePaused, "疑点 %s 自 %s 起暂停计时，请先恢复计时", t.c.Finding, claim.Day(t.c.PausedDay))
	}
	return nil
}

func paused(t *turn) error {
	if t.c.PausedDay == 0 {
		return refuse(CodePaused, "疑点 %s 没有暂停计时", t.c.Finding)
	}
	return nil
}

// askedOnce: a panel is asked for once, however often the message is sent.
func askedOnce(t *turn) error {
	steps, err := t.tx.Steps(t.c.Finding)
	if err != nil {
		return err
	}
	for _, s := range steps {
		if s.Event == "ask_panel" {
			return refuse(CodeOnce, "疑点 %s 已于 %s 申请过合议", t.c.Finding, claim.Day(s.Day))
		}
	}
	return nil
}

func saysWhy(t *turn) error {
	if len([]rune(strings.TrimSpace(t.say.Opinion))) < 2 {
		return &Error{CodeReason, "请写明理由", "opinion"}
	}
	return nil
}

func reasonCode(t *turn) error {
	if !slices.Contains(Reasons, t.say.Reason) {
		return &Error{CodeReason, "请选择理由代码：" + strings.Join(Reasons, "、"), "reason"}
	}
	if t.say.Reason == "其他" {
		return saysWhy(t)
	}
	return nil
}

func notDismisser(t *turn) error {
	if t.who.Name == t.c.DismissBy || t.who.Name == t.c.Dismiss2By {
		return refuse(CodeSelf, "须由另一个人办理：%s 已对这条疑点作过排除的决定", t.who.Name)
	}
	return nil
}

func notFirst(t *turn) error {
	if t.who.Name == t.c.FirstBy || t.who.Name == t.c.DismissBy {
		return refuse(CodeSelf, "须由另一个人复审：%s 是这条疑点的初审人", t.who.Name)
	}
	return nil
}

// notBefore: who ends a case has taken no earlier part in it, nor voted on it.
func notBefore(t *turn) error {
	before := []string{t.c.FirstBy, t.c.SecondBy, t.c.DismissBy, t.c.Dismiss2By}
	if t.c.Panel != "" {
		vs, err := t.tx.Votes(t.c.Panel)
		if err != nil {
			return err
		}
		for _, v := range vs {
			before = append(before, v.Login)
		}
	}
	if slices.Contains(before, t.who.Name) {
		return refuse(CodeSelf, "须由另一个人终审：%s 已参与过这条疑点的初审、复审或合议", t.who.Name)
	}
	return nil
}

// notTied: who is tied to the institution judges nothing of it, at no step: what holds for a panel holds for first review, second review and
// the end as well.
func notTied(t *turn) error {
	if t.who == machineID {
		return nil
	}
	return t.tied(t.who.Name, t.c, CodeSelf)
}

func inTime(t *turn) error {
	if t.c.DueDay != 0 && int64(t.today) > t.c.DueDay {
		return refuse(CodeDeadline, "期限 %s 已过，不能“%s”；确有理由的，可在视为认可后申请重新申诉", claim.Day(t.c.DueDay), t.ev.Name)
	}
	return nil
}

func overdue(t *turn) error {
	if t.c.DueDay == 0 || int64(t.today) <= t.c.DueDay {
		return refuse(CodeDeadline, "疑点 %s 的期限 %s 还没有过", t.c.Finding, claim.Day(t.c.DueDay))
	}
	return nil
}

func delivered(t *turn) error {
	if t.c.DeliveredDay == 0 || t.c.Proof == "" {
		return refuse(CodeDelivery, "疑点 %s 没有送达凭证，不能按逾期处理", t.c.Finding)
	}
	return nil
}

// remindedTwice: silence counts as acceptance only after two reminders, the last of them on an earlier day.
func remindedTwice(t *turn) error {
	if t.c.Reminders < 2 || t.c.RemindedDay >= int64(t.today) {
		return refuse(CodeDelivery, "疑点 %s 只催办过 %d 次，满两次并过一日后才能按逾期处理", t.c.Finding, t.c.Reminders)
	}
	return nil
}

// mayReopen: only what was taken as accepted, only once, and within its days.
func mayReopen(t *turn) error {
	n := t.params.value("重开期限", t.c.Admdvs, t.today)
	switch {
	case t.c.Verdict != "" || t.c.SecondBy != "" || t.c.Reopened < 0:
		return refuse(CodeOnce, "疑点 %s 不是因逾期视为认可的，不能重新申诉", t.c.Finding)
	case t.c.Reopened == 0:
		return refuse(CodeOnce, "疑点 %s 由机构认可，不能重新申诉", t.c.Finding)
	case t.d.days().Between(claim.Day(t.c.Reopened), t.today) > int(n):
		return refuse(CodeDeadline, "视为认可（%s）后 %d 个工作日内可重新申诉，现已超过", claim.Day(t.c.Reopened), n)
	}
	return nil
}

func supplementOnce(t *turn) error {
	if t.c.Supplements > 0 {
		return refuse(CodeOnce, "疑点 %s 已要求补充过材料，只能一次，请据现有材料决定", t.c.Finding)
	}
	return nil
}

func machineAnswered(t *turn) error {
	if t.c.Machine != "" {
		return refuse(CodeMachine, "重审后机审结论有变（%s），请先答复：采纳或不采纳", t.c.Machine)
	}
	return nil
}

func machineOpen(t *turn) error {
	if t.c.Machine == "" {
		return refuse(CodeMachine, "疑点 %s 没有待答复的机审变更", t.c.Finding)
	}
	return nil
}

// machineOpenOrModel: an audit says otherwise, or it was a model that found it, which says nothing by itself.
func machineOpenOrModel(t *turn) error {
	if t.c.Machine == "" && store.FromModel(t.c.Finding) {
		return nil
	}
	return machineOpen(t)
}

func packed(t *turn) error {
	if t.c.Package == "" {
		return refuse(CodeDelivery, "疑点 %s 还没有组包，请先组包", t.c.Finding)
	}
	return nil
}

func wasSent(t *turn) error {
	if t.c.SentDay == 0 {
		return refuse(CodeDelivery, "疑点 %s 没有发出过，不用撤回", t.c.Finding)
	}
	return nil
}

func settled(t *turn) error {
	l, err := t.ledgerOf(t.work)
	if err != nil {
		return err
	}
	var patient int64
	for i := range t.lines {
		patient += t.patientOf(t.work, &t.lines[i])
	}
	if patient != 0 && len(l.Keys(ledger.Patient)) == 0 {
		return refuse(CodeLedger, "疑点 %s 还没有下账", t.c.Finding)
	}
	if !l.Settled() {
		return refuse(CodeLedger, "疑点 %s 的账还没有结清：%s", t.c.Finding, balanceText(l))
	}
	return nil
}

// nothingTaken: money that is being or was taken by one track cannot be handed to the other; it is paid back first.
func nothingTaken(t *turn) error {
	l, err := t.ledgerOf(t.work)
	if err != nil {
		return err
	}
	if n := l.Total(ledger.Fund, ledger.Offset, ledger.Paid, ledger.Received, ledger.BackDue, ledger.Clearing, ledger.YearEnd, ledger.Refused, ledger.Elsewhere); n != 0 {
		return refuse(CodeLedger, "疑点 %s 已有 %s 元在收或已收，不能移交：同一事实不重复收缴", t.c.Finding, claim.Money(n))
	}
	return nil
}
