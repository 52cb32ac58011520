package synth

import (
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

func testIndex(t *testing.T) *index {
	t.Helper()
	pack, err := knowledge.Starter()
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Out: "x"}
	if err := o.fill(); err != nil {
		t.Fatal(err)
	}
	ix, err := newIndex(pack, o.first()-lead, o.last())
	if err != nil {
		t.Fatal(err)
	}
	return ix
}

// TestFigures compares a city without scenarios with the guide figures of a Chinese county.
func TestFigures(t *testing.T) {
	if testing.Short() {
		t.Skip("a year of 20,000 persons")
	}
	const persons, years = 20_000, 1.0
	dir, _ := made(t, Options{Persons: persons, Months: 12, Seed: 3, Clean: true})
	within := func(name string, got, low, high float64) {
		t.Helper()
		t.Logf("%-40s %8.3f (%.3g to %.3g)", name, got, low, high)
		if got < low || got > high {
			t.Errorf("%s: %.3f, want %.3g to %.3g", name, got, low, high)
		}
	}
	end, _ := claim.ParseDay("2025-07-01")
	age, ins := map[string]int{}, map[string]string{}
	var workers, retired, residents, minors, old, adults float64
	for _, r := range newest(rows(t, dir, "person"), "psn_no") {
		born, _ := claim.ParseDay(r["brdy"])
		a := born.YearsOn(end)
		age[r["psn_no"]], ins[r["psn_no"]] = a, r["insutype"]
		switch {
		case r["psn_type"] == "12":
			retired++
			workers++
		case r["insutype"] == "310":
			workers++
		default:
			residents++
			if a < 18 {
				minors++
			}
		}
		if a >= 65 {
			old++
		}
		if a >= 18 {
			adults++
		}
	}
	n := workers + residents
	within("employees", workers/n, 0.25, 0.31)
	within("retired employees", retired/workers, 0.22, 0.32)
	within("minors among residents", minors/residents, 0.19, 0.26)
	within("65 and older", old/n, 0.14, 0.20)

	kind := map[string]byte{}
	med, nwb, inst := map[string]string{}, map[string]bool{}, map[string]string{}
	var out, shop310, shop390, stays, oldStays, days, ended, away float64
	for _, r := range newest(rows(t, dir, "visit"), "mdtrt_id") {
		id := r["mdtrt_id"]
		med[id], nwb[id], inst[id], kind[id] = r["med_type"], r["nwb_flag"] == "1", r["fixmedins_code"], r["fixmedins_code"][7]
		switch {
		case r["med_type"] == "41" && ins[r["psn_no"]] == "310":
			shop310++
		case r["med_type"] == "41":
			shop390++
		case r["med_type"][0] != '2' && r["med_type"] != "52":
			out++
		case r["nwb_flag"] != "1":
			stays++
			if age[r["psn_no"]] >= 65 {
				oldStays++
			}
			if r["fixmedins_code"][1:7] != areaCounty {
				away++
			}
			if a, err := claim.ParseTime(r["begntime"]); err == nil && r["endtime"] != "" {
				b, _ := claim.ParseTime(r["endtime"])
				days += float64(b.Day() - a.Day())
				ended++
			}
		}
	}
	within("out-patient visits a year", out/persons/years, 6, 7.3)
	within("purchases a year, employees", shop310/workers/years, 8, 10)
	within("purchases a year, residents", shop390/residents/years, 2, 3)
	within("admissions per 100", 100*stays/persons/years, 16, 20)
	within("admissions, 65+ against all", (oldStays/old)/(stays/n), 2.2, 3.4)
	within("length of stay", days/ended, 7, 9)
	within("stays outside the county", away/stays, 0.05, 0.08)

	type mean struct{ n, sum, fund, own float64 }
	cost := map[string]*mean{}
	add := func(k string, fee, fund, own claim.Money) {
		if cost[k] == nil {
			cost[k] = &mean{}
		}
		c := cost[k]
		c.n, c.sum, c.fund, c.own = c.n+1, c.sum+float64(fee)/100, c.fund+float64(fund)/100, c.own+float64(own)/100
	}
	var cheap, visits, reversals, settlements float64
	for _, r := range rows(t, dir, "settlement") {
		settlements++
		if r["refd_setl_flag"] == "1" {
			reversals++
			continue
		}
		id, fee := r["mdtrt_id"], money(t, r["medfee_sumamt"])
		fund, own := money(t, r["fund_pay_sumamt"]), money(t, r["fulamt_ownpay_amt"])
		switch m := med[id]; {
		case nwb[id]:
		case m[0] == '2' || m == "52":
			add("in "+string(kind[id]), fee, fund, own)
			add("in "+r["insutype"], fee, fund, own)
			add("in", fee, fund, own)
		case m == "11" || m == "13":
			visits++
			if fee < 10_000 {
				cheap++
			}
			add("out "+string(kind[id]), fee, fund, own)
		case m == "41":
			add("shop", fee, fund, own)
		}
	}
	avg := func(k string) float64 { return cost[k].sum / cost[k].n }
	within("visits below 100 yuan", cheap/visits, 0.55, 0.70)
	within("county out-patient visit", avg("out 0"), 170, 260)
	within("purchase", avg("shop"), 60, 150)
	within("township stay", avg("in 3"), 1900, 3000)
	within("county stay", avg("in 0"), 5000, 8000)
	within("tertiary stay", avg("in 6"), 11_000, 18_000)
	within("fund share of stays, employees", cost["in 310"].fund/cost["in 310"].sum, 0.69, 0.78)
	within("fund share of stays, residents", cost["in 390"].fund/cost["in 390"].sum, 0.58, 0.68)
	within("outside the catalogue", cost["in"].own/cost["in"].sum, 0.05, 0.12)
	within("reversed settlements", reversals/settlements, 0.005, 0.01)

	var lines, stayLines float64
	per := map[string]int{}
	eachRow(t, dir, "fee", func(_, head, rec []string) {
		lines++
		if id := rec[1]; (med[id][0] == '2' || med[id] == "52") && !nwb[id] {
			stayLines++
			per[id]++
		}
	})
	within("lines a stay", stayLines/stays, 60, 250)
	operated := map[string]bool{}
	for _, r := range rows(t, dir, "operation") {
		operated[r["mdtrt_id"]] = true
	}
	var county, cut float64
	for id := range per {
		if kind[id] == '0' {
			county++
			if operated[id] {
				cut++
			}
		}
	}
	within("operations at county level", cut/county, 0.25, 0.40)
	reg := map[string]float64{}
	for _, r := range rows(t, dir, "chronic") {
		reg[r["dise_codg"]]++
	}
	within("hypertension among adults", reg["M03900"]/adults, 0.08, 0.11)
	within("diabetes among adults", reg["M01600"]/adults, 0.035, 0.05)
	within("births per 1000", 1000*float64(len(rows(t, dir, "birth")))/persons/years, 5.5, 7.5)
	dead := map[string]bool{}
	var veryOld float64
	for _, r := range rows(t, dir, "death") {
		if !dead[r["psn_no"]] && age[r["psn_no"]] >= 70 {
			veryOld++
		}
		dead[r["psn_no"]] = true
	}
	within("deaths per 1000", 1000*float64(len(dead))/persons/years, 6.5, 9)
	within("deaths at 70 and older", veryOld/float64(len(dead)), 0.55, 0.78)
	within("lines a person and month", lines/persons/12, 4, 5.6)
}
