package lake

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

const (
	pieceSize = 4 << 20
	maxRecord = 16 << 20 // a longer row is a damaged file, not a row
)

// csvRecords cuts CSV text into pieces on record boundaries. It reads strictly forward and holds at most one record
// limit plus one piece, whatever the file claims to contain.
type csvRecords struct {
	in    *input
	raw   *counted
	text  io.Reader // decompressed
	rest  io.Reader // the file itself, to hash what follows the compressed stream
	file  io.Closer
	gz    bool
	head  []string
	delim byte
	carry []byte // begins at a record
	line  int    // of carry's first record
	eof   bool
	gb    bool // GB18030 seen
	utf   bool // multi-byte UTF-8 seen
}

func (c *csvRecords) header() []string { return c.head }
func (c *csvRecords) consumed() int64  { return c.raw.n }
func (c *csvRecords) close()           { c.file.Close() }

func (c *csvRecords) hash() (string, error) {
	if _, err := io.Copy(io.Discard, c.rest); err != nil {
		return "", err
	}
	return c.raw.sum(), nil
}

// start reads the header line.
func (c *csvRecords) start() error {
	first := true
	var head []byte
	for {
		p, err := c.cut(true)
		if err == io.EOF {
			return fileErr(c.in.name, 0, err, "没有内容，请确认导出是否完成")
		}
		if err != nil {
			return err
		}
		head = p.data
		if first {
			switch {
			case bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")):
				return fileErr(c.in.name, 1, nil, "是 UTF-16 编码，请另存为 UTF-8 或 GB18030 后再导入")
			case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
				head, c.utf = head[3:], true
			}
			first = false
		}
		if p.gb {
			if head, err = decodeGB(head); err != nil {
				return fileErr(c.in.name, p.line, err, "表头既不是 UTF-8 也不是 GB18030 编码")
			}
		}
		if len(bytes.TrimSpace(head)) > 0 {
			break
		}
	}
	c.delim = ','
	if !bytes.ContainsRune(head, ',') && bytes.ContainsRune(head, '\t') {
		c.delim = '\t'
	}
	sp := splitter{delim: c.delim, quoted: true}
	sp.reset(head, 1)
	fields, ok := sp.next()
	if !ok || sp.err != "" {
		return fileErr(c.in.name, 1, nil, "表头无法识别：%s", sp.err)
	}
	for _, f := range fields {
		c.head = append(c.head, strings.TrimSpace(strings.TrimPrefix(string(f), "\ufeff")))
	}
	return nil
}

func (c *csvRecords) next() (piece, error) {
	p, err := c.cut(false)
	p.delim = c.delim
	return p, err
}

// cut takes the next piece: one record when one is set, else about pieceSize bytes of records.
func (c *csvRecords) cut(one bool) (piece, error) {
	want := pieceSize
	if one {
		want = 64 << 10
	}
	for {
		end, lines, quoted := c.boundary(one, want)
		if end > 0 {
			return c.take(end, lines, quoted)
		}
		if c.eof {
			if len(c.carry) == 0 {
				return piece{}, io.EOF
			}
			if quoted && openQuote(c.carry, c.delimOr()) {
				return piece{}, fileErr(c.in.name, c.line, nil, "从这一行起引号没有闭合，文件可能被截断")
			}
			return c.take(len(c.carry), bytes.Count(c.carry, nl), quoted)
		}
		if len(c.carry) > maxRecord {
			if quoted && openQuote(c.carry, c.delimOr()) {
				return piece{}, fileErr(c.in.name, c.line, nil, "从这一行起引号没有闭合，或一行超过 16 MiB")
			}
			return piece{}, fileErr(c.in.name, c.line, nil, "一行超过 16 MiB，文件可能已损坏")
		}
		if len(c.carry) >= want {
			want *= 2
		}
		if err := c.fill(want); err != nil {
			return piece{}, err
		}
	}
}

var nl = []byte{'\n'}

func (c *csvRecords) delimOr() byte {
	if c.delim == 0 {
		return ','
	}
	return c.delim
}

// boundary finds where a piece may end in carry: after the first record, or after the last one when carry is as long as
// wanted or the file has ended. 0 = more must be read.
func (c *csvRecords) boundary(one bool, want int) (end, lines int, quoted bool) {
	b := c.carry
	quoted = bytes.IndexByte(b, '"') >= 0
	if !one && len(b) < want && !c.eof {
		return 0, 0, quoted
	}
	switch {
	case quoted && one:
		end = recordEnd(b, c.delimOr(), true)
	case quoted:
		end = recordEnd(b, c.delimOr(), false)
	case one:
		end = bytes.IndexByte(b, '\n') + 1
	default:
		end = bytes.LastIndexByte(b, '\n') + 1
	}
	if end > 0 {
		lines = bytes.Count(b[:end], nl)
	}
	return end, lines, quoted
}

func (c *csvRecords) fill(want int) error {
	if cap(c.carry) < want {
		grown := make([]byte, len(c.carry), want)
		copy(grown, c.carry)
		c.carry = grown
	}
	n, err := io.ReadFull(c.text, c.carry[len(c.carry):want])
	c.carry = c.carry[:len(c.carry)+n]
	switch {
	case err == nil:
		return nil
	case err == io.EOF || (err == io.ErrUnexpectedEOF && !c.gz):
		c.eof = true
		return nil
	}
	row := c.line + bytes.Count(c.carry, nl)
	if c.gz {
		// ReadFull reports a short read and a broken stream alike; only the stream itself knows which it was.
		if err == io.ErrUnexpectedEOF {
			if m, again := c.text.Read(make([]byte, 1)); m == 0 && again == io.EOF {
				c.eof = true
				return nil
			}
		}
		return fileErr(c.in.name, row, err, "压缩文件不完整或已损坏，读到这里中断，请重新传送")
	}
	return fileErr(c.in.name, row, err, "读取失败：%v", err)
}

// take cuts the piece off and leaves the rest in carry. Encoding is decided here, in file order, so that it does not
// depend on which parser sees which piece first.
func (c *csvRecords) take(end, lines int, quoted bool) (piece, error) {
	p := piece{data: c.carry[:end:end], line: c.line, quoted: quoted, last: c.eof && end == len(c.carry)}
	rest := make([]byte, len(c.carry)-end, max(pieceSize, len(c.carry)-end))
	copy(rest, c.carry[end:])
	c.carry = rest
	c.line += lines
	if i := bytes.IndexByte(p.data, 0); i >= 0 && !utf16(p.data) {
		return p, fileErr(c.in.name, p.line+bytes.Count(p.data[:i], nl), nil, "含有不可见的 NUL 字节，不是文本文件或已损坏")
	}
	if err := c.encoding(p); err != nil {
		return p, err
	}
	p.gb = c.gb
	return p, nil
}

// badUTF8 is how many lines precede the first byte that is not UTF-8.
func badUTF8(b []byte) int {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n <= 1 {
			return bytes.Count(b[:i], nl)
		}
		i += n
	}
	return 0
}

var errNotGB = errors.New("not GB18030")

// decodeGB decodes GB18030; a byte sequence the standard does not know is an error, never a replacement character.
func decodeGB(b []byte) ([]byte, error) {
	out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(b)
	if err != nil {
		return nil, err
	}
	if bytes.Contains(out, []byte("\ufffd")) && !bytes.Contains(b, []byte{0x84, 0x31, 0xa4, 0x37}) {
		return nil, errNotGB
	}
	return out, nil
}
