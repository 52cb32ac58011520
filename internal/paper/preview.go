package paper

// Preview is a document as a screen shows it before it becomes a file.
type Preview struct {
	Title  string         `json:"title"`
	Number string         `json:"number"`
	Head   string         `json:"head"`
	Blocks []PreviewBlock `json:"blocks"`
}

// PreviewBlock is a block: kind is heading, para, item, table, charts or break.
type PreviewBlock struct {
	Kind   string         `json:"kind"`
	Text   []PreviewSpan  `json:"text,omitempty"`
	Right  bool           `json:"right,omitempty"`
	Head   []string       `json:"head,omitempty"`
	Align  []string       `json:"align,omitempty" doc:"left、center、right，逐列"`
	Rows   [][]string     `json:"rows,omitempty"`
	Charts []PreviewChart `json:"charts,omitempty"`
}

// PreviewSpan is text of one look.
type PreviewSpan struct {
	Text string `json:"text"`
	Bold bool   `json:"bold,omitempty"`
}

// PreviewChart is a chart with its values as they are printed.
type PreviewChart struct {
	Title  string          `json:"title"`
	Unit   string          `json:"unit"`
	Across bool            `json:"across"`
	Names  []string        `json:"names"`
	Series []PreviewSeries `json:"series"`
}

// PreviewSeries is one of a chart's values by name.
type PreviewSeries struct {
	Name   string   `json:"name"`
	Colour string   `json:"colour"`
	Values []string `json:"values"`
}

// Preview makes what a screen shows.
func (d *Doc) Preview() *Preview {
	p := &Preview{Title: d.Title, Number: d.Number, Head: d.Head, Blocks: []PreviewBlock{}}
	add := func(b PreviewBlock) { p.Blocks = append(p.Blocks, b) }
	for _, b := range d.Blocks {
		switch b := b.(type) {
		case Heading:
			add(PreviewBlock{Kind: "heading", Text: shownSpans(b.Text)})
		case Para:
			add(PreviewBlock{Kind: "para", Text: shownSpans(b.Text), Right: b.Right})
		case Item:
			add(PreviewBlock{Kind: "item", Text: append([]PreviewSpan{{Text: b.Mark + " "}}, shownSpans(b.Text)...)})
		case Table:
			t := PreviewBlock{Kind: "table"}
			for i, h := range b.Head {
				t.Head, t.Align = append(t.Head, plain(h)), append(t.Align, [...]string{"left", "center", "right"}[b.align(i)])
			}
			for _, r := range b.Rows {
				var row []string
				for _, c := range r {
					row = append(row, plain(c))
				}
				t.Rows = append(t.Rows, row)
			}
			add(t)
		case Charts:
			x := PreviewBlock{Kind: "charts"}
			for _, c := range b.Of {
				x.Charts = append(x.Charts, c.preview())
			}
			add(x)
		case Break:
			add(PreviewBlock{Kind: "break"})
		}
	}
	return p
}

func shownSpans(s []Span) []PreviewSpan {
	out := make([]PreviewSpan, len(s))
	for i, x := range s {
		out[i] = PreviewSpan{x.Text, x.Bold}
	}
	return out
}

func (c *Chart) preview() PreviewChart {
	p := PreviewChart{c.Title, c.Unit, c.Across, c.Names, nil}
	for _, s := range c.Series {
		x := PreviewSeries{s.Name, "#" + s.Colour, []string{}}
		for _, v := range s.Values {
			x.Values = append(x.Values, c.written(v))
		}
		p.Series = append(p.Series, x)
	}
	return p
}
