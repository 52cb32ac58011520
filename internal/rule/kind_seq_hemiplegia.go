package rule

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind SEQ: what must have come before something else.
func init() {
	register("SEQ", "hemiplegia", func(p *params, c *Card) (any, error) {
		set, err := claim.ParseDiagSet(p.str("dise", "M04803"))
		return hemiplegia{dise: set, lookback: claim.Day(p.int("lookback_d", 365)), cover: claim.Day(p.int("cover_d", 180))}, err
	})
}

// hemiplegia: a person was found fit for benefits after a stroke, and in the year before the appraisal there is no stay in
// hospital, no picture of the head, or a stay and pictures that do not go with it.
type hemiplegia struct {
	dise            claim.DiagSet
	lookback, cover claim.Day
}

// neuroDiag: what hemiplegia comes from: strokes and other diseases, tumours and injuries of brain and spinal cord.
var neuroDiag = claim.MustDiagSet("I60-I69|G00-G09|G35-G37|G45|G46|G80-G83|G93|G95|C70-C72|D32|D33|D42|D43|S06|S14|S24|S34|T90|Q28")

var hemiplegiaNames = []string{"偏瘫", "脑卒中后遗症", "脑血管病后遗症", "脑血管意外后遗症", "脑梗死后遗症", "脑出血后遗症", "中风后遗症"}

func (a hemiplegia) settle(e *Eval, c *compiled, si int32) {
	s := &e.t.Setls[si]
	if !chronicSetl(e, s) || e.exempt(c, s.Visit) {
		return
	}
	row, ok := a.appraised(e, s)
	if !ok || !a.first(e, s, si, row.Identified) {
		return
	}
	day := row.Identified
	if !day.Has() {
		e.skip(c, s.Inst, "没有鉴定日")
		return
	}
	from := day - a.lookback
	if from < (s.Month - 12).First() {
		e.skip(c, s.Inst, "鉴定日太早，前一年的记录不在回看范围")
		return
	}
	if reason := a.unknown(e, s, from, day); reason != "" {
		e.skip(c, s.Inst, reason)
		return
	}
	what, severity := a.judge(e, c, from, day)
	if what == "" {
		return
	}
	d := e.b.ds[claim.DictDiag].String(row.Dise)
	h := e.hitSettle(c, si, Fact{"限定", "鉴定日 " + day.String()}, Fact{"实际", what}, fact("天数", "%d天", a.lookback), Fact{"日期", s.Time.Day().String()})
	if h != nil {
		h.Unit = key("appraisal", e.psnOf(s), d, day.String())
		h.Severity = severity
	}
}

// appraised is the person's first qualification for the disease of a settlement, if that is one after a stroke: what
// renews a qualification rests on the first appraisal.
func (a hemiplegia) appraised(e *Eval, s *claim.Settlement) (claim.ChronicRow, bool) {
	dise := e.t.Visits[s.Visit].Dise
	var first claim.ChronicRow
	found := false
	for _, r := range e.t.Chronics {
		if r.Dise == dise && (!found || r.From < first.From) {
			first, found = r, true
		}
	}
	if !found || (first.Identified.Has() && s.Time.Day() < first.Identified) {
		return first, false
	}
	name := e.b.ds[claim.DictText].String(first.Name)
	for _, n := range hemiplegiaNames {
		if strings.Contains(name, n) {
			return first, true
		}
	}
	return first, a.dise.Has(e.b.ds[claim.DictDiag].String(dise))
}

// first tells whether no earlier settlement since the appraisal was for the disease: an appraisal is told of once.
func (a hemiplegia) first(e *Eval, s *claim.Settlement, si int32, since claim.Day) bool {
	for oi := int32(0); oi < si; oi++ {
		if o := &e.t.Setls[oi]; o.Time.Day() >= since && chronicSetl(e, o) && e.t.Visits[o.Visit].Dise == e.t.Visits[s.Visit].Dise {
			return false
		}
	}
	return true
}

// unknown says why the year before the appraisal cannot be told from the facts at hand: care elsewhere, insured only
// since, or nothing known of the person for the first half of it.
func (a hemiplegia) unknown(e *Eval, s *claim.Settlement, from, day claim.Day) string {
	for _, r := range e.t.Extra["remote_filing"] {
		if lo, hi := intervalOf(r); lo < day && hi >= from {
			return "鉴定前一年有异地备案，住院记录可能在外地"
		}
	}
	insured := claim.OpenDay
	for i := range e.t.People {
		insured = min(insured, e.t.People[i].From)
	}
	if insured != claim.OpenDay && insured > from {
		return "鉴定前一年内才参保"
	}
	for vi := range e.t.Visits {
		if d := e.t.Visits[vi].Begin.Day(); d >= from && d <= day-a.cover {
			return ""
		}
	}
	return "鉴定前没有足够长的就诊数据"
}

// judge looks for stays and pictures in [from, day) and says what is wrong, "" when nothing is.
func (a hemiplegia) judge(e *Eval, c *compiled, from, day claim.Day) (what string, severity int) {
	stays, fitting, elsewhere := 0, false, false
	for si := range e.t.Stays {
		s := &e.t.Stays[si]
		if s.In.Day() > day || e.outOf(s) < from {
			continue
		}
		stays++
		for _, vi := range s.Visits {
			fitting = fitting || e.visitDiag(vi, &neuroDiag)
		}
	}
	for _, r := range e.t.Extra["selfpay_visit"] {
		if lo, hi := intervalOf(r); lo <= day && hi >= from {
			stays, fitting, elsewhere = stays+1, true, true // neither its diagnoses nor its pictures are in the claims
		}
	}
	if stays == 0 {
		return "无住院记录", c.Severity
	}
	pictures, known := a.pictures(e, c, from, day)
	switch {
	case known && pictures == 0 && !elsewhere:
		return "无头颅影像记录", c.Severity
	case a.misdated(e, from, day):
		return "影像检查时间不在所属住院期间", c.Severity
	case !fitting:
		return "住院诊断与偏瘫无关", 3
	}
	return "", 0
}

var (
	examTime = claim.MustTable("exam").MustCol("exam_time")
	examPart = claim.MustTable("exam").MustCol("exam_part")
	examName = claim.MustTable("exam").MustCol("exam_item_name")
)

// pictures counts examinations of the head in [from, day]: lines of items that points of the card name, and reports.
// known is false when there are neither such points nor reports.
func (a hemiplegia) pictures(e *Eval, c *compiled, from, day claim.Day) (n int, known bool) {
	for i := range e.b.points {
		known = known || int(e.b.points[i].card) == c.idx
	}
	for i := range e.t.Lines {
		l := &e.t.Lines[i]
		if d := l.Time.Day(); d < from || d > day || int(l.Item) >= len(e.b.items) {
			continue
		}
		for k := range e.b.items[l.Item] {
			if r := &e.b.items[l.Item][k]; int(r.card) == c.idx && e.applies(r, l) {
				n++
				break
			}
		}
	}
	for _, r := range e.t.Extra["exam"] {
		at := claim.Time(r.B.I64(examTime, r.Row))
		if !at.Has() { // a report that does not say when was made at its visit
			at = e.visitBegin(r.B.Visit[r.Row])
		}
		if at.Has() && at.Day() >= from && at.Day() <= day && e.ofHead(r) {
			n++
		}
	}
	return n, known
}

// visitBegin is when a visit known by its key began; NoTime when it is not in view.
func (e *Eval) visitBegin(visit uint64) claim.Time {
	for i := range e.t.Visits {
		if v := &e.t.Visits[i]; v.Key == visit {
			return v.Begin
		}
	}
	return claim.NoTime
}

func (e *Eval) ofHead(r claim.RowRef) bool {
	text := e.b.ds[claim.DictText]
	for _, s := range []string{text.String(r.B.I32(examPart, r.Row)), text.String(r.B.I32(examName, r.Row))} {
		if strings.Contains(s, "头") || strings.Contains(s, "颅") || strings.Contains(s, "脑") {
			return true
		}
	}
	return false
}

// misdated: a report of the head that a stay calls its own was made outside it, by more than the day of either end.
func (a hemiplegia) misdated(e *Eval, from, day claim.Day) bool {
	for _, r := range e.t.Extra["exam"] {
		at := claim.Time(r.B.I64(examTime, r.Row))
		vi := e.t.VisitOf(r.B.Visit[r.Row])
		if !at.Has() || vi < 0 || at.Day() < from || at.Day() > day || !e.ofHead(r) {
			continue
		}
		v := &e.t.Visits[vi]
		if v.Stay < 0 || v.Out {
			continue
		}
		if s := &e.t.Stays[v.Stay]; at.Day() < s.Since.Day()-1 || (!s.Open && at.Day() > s.Out.Day()+1) {
			return true
		}
	}
	return false
}
