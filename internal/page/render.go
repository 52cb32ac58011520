package page

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

//go:embed page.js
var pageJS string

var tmpl = template.Must(template.New("page").Funcs(template.FuncMap{
	"n": thousands, "yuan": yuan, "big": big, "bigText": bigText, "percent": percent, "sev": func(s int) string { return severityNames[min(max(s, 0), 3)] },
	"css": func() template.CSS { return template.CSS(pageCSS) },
	"js":  func() template.JS { return template.JS(pageJS) },
	"fen": func(m claim.Money) int64 { return int64(m) },
}).Parse(pageHTML))

// Render writes the page.
func Render(w io.Writer, d *Data) error { return tmpl.Execute(w, newView(d)) }

// limits of the lists on the page; what is left out is said beside them.
const (
	topRules  = 20
	topInsts  = 15
	topIdle   = 10
	topGaps   = 50
	topMonths = 24
)

// view is the page's data with its drawings.
type view struct {
	*Data
	Period     string
	Points     []string // what to look at first, in sentences
	Severities []stackPart
	MoneyParts []stackPart
	RuleBars   []bar
	IdleBars   []bar
	InstBars   []bar
	Columns    columns
	Bridge     columns
	GapsShown  []audit.Gap
}

func newView(d *Data) *view {
	v := &view{Data: d, Period: period(d.Months)}
	v.Points = points(d)
	v.Severities, v.MoneyParts = stacks(d)
	var priced, idle []Tally
	for _, t := range d.ByRule {
		if t.Vola > 0 {
			priced = append(priced, t)
		} else {
			idle = append(idle, t)
		}
	}
	v.RuleBars = bars(priced, topRules, func(t *Tally) int64 { return int64(t.Charged) })
	idle = byCount(idle)
	v.IdleBars = bars(idle, topIdle, func(t *Tally) int64 { return t.Findings })
	v.InstBars = bars(d.ByInst, topInsts, func(t *Tally) int64 { return int64(t.Charged) })
	v.Columns, v.Bridge = monthColumns(d), bridge(d)
	v.GapsShown = d.Gaps[:min(len(d.Gaps), topGaps)]
	return v
}

// points are the sentences a reader with two minutes needs.
func points(d *Data) []string {
	var out []string
	if s := d.BySeverity[1]; s.Findings > 0 {
		out = append(out, fmt.Sprintf("明确违规 %s 条、拟追 %s，事实清楚，可直接进入初审。", thousands(s.Findings), bigText(s.Charged)))
	}
	if len(d.ByRule) > 0 && d.ByRule[0].Charged > 0 {
		r := d.ByRule[0]
		out = append(out, fmt.Sprintf("金额最多的规则是「%s」：%s 条、拟追 %s，占 %s。", r.Name, thousands(r.Findings), bigText(r.Charged), percent(int64(r.Charged), int64(d.Sum.Charged))))
	}
	if len(d.ByInst) > 0 && d.ByInst[0].Charged > 0 {
		top := d.ByInst[:min(3, len(d.ByInst))]
		var names []string
		var sum int64
		for _, t := range top {
			names = append(names, t.Name)
			sum += int64(t.Charged)
		}
		out = append(out, fmt.Sprintf("拟追金额集中在%s，共占 %s。", strings.Join(names, "、"), percent(sum, int64(d.Sum.Charged))))
	}
	if d.Unpriced > 0 {
		out = append(out, fmt.Sprintf("另有行为类疑点 %s 条不计金额（分解住院、挂床等），需调阅病历核实。", thousands(d.Unpriced)))
	}
	if len(d.Gaps) > 0 {
		out = append(out, fmt.Sprintf("有 %s 处与清算总额不符，数据可能不全，下结论前先补齐。", thousands(int64(len(d.Gaps)))))
	}
	return out
}
