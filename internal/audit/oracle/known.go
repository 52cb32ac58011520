package oracle

import "slices"

// Judges tells whether the second evaluator knows a card; what it does not know it cannot confirm or contradict.
func Judges(rule string) bool {
	return slices.Contains([]string{"D003", "G006", "H001", "H004", "H008"}, rule) || slices.ContainsFunc(cards(), func(c card) bool { return c.id == rule })
}
