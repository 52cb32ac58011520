package review

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/store"
)

// This file is what an institution looks up for itself: questions inside the house, and which file belongs to which finding.

// RelayItem is a question inside an institution with the finding it is about.
type RelayItem struct {
	store.Relay
	Item store.FindingItem `json:"-"`
}

// Relayed lists the questions put to somebody inside his institution, by what runs out first.
func (d *Desk) Relayed(ctx context.Context, who *auth.Identity, state string) ([]RelayItem, error) {
	return d.relays(ctx, who, func(tx *store.Tx) ([]store.Relay, error) { return tx.RelaysTo(who.Name, state) })
}

// Asked lists the questions somebody put to others inside his institution, by what runs out first.
func (d *Desk) Asked(ctx context.Context, who *auth.Identity, state string) ([]RelayItem, error) {
	return d.relays(ctx, who, func(tx *store.Tx) ([]store.Relay, error) { return tx.RelaysBy(who.Name, state) })
}

func (d *Desk) relays(ctx context.Context, who *auth.Identity, read func(*store.Tx) ([]store.Relay, error)) (out []RelayItem, err error) {
	err = d.DB.View(ctx, func(tx *store.Tx) error {
		out = nil
		rs, err := read(tx)
		if err != nil {
			return err
		}
		rs = slices.DeleteFunc(rs, func(r store.Relay) bool { return r.Inst != who.Scope.Inst }) // he may have changed houses
		at, err := itemsByID(tx, len(rs), func(i int) string { return rs[i].Finding })
		if err != nil {
			return err
		}
		items := make([]store.FindingItem, len(rs))
		for i := range rs {
			items[i] = at[rs[i].Finding]
		}
		o, err := othersOf(tx, who)
		if err == nil {
			err = o.items(tx, items)
		}
		for i := range rs {
			out = append(out, RelayItem{rs[i], items[i]})
		}
		return err
	})
	return out, told(err)
}

// FileMatch is a file by its name and the findings whose stay it names.
type FileMatch struct {
	Name  string
	Stay  string // the number found in the name
	Items []store.FindingItem
	Why   string // why there are none; "" = there are
}

// filesAtMost are matched in one call.
const filesAtMost = 200

// MatchFiles finds the findings that files belong to: those of the stay whose number stands in the file's name, as a whole and not as part
// of a longer one, where an attachment can be taken now.
func (d *Desk) MatchFiles(ctx context.Context, who *auth.Identity, names []string) (out []FileMatch, err error) {
	if err := may(who, auth.Appeal); err != nil {
		return nil, err
	}
	if len(names) > filesAtMost {
		return nil, badField("names", "一次最多配 %d 个文件，请分几次", filesAtMost)
	}
	err = d.DB.View(ctx, func(tx *store.Tx) error {
		out = nil
		at := map[string][]store.FindingItem{} // by stay; empty when asked for in vain
		for _, name := range names {
			m := FileMatch{Name: name, Why: "文件名里没有本机构疑点的就诊号"}
			for _, stay := range stays(name) {
				items, ok := at[stay]
				if !ok {
					f := store.FindingFilter{Mdtrt: stay, Limit: 100}
					if err := scopeFilter(who, &f); err != nil {
						return err
					}
					if items, err = tx.ListFindings(f); err != nil {
						return err
					}
					o, err := othersOf(tx, who)
					if err == nil {
						err = o.items(tx, items)
					}
					if err != nil {
						return err
					}
					at[stay] = items
				}
				if len(items) == 0 {
					continue
				}
				m.Stay, m.Why = stay, ""
				m.Items = slices.DeleteFunc(slices.Clone(items), func(x store.FindingItem) bool { return !slices.Contains(flow.event("attach").From, x.State) })
				if len(m.Items) == 0 {
					m.Why = "就诊 " + stay + " 的疑点现为“" + items[0].State + "”，不收附件"
				}
				break
			}
			out = append(out, m)
		}
		return nil
	})
	return out, told(err)
}

// stays are what could be the number of a stay in a file's name: its parts between signs, the longest first, and parts that are joined by
// the signs a number may hold itself.
func stays(name string) []string {
	name = strings.TrimSuffix(name[strings.LastIndexAny(name, `/\`)+1:], filepath.Ext(name))
	type part struct{ from, to int }
	var parts []part
	in := false
	for i, r := range name {
		number := r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r))
		switch {
		case number && !in:
			parts = append(parts, part{i, len(name)})
		case !number && in:
			parts[len(parts)-1].to = i
		}
		in = number
	}
	var out []string
	for i := range parts {
		for j := i; j < min(len(parts), i+4); j++ {
			if s := name[parts[i].from:parts[j].to]; len(s) >= 4 && len(s) <= 64 && strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0 && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return len(b) - len(a) })
	return out[:min(len(out), 20)]
}
