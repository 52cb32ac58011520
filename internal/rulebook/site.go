package rulebook

import (
	"archive/zip"
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
)

// bookTitle is the name of the site.
const bookTitle = "明鉴规则说明书"

// Files of the site that are asked for by themselves.
const (
	Archive = "rulebook.zip" // holds the site
	Feed    = "feed.xml"
)

//go:embed templates/*.html
var templates embed.FS

//go:embed assets/*
var assets embed.FS

var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"join":       func(sep string, s []string) string { return strings.Join(s, sep) },
	"thousands":  thousands,
	"severities": func() []named { return severities },
	"stops":      func() []named { return stopLevels },
	"stages":     func() []named { return stageWords },
}).ParseFS(templates, "templates/*.html"))

// Summary is what a generation did.
type Summary struct {
	Cards   int      `json:"cards"`
	Files   int      `json:"files"`
	Bytes   int64    `json:"bytes"`
	Changes []Change `json:"changes"` // found by this generation
}

// Write makes the site in dir, comparing with what dir held before, and returns what it did. It refuses a folder that holds
// another site. Pages of cards that are gone are removed.
func Write(dir string, o Options) (*Summary, error) {
	if _, err := claim.ParseDay(o.Date); err != nil || o.Date == "" {
		return nil, fmt.Errorf("日期 %q 应写作 yyyy-MM-dd", o.Date)
	}
	h, err := readHistory(dir)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, "index.html")); err == nil && len(h.Changes) == 0 {
		return nil, fmt.Errorf("%s 里已有别的 index.html，请换一个文件夹", dir)
	}
	b, err := newBook(o)
	if err != nil {
		return nil, err
	}
	now := h.next(b.Views, o.Date)
	b.take(now)
	files, err := b.site(now)
	if err != nil {
		return nil, err
	}
	s := &Summary{Cards: len(b.Views), Files: len(files), Changes: now.Changes[len(h.Changes):]}
	for _, name := range sortedKeys(files) {
		s.Bytes += int64(len(files[name]))
		if err := put(dir, name, files[name]); err != nil {
			return nil, err
		}
	}
	for id := range h.Cards {
		if b.byID[id] == nil {
			if err := os.Remove(filepath.Join(dir, "cards", id+".html")); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, err
			}
		}
	}
	return s, nil
}

// put writes a file unless it is there already with that content.
func put(dir, name string, data []byte) error {
	path := filepath.Join(dir, filepath.FromSlash(name))
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, data) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return lake.WriteFileAtomic(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// site is all files by name, the archive of the others among them. The archive's pages do not link to the archive.
func (b *book) site(h *history) (map[string][]byte, error) {
	inside, err := b.files(h, false)
	if err != nil {
		return nil, err
	}
	packed, err := pack(inside, b.Updated)
	if err != nil {
		return nil, err
	}
	files, err := b.files(h, true)
	if err != nil {
		return nil, err
	}
	files[Archive] = packed
	return files, nil
}

// page is what a template gets.
type page struct {
	Book    *book
	Title   string
	Root    string // path from the page to the site's root: "" or "../"
	Here    string // the menu's entry
	Archive bool   // there is an archive to link to
	Card    *cardView
	Facets  []facet
	Tables  []tableView
	Sums    []named
}

func (b *book) files(h *history, withArchive bool) (map[string][]byte, error) {
	files := map[string][]byte{}
	var err error
	render := func(name, tmpl string, p page) {
		var out bytes.Buffer
		p.Book, p.Archive = b, withArchive
		if strings.Contains(name, "/") {
			p.Root = "../"
		}
		if e := pages.ExecuteTemplate(&out, tmpl, p); e != nil && err == nil {
			err = fmt.Errorf("%s：%w", name, e)
		}
		files[name] = out.Bytes()
	}
	render("index.html", "index.html", page{Title: "规则目录", Here: "index", Facets: b.facets(), Sums: b.sums()})
	for _, v := range b.Views {
		render("cards/"+v.ID+".html", "card.html", page{Title: v.ID + " " + v.Name, Card: v})
	}
	render("tables.html", "tables.html", page{Title: "数据与未判", Here: "tables", Tables: b.tables()})
	render("how.html", "how.html", page{Title: "程度、金额、停止级别", Here: "how"})
	render("changes.html", "changes.html", page{Title: "变更记录", Here: "changes"})
	if err != nil {
		return nil, err
	}
	if files[Feed], err = b.feed(); err != nil {
		return nil, err
	}
	if files["assets/search.js"], err = b.searchIndex(); err != nil {
		return nil, err
	}
	if files[historyFile], err = h.write(); err != nil {
		return nil, err
	}
	for _, n := range []string{"site.css", "site.js"} {
		if files["assets/"+n], err = assets.ReadFile("assets/" + n); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// pack is the files as a zip archive in one folder, with the day of the last change as their time.
func pack(files map[string][]byte, day string) ([]byte, error) {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range sortedKeys(files) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: "rulebook/" + name, Method: zip.Deflate, Modified: at})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(files[name]); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// sums are the headline figures of the index.
func (b *book) sums() []named {
	cases, exact := 0, 0
	for _, v := range b.Views {
		cases += len(v.Cases)
		if v.Severity == 1 {
			exact++
		}
	}
	return []named{{thousands(len(b.Views)), "条规则", ""}, {thousands(exact), "条明确违规", ""}, {thousands(cases), "个用例", ""}, {thousands(len(b.Options.Points)), "个知识点", b.PointSource}}
}

func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
