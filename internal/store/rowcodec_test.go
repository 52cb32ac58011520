package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mingjian/mingjian/internal/store"
)

// TestRowsAsBytes: what was written is read, wherever bytes are cut an error comes and no row.
func TestRowsAsBytes(t *testing.T) {
	t.Parallel()
	r := reminderOf("c1", 3, "j1", 1<<50)
	r.Inpatient, r.Excess = true, -1<<62
	c := store.Call{ID: "c1", At: -5, Partial: true, Orders: 20, NotJudged: "@s\n中文\x00"}
	v := store.CallVisit{Call: "c1", Orders: "1\nx\ty", Inpatient: true}
	s := store.Silence{ID: "s", Text: "A=b"}
	b := s.AppendRow(v.AppendRow(c.AppendRow(r.AppendRow(nil))))
	read := func(b []byte) (out [4]any, rest []byte, err error) {
		var r store.Reminder
		var c store.Call
		var v store.CallVisit
		var s store.Silence
		for _, f := range []func([]byte) ([]byte, error){r.ReadRow, c.ReadRow, v.ReadRow, s.ReadRow} {
			if b, err = f(b); err != nil {
				return out, nil, err
			}
		}
		return [4]any{r, c, v, s}, b, nil
	}
	got, rest, err := read(append(b, 7))
	if err != nil || len(rest) != 1 {
		t.Fatalf("%v, %d bytes left", err, len(rest))
	}
	if d := cmp.Diff([4]any{r, c, v, s}, got); d != "" {
		t.Error(d)
	}
	for n := range b {
		if _, _, err := read(b[:n]); err == nil {
			t.Fatalf("%d of %d bytes are read as whole rows", n, len(b))
		}
	}
}
