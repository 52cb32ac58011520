package review

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/mingjian/mingjian/internal/attached"
	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/store"
)

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
	f, err := attached.Folder(d.Files).Keep(content, limit, name)
	if err != nil {
		return nil, notTaken(err)
	}
	_, err = d.act(ctx, who, "attach", ref, Say{}, func(t *turn) error {
		have, err := t.tx.Attachments(t.c.Finding)
		if err != nil {
			return err
		}
		if n := t.params.value("附件个数", t.c.Admdvs, t.today); int64(len(have)) >= n {
			return refuse(CodeFile, "疑点 %s 已有 %d 个附件，最多 %d 个", t.c.Finding, len(have), n)
		}
		if slices.ContainsFunc(have, func(x store.Attachment) bool { return x.SHA256 == f.SHA256 }) {
			return refuse(CodeOnce, "同样内容的附件已经上传过：%s", f.Name)
		}
		a = &store.Attachment{ID: store.NewID(), Finding: t.c.Finding, Name: f.Name, Media: f.Media, Size: f.Size, SHA256: f.SHA256, UploadedBy: who.Name, At: t.now}
		t.detail["附件"], t.detail["名称"] = a.ID, f.Name
		return t.tx.AddAttachment(*a)
	})
	return a, err
}

// notTaken turns what the folder says of a file into a refusal.
func notTaken(err error) error {
	if e := (*attached.Error)(nil); errors.As(err, &e) {
		return refuse(CodeFile, "%s", e)
	}
	return err
}

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
	body, err := attached.Folder(d.Files).Read(attached.File{Name: a.Name, SHA256: a.SHA256})
	if err != nil {
		return nil, nil, notTaken(err)
	}
	return a, body, nil
}
