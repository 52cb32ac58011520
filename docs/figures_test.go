package docs_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/board"
)

var indicatorID = regexp.MustCompile(`\b[A-Z]\d{2}\b`)

// TestQuotedFiguresHaveIndicators: each row of the table of quoted figures names indicators of the dictionary; S1 to S8 are all there; a row whose indicators all lack a
// source says so, and one that says so names one that does.
func TestQuotedFiguresHaveIndicators(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("指标与引用.md")
	if err != nil {
		t.Fatal(err)
	}
	seen, rows := map[string]bool{}, 0
	for _, l := range strings.Split(string(b), "\n") {
		c := strings.Split(l, "|")
		if len(c) != 6 || !strings.HasPrefix(strings.TrimSpace(c[1]), "S") {
			continue
		}
		rows++
		seen[strings.TrimSpace(c[1])] = true
		ids, with, without := indicatorID.FindAllString(c[3], -1), 0, 0
		for _, id := range ids {
			switch i := board.TheDictionary().Get(id); {
			case i == nil:
				t.Errorf("%s: the dictionary has no %s", c[2], id)
			case i.Missing():
				without++
			default:
				with++
			}
		}
		if says := strings.Contains(c[4], "没有来源"); len(ids) == 0 || (with == 0 && !says) || (says && without == 0) {
			t.Errorf("%s: %v, %d with a source, %d without; it says %q", c[2], ids, with, without, c[4])
		}
	}
	for _, s := range []string{"S1", "S2", "S4", "S5", "S6", "S7", "S8"} { // S3 quotes none
		if !seen[s] {
			t.Errorf("no figure of %s", s)
		}
	}
	if rows < 20 {
		t.Errorf("only %d rows", rows)
	}
}
