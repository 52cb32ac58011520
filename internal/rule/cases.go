package rule

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// CaseResult is what became of one case.
type CaseResult struct {
	Card, Case string
	Err        error // nil = as expected
}

// TestCard runs the cases of a card against a program of that card alone. wrong is what they show of the card itself: a
// placeholder of its message that no finding of any case fills would never be filled in front of a doctor either.
func TestCard(c *Card) (results []CaseResult, wrong CardErrors) {
	told := map[string]bool{}
	failed := false
	for i := range c.Cases {
		err := runCase(c, &c.Cases[i], told)
		failed = failed || err != nil
		results = append(results, CaseResult{c.ID, c.Cases[i].Name, err})
	}
	if failed {
		return results, nil // which facts there are is not known before the cases are right
	}
	for _, name := range placeholders(c) {
		if !told[name] {
			fix := "改成判法给出的事实：" + strings.Join(slices.Sorted(maps.Keys(told)), "、") + "；有的情形才有的，补一个那种情形的用例"
			wrong = append(wrong, c.wrong("message", fmt.Sprintf("message 的占位符 {%s} 在哪个用例里都没有内容可填", name), fix))
		}
	}
	return results, wrong
}

// runCase notes in told the names of the facts that findings come with.
func runCase(c *Card, k *Case, told map[string]bool) error {
	w, err := newWorld(c, k)
	if err != nil {
		return err
	}
	e, hits, err := w.judge(c, k)
	if err != nil {
		return err
	}
	var got []string
	var vola claim.Money
	sev := map[int]bool{}
	for _, h := range hits {
		if h.Hushed {
			continue
		}
		sev[h.Severity] = true
		for _, f := range h.Facts {
			told[f.Name] = told[f.Name] || f.Value != ""
		}
		got = append(got, h.keys...)
		vola += h.vola
	}
	sort.Strings(got)
	got = slices.Compact(got)
	want := slices.Clone(k.Expect)
	sort.Strings(want)
	if !slices.Equal(got, want) {
		return fmt.Errorf("应命中 %v，实际命中 %v", want, got)
	}
	if k.Severity != 0 && (len(sev) != 1 || !sev[k.Severity]) {
		return fmt.Errorf("严重程度应为 %d，实际 %v", k.Severity, sev)
	}
	if k.VolaAmt != nil {
		if exp := claim.Money(*k.VolaAmt*100 + 0.5); exp != vola {
			return fmt.Errorf("违规金额应为 %s 元，实际 %s 元", exp, vola)
		}
	}
	if k.NotJudged {
		missing := e.b.missing[0] != ""
		if len(got) > 0 || (len(e.Counts()) == 0 && len(e.b.book.skipped()) == 0 && !missing) {
			return fmt.Errorf("应为未判，实际命中 %v、未判 %v", got, e.Skipped)
		}
	}
	return nil
}

// world is a case's facts, completed with defaults.
type world struct {
	rows   *claim.Rows
	points []knowledge.Point
	visits []map[string]string
	mix    *MixBook
	// written are the rows as the case gives them, facts the same rows and more, completed.
	written, facts map[string][]map[string]string
}

// newWorld completes a case (docs/规则编写指南.md, "用例的缺省").
func newWorld(c *Card, k *Case) (*world, error) {
	w := &world{rows: claim.NewRows(claim.NewDicts())}
	given := map[string][]map[string]string{}
	for table, rows := range k.Given {
		given[table] = []map[string]string{}
		for _, r := range rows {
			more, err := repeated(r)
			if err != nil {
				return nil, fmt.Errorf("表 %s：%w", table, err)
			}
			given[table] = append(given[table], more...)
		}
	}
	for _, p := range given["point"] {
		pt, err := pointOf(c.ID, p)
		if err != nil {
			return nil, err
		}
		w.points = append(w.points, pt)
	}
	delete(given, "point")
	w.takeMix(given)
	if ps := given["params"]; len(ps) > 0 { // parameters may also be written among the facts
		if k.Params == nil {
			k.Params = k.Given["params"][0]
		}
		delete(given, "params")
	}
	w.written = copyRows(given)
	w.people(given)
	w.institutions(given)
	w.complete(given)
	w.facts = maps.Clone(given)
	for _, t := range claim.Tables() {
		for _, r := range given[t.Name] {
			if err := w.add(t.Name, r); err != nil {
				return nil, fmt.Errorf("表 %s：%w", t.Name, err)
			}
		}
		delete(given, t.Name)
	}
	for name := range given {
		return nil, fmt.Errorf("没有名为 %q 的表", name)
	}
	return w, nil
}

func scalar(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case time.Time:
		if x.Hour() == 0 && x.Minute() == 0 && x.Second() == 0 {
			return x.Format("2006-01-02")
		}
		return x.Format("2006-01-02 15:04:05")
	}
	return fmt.Sprint(v)
}

func (w *world) add(table string, r map[string]string) error {
	var names, values []string
	for f, v := range r {
		if v != "" {
			names, values = append(names, f), append(values, v)
		}
	}
	return w.rows.Add(table, names, values)
}

func orSet(r map[string]string, field, v string) {
	if _, ok := r[field]; !ok && v != "" {
		r[field] = v
	}
}

func (w *world) people(given map[string][]map[string]string) {
	if len(given["person"]) == 0 {
		given["person"] = []map[string]string{{}}
	}
	w.others(given)
	for _, r := range given["person"] {
		orSet(r, "psn_no", "p1")
		orSet(r, "gend", "1")
		orSet(r, "brdy", "1980-01-01")
		orSet(r, "insutype", "390")
		orSet(r, "insu_admdvs", "990101")
	}
}

func (w *world) institutions(given map[string][]map[string]string) {
	if !slices.ContainsFunc(given["institution"], func(r map[string]string) bool { return r["fixmedins_code"] == "h1" || r["fixmedins_code"] == "" }) {
		given["institution"] = append(given["institution"], map[string]string{})
	}
	for _, r := range given["institution"] {
		orSet(r, "fixmedins_code", "h1")
		orSet(r, "fixmedins_name", "示例医院"+r["fixmedins_code"])
		orSet(r, "fixmedins_type", "1")
		orSet(r, "hosp_lv", "05")
		orSet(r, "admdvs", "990101")
	}
}

// complete fills visits, fees, settlements and the keys of all other tables.
func (w *world) complete(given map[string][]map[string]string) {
	if len(given["visit"]) == 0 {
		given["visit"] = []map[string]string{{}}
	}
	for _, v := range given["visit"] {
		orSet(v, "mdtrt_id", "m1")
		orSet(v, "psn_no", "p1")
		orSet(v, "fixmedins_code", "h1")
		orSet(v, "med_type", "11")
		orSet(v, "begntime", "2025-03-10 09:00:00")
		if strings.HasPrefix(v["med_type"], "2") || v["med_type"] == "52" {
			if _, ok := v["endtime"]; ok {
				orSet(v, "dscg_way", "1")
			}
		} else {
			orSet(v, "endtime", v["begntime"])
		}
	}
	w.visits = given["visit"]
	_, settled := given["settlement"]
	for i, f := range given["fee"] {
		w.fee(f, i, settled && len(given["settlement"]) == 0)
	}
	if !settled || len(given["settlement"]) > 0 {
		for _, v := range w.visits {
			if !slices.ContainsFunc(given["settlement"], func(s map[string]string) bool {
				return s["mdtrt_id"] == v["mdtrt_id"] || (s["mdtrt_id"] == "" && v["mdtrt_id"] == w.visits[0]["mdtrt_id"])
			}) {
				given["settlement"] = append(given["settlement"], map[string]string{"mdtrt_id": v["mdtrt_id"], "setl_id": "s-" + v["mdtrt_id"]})
			}
		}
	}
	for _, s := range given["settlement"] {
		w.settlement(s, given["fee"])
	}
	for table, rows := range given {
		w.keys(table, rows)
	}
}

func (w *world) visit(id string) map[string]string {
	for _, v := range w.visits {
		if v["mdtrt_id"] == id {
			return v
		}
	}
	return map[string]string{}
}

func (w *world) fee(f map[string]string, i int, open bool) {
	orSet(f, "mdtrt_id", w.visits[0]["mdtrt_id"])
	v := w.visit(f["mdtrt_id"])
	orSet(f, "psn_no", v["psn_no"])
	orSet(f, "psn_no", "p1")
	orSet(f, "fixmedins_code", v["fixmedins_code"])
	orSet(f, "fixmedins_code", "h1")
	orSet(f, "fee_ocur_time", v["begntime"])
	orSet(f, "cnt", "1")
	orSet(f, "pric", "10")
	orSet(f, "list_type", "101")
	cnt, _ := claim.ParseDecimal(f["cnt"], 4)
	pric, _ := claim.ParseDecimal(f["pric"], 6)
	amt := claim.Money(claim.MulDiv(cnt, pric, 1e8))
	orSet(f, "det_item_fee_sumamt", amt.String())
	orSet(f, "inscp_scp_amt", f["det_item_fee_sumamt"])
	orSet(f, "feedetl_sn", "f"+strconv.Itoa(i+1))
	if !open {
		orSet(f, "setl_id", "s-"+f["mdtrt_id"])
	}
}

func (w *world) settlement(s map[string]string, fees []map[string]string) {
	orSet(s, "mdtrt_id", w.visits[0]["mdtrt_id"])
	orSet(s, "setl_id", "s-"+s["mdtrt_id"])
	v := w.visit(s["mdtrt_id"])
	orSet(s, "psn_no", v["psn_no"])
	orSet(s, "psn_no", "p1")
	orSet(s, "fixmedins_code", v["fixmedins_code"])
	orSet(s, "fixmedins_code", "h1")
	orSet(s, "insutype", v["insutype"])
	end := v["endtime"]
	if t, err := claim.ParseTime(end); err != nil || t.Day() > claim.DayOf(9000, 1, 1) {
		end = v["begntime"]
	}
	if t, err := claim.ParseTime(end); err == nil {
		orSet(s, "setl_time", claim.Time((t.Clock() + 3_600_000_000)).String())
	}
	var total, scope claim.Money
	for _, f := range fees {
		if f["setl_id"] == s["setl_id"] {
			d, _ := claim.ParseDecimal(f["det_item_fee_sumamt"], 2)
			n, _ := claim.ParseDecimal(f["inscp_scp_amt"], 2)
			total, scope = total+claim.Money(d), scope+claim.Money(n)
		}
	}
	orSet(s, "medfee_sumamt", total.String())
	orSet(s, "inscp_scp_amt", scope.String())
	fund := claim.Money(claim.MulDiv(int64(scope), 60, 100))
	orSet(s, "fund_pay_sumamt", fund.String())
	orSet(s, "psn_cash_pay", (total - fund).String())
}

// keys completes the linking columns of the tables that no default above knows.
func (w *world) keys(table string, rows []map[string]string) {
	t := claim.TableOf(table)
	if t == nil || table == "person" || table == "institution" || table == "visit" || table == "fee" || table == "settlement" {
		return
	}
	for i, r := range rows {
		for _, d := range [][2]string{{"mdtrt_id", w.visits[0]["mdtrt_id"]}, {"psn_no", "p1"}, {"fixmedins_code", "h1"},
			{"admdvs", "990101"}, {"begndate", "2020-01-01"}} {
			if t.Col(d[0]) >= 0 {
				orSet(r, d[0], d[1])
			}
		}
		if table == "diagnosis" {
			orSet(r, "inout_diag_type", "2")
			orSet(r, "maindiag_flag", map[bool]string{true: "1", false: "0"}[i == 0])
			orSet(r, "diag_srt_no", strconv.Itoa(i+1))
		}
		for _, c := range t.Columns {
			if c.Required && r[c.Name] == "" { // what the case does not care about
				orSet(r, c.Name, map[claim.Type]string{claim.Str: "x" + strconv.Itoa(i+1), claim.Code: "x", claim.Int: "1", claim.Num: "1",
					claim.Prc: "1", claim.Mny: "1", claim.Date: "2020-01-01", claim.Tm: w.visits[0]["begntime"]}[c.Type])
			}
		}
	}
}

// judge compiles the card alone, judges every person of the world and gives each hit its keys and money.
func (w *world) judge(c *Card, k *Case) (*Eval, []caseHit, error) {
	lib := &Library{Cards: []*Card{c}}
	maps := knowledge.MapsOf(w.rows.Batch("code_map"), w.rows.Dicts)
	p, err := Compile(lib, &knowledge.Base{Points: w.points, Maps: maps}, w.options(c, k))
	if err != nil {
		return nil, nil, err
	}
	v := claim.NewVocab(w.rows.Dicts)
	ref := claim.NewReference(v, w.rows.Batch).Prepare()
	b := p.Bind(ref, v, func(t string) bool { return w.rows.Batch(t) != nil })
	w.markUnfit(b, c)
	w.markDocumented(b)
	w.openBook(b)
	b.SetMix(w.mix)
	e := b.NewEval(0, claim.DayOf(2999, 1, 1).Month(), nil)
	var out []caseHit
	as := claim.NewAssembler(v, w.rows.Sources(), claim.DayOf(2025, 3, 31))
	for {
		t, ok := as.Next()
		if !ok {
			return e, out, nil
		}
		for _, h := range e.Judge(t) {
			out = append(out, caseHit{h, hitKeys(t, &h), HitMoney(t, &h), tell(t, &h)})
		}
	}
}

// markUnfit holds each institution's filled values of a needed column against the card's bound.
func (w *world) markUnfit(b *Bound, c *Card) {
	for _, n := range c.Needs {
		table, col, _ := strings.Cut(n, ".")
		rows := w.rows.Batch(table)
		if rows == nil || col == "" || rows.Table.Col("fixmedins_code") < 0 {
			continue
		}
		all, filled := map[int32]int{}, map[int32]int{}
		for i := 0; i < rows.N; i++ {
			inst := rows.I32(rows.Table.MustCol("fixmedins_code"), i)
			all[inst]++
			if rows.Format(w.rows.Dicts, rows.Table.MustCol(col), i) != "" {
				filled[inst]++
			}
		}
		for inst, n := range all {
			if float64(filled[inst]) < c.minFill()*float64(n) {
				b.Unfit(c.ID, inst)
			}
		}
	}
}

// hitKeys are the feedetl_sn of violating lines, else the mdtrt_id.
func hitKeys(t *claim.Timeline, h *Hit) []string {
	var out []string
	for _, l := range h.Lines {
		if l.Type == 1 {
			out = append(out, t.FeedetlSn(&t.Lines[l.Line]))
		}
	}
	if len(out) == 0 && h.Visit >= 0 {
		out = append(out, t.MdtrtID(&t.Visits[h.Visit]))
	}
	return out
}

// LineVola is the money at issue of one violating line.
func LineVola(t *claim.Timeline, l *HitLine) claim.Money {
	switch {
	case l.Type != 1:
		return 0
	case l.Money >= 0:
		return l.Money
	}
	return t.LineMoney(&t.Lines[l.Line], l.Num, l.Den)
}

// HitMoney is the money at issue of a hit.
func HitMoney(t *claim.Timeline, h *Hit) claim.Money {
	if h.Vola != claim.None64 {
		return h.Vola
	}
	var m claim.Money
	for i := range h.Lines {
		m += LineVola(t, &h.Lines[i])
	}
	return m
}

// pointOf reads a point written as in points.csv.
func pointOf(rule string, r map[string]string) (knowledge.Point, error) {
	p := knowledge.Point{ID: r["point_id"], RuleID: r["rule_id"], Subject: r["subject_code"], Second: r["subject2_code"], Scope: r["scope"],
		Limit: claim.None64, Unit: r["unit"], Sex: r["sex"], AgeMin: -1, AgeMax: -1, DiagSet: r["diag_set"], Allow: r["allow"], Basis: r["basis"],
		AppliesOn: r["applies_on"], To: claim.OpenDay, From: claim.DayOf(1900, 1, 1), Area: r["admdvs"]}
	if p.RuleID == "" {
		p.RuleID = rule
	}
	var err error
	fail := func(e error) {
		if err == nil && e != nil {
			err = fmt.Errorf("知识点 %s：%w", p.Subject, e)
		}
	}
	if s := r["limit_value"]; s != "" {
		n, e := claim.ParseDecimal(s, 4)
		p.Limit = claim.Qty(n)
		fail(e)
	}
	for f, dst := range map[string]*int{"window_d": &p.WindowD, "age_min": &p.AgeMin, "age_max": &p.AgeMax} {
		if s := r[f]; s != "" {
			n, e := strconv.Atoi(s)
			*dst = n
			fail(e)
		}
	}
	for f, dst := range map[string]*claim.Day{"valid_from": &p.From, "valid_to": &p.To} {
		if s := r[f]; s != "" {
			d, e := claim.ParseDay(s)
			*dst = d
			fail(e)
		}
	}
	var e error
	p.Params, e = knowledge.ParseParams(r["params"])
	fail(e)
	return p, err
}
