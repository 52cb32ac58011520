package knowledge

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Manifest names the current version of a knowledge folder and how each version came to be.
type Manifest struct {
	Version  int            `json:"version"`
	Points   string         `json:"points"`  // file of the live and pending points
	Library  string         `json:"library"` // file of everything taken in
	Versions []VersionEntry `json:"versions"`
}

// VersionEntry is one import that changed something.
type VersionEntry struct {
	Version  int       `json:"version"`
	Time     time.Time `json:"time"` // UTC
	Files    []File    `json:"files"`
	Rows     Tally     `json:"rows"`
	Live     int       `json:"live"`
	Pending  int       `json:"pending"`
	Replaced int       `json:"replaced"` // points that ever were replaced
}

const manifestFile = "manifest.json"

// Store is the knowledge folder of a data directory. Base may be read at any time; imports come one after another.
type Store struct {
	dir      string
	mu       sync.Mutex
	manifest Manifest
	base     atomic.Pointer[Base]
}

// Open reads the knowledge folder; a folder that is not there yet has no points.
func Open(dir string) (*Store, error) {
	s := &Store{dir: dir}
	s.base.Store(&Base{})
	b, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, fmt.Errorf("读不了知识库清单：%w", err)
	}
	if err := json.Unmarshal(b, &s.manifest); err != nil {
		return nil, fmt.Errorf("知识库清单 %s 已损坏，请从备份恢复：%w", filepath.Join(dir, manifestFile), err)
	}
	f, err := os.Open(filepath.Join(dir, s.manifest.Points))
	if err != nil {
		return nil, fmt.Errorf("知识库版本 %d 的文件缺失，请从备份恢复：%w", s.manifest.Version, err)
	}
	defer f.Close()
	base, err := readBase(f)
	if err != nil {
		return nil, fmt.Errorf("知识库文件 %s 已损坏，请从备份恢复：%w", s.manifest.Points, err)
	}
	s.base.Store(base)
	return s, nil
}

// Base is the current version: live points, points that wait, code maps. It is never changed in place.
func (s *Store) Base() *Base { return s.base.Load() }

// Version is the number of the current version; 0 before the first import.
func (s *Store) Version() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.manifest.Version
}

// Imports are the versions of a knowledge folder, the oldest first; none before the first import.
func Imports(dir string) ([]VersionEntry, error) {
	b, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var m Manifest
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err != nil {
		return nil, fmt.Errorf("读不了知识库清单 %s：%w", filepath.Join(dir, manifestFile), err)
	}
	return m.Versions, nil
}

// Import takes in files and folders of national sheets, points and code maps. Rows that cannot be used are counted in
// the report and do not stop the others; an error means that nothing was taken in.
func (s *Store) Import(paths []string, o Options) (*Report, error) {
	files, err := expand(paths)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s 里没有可导入的文件；应为 .csv、.csv.gz 或 .xlsx", strings.Join(paths, "、"))
	}
	return s.load(o, func(b *batch) error {
		for i, f := range files {
			if err := b.file(f); err != nil {
				return err
			}
			if o.Progress != nil {
				o.Progress(i+1, len(files))
			}
		}
		return nil
	})
}

// ImportStarter takes in the starter pack.
func (s *Store) ImportStarter() (*Report, error) {
	return s.load(Options{}, func(b *batch) error {
		data, err := starterFiles.ReadFile("starter/points.csv")
		if err == nil {
			b.content("points.csv", data)
		}
		return err
	})
}

// load runs one import on the library as it lies on disk and, when it changed anything, makes the next version.
func (s *Store) load(o Options, fill func(*batch) error) (*Report, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	lib, err := s.library()
	if err != nil {
		return nil, err
	}
	b := newBatch(lib, o)
	if err := fill(b); err != nil {
		return nil, err
	}
	d := lib.derive()
	b.settle(d)
	b.report.Diff = diff(s.Base(), d)
	b.report.Changed = b.changed
	if b.changed && !o.DryRun {
		if err := s.commit(b, d); err != nil {
			return nil, err
		}
	}
	b.report.Version = s.manifest.Version
	return b.report, nil
}

func (s *Store) library() (*library, error) {
	if s.manifest.Version == 0 {
		return newLibrary(), nil
	}
	f, err := os.Open(filepath.Join(s.dir, s.manifest.Library))
	if err != nil {
		return nil, fmt.Errorf("知识库版本 %d 的文件缺失，请从备份恢复：%w", s.manifest.Version, err)
	}
	defer f.Close()
	l, err := readLibrary(f)
	if err != nil {
		return nil, fmt.Errorf("知识库文件 %s 已损坏，请从备份恢复：%w", s.manifest.Library, err)
	}
	return l, nil
}

// commit writes the next version: its two files first, then the manifest that names them. Until the manifest is
// renamed into place the old version is the current one, whatever happens.
func (s *Store) commit(b *batch, d *derived) error {
	m := s.manifest
	m.Version++
	b.lib.keepReplaced(s.Base().Points, d.points, m.Version)
	base := &Base{Points: d.points, Pendings: d.pendings, Open: d.open}
	for _, k := range keysOf(b.lib.maps) {
		base.Maps = append(base.Maps, *b.lib.maps[k])
	}
	m.Points = fmt.Sprintf("v%06d.points.csv.gz", m.Version)
	m.Library = fmt.Sprintf("v%06d.library.csv.gz", m.Version)
	m.Versions = append(append([]VersionEntry(nil), m.Versions...), VersionEntry{
		Version: m.Version, Time: time.Now().UTC(), Files: b.files, Rows: b.report.Totals, Live: len(base.Points),
		Pending: len(base.Pendings), Replaced: len(b.lib.closed),
	})
	if err := os.MkdirAll(s.dir, 0o750); err != nil {
		return fmt.Errorf("建不了知识库文件夹：%w", err)
	}
	if err := s.write(m.Points, func(w io.Writer) error { return writeBase(w, base) }); err != nil {
		return err
	}
	if err := s.write(m.Library, func(w io.Writer) error { return writeLibrary(w, b.lib) }); err != nil {
		return err
	}
	if err := s.write(manifestFile, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(m)
	}); err != nil {
		return err
	}
	s.manifest = m
	s.base.Store(base)
	return nil
}

// write makes a file appear whole or not at all.
func (s *Store) write(name string, fill func(io.Writer) error) error {
	var buf bytes.Buffer
	if err := fill(&buf); err != nil {
		return err
	}
	final := filepath.Join(s.dir, name)
	f, err := os.CreateTemp(s.dir, name+".tmp*")
	if err != nil {
		return fmt.Errorf("写不了知识库文件 %s：%w", name, err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(buf.Bytes())
	if e := f.Sync(); err == nil {
		err = e
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), final)
	}
	if err == nil {
		err = syncDir(s.dir)
	}
	if err != nil {
		return fmt.Errorf("写不了知识库文件 %s：%w", name, err)
	}
	return nil
}

// syncDir makes a rename durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
