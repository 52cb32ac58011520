package audit_test

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/audit/oracle"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
)

// mutant changes a case's facts, points and parameters a little: days and clocks by one, quantities by one, flags, rows.
// It knows no right answers; two evaluators must agree on what comes out.
type mutant struct {
	r      *rand.Rand
	facts  map[string][]map[string]string
	points []map[string]any
	params map[string]any
	said   []string
}

// mutate makes a changed copy of a case. The copy writes every fact out, so that nothing is filled in behind it.
func mutate(c *rule.Card, k rule.Case, w *rule.Worked, r *rand.Rand) (rule.Case, []string) {
	m := &mutant{r: r, facts: map[string][]map[string]string{}, params: maps.Clone(k.Params)}
	for table, rows := range w.Facts {
		m.facts[table] = []map[string]string{}
		for _, row := range rows {
			m.facts[table] = append(m.facts[table], maps.Clone(row.Fields))
		}
	}
	for _, p := range k.Given["point"] {
		m.points = append(m.points, maps.Clone(p))
	}
	for range 1 + r.IntN(3) {
		m.change(c)
	}
	out := rule.Case{Name: k.Name, Params: m.params, Given: maps.Clone(k.Given)}
	clear(out.Given)
	for table, rows := range m.facts {
		list := k.Given["none"]
		for _, row := range rows {
			any := map[string]any{}
			for f, v := range row {
				any[f] = v
			}
			list = append(list, any)
		}
		if list == nil {
			list = k.Given["none"][:0:0]
		}
		out.Given[table] = list
	}
	list := k.Given["none"]
	out.Given["point"] = append(list, m.points...)
	return out, m.said
}

func (m *mutant) say(format string, args ...any) {
	m.said = append(m.said, fmt.Sprintf(format, args...))
}

// aRow picks a row of a table that the case has.
func (m *mutant) aRow(tables ...string) (string, map[string]string) {
	if len(tables) == 0 {
		tables = slices.Sorted(maps.Keys(m.facts))
	}
	tables = slices.DeleteFunc(slices.Clone(tables), func(t string) bool { return len(m.facts[t]) == 0 })
	if len(tables) == 0 {
		return "", nil
	}
	t := tables[m.r.IntN(len(tables))]
	return t, m.facts[t][m.r.IntN(len(m.facts[t]))]
}

func one(r *rand.Rand, v ...string) string { return v[r.IntN(len(v))] }

func (m *mutant) change(c *rule.Card) {
	switch m.r.IntN(12) {
	case 0, 1, 2:
		m.moveTime()
	case 3, 4:
		m.moveNumber()
	case 5:
		m.dropCell()
	case 6:
		m.rows()
	case 7, 8:
		m.flag()
	case 9:
		m.tune(c)
	case 10:
		m.point()
	case 11:
		m.surround()
	}
}

// moveTime moves a date or time of a row by a little, or leaves it a day without a clock.
func (m *mutant) moveTime() {
	t, row := m.aRow()
	var cols []string
	for f, v := range row {
		if len(v) >= 10 && v[4] == '-' && v[7] == '-' {
			cols = append(cols, f)
		}
	}
	if len(cols) == 0 {
		return
	}
	slices.Sort(cols)
	f := cols[m.r.IntN(len(cols))]
	at, err := claim.ParseTime(row[f])
	if err != nil || at.Day() > claim.DayOf(2100, 1, 1) {
		return
	}
	old := row[f]
	const day = 86_400_000_000
	step := []int64{day, -day, 2 * day, -3 * day, 30 * day, -30 * day, 3_600_000_000, -3_600_000_000, 1_000_000, -1_000_000, 0}[m.r.IntN(11)]
	moved := claim.Time(at.Clock() + step).String()
	if len(old) == 10 || step == 0 {
		moved = moved[:10]
	}
	if c := claim.TableOf(t); c != nil && c.Col(f) >= 0 && c.Columns[c.Col(f)].Type == claim.Date {
		moved = moved[:10]
	}
	row[f] = moved
	m.say("%s.%s %s→%s", t, f, old, moved)
}

// moveNumber changes a quantity, price or amount by a unit or a factor.
func (m *mutant) moveNumber() {
	t, row := m.aRow()
	tab := claim.TableOf(t)
	var cols []string
	for f, v := range row {
		if tab.Col(f) < 0 || v == "" {
			continue
		}
		switch tab.Columns[tab.Col(f)].Type {
		case claim.Num, claim.Mny, claim.Prc, claim.Int:
			cols = append(cols, f)
		}
	}
	if len(cols) == 0 {
		return
	}
	slices.Sort(cols)
	f := cols[m.r.IntN(len(cols))]
	x, err := strconv.ParseFloat(row[f], 64)
	if err != nil {
		return
	}
	old := row[f]
	x = []float64{x + 1, x - 1, x * 2, x / 2, x + 0.01, x - 0.01, x * 1.5, 0}[m.r.IntN(8)]
	if x < 0 && t == "fee" {
		x = 1
	}
	prec := 2
	if tab.Columns[tab.Col(f)].Type == claim.Int {
		prec = 0
	}
	row[f] = strconv.FormatFloat(x, 'f', prec, 64)
	m.say("%s.%s %s→%s", t, f, old, row[f])
}

// dropCell empties a value that is not required.
func (m *mutant) dropCell() {
	t, row := m.aRow()
	tab := claim.TableOf(t)
	var cols []string
	for _, c := range tab.Columns {
		if row[c.Name] != "" && !c.Required && !slices.Contains(tab.Key, c.Name) && c.Name != "setl_id" {
			cols = append(cols, c.Name)
		}
	}
	if len(cols) > 0 {
		f := cols[m.r.IntN(len(cols))]
		m.say("%s.%s %s→", t, f, row[f])
		row[f] = ""
	}
}

// rows takes a row out, or writes one again under another key.
func (m *mutant) rows() {
	t, row := m.aRow()
	if t == "person" || t == "institution" {
		return
	}
	if m.r.IntN(2) == 0 {
		i := m.r.IntN(len(m.facts[t]))
		m.say("%s row %d out", t, i)
		m.facts[t] = slices.Delete(m.facts[t], i, i+1)
		return
	}
	if t == "visit" || t == "settlement" {
		return
	}
	again := maps.Clone(row)
	tab := claim.TableOf(t)
	for _, k := range append([]string{"diag_srt_no", "oprn_srt_no"}, tab.Key...) {
		if k == "mdtrt_id" || tab.Col(k) < 0 {
			continue
		}
		switch tab.Columns[tab.Col(k)].Type {
		case claim.Str:
			if k == "feedetl_sn" || strings.HasSuffix(k, "_no") || k == "source" {
				again[k] = row[k] + "x"
			}
		case claim.Int:
			again[k] = strconv.Itoa(50 + m.r.IntN(40))
		case claim.Tm, claim.Date:
			if at, err := claim.ParseTime(row[k]); err == nil {
				s := claim.Time(at.Clock() + 86_400_000_000).String()
				again[k] = s[:min(len(s), len(row[k]))]
			}
		}
	}
	m.say("%s row again", t)
	m.facts[t] = append(m.facts[t], again)
}

// flag sets a column that decides exemptions and kinds.
func (m *mutant) flag() {
	type choice struct{ table, col, values string }
	all := []choice{
		{"visit", "resc_flag", "1"}, {"visit", "er_flag", "1"}, {"visit", "nwb_flag", "1"}, {"visit", "day_surg_flag", "1"}, {"visit", "pre_ipt_flag", "1"},
		{"visit", "plan_readm_flag", "1"}, {"visit", "mdtrt_mode", "1|0"}, {"visit", "agnt_certno", "990101199001011234"}, {"visit", "dscg_way", "1|2|3|4|5|9|"},
		{"visit", "adm_way", "1|2"}, {"visit", "med_type", "11|13|1301|14|21|41|51|52"}, {"visit", "refl_to", "h2|h1"}, {"visit", "refl_from", "h2"},
		{"visit", "dise_codg", "M03900|"}, {"visit", "vali_flag", "0"}, {"visit", "insutype", "310|390|"}, {"visit", "matn_stas", "1|2"}, {"visit", "ttp_resp", "1"},
		{"visit", "fixmedins_code", "h1|h2"}, {"visit", "dscg_maindiag_code", "I10.x00|C34.900|O80.000|F20.900|Z51.100|N18.600|S72.000|Z50.100|"},
		{"fee", "inscp_scp_amt", "0|5.00|"}, {"fee", "hosp_appr_flag", "1"}, {"fee", "rxno", "r1|r2|"}, {"fee", "hi_rxno", "e1|"}, {"fee", "medc_way", "口服|静脉滴注|外用|"},
		{"fee", "side", "1|2|3|双侧|"}, {"fee", "etip_flag", "1"}, {"fee", "list_type", "101|102|201|301"}, {"fee", "dscg_tkdrug_flag", "1"}, {"fee", "hi_nego_drug_flag", "1"},
		{"fee", "med_chrgitm_type", "01|03|04|05|06|11|"}, {"fee", "prd_days", "3|7|30|90|"}, {"fee", "cnt", "0.5|2|3|10"}, {"fee", "grpno", "1|2|"}, {"fee", "incision_no", "1|2|"},
		{"fee", "body_part", "头|胸|"}, {"fee", "drord_no", "o1|o2|"}, {"fee", "bilg_dr_codg", "d1|d2|"}, {"fee", "used_frqu", "qd|tid|qod|"},
		{"settlement", "fund_pay_sumamt", "0|60"}, {"settlement", "mid_setl_flag", "1"}, {"settlement", "insutype", "310|390|"}, {"settlement", "acct_mulaid_pay", "5"},
		{"settlement", "init_setl_id", "s-none"}, {"settlement", "setl_type", "1|2"}, {"settlement", "pay_mode", "4|1"}, {"settlement", "med_type", "11|21|41"}, {"settlement", "insu_admdvs", "990101|990201"},
		{"institution", "hosp_lv", "02|05|08|11|"}, {"institution", "fixmedins_type", "1|2"}, {"institution", "group_no", "G1|"}, {"institution", "admdvs", "990101|990201|990102"},
		{"person", "gend", "1|2|9"}, {"person", "brdy", "1940-01-01|2018-03-10|2025-02-20|1990-06-01"}, {"person", "insutype", "310|390|"},
		{"operation", "side", "1|2|"}, {"medorder", "drord_type", "1|2|"}, {"record", "doc_type", "会诊记录|抢救记录|入院记录|评定"}, {"exam", "exam_part", "头颅、胸部|"},
	}
	all = slices.DeleteFunc(all, func(c choice) bool { return len(m.facts[c.table]) == 0 })
	c := all[m.r.IntN(len(all))]
	_, row := m.aRow(c.table)
	old := row[c.col]
	row[c.col] = one(m.r, strings.Split(c.values, "|")...)
	if c.col == "fixmedins_code" {
		for _, t := range []string{"fee", "settlement"} {
			for _, x := range m.facts[t] {
				if x["mdtrt_id"] == row["mdtrt_id"] {
					x["fixmedins_code"] = row[c.col]
				}
			}
		}
		if !slices.ContainsFunc(m.facts["institution"], func(x map[string]string) bool { return x["fixmedins_code"] == row[c.col] }) {
			again := maps.Clone(m.facts["institution"][0])
			again["fixmedins_code"] = row[c.col]
			m.facts["institution"] = append(m.facts["institution"], again)
		}
	}
	m.say("%s.%s %s→%s", c.table, c.col, old, row[c.col])
}

// tune moves a number among the card's parameters.
func (m *mutant) tune(c *rule.Card) {
	var names []string
	for n, v := range c.Params {
		if n == "months" && c.Kind == "STOCK" { // 规则口径 knows natural months and quarters only
			continue
		}
		switch v.(type) {
		case int, float64:
			names = append(names, n)
		}
	}
	if len(names) == 0 {
		return
	}
	slices.Sort(names)
	n := names[m.r.IntN(len(names))]
	v := c.Params[n]
	if x, ok := m.params[n]; ok {
		v = x
	}
	var moved any
	switch x := v.(type) {
	case int:
		moved = max(min(1, x), x+[]int{1, -1, 2, -2}[m.r.IntN(4)])
	case float64:
		moved = math.Round(x*[]float64{0.9, 1.1, 0.5, 2}[m.r.IntN(4)]*1000) / 1000
	default:
		return
	}
	if m.params == nil {
		m.params = map[string]any{}
	} else {
		m.params = maps.Clone(m.params)
	}
	m.params[n] = moved
	m.say("param %s %v→%v", n, v, moved)
}

// point moves a limit, window or age of a point, or empties one of its fields.
func (m *mutant) point() {
	if len(m.points) == 0 {
		return
	}
	p := m.points[m.r.IntN(len(m.points))]
	var cols []string
	for f := range p {
		if slices.Contains([]string{"limit_value", "window_d", "age_min", "age_max", "diag_set", "allow", "scope", "unit", "admdvs"}, f) {
			cols = append(cols, f)
		}
	}
	if len(cols) == 0 {
		return
	}
	slices.Sort(cols)
	f := cols[m.r.IntN(len(cols))]
	x, err := strconv.ParseFloat(fmt.Sprint(p[f]), 64)
	if err != nil || f == "admdvs" || f == "diag_set" {
		m.say("point.%s %v→", f, p[f])
		p[f] = ""
		return
	}
	moved := max(0, x+[]float64{1, -1, 2}[m.r.IntN(3)])
	m.say("point.%s %v→%v", f, p[f], moved)
	old := p[f]
	for _, o := range m.points { // of a group, all points say the same
		if o["params"] == p["params"] && o[f] == old && o["rule_id"] == p["rule_id"] {
			o[f] = moved
		}
	}
	p[f] = moved
}

// surround adds a diagnosis, an operation, days in intensive care or on leave, a refund of a line or of a settlement.
func (m *mutant) surround() {
	_, v := m.aRow("visit")
	if v == nil {
		return
	}
	at, err := claim.ParseTime(v["begntime"])
	if err != nil {
		return
	}
	when := func() string {
		return claim.Time(at.Clock() + int64(m.r.IntN(5))*86_400_000_000 + int64(m.r.IntN(20))*3_600_000_000).String()
	}
	id, n := v["mdtrt_id"], strconv.Itoa(70+m.r.IntN(20))
	add := func(t string, kv ...string) {
		row := map[string]string{}
		for i := 0; i < len(kv); i += 2 {
			row[kv[i]] = kv[i+1]
		}
		m.facts[t] = append(m.facts[t], row)
		m.say("%s +%v", t, kv)
	}
	switch m.r.IntN(7) {
	case 0, 1:
		add("diagnosis", "mdtrt_id", id, "diag_type", "1", "inout_diag_type", one(m.r, "1", "2"), "maindiag_flag", "0", "diag_srt_no", n, "diag_code",
			one(m.r, "I10.x00", "C34.900", "O24.900", "F20.900", "N18.500", "S72.000", "R05.x00", "E11.900", "Z88.000", "P07.300", "J06.900"))
	case 2:
		add("operation", "mdtrt_id", id, "oprn_srt_no", n, "oprn_oprt_code", "47.0100", "oprn_oprt_begntime", when(), "oprn_oprt_endtime", when(), "side", one(m.r, "", "1", "2"))
	case 3:
		add("icu", "mdtrt_id", id, "begntime", when(), "endtime", one(m.r, "", when()))
	case 4:
		b := when()
		add("leave", "mdtrt_id", id, "begntime", b, "endtime", b)
	case 5:
		if _, f := m.aRow("fee"); f != nil && f["cnt"] != "" && f["cnt"][0] != '-' {
			neg := maps.Clone(f)
			neg["feedetl_sn"] += "r"
			neg["cnt"] = one(m.r, "-"+f["cnt"], "-1", "-0.5")
			neg["det_item_fee_sumamt"], neg["inscp_scp_amt"] = "-"+f["det_item_fee_sumamt"], "-"+f["inscp_scp_amt"]
			if f["inscp_scp_amt"] == "" {
				neg["inscp_scp_amt"] = ""
			}
			neg["init_feedetl_sn"] = one(m.r, f["feedetl_sn"], "")
			m.facts["fee"] = append(m.facts["fee"], neg)
			m.say("fee %s taken back: %s", f["feedetl_sn"], neg["cnt"])
		}
	case 6:
		if _, s := m.aRow("settlement"); s != nil && s["refd_setl_flag"] != "1" {
			back := maps.Clone(s)
			back["setl_id"], back["refd_setl_flag"], back["init_setl_id"] = s["setl_id"]+"R", "1", s["setl_id"]
			m.facts["settlement"] = append(m.facts["settlement"], back)
			m.say("settlement %s reversed", s["setl_id"])
		}
	}
}

// The two evaluators agree on the cards' cases with facts, points and parameters moved at random: near every boundary, on
// both sides. Each compared card must speak, and keep quiet, in what was drawn.
func TestSecondOpinionOnMutants(t *testing.T) {
	t.Parallel()
	lib, err := rule.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	copies, seed := 2, uint64(1)
	if n, err := strconv.Atoi(os.Getenv("MINGJIAN_MUTANTS")); err == nil {
		copies = n
	}
	if n, err := strconv.ParseUint(os.Getenv("MINGJIAN_SEED"), 10, 64); err == nil {
		seed = n
	}
	only := os.Getenv("MINGJIAN_CARDS")
	judged := 0
	for _, c := range lib.Cards {
		if !oracle.Judges(c.ID) || (only != "" && !slices.Contains(strings.Split(only, ","), c.ID)) {
			continue
		}
		spoke, quiet, differ := 0, 0, 0
		// of a card that was not tried both ways more copies are drawn
		for n := 0; n < copies || (n < 40*copies && (spoke == 0 || quiet == 0)); n++ {
			for i, k := range c.Cases {
				if k.Given["case_group"] != nil {
					continue // the second evaluator knows no case groups
				}
				w, err := rule.Work(c, &k)
				if err != nil {
					t.Fatal(err)
				}
				mk, said := mutate(c, k, w, rand.New(rand.NewPCG(seed*1000+uint64(n), uint64(i))))
				hits, diff, err := bothOpinions(c, mk)
				if err != nil {
					continue // a row that no import would let in
				}
				judged++
				if hits > 0 {
					spoke++
				} else {
					quiet++
				}
				if len(diff) == 0 {
					continue
				}
				if differ++; differ <= 4 {
					t.Errorf("%s「%s」%s: %s", c.ID, k.Name, strings.Join(said, "; "), strings.Join(diff, " / "))
					showFacts(t, mk)
				}
			}
		}
		if differ > 0 {
			t.Errorf("%s: %d differences of %d", c.ID, differ, spoke+quiet)
		}
		if spoke == 0 || quiet == 0 {
			t.Errorf("%s: spoke %d times, kept quiet %d times: the mutants do not try it", c.ID, spoke, quiet)
		}
	}
	t.Logf("%d mutants judged twice", judged)
}

// showFacts prints the facts of a case when MINGJIAN_SHOW asks for them.
func showFacts(t *testing.T, k rule.Case) {
	if os.Getenv("MINGJIAN_SHOW") == "" {
		return
	}
	for _, table := range slices.Sorted(maps.Keys(k.Given)) {
		for _, row := range k.Given[table] {
			t.Logf("  %s %v", table, row)
		}
	}
}
