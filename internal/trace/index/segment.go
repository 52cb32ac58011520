package index

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/mingjian/mingjian/internal/trace/life"
)

// A segment is a file of records in order of their keys, in pages of 4096 bytes that carry their own sum. After the pages
// come the fences: the first eight bytes of each page's first key, 0.07 bytes a record, which is all that lies in memory.
const (
	pageSize = 4096
	perPage  = 113
	tailAt   = perPage * recSize // count u16, crc u32
	trailer  = 32
	magic    = "MJTRACE1"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// ErrDamaged is returned when a file's sum does not agree with its content.
var ErrDamaged = errors.New("追溯码索引文件损坏")

type segment struct {
	name   string
	f      *os.File
	n      int64
	fences []uint64
}

// segmentWriter writes a segment; records must come in order.
type segmentWriter struct {
	f      *os.File
	w      *bufio.Writer
	path   string
	page   [pageSize]byte
	in     int
	n      int64
	fences []uint64
	last   [recSize]byte
}

func newSegmentWriter(path string) (*segmentWriter, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return nil, err
	}
	return &segmentWriter{f: f, w: bufio.NewWriterSize(f, 1<<20), path: path}, nil
}

// add appends an encoded record. One that says exactly what the last said is the same report again and is dropped.
func (s *segmentWriter) add(rec []byte) error {
	if s.n > 0 && string(rec[:recSize]) == string(s.last[:]) {
		return nil
	}
	copy(s.last[:], rec)
	if s.in == 0 {
		s.fences = append(s.fences, prefix(rec))
	}
	copy(s.page[s.in*recSize:], rec[:recSize])
	s.in++
	s.n++
	if s.in == perPage {
		return s.flush()
	}
	return nil
}

func (s *segmentWriter) flush() error {
	if s.in == 0 {
		return nil
	}
	clear(s.page[s.in*recSize:])
	binary.LittleEndian.PutUint16(s.page[tailAt:], uint16(s.in))
	binary.LittleEndian.PutUint32(s.page[tailAt+2:], crc32.Checksum(s.page[:tailAt+2], castagnoli))
	s.in = 0
	_, err := s.w.Write(s.page[:])
	return err
}

// close writes the fences and makes the file durable.
func (s *segmentWriter) close() (*segment, error) {
	err := s.flush()
	b := make([]byte, 8*len(s.fences)+trailer)
	for i, f := range s.fences {
		binary.LittleEndian.PutUint64(b[8*i:], f)
	}
	t := b[8*len(s.fences):]
	copy(t, magic)
	binary.LittleEndian.PutUint64(t[8:], uint64(s.n))
	binary.LittleEndian.PutUint64(t[16:], uint64(len(s.fences)))
	binary.LittleEndian.PutUint32(t[24:], crc32.Checksum(b[:len(b)-8], castagnoli))
	if err == nil {
		_, err = s.w.Write(b)
	}
	for _, step := range []func() error{s.w.Flush, s.f.Sync} {
		if err == nil {
			err = step()
		}
	}
	if err != nil {
		s.f.Close()
		os.Remove(s.path)
		return nil, err
	}
	return &segment{name: filepath.Base(s.path), f: s.f, n: s.n, fences: s.fences}, nil
}

func openSegment(path string) (*segment, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	s := &segment{name: filepath.Base(path), f: f}
	if err := s.readFences(); err != nil {
		f.Close()
		return nil, fmt.Errorf("%s：%w", s.name, err)
	}
	return s, nil
}

func (s *segment) readFences() error {
	st, err := s.f.Stat()
	if err != nil {
		return err
	}
	t := make([]byte, trailer)
	if st.Size() < trailer {
		return ErrDamaged
	}
	if _, err := s.f.ReadAt(t, st.Size()-trailer); err != nil {
		return err
	}
	pages := int64(binary.LittleEndian.Uint64(t[16:]))
	s.n = int64(binary.LittleEndian.Uint64(t[8:]))
	if string(t[:8]) != magic || pages < 0 || st.Size() != pages*pageSize+pages*8+trailer {
		return ErrDamaged
	}
	s.fences = make([]uint64, pages)
	sum := uint32(0)
	r := bufio.NewReaderSize(io.NewSectionReader(s.f, pages*pageSize, pages*8), 1<<20)
	var b [8]byte
	for i := range s.fences {
		if _, err := io.ReadFull(r, b[:]); err != nil {
			return err
		}
		sum = crc32.Update(sum, castagnoli, b[:])
		s.fences[i] = binary.LittleEndian.Uint64(b[:])
	}
	if crc32.Update(sum, castagnoli, t[:trailer-8]) != binary.LittleEndian.Uint32(t[24:]) {
		return ErrDamaged
	}
	return nil
}

// page reads a page into b and returns its records.
func (s *segment) page(i int, b []byte) ([]byte, error) {
	if _, err := s.f.ReadAt(b[:pageSize], int64(i)*pageSize); err != nil {
		return nil, err
	}
	return records(b)
}

func records(b []byte) ([]byte, error) {
	n := int(binary.LittleEndian.Uint16(b[tailAt:]))
	if n > perPage || crc32.Checksum(b[:tailAt+2], castagnoli) != binary.LittleEndian.Uint32(b[tailAt+2:]) {
		return nil, ErrDamaged
	}
	return b[:n*recSize], nil
}

// find appends the records of a key.
func (s *segment) find(k life.Key, buf []byte, out []Record) ([]Record, error) {
	p := prefix(k[:])
	i, _ := slices.BinarySearch(s.fences, p) // the first page whose first key is not smaller
	for i = max(0, i-1); i < len(s.fences) && s.fences[i] <= p; i++ {
		recs, err := s.page(i, buf)
		if err != nil {
			return nil, fmt.Errorf("%s：%w", s.name, err)
		}
		n := len(recs) / recSize
		lo, hi := 0, n
		for lo < hi {
			if mid := (lo + hi) / 2; string(recs[mid*recSize:mid*recSize+12]) < string(k[:]) {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		for ; lo < n && string(recs[lo*recSize:lo*recSize+12]) == string(k[:]); lo++ {
			var r Record
			r.get(recs[lo*recSize:])
			out = append(out, r)
		}
	}
	return out, nil
}
