package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/mingjian/mingjian/internal/store"
)

// Sessions are signed-in users. Their rows lie in the store, so they hold for all servers of an installation and outlive a restart.
type Sessions struct {
	Users    *Users
	Idle     time.Duration // unused for so long a session ends; 30 minutes
	Absolute time.Duration // however much it is used; 12 hours
}

// Limits of failed sign-ins of a login in a row.
const (
	maxFailures = 5
	lockTime    = 15 * time.Minute
	forgetAfter = time.Hour // failures further apart are not in a row
)

// ErrLocked is returned by SignIn while a login is locked.
var ErrLocked = fmt.Errorf("连续 %d 次登录失败，请 %d 分钟后再试，或请管理员重设口令", maxFailures, int(lockTime.Minutes()))

// ErrNoSession is returned for a session that ended or never was.
var ErrNoSession = errors.New("没有登录，或登录已失效，请重新登录")

// Session is what the user's program holds. Token is the secret; it is told once.
type Session struct {
	Token   string
	CSRF    string // to be sent back in a header with what changes something, where the token is in a cookie
	Expires time.Time
	Who     *Identity
}

func (s *Sessions) idle() time.Duration {
	if s.Idle > 0 {
		return s.Idle
	}
	return 30 * time.Minute
}

func (s *Sessions) absolute() time.Duration {
	if s.Absolute > 0 {
		return s.Absolute
	}
	return 12 * time.Hour
}

// SignIn checks a password and opens a session. Failures in a row lock the login, whether there is such an account or not.
func (s *Sessions) SignIn(ctx context.Context, login, password string, now time.Time) (*Session, error) {
	db := s.Users.DB
	if !loginForm.MatchString(login) { // nobody's, and nothing to keep a row for
		HashPassword(password)
		return nil, ErrDenied
	}
	var f store.Failure
	if err := db.View(ctx, func(tx *store.Tx) (err error) { f, err = tx.Failure(login); return err }); err != nil {
		return nil, err
	}
	if f.LockedUntil > store.Micros(now) {
		return nil, ErrLocked
	}
	who, err := s.Users.Login(ctx, login, password)
	if errors.Is(err, ErrDenied) {
		return nil, errors.Join(err, s.failed(ctx, login, now))
	}
	if err != nil {
		return nil, err
	}
	return s.open(ctx, who, "", now)
}

// SignInAs opens a session for somebody whom another office has identified: the account must be there and not closed, and its login not locked.
// What he may do is what the account says. via names the office on the trail.
func (s *Sessions) SignInAs(ctx context.Context, login, via string, now time.Time) (*Session, error) {
	db := s.Users.DB
	var u *store.User
	var f store.Failure
	err := store.ErrNotFound
	if loginForm.MatchString(login) {
		err = db.View(ctx, func(tx *store.Tx) (err error) {
			if f, err = tx.Failure(login); err == nil {
				u, err = tx.User(login)
			}
			return err
		})
	}
	switch {
	case errors.Is(err, store.ErrNotFound) || (err == nil && u.Disabled):
		return nil, errors.Join(ErrDenied, s.Users.Trail.Do(ctx, db, func(*store.Tx) ([]Event, error) {
			return []Event{{Actor: "系统", Action: "登录失败", Object: clipped(login), Detail: via + "认得这个人，这里没有可用的账号"}}, nil
		}))
	case err != nil:
		return nil, err
	case f.LockedUntil > store.Micros(now):
		return nil, ErrLocked
	}
	return s.open(ctx, &Identity{Name: u.Login, Roles: u.Roles, Scope: Scope{u.Admdvs, u.Inst}}, via, now)
}

// clipped is what a stranger calls himself, short enough to keep.
func clipped(s string) string {
	if r := []rune(s); len(r) > 64 {
		return string(r[:64])
	}
	return s
}

// open opens a session for who was recognised.
func (s *Sessions) open(ctx context.Context, who *Identity, via string, now time.Time) (*Session, error) {
	token, login := rand.Text()+rand.Text(), who.Name // 260 bits
	out := &Session{Token: token, CSRF: CSRF(token), Expires: now.Add(s.absolute()), Who: who}
	return out, s.Users.Trail.Do(ctx, s.Users.DB, func(tx *store.Tx) ([]Event, error) {
		// Somebody else may have locked the login while the password was checked.
		if f, err := tx.Failure(login); err != nil || f.LockedUntil > store.Micros(now) {
			return nil, errors.Join(err, ErrLocked)
		}
		u, err := tx.User(login)
		if err != nil {
			return nil, err
		}
		at := store.Micros(now)
		return []Event{{Actor: login, Action: "登录", Object: login, Detail: via}}, errors.Join(tx.ClearFailure(login), tx.SweepSessions(at, store.Micros(now.Add(-max(s.idle(), forgetAfter)))),
			tx.AddSession(&store.Session{ID: SessionID(token), User: u.ID, Login: login, MadeAt: at, UsedAt: at, ExpiresAt: store.Micros(out.Expires)}))
	})
}

// failed counts a failed sign-in; one more than allowed locks the login.
func (s *Sessions) failed(ctx context.Context, login string, now time.Time) error {
	return s.Users.Trail.Do(ctx, s.Users.DB, func(tx *store.Tx) ([]Event, error) {
		if err := tx.Lock("登录 " + SessionID(login)[:2]); err != nil { // guesses made at once are counted one by one; few names, because anybody can make up logins
			return nil, err
		}
		f, err := tx.Failure(login)
		if err != nil {
			return nil, err
		}
		at := store.Micros(now)
		if f.LockedUntil > at {
			return nil, nil
		}
		if store.Moment(f.LastAt).Before(now.Add(-forgetAfter)) || f.LockedUntil > 0 {
			f.Failures = 0
		}
		f.Failures, f.LastAt, f.LockedUntil = f.Failures+1, at, 0
		events := []Event{{Actor: login, Action: "登录失败", Object: login, Detail: fmt.Sprintf("连续第 %d 次", f.Failures)}}
		if f.Failures >= maxFailures {
			f.LockedUntil = store.Micros(now.Add(lockTime))
			events = append(events, Event{Actor: login, Action: "锁定登录", Object: login, Detail: fmt.Sprintf("%d 分钟", int(lockTime.Minutes()))})
		}
		return events, tx.SetFailure(f)
	})
}

// Who tells whose session a token is, with the roles and scopes the account has now. ErrNoSession.
func (s *Sessions) Who(ctx context.Context, token string, now time.Time) (*Identity, error) {
	id, at := SessionID(token), store.Micros(now)
	var x *store.Session
	var u *store.User
	err := s.Users.DB.View(ctx, func(tx *store.Tx) (err error) {
		if x, err = tx.Session(id); err == nil {
			u, err = tx.User(x.Login)
		}
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, ErrNoSession
	case err != nil:
		return nil, err
	case at >= x.ExpiresAt || now.Sub(store.Moment(x.UsedAt)) >= s.idle() || u.Disabled || u.ID != x.User:
		return nil, ErrNoSession
	}
	if now.Sub(store.Moment(x.UsedAt)) > time.Minute { // not with each request: a read would become a write
		if err := s.Users.DB.Update(ctx, func(tx *store.Tx) error { return tx.UseSession(id, at) }); err != nil {
			return nil, err
		}
	}
	return &Identity{Name: u.Login, Roles: u.Roles, Scope: Scope{u.Admdvs, u.Inst}}, nil
}

// SignOut ends a session.
func (s *Sessions) SignOut(ctx context.Context, token, actor string) error {
	return s.Users.Trail.Do(ctx, s.Users.DB, func(tx *store.Tx) ([]Event, error) {
		ended, err := tx.EndSession(SessionID(token))
		if err != nil || !ended {
			return nil, err
		}
		return []Event{{Actor: actor, Action: "退出", Object: actor}}, nil
	})
}

// SessionID is what the store knows of a token.
func SessionID(token string) string {
	h := sha256.Sum256([]byte("session\x1f" + token))
	return hex.EncodeToString(h[:])
}

// CSRF is the word that goes with a token: who can read the page has it, a foreign page that makes the browser send the cookie has not.
func CSRF(token string) string {
	h := sha256.Sum256([]byte("csrf\x1f" + token))
	return hex.EncodeToString(h[:16])
}

// SameCSRF compares without telling how much fits.
func SameCSRF(token, sent string) bool {
	return subtle.ConstantTimeCompare([]byte(CSRF(token)), []byte(sent)) == 1
}
