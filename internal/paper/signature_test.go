package paper

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"testing"
	"time"
)

// TestSealHasText: wherever a page ends, the signature and its seal stand on a page with text of the document, under the last heading if there is one.
func TestSealHasText(t *testing.T) {
	font, err := Font(t.TempDir())
	if errors.Is(err, ErrNoFont) {
		t.Skip("skipped: no font with Chinese letters is installed (apt-get install fonts-wqy-microhei)")
	}
	if err != nil {
		t.Fatal(err)
	}
	var seal bytes.Buffer
	if err := png.Encode(&seal, image.NewNRGBA(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	para := func(text string) Para { return Para{Text: []Span{{Text: text}}} }
	moved := 0
	for n := 1; n < 40; n++ {
		d := &Doc{Title: "违规确认书", Seal: seal.Bytes()}
		for i := range n {
			d.Blocks = append(d.Blocks, para(fmt.Sprintf("第%d段", i)))
		}
		d.Blocks = append(d.Blocks, Heading{Level: 1, Text: []Span{{Text: "三、依据"}}}, para("依据一条"), Para{Text: []Span{{Text: "医疗保障局"}}, Right: true}, Para{Text: []Span{{Text: "2025年6月18日"}}, Right: true, Seal: true})
		f, err := draw(font, time.Date(2025, 6, 18, 0, 0, 0, 0, time.UTC), []*Doc{d}, make([]int, 1))
		if err != nil {
			t.Fatal(err)
		}
		f.SetCompression(false)
		var b bytes.Buffer
		if err := f.Output(&b); err != nil {
			t.Fatal(err)
		}
		pages := bytes.Split(b.Bytes(), []byte("/Type /Page\n"))[1:]
		lines := bytes.Count(pages[len(pages)-1], []byte("Tj"))
		if lines < 5 { // heading, text, who, when, and the number of the page
			t.Errorf("%d paragraphs: %d lines on the last of %d pages", n, lines, len(pages))
		}
		if len(pages) > 1 && lines == 5 {
			moved++
		}
	}
	if moved == 0 {
		t.Error("no page ended at the signature: the test says little")
	}
}
