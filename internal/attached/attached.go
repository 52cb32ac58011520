// Package attached keeps files that people send with a case: by the hash of their content, of few kinds told by their bytes, under
// names that no file system can stumble over. It knows no cases and no rights: who may send or read what is its callers'.
package attached

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

// Error is a file that cannot be taken or read; the sentence is for people.
type Error struct{ says string }

func (e *Error) Error() string { return e.says }

func refuse(format string, a ...any) error { return &Error{fmt.Sprintf(format, a...)} }

// File is what is known of a kept file.
type File struct {
	Name, Media, SHA256 string
	Size                int64
}

// media are the kinds of file an institution may send, by what their bytes say, with the endings that go with them. What a name or a
// browser says of a file is not believed.
var media = map[string][]string{
	"application/pdf": {".pdf"},
	"image/jpeg":      {".jpg", ".jpeg"},
	"image/png":       {".png"},
	"image/bmp":       {".bmp"},
	"image/tiff":      {".tif", ".tiff"},
	"application/zip": {".docx", ".xlsx"}, // only these two: an archive of anything else is refused by its ending
	"text/plain":      {".txt", ".csv"},
}

// Folder is where the content lies, each file under its hash.
type Folder string

// CleanName keeps a file's own name, without folders and without what screens or file systems could stumble over.
func CleanName(name string) (string, error) {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || !unicode.IsPrint(r) || strings.ContainsRune(`<>:"|?*`, r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	name = strings.Trim(name, " .")
	if rs := []rune(name); len(rs) > 120 {
		end := filepath.Ext(name)
		name = string(rs[:120-len([]rune(end))]) + end
	}
	if name == "" || filepath.Ext(name) == name {
		return "", refuse("文件名是空的，或没有可用的字符")
	}
	return name, nil
}

// Keep writes content under its hash and tells what it is. limit is in bytes. Nothing is left of a file that is refused.
func (d Folder) Keep(content io.Reader, limit int64, name string) (_ *File, err error) {
	if name, err = CleanName(name); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(string(d), 0o700); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(string(d), ".new-*")
	if err != nil {
		return nil, err
	}
	defer func() {
		f.Close()
		os.Remove(f.Name()) // gone when it was given its name
	}()
	h := sha256.New()
	var head bytes.Buffer
	size, err := io.Copy(io.MultiWriter(f, h), io.TeeReader(io.LimitReader(content, limit+1), &limited{&head, 512}))
	switch {
	case err != nil:
		return nil, fmt.Errorf("附件没有收全：%w", err)
	case size > limit:
		return nil, refuse("附件 %s 超过 %d MB", name, limit>>20)
	case size == 0:
		return nil, refuse("附件 %s 是空的", name)
	}
	kind, err := sniff(name, head.Bytes())
	if err != nil {
		return nil, err
	}
	sum := hex.EncodeToString(h.Sum(nil))
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	path := d.path(sum)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		err = os.Rename(f.Name(), path)
		if err != nil {
			return nil, err
		}
		if dir, err := os.Open(filepath.Dir(path)); err == nil { // the name survives a power cut too
			err = dir.Sync()
			dir.Close()
			if err != nil {
				return nil, err
			}
		}
	}
	return &File{Name: name, Media: kind, SHA256: sum, Size: size}, nil
}

// limited takes the first bytes and lets the rest pass.
type limited struct {
	b    *bytes.Buffer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	n := min(l.left, len(p))
	l.b.Write(p[:n])
	l.left -= n
	return len(p), nil
}

// sniff tells the kind of a file by its first bytes and holds its ending to it.
func sniff(name string, head []byte) (string, error) {
	kind, _, _ := strings.Cut(http.DetectContentType(head), ";")
	if kind == "application/octet-stream" && (bytes.HasPrefix(head, []byte("II*\x00")) || bytes.HasPrefix(head, []byte("MM\x00*"))) {
		kind = "image/tiff"
	}
	ends, ok := media[kind]
	if !ok || !slices.Contains(ends, strings.ToLower(filepath.Ext(name))) {
		return "", refuse("附件 %s 的内容是 %s，不能接收：可用 PDF、JPG、PNG、BMP、TIFF、DOCX、XLSX、TXT、CSV，且扩展名要与内容一致", name, kind)
	}
	return kind, nil
}

func (d Folder) path(sum string) string { return filepath.Join(string(d), sum[:2], sum) }

// Read opens a kept file and checks its content against its hash.
func (d Folder) Read(f File) ([]byte, error) {
	if len(f.SHA256) != 2*sha256.Size || strings.Trim(f.SHA256, "0123456789abcdef") != "" {
		return nil, refuse("附件 %s 的记录被改动过", f.Name)
	}
	body, err := os.ReadFile(d.path(f.SHA256))
	if err != nil {
		return nil, refuse("附件 %s 的内容不见了，请从备份恢复", f.Name)
	}
	if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != f.SHA256 {
		return nil, refuse("附件 %s 的内容被改动过，请从备份恢复", f.Name)
	}
	return body, nil
}
