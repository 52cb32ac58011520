package forms

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/paper"
)

// Bounds of a seal's picture in pixels: smaller ones are coarse on paper (42 mm), larger ones only make files large.
const (
	leastSeal = 200
	mostSeal  = 3000
)

// SealLook is what is to be known of a seal's picture.
type SealLook struct {
	Width, Height int  // pixels
	Clear         bool // its ground is transparent: what it stands over can be read
}

// CheckSeal tells whether a picture can be a seal: a PNG that can be read to its end, about square, neither coarse nor huge.
func CheckSeal(data []byte) (SealLook, error) {
	if len(data) > maxSeal {
		return SealLook{}, fmt.Errorf("印章图片 %d KB，超过 %d KB", len(data)>>10, maxSeal>>10)
	}
	c, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return SealLook{}, errors.New("印章应为 PNG 图片：请把扫描件另存为 PNG，最好去掉底色")
	}
	x := SealLook{Width: c.Width, Height: c.Height}
	switch long, short := max(c.Width, c.Height), min(c.Width, c.Height); {
	case short < leastSeal:
		return x, fmt.Errorf("印章图片 %d×%d 像素，太小，印出来是糊的：每边至少 %d 像素", c.Width, c.Height, leastSeal)
	case long > mostSeal:
		return x, fmt.Errorf("印章图片 %d×%d 像素，太大：每边最多 %d 像素", c.Width, c.Height, mostSeal)
	case long*2 > short*3:
		return x, fmt.Errorf("印章图片 %d×%d 像素，不是方的：请只留印章本身", c.Width, c.Height)
	}
	m, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return x, errors.New("印章图片不完整，读不到末尾：请重新导出")
	}
	b := m.Bounds()
	_, _, _, corner := m.At(b.Min.X, b.Min.Y).RGBA()
	x.Clear = corner < 0x8000
	return x, nil
}

// SetBureau writes whose paper it is.
func (o Office) SetBureau(name, short string) error {
	name, short = strings.TrimSpace(name), strings.TrimSpace(short)
	if name == "" || short == "" {
		return errors.New("单位全称和文号里的简称都要写")
	}
	text, err := yaml.Marshal(Bureau{Name: name, Short: short})
	if err != nil {
		return err
	}
	return o.write("bureau.yaml", text)
}

// SetSeal puts a seal's picture in place; nil takes it away, and the seal is set by hand.
func (o Office) SetSeal(data []byte) error {
	if data == nil {
		return o.remove("seal.png")
	}
	if _, err := CheckSeal(data); err != nil {
		return err
	}
	return o.write("seal.png", data)
}

// Text is a form's template as it is in use.
func (o Office) Text(name string) (text string, own bool, err error) {
	if !o.has(name) {
		return "", false, fmt.Errorf("没有“%s”这种文书", name)
	}
	b, err := os.ReadFile(filepath.Join(o.Dir, name+".md"))
	if errors.Is(err, fs.ErrNotExist) {
		b, err = Shipped(name)
		return string(b), false, err
	}
	return string(b), err == nil, err
}

// SetTemplate puts the bureau's own template in the place of one that ships; "" takes it away again. What it asks for of a case is only seen when
// it is filled, so an unknown field is told then; the way it is written is checked here.
func (o Office) SetTemplate(name, text string) error {
	if !o.has(name) {
		return fmt.Errorf("没有“%s”这种文书", name)
	}
	if text == "" {
		if _, err := Shipped(name); err != nil {
			return err // the bureau's own only: there is nothing to go back to
		}
		return o.remove(name + ".md")
	}
	if _, err := paper.Parse(name, []byte(text)); err != nil {
		return err
	}
	return o.write(name+".md", []byte(text))
}

func (o Office) has(name string) bool {
	fs, err := o.Forms()
	return err == nil && slices.ContainsFunc(fs, func(f Form) bool { return f.Name == name })
}

func (o Office) write(name string, data []byte) error {
	if err := os.MkdirAll(o.Dir, 0o750); err != nil {
		return err
	}
	return lake.WriteFileAtomic(filepath.Join(o.Dir, name), func(w io.Writer) error { _, err := w.Write(data); return err })
}

func (o Office) remove(name string) error {
	err := os.Remove(filepath.Join(o.Dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Sample is a page that shows how the bureau's paper looks: its head, a number, a signature with the seal.
func (o Office) Sample(w io.Writer, made time.Time) error {
	b, err := o.Bureau()
	if err != nil {
		return err
	}
	text := func(s string) []paper.Span { return []paper.Span{{Text: s}} }
	d := &paper.Doc{Title: "样张", Number: fmt.Sprintf("%s〔%d〕样号", b.Short, made.Year()), Head: b.Name, Seal: b.Seal, Blocks: []paper.Block{
		paper.Para{Text: text("某某定点医疗机构："), Flush: true},
		paper.Para{Text: text("这是一张样张，用来看单位名称、文号和印章印在纸上的样子，不是文书，不发给任何机构。")},
		paper.Para{Text: text(b.Name), Right: true},
		paper.Para{Text: text(fmt.Sprintf("%d年%d月%d日", made.Year(), made.Month(), made.Day())), Right: true, Seal: true},
	}}
	return o.Print(w, "pdf", made, d)
}
