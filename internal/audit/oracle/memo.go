package oracle

import "github.com/mingjian/mingjian/internal/claim"

// memo keeps answers that would otherwise be sought again for every line of a city. It changes no answer.
type memo struct {
	owner   map[string][]string // psn_no → numbers of visits
	setls   []*setl
	seconds map[string]bool
	sold    map[string][]*line // lines by item that name a prescription
	prices  map[string][]row   // fee rows by institution and code as written or stemmed
	boxes   []*box
	reports []*boxReport
	goods   map[[2]string][]*goods
}

func (c *City) visitsOfPsn(psn string) []string {
	if c.memo.owner == nil {
		c.memo.owner = map[string][]string{}
		for _, r := range c.registered {
			c.memo.owner[r[0]] = append(c.memo.owner[r[0]], r[1])
		}
	}
	return c.memo.owner[psn]
}

// rxLines are the lines of an item that name a prescription.
func (c *City) rxLines(code string) []*line {
	if c.memo.sold == nil {
		c.memo.sold = map[string][]*line{}
		for _, l := range c.lines {
			if l.row["rxno"] != "" || l.row["hi_rxno"] != "" {
				c.memo.sold[l.code] = append(c.memo.sold[l.code], l)
			}
		}
	}
	return c.memo.sold[code]
}

// pricesOf are the fee rows of an institution whose item is the code.
func (j *judge) pricesOf(inst, code string) []row {
	if j.c.memo.prices == nil {
		j.c.memo.prices = map[string][]row{}
		for _, r := range j.c.table("fee") {
			k := r["fixmedins_code"] + "|" + j.normalise(r["hilist_code"], r["fixmedins_code"], r.time("fee_ocur_time").Day())
			j.c.memo.prices[k] = append(j.c.memo.prices[k], r)
		}
	}
	return j.c.memo.prices[inst+"|"+code]
}

// settledIn is the month of a settlement, reversed or not; 0 when there is none.
func (c *City) settledIn(id string) claim.Month {
	for _, s := range c.where("settlement", "setl_id", id) {
		if d := s.time("setl_time").Day(); id != "" && d.Has() {
			return d.Month()
		}
	}
	return 0
}

func (j *judge) showsSecondsOnce(inst string, m claim.Month) bool {
	if j.c.memo.seconds == nil {
		j.c.memo.seconds = map[string]bool{}
	}
	k := inst + m.String()
	v, ok := j.c.memo.seconds[k]
	if !ok {
		v = j.showsSeconds(inst, m)
		j.c.memo.seconds[k] = v
	}
	return v
}
