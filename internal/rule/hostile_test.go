package rule

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

// hostile are files as users' machines make them, and files made to harm: what of the message tells the user what to do, "" where the
// file is taken.
var hostile = []struct{ name, text, want string }{
	{"记事本的字节顺序标记", "\xef\xbb\xbf" + rightCard, ""},
	{"Windows换行", strings.ReplaceAll(rightCard, "\n", "\r\n"), ""},
	{"UTF-16", string(utf16le(rightCard)), "用 UTF-8 保存"},
	{"GB18030", strings.ReplaceAll(rightCard, "艾灸", "\xb0\xac\xbe\xc4"), "用 UTF-8 保存"},
	{"空字节", strings.Replace(rightCard, "艾灸", "艾\x00灸", 1), "控制字符"},
	{"不是文字", string(everyByte()), "UTF-8"},
	{"全角冒号", strings.Replace(rightCard, "name: ", "name：", 1), "冒号后空一格"},
	{"全角逗号", strings.Replace(rightCard, "stages: [事前, 事中, 事后]", "stages: [事前，事中，事后]", 1), "只能是 事前、事中、事后"},
	{"全角数字", strings.Replace(rightCard, "severity: 2", "severity: ２", 1), "应为整数"},
	{"数字太大", strings.Replace(rightCard, "severity: 2", "severity: 99999999999999999999", 1), "应为整数"},
	{"方括号成山", strings.Replace(rightCard, "params: {}", "params: "+strings.Repeat("[", 20_000)+strings.Repeat("]", 20_000), 1), "减少层次"},
	{"花括号成山", strings.Replace(rightCard, "params: {}", "params: "+strings.Repeat("{a: ", 20_000)+"1"+strings.Repeat("}", 20_000), 1), "减少层次"},
	{"缩进成山", strings.Replace(rightCard, "params: {}", "params:"+steps(1000), 1), "params"},
	{"别名炸弹", strings.Replace(rightCard, "params: {}", "params: {a: &a [1,1,1,1,1,1,1,1,1], b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a], c: [*b,*b,*b,*b,*b,*b,*b,*b,*b]}", 1), "别名或锚点"},
	{"合并", strings.Replace(rightCard, "area: care", "<<: {area: care}", 1), "没有 << 这一项"},
	{"编号像路径", strings.Replace(rightCard, "id: Y001", "id: ../../x", 1), "字母或数字开头"},
	{"超过一兆", rightCard + "#" + strings.Repeat("x", 1<<20), "不能超过 1024 KB"},
}

func utf16le(s string) (b []byte) {
	b = []byte{0xff, 0xfe}
	for _, c := range utf16.Encode([]rune(s)) {
		b = append(b, byte(c), byte(c>>8))
	}
	return b
}

func everyByte() (b []byte) {
	for i := range 4096 {
		b = append(b, byte(i))
	}
	return b
}

// steps is a value nested n deep, a line each.
func steps(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("\n" + strings.Repeat(" ", i+1) + "a:")
	}
	return b.String()
}

// A folder of hostile files names each with a remedy in Chinese, takes no time, and leaves the good cards in force.
func TestHostileFiles(t *testing.T) {
	t.Parallel()
	for _, h := range hostile {
		dir := t.TempDir()
		for file, text := range map[string]string{"a.yaml": h.text, "good.yaml": strings.Replace(rightCard, "Y001", "Y900", 1)} {
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		lib, wrong, err := ReadCards(dir)
		if err != nil {
			t.Fatalf("%s: %v", h.name, err)
		}
		if lib.Card("Y900") == nil {
			t.Errorf("%s: the good card beside it is gone", h.name)
		}
		if h.want == "" {
			if len(wrong) > 0 || lib.Card("Y001") == nil {
				t.Errorf("%s: not taken: %v", h.name, wrong)
			}
			continue
		}
		if len(wrong) == 0 || lib.Card("Y001") != nil {
			t.Errorf("%s: taken", h.name)
			continue
		}
		said := strings.ReplaceAll(wrong.Error(), filepath.Join(dir, "a.yaml"), "a卡")
		if !strings.Contains(said, h.want) || !strings.Contains(said, "a卡") || (!strings.Contains(said, "行") && !strings.Contains(said, "KB")) || len(said) > 20_000 {
			t.Errorf("%s: %.300s", h.name, said)
		}
		if w := english.FindString(said); w != "" {
			t.Errorf("%s: English: %.300s", h.name, said)
		}
	}
}
