package paper

import (
	"fmt"
	"strings"
	"text/template"
	"time"
)

// funcs are the actions of templates.
var funcs = template.FuncMap{
	"set": set, "yuan": yuan, "wan": wan, "capital": Capital, "day": day, "no": func(i int) int { return i + 1 }, "or_dash": orDash, "permille": permille, "join": strings.Join,
}

// yuan writes fen as yuan: 1,234.50.
func yuan(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "-", -fen
	}
	return sign + thousands(fen/100) + fmt.Sprintf(".%02d", fen%100)
}

// wan writes fen as 万元 with two decimals, half up.
func wan(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "-", -fen
	}
	n := (fen + 5000) / 10000 // of 0.01 万元
	return sign + thousands(n/100) + fmt.Sprintf(".%02d", n%100)
}

func thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// permille writes tenths of a percent: 938 → 93.8 %.
func permille(n int) string { return fmt.Sprintf("%d.%d%%", n/10, n%10) }

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// day writes a day as 2025年3月8日 and a month as 2025年3月; what is neither is left as it is.
func day(s string) string {
	if t, err := time.Parse("2006-01", s); err == nil {
		return fmt.Sprintf("%d年%d月", t.Year(), t.Month())
	}
	if len(s) > 10 {
		s = s[:10]
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return s
	}
	return fmt.Sprintf("%d年%d月%d日", t.Year(), t.Month(), t.Day())
}

var (
	digits = []rune("零壹贰叁肆伍陆柒捌玖")
	places = []string{"", "拾", "佰", "仟"}
	groups = []string{"", "万", "亿", "万亿"}
)

// Capital writes an amount in the figures that cannot be changed by a stroke: 人民币壹仟零叁元伍角整.
func Capital(fen int64) string {
	out := "人民币"
	if fen < 0 {
		out, fen = out+"负", -fen
	}
	yuan, jiao, f := fen/100, fen/10%10, fen%10
	if yuan > 0 || fen == 0 {
		out += whole(yuan) + "元"
	}
	switch {
	case jiao == 0 && f == 0:
		return out + "整"
	case jiao > 0:
		out += string(digits[jiao]) + "角"
	case yuan > 0:
		out += "零"
	}
	if f == 0 {
		return out + "整"
	}
	return out + string(digits[f]) + "分"
}

func whole(n int64) string {
	if n == 0 {
		return "零"
	}
	var parts []int64
	for ; n > 0; n /= 10000 {
		parts = append(parts, n%10000)
	}
	out, gap := "", false
	for i := len(parts) - 1; i >= 0; i-- {
		p := parts[i]
		if p == 0 {
			gap = out != ""
			continue
		}
		if out != "" && (gap || p < 1000) {
			out += "零"
		}
		out, gap = out+four(p)+groups[i], false
	}
	return out
}

func four(n int64) (out string) {
	zero := false
	for i, unit := 3, int64(1000); i >= 0; i, unit = i-1, unit/10 {
		d := n / unit % 10
		if d == 0 {
			zero = out != ""
			continue
		}
		if zero {
			out += "零"
		}
		out, zero = out+string(digits[d])+places[i], false
	}
	return out
}
