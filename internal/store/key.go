package store

import (
	"context"
	"database/sql"
	"fmt"
)

// Key is an API key of a calling system.
type Key struct {
	ID        string
	Name      string // of the system
	Secret    string // sealed; only the holder of the key file can open it
	Admdvs    string // data scope, as of users
	Inst      string
	MadeAt    int64
	ExpiresAt int64 // 0 = never
	RevokedAt int64 // 0 = in force
	Version   int64
}

func (k *Key) fields() []any {
	return []any{&k.ID, &k.Name, &k.Secret, &k.Admdvs, &k.Inst, &k.MadeAt, &k.ExpiresAt, &k.RevokedAt, &k.Version}
}

const keyColumns = "key_id, name, secret, admdvs, fixmedins_code, made_at, expires_at, revoked_at, version"

// AddKey adds a key.
func (tx *Tx) AddKey(k *Key) error {
	_, err := tx.exec("INSERT INTO api_key ("+keyColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 1)", k.ID, k.Name, k.Secret, k.Admdvs, k.Inst,
		k.MadeAt, k.ExpiresAt)
	return err
}

// Key reads a key; ErrNotFound.
func (tx *Tx) Key(id string) (*Key, error) {
	var k Key
	if err := tx.one(k.fields(), "SELECT "+keyColumns+" FROM api_key WHERE key_id = $1", id); err != nil {
		return nil, fmt.Errorf("接口密钥 %s %w", id, err)
	}
	return &k, nil
}

// RevokeKey ends a key of the version that was read.
func (tx *Tx) RevokeKey(k *Key, now int64) error {
	return tx.execOne("UPDATE api_key SET revoked_at = $1, version = version + 1 WHERE key_id = $2 AND version = $3", now, k.ID, k.Version)
}

// Keys lists all keys, revoked ones too, oldest first.
func (db *DB) Keys(ctx context.Context) ([]Key, error) {
	var out []Key
	err := db.View(ctx, func(tx *Tx) error {
		return tx.query(func(r *sql.Rows) error {
			var k Key
			err := r.Scan(k.fields()...)
			out = append(out, k)
			return err
		}, "SELECT "+keyColumns+" FROM api_key ORDER BY made_at, key_id")
	})
	return out, err
}
