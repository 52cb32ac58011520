package casemix

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// rowReader splits a case list into rows by line. A quote that never closes spoils its own line only: with an ordinary
// CSV reader it would swallow every case after it. No line, however long, takes more memory than maxLine.
type rowReader struct {
	in     *bufio.Reader
	ahead  []line // lines read to look for a closing quote and not used
	line   int    // of the row read last
	next   int
	width  int   // columns of the heading, 0 before it
	single []int // columns whose cells never hold a line break
	comma  string
	utf    bool // a line had Chinese in UTF-8: a broken one is damaged, not GB18030
	gb     bool // a line was GB18030, so later ones are
}

// line of a list without its end. Of a line longer than maxLine only the beginning is kept.
type line struct {
	text string
	size int64 // bytes
}

const (
	maxLine   = 1 << 20 // bytes of a line; the longest honest ones are a few thousand
	maxQuoted = 50      // over how many lines a quoted cell may go
)

// rowFault is why a row could not be read; the next one can.
type rowFault string

func (f rowFault) Error() string { return string(f) }

const (
	faultQuote rowFault = "引号不成对"
	faultNUL   rowFault = "有空字符（NUL），文件可能损坏"
)

func newRowReader(in io.Reader) *rowReader {
	return &rowReader{in: bufio.NewReaderSize(in, 1<<20), next: 1, comma: ","}
}

// errForm is wrapped by what tells that a file is no list of cases at all.
var errForm = errors.New("不是 CSV 病例表")

// sniff looks at the first bytes: a packed stream is unpacked whatever it is called, and what is no text at all is told.
func sniff(in io.Reader) (io.Reader, error) {
	b := bufio.NewReaderSize(in, 1<<20)
	head, _ := b.Peek(4)
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, fmt.Errorf("不是完整的压缩文件：%w", err)
		}
		return lines(bufio.NewReaderSize(z, 1<<16)), nil
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return nil, fmt.Errorf("%w：是 xlsx 或 zip，请另存为 CSV（UTF-8）", errForm)
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return nil, fmt.Errorf("%w：是 UTF-16 编码，请另存为 UTF-8 或 GB18030 的 CSV", errForm)
	}
	return lines(b), nil
}

// lines gives a list whose lines end in CR alone (old Macintosh programs) with line feeds in their place.
func lines(b *bufio.Reader) io.Reader {
	head, _ := b.Peek(1 << 16)
	if bytes.IndexByte(head, '\n') >= 0 || bytes.IndexByte(head, '\r') < 0 {
		return b
	}
	return carriage{b}
}

type carriage struct{ in io.Reader }

func (c carriage) Read(b []byte) (int, error) {
	n, err := c.in.Read(b)
	for i := range b[:n] {
		if b[i] == '\r' {
			b[i] = '\n'
		}
	}
	return n, err
}

// separatorOf is what divides the cells of a heading: a comma, unless there is none and a tab or semicolon is.
func separatorOf(head string) string {
	for _, c := range []string{",", "\t", ";"} {
		if strings.Contains(head, c) {
			return c
		}
	}
	return ","
}

func (r *rowReader) readLine() (line, error) {
	if len(r.ahead) > 0 {
		l := r.ahead[0]
		r.ahead = r.ahead[1:]
		return l, nil
	}
	var l line
	part, err := r.in.ReadSlice('\n')
	if err == nil { // the whole line lies in the buffer
		l = line{string(part), int64(len(part))}
	} else {
		var text []byte
		for {
			text = append(text, part[:min(len(part), maxLine-len(text))]...)
			l.size += int64(len(part))
			if err != bufio.ErrBufferFull {
				break
			}
			part, err = r.in.ReadSlice('\n')
		}
		l.text = string(text)
		if err == io.EOF && l.size > 0 {
			err = nil
		}
	}
	l.text = r.text(strings.TrimRight(l.text, "\r\n"))
	return l, err
}

// text decodes a line of GB18030. A line that is neither stays as it is: its codes are read all the same.
func (r *rowReader) text(l string) string {
	if !r.gb && utf8.ValidString(l) {
		r.utf = r.utf || strings.ContainsFunc(strings.TrimPrefix(l, "\ufeff"), func(c rune) bool { return c >= utf8.RuneSelf })
		return l
	}
	if r.utf {
		return l
	}
	t, err := simplifiedchinese.GB18030.NewDecoder().String(l)
	if err != nil {
		return l
	}
	r.gb = true
	return t
}

// read returns the cells of the next row that is not empty. A rowFault: this row could not be split; the next one can.
func (r *rowReader) read() ([]string, error) {
	for {
		l, err := r.readLine()
		if err != nil {
			return nil, err
		}
		r.line = r.next
		r.next++
		if strings.TrimSpace(l.text) == "" && l.size <= maxLine {
			continue
		}
		if r.width == 0 {
			r.comma = separatorOf(l.text)
		}
		switch {
		case l.size > maxLine:
			return strings.SplitN(l.text, r.comma, max(2, r.width)), rowFault(fmt.Sprintf("有 %d 字节，一行最多 %d 字节，没有读完", l.size, maxLine))
		case strings.IndexByte(l.text, 0) >= 0:
			return strings.Split(l.text, r.comma), faultNUL
		case !strings.Contains(l.text, `"`):
			return r.whole(strings.Split(l.text, r.comma))
		case strings.Count(l.text, `"`)%2 == 0:
			cells, err := r.split(l.text)
			if err != nil {
				return cells, err
			}
			return r.whole(cells)
		}
		return r.quoted(l.text)
	}
}

// whole holds a row to the heading: too few or too many cells mean that what stands in them may have moved.
func (r *rowReader) whole(cells []string) ([]string, error) {
	if r.width == 0 || r.fits(cells) {
		return cells, nil
	}
	return cells, rowFault(fmt.Sprintf("有 %d 格，表头有 %d 列，对不上", len(cells), r.width))
}

// fits tells whether a row has a cell for each column; empty ones behind them do no harm.
func (r *rowReader) fits(cells []string) bool {
	for len(cells) > r.width && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	return len(cells) == r.width
}

// quoted looks for the end of a cell that goes over lines. Where joining them gives no row, the lines are given back.
func (r *rowReader) quoted(first string) ([]string, error) {
	var more []line
	text := first
	for len(more) < maxQuoted {
		l, err := r.readLine()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		more = append(more, l)
		text += "\n" + l.text
		if l.size > maxLine || strings.IndexByte(l.text, 0) >= 0 {
			break
		}
		if strings.Count(l.text, `"`)%2 == 1 {
			if cells, err := r.split(text); err == nil && r.joined(cells, more) {
				r.next += len(more)
				return cells, nil
			}
			break
		}
	}
	r.ahead = append(more, r.ahead...)
	cells := strings.Split(first, r.comma)
	if r.width > 0 && r.fits(cells) { // a quote that is only a character (5" …)
		return cells, nil
	}
	return cells, faultQuote
}

// joined tells whether lines put together are one row, and not a row with a stray quote and the cases after it: it has
// a cell for each column, what never holds a line break does not, and no line of it is a row of its own.
func (r *rowReader) joined(cells []string, more []line) bool {
	if !r.fits(cells) {
		return false
	}
	for _, i := range r.single {
		if strings.Contains(cells[i], "\n") {
			return false
		}
	}
	for i, l := range more {
		own := strings.Count(l.text, r.comma)+1 == r.width
		if own && i < len(more)-1 || i == len(more)-1 && !r.closes(l.text, own) {
			return false
		}
	}
	return true
}

// closes tells whether the first quote of a line ends a cell that began lines before: the cell ends with it. own tells
// that the line could be a row of its own; then only its first cell can be that end.
func (r *rowReader) closes(l string, own bool) bool {
	i := strings.IndexByte(strings.ReplaceAll(l, `""`, "  "), '"')
	return i >= 0 && (i+1 == len(l) || l[i+1] == r.comma[0]) && !(own && strings.Contains(l[:i], r.comma))
}

func (r *rowReader) split(text string) ([]string, error) {
	c := csv.NewReader(strings.NewReader(text))
	c.Comma = rune(r.comma[0])
	c.FieldsPerRecord, c.LazyQuotes = -1, true
	cells, err := c.Read()
	if err != nil || c.InputOffset() < int64(len(text)) { // more rows than one: the quotes hold nothing together
		return strings.Split(text, r.comma), faultQuote
	}
	return cells, nil
}
