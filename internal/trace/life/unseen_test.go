package life

import (
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
)

// Spellings that scanners, telephones and middleware hand over for one box all read as that box, with its lot and expiry.
func TestOneBoxInEverySpelling(t *testing.T) {
	const gtin, want = "06901234567892", "010690123456789221SN-7a"
	for _, raw := range []string{
		"(01)" + gtin + "(10)L1(17)261130(21)SN-7a",
		"(21)SN-7a(17)261130(10)L1(01)" + gtin,
		"(17)261130(01)" + gtin + "(21)SN-7a(10)L1",
		"(01)6901234567892(10)L1(17)261130(21)SN-7a", // EAN-13 where GTIN-14 belongs
		"( 01 ) " + gtin + " ( 21 ) SN-7a ( 10 ) L1 ( 17 ) 261130",
		"【01】" + gtin + "【10】L1【17】261130【21】SN-7a",
		"]d201" + gtin + "1726113010L1\x1d21SN-7a",
		"]d21726113010L1\x1d01" + gtin + "21SN-7a",
		"]d221SN-7a\x1d10L1\x1d17261130" + "01" + gtin,
		"]C101" + gtin + "21SN-7a\x1d10L1\x1d17261130",
		"\x1d01" + gtin + "21SN-7a\x1d10L1\x1d17261130",
		"10L1\x1d01" + gtin + "1726113021SN-7a",
		"01" + gtin + "1726113010L1{FNC1}21SN-7a",
		"01" + gtin + "1726113010L1&#29;21SN-7a",
		"https://id.gs1.org/01/" + gtin + "/10/L1/21/SN-7a?17=261130",
		"https://example.org/any/where/01/6901234567892/10/L1/21/SN%2D7a?17=261130&x=1",
		"０１０６９０１２３４５６７８９２１７２６１１３０１０L1<GS>21SN-7a",
	} {
		c := Parse(raw)
		if c.Form != GS1 || c.Text != want || c.Lot != "L1" || c.Expiry != claim.DayOf(2026, 11, 30) || c.Prefix != gtin {
			t.Errorf("%q read as %+v", raw, c)
		}
	}
	const code = "99012341234567890123"
	for _, raw := range []string{code, "9901 2341 2345 6789 0123", "９９０１２３４１２３４５６７８９０１２３", "\ufeff" + code, code + "\u200b", "990-1234-1234567890123",
		"https://example.org/q?c=" + code, "HTTP://example.org/" + code, "https://example.org/q?c=" + code + "&d=" + code, "ｈｔｔｐｓ：／／example.org/q?c=" + code} {
		if c := Parse(raw); c.Form != Drug20 || c.Text != code {
			t.Errorf("%q read as %+v", raw, c)
		}
	}
}

// A scanner that drops the separators still names the box, where the rest can be read in one way only.
func TestSeparatorsDropped(t *testing.T) {
	const gtin, want = "06901234567892", "010690123456789221SN-7a"
	for _, raw := range []string{
		"01" + gtin + "1726113010L121SN-7a", // lot before the serial
		"]d201" + gtin + "1726113010L121SN-7a",
		"01" + gtin + "21SN-7a1726113010L1", // what follows the serial
		"01" + gtin + "10L11726113021SN-7a",
	} {
		if c := Parse(raw); c.Form != GS1 || c.Text != want || c.Lot != "L1" || c.Expiry != claim.DayOf(2026, 11, 30) {
			t.Errorf("%q read as %+v", raw, c)
		}
	}
	// In two ways: nobody can say which, so it is no code rather than the wrong box.
	if c := Parse("01" + gtin + "1726113010L121A21B"); c.Valid() {
		t.Errorf("read as %+v", c)
	}
	// A serial that only looks a little like it stays whole.
	for _, serial := range []string{"ABC17991330", "1726", "10L1", "12345678901234567890", "17261130"} {
		if c := Parse("01" + gtin + "21" + serial); c.Form != GS1 || c.Serial != serial {
			t.Errorf("serial %s: %+v", serial, c)
		}
	}
}

// What cannot be told from another box must not be taken for one.
func TestNoBoxIsInvented(t *testing.T) {
	const gtin = "06901234567892"
	for raw, why := range map[string]string{
		"6901234567892":                 "商品条码", // the product's bar code
		gtin:                            "商品条码",
		"01" + gtin:                     "商品条码",
		"]d201" + gtin:                  "序列号",
		"(01)" + gtin + "(17)261130":    "序列号",
		"(01)06901234567893(21)A":       "校验位",
		"(01)690123456789(21)A":         "校验位", // twelve digits
		"]d217261130" + "10L1\x1d21SN":  "(01)",
		"(01)" + gtin + "(21)":          "读不完整",
		"(01)" + gtin + "(17)26113(21)": "读不完整",
		"(01)" + gtin + "(10)" + strings.Repeat("L", 21) + "(21)A": "读不完整",
		"https://example.org/":           "没有追溯码",
		"https://example.org/01/" + gtin: "序列号",
		"https://example.org/?a=99012341234567890123&b=99012341234567890124": "不止一个",
	} {
		if c := Parse(raw); c.Form != Bad || !strings.Contains(c.Reason, why) {
			t.Errorf("%q read as %+v, want a reason with %q", raw, c, why)
		}
	}
	// Lengths at their limits.
	for _, n := range []int{1, 20} {
		if c := Parse("(01)" + gtin + "(21)" + strings.Repeat("9", n) + "(10)" + strings.Repeat("B", n)); c.Form != GS1 || len(c.Serial) != n || len(c.Lot) != n {
			t.Errorf("%d characters: %+v", n, c)
		}
	}
	for raw, day := range map[string]claim.Day{"260200": claim.DayOf(2026, 2, 28), "280229": claim.DayOf(2028, 2, 29), "261301": claim.NoDay, "260230": claim.NoDay} {
		if c := Parse("(01)" + gtin + "(17)" + raw + "(21)A"); c.Form != GS1 || c.Expiry != day {
			t.Errorf("expiry %s: %+v", raw, c)
		}
	}
	// Manufacturers' own, which look a little like the others.
	for _, raw := range []string{"17261130123456789", "2100000000000000000012", "MA7001234567", "8690123456789012345678", "17261130019999999999999921A"} {
		if c := Parse(raw); c.Form != Maker || c.Text != raw {
			t.Errorf("%q read as %+v", raw, c)
		}
	}
}
