package claim

import (
	"slices"
	"strings"
	"testing"
)

func referenceOf(t testing.TB, text string) (*Reference, *Dicts) {
	t.Helper()
	r := rowsOf(t, text)
	return NewReference(NewVocab(r.Dicts), r.Batch).Prepare(), r.Dicts
}

func TestTierOf(t *testing.T) {
	t.Parallel()
	for tier, codes := range map[int8]string{3: "01 02 03 04 1", 2: "05 06 07 2", 1: "08 09 10 3", 0: "11 0 4 9 12 三级"} {
		for _, c := range strings.Fields(codes) {
			if got := TierOf(c); got != tier {
				t.Errorf("level %s is tier %d, want %d", c, got, tier)
			}
		}
	}
	if TierOf("") != 0 {
		t.Error("no level has a tier")
	}
}

func TestChain(t *testing.T) {
	t.Parallel()
	ds := NewDicts()
	for _, a := range []string{"990101", "990100", "990000", "100000", "000000", "880000", "中国"} {
		ds[DictList].Put(a)
	}
	for area, want := range map[string]string{
		"990101": "990101 990100 990000 100000 000000 .",
		"990100": "990100 990000 100000 000000 .",
		"990000": "990000 100000 000000 .",
		"880102": "880102 ? 880000 100000 000000 .",
		"中国":     "中国 ? ? 100000 000000 .",
		"":       "100000 000000 .",
		"9901":   "9901 100000 000000 .",
	} {
		var got []string
		for _, c := range chainOf(ds[DictList], ds[DictList].Put(area)) {
			switch {
			case c < 0:
				got = append(got, "?")
			case c == 0:
				got = append(got, ".")
			default:
				got = append(got, ds[DictList].String(c))
			}
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("chain of %q: %s, want %s", area, s, want)
		}
	}
	r, rds := referenceOf(t, "institution")
	own := rds[DictList].Find("990101")
	if c := r.Chain(own); !slices.Equal(c, r.chains[own]) || len(c) == 0 {
		t.Error("Prepare did not keep the chain of an institution's area")
	}
	if c := r.Chain(0); len(c) != 1 || c[0] != 0 {
		t.Errorf("chain of no area: %v", c)
	}
}

func TestInstOn(t *testing.T) {
	t.Parallel()
	r, ds := referenceOf(t, `institution hosp_lv=05 begndate=2020-01-01 enddate=2024-12-31
		institution hosp_lv=01 begndate=2025-01-01
		institution fixmedins_code=h2 hosp_lv=08
		institution fixmedins_code=h3 hosp_lv=08 begndate=2020-01-01
		institution fixmedins_code=h3 hosp_lv=01 begndate=2025-01-01`)
	for _, c := range []struct {
		inst, day string
		tier      int8
	}{
		{"h1", "2024-12-31", 2}, {"h1", "2025-01-01", 3}, {"h1", "2019-12-31", 3}, {"h2", "1999-01-01", 1},
		{"h3", "2024-12-31", 1}, {"h3", "2025-01-01", 3},
	} {
		row := r.InstOn(ds[DictInst].Find(c.inst), mustDay(t, c.day))
		if row == nil || row.Tier != c.tier {
			t.Errorf("%s on %s: %+v, want tier %d", c.inst, c.day, row, c.tier)
		}
	}
	if r.InstOn(0, 0) != nil || r.InstOn(-1, 0) != nil || r.InstOn(99, 0) != nil || r.InstRows(99) != nil || len(r.InstRows(1)) != 2 {
		t.Error("an unknown institution")
	}
	if !r.Present("institution") || r.Present("catalogue") {
		t.Error("which tables are there")
	}
}

func TestCatalogue(t *testing.T) {
	t.Parallel()
	r, ds := referenceOf(t, `catalogue admdvs=100000 list_type=101 generic_name=国
		catalogue admdvs=990000 list_type=101 generic_name=省 enddate=2024-12-31
		catalogue admdvs=990100 list_type=101 generic_name=市 begndate=2025-06-01
		catalogue admdvs=990100 list_type=101 generic_name=新 begndate=2025-09-01
		catalogue admdvs=880000 list_type=201 generic_name=外 hilist_code=B`)
	area := ds[DictList].Put("990101")
	for day, want := range map[string]string{"2019-12-31": "", "2024-12-31": "省", "2025-01-01": "国", "2025-06-01": "市", "2025-09-01": "新"} {
		got := ""
		if row := r.CatOn(ds[DictItem].Find("A"), area, mustDay(t, day)); row != nil {
			got = ds[DictText].String(row.Generic)
		}
		if got != want {
			t.Errorf("on %s: %q, want %q", day, got, want)
		}
	}
	if r.CatOn(ds[DictItem].Find("B"), area, 20000) != nil || r.CatOn(99, area, 20000) != nil {
		t.Error("an entry of another province or of no item")
	}
	l101, l201 := ds[DictList].Find("101"), ds[DictList].Find("201")
	if !r.CatCovers(area, l101) || r.CatCovers(area, l201) || !r.CatReaches(area) || len(r.CatRows(ds[DictItem].Find("A"))) != 4 {
		t.Error("what the catalogue covers")
	}
	only, ods := referenceOf(t, "catalogue admdvs=880000 list_type=101")
	if a := ods[DictList].Put("990101"); only.CatReaches(a) {
		t.Error("a catalogue of elsewhere reaches here")
	}
}

func TestPriceOn(t *testing.T) {
	t.Parallel()
	r, ds := referenceOf(t, `price_limit admdvs=100000 pric_uplmt_amt=1
		price_limit admdvs=990000 hosp_lv=05 pric_uplmt_amt=2
		price_limit admdvs=990000 pric_uplmt_amt=3
		price_limit admdvs=990000 pric_uplmt_amt=4 begndate=2025-06-01
		price_limit admdvs=990000 hosp_lv=11 pric_uplmt_amt=5 begndate=2025-07-01
		price_limit admdvs=990000 limit_type=挂网价 pric_uplmt_amt=6 begndate=2025-07-01
		price_limit admdvs=990100 pric_uplmt_amt=7 begndate=2025-09-01 enddate=2025-09-30`)
	area, item := ds[DictList].Put("990101"), ds[DictItem].Find("A")
	plain := func(kind int32) bool { return kind == 0 }
	for _, c := range []struct {
		day  string
		tier int8
		want string
	}{
		{"2019-12-31", 2, ""}, {"2025-03-01", 2, "2.00"}, {"2025-03-01", 3, "3.00"}, {"2025-03-01", 0, "3.00"},
		{"2025-06-01", 3, "4.00"}, {"2025-08-01", 3, "4.00"}, {"2025-08-01", 0, "4.00"}, {"2025-08-01", 2, "2.00"},
		{"2025-09-01", 2, "7.00"}, {"2025-10-01", 2, "2.00"},
	} {
		got := ""
		if row := r.PriceOn(item, area, c.tier, mustDay(t, c.day), plain); row != nil {
			got = row.Limit.String()
		}
		if got != c.want {
			t.Errorf("tier %d on %s: %q, want %q", c.tier, c.day, got, c.want)
		}
	}
	if r.PriceOn(99, area, 2, 20000, plain) != nil || !r.Priced(item) || r.Priced(99) {
		t.Error("which items have a limit")
	}
	listed := r.PriceOn(item, area, 3, mustDay(t, "2025-08-01"), func(kind int32) bool { return kind != 0 })
	if listed == nil || listed.Limit.String() != "6.00" {
		t.Errorf("listed price: %+v", listed)
	}
}

func TestStatus(t *testing.T) {
	t.Parallel()
	r, ds := referenceOf(t, `credential stas=1
		credential stas=2 begndate=2025-03-01 enddate=2025-03-31
		credential stas=3 begndate=2025-06-01
		agreement stas=1
		agreement stas=3 begndate=2025-03-01 enddate=2025-03-02`)
	doctor, inst := ds[DictPrac].Find("d1"), ds[DictInst].Find("h1")
	for day, want := range map[string][2]int{"2025-02-28": {0, 0}, "2025-03-01": {2, 3}, "2025-03-02": {2, 3}, "2025-03-31": {2, 0},
		"2025-04-01": {0, 0}, "2030-01-01": {3, 0}} {
		var got [2]int
		if s := r.Credential(doctor, mustDay(t, day)); s != nil {
			got[0] = s.Stas
		}
		if s := r.Agreement(inst, mustDay(t, day)); s != nil {
			got[1] = s.Stas
		}
		if got != want {
			t.Errorf("%s: %v, want %v", day, got, want)
		}
	}
	if r.Credential(99, 0) != nil || r.Agreement(99, 0) != nil {
		t.Error("status of nobody")
	}
}

func TestPracOn(t *testing.T) {
	t.Parallel()
	r, ds := referenceOf(t, `practitioner pro_tech_duty=234
		practitioner pro_tech_duty=233 begndate=2025-01-01
		practitioner fixmedins_code=h2 pro_tech_duty=232 begndate=2024-01-01 enddate=2025-06-30
		practitioner prac_psn_code=d2 pro_tech_duty=231 begndate=2025-01-01`)
	for _, c := range []struct {
		doctor, inst, day string
		title             int
	}{
		{"d1", "h1", "2024-12-31", 234}, {"d1", "h1", "2025-01-01", 233}, {"d1", "h2", "2025-01-01", 232}, {"d1", "h2", "2025-07-01", 233},
		{"d2", "h1", "2024-12-31", 0}, {"d2", "h2", "2025-01-01", 231},
	} {
		got := 0
		if p := r.PracOn(ds[DictPrac].Find(c.doctor), ds[DictInst].Find(c.inst), mustDay(t, c.day)); p != nil {
			got = p.Title
		}
		if got != c.title {
			t.Errorf("%s at %s on %s: %d, want %d", c.doctor, c.inst, c.day, got, c.title)
		}
	}
}

func mustDay(t testing.TB, s string) Day {
	t.Helper()
	d, err := ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
