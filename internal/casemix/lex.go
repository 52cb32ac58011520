package casemix

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind uint8

const (
	tokEnd tokenKind = iota
	tokWord
	tokNumber
	tokString
	tokMark // an operator or bracket
)

type token struct {
	kind tokenKind
	text string
	at   int // rune offset, for messages
}

// words that are operators whatever the language.
var wordMarks = map[string]string{"AND": "&", "且": "&", "OR": "|", "或": "|", "NOT": "!", "非": "!", "IN": "∈", "属于": "∈"}

var markForms = []struct{ in, out string }{{"<=", "<="}, {">=", ">="}, {"==", "="}, {"!=", "!="}, {"<>", "!="}, {"≤", "<="}, {"≥", ">="}, {"≠", "!="},
	{"＜", "<"}, {"＞", ">"}, {"∈", "∈"}, {"∉", "∉"}, {"<", "<"}, {">", ">"}, {"=", "="}, {"(", "("}, {")", ")"}, {"（", "("}, {"）", ")"}, {"[", "["}, {"]", "]"},
	{"{", "["}, {"}", "]"}, {",", ","}, {"，", ","}, {"、", ","}, {":", ":"}}

// lex splits a condition into tokens.
func lex(src string) ([]token, error) {
	var out []token
	at := 0
	for len(src) > 0 {
		r, size := utf8.DecodeRuneInString(src)
		if unicode.IsSpace(r) {
			src, at = src[size:], at+1
			continue
		}
		if r == '\'' || r == '"' {
			end := strings.IndexRune(src[1:], r)
			if end < 0 {
				return nil, fmt.Errorf("第 %d 个字起的引号没有结束", at+1)
			}
			out = append(out, token{tokString, src[1 : 1+end], at})
			at += utf8.RuneCountInString(src[:end+2])
			src = src[end+2:]
			continue
		}
		if t, n := lexMark(src); n > 0 {
			out = append(out, token{tokMark, t, at})
			at += utf8.RuneCountInString(src[:n])
			src = src[n:]
			continue
		}
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' {
			return nil, fmt.Errorf("第 %d 个字 %q 看不懂", at+1, string(r))
		}
		n, digits := 0, true
		for n < len(src) {
			r, size := utf8.DecodeRuneInString(src[n:])
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '.' {
				break
			}
			digits = digits && unicode.IsDigit(r)
			n += size
		}
		t := token{tokWord, src[:n], at}
		if digits {
			t.kind = tokNumber
		} else if m := wordMarks[strings.ToUpper(t.text)]; m != "" {
			t = token{tokMark, m, at}
		}
		out = append(out, t)
		at += utf8.RuneCountInString(src[:n])
		src = src[n:]
	}
	return append(out, token{kind: tokEnd, at: at}), nil
}

func lexMark(src string) (string, int) {
	for _, m := range markForms {
		if strings.HasPrefix(src, m.in) {
			return m.out, len(m.in)
		}
	}
	return "", 0
}
