package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/rule"
)

// liveRules holds what is live now while a server runs: the cards of the program and the data directory, what the store lays over
// them, and the knowledge. It is replaced whole, never changed.
type liveRules struct {
	o   *office
	now atomic.Pointer[liveSet]
}

type liveSet struct {
	library *rule.Library // shipped and local: what versions are laid over
	book    *govern.Book
	plain   *knowledge.Base // without the rulings and sets that are laid over it
	laid    *knowledge.Base // with them: what judges
	id      string
}

// stamp changes when what is live may have changed: in the store, in the knowledge folder or in the folder of local cards.
func (l *liveRules) stamp(ctx context.Context) (string, error) {
	st, err := l.o.rules(nil).Stamp(ctx)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(st)
	note := func(path string, i fs.FileInfo) { fmt.Fprintf(&b, "|%s %d %d", path, i.Size(), i.ModTime().UnixNano()) }
	if i, err := os.Stat(filepath.Join(l.o.dir, "knowledge", "manifest.json")); err == nil {
		note("manifest", i)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	err = filepath.WalkDir(filepath.Join(l.o.dir, rule.LocalFolder), func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		i, err := d.Info()
		if err == nil {
			note(path, i)
		}
		return err
	})
	return b.String(), err
}

// Reload reads everything anew. Local cards that are wrong are left out, as an audit does.
func (l *liveRules) Reload(ctx context.Context) error {
	st, err := l.stamp(ctx)
	if err != nil {
		return err
	}
	x := &liveSet{}
	var refused []rule.CardError
	if x.library, refused, err = rule.ForData(l.o.dir); err != nil {
		return err
	}
	if x.book, err = l.o.rules(x.library).Live(ctx); err != nil {
		return err
	}
	x.book.Refused = refused
	if x.plain, err = plainBase(l.o.dir); err != nil {
		return err
	}
	if x.laid, err = x.book.Points(x.plain); err != nil {
		return err
	}
	h := sha256.New()
	fmt.Fprintln(h, Version, st)
	for _, c := range x.book.Library.Cards {
		fmt.Fprintln(h, c.ID, c.Version)
	}
	x.id = hex.EncodeToString(h.Sum(nil)[:6])
	l.now.Store(x)
	return nil
}

// Program names what is loaded.
func (l *liveRules) Program() string {
	if x := l.now.Load(); x != nil {
		return x.id
	}
	return ""
}

// governed are the governed rules over the cards that are live now, for people who signed in themselves.
func (l *liveRules) governed() *govern.Rules {
	return &govern.Rules{DB: l.o.db, Trail: l.o.trail, Library: l.now.Load().library}
}
