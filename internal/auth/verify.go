package auth

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/store"
)

// Verdict is the result of checking the whole trail.
type Verdict struct {
	Chains  int    `json:"chains"`
	Records int    `json:"records"`
	Anchors int    `json:"anchors"`
	Whole   bool   `json:"whole"`
	Broken  string `json:"broken"` // the first record that does not fit, and why
}

// broken is what does not fit.
type broken struct{ why string }

func (b broken) Error() string { return b.why }

func brokenf(format string, a ...any) error { return broken{fmt.Sprintf(format, a...)} }

// Verify checks every chain, every link between chains and every anchor, here and in the anchor file, and names the first
// record that does not fit.
func Verify(ctx context.Context, dataDir string, db *store.DB) (*Verdict, error) {
	v := &Verdict{}
	err := db.View(ctx, func(tx *store.Tx) error {
		c, err := newChecker(tx)
		if err != nil {
			return err
		}
		v.Chains = len(c.chains)
		if err := tx.EachRecord(func(r store.Record) error { v.Records++; return c.record(r) }); err != nil {
			return err
		}
		if err := c.missing(); err != nil {
			return err
		}
		v.Anchors = len(c.anchors)
		return c.file(filepath.Join(dataDir, AnchorFile))
	})
	var b broken
	if errors.As(err, &b) {
		v.Broken = b.why
		return v, nil
	}
	v.Whole = err == nil
	return v, err
}

// place is a record that something else names.
type place struct {
	chain string
	seq   int64
}

type checker struct {
	chains  map[string]store.Chain
	order   []store.Chain
	anchors []store.Anchor
	named   map[place]string // hash that must stand there
	by      map[place]string // who says so
	last    store.Record     // Seq 0 at the start of a chain
	begun   map[string]bool
}

func newChecker(tx *store.Tx) (*checker, error) {
	c := &checker{chains: map[string]store.Chain{}, named: map[place]string{}, by: map[place]string{}, begun: map[string]bool{}}
	var err error
	if c.order, err = tx.Chains(); err != nil {
		return nil, err
	}
	for _, x := range c.order {
		c.chains[x.ID] = x
		if x.After != "" {
			if err := c.name(place{x.After, x.AfterSeq}, x.AfterHash, "链 "+x.ID+" 的开头"); err != nil {
				return nil, err
			}
		}
	}
	if c.anchors, err = tx.Anchors(); err != nil {
		return nil, err
	}
	before := ""
	for _, a := range c.anchors {
		if anchorHash(before, a) != a.Hash {
			return nil, brokenf("%s 的锚点被改过，或它前面的锚点被删", a.Day)
		}
		before = a.Hash
		for _, line := range strings.Split(strings.TrimSpace(a.Heads), "\n") {
			var p place
			var hash string
			if _, err := fmt.Sscanf(line, "%s %d %s", &p.chain, &p.seq, &hash); err != nil {
				return nil, brokenf("%s 的锚点读不了", a.Day)
			}
			if err := c.name(p, hash, a.Day+" 的锚点"); err != nil {
				return nil, err
			}
		}
	}
	return c, nil
}

func (c *checker) name(p place, hash, by string) error {
	if h, ok := c.named[p]; ok && h != hash {
		return brokenf("链 %s 第 %d 条：%s与%s说的不同", p.chain, p.seq, c.by[p], by)
	}
	c.named[p], c.by[p] = hash, by
	return nil
}

// record checks the next record; they come by chain and number.
func (c *checker) record(r store.Record) error {
	if r.Chain != c.last.Chain {
		x, ok := c.chains[r.Chain]
		if !ok {
			return brokenf("链 %s 第 %d 条：链的开头被删", r.Chain, r.Seq)
		}
		c.last = store.Record{Chain: r.Chain, Hash: chainHash(x)}
		c.begun[r.Chain] = true
	}
	if r.Seq != c.last.Seq+1 {
		return brokenf("链 %s 第 %d 条：缺失，下一条是第 %d 条", r.Chain, c.last.Seq+1, r.Seq)
	}
	if recordHash(c.last.Hash, r) != r.Hash {
		return brokenf("链 %s 第 %d 条：内容与校验值不符（%s %s %s %s）", r.Chain, r.Seq, store.Moment(r.At).In(china).Format("2006-01-02 15:04:05"), r.Actor, r.Action, r.Object)
	}
	p := place{r.Chain, r.Seq}
	if want, ok := c.named[p]; ok && want != r.Hash {
		return brokenf("链 %s 第 %d 条：与%s记下的不同，整条链被重写", r.Chain, r.Seq, c.by[p])
	}
	delete(c.named, p)
	c.last = r
	return nil
}

// missing checks that all that something names, and every chain, has turned up.
func (c *checker) missing() error {
	for _, x := range c.order {
		if !c.begun[x.ID] {
			return brokenf("链 %s 第 1 条：缺失，整条链的记录被删", x.ID)
		}
	}
	var first string
	for p := range c.named {
		if s := fmt.Sprintf("链 %s 第 %d 条：缺失，%s记有它", p.chain, p.seq, c.by[p]); first == "" || s < first {
			first = s
		}
	}
	if first != "" {
		return broken{first}
	}
	return nil
}

// file compares the anchors with what was written beside the database. The newest may be missing there: a crash may have
// come between the two, and the next anchor brings it in.
func (c *checker) file(path string) error {
	filed, err := readAnchorFile(path)
	if err != nil {
		return err
	}
	for i, a := range c.anchors {
		hash, ok := filed[a.Day]
		switch {
		case !ok && i < len(c.anchors)-1:
			return brokenf("%s 的锚点不在文件 %s 里", a.Day, AnchorFile)
		case ok && hash != a.Hash:
			return brokenf("%s 的锚点与文件 %s 里的不同，库里的留痕被重写", a.Day, AnchorFile)
		}
		delete(filed, a.Day)
	}
	for _, day := range slices.Sorted(maps.Keys(filed)) {
		return brokenf("文件 %s 里有 %s 的锚点，库里没有：留痕被截断", AnchorFile, day)
	}
	return nil
}
