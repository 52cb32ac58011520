package online_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online"
)

// people are the persons that the lake of an engine knows.
func people(e *online.Engine) (out []string) {
	ds := e.Ground().Snapshot().Dicts()
	for c := 1; c < ds[claim.DictPerson].Len(); c++ {
		out = append(out, ds[claim.DictPerson].String(int32(c)))
	}
	return out
}

// ownCity is a copy of the shared city.
func ownCity(t *testing.T) string {
	dir := filepath.Join(t.TempDir(), "city")
	if err := os.CopyFS(dir, os.DirFS(dataDir(t))); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestFirstCallsWhilePreparing: right after the start, while the history files are being made in the background, calls make the files
// they need; nobody gets in anybody's way, also not a second engine that reads beside it.
func TestFirstCallsWhilePreparing(t *testing.T) {
	dir := ownCity(t)
	e, err := online.Open(dir, online.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	beside, err := online.Open(dir, online.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer beside.Close()
	psns := people(e)
	for range 2 {
		// As at the first start: no file is made, neither the online history nor what it is made of.
		for _, d := range []string{filepath.Join(dir, "online"), filepath.Join(dir, "history")} {
			if err := removeFiles(d, ".arrow"); err != nil {
				t.Fatal(err)
			}
		}
		online.Forget(e)
		online.Forget(beside)
		var wg sync.WaitGroup
		for _, x := range []*online.Engine{e, beside} {
			wg.Go(func() {
				if err := x.Prepare(nil); err != nil {
					t.Errorf("prepare: %v", err)
				}
			})
			for i := range 8 {
				wg.Go(func() {
					q := newMaker(x, uint64(i)).request(psns[(i*7)%len(psns)], 3)
					if _, err := x.Check(context.Background(), q); err != nil {
						t.Errorf("a first call: %v", err)
					}
				})
			}
		}
		wg.Wait()
	}
}

// TestFailureIsNotKept: a history that could not be made is tried again by the next call.
func TestFailureIsNotKept(t *testing.T) {
	dir := ownCity(t)
	e, err := online.Open(dir, online.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	q := newMaker(e, 1).request(people(e)[0], 3)
	blocked := online.HistoryDir(e)               // a file lies where the folder must be
	if err := os.RemoveAll(blocked); err != nil { // the city may have come with it
		t.Fatal(err)
	}
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Check(context.Background(), q); err == nil || !strings.Contains(err.Error(), "个人历史第") {
		t.Fatalf("a call without its history: %v", err)
	}
	if err := e.Prepare(nil); err == nil {
		t.Error("nothing was prepared, without an error")
	}
	if err := os.Remove(blocked); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Check(context.Background(), q); err != nil {
		t.Errorf("the disk is well again, the call is not: %v", err)
	}
	if err := e.Prepare(nil); err != nil {
		t.Errorf("the disk is well again: %v", err)
	}
}

// removeFiles removes the files with a suffix, at any depth.
func removeFiles(dir, suffix string) error {
	return filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(p, suffix) {
			err = os.Remove(p)
		}
		return err
	})
}
