package lake

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/zeebo/xxh3"
)

// FileError is a fault of a whole input file: none of its rows landed. Row is the line of the file (the header is line
// 1), 0 when the fault is not on a line.
type FileError struct {
	File string
	Row  int
	Msg  string
	Err  error
}

func (e *FileError) Error() string {
	at := ""
	if e.Row > 0 {
		at = fmt.Sprintf("第 %d 行：", e.Row)
	}
	return fmt.Sprintf("文件 %s：%s%s（整个文件未导入）", e.File, at, e.Msg)
}
func (e *FileError) Unwrap() error { return e.Err }

func fileErr(file string, row int, err error, format string, a ...any) *FileError {
	return &FileError{File: file, Row: row, Msg: fmt.Sprintf(format, a...), Err: err}
}

// input is one file to import.
type input struct {
	path  string
	name  string // what the user calls it: the base name
	table *claim.Table
	size  int64
	open  func() (io.ReadCloser, error)
}

// records yields a file as CSV text in pieces that end on a record boundary. The header has been taken off.
type records interface {
	header() []string
	// next returns the next piece, io.EOF at the end. The piece's bytes belong to the caller.
	next() (piece, error)
	// consumed is how many bytes of the file on disk were read so far.
	consumed() int64
	hash() (string, error) // content hash of the bytes on disk, after io.EOF
	close()
}

// piece is some whole records.
type piece struct {
	data     []byte
	line     int  // of the first record
	quoted   bool // a quote occurs in it
	gb       bool // bytes are GB18030, to be decoded by the parser
	last     bool // the file ends here
	delim    byte
	excel    bool // dates may be Excel serial numbers
	byRecord bool // a record is a line, whatever newlines its fields hold
}

// tableOf tells a file's table by its name: the longest table name that starts it and ends at a non-letter.
func tableOf(name string) *claim.Table {
	s := strings.ToLower(filepath.Base(name))
	var best *claim.Table
	for _, t := range claim.Tables() {
		if !strings.HasPrefix(s, t.Name) || (best != nil && len(t.Name) <= len(best.Name)) {
			continue
		}
		if rest := s[len(t.Name):]; rest == "" || !(rest[0] >= 'a' && rest[0] <= 'z') {
			best = t
		}
	}
	return best
}

// known tells whether the name has an ending this package reads.
func readable(name string) bool {
	s := strings.TrimSuffix(strings.ToLower(name), ".gz")
	for _, ext := range []string{".csv", ".txt", ".tsv", ".xlsx", ".parquet"} {
		if strings.HasSuffix(s, ext) {
			return true
		}
	}
	return false
}

// openRecords looks at the first bytes, not at the name, to tell the format: people rename files.
func openRecords(in *input) (records, error) {
	rc, err := in.open()
	if err != nil {
		return nil, fileErr(in.name, 0, err, "打不开：%v", err)
	}
	raw := &counted{r: rc, h: xxh3.New()}
	head := make([]byte, 8)
	n, err := io.ReadFull(raw, head)
	head = head[:n]
	if err != nil && n == 0 {
		rc.Close()
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, fileErr(in.name, 0, err, "是空文件，请确认导出是否完成")
		}
		return nil, fileErr(in.name, 0, err, "读取失败：%v", err)
	}
	switch {
	case bytes.HasPrefix(head, []byte("PAR1")):
		rc.Close()
		return openParquetInput(in)
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		rc.Close()
		return openWorkbook(in)
	}
	whole := io.MultiReader(bytes.NewReader(head), raw)
	var text io.Reader = whole
	gz := bytes.HasPrefix(head, []byte{0x1f, 0x8b})
	if gz {
		z, err := gzip.NewReader(whole)
		if err != nil {
			rc.Close()
			return nil, fileErr(in.name, 0, err, "不是完好的 gzip 压缩文件：%v", err)
		}
		text = z
	}
	c := &csvRecords{in: in, raw: raw, text: text, rest: whole, file: rc, gz: gz, line: 1}
	if err := c.start(); err != nil {
		rc.Close()
		return nil, err
	}
	return c, nil
}

// counted counts and hashes what is read of the file on disk.
type counted struct {
	r io.Reader
	h *xxh3.Hasher
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.h.Write(p[:n])
	c.n += int64(n)
	return n, err
}

func (c *counted) sum() string {
	b := c.h.Sum128().Bytes()
	return fmt.Sprintf("%x", b[:])
}

// hashFile is the content hash by which a file that was imported before is known again.
func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	c := &counted{r: f, h: xxh3.New()}
	if _, err := io.CopyBuffer(io.Discard, c, make([]byte, 1<<20)); err != nil {
		return "", err
	}
	return c.sum(), nil
}

func putU32(b []byte, v uint32) []byte { return binary.LittleEndian.AppendUint32(b, v) }
