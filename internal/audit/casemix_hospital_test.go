package audit_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/casemix"
	"github.com/mingjian/mingjian/internal/casemix/mix"
	"github.com/mingjian/mingjian/internal/casemix/pay"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// cohort writes hospitals with forty stays a month, paid by the sample parameters, that differ in one thing each.
type cohort struct {
	rows    map[string]*strings.Builder
	weights map[string]pay.Weight
	n       int
	inst    map[string]string // of a stay
}

// months of the cohort; the last ends a quarter.
var cohortMonths = []string{"2025-10", "2025-11", "2025-12"}

type likeness struct {
	dx    string // joined by |
	group string
	days  int
	extra int64 // fen beyond what the group is paid
}

var (
	plainStay  = likeness{"J18.900", "ES25", 6, 0}
	codedStay  = likeness{"J18.900|E11.900", "ES23", 6, 0}
	strokeStay = likeness{"I63.900", "BR25", 6, 0}
	heavyStay  = likeness{"I61.900|J96.000", "BR11", 6, 0}
	unreadable = likeness{"一二三", "", 6, 0}
)

func (c *cohort) say(table, format string, a ...any) { fmt.Fprintf(c.rows[table], format+"\n", a...) }

// stay books one; its fund money by item is what the group pays but for extra, so that 结付率 is near 1.
func (c *cohort) stay(inst, month string, x likeness) string {
	c.n++
	id, psn := fmt.Sprintf("CM%05d", c.n), fmt.Sprintf("99019%07d", c.n)
	c.inst[id] = inst
	standard := int64(c.weights[x.group].Weight) * 8800 / 10_000 // fen at 8,800 yuan, level 2
	cost := max(standard, 300_000) + 15_200 + x.extra
	fund := cost - 100_000
	out := fmt.Sprintf("%s-%02d", month, 20+c.n%8)
	d, _ := claim.ParseDay(out)
	c.say("person", "%s,%d,1980-01-01,310,990101", psn, 1+c.n%2)
	c.say("visit", "%s,%s,%s,310,21,%s 09:00:00,%s 10:00:00,2,1", id, psn, inst, d-claim.Day(x.days), out)
	for i, code := range strings.Split(x.dx, "|") {
		main := 0
		if i == 0 {
			main = 1
		}
		c.say("diagnosis", "%s,1,2,%d,%d,%s", id, main, i+1, code)
	}
	c.say("settlement", "S%s,%s,%s,%s,310,21,%s 11:00:00,%s,%s,%s", id, id, psn, inst, out, claim.Money(cost), claim.Money(fund), claim.Money(fund))
	return id
}

// some books n stays of a month.
func (c *cohort) some(inst, month string, n int, x likeness) {
	for range n {
		c.stay(inst, month, x)
	}
}

// A hospital that differs in one thing is told of by the card that looks at that thing and by no other; its twin, which differs in
// something the card must not mind or just not enough, is told of by none.
func TestHospitalsOfCaseGroups(t *testing.T) {
	t.Parallel()
	weights, err := pay.ReadWeights(casemix.ShippedTables())
	if err != nil {
		t.Fatal(err)
	}
	c := &cohort{rows: map[string]*strings.Builder{}, weights: weights, inst: map[string]string{}}
	for table, head := range map[string]string{"institution": "fixmedins_code,fixmedins_name,fixmedins_type,hosp_lv,admdvs", "person": "psn_no,gend,brdy,insutype,insu_admdvs",
		"visit": "mdtrt_id,psn_no,fixmedins_code,insutype,med_type,begntime,endtime,adm_way,dscg_way", "diagnosis": "mdtrt_id,diag_type,inout_diag_type,maindiag_flag,diag_srt_no,diag_code",
		"settlement": "setl_id,mdtrt_id,psn_no,fixmedins_code,insutype,med_type,setl_time,medfee_sumamt,inscp_scp_amt,fund_pay_sumamt", "special_case": "mdtrt_id,fixmedins_code,appy_date,materials,appy_stas"} {
		c.rows[table] = &strings.Builder{}
		c.say(table, "%s", head)
	}
	last := cohortMonths[2]
	longer, dearer := plainStay, plainStay
	longer.days, dearer.extra = 22, 170_000
	somewhat := plainStay
	somewhat.days = 9
	asked := func(inst string, n, returned int) func() {
		return func() {
			for _, m := range cohortMonths {
				for range 40 {
					id := c.stay(inst, m, plainStay)
					if n+returned > 0 && m == last {
						state := ""
						if n--; n < 0 {
							state = "退回"
							returned--
						}
						c.say("special_case", "%s,%s,2026-01-05,申请表;病案首页;费用清单;出院记录,%s", id, inst, state)
					}
				}
			}
		}
	}
	two := func(f func(m string)) { f(cohortMonths[0]); f(cohortMonths[1]) }
	all := func(inst string, x likeness) func() {
		return func() {
			for _, m := range cohortMonths {
				c.some(inst, m, 40, x)
			}
		}
	}
	want := map[string]string{}
	for n, x := range []struct {
		card string
		make func(inst string)
	}{
		{"", func(i string) { all(i, plainStay)() }},
		{"R012", func(i string) { two(func(m string) { c.some(i, m, 40, plainStay) }); c.some(i, last, 40, codedStay) }},
		{"", func(i string) { // another structure is no drift
			two(func(m string) { c.some(i, m, 20, plainStay); c.some(i, m, 20, strokeStay) })
			c.some(i, last, 40, strokeStay)
		}},
		{"R007", func(i string) {
			two(func(m string) { c.some(i, m, 40, plainStay) })
			c.some(i, last, 39, plainStay)
			c.some(i, last, 1, unreadable)
		}},
		{"", func(i string) { // one of fifty is the bound
			two(func(m string) { c.some(i, m, 40, plainStay) })
			c.some(i, last, 49, plainStay)
			c.some(i, last, 1, unreadable)
		}},
		{"R016", func(i string) { all(i, dearer)() }},
		{"R020", func(i string) { all(i, longer)() }},
		{"", func(i string) { all(i, somewhat)() }},
		{"R017", func(i string) {
			two(func(m string) { c.some(i, m, 30, plainStay); c.some(i, m, 10, heavyStay) })
			c.some(i, last, 33, plainStay)
			c.some(i, last, 7, heavyStay)
		}},
		{"", func(i string) { // a fifth fewer is not three tenths
			two(func(m string) { c.some(i, m, 30, plainStay); c.some(i, m, 10, heavyStay) })
			c.some(i, last, 32, plainStay)
			c.some(i, last, 8, heavyStay)
		}},
		{"R013", func(i string) { asked(i, 7, 0)() }},
		{"", func(i string) { asked(i, 6, 3)() }},
		{"", func(i string) { c.some(i, last, 29, unreadable) }}, // too few to say anything
	} {
		inst := fmt.Sprintf("H99019%05d", n+1)
		c.say("institution", "%s,第%d医院,1,05,990101", inst, n+1)
		want[inst] = x.card
		x.make(inst)
	}
	tables := t.TempDir()
	for table, b := range c.rows {
		if err := os.WriteFile(filepath.Join(tables, table+".csv"), []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	if _, err := mix.Choose(dir, mix.Chosen{}); err != nil {
		t.Fatal(err)
	}
	_, fs := auditIn(t, dir, tables, func(*knowledge.Store) {})
	got := map[string]map[string]int{}
	for _, f := range fs {
		if !slices.Contains([]string{"R007", "R012", "R013", "R016", "R017", "R020"}, f.Rule) {
			continue
		}
		inst := c.inst[f.Mdtrt]
		if got[inst] == nil {
			got[inst] = map[string]int{}
		}
		got[inst][f.Rule]++
		if f.Vola != 0 {
			t.Errorf("%s at %s claims %s", f.Rule, inst, f.Vola)
		}
	}
	for inst, card := range want {
		if card == "" && len(got[inst]) > 0 {
			t.Errorf("%s differs in nothing that matters, got %v", inst, got[inst])
		}
		if card != "" && (len(got[inst]) != 1 || got[inst][card] == 0) {
			t.Errorf("%s should be told of by %s alone, got %v", inst, card, slices.Collect(maps.Keys(got[inst])))
		}
	}
	for _, card := range []string{"R007", "R012", "R013", "R017"} { // what happened in one month is told once
		for inst, rules := range got {
			if rules[card] > 1 {
				t.Errorf("%s tells of %s %d times", card, inst, rules[card])
			}
		}
	}
}
