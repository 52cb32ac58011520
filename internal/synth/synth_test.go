package synth

import "testing"

func TestSmoke(t *testing.T) {
	st, err := Generate(Options{Out: t.TempDir(), Persons: 20000, Months: 3, Seed: 1, Clean: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", st)
}
