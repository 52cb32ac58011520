package review

import (
	"context"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/store"
)

const (
	savedAtMost = 200
	savedFirst  = "default" // the kind of what somebody begins a list with: his own, one at most
)

// Saved lists the filters or texts that somebody may use again: his own, and what others of his institution or office share.
func (d *Desk) Saved(ctx context.Context, who *auth.Identity, kind string) (out []store.Saved, err error) {
	err = d.DB.View(ctx, func(tx *store.Tx) (err error) {
		out, err = tx.SavedFor(kind, who.Name, who.Scope.Inst, who.Scope.Admdvs, savedAtMost)
		return err
	})
	return out, told(err)
}

// Save keeps a filter or a text to use again. A filter to begin with takes the place of the one before and is never shared.
func (d *Desk) Save(ctx context.Context, who *auth.Identity, kind, name, body string, shared bool) (*store.Saved, error) {
	name = strings.TrimSpace(name)
	if name == "" {
		return nil, badField("name", "请写一个名字")
	}
	x := store.Saved{ID: store.NewID(), Kind: kind, Owner: who.Name, Inst: who.Scope.Inst, Admdvs: who.Scope.Admdvs, Shared: shared && kind != savedFirst, Name: name, Body: body, MadeAt: store.Micros(d.now()), Version: 1}
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		have, err := tx.SavedFor(kind, who.Name, who.Scope.Inst, who.Scope.Admdvs, savedAtMost)
		if err != nil {
			return err
		}
		if len(have) >= savedAtMost {
			return badField("name", "已存了 %d 个，请先删去不用的", len(have))
		}
		for _, h := range have {
			if kind == savedFirst {
				if err := tx.DropSaved(h.ID, who.Name, h.Version); err != nil {
					return err
				}
				continue
			}
			if h.Name == name && h.Owner == who.Name {
				return badField("name", "已有名为 %q 的，请换一个名字", name)
			}
		}
		return tx.AddSaved(x)
	})
	return &x, told(err)
}

// Unsave removes what somebody saved himself.
func (d *Desk) Unsave(ctx context.Context, who *auth.Identity, id string, version int64) error {
	return told(d.DB.Update(ctx, func(tx *store.Tx) error { return tx.DropSaved(id, who.Name, version) }))
}
