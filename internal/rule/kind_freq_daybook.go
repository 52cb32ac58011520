package rule

import (
	"fmt"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kinds FREQ and IDENT over the day book of settlements: bursts, equal amounts, terminals out of place.
func init() {
	register("FREQ", "burst", func(p *params, c *Card) (any, error) {
		return burst{n: p.positive("n", 10), within: int64(p.int("sec", 5)) * secondMicros, shared: strings.Split(p.str("shared_opter", "自助|互联网|移动|微信|支付宝"), "|")}, nil
	})
	register("FREQ", "swipes", func(p *params, c *Card) (any, error) {
		return swipes{k: p.positive("k", 5), gap: int64(p.int("interval_s", 60)) * secondMicros}, nil
	})
	register("FREQ", "same_amount", func(p *params, c *Card) (any, error) {
		return sameAmount{p.positive("n_day", 5), p.positive("n_all", 20), p.yuan("min_yuan", 50)}, nil
	})
	register("IDENT", "terminal", func(p *params, c *Card) (any, error) { return terminal{p.num("distance_m", 500) / 1000}, nil })
}

const secondMicros = 1_000_000

// byInst calls f with the swipes of one institution after the other, in order of time.
func (k *Book) byInst(f func(rows []swipe)) {
	for lo := 0; lo < len(k.swipes); {
		hi := lo
		for hi < len(k.swipes) && k.swipes[hi].inst == k.swipes[lo].inst {
			hi++
		}
		f(k.swipes[lo:hi])
		lo = hi
	}
}

// instMonth is a month of an institution.
type instMonth struct {
	inst  int32
	month claim.Month
}

// clocks counts settlements, and those of them on the full minute.
type clocks struct{ all, full int }

func (c clocks) add(o clocks) clocks { return clocks{c.all + o.all, c.full + o.full} }

func clock(at claim.Time) clocks {
	if at.Clock()%(60*secondMicros) == 0 {
		return clocks{1, 1}
	}
	return clocks{1, 0}
}

// swipeDays is how many days before the months judged a settlement may lie that a verdict depends on: a week that began before.
const swipeDays = 7

// swipesSince is the first day of which swipes are kept. Of those before it only the clocks count.
func swipesSince(cards []*compiled, from claim.Month) claim.Day {
	for _, c := range cards {
		if w, ok := c.bookH.(interface{ window() int64 }); ok && w.window() >= dayMicros {
			return 0 // a chain may be of any length
		}
	}
	return from.First() - swipeDays
}

// minCoarse is the number of settlements of a month from which their times are looked at.
const minCoarse = 5

// coarse tells that an institution's clock shows no seconds in a month (nine in ten settlements on the full minute, those taken
// back later among them): what happens within seconds cannot be told there.
func (k *Book) coarse(inst int32, m claim.Month) bool {
	c := k.clocks[instMonth{inst, m}]
	return c.all >= minCoarse && c.full*10 >= c.all*9
}

// fine leaves out the months without seconds and counts them as not judged.
func (k *Book) fine(c *compiled, rows []swipe) []swipe {
	bad, any := map[claim.Month]bool{}, false
	for m := k.from - 1; m <= k.to; m++ {
		bad[m] = k.coarse(rows[0].inst, m)
		any = any || bad[m]
	}
	if !any {
		return rows
	}
	var out []swipe
	for i := range rows {
		m := rows[i].at.Day().Month()
		switch {
		case !bad[m]:
			out = append(out, rows[i])
		case m >= k.from && m <= k.to:
			k.skip(c, rows[i].inst, "结算时间没有秒", 1)
		}
	}
	return out
}

// evidence lists the settlements that led to a finding.
func evidence(rows []*swipe) Fact {
	const most = 20
	var ids []string
	for _, r := range rows[:min(len(rows), most)] {
		ids = append(ids, r.id)
	}
	s := strings.Join(ids, "、")
	if len(rows) > most {
		s += "等"
	}
	return Fact{"涉及结算", s}
}

func sumOf(rows []*swipe) (total claim.Money) {
	for _, r := range rows {
		total += r.total
	}
	return total
}

// groups parts the rows by a key, keeping the order in each part and that in which keys appear.
func groups[K comparable](rows []swipe, of func(*swipe) (K, bool)) [][]*swipe {
	at := map[K]int{}
	var out [][]*swipe
	for i := range rows {
		g, ok := of(&rows[i])
		if !ok {
			continue
		}
		n, seen := at[g]
		if !seen {
			n = len(out)
			at[g] = n
			out = append(out, nil)
		}
		out[n] = append(out[n], &rows[i])
	}
	return out
}

// burst: many settlements of one operator (of the institution where operators are not named) within seconds.
type burst struct {
	n      int
	within int64
	shared []string
}

func (burst) rows() BookRows  { return BookSwipes }
func (a burst) window() int64 { return a.within }

func (a burst) book(k *Book, c *compiled) {
	k.byInst(func(rows []swipe) {
		if len(rows) < a.n {
			return
		}
		for _, g := range groups(k.fine(c, rows), func(s *swipe) (string, bool) { return s.who, !a.isShared(s.who) }) {
			a.judge(k, c, g)
		}
	})
}

func (a burst) isShared(who string) bool {
	for _, s := range a.shared {
		if s != "" && strings.Contains(who, s) {
			return true
		}
	}
	return false
}

// judge reports a burst once: at the settlement that makes it n, as long as one n after the other follows.
func (a burst) judge(k *Book, c *compiled, g []*swipe) {
	told := false
	for i := a.n - 1; i < len(g); i++ {
		if g[i].at.Clock()-g[i-a.n+1].at.Clock() > a.within {
			told = false
			continue
		}
		if !told {
			first := g[i-a.n+1]
			k.markSetl(c, g[i], fact("量", "%d笔", a.n), fact("实际", "%.0f秒", float64(g[i].at.Clock()-first.at.Clock())/secondMicros),
				Fact{"操作员", g[i].who}, Fact{"日期", first.at.String()}, evidence(g[i-a.n+1:i+1]))
		}
		told = true
	}
}

// swipes: many cards on one terminal of a pharmacy, each soon after the one before.
type swipes struct {
	k   int
	gap int64
}

func (swipes) rows() BookRows  { return BookSwipes }
func (a swipes) window() int64 { return a.gap }

func (a swipes) book(k *Book, c *compiled) {
	k.byInst(func(rows []swipe) {
		if len(rows) < a.k {
			return
		}
		for _, g := range groups(k.fine(c, rows), func(s *swipe) (string, bool) { return s.dev, s.shop && s.dev != "" }) {
			a.judge(k, c, g)
		}
	})
}

func (a swipes) judge(k *Book, c *compiled, g []*swipe) {
	lo, cards := 0, map[int32]bool{}
	for i := range g {
		if i > 0 && g[i].at.Clock()-g[i-1].at.Clock() >= a.gap {
			lo = i
			clear(cards)
		}
		if cards[g[i].pers] {
			continue
		}
		if cards[g[i].pers] = true; len(cards) == a.k {
			k.markSetl(c, g[i], fact("量", "%d张卡", a.k), fact("实际", "%d秒内", (g[i].at.Clock()-g[lo].at.Clock())/secondMicros),
				Fact{"终端", g[i].dev}, Fact{"涉及金额", sumOf(g[lo:i+1]).String() + "元"}, Fact{"日期", g[lo].at.String()}, evidence(g[lo:i+1]))
		}
	}
}

// sameAmount: one amount again and again at a pharmacy, in a day or in a week that begins on Monday.
type sameAmount struct {
	day, week int
	least     claim.Money
}

func (sameAmount) rows() BookRows { return BookSwipes }

func (a sameAmount) book(k *Book, c *compiled) {
	k.byInst(func(rows []swipe) {
		if len(rows) < min(a.day, a.week) {
			return
		}
		a.judge(k, c, rows, a.day, "一日", func(d claim.Day) claim.Day { return d })
		a.judge(k, c, rows, a.week, "一周", func(d claim.Day) claim.Day { return d - claim.Day((int(d.Weekday())+6)%7) })
	})
}

func (a sameAmount) judge(k *Book, c *compiled, rows []swipe, n int, name string, unit func(claim.Day) claim.Day) {
	type series struct {
		amount claim.Money
		from   claim.Day
	}
	for _, g := range groups(rows, func(s *swipe) (series, bool) {
		return series{s.total, unit(s.at.Day())}, s.shop && s.total >= a.least
	}) {
		if len(g) >= n {
			k.markSetl(c, g[n-1], fact("量", "%s%d笔", name, n), Fact{"实际", g[0].total.String() + "元"}, Fact{"涉及金额", sumOf(g[:n]).String() + "元"},
				Fact{"日期", g[n-1].at.Day().String()}, evidence(g[:n]))
		}
	}
}

// terminal: a terminal used elsewhere than where it is registered. One finding for each terminal, institution and day.
type terminal struct{ km float64 }

func (terminal) rows() BookRows { return BookSwipes }

func (a terminal) book(k *Book, c *compiled) {
	type use struct {
		dev string
		day claim.Day
	}
	k.byInst(func(rows []swipe) {
		for _, g := range groups(rows, func(s *swipe) (use, bool) { return use{s.dev, s.at.Day()}, s.dev != "" }) {
			why := a.misplaced(k, c, g[0])
			if why != "" {
				k.markSetl(c, g[0], Fact{"终端", g[0].dev}, Fact{"实际", why}, Fact{"日期", g[0].at.Day().String()})
			}
		}
	})
}

func (a terminal) misplaced(k *Book, c *compiled, s *swipe) string {
	reg, ok := k.b.Ref.Terminal(s.dev)
	here := k.b.Ref.InstOn(s.inst, s.at.Day())
	if !ok || here == nil {
		if m := s.at.Day().Month(); m >= k.from && m <= k.to {
			k.skip(c, s.inst, "终端或机构没有备案", 1)
		}
		return ""
	}
	point := claim.InstRow{Lon: reg.Lon, Lat: reg.Lat}
	if reg.Inst != s.inst {
		home := k.b.Ref.InstOn(reg.Inst, s.at.Day())
		switch {
		case home != nil && (home.Succ == s.inst || here.Succ == reg.Inst || (home.Group != 0 && home.Group == here.Group)):
			return ""
		case placed(&point) && placed(here) && distance(&point, here) <= a.km, home != nil && placed(home) && placed(here) && distance(home, here) <= a.km:
			return "" // one campus
		}
		return "备案在 " + k.b.ds[claim.DictInst].String(reg.Inst)
	}
	if !placed(&point) || !placed(here) {
		return ""
	}
	if d := distance(&point, here); d > a.km {
		return fmt.Sprintf("备案坐标距本机构 %.0f 米", d*1000)
	}
	return ""
}

func placed(x *claim.InstRow) bool { return x.Lon.Has() && x.Lat.Has() && x.Lon != 0 && x.Lat != 0 }
