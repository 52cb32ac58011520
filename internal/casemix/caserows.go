package casemix

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// rowReader splits a case list into rows by line. A quote that never closes spoils its own line only: with an ordinary
// CSV reader it would swallow every case after it.
type rowReader struct {
	in    *bufio.Reader
	ahead []string // lines read to look for a closing quote and not used
	line  int      // of the row read last
	next  int
	width int // columns of the heading, 0 before it
}

// maxQuoted is over how many lines a quoted cell may go.
const maxQuoted = 50

var errQuote = errors.New("引号不成对")

func newRowReader(in io.Reader) *rowReader {
	return &rowReader{in: bufio.NewReaderSize(in, 1<<20), next: 1}
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
	return strings.TrimRight(l, "\r\n"), err
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
		if !strings.Contains(l, `"`) {
			return strings.Split(l, ","), nil
		}
		if strings.Count(l, `"`)%2 == 0 {
			return split(l)
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
			if cells, err := split(text); err == nil && len(cells) == r.width {
				r.next += len(more)
				return cells, nil
			}
			break
		}
	}
	r.ahead = append(more, r.ahead...)
	cells := strings.Split(first, ",")
	if len(cells) == r.width { // a quote that is only a character (5" …)
		return cells, nil
	}
	return cells, errQuote
}

func split(text string) ([]string, error) {
	c := csv.NewReader(strings.NewReader(text))
	c.FieldsPerRecord, c.LazyQuotes = -1, true
	cells, err := c.Read()
	if err != nil {
		return strings.Split(text, ","), errQuote
	}
	return cells, nil
}
