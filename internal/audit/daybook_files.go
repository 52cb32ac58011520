package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/gob"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

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
		name = shortHash(fmt.Sprint("5", s.MonthID("fee", m), s.MonthID("institution", 0), s.Buckets(), rule.PriceColumns))
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
		if err := lake.WriteProjection(path, []string{partBills}, []*claim.Batch{rows}); err != nil {
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

// readBookFile decodes one part of a file: a hash, the length of each part, the parts. ok is false when there is no sound
// file.
func readBookFile(path string, part int) (out bookFile, ok bool) {
	data, err := os.ReadFile(path)
	const head = sha256.Size + 8*bookParts
	if err != nil || len(data) < head {
		return out, false
	}
	if sum := sha256.Sum256(data[sha256.Size:]); !bytes.Equal(sum[:], data[:sha256.Size]) {
		return out, false
	}
	at := head
	for i := range part {
		at += int(binary.LittleEndian.Uint64(data[sha256.Size+8*i:]))
	}
	d := gob.NewDecoder(bytes.NewReader(data[at:]))
	if part == sumsPart {
		err = d.Decode(&out.Sums)
	} else {
		err = d.Decode(&out.Rx)
	}
	return out, err == nil
}

// writeBookFile writes a file and removes those it replaces.
func writeBookFile(path string, bucket int, f bookFile) error {
	var body bytes.Buffer
	lengths := make([]byte, 0, 8*bookParts)
	for _, v := range [bookParts]any{f.Sums, f.Rx} {
		before := body.Len()
		if err := gob.NewEncoder(&body).Encode(v); err != nil {
			return err
		}
		lengths = binary.LittleEndian.AppendUint64(lengths, uint64(body.Len()-before))
	}
	b := bytes.NewBuffer(append(lengths, body.Bytes()...))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	sum := sha256.Sum256(b.Bytes())
	err := lake.WriteFileAtomic(path, func(w io.Writer) error {
		if _, err := w.Write(sum[:]); err != nil {
			return err
		}
		_, err := w.Write(b.Bytes())
		return err
	})
	if err != nil {
		return err
	}
	return removeOthers(path, fmt.Sprintf("%03d-*.book", bucket))
}

// upperCert is a certificate number as registers are searched for it.
func upperCert(s string) string { return strings.ToUpper(strings.TrimSpace(s)) }
