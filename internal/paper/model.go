package paper

// Doc is a document before it becomes a file.
type Doc struct {
	Title  string
	Number string // of the document, as 〔2025〕12号; may be empty
	Head   string // whose paper it is, in red above the title; may be empty
	Foot   string // at the foot of each page beside the page number
	Wide   bool   // lying paper
	Dense  bool   // small letters and edges: much on one page
	Blocks []Block
	Seal   []byte // PNG, printed over the signature; nil = none
}

// Block is a part of a page, from top to bottom.
type Block interface{ block() }

// Heading is a line that names what follows; level 1 to 3.
type Heading struct {
	Level int
	Text  []Span
}

// Para is a paragraph. Flush has no first-line indent: the addressee.
type Para struct {
	Text  []Span
	Flush bool
	Right bool // set to the right: who signs, and when
	Seal  bool // the seal goes over it
}

// Item is an entry of a list; Mark stands before it.
type Item struct {
	Mark string
	Text []Span
}

// Table has one head row. Widths are shares of the page's width; all equal when empty.
type Table struct {
	Align  []Align
	Widths []int
	Head   [][]Span
	Rows   [][][]Span
}

// Picture is a PNG over the page's width, with its caption.
type Picture struct {
	PNG     []byte
	Caption string
}

// Charts are bar charts side by side, drawn as vectors; Word and WPS can change theirs.
type Charts struct{ Of []*Chart }

// Chart is bars by name. Values are divided by Per for what is printed, so that money stays in fen.
type Chart struct {
	Title  string
	Unit   string
	Per    int64
	Across bool // names down the left edge, bars to the right
	Names  []string
	Series []Series
}

// Series is a value for each name. Colour is RRGGBB.
type Series struct {
	Name   string
	Colour string
	Values []int64
}

// figure is a place in a form that wants charts by name.
type figure struct{ names []string }

// Break starts a new page.
type Break struct{}

// Span is text of one look.
type Span struct {
	Text string
	Bold bool
}

// Align of a column.
type Align uint8

const (
	Left Align = iota
	Centre
	Right
)

func (Heading) block() {}
func (Para) block()    {}
func (Item) block()    {}
func (Table) block()   {}
func (Picture) block() {}
func (Charts) block()  {}
func (figure) block()  {}
func (Break) block()   {}

func plain(spans []Span) (s string) {
	for _, x := range spans {
		s += x.Text
	}
	return s
}

func at(bs []Block, i int) Block {
	if i < len(bs) {
		return bs[i]
	}
	return nil
}

// signs tells whether a signature begins at a block: who, then when, with the seal.
func (d *Doc) signs(i int) bool {
	who, ok := at(d.Blocks, i).(Para)
	when, also := at(d.Blocks, i+1).(Para)
	return ok && also && who.Right && when.Seal
}
