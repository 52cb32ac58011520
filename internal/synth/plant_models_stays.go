package synth

import (
	"github.com/mingjian/mingjian/internal/claim"
)

const progress = "患者神志清楚精神可诉咳嗽咳痰较前减轻夜间可平卧饮食睡眠尚可二便正常查体双肺呼吸音粗可闻及少量湿性啰音心率齐各瓣膜听诊区未闻及病理性杂音腹软无压痛反跳痛肝脾肋下未触及双下肢无水肿复查血常规示白细胞较前下降继续抗感染化痰平喘治疗注意观察体温变化择期复查胸部影像"

// stays plays in-patients.
func (q *quarter) stays() {
	from, days := q.span()
	h := q.hosps
	for g := range 2 {
		// a village is fetched: six, different complaints, within a day
		fetched := q.people(6, "示例新区"+itoa(g+1)+"组")
		for k, p := range fetched {
			q.live(p, func(l *life) { q.shortStay(l, h[15+g], from+claim.Day(days/4+k%2), k, 4) })
		}
		q.members("G020", false, fetched)
		// 五同: four of a street, one complaint, one bill
		same := q.people(4, "示例新区同乐里"+itoa(g+1)+"号")
		for k, p := range same {
			q.live(p, func(l *life) {
				q.level(q.shortStay(l, h[17+g], from+claim.Day(days/3+k), 1, 4), 300_000+claim.Money(k)*250)
			})
		}
		q.members("G021", false, same)
		// companions: in and out together, twice
		pals := q.people(4, "")
		for k, p := range pals {
			q.live(p, func(l *life) {
				q.shortStay(l, h[3+g], from+1, k, 3)
				q.shortStay(l, h[3+g], from+claim.Day(max(21, days/2)), k+3, 3)
			})
		}
		q.members("G022", false, pals)
		// one stay dear beyond all
		p := q.person()
		x := q.live(p, func(l *life) {
			q.extra(q.shortStay(l, h[7+g], from+claim.Day(days/2), 0, 4), "care", 900, at(from+claim.Day(days/2)+1, 10*3600))
		})
		q.caseOf("C020", false)(p, h[7+g], "", x[0].no)
		// each day costs the same to the cent
		p = q.person()
		x = q.live(p, func(l *life) { q.flat(q.shortStay(l, h[9+g], from+claim.Day(days/3), 2, 7)) })
		q.caseOf("G026", false)(p, h[9+g], "", x[0].no)
		// a nail is billed and another one registered
		p = q.person()
		x = q.live(p, func(l *life) {
			q.extra(q.shortStay(l, h[11+g], from+claim.Day(days/3), 3, 4), "nailA", 1, at(from+claim.Day(days/3)+1, 10*3600))
		})
		q.implantRow(&x[0], "nailB")
		q.caseOf("E005", false)(p, h[11+g], "", x[0].no)
	}
	outbreak := q.people(6, "示例新区寄宿学校")
	for k, p := range outbreak { // who falls ill together does not get well together: the bills differ
		q.live(p, func(l *life) { q.shortStay(l, h[18], from+claim.Day(days/5), 1, 3+k%4) })
	}
	q.members("G020", true, outbreak)
	various := q.people(4, "示例新区各家里9号")
	for k, p := range various {
		q.live(p, func(l *life) {
			q.level(q.shortStay(l, h[19], from+claim.Day(days/6), 1, 4), 300_000+claim.Money(k)*37_500)
		})
	}
	q.members("G021", true, various)
	course := q.people(4, "")
	for _, p := range course {
		q.live(p, func(l *life) {
			for n := range 2 {
				v := q.shortStay(l, h[2], from+2+claim.Day(n*21), 1, 3)
				v.diags = []string{"Z51.100", "C50.900"}
				v.planned = true
			}
		})
	}
	q.members("G022", true, course)
	p := q.person()
	x := q.live(p, func(l *life) {
		v := q.shortStay(l, h[9], from+claim.Day(days/3), 0, 4)
		q.extra(v, "care", 900, at(v.day()+1, 10*3600))
		v.rescue = true
	})
	q.caseOf("C020", true)(p, h[9], "", x[0].no)
	p = q.person()
	x = q.live(p, func(l *life) {
		v := q.shortStay(l, h[11], from+claim.Day(days/3), 2, 7)
		q.flat(v)
		v.diags[0] = "F20.900"
	})
	q.caseOf("G026", true)(p, h[11], "", x[0].no)
	p = q.person()
	x = q.live(p, func(l *life) {
		q.extra(q.shortStay(l, h[13], from+claim.Day(days/3), 3, 4), "nailA", 1, at(from+claim.Day(days/3)+1, 10*3600))
	})
	q.implantRow(&x[0], "nailA")
	q.caseOf("E005", true)(p, h[13], "", x[0].no)
	q.sameNotes()
}

// dues bills care for a sum of whole yuan.
func (q *quarter) dues(v *visit, sum claim.Money, t claim.Time) {
	q.extra(v, "care", float64(sum/100), t).price = claim.PriceOne
}

// level fills a stay's bill up to a sum.
func (q *quarter) level(v *visit, sum claim.Money) {
	var has claim.Money
	for i := range v.lines {
		v.lines[i].tally()
		has += v.lines[i].det
	}
	if has < sum {
		q.dues(v, sum-has, at(v.day()+1, 16*3600))
	}
}

// flat levels every day of a stay to the dearest.
func (q *quarter) flat(v *visit) {
	sums := map[claim.Day]claim.Money{}
	var most claim.Money
	kept := v.lines[:0]
	for _, ln := range v.lines {
		if ln.at.Day() < v.end.Day() && !ln.in3("03 04") { // or every day would cost what the day of the examinations does (C020)
			kept = append(kept, ln)
		}
	}
	v.lines = kept
	for i := range v.lines {
		v.lines[i].tally()
		sums[v.lines[i].at.Day()] += v.lines[i].det
	}
	for _, m := range sums {
		most = max(most, m)
	}
	for d := v.day(); d < v.end.Day(); d++ {
		if miss := most - sums[d]; miss >= 100 {
			q.dues(v, miss, at(d, 16*3600))
		}
	}
}

func (q *quarter) implantRow(x *done, key string) {
	q.o.named("implant", "fixmedins_code", x.v.inst.code, "mdtrt_id", x.no, "udi", "(01)99"+x.no, "hilist_code", q.items[key].Code, "used_time", stampOf(at(x.day+1, 10*3600)))
}

// sameNotes writes progress notes and laboratory results of stays: copied ones, and ones that only share a template.
func (q *quarter) sameNotes() {
	from, days := q.span()
	for j, h := range q.hosps {
		r, s := role("G013", j), role("G014", j)
		if r+s == 0 {
			continue
		}
		for k, p := range q.people(6, "") {
			x := q.live(p, func(l *life) { q.shortStay(l, h, from+claim.Day(days/3+k), k, 4) })[0]
			if r > 0 {
				text := progress
				if r == 2 {
					text = "患者今日一般情况可体温三十六度" + itoa(k) + "脉搏" + itoa(62+k*5) + "次呼吸" + itoa(16+k) + "次血压" + itoa(108+k*6) + "收缩压" + itoa(60+k*4) + "舒张压白细胞" + itoa(4+k) + "点" + itoa(9-k) +
						"血红蛋白" + itoa(110+k*7) + "血小板" + itoa(150+k*23) + "血糖" + itoa(4+k) + "点" + itoa(k) + "入量" + itoa(1500+k*77) + "出量" + itoa(1300+k*91) + "引流" + itoa(k*20) + "毫升疼痛评分" + itoa(k) + "分继续目前治疗"
				}
				q.o.named("record", "fixmedins_code", h.code, "mdtrt_id", x.no, "doc_no", "N"+x.no, "doc_type", "日常病程记录", "doc_time", stampOf(at(x.day+2, 9*3600)), "dr_code", x.v.doc.code, "content", text)
			}
			if s > 0 {
				for i := range 9 {
					val := 41 + i*13
					if s == 2 {
						val += k * (i + 1)
					}
					q.o.named("lab", "fixmedins_code", h.code, "mdtrt_id", x.no, "rpotc_no", "G"+x.no, "psn_no", p.no(q.first), "item_srt", itoa(i+1), "item_code", "GL"+itoa(i), "item_name", "指标"+itoa(i),
						"rslt_val", itoa(val/10)+"."+itoa(val%10), "sapl_time", stampOf(at(x.day+1, 7*3600)), "rpt_time", stampOf(at(x.day+1, 10*3600)))
				}
			}
		}
	}
}
