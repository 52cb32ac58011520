package audit

import (
	"bytes"
	"crypto/sha256"
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
		name = shortHash(fmt.Sprint("2", s.MonthID("fee", m), s.MonthID("institution", 0), s.Buckets(), rule.PriceColumns))
		f.names[m] = name
	}
	return filepath.Join(f.dir, m.String(), fmt.Sprintf("%03d-%s.book", bucket, name))
}

func (f *bookFiles) read(m claim.Month, bucket int) (*bookFile, error) {
	p := f.path(m, bucket)
	if got := readBookFile(p); got != nil {
		return got, nil
	}
	b, err := f.e.snap.Read("fee", m, bucket, rule.PriceColumns)
	if err != nil {
		return nil, err
	}
	out := &bookFile{Sums: f.e.bound.PriceSums(b), Rx: f.e.bound.RxRows(b)}
	return out, writeBookFile(p, bucket, out)
}

// readBookFile returns nil when there is no sound file.
func readBookFile(path string) *bookFile {
	data, err := os.ReadFile(path)
	if err != nil || len(data) < sha256.Size {
		return nil
	}
	var out bookFile
	if sum := sha256.Sum256(data[sha256.Size:]); !bytes.Equal(sum[:], data[:sha256.Size]) || gob.NewDecoder(bytes.NewReader(data[sha256.Size:])).Decode(&out) != nil {
		return nil
	}
	return &out
}

// writeBookFile writes a file and removes those it replaces.
func writeBookFile(path string, bucket int, f *bookFile) error {
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(f); err != nil {
		return err
	}
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
	old, err := filepath.Glob(filepath.Join(filepath.Dir(path), fmt.Sprintf("%03d-*.book", bucket)))
	for _, o := range old {
		if o != path {
			os.Remove(o)
		}
	}
	return err
}

// upperCert is a certificate number as registers are searched for it.
func upperCert(s string) string { return strings.ToUpper(strings.TrimSpace(s)) }
