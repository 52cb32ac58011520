package audit

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/zeebo/xxh3"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/rule"
)

// bookFile is what the day book keeps of the fee lines of a month and bucket: sums of drug prices, and which rows are
// pharmacies' lines with prescriptions. It is derived: missing, stale or damaged, it is made again.
type bookFile struct {
	Sums []rule.PriceSum
	Rx   []rule.RxRow
}

// bookFiles makes and reads them, named by a hash of the facts they were made from.
type bookFiles struct {
	dir   string
	e     *engine
	mu    sync.Mutex
	names map[claim.Month]string
}

func newBookFiles(dir string, e *engine) *bookFiles {
	return &bookFiles{dir: filepath.Join(dir, "daybook"), e: e, names: map[claim.Month]string{}}
}

func (f *bookFiles) path(m claim.Month, bucket int) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	name, ok := f.names[m]
	if !ok {
		s := f.e.snap
		name = shortHash(fmt.Sprint("7", s.MonthID("fee", m), s.MonthID("institution", 0), s.Buckets(), rule.PriceColumns))
		f.names[m] = name
	}
	return filepath.Join(f.dir, m.String(), fmt.Sprintf("%03d-%s.book", bucket, name))
}

// sums are the prices of a month and bucket, prescriptions the rows with prescriptions; each decodes only its part.
func (f *bookFiles) sums(m claim.Month, bucket int) ([]rule.PriceSum, error) {
	x, err := f.read(m, bucket, sumsPart)
	return x.Sums, err
}

func (f *bookFiles) prescriptions(m claim.Month, bucket int) ([]rule.RxRow, error) {
	x, err := f.read(m, bucket, rxPart)
	return x.Rx, err
}

// bills opens the bills of a month and bucket in which a pharmacy's line names a prescription, whole, from a file of their own.
func (f *bookFiles) bills(m claim.Month, bucket int) (*lake.Projection, error) {
	s := f.e.snap
	name := shortHash(fmt.Sprint("rx 1", s.MonthID("fee", m), s.MonthID("institution", 0), s.MonthID("person", 0), s.MonthID("person_link", 0), s.Buckets(), bookFee))
	path := filepath.Join(f.dir, m.String(), fmt.Sprintf("%03d-%s.rx", bucket, name))
	return openDerived(path, func(string) bool { return true }, func() error {
		b, err := s.Read("fee", m, bucket, bookFee)
		if err != nil {
			return err
		}
		visits := map[uint64]bool{}
		for _, x := range f.e.bound.RxRows(b) {
			visits[x.Visit] = true
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		rows := b.Pick(rowsOf(b, func(i int) bool { return visits[b.Visit[i]] }))
		if err := lake.WriteProjection(path, []string{partBills}, []*claim.Batch{rows}, nil); err != nil {
			return err
		}
		return removeOthers(path, fmt.Sprintf("%03d-*.rx", bucket))
	})
}

// The parts of a book file.
const (
	sumsPart = iota
	rxPart
	bookParts
)

func (f *bookFiles) read(m claim.Month, bucket, part int) (bookFile, error) {
	p := f.path(m, bucket)
	if got, ok := readBookFile(p, part); ok {
		return got, nil
	}
	b, err := f.e.snap.Read("fee", m, bucket, rule.PriceColumns)
	if err != nil {
		return bookFile{}, err
	}
	out := bookFile{Sums: f.e.bound.PriceSums(b), Rx: f.e.bound.RxRows(b)}
	return out, writeBookFile(p, bucket, out)
}

// sumSize is the length of the check sum.
const sumSize = 16

// readBookFile decodes one part of a file: a hash, the length of each part, the parts. ok is false when there is no sound
// file.
func readBookFile(path string, part int) (out bookFile, ok bool) {
	data, err := os.ReadFile(path)
	const head = sumSize + 8*bookParts
	if err != nil || len(data) < head {
		return out, false
	}
	if sum := xxh3.Hash128(data[sumSize:]).Bytes(); !bytes.Equal(sum[:], data[:sumSize]) {
		return out, false
	}
	at := head
	for i := range part {
		at += int(binary.LittleEndian.Uint64(data[sumSize+8*i:]))
	}
	size := int(binary.LittleEndian.Uint64(data[sumSize+8*part:]))
	if size%8 != 0 || at+size > len(data) {
		return out, false
	}
	words := make([]int64, size/8)
	if _, err := binary.Decode(data[at:at+size], binary.LittleEndian, words); err != nil {
		return out, false
	}
	if part == sumsPart {
		out.Sums, ok = unpackSums(words)
	} else {
		out.Rx, ok = unpackRx(words)
	}
	return out, ok
}

// Rows are kept as words of 64 bits, one for each field.
const (
	sumWords = 8
	rxWords  = 4
)

func packSums(sums []rule.PriceSum) []int64 {
	out := make([]int64, 0, len(sums)*sumWords)
	for _, s := range sums {
		out = append(out, int64(s.Inst), int64(s.Item), int64(s.Unit), s.Lines, s.Cnt, s.Amt, int64(s.Cheapest), int64(s.Dearest))
	}
	return out
}

func unpackSums(w []int64) ([]rule.PriceSum, bool) {
	out := make([]rule.PriceSum, len(w)/sumWords)
	for i := range out {
		x := w[i*sumWords:]
		out[i] = rule.PriceSum{Inst: int32(x[0]), Item: int32(x[1]), Unit: int32(x[2]), Lines: x[3], Cnt: x[4], Amt: x[5], Cheapest: claim.Price(x[6]), Dearest: claim.Price(x[7])}
	}
	return out, len(w)%sumWords == 0
}

func packRx(rows []rule.RxRow) []int64 {
	out := make([]int64, 0, len(rows)*rxWords)
	for _, r := range rows {
		out = append(out, int64(r.No), int64(r.Setl), int64(r.Visit), int64(r.Item))
	}
	return out
}

func unpackRx(w []int64) ([]rule.RxRow, bool) {
	out := make([]rule.RxRow, len(w)/rxWords)
	for i := range out {
		x := w[i*rxWords:]
		out[i] = rule.RxRow{No: uint64(x[0]), Setl: uint64(x[1]), Visit: uint64(x[2]), Item: int32(x[3])}
	}
	return out, len(w)%rxWords == 0
}

// writeBookFile writes a file and removes those it replaces.
func writeBookFile(path string, bucket int, f bookFile) error {
	var lengths, body []byte
	for _, words := range [bookParts][]int64{packSums(f.Sums), packRx(f.Rx)} {
		lengths = binary.LittleEndian.AppendUint64(lengths, uint64(8*len(words)))
		body, _ = binary.Append(body, binary.LittleEndian, words) // words are of a fixed size: it cannot fail
	}
	data := append(lengths, body...)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	sum := xxh3.Hash128(data).Bytes()
	err := lake.WriteFileAtomic(path, func(w io.Writer) error {
		if _, err := w.Write(sum[:]); err != nil {
			return err
		}
		_, err := w.Write(data)
		return err
	})
	if err != nil {
		return err
	}
	return removeOthers(path, fmt.Sprintf("%03d-*.book", bucket))
}

// upperCert is a certificate number as registers are searched for it.
func upperCert(s string) string { return strings.ToUpper(strings.TrimSpace(s)) }
