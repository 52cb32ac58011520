package rulebook

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"flag"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/rule"
)

var update = flag.Bool("update", false, "write the golden files anew")

// generate writes a site from card files and returns its folder and what was done.
func generate(t *testing.T, dir, cards, date string) *Summary {
	t.Helper()
	lib, err := rule.LoadDir(cards)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Write(dir, Options{Cards: lib.Cards, Date: date, PointSource: "示例知识包"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// whole writes the site of all shipped cards.
func whole(t *testing.T, dir string) []*rule.Card {
	t.Helper()
	lib, err := rule.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	pack, err := knowledge.Starter()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Write(dir, Options{Cards: lib.Cards, Points: pack.Points, PointSource: "示例知识包", Date: "2025-06-01"}); err != nil {
		t.Fatal(err)
	}
	return lib.Cards
}

// files reads a folder.
func files(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(p)
		rel, _ := filepath.Rel(dir, p)
		out[filepath.ToSlash(rel)] = b
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// sameText names the first line that differs.
func sameText(t *testing.T, name string, want, got []byte) {
	t.Helper()
	a, b := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			t.Errorf("%s, line %d:\ngot  %q\nwant %q", name, i+1, b[min(i, len(b)-1)], a[min(i, len(a)-1)])
			return
		}
	}
}

func sameSite(t *testing.T, want, got map[string][]byte) {
	t.Helper()
	if len(want) != len(got) {
		t.Errorf("%d files, want %d", len(got), len(want))
	}
	for name := range want {
		if path.Ext(name) == ".zip" {
			if !bytes.Equal(want[name], got[name]) {
				t.Errorf("%s differs", name)
			}
			continue
		}
		sameText(t, name, want[name], got[name])
	}
}

// TestGolden: a small library gives these pages, to the byte.
func TestGolden(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	generate(t, dir, "testdata/cards", "2025-06-01")
	got := files(t, dir)
	for _, name := range []string{"index.html", "cards/Y001.html", "cards/Y002.html", "changes.json", "feed.xml", "assets/search.js"} {
		golden := filepath.Join("testdata/golden", strings.ReplaceAll(name, "/", "_"))
		if *update {
			if err := os.WriteFile(golden, got[name], 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		sameText(t, name+" (go test -update writes it anew)", want, got[name])
	}
}

// TestSameCardsSameBytes: another folder, and the same folder another day.
func TestSameCardsSameBytes(t *testing.T) {
	t.Parallel()
	a, b := t.TempDir(), t.TempDir()
	generate(t, a, "testdata/cards", "2025-06-01")
	generate(t, b, "testdata/cards", "2025-06-01")
	first := files(t, a)
	sameSite(t, first, files(t, b))
	if s := generate(t, a, "testdata/cards", "2026-01-31"); len(s.Changes) != 0 {
		t.Errorf("changes where nothing changed: %v", s.Changes)
	}
	sameSite(t, first, files(t, a))
}

// TestChanges: a card changed, one new, one gone.
func TestChanges(t *testing.T) {
	t.Parallel()
	dir, cards := t.TempDir(), t.TempDir()
	y1, err := os.ReadFile("testdata/cards/Y001.yaml")
	if err != nil {
		t.Fatal(err)
	}
	y2, err := os.ReadFile("testdata/cards/Y002.yaml")
	if err != nil {
		t.Fatal(err)
	}
	generate(t, dir, "testdata/cards", "2025-06-01")
	changed := strings.NewReplacer("severity: 2\nstages: [事后]", "severity: 1\nstages: [事中, 事后]", "exempt: [rescue]", "exempt: [rescue, emergency]").Replace(string(y1))
	third := strings.NewReplacer("id: Y002", "id: Y003", "name: 示例-分娩前放射检查", "name: 示例-另一条").Replace(string(y2))
	for name, text := range map[string]string{"Y001.yaml": changed, "Y003.yaml": third} {
		if err := os.WriteFile(filepath.Join(cards, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got := generate(t, dir, cards, "2025-07-15").Changes
	for i := range got {
		if (got[i].From == "") != (got[i].Kind == Added) || (got[i].To == "") != (got[i].Kind == Retired) || got[i].From == got[i].To {
			t.Errorf("versions of %+v", got[i])
		}
		got[i].From, got[i].To = "", ""
	}
	want := []Change{
		{Date: "2025-07-15", Kind: Modified, ID: "Y001", Name: "示例-艾灸单日限次", What: []string{
			"严重程度：由「高度可疑」改为「明确违规」", "环节：由「事后」改为「事中、事后」", "豁免：由「抢救」改为「抢救、急诊」"}},
		{Date: "2025-07-15", Kind: Added, ID: "Y003", Name: "示例-另一条", What: []string{"新增规则：分娩前若干天内放射检查。"}},
		{Date: "2025-07-15", Kind: Retired, ID: "Y002", Name: "示例-分娩前放射检查", What: []string{"停用，自此不再出疑点；以前的疑点不受影响。"}},
	}
	if !reflect.DeepEqual(want, got) {
		t.Errorf("changes %+v\nwant %+v", got, want)
	}
	site := files(t, dir)
	if site["cards/Y002.html"] != nil {
		t.Error("the page of the retired card is still there")
	}
	for _, s := range []string{"2025-07-15", "严重程度：由「高度可疑」改为「明确违规」", "2025-06-01"} {
		for _, name := range []string{"changes.html", "cards/Y001.html", "feed.xml"} {
			if !bytes.Contains(site[name], []byte(s)) {
				t.Errorf("%s lacks %s", name, s)
			}
		}
	}
	if bytes.Contains(site["cards/Y003.html"], []byte("首次发布")) {
		t.Error("a new card claims to have been there from the first")
	}
	links(t, site)
	feed(t, site, 4)
}

// TestWholeLibrary: every shipped card has a page without an empty section, every link resolves, the search knows all.
func TestWholeLibrary(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cards := whole(t, dir)
	site := files(t, dir)
	section := regexp.MustCompile(`(?s)<section id="([a-z]+)"><h2>[^\n]*</h2>(.*?)</section>`)
	tag := regexp.MustCompile(`<[^>]*>`)
	for _, c := range cards {
		page := string(site["cards/"+c.ID+".html"])
		seen := map[string]bool{}
		for _, m := range section.FindAllStringSubmatch(page, -1) {
			seen[m[1]] = true
			if text := strings.TrimSpace(tag.ReplaceAllString(m[2], "")); len([]rune(text)) < 5 {
				t.Errorf("%s: section %s is empty", c.ID, m[1])
			}
		}
		for _, s := range []string{"example", "basis", "judge", "params", "exempt", "needs", "links", "points", "history"} {
			if !seen[s] {
				t.Errorf("%s lacks section %s", c.ID, s)
			}
		}
		for _, s := range []string{">命中</span>", ">不命中</span>", "class=\"verdict\"", c.Name} {
			if !strings.Contains(page, s) {
				t.Errorf("%s lacks %s", c.ID, s)
			}
		}
		if strings.Contains(page, "<no value>") || strings.Contains(page, "ZgotmplZ") {
			t.Errorf("%s: a template failed", c.ID)
		}
	}
	links(t, site)
	feed(t, site, 1)
	searched(t, site, cards)
	zipped(t, site)
}

var href = regexp.MustCompile(`(?:href|src)="([^"]*)"`)

// links checks that every link of every page leads to a file, and to a place in it.
func links(t *testing.T, site map[string][]byte) {
	t.Helper()
	n := 0
	for name, data := range site {
		if path.Ext(name) != ".html" {
			continue
		}
		for _, m := range href.FindAllStringSubmatch(string(data), -1) {
			n++
			to, anchor, _ := strings.Cut(m[1], "#")
			target := path.Join(path.Dir(name), to)
			if to == "" {
				target = name
			}
			if site[target] == nil {
				t.Errorf("%s links to %s, which is not there", name, m[1])
			} else if anchor != "" && !bytes.Contains(site[target], []byte(`id="`+anchor+`"`)) {
				t.Errorf("%s links to %s, where there is no such place", name, m[1])
			}
		}
		for _, far := range []string{"http://", "https://", "//cdn"} {
			if bytes.Contains(data, []byte(`="`+far)) {
				t.Errorf("%s reaches for the network", name)
			}
		}
	}
	if n < 10*len(site)/2 {
		t.Errorf("only %d links found", n)
	}
}

func feed(t *testing.T, site map[string][]byte, entries int) {
	t.Helper()
	var f struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string   `xml:"id"`
		Updated string   `xml:"updated"`
		Entries []struct {
			ID      string `xml:"id"`
			Title   string `xml:"title"`
			Updated string `xml:"updated"`
			Link    struct {
				Href string `xml:"href,attr"`
			} `xml:"link"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal(site["feed.xml"], &f); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, e := range f.Entries {
		ids[e.ID] = true
		if e.Title == "" || e.Updated == "" || site[e.Link.Href] == nil {
			t.Errorf("entry %+v", e)
		}
	}
	if len(ids) != entries || f.ID == "" || f.Updated != f.Entries[0].Updated {
		t.Errorf("%d entries, want %d; updated %s", len(ids), entries, f.Updated)
	}
}

func searched(t *testing.T, site map[string][]byte, cards []*rule.Card) {
	t.Helper()
	var entries []searchEntry
	data := bytes.TrimSuffix(bytes.TrimPrefix(site["assets/search.js"], []byte("window.RULEBOOK=")), []byte(";\n"))
	if err := json.Unmarshal(data, &entries); err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(cards) {
		t.Fatalf("%d entries for %d cards", len(entries), len(cards))
	}
	items := 0
	for i, e := range entries {
		c := cards[i]
		items += len(e.Items)
		for _, s := range []string{c.ID, c.Name, c.Kind, c.Basis, c.Message} {
			if !strings.Contains(e.Text, strings.ToLower(s)) {
				t.Errorf("the search does not know %s of %s", s, c.ID)
			}
		}
		if !bytes.Contains(site["index.html"], []byte(`data-id="`+c.ID+`"`)) {
			t.Errorf("the index lacks %s", c.ID)
		}
	}
	if items == 0 {
		t.Error("the search knows no items")
	}
}

// zipped checks that the archive is the site without itself, and links within.
func zipped(t *testing.T, site map[string][]byte) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(site[Archive]), int64(len(site[Archive])))
	if err != nil {
		t.Fatal(err)
	}
	inside := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := b.ReadFrom(r); err != nil {
			t.Fatal(err)
		}
		inside[strings.TrimPrefix(f.Name, "rulebook/")] = b.Bytes()
	}
	if len(inside) != len(site)-1 {
		t.Errorf("%d files in the archive, %d beside it", len(inside), len(site))
	}
	links(t, inside)
}
