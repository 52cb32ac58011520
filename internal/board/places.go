package board

import (
	"errors"
	"strings"
)

// What is known of an institution in a month.
const (
	PlaceEnded     = "协议终止" // its agreement ended in the month
	PlaceSuspended = "协议中断" // its agreement was interrupted in the month
	PlaceCounted   = "核对"   // its sales of an audited month were held against purchases and stock
)

// PlaceMonth is something that is known of an institution in a month.
type PlaceMonth struct {
	What  string // one of the above
	Month string
	Inst  string
	Area  string
	Kind  string // fixmedins_type: 1 medical institution, 2 pharmacy
	At    string // the day, where there is one
	Note  string
}

// errNoPlaces: nothing says what institutions there are.
var errNoPlaces = errors.New("还没有导入机构、协议（institution、agreement）等表")

// placeMonths are the institutions that an indicator counts, each once: the last time in the period.
func (f *facts) placeMonths(i *Indicator) (out []PlaceMonth, err error) {
	if f.src.Places == nil {
		return nil, errNoSource
	}
	all, err := f.src.Places()
	if err == nil && all == nil {
		err = errNoPlaces
	}
	at := map[string]int{}
	for _, p := range all {
		if p.Month < f.at.From || p.Month > f.at.To || !i.of("what").holds(p.What) || !i.of("kind").holds(p.Kind) || !strings.HasPrefix(p.Area, f.scope.Admdvs) || (f.scope.Inst != "" && f.scope.Inst != p.Inst) {
			continue
		}
		k, again := at[p.Inst]
		if again {
			out[k] = p
			continue
		}
		at[p.Inst] = len(out)
		out = append(out, p)
	}
	return out, err
}
