package oracle

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// X001 住院重叠.
func (j *judge) x001() {
	for i, b := range j.p.stays { // in order of admission
		for _, a := range j.p.stays[:i] {
			from, to := max(a.adm, b.adm)+1, min(a.dis, b.dis)-1
			if a.inst == b.inst || from > to {
				continue
			}
			severity := 3
			if executes(a, from, to) && executes(b, from, to) && !doubtful(a) && !doubtful(b) {
				severity = 1
			}
			j.stay("X001", severity, b)
			break
		}
	}
}

// executes: services other than bed, nursing and consultation on one of the days.
func executes(s *stay, from, to claim.Day) bool {
	for _, l := range s.lines() {
		if l.is("list_type", "201") && l.day >= from && l.day <= to && !oneOf(l.row["med_chrgitm_type"], "01", "02", "07") {
			return true
		}
	}
	return false
}

func doubtful(s *stay) bool {
	return s.open || s.midSettled() || s.any((*visit).newborn) || s.any((*visit).dialysis)
}

// routine are the visits that come often by their nature (X002, X003).
func routine(v *visit) bool { return v.dialysis() || v.has("Z51.0|Z24.2|P59|Z50") }

// X002 单日多机构.
func (j *judge) x002() {
	houses := map[claim.Day]map[string]bool{}
	for _, v := range j.p.visits {
		d := v.beg.Day()
		if !strings.HasPrefix(v.medType(), "1") && !strings.HasPrefix(v.medType(), "51") || v.buying() || routine(v) { // any other way of care is not known to be a visit
			continue
		}
		if houses[d] == nil {
			houses[d] = map[string]bool{}
		}
		known := houses[d][v.inst]
		houses[d][v.inst] = true
		if !known && len(houses[d]) == j.int("X002", "n") {
			j.visit("X002", 3, v, 0)
		}
	}
}

// X003 频次异常: a visit is a person, day, institution and department.
func (j *judge) x003() {
	seen := map[string]bool{}
	counts := map[string]int{}
	for _, v := range j.p.visits {
		d := v.beg.Day()
		dept := firstOf(v.row["adm_dept_codg"], v.row["adm_dept_name"])
		k := d.String() + "|" + v.inst + "|" + dept
		if !strings.HasPrefix(v.medType(), "1") || routine(v) || seen[k] {
			continue
		}
		seen[k] = true
		for window, of := range map[string]string{"month": d.Month().String(), "day": d.String(), "year": d.String()[:4]} {
			counts[window+of]++
			if counts[window+of] == j.int("X003", window) {
				j.visit("X003", 3, v, 0)
			}
		}
	}
}
