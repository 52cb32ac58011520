package rule

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
)

// LocalFolder is the folder of a data directory that holds a bureau's own cards.
const LocalFolder = "cards"

// ForData returns the cards that judge a data directory: the shipped ones, and those of its folder "cards" beside them or
// in their place. A wrong local card is left out and reported, with what to do; the others are in force, and so is the
// shipped card that a wrong one would have replaced.
func ForData(dir string) (*Library, []CardError, error) {
	shipped, err := Shipped()
	if err != nil {
		return nil, nil, err
	}
	local, wrong := LoadLocal(filepath.Join(dir, LocalFolder))
	lib, more := shipped.Overlay(local)
	return lib, append(wrong, more...), nil
}

// LoadLocal reads a folder of cards and runs their cases. Cards that are wrong, or that do not do what their own cases say,
// are left out. A folder that is not there holds no cards.
func LoadLocal(dir string) (*Library, []CardError) {
	lib, es, err := ReadCards(dir)
	wrong := []CardError(es)
	if errors.Is(err, fs.ErrNotExist) {
		return &Library{}, nil
	}
	if err != nil {
		return &Library{}, []CardError{{File: dir, Msg: "读不了本地规则：" + reason(err), Fix: "核对文件夹和文件的权限"}}
	}
	out := &Library{}
	for _, c := range lib.Cards {
		c.Local = true
		failed := false
		results, more := TestCard(c)
		wrong, failed = append(wrong, more...), len(more) > 0
		for _, r := range results {
			if r.Err != nil {
				failed = true
				wrong = append(wrong, c.wrong("cases/"+r.Case, fmt.Sprintf("用例「%s」不符：%v", r.Case, r.Err), "改卡或改用例，用 mingjian rules test 核对"))
			}
		}
		if !failed {
			out.Cards = append(out.Cards, c)
		}
	}
	return out, wrong
}

// reason is what the system says of a file, without its English frame where that is known.
func reason(err error) string {
	if errors.Is(err, fs.ErrPermission) {
		return "没有权限"
	}
	return err.Error()
}

// Overlay returns the library with local cards added to it or put in the place of those with the same id. Local cards that
// do not fit the others are left out and reported.
func (l *Library) Overlay(local *Library) (*Library, []CardError) {
	var wrong []CardError
	kept := &Library{Cards: slices.Clone(local.Cards)}
	for {
		all := l.with(kept)
		es := kept.unrefined(all)
		if len(es) == 0 {
			return all, wrong
		}
		wrong = append(wrong, es...)
		kept.Cards = slices.DeleteFunc(kept.Cards, func(c *Card) bool {
			return slices.ContainsFunc(es, func(e CardError) bool { return e.Card == c.ID })
		})
	}
}

func (l *Library) with(local *Library) *Library {
	out := &Library{Cards: slices.Clone(local.Cards)}
	for _, c := range l.Cards {
		if mine := local.Card(c.ID); mine != nil {
			mine.Replaces = c.Version
			continue
		}
		out.Cards = append(out.Cards, c)
	}
	out.sort()
	return out
}
