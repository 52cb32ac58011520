package rule

import (
	"os"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
)

// testSource is the text of the test of facts: every fact must be asked there.
func testSource() (string, error) {
	b, err := os.ReadFile("guard_test.go")
	return string(b), err
}

const guardedHead = "stages: [事后]\npoints: true\nmessage: \"{项目}不合条件\"\n"

// A guard narrows a card: before a line check, on each violating line of a group check, on the visit or settlement of others.
func TestGuardNarrowsCards(t *testing.T) {
	t.Parallel()
	day := `{subject_code: "990300000000001", limit_value: 1, unit: 次}`
	for name, x := range map[string][2]string{
		"line check": {"kind: ATTR\ncheck: sex\nlevel: line\nguard: inst.tier <= 2", `
  - {name: 二级, given: {point: {subject_code: "990300000000001", sex: 女}, fee: {hilist_code: "990300000000001"}}, expect: [f1], vola_amt: 10}
  - {name: 三级, given: {institution: {fixmedins_code: h1, hosp_lv: "03"}, point: {subject_code: "990300000000001", sex: 女}, fee: {hilist_code: "990300000000001"}}, expect: []}
  - {name: 级别不详, given: {institution: {fixmedins_code: h1, hosp_lv: 11}, point: {subject_code: "990300000000001", sex: 女}, fee: {hilist_code: "990300000000001"}}, expect: [], not_judged: true}
`},
		"group check: only the violating lines are asked": {"kind: FREQ\ncheck: day\nlevel: day\nguard: line.hour >= 12", `
  - {name: 下午的一次, given: {point: ` + day + `, fee: [{hilist_code: "990300000000001", fee_ocur_time: "2025-03-10 09:00:00"}, {hilist_code: "990300000000001", fee_ocur_time: "2025-03-10 10:00:00"}, {hilist_code: "990300000000001", fee_ocur_time: "2025-03-10 14:00:00"}]}, expect: [f3], vola_amt: 10}
  - {name: 都在上午, given: {point: ` + day + `, fee: [{hilist_code: "990300000000001", fee_ocur_time: "2025-03-10 09:00:00"}, {hilist_code: "990300000000001", fee_ocur_time: "2025-03-10 10:00:00"}]}, expect: []}
  - {name: 钟点不详, given: {point: ` + day + `, fee: [{hilist_code: "990300000000001", fee_ocur_time: "2025-03-10"}, {hilist_code: "990300000000001", fee_ocur_time: "2025-03-10"}]}, expect: [], not_judged: true}
`},
		"visit": {"kind: FREQ\ncheck: visits_day\nlevel: person\nparams: {n: 3}\nguard: person.age < 70", `
  - {name: 不到七十, given: {institution: [{fixmedins_code: h1}, {fixmedins_code: h2}, {fixmedins_code: h3}], visit: [{mdtrt_id: m1}, {mdtrt_id: m2, fixmedins_code: h2}, {mdtrt_id: m3, fixmedins_code: h3}]}, expect: [m3]}
  - {name: 七十以上, given: {person: {brdy: "1950-01-01"}, institution: [{fixmedins_code: h1}, {fixmedins_code: h2}, {fixmedins_code: h3}], visit: [{mdtrt_id: m1}, {mdtrt_id: m2, fixmedins_code: h2}, {mdtrt_id: m3, fixmedins_code: h3}]}, expect: []}
`},
		"settlement": {"kind: TIME\ncheck: settle_before\nlevel: settlement\nguard: settle.total_fen > yuan(10)", `
  - {name: 多于十元, given: {visit: {begntime: "2025-03-10 09:00:00"}, settlement: {setl_time: "2025-03-01 09:00:00"}, fee: {hilist_code: a, pric: 11}}, expect: [m1]}
  - {name: 十元, given: {visit: {begntime: "2025-03-10 09:00:00"}, settlement: {setl_time: "2025-03-01 09:00:00"}, fee: {hilist_code: a, pric: 10}}, expect: []}
`},
	} {
		t.Run(name, func(t *testing.T) { runCases(t, celCard(t, guardedHead+x[0], strings.TrimPrefix(x[1], "\n"))) })
	}
}

// Kind CEL alone: lines that points select, visits and stays with their money.
func TestConditionCards(t *testing.T) {
	t.Parallel()
	t.Run("points", func(t *testing.T) {
		c := celCard(t, "kind: CEL\ncheck: line\nlevel: line\nstages: [事前, 事后]\npoints: true\nmessage: \"{项目}{年龄}\"\nguard: person.age < 6\nexempt: [rescue]", `
  - {name: 五岁, given: {person: {brdy: "2020-01-01"}, point: {subject_code: a}, fee: [{hilist_code: a}, {hilist_code: b}]}, expect: [f1], vola_amt: 10}
  - {name: 六岁, given: {person: {brdy: "2019-01-01"}, point: {subject_code: a}, fee: {hilist_code: a}}, expect: []}
  - {name: 抢救, given: {person: {brdy: "2020-01-01"}, visit: {resc_flag: 1}, point: {subject_code: a}, fee: {hilist_code: a}}, expect: []}
`[1:])
		runCases(t, c)
	})
	t.Run("visit", func(t *testing.T) {
		c := celCard(t, "kind: CEL\ncheck: visit\nlevel: visit\nstages: [事后]\npoints: false\nparams: {whole: true}\nmessage: \"{机构}{金额}\"\nguard: visit.outpatient && visit.scope_fen > yuan(100)", `
  - {name: 过百, given: {fee: [{hilist_code: a, pric: 60}, {hilist_code: b, pric: 60}]}, expect: [m1], vola_amt: 120}
  - {name: 刚好一百, given: {fee: [{hilist_code: a, pric: 60}, {hilist_code: b, pric: 40}]}, expect: []}
`[1:])
		runCases(t, c)
	})
	t.Run("stay", func(t *testing.T) {
		c := celCard(t, "kind: CEL\ncheck: stay\nlevel: stay\nstages: [事后]\npoints: false\nmessage: \"住院{天数}天\"\nguard: visit.days >= 10", `
  - {name: 接续十天, given: {visit: [{mdtrt_id: m1, med_type: 21, begntime: "2025-03-01 09:00:00", endtime: "2025-03-06 09:00:00", dscg_way: 9}, {mdtrt_id: m2, med_type: 21, begntime: "2025-03-06 10:00:00", endtime: "2025-03-11 09:00:00"}]}, expect: [m2], vola_amt: 0}
  - {name: 九天, given: {visit: {med_type: 21, begntime: "2025-03-01 09:00:00", endtime: "2025-03-10 09:00:00"}}, expect: []}
`[1:])
		runCases(t, c)
	})
}

// A condition whose worst case is dear is counted while it runs, and stopped: not judged, never a hit.
func TestConditionCost(t *testing.T) {
	t.Parallel()
	many := ""
	for i := range 60 {
		many += `{diag_code: "Z` + strings.Repeat("9", 1+i%3) + string(rune('a'+i%26)) + string(rune('a'+i/26)) + `"}, `
	}
	c := celCard(t, lineHead+"diag.all(a, diag.exists(b, a == b) && a != 'I10')", `
  - {name: 一个诊断, given: {diagnosis: {diag_code: Z9}, fee: {hilist_code: a}}, expect: [f1]}
  - {name: 有I10, given: {diagnosis: {diag_code: I10}, fee: {hilist_code: a}}, expect: []}
  - {name: 六十个诊断, given: {diagnosis: [`[1:]+strings.TrimSuffix(many, ", ")+`], fee: {hilist_code: a}}, expect: [], not_judged: true}
`)
	runCases(t, c)
}

// The condition is part of what a card says: changing it changes the card's version, and so what months are due.
func TestGuardIsPartOfTheVersion(t *testing.T) {
	t.Parallel()
	cases := "  - {name: 是, given: {fee: {hilist_code: a, pric: 11}}, expect: [f1]}\n  - {name: 否, given: {fee: {hilist_code: a, pric: 1}}, expect: []}\n"
	a, b := celCard(t, lineHead+"line.amount_fen > yuan(10)", cases), celCard(t, lineHead+"line.amount_fen > yuan(9)", cases)
	if a.Version == b.Version {
		t.Error("the same version")
	}
	lib, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	if v := lib.Card("A001").Version; v == "" {
		t.Error(v)
	}
}

// Asking a condition costs what CEL itself costs: the facts are given without allocating for each question.
func TestConditionAllocatesLittle(t *testing.T) {
	c := celCard(t, lineHead+`'tag("rescue") || has_diag("I10") || visit.inpatient'`, "  - {name: 是, given: {visit: {resc_flag: 1}, fee: {hilist_code: a}}, expect: [f1]}\n  - {name: 否, given: {diagnosis: {diag_code: I11}, fee: {hilist_code: a}}, expect: []}\n")
	w, err := newWorld(c, &c.Cases[1])
	if err != nil {
		t.Fatal(err)
	}
	e, _, err := w.judge(c, &c.Cases[1])
	if err != nil {
		t.Fatal(err)
	}
	t1, ok := claim.NewAssembler(e.b.Vocab, w.rows.Sources(), claim.DayOf(2025, 3, 31)).Next()
	if !ok {
		t.Fatal("no person")
	}
	e.t = t1
	if n := testing.AllocsPerRun(100, func() { e.ask(e.b.cards[0], 0, 0, 0) }); n > 3 {
		t.Errorf("%v allocations", n)
	}
}
