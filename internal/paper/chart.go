package paper

import (
	"fmt"
	"math/big"
	"strings"
)

// written is a value as a chart prints it: divided by Per, two decimals where that leaves any.
func (c *Chart) written(n int64) string {
	if c.Per <= 1 {
		return fmt.Sprint(n)
	}
	return big.NewRat(n, c.Per).FloatString(2)
}

// most is the largest value; at least 1, so that bars have a scale.
func (c *Chart) most() int64 {
	m := int64(1)
	for _, s := range c.Series {
		for _, v := range s.Values {
			m = max(m, v)
		}
	}
	return m
}

// charts draws charts side by side.
func (x *pdf) charts(b *Charts) {
	high := x.d.chart()
	x.room(high + 3)
	w, y := x.width/float64(len(b.Of)), x.GetY()
	for i, c := range b.Of {
		x.chart(c, x.left+float64(i)*w, y, w-2, high)
	}
	x.SetXY(x.left, y+high+2)
}

// chart draws one in a box: its title, what the colours mean, and the bars with their values.
func (x *pdf) chart(c *Chart, left, top, width, high float64) {
	title := c.Title
	if c.Unit != "" {
		title += "（" + c.Unit + "）"
	}
	x.print([]Span{{title, true}}, sizeSmall+1, left, top+4)
	key := left + width
	for i := len(c.Series) - 1; i >= 0 && len(c.Series) > 1; i-- {
		s := c.Series[i]
		key -= x.span([]Span{{s.Name, false}}, sizeSmall) + 6
		x.colour(s.Colour)
		x.Rect(key, top+1.6, 2.4, 2.4, "F")
		x.print([]Span{{s.Name, false}}, sizeSmall, key+3.2, top+4)
	}
	if c.Across {
		x.across(c, left, top+7, width, high-8)
	} else {
		x.upright(c, left, top+9, width, high-15)
	}
	x.SetDrawColor(0, 0, 0)
	x.SetFillColor(255, 255, 255)
}

func (x *pdf) colour(hex string) {
	var r, g, b int
	_, _ = fmt.Sscanf(hex, "%02x%02x%02x", &r, &g, &b) // what cannot be read is black
	x.SetFillColor(r, g, b)
}

func (x *pdf) upright(c *Chart, left, top, width, high float64) {
	most, group := float64(c.most()), width/float64(max(1, len(c.Names)))
	bar := group * 0.7 / float64(max(1, len(c.Series)))
	x.SetDrawColor(150, 150, 150)
	x.SetLineWidth(0.2)
	x.Line(left, top+high, left+width, top+high)
	for i, name := range c.Names {
		at := left + float64(i)*group
		for k, s := range c.Series {
			h := high * float64(max(0, s.Values[i])) / most
			x.colour(s.Colour)
			from := at + group*0.15 + float64(k)*bar
			x.Rect(from, top+high-h, bar*0.92, h, "F")
			if text := c.written(s.Values[i]); s.Values[i] != 0 && x.span([]Span{{text, false}}, 5.5) < bar*1.6 {
				x.print([]Span{{text, false}}, 5.5, from+(bar-x.span([]Span{{text, false}}, 5.5))/2, top+high-h-0.6)
			}
		}
		x.print([]Span{{name, false}}, 7, at+(group-x.span([]Span{{name, false}}, 7))/2, top+high+3.6)
	}
}

func (x *pdf) across(c *Chart, left, top, width, high float64) {
	most, row := float64(c.most()), high/float64(max(1, len(c.Names)))
	names := width * 0.42
	bar := row * 0.7 / float64(max(1, len(c.Series)))
	for i, name := range c.Names {
		for x.span([]Span{{name, false}}, 7.5) > names-1 { // the end of a long name is left out
			r := []rune(strings.TrimSuffix(name, "…"))
			name = string(r[:len(r)-1]) + "…"
		}
		at := top + float64(i)*row
		x.print([]Span{{name, false}}, 7.5, left, at+row*0.65)
		for k, s := range c.Series {
			w := (width - names - 14) * float64(max(0, s.Values[i])) / most
			x.colour(s.Colour)
			from := at + row*0.15 + float64(k)*bar
			x.Rect(left+names, from, w, bar*0.92, "F")
			x.print([]Span{{c.written(s.Values[i]), false}}, 7, left+names+w+1, from+bar*0.8)
		}
	}
}

// chart places a chart of a width in mm that Word draws itself.
func (x *docx) chart(c *Chart, width float64) string {
	x.charts = append(x.charts, c)
	n := len(x.charts)
	return fmt.Sprintf(`<w:r><w:drawing><wp:inline><wp:extent cx="%d" cy="%d"/><wp:docPr id="%d" name="图表%d" descr="%s"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" r:id="rIdChart%d"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>`,
		emus(width), emus(x.d.chart()), 1000+n, n, escaped(c.Title), n)
}

// xml is the chart as a part of its own (ECMA-376 part 1, 21.2).
func (c *Chart) xml() string {
	small := func(size int) string {
		return fmt.Sprintf(`<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="%d"/></a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr>`, size)
	}
	title := c.Title
	if c.Unit != "" {
		title += "（" + c.Unit + "）"
	}
	dir, order, cats, vals := "col", "minMax", "b", "l"
	if c.Across {
		dir, order, cats, vals = "bar", "maxMin", "l", "t"
	}
	var b strings.Builder
	b.WriteString(`<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><c:roundedCorners val="0"/><c:chart>` +
		`<c:title><c:tx><c:rich><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="1000" b="1"/></a:pPr><a:r><a:rPr lang="zh-CN" sz="1000" b="1"/><a:t>` + escaped(title) + `</a:t></a:r></a:p></c:rich></c:tx><c:overlay val="0"/></c:title><c:autoTitleDeleted val="0"/>` +
		`<c:plotArea><c:layout/><c:barChart><c:barDir val="` + dir + `"/><c:grouping val="clustered"/><c:varyColors val="0"/>`)
	for i, s := range c.Series {
		fmt.Fprintf(&b, `<c:ser><c:idx val="%d"/><c:order val="%d"/><c:tx><c:strRef><c:f>S!$%c$1</c:f><c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>%s</c:v></c:pt></c:strCache></c:strRef></c:tx><c:spPr><a:solidFill><a:srgbClr val="%s"/></a:solidFill></c:spPr><c:invertIfNegative val="0"/>`, i, i, 'B'+rune(i), escaped(s.Name), s.Colour)
		if c.Across || len(c.Series) == 1 {
			b.WriteString(`<c:dLbls>` + small(700) + `<c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>`)
		}
		fmt.Fprintf(&b, `<c:cat><c:strRef><c:f>S!$A$2:$A$%d</c:f><c:strCache><c:ptCount val="%d"/>`, len(c.Names)+1, len(c.Names))
		for k, n := range c.Names {
			fmt.Fprintf(&b, `<c:pt idx="%d"><c:v>%s</c:v></c:pt>`, k, escaped(n))
		}
		fmt.Fprintf(&b, `</c:strCache></c:strRef></c:cat><c:val><c:numRef><c:f>S!$%c$2:$%c$%d</c:f><c:numCache><c:formatCode>General</c:formatCode><c:ptCount val="%d"/>`, 'B'+rune(i), 'B'+rune(i), len(c.Names)+1, len(c.Names))
		for k, v := range s.Values {
			fmt.Fprintf(&b, `<c:pt idx="%d"><c:v>%s</c:v></c:pt>`, k, c.written(v))
		}
		b.WriteString(`</c:numCache></c:numRef></c:val></c:ser>`)
	}
	fmt.Fprintf(&b, `<c:gapWidth val="60"/><c:axId val="1"/><c:axId val="2"/></c:barChart><c:catAx><c:axId val="1"/><c:scaling><c:orientation val="%s"/></c:scaling><c:delete val="0"/><c:axPos val="%s"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>%s<c:crossAx val="2"/><c:crosses val="autoZero"/></c:catAx>`+
		`<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/></c:scaling><c:delete val="%d"/><c:axPos val="%s"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>%s<c:crossAx val="1"/><c:crosses val="autoZero"/></c:valAx></c:plotArea>`,
		order, cats, small(700), map[bool]int{true: 1}[c.Across], vals, small(700))
	if len(c.Series) > 1 {
		b.WriteString(`<c:legend><c:legendPos val="b"/><c:overlay val="0"/>` + small(800) + `</c:legend>`)
	}
	b.WriteString(`<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr></c:chartSpace>`)
	return b.String()
}
