package synth

import (
	"fmt"

	"github.com/mingjian/mingjian/internal/claim"
)

// boxShops are the pharmacies whose boxes the quarter follows: four for the collection rate, four for boxes from hospitals.
const boxShops = 8

// boxes plays what trace codes show across many sales: T012 and T018. The patient pays for these goods, so that no card of
// boxes claims money for them.
func (q *quarter) boxes() {
	shops, serial := q.pl.by[kindBoxShop], 0
	code := func() string { serial++; return fmt.Sprintf("9900003%09d%04d", serial, serial%9973) }
	month := max(q.first, q.last.Month().First())
	// 25 sales in the last month; of every 25 so many lack a code.
	sell := func(shop *institution, bare int, item string, uploaded bool) {
		for k, p := range q.people(25, "") {
			key, c := "bulk", code()
			if k < bare {
				key = item
			}
			x := q.live(p, func(l *life) {
				v := l.visit(shop, "41", at(month+1+claim.Day(k%24), 9*3600+k*700), "A02")
				ln := q.extra(v, key, float64(2+k), addSec(v.begin, 30))
				if k >= bare {
					ln.code = c
				}
				v.end = lastLine(v)
				v.till()
			})[0]
			if uploaded && k < bare {
				q.o.named("sale", "fixmedins_code", shop.code, "rtal_docno", "X"+x.no, "line_no", "1", "med_list_codg", q.items[key].Code, "setl_id", string(x.v.appendSetl(nil, 0)), "mdtrt_id", x.no,
					"psn_no", p.no(q.first), "sel_retn_cnt", itoa(2+k), "sel_retn_time", stampOf(addSec(x.v.begin, 40)), "drug_trac_codg", c, "trdn_flag", "0")
			}
		}
	}
	sell(shops[0], 5, "bulk", false)
	sell(shops[1], 10, "bulk", false)
	sell(shops[2], 1, "bulk", false)
	sell(shops[3], 8, "nocode", false)
	q.of("T012", false, shops[0], shops[1])
	q.of("T012", true, shops[2], shops[3])
	q.handed(shops[4:], code)
}

// handed plays boxes that a hospital gave out and a pharmacy sold again: six of two patients; the twins are four boxes, and six
// that the hospital took back.
func (q *quarter) handed(shops []*institution, code func() string) {
	from, days := q.span()
	for g, n := range []int{6, 6, 4, 6} {
		hosp, codes := q.hosps[8+g], make([]string, n)
		for k := range codes {
			codes[k] = code()
		}
		for who, p := range q.people(2, "") {
			q.live(p, func(l *life) {
				for k := who; k < n; k += 2 {
					v := q.seenBy(l, hosp, weekday(from+claim.Day(2+k*days/12)), 9*3600+k*1300, k)
					q.extra(v, "bulk", float64(1+k), addSec(v.begin, 40)).code = codes[k]
					v.undo = g == 3
				}
			})
		}
		for k, p := range q.people(n, "") {
			q.live(p, func(l *life) {
				v := l.visit(shops[g], "41", at(min(q.last-1, from+claim.Day(14+k*days/12)), 10*3600+k*1500), "A02")
				q.extra(v, "bulk", float64(1+k), addSec(v.begin, 40)).code = codes[k]
				v.end = lastLine(v)
				v.till()
			})
		}
		q.of("T018", g > 1, shops[g])
	}
}
