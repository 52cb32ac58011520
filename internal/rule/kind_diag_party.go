package rule

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind DIAG, continued: reserve drugs for severe infection, and injuries somebody else has to pay for.
func init() {
	register("DIAG", "severe_infection", func(p *params, c *Card) (any, error) {
		return severeInfection{claim.Day(p.int("lookback_d", 7))}, nil
	})
	register("DIAG", "third_party", func(p *params, c *Card) (any, error) {
		diags, err := claim.ParseDiagSet(p.str("diags", "S00-T79|V01-Y39"))
		return thirdParty{window: claim.Day(p.int("lookback_d", 30)), diags: diags, advance: words(p.str("advance", "逃逸|无法确定|先行支付"))}, err
	})
}

// severeInfection: a drug for resistant or severe infections with neither such a diagnosis nor a culture taken.
type severeInfection struct{ lookback claim.Day }

func (a severeInfection) line(e *Eval, c *compiled, li, pi int32) {
	l, pt := &e.t.Lines[li], &e.b.points[pi]
	day := l.Time.Day()
	if e.t.TagsOf(l)&claim.Rescue != 0 || e.inICU(l) || e.visitDiag(l.Visit, &pt.diags) ||
		e.billedSince(pt, li, day-a.lookback+1, day) || e.reported(pt, day-a.lookback+1, day) {
		return
	}
	if l.Visit >= 0 && e.t.Visits[l.Visit].MainDiag == 0 && len(e.t.DiagsOf(l.Visit)) == 0 {
		e.skipLine(c, li, "本次没有诊断")
		return
	}
	h := e.hitLine(c, li, []int32{pi}, Fact{"项目", e.itemName(l)}, Fact{"限定", pt.Basis}, fact("天数", "%d", a.lookback), Fact{"日期", day.String()})
	if h != nil && e.approved(l) {
		h.Severity = 3
	}
}

// approved: the hospital approved the use of a restricted drug.
func (e *Eval) approved(l *claim.Line) bool { return e.b.Vocab.Flag(e.code(l, "hosp_appr_flag")) }

// inICU tells whether the person lay in intensive care on the line's day, in whatever visit. A row without an end lasts as long
// as its visit: a ward that forgot to close it must not excuse whatever the person is given in later years.
func (e *Eval) inICU(l *claim.Line) bool {
	day := l.Time.Day()
	for _, r := range e.t.Extra["icu"] {
		from, to := intervalOf(r)
		if to == claim.OpenDay {
			to = e.dischargeOf(r.B.Visit[r.Row], from)
		}
		if from <= day && day <= to {
			return true
		}
	}
	return false
}

// dischargeOf is the day a visit ended, open where it has not; the given day where no such visit stands.
func (e *Eval) dischargeOf(visit uint64, none claim.Day) claim.Day {
	for i := range e.t.Visits {
		switch v := &e.t.Visits[i]; {
		case v.Key != visit || v.Out:
		case v.Open:
			return claim.OpenDay
		default:
			return v.End.Day()
		}
	}
	return none
}

// listed tells whether a line's item is one of the codes.
func (e *Eval) listed(item int32, codes []string) bool {
	return slices.Contains(codes, e.item(e.b.canonical(item))) || slices.Contains(codes, e.item(item))
}

// billedSince tells whether an item that the point requires was billed to the person from one day to another, wherever;
// lines after the given one count as far as that other day reaches.
func (e *Eval) billedSince(pt *point, li int32, from, to claim.Day) bool {
	for i := li; i >= 0 && e.t.Lines[i].Time.Day() >= from; i-- {
		if o := &e.t.Lines[i]; o.Time.Day() <= to && e.listed(o.Item, pt.Params.Require) {
			return true
		}
	}
	for i := int(li) + 1; i < len(e.t.Lines) && e.t.Lines[i].Time.Day() <= to; i++ {
		if o := &e.t.Lines[i]; o.Time.Day() >= from && e.listed(o.Item, pt.Params.Require) {
			return true
		}
	}
	return false
}

// reported tells whether an examination or laboratory report of an item that the point requires is of one of the days.
func (e *Eval) reported(pt *point, from, to claim.Day) bool {
	for _, table := range [...]string{"lab", "exam"} {
		for _, r := range e.t.Extra[table] {
			t := r.B.Table
			if !e.listed(r.B.I32(t.MustCol("hilist_code"), r.Row), pt.Params.Require) {
				continue
			}
			if at := claim.Time(r.B.I64(t.MustCol(t.At), r.Row)); at.Has() && at.Day() >= from && at.Day() <= to {
				return true
			}
		}
	}
	return false
}

// thirdParty: an injury that police, courts or another insurer lay at somebody's door, paid by the fund.
type thirdParty struct {
	window  claim.Day
	diags   claim.DiagSet
	advance []string // words of a memo that say that the fund may pay in advance
}

func (a thirdParty) settle(e *Eval, c *compiled, si int32) {
	s := &e.t.Setls[si]
	rows := e.t.Extra["accident"]
	if s.Fund <= 0 || s.Visit < 0 {
		return
	}
	declared := e.b.Vocab.Flag(e.visitCode(s.Visit, "ttp_resp"))
	if (len(rows) == 0 && !declared) || !e.visitDiag(s.Visit, &a.diags) || e.exempt(c, s.Visit) {
		return
	}
	day := e.t.Visits[s.Visit].Begin.Day()
	source, advance := "", false
	if declared {
		source = "就诊登记有第三方责任"
	}
	for _, r := range rows {
		t := r.B.Table
		from, _ := intervalOf(r)
		if gap := day - from; gap < 0 || gap >= a.window {
			continue
		}
		source = e.b.ds[claim.DictList].String(r.B.I32(t.MustCol("source"), r.Row)) + " " + from.String()
		advance = advance || containsAny(r.B.Str(t.MustCol("memo"), r.Row), a.advance...)
	}
	if source == "" {
		return
	}
	h := e.hitSettle(c, si, Fact{"实际", strings.TrimSpace(source)}, Fact{"日期", day.String()})
	if h != nil && advance {
		h.Severity = 3
	}
}
