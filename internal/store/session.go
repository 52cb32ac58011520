package store

import "database/sql"

// Session is a signed-in user's. ID is a hash of the secret the user's program holds: who reads the table cannot use it.
type Session struct {
	ID        string
	User      string
	Login     string
	MadeAt    int64
	UsedAt    int64 // at most a minute old while it is used
	ExpiresAt int64 // however much it is used
}

// AddSession adds a session.
func (tx *Tx) AddSession(s *Session) error {
	_, err := tx.exec("INSERT INTO session (session_id, user_id, login, made_at, used_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)", s.ID, s.User, s.Login, s.MadeAt,
		s.UsedAt, s.ExpiresAt)
	return err
}

// Session reads a session; ErrNotFound.
func (tx *Tx) Session(id string) (*Session, error) {
	var s Session
	err := tx.one([]any{&s.ID, &s.User, &s.Login, &s.MadeAt, &s.UsedAt, &s.ExpiresAt},
		"SELECT session_id, user_id, login, made_at, used_at, expires_at FROM session WHERE session_id = $1", id)
	return &s, err
}

// UseSession notes that a session was used.
func (tx *Tx) UseSession(id string, now int64) error {
	_, err := tx.exec("UPDATE session SET used_at = $1 WHERE session_id = $2 AND used_at < $1", now, id)
	return err
}

// EndSession ends a session; one that has ended already is no error.
func (tx *Tx) EndSession(id string) (ended bool, err error) {
	n, err := tx.exec("DELETE FROM session WHERE session_id = $1", id)
	return n > 0, err
}

// EndSessions ends a user's sessions.
func (tx *Tx) EndSessions(user string) error {
	_, err := tx.exec("DELETE FROM session WHERE user_id = $1", user)
	return err
}

// SweepSessions forgets sessions that expired, or were not used since a moment, and sign-in failures older than that.
func (tx *Tx) SweepSessions(now, unusedSince int64) error {
	if _, err := tx.exec("DELETE FROM session WHERE expires_at <= $1 OR used_at < $2", now, unusedSince); err != nil {
		return err
	}
	_, err := tx.exec("DELETE FROM sign_in_failure WHERE locked_until <= $1 AND last_at < $2", now, unusedSince)
	return err
}

// Failure counts failed sign-ins of a login in a row.
type Failure struct {
	Login       string
	Failures    int
	LastAt      int64
	LockedUntil int64 // 0 = not locked
}

// Failure reads a login's failed sign-ins; none is all zero.
func (tx *Tx) Failure(login string) (Failure, error) {
	f := Failure{Login: login}
	err := tx.query(func(r *sql.Rows) error { return r.Scan(&f.Failures, &f.LastAt, &f.LockedUntil) },
		"SELECT failures, last_at, locked_until FROM sign_in_failure WHERE login = $1", login)
	return f, err
}

// SetFailure writes a login's failed sign-ins.
func (tx *Tx) SetFailure(f Failure) error {
	_, err := tx.exec("INSERT INTO sign_in_failure (login, failures, last_at, locked_until) VALUES ($1, $2, $3, $4) ON CONFLICT (login) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at, locked_until = excluded.locked_until",
		f.Login, f.Failures, f.LastAt, f.LockedUntil)
	return err
}

// ClearFailure forgets a login's failed sign-ins.
func (tx *Tx) ClearFailure(login string) error {
	_, err := tx.exec("DELETE FROM sign_in_failure WHERE login = $1", login)
	return err
}
