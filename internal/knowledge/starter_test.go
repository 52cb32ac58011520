package knowledge

import (
	"regexp"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/sheet"
)

// starterCards are the cards that read points.
var starterCards = strings.Fields(`A001 A002 A003 A004 A005 A006 A007 A008 A009 A010 A011 A012 A013 A015 A016 A017 A018 A029
	B001 B002 B003 B004 B006 B007 B008 B009 B010 B011 B012 B013 B021 B022 B023 C002 C009 C022 C024 D001 E001 E002
	F001 F002 F006 F018 G015 G029 H002
	A014 A019 A020 A021 A023 A031 A032 A033 A034 A035 B018 B026 B027
	E004 E009 E011 E012 F003 F004 F005 F007 F008 F009 F010 F011 F017 F019 F020 F021 F022 G019
	H005 H012 H013 H014
	C001 C003 C006 C007 C008 C010 C011 C012 C013 C014 C015 C016 C017 C018 C019 C023 C025 C026
	D006 D010 D011 D012 D013 D014 D015
	R003 R004 R005 R006 R011 R019 T014 T021 E006`)

// reserved are the only codes invented knowledge may speak of.
var reserved = regexp.MustCompile(`^(99[0-9]{13}|99[0-9]{12}C|XZZ[0-9A-Z]{17})$`)

func starter(t *testing.T) *Pack {
	t.Helper()
	p, err := Starter()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestStarterStaysInReservedRanges(t *testing.T) {
	t.Parallel()
	p := starter(t)
	items := map[string]Item{}
	for _, it := range p.Items {
		if !reserved.MatchString(it.Code) {
			t.Errorf("%s %s is outside the reserved ranges", it.Code, it.Name)
		}
		if _, dup := items[it.Code]; dup {
			t.Errorf("%s is listed twice", it.Code)
		}
		if it.Price <= 0 || it.Name == "" || it.ChargeType == "" || it.Level == "" {
			t.Errorf("%s %s lacks price, name, charge type or level: %+v", it.Code, it.Name, it)
		}
		items[it.Code] = it
	}
	for _, pt := range p.Points {
		codes := append([]string{pt.Subject}, pt.Params.Children...)
		codes = append(codes, pt.Params.Require...)
		if pt.Second != "" {
			codes = append(codes, pt.Second)
		}
		for _, c := range codes {
			if strings.HasPrefix(c, "diag:") || strings.HasPrefix(c, "oprn:") {
				if !strings.HasPrefix(pt.Area, "9901") {
					t.Errorf("%s judges diagnoses outside the reserved area", pt.ID)
				}
				continue
			}
			if _, ok := items[c]; !ok {
				t.Errorf("%s names %s, which no catalogue row has", pt.ID, c)
			}
		}
		if pt.RuleID == "H002" && !strings.HasPrefix(pt.Area, "9901") {
			t.Errorf("%s: a list of drugs of a disease must not leave the reserved area", pt.ID)
		}
	}
}

func TestStarterCoversEveryCardThatReadsPoints(t *testing.T) {
	t.Parallel()
	p := starter(t)
	if len(p.Points) < 900 {
		t.Errorf("%d points, want at least 900", len(p.Points))
	}
	count, ids := map[string]int{}, map[string]bool{}
	for _, pt := range p.Points {
		count[pt.RuleID]++
		if ids[pt.ID] {
			t.Errorf("%s is used twice", pt.ID)
		}
		ids[pt.ID] = true
		if strings.ContainsAny(pt.Basis, "{}") {
			t.Errorf("%s: basis %q has an unfilled place", pt.ID, pt.Basis)
		}
	}
	for _, c := range starterCards {
		if count[c] < 3 {
			t.Errorf("%s has %d points, want at least 3", c, count[c])
		}
		delete(count, c)
	}
	for c, n := range count {
		t.Errorf("%d points of %s, which is no card that reads points", n, c)
	}
}

func TestStarterTablesSpeakOfKnownItems(t *testing.T) {
	t.Parallel()
	p := starter(t)
	items := map[string]bool{}
	for _, it := range p.Items {
		items[it.Code] = true
	}
	for name, data := range map[string][]byte{"catalogue.csv": p.Catalogue, "price_limit.csv": p.PriceLimit} {
		ts, err := sheet.Read(name, data)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range ts[0].Rows {
			c := ts[0].Cells(r)
			if !items[c["hilist_code"]] {
				t.Errorf("%s: %s is not in items.csv", name, c["hilist_code"])
			}
			if !strings.HasPrefix(c["admdvs"], "9901") {
				t.Errorf("%s: %s is valid in %s, outside the reserved area", name, c["hilist_code"], c["admdvs"])
			}
		}
	}
}

// An ordinary bill at the listed prices must break no price limit, and a package must be cheaper than its parts, else
// B005 would accuse everybody and B013 nobody.
func TestStarterPricesAreConsistent(t *testing.T) {
	t.Parallel()
	p := starter(t)
	price, highest := map[string]claim.Price{}, map[string]claim.Price{}
	for _, it := range p.Items {
		price[it.Code] = it.Price
	}
	ts, err := sheet.Read("price_limit.csv", p.PriceLimit)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range ts[0].Rows {
		c := ts[0].Cells(r)
		n, err := claim.ParseDecimal(c["pric_uplmt_amt"], 6)
		if err != nil {
			t.Fatal(err)
		}
		code := c["hilist_code"]
		if price[code] > claim.Price(n) {
			t.Errorf("%s costs %s, more than the limit %s of level %q", code, price[code], claim.Price(n), c["hosp_lv"])
		}
		highest[code] = max(highest[code], claim.Price(n))
	}
	for _, pt := range p.Points {
		if pt.RuleID != "B013" {
			continue
		}
		sum := claim.Price(0)
		for _, c := range pt.Params.Children {
			sum += price[c]
		}
		if sum <= highest[pt.Subject] {
			t.Errorf("%s: the parts cost %s, the package up to %s", pt.ID, sum, highest[pt.Subject])
		}
	}
}
