package rule

import "testing"

// Every shipped card compiles and does in each of its cases what the case says.
func TestShippedCases(t *testing.T) {
	lib, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range lib.Cards {
		t.Run(c.ID, func(t *testing.T) {
			results, wrong := TestCard(c)
			if len(wrong) > 0 {
				t.Error(wrong)
			}
			for _, r := range results {
				if r.Err != nil {
					t.Errorf("%s「%s」：%v", r.Card, r.Case, r.Err)
				}
			}
		})
	}
}
