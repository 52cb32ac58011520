package special

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
)

// The example says what holds without a file, and a file changes only what it names.
func TestTermsFile(t *testing.T) {
	dir := t.TempDir()
	read := func(text string) Terms {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, TermsFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	bare, err := Load(dir)
	if err != nil || !reflect.DeepEqual(bare, National()) {
		t.Fatalf("without a file: %+v, %v", bare, err)
	}
	same := read(Example)
	same.Extended = nil
	if !reflect.DeepEqual(same, National()) {
		t.Errorf("the example: %+v", same)
	}
	own := read("dip: 0.01\nworkdays: 20\nextended: {2025Q1: 2025-06-30}\n")
	if own.DIP != 10_000 || own.DRG != National().DRG || own.Panel != 3 {
		t.Errorf("own terms: %+v", own)
	}
	if d, err := own.DeadlineOf("2025Q1"); err != nil || d != claim.DayOf(2025, 6, 30) {
		t.Errorf("extended quarter: %s %v", d, err)
	}
	if d := own.Deadline(month("2025-02")); d != claim.DayOf(2025, 6, 30) {
		t.Errorf("extended quarter by a month of it: %s", d)
	}
	if d := own.Deadline(month("2025-05")); d != claim.DayOf(2025, 7, 28) { // 20 working days after June
		t.Errorf("a quarter that was not extended: %s", d)
	}
}

func TestWrongTerms(t *testing.T) {
	for text, says := range map[string]string{
		"drg: 5\n":                           "drg 要在 0 和 1 之间",
		"workdays: 0\n":                      "workdays",
		"panel: 4\n":                         "单数",
		"materials: []\n":                    "materials",
		"reasons: ['']\n":                    "reasons",
		"extended: {2025-4: 2026-02-28}\n":   "2025Q4",
		"extended: {2025Q4: 2026/2/28}\n":    "2026-02-28",
		"extended: {2025Q4: '2026-01-05'}\n": "没有延长",
		"exteded: {}\n":                      "exteded",
		"extended: {2025Q4: '2026-02-30'}\n": "日期",
		"cut_share: 1.5\n":                   "cut_share",
		"holidays: {2025-01-01: true}\n":     "holidays",
		"drg: abc\n":                         "abc",
		"workdays: [1]\n":                    "int",
	} {
		if _, err := ParseTerms([]byte(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want one that says %q", text, err, says)
		}
	}
}
