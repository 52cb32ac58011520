package lake

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A file whose footer is kept packed says what it said.
func TestPackedFooter(t *testing.T) {
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("psn_no,psn_name,gend,brdy\n")
	for i := range 500 {
		fmt.Fprintf(&b, "P%04d,甲%d,%d,19%02d-03-05\n", i, i, 1+i%2, i%100)
	}
	importTo(t, dir, ImportOptions{Buckets: 8}, write(t, dir, "person.csv", []byte(b.String())))
	s := snapshot(t, dir)
	whole := readAll(t, s, "person")
	if len(whole) != 500 {
		t.Fatalf("%d rows", len(whole))
	}
	packed := 0
	for _, f := range s.l.files.open {
		if err := f.pack(packFrom); err != nil || f.packed != nil {
			t.Fatalf("a file of 8 row groups is not worth packing: %v", err)
		}
		if err := f.pack(1); err != nil {
			t.Fatal(err)
		}
		if packed += len(f.packed); f.pq != nil {
			t.Error("the parsed footer is kept")
		}
	}
	if packed < 8 {
		t.Fatalf("%d row groups packed", packed)
	}
	for range 2 {
		if got := readAll(t, s, "person"); !slices.Equal(got, whole) {
			t.Fatal("read from a packed footer, the rows are others")
		}
	}
}
