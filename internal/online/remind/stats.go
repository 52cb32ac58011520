package remind

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// DayLoad is how often doctors were interrupted on a day. Alarm says that the median is above the area's bound.
type DayLoad struct {
	Day           string  `json:"day"`
	Doctors       int     `json:"doctors"` // who called
	Calls         int64   `json:"calls"`
	Interruptions int64   `json:"interruptions"`
	Median        float64 `json:"median"`
	Most          int64   `json:"most"`
	Alarm         bool    `json:"alarm"`
}

// Loads works out the interruptions a doctor and day; doctors who called and met nothing count with 0.
func Loads(ctx context.Context, db *store.DB, f store.CallFilter, p Params) ([]DayLoad, error) {
	ds, err := db.DoctorDays(ctx, f)
	if err != nil {
		return nil, err
	}
	by := map[string][]int64{}
	sum := map[string]*DayLoad{}
	for _, d := range ds {
		l := sum[d.Day]
		if l == nil {
			l = &DayLoad{Day: d.Day}
			sum[d.Day] = l
		}
		by[d.Day] = append(by[d.Day], d.Interruptions)
		l.Doctors, l.Calls, l.Interruptions, l.Most = l.Doctors+1, l.Calls+d.Calls, l.Interruptions+d.Interruptions, max(l.Most, d.Interruptions)
	}
	var out []DayLoad
	for day, l := range sum {
		l.Median = medianOf(by[day])
		l.Alarm = l.Median > float64(p.MedianAlarm)
		out = append(out, *l)
	}
	slices.SortFunc(out, func(a, b DayLoad) int { return cmpString(a.Day, b.Day) })
	return out, nil
}

func cmpString(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func medianOf(ns []int64) float64 {
	if len(ns) == 0 {
		return 0
	}
	slices.Sort(ns)
	n := len(ns)
	return float64(ns[(n-1)/2]+ns[n/2]) / 2
}

// Micros is the moment of a civil day's start, for filters; of the day after for an end.
func Micros(d claim.Day) int64 {
	return int64(d)*86_400_000_000 - 8*3_600_000_000
}

// Propose looks for cards that are overridden more often than an area allows and proposes to silence them; people decide.
// It returns how many proposals are new. An area's cards are judged by its own calls. A card that was turned down is
// proposed again by the next month's figures at the earliest.
func Propose(ctx context.Context, db *store.DB, areas *Areas, area string, now time.Time) (int, error) {
	p := areas.Of(area)
	today := civilDay(now)
	from := today - claim.Day(p.OverrideDays)
	added := 0
	err := db.Update(ctx, func(tx *store.Tx) error {
		added = 0
		rs, err := tx.RuleAnswers(Micros(from), Micros(today+1), area)
		if err != nil {
			return err
		}
		for _, r := range rs {
			if r.Answered < int64(p.OverrideMin) || r.Overridden*100 <= r.Answered*int64(p.OverrideRate) {
				continue
			}
			h := sha256.Sum256([]byte(r.Rule + "\x1f" + area + "\x1f" + today.Month().String()))
			ok, err := tx.AddProposal(store.Proposal{ID: hex.EncodeToString(h[:8]), Rule: r.Rule, Area: area, From: from.String(), To: today.String(), Shown: r.Shown,
				Answered: r.Answered, Overridden: r.Overridden, MadeAt: store.Micros(now)})
			if err != nil {
				return err
			}
			if ok {
				added++
			}
		}
		return nil
	})
	return added, err
}
