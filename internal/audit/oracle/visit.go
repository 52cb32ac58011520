package oracle

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Categories of a visit (规则口径 一 类别).

func (v *visit) medType() string {
	if v.row["med_type"] != "" {
		return v.row["med_type"]
	}
	for _, s := range v.setls {
		if s.row["med_type"] != "" {
			return s.row["med_type"]
		}
	}
	return ""
}

func (v *visit) inpatient() bool  { return strings.HasPrefix(v.medType(), "2") || v.medType() == "52" }
func (v *visit) chronic() bool    { return strings.HasPrefix(v.medType(), "14") }
func (v *visit) buying() bool     { return v.medType() == "41" }
func (v *visit) maternity() bool  { return oneOf(v.medType(), "51", "52") }
func (v *visit) rescue() bool     { return v.medType() == "1301" || v.is("resc_flag", "1") }
func (v *visit) daySurgery() bool { return v.is("day_surg_flag", "1") }

func (v *visit) emergency() bool {
	return strings.HasPrefix(v.medType(), "13") || v.is("er_flag", "1") || v.row["er_obs_begntime"] != ""
}

func (v *visit) outpatient() bool {
	m := v.medType()
	return (strings.HasPrefix(m, "1") && !strings.HasPrefix(m, "13") && !strings.HasPrefix(m, "14")) || oneOf(m, "51", "41")
}

// Context tags.

func (v *visit) newborn() bool {
	return v.is("nwb_flag", "1") || v.row["mom_psn_no"] != "" || v.medType() == "9921"
}
func (v *visit) remote() bool      { return v.row["mdtrt_mode"] != "" && !v.is("mdtrt_mode", "0") }
func (v *visit) agent() bool       { return v.row["agnt_certno"] != "" }
func (v *visit) trauma() bool      { return v.has("S00-T35|T79") }
func (v *visit) oncology() bool    { return v.has("C00-C97|D00-D09|Z51") }
func (v *visit) pregnancy() bool   { return v.has("O00-O99|Z32-Z39") }
func (v *visit) psychiatric() bool { return inSet(v.main, "F00-F99") }
func (v *visit) dialysis() bool {
	return v.has("Z49|N18.5|N18.6") || inSet(v.row["dise_codg"], "N18")
}

// familyAccount is a settlement paid from a relative's account and not by the fund.
func (s *setl) familyAccount() bool {
	return s != nil && s.money("acct_mulaid_pay") > 0 && s.fund == 0
}

// has tells whether any diagnosis of the visit belongs to the set.
func (v *visit) has(set string) bool { return anyInSet(v.diags, set) }

const chronicSet = "I10-I15|E10-E14|I20-I25|I60-I69|J44|J45|N18|B18|F20|G20|G40"

// beginning is when the days of an in-patient visit start to count: observation in the emergency room before it.
func (v *visit) beginning() claim.Time {
	if o := v.row.time("er_obs_begntime"); o.Has() && v.beg.Has() && o.Clock() < v.beg.Clock() {
		return o
	}
	return v.beg
}

// stay is one or more in-patient visits that are one (规则口径 一 住院段).
type stay struct {
	visits      []*visit
	inst        string
	adm, dis    claim.Day // dis is the evaluation day while open
	begin, till claim.Time
	open        bool
}

func (s *stay) first() *visit { return s.visits[0] }
func (s *stay) last() *visit  { return s.visits[len(s.visits)-1] }

// los is the length of stay in days: out − in, at least 1.
func (s *stay) los() int { return max(1, int(s.dis-s.begin.Day())) }

func (s *stay) any(is func(*visit) bool) bool {
	for _, v := range s.visits {
		if is(v) {
			return true
		}
	}
	return false
}

func (s *stay) lines() []*line {
	var out []*line
	for _, v := range s.visits {
		out = append(out, v.lines...)
	}
	sortLines(out)
	return out
}

func (s *stay) midSettled() bool { return s.any(midSettled) }

func midSettled(v *visit) bool {
	for _, x := range v.setls {
		if x.is("mid_setl_flag", "1") {
			return true
		}
	}
	return false
}

// openUntil is the end of a visit's time in hospital, the evaluation day when it has not ended.
func (v *visit) openUntil(eval claim.Day) claim.Time {
	if v.end.Has() {
		return v.end
	}
	return eval.Start()
}

// mergeStays merges the person's in-patient visits into stays as seen on the evaluation day.
func (p *person) mergeStays(eval claim.Day) {
	p.stays = nil
	byInst := map[string]*stay{}
	for _, v := range p.visits { // in order of admission
		v.stay = nil
		if !v.inpatient() {
			continue
		}
		s := byInst[v.inst]
		if s == nil || !continues(s.last(), v) {
			s = &stay{inst: v.inst}
			byInst[v.inst] = s
			p.stays = append(p.stays, s)
		}
		s.visits = append(s.visits, v)
		v.stay = s
	}
	for _, s := range p.stays {
		s.adm, s.begin = s.first().beg.Day(), s.first().beginning()
		s.till = s.last().openUntil(eval)
		s.dis, s.open = s.till.Day(), !s.last().end.Has()
	}
}

// continues tells whether b belongs to the stay that a was the last visit of; a without an end may still be running,
// whatever the day of b's admission.
func continues(a, b *visit) bool {
	otp := a.row["ipt_otp_no"]
	return (!a.end.Has() || b.beg.Day()-a.end.Day() <= 1) && (midSettled(a) || oneOf(a.row["dscg_way"], "", "9") || (otp != "" && otp == b.row["ipt_otp_no"]))
}
