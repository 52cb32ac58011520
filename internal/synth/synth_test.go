package synth

import "testing"

func TestSmoke(t *testing.T) {
	st, err := Generate(Options{Out: "/tmp/city5", Persons: 5000, Months: 3, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", st)
}
