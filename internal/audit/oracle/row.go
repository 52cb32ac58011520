package oracle

import (
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
)

// row is one record of a contract table: column → canonical text; absent columns are missing keys.
type row map[string]string

func (r row) is(col, want string) bool { return r[col] == want }

func (r row) day(col string) claim.Day {
	if r[col] == "" {
		return claim.NoDay
	}
	d, err := claim.ParseDay(r[col])
	if err != nil {
		return claim.NoDay
	}
	return d
}

func (r row) time(col string) claim.Time {
	if r[col] == "" {
		return claim.NoTime
	}
	t, err := claim.ParseTime(r[col])
	if err != nil {
		return claim.NoTime
	}
	return t
}

func (r row) num(col string, scale int) int64 {
	if r[col] == "" {
		return claim.None64
	}
	n, err := claim.ParseDecimal(r[col], scale)
	if err != nil {
		return claim.None64
	}
	return n
}

func (r row) money(col string) claim.Money { return claim.Money(r.num(col, 2)) }
func (r row) qty(col string) claim.Qty     { return claim.Qty(r.num(col, 4)) }
func (r row) price(col string) claim.Price { return claim.Price(r.num(col, 6)) }

// covers tells whether day lies within [begin, end] of the row; an absent begin or end does not bound.
func (r row) covers(day claim.Day, begin, end string) bool {
	b, e := r.day(begin), r.day(end)
	return (!b.Has() || b <= day) && (!e.Has() || day <= e)
}

// newest returns, of the rows, the one valid on day (the latest begun of several), else the latest begun at all.
func newest(rows []row, day claim.Day) row {
	var valid, last row
	for _, r := range rows {
		if last == nil || r.day("begndate") > last.day("begndate") {
			last = r
		}
		if r.covers(day, "begndate", "enddate") && (valid == nil || r.day("begndate") > valid.day("begndate")) {
			valid = r
		}
	}
	if valid != nil {
		return valid
	}
	return last
}

// hasAny tells whether s contains one of the words of a |-separated list.
func hasAny(s, words string) bool {
	for w := range strings.SplitSeq(words, "|") {
		if w != "" && strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// split cuts a |-separated list and drops blanks.
func split(list string) []string {
	var out []string
	for w := range strings.SplitSeq(list, "|") {
		if w = strings.TrimSpace(w); w != "" {
			out = append(out, w)
		}
	}
	return out
}

func oneOf(s string, list ...string) bool {
	for _, w := range list {
		if s == w {
			return true
		}
	}
	return false
}

// bare is a diagnosis code without dots and in capitals, so that N18.5 and N185 are one.
func bare(code string) string {
	return strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(code), ".", ""))
}

// inSet tells whether a diagnosis belongs to a |-separated set of prefixes and ranges (ranges by their first three).
func inSet(code, set string) bool {
	c := bare(code)
	if c == "" {
		return false
	}
	for _, w := range split(strings.ReplaceAll(set, "–", "-")) {
		lo, hi, isRange := strings.Cut(bare(w), "-")
		if !isRange {
			if strings.HasPrefix(c, lo) {
				return true
			}
			continue
		}
		if first3(c) >= first3(lo) && first3(c) <= first3(hi) {
			return true
		}
	}
	return false
}

func first3(code string) string {
	if len(code) > 3 {
		return code[:3]
	}
	return code
}

func anyInSet(codes []string, set string) bool {
	for _, c := range codes {
		if inSet(c, set) {
			return true
		}
	}
	return false
}
