package remind

import (
	"slices"
	"testing"

	"github.com/mingjian/mingjian/internal/online"
)

// What is kept of a reminder's lines is read back as it was, whatever senders call their orders.
func TestLinesAreReadBack(t *testing.T) {
	for _, order := range []string{"", "F1", `a"b`, `a\b`, "一行", "\x00\n\t\x1f", "<b>&amp;", "🙂", " "} {
		ls := []online.Line{{Order: order, Visit: "V" + order, Type: 1, Vola: 12_345}, {Order: "x" + order, Type: 2}, {Visit: order, Vola: -1}}
		want := make([]SaidLine, len(ls))
		for i, l := range ls {
			want[i] = SaidLine{l.Order, l.Visit, l.Type, l.Vola}
		}
		got, err := ReadLines(linesText(ls))
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %+v, %v", order, got, err)
		}
	}
	if got, err := ReadLines(linesText(nil)); err != nil || len(got) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}
