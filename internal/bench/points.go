package bench

import (
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/lake"
)

// knowhow is what the statements need besides the facts, as rows of tables: institutions, prices, drugs and points, by
// item code, area and day.
type knowhow struct {
	insts, prices, drugs, packs, diagSets, pointDiags, points, windowItems [][]driver.Value
}

// day bounds that stand for "always".
const (
	firstDay = claim.Day(-1_000_000)
	finalDay = claim.Day(10_000_000)
)

type resolver struct {
	ds    *claim.Dicts
	ref   *claim.Reference
	areas []int32
	tiers []int8
	// priceDays are the days on which a price limit of the item begins or has ended.
	priceDays map[int32][]claim.Day
	maps      map[string][]knowledge.Mapping
	points    []knowledge.Point
	by        map[string][]named
	// windows are the items that cards with a window name.
	windows map[string]bool
	out     *knowhow
}

// named is a point that names an item, as its first or second code.
type named struct {
	pt     int
	second bool
}

// use is a point an item is subject to, and the validity and area of the code map that leads there.
type use struct {
	named
	from, to claim.Day
	area     string
}

// newKnowhow reads knowledge and reference tables for the judgement of a snapshot.
func newKnowhow(s *lake.Snapshot, base *knowledge.Base) (*knowhow, error) {
	ds := s.Dicts()
	tables := map[string]*claim.Batch{}
	for _, t := range []string{"institution", "catalogue", "price_limit", "code_map"} {
		b, err := s.Reference(t)
		if err != nil {
			return nil, err
		}
		tables[t] = b
	}
	r := &resolver{ds: ds, ref: claim.NewReference(claim.NewVocab(ds), func(n string) *claim.Batch { return tables[n] }).Prepare(),
		maps: map[string][]knowledge.Mapping{}, by: map[string][]named{}, windows: map[string]bool{}, out: &knowhow{}}
	for _, m := range append(slices.Clone(base.Maps), knowledge.MapsOf(tables["code_map"], ds)...) {
		r.maps[m.Src] = append(r.maps[m.Src], m)
	}
	r.institutions(tables["institution"])
	r.priceDays = bounds(tables["price_limit"], "hilist_code")
	if err := r.index(base); err != nil {
		return nil, err
	}
	for code := int32(1); int(code) < ds[claim.DictItem].Len(); code++ {
		r.item(code)
	}
	r.diagnoses()
	return r.out, nil
}

// institutions lists what each institution is from day to day.
func (r *resolver) institutions(b *claim.Batch) {
	cuts := bounds(b, "fixmedins_code")
	for code := int32(1); int(code) < r.ds[claim.DictInst].Len(); code++ {
		spans(firstDay, finalDay, cuts[code], func(a, z claim.Day) {
			area, tier, kind := int32(0), int8(0), int8(0)
			if x := r.ref.InstOn(code, a); x != nil {
				area, tier, kind = x.Area, x.Tier, x.Type
			}
			r.out.insts = append(r.out.insts, []driver.Value{code, int32(a), int32(z), area, int32(tier), int32(kind)})
			if !slices.Contains(r.areas, area) {
				r.areas = append(r.areas, area)
			}
			if !slices.Contains(r.tiers, tier) {
				r.tiers = append(r.tiers, tier)
			}
		})
	}
}

// bounds lists, by the code in a column, the days on which rows of a reference table begin or have ended.
func bounds(b *claim.Batch, column string) map[int32][]claim.Day {
	out := map[int32][]claim.Day{}
	code, from, to := b.Table.MustCol(column), b.Table.MustCol("begndate"), b.Table.MustCol("enddate")
	for i := 0; i < b.N; i++ {
		c := b.I32(code, i)
		for _, d := range []claim.Day{claim.Day(b.I32(from, i)), claim.Day(b.I32(to, i)) + 1} {
			if d > firstDay && d <= finalDay {
				out[c] = append(out[c], d)
			}
		}
	}
	return out
}

// spans calls f with the pieces of [from, to] between the cuts.
func spans(from, to claim.Day, cuts []claim.Day, f func(a, z claim.Day)) {
	cs := append(slices.Clone(cuts), from, to+1)
	slices.Sort(cs)
	cs = slices.Compact(cs)
	for i := 0; i+1 < len(cs); i++ {
		if cs[i] >= from && cs[i+1] <= to+1 {
			f(cs[i], cs[i+1]-1)
		}
	}
}

func (r *resolver) index(base *knowledge.Base) error {
	for _, p := range base.Points {
		if slices.Contains(windowCards, p.RuleID) {
			r.windows[p.Subject] = true
		}
		if !slices.Contains(Rules, p.RuleID) || strings.HasPrefix(p.Subject, "diag:") {
			continue
		}
		if p.AppliesOn != "" && p.AppliesOn != "fee" {
			return fmt.Errorf("知识点 %s 的 applies_on=%s：对照用的 SQL 只支持按费用日", p.ID, p.AppliesOn)
		}
		n := len(r.points)
		r.points = append(r.points, p)
		r.by[p.Subject] = append(r.by[p.Subject], named{n, false})
		if p.Second != "" && p.Second != p.Subject {
			r.by[p.Second] = append(r.by[p.Second], named{n, true})
		}
	}
	return nil
}

// uses finds the points of an item and the code under which catalogue and prices know it: by itself, without its suffix,
// else through the code map (规则口径 "项目编码归一").
func (r *resolver) uses(code int32) ([]use, int32) {
	d := r.ds[claim.DictItem]
	s := d.String(code)
	known := func(t string) ([]use, bool) {
		var us []use
		for _, n := range r.by[t] {
			us = append(us, use{n, firstDay, finalDay, ""})
		}
		c := d.Find(t)
		return us, len(us) > 0 || (c > 0 && len(r.ref.CatRows(c)) > 0)
	}
	if us, ok := known(s); ok {
		return us, code
	}
	if i := strings.LastIndexByte(s, '-'); i > 0 {
		if us, ok := known(s[:i]); ok {
			return us, max(d.Find(s[:i]), 0)
		}
	}
	var out []use
	canon := code
	for _, m := range r.maps[s] {
		if c := d.Find(m.Dst); c > 0 {
			canon = c
		}
		for _, n := range r.by[m.Dst] {
			out = append(out, use{n, m.From, m.To, m.Area})
		}
	}
	return out, canon
}

// item writes the rows of one item code: its points, prices, packs and name.
func (r *resolver) item(code int32) {
	uses, canon := r.uses(code)
	if canon <= 0 {
		canon = code
	}
	var cuts []claim.Day
	for _, c := range r.ref.CatRows(canon) {
		cuts = append(cuts, c.From, c.To+1)
	}
	if d := r.ds[claim.DictItem]; r.windows[d.String(code)] || r.windows[d.String(canon)] {
		r.out.windowItems = append(r.out.windowItems, []driver.Value{code})
	}
	for _, area := range r.areas {
		for _, u := range uses {
			r.point(code, canon, area, u, cuts)
		}
		r.prices(code, canon, area)
		spans(firstDay, finalDay, cuts, func(a, z claim.Day) {
			if c := r.ref.CatOn(canon, area, a); c != nil && c.PacCnt.Has() {
				ddd := max(int64(c.DDD), 0)
				r.out.packs = append(r.out.packs, []driver.Value{code, area, int32(a), int32(z), int64(c.PacCnt), c.PrepUnit, ddd, c.DDDUnit})
			}
		})
	}
	generic, external := -int64(canon), false
	text := r.ds[claim.DictText]
	for _, c := range r.ref.CatRows(canon) {
		if c.Generic != 0 {
			generic = int64(c.Generic)
		}
		external = external || isExternal(text.String(c.Dosform)) || isExternal(text.String(c.Medc))
	}
	r.out.drugs = append(r.out.drugs, []driver.Value{code, generic, external})
}

// point writes the days on which a point holds for an item at institutions of an area: the most specific of its kind.
func (r *resolver) point(code, canon, area int32, u use, cuts []claim.Day) {
	p := &r.points[u.pt]
	if (u.area != "" && !r.within(area, u.area)) || !r.inArea(area, p.Area) {
		return
	}
	from, to := max(u.from, p.From), min(u.to, p.To)
	var narrower []*knowledge.Point
	for i := range r.points {
		if o := &r.points[i]; o.RuleID == p.RuleID && o.Subject == p.Subject && o.Second == p.Second && len(strings.TrimRight(o.Area, "0")) > len(strings.TrimRight(p.Area, "0")) && r.inArea(area, o.Area) {
			narrower = append(narrower, o)
			cuts = append(slices.Clone(cuts), o.From, o.To+1)
		}
	}
	spans(from, to, cuts, func(a, z claim.Day) {
		if slices.ContainsFunc(narrower, func(o *knowledge.Point) bool { return o.From <= a && a <= o.To }) {
			return
		}
		cat := r.ref.CatOn(canon, area, a)
		fits, byPart := true, false
		endocrine := strings.HasPrefix(r.ds[claim.DictItem].String(canon), "XL02")
		if cat != nil {
			unit := unitName(r.ds[claim.DictText].String(cat.PricingUnit))
			byPart = unit == "部位" || unit == "侧" || unit == "肢"
			fits = unit == "" || byPart || p.Unit == "" || unit == unitName(p.Unit)
			endocrine = endocrine || strings.HasPrefix(r.ds[claim.DictList].String(cat.ATC), "L02")
		}
		limit := max(int64(p.Limit), 0) * int64(max(1, p.Params.Channels))
		r.out.points = append(r.out.points, []driver.Value{p.RuleID, int32(u.pt), code, area, int32(a), int32(z), canon, u.second,
			map[string]int32{"男": 1, "女": 2}[p.Sex], endocrine, int32(max(int64(p.Limit), 0) / int64(claim.QtyOne)), settings(p.Allow), limit, fits, byPart, p.Scope,
			int64(p.Params.CapN), p.Params.ErObs, p.Params.Extra, p.Params.ICU})
	})
}

// within tells whether a code-map area is the area of care or lies above it.
func (r *resolver) within(area int32, of string) bool {
	return slices.ContainsFunc(r.ref.Chain(area), func(c int32) bool { return c > 0 && r.ds[claim.DictList].String(c) == of })
}

func (r *resolver) inArea(area int32, of string) bool {
	s := r.ds[claim.DictList].String(area)
	return of == "" || (s != "" && strings.HasPrefix(s, strings.TrimRight(of, "0")))
}

func (r *resolver) prices(code, canon, area int32) {
	if !r.ref.Priced(canon) {
		return
	}
	proper := func(kind int32) bool { return kind == 0 || r.ds[claim.DictList].String(kind) == "限价" }
	for _, tier := range r.tiers {
		spans(firstDay, finalDay, r.priceDays[canon], func(a, z claim.Day) {
			if p := r.ref.PriceOn(canon, area, tier, a, proper); p != nil {
				r.out.prices = append(r.out.prices, []driver.Value{code, area, int32(tier), int32(a), int32(z), int64(p.Limit)})
			}
		})
	}
}

// diagnoses resolves the sets of diagnoses that rules and points name.
func (r *resolver) diagnoses() {
	d := r.ds[claim.DictDiag]
	each := func(text string, f func(code int32)) {
		set, err := claim.ParseDiagSet(text)
		if err != nil || set.Empty() {
			return
		}
		for c := int32(1); int(c) < d.Len(); c++ {
			if set.Has(d.String(c)) {
				f(c)
			}
		}
	}
	for _, n := range []string{"Q56|F64", "C50"} {
		each(n, func(c int32) { r.out.diagSets = append(r.out.diagSets, []driver.Value{n, c}) })
	}
	for i, p := range r.points {
		if p.RuleID == "A003" {
			each(p.DiagSet, func(c int32) { r.out.pointDiags = append(r.out.pointDiags, []driver.Value{int32(i), c}) })
		}
	}
}
