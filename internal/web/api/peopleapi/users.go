package peopleapi

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
)

// Config is what the operations work with.
type Config struct {
	Keys func() (*auth.Keys, error)
	Desk func() *review.Desk
	Dir  string // the data directory, where the trail's anchors lie
}

type group struct {
	Config
	*api.API
}

var manage = api.Need{Any: []auth.Permission{auth.ManageUsers}}

// Group adds the operations.
func Group(c Config) func(*api.API) {
	return func(a *api.API) {
		g := &group{c, a}
		g.roles()
		g.people()
		g.changes()
		g.keys()
		g.experts()
		g.trail()
	}
}

func (g *group) users() *auth.Users { return &auth.Users{DB: g.DB, Trail: g.Trail} }

type roleItem struct {
	Name    string            `json:"name"`
	Does    string            `json:"does"`
	May     []auth.Permission `json:"may"`
	Outside bool              `json:"outside" doc:"机构的角色：必须指定机构"`
	Apart   bool              `json:"apart" doc:"不能与别的角色兼任"`
}

func (g *group) roles() {
	api.Add(g.API, huma.Operation{OperationID: "list-roles", Method: http.MethodGet, Path: "/api/people/roles", Summary: "角色和各能做什么", Tags: []string{"用户与权限"}},
		api.Need{Any: []auth.Permission{auth.ManageUsers, auth.ReadTrail}}, func(context.Context, *struct{}) (*api.Body[struct {
			Items []roleItem `json:"items"`
		}], error) {
			out := &api.Body[struct {
				Items []roleItem `json:"items"`
			}]{}
			for i := range auth.Roles {
				r := &auth.Roles[i]
				out.Body.Items = append(out.Body.Items, roleItem{r.Name, r.Does, r.May, r.Outside(), r.Apart()})
			}
			return out, nil
		})
	api.Add(g.API, huma.Operation{OperationID: "list-institutions", Method: http.MethodGet, Path: "/api/people/institutions", Summary: "机构，供指定数据范围", Tags: []string{"用户与权限"}},
		api.Need{Any: []auth.Permission{auth.ManageUsers, auth.ManageKeys}}, func(ctx context.Context, _ *struct{}) (*api.Body[struct {
			Items []instItem `json:"items"`
		}], error) {
			out := &api.Body[struct {
				Items []instItem `json:"items"`
			}]{}
			out.Body.Items = []instItem{}
			return out, g.DB.View(ctx, func(tx *store.Tx) error {
				is, err := tx.Institutions()
				for _, i := range is {
					out.Body.Items = append(out.Body.Items, instItem{i.Code, i.Name, i.Admdvs})
				}
				return err
			})
		})
}

type instItem struct {
	Code   string `json:"fixmedins_code"`
	Name   string `json:"name"`
	Admdvs string `json:"admdvs"`
}

type userItem struct {
	Login    string   `json:"login"`
	Name     string   `json:"name"`
	Roles    []string `json:"roles"`
	Admdvs   string   `json:"admdvs" doc:"数据范围：区划，空为全部"`
	Inst     string   `json:"fixmedins_code" doc:"数据范围：机构，空为全部"`
	Disabled bool     `json:"disabled"`
	Locked   string   `json:"locked_until" doc:"登录失败太多，锁到什么时候；空为没有锁"`
	Used     string   `json:"used_at" doc:"最近使用；空为近来没有登录"`
	MadeAt   string   `json:"made_at"`
	Changed  string   `json:"changed_at"`
	Version  int64    `json:"version" doc:"行版本，同 ETag"`
}

func (g *group) item(tx *store.Tx, u *store.User) (userItem, error) {
	locked, err := tx.Locked(store.Micros(time.Now()))
	if err != nil {
		return userItem{}, err
	}
	used, err := tx.LastUsed()
	return itemOf(u, locked, used), err
}

func itemOf(u *store.User, locked, used map[string]int64) userItem {
	x := userItem{u.Login, u.Name, u.Roles, u.Admdvs, u.Inst, u.Disabled, api.Moment(locked[u.Login]), api.Moment(used[u.Login]), api.Moment(u.MadeAt), api.Moment(u.ChangedAt), u.Version}
	if x.Roles == nil {
		x.Roles = []string{}
	}
	return x
}

// one reads an account as it is now.
func (g *group) one(ctx context.Context, login string) (*api.Tagged[userItem], error) {
	var x userItem
	err := g.DB.View(ctx, func(tx *store.Tx) error {
		u, err := tx.User(login)
		if err == nil {
			x, err = g.item(tx, u)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.Tag(x.Version, x), nil
}

// LoginID names an account in an address.
type LoginID struct {
	Login string `path:"login" maxLength:"32"`
}

type newUser struct {
	Body struct {
		Login  string   `json:"login" minLength:"2" maxLength:"32" doc:"小写字母、数字、. _ -"`
		Name   string   `json:"name" minLength:"1" maxLength:"40"`
		Roles  []string `json:"roles" minItems:"1" maxItems:"10"`
		Admdvs string   `json:"admdvs,omitempty" maxLength:"6"`
		Inst   string   `json:"fixmedins_code,omitempty" maxLength:"32"`
	}
}

// withPassword is an account with the password that was made for it: told once.
type withPassword struct {
	userItem
	Password string `json:"password" doc:"只显示这一次"`
}

// newPassword makes a password that does not hold the login.
func newPassword(login string) string {
	p := rand.Text()
	for try := 0; try < 100 && auth.CheckPassword(login, p) != nil; try++ {
		p = rand.Text()
	}
	return p
}

func (g *group) people() {
	tags := []string{"用户与权限"}
	api.Add(g.API, huma.Operation{OperationID: "list-users", Method: http.MethodGet, Path: "/api/people/users", Summary: "用户", Tags: tags}, manage,
		func(ctx context.Context, _ *struct{}) (*api.Body[struct {
			Items []userItem `json:"items"`
		}], error) {
			us, err := g.DB.Users(ctx)
			if err != nil {
				return nil, err
			}
			out := &api.Body[struct {
				Items []userItem `json:"items"`
			}]{}
			out.Body.Items = []userItem{}
			return out, g.DB.View(ctx, func(tx *store.Tx) error {
				locked, err := tx.Locked(store.Micros(time.Now()))
				if err != nil {
					return err
				}
				used, err := tx.LastUsed()
				for i := range us {
					out.Body.Items = append(out.Body.Items, itemOf(&us[i], locked, used))
				}
				return err
			})
		})
	api.Add(g.API, huma.Operation{OperationID: "add-user", Method: http.MethodPost, Path: "/api/people/users", Summary: "新增用户", Tags: tags, DefaultStatus: http.StatusCreated,
		Description: "口令由系统生成，只在答复里给一次。"}, manage, g.add)
	api.Add(g.API, huma.Operation{OperationID: "get-user", Method: http.MethodGet, Path: "/api/people/users/{login}", Summary: "一个用户", Tags: tags, Errors: []int{404}}, manage,
		func(ctx context.Context, in *LoginID) (*api.Tagged[userItem], error) { return g.one(ctx, in.Login) })
}

func (g *group) add(ctx context.Context, in *newUser) (*api.Tagged[withPassword], error) {
	b := &in.Body
	if err := g.place(ctx, b.Admdvs, b.Inst); err != nil {
		return nil, err
	}
	password := newPassword(b.Login)
	err := g.users().Add(ctx, api.Who(ctx).Name, auth.NewUser{Login: b.Login, Name: b.Name, Password: password, Roles: b.Roles, Scope: auth.Scope{Admdvs: b.Admdvs, Inst: b.Inst}})
	if err != nil {
		return nil, err
	}
	x, err := g.one(ctx, b.Login)
	if err != nil {
		return nil, err
	}
	return &api.Tagged[withPassword]{ETag: x.ETag, Body: withPassword{x.Body, password}}, nil
}

// place checks a scope: an institution that nobody knows would leave its user with nothing to see and nobody would know why.
func (g *group) place(ctx context.Context, admdvs, inst string) error {
	if admdvs != "" && (len(admdvs)%2 != 0 || len(admdvs) > 6 || slices.ContainsFunc([]byte(admdvs), func(c byte) bool { return c < '0' || c > '9' })) {
		return fmt.Errorf("区划 %q 应为 2、4 或 6 位数字", admdvs)
	}
	if inst == "" {
		return nil
	}
	return g.DB.View(ctx, func(tx *store.Tx) error {
		is, err := tx.Institutions()
		if err == nil && !slices.ContainsFunc(is, func(i store.Institution) bool { return i.Code == inst }) {
			err = fmt.Errorf("没有机构 %s：请先导入机构信息，或核对编码", inst)
		}
		return err
	})
}

func (g *group) changes() {
	tags, errs := []string{"用户与权限"}, []int{404, 409, 412, 428}
	// change does something to an account of the version that the caller saw.
	change := func(ctx context.Context, login string, m api.Matched, f func(u *auth.Users) error) (*api.Tagged[userItem], error) {
		seen, err := m.Version()
		if err != nil {
			return nil, err
		}
		if err := f(g.users().Expecting(seen)); err != nil {
			return nil, err
		}
		return g.one(ctx, login)
	}
	notSelf := func(ctx context.Context, login string) error {
		if api.Who(ctx).Name == login {
			return web.NewProblem(http.StatusConflict, web.CodeConflict, "不能对自己的账号这样办，请另一名管理员办理")
		}
		return nil
	}
	type bare struct {
		LoginID
		api.Matched
	}
	api.Add(g.API, huma.Operation{OperationID: "set-roles", Method: http.MethodPut, Path: "/api/people/users/{login}/roles", Summary: "改角色和数据范围", Tags: tags, Errors: errs}, manage,
		func(ctx context.Context, in *struct {
			LoginID
			api.Matched
			Body struct {
				Roles  []string `json:"roles" minItems:"1" maxItems:"10"`
				Admdvs string   `json:"admdvs" maxLength:"6"`
				Inst   string   `json:"fixmedins_code" maxLength:"32"`
			}
		}) (*api.Tagged[userItem], error) {
			b := &in.Body
			if err := errors.Join(notSelf(ctx, in.Login), g.place(ctx, b.Admdvs, b.Inst)); err != nil {
				return nil, err
			}
			return change(ctx, in.Login, in.Matched, func(u *auth.Users) error {
				return u.SetRoles(ctx, api.Who(ctx).Name, in.Login, b.Roles, &b.Admdvs, &b.Inst)
			})
		})
	for _, x := range []struct {
		name, path, summary string
		disabled            bool
	}{{"disable-user", "disable", "停用", true}, {"enable-user", "enable", "启用", false}} {
		api.Add(g.API, huma.Operation{OperationID: x.name, Method: http.MethodPost, Path: "/api/people/users/{login}/" + x.path, Summary: x.summary, Tags: tags, Errors: errs,
			Description: "立即生效，已登录的也退出。"}, manage, func(ctx context.Context, in *bare) (*api.Tagged[userItem], error) {
			if err := notSelf(ctx, in.Login); err != nil {
				return nil, err
			}
			return change(ctx, in.Login, in.Matched, func(u *auth.Users) error { return u.SetDisabled(ctx, api.Who(ctx).Name, in.Login, x.disabled) })
		})
	}
	api.Add(g.API, huma.Operation{OperationID: "unlock-user", Method: http.MethodPost, Path: "/api/people/users/{login}/unlock", Summary: "解除登录锁定", Tags: tags, Errors: []int{404}}, manage,
		func(ctx context.Context, in *LoginID) (*api.Tagged[userItem], error) {
			if err := g.users().Unlock(ctx, api.Who(ctx).Name, in.Login); err != nil {
				return nil, err
			}
			return g.one(ctx, in.Login)
		})
	api.Add(g.API, huma.Operation{OperationID: "reset-password", Method: http.MethodPost, Path: "/api/people/users/{login}/password", Summary: "重设口令", Tags: tags, Errors: errs,
		Description: "口令由系统生成，只在答复里给一次；已登录的立即退出。"}, manage, func(ctx context.Context, in *bare) (*api.Tagged[withPassword], error) {
		password := newPassword(in.Login)
		x, err := change(ctx, in.Login, in.Matched, func(u *auth.Users) error { return u.SetPassword(ctx, api.Who(ctx).Name, in.Login, password) })
		if err != nil {
			return nil, err
		}
		return &api.Tagged[withPassword]{ETag: x.ETag, Body: withPassword{x.Body, password}}, nil
	})
	api.Add(g.API, huma.Operation{OperationID: "change-own-password", Method: http.MethodPost, Path: "/api/people/me/password", Summary: "改自己的口令", Tags: tags, DefaultStatus: http.StatusNoContent,
		Description: "要写原口令；改完所有地方都要重新登录。"}, api.Need{Inst: true}, func(ctx context.Context, in *struct {
		Body struct {
			Old string `json:"old" minLength:"1" maxLength:"1024"`
			New string `json:"new" minLength:"1" maxLength:"1024"`
		}
	}) (*struct{}, error) {
		if err := g.Slow(ctx); err != nil {
			return nil, err
		}
		err := g.users().ChangeOwn(ctx, api.Who(ctx).Name, in.Body.Old, in.Body.New)
		if errors.Is(err, auth.ErrDenied) {
			err = errors.New("原口令不对") // 401 would sign the browser out
		}
		return nil, err
	})
}
