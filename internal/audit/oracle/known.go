package oracle

import "slices"

// Known keeps the findings of cards that the second evaluator judges too; of the others it has no opinion.
func Known(fs []Finding) []Finding {
	all := cards()
	var out []Finding
	for _, f := range fs {
		if slices.ContainsFunc(all, func(c card) bool { return c.id == f.Rule }) {
			out = append(out, f)
		}
	}
	return out
}
