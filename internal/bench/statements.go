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

// statement is a rule as one SQL statement: its own text with the common table expressions of net lines and stays put in.
func statement(ruleID string) (string, error) {
	b, err := sqlFiles.ReadFile("sql/" + strings.ToLower(ruleID) + ".sql")
	if err != nil {
		return "", fmt.Errorf("没有规则 %s 的 SQL：%w", ruleID, err)
	}
	return expand(string(b)), nil
}

// expand puts the shared expressions into a statement. One that picks no lines needs no net quantities.
func expand(text string) string {
	lines := ""
	if strings.Contains(text, "pick AS") {
		lines = mustSQL("lines")
	}
	net := strings.Replace(mustSQL("net"), "{lines}", lines, 1)
	return strings.NewReplacer("{net}", net, "{stay}", mustSQL("stay")).Replace(text)
}

// mustSQL is a text that ships inside the program.
func mustSQL(name string) string {
	b, err := sqlFiles.ReadFile("sql/" + name + ".sql")
	if err != nil {
		panic("bench: " + err.Error())
	}
	return strings.TrimSpace(string(b))
}
