package oracle

import (
	"github.com/mingjian/mingjian/internal/claim"
)

// neighbours calls f for each two stays of the person that follow one another at one institution (or, for G001 where
// the parameter says so, in one group of institutions).
func (j *judge) neighbours(sameGroup bool, f func(a, b *stay)) {
	house := func(s *stay) string {
		if g := j.c.instRow(s.inst, s.adm)["group_no"]; sameGroup && g != "" {
			return "group " + g
		}
		return s.inst
	}
	last := map[string]*stay{}
	for _, s := range j.p.stays { // in order of admission
		if a := last[house(s)]; a != nil && !a.open {
			f(a, s)
		}
		last[house(s)] = s
	}
}

func gap(a, b *stay) int { return int(b.adm - a.dis) }

// G001 分解住院.
func (j *judge) g001() {
	j.neighbours(j.text("G001", "same_group") == "true", func(a, b *stay) {
		x, y := bare(a.last().main), bare(b.last().main)
		again := x != "" && y != "" && first3(x) == first3(y)
		if g := gap(a, b); g < 0 || g > j.int("G001", "gap_d") || !again || j.lawfulReturn(a, b) {
			return
		}
		j.stay("G001", opened(2, b), b)
	})
}

// lawfulReturn are G001's exemptions, which hold for G002, G003 and G004 too.
func (j *judge) lawfulReturn(a, b *stay) bool {
	x, y := a.last().main, b.last().main
	planned := b.any(func(v *visit) bool { return v.is("plan_readm_flag", "1") })
	day := a.any((*visit).daySurgery) || b.any((*visit).daySurgery)
	byDisease := inSet(y, "Z51|Z47|Z43|Z49") || inSet(y, "C00-C97|D00-D09") || a.psychiatric() || b.psychiatric() ||
		(inSet(x, "O20-O60") && inSet(y, "O80-O84"))
	eyes := inSet(x, "H25|H26") && inSet(y, "H25|H26") && j.operated(a) && j.operated(b)
	return planned || day || j.pilot(b) || byDisease || eyes || b.first().is("adm_way", "1") || oneOf(a.last().row["dscg_way"], "2", "4") ||
		a.midSettled() || j.otherSide(a, b)
}

// otherSide: operations in both stays, on different sides.
func (j *judge) otherSide(a, b *stay) bool {
	for _, x := range j.operations(a) {
		for _, y := range j.operations(b) {
			if x["side"] != "" && y["side"] != "" && x["side"] != y["side"] {
				return true
			}
		}
	}
	return false
}

func (j *judge) operations(s *stay) []row {
	var out []row
	for _, v := range s.visits {
		out = append(out, j.c.where("operation", "mdtrt_id", v.id)...)
	}
	return out
}

func (j *judge) operated(s *stay) bool { return len(j.operations(s)) > 0 }

// G002 当日出入院.
func (j *judge) g002() {
	j.neighbours(false, func(a, b *stay) {
		if j.atOnce("G002", a, b) {
			j.stay("G002", opened(2, b), b)
		}
	})
}

// atOnce: back on the day of discharge or the day after, without one of G002's exemptions.
func (j *judge) atOnce(card string, a, b *stay) bool {
	for _, o := range j.p.stays {
		if o.inst != a.inst && o.adm >= a.dis && o.adm <= b.adm && o != b {
			return false
		}
	}
	lived, known := j.c.lifeDays(b.first().row["psn_no"], b.adm)
	g := gap(a, b)
	return g >= 0 && g <= j.int(card, "gap_d") && !j.lawfulReturn(a, b) && !(known && lived <= 28) && !a.last().is("dscg_way", "5")
}

// G003 转科重办.
func (j *judge) g003() {
	j.neighbours(false, func(a, b *stay) {
		from, to := a.last().row["dscg_dept_codg"], b.first().row["adm_dept_codg"]
		special := inSet(a.last().main, "Z50") || inSet(b.last().main, "Z50")
		if from != "" && to != "" && from != to && !special && j.atOnce("G003", a, b) {
			j.stay("G003", opened(2, b), b)
		}
	})
}

// G004 医保转自费再转医保.
func (j *judge) g004() {
	j.neighbours(false, func(a, b *stay) {
		if g := gap(a, b); g < 0 || g > j.int("G004", "gap_d") || j.lawfulReturn(a, b) {
			return
		}
		for _, r := range j.c.events("selfpay_visit", j.p) {
			in, out := r.time("begntime").Day(), r.time("endtime").Day()
			if r.is("fixmedins_code", a.inst) && in >= a.dis && out.Has() && out <= b.adm {
				j.stay("G004", opened(2, b), b)
				return
			}
		}
	})
}

// hanging is an out-patient visit with lines strictly inside a stay.
type hanging struct {
	v     *visit
	s     *stay
	lines []*line
}

// hang finds the visits of G006 (or, with drugs of chronic visits only, H008).
func (j *judge) hang(wanted func(*line) bool) []hanging {
	var out []hanging
	for _, v := range j.p.visits {
		if v.medType() == "" || v.inpatient() || !paid(v) || v.dialysis() || v.remote() || v.newborn() {
			continue
		}
		for _, s := range j.p.stays {
			if v.row["er_obs_begntime"] != "" && v.inst == s.inst {
				continue
			}
			ls := keep(v.lines, func(l *line) bool {
				return l.day > s.adm && l.day < s.dis && wanted(l) && !j.excused(l, s)
			})
			if len(ls) > 0 {
				out = append(out, hanging{v, s, ls})
				break
			}
		}
	}
	return out
}

func paid(v *visit) bool {
	for _, s := range v.setls {
		if s.fund > 0 {
			return true
		}
	}
	return false
}

// excused are the lines that may lawfully lie inside a stay.
func (j *judge) excused(l *line, s *stay) bool {
	exam := l.inst == s.inst && oneOf(l.row["med_chrgitm_type"], "03", "04")
	dual := l.is("hi_nego_drug_flag", "1") || l.row["hi_rxno"] != ""
	return exam || dual || l.setl.familyAccount() || j.onLeave(s, l.day)
}

func (j *judge) onLeave(s *stay, d claim.Day) bool {
	for _, v := range s.visits {
		for _, r := range j.c.where("leave", "mdtrt_id", v.id) {
			if r.covers(d, "begntime", "endtime") {
				return true
			}
		}
	}
	return false
}

// reportHang reports the visits; one small purchase alone in its stay is information.
func (j *judge) reportHang(card string, all []hanging) {
	inStay := map[*stay]int{}
	for _, h := range all {
		inStay[h.s]++
	}
	for _, h := range all {
		fee := claim.Money(0)
		for _, s := range h.v.setls {
			fee += s.money("medfee_sumamt")
		}
		severity := opened(2, h.s)
		if fee < claim.Money(j.param(card, "small_yuan", 2)) && inStay[h.s] == 1 {
			severity = 3
		}
		j.visit(card, severity, h.v, money(h.lines))
	}
}

// G006 住院期间门诊/购药, and H008 住院期间门慢开药.
func (j *judge) g006() {
	j.reportHang("G006", j.hang(func(*line) bool { return true }))
	j.reportHang("H008", j.hang(func(l *line) bool {
		return l.visit.chronic() && oneOf(l.row["list_type"], "101", "102", "106")
	}))
}
