package review

import (
	"bytes"
	"context"
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

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/store"
)

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

// Attach keeps a file for a case. Its content lies under its hash in the attachments folder, written before the row that names it: a
// crash leaves at most a file that nothing names.
func (d *Desk) Attach(ctx context.Context, who *auth.Identity, ref Ref, name string, content io.Reader) (a *store.Attachment, err error) {
	if d.Files == "" {
		return nil, refuse(CodeFile, "没有设置附件文件夹")
	}
	// Who may not attach here must not fill the disk.
	var limit int64
	err = d.do(ctx, func(b *batch) error {
		t, err := b.turn(who, "attach", ref, Say{})
		if err == nil {
			limit = b.param("附件大小", t.c.Admdvs) << 20
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if name, err = cleanName(name); err != nil {
		return nil, err
	}
	sum, size, kind, err := d.keep(content, limit, name)
	if err != nil {
		return nil, err
	}
	_, err = d.act(ctx, who, "attach", ref, Say{}, func(t *turn) error {
		have, err := t.tx.Attachments(t.c.Finding)
		if err != nil {
			return err
		}
		if n := t.params.value("附件个数", t.c.Admdvs, t.today); int64(len(have)) >= n {
			return refuse(CodeFile, "疑点 %s 已有 %d 个附件，最多 %d 个", t.c.Finding, len(have), n)
		}
		if slices.ContainsFunc(have, func(x store.Attachment) bool { return x.SHA256 == sum }) {
			return refuse(CodeOnce, "同样内容的附件已经上传过：%s", name)
		}
		a = &store.Attachment{ID: store.NewID(), Finding: t.c.Finding, Name: name, Media: kind, Size: size, SHA256: sum, UploadedBy: who.Name, At: t.now}
		t.detail["附件"], t.detail["名称"] = a.ID, name
		return t.tx.AddAttachment(*a)
	})
	return a, err
}

// cleanName keeps a file's own name, without folders and without what screens or file systems could stumble over.
func cleanName(name string) (string, error) {
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
		return "", refuse(CodeFile, "文件名是空的，或没有可用的字符")
	}
	return name, nil
}

// keep writes content under its hash and tells what it is.
func (d *Desk) keep(content io.Reader, limit int64, name string) (sum string, size int64, kind string, err error) {
	if err := os.MkdirAll(d.Files, 0o700); err != nil {
		return "", 0, "", err
	}
	f, err := os.CreateTemp(d.Files, ".new-*")
	if err != nil {
		return "", 0, "", err
	}
	defer func() {
		f.Close()
		os.Remove(f.Name()) // gone when it was given its name
	}()
	h := sha256.New()
	var head bytes.Buffer
	size, err = io.Copy(io.MultiWriter(f, h), io.TeeReader(io.LimitReader(content, limit+1), &limited{&head, 512}))
	switch {
	case err != nil:
		return "", 0, "", fmt.Errorf("附件没有收全：%w", err)
	case size > limit:
		return "", 0, "", refuse(CodeFile, "附件 %s 超过 %d MB", name, limit>>20)
	case size == 0:
		return "", 0, "", refuse(CodeFile, "附件 %s 是空的", name)
	}
	if kind, err = sniff(name, head.Bytes()); err != nil {
		return "", 0, "", err
	}
	sum = hex.EncodeToString(h.Sum(nil))
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return "", 0, "", err
	}
	path := d.path(sum)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", 0, "", err
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		err = os.Rename(f.Name(), path)
		if err != nil {
			return "", 0, "", err
		}
		if dir, err := os.Open(filepath.Dir(path)); err == nil { // the name survives a power cut too
			err = dir.Sync()
			dir.Close()
			if err != nil {
				return "", 0, "", err
			}
		}
	}
	return sum, size, kind, nil
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
		return "", refuse(CodeFile, "附件 %s 的内容是 %s，不能接收：可用 PDF、JPG、PNG、BMP、TIFF、DOCX、XLSX、TXT、CSV，且扩展名要与内容一致", name, kind)
	}
	return kind, nil
}

func (d *Desk) path(sum string) string { return filepath.Join(d.Files, sum[:2], sum) }

// File opens an attachment of a case that somebody may see. The content is checked against its hash.
func (d *Desk) File(ctx context.Context, who *auth.Identity, id string) (*store.Attachment, []byte, error) {
	var a *store.Attachment
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if a, err = tx.Attachment(id); err != nil {
			return refuse(CodeNotFound, "附件 %s 不存在", id)
		}
		c, err := tx.Case(a.Finding)
		if err != nil {
			return err
		}
		if ok, err := visible(tx, who, c, d.Today()); err != nil || !ok {
			return errors.Join(err, refuse(CodeNotFound, "附件 %s 不存在", id))
		}
		return nil
	})
	if err != nil {
		return nil, nil, told(err)
	}
	body, err := os.ReadFile(d.path(a.SHA256))
	if err != nil {
		return nil, nil, refuse(CodeFile, "附件 %s 的内容不见了，请从备份恢复", a.Name)
	}
	if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != a.SHA256 {
		return nil, nil, refuse(CodeFile, "附件 %s 的内容被改动过，请从备份恢复", a.Name)
	}
	return a, body, nil
}
