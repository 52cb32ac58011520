package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	_ "modernc.org/sqlite" // driver "sqlite"
)

//go:embed sqlite/*.sql postgres/*.sql
var migrations embed.FS

// DB is an open store, safe for concurrent use.
type DB struct {
	at    Location
	write *sql.DB
	read  *sql.DB // PostgreSQL: the same pool

	writes, reads *statements // of SQLite
	log           *checkpointer
}

// Open opens a store, making and migrating it as needed. A store of a newer program is refused.
func Open(ctx context.Context, at Location) (*DB, error) { return open(ctx, at, 0) }

// open migrates to a version; 0 = the newest.
func open(ctx context.Context, at Location, version int64) (*DB, error) {
	db := &DB{at: at}
	if err := db.connect(ctx); err != nil {
		return nil, err
	}
	if err := db.migrate(ctx, version); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// Study lets the engine look at how many rows there are and how they differ, after many came in: it chooses between indexes by that.
// It reads a sample, so it takes the same short time for millions.
func (db *DB) Study(ctx context.Context) error {
	if db.at.Engine == Postgres {
		_, err := db.write.ExecContext(ctx, "ANALYZE finding, finding_line, review_case, review_step")
		return err
	}
	conn, err := db.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	for _, q := range []string{"PRAGMA analysis_limit=1000", "ANALYZE finding", "ANALYZE finding_line", "ANALYZE review_case", "ANALYZE review_step"} {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) connect(ctx context.Context) (err error) {
	if db.at.Engine == Postgres {
		if db.write, err = sql.Open("pgx", db.at.DSN); err != nil {
			return errors.New("PostgreSQL 地址写得不对，应为 postgres://用户:口令@主机:端口/库名")
		}
		db.write.SetMaxOpenConns(16)
		db.write.SetMaxIdleConns(16)
		db.write.SetConnMaxIdleTime(5 * time.Minute)
		db.read = db.write
		return db.greet(ctx)
	}
	abs, err := filepath.Abs(db.at.Path)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Dir(abs)); err != nil {
		return fmt.Errorf("业务库的文件夹打不开：%w", err)
	}
	f, err := os.OpenFile(abs, os.O_CREATE|os.O_RDWR, 0o600) // names of users, sealed secrets: the owner's only
	if err != nil {
		return fmt.Errorf("业务库打不开：%w", err)
	}
	f.Close()
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(abs)}
	pragmas := "?_pragma=busy_timeout(20000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size(-32000)&_pragma=wal_autocheckpoint(" + strconv.Itoa(longestLog) + ")"
	if db.write, err = sql.Open("sqlite", u.String()+pragmas+"&_txlock=immediate"); err != nil {
		return err
	}
	db.write.SetMaxOpenConns(1)
	if db.read, err = sql.Open("sqlite", u.String()+pragmas+"&_pragma=query_only(1)"); err != nil {
		return err
	}
	readers := max(4, 2*runtime.GOMAXPROCS(0))
	db.read.SetMaxOpenConns(readers)
	db.read.SetMaxIdleConns(readers) // a connection's cache goes with it
	if err := db.write.PingContext(ctx); err != nil {
		return fmt.Errorf("业务库 %s 打不开：%w", db.at.Path, err)
	}
	db.writes, db.reads = newStatements(db.write), newStatements(db.read)
	db.log, err = newCheckpointer(u.String() + pragmas)
	return err
}

// minPostgres is the oldest server version that is tested, as server_version_num counts.
const minPostgres = 150000

func (db *DB) greet(ctx context.Context) error {
	var v int
	if err := db.write.QueryRowContext(ctx, "SELECT CAST(current_setting('server_version_num') AS INTEGER)").Scan(&v); err != nil {
		db.write.Close()
		return fmt.Errorf("连不上 PostgreSQL（%s），请核对地址、口令和 pg_hba.conf：%w", db.at, err)
	}
	if v < minPostgres {
		db.write.Close()
		return fmt.Errorf("PostgreSQL 版本 %d.%d 太旧，需要 15 或更新", v/10000, v%10000)
	}
	return nil
}

// ErrNewer is returned by Open for a store that a newer program has migrated.
var ErrNewer = errors.New("业务库由更新版本的程序建立，请升级程序")

func (db *DB) provider() (*goose.Provider, error) {
	dialect := goose.DialectSQLite3
	if db.at.Engine == Postgres {
		dialect = goose.DialectPostgres
	}
	dir, err := fs.Sub(migrations, string(db.at.Engine))
	if err != nil {
		return nil, err
	}
	// Numbers are handed out before the work is done: a store may have taken a later migration before an earlier one was there.
	opts := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true), goose.WithAllowOutofOrder(true)}
	if db.at.Engine == Postgres { // one process migrates, the others wait for it
		l, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
		if err != nil {
			return nil, err
		}
		opts = append(opts, goose.WithSessionLocker(l))
	}
	return goose.NewProvider(dialect, db.write, dir, opts...)
}

// migrateTries is how often a process that found another one migrating looks again.
const migrateTries = 10

// migrate brings the schema to a version. Several processes may open a new store at the same moment: on SQLite the one that
// loses sees an error and looks again.
func (db *DB) migrate(ctx context.Context, version int64) error {
	p, err := db.provider()
	if err != nil {
		return err
	}
	newest := SchemaVersion()
	for try := 1; ; try++ {
		have, err := p.GetDBVersion(ctx)
		if err == nil && have > newest {
			return fmt.Errorf("%w（库的版本 %d，程序认得 %d）", ErrNewer, have, newest)
		}
		if err == nil && version > 0 && have >= version {
			return nil
		}
		if err == nil && version == 0 && have == newest { // an earlier one may have come to the program after the newest had been taken
			var pending bool
			if pending, err = p.HasPending(ctx); err == nil && !pending {
				return nil
			}
		}
		if err == nil && version > 0 {
			_, err = p.UpTo(ctx, version)
		} else if err == nil {
			_, err = p.Up(ctx)
		}
		if err == nil {
			return nil
		}
		if try == migrateTries {
			return fmt.Errorf("业务库升级失败：%w", err)
		}
	}
}

// SchemaVersion is the newest schema the program knows.
func SchemaVersion() int64 {
	es, err := fs.Glob(migrations, "sqlite/*.sql")
	if err != nil || len(es) == 0 {
		return 0
	}
	n, _, _ := strings.Cut(filepath.Base(es[len(es)-1]), "_") // sorted by name, names begin with five digits; a test holds them to it
	v, _ := strconv.ParseInt(n, 10, 64)
	return v
}

// Writers is how many transactions that write a lot are worth having at once. SQLite has one writer; PostgreSQL works on each
// connection with a processor of its own.
func (db *DB) Writers() int {
	if db.at.Engine == Postgres {
		return 3
	}
	return 1
}

// Ping tells whether the store can be reached.
func (db *DB) Ping(ctx context.Context) error { return db.read.PingContext(ctx) }

// Location says where the store lies.
func (db *DB) Location() Location { return db.at }

// Version is the schema version of the open store.
func (db *DB) Version(ctx context.Context) (int64, error) {
	p, err := db.provider()
	if err != nil {
		return 0, err
	}
	return p.GetDBVersion(ctx)
}

// Close closes all connections.
func (db *DB) Close() error {
	var errs []error
	if db.log != nil {
		errs = append(errs, db.log.close())
	}
	if db.read != nil && db.read != db.write {
		errs = append(errs, db.read.Close())
	}
	return errors.Join(append(errs, db.write.Close())...)
}
