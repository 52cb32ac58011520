package page

import (
	"fmt"
	"strconv"

	"github.com/mingjian/mingjian/internal/claim"
)

// thousands writes 1234567 as 1,234,567.
func thousands(n int64) string {
	if n < 0 {
		return "-" + thousands(-n)
	}
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// yuan writes money for lists: two decimals, thousands separators.
func yuan(m claim.Money) string {
	if m < 0 {
		return "-" + yuan(-m)
	}
	return fmt.Sprintf("%s.%02d", thousands(int64(m)/100), int64(m)%100)
}

// big splits money for headlines into figure and unit: 元 below ten thousand, then 万元, from a hundred million 亿元.
func big(m claim.Money) [2]string {
	switch fen := int64(m); {
	case fen >= 1e10:
		return [2]string{yuan(claim.Money((fen + 5e7) / 1e8)), "亿元"}
	case fen >= 1e6:
		return [2]string{yuan(claim.Money((fen + 5e3) / 1e4)), "万元"}
	}
	return [2]string{yuan(m), "元"}
}

func bigText(m claim.Money) string { b := big(m); return b[0] + " " + b[1] }

// percent writes part of whole with one decimal, two where that would be 0.0.
func percent(part, whole int64) string {
	if whole <= 0 {
		return "—"
	}
	p := float64(part) / float64(whole) * 100
	if p > 0 && p < 0.1 {
		return fmt.Sprintf("%.2f%%", p)
	}
	return fmt.Sprintf("%.1f%%", p)
}

// lastFour is all the page shows of a person's number; of a short one even less.
func lastFour(psn string) string {
	r := []rune(psn)
	return "****" + string(r[len(r)-min(4, len(r)/2):])
}

// period names the months: one, an unbroken range, or how many.
func period(ms []claim.Month) string {
	if len(ms) == 0 {
		return ""
	}
	first, last := ms[0], ms[len(ms)-1]
	switch {
	case first == last:
		return chineseMonth(first)
	case int(last-first)+1 == len(ms):
		return chineseMonth(first) + "至" + chineseMonth(last)
	}
	return fmt.Sprintf("%s至%s中的 %d 个月", chineseMonth(first), chineseMonth(last), len(ms))
}

func chineseMonth(m claim.Month) string {
	s := m.String()
	n, err := strconv.Atoi(s[5:])
	if err != nil {
		return s
	}
	return fmt.Sprintf("%s年%d月", s[:4], n)
}

var severityNames = [4]string{"", "明确违规", "高度可疑", "轻度可疑"}
