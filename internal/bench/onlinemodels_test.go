package bench

import (
	"path/filepath"
	"testing"

	"github.com/mingjian/mingjian/internal/synth"
)

// Calls go on until the last model has ended, and every model was run. No figure is asserted.
func TestModelsBesideCalls(t *testing.T) {
	dir := t.TempDir()
	files, data := filepath.Join(dir, "files"), filepath.Join(dir, "data")
	if _, err := synth.Generate(synth.Options{Out: files, Persons: 300, Months: 1, Seed: 5, End: onlineMonth}); err != nil {
		t.Fatal(err)
	}
	if err := loadOnline(t.Context(), data, files); err != nil {
		t.Fatal(err)
	}
	s, err := startNoop(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.stop()
	x, err := besideModels(t.Context(), &s.target, [][]byte{[]byte("{}")}, 20, data)
	if err != nil {
		t.Fatal(err)
	}
	if x.Models < 40 || x.Failed > 0 || x.Calls < 20 || x.Wrong > 0 || x.P99 < x.P50 {
		t.Errorf("%+v", x)
	}
}

func TestRateOfCountsWhatWasNoAnswer(t *testing.T) {
	x := rateOf(7, held{3e6, -5e6 - 1, 1e6})
	if x.Wrong != 1 || x.Max != 5 || x.P50 != 3 || x.RPS != 7 {
		t.Errorf("%+v", x)
	}
}
