package lake

import "bytes"

// splitter cuts the records of a piece into fields. A quote counts only at the start of a field (RFC 4180); anywhere
// else it is a character like any other, because drug specifications are full of inch marks.
type splitter struct {
	delim    byte
	quoted   bool
	byRecord bool
	b        []byte
	pos      int
	line     int // of the record last returned
	nextLn   int
	start    int // of the record last returned
	end      int // behind it, line end excluded
	fields   [][]byte
	buf      []byte // unescaped quoted fields
	err      string
}

func (s *splitter) reset(b []byte, line int) {
	s.b, s.pos, s.nextLn, s.err = b, 0, line, ""
}

// next returns the fields of the next record, skipping blank lines; false at the end of the piece. A record with broken
// quotes sets err and is returned with what could be read.
func (s *splitter) next() ([][]byte, bool) {
	for s.pos < len(s.b) {
		s.err, s.start, s.line = "", s.pos, s.nextLn
		if !s.quoted {
			s.plain()
		} else {
			s.withQuotes()
		}
		if s.end > s.start {
			return s.fields, true
		}
	}
	return nil, false
}

// raw is the text of the record last returned.
func (s *splitter) raw() []byte { return s.b[s.start:s.end] }

func (s *splitter) plain() {
	row := s.b[s.pos:]
	i := bytes.IndexByte(row, '\n')
	if i < 0 {
		s.pos = len(s.b)
	} else {
		row = row[:i]
		s.pos += i + 1
	}
	s.nextLn++
	if n := len(row); n > 0 && row[n-1] == '\r' {
		row = row[:n-1]
	}
	s.end = s.start + len(row)
	s.fields = s.fields[:0]
	for {
		j := bytes.IndexByte(row, s.delim)
		if j < 0 {
			s.fields = append(s.fields, row)
			return
		}
		s.fields = append(s.fields, row[:j])
		row = row[j+1:]
	}
}

func (s *splitter) withQuotes() {
	s.fields, s.buf = s.fields[:0], s.buf[:0]
	i := s.pos
	for {
		var f []byte
		if i < len(s.b) && s.b[i] == '"' {
			f, i = s.quotedField(i + 1)
		} else {
			j := i
			for j < len(s.b) && s.b[j] != s.delim && s.b[j] != '\n' {
				j++
			}
			f, i = s.b[i:j], j
			if j == len(s.b) || s.b[j] == '\n' {
				f = bytes.TrimSuffix(f, []byte{'\r'})
			}
		}
		s.fields = append(s.fields, f)
		if i >= len(s.b) || s.b[i] == '\n' {
			break
		}
		i++
	}
	s.end = i
	if i < len(s.b) {
		i++
	}
	s.nextLn++
	if s.end > s.start && s.b[s.end-1] == '\r' {
		s.end--
	}
	s.pos = i
}

// quotedField reads from behind the opening quote to the separator behind the closing one.
func (s *splitter) quotedField(i int) ([]byte, int) {
	from := len(s.buf)
	for {
		j := bytes.IndexByte(s.b[i:], '"')
		if j < 0 {
			s.err = "引号没有闭合"
			return s.b[i:], len(s.b)
		}
		if !s.byRecord {
			s.nextLn += bytes.Count(s.b[i:i+j], nl)
		}
		s.buf = append(s.buf, s.b[i:i+j]...)
		i += j + 1
		if i < len(s.b) && s.b[i] == '"' {
			s.buf = append(s.buf, '"')
			i++
			continue
		}
		if i < len(s.b) && s.b[i] == '\r' && (i+1 == len(s.b) || s.b[i+1] == '\n') {
			i++
		}
		if i < len(s.b) && s.b[i] != s.delim && s.b[i] != '\n' {
			s.err = "引号之后还有字符"
			for i < len(s.b) && s.b[i] != s.delim && s.b[i] != '\n' {
				i++
			}
		}
		return s.buf[from:len(s.buf):len(s.buf)], i
	}
}

// recordEnd finds the end of the first (or the last whole) record in text with quotes; 0 when there is none.
func recordEnd(b []byte, delim byte, first bool) int {
	end := 0
	for i := 0; i < len(b); {
		if b[i] == '"' {
			i = behindQuote(b, i+1)
			if i < 0 {
				return end
			}
		}
		for i < len(b) && b[i] != delim && b[i] != '\n' {
			i++
		}
		if i == len(b) {
			return end
		}
		if b[i] == '\n' {
			end = i + 1
			if first {
				return end
			}
		}
		i++
	}
	return end
}

func behindQuote(b []byte, i int) int {
	for {
		j := bytes.IndexByte(b[i:], '"')
		if j < 0 {
			return -1
		}
		i += j + 1
		if i >= len(b) || b[i] != '"' {
			return i
		}
		i++
	}
}

// openQuote tells that the text ends inside a quoted field.
func openQuote(b []byte, delim byte) bool {
	for i := recordEnd(b, delim, false); i < len(b); {
		if b[i] == '"' {
			if i = behindQuote(b, i+1); i < 0 {
				return true
			}
		}
		for i < len(b) && b[i] != delim {
			i++
		}
		i++
	}
	return false
}
