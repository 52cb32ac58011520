package cli

import (
	"crypto/rand"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
)

type userCmd struct {
	Add     userAddCmd     `cmd:"" help:"新增用户"`
	List    userListCmd    `cmd:"" help:"列出用户"`
	Role    userRoleCmd    `cmd:"" help:"修改角色和数据范围"`
	Passwd  userPasswdCmd  `cmd:"" help:"修改口令"`
	Disable userDisableCmd `cmd:"" help:"停用用户"`
	Enable  userEnableCmd  `cmd:"" help:"启用用户"`
	Roles   userRolesCmd   `cmd:"" help:"列出可用的角色"`
}

func (o *office) users() *auth.Users { return &auth.Users{DB: o.db, Trail: o.trail} }

// passwordFlag says where a password comes from: never from the command line, which others on the machine can see.
type passwordFlag struct {
	PasswordFile string `name:"password-file" help:"口令文件的第一行，- 为标准输入；缺省随机生成并显示一次" placeholder:"文件"`
}

// get returns the password, and whether it was made up and must be shown. One that happens to hold the login is made again.
func (f *passwordFlag) get(s *streams, login string) (password string, made bool, err error) {
	if f.PasswordFile == "" {
		password = rand.Text()
		for try := 0; try < 100 && auth.CheckPassword(login, password) != nil; try++ {
			password = rand.Text()
		}
		return password, true, nil
	}
	password, err = readPassword(s, f.PasswordFile)
	return password, false, err
}

type userAddCmd struct {
	dataFlag
	storeFlag
	passwordFlag
	Login  string   `arg:"" name:"登录名" help:"小写字母、数字、. _ -"`
	Name   string   `help:"姓名"`
	Roles  []string `help:"角色，逗号分隔，见 user roles" required:"" name:"role"`
	Admdvs string   `help:"只看这个区划（代码前缀）的数据"`
	Inst   string   `help:"只看这家机构的数据；机构的角色必填"`
}

func (c *userAddCmd) Run(s *streams) error {
	password, made, err := c.get(s, c.Login)
	if err != nil {
		return err
	}
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		err := o.users().Add(s.ctx, o.actor, auth.NewUser{Login: c.Login, Name: c.Name, Password: password, Roles: c.Roles,
			Scope: auth.Scope{Admdvs: c.Admdvs, Inst: c.Inst}})
		if err != nil {
			return err
		}
		s.printf("已新增用户 %s（%s）\n", c.Login, strings.Join(c.Roles, "、"))
		showPassword(s, password, made)
		return nil
	})
}

func showPassword(s *streams, password string, made bool) {
	if made {
		s.printf("口令（只显示这一次）：%s\n", password)
	}
}

type userListCmd struct {
	dataFlag
	storeFlag
	jsonFlag
}

type userItem struct {
	Login    string   `json:"login"`
	Name     string   `json:"name"`
	Roles    []string `json:"roles"`
	Admdvs   string   `json:"admdvs"`
	Inst     string   `json:"fixmedins_code"`
	Disabled bool     `json:"disabled"`
	MadeAt   string   `json:"made_at"`
}

func (c *userListCmd) Run(s *streams) error {
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		us, err := o.db.Users(s.ctx)
		if err != nil {
			return err
		}
		items := make([]userItem, len(us))
		rows := make([][]string, len(us))
		for i, u := range us {
			items[i] = userItem{u.Login, u.Name, u.Roles, u.Admdvs, u.Inst, u.Disabled, clock(u.MadeAt)}
			state := "在用"
			if u.Disabled {
				state = "停用"
			}
			rows[i] = []string{u.Login, u.Name, strings.Join(u.Roles, "、"), u.Admdvs, u.Inst, state, clock(u.MadeAt)}
		}
		if c.JSON {
			return s.json(items)
		}
		table(s.out, []string{"登录名", "姓名", "角色", "区划", "机构", "状态", "新增时间"}, rows)
		return nil
	})
}

type userRoleCmd struct {
	dataFlag
	storeFlag
	Login  string   `arg:"" name:"登录名"`
	Roles  []string `arg:"" name:"角色" help:"改成这些角色，原有的不留"`
	Admdvs *string  `help:"数据范围改成这个区划；空为不限"`
	Inst   *string  `help:"数据范围改成这家机构；空为不限"`
}

func (c *userRoleCmd) Run(s *streams) error {
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		if err := o.users().SetRoles(s.ctx, o.actor, c.Login, c.Roles, c.Admdvs, c.Inst); err != nil {
			return err
		}
		s.printf("用户 %s 的角色现为 %s\n", c.Login, strings.Join(c.Roles, "、"))
		return nil
	})
}

type userPasswdCmd struct {
	dataFlag
	storeFlag
	passwordFlag
	Login string `arg:"" name:"登录名"`
}

func (c *userPasswdCmd) Run(s *streams) error {
	password, made, err := c.get(s, c.Login)
	if err != nil {
		return err
	}
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		if err := o.users().SetPassword(s.ctx, o.actor, c.Login, password); err != nil {
			return err
		}
		s.printf("用户 %s 的口令已修改\n", c.Login)
		showPassword(s, password, made)
		return nil
	})
}

type userDisableCmd struct {
	dataFlag
	storeFlag
	Login string `arg:"" name:"登录名"`
}

func (c *userDisableCmd) Run(s *streams) error {
	return setDisabled(s, c.Data, c.Store, c.Login, true)
}

type userEnableCmd userDisableCmd

func (c *userEnableCmd) Run(s *streams) error {
	return setDisabled(s, c.Data, c.Store, c.Login, false)
}

func setDisabled(s *streams, data, given, login string, disabled bool) error {
	return withOffice(s, data, given, func(o *office) error {
		if err := o.users().SetDisabled(s.ctx, o.actor, login, disabled); err != nil {
			return err
		}
		s.printf("用户 %s 已%s\n", login, map[bool]string{true: "停用", false: "启用"}[disabled])
		return nil
	})
}

type userRolesCmd struct{ jsonFlag }

func (c *userRolesCmd) Run(s *streams) error {
	if c.JSON {
		type item struct {
			Name string            `json:"name"`
			Does string            `json:"does"`
			May  []auth.Permission `json:"may"`
		}
		var items []item
		for _, r := range auth.Roles {
			items = append(items, item{r.Name, r.Does, r.May})
		}
		return s.json(items)
	}
	var rows [][]string
	for _, r := range auth.Roles {
		may := make([]string, len(r.May))
		for i, p := range r.May {
			may[i] = string(p)
		}
		rows = append(rows, []string{r.Name, r.Does, strings.Join(may, "、")})
	}
	table(s.out, []string{"角色", "做什么", "权限"}, rows)
	return nil
}
