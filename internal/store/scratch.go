package store

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
)

// Scratch makes an empty schema of its own beside whatever a PostgreSQL database holds, for measurements: nothing else in it
// is touched. drop removes it.
func Scratch(ctx context.Context, at Location) (own Location, drop func() error, err error) {
	if at.Engine != Postgres {
		return own, nil, errors.New("只有 PostgreSQL 能另建模式")
	}
	u, err := url.Parse(at.DSN)
	if err != nil {
		return own, nil, errors.New("PostgreSQL 地址写得不对")
	}
	name := "mingjian_scratch_" + NewID()
	db, err := sql.Open("pgx", at.DSN)
	if err != nil {
		return own, nil, err
	}
	if _, err := db.ExecContext(ctx, "CREATE SCHEMA "+name); err != nil {
		db.Close()
		return own, nil, err
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return Location{Engine: Postgres, DSN: u.String()}, func() error {
		_, err := db.Exec("DROP SCHEMA " + name + " CASCADE")
		return errors.Join(err, db.Close())
	}, nil
}
