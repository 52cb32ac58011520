package claim

import (
	"testing"
	"unicode"
)

// TestEveryTableAndColumnHasATitle: whoever adds a table or a column says what people call it.
func TestEveryTableAndColumnHasATitle(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, tb := range Tables() {
		if !hasHan(TableTitles[tb.Name]) {
			t.Errorf("table %s has no title", tb.Name)
		}
		for _, c := range tb.Columns {
			known[c.Name], known[tb.Name+"."+c.Name] = true, true
			if s := ColumnTitle(tb.Name, c.Name); s == "" || (!hasHan(s) && s != c.Name) {
				t.Errorf("column %s.%s has no title", tb.Name, c.Name)
			}
		}
	}
	for n := range columnTitles {
		if !known[n] {
			t.Errorf("title of %s, which is no column", n)
		}
	}
	for n := range TableTitles {
		if TableOf(n) == nil {
			t.Errorf("title of %s, which is no table", n)
		}
	}
}

func hasHan(s string) bool {
	for _, r := range s {
		if unicode.Is(unicode.Han, r) {
			return true
		}
	}
	return false
}
