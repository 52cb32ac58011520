package forms

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func picture(t *testing.T, w, h int, ground color.Color) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		m.Set(i%w, i/w, ground)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSeal(t *testing.T) {
	t.Parallel()
	whole := picture(t, 400, 400, color.Transparent)
	for _, x := range []struct {
		data []byte
		want string
	}{{[]byte("not a picture"), "PNG"}, {nil, "PNG"}, {picture(t, 100, 100, color.White), "太小"}, {picture(t, 3001, 2900, color.White), "太大"}, {picture(t, 400, 700, color.White), "不是方的"},
		{whole[:len(whole)-20], "不完整"}, {make([]byte, maxSeal+1), "超过"}} {
		if _, err := CheckSeal(x.data); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%d bytes: %v, want %s", len(x.data), err, x.want)
		}
	}
	if x, err := CheckSeal(whole); err != nil || !x.Clear || x.Width != 400 {
		t.Errorf("%+v, %v", x, err)
	}
	if x, err := CheckSeal(picture(t, 300, 300, color.White)); err != nil || x.Clear {
		t.Errorf("a white ground: %+v, %v", x, err)
	}
}

// What is set is what is printed; what is taken away is gone.
func TestSetOffice(t *testing.T) {
	t.Parallel()
	o := Office{Dir: filepath.Join(t.TempDir(), "paper")}
	if err := o.SetBureau(" ", "九医保"); err == nil {
		t.Error("a bureau without a name is taken")
	}
	seal := picture(t, 300, 300, color.Transparent)
	for _, err := range []error{o.SetBureau("九九市医疗保障局", "九医保"), o.SetSeal(seal)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	b, err := o.Bureau()
	if err != nil || b.Name != "九九市医疗保障局" || b.Short != "九医保" || !bytes.Equal(b.Seal, seal) {
		t.Fatalf("%q %q, %v", b.Name, b.Short, err)
	}
	var with, without bytes.Buffer
	if err := o.Sample(&with, time.Date(2025, 3, 8, 0, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	if err := o.SetSeal(nil); err != nil {
		t.Fatal(err)
	}
	if err := o.Sample(&without, time.Date(2025, 3, 8, 0, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(with.Bytes(), []byte("%PDF-")) || with.Len() < without.Len()+1000 { // the picture is what makes it larger
		t.Errorf("the sample has no seal, or keeps it: %d and %d bytes", with.Len(), without.Len())
	}
	text, own, err := o.Text("tell")
	if err != nil || own || text == "" {
		t.Fatalf("%v %v", own, err)
	}
	for _, bad := range []struct{ name, text string }{{"tell", "没有题头"}, {"tell", text + "{{if .}}"}, {"nothing", text}, {"../bureau", text}} {
		if err := o.SetTemplate(bad.name, bad.text); err == nil {
			t.Errorf("%s is taken", bad.name)
		}
	}
	if err := o.SetTemplate("tell", strings.Replace(text, "经审核，", "经智能审核，", 1)); err != nil {
		t.Fatal(err)
	}
	if now, own, err := o.Text("tell"); err != nil || !own || !strings.Contains(now, "经智能审核") {
		t.Errorf("%v %v", own, err)
	}
	if err := o.SetTemplate("tell", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(o.Dir, "tell.md")); err == nil {
		t.Error("the bureau's own template is still there")
	}
}
