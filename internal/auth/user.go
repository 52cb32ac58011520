package auth

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/store"
)

// Users are the accounts of a store. Every change is on the trail.
type Users struct {
	DB    *store.DB
	Trail *Trail

	seen int64 // version of the account that who changes it saw; 0 = it is not asked
}

// Expecting is u for somebody who saw an account of a version: what he changes when it is of another one is ErrConflict.
func (u *Users) Expecting(version int64) *Users {
	return &Users{DB: u.DB, Trail: u.Trail, seen: version}
}

var loginForm = regexp.MustCompile(`^[a-z][a-z0-9._-]{1,31}$`)

// NewUser is what an account begins with.
type NewUser struct {
	Login    string // small letters, digits, . _ -
	Name     string
	Password string
	Roles    []string
	Scope    Scope
}

// Add makes an account.
func (u *Users) Add(ctx context.Context, actor string, n NewUser) error {
	if !loginForm.MatchString(n.Login) {
		return fmt.Errorf("登录名 %q 不合要求：2 到 32 个小写字母、数字或 . _ -，以字母开头", n.Login)
	}
	if err := errors.Join(CheckPassword(n.Login, n.Password), CheckRoles(n.Roles, n.Scope.Inst)); err != nil {
		return err
	}
	hash := HashPassword(n.Password)
	roles := slices.Sorted(slices.Values(n.Roles))
	return u.Trail.Do(ctx, u.DB, func(tx *store.Tx) ([]Event, error) {
		err := tx.AddUser(&store.User{ID: store.NewID(), Login: n.Login, Name: n.Name, Password: hash, Admdvs: n.Scope.Admdvs, Inst: n.Scope.Inst,
			MadeAt: store.Micros(time.Now()), Roles: roles})
		if errors.Is(err, store.ErrExists) {
			return nil, fmt.Errorf("用户 %s 已经存在", n.Login)
		}
		return []Event{{actor, "新增用户", n.Login, fmt.Sprintf("姓名 %s；角色 %s；区划 %s；机构 %s", n.Name, strings.Join(roles, "、"), n.Scope.Admdvs, n.Scope.Inst)}}, err
	})
}

// change reads a user, lets f change it and writes it back.
func (u *Users) change(ctx context.Context, actor, login string, f func(*store.User) (action, detail string, err error)) error {
	return u.Trail.Do(ctx, u.DB, func(tx *store.Tx) ([]Event, error) { return u.changeUser(tx, actor, login, f) })
}

// end is change, and ends the account's sessions and the lock on its login.
func (u *Users) end(ctx context.Context, actor, login string, f func(*store.User) (action, detail string, err error)) error {
	return u.Trail.Do(ctx, u.DB, func(tx *store.Tx) ([]Event, error) {
		x, err := tx.User(login)
		if err != nil {
			return nil, err
		}
		if err := errors.Join(tx.EndSessions(x.ID), tx.ClearFailure(login)); err != nil {
			return nil, err
		}
		return u.changeUser(tx, actor, login, f)
	})
}

func (u *Users) changeUser(tx *store.Tx, actor, login string, f func(*store.User) (action, detail string, err error)) ([]Event, error) {
	x, err := tx.User(login)
	if err != nil {
		return nil, err
	}
	if u.seen > 0 && x.Version != u.seen {
		return nil, store.ErrConflict
	}
	action, detail, err := f(x)
	if err != nil {
		return nil, err
	}
	return []Event{{actor, action, login, detail}}, tx.ChangeUser(x, store.Micros(time.Now()))
}

// SetPassword changes a password, ends the account's sessions and opens a login that failures locked.
func (u *Users) SetPassword(ctx context.Context, actor, login, password string) error {
	if err := CheckPassword(login, password); err != nil {
		return err
	}
	hash := HashPassword(password)
	return u.end(ctx, actor, login, func(x *store.User) (string, string, error) {
		x.Password = hash
		return "修改口令", "", nil
	})
}

// SetDisabled closes or opens an account.
func (u *Users) SetDisabled(ctx context.Context, actor, login string, disabled bool) error {
	return u.end(ctx, actor, login, func(x *store.User) (string, string, error) {
		if x.Disabled == disabled {
			return "", "", fmt.Errorf("用户 %s 已经是这个状态", login)
		}
		if x.Disabled = disabled; disabled {
			return "停用用户", "", nil
		}
		return "启用用户", "", nil
	})
}

// SetRoles changes roles, and scopes where given.
func (u *Users) SetRoles(ctx context.Context, actor, login string, roles []string, admdvs, inst *string) error {
	return u.change(ctx, actor, login, func(x *store.User) (string, string, error) {
		was := fmt.Sprintf("%s；区划 %s；机构 %s", strings.Join(x.Roles, "、"), x.Admdvs, x.Inst)
		if admdvs != nil {
			x.Admdvs = *admdvs
		}
		if inst != nil {
			x.Inst = *inst
		}
		x.Roles = slices.Sorted(slices.Values(roles))
		if err := CheckRoles(x.Roles, x.Inst); err != nil {
			return "", "", err
		}
		return "修改角色", fmt.Sprintf("原 %s；现 %s；区划 %s；机构 %s", was, strings.Join(x.Roles, "、"), x.Admdvs, x.Inst), nil
	})
}

// Unlock opens a login that failed sign-ins locked; the password stays.
func (u *Users) Unlock(ctx context.Context, actor, login string) error {
	return u.Trail.Do(ctx, u.DB, func(tx *store.Tx) ([]Event, error) {
		if _, err := tx.User(login); err != nil {
			return nil, err
		}
		f, err := tx.Failure(login)
		if err != nil || f.Failures == 0 {
			return nil, err
		}
		return []Event{{actor, "解除锁定", login, fmt.Sprintf("此前连续失败 %d 次", f.Failures)}}, tx.ClearFailure(login)
	})
}

// ChangeOwn changes somebody's own password, which must be known. All his sessions end.
func (u *Users) ChangeOwn(ctx context.Context, login, old, password string) error {
	if _, err := u.Login(ctx, login, old); err != nil {
		return err
	}
	if old == password {
		return errors.New("新口令与原口令相同，请换一个")
	}
	return u.SetPassword(ctx, login, login, password)
}

// ErrDenied is returned by Login and VerifyTIF: whether the login or the password was wrong is not told.
var ErrDenied = errors.New("登录名或口令不对，或账号已停用")

// Login checks a password. An unknown login takes as long as a wrong password.
func (u *Users) Login(ctx context.Context, login, password string) (*Identity, error) {
	var x *store.User
	err := u.DB.View(ctx, func(tx *store.Tx) (err error) { x, err = tx.User(login); return err })
	if errors.Is(err, store.ErrNotFound) {
		HashPassword(password)
		return nil, ErrDenied
	}
	if err != nil {
		return nil, err
	}
	ok, stale := VerifyPassword(x.Password, password)
	if !ok || x.Disabled {
		return nil, ErrDenied
	}
	if stale {
		hash := HashPassword(password)
		err := u.change(ctx, login, login, func(x *store.User) (string, string, error) { x.Password = hash; return "更新口令摘要", "", nil })
		if err != nil && !errors.Is(err, store.ErrConflict) {
			return nil, err
		}
	}
	return &Identity{Name: x.Login, Roles: x.Roles, Scope: Scope{x.Admdvs, x.Inst}}, nil
}
