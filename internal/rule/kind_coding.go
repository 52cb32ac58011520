package rule

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Codes of a settled stay against each other and against the front page of the medical record (R010, R011). What the fund paid
// too much is told where case groups are known; without them the findings claim nothing.
func init() {
	register("SIM", "front_page", func(p *params, c *Card) (any, error) {
		return frontPage{chars: p.int("chars", 5), maxOther: p.positive("max_other", 15), days: p.int("days", 0), yuan: p.yuan("yuan", 1)}, nil
	})
	register("ATTR", "code_logic", func(p *params, c *Card) (any, error) { return codeLogic{}, nil })
}

// frontPage: R010. Diagnoses, operations, days and cost of the settlement list (结算清单) are not those of the front page
// (病案首页). Codes are compared by their first chars characters, for the two are often coded in different editions.
type frontPage struct {
	chars    int // 0 = the whole code
	maxOther int // further diagnoses that a settlement list has room for
	days     int // days of stay that may differ
	yuan     claim.Money
}

func (frontPage) mixes() {}

func (a frontPage) stay(e *Eval, c *compiled, si int32) {
	s := &e.t.Stays[si]
	if s.Open || e.unfitInst(c, s.Inst) || e.exemptStay(c, s) {
		return
	}
	page, ok := e.ofLast("front_page", s)
	if !ok {
		e.skip(c, s.Inst, "没有这次住院的病案首页")
		return
	}
	text := func(col string) []string { return codeList(page.B.Str(page.B.Table.MustCol(col), page.Row)) }
	dx, proc := e.settledCodes(s)
	pageDx, pageProc := text("diag_codes"), text("oprn_codes")
	var told []string
	differ := func(what string, list, page []string, omitted bool) (extra []string) {
		if len(list) > 0 && len(page) > 0 && a.part(list[0]) != a.part(page[0]) {
			told = append(told, "主要"+what+"清单 "+list[0]+"、首页 "+page[0])
		}
		extra = a.beyond(list, page)
		if len(extra) > 0 {
			told = append(told, "清单多"+what+" "+strings.Join(extra, "、"))
		}
		if lacks := a.beyond(page, list); len(lacks) > 0 && omitted {
			told = append(told, "清单少"+what+" "+strings.Join(lacks, "、"))
		}
		return extra
	}
	extra := differ("诊断", dx, pageDx, len(dx) <= a.maxOther)
	extra = append(extra, differ("手术", proc, pageProc, true)...)
	if n := page.B.I32(page.B.Table.MustCol("act_ipt_days"), page.Row); n != claim.None32 && s.In.Has() && s.Out.Has() {
		if los := max(1, int(s.Out.Day()-s.In.Day())); abs(los-int(n)) > a.days {
			told = append(told, fact("", "住院 %d 天、首页 %d 天", los, n).Value)
		}
	}
	if cost := claim.Money(page.B.I64(page.B.Table.MustCol("medfee_sumamt"), page.Row)); cost.Has() {
		if sum, settled := e.costOf(s); settled && max(sum-cost, cost-sum) > a.yuan {
			told = append(told, fact("", "费用 %s 元、首页 %s 元", sum, cost).Value)
		}
	}
	if len(told) == 0 {
		return
	}
	principal := ""
	if len(dx) > 0 && len(pageDx) > 0 && a.part(dx[0]) != a.part(pageDx[0]) {
		if n := slices.IndexFunc(dx, func(x string) bool { return a.part(x) == a.part(pageDx[0]) }); n > 0 {
			principal = dx[n]
		}
	}
	if e.hitCodes(c, si, nil, fact("实际", "%s", strings.Join(told, "；"))) {
		e.claimDifference(si, extra, principal)
	}
}

// part of a code that is compared.
func (a frontPage) part(code string) string {
	if a.chars > 0 && len(code) > a.chars {
		return code[:a.chars]
	}
	return code
}

// beyond are the codes of x of which y has no like.
func (a frontPage) beyond(x, y []string) (out []string) {
	for _, code := range x {
		if !slices.ContainsFunc(y, func(o string) bool { return a.part(o) == a.part(code) }) {
			out = append(out, code)
		}
	}
	return out
}

// codeList reads codes written with | between them.
func codeList(s string) (out []string) {
	for w := range strings.SplitSeq(s, "|") {
		if w = strings.ToUpper(strings.TrimSpace(w)); w != "" && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

func abs(n int) int { return max(n, -n) }

// ofLast is the table's row of the stay, of its last visit that has one.
func (e *Eval) ofLast(table string, s *claim.Stay) (claim.RowRef, bool) {
	rows := e.t.Extra[table]
	for n := len(s.Visits) - 1; n >= 0; n-- {
		for _, r := range rows {
			if r.B.Visit[r.Row] == e.t.Visits[s.Visits[n]].Key {
				return r, true
			}
		}
	}
	return claim.RowRef{}, false
}

// settledCodes are the codes a stay was settled on, main ones first: western discharge diagnoses where there are any, else those of
// admission, and operations.
func (e *Eval) settledCodes(s *claim.Stay) (dx, proc []string) {
	put := func(to *[]string, code string) {
		if code = strings.ToUpper(strings.TrimSpace(code)); code != "" && !slices.Contains(*to, code) {
			*to = append(*to, code)
		}
	}
	first := func(a, b bool) int {
		switch {
		case a == b:
			return 0
		case a:
			return -1
		}
		return 1
	}
	d, o := e.b.ds[claim.DictDiag], e.b.ds[claim.DictOprn]
	var ops []claim.Operation
	for n := len(s.Visits) - 1; n >= 0; n-- {
		vi := s.Visits[n]
		v := &e.t.Visits[vi]
		ds := slices.Clone(e.t.DiagsOf(vi))
		out := slices.ContainsFunc(ds, func(x claim.Diag) bool { return x.Out && !x.Chinese() })
		ds = slices.DeleteFunc(ds, func(x claim.Diag) bool { return x.Chinese() || out && !x.Out })
		slices.SortStableFunc(ds, func(x, y claim.Diag) int { return cmp.Or(first(x.Main, y.Main), cmp.Compare(x.Rank(), y.Rank())) })
		if len(dx) == 0 && (len(ds) == 0 || !ds[0].Main) && v.MainDiag != 0 {
			put(&dx, d.String(v.MainDiag))
		}
		for _, x := range ds {
			put(&dx, d.String(x.Code))
		}
		mine := slices.Clone(e.t.OpsOf(vi))
		slices.SortStableFunc(mine, func(x, y claim.Operation) int { return cmp.Or(first(x.Main, y.Main), cmp.Compare(x.Srt, y.Srt)) })
		ops = append(ops, mine...)
	}
	slices.SortStableFunc(ops, func(x, y claim.Operation) int { return first(x.Main, y.Main) })
	for _, x := range ops {
		put(&proc, o.String(x.Code))
	}
	return dx, proc
}

// costOf sums the settlements of a stay; not settled when there are none.
func (e *Eval) costOf(s *claim.Stay) (sum claim.Money, settled bool) {
	for i := range e.t.Setls {
		if m := &e.t.Setls[i]; slices.Contains(s.Visits, m.Visit) {
			sum, settled = sum+m.Total.Or(0), true
		}
	}
	return sum, settled
}

// claimDifference gives the last finding the difference that the stay's group makes without some codes, or with another principal
// diagnosis; nothing where case groups are not known or the group gets no lighter.
func (e *Eval) claimDifference(si int32, without []string, principal string) {
	m := e.mixOf(si)
	if m == nil || !m.ByGroup || (len(without) == 0 && principal == "") || slices.Contains(without, principal) {
		return
	}
	h := &e.hits[len(e.hits)-1]
	var gone []string // spelt as the book spells them
	for _, code := range slices.Concat(m.Codes, m.Procs) {
		if slices.Contains(without, strings.ToUpper(code)) {
			gone = append(gone, code)
		}
	}
	if n := slices.IndexFunc(m.Codes, func(x string) bool { return principal != "" && strings.EqualFold(x, principal) }); n >= 0 {
		principal = m.Codes[n]
	}
	if g, diff, ok := e.lower(m, gone, principal); ok && diff > 0 {
		h.Vola, h.Difference = diff, true
		h.Facts = append(h.Facts, fact("应入病组", "%s", g.Group), fact("支付差额", "%s元", diff))
	}
}

// codeLogic: R011. Codes of a stay that contradict the patient's sex or age, or each other (params of its points: sex, age_min,
// age_max, or subject2_code for the other code).
type codeLogic struct{}

func (codeLogic) mixes() {}

func (codeLogic) stay(e *Eval, c *compiled, si int32) {
	s := &e.t.Stays[si]
	if e.unfitInst(c, s.Inst) || slices.ContainsFunc(s.Visits, func(vi int32) bool { return e.exempt(c, vi) }) {
		return
	}
	dx, proc := e.settledCodes(s)
	v := &e.t.Visits[s.Last]
	var told, wrong []string
	var pts []int32
	for _, pi := range c.diagPoints {
		pt := &e.b.points[pi]
		codes := pt.named(dx, proc)
		if len(codes) == 0 || !e.pointOnVisit(pt, v) {
			continue
		}
		if what := e.contradicts(c, s, pt, dx, proc); what != "" {
			told, pts = append(told, strings.Join(codes, "、")+" "+what), append(pts, pi)
			wrong = append(wrong, codes...)
		}
	}
	if len(told) > 0 && e.hitCodes(c, si, pts, fact("实际", "%s", strings.Join(told, "；"))) {
		e.claimDifference(si, wrong, "")
	}
}

// hitCodes is hitStay with the points that were used; it tells whether the finding was taken.
func (e *Eval) hitCodes(c *compiled, si int32, pts []int32, facts ...Fact) bool {
	n := len(e.hits)
	e.hitStay(c, si, facts...)
	if len(e.hits) == n {
		return false
	}
	e.hits[n].Points = pts
	return true
}

// named are the codes that the point speaks of.
func (p *point) named(dx, proc []string) (out []string) {
	if prefix, ok := strings.CutPrefix(p.Subject, "oprn:"); ok {
		for _, code := range proc {
			if strings.HasPrefix(code, prefix) {
				out = append(out, code)
			}
		}
		return out
	}
	for _, code := range dx {
		if p.diags.Has(code) {
			out = append(out, code)
		}
	}
	return out
}

func (e *Eval) contradicts(c *compiled, s *claim.Stay, pt *point, dx, proc []string) string {
	if pt.Second != "" {
		return pt.against(dx, proc)
	}
	v := &e.t.Visits[s.First]
	p := e.t.PersonOn(v.Psn, s.In.Day())
	if pt.Sex != "" {
		switch {
		case p == nil || sexName(p.Gend) == "" || p.Conflict:
			e.skip(c, s.Inst, "性别不详")
		case sexName(p.Gend) != pt.Sex:
			return "限" + pt.Sex + "性，患者" + sexName(p.Gend) + "性"
		}
	}
	if pt.AgeMin >= 0 || pt.AgeMax >= 0 {
		if p == nil || !p.Birth.Has() {
			e.skip(c, s.Inst, "出生日期不详")
		} else if age := p.Birth.YearsOn(s.In.Day()); ageOut(pt, age) {
			return fact("", "%s，患者%d周岁", ageLimits(pt), age).Value
		}
	}
	return ""
}

// against tells which code of the stay the point's second subject excludes.
func (p *point) against(dx, proc []string) string {
	prefix, operation := strings.CutPrefix(p.Second, "oprn:")
	codes := dx
	if operation {
		codes = proc
	} else {
		prefix = strings.TrimPrefix(prefix, "diag:")
	}
	for _, code := range codes {
		if strings.HasPrefix(code, prefix) {
			return "与 " + code + " 矛盾"
		}
	}
	return ""
}
