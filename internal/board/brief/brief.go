package brief

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/board"
	"github.com/mingjian/mingjian/internal/paper"
	"github.com/mingjian/mingjian/internal/paper/forms"
)

//go:embed templates/*.md
var shipped embed.FS

// Forms that ship, in their order.
var order = []string{"briefing", "press-county", "press-city"}

// Office is where a bureau's paper is, with its own forms of briefings under brief/.
type Office struct{ forms.Office }

// Form is what can be made.
type Form struct {
	Name  string `json:"form"`
	Title string `json:"title"`
	About string `json:"about"`
	Own   bool   `json:"own" doc:"本局自己的模板"`
}

// ErrForm: there is no form of this name.
var ErrForm = errors.New("没有这种简报")

// form is a form as it is filled: its own of the bureau or one that ships, and the indicators it names.
type form struct {
	*paper.Template
	own bool
	ids []string
}

func (o Office) template(name string) (*form, error) {
	if name == "" || strings.ContainsAny(name, "/\\.") {
		return nil, fmt.Errorf("%w：%s", ErrForm, name)
	}
	text, err := os.ReadFile(filepath.Join(o.Dir, "brief", name+".md"))
	own := err == nil
	if errors.Is(err, fs.ErrNotExist) {
		text, err = Shipped(name)
	}
	if err != nil {
		return nil, err
	}
	t, err := paper.Parse(name, text)
	return &form{t, own, named(string(text))}, err
}

var indicator = regexp.MustCompile(`\b[A-Z][0-9]{2}\b`)

// named are the indicators of the dictionary that a text names: the others need not be worked out for it.
func named(text string) (out []string) {
	ids := indicator.FindAllString(text, -1)
	if strings.Contains(text, "outcomes") {
		ids = append(ids, outcomeIDs...)
	}
	for _, id := range ids {
		if board.TheDictionary().Get(id) != nil && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// Shipped is the text of a form that ships, to make one's own of; ErrForm.
func Shipped(name string) ([]byte, error) {
	text, err := shipped.ReadFile("templates/" + name + ".md")
	if err != nil {
		return nil, fmt.Errorf("%w：%s", ErrForm, name)
	}
	return text, nil
}

// Forms lists the forms, the bureau's own among them.
func (o Office) Forms() ([]Form, error) {
	names := slices.Clone(order)
	more, _ := filepath.Glob(filepath.Join(o.Dir, "brief", "*.md")) // the pattern is well formed
	for _, path := range more {
		if n := strings.TrimSuffix(filepath.Base(path), ".md"); !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	var out []Form
	for _, n := range names {
		t, err := o.template(n)
		if err != nil {
			return nil, err
		}
		_, title, _ := strings.Cut(t.Title, "}}")
		out = append(out, Form{n, cmp.Or(strings.TrimSpace(title), t.Title), t.About, t.own})
	}
	return out, nil
}

// Make fills a form with the figures of what is asked. where is what the area is called.
func (o Office) Make(ctx context.Context, name string, d *board.Desk, ask board.Ask, where string) (*paper.Doc, error) {
	t, err := o.template(name)
	if err != nil {
		return nil, err
	}
	x, err := Gather(ctx, d, ask, where, t.ids...)
	if err != nil {
		return nil, err
	}
	if x.Bureau, err = o.Bureau(); err != nil {
		return nil, err
	}
	doc, err := t.Fill(x)
	if err == nil {
		doc.Seal = x.Bureau.Seal
	}
	return doc, err
}
