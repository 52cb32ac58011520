package rule

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/knowledge"
)

// writeCards makes a data directory with local cards: rightCard with changes, by file.
func writeCards(t *testing.T, files map[string][]string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, LocalFolder), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, change := range files {
		src := strings.NewReplacer(change...).Replace(rightCard)
		if err := os.WriteFile(filepath.Join(dir, LocalFolder, name), []byte(src), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func programID(t *testing.T, lib *Library) string {
	t.Helper()
	p, err := Compile(lib, &knowledge.Base{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return p.ID
}

// Local cards are added, replace shipped ones, and change the program; without any, the program is the shipped one.
func TestLocalCards(t *testing.T) {
	t.Parallel()
	shipped, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	none, wrong, err := ForData(t.TempDir())
	if err != nil || wrong != nil || programID(t, none) != programID(t, shipped) {
		t.Fatal(wrong, err)
	}
	lib, wrong, err := ForData(writeCards(t, map[string][]string{"a.yaml": {"id: Y001", "id: Y001"}, "b.yml": {"id: Y001", "id: B021"}}))
	if err != nil || len(wrong) > 0 {
		t.Fatal(wrong, err)
	}
	if len(lib.Cards) != len(shipped.Cards)+1 || !lib.Card("Y001").Local || lib.Card("Y001").Replaces != "" {
		t.Errorf("%d cards, %+v", len(lib.Cards), lib.Card("Y001"))
	}
	if c := lib.Card("B021"); !c.Local || c.Replaces != shipped.Card("B021").Version || c.Version == c.Replaces {
		t.Errorf("%+v", c)
	}
	if programID(t, lib) == programID(t, shipped) {
		t.Error("local cards leave the program as it was")
	}
}

// A wrong local card is left out with file, line and remedy; the others and the shipped card it would replace are in force.
func TestWrongLocalCards(t *testing.T) {
	t.Parallel()
	dir := writeCards(t, map[string][]string{
		"1.yaml": {"id: Y001", "id: Y001"},
		"2.yaml": {"severity: 2", "severty: 2"},
		"3.yaml": {"id: Y001", "id: B021", "level: day", "level: 日"},
		"4.yaml": {"id: Y001", "id: Y001"},
		"5.yaml": {"id: Y001", "id: Y005", "refines: []", "refines: [Y999]"},
		"6.yaml": {"id: Y001", "id: Y006", "refines: []", "refines: [Y007]"},
		"7.yaml": {"id: Y001", "id: Y007", "refines: []", "refines: [Y006]"},
		"8.yaml": {"id: Y001", "id: Y008", "expect: [f2]", "expect: [f1]"},
		"9.yaml": {"id: Y001", "id: Y009", "refines: []", "refines: [Y005]"},
		"x.txt":  {"id: Y001", "id: Y010"},
	})
	lib, wrong, err := ForData(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range wrong {
		got = append(got, strings.ReplaceAll(wrong[i].Error(), filepath.Join(dir, LocalFolder)+string(filepath.Separator), ""))
	}
	want := []string{
		"2.yaml：第 8 行：规则卡写法有误：没有 severty 这一项；是不是 severity？",
		`3.yaml：第 7 行：B021 level 写作 "日"；只能是 line、day、pair、stay、visit、settlement、person 之一`,
		"4.yaml：第 1 行：Y001 编号 Y001 已在 1.yaml 中用过；换一个编号，或删去一个文件",
		"8.yaml：第 24 行：Y008 用例「两次」不符：应命中 [f1]，实际命中 [f2]；改卡或改用例，用 mingjian rules test 核对",
		"5.yaml：第 12 行：Y005 refines 写了规则库里没有的 Y999；改成已有的编号，或去掉",
		"6.yaml：第 12 行：Y006 refines 绕成一圈：Y006 → Y007 → Y006；去掉其中一处",
		"7.yaml：第 12 行：Y007 refines 绕成一圈：Y007 → Y006 → Y007；去掉其中一处",
		"9.yaml：第 12 行：Y009 refines 写了规则库里没有的 Y005；改成已有的编号，或去掉",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	shipped, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	if len(lib.Cards) != len(shipped.Cards)+1 || lib.Card("Y001") == nil || lib.Card("B021").Local {
		t.Errorf("%d cards in force, %d shipped", len(lib.Cards), len(shipped.Cards))
	}
}
