package lake

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/mingjian/mingjian/internal/claim"
)

// ErrLocked is returned by Lake.Writer while another writer holds the data directory.
var ErrLocked = errors.New("数据目录正被另一个导入或写入进程使用，请等它结束后再试")

// Lake is a data directory. It is safe for concurrent use: one Writer, any number of Snapshots.
type Lake struct {
	dir   string
	files *fileCache

	mu   sync.Mutex
	last *Snapshot
}

// Exists tells whether a folder is a data directory into which something was imported.
func Exists(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, manifestName))
	return err == nil
}

// Open opens a data directory, creating it on first use.
func Open(dir string) (*Lake, error) {
	for _, d := range []string{"", factsDir, keysDir, dictDir, rejectsDir} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			return nil, fmt.Errorf("无法建立数据目录 %s：%w", dir, err)
		}
	}
	return &Lake{dir: dir, files: &fileCache{dir: dir, open: map[string]*factFile{}}}, nil
}

// Dir is the data directory's path.
func (l *Lake) Dir() string { return l.dir }

// Snapshot returns the lake as of the last commit. It stays valid and unchanged while a writer goes on.
func (l *Lake) Snapshot() (*Snapshot, error) {
	m, err := loadManifest(l.dir)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last != nil && l.last.m.Seq == m.Seq {
		return l.last, nil
	}
	ds := claim.NewDicts()
	for i := range ds {
		if ds[i], _, err = loadDict(l.dir, i, m.Dicts[i]); err != nil {
			return nil, err
		}
	}
	p, err := loadPersons(l.dir, m.Pers)
	if err != nil {
		return nil, err
	}
	l.last = newSnapshot(l, m, ds, p.forReading())
	return l.last, nil
}

// Writer is the only one that changes a lake.
type Writer struct {
	l      *Lake
	lock   *os.File
	m      *manifest
	dicts  *claim.Dicts
	hash   dictHashers
	pers   *persons
	broken error // a commit failed half-way: what is in memory may differ from the disk
}

// Lock takes the one-writer lock without opening the lake for writing, for those who write beside the facts (findings,
// knowledge). ErrLocked when another process holds it.
func (l *Lake) Lock() (io.Closer, error) {
	f, err := lockFile(filepath.Join(l.dir, lockName))
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Writer takes the one-writer lock and clears what a crash left behind.
func (l *Lake) Writer() (*Writer, error) {
	lock, err := lockFile(filepath.Join(l.dir, lockName))
	if err != nil {
		return nil, err
	}
	w := &Writer{l: l, lock: lock}
	if err := w.load(); err != nil {
		w.Close()
		return nil, err
	}
	return w, nil
}

func (w *Writer) load() (err error) {
	if w.m, err = loadManifest(w.l.dir); err != nil {
		return err
	}
	w.dicts = claim.NewDicts()
	for i := range w.dicts {
		if w.dicts[i], w.hash[i], err = loadDict(w.l.dir, i, w.m.Dicts[i]); err != nil {
			return err
		}
	}
	if w.pers, err = loadPersons(w.l.dir, w.m.Pers); err != nil {
		return err
	}
	return w.clean()
}

// Close gives the lock back.
func (w *Writer) Close() error { return w.lock.Close() }

// clean removes temporary files and files that no commit names: what an import that died had written.
func (w *Writer) clean() error {
	if err := os.RemoveAll(filepath.Join(w.l.dir, spillDir)); err != nil {
		return err
	}
	for _, d := range []string{"", factsDir, keysDir, dictDir, rejectsDir} {
		names, err := os.ReadDir(filepath.Join(w.l.dir, d))
		if err != nil {
			return err
		}
		for _, n := range names {
			var seq int64
			_, err := fmt.Sscanf(n.Name(), "%d-", &seq)
			if filepath.Ext(n.Name()) == tmpSuffix || (d != "" && err == nil && seq > w.m.Seq) {
				if err := os.Remove(filepath.Join(w.l.dir, d, n.Name())); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// commit makes a new manifest the lake's. Dictionaries first: a manifest never names a code that is not on disk.
func (w *Writer) commit(m *manifest) (err error) {
	defer func() {
		if err != nil {
			w.broken = fmt.Errorf("上一次提交失败，请关闭后重新打开再导入：%w", err)
		}
	}()
	for i := range w.dicts {
		if m.Dicts[i], err = appendDict(w.l.dir, i, w.dicts[i], w.hash[i], w.m.Dicts[i]); err != nil {
			return err
		}
	}
	for _, d := range []string{factsDir, keysDir, dictDir, rejectsDir} {
		if err := syncDir(filepath.Join(w.l.dir, d)); err != nil {
			return err
		}
	}
	if err := m.save(w.l.dir); err != nil {
		return err
	}
	w.m = m
	return nil
}

func (w *Writer) path(dir, name string) string { return filepath.Join(w.l.dir, dir, name) }

// Close closes the lake's open files. Snapshots cannot be read afterwards.
func (l *Lake) Close() error {
	l.files.mu.Lock()
	defer l.files.mu.Unlock()
	var first error
	for n, f := range l.files.open {
		if err := f.from.Close(); err != nil && first == nil {
			first = err
		}
		delete(l.files.open, n)
	}
	return first
}
