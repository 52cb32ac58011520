package board

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Text writes a value as bureaus do: money in 元, 万元 or 亿元 with two decimals, ratios in percent with one; "—" when there is none.
func (f *Figure) Text() string {
	if f.Missing != "" {
		return "—"
	}
	return written(f.Unit, f.Value, f.Of)
}

// BeforeText writes the value compared with.
func (f *Figure) BeforeText() string {
	if f.Missing != "" || f.NoBefore != "" {
		return "—"
	}
	return written(f.Unit, f.Before, f.BeforeOf)
}

// Change writes how the value has changed: in percent, of ratios in percentage points; "—" where there was nothing before.
func (f *Figure) Change() string {
	switch {
	case f.Missing != "" || f.NoBefore != "":
		return "—"
	case f.Unit == "‰":
		if f.Of == 0 || f.BeforeOf == 0 {
			return "—"
		}
		return signed(new(big.Rat).Sub(big.NewRat(f.Value*100, f.Of), big.NewRat(f.Before*100, f.BeforeOf))) + "个百分点"
	case f.Before == 0:
		return "—"
	}
	return signed(big.NewRat(100*(f.Value-f.Before), abs(f.Before))) + "%"
}

func signed(r *big.Rat) string {
	s := r.FloatString(1)
	if r.Sign() > 0 {
		return "+" + s
	}
	return s
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}

func written(unit string, n, of int64) string {
	switch unit {
	case "分":
		return Money(n)
	case "‰":
		if of == 0 {
			return "—"
		}
		return big.NewRat(100*n, of).FloatString(1) + "%"
	case "微秒":
		return grouped(big.NewRat(n, 1000).FloatString(1)) + " 毫秒"
	}
	return Grouped(n) + " " + unit
}

// Money writes fen in 元, 万元 or 亿元 with two decimals, rounded half away from zero.
func Money(fen int64) string {
	for _, u := range []struct {
		fen  int64
		name string
	}{{1e10, "亿元"}, {1e6, "万元"}} {
		if abs(fen) >= u.fen {
			return grouped(big.NewRat(fen, u.fen).FloatString(2)) + " " + u.name
		}
	}
	return grouped(big.NewRat(fen, 100).FloatString(2)) + " 元"
}

// Grouped writes a number with separators of thousands.
func Grouped(n int64) string { return grouped(strconv.FormatInt(n, 10)) }

func grouped(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, rest, point := strings.Cut(s, ".")
	for k := len(whole) - 3; k > 0; k -= 3 {
		whole = whole[:k] + "," + whole[k:]
	}
	if point {
		whole += "." + rest
	}
	return fmt.Sprint(sign, whole)
}
