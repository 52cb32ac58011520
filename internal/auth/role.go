package auth

import (
	"fmt"
	"slices"
	"strings"
)

// Permission is something a user may do.
type Permission string

// All permissions. Code asks for these, never for roles.
const (
	ManageUsers   Permission = "用户管理"
	ManageKeys    Permission = "密钥管理"
	BackUp        Permission = "备份恢复"
	ReadTrail     Permission = "查看留痕"
	ImportData    Permission = "导入数据"
	RunAudit      Permission = "运行审核"
	ReadFindings  Permission = "查看疑点"
	ExportData    Permission = "导出"
	Unmask        Permission = "查看证件"
	FirstReview   Permission = "初审"
	SecondReview  Permission = "复审"
	PanelReview   Permission = "合议"
	Confirm       Permission = "确认扣款"
	Inspect       Permission = "稽核"
	Appeal        Permission = "申诉"
	EditKnowledge Permission = "维护两库"
	ApproveRules  Permission = "批准两库"
	ReadBoards    Permission = "查看看板"

	Dispatch       Permission = "派单"   // take findings up, pack and send them
	Execute        Permission = "执行扣款" // book, offset, receive, pay back, close months
	Reply          Permission = "院内答复" // answer what the hospital's insurance office asks
	SetLimits      Permission = "办理参数" // deadlines and sums of an area
	ReadDismissals Permission = "查看排除率"
)

// Role is a set of permissions under the bureau's word for it.
type Role struct {
	Name string
	Does string // in a sentence
	May  []Permission

	apart   bool   // goes with no other role
	outside bool   // of an institution: goes with no role of the bureau and needs an institution
	was     string // what the role was called before; accounts may still say so
}

// The roles' names that code speaks of.
const (
	Admin    = "管理员"
	Auditor  = "审计"
	Hospital = "医疗机构医保办"
	Expert   = "合议专家"
)

// Roles lists all roles.
var Roles = []Role{
	{Name: Admin, Does: "管用户、密钥和备份，不碰业务", May: []Permission{ManageUsers, ManageKeys, BackUp}, apart: true},
	{Name: Auditor, Does: "查看操作留痕和各人的排除率，别的都不能做", May: []Permission{ReadTrail, ReadDismissals}, apart: true, was: "审计员"},
	{Name: "经办", Does: "导入数据、运行审核、派单、组包发出、执行扣款、导出", May: []Permission{ImportData, RunAudit, ReadFindings, ExportData, ReadBoards, Dispatch, Execute}},
	{Name: "分析员", Does: "导入数据、运行审核和模型、看疑点和看板、导出", May: []Permission{ImportData, RunAudit, ReadFindings, ExportData, ReadBoards}},
	{Name: "财务", Does: "扣款、收款、退款、月结", May: []Permission{Execute, ReadFindings, ExportData, ReadBoards}},
	{Name: "两库维护", Does: "维护规则和知识，须另一人批准", May: []Permission{EditKnowledge, ReadFindings, ReadBoards}},
	{Name: "两库批准", Does: "批准规则和知识的变更", May: []Permission{ApproveRules, ReadFindings, ReadBoards}},
	{Name: "初审", Does: "疑点初审、组包发出", May: []Permission{FirstReview, Dispatch, ReadFindings, ExportData, ReadBoards}},
	{Name: "复审", Does: "疑点复审，与初审不能是同一人", May: []Permission{SecondReview, ReadFindings, ExportData, ReadBoards}},
	{Name: Expert, Does: "合议，只看交给自己的、遮去姓名证件的疑点，有聘期", May: []Permission{PanelReview, ReadFindings}, was: "合议"},
	{Name: "终审", Does: "确认违规和扣款、撤回、移交、定办理参数", May: []Permission{Confirm, SetLimits, ReadFindings, ExportData, ReadBoards}, was: "负责人"},
	{Name: "执法", Does: "稽核检查、案件办理，可查看证件", May: []Permission{Inspect, ReadFindings, ExportData, Unmask, ReadBoards}, was: "稽核"},
	{Name: "领导", Does: "看看板和疑点，不办理", May: []Permission{ReadFindings, ReadBoards}},
	{Name: Hospital, Does: "定点医疗机构：看本机构的疑点，转科室，认可或申诉", May: []Permission{Appeal, Reply, ReadFindings}, outside: true, was: "医院"},
	{Name: "科室", Does: "答复医保办转来的疑点", May: []Permission{Reply, ReadFindings}, outside: true},
	{Name: "医生", Does: "答复医保办或科室转来的疑点", May: []Permission{Reply, ReadFindings}, outside: true},
	{Name: "药店", Does: "定点药店：看本店的疑点，认可或申诉", May: []Permission{Appeal, ReadFindings}, outside: true},
	{Name: "只读", Does: "看疑点和看板", May: []Permission{ReadFindings, ReadBoards}},
}

func roleOf(name string) (Role, bool) {
	i := slices.IndexFunc(Roles, func(r Role) bool { return r.Name == name || (r.was != "" && r.was == name) })
	if i < 0 {
		return Role{}, false
	}
	return Roles[i], true
}

// CheckRoles tells whether a user may have these roles together, with this institution as scope.
func CheckRoles(roles []string, inst string) error {
	if len(roles) == 0 {
		return fmt.Errorf("至少要有一个角色，可用：%s", roleNames())
	}
	outside := 0
	for i, name := range roles {
		r, ok := roleOf(name)
		switch {
		case !ok:
			return fmt.Errorf("没有角色 %q，可用：%s", name, roleNames())
		case slices.Contains(roles[:i], name):
			return fmt.Errorf("角色 %q 写了两次", name)
		case r.apart && len(roles) > 1:
			return fmt.Errorf("角色 %q 不能与别的角色兼任", name)
		case r.outside && inst == "":
			return fmt.Errorf("角色 %q 必须用 --inst 指定机构", name)
		}
		if r.outside {
			outside++
		}
	}
	if outside > 0 && outside < len(roles) {
		return fmt.Errorf("机构的角色不能与医保部门的角色兼任：%s", strings.Join(roles, "、"))
	}
	return nil
}

func roleNames() string {
	names := make([]string, len(Roles))
	for i, r := range Roles {
		names[i] = r.Name
	}
	return strings.Join(names, "、")
}

// Scope is whose data may be seen; empty fields see all.
type Scope struct {
	Admdvs string // prefix of the administrative division
	Inst   string // institution
}

// Sees reports whether data of an institution in a division is within the scope.
func (s Scope) Sees(admdvs, inst string) bool {
	return strings.HasPrefix(admdvs, s.Admdvs) && (s.Inst == "" || s.Inst == inst)
}

// Identity is who acts: a user or a calling system.
type Identity struct {
	Name  string // login, or id of the key
	Roles []string
	Scope Scope
}

// May reports whether one of the identity's roles has the permission.
func (i *Identity) May(p Permission) bool {
	return slices.ContainsFunc(i.Roles, func(name string) bool {
		r, ok := roleOf(name)
		return ok && slices.Contains(r.May, p)
	})
}

// Permissions lists what the identity's roles may do, each once.
func (i *Identity) Permissions() []Permission {
	out := []Permission{}
	for _, name := range i.Roles {
		if r, ok := roleOf(name); ok {
			out = append(out, r.May...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Outside reports whether the identity is of an institution, not of the bureau.
func (i *Identity) Outside() bool {
	return slices.ContainsFunc(i.Roles, func(name string) bool {
		r, ok := roleOf(name)
		return ok && r.outside
	})
}

// Outside tells that the role is of an institution.
func (r *Role) Outside() bool { return r.outside }

// Apart tells that the role goes with no other.
func (r *Role) Apart() bool { return r.apart }
