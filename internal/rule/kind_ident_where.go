package rule

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Was the insured person there at all (I002, I003), was it the person (I004), and entitled on the day (I011).
func init() {
	register("IDENT", "custody", func(p *params, c *Card) (any, error) { return custody{}, nil })
	register("IDENT", "abroad", func(p *params, c *Card) (any, error) { return abroad{claim.Day(p.int("grace_d", 1))}, nil })
	register("IDENT", "face", func(p *params, c *Card) (any, error) {
		return face{claim.Qty(tenThousandths(p.num("score", 0.8)))}, nil
	})
	register("ATTR", "benefit_status", func(p *params, c *Card) (any, error) { return benefitStatus{}, nil })
}

// absence is a time during which the person was somewhere else: days strictly between from and to.
type absence struct {
	from, to claim.Day
	open     bool // nobody wrote down an end
}

// presentDuring judges a visit against absences: one finding with the money of the lines that fall into one.
func (e *Eval) presentDuring(c *compiled, vi int32, absences []absence, what string) {
	v := &e.t.Visits[vi]
	for _, a := range absences {
		var sum claim.Money
		day := claim.NoDay
		for _, li := range e.t.LinesOf(vi) {
			l := &e.t.Lines[li]
			if d := l.Time.Day(); d > a.from && d < a.to && l.InScope > 0 && l.Setl >= 0 && e.t.FundPaid(l) {
				sum += l.InScope
				if day == claim.NoDay {
					day = d
				}
			}
		}
		if day == claim.NoDay {
			continue
		}
		to := "至今"
		if !a.open {
			to = "至 " + a.to.String()
		}
		h := e.hitVisit(c, vi, e.unitVisit(vi), nil, Fact{"机构", e.instName(v.Inst, day)}, Fact{"限定", what + " " + a.from.String() + " " + to}, Fact{"日期", day.String()})
		if h != nil {
			h.Vola = sum
			if a.open {
				h.Severity = 3
			}
		}
		return
	}
}

// custody: out-patient care or drugs while in prison or custody. Who serves a sentence outside is not in prison.
type custody struct{}

var custodyMemo = claim.MustTable("custody").MustCol("memo")

func (custody) visit(e *Eval, c *compiled, vi int32) {
	rows := e.t.Extra["custody"]
	v := &e.t.Visits[vi]
	if len(rows) == 0 || v.Out || v.Setting&claim.Inpatient != 0 || e.exempt(c, vi) {
		return
	}
	var at []absence
	for _, r := range rows {
		memo := r.B.Str(custodyMemo, r.Row)
		if strings.Contains(memo, "监外") || strings.Contains(memo, "保外") || strings.Contains(memo, "取保") || strings.Contains(memo, "社区矫正") || strings.Contains(memo, "监视居住") {
			continue
		}
		from, to := intervalOf(r)
		at = append(at, absence{from, to, to == claim.OpenDay})
	}
	e.presentDuring(c, vi, at, "在押")
}

// abroad: care at home between leaving the country and coming back, some days of grace at either end.
type abroad struct{ grace claim.Day }

func (a abroad) visit(e *Eval, c *compiled, vi int32) {
	rows := e.t.Extra["exit_entry"]
	if len(rows) == 0 || e.t.Visits[vi].Out || e.exempt(c, vi) {
		return
	}
	var at []absence
	for _, r := range rows {
		from, to := intervalOf(r)
		if to != claim.OpenDay {
			at = append(at, absence{from: from + a.grace, to: to - a.grace})
		} else if !e.leftAgain(from) {
			at = append(at, absence{from: from + a.grace, to: to, open: true})
		} // who left again has come back in between, nobody knows when
	}
	e.presentDuring(c, vi, at, "出境")
}

func (e *Eval) leftAgain(after claim.Day) bool {
	for _, r := range e.t.Extra["exit_entry"] {
		if from, _ := intervalOf(r); from > after {
			return true
		}
	}
	return false
}

// face: the face at the counter was not the insured person's. Scores are shares; some regions write them in hundredths.
type face struct{ score claim.Qty }

func (a face) settle(e *Eval, c *compiled, si int32) {
	s := &e.t.Setls[si]
	score := claim.Qty(e.setlI64(s, setlFace))
	if !score.Has() || s.Fund <= 0 || (s.Visit >= 0 && e.exempt(c, s.Visit)) {
		return // an absent score may be a code scanned or a card put in: it says nothing
	}
	limit := a.score
	if score > claim.QtyOne {
		limit *= 100
	}
	if score >= limit {
		return
	}
	what := "比对得分 " + score.String()
	if score == 0 {
		what = "未核验"
	}
	h := e.hitSettle(c, si, Fact{"实际", what}, Fact{"限额", limit.String()}, Fact{"机构", e.instName(s.Inst, s.Time.Day())}, Fact{"日期", s.Time.String()})
	if h != nil && score <= 0 {
		h.Severity = 3
	}
}

// benefitStatus: pooled money while the insurance was suspended or not yet begun, at both ends of the visit.
type benefitStatus struct{}

var (
	benefitPsn    = claim.MustTable("benefit").MustCol("psn_no")
	benefitStas   = claim.MustTable("benefit").MustCol("stas")
	benefitReason = claim.MustTable("benefit").MustCol("reason")
)

func (benefitStatus) settle(e *Eval, c *compiled, si int32) {
	s := &e.t.Setls[si]
	rows := e.t.Extra["benefit"]
	if len(rows) == 0 || s.Fund <= 0 || s.Visit < 0 || e.exempt(c, s.Visit) {
		return
	}
	begin, end := e.t.Visits[s.Visit].Begin.Day(), s.Time.Day()
	psn := e.setlI32(s, setlPsn) // another number of the person is another insurance
	var bad *claim.RowRef
	for i := range rows {
		if rows[i].B.I32(benefitPsn, rows[i].Row) != psn {
			continue
		}
		from, to := intervalOf(rows[i])
		if stas := e.b.Vocab.Num(rows[i].B.I32(benefitStas, rows[i].Row)); stas == 1 {
			if (from <= begin && begin <= to) || (from <= end && end <= to) {
				return // contradicted: in force, or made good since
			}
		} else if bad == nil && from <= min(begin, end) && max(begin, end) <= to {
			bad = &rows[i]
		}
	}
	if bad == nil {
		return
	}
	from, _ := intervalOf(*bad)
	what := "待遇暂停"
	if e.b.Vocab.Num(bad.B.I32(benefitStas, bad.Row)) == 3 {
		what = "待遇等待期"
	}
	if r := bad.B.Str(benefitReason, bad.Row); r != "" {
		what += "（" + r + "）"
	}
	e.hitSettle(c, si, Fact{"实际", what + "自 " + from.String() + " 起"}, Fact{"日期", end.String()})
}
