package board

import (
	"fmt"
	"strconv"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// Period is some months, yyyy-MM, both included.
type Period struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// ParsePeriod reads a period and refuses what is not one.
func ParsePeriod(from, to string) (Period, error) {
	p := Period{from, to}
	for _, m := range []string{from, to} {
		if _, _, ok := cutMonth(m); !ok {
			return p, fmt.Errorf("月份 %q 写得不对，应为 yyyy-MM，例如 2025-01", m)
		}
	}
	if from > to {
		return p, fmt.Errorf("起月 %s 晚于止月 %s", from, to)
	}
	return p, nil
}

func cutMonth(s string) (y, m int, ok bool) {
	if len(s) != 7 || s[4] != '-' {
		return 0, 0, false
	}
	y, err := strconv.Atoi(s[:4])
	m, err2 := strconv.Atoi(s[5:])
	return y, m, err == nil && err2 == nil && y >= 1900 && m >= 1 && m <= 12
}

// Comparisons.
const (
	SamePeriod = "上年同期" // the same months a year before
	WholeYear  = "上年全年" // all of the year before
)

// Before is what the period is compared with.
func (p Period) Before(against string) Period {
	y, _, _ := cutMonth(p.From)
	if against == WholeYear {
		return Period{fmt.Sprintf("%04d-01", y-1), fmt.Sprintf("%04d-12", y-1)}
	}
	y2, _, _ := cutMonth(p.To)
	return Period{fmt.Sprintf("%04d%s", y-1, p.From[4:]), fmt.Sprintf("%04d%s", y2-1, p.To[4:])}
}

// long tells whether the period is of more than a year: then a year before would overlap with it.
func (p Period) long() bool { return len(p.Months()) > 12 }

// Months lists the months.
func (p Period) Months() []string {
	y, m, _ := cutMonth(p.From)
	var out []string
	for {
		s := fmt.Sprintf("%04d-%02d", y, m)
		if s > p.To {
			return out
		}
		out = append(out, s)
		if m++; m > 12 {
			y, m = y+1, 1
		}
	}
}

// china is the time zone of civil days.
var china = time.FixedZone("UTC+8", 8*3600)

// Span is the period in the ways in which rows keep time.
func (p Period) Span() store.Span {
	y, m, _ := cutMonth(p.From)
	y2, m2, _ := cutMonth(p.To)
	from, to := time.Date(y, time.Month(m), 1, 0, 0, 0, 0, china), time.Date(y2, time.Month(m2)+1, 1, 0, 0, 0, 0, china)
	last := to.AddDate(0, 0, -1)
	return store.Span{FirstDay: int64(claim.DayOf(y, m, 1)), LastDay: int64(claim.DayOf(y2, m2, last.Day())), FirstDate: from.Format(time.DateOnly), LastDate: last.Format(time.DateOnly),
		From: from.UnixMicro(), To: to.UnixMicro()}
}

func (p Period) String() string {
	if p.From == p.To {
		return p.From
	}
	return p.From + " 至 " + p.To
}

// Days is a span of civil days, both included, in the ways in which rows keep time.
func Days(from, to claim.Day) store.Span {
	moment := func(d claim.Day) int64 {
		y, m, day := d.Civil()
		return time.Date(y, time.Month(m), day, 0, 0, 0, 0, china).UnixMicro()
	}
	return store.Span{FirstDay: int64(from), LastDay: int64(to), FirstDate: from.String(), LastDate: to.String(), From: moment(from), To: moment(to + 1)}
}
