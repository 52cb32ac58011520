package cli

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
)

// Wrong command lines are told in Chinese, with what was written and exit status 2.
func TestUsageWords(t *testing.T) {
	t.Parallel()
	english := regexp.MustCompile(`(?i)\b(unknown|unexpected|expected|missing|flags?|argument|must|mean|got|together|valid)\b`)
	for line, want := range map[string]string{
		"rules basis 第三十八条":           "多写了“第三十八条”",
		"rules submit --as a":         "缺少",
		"rules shwo A001":             "是不是",
		"rules show A001 --yamll":     "没有 --yamll 这个选项；是不是 \"--yaml\"？",
		"rules show A001 --colour":    "没有 --colour 这个选项",
		"rules submit x":              "缺少选项",
		"synth --out /x --persons 很多": "应为整数",
		"synth --out":                 "后面要写值",
		"rules trial x --as":          "后面要写值",
	} {
		var out, errw bytes.Buffer
		if rc := Main(strings.Fields(line), nil, &out, &errw); rc != exitUsage {
			t.Errorf("%s: status %d", line, rc)
		}
		if s := errw.String(); !strings.Contains(s, want) || english.MatchString(strings.ReplaceAll(s, "--help", "")) {
			t.Errorf("%s: %s", line, s)
		}
	}
}
