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
)

// Role is a set of permissions under the bureau's word for it.
type Role struct {
	Name string
	Does string // in a sentence
	May  []Permission

	apart bool // goes with no other role
}

// The roles' names that code speaks of.
const (
	Admin    = "管理员"
	Auditor  = "审计员"
	Hospital = "医院"
)

// Roles lists all roles.
var Roles = []Role{
	{Admin, "管用户、密钥和备份，不碰业务", []Permission{ManageUsers, ManageKeys, BackUp}, true},
	{Auditor, "查看操作留痕，别的都不能做", []Permission{ReadTrail}, true},
	{"经办", "导入数据、运行审核、导出", []Permission{ImportData, RunAudit, ReadFindings, ExportData, ReadBoards}, false},
	{"两库维护", "维护规则和知识，须另一人批准", []Permission{EditKnowledge, ReadFindings, ReadBoards}, false},
	{"两库批准", "批准规则和知识的变更", []Permission{ApproveRules, ReadFindings, ReadBoards}, false},
	{"初审", "疑点初审", []Permission{FirstReview, ReadFindings, ExportData, ReadBoards}, false},
	{"复审", "疑点复审，与初审不能是同一人", []Permission{SecondReview, ReadFindings, ExportData, ReadBoards}, false},
	{"合议", "合议专家", []Permission{PanelReview, ReadFindings}, false},
	{"负责人", "确认违规和扣款", []Permission{Confirm, ReadFindings, ExportData, ReadBoards}, false},
	{"稽核", "稽核检查、案件办理，可查看证件", []Permission{Inspect, ReadFindings, ExportData, Unmask, ReadBoards}, false},
	{Hospital, "定点机构：看本机构的疑点，申诉", []Permission{Appeal, ReadFindings}, true},
	{"只读", "看疑点和看板", []Permission{ReadFindings, ReadBoards}, false},
}

func roleOf(name string) (Role, bool) {
	i := slices.IndexFunc(Roles, func(r Role) bool { return r.Name == name })
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
	for i, name := range roles {
		r, ok := roleOf(name)
		switch {
		case !ok:
			return fmt.Errorf("没有角色 %q，可用：%s", name, roleNames())
		case slices.Contains(roles[:i], name):
			return fmt.Errorf("角色 %q 写了两次", name)
		case r.apart && len(roles) > 1:
			return fmt.Errorf("角色 %q 不能与别的角色兼任", name)
		case name == Hospital && inst == "":
			return fmt.Errorf("角色 %q 必须用 --inst 指定机构", name)
		}
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
