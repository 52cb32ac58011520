package store

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
)

// A text that is asked often is kept, answers as before, and may be asked again while its own rows are being read.
func TestKeptStatements(t *testing.T) {
	t.Parallel()
	db, err := Open(context.Background(), Location{Engine: SQLite, Path: filepath.Join(t.TempDir(), "store.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const text = "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) SELECT i FROM n"
	ask := func(tx *Tx, upTo int, each func(i int) error) error {
		return tx.query(func(rows *sql.Rows) error {
			var i int
			if err := rows.Scan(&i); err != nil {
				return err
			}
			return each(i)
		}, text, upTo)
	}
	for round := range 2 * oftenEnough {
		var got []int
		err := db.View(context.Background(), func(tx *Tx) error {
			return ask(tx, 3, func(i int) error {
				return ask(tx, i, func(k int) error { got = append(got, 10*i+k); return nil })
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(got) != "[11 21 22 31 32 33]" {
			t.Fatalf("round %d: %v", round, got)
		}
	}
	if db.reads.ready[text] == nil {
		t.Error("the text was never kept")
	}
}

// A text that cannot be prepared costs nobody but whoever asks it.
func TestStatementThatCannotBeKept(t *testing.T) {
	t.Parallel()
	db, err := Open(context.Background(), Location{Engine: SQLite, Path: filepath.Join(t.TempDir(), "store.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for range 2 * oftenEnough {
		if err := db.View(context.Background(), func(tx *Tx) error { return tx.one(nil, "SELECT nothing FROM nowhere") }); err == nil {
			t.Fatal("a missing table is no error")
		}
	}
	var n int
	if err := db.View(context.Background(), func(tx *Tx) error { return tx.one([]any{&n}, "SELECT 7") }); err != nil || n != 7 {
		t.Error(n, err)
	}
}
