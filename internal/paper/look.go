package paper

// Measures of an official document (GB/T 9704): A4, edges in mm, letters in points.
const (
	pageW, pageH                  = 210.0, 297.0
	edgeTop, edgeBottom           = 37.0, 35.0
	edgeLeft, edgeRight           = 28.0, 26.0
	wideEdge                      = 18.0 // all round on lying paper
	sizeHead, sizeTitle, sizeBody = 30.0, 22.0, 16.0
	sizeTable, sizeSmall          = 10.5, 9.0
	sealMM                        = 42.0
	tableRowMM                    = 7.5
	lineTimes                     = 1.6 // height of a line in letters
	headTop                       = 4.0
)

func (d *Doc) page() (w, h, left, right, top, bottom float64) {
	if d.Wide {
		return pageH, pageW, wideEdge, wideEdge, wideEdge, wideEdge
	}
	if d.Dense {
		return pageW, pageH, wideEdge, wideEdge, 13, 17
	}
	return pageW, pageH, edgeLeft, edgeRight, edgeTop, edgeBottom
}

func (d *Doc) body() float64 {
	switch {
	case d.Wide:
		return 12
	case d.Dense:
		return 11
	}
	return sizeBody
}

// shares are the widths of a table's columns in parts of whole.
func (t *Table) shares(whole float64) []float64 {
	out, sum := make([]float64, len(t.Head)), 0
	for i := range out {
		n := 1
		if i < len(t.Widths) {
			n = t.Widths[i]
		}
		out[i] = float64(n)
		sum += n
	}
	for i := range out {
		out[i] *= whole / float64(sum)
	}
	return out
}

func (t *Table) align(col int) Align {
	if col < len(t.Align) {
		return t.Align[col]
	}
	return Left
}

// spare is the part of the room round heads and titles that a page leaves.
func (d *Doc) spare() float64 {
	if d.Dense {
		return 0.5
	}
	return 1
}

// title is the size of the title's letters.
func (d *Doc) title() float64 {
	if d.Dense {
		return 18
	}
	return sizeTitle
}

// lines is the height of a line in letters.
func (d *Doc) lines() float64 {
	if d.Dense {
		return 1.4
	}
	return lineTimes
}

// row is the least height of a table's row in mm.
func (d *Doc) row() float64 {
	if d.Dense {
		return 5.6
	}
	return tableRowMM
}

// chart is the height of a chart.
func (d *Doc) chart() float64 {
	if d.Dense {
		return 40
	}
	return 50
}

// pad is the room above and below a cell's text.
func (d *Doc) pad() float64 {
	if d.Dense {
		return 0.4
	}
	return 1.2
}
