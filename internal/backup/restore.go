package backup

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/mingjian/mingjian/internal/store"
)

// ErrDamaged is returned for an archive that is not what was written.
var ErrDamaged = errors.New("备份文件不完整或已损坏")

// Restore unpacks an archive into a data directory, which must be empty or not be there, and its store: into an SQLite file
// in the directory, or at a location, which is then remembered there. Everything is checked before anything takes effect.
func Restore(ctx context.Context, archive, dataDir string, at *store.Location) (*Manifest, error) {
	es, err := os.ReadDir(dataDir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if len(es) > 0 {
		return nil, fmt.Errorf("目录 %s 里已有文件，不会覆盖：请恢复到一个空目录", dataDir)
	}
	abs, err := filepath.Abs(dataDir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(abs), 0o755); err != nil {
		return nil, err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(abs), ".restoring-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	m, err := unpack(ctx, archive, tmp)
	if err != nil {
		return nil, err
	}
	data := filepath.Join(tmp, "data")
	if err := os.MkdirAll(data, 0o755); err != nil {
		return nil, err
	}
	where := store.Location{Engine: store.SQLite, Path: filepath.Join(data, store.FileName)}
	if at != nil {
		where = *at
		if err := where.Remember(data); err != nil {
			return nil, err
		}
	}
	db, err := store.Restore(ctx, where, m.Schema, func(table string) (io.ReadCloser, error) {
		f, err := os.Open(filepath.Join(tmp, storePrefix, table+".jsonl"))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil //nolint:nilnil // a table that the archive's schema does not have
		}
		return f, err
	})
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	if err := os.Remove(abs); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return m, os.Rename(data, abs)
}

// unpack writes the entries of an archive into a folder and compares all of them with the manifest.
func unpack(ctx context.Context, archive, dir string) (*Manifest, error) {
	f, err := os.Open(archive)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := decompressor(f)
	if err != nil {
		return nil, err
	}
	var m *Manifest
	got := map[string]File{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			if _, err := io.Copy(io.Discard, z); err != nil { // the check sum stands at the end
				return nil, fmt.Errorf("%w：%w", ErrDamaged, err)
			}
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%w：%w", ErrDamaged, err)
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if h.Name == manifestName {
			if err := json.NewDecoder(r).Decode(&m); err != nil {
				return nil, fmt.Errorf("%w：%w", ErrDamaged, err)
			}
			continue
		}
		e, err := entry(r, h, dir)
		if err != nil {
			return nil, err
		}
		got[e.Name] = e
	}
	return m, check(m, got)
}

func check(m *Manifest, got map[string]File) error {
	if m == nil {
		return fmt.Errorf("%w：没有清单，文件被截断", ErrDamaged)
	}
	if m.Format != format {
		return fmt.Errorf("备份由格式 %d 写成，本程序只认 %d，请升级程序", m.Format, format)
	}
	for _, want := range m.Files {
		if g, ok := got[want.Name]; !ok || g != want {
			return fmt.Errorf("%w：%s 与清单不符", ErrDamaged, want.Name)
		}
		delete(got, want.Name)
	}
	for name := range got {
		return fmt.Errorf("%w：%s 不在清单里", ErrDamaged, name)
	}
	return nil
}

// entry writes one file. Names that lead out of the folder, and anything but files, are refused.
func entry(r io.Reader, h *tar.Header, dir string) (File, error) {
	local := strings.HasPrefix(h.Name, dataPrefix) || strings.HasPrefix(h.Name, storePrefix)
	if h.Typeflag != tar.TypeReg || !local || !filepath.IsLocal(filepath.FromSlash(h.Name)) {
		return File{}, fmt.Errorf("%w：不该有 %q", ErrDamaged, h.Name)
	}
	path := filepath.Join(dir, filepath.FromSlash(h.Name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return File{}, err
	}
	mode := fs.FileMode(0o644)
	if filepath.Dir(h.Name) == "data" && strings.HasSuffix(h.Name, ".key") {
		mode = 0o600
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return File{}, err
	}
	s := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, s), r)
	if err != nil {
		f.Close()
		return File{}, fmt.Errorf("%w：%s：%w", ErrDamaged, h.Name, err)
	}
	return File{h.Name, n, sum(s)}, errors.Join(f.Sync(), f.Close())
}

// decompressor tells the compression by the first bytes.
func decompressor(f io.Reader) (io.Reader, error) {
	b := bufio.NewReaderSize(f, 1<<16)
	magic, err := b.Peek(4)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w：%w", ErrDamaged, err)
	case bytes.Equal(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(b)
		if err != nil {
			return nil, err
		}
		return z.IOReadCloser(), nil
	case magic[0] == 0x1f && magic[1] == 0x8b:
		return gzip.NewReader(b)
	}
	return nil, fmt.Errorf("%w：既不是 zstd 也不是 gzip", ErrDamaged)
}
