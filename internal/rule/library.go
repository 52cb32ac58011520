package rule

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"
)

//go:embed cards/*.yaml
var shipped embed.FS

// Library is a set of cards by id.
type Library struct {
	Cards []*Card // by id
}

// Shipped returns the cards that come with Mingjian. They are read once a process; the library and its cards are the
// caller's own, the cases and texts of the cards are everybody's and must not be changed.
func Shipped() (*Library, error) {
	lib, err := readShipped()
	if err != nil {
		return nil, err
	}
	out := &Library{Cards: make([]*Card, len(lib.Cards))}
	for i, c := range lib.Cards {
		mine := *c
		mine.Params, mine.Meta = maps.Clone(c.Params), maps.Clone(c.Meta)
		out.Cards[i] = &mine
	}
	return out, nil
}

var readShipped = sync.OnceValues(func() (*Library, error) { return load(shipped, "cards") })

// LoadDir reads the cards (*.yaml) of a folder or one file; one wrong card and none is loaded.
func LoadDir(path string) (*Library, error) {
	lib, wrong, err := ReadCards(path)
	if err == nil && len(wrong) > 0 {
		err = wrong
	}
	if err != nil {
		return nil, err
	}
	return lib, nil
}

// ReadCards reads the cards of a folder or one file, and says what is wrong with those it leaves out. The error is that of
// the folder or file.
func ReadCards(path string) (*Library, CardErrors, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	dir, name := path, "."
	if !st.IsDir() {
		dir, name = filepath.Dir(path), filepath.Base(path)
	}
	lib, wrong, err := read(os.DirFS(dir), name)
	for i := range wrong {
		wrong[i].File = filepath.Join(dir, wrong[i].File)
	}
	for _, c := range lib.Cards {
		c.File = filepath.Join(dir, c.File)
	}
	return lib, wrong, err
}

func load(fsys fs.FS, dir string) (*Library, error) {
	lib, wrong, err := read(fsys, dir)
	if err != nil {
		return nil, err
	}
	if wrong = append(wrong, lib.unrefined(lib)...); len(wrong) > 0 {
		return nil, wrong
	}
	return lib, nil
}

// maxCard is more than any card needs, in bytes.
const maxCard = 1 << 20

func read(fsys fs.FS, dir string) (*Library, CardErrors, error) {
	var lib Library
	var wrong CardErrors
	seen := map[string]string{}
	err := fs.WalkDir(fsys, dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || (p != dir && filepath.Ext(p) != ".yaml" && filepath.Ext(p) != ".yml") {
			return err
		}
		if x, err := d.Info(); err == nil && x.Size() > maxCard {
			wrong = append(wrong, CardError{File: p, Msg: fmt.Sprintf("文件有 %d KB，规则卡不能超过 %d KB", (x.Size()+1023)>>10, maxCard>>10), Fix: "核对是不是规则卡；一个文件只写一张卡"})
			return nil
		}
		data, err := fs.ReadFile(fsys, p)
		if err != nil {
			return err
		}
		c, err := ParseCard(p, data)
		var es CardErrors
		switch {
		case errors.As(err, &es):
			wrong = append(wrong, es...)
		case err != nil:
			return err
		case seen[c.ID] != "":
			wrong = append(wrong, c.Used(seen[c.ID]))
		default:
			seen[c.ID] = p
			lib.Cards = append(lib.Cards, c)
		}
		return nil
	})
	lib.sort()
	return &lib, wrong, err
}

func (l *Library) sort() {
	sort.Slice(l.Cards, func(i, j int) bool { return l.Cards[i].ID < l.Cards[j].ID })
}

// wrong is an error about a field of a card.
func (c *Card) wrong(field, msg, fix string) CardError {
	return CardError{File: c.File, Line: c.lines[field], Card: c.ID, Msg: msg, Fix: fix}
}

// Used is the error of a card whose id a card of another file has.
func (c *Card) Used(other string) CardError {
	return c.wrong("id", fmt.Sprintf("编号 %s 已在 %s 中用过", c.ID, other), "换一个编号，或删去一个文件")
}

// unrefined finds what is wrong with the refines of l's cards among all cards: names of no card, and circles.
func (l *Library) unrefined(all *Library) CardErrors {
	var out CardErrors
	for _, c := range l.Cards {
		for _, r := range c.Refines {
			if all.Card(r) == nil {
				out = append(out, c.wrong("refines", fmt.Sprintf("refines 写了规则库里没有的 %s", r), "改成已有的编号，或去掉"))
			}
		}
		if ring := all.ring(c.ID, []string{c.ID}); ring != nil {
			out = append(out, c.wrong("refines", "refines 绕成一圈："+strings.Join(ring, " → "), "去掉其中一处"))
		}
	}
	return out
}

// ring follows refines from the end of a path back to its start; nil when it never comes back.
func (l *Library) ring(start string, path []string) []string {
	c := l.Card(path[len(path)-1])
	if c == nil {
		return nil
	}
	for _, r := range c.Refines {
		if r == start {
			return append(path, r)
		}
		if slices.Contains(path, r) {
			continue
		}
		if ring := l.ring(start, append(slices.Clone(path), r)); ring != nil {
			return ring
		}
	}
	return nil
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
	out.sort()
	return &out, nil
}
