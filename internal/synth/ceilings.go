package synth

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// named writes one row of a small table from column, value pairs, in whatever order the header has the columns.
func (o *blockOut) named(table string, pairs ...string) {
	r := o.small(table)
	for _, col := range strings.Split(headers[table], ",") {
		if i := slices.Index(pairs, col); i >= 0 && i%2 == 0 {
			r.str(pairs[i+1])
		} else {
			r.none()
		}
	}
	r.end()
}

// stampOf writes a time as the tables do; NoTime is empty.
func stampOf(t claim.Time) string {
	var r row
	r.time(t)
	return string(r.b[:len(r.b)-1])
}

// dayOf does the same for a date.
func dayOf(d claim.Day) string {
	var r row
	r.day(d)
	return string(r.b[:len(r.b)-1])
}

// Yearly ceilings of the county, in yuan: high enough that ordinary illness does not come near them.
const (
	ceilingBed   = 300_000 // 住院封顶
	ceilingLarge = 400_000 // 大病封顶
	ceilingOut   = 20_000  // 门统, employees
)

// ceilingChronic by disease, in yuan.
var ceilingChronic = [][2]string{{"M03900", "6000"}, {"M01600", "8000"}, {"M04600", "12000"}, {"M04803", "9000"}, {dialysisCode, "120000"}, {malignancyCode, "150000"}}

// ceilings writes the county's yearly limits.
func (c *city) ceilings(o *blockOut) {
	from, _, _ := c.first.Civil()
	to, _, _ := c.last.Civil()
	for y := from - 1; y <= to+1; y++ {
		for _, ins := range []string{"310", "390"} {
			put := func(kind, dise, amount string) {
				o.named("benefit_limit", "admdvs", areaCounty, "insutype", ins, "limit_kind", kind, "dise_codg", dise, "year", itoa(y), "amount", amount)
			}
			put("住院封顶", "", itoa(ceilingBed))
			put("大病封顶", "", itoa(ceilingLarge))
			if ins == "310" {
				put("门统", "", itoa(ceilingOut))
			}
			for _, d := range ceilingChronic {
				put("门慢", d[0], d[1])
			}
		}
	}
}

// Institutions that stand in registers only: prescriptions and contracts name them.
const (
	onlineHospital  = "H9901010990001"
	unstaffedClinic = "H9901010990002" // nobody is registered there
	formerCounty    = "H9901010990003" // the county hospital's code before it was changed
	foreignDoctor   = "D9901010990001"
)

// leftLongAgo and leftLately are doctors of the institution whose registration ended before the window.
func (i *institution) leftLongAgo() string { return "D" + i.code[1:] + "L1" }
func (i *institution) leftLately() string  { return "D" + i.code[1:] + "L2" }

// otherStaff writes who and what is registered besides those who treat.
func (c *city) otherStaff(o *blockOut) {
	since := dayOf(c.first - 1500)
	inst := func(code, name, succ string) {
		o.named("institution", "fixmedins_code", code, "fixmedins_name", name, "fixmedins_type", "1", "hosp_lv", "05", "medins_cate", "综合医院",
			"admdvs", areaCounty, "begndate", since, "succ_code", succ)
	}
	inst(onlineHospital, "示例互联网医院", "")
	inst(unstaffedClinic, "示例门诊部", "")
	inst(formerCounty, "示例县人民医院（旧）", c.pl.by[kindCounty][0].code)
	staff := func(code, kind, inst string, to claim.Day) {
		o.named("practitioner", "prac_psn_code", code, "prac_psn_name", "张华", "prac_psn_type", kind, "pro_tech_duty", "233", "fixmedins_code", inst,
			"begndate", since, "enddate", dayOf(to))
	}
	staff(foreignDoctor, "1", onlineHospital, claim.OpenDay)
	staff(c.pl.by[kindOddShop][clerkShop].clerk(), "5", c.pl.by[kindOddShop][clerkShop].code, claim.OpenDay)
	for _, i := range c.pl.by[kindTCM] {
		staff(i.leftLongAgo(), "1", i.code, c.first-40)
		staff(i.leftLately(), "1", i.code, c.first-4)
	}
}
