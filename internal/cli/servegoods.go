package cli

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/trace"
	"github.com/mingjian/mingjian/internal/trace/counter"
	"github.com/mingjian/mingjian/internal/trace/index"
	"github.com/mingjian/mingjian/internal/trace/life"
	"github.com/mingjian/mingjian/internal/web/api/traceapi"
)

// goodsFacts is what the registers say of institutions and items.
type goodsFacts struct {
	places map[string]life.Place
	items  map[string]counter.Item
}

// readGoodsFacts reads the registers of a data directory; without data it knows nothing.
func readGoodsFacts(dir string) (*goodsFacts, error) {
	f := &goodsFacts{places: map[string]life.Place{}, items: map[string]counter.Item{}}
	l, err := lake.Open(dir)
	if err != nil {
		return nil, err
	}
	s, err := l.Snapshot()
	if err != nil {
		return f, nil //nolint:nilerr // nothing was imported yet
	}
	ds := s.Dicts()
	b, err := s.Reference("institution")
	if err != nil {
		return nil, err
	}
	col := b.Table.MustCol
	for r := range b.N {
		f.places[b.Format(ds, col("fixmedins_code"), r)] = life.Place{Area: b.Format(ds, col("admdvs"), r), Hospital: b.Format(ds, col("fixmedins_type"), r) == "1",
			Group: b.I32(col("group_no"), r)}
	}
	if b, err = s.Reference("catalogue"); err != nil {
		return nil, err
	}
	code, name, pack := b.Table.MustCol("hilist_code"), b.Table.MustCol("generic_name"), b.Table.MustCol("min_pac_cnt")
	for r := range b.N {
		x := counter.Item{Name: b.Format(ds, name, r)}
		if n, err := claim.ParseDecimal(b.Format(ds, pack, r), 4); err == nil {
			x.Pack = claim.Qty(n)
		}
		f.items[b.Format(ds, code, r)] = x
	}
	return f, nil
}

// liveGoods is the goods desk while the server runs. Where another process owns the index there is none: goods messages are answered that
// nothing was judged.
type liveGoods struct {
	*counter.Desk
	dir   string
	rules *liveRules
	facts atomic.Pointer[goodsFacts]
	log   *slog.Logger
}

func openGoods(x *site) (*liveGoods, error) {
	g := &liveGoods{dir: x.dir, rules: x.rules, log: x.log}
	if err := g.Reload(x.s.ctx); err != nil {
		return nil, err
	}
	ix, err := index.Open(indexDir(x.dir), life.Usual(), func(inst string) life.Place { return g.facts.Load().places[inst] })
	if err != nil {
		return nil, err
	}
	if g.Desk, err = counter.Open(indexDir(x.dir), ix, func(code string) counter.Item { return g.facts.Load().items[code] }); err != nil {
		return nil, errors.Join(err, ix.Close())
	}
	return g, nil
}

// Reload reads the registers anew.
func (g *liveGoods) Reload(context.Context) error {
	f, err := readGoodsFacts(g.dir)
	if err == nil {
		g.facts.Store(f)
	}
	return err
}

// Program is never empty: what the registers say of places and items delays nobody.
func (g *liveGoods) Program() string { return "goods" }

// Stop is the stop level of the card of second sales, an area's own setting first.
func (g *liveGoods) Stop(admdvs string) online.Stop {
	book := g.rules.now.Load().book
	c := book.Library.Card("T001")
	if c == nil {
		return online.Silent
	}
	stop := c.Stop
	long := -1
	day, err := claim.ParseDay(today())
	if err != nil {
		return stopNamed(stop)
	}
	for _, v := range book.Rules.Variants {
		area := v.Area
		for len(area) > 0 && strings.HasSuffix(area, "00") {
			area = area[:len(area)-2]
		}
		if v.ID != c.ID || !strings.HasPrefix(admdvs, area) || len(area) <= long || day < v.From || (v.To != 0 && day > v.To) {
			continue
		}
		if long, stop = len(area), "silent"; v.Card != nil {
			stop = v.Card.Stop
		}
	}
	return stopNamed(stop)
}

func stopNamed(word string) online.Stop {
	return map[string]online.Stop{"block": online.Block, "confirm": online.Confirm, "inform": online.Inform}[word]
}

// seal lets what came wait for `trace collect` every half minute.
func (g *liveGoods) seal(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(30 * time.Second):
			g.Seal()
		}
	}
}

// mountGoods opens the goods desk; what asks it is mounted by the channels.
func mountGoods(x *site) error {
	facts := &liveFacts{dir: x.dir}
	x.traces = &traceapi.Deps{DB: x.db, Trail: x.trail, Facts: facts.now, Due: claim.DayOf(2025, 7, 1), Counter: func() traceapi.Counter {
		if x.goods == nil {
			return nil
		}
		return x.goods
	}}
	g, err := openGoods(x)
	if errors.Is(err, index.ErrBusy) {
		x.log.Warn("trace codes are not asked: another process owns the index", "err", err)
		return nil
	}
	if err != nil {
		return err
	}
	x.goods = g
	x.web.Reload(g)
	x.web.Background("goods inbox", g.seal)
	x.web.AtEnd("goods desk", func(context.Context) error { return g.Close() })
	return nil
}

// liveFacts are the codes and stock of the data that is imported now: read when first asked for, and again when the data has changed.
type liveFacts struct {
	dir string
	mu  sync.Mutex
	of  string // snapshot and version of the knowledge
	f   *trace.Facts
}

func (l *liveFacts) now(context.Context) (*trace.Facts, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	lk, err := lake.Open(l.dir)
	if err != nil {
		return nil, err
	}
	s, err := lk.Snapshot()
	if err != nil {
		return nil, err
	}
	ks, err := knowledge.Open(filepath.Join(l.dir, "knowledge")) // recalled lots are points
	if err != nil {
		return nil, err
	}
	of := s.ID() + " " + strconv.Itoa(ks.Version())
	if l.f != nil && l.of == of {
		return l.f, nil
	}
	f, err := codeBook(l.dir)
	if err != nil {
		return nil, err
	}
	l.f, l.of = f, of
	return f, nil
}
