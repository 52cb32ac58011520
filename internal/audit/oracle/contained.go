package oracle

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// B002 内涵包含.
func (j *judge) b002() { j.contained("B002", true) }

// E002 项目含耗材另收: as B002, all of the consumable.
func (j *judge) e002() { j.contained("E002", false) }

// contained reports the contained item charged beside the main one, per stay or visit (and day where the scope has one).
func (j *judge) contained(rule string, capped bool) {
	all := j.charged(rule)
	for _, pt := range j.pairs(rule) {
		mains := keep(all, func(l *line) bool { return l.code == pt.Subject })
		froms := keep(all, func(l *line) bool { return l.code == pt.Second && j.holds(pt, l) && !observed(pt, l) })
		meets := func(a *line, others []*line) bool {
			for _, b := range others {
				if inScope(pt.Scope, a, b) {
					return true
				}
			}
			return false
		}
		if pt.Scope == "同台" {
			froms = keep(froms, func(l *line) bool { return !j.twoOperations(l.row["mdtrt_id"], l.day) })
		}
		froms = keep(froms, func(l *line) bool { return meets(l, mains) })
		unit := func(l *line) string { return l.container() + "|" + l.day.String() }
		if oneOf(pt.Scope, "单次就诊", "单次住院", "本次") {
			unit = (*line).container
		}
		for _, u := range groups(froms, unit) {
			with := keep(mains, func(l *line) bool { return meets(l, u) })
			lawful := claim.Qty(0)
			if capped && pt.Params.CapN > 0 {
				lawful = max(0, total(u)-claim.Qty(pt.Params.CapN)*total(with))
			}
			j.report(rule, 1, beyond(u, lawful), with...)
		}
	}
}

// observed: emergency observation on the very day it turned into an admission contains nothing of the ward.
func observed(pt knowledge.Point, l *line) bool {
	adm := l.visit.beg.Day()
	return pt.Params.ErObs && adm.Has() && l.day == adm &&
		l.visit.row.time("er_obs_begntime").Day() == adm
}
