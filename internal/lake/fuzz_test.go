package lake

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
)

// FuzzCSV imports whatever bytes as a visit file: it must land, reject or refuse every row, and never crash.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{"", visitHead, visitLines(3), visitHead + "M1,\"P\"\"1\",H1,11,2025-03-01\r\n", visitHead + "\"", "\xef\xbb\xbf" + visitHead + "\n,,,,",
		"\x1f\x8b\x08", "PK\x03\x04", "PAR1xxxxPAR1", visitHead + "M1,\xd5\xc5,H1,11,2025-03-01", "\xff\xfem\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		src, err := os.MkdirTemp("", "fuzz")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(src)
		dir := filepath.Join(src, "data")
		p := write(t, src, "visit.csv", b)
		l := must(Open(dir))
		w := must(l.Writer())
		defer w.Close()
		rep, err := w.Import(context.Background(), []string{p}, ImportOptions{Buckets: 4})
		if err != nil {
			t.Fatal(err)
		}
		r := rep.Files[0]
		if r.Error == "" && r.Rows != r.Landed+r.Known+r.Rejected {
			t.Errorf("rows do not add up: %+v", r)
		}
		s := must(l.Snapshot())
		if n := s.TotalRows("visit"); n != r.Landed-r.Corrected-r.Withdrawn && r.Withdrawn == 0 {
			t.Errorf("%d rows read, report %+v", n, r)
		}
		readAll(t, s, "visit")
	})
}

// FuzzParseValues compares the fast value parsers with claim's own on any text.
func FuzzParseValues(f *testing.F) {
	for _, s := range []string{"2025-03-01 10:00:00", "2025-03-01T10:00:00", "2025-02-30 10:00:00", "2025-03-01", "-1.005", "1e5", "", "-", "NULL", "１", "2025-03-01 24:00:00"} {
		f.Add(s, "2025-03-01 11:22:33")
	}
	tm := claim.MustTable("fee").Columns[claim.MustTable("fee").MustCol("fee_ocur_time")]
	f.Fuzz(func(t *testing.T, a, b string) {
		pl := &colPlan{c: &tm}
		for _, s := range []string{a, b, a, b} {
			got, err := pl.time([]byte(s))
			want, werr := claim.ParseTime(s)
			if (err == nil) != (werr == nil) || (err == nil && got != int64(want)) {
				t.Errorf("%q: %v %v, want %v %v", s, got, err, want, werr)
			}
		}
	})
}

// FuzzSplit checks that cutting text into pieces and fields loses no byte that a strict reader would see.
func FuzzSplit(f *testing.F) {
	f.Add([]byte("a,b\n1,\"x\ny\"\n3,4"), uint8(1))
	f.Add([]byte("a,b\r\n\"\"\"\",2\r\n"), uint8(3))
	f.Fuzz(func(t *testing.T, b []byte, _ uint8) {
		if end := recordEnd(b, ',', false); end > 0 {
			if first := recordEnd(b, ',', true); first == 0 || first > end {
				t.Errorf("first record ends at %d, last at %d", first, end)
			}
			sp := splitter{delim: ',', quoted: true}
			sp.reset(b[:end], 1)
			for {
				if _, ok := sp.next(); !ok {
					break
				}
			}
			if sp.pos != end {
				t.Errorf("splitter stopped at %d of %d", sp.pos, end)
			}
		}
	})
}

// FuzzXLSX opens damaged workbooks.
func FuzzXLSX(f *testing.F) {
	dir := f.TempDir()
	f.Add(must(os.ReadFile(writeXLSX(f, dir, "recog", [][]string{{"hilist_code", "valid_days", "admdvs"}, {"A", "3", "990101"}}))))
	f.Fuzz(func(t *testing.T, b []byte) {
		if !bytes.HasPrefix(b, []byte("PK\x03\x04")) {
			return
		}
		dir, err := os.MkdirTemp("", "fuzz")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		p := write(t, dir, "recog.xlsx", b)
		in := &input{path: p, name: "recog.xlsx", table: claim.MustTable("recog"), open: func() (io.ReadCloser, error) { return os.Open(p) }}
		recs, err := openRecords(in)
		for err == nil {
			_, err = recs.next()
		}
	})
}
