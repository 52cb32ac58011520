package lake

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// utf16 tells a byte order mark of UTF-16.
func utf16(b []byte) bool {
	return bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff"))
}

// encoding decides once for a file whether it is UTF-8 or GB18030. Pieces of ASCII decide nothing. Once text has been
// read as UTF-8, bytes that are not UTF-8 are damage and not another encoding.
func (c *csvRecords) encoding(p piece) error {
	if c.gb || utf16(p.data) {
		return nil
	}
	switch looks(p.data, c.utf) {
	case looksUTF8:
		c.utf = true
	case looksGB:
		if c.utf {
			return fileErr(c.in.name, p.line+badUTF8(p.data), nil, "不是有效的 UTF-8（前面的内容是 UTF-8），文件编码混杂或已损坏")
		}
		c.gb = true
	}
	return nil
}

const (
	looksEither = iota
	looksUTF8
	looksGB
)

// rareTwoByte are the characters of two UTF-8 bytes that occur in Chinese medical text. Any other one is more likely a
// Chinese character of GB18030 whose two bytes happen to be valid UTF-8 (值 is U+05B5 then).
const rareTwoByte = "·×÷±°µ²³¹®§¼½¾éöüαβγδεζηθικλμνξοπρστυφχψωΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ"

func looks(b []byte, utf bool) int {
	if !utf8.Valid(b) {
		return looksGB
	}
	if utf {
		return looksUTF8
	}
	odd := false
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if n > 2 {
			return looksUTF8 // what Chinese text consists of
		}
		odd = odd || !strings.ContainsRune(rareTwoByte, r)
		i += n
	}
	if odd {
		if _, err := decodeGB(b); err == nil {
			return looksGB
		}
		return looksUTF8
	}
	return looksEither
}
