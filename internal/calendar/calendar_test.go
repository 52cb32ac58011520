package calendar

import (
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
	"pgregory.net/rapid"
)

func day(t *testing.T, s string) claim.Day {
	t.Helper()
	d, err := claim.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestWorking(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"2024-02-04": true,  // Sunday, make-up for the Spring Festival
		"2024-02-09": true,  // the eve was not a holiday in 2024
		"2024-02-16": false, // Friday inside the Spring Festival
		"2024-10-12": true,
		"2025-10-08": false, // National Day and Mid-Autumn together
		"2025-10-11": true,
		"2026-01-04": true,
		"2026-02-23": false, // Monday
		"2026-03-02": true,
		"2026-03-07": false, // plain Saturday
		"2027-02-10": false,
		"2031-10-01": true, // no table: only weekends are known
	} {
		if got := Default().Working(day(t, s)); got != want {
			t.Errorf("%s: working %v, want %v", s, got, want)
		}
	}
}

// The number of working days of a year follows from the law's number of holidays (11 until 2024, 13 since 2025),
// whatever was exchanged: a table with a forgotten make-up day fails here.
func TestYearTotals(t *testing.T) {
	t.Parallel()
	for year, want := range map[int]int{2024: 251, 2025: 248, 2026: 248, 2027: 248} {
		got := Default().Between(claim.DayOf(year, 1, 1)-1, claim.DayOf(year, 12, 31))
		if got != want {
			t.Errorf("%d: %d working days, want %d", year, got, want)
		}
	}
}

func TestAdd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-03-02", 5, "2026-03-09"},
		{"2026-03-07", 5, "2026-03-13"}, // arrives on a Saturday
		{"2026-02-13", 5, "2026-02-27"}, // over the Spring Festival; Saturday 14th is worked
		{"2025-09-26", 5, "2025-10-10"}, // Sunday 28th is worked, then eight days off
		{"2026-03-09", -5, "2026-03-02"},
		{"2026-03-07", 0, "2026-03-07"},
	} {
		if got := Default().Add(day(t, c.from), c.n); got != day(t, c.want) {
			t.Errorf("%s %+d: %s, want %s", c.from, c.n, got, c.want)
		}
	}
}

func TestAddAndBetweenAgree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		d := claim.DayOf(2023, 12, 1) + claim.Day(rapid.IntRange(0, 1600).Draw(rt, "day"))
		n := rapid.IntRange(1, 60).Draw(rt, "n")
		due := Default().Add(d, n)
		if got := Default().Between(d, due); got != n {
			rt.Fatalf("%s + %d = %s, but %d working days lie between", d, n, due, got)
		}
		if !Default().Working(due) {
			rt.Fatalf("%s + %d falls on %s, a free day", d, n, due)
		}
	})
}

func TestWithReplacesAYear(t *testing.T) {
	t.Parallel()
	newer, err := Read(strings.NewReader("日期,休或班,名称,来源\n2027-01-01,休,元旦,已公布\n2027-01-03,班,元旦调休,已公布\n"))
	if err != nil {
		t.Fatal(err)
	}
	c := Default().With(newer)
	if !c.Working(day(t, "2027-01-03")) || !c.Working(day(t, "2027-02-09")) || c.Working(day(t, "2026-10-01")) {
		t.Error("2027 must come from the new table alone, 2026 from the old one")
	}
	if Default().Status(2027) != Projected || c.Status(2027) != Announced || c.Status(2040) != Unknown {
		t.Error("status of the years")
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"head":    "a,b,c,d\n",
		"kind":    "日期,休或班,名称,来源\n2027-01-01,放,元旦,已公布\n",
		"date":    "日期,休或班,名称,来源\n2027-13-01,休,元旦,已公布\n",
		"empty":   "日期,休或班,名称,来源\n,休,元旦,已公布\n",
		"weekday": "日期,休或班,名称,来源\n2027-01-04,班,元旦,已公布\n",
		"source":  "日期,休或班,名称,来源\n2027-01-01,休,元旦,听说\n",
		"twice":   "日期,休或班,名称,来源\n2027-01-01,休,元旦,已公布\n2027-01-01,休,元旦,已公布\n",
	} {
		if _, err := Read(strings.NewReader(body)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
