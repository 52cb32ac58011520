package rule

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

//go:embed cards/*.yaml
var shipped embed.FS

// Library is a set of cards by id.
type Library struct {
	Cards []*Card // by id
}

// Shipped returns the cards that come with Mingjian.
func Shipped() (*Library, error) { return load(shipped, "cards") }

// LoadDir reads the cards (*.yaml) of a folder or one file.
func LoadDir(path string) (*Library, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !st.IsDir() {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		c, err := ParseCard(path, data)
		if err != nil {
			return nil, err
		}
		return &Library{Cards: []*Card{c}}, nil
	}
	return load(os.DirFS(path), ".")
}

func load(fsys fs.FS, dir string) (*Library, error) {
	var lib Library
	var errs []error
	seen := map[string]string{}
	err := fs.WalkDir(fsys, dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || (filepath.Ext(p) != ".yaml" && filepath.Ext(p) != ".yml") {
			return err
		}
		data, err := fs.ReadFile(fsys, p)
		if err != nil {
			return err
		}
		c, err := ParseCard(p, data)
		if err != nil {
			errs = append(errs, err)
			return nil
		}
		if other, dup := seen[c.ID]; dup {
			errs = append(errs, fmt.Errorf("%s：编号 %s 已在 %s 中用过", p, c.ID, other))
			return nil
		}
		seen[c.ID] = p
		lib.Cards = append(lib.Cards, c)
		return nil
	})
	if err = errors.Join(append(errs, err)...); err != nil {
		return nil, err
	}
	sort.Slice(lib.Cards, func(i, j int) bool { return lib.Cards[i].ID < lib.Cards[j].ID })
	return &lib, nil
}

// Card returns the card of that id, or nil.
func (l *Library) Card(id string) *Card {
	for _, c := range l.Cards {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// Only returns the library restricted to the ids ("A001,B002"); an unknown id is an error.
func (l *Library) Only(ids []string) (*Library, error) {
	var out Library
	for _, id := range ids {
		c := l.Card(strings.TrimSpace(id))
		if c == nil {
			return nil, fmt.Errorf("规则库里没有 %q", id)
		}
		out.Cards = append(out.Cards, c)
	}
	sort.Slice(out.Cards, func(i, j int) bool { return out.Cards[i].ID < out.Cards[j].ID })
	return &out, nil
}
