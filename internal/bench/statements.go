package bench

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed sql/*.sql
var sqlFiles embed.FS

// Rules are the ten cards that are also written as SQL.
var Rules = []string{"A001", "A003", "A009", "A011", "B002", "B005", "B006", "B021", "D005", "X001"}

// usesStays are the rules whose statement reads stays.
var usesStays = map[string]bool{"B002": true, "B006": true, "B021": true, "X001": true}

// statement is a rule as one SQL statement: the common table expressions of net lines, those of stays where the rule
// reads them, and the rule's own.
func statement(ruleID string) (string, error) {
	parts := []string{"net"}
	if usesStays[ruleID] {
		parts = append(parts, "stay")
	}
	var ctes []string
	for _, p := range append(parts, strings.ToLower(ruleID)) {
		b, err := sqlFiles.ReadFile("sql/" + p + ".sql")
		if err != nil {
			return "", fmt.Errorf("没有规则 %s 的 SQL：%w", ruleID, err)
		}
		ctes = append(ctes, strings.TrimSpace(string(b)))
	}
	return "WITH RECURSIVE\n" + strings.Join(ctes, ",\n"), nil
}

// mustSQL is a text that ships inside the program.
func mustSQL(name string) string {
	b, err := sqlFiles.ReadFile("sql/" + name + ".sql")
	if err != nil {
		panic("bench: " + err.Error())
	}
	return string(b)
}
