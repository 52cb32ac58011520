package oracle

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// factory are the values of 规则口径 that no card has for a parameter; all others are in the cards' files.
func factory() map[string]map[string]string {
	return map[string]map[string]string{
		"B009": {"hours": "24"},
		"G030": {"pair": "310|390"},
		"fill": {"min": "0.3"},
	}
}

// text is a parameter as 规则口径 or, for cards that it leaves to their files, the card's file writes it.
func (j *judge) text(card, name string) string {
	if v, ok := j.c.Params[card][name]; ok {
		return v
	}
	if v, ok := shippedCards()[card].params[name]; ok {
		return fmt.Sprint(v)
	}
	return ""
}

// param is a card's parameter as an integer of 10^-scale; a misspelt one panics, for only tests come here.
func (j *judge) param(card, name string, scale int) int64 {
	n, err := claim.ParseDecimal(j.text(card, name), scale)
	if err != nil {
		panic("oracle: parameter " + card + "." + name + ": " + err.Error())
	}
	return n
}

func (j *judge) int(card, name string) int { return int(j.param(card, name, 0)) }

// needs are the tables without a single row of which a card judges nothing.
var needs = map[string]string{
	"A001": "person", "A002": "person", "A003": "person", "A004": "person", "A005": "person", "A006": "person",
	"A022": "catalogue", "B004": "lab", "B005": "price_limit", "B029": "credential",
	"B030": "agreement", "C024": "person", "G003": "bed_move", "G004": "selfpay_visit",
	"G015": "person", "H003": "chronic", "H004": "chronic", "H007": "contract", "I001": "death", "I006": "person",
	"I007": "institution", "L002": "medorder", "G012": "medorder|record", "L003": "person", "L004": "operation",
}

// able tells whether the city has a table that the card needs (one of them, where | separates).
func (c *City) able(card string) bool {
	if factoryNeeds := needs[card]; factoryNeeds == "" && slices.ContainsFunc(newCards(), func(n cardJudge) bool { return n.id == card }) {
		for _, n := range shippedCards()[card].needs {
			table, _, _ := strings.Cut(n, ".")
			if len(c.table(table)) == 0 {
				return false
			}
		}
		return true
	}
	if needs[card] == "" {
		return true
	}
	for t := range strings.SplitSeq(needs[card], "|") {
		if len(c.table(t)) > 0 {
			return true
		}
	}
	return false
}

// filled tells whether the institution fills the columns that the card needs.
func (j *judge) filled(card, inst string) bool {
	return !j.c.lacks(card, inst)
}

// measure computes column fill and finds the batch-booked items (规则口径 一 批量记账, fill).
func (c *City) measure() {
	c.fill, c.batch = map[string]float64{}, map[string]bool{}
	rows, have := map[string]int{}, map[string]int{}
	sum, instant := map[string]int{}, map[string]map[int64]int{}
	for _, r := range c.table("fee") {
		inst := r["fixmedins_code"]
		rows[inst]++
		for _, col := range []string{"med_chrgitm_type", "bilg_dept_codg"} {
			if r[col] != "" {
				have[inst+"|"+col]++
			}
		}
		if r.qty("cnt") <= 0 {
			continue
		}
		t := r.time("fee_ocur_time")
		k := batchKey(inst, r["hilist_code"], t.Day())
		if instant[k] == nil {
			instant[k] = map[int64]int{}
		}
		sum[k]++
		instant[k][t.Clock()]++
	}
	for k, n := range have {
		inst, _, _ := strings.Cut(k, "|")
		c.fill[k] = float64(n) / float64(rows[inst])
	}
	for k, times := range instant {
		for _, n := range times {
			if sum[k] >= 100 && n*5 > sum[k] {
				c.batch[k] = true
			}
		}
	}
}

func batchKey(inst, item string, day claim.Day) string {
	return inst + "|" + item + "|" + day.Month().String()
}

func (c *City) batched(l *line) bool { return c.batch[batchKey(l.inst, l.row["hilist_code"], l.day)] }
