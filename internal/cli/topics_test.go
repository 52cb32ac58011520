package cli

import (
	"slices"
	"testing"

	"github.com/mingjian/mingjian/internal/model"
	"github.com/mingjian/mingjian/internal/rule"
)

// A topic names cards that exist, once each; that of the doubts at settlement has exactly the cards that ask for a reason
// there.
func TestTopicsNameCards(t *testing.T) {
	lib, err := rule.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	cards, asking := map[string]bool{}, []string{}
	for _, c := range lib.Cards {
		cards[c.ID] = true
		if c.Stop == "confirm" && slices.Contains(c.Stages, "事中") {
			asking = append(asking, c.ID)
		}
	}
	slices.Sort(asking)
	topics, err := model.Topics()
	if err != nil {
		t.Fatal(err)
	}
	settlement := false
	for _, x := range topics {
		seen := map[string]bool{}
		for _, c := range x.Cards {
			if !cards[c] || seen[c] {
				t.Errorf("%s %s: card %s is unknown or named twice", x.ID, x.Name, c)
			}
			seen[c] = true
		}
		if x.Name == "事中审核疑点" {
			if settlement = true; !slices.Equal(x.Cards, asking) {
				t.Errorf("%s names %v, the cards that ask at settlement are %v", x.ID, x.Cards, asking)
			}
		}
	}
	if !settlement {
		t.Error("no topic of the doubts at settlement")
	}
}
