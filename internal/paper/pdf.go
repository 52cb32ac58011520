package paper

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// ErrNoFont tells that no font with Chinese letters was found: PDF cannot be made, DOCX can.
var ErrNoFont = errors.New("没有找到中文字体，做不了 PDF：请把仿宋、宋体等 TrueType 字体（.ttf、.ttc）放进数据目录的 fonts/，或安装 fonts-wqy-microhei；DOCX 不受影响")

// PDF writes documents as one file. With several a page of contents comes first. Made is the date in the file's own properties.
func PDF(w io.Writer, font []byte, made time.Time, docs ...*Doc) error {
	if len(docs) == 0 {
		return errors.New("没有文书可印")
	}
	starts := make([]int, len(docs))
	if len(docs) == 1 {
		p, err := draw(font, made, docs, starts)
		if err != nil {
			return err
		}
		return p.Output(w)
	}
	// The contents name pages that are known only when all is set: set once to learn them, once to print.
	all := append([]*Doc{contents(docs, starts)}, docs...)
	first := make([]int, len(all))
	if _, err := draw(font, made, all, first); err != nil {
		return err
	}
	all[0] = contents(docs, first[1:])
	p, err := draw(font, made, all, first)
	if err != nil {
		return err
	}
	return p.Output(w)
}

func contents(docs []*Doc, starts []int) *Doc {
	t := Table{Align: []Align{Centre, Left, Left, Centre}, Widths: []int{1, 5, 4, 1}, Head: [][]Span{{{Text: "序号"}}, {{Text: "文书"}}, {{Text: "文号"}}, {{Text: "页次"}}}}
	for i, d := range docs {
		t.Rows = append(t.Rows, [][]Span{{{Text: fmt.Sprint(i + 1)}}, {{Text: d.Title}}, {{Text: orDash(d.Number)}}, {{Text: fmt.Sprint(starts[i])}}})
	}
	return &Doc{Title: "卷内文书目录", Blocks: []Block{t}}
}

type pdf struct {
	*fpdf.Fpdf
	d                        *Doc
	left, width, top, bottom float64
	height                   float64
	wide                     map[rune]float64 // widths of letters at 1 point
	pictures                 int
}

const family = "zh"

// tailLines is how long a paragraph may be that goes to the next page with the signature; a longer one fills that page by itself mostly.
const tailLines = 12

// side is the room left and right of a cell's text, in mm.
const side = 1.2

// draw sets all documents, and notes in starts on which page each begins.
func draw(font []byte, made time.Time, docs []*Doc, starts []int) (*fpdf.Fpdf, error) {
	if _, err := single(font); err != nil {
		return nil, fmt.Errorf("%w（%w）", ErrNoFont, err)
	}
	f := fpdf.New("P", "mm", "A4", "")
	f.SetCreationDate(made)
	f.SetModificationDate(made)
	f.SetCatalogSort(true)
	f.SetTitle(docs[0].Title, true)
	f.SetProducer("", true)
	f.AddUTF8FontFromBytes(family, "", font)
	f.SetFont(family, "", sizeBody)
	if err := f.Error(); err != nil {
		return nil, fmt.Errorf("%w（%v）", ErrNoFont, err)
	}
	f.SetAutoPageBreak(false, 0)
	x := &pdf{Fpdf: f, wide: map[rune]float64{}}
	f.SetFooterFunc(func() {
		if x.d == nil {
			return
		}
		x.SetFont(family, "", sizeTable)
		x.SetTextColor(60, 60, 60)
		x.SetXY(x.left, x.height-x.bottom/2-4)
		text := fmt.Sprintf("— %d —", x.PageNo())
		if x.d.Foot != "" {
			text = x.d.Foot + "　" + text
		}
		x.CellFormat(x.width, 6, text, "", 0, "C", false, 0, "")
		x.SetTextColor(0, 0, 0)
	})
	for i, d := range docs {
		x.start(d)
		starts[i] = x.PageNo()
		x.doc()
	}
	return f, f.Error()
}

func (x *pdf) start(d *Doc) {
	w, h, l, r, t, b := d.page()
	if x.d != nil && x.PageNo() == 0 {
		x.d = nil
	}
	size, way := fpdf.SizeType{Wd: pageW, Ht: pageH}, "P"
	if d.Wide {
		way = "L"
	}
	x.AddPageFormat(way, size) // closes the page before with its own foot
	x.d, x.left, x.width, x.top, x.bottom, x.height = d, l, w-l-r, t, b, h
	x.SetXY(l, t)
}

func (x *pdf) again() {
	d := x.d
	way := "P"
	if d.Wide {
		way = "L"
	}
	x.AddPageFormat(way, fpdf.SizeType{Wd: pageW, Ht: pageH})
	x.SetXY(x.left, x.top)
}

// room goes to the next page where less than h mm are left.
func (x *pdf) room(h float64) {
	if x.GetY()+h > x.height-x.bottom && x.GetY() > x.top {
		x.again()
	}
}

func mm(points float64) float64 { return points * 25.4 / 72 }

func (x *pdf) doc() {
	d, size := x.d, x.d.body()
	if d.Head != "" {
		x.SetTextColor(192, 0, 0)
		x.line([]Span{{d.Head, true}}, sizeHead, Centre, 0)
		x.SetTextColor(0, 0, 0)
		y := x.GetY() + 2
		x.SetDrawColor(192, 0, 0)
		x.SetLineWidth(0.8)
		x.Line(x.left, y, x.left+x.width, y)
		x.SetDrawColor(0, 0, 0)
		x.SetY(y + 6*d.spare())
	}
	if d.Number != "" {
		x.line([]Span{{d.Number, false}}, size, Centre, 0)
		x.SetY(x.GetY() + 3)
	}
	x.line([]Span{{d.Title, true}}, d.title(), Centre, 0)
	x.SetY(x.GetY() + 5*d.spare())
	two := mm(size) * 2
	for i, b := range d.Blocks {
		switch b := b.(type) {
		case Heading:
			x.room(max(mm(size)*d.lines()*2.2, x.tail(i, size)))
			x.line(bold(b.Text, b.Level != 2), size, Left, two)
		case Para:
			switch {
			case b.Right:
				if d.signs(i) { // who signs and when stay together
					x.room(x.signature(size))
				}
				if b.Seal && d.Seal != nil {
					x.seal()
				}
				x.line(b.Text, size, Right, 10)
			case b.Flush:
				x.room(x.tail(i, size))
				x.line(b.Text, size, Left, 0)
			default:
				x.room(x.tail(i, size))
				x.line(b.Text, size, Left, two)
			}
		case Item:
			x.line(append([]Span{{b.Mark + " ", false}}, b.Text...), size, Left, two)
		case Table:
			x.table(&b)
		case Picture:
			x.image(&b)
		case Charts:
			x.charts(&b)
		case Break:
			x.again()
		}
	}
}

// tail is the height of a short paragraph before the signature, or of its heading too, with the signature: a seal does not stand on a page
// without text. 0 = no such block.
func (x *pdf) tail(i int, size float64) float64 {
	h := mm(size) * x.d.lines()
	switch b := at(x.d.Blocks, i).(type) {
	case Heading:
		if t := x.tail(i+1, size); t > 0 {
			return h + t
		}
	case Para:
		if !b.Right && x.d.signs(i+1) {
			if n := len(x.wrap(b.Text, size, x.width, mm(size)*2)); n <= tailLines {
				return float64(n)*h + x.signature(size)
			}
		}
	}
	return 0
}

func bold(s []Span, on bool) []Span {
	out := make([]Span, len(s))
	for i, p := range s {
		out[i] = Span{p.Text, p.Bold || on}
	}
	return out
}

// line sets a paragraph. Indent is of its first line, at the right edge for text set right.
func (x *pdf) line(s []Span, size float64, a Align, indent float64) {
	h := mm(size) * x.d.lines()
	first := indent
	if a == Right {
		first = 0
	}
	for i, l := range x.wrap(s, size, x.width, first) {
		x.room(h)
		at := x.left
		switch {
		case a == Centre:
			at += (x.width - x.span(l, size)) / 2
		case a == Right:
			at += x.width - x.span(l, size) - indent
		case i == 0:
			at += indent
		}
		x.print(l, size, at, x.GetY()+h*0.72)
		x.SetY(x.GetY() + h)
	}
}

// print sets one line with its foot line at y. The font has one weight: bold letters are drawn with a stroke round them.
func (x *pdf) print(l []Span, size, at, y float64) {
	x.SetFont(family, "", size)
	for _, p := range l {
		if p.Bold {
			x.SetLineWidth(mm(size) * 0.025)
			r, g, b := x.GetTextColor()
			x.SetDrawColor(r, g, b)
			x.SetTextRenderingMode(2)
		}
		x.Text(at, y, p.Text)
		if p.Bold {
			x.SetTextRenderingMode(0)
			x.SetDrawColor(0, 0, 0)
		}
		at += x.span([]Span{p}, size)
	}
}

// signature is the height of the two lines of a signature, with what the seal hangs below them.
func (x *pdf) signature(size float64) float64 {
	h := 2 * mm(size) * x.d.lines()
	if x.d.Seal != nil {
		h += sealMM / 4
	}
	return h
}

func (x *pdf) seal() {
	name := x.register(x.d.Seal)
	x.ImageOptions(name, x.left+x.width-sealMM-12, x.GetY()-sealMM/2+4, sealMM, 0, false, fpdf.ImageOptions{ImageType: "PNG"}, 0, "")
}

func (x *pdf) register(data []byte) string {
	x.pictures++
	name := fmt.Sprintf("p%d", x.pictures)
	x.RegisterImageOptionsReader(name, fpdf.ImageOptions{ImageType: "PNG"}, bytes.NewReader(data))
	return name
}

func (x *pdf) image(p *Picture) {
	name := x.register(p.PNG)
	info := x.GetImageInfo(name)
	if info == nil || info.Width() == 0 {
		return
	}
	h := x.width * info.Height() / info.Width()
	x.room(h + 8)
	x.ImageOptions(name, x.left, x.GetY(), x.width, 0, false, fpdf.ImageOptions{ImageType: "PNG"}, 0, "")
	x.SetY(x.GetY() + h + 1)
	if p.Caption != "" {
		x.line([]Span{{p.Caption, false}}, sizeTable, Centre, 0)
	}
}

func (x *pdf) table(t *Table) {
	shares := t.shares(x.width)
	h, pad := mm(sizeTable)*1.35, x.d.pad()
	row := func(cells [][]Span, head bool) {
		var set [][][]Span
		lines := 1
		for i, w := range shares {
			var c []Span
			if i < len(cells) {
				c = cells[i]
			}
			l := x.wrap(bold(c, head), sizeTable, w-2*side, 0)
			set, lines = append(set, l), max(lines, len(l))
		}
		high := max(x.d.row(), float64(lines)*h+2*pad)
		if x.GetY()+high > x.height-x.bottom && x.GetY() > x.top && !head {
			x.again()
			x.head(t, shares, h, pad)
		}
		x.cells(t, set, shares, high, h, pad, head)
	}
	x.room(x.d.row() * 3)
	row(t.Head, true)
	for _, r := range t.Rows {
		row(r, false)
	}
	x.SetY(x.GetY() + 3)
}

// head repeats a table's head on a new page.
func (x *pdf) head(t *Table, shares []float64, h, pad float64) {
	var set [][][]Span
	lines := 1
	for i, w := range shares {
		l := x.wrap(bold(t.Head[i], true), sizeTable, w-2*side, 0)
		set, lines = append(set, l), max(lines, len(l))
	}
	x.cells(t, set, shares, max(x.d.row(), float64(lines)*h+2*pad), h, pad, true)
}

func (x *pdf) cells(t *Table, set [][][]Span, shares []float64, high, h, pad float64, head bool) {
	at, y := x.left, x.GetY()
	x.SetLineWidth(0.15)
	for i, w := range shares {
		style := "D"
		if head {
			x.SetFillColor(240, 240, 240)
			style = "DF"
		}
		x.SetLineWidth(0.15)
		x.SetDrawColor(70, 70, 70)
		x.Rect(at, y, w, high, style)
		down := y + (high-float64(len(set[i]))*h)/2
		for _, l := range set[i] {
			from := at + side
			switch {
			case head || t.align(i) == Centre:
				from = at + (w-x.span(l, sizeTable))/2
			case t.align(i) == Right:
				from = at + w - side - x.span(l, sizeTable)
			}
			x.print(l, sizeTable, from, down+h*0.76)
			down += h
		}
		at += w
	}
	x.SetXY(x.left, y+high)
}
