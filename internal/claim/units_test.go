package claim

import (
	"math"
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseDay(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"2025-03-10": "2025-03-10", "2025/03/10": "2025-03-10", "20250310": "2025-03-10", "2025-03-10 08:00:00": "2025-03-10",
		"2025-03-10T08:00:00": "2025-03-10", "2025-03-10 ": "2025-03-10", "2024-02-29": "2024-02-29", "2000-02-29": "2000-02-29",
		"0001-01-01": "0001-01-01", "9999-12-31": "9999-12-31", "1969-12-31": "1969-12-31", "1970-01-01": "1970-01-01",
		"2023-02-29": "", "1900-02-29": "", "2025-02-30": "", "2025-04-31": "", "2025-13-01": "", "2025-00-01": "", "2025-01-00": "",
		"2025-01-32": "", "0000-01-01": "", "00000101": "", "2025-1-1": "", "2025-03/10": "", "2025.03.10": "", "2025031": "",
		"2025-03-1": "", "202503100": "", "2025-03-10x": "", "-025-03-10": "", "２025-03-10": "", "": "", " 2025-03-10": "", "2025 03 10": "",
		"2025-03-+1": "", "12025-03-10": "",
	} {
		d, err := ParseDay(s)
		if d.String() != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", s, d, err, want)
		}
	}
	if OpenDay.String() != "9999-12-31" || NoDay.String() != "" || NoDay.Has() || !Day(0).Has() {
		t.Error("the ends of the calendar")
	}
}

func TestParseTime(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"2025-03-10 08:09:10": "2025-03-10 08:09:10", "2025-03-10T08:09:10": "2025-03-10 08:09:10", "2025/03/10 08:09:10": "2025-03-10 08:09:10",
		"2025-03-10 08:09": "2025-03-10 08:09:00", "2025-03-10 08:09:10.999": "2025-03-10 08:09:10", "2025-03-10 00:00:00": "2025-03-10 00:00:00",
		"2025-03-10 23:59:59": "2025-03-10 23:59:59", "2025-03-10": "2025-03-10", "20250310": "2025-03-10", "2025/03/10": "2025-03-10",
		"0001-01-01 00:00:00": "0001-01-01 00:00:00", "0001-01-01": "0001-01-01", "9999-12-31 23:59:59": "9999-12-31 23:59:59",
		"1969-12-31 23:59:59": "1969-12-31 23:59:59",
		"2025-03-10 24:00:00": "", "2025-03-10 08:60:00": "", "2025-03-10 08:09:60": "", "2025-03-10 8:09:10": "", "2025-03-10 08-09-10": "",
		"2025-03-10 08:09:1": "", "2025-03-10 08:09:10Z": "", "2025-03-10 08:09:10+08:00": "", "2025-03-10 08:09:10.x": "", "2025-03-10 ": "",
		"2025-03-10 08": "", "2025-02-29 08:00:00": "", "2025-03-10  08:09:10": "", "": "", "20250310 08:09:10": "", "2025-03-10 08.09.10": "",
	} {
		got, err := ParseTime(s)
		if got.String() != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", s, got, err, want)
		}
		if err == nil && got.DayOnly() != (len(want) == 10) {
			t.Errorf("%q: day precision %v", s, got.DayOnly())
		}
	}
	midnight, day := mustTime(t, "2025-03-10 00:00:00"), mustTime(t, "2025-03-10")
	if midnight == day || midnight.Clock() != day.Clock() || day != midnight.Day().Start() || midnight.DayOnly() {
		t.Error("a date and its midnight differ in precision only")
	}
	if NoTime.Has() || NoTime.Day() != NoDay || NoTime.DayOnly() || NoTime.String() != "" || NoDay.Start() != NoTime {
		t.Error("no time")
	}
	if a, b := mustTime(t, "2025-03-10 23:59:59"), mustTime(t, "2025-03-11"); a >= b || a.Hour()+1 != b.Hour() {
		t.Error("order of times")
	}
}

func TestDecimal(t *testing.T) {
	t.Parallel()
	const bad = math.MinInt64
	for _, c := range []struct {
		s     string
		scale int
		want  int64
	}{
		{"1", 2, 100}, {"1.5", 2, 150}, {"1.50", 2, 150}, {"1.5000", 2, 150}, {".5", 2, 50}, {"5.", 2, 500}, {"-1.05", 2, -105}, {"+1", 2, 100},
		{"0", 2, 0}, {"-0", 2, 0}, {"007", 0, 7}, {"1.0", 0, 1}, {"0.000001", 6, 1}, {"23058430092136939.51", 2, math.MaxInt64 / 4},
		{"1.005", 2, bad}, {"1.5", 0, bad}, {"", 2, bad}, {"-", 2, bad}, {".", 2, bad}, {"1.2.3", 2, bad}, {"1e5", 2, bad}, {"1,000", 2, bad},
		{" 1", 2, bad}, {"--1", 2, bad}, {"１", 2, bad}, {"0x1", 2, bad}, {"NaN", 2, bad}, {"23058430092136939.52", 2, bad},
		{"99999999999999999999", 0, bad}, {"9999999999999999", 6, bad}, {"9223372036854775807", 6, bad},
	} {
		n, err := ParseDecimal(c.s, c.scale)
		if (err != nil) != (c.want == bad) || (err == nil && n != c.want) {
			t.Errorf("%q by %d: %d, %v", c.s, c.scale, n, err)
		}
	}
	for _, c := range []struct {
		n          int64
		scale, min int
		want       string
	}{
		{0, 2, 2, "0.00"}, {5, 2, 2, "0.05"}, {-5, 2, 2, "-0.05"}, {100, 2, 0, "1"}, {10_000, 4, 0, "1"}, {15_000, 4, 0, "1.5"}, {7, 0, 0, "7"},
		{None64, 2, 2, ""}, {1_230_000, 6, 2, "1.23"}, {1_200_000, 6, 2, "1.20"}, {1_000_001, 6, 2, "1.000001"},
	} {
		if got := FormatDecimal(c.n, c.scale, c.min); got != c.want {
			t.Errorf("%d: %q, want %q", c.n, got, c.want)
		}
	}
	if Money(-105).String() != "-1.05" || Qty(5000).String() != "0.5" || Price(2_000_000).String() != "2.00" || Money(None64).String() != "" {
		t.Error("amounts in words")
	}
	if Money(None64).Or(7) != 7 || Money(3).Or(7) != 3 || Money(None64).Has() || Qty(None64).Has() || Price(None64).Has() || !Money(0).Has() {
		t.Error("absent amounts")
	}
}

func TestMonth(t *testing.T) {
	t.Parallel()
	for s, ok := range map[string]bool{"2025-03": true, "0001-01": true, "9999-12": true, "2025-13": false, "2025-00": false, "0000-01": false,
		"2025-3": false, "202503": false, "2025/03": false, "": false, "+025-01": false, "2025-+1": false, "-025-01": false} {
		m, err := ParseMonth(s)
		if (err == nil) != ok || (ok && m.String() != s) {
			t.Errorf("%q: %v, %v", s, m, err)
		}
	}
	m, _ := ParseMonth("2024-02")
	if m.First().String() != "2024-02-01" || m.Last().String() != "2024-02-29" || m.Last().Month() != m || Month(0).String() != "open" || NoDay.Month() != 0 {
		t.Error("the ends of a month")
	}
	if d, _ := ParseMonth("2024-12"); d.Last().String() != "2024-12-31" || (d+1).String() != "2025-01" {
		t.Error("the end of a year")
	}
}

func TestYearsOn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		born, on string
		age      int
	}{
		{"2000-03-10", "2018-03-09", 17}, {"2000-03-10", "2018-03-10", 18}, {"2000-03-10", "2000-03-10", 0}, {"2000-03-10", "2000-03-09", -1},
		{"2004-02-29", "2022-02-28", 17}, {"2004-02-29", "2022-03-01", 18}, {"2004-02-29", "2024-02-29", 20}, {"1999-12-31", "2000-01-01", 0},
	} {
		if got := mustDay(t, c.born).YearsOn(mustDay(t, c.on)); got != c.age {
			t.Errorf("born %s, on %s: %d, want %d", c.born, c.on, got, c.age)
		}
	}
}

func anyDay() *rapid.Generator[Day] {
	return rapid.Map(rapid.Int32Range(-719162, int32(OpenDay)), func(n int32) Day { return Day(n) })
}

func TestDayProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, e := anyDay().Draw(t, "day"), anyDay().Draw(t, "other")
		y, m, dd := d.Civil()
		ref := time.Unix(int64(d)*86400, 0).UTC()
		if ry, rm, rd := ref.Date(); ry != y || int(rm) != m || rd != dd || ref.Weekday() != d.Weekday() {
			t.Fatalf("%v: %d-%d-%d %v", ref, y, m, dd, d.Weekday())
		}
		if DayOf(y, m, dd) != d || ref.Format("2006-01-02") != d.String() {
			t.Fatalf("%s does not come back", d)
		}
		if p, err := ParseDay(d.String()); err != nil || p != d {
			t.Fatalf("%s: %v, %v", d, p, err)
		}
		if (d < e) != (d.String() < e.String()) {
			t.Fatalf("order of %s and %s", d, e)
		}
		first, last := d.Month().First(), d.Month().Last()
		if d < first || last < d || (last+1).Month() != d.Month()+1 {
			t.Fatalf("%s is not in %s", d, d.Month())
		}
		age := 0
		for b := time.Date(y+1, time.Month(m), dd, 0, 0, 0, 0, time.UTC); !b.After(time.Unix(int64(e)*86400, 0)); age++ { // 29 Feb is kept on 1 March
			b = time.Date(y+age+2, time.Month(m), dd, 0, 0, 0, 0, time.UTC)
		}
		if d <= e && d.YearsOn(e) != age {
			t.Fatalf("born %s, on %s: %d, want %d", d, e, d.YearsOn(e), age)
		}
	})
}

func TestTimeProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, s := anyDay().Draw(t, "day"), rapid.Int64Range(0, 86399).Draw(t, "second")
		tm := Time(int64(d)*microsOfDay + s*1_000_000)
		if tm.Day() != d || tm.DayOnly() || tm.Hour() != (int64(d)*86400+s-s%3600)/3600 {
			t.Fatalf("%s", tm)
		}
		for _, x := range []Time{tm, d.Start()} {
			if p, err := ParseTime(x.String()); err != nil || p != x {
				t.Fatalf("%s: %v, %v", x, p, err)
			}
		}
	})
}

func TestDecimalProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(-math.MaxInt64/4, math.MaxInt64/4).Draw(t, "n")
		scale := rapid.IntRange(0, 6).Draw(t, "scale")
		s := FormatDecimal(n, scale, rapid.IntRange(0, scale).Draw(t, "min"))
		if got, err := ParseDecimal(s, scale); err != nil || got != n {
			t.Fatalf("%q: %d, %v; want %d", s, got, err, n)
		}
	})
}

func TestMulDivProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		small := rapid.Int64Range(-1_000_000, 1_000_000)
		any := rapid.OneOf(small, rapid.Int64())
		m, a, b := any.Draw(t, "m"), any.Draw(t, "a"), any.Draw(t, "b")
		got := MulDiv(m, a, b)
		if b == 0 {
			if got != 0 {
				t.Fatal(got)
			}
			return
		}
		num := new(big.Int).Mul(big.NewInt(m), big.NewInt(a))
		den := big.NewInt(b)
		sign := int64(num.Sign() * den.Sign())
		num.Abs(num).Mul(num, big.NewInt(2)).Add(num, new(big.Int).Abs(den))
		want := num.Quo(num, new(big.Int).Mul(big.NewInt(2), den.Abs(den)))
		if !want.IsInt64() {
			if got != 0 {
				t.Fatalf("%d × %d ÷ %d does not fit: %d", m, a, b, got)
			}
			return
		}
		if got != want.Int64()*sign {
			t.Fatalf("%d × %d ÷ %d = %d, want %v × %d", m, a, b, got, want, sign)
		}
	})
}

func mustTime(t testing.TB, s string) Time {
	t.Helper()
	v, err := ParseTime(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// The age by days equals the age by calendar on every day of 130 years, for births on every day of a cycle of leap years.
func TestYearsOnEveryDay(t *testing.T) {
	t.Parallel()
	for born := DayOf(1895, 1, 1); born < DayOf(1905, 1, 1); born++ {
		for on := born - 1; on < born+130*366; on += 3 {
			if got, want := born.YearsOn(on), born.yearsByCalendar(on); got != want {
				t.Fatalf("%s on %s: %d, want %d", born, on, got, want)
			}
		}
	}
	if got := DayOf(1, 1, 1).YearsOn(DayOf(2025, 1, 1)); got != 2024 {
		t.Error(got)
	}
}
