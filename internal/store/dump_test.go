package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/store"
)

// content is a whole store by table.
func content(t testing.TB, db *store.DB) (map[string]*bytes.Buffer, int64) {
	t.Helper()
	out := map[string]*bytes.Buffer{}
	v, err := db.Dump(context.Background(), func(table string) (io.Writer, func() error, error) {
		out[table] = &bytes.Buffer{}
		return out[table], func() error { return nil }, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out, v
}

// fill writes a row into every table.
func fill(t testing.TB, db *store.DB) {
	t.Helper()
	if err := db.Claim(context.Background(), "here"); err != nil {
		t.Fatal(err)
	}
	fillBoards(t, db)
	update(t, db, func(tx *store.Tx) error {
		var fs []*store.Finding
		for i := range 6000 { // more than is held at once
			fs = append(fs, finding(fmt.Sprint("f", i), 1))
		}
		_, err := tx.AddTask(store.Task{ID: "t", Kind: "变更", Finding: "f1", Detail: "a\nb\u2028<>&", MadeAt: 1})
		_, err2 := tx.AddAnchor(store.Anchor{Day: "2026-01-01", At: 1, Heads: "c 1 h\n", Hash: "x"})
		rules, reminders := fillRules(tx), errors.Join(fillReminders(tx), fillReleases(tx), fillSpecial(tx), fillReview(tx), fillClues(tx), fillModels(tx), fillMessages(tx))
		_, err3 := tx.SetInstitutions([]store.Institution{{Code: "H1", Name: "甲", Admdvs: "990101"}})
		office := errors.Join(tx.AddSession(&store.Session{ID: "s", User: "u", Login: "l", ExpiresAt: 9}), tx.SetFailure(store.Failure{Login: "l", Failures: 2, LastAt: 3}),
			duty(tx), tx.AddJob(&store.Job{ID: "j", Kind: "试算", Args: "{}", State: "等待"}))
		return errors.Join(err, err2, err3, office, rules, reminders, tx.AddFindings(fs), tx.SetPart(store.Part{Month: "2025-01", Bucket: 3, File: "x", Run: 1, Findings: 2}, 9),
			tx.SetGone("2025-01", 3, 1, []string{"f2"}), tx.AddRun(store.Run{Run: 1, Started: 1, Added: 3}),
			tx.AddUser(&store.User{ID: "u", Login: "l", Roles: []string{"只读"}}), tx.AddKey(&store.Key{ID: "k"}),
			tx.AddChain(store.Chain{ID: "c", PID: 7}), tx.AddRecords([]store.Record{{Chain: "c", Seq: 1, At: 1, Actor: "a", Hash: "h"}}))
	})
}

// TestDumpAndRestore moves a store from each engine to each, and finds the same bytes.
func TestDumpAndRestore(t *testing.T) {
	t.Parallel()
	for from, a := range engines {
		for to, b := range engines {
			t.Run(from+" to "+to, func(t *testing.T) {
				t.Parallel()
				src := open(t, a(t))
				fill(t, src)
				want, version := content(t, src)
				read := func(table string) (io.ReadCloser, error) {
					if want[table].Len() == 0 {
						t.Errorf("the test fills nothing into %s", table)
					}
					return io.NopCloser(bytes.NewReader(want[table].Bytes())), nil
				}
				at := b(t)
				dst, err := store.Restore(context.Background(), at, version, read)
				if err != nil {
					t.Fatal(err)
				}
				defer dst.Close()
				got, _ := content(t, dst)
				for _, name := range store.Tables() {
					if !bytes.Equal(want[name].Bytes(), got[name].Bytes()) {
						t.Errorf("%s is\n%.300s\nwant\n%.300s", name, got[name], want[name])
					}
				}
				if _, err := store.Restore(context.Background(), at, version, read); !errors.Is(err, store.ErrNotEmpty) {
					t.Errorf("restoring into a store that holds something gives %v, want ErrNotEmpty", err)
				}
			})
		}
	}
}

func TestRestoreIsAllOrNothing(t *testing.T) {
	t.Parallel()
	for name, at := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			loc := at(t)
			for _, bad := range []string{`["f"]`, `["f",1]` + "\n" + `{`, `[1,2]`} {
				_, err := store.Restore(context.Background(), loc, store.SchemaVersion(), func(table string) (io.ReadCloser, error) {
					switch table {
					case "meta":
						return io.NopCloser(strings.NewReader(`["a","b"]` + "\n")), nil
					case "user_role":
						return io.NopCloser(strings.NewReader(bad)), nil
					}
					return nil, nil
				})
				if err == nil {
					t.Fatalf("%s was restored", bad)
				}
			}
			got, _ := content(t, open(t, loc))
			for n, b := range got {
				if b.Len() > 0 {
					t.Errorf("%s holds %s after a failed restore", n, b)
				}
			}
			if _, err := store.Restore(context.Background(), loc, store.SchemaVersion()+1, nil); !errors.Is(err, store.ErrNewer) {
				t.Errorf("a dump of a newer program gives %v, want ErrNewer", err)
			}
		})
	}
}
