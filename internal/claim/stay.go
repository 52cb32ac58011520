package claim

import (
	"cmp"
	"slices"
	"strings"
)

// stays merges in-patient visits of one institution that follow each other within a day (tables.md, "stay").
func (a *Assembler) stays() {
	t := &a.tl
	a.order = a.order[:0]
	for i := range t.Visits {
		if v := &t.Visits[i]; !v.Out && a.vocab.Setting(v.MedType)&Inpatient != 0 {
			a.order = append(a.order, int32(i))
		}
	}
	if len(a.order) == 0 {
		return
	}
	slices.SortStableFunc(a.order, func(x, y int32) int { return cmp.Compare(t.Visits[x].Inst, t.Visits[y].Inst) })
	for _, vi := range a.order {
		v := &t.Visits[vi]
		if n := len(t.Stays); n > 0 && t.continues(&t.Stays[n-1], v) {
			t.extend(&t.Stays[n-1], vi)
			continue
		}
		s := t.newStay()
		s.Inst, s.First, s.Last, s.In, s.Out, s.Since, s.Open, s.Tags = v.Inst, vi, vi, v.Begin, v.End, v.Begin, v.Open, v.Tags
		s.Visits = append(s.Visits[:0], vi)
		s.MidSettle = t.midSettled(vi)
		if v.ErObs.Has() && v.ErObs.Clock() < v.Begin.Clock() {
			s.Since = v.ErObs
		}
	}
	slices.SortStableFunc(t.Stays, func(x, y Stay) int {
		if c := cmp.Compare(x.In.Clock(), y.In.Clock()); c != 0 {
			return c
		}
		return strings.Compare(t.MdtrtID(&t.Visits[x.First]), t.MdtrtID(&t.Visits[y.First]))
	})
	for i := range t.Stays {
		for _, v := range t.Stays[i].Visits {
			t.Visits[v].Stay = int32(i)
		}
	}
	t.JudgedOn(a.AsOf)
}

// JudgedOn sets the evaluation day: the length of stays that have not ended runs to it. It tells whether there are any.
func (t *Timeline) JudgedOn(day Day) (open bool) {
	for i := range t.Stays {
		s := &t.Stays[i]
		out := s.Out.Day()
		if s.Open {
			open, out = true, day
		}
		s.LOS = max(1, int(out-s.Since.Day()))
	}
	return open
}

// newStay reuses the slice of visits of an earlier person.
func (t *Timeline) newStay() *Stay {
	n := len(t.Stays)
	if n < cap(t.Stays) {
		t.Stays = t.Stays[:n+1]
	} else {
		t.Stays = append(t.Stays, Stay{})
	}
	s := &t.Stays[n]
	*s = Stay{Visits: s.Visits[:0]}
	return s
}

func (t *Timeline) continues(s *Stay, v *Visit) bool {
	if s.Inst != v.Inst {
		return false
	}
	last := &t.Visits[s.Last]
	if !s.Open && v.Begin.Day()-s.Out.Day() > 1 {
		return false // a visit without an end may still be running: it joins what follows
	}
	switch t.Vocab.Num(last.DscgWay) {
	case -1, 9:
		if last.DscgWay == 0 || t.Vocab.Num(last.DscgWay) == 9 {
			return true
		}
	}
	if t.midSettled(s.Last) {
		return true
	}
	id := t.iptNo(last)
	return id != "" && id == t.iptNo(v)
}

func (t *Timeline) iptNo(v *Visit) string {
	return t.sources[v.Src].Str(t.cols[v.Src].iptNo, int(v.Row))
}

func (t *Timeline) midSettled(visit int32) bool {
	for i := range t.Setls {
		if t.Setls[i].Visit == visit && t.Setls[i].MidSettle {
			return true
		}
	}
	return false
}

func (t *Timeline) extend(s *Stay, vi int32) {
	v := &t.Visits[vi]
	s.Visits = append(s.Visits, vi)
	s.Last = vi
	s.Tags |= v.Tags
	s.MidSettle = s.MidSettle || t.midSettled(vi)
	s.Out, s.Open = v.End, v.Open
}
