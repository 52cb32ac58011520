package message

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/store"
)

// Kind is a kind of message that people may choose.
type Kind struct {
	Name string            `json:"kind"`
	Does string            `json:"does"`
	Inst bool              `json:"-"` // an institution's people get it; the bureau's too when To names permissions of theirs
	To   []auth.Permission `json:"-"` // who has one of these gets it
}

// The kinds' names.
const (
	Delivered  = "疑点送达"
	Document   = "文书送达"
	DueSoon    = "即将到期"
	Overdue    = "已经超期"
	ImportBad  = "导入没有成"
	ImportPart = "导入有拒收"
	Incomplete = "数据不全"
	AuditDone  = "审核完成"
	JobBad     = "任务没有成"
	BackShadow = "规则退回影子"
	Announced  = "规则公布"
	WrongDue   = "提醒有误待答复"
	PanelSeat  = "合议邀请"
	ReportMade = "报表做好"
)

// Kinds are all kinds, in the order in which they are shown.
var Kinds = []Kind{
	{Delivered, "医保局发来疑点告知书", true, []auth.Permission{auth.Appeal}},
	{Document, "催办、复审结果、撤回、催缴等文书", true, []auth.Permission{auth.Appeal}},
	{DueSoon, "手里的疑点几个工作日内到期，每天一次", true, []auth.Permission{auth.Appeal, auth.FirstReview, auth.SecondReview, auth.Dispatch, auth.Confirm, auth.Execute, auth.Inspect}},
	{Overdue, "手里的疑点已经超期，每天一次", true, []auth.Permission{auth.Appeal, auth.FirstReview, auth.SecondReview, auth.Dispatch, auth.Confirm, auth.Execute, auth.Inspect}},
	{PanelSeat, "您被请进一个合议组", false, []auth.Permission{auth.PanelReview}},
	{ImportBad, "导入失败或中断", false, []auth.Permission{auth.ImportData}},
	{ImportPart, "导入做完了，但有行被拒收", false, []auth.Permission{auth.ImportData}},
	{Incomplete, "数据与清算总额不符，可能不全", false, []auth.Permission{auth.ImportData, auth.RunAudit}},
	{AuditDone, "一次审核的疑点已入库", false, []auth.Permission{auth.RunAudit}},
	{JobBad, "审核、试算等任务失败或中断", false, []auth.Permission{auth.RunAudit, auth.EditKnowledge}},
	{BackShadow, "一条规则从生效退回影子", false, []auth.Permission{auth.EditKnowledge, auth.ApproveRules}},
	{Announced, "新公布的规则和生效日期", true, []auth.Permission{auth.Appeal, auth.EditKnowledge, auth.ApproveRules}},
	{WrongDue, "医生反映“提醒有误”，五个工作日的答复期限快到或已过", false, []auth.Permission{auth.EditKnowledge, auth.ApproveRules}},
	{ReportMade, "定期报表已做好，或没有做成", false, []auth.Permission{auth.ReadBoards}},
}

func kindOf(name string) *Kind {
	if i := slices.IndexFunc(Kinds, func(k Kind) bool { return k.Name == name }); i >= 0 {
		return &Kinds[i]
	}
	return nil
}

// For lists the kinds that somebody may get.
func For(who *auth.Identity) []Kind {
	return slices.DeleteFunc(slices.Clone(Kinds), func(k Kind) bool {
		return !slices.ContainsFunc(k.To, who.May) || (who.Scope.Inst != "" && !k.Inst)
	})
}

// names reads a list of kinds as it is kept.
func names(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

// identity is who a user is.
func identity(u *store.User) *auth.Identity {
	return &auth.Identity{Name: u.Login, Roles: u.Roles, Scope: auth.Scope{Admdvs: u.Admdvs, Inst: u.Inst}}
}
