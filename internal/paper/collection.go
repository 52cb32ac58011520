package paper

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// single takes the first font out of a TrueType collection (.ttc, as 宋体 comes with Windows); a single font is left as it is. Fonts with
// PostScript outlines are refused: the PDF writer cannot embed them.
func single(file []byte) ([]byte, error) {
	u32 := func(at int) int {
		if at < 0 || at+4 > len(file) {
			return -1
		}
		return int(binary.BigEndian.Uint32(file[at:]))
	}
	at := 0
	if bytes.HasPrefix(file, []byte("ttcf")) {
		at = u32(12)
	}
	if at < 0 || at+12 > len(file) || (u32(at) != 0x00010000 && u32(at) != 0x74727565) {
		return nil, errors.New("不是 TrueType 字体")
	}
	if at == 0 {
		return file, nil
	}
	n := int(binary.BigEndian.Uint16(file[at+4:]))
	if at+12+16*n > len(file) {
		return nil, errors.New("字体文件不完整")
	}
	// The tables of the font are laid one after the other behind a copy of its directory; only their places change.
	out := bytes.Clone(file[at : at+12+16*n])
	for i := range n {
		entry := 12 + 16*i
		from, size := u32(at+entry+8), u32(at+entry+12)
		if from < 0 || size < 0 || from+size > len(file) {
			return nil, errors.New("字体文件不完整")
		}
		binary.BigEndian.PutUint32(out[entry+8:], uint32(len(out)))
		out = append(out, file[from:from+size]...)
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
	}
	return out, nil
}
