package paper

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"image/png"
	"io"
	"strings"
)

// DOCX writes the document as Office Open XML (ECMA-376, transitional), for Word and WPS. No library that sets heads, feet and page
// numbers is kept up; what a document here needs of the format is small.
func (d *Doc) DOCX(w io.Writer) error {
	x := &docx{d: d}
	x.body()
	z := zip.NewWriter(w)
	put := func(name, content string) error {
		f, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(f, content)
		}
		return err
	}
	for _, p := range [][2]string{
		{"[Content_Types].xml", declared + x.types()}, {"_rels/.rels", declared + packageRels}, {"word/_rels/document.xml.rels", declared + x.relations()},
		{"word/styles.xml", declared + styles}, {"word/footer1.xml", declared + x.footer()}, {"docProps/core.xml", declared + x.core()},
		{"word/document.xml", declared + `<w:document ` + spaces + `><w:body>` + x.out.String() + x.section() + `</w:body></w:document>`},
	} {
		if err := put(p[0], p[1]); err != nil {
			return err
		}
	}
	for i, m := range x.media {
		if err := put(fmt.Sprintf("word/media/image%d.png", i+1), string(m)); err != nil {
			return err
		}
	}
	for i, c := range x.charts {
		if err := put(fmt.Sprintf("word/charts/chart%d.xml", i+1), declared+c.xml()); err != nil {
			return err
		}
	}
	if x.err != nil {
		return x.err
	}
	return z.Close()
}

type docx struct {
	d      *Doc
	out    strings.Builder
	media  [][]byte
	charts []*Chart
	err    error
}

const (
	declared     = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	spaces       = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"`
	contentTypes = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>` +
		`<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>` +
		`<Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`
	relation    = `http://schemas.openxmlformats.org/officeDocument/2006/relationships/`
	packageRels = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + relation + `officeDocument" Target="word/document.xml"/>` +
		`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`
	styles = `<w:styles ` + spaces + `><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="仿宋"/><w:sz w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault></w:docDefaults>` +
		`<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>` +
		`<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:basedOn w:val="a"/><w:pPr><w:keepNext/><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:rFonts w:eastAsia="黑体"/></w:rPr></w:style>` +
		`<w:style w:type="paragraph" w:styleId="2"><w:name w:val="heading 2"/><w:basedOn w:val="a"/><w:pPr><w:keepNext/><w:outlineLvl w:val="1"/></w:pPr><w:rPr><w:rFonts w:eastAsia="楷体"/></w:rPr></w:style>` +
		`<w:style w:type="paragraph" w:styleId="3"><w:name w:val="heading 3"/><w:basedOn w:val="a"/><w:pPr><w:keepNext/><w:outlineLvl w:val="2"/></w:pPr><w:rPr><w:b/></w:rPr></w:style></w:styles>`
)

func escaped(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer takes everything
	return b.String()
}

// twips are twentieths of a point.
func twips(mm float64) int { return int(mm/25.4*1440 + 0.5) }

// emus are the format's units of pictures.
func emus(mm float64) int { return int(mm * 36000) }

func (x *docx) para(props string, runs string) {
	x.out.WriteString(`<w:p><w:pPr>` + props + `</w:pPr>` + runs + `</w:p>`)
}

// run is text of one look; size 0 is the style's.
func run(s string, bold bool, size float64, more string) string {
	p := more
	if bold {
		p += `<w:b/>`
	}
	if size > 0 {
		p += fmt.Sprintf(`<w:sz w:val="%d"/>`, int(size*2))
	}
	return `<w:r><w:rPr>` + p + `</w:rPr><w:t xml:space="preserve">` + escaped(s) + `</w:t></w:r>`
}

func runs(spans []Span, size float64) (s string) {
	for _, p := range spans {
		s += run(p.Text, p.Bold, size, "")
	}
	return s
}

func (x *docx) body() {
	d, size := x.d, x.d.body()
	line := fmt.Sprintf(`<w:spacing w:line="%d" w:lineRule="exact"/>`, int(size*d.lines()*20*1.09))
	if d.Head != "" {
		x.para(`<w:pBdr><w:bottom w:val="single" w:sz="18" w:space="6" w:color="C00000"/></w:pBdr><w:spacing w:after="`+fmt.Sprint(int(360*d.spare()))+`"/><w:jc w:val="center"/>`,
			run(d.Head, true, sizeHead, `<w:rFonts w:eastAsia="宋体"/><w:color w:val="C00000"/>`))
	}
	if d.Number != "" {
		x.para(`<w:spacing w:after="240"/><w:jc w:val="center"/>`, run(d.Number, false, size, ""))
	}
	x.para(`<w:spacing w:after="`+fmt.Sprint(int(300*d.spare()))+`"/><w:jc w:val="center"/>`, run(d.Title, true, d.title(), `<w:rFonts w:eastAsia="宋体"/>`))
	indent := `<w:ind w:firstLineChars="200" w:firstLine="` + fmt.Sprint(int(size*40)) + `"/>`
	for i, b := range d.Blocks {
		switch b := b.(type) {
		case Heading:
			x.para(fmt.Sprintf(`<w:pStyle w:val="%d"/>`, b.Level)+line+indent, runs(b.Text, size))
		case Para:
			props := line
			if d.signs(i) || (!b.Right && d.signs(i+1)) { // no seal on a page without text
				props = `<w:keepNext/>` + line
			}
			switch {
			case b.Right:
				props += `<w:ind w:right="640"/><w:jc w:val="right"/>`
			case !b.Flush:
				props += indent
			}
			r := runs(b.Text, size)
			if b.Seal && d.Seal != nil {
				r += x.picture(d.Seal, sealMM, true)
			}
			x.para(props, r)
		case Item:
			x.para(line+indent, run(b.Mark+" ", false, size, "")+runs(b.Text, size))
		case Table:
			x.table(&b)
		case Picture:
			w, _, l, r, _, _ := d.page()
			x.para(`<w:jc w:val="center"/>`, x.picture(b.PNG, w-l-r, false))
			if b.Caption != "" {
				x.para(`<w:spacing w:after="120"/><w:jc w:val="center"/>`, run(b.Caption, false, sizeTable, ""))
			}
		case Charts:
			w, _, l, r, _, _ := d.page()
			all := ""
			for _, c := range b.Of {
				all += x.chart(c, (w-l-r)/float64(len(b.Of))-1)
			}
			x.para(`<w:jc w:val="center"/>`, all)
		case Break:
			x.out.WriteString(`<w:p><w:r><w:br w:type="page"/></w:r></w:p>`)
		}
	}
}

func (x *docx) table(t *Table) {
	w, _, l, r, _, _ := x.d.page()
	shares := t.shares(w - l - r)
	b := &x.out
	b.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/><w:jc w:val="center"/><w:tblBorders>`)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		b.WriteString(`<w:` + side + ` w:val="single" w:sz="4" w:space="0" w:color="444444"/>`)
	}
	b.WriteString(`</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`)
	for _, s := range shares {
		fmt.Fprintf(b, `<w:gridCol w:w="%d"/>`, twips(s))
	}
	b.WriteString(`</w:tblGrid>`)
	row := func(cells [][]Span, head bool) {
		b.WriteString(`<w:tr><w:trPr><w:cantSplit/>`)
		if head {
			b.WriteString(`<w:tblHeader/>`)
		}
		b.WriteString(`</w:trPr>`)
		for i := range t.Head {
			var c []Span
			if i < len(cells) {
				c = cells[i]
			}
			jc := [...]string{"left", "center", "right"}[t.align(i)]
			shade := ""
			if head {
				jc, shade = "center", `<w:shd w:val="clear" w:color="auto" w:fill="F0F0F0"/>`
			}
			fmt.Fprintf(b, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>%s<w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr><w:jc w:val="%s"/></w:pPr>%s</w:p></w:tc>`, twips(shares[i]), shade, jc, runs(c, sizeTable))
		}
		b.WriteString(`</w:tr>`)
	}
	row(t.Head, true)
	for _, r := range t.Rows {
		row(r, false)
	}
	b.WriteString(`</w:tbl><w:p><w:pPr><w:spacing w:line="160" w:lineRule="exact"/></w:pPr></w:p>`)
}

// picture places a PNG of a width in mm; over lets it lie on the text.
func (x *docx) picture(data []byte, width float64, over bool) string {
	c, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil || c.Width == 0 {
		x.err = fmt.Errorf("图片不是 PNG：%w", err)
		return ""
	}
	x.media = append(x.media, data)
	n := len(x.media)
	cx, cy := emus(width), emus(width*float64(c.Height)/float64(c.Width))
	graphic := fmt.Sprintf(`<wp:docPr id="%d" name="图%d"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="%d" name="图%d"/><pic:cNvPicPr/></pic:nvPicPr>`+
		`<pic:blipFill><a:blip r:embed="rIdImage%d"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%d" cy="%d"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>`, n, n, n, n, n, cx, cy)
	if !over {
		return fmt.Sprintf(`<w:r><w:drawing><wp:inline><wp:extent cx="%d" cy="%d"/>%s</wp:inline></w:drawing></w:r>`, cx, cy, graphic)
	}
	return fmt.Sprintf(`<w:r><w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="1" behindDoc="1" locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>`+
		`<wp:positionH relativeFrom="rightMargin"><wp:posOffset>%d</wp:posOffset></wp:positionH><wp:positionV relativeFrom="paragraph"><wp:posOffset>%d</wp:posOffset></wp:positionV><wp:extent cx="%d" cy="%d"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapNone/>%s</wp:anchor></w:drawing></w:r>`,
		-emus(width+12), -emus(width/2-4), cx, cy, graphic)
}

func (x *docx) relations() string {
	s := `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rIdStyles" Type="` + relation + `styles" Target="styles.xml"/><Relationship Id="rIdFooter" Type="` + relation + `footer" Target="footer1.xml"/>`
	for i := range x.media {
		s += fmt.Sprintf(`<Relationship Id="rIdImage%d" Type="%simage" Target="media/image%d.png"/>`, i+1, relation, i+1)
	}
	for i := range x.charts {
		s += fmt.Sprintf(`<Relationship Id="rIdChart%d" Type="%schart" Target="charts/chart%d.xml"/>`, i+1, relation, i+1)
	}
	return s + `</Relationships>`
}

// types names what each part is.
func (x *docx) types() string {
	s := strings.TrimSuffix(contentTypes, `</Types>`)
	for i := range x.charts {
		s += fmt.Sprintf(`<Override PartName="/word/charts/chart%d.xml" ContentType="application/vnd.openxmlformats-officedocument.drawingml.chart+xml"/>`, i+1)
	}
	return s + `</Types>`
}

func (x *docx) footer() string {
	small := `<w:rPr><w:sz w:val="28"/></w:rPr>`
	s := `<w:ftr ` + spaces + `><w:p><w:pPr><w:jc w:val="center"/></w:pPr>`
	if x.d.Foot != "" {
		s += run(x.d.Foot+"　", false, sizeTable, "")
	}
	return s + `<w:r>` + small + `<w:t xml:space="preserve">— </w:t></w:r><w:r>` + small + `<w:fldChar w:fldCharType="begin"/></w:r><w:r>` + small + `<w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r>` + small +
		`<w:fldChar w:fldCharType="separate"/></w:r><w:r>` + small + `<w:t>1</w:t></w:r><w:r>` + small + `<w:fldChar w:fldCharType="end"/></w:r><w:r>` + small + `<w:t xml:space="preserve"> —</w:t></w:r></w:p></w:ftr>`
}

func (x *docx) core() string {
	return `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>` + escaped(x.d.Title) + `</dc:title></cp:coreProperties>`
}

func (x *docx) section() string {
	w, h, l, r, t, b := x.d.page()
	orient := ""
	if x.d.Wide {
		orient = ` w:orient="landscape"`
	}
	return fmt.Sprintf(`<w:sectPr><w:footerReference w:type="default" r:id="rIdFooter"/><w:pgSz w:w="%d" w:h="%d"%s/><w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="%d" w:footer="%d" w:gutter="0"/></w:sectPr>`,
		twips(w), twips(h), orient, twips(t), twips(r), twips(b), twips(l), twips(15), twips(b/2))
}
