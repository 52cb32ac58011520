package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// bar is a row of a bar chart; Width is a percentage.
type bar struct {
	Tally
	Width string
}

// bars draws the first n of sorted tallies.
func bars(ts []Tally, n int, of func(*Tally) int64) []bar {
	ts = ts[:min(n, len(ts))]
	most := int64(1)
	for i := range ts {
		most = max(most, of(&ts[i]))
	}
	out := make([]bar, len(ts))
	for i := range ts {
		out[i] = bar{ts[i], fmt.Sprintf("%.2f%%", float64(of(&ts[i]))/float64(most)*100)}
	}
	return out
}

func byCount(ts []Tally) []Tally {
	slices.SortFunc(ts, func(x, y Tally) int {
		return cmp.Or(cmp.Compare(y.Findings, x.Findings), strings.Compare(x.Key, y.Key))
	})
	return ts
}

// stackPart is one severity's part of a stacked bar.
type stackPart struct {
	Severity int
	Name     string
	X, Width string // percentages
	Value    string
	Share    string
}

// stacks are findings and money by severity.
func stacks(d *Data) (count, money []stackPart) {
	return stack(func(t *Tally) int64 { return t.Findings }, thousands, d),
		stack(func(t *Tally) int64 { return int64(t.Charged) }, func(n int64) string { return bigText(claim.Money(n)) }, d)
}

func stack(of func(*Tally) int64, text func(int64) string, d *Data) []stackPart {
	total := of(&d.Sum)
	var out []stackPart
	x := 0.0
	for s := 1; s <= 3; s++ {
		n := of(&d.BySeverity[s])
		w := 0.0
		if total > 0 {
			w = float64(n) / float64(total) * 100
		}
		out = append(out, stackPart{s, severityNames[s], fmt.Sprintf("%.2f%%", x), fmt.Sprintf("%.2f%%", w), text(n), percent(n, total)})
		x += w
	}
	return out
}

// columns is a column chart on a plane of Width × Height units.
type columns struct {
	Width, Height, Base int
	Cols                []column
	Left                int // months not shown
}

// column is one column of stacked pieces, with a text above and texts below.
type column struct {
	X, W, Mid int
	Pieces    []piece
	TopY      int
	Top       string
	Below     [2]string
	Link      int // y of the line to the next column, 0 = none
}

// The places of a column's texts and of its link, for the template.
func (c column) LabelY() int { return c.TopY - 8 }
func (c column) Below1() int { return planeBase + 20 }
func (c column) Below2() int { return planeBase + 38 }
func (c column) End() int    { return c.X + c.W }
func (c column) Next() int   { return c.X + c.W + 44 }

type piece struct {
	Y, H  int
	Class string
	Title string
}

const (
	planeWidth  = 560
	planeHeight = 250
	planeTop    = 34
	planeBase   = 196
)

func scale(n, most int64) int {
	if most <= 0 || n <= 0 {
		return 0
	}
	return max(1, int(n*(planeBase-planeTop)/most))
}

// monthColumns draws the money of each month, stacked by severity.
func monthColumns(d *Data) columns {
	ms := d.ByMonth
	c := columns{Width: planeWidth, Height: planeHeight, Base: planeBase}
	if len(ms) > topMonths {
		c.Left = len(ms) - topMonths
		ms = ms[c.Left:]
	}
	most := int64(1)
	for i := range ms {
		most = max(most, int64(ms[i].Charged))
	}
	step := planeWidth / max(1, len(ms))
	for i := range ms {
		t := &ms[i]
		w := min(90, step*6/10)
		col := column{X: i*step + (step-w)/2, W: w, Mid: i*step + step/2, TopY: planeBase}
		for s := 1; s <= 3; s++ {
			if h := scale(int64(t.ChargedBySeverity[s]), most); h > 0 {
				col.TopY -= h
				col.Pieces = append(col.Pieces, piece{col.TopY, h, fmt.Sprintf("s%d", s), severityNames[s] + " " + bigText(t.ChargedBySeverity[s])})
			}
		}
		b := big(t.Charged)
		col.Top = b[0] + b[1]
		col.Below = [2]string{t.Key, thousands(t.Findings) + " 条"}
		if len(ms) > 8 {
			col.Top, col.Below[1] = b[0], thousands(t.Findings)
		}
		c.Cols = append(c.Cols, col)
	}
	return c
}

// bridge draws how the money claimed by all rules becomes the money to be recovered: what patients paid too much is
// theirs, and what several rules claim of one line counts once.
func bridge(d *Data) columns {
	c := columns{Width: planeWidth, Height: planeHeight, Base: planeBase}
	total, charged := int64(d.Sum.Vola), int64(d.Sum.Charged)
	refund := int64(d.Refund)
	twice := max(0, total-refund-charged)
	step := planeWidth / 4
	add := func(i int, from, to int64, class, top, name, note string) *column {
		col := column{X: i*step + 22, W: step - 44, Mid: i*step + step/2, Top: top, Below: [2]string{name, note}}
		hi, lo := planeBase-scale(to, total), planeBase-scale(from, total)
		col.TopY = hi
		col.Pieces = []piece{{hi, max(1, lo-hi), class, name + " " + top}}
		c.Cols = append(c.Cols, col)
		return &c.Cols[len(c.Cols)-1]
	}
	first := add(0, 0, total, "own", bigText(d.Sum.Vola), "涉及金额", "各规则主张之和")
	if h := scale(int64(d.Sum.Fund), total); h > 0 {
		first.Pieces = append(first.Pieces, piece{planeBase - h, h, "fund", "其中基金 " + bigText(d.Sum.Fund)})
	}
	first.Link = first.TopY
	second := add(1, total-refund, total, "less", "−"+bigText(d.Refund), "应退患者", "超限价多收")
	second.Link = planeBase - scale(total-refund, total)
	third := add(2, charged, charged+twice, "less", "−"+bigText(claim.Money(twice)), "规则间重复", "同一笔钱只算一次")
	third.Link = planeBase - scale(charged, total)
	add(3, 0, charged, "net", bigText(d.Sum.Charged), "拟追（去重）", percent(charged, total))
	return c
}
