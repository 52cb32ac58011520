package rule

import (
	"bytes"
	"maps"
	"strings"
	"testing"
)

// Every shipped card's form written back unchanged is the card's text, and one field changed changes that field alone.
func TestCardForm(t *testing.T) {
	t.Parallel()
	lib, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range lib.Cards {
		f := c.Form()
		same, err := c.Write(f)
		if err != nil || !bytes.Equal(same, c.Text()) {
			t.Fatalf("%s is not written back as it was: %v", c.ID, err)
		}
		f.Advice, f.Severity = `先看"病历"：再看 {项目}`, 4-c.Severity
		if f.Severity == c.Severity {
			f.Severity = 1
		}
		f.Exempt = []string{"rescue"}
		text, err := c.Write(f)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ParseCard(c.ID, text)
		if err != nil {
			if strings.Contains(err.Error(), "豁免") || strings.Contains(err.Error(), "severity") { // some cards may not be exempt of that, or count on their severity
				continue
			}
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		g := got.Form()
		if g.Advice != f.Advice || g.Severity != f.Severity || g.Message != f.Message || g.Basis != f.Basis || !maps.Equal(g.Params, f.Params) || len(got.Cases) != len(c.Cases) {
			t.Errorf("%s: %+v", c.ID, g)
		}
	}
}

func TestCardFormParams(t *testing.T) {
	t.Parallel()
	lib, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	c := lib.Card("X003")
	f := c.Form()
	if len(f.Params) == 0 {
		t.Fatalf("%s sets no parameter any more: take another card", c.ID)
	}
	f.Params["month"] = "31"
	text, err := c.Write(f)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseCard("X003", text)
	if err != nil {
		t.Fatal(err)
	}
	if got.Form().Params["month"] != "31" {
		t.Errorf("%q", got.Form().Params)
	}
	delete(f.Params, "month")
	if text, err = c.Write(f); err != nil || strings.Contains(string(text), "month: 31") {
		t.Errorf("%v", err)
	}
	f.Params["month"] = "[1,"
	if _, err := c.Write(f); err == nil || !strings.Contains(err.Error(), "month") {
		t.Errorf("%v", err)
	}
}
