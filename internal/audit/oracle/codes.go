package oracle

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

func sortLines(ls []*line) { slices.SortFunc(ls, cmpLine) }

// stem is an item code without its last "-" and what follows.
func stem(code string) string {
	if i := strings.LastIndexByte(code, '-'); i > 0 {
		return code[:i]
	}
	return code
}

// normalise finds the code by which knowledge or the catalogue knows an item (规则口径 项目编码归一): as written, without
// its suffix, or as the code map says on that day and place; as written when nothing knows it.
func (j *judge) normalise(raw, inst string, day claim.Day) string {
	for _, c := range []string{raw, stem(raw)} {
		if j.known[c] || len(j.c.where("catalogue", "hilist_code", c)) > 0 {
			return c
		}
	}
	if dst := j.mapped(raw, inst, day); dst != "" {
		return dst
	}
	return raw
}

func (j *judge) mapped(src, inst string, day claim.Day) string {
	best, dst := 9, ""
	for _, m := range j.maps[src] {
		d := j.c.distance(m.Area, inst, day)
		if d >= 0 && d < best && within(day, m.From, m.To) {
			best, dst = d, m.Dst
		}
	}
	return dst
}

func within(day, from, to claim.Day) bool {
	return (!from.Has() || from <= day) && (!to.Has() || day <= to)
}

// tableMaps reads the code_map table: only 等同 or unnamed relations bring a code over.
func (c *City) tableMaps() []knowledge.Mapping {
	var out []knowledge.Mapping
	for _, r := range c.table("code_map") {
		if oneOf(r["relation"], "", "等同") {
			out = append(out, knowledge.Mapping{Src: r["src_code"], Dst: r["dst_code"], From: r.day("begndate"),
				To: r.day("enddate"), Area: r["admdvs"]})
		}
	}
	return out
}

// at is the circumstance in which a point must be valid.
type at struct {
	v    *visit
	s    *setl
	inst string
	day  claim.Day
	own  string // the person's place of insurance, for points that go by it
}

func (l *line) circumstances() at { return at{v: l.visit, s: l.setl, inst: l.inst, day: l.day} }

func (v *visit) circumstances() at {
	a := at{v: v, inst: v.inst, day: v.beg.Day()}
	if len(v.setls) > 0 {
		a.s = v.setls[0]
	}
	return a
}

// points are the rule's live points on a code: valid, of this place, and only the most specific level of area.
func (j *judge) points(rule, code string, a at) []knowledge.Point {
	best := 9
	var out []knowledge.Point
	for _, pt := range j.byRule[rule][code] {
		d := j.c.distance(pt.Area, a.inst, a.day)
		if a.own != "" {
			d = steps(pt.Area, a.own)
		}
		if d < 0 || !within(j.appliesOn(pt, a), pt.From, pt.To) || d > best {
			continue
		}
		if d < best {
			best, out = d, nil
		}
		out = append(out, pt)
	}
	return out
}

// of are the rule's points on the line's item.
func (j *judge) of(rule string, l *line) []knowledge.Point {
	return j.points(rule, l.code, l.circumstances())
}

func (j *judge) appliesOn(pt knowledge.Point, a at) claim.Day {
	switch {
	case pt.AppliesOn == "admission" && a.v != nil && a.v.beg.Has():
		return a.v.beg.Day()
	case pt.AppliesOn == "discharge" && a.v != nil && !a.v.absent:
		return a.v.openUntil(j.eval).Day()
	case pt.AppliesOn == "settlement" && a.s != nil:
		return a.s.at.Day()
	}
	return a.day
}

// pairs are the (main item, second item) points of a rule.
func (j *judge) pairs(rule string) []knowledge.Point { return j.pairList[rule] }

// holds tells whether a pair's point is live for the line: of this place, valid that day, no nearer one of the pair.
func (j *judge) holds(pt knowledge.Point, l *line) bool {
	for _, live := range j.pairPoints(pt, l) {
		if live.ID == pt.ID && live.Scope == pt.Scope && live.Area == pt.Area {
			return true
		}
	}
	return false
}

func (j *judge) pairPoints(pt knowledge.Point, l *line) []knowledge.Point {
	best := 9
	var out []knowledge.Point
	for _, x := range j.byRule[pt.RuleID][pt.Subject] {
		d := j.c.distance(x.Area, l.inst, l.day)
		if x.Second != pt.Second || d < 0 || d > best || !within(j.appliesOn(x, l.circumstances()), x.From, x.To) {
			continue
		}
		if d < best {
			best, out = d, nil
		}
		out = append(out, x)
	}
	return out
}

// catalogue is the line's row of the catalogue: place of care, fee day, most specific, latest; nil without one.
func (j *judge) catalogue(l *line) row {
	for _, code := range []string{l.code, l.row["hilist_code"], stem(l.row["hilist_code"])} {
		best, found := 9, row(nil)
		for _, r := range j.c.where("catalogue", "hilist_code", code) {
			d := j.c.distance(r["admdvs"], l.inst, l.day)
			if d < 0 || !r.covers(l.day, "begndate", "enddate") {
				continue
			}
			if d < best || (d == best && r.day("begndate") > found.day("begndate")) {
				best, found = d, r
			}
		}
		if found != nil {
			return found
		}
	}
	return nil
}

// generic is what makes two products one drug: the catalogue's generic name, else the item code.
func (j *judge) generic(l *line) string {
	if g := j.anywhere(l)["generic_name"]; g != "" {
		return g
	}
	return l.code
}

// genericOf is the same for an item that no line carries.
func (j *judge) genericOf(code, inst string, day claim.Day) string {
	return j.generic(&line{row: row{"hilist_code": code}, code: j.normalise(code, inst, day)})
}

// ceiling is the price limit of a code where and when the line was charged (B005): of the place, of the level or of
// all levels, nearest area first, then the level's own, then the latest.
func (j *judge) ceiling(code string, l *line) claim.Price {
	best, limit, begun := 99, claim.Price(claim.None64), claim.NoDay
	for _, r := range j.c.where("price_limit", "hilist_code", code) {
		d := j.c.distance(r["admdvs"], l.inst, l.day)
		own := levelOf(r["hosp_lv"])
		if d < 0 || !oneOf(r["limit_type"], "", "限价") || !r.covers(l.day, "begndate", "enddate") {
			continue
		}
		if r["hosp_lv"] != "" && (own == 0 || own != j.c.level(l.inst, l.day)) {
			continue
		}
		rank := d * 2
		if r["hosp_lv"] == "" {
			rank++
		}
		if rank < best || (rank == best && r.day("begndate") > begun) {
			best, limit, begun = rank, r.price("pric_uplmt_amt"), r.day("begndate")
		}
	}
	return limit
}

func (j *judge) ceilingOf(l *line) claim.Price {
	for _, code := range []string{l.code, l.row["hilist_code"], stem(l.row["hilist_code"])} {
		if p := j.ceiling(code, l); p.Has() {
			return p
		}
	}
	return claim.Price(claim.None64)
}

// anywhere is a row of the catalogue for the line's code, of whatever place and day: what a drug is does not depend on it.
func (j *judge) anywhere(l *line) row {
	for _, code := range []string{l.code, l.row["hilist_code"], stem(l.row["hilist_code"])} {
		for _, r := range j.c.where("catalogue", "hilist_code", code) {
			return r
		}
	}
	return nil
}
