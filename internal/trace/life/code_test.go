package life

import (
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	const code = "99012341234567890123"
	gtin := "06901234567892"
	if !checkDigit(gtin) {
		t.Fatal("the test's own GTIN is wrong")
	}
	gs := "01" + gtin + "21SN-7a"
	for _, c := range []struct {
		raw  string
		form Form
		text string
	}{
		{code, Drug20, code},
		{" 9901 2341 2345 6789 0123 ", Drug20, code},
		{"9901234-1234567890123", Drug20, code},
		{"９９０１２３４１２３４５６７８９０１２３", Drug20, code},
		{"01012341234567890123", Drug20, "01012341234567890123"},
		{"(01)" + gtin + "(21)SN-7a", GS1, gs},
		{"（01）" + gtin + "（21）SN-7a（17）261100（10）L1", GS1, gs},
		{"01" + gtin + "21SN-7a", GS1, gs},
		{"]d201" + gtin + "17261130" + "10L1\x1d21SN-7a", GS1, gs},
		{"01" + gtin + "1726113010L1<GS>21SN-7a", GS1, gs},
		{`01` + gtin + `10L1\u001d21SN-7a`, GS1, gs},
		{"(01)" + gtin + "(10)L1", Bad, "01" + gtin + "10L1"},
		{"(01)" + gtin[:13] + "9(21)A", Bad, ""},
		{"6901234567892", Bad, ""},
		{"", NoCode, ""}, {"-", NoCode, ""}, {`\N`, NoCode, ""}, {"null", NoCode, ""},
		{"00000000000000000000", Bad, ""},
		{"123456789", Bad, ""},
		{"1234567890", Maker, "1234567890"},
		{"ab-1234567890", Maker, "AB-1234567890"},
		{"ABCDEFGHIJKL", Bad, ""},
		{"12345678901234567890中", Bad, ""},
		{strings.Repeat("12", 31), Bad, ""},
	} {
		got := Parse(c.raw)
		if got.Form != c.form || (c.text != "" && got.Text != c.text) {
			t.Errorf("Parse(%q) = %v %q, want %v %q", c.raw, got.Form, got.Text, c.form, c.text)
		}
		if (got.Form == Bad) != (got.Reason != "") {
			t.Errorf("Parse(%q): reason %q", c.raw, got.Reason)
		}
	}
	c := Parse("(01)" + gtin + "(21)9(17)261100(10)L1")
	if c.Prefix != gtin || c.Serial != "9" || c.Lot != "L1" || c.Expiry != claim.DayOf(2026, 11, 30) {
		t.Errorf("elements: %+v", c)
	}
	if p := Parse(code); p.Prefix != "9901234" || p.Serial != "1234567890123" {
		t.Errorf("20 digits: %+v", p)
	}
}

func TestCodes(t *testing.T) {
	a, b := "99012341234567890123", "99012341234567890124"
	for field, want := range map[string]int{"": 0, a: 1, a + "|" + b: 2, a + "|": 1, a + "," + b: 2, a + "；" + b: 2, a + "\n" + b: 2, "|": 0,
		"(01)06901234567892(21)A,B": 1, a + "|x": 2} {
		if got := Codes(field); len(got) != want {
			t.Errorf("Codes(%q) = %v", field, got)
		}
	}
}

func TestKeyGivesDigitsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[0-9]{1,27}`).Draw(t, "digits")
		if got := KeyOf(s).Text(); got != s {
			t.Fatalf("%s came back as %s", s, got)
		}
		u := rapid.StringMatching(`[0-9]{1,27}`).Draw(t, "other")
		if (KeyOf(s) == KeyOf(u)) != (s == u) {
			t.Fatalf("%s and %s", s, u)
		}
	})
	if KeyOf("0101ABC").Text() != "" {
		t.Error("a hash has no digits")
	}
}

// Whatever is read, the canonical text reads as itself.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"99012341234567890123", "(01)06901234567892(21)A", "]d20106901234567892\x1d21", "０1", "(((", "01069012345678922110\x1d", "https://id.gs1.org/01/06901234567892/21/A?17=261130", "17261130010690123456789221A", "(21)A(01)6901234567892"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := Parse(s)
		if !c.Valid() {
			return
		}
		again := Parse(c.Text)
		if c.Form == GS1 && strings.HasPrefix(c.Text, "01") && again.Form != GS1 && again.Form != Drug20 {
			t.Fatalf("%q: %+v read again as %+v", s, c, again)
		}
		if c.Form != GS1 && (again.Form != c.Form || again.Text != c.Text) {
			t.Fatalf("%q: %+v read again as %+v", s, c, again)
		}
		_ = KeyOf(c.Text).Text()
		Codes(s)
	})
}
