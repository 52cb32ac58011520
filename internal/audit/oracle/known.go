package oracle

import "slices"

// alsoSpoken are cards that another card's judge speaks for (see cards).
var alsoSpoken = []string{"D003", "H001", "H004", "H008"}

// Known keeps the findings of cards that the second evaluator judges too; of the others it has no opinion.
func Known(fs []Finding) []Finding {
	ids := slices.Clone(alsoSpoken)
	for _, c := range cards() {
		ids = append(ids, c.id)
	}
	var out []Finding
	for _, f := range fs {
		if slices.Contains(ids, f.Rule) {
			out = append(out, f)
		}
	}
	return out
}
