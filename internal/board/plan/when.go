package plan

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/board"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// How often, and of which months.
const (
	Daily   = "每日"
	Weekly  = "每周"
	Monthly = "每月"

	LastMonth = "上月"
	ThisMonth = "本月"
	YearToEnd = "本年至上月"
	YearToNow = "本年至今"
	Newest    = "最近有数的"
)

// Rhythms and Covers list them for people to choose from.
var (
	Rhythms = []string{Daily, Weekly, Monthly}
	Covers  = []string{LastMonth, ThisMonth, YearToEnd, YearToNow, Newest}
)

var china = time.FixedZone("UTC+8", 8*3600)

// Check tells what is wrong with a plan's days and hour.
func Check(p *store.ReportPlan) error {
	switch {
	case !slices.Contains(Rhythms, p.Every):
		return fmt.Errorf("多久一次应为 %s", strings.Join(Rhythms, "、"))
	case !slices.Contains(Covers, p.Cover):
		return fmt.Errorf("哪几个月应为 %s", strings.Join(Covers, "、"))
	case p.AtHour < 0 || p.AtHour > 23:
		return fmt.Errorf("几点应为 0 到 23")
	case p.Every == Weekly && (p.OnDay < 1 || p.OnDay > 7):
		return fmt.Errorf("星期几应为 1（星期一）到 7（星期日）")
	case p.Every == Monthly && (p.OnDay < 1 || p.OnDay > 31):
		return fmt.Errorf("几号应为 1 到 31，没有那一天的月份用最后一天")
	}
	return nil
}

// moment is when a report of a day is due.
func moment(p *store.ReportPlan, d claim.Day) time.Time {
	y, m, day := d.Civil()
	return time.Date(y, time.Month(m), day, p.AtHour, 0, 0, 0, china)
}

// on tells whether a report is due on a day.
func on(p *store.ReportPlan, d claim.Day) bool {
	y, m, day := d.Civil()
	at := time.Date(y, time.Month(m), day, 0, 0, 0, 0, china)
	switch p.Every {
	case Daily:
		return true
	case Weekly:
		return (int(at.Weekday())+6)%7+1 == p.OnDay
	case Monthly:
		last := at.AddDate(0, 1, -day).Day()
		return day == min(p.OnDay, last)
	}
	return false
}

// Due lists the days on which reports of a plan have been due up to now since it was made, at most so many, the newest; in order.
func Due(p *store.ReportPlan, now time.Time, most int) (out []claim.Day) {
	made := store.Moment(p.MadeAt)
	d := dayOf(now)
	for looked := 0; len(out) < most && looked < 400 && moment(p, d).After(made); looked++ {
		if on(p, d) && !moment(p, d).After(now) {
			out = append(out, d)
		}
		d--
	}
	slices.Reverse(out)
	return out
}

// Next is the first day after now on which a report is due.
func Next(p *store.ReportPlan, now time.Time) time.Time {
	for d := dayOf(now); ; d++ {
		if at := moment(p, d); on(p, d) && at.After(now) {
			return at
		}
	}
}

func dayOf(t time.Time) claim.Day {
	y, m, d := t.In(china).Date()
	return claim.DayOf(y, int(m), d)
}

// Months are the months of which a report that is due on a day speaks; false for those that hang on the data.
func Months(cover string, due claim.Day) (board.Period, bool) {
	y, m, _ := due.Civil()
	this := fmt.Sprintf("%04d-%02d", y, m)
	if m--; m == 0 {
		y, m = y-1, 12
	}
	last := fmt.Sprintf("%04d-%02d", y, m)
	switch cover {
	case LastMonth:
		return board.Period{From: last, To: last}, true
	case ThisMonth:
		return board.Period{From: this, To: this}, true
	case YearToEnd:
		return board.Period{From: last[:4] + "-01", To: last}, true
	case YearToNow:
		return board.Period{From: this[:4] + "-01", To: this}, true
	}
	return board.Period{}, false
}
