package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"strings"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/calendar"
	"github.com/mingjian/mingjian/internal/intake"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/store"
)

// storeFlag says which operational store a command uses.
type storeFlag struct {
	Store string `help:"业务库：postgres://… 或 SQLite 文件，缺省按数据目录里的设置" env:"MINGJIAN_STORE" placeholder:"地址"`
}

// office is an open data directory with its store and trail.
type office struct {
	dir    string
	db     *store.DB
	trail  *auth.Trail
	actor  string
	beside *beside
}

// openOffice opens the store of a data directory that is there. given is what the flag says.
func openOffice(s *streams, dir, given string) (*office, error) {
	if st, err := os.Stat(dir); err != nil || !st.IsDir() {
		return nil, fmt.Errorf("数据目录 %s 不存在", dir)
	}
	if err := calendar.Load(dir); err != nil {
		return nil, err
	}
	at, err := store.Locate(dir, given)
	if err != nil {
		return nil, usageError{err}
	}
	db, err := store.Open(s.ctx, at)
	if err != nil {
		return nil, err
	}
	id, err := store.InstallationID(dir)
	if err == nil {
		err = db.Claim(s.ctx, id)
	}
	if err != nil {
		db.Close()
		return nil, err
	}
	return &office{dir: dir, db: db, trail: auth.OpenTrail(dir, Version), actor: cmp.Or(s.by, operator()), beside: newBeside(dir)}, nil
}

func (o *office) close() { o.db.Close() }

// operator names who runs the command line: the machine's account.
func operator() string {
	if u, err := user.Current(); err == nil {
		return "本机:" + u.Username
	}
	return "本机"
}

// record puts something that was done outside the store on the trail.
func (o *office) record(s *streams, action, object, detail string) error {
	return o.trail.Do(s.ctx, o.db, func(*store.Tx) ([]auth.Event, error) {
		return []auth.Event{{Actor: o.actor, Action: action, Object: object, Detail: detail}}, nil
	})
}

// withOffice opens the store, runs f and closes it.
func withOffice(s *streams, dir, given string, f func(*office) error) error {
	o, err := openOffice(s, dir, given)
	if err != nil {
		return err
	}
	defer o.close()
	return f(o)
}

// takeIn syncs the published findings into the store. The caller holds the data directory's lock.
func (o *office) takeIn(s *streams, all bool) (*store.Run, error) {
	m := s.meter()
	defer m.end()
	r, err := intake.Sync(s.ctx, audit.OpenStore(o.dir), o.db, intake.Options{All: all,
		Progress: func(done, total int, findings int64) { m.show("疑点入库", int64(done), int64(total), findings) }})
	if err != nil {
		return nil, err
	}
	if _, err := o.told(s); err != nil {
		return r, fmt.Errorf("疑点已入库，但没有算出当时提醒过没有，修好后请运行 mingjian remind told：%w", err)
	}
	if err := o.nameInstitutions(s); err != nil {
		return nil, err
	}
	if r.Parts+r.Withdrawn > 0 {
		err = errors.Join(o.record(s, "疑点入库", fmt.Sprintf("第 %d 次审核", r.Run), takenIn(r)), o.syncInstitutions(s, o.desk()), o.db.Study(s.ctx))
	}
	return r, errors.Join(err, o.db.RefreshBoards(s.ctx))
}

// nameInstitutions tells the store which institutions there are and in which division: whose data a user may see hangs on it.
func (o *office) nameInstitutions(s *streams) error {
	l, err := lake.Open(o.dir)
	if err != nil {
		return err
	}
	snap, err := l.Snapshot()
	if err != nil {
		return err
	}
	list, err := intake.Institutions(snap)
	if err != nil || len(list) == 0 {
		return err
	}
	return o.db.Update(s.ctx, func(tx *store.Tx) error { _, err := tx.SetInstitutions(list); return err })
}

// note puts work that was done on a data directory on the trail, where it has a store.
func note(s *streams, dir, given, action, object, detail string) error {
	there, err := hasStore(dir, given)
	if err == nil && there {
		err = withOffice(s, dir, given, func(o *office) error { return o.record(s, action, object, detail) })
	}
	if err != nil {
		return fmt.Errorf("已经做完，但没有记入操作留痕：%w", err)
	}
	return nil
}

func takenIn(r *store.Run) string {
	return fmt.Sprintf("新增 %s，不变 %s，变更 %s，撤回 %s，待办 %s", thousands(r.Added), thousands(r.Same), thousands(r.Revised), thousands(r.Withdrawn), thousands(r.Tasks))
}

// lockData takes the one-writer lock of a data directory.
func lockData(dir string) (io.Closer, error) {
	l, err := lake.Open(dir)
	if err != nil {
		return nil, err
	}
	return l.Lock()
}

// readPassword reads the first line of a file, or of standard input for "-".
func readPassword(s *streams, file string) (string, error) {
	var b []byte
	var err error
	if file == "-" {
		b, err = io.ReadAll(io.LimitReader(s.in, 1<<16))
	} else {
		b, err = os.ReadFile(file)
	}
	if err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(string(b), "\n")
	if line = strings.TrimSuffix(line, "\r"); line == "" {
		return "", errors.New("没有读到口令")
	}
	return line, nil
}
