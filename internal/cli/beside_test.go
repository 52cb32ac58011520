package cli

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/mingjian/mingjian/internal/board"
	"github.com/mingjian/mingjian/internal/lake"
)

// Boards tell of agreements as they are registered now, though what was read is kept.
func TestBoardsFollowImports(t *testing.T) {
	dir, in := t.TempDir(), t.TempDir()
	b := newBeside(dir)
	if ps, err := b.places(); err != nil || ps != nil {
		t.Fatalf("before the first import: %v, %v", ps, err)
	}
	if lake.Exists(dir) {
		t.Fatal("asking laid a lake down")
	}
	imported := func(name, csv string) {
		t.Helper()
		file := filepath.Join(in, name)
		if err := os.WriteFile(file, []byte(csv), 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := lake.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		w, err := l.Writer()
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		rep, err := w.Import(t.Context(), []string{file}, lake.ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range rep.Files {
			if f.Rejected > 0 || f.Landed == 0 {
				t.Fatalf("%s: %+v", name, f)
			}
		}
	}
	known := func(want ...string) {
		t.Helper()
		for range 2 { // the second time as it was kept
			ps, err := b.places()
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range ps {
				got = append(got, p.Inst+" "+p.Month+" "+p.What)
			}
			if len(got) != len(want) {
				t.Fatalf("known %q, not %q", got, want)
			}
			for k := range want {
				if got[k] != want[k] {
					t.Fatalf("known %q, not %q", got, want)
				}
			}
		}
	}
	imported("institution_1.csv", "fixmedins_code,fixmedins_name,fixmedins_type,admdvs,begndate\nP1,甲药店,2,990101,2020-01-01\nP2,乙药店,2,990102,2020-01-01\n")
	known()
	imported("agreement_1.csv", "fixmedins_code,begndate,enddate,stas,reason\nP1,2025-03-05,2099-12-31,3,串换\n")
	known("P1 2025-03 " + board.PlaceEnded)
	imported("agreement_2.csv", "fixmedins_code,begndate,enddate,stas,reason\nP2,2025-04-05,2099-12-31,2,整改\n")
	known("P1 2025-03 "+board.PlaceEnded, "P2 2025-04 "+board.PlaceSuspended)
}

// What is kept is read once as long as its files stay, after a failure again.
func TestKeptReadsOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f")
	var k kept[int]
	reads, fails := 0, errors.New("not readable")
	get := func(err error) (int, error) {
		return k.get([]string{file}, func() (int, error) { reads++; return reads, err })
	}
	for range 3 {
		if n, err := get(nil); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	if err := os.WriteFile(file, []byte("1"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := get(fails); !errors.Is(err, fails) {
		t.Fatal(err)
	}
	for range 2 {
		if n, err := get(nil); n != 3 || err != nil {
			t.Fatal(n, err)
		}
	}
}
