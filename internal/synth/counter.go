package synth

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
)

// oddShops are the pharmacies of kindOddShop, by number.
const (
	nightShop = iota // nobody registered its hours
	selfShop         // a dispensing machine
	dayShop          // open round the clock
	clerkShop        // a clerk stands in for the pharmacist in the afternoon
	oddHourShops
)

// dutyHabit is how a pharmacy registers who is on duty.
type dutyHabit byte

const (
	dutyNone    dutyHabit = iota
	dutyWhole             // a pharmacist from opening until shortly before closing
	dutyOpenEnd           // clocked in and never out
	dutyClerk             // a pharmacist until noon, then a clerk
)

const (
	dutyFrom = 8*3600 + 1800
	dutyTo   = 20*3600 + 2700
)

func (i *institution) oddHours(j int) {
	i.open, i.shut = 8*3600+1800, 21*3600
	switch j {
	case nightShop:
		i.open = -1
	case selfShop:
		i.name, i.duty = "示例自助药房", dutyOpenEnd
	case dayShop:
		i.open, i.shut = 0, 24*3600
	case clerkShop:
		i.duty = dutyClerk
	}
}

// clerk of a pharmacy: registered, but no pharmacist.
func (i *institution) clerk() string { return "D" + i.code[1:] + "C" }

// onDuty writes who was on duty, day by day.
func (c *city) onDuty(o *blockOut, i *institution) {
	if i.duty == dutyNone {
		return
	}
	shift := func(d claim.Day, who string, from, to int) {
		r := o.small("duty")
		r.str(who)
		r.str(i.code)
		r.time(at(d, from))
		if to > 0 {
			r.time(at(d, to))
		} else {
			r.none()
		}
		r.str("门禁打卡")
		r.end()
	}
	staff := i.depts[0].doctors
	for d := c.first; d <= c.last; d++ {
		who := staff[int(d)%len(staff)].code
		switch i.duty {
		case dutyWhole:
			shift(d, who, dutyFrom, dutyTo)
		case dutyOpenEnd:
			shift(d, who, dutyFrom, 0)
		case dutyClerk:
			shift(d, who, dutyFrom, 12*3600+1800)
			shift(d, i.clerk(), 12*3600+1800, 21*3600)
		}
	}
}

// flags reads what the catalogue and the price list say of selling drugs.
func (ix *index) flags(pack *knowledge.Pack) error {
	each := func(name string, b []byte, f func(get func(string) string)) error {
		rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
		if err != nil || len(rows) == 0 {
			return fmt.Errorf("读取示例%s：%w", name, err)
		}
		at := map[string]int{}
		for i, h := range rows[0] {
			at[h] = i
		}
		for _, rec := range rows[1:] {
			f(func(col string) string { return rec[at[col]] })
		}
		return nil
	}
	if err := each("目录", pack.Catalogue, func(get func(string) string) {
		if it := ix.byCode[get("hilist_code")]; it != nil && get("rx_flag") == "1" {
			it.rx = true
		}
	}); err != nil {
		return err
	}
	return each("限价", pack.PriceLimit, func(get func(string) string) {
		it := ix.byCode[get("hilist_code")]
		p, err := claim.ParseDecimal(get("pric_uplmt_amt"), 6)
		if it != nil && err == nil && strings.HasPrefix(get("limit_type"), "挂网") {
			it.listed = claim.Price(p)
		}
	})
}

// atCounter says of a line what a pharmacy's till says: whether the drug needs a prescription, and if so on which it went.
func (l *line) atCounter() {
	l.rx, l.rxFlag = 0, '0'
	if l.it.rx {
		l.rx, l.rxFlag = 1, '1'
	}
}

// till stamps a purchase with the terminal and the person behind it; a family queues at one.
func (v *visit) till() {
	k := v.p.n / 4 % len(v.inst.tills)
	v.slip.dev, v.slip.opter = v.inst.tills[k], "C"+itoa(k+1)
}
