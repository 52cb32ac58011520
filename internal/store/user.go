package store

import (
	"context"
	"database/sql"
	"fmt"
)

// User is a person who may use the platform.
type User struct {
	ID        string
	Login     string
	Name      string
	Password  string // argon2id in its usual text form; never the password
	Admdvs    string // data scope: prefix of the administrative division; "" = all
	Inst      string // data scope: institution; "" = all
	Disabled  bool
	MadeAt    int64
	ChangedAt int64
	Version   int64
	Roles     []string // sorted
}

// AddUser adds a user with roles; ErrExists when the login is taken.
func (tx *Tx) AddUser(u *User) error {
	_, err := tx.exec("INSERT INTO app_user (user_id, login, name, password, admdvs, fixmedins_code, disabled, made_at, changed_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)",
		u.ID, u.Login, u.Name, u.Password, u.Admdvs, u.Inst, flag(u.Disabled), u.MadeAt, u.MadeAt)
	if err != nil {
		return err
	}
	return tx.addRoles(u)
}

func (tx *Tx) addRoles(u *User) error {
	return tx.load(roleTable.name, roleTable.names(), len(u.Roles), func(i int) []any { return []any{u.ID, u.Roles[i]} })
}

// ChangeUser writes what may change of a user (name, password, scopes, disabled, roles) if it is of the version read.
func (tx *Tx) ChangeUser(u *User, now int64) error {
	err := tx.execOne("UPDATE app_user SET name = $1, password = $2, admdvs = $3, fixmedins_code = $4, disabled = $5, changed_at = $6, version = version + 1 WHERE user_id = $7 AND version = $8",
		u.Name, u.Password, u.Admdvs, u.Inst, flag(u.Disabled), now, u.ID, u.Version)
	if err != nil {
		return err
	}
	if _, err := tx.exec("DELETE FROM user_role WHERE user_id = $1", u.ID); err != nil {
		return err
	}
	return tx.addRoles(u)
}

const userColumns = "user_id, login, name, password, admdvs, fixmedins_code, disabled, made_at, changed_at, version"

func (u *User) fields() []any {
	return []any{&u.ID, &u.Login, &u.Name, &u.Password, &u.Admdvs, &u.Inst, &u.Disabled, &u.MadeAt, &u.ChangedAt, &u.Version}
}

// User reads a user by login; ErrNotFound.
func (tx *Tx) User(login string) (*User, error) {
	var u User
	if err := tx.one(u.fields(), "SELECT "+userColumns+" FROM app_user WHERE login = $1", login); err != nil {
		return nil, fmt.Errorf("用户 %s %w", login, err)
	}
	err := tx.query(func(r *sql.Rows) error {
		var role string
		err := r.Scan(&role)
		u.Roles = append(u.Roles, role)
		return err
	}, "SELECT role FROM user_role WHERE user_id = $1 ORDER BY role", u.ID)
	return &u, err
}

// Users is Tx.Users in a snapshot of its own.
func (db *DB) Users(ctx context.Context) (out []User, err error) {
	err = db.View(ctx, func(tx *Tx) error { out, err = tx.Users(); return err })
	return out, err
}

// Users lists all users by login.
func (tx *Tx) Users() (out []User, err error) {
	at := map[string]int{}
	err = tx.query(func(r *sql.Rows) error {
		var u User
		err := r.Scan(u.fields()...)
		at[u.ID] = len(out)
		out = append(out, u)
		return err
	}, "SELECT "+userColumns+" FROM app_user ORDER BY login")
	if err != nil {
		return nil, err
	}
	return out, tx.query(func(r *sql.Rows) error {
		var id, role string
		err := r.Scan(&id, &role)
		if i, ok := at[id]; ok {
			out[i].Roles = append(out[i].Roles, role)
		}
		return err
	}, "SELECT user_id, role FROM user_role ORDER BY user_id, role")
}
