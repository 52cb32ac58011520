package rulebook

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
)

// exampleView is a case as people look at it: the bill, what else was known, the picture and the verdict.
type exampleView struct {
	Name    string
	Patient []cell
	Visits  []visitRow
	Bill    []billRow
	ByVisit bool // the bill is of several visits
	Several bool // the visits are of several persons
	// rows left out of long cases
	MoreVisits, MoreLines, MoreKnown int
	Remarks                          bool // some line has a remark
	Known                            []knownRow
	Points                           []string
	Picture                          template.HTML
	Hit                              bool
	Verdict                          []verdict
	VolaText                         string
}

// cell is a value on a page. New marks what the other example has differently.
type cell struct {
	Text string
	New  bool
}

type visitRow struct {
	ID, Person, Inst, Type, Begin, End, Diag cell
	Bad                                      bool
}

type billRow struct {
	Sn, Visit, Code, Item     string
	Time, Cnt, Price, Amount  cell
	Class, Mark, Vola, Remark string
	RemarkNew                 bool
}

// knownRow is a row of another table, as one sentence.
type knownRow struct {
	Title string
	Says  []cell
}

type verdict struct{ Severity, Word, Sentence, Where, Vola string }

// work picks the card's examples and judges them: the first case that hits (with money, if there is one) and, of the
// cases that do not hit, the one that differs least from it.
func (v *cardView) work(b *book) error {
	hit, miss := pickCases(v.Cases)
	names := &aliases{book: b, given: map[string]string{}, count: map[string]int{}}
	h, err := rule.Work(v.Card, &v.Cases[hit])
	if err != nil {
		return fmt.Errorf("%s「%s」：%w", v.ID, v.Cases[hit].Name, err)
	}
	m, err := rule.Work(v.Card, &v.Cases[miss])
	if err != nil {
		return fmt.Errorf("%s「%s」：%w", v.ID, v.Cases[miss].Name, err)
	}
	names.params = func(n string) string {
		t, _ := b.guide.param(v.Card.Kind+"/"+v.Check, n)
		return cmp.Or(t.Means, n)
	}
	v.Hit, v.Miss = example(v.Cases[hit].Name, h, nil, names), example(v.Cases[miss].Name, m, h, names)
	v.Hit.overridden(&v.Cases[hit], names)
	v.Miss.overridden(&v.Cases[miss], names)
	for i := range v.Cases {
		if i == hit || i == miss {
			continue
		}
		k := &v.Cases[i]
		c := caseView{Name: caseName(k.Name), Outcome: "不命中", Class: "clean"}
		switch {
		case len(k.Expect) > 0:
			c.Outcome, c.Class = "命中", "hit"
			if k.VolaAmt != nil && *k.VolaAmt > 0 {
				c.Outcome += fmt.Sprintf("，违规金额 %.2f 元", *k.VolaAmt)
			}
			if k.Severity != 0 && k.Severity != v.Severity {
				c.Outcome += "，" + severityWord(k.Severity)
			}
		case k.NotJudged:
			c.Outcome, c.Class = "未判", "unknown"
		}
		v.Others = append(v.Others, c)
	}
	return nil
}

// caseName is a case's name as a phrase: authors part its halves by a blank.
func caseName(s string) string { return strings.ReplaceAll(s, " ", "，") }

// pickCases chooses by position. Every card has a case of each sort, or it would not have been read.
func pickCases(cases []rule.Case) (hit, miss int) {
	hit, miss = -1, -1
	for i := range cases {
		if len(cases[i].Expect) == 0 {
			continue
		}
		if cases[i].VolaAmt != nil && *cases[i].VolaAmt > 0 {
			hit = i
			break
		}
		if hit < 0 {
			hit = i
		}
	}
	best := math.MaxInt
	for i := range cases {
		k := &cases[i]
		if len(k.Expect) > 0 {
			continue
		}
		d := distance(&cases[hit], k)
		if k.NotJudged {
			d += 1 << 20 // a near miss is lawful, not unknown
		}
		if strings.Contains(k.Name, "刚好") { // the author says that it is one
			d -= 2
		}
		if d < best {
			best, miss = d, i
		}
	}
	return hit, miss
}

// distance counts the values by which two cases differ. What a page does not show of a point counts more: the reader would
// look for the difference in vain.
func distance(a, b *rule.Case) int {
	x, y := flat(a), flat(b)
	n := 0
	differs := func(k string) {
		n++
		if f := k[strings.LastIndexByte(k, '.')+1:]; strings.HasPrefix(k, "point.") && slices.Contains(unshown, f) {
			n += 5
		}
	}
	for k, v := range x {
		if w, ok := y[k]; !ok || w != v {
			differs(k)
		}
	}
	for k := range y {
		if _, ok := x[k]; !ok {
			differs(k)
		}
	}
	return n
}

// unshown are columns of points that an example's page leaves out.
var unshown = []string{"admdvs", "valid_from", "valid_to", "applies_on", "rule_id", "point_id"}

func flat(k *rule.Case) map[string]string {
	out := map[string]string{}
	for table, rows := range k.Given {
		for i, r := range rows {
			for f, v := range r {
				out[table+"."+strconv.Itoa(i)+"."+f] = fmt.Sprint(v)
			}
		}
	}
	for f, v := range k.Params {
		out["params."+f] = fmt.Sprint(v)
	}
	return out
}

// aliases name items that have no name: 药品甲, 项目乙. Both examples of a card share them.
type aliases struct {
	book  *book
	given map[string]string
	count map[string]int
	// params says what a parameter of the card means.
	params func(name string) string
}

func (a *aliases) of(code, listType, name string) string {
	if name = cmp.Or(name, a.book.ItemNames[code], a.given[code]); name != "" {
		return name
	}
	word := "项目"
	switch {
	case listType == "301":
		word = "耗材"
	case strings.HasPrefix(listType, "1"):
		word = "药品"
	}
	n := a.count[word]
	a.count[word]++
	if stems := []rune("甲乙丙丁戊己庚辛壬癸"); n < len(stems) {
		a.given[code] = word + string(stems[n])
	} else {
		a.given[code] = word + strconv.Itoa(n+1)
	}
	return a.given[code]
}

// known is the name of a code that a bill of the card has, else the code.
func (a *aliases) known(code string) string {
	if d, ok := strings.CutPrefix(code, "diag:"); ok {
		return "诊断 " + d
	}
	return cmp.Or(a.book.ItemNames[code], a.given[code], code)
}

// inText puts names in the place of codes.
func (a *aliases) inText(s string) string {
	for _, code := range sortedKeys(a.given) {
		s = strings.ReplaceAll(s, code, a.given[code])
	}
	return s
}

// example makes the view; other is the example that differences are marked against, or nil.
func example(name string, w, other *rule.Worked, names *aliases) *exampleView {
	x := &exampleView{Name: caseName(name), Hit: len(w.Hits) > 0}
	d := differ{other}
	for i, p := range w.Facts["person"][:1] {
		x.Patient = append(x.Patient, d.cell("person", i, "gend", p.Fields), d.cell("person", i, "brdy", p.Fields), d.cell("person", i, "insutype", p.Fields))
		x.Patient[1].Text += " 出生"
	}
	if n := len(w.Facts["person"]); n > 1 {
		x.Patient = append(x.Patient, cell{Text: fmt.Sprintf("另有 %d 人", n-1)})
	}
	classes := marks(w)
	for i, v := range w.Facts["visit"] {
		f := v.Fields
		if !shown(i, len(w.Facts["visit"]), classes.visits[f["mdtrt_id"]]) {
			x.MoreVisits++
			continue
		}
		row := visitRow{ID: cell{Text: f["mdtrt_id"]}, Person: d.cell("visit", i, "psn_no", f), Inst: d.cell("visit", i, "fixmedins_code", f), Type: d.cell("visit", i, "med_type", f),
			Begin: d.cell("visit", i, "begntime", f), End: d.cell("visit", i, "endtime", f), Diag: d.cell("visit", i, "dscg_maindiag_code", f), Bad: classes.visits[f["mdtrt_id"]]}
		row.Inst.Text = instWords(w, f["fixmedins_code"])
		if row.End.Text == "" {
			row.End.Text = "未出院"
		}
		x.Visits = append(x.Visits, row)
	}
	x.ByVisit, x.Several = len(x.Visits) > 1, len(w.Facts["person"]) > 1
	for i, r := range w.Facts["fee"] {
		row := bill(i, r, classes, d, names)
		if !shown(i, len(w.Facts["fee"]), row.Class == "bad") {
			x.MoreLines++
			continue
		}
		x.Bill = append(x.Bill, row)
		x.Remarks = x.Remarks || row.Remark != ""
	}
	x.known(w, d, names)
	for i := range w.Points {
		p := &w.Points[i]
		x.Points = append(x.Points, strings.TrimSuffix(names.known(p.Subject)+"："+names.book.pointSays(p, names.known), "："))
	}
	x.Picture = picture(w, classes)
	var sum claim.Money
	for _, h := range w.Hits {
		sum += h.Vola
		where := "违规行 " + strings.Join(classes.linesOf(&h), "、")
		if h.Mdtrt != "" {
			where = "就诊 " + h.Mdtrt
		}
		x.Verdict = append(x.Verdict, verdict{strconv.Itoa(h.Severity), severityWord(h.Severity), names.inText(h.Sentence), where, h.Vola.String()})
	}
	x.VolaText = sum.String()
	return x
}

// shown tells whether a row of a long list is shown: the first ones, the last ones and what is at fault.
func shown(i, n int, bad bool) bool { return bad || n <= 12 || i < 7 || i >= n-3 }

// lineKey names a line: its number is unique in its visit only.
type lineKey struct{ mdtrt, sn string }

// marked tells lines and visits at fault.
type marked struct {
	lines  map[lineKey]rule.WorkedLine
	visits map[string]bool
}

func marks(w *rule.Worked) marked {
	m := marked{map[lineKey]rule.WorkedLine{}, map[string]bool{}}
	for _, h := range w.Hits {
		for _, l := range h.Lines {
			k := lineKey{l.Mdtrt, l.Sn}
			if old, ok := m.lines[k]; !ok || old.Type > l.Type {
				m.lines[k] = l
			}
		}
		if h.Mdtrt != "" {
			m.visits[h.Mdtrt] = true
		}
	}
	return m
}

func (m marked) linesOf(h *rule.WorkedHit) []string {
	var out []string
	for _, l := range h.Lines {
		if l.Type == 1 && !slices.Contains(out, l.Sn) {
			out = append(out, l.Sn)
		}
	}
	return out
}

// billColumns are shown in columns of their own (or follow from them); what else a case writes of a line is a remark.
var billColumns = []string{"feedetl_sn", "mdtrt_id", "hilist_code", "hilist_name", "list_type", "fee_ocur_time", "cnt", "pric", "det_item_fee_sumamt",
	"psn_no", "fixmedins_code", "setl_id"}

func bill(i int, r rule.CaseRow, m marked, d differ, names *aliases) billRow {
	f := r.Fields
	row := billRow{Sn: f["feedetl_sn"], Visit: f["mdtrt_id"], Code: f["hilist_code"], Item: names.of(f["hilist_code"], f["list_type"], f["hilist_name"]),
		Time: d.cell("fee", i, "fee_ocur_time", f), Cnt: d.cell("fee", i, "cnt", f), Price: d.cell("fee", i, "pric", f), Amount: d.cell("fee", i, "det_item_fee_sumamt", f)}
	if l, ok := m.lines[lineKey{row.Visit, row.Sn}]; ok {
		row.Class, row.Mark = "inv", "涉及"
		if l.Type == 1 {
			row.Class, row.Mark, row.Vola = "bad", "违规", l.Vola.String()
		}
	}
	var remarks []string
	for _, c := range sortedKeys(f) {
		if r.Written[c] && f[c] != "" && !slices.Contains(billColumns, c) {
			remarks = append(remarks, claim.ColumnTitle("fee", c)+" "+valueWord("fee", c, f[c]))
			row.RemarkNew = row.RemarkNew || d.cell("fee", i, c, f).New
		}
	}
	row.Remark = strings.Join(remarks, "；")
	return row
}

// ownTables are shown in places of their own.
var ownTables = []string{"person", "visit", "fee"}

// known lists what a case says in the other tables, and of persons and visits in other columns.
func (x *exampleView) known(w *rule.Worked, d differ, names *aliases) {
	elsewhere := map[string][]string{"person": {"psn_no", "gend", "brdy", "insutype"},
		"visit": {"mdtrt_id", "psn_no", "fixmedins_code", "med_type", "begntime", "endtime", "dscg_maindiag_code"}}
	for _, t := range claim.Tables() {
		for i, r := range w.Facts[t.Name] {
			if t.Name == "fee" || len(r.Written) == 0 {
				continue
			}
			row := knownRow{Title: claim.TableTitles[t.Name]}
			if slices.Contains(ownTables, t.Name) && len(w.Facts[t.Name]) > 1 {
				row.Title += " " + cmp.Or(r.Fields["mdtrt_id"], r.Fields["psn_no"])
			}
			for _, c := range t.Columns {
				if v := r.Fields[c.Name]; r.Written[c.Name] && v != "" && !slices.Contains(elsewhere[t.Name], c.Name) {
					e := d.cell(t.Name, i, c.Name, r.Fields)
					if c.Name == "hilist_code" {
						e.Text = names.known(v)
					}
					e.Text = claim.ColumnTitle(t.Name, c.Name) + " " + e.Text
					row.Says = append(row.Says, e)
				}
			}
			switch {
			case len(row.Says) == 0:
			case shown(i, len(w.Facts[t.Name]), false):
				x.Known = append(x.Known, row)
			default:
				x.MoreKnown++
			}
		}
	}
}

// overridden says which parameters the case sets otherwise than the card.
func (x *exampleView) overridden(k *rule.Case, names *aliases) {
	var says []cell
	for _, n := range sortedKeys(k.Params) {
		says = append(says, cell{Text: names.params(n) + " " + plain(k.Params[n])})
	}
	if len(says) > 0 {
		x.Known = append(x.Known, knownRow{"本例的参数", says})
	}
}

// instWords are an institution's code, kind and level.
func instWords(w *rule.Worked, code string) string {
	for _, r := range w.Facts["institution"] {
		if r.Fields["fixmedins_code"] == code {
			word := valueWord("institution", "hosp_lv", r.Fields["hosp_lv"])
			if r.Fields["fixmedins_type"] == "2" {
				word = "药店"
			}
			return code + "（" + word + "）"
		}
	}
	return code
}

// differ holds values against those of another example.
type differ struct{ other *rule.Worked }

func (d differ) cell(table string, i int, column string, f map[string]string) cell {
	c := cell{Text: valueWord(table, column, f[column])}
	if strings.HasSuffix(c.Text, " 00:00:00") {
		c.Text = strings.TrimSuffix(c.Text, " 00:00:00")
	} else if t, err := claim.ParseTime(c.Text); err == nil && len(c.Text) == len("2006-01-02 15:04:05") && t.Has() {
		c.Text = strings.TrimSuffix(c.Text, ":00")
	}
	if d.other != nil {
		rows := d.other.Facts[table]
		c.New = i >= len(rows) || rows[i].Fields[column] != f[column]
	}
	return c
}
