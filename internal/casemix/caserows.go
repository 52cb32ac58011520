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
// CSV reader it would swallow every case after it.
type rowReader struct {
	in    *bufio.Reader
	ahead []string // lines read to look for a closing quote and not used
	line  int      // of the row read last
	next  int
	width int // columns of the heading, 0 before it
	comma string
	utf   bool // a line had Chinese in UTF-8: a broken one is damaged, not GB18030
	gb    bool // a line was GB18030, so later ones are
}

// maxQuoted is over how many lines a quoted cell may go.
const maxQuoted = 50

var errQuote = errors.New("引号不成对")

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
		return z, nil
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return nil, fmt.Errorf("%w：是 xlsx 或 zip，请另存为 CSV（UTF-8）", errForm)
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return nil, fmt.Errorf("%w：是 UTF-16 编码，请另存为 UTF-8 或 GB18030 的 CSV", errForm)
	}
	return b, nil
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

func (r *rowReader) readLine() (string, error) {
	if n := len(r.ahead); n > 0 {
		l := r.ahead[0]
		r.ahead = r.ahead[1:]
		return l, nil
	}
	l, err := r.in.ReadString('\n')
	if err == io.EOF && l != "" {
		err = nil
	}
	return r.text(strings.TrimRight(l, "\r\n")), err
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

// read returns the cells of the next row that is not empty. errQuote: this row could not be split; the next one can.
func (r *rowReader) read() ([]string, error) {
	for {
		l, err := r.readLine()
		if err != nil {
			return nil, err
		}
		r.line = r.next
		r.next++
		if strings.TrimSpace(l) == "" {
			continue
		}
		if r.width == 0 {
			r.comma = separatorOf(l)
		}
		if !strings.Contains(l, `"`) {
			return strings.Split(l, r.comma), nil
		}
		if strings.Count(l, `"`)%2 == 0 {
			return r.split(l)
		}
		return r.quoted(l)
	}
}

// quoted looks for the end of a cell that goes over lines. Where joining them gives no row of the heading's width, the
// lines are given back.
func (r *rowReader) quoted(first string) ([]string, error) {
	var more []string
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
		text += "\n" + l
		if strings.Count(l, `"`)%2 == 1 {
			if cells, err := r.split(text); err == nil && len(cells) == r.width {
				r.next += len(more)
				return cells, nil
			}
			break
		}
	}
	r.ahead = append(more, r.ahead...)
	cells := strings.Split(first, r.comma)
	if len(cells) == r.width { // a quote that is only a character (5" …)
		return cells, nil
	}
	return cells, errQuote
}

func (r *rowReader) split(text string) ([]string, error) {
	c := csv.NewReader(strings.NewReader(text))
	c.Comma = rune(r.comma[0])
	c.FieldsPerRecord, c.LazyQuotes = -1, true
	cells, err := c.Read()
	if err != nil {
		return strings.Split(text, r.comma), errQuote
	}
	return cells, nil
}
