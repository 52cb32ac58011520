package bench

import "testing"

// The engine, CEL behind the index and without it, and expr-lang find the same. No figure is asserted.
func TestRulesGate(t *testing.T) {
	r, err := LineRules(t.Context(), RuleOptions{Persons: 3000, Seed: 3, GateOnly: true, Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range r.Diff {
		t.Errorf("%s: %s %s %s", d.Side, d.Rule, d.Mdtrt, d.Sn)
	}
	for _, x := range lineRules {
		if r.Found[x.id] == 0 {
			t.Errorf("%s: nothing found: the comparison says nothing", x.id)
		}
	}
	if !r.Gate || r.Hash == "" {
		t.Errorf("gate = %v, hash = %q", r.Gate, r.Hash)
	}
}
