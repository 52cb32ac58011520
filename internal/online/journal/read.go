package journal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Segments lists the files of a journal in the order in which they were begun. A directory that is not there has none.
func Segments(dir string) ([]string, error) {
	es, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var out []string
	for _, e := range es {
		if strings.HasSuffix(e.Name(), suffix) {
			out = append(out, e.Name())
		}
	}
	slices.Sort(out)
	return out, err
}

// Piece is what Read found.
type Piece struct {
	Records [][]byte
	Next    int64 // where to go on
	Torn    int64 // bytes between From and Next that hold no record: a write that the machine's end cut off
	End     bool  // nothing more is there by now
}

// settled is how long a file must not have changed before a place in it that holds no record is taken for torn, and not for
// being written.
const settled = 10 * time.Second

// Read reads records of a segment from a place on, about max bytes of them but at least one when there is one. What a
// running process is just writing is left for later.
func Read(dir, name string, from int64, max int) (Piece, error) {
	p := Piece{Next: from}
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return p, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return p, err
	}
	size := st.Size()
	if from >= size {
		p.End = true
		return p, nil
	}
	buf := make([]byte, min(size-from, int64(max)+headSize))
	if _, err := io.ReadFull(io.NewSectionReader(f, from, size-from), buf); err != nil {
		return p, err
	}
	for {
		rec, n, need := next(buf)
		if need > 0 && from+int64(need) <= size && len(p.Records) == 0 { // a record longer than max
			buf = make([]byte, need)
			if _, err := f.ReadAt(buf, from); err != nil {
				return p, err
			}
			continue
		}
		if rec != nil {
			p.Records = append(p.Records, rec)
			p.Next += int64(n)
			from, buf = p.Next, buf[n:]
			continue
		}
		break
	}
	if len(p.Records) > 0 || time.Since(st.ModTime()) < settled {
		p.End = p.Next >= size
		return p, nil
	}
	return p, skip(f, &p, size)
}

// next takes a frame from the front; need is how many bytes it has when they are not all there.
func next(b []byte) (rec []byte, n, need int) {
	if len(b) < headSize || string(b[:4]) != mark {
		return nil, 0, 0
	}
	n = headSize + int(binary.LittleEndian.Uint32(b[4:]))
	if n > headSize+maxRecord {
		return nil, 0, 0
	}
	if n > len(b) {
		return nil, 0, n
	}
	rec = b[headSize:n:n]
	if sum(b[:8], rec) != binary.LittleEndian.Uint32(b[8:]) {
		return nil, 0, 0
	}
	return rec, n, 0
}

// skip looks for the next whole frame behind a torn place.
func skip(f *os.File, p *Piece, size int64) error {
	rest := make([]byte, size-p.Next)
	if _, err := f.ReadAt(rest, p.Next); err != nil {
		return err
	}
	at := 1
	for {
		i := bytes.Index(rest[min(at, len(rest)):], []byte(mark))
		if i < 0 {
			at = len(rest)
			break
		}
		at += i
		if rec, _, _ := next(rest[at:]); rec != nil {
			break
		}
		at++
	}
	p.Torn, p.Next = int64(at), p.Next+int64(at)
	p.End = p.Next >= size
	return nil
}

// Remove removes a segment that was taken up to a place, if that is its end and nobody wrote to it for some time.
func Remove(dir, name string, taken int64, quiet time.Duration) (removed bool, err error) {
	path := filepath.Join(dir, name)
	st, err := os.Stat(path)
	if err != nil || st.Size() != taken || time.Since(st.ModTime()) < quiet {
		return false, err
	}
	return true, os.Remove(path)
}

// Pending is how many bytes of a segment lie behind a place.
func Pending(dir, name string, taken int64) int64 {
	st, err := os.Stat(filepath.Join(dir, name))
	if err != nil {
		return 0
	}
	return max(0, st.Size()-taken)
}
