package forms

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/paper"
)

//go:embed templates/*.md
var shipped embed.FS

// Form is a document that can be printed.
type Form struct {
	Name  string `json:"form"`
	Title string `json:"title"`
	About string `json:"about"`
	Own   bool   `json:"own"` // the bureau's own template
}

// ListForm is the form that prints lists of findings; all others print one case.
const ListForm = "findings"

// file is the order of a whole case file.
var file = []string{"tell", "appeal", "minutes", "confirm", "recover", "receipt", "course"}

// grounds say what must have happened before a document can be made.
var grounds = map[string]func(c *Case) error{
	"tell": func(c *Case) error { return done(c, "疑点还没有保留，不能告知机构", "keep", "send") },
	"appeal": func(c *Case) error {
		return done(c, "机构没有申诉过，没有申诉书", "appeal", "second", "reopen", "supplement")
	},
	"minutes": func(c *Case) error { return done(c, "没有合议结论，出不了合议纪要", "conclude") },
	"confirm": func(c *Case) error { return done(c, "还没有终审确认，出不了违规确认书", "confirm") },
	"recover": func(c *Case) error { return done(c, "还没有终审确认，没有可追回的金额", "confirm") },
	"receipt": func(c *Case) error {
		if len(c.Notices) == 0 {
			return errors.New("没有发出过文书，没有送达回证")
		}
		return nil
	},
}

func done(c *Case, otherwise string, events ...string) error {
	if slices.ContainsFunc(c.Steps, func(s Step) bool { return slices.Contains(events, s.ID) }) {
		return nil
	}
	return errors.New(otherwise)
}

// template reads a form: the bureau's own, else the one that ships.
func (o Office) template(name string) (*paper.Template, bool, error) {
	if name == "" || strings.ContainsAny(name, "/\\.") {
		return nil, false, fmt.Errorf("没有“%s”这种文书", name)
	}
	text, err := os.ReadFile(filepath.Join(o.Dir, name+".md"))
	own := err == nil
	if errors.Is(err, fs.ErrNotExist) {
		text, err = shipped.ReadFile("templates/" + name + ".md")
	}
	if err != nil {
		return nil, false, fmt.Errorf("没有“%s”这种文书", name)
	}
	t, err := paper.Parse(name, text)
	return t, own, err
}

// Forms lists what can be printed, the bureau's own templates among them.
func (o Office) Forms() ([]Form, error) {
	names := []string{ListForm}
	names = append(names, file...)
	more, _ := filepath.Glob(filepath.Join(o.Dir, "*.md")) // the pattern is well formed
	for _, path := range more {
		if n := strings.TrimSuffix(filepath.Base(path), ".md"); !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	var out []Form
	for _, n := range names {
		t, own, err := o.template(n)
		if err != nil {
			return nil, err
		}
		out = append(out, Form{n, t.Title, t.About, own})
	}
	return out, nil
}

// Shipped is the text of a template that ships, to make one's own of.
func Shipped(name string) ([]byte, error) {
	text, err := shipped.ReadFile("templates/" + name + ".md")
	if err != nil {
		return nil, fmt.Errorf("没有“%s”这种文书", name)
	}
	return text, nil
}

// Doc fills one document of a case. It is refused where its ground is missing.
func (o Office) Doc(name string, c *Case) (*paper.Doc, error) {
	t, _, err := o.template(name)
	if err != nil {
		return nil, err
	}
	if ground := grounds[name]; ground != nil {
		if err := ground(c); err != nil {
			return nil, err
		}
	}
	d, err := t.Fill(c)
	if err == nil {
		d.Seal = c.Bureau.Seal
	}
	return d, err
}

// File fills every document of a case whose ground is there, in the order of a file.
func (o Office) File(c *Case) (out []*paper.Doc, err error) {
	for _, n := range file {
		if ground := grounds[n]; ground != nil && ground(c) != nil {
			continue
		}
		d, err := o.Doc(n, c)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// Sheet fills the list of findings.
func (o Office) Sheet(f *Findings) (*paper.Doc, error) {
	t, _, err := o.template(ListForm)
	if err != nil {
		return nil, err
	}
	return t.Fill(f)
}

// Print writes documents: .pdf takes several, .docx one.
func (o Office) Print(w io.Writer, kind string, made time.Time, docs ...*paper.Doc) error {
	switch {
	case kind == "pdf":
		font, err := paper.Font(filepath.Join(o.Dir, "fonts"))
		if err != nil {
			return err
		}
		return paper.PDF(w, font, made, docs...)
	case kind == "docx" && len(docs) == 1:
		return docs[0].DOCX(w)
	case kind == "docx":
		return errors.New("全卷只能出 PDF；DOCX 请逐份出")
	}
	return fmt.Errorf("只能出 docx 或 pdf，不能出 %s", kind)
}
