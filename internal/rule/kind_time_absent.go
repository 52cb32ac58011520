package rule

import "github.com/mingjian/mingjian/internal/claim"

// Kind TIME: stays in which the patient was at work (G009) or that nobody documented (G012). They charge nothing.
func init() {
	register("TIME", "at_work", func(p *params, c *Card) (any, error) { return atWork{p.int("min_hits", 1)}, nil })
	register("TIME", "no_record", func(p *params, c *Card) (any, error) {
		return noRecord{int64(p.int("limit_h", 48)) * hourMicros, p.num("min_docs", 5)}, nil
	})
}

// atWork: attendance, travel or sign-in records on days strictly inside a stay, days of leave left out.
type atWork struct{ min int }

func (a atWork) stay(e *Eval, c *compiled, si int32) {
	rows := e.t.Extra["attendance"]
	s := &e.t.Stays[si]
	if len(rows) == 0 || e.exemptStay(c, s) {
		return
	}
	days, first, source := 0, claim.OpenDay, ""
	for day := s.In.Day() + 1; day < e.outOf(s); day++ {
		for _, r := range rows {
			if !a.on(r, day) || e.onLeave(s, day) {
				continue
			}
			if days++; day < first {
				first, source = day, e.b.Vocab.Str(r.B.I32(r.B.Table.MustCol("source"), r.Row))
			}
			break
		}
	}
	if days >= max(1, a.min) {
		e.hitStay(c, si, Fact{"日期", first.String()}, fact("天数", "%d", days), Fact{"实际", source})
	}
}

// on tells whether a record covers the day; one without an end is of its day only.
func (atWork) on(r claim.RowRef, day claim.Day) bool {
	from := claim.Time(r.B.I64(r.B.Table.MustCol("begntime"), r.Row)).Day()
	to := claim.Time(r.B.I64(r.B.Table.MustCol("endtime"), r.Row)).Day()
	return from == day || (to != claim.NoDay && from <= day && day <= to)
}

// noRecord: neither an order nor a record within so many hours of admission. Only where the institution uploads enough of
// them: where it does not, that a stay has none says nothing.
type noRecord struct {
	limit int64
	docs  float64 // orders and records an institution uploads for each discharge, at least
}

func (a noRecord) stay(e *Eval, c *compiled, si int32) {
	s := &e.t.Stays[si]
	if e.exemptStay(c, s) || !a.lasted(e, s) {
		return
	}
	if e.b.documents[s.Inst] < a.docs {
		e.skip(c, s.Inst, "本机构上传的医嘱和病历过少")
		return
	}
	first := claim.NoTime
	for _, tc := range [...][2]string{{"medorder", "drord_begn_date"}, {"record", "doc_time"}} {
		for _, r := range e.t.Extra[tc[0]] {
			at := claim.Time(r.B.I64(r.B.Table.MustCol(tc[1]), r.Row))
			if at.Has() && (!first.Has() || at.Clock() < first.Clock()) && e.ofStay(s, r) {
				first = at
			}
		}
	}
	what := "没有医嘱和病历"
	if first.Has() {
		if !a.late(s, first) {
			return
		}
		what = "最早的医嘱或病历在 " + first.String()
	}
	e.hitStay(c, si, Fact{"日期", s.In.String()}, Fact{"实际", what}, fact("限额", "%d小时", a.limit/hourMicros))
}

// lasted: the stay ran longer than the limit; where a clock is missing, by whole days beyond it.
func (a noRecord) lasted(e *Eval, s *claim.Stay) bool {
	if s.Open || s.In.DayOnly() || s.Out.DayOnly() {
		return e.outOf(s)-s.In.Day() > wholeDays(a.limit)
	}
	return s.Out.Clock()-s.In.Clock() > a.limit
}

func (a noRecord) late(s *claim.Stay, first claim.Time) bool {
	if s.In.DayOnly() || first.DayOnly() {
		return first.Day()-s.In.Day() > wholeDays(a.limit)
	}
	return first.Clock()-s.In.Clock() > a.limit
}

// ofStay tells whether a row belongs to a visit of the stay.
func (e *Eval) ofStay(s *claim.Stay, r claim.RowRef) bool {
	for _, vi := range s.Visits {
		if e.t.Visits[vi].Key == r.B.Visit[r.Row] {
			return true
		}
	}
	return false
}
