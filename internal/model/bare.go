package model

import (
	"regexp"
	"strings"
)

// apart finds what a statement's words must not be looked for in, in one pass, so that a mark of a comment within a text opens none and
// the other way round: texts (a doubled quote is one, with an E before them a backslash escapes), names in quotes and comments.
var apart = regexp.MustCompile(`(?s)(?i:\be)'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n\r]*|/\*.*?\*/`)

// stripped is the statement without comments.
func stripped(sql string) string {
	return apart.ReplaceAllStringFunc(sql, func(s string) string {
		if s[0] == '-' || s[0] == '/' {
			return " "
		}
		return s
	})
}

// bare is the statement without comments and with its texts emptied.
func bare(sql string) string {
	return apart.ReplaceAllStringFunc(sql, func(s string) string {
		switch {
		case s[0] == '-' || s[0] == '/':
			return " "
		case strings.HasSuffix(s, "'"):
			return "''"
		}
		return s // a name in quotes is a name
	})
}
