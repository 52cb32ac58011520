package rule

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// Kind REVIEW: was somebody entitled, on the day: practitioners, institutions, chronic out-patients.
func init() {
	register("REVIEW", "credential", func(p *params, c *Card) (any, error) { return credential{}, nil })
	register("REVIEW", "agreement", func(p *params, c *Card) (any, error) { return agreement{}, nil })
	register("REVIEW", "chronic_expired", func(p *params, c *Card) (any, error) {
		return chronicExpired{claim.Day(p.int("grace_d", 5))}, nil
	})
	register("REVIEW", "chronic_failed", func(p *params, c *Card) (any, error) { return chronicFailed{}, nil })
}

var statusNames = map[int]string{2: "暂停", 3: "终止"}

// credential: a suspended practitioner may only rescue; an ended one nothing.
type credential struct{}

func (credential) person(e *Eval, c *compiled) {
	if !e.b.Ref.Present("credential") {
		return
	}
	for i := range e.t.Lines {
		l := &e.t.Lines[i]
		if l.Doctor == 0 || l.InScope <= 0 || !e.inRange(l.Month) {
			continue
		}
		s := e.b.Ref.Credential(l.Doctor, l.Time.Day())
		if s == nil || (s.Stas == 2 && e.t.TagsOf(l)&claim.Rescue != 0) || e.unfitInst(c, l.Inst) {
			continue
		}
		e.hitLine(c, int32(i), nil, Fact{"项目", e.itemName(l)}, Fact{"实际", "医师 " + e.b.ds[claim.DictPrac].String(l.Doctor) + " 支付资格" + statusNames[s.Stas]}, Fact{"日期", l.Time.Day().String()})
	}
}

type agreement struct{}

func (agreement) settle(e *Eval, c *compiled, si int32) {
	s := &e.t.Setls[si]
	st := e.b.Ref.Agreement(s.Inst, s.Time.Day())
	if st == nil {
		return
	}
	e.hitSettle(c, si, Fact{"机构", e.instName(s.Inst, s.Time.Day())}, Fact{"实际", "协议" + map[int]string{2: "中止", 3: "解除"}[st.Stas]}, Fact{"日期", s.Time.Day().String()})
}

// chronicOf returns the rows of the settlement's disease that began by the day of settlement.
func (e *Eval) chronicOf(s *claim.Settlement) []claim.ChronicRow {
	if s.Visit < 0 {
		return nil
	}
	v := &e.t.Visits[s.Visit]
	if v.Setting&claim.Chronic == 0 || v.Dise == 0 {
		return nil
	}
	var out []claim.ChronicRow
	for _, r := range e.t.Chronics {
		if r.Dise == v.Dise && r.From <= s.Time.Day() {
			out = append(out, r)
		}
	}
	return out
}

// failedOn tells whether the qualification was refused on review with effect by the day.
func (e *Eval) failedOn(r *claim.ChronicRow, day claim.Day) bool {
	if e.b.Vocab.Str(r.Review) != "未通过" {
		return false
	}
	from := r.Effect
	if !from.Has() && r.Reviewed.Has() {
		from = (r.Reviewed.Month() + 1).First()
	}
	return from.Has() && from <= day
}

func (e *Eval) covered(rows []claim.ChronicRow, day claim.Day) bool {
	for i := range rows {
		r := &rows[i]
		if (r.To == claim.NoDay || day <= r.To) && e.b.Vocab.Str(r.Review) != "未通过" {
			return true
		}
	}
	return false
}

type chronicExpired struct{ grace claim.Day }

func (a chronicExpired) settle(e *Eval, c *compiled, si int32) {
	s := &e.t.Setls[si]
	rows := e.chronicOf(s)
	day := s.Time.Day()
	end := claim.NoDay
	for i := range rows {
		r := &rows[i]
		if r.To == claim.NoDay || day <= r.To+a.grace || e.b.Vocab.Str(r.Review) == "待复审" || e.failedOn(r, day) {
			return
		}
		end = max(end, r.To)
	}
	if len(rows) == 0 || e.exempt(c, s.Visit) {
		return
	}
	e.hitSettle(c, si, Fact{"限额", "资格有效期至 " + end.String()}, Fact{"日期", day.String()})
}

type chronicFailed struct{}

func (chronicFailed) settle(e *Eval, c *compiled, si int32) {
	s := &e.t.Setls[si]
	rows := e.chronicOf(s)
	day := s.Time.Day()
	if e.covered(rows, day) {
		return
	}
	for i := range rows {
		if e.failedOn(&rows[i], day) && !e.exempt(c, s.Visit) {
			e.hitSettle(c, si, Fact{"实际", "复审未通过"}, Fact{"日期", day.String()})
			return
		}
	}
}
