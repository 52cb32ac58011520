package backup

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/mingjian/mingjian/internal/store"
)

// Manifest says what an archive holds.
type Manifest struct {
	Format  int    `json:"format"`
	Made    string `json:"made"` // UTC
	Program string `json:"program"`
	Engine  string `json:"engine"` // of the store that was dumped
	Schema  int64  `json:"schema"`
	Files   []File `json:"files"`
	Bytes   int64  `json:"bytes"`
}

// File is one entry of an archive.
type File struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
	Hash string `json:"sha256"`
}

const (
	format       = 1
	manifestName = "MANIFEST.json"
	dataPrefix   = "data/"
	storePrefix  = "store/"
)

// derived are folders and files of a data directory that are made anew or belong to one machine: locks, temporary files, look-back
// projections, the store itself and where it lies.
func derived(rel string) bool {
	first, _, _ := strings.Cut(rel, "/")
	return first == "LOCK" || first == "tmp" || first == "history" || first == "shadow" || first == "store.json" || strings.HasPrefix(first, store.FileName) ||
		strings.HasSuffix(rel, ".tmp")
}

// Create writes the archive of a data directory and its store to out (.tar.zst, .tar.gz or .tgz), which must not exist. The
// caller holds the data directory's lock. An archive that could not be finished is removed.
func Create(ctx context.Context, dataDir string, db *store.DB, out, program string) (m *Manifest, err error) {
	f, err := os.OpenFile(out, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // it holds everything, keys too
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("%s 已经存在，不会覆盖，请换个文件名", out)
	}
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(out)
		}
	}()
	z, err := compressor(f, out)
	if err != nil {
		return nil, err
	}
	w := &writer{ctx: ctx, tar: tar.NewWriter(z), m: Manifest{Format: format, Made: time.Now().UTC().Format(time.RFC3339), Program: program,
		Engine: string(db.Location().Engine)}}
	// Files first: the store then holds all that the trail's anchor file names.
	if err := w.dir(dataDir, out, db.Location()); err != nil {
		return nil, err
	}
	if err := w.store(db, filepath.Dir(out)); err != nil {
		return nil, err
	}
	b, err := json.MarshalIndent(&w.m, "", " ")
	if err != nil {
		return nil, err
	}
	if err := w.header(manifestName, int64(len(b))); err != nil {
		return nil, err
	}
	if _, err := w.tar.Write(b); err != nil {
		return nil, err
	}
	return &w.m, errors.Join(w.tar.Close(), z.Close(), f.Sync(), f.Close())
}

func compressor(w io.Writer, name string) (io.WriteCloser, error) {
	switch {
	case strings.HasSuffix(name, ".tar.zst"):
		return zstd.NewWriter(w)
	case strings.HasSuffix(name, ".tar.gz"), strings.HasSuffix(name, ".tgz"):
		return gzip.NewWriter(w), nil
	}
	return nil, fmt.Errorf("备份文件 %s 应以 .tar.zst 或 .tar.gz 结尾", name)
}

type writer struct {
	ctx context.Context
	tar *tar.Writer
	m   Manifest
}

func (w *writer) header(name string, size int64) error {
	return w.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o600, Size: size, ModTime: time.Now(), Format: tar.FormatPAX})
}

// add writes one file of a size known beforehand.
func (w *writer) add(name string, r io.Reader, size int64) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	if err := w.header(name, size); err != nil {
		return err
	}
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(w.tar, h), io.LimitReader(r, size))
	if err != nil {
		return err
	}
	if n != size {
		return fmt.Errorf("%s 在备份时变短了", name)
	}
	w.m.Files = append(w.m.Files, File{name, size, sum(h)})
	w.m.Bytes += size
	return nil
}

func sum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// dir writes the data directory's files.
func (w *writer) dir(dataDir, out string, at store.Location) error {
	skip := map[string]bool{}
	for _, p := range []string{out, at.Path, at.Path + "-wal", at.Path + "-shm"} {
		if abs, err := filepath.Abs(p); err == nil {
			skip[abs] = true
		}
	}
	return filepath.WalkDir(dataDir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dataDir, path)
		if err != nil || rel == "." {
			return err
		}
		rel = filepath.ToSlash(rel)
		abs, err := filepath.Abs(path)
		switch {
		case err != nil:
			return err
		case e.IsDir() && derived(rel):
			return fs.SkipDir
		case e.IsDir() || derived(rel) || skip[abs]:
			return nil
		case !e.Type().IsRegular():
			return fmt.Errorf("%s 不是普通文件，备份不了：请移走", path)
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		st, err := f.Stat()
		if err != nil {
			return err
		}
		return w.add(dataPrefix+rel, f, st.Size())
	})
}

// store dumps the tables. An entry's size comes before its content, so a table goes through a temporary file.
func (w *writer) store(db *store.DB, tmpDir string) error {
	version, err := db.Dump(w.ctx, func(table string) (io.Writer, func() error, error) {
		f, err := os.CreateTemp(tmpDir, ".mingjian-backup-*")
		if err != nil {
			return nil, nil, err
		}
		if err := os.Remove(f.Name()); err != nil { // it lives as long as it is open
			return nil, nil, errors.Join(err, f.Close())
		}
		return f, func() error {
			defer f.Close()
			size, err := f.Seek(0, io.SeekCurrent)
			if err != nil {
				return err
			}
			if _, err := f.Seek(0, io.SeekStart); err != nil {
				return err
			}
			return w.add(storePrefix+table+".jsonl", f, size)
		}, nil
	})
	w.m.Schema = version
	return err
}
