package oracle

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
)

// cardData is what a card's file says that is data and not reading: parameters, exemptions, needs.
type cardData struct {
	params     map[string]any
	exempt     []string
	exemptDiag string
	needs      []string
	minFill    float64
}

// shippedCards are the cards' files. Only their data is taken; how they read is 规则口径's business and this package's.
var shippedCards = sync.OnceValue(func() map[string]cardData {
	lib, err := rule.Shipped()
	if err != nil {
		panic("oracle: " + err.Error())
	}
	out := map[string]cardData{}
	for _, c := range lib.Cards {
		d := cardData{params: c.Params, exempt: c.Exempt, exemptDiag: c.ExemptDiag, needs: c.Needs, minFill: 0.3}
		if c.MinFill != nil {
			d.minFill = *c.MinFill
		}
		out[c.ID] = d
	}
	return out
})

// Tune changes parameters of a card, in the units of its file.
func (c *City) Tune(card string, params map[string]any) {
	if c.Params[card] == nil {
		c.Params[card] = map[string]string{}
	}
	for k, v := range params {
		c.Params[card][k] = fmt.Sprint(v)
	}
}

// ratio is a parameter that is no whole number.
func (j *judge) ratio(card, name string) float64 { return float64(j.param(card, name, 6)) / 1e6 }

// exempted tells whether a visit, or the settlement asked about, has one of the card's exemptions.
func (j *judge) exempted(card string, v *visit, s *setl) bool {
	d := shippedCards()[card]
	if v != nil && v.absent {
		v = nil // nothing is known of a visit that is void
	}
	if v != nil && d.exemptDiag != "" && v.has(d.exemptDiag) {
		return true
	}
	if v != nil && v.stay != nil && slices.Contains(d.exempt, "disease_pilot") && j.pilot(v.stay) {
		return true
	}
	return slices.ContainsFunc(d.exempt, func(tag string) bool { return v != nil && v.tagged(tag, s) })
}

// pilot: an official pilot of single-disease payment at the institution names the main diagnosis on the day of admission.
func (j *judge) pilot(s *stay) bool {
	return slices.ContainsFunc(j.c.where("pilot", "fixmedins_code", s.inst), func(r row) bool {
		return r.covers(s.adm, "begndate", "enddate") && inSet(s.last().main, r["diag_set"])
	})
}

func (j *judge) exemptStay(card string, s *stay) bool {
	return s.any(func(v *visit) bool { return j.exempted(card, v, nil) })
}

// tagged is the table of context tags (规则口径 一 上下文标记).
func (v *visit) tagged(tag string, s *setl) bool {
	ss := v.setls
	if s != nil {
		ss = []*setl{s}
	}
	switch tag {
	case "newborn_with_mother":
		return v.newborn()
	case "rescue":
		return v.rescue()
	case "emergency":
		return v.emergency()
	case "trauma":
		return v.trauma()
	case "day_surgery":
		return v.daySurgery()
	case "pre_ipt":
		return v.is("pre_ipt_flag", "1")
	case "planned":
		return v.is("plan_readm_flag", "1")
	case "remote_mode":
		return v.remote()
	case "dialysis":
		return v.dialysis()
	case "oncology":
		return v.oncology()
	case "pregnancy":
		return v.pregnancy()
	case "psychiatric":
		return v.psychiatric()
	case "bed_day_pay":
		return slices.ContainsFunc(ss, func(s *setl) bool { return s.is("pay_mode", "4") })
	case "agent":
		return v.agent()
	case "family_account":
		return slices.ContainsFunc(ss, (*setl).familyAccount)
	case "death":
		return v.is("dscg_way", "5")
	case "transfer":
		return oneOf(v.row["dscg_way"], "2", "3")
	case "left":
		return v.is("dscg_way", "4")
	case "disease_pilot": // of a stay, not of a visit: see exempted
		return false
	}
	panic("oracle: no context tag " + tag)
}

// lacks tells whether an institution fills too little of a column that the card needs, over all months; lacksIn asks of bills those settled
// in the month (某机构某列当月填充率), of other tables all.
func (c *City) lacks(card, inst string) bool { return c.lacksIn(card, inst, 0) }

func (c *City) lacksIn(card, inst string, month claim.Month) bool {
	if c.whole { // a case is one span of time
		month = 0
	}
	d := shippedCards()[card]
	for _, n := range d.needs {
		table, col, named := strings.Cut(n, ".")
		if !named {
			continue
		}
		k := fmt.Sprint(card, "|", inst, "|", n, "|", month)
		share, known := c.fill[k]
		if !known {
			all, have := 0, 0
			for _, r := range c.where(table, "fixmedins_code", inst) {
				if month != 0 && oneOf(table, "fee", "settlement") && c.settled(r) != month {
					continue
				}
				all++
				if r[col] != "" {
					have++
				}
			}
			if share = 1; all > 0 {
				share = float64(have) / float64(all)
			}
			if c.fill == nil {
				c.fill = map[string]float64{}
			}
			c.fill[k] = share
		}
		if share < d.minFill {
			return true
		}
	}
	return false
}

// settled is the month of the settlement that a row of a bill names, 0 where there is none yet.
func (c *City) settled(r row) claim.Month {
	if r["setl_id"] != "" {
		for _, s := range c.where("settlement", "setl_id", r["setl_id"]) {
			return s.time("setl_time").Day().Month()
		}
	}
	return 0
}

// lines are the charged lines that a card by line judges: of institutions that fill what it needs, not exempt.
func (j *judge) lines(card string) []*line {
	return keep(j.charged(card), func(l *line) bool { return !j.c.lacksIn(card, l.inst, l.month()) && !j.exempted(card, l.visit, l.setl) })
}

// stays are the person's stays that a card judges.
func (j *judge) staysOf(card string) []*stay {
	var out []*stay
	for _, s := range j.p.stays {
		if !j.exemptStay(card, s) && !j.c.lacks(card, s.inst) {
			out = append(out, s)
		}
	}
	return out
}

// settlements are the person's settlements that a card judges, each with its visit (nil when that has not come).
func (j *judge) settlements(card string) []*setl {
	var out []*setl
	for _, s := range j.p.setls {
		if v := j.c.visits[s.row["mdtrt_id"]]; !j.c.lacksIn(card, s.row["fixmedins_code"], s.at.Day().Month()) && !j.exempted(card, v, s) {
			out = append(out, s)
		}
	}
	return out
}

// visitOfSetl is the settlement's visit, nil when it has not come.
func (j *judge) visitOfSetl(s *setl) *visit {
	if v := j.c.visits[s.row["mdtrt_id"]]; v != nil && !v.absent {
		return v
	}
	return nil
}
