package oracle

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// H002 药品与病种不符.
func (j *judge) h002() {
	for _, l := range j.charged("H002") {
		if !l.visit.chronic() || !oneOf(l.row["list_type"], "101", "102", "103", "106") {
			continue
		}
		illnesses := []string{}
		if d := l.visit.row["dise_codg"]; d != "" {
			illnesses = append(illnesses, d)
		}
		for _, r := range j.c.ofPerson("chronic", j.p) {
			if r.covers(l.day, "begndate", "enddate") {
				illnesses = append(illnesses, r["dise_codg"])
			}
		}
		unlisted, listed := len(illnesses) == 0, false
		for _, d := range illnesses {
			known := false
			for _, pt := range j.subjects("H002", l) {
				if oneOf(d, split(pt.Allow)...) {
					known = true
					listed = listed || pt.Subject == l.code
				}
			}
			unlisted = unlisted || !known
		}
		if !unlisted && !listed {
			j.line("H002", 1, l)
		}
	}
}

// H003 资格过期, H004 复审不通过; where H004 holds H003 is silent. Judged on chronic settlements that name an illness.
func (j *judge) h003() {
	for _, s := range j.p.setls {
		v := j.c.visits[s.row["mdtrt_id"]]
		if v == nil || !strings.HasPrefix(firstOf(v.medType(), s.row["med_type"]), "14") || v.row["dise_codg"] == "" {
			continue
		}
		var rows []row
		for _, r := range j.c.ofPerson("chronic", j.p) {
			if r.is("dise_codg", v.row["dise_codg"]) {
				rows = append(rows, r)
			}
		}
		switch day := s.at.Day(); {
		case failedReview(rows, day):
			j.settlement("H004", 2, s, j.settled(s))
		case j.expired(rows, day):
			j.settlement("H003", 2, s, j.settled(s))
		}
	}
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (j *judge) expired(rows []row, day claim.Day) bool {
	begun := false
	for _, r := range rows {
		begun = begun || r.day("begndate") <= day
		end := r.day("enddate")
		if !end.Has() || int(day-end) <= j.int("H003", "grace_d") || r.is("review_stas", "待复审") {
			return false
		}
	}
	return begun
}

func failedReview(rows []row, day claim.Day) bool {
	failed := false
	for _, r := range rows {
		if !r.is("review_stas", "未通过") {
			if r.covers(day, "begndate", "enddate") {
				return false
			}
			continue
		}
		effect := r.day("effect_date")
		if reviewed := r.day("review_date"); !effect.Has() && reviewed.Has() {
			effect = reviewed.Month().Last() + 1
		}
		failed = failed || (effect.Has() && effect <= day)
	}
	return failed
}

// H007 定点不符.
func (j *judge) h007() {
	for _, v := range j.p.visits {
		day := v.beg.Day()
		if !v.chronic() || v.emergency() || j.filedElsewhere(day) {
			continue
		}
		contracted, here := false, false
		for _, r := range j.c.ofPerson("contract", j.p) {
			if r.covers(day, "begndate", "enddate") {
				contracted = true
				here = here || j.sameHouse(r["fixmedins_code"], v.inst, day)
			}
		}
		if contracted && !here {
			j.visit("H007", 2, v, money(v.lines))
		}
	}
}

// sameHouse: one institution, or one the successor of the other.
func (j *judge) sameHouse(a, b string, day claim.Day) bool {
	return a == b || j.c.instRow(a, day).is("succ_code", b) || j.c.instRow(b, day).is("succ_code", a)
}

func (j *judge) filedElsewhere(day claim.Day) bool {
	for _, r := range j.c.ofPerson("remote_filing", j.p) {
		if r.covers(day, "begndate", "enddate") {
			return true
		}
	}
	return false
}
