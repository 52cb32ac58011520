package cli

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/store"
)

// demoPerson is a user of the example city. Inst says whose: the first hospital, the second, or a pharmacy; "" = the bureau's.
type demoPerson struct {
	Login, Name, Role, Inst string
}

// Institutions of the demo's users, before it is known which these are.
const (
	demoFirst    = "一院"
	demoSecond   = "二院"
	demoPharmacy = "药店"
	demoSeller   = "重码药店"
)

// demoPeople are users of every role, and as many of a role as the loop needs different people.
var demoPeople = []demoPerson{
	{"guanli", "管理员", auth.Admin, ""}, {"shenji", "审计员", auth.Auditor, ""}, {"jingban", "周经办", "经办", ""}, {"fenxi", "吴分析", "分析员", ""},
	{"caiwu", "郑财务", "财务", ""}, {"weihu", "王维护", "两库维护", ""}, {"pizhun", "冯批准", "两库批准", ""},
	{"chushen1", "陈初审", "初审", ""}, {"chushen2", "褚初审", "初审", ""}, {"fushen1", "卫复审", "复审", ""}, {"fushen2", "蒋复审", "复审", ""},
	{"zhuanjia1", "沈专家", auth.Expert, ""}, {"zhuanjia2", "韩专家", auth.Expert, ""}, {"zhuanjia3", "杨专家", auth.Expert, ""},
	{"zhongshen1", "朱终审", "终审", ""}, {"zhongshen2", "秦终审", "终审", ""}, {"zhifa", "尤执法", "执法", ""}, {"lingdao", "许领导", "领导", ""}, {"zhidu", "何只读", "只读", ""},
	{"yiban1", "吕医保", auth.Hospital, demoFirst}, {"keshi1", "施科室", "科室", demoFirst}, {"yisheng1", "张医生", "医生", demoFirst},
	{"yiban2", "孔医保", auth.Hospital, demoSecond}, {"yaodian1", "曹药店", "药店", demoPharmacy}, {"yaodian2", "窦药店", "药店", demoSeller},
}

// demoPlaces chooses the institutions that have users: the two hospitals and the pharmacy with most findings that can be charged, and the
// pharmacy that sold most boxes twice, which has statements to make.
func demoPlaces(fs []store.Finding, kinds map[string]string) map[string]string {
	n, twice := map[string]int{}, map[string]int{}
	for code := range kinds {
		n[code] = 0
	}
	for i := range fs {
		if fs[i].Charged > 0 {
			n[fs[i].Inst]++
			if fs[i].RuleID == "T001" {
				twice[fs[i].Inst]++
			}
		}
	}
	out := map[string]string{}
	for _, x := range []struct{ as, kind string }{{demoFirst, "1"}, {demoSecond, "1"}, {demoPharmacy, "2"}} {
		best := ""
		for code, k := range n {
			if _, named := kinds[code]; !named || kinds[code] != x.kind || (x.as == demoSecond && code == out[demoFirst]) {
				continue
			}
			if best == "" || k > n[best] || (k == n[best] && code < best) {
				best = code
			}
		}
		if best != "" {
			out[x.as] = best
		}
	}
	seller := ""
	for code, k := range twice {
		if kinds[code] == "2" && code != out[demoPharmacy] && (seller == "" || k > twice[seller] || (k == twice[seller] && code < seller)) {
			seller = code
		}
	}
	if seller != "" {
		out[demoSeller] = seller
	}
	return out
}

// demoPassword is easy to type: three groups of four letters and digits without those that look alike.
func demoPassword() string {
	const letters = "abcdefghjkmnpqrstuvwxyz23456789"
	b := make([]byte, 12)
	rand.Read(b) // never fails
	var out strings.Builder
	for i, c := range b {
		if i > 0 && i%4 == 0 {
			out.WriteByte('-')
		}
		out.WriteByte(letters[int(c)%len(letters)])
	}
	return out.String()
}

// people makes the users that are not there yet and returns their passwords by login: told once, kept nowhere.
func (d *demo) people(o *office, insts map[string]string) (map[string]string, error) {
	have, err := o.db.Users(d.s.ctx)
	if err != nil {
		return nil, err
	}
	told := map[string]string{}
	for _, p := range demoPeople {
		if slices.ContainsFunc(have, func(u store.User) bool { return u.Login == p.Login }) {
			continue
		}
		inst := insts[p.Inst]
		if p.Inst != "" && inst == "" {
			continue // a very small city has no pharmacy
		}
		password := demoPassword()
		if err := o.users().Add(d.s.ctx, o.actor, auth.NewUser{Login: p.Login, Name: p.Name, Password: password, Roles: []string{p.Role}, Scope: auth.Scope{Inst: inst}}); err != nil {
			return nil, fmt.Errorf("示例用户 %s：%w", p.Login, err)
		}
		told[p.Login] = password
	}
	return told, nil
}

// showPeople prints who can sign in.
func (d *demo) showPeople() {
	if len(d.told) == 0 {
		d.s.printf("\n示例用户第一次运行时已经建好，口令只在那时显示一次；忘了可以重设：mingjian user passwd --data %s 登录名\n", d.Data)
		return
	}
	var rows [][]string
	for _, p := range demoPeople {
		if pw := d.told[p.Login]; pw != "" {
			where := "全部"
			if p.Inst != "" {
				where = d.insts[p.Inst]
			}
			rows = append(rows, []string{p.Login, pw, p.Name, p.Role, where})
		}
	}
	d.s.printf("\n【示例用户】口令只显示这一次，请记下\n")
	table(d.s.out, []string{"登录名", "口令", "姓名", "角色", "能看谁的数据"}, rows)
}

// identity is one of the demo's users, as if signed in.
func (d *demo) identity(login string) (*auth.Identity, error) {
	for _, p := range demoPeople {
		if p.Login == login {
			return &auth.Identity{Name: login, Roles: []string{p.Role}, Scope: auth.Scope{Inst: d.insts[p.Inst]}}, nil
		}
	}
	return nil, errors.New("没有示例用户 " + login)
}
