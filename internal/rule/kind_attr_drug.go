package rule

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind ATTR, continued: drugs in pregnancy and lactation, and drugs taken in a way or as often as the label does not know.
func init() {
	register("ATTR", "maternal", func(p *params, c *Card) (any, error) {
		return maternal{cat: strings.Split(p.str("cat", "X|D"), "|"), pregnant: strings.Split(p.str("pregnant", "1"), "|"),
			nursing: strings.Split(p.str("nursing", "2"), "|")}, nil
	})
	register("ATTR", "label_use", func(p *params, c *Card) (any, error) { return labelUse{}, nil })
}

// maternal: a drug that pregnancy or lactation forbids. The codes of matn_stas differ between areas.
type maternal struct{ cat, pregnant, nursing []string }

var (
	pregnantDiag = claim.MustDiagSet("O10-O16|O20-O29|O30-O48|O98|O99|Z33-Z36")
	endedDiag    = claim.MustDiagSet("O00-O08|O36.4|O80-O84")
	nursingDiag  = claim.MustDiagSet("O91|O92|Z39.1")
)

func (a maternal) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	class := pt.Params.Class
	if class == "" {
		class = "X"
	}
	if l.Visit < 0 || !slices.Contains(a.cat, class) || e.external(l, &e.b.drugs[l.Item]) {
		return
	}
	state := a.state(e, l)
	if state == "" || !slices.Contains(pt.allow, state) || (!pt.diags.Empty() && e.caseDiag(l.Visit, &pt.diags)) {
		return
	}
	if p := e.t.PersonOf(l); p == nil || p.Gend != 2 || p.Conflict {
		e.skipLine(c, li, "性别与妊娠哺乳状态不符或不详")
		return
	}
	h := e.hitLineOnce(c, li, pi, Fact{"项目", e.itemName(l)}, Fact{"限定", state + "期" + class + "类"}, Fact{"实际", state + "期"})
	if h != nil && class != "X" {
		h.Severity = 3 // the benefit may outweigh
	}
}

// state of the woman by the visit: 妊娠, 哺乳 or nothing. A pregnancy that ended in this stay no longer counts.
func (a maternal) state(e *Eval, l *claim.Line) string {
	is := func(among []string) (found bool) {
		e.eachVisit(l.Visit, func(vi int32) {
			v := &e.t.Visits[vi]
			b := e.t.Source(v.Src)
			stas := e.b.ds[claim.DictList].String(b.I32(b.Table.MustCol("matn_stas"), int(v.Row)))
			found = found || slices.Contains(among, stas)
		})
		return found
	}
	switch {
	case (is(a.pregnant) || e.caseDiag(l.Visit, &pregnantDiag)) && !e.caseDiag(l.Visit, &endedDiag):
		return "妊娠"
	case is(a.nursing) || e.caseDiag(l.Visit, &nursingDiag):
		return "哺乳"
	}
	return ""
}

// caseDiag tells whether any diagnosis of the visit, or of the stay it is part of, belongs to the set.
func (e *Eval) caseDiag(visit int32, set *claim.DiagSet) (found bool) {
	e.eachVisit(visit, func(vi int32) { found = found || e.visitDiag(vi, set) })
	return found
}

// labelUse: a route the label does not name, or more often a day than it says. What the hospital put on file is lawful.
type labelUse struct{}

func (labelUse) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	if e.b.Vocab.Flag(e.code(l, "hosp_appr_flag")) {
		return
	}
	if pt.Scope == "频次" {
		freq := e.text(l, "used_frqu")
		n := perDay(freq)
		switch {
		case n == 0 || pt.Limit == claim.None64:
			e.skipLine(c, li, "用药频次不详")
		case n > pt.Limit:
			e.hitLineOnce(c, li, pi, Fact{"项目", e.itemName(l)}, Fact{"限定", "每日至多" + pt.Limit.String() + "次"}, Fact{"实际", freq})
		}
		return
	}
	way := e.text(l, "medc_way")
	if way == "" || strings.Trim(way, "0123456789") == "" {
		e.skipLine(c, li, "给药途径不详")
		return
	}
	if len(pt.allow) > 0 && !containsAny(way, pt.allow...) {
		e.hitLineOnce(c, li, pi, Fact{"项目", e.itemName(l)}, Fact{"限定", strings.ReplaceAll(pt.Allow, "|", "或")}, Fact{"实际", way})
	}
}
