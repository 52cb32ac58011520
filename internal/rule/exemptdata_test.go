package rule

import (
	"slices"
	"strings"
	"testing"
)

// unshown is how many listed exemptions no case shows: it may only fall. Those left are not shown yet: where the fund paid nothing (family_account)
// the card already lets pass for that, and others the check itself passes over first.
const unshown = 14

// An exemption a card lists is the card's: taken off the card (as an area may do), one of its cases must be found. Else the check
// excuses it by itself, and what a bureau sets has no effect.
func TestListedExemptionsAreData(t *testing.T) {
	t.Parallel()
	lib, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	silent := 0
	for _, c := range lib.Cards {
		for _, tag := range c.Exempt {
			d := *c
			d.Exempt = slices.DeleteFunc(slices.Clone(c.Exempt), func(x string) bool { return x == tag })
			if !changes(&d) {
				silent++
				t.Logf("%s: without exempt %s no case comes out otherwise", c.ID, tag)
			}
		}
		parts := strings.Split(c.ExemptDiag, "|")
		for _, part := range parts {
			if part == "" {
				continue
			}
			d := *c
			d.ExemptDiag = strings.Join(slices.DeleteFunc(slices.Clone(parts), func(x string) bool { return x == part }), "|")
			if !changes(&d) {
				silent++
				t.Logf("%s: without exempt_diag %s no case comes out otherwise", c.ID, part)
			}
		}
	}
	if silent > unshown {
		t.Errorf("%d exemptions that cards list change no case when they are taken off, want at most %d", silent, unshown)
	}
}

// changes tells whether some case comes out otherwise than it says.
func changes(c *Card) bool {
	results, _ := TestCard(c)
	return slices.ContainsFunc(results, func(r CaseResult) bool { return r.Err != nil })
}
