package rulebook

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// historyFile keeps, in the site itself, what the last generation said and every change since the first.
const historyFile = "changes.json"

// What happened to a card.
const (
	Published = "发布" // the first generation, all cards at once
	Added     = "新增"
	Modified  = "修改"
	Retired   = "停用"
)

// Change is one entry of the history.
type Change struct {
	Date string   `json:"date"` // yyyy-MM-dd
	Kind string   `json:"kind"`
	ID   string   `json:"id,omitempty"` // of the card; empty for the first generation
	Name string   `json:"name"`
	From string   `json:"from,omitempty"` // versions
	To   string   `json:"to,omitempty"`
	What []string `json:"what"` // in sentences
}

// history is the content of historyFile.
type history struct {
	Format  int                 `json:"format"`
	Cards   map[string]lastSeen `json:"cards"`
	Changes []Change            `json:"changes"` // oldest first
}

// lastSeen is a card as the last generation had it: what the next one is compared with.
type lastSeen struct {
	Version string            `json:"version"`
	Name    string            `json:"name"`
	Fields  map[string]string `json:"fields"`
}

const historyFormat = 1

// readHistory reads the history of a site; a folder without one has none.
func readHistory(dir string) (*history, error) {
	path := filepath.Join(dir, historyFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &history{Format: historyFormat, Cards: map[string]lastSeen{}}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("读不了变更记录 %s：%w", path, err)
	}
	var h history
	if err := json.Unmarshal(data, &h); err != nil {
		return nil, fmt.Errorf("变更记录 %s 已损坏，请从备份（或上次的 rulebook.zip）恢复：%w", path, err)
	}
	if h.Format != historyFormat {
		return nil, fmt.Errorf("变更记录 %s 的格式是 %d，本程序只认 %d，请用新版程序", path, h.Format, historyFormat)
	}
	if h.Cards == nil {
		h.Cards = map[string]lastSeen{}
	}
	return &h, nil
}

// next compares the cards with those last seen and returns the history with what changed, dated date.
func (h *history) next(views []*cardView, date string) *history {
	out := &history{Format: historyFormat, Cards: map[string]lastSeen{}, Changes: slices.Clone(h.Changes)}
	first := len(h.Changes) == 0 && len(h.Cards) == 0
	add := func(c Change) { c.Date = date; out.Changes = append(out.Changes, c) }
	if first && len(views) > 0 {
		add(Change{Kind: Published, Name: "首次发布", What: []string{fmt.Sprintf("规则说明书首次发布，共 %d 条规则。", len(views))}})
	}
	for _, v := range views {
		out.Cards[v.ID] = lastSeen{v.Version, v.Name, v.fields}
		old, seen := h.Cards[v.ID]
		switch {
		case first:
		case !seen:
			add(Change{Kind: Added, ID: v.ID, Name: v.Name, To: v.Version, What: []string{"新增规则：" + strings.TrimSuffix(v.Says, "。") + "。"}})
		case old.Version != v.Version:
			add(Change{Kind: Modified, ID: v.ID, Name: v.Name, From: old.Version, To: v.Version, What: differences(old.Fields, v.fields)})
		}
	}
	for _, id := range sortedKeys(h.Cards) {
		if _, still := out.Cards[id]; !still {
			old := h.Cards[id]
			add(Change{Kind: Retired, ID: id, Name: old.Name, From: old.Version, What: []string{"停用，自此不再出疑点；以前的疑点不受影响。"}})
		}
	}
	return out
}

// differences are what changed between two versions, field by field, in sentences.
func differences(old, now map[string]string) []string {
	var out []string
	seen := map[string]bool{}
	say := func(field, title string) {
		seen[field] = true
		a, b := old[field], now[field]
		switch {
		case a == b:
		case a == "":
			out = append(out, fmt.Sprintf("%s：新写明「%s」", title, b))
		case b == "":
			out = append(out, fmt.Sprintf("%s：去掉「%s」", title, a))
		default:
			out = append(out, fmt.Sprintf("%s：由「%s」改为「%s」", title, a, b))
		}
	}
	for _, f := range fieldTitles {
		say(f.Value, f.Word)
	}
	var rest []string
	for _, m := range []map[string]string{old, now} {
		for k := range m {
			if !seen[k] {
				seen[k] = true
				rest = append(rest, k)
			}
		}
	}
	slices.Sort(rest)
	for _, f := range rest {
		say(f, f)
	}
	if len(out) == 0 {
		out = []string{"写法有调整，内容不变。"}
	}
	return out
}

// write is the history as a file.
func (h *history) write() ([]byte, error) {
	b, err := json.MarshalIndent(h, "", " ")
	return append(b, '\n'), err
}

// take gives the book and its cards their history, newest first.
func (b *book) take(h *history) {
	b.Changes = slices.Clone(h.Changes)
	slices.Reverse(b.Changes)
	slices.SortStableFunc(b.Changes, func(x, y Change) int { return cmp.Compare(y.Date, x.Date) })
	if len(b.Changes) > 0 {
		b.Updated = b.Changes[0].Date
	}
	for _, c := range b.Changes {
		if v := b.byID[c.ID]; v != nil {
			v.History = append(v.History, c)
		} else if c.Kind == Published {
			for _, v := range b.Views {
				v.History = append(v.History, c)
			}
		}
	}
	for _, v := range b.Views {
		if i := slices.IndexFunc(v.History, func(c Change) bool { return c.Kind == Added }); i >= 0 {
			v.History = v.History[:i+1] // what the book published before is not its history
		}
	}
}
