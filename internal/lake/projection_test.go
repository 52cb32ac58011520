package lake

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
)

// TestDamagedProjection: a byte that changes in a projection that was found sound before is noticed, though its length and
// the time of its last writing say nothing; one that nobody touched is not read through again.
func TestDamagedProjection(t *testing.T) {
	t.Parallel()
	ds := claim.NewDicts()
	rows := claim.NewRows(ds)
	for _, id := range []string{"M1", "M2", "M3"} {
		if err := rows.Add("visit", []string{"mdtrt_id", "psn_no", "fixmedins_code", "med_type", "begntime"}, []string{id, "P1", "H1", "11", "2025-03-01 08:00:00"}); err != nil {
			t.Fatal(err)
		}
	}
	b := rows.Sources()[0].Batch
	path := filepath.Join(t.TempDir(), "000-x.arrow")
	if err := WriteProjection(path, []string{"visit"}, []*claim.Batch{b}, nil); err != nil {
		t.Fatal(err)
	}
	all := func(string) bool { return true }
	read := func() error {
		p, err := OpenProjection(path, all)
		if err != nil {
			return err
		}
		defer p.Close()
		got := p.Batches["visit"]
		if got.N != 3 || got.Str(got.Table.MustCol("mdtrt_id"), 2) != b.Str(b.Table.MustCol("mdtrt_id"), 2) {
			t.Fatalf("read %d rows, last %q", got.N, got.Str(got.Table.MustCol("mdtrt_id"), 2))
		}
		return nil
	}
	if err := read(); err != nil {
		t.Fatal(err)
	}
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if fileStamp(st) != "" && !vouched(path, st) {
		t.Error("a projection just read is not noted as sound")
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := strings.Index(string(data), "M2")
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte("X"), int64(at)); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, st.ModTime(), st.ModTime()); err != nil {
		t.Fatal(err)
	}
	if err := read(); err == nil || !strings.Contains(err.Error(), "已损坏") {
		t.Errorf("a damaged projection reads as %v", err)
	}
	os.Remove(path + soundSuffix)
	if err := read(); err == nil {
		t.Error("a damaged projection that nobody vouched for was read")
	}
}

// TestDroppedProjection: what was read of a mapped projection is still what was written after its memory was given back.
func TestDroppedProjection(t *testing.T) {
	t.Parallel()
	rows := claim.NewRows(claim.NewDicts())
	for i := range 20_000 {
		if err := rows.Add("visit", []string{"mdtrt_id", "psn_no", "fixmedins_code", "med_type", "begntime"}, []string{fmt.Sprintf("M%030d", i), "P1", "H1", "11", "2025-03-01 08:00:00"}); err != nil {
			t.Fatal(err)
		}
	}
	b := rows.Sources()[0].Batch
	path := filepath.Join(t.TempDir(), "000-x.arrow")
	if err := WriteProjection(path, []string{"visit"}, []*claim.Batch{b}, nil); err != nil {
		t.Fatal(err)
	}
	p, err := OpenProjection(path, func(string) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if p.mapped == nil {
		t.Fatal("a large projection was not mapped")
	}
	got, id, at := p.Batches["visit"], b.Table.MustCol("mdtrt_id"), b.Table.MustCol("begntime")
	for i := range b.N {
		if i%5_000 == 0 {
			p.Drop()
		}
		if got.Str(id, i) != b.Str(id, i) || got.I64(at, i) != b.I64(at, i) {
			t.Fatalf("row %d reads %q", i, got.Str(id, i))
		}
	}
}
