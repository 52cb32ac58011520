package synth

import (
	"sort"
	"testing"
)

func TestSmoke(t *testing.T) {
	st, err := Generate(Options{Out: "/tmp/city5", Persons: 5000, Months: 3, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	var ks []string
	for k := range st.Truth {
		ks = append(ks, k)
	}
	sort.Strings(ks)
	for _, k := range ks {
		t.Logf("%s %d", k, st.Truth[k])
	}
	t.Log(st.Skipped)
}
