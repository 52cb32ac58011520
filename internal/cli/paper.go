package cli

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/paper"
	"github.com/mingjian/mingjian/internal/paper/forms"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
)

// paperDir holds the bureau's paper in a data directory.
const paperDir = "paper"

type paperCmd struct {
	List     paperListCmd     `cmd:"" help:"能出哪些文书"`
	Print    paperPrintCmd    `cmd:"" help:"出一条疑点的一份文书"`
	File     paperFileCmd     `cmd:"" help:"出一条疑点的全卷：目录、页码、已有的全部文书"`
	Findings paperFindingsCmd `cmd:"" help:"按条件出疑点清单"`
	Template paperTemplateCmd `cmd:"" help:"输出自带模板，改好放进数据目录的 paper/ 即用自己的"`
}

// paper is the bureau's paper of an open data directory.
func (o *office) paper() forms.Office { return forms.Office{Dir: filepath.Join(o.dir, paperDir)} }

type paperListCmd struct {
	dataFlag
	jsonFlag
}

func (c *paperListCmd) Run(s *streams) error {
	fs, err := forms.Office{Dir: filepath.Join(c.Data, paperDir)}.Forms()
	if err != nil {
		return err
	}
	if c.JSON {
		return s.json(fs)
	}
	rows := [][]string{}
	for _, f := range fs {
		own := "自带"
		if f.Own {
			own = "本局"
		}
		rows = append(rows, []string{f.Name, f.Title, own, f.About})
	}
	table(s.out, []string{"文书", "名称", "模板", "用途"}, rows)
	return nil
}

// outFlag is the file a document is written to; its end says which kind.
type outFlag struct {
	Out string `required:"" help:"写到哪个文件，.docx 或 .pdf" placeholder:"文件"`
}

func (f *outFlag) write(o forms.Office, made claim.Day, docs ...*paper.Doc) (err error) {
	file, err := os.CreateTemp(filepath.Dir(f.Out), ".paper-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	if err := o.Print(file, strings.ToLower(strings.TrimPrefix(filepath.Ext(f.Out), ".")), dayStart(made), docs...); err != nil {
		file.Close()
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	return os.Rename(file.Name(), f.Out)
}

// dayStart is a day as the date of a file.
func dayStart(d claim.Day) time.Time {
	y, m, day := d.Civil()
	return time.Date(y, time.Month(m), day, 0, 0, 0, 0, time.UTC)
}

type paperPrintCmd struct {
	placeFlags
	outFlag
	ID   string `arg:"" name:"疑点号"`
	Form string `help:"哪份文书，见 paper list" default:"tell"`
}

func (c *paperPrintCmd) Run(s *streams) error {
	return withPaper(s, &c.placeFlags, &c.outFlag, c.ID, c.Form, func(o forms.Office, x *forms.Case) ([]*paper.Doc, error) {
		d, err := o.Doc(c.Form, x)
		return []*paper.Doc{d}, err
	})
}

type paperFileCmd struct {
	placeFlags
	outFlag
	ID string `arg:"" name:"疑点号"`
}

func (c *paperFileCmd) Run(s *streams) error {
	return withPaper(s, &c.placeFlags, &c.outFlag, c.ID, "", func(o forms.Office, x *forms.Case) ([]*paper.Doc, error) { return o.File(x) })
}

func withPaper(s *streams, at *placeFlags, out *outFlag, id, form string, make func(forms.Office, *forms.Case) ([]*paper.Doc, error)) error {
	return at.with(s, func(d *review.Desk, who *auth.Identity, o *office) error {
		b, err := o.paper().Bureau()
		if err != nil {
			return err
		}
		names, err := o.instNames(s.ctx)
		if err != nil {
			return err
		}
		x, err := forms.Gather(s.ctx, d, who, id, b, names)
		if err != nil {
			return err
		}
		if form != "" && !who.Outside() {
			if err := o.db.Update(s.ctx, func(tx *store.Tx) error { return x.Issue(tx, form, who.Name, store.Micros(now())) }); err != nil {
				return err
			}
		}
		docs, err := make(o.paper(), x)
		if err != nil {
			return err
		}
		if err := out.write(o.paper(), d.Today(), docs...); err != nil {
			return err
		}
		if err := o.record(s, "出具文书", id, out.Out); err != nil {
			return err
		}
		s.note("%d 份文书写到 %s\n", len(docs), out.Out)
		return nil
	})
}

type paperFindingsCmd struct {
	placeFlags
	filterFlags
	outFlag
}

func (c *paperFindingsCmd) Run(s *streams) error {
	f, err := c.filter()
	if err != nil {
		return err
	}
	return c.with(s, func(d *review.Desk, who *auth.Identity, o *office) error {
		b, err := o.paper().Bureau()
		if err != nil {
			return err
		}
		names, err := o.instNames(s.ctx)
		if err != nil {
			return err
		}
		x, err := forms.List(s.ctx, d, who, f, b, names)
		if err != nil {
			return err
		}
		doc, err := o.paper().Sheet(x)
		if err != nil {
			return err
		}
		if err := c.write(o.paper(), d.Today(), doc); err != nil {
			return err
		}
		if err := o.record(s, "出具文书", "疑点清单", c.Out); err != nil {
			return err
		}
		s.note("%d 条疑点写到 %s\n", len(x.Rows), c.Out)
		return nil
	})
}

type paperTemplateCmd struct {
	Name string `arg:"" name:"文书"`
}

func (c *paperTemplateCmd) Run(s *streams) error {
	text, err := forms.Shipped(c.Name)
	if err != nil {
		return err
	}
	_, err = s.out.Write(text)
	return err
}

// instNames tells what institutions are called; one that is not registered is called by its code.
func (o *office) instNames(ctx context.Context) (forms.Names, error) {
	known := map[string]string{}
	err := o.db.View(ctx, func(tx *store.Tx) error {
		is, err := tx.ReviewInsts()
		for _, i := range is {
			known[i.Code] = i.Name
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return func(code string) string {
		if n := known[code]; n != "" {
			return n
		}
		return code
	}, nil
}

// sitePaper prints for the interface.
type sitePaper struct{ x *site }

func (p sitePaper) Desk() *review.Desk                             { return p.x.serveDesk() }
func (p sitePaper) Paper() forms.Office                            { return p.x.paper() }
func (p sitePaper) Names(ctx context.Context) (forms.Names, error) { return p.x.instNames(ctx) }
