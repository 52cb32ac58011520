package oracle

import "github.com/mingjian/mingjian/internal/claim"

// E001 耗材无对应手术.
func (j *judge) e001() {
	for _, l := range j.charged("E001") {
		for _, pt := range j.of("E001", l) {
			with := keep(j.p.lines, func(e *line) bool { return oneOf(e.code, pt.Params.Require...) && inScope(pt.Scope, l, e) })
			if len(pt.Params.Require) > 0 && len(with) == 0 {
				j.line("E001", 2, l)
				break
			}
		}
	}
}

// F002 全麻局麻并收.
func (j *judge) f002() {
	all := j.charged("F002")
	for _, pt := range j.pairs("F002") {
		if pt.Params.Analgesia {
			continue
		}
		locals := keep(all, func(l *line) bool { return l.code == pt.Second && j.holds(pt, l) })
		general := func(l *line) []*line {
			return keep(all, func(a *line) bool {
				x, y := a.row["incision_no"], l.row["incision_no"]
				return a.code == pt.Subject && inScope("单日", a, l) && (x == "" || y == "" || x == y)
			})
		}
		locals = keep(locals, func(l *line) bool {
			return len(general(l)) > 0 && !j.twoOperations(l.row["mdtrt_id"], l.day)
		})
		for _, u := range groups(locals, func(l *line) string { return l.container() + "|" + l.day.String() }) {
			j.report("F002", 1, whole(u), general(u[0])...)
		}
	}
}

// F018 重症与普通床并收: the ward bed, except on the days of moving in and out of intensive care.
func (j *judge) f018() {
	all := j.charged("F018")
	for _, pt := range j.pairs("F018") {
		wards := keep(all, func(l *line) bool { return l.code == pt.Second && l.visit.stay != nil && j.holds(pt, l) })
		for _, u := range groups(wards, func(l *line) string { return l.container() + "|" + l.day.String() }) {
			icu := map[claim.Day]bool{}
			var same []*line
			for _, l := range all {
				if l.code == pt.Subject && l.container() == u[0].container() {
					icu[l.day] = true
					if l.day == u[0].day {
						same = append(same, l)
					}
				}
			}
			d := u[0].day
			if icu[d] && icu[d-1] && icu[d+1] {
				j.report("F018", 1, whole(u), same...)
			}
		}
	}
}
