package rule

import (
	"slices"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// Cases of CASEMIX cards give the case groups as facts: rows of case_group (what the stay is in) and of case_regroup (what it
// would be without some codes, by another principal diagnosis, or together with an earlier stay). Grouping itself is proved
// elsewhere.
func (w *world) takeMix(given map[string][]map[string]string) {
	rows, again := given["case_group"], given["case_regroup"]
	delete(given, "case_group")
	delete(given, "case_regroup")
	if len(rows) == 0 {
		return
	}
	t := &toldGroups{again: again, names: map[*MixStay]string{}}
	w.mix = &MixBook{ID: "case", Stays: map[MixKey]*MixStay{}, Group: t}
	for _, r := range rows {
		for _, d := range [][2]string{{"mdtrt_id", "m1"}, {"fixmedins_code", "h1"}, {"mode", "DRG"}, {"status", "分组成功"}, {"by_group", "1"}, {"way", "病组"}} {
			orSet(r, d[0], d[1])
		}
		s := &MixStay{MixGroup: groupOf(r), Mode: r["mode"], Status: r["status"], MDC: r["mdc"], Name: r["name"], Way: r["way"], ByGroup: r["by_group"] == "1",
			Ambiguous: r["ambiguous"] == "1", Cost: fenOf(r["cost"]), Fund: fenOf(r["fund"]), Standard: fenOf(r["standard"]), Low: fenOf(r["low"]),
			Codes: codesOf(r["dx"]), Procs: codesOf(r["proc"]), Counted: codesOf(r["counted"]), Aux: r["aux"], Plain: fenOf(r["plain"]), Proper: r["proper"], Due: fenOf(r["due"]),
			Leads: r["leads"] == "1"}
		if r["stays"] != "" {
			n := func(f string) int { v, _ := strconv.Atoi(r[f]); return v }
			m := func(f string) int64 {
				if r[f] == "" {
					return -1
				}
				v, _ := claim.ParseDecimal(r[f], 6)
				return v
			}
			s.Hospital = &MixHospital{Month: claim.DayOf(2025, 3, 1).Month(), Insutype: "310", Stays: n("stays"), Grouped: n("grouped"), YearStays: n("stays"), Ambiguous: n("qy"),
				Failed: n("failed"), CMI: m("cmi"), Expected: m("expected"), PayRatio: m("pay_ratio"), Heavy: m("heavy"), HeavyBefore: m("heavy_before"),
				Severe: m("severe"), SevereHigh: m("severe_high"), CostIndex: m("cost_index"), TimeIndex: m("time_index"), QuarterStays: n("quarter_stays"), Asked: n("asked")}
		}
		w.mix.Stays[MixKey{r["fixmedins_code"], r["mdtrt_id"]}] = s
		t.names[s] = r["mdtrt_id"]
	}
}

func (w *world) options(c *Card, k *Case) Options {
	o := Options{Params: map[string]map[string]any{c.ID: k.Params}}
	if w.mix != nil {
		o.CaseGroups = w.mix.ID
	}
	return o
}

func isMixTable(name string) bool { return name == "case_group" || name == "case_regroup" }

func groupOf(r map[string]string) MixGroup {
	w, _ := claim.ParseDecimal(r["weight"], 6)
	return MixGroup{ADRG: r["adrg"], Group: r["drg"], Weight: w, Payable: fenOf(r["payable"])}
}

func fenOf(s string) claim.Money { v, _ := claim.ParseDecimal(s, 2); return claim.Money(v) }

func codesOf(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "|")
}

// toldGroups answers from the rows of a case.
type toldGroups struct {
	again []map[string]string
	names map[*MixStay]string
}

func (t *toldGroups) find(s *MixStay, want func(r map[string]string) bool) (MixGroup, bool) {
	for _, r := range t.again {
		if (r["mdtrt_id"] == "" || r["mdtrt_id"] == t.names[s]) && want(r) {
			return groupOf(r), true
		}
	}
	return MixGroup{}, false
}

// Regroup finds the row that says so.
func (t *toldGroups) Regroup(s *MixStay, without []string, principal string) (MixGroup, bool) {
	return t.find(s, func(r map[string]string) bool {
		return r["with"] == "" && slices.Equal(codesOf(r["without"]), without) && r["principal"] == principal
	})
}

// Merge finds the row that says so.
func (t *toldGroups) Merge(a, b *MixStay) (MixGroup, bool) {
	return t.find(b, func(r map[string]string) bool { return r["with"] == t.names[a] })
}
