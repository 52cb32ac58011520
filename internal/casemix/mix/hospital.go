package mix

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
)

const (
	million     = 1_000_000
	heavyWeight = 2 * million // a stay of this weight or more is heavy
	minOfGroup  = 20          // stays of a group from which its tenth percentile is told
	minPeers    = 5           // hospitals of a level from which their 95th percentile is told
	minOfPeer   = 30          // grouped stays of a hospital that counts among them
)

// peer is a hospital's part of the rows of a month or window.
type peer struct {
	inst, level    string
	stays, grouped int
	ambiguous      int
	weight         int64
	heavy, severe  int
	asked          int
	fund, payable  int64
	byADRG         map[string][2]int64 // stays, weight
	byGroup        map[string][3]int64 // stays, cost, days
	leader         string
	leads          int64
}

func (p *peer) add(r *row) {
	p.stays++
	p.fund += r.fund
	p.payable += r.payable
	if r.asked {
		p.asked++
	}
	if r.ambiguous {
		p.ambiguous++
	}
	if !r.grouped {
		if p.leader == "" { // a month without a single group still has a place for what is said of it
			p.leader = r.id
		}
		return
	}
	p.grouped++
	p.weight += r.weight
	if r.weight >= heavyWeight {
		p.heavy++
	}
	if r.severe {
		p.severe++
	}
	a := p.byADRG[r.adrg]
	p.byADRG[r.adrg] = [2]int64{a[0] + 1, a[1] + r.weight}
	g := p.byGroup[r.group]
	p.byGroup[r.group] = [3]int64{g[0] + 1, g[1] + r.cost, g[2] + int64(r.los)}
	if r.weight > p.leads || p.leader == "" || p.leads == 0 {
		p.leads, p.leader = r.weight, r.id
	}
}

func peers(rows []row, lo, hi claim.Month) map[string]*peer {
	out := map[string]*peer{}
	for n := range rows {
		r := &rows[n]
		if r.month < lo || r.month > hi {
			continue
		}
		p := out[r.inst]
		if p == nil {
			p = &peer{inst: r.inst, byADRG: map[string][2]int64{}, byGroup: map[string][3]int64{}}
			out[r.inst] = p
		}
		p.level = r.level
		p.add(r)
	}
	return out
}

// hospitals fills what is told of groups and hospitals, month by month.
func (b *book) hospitals(out *rule.MixBook) {
	for lo := 0; lo < len(b.rows); {
		hi := lo
		for hi < len(b.rows) && b.rows[hi].insutype == b.rows[lo].insutype {
			hi++
		}
		for m := b.from; m <= b.to; m++ {
			b.month(out, b.rows[lo:hi], m)
		}
		lo = hi
	}
}

func (b *book) month(out *rule.MixBook, rows []row, m claim.Month) {
	now, past, year := peers(rows, m, m), peers(rows, m-window+1, m-1), peers(rows, m-window+1, m)
	var quarter map[string]*peer // that ends with the month
	if m%3 == 2 {
		quarter = peers(rows, m-2, m)
	}
	low := lows(rows, m)
	area := map[string][3]int64{}
	for _, p := range year {
		for g, s := range p.byGroup {
			a := area[g]
			area[g] = [3]int64{a[0] + s[0], a[1] + s[1], a[2] + s[2]}
		}
	}
	high := severeHigh(now)
	insutype := rows[0].insutype
	told := map[string]*rule.MixHospital{}
	for inst, p := range now {
		y, w := year[inst], past[inst]
		h := &rule.MixHospital{Month: m, Insutype: insutype, Stays: p.stays, Grouped: p.grouped, Ambiguous: p.ambiguous, Failed: p.stays - p.grouped - p.ambiguous,
			CMI: ratio(p.weight, int64(p.grouped)*million), Expected: expected(p, w), PayRatio: ratio(y.payable, y.fund), YearStays: y.grouped,
			Heavy: ratio(int64(p.heavy), int64(p.grouped)), HeavyBefore: -1, Severe: ratio(int64(p.severe), int64(p.grouped)), SevereHigh: -1,
			CostIndex: index(y, area, 1), TimeIndex: index(y, area, 2)}
		if w != nil && w.grouped >= minOfPeer {
			h.HeavyBefore = ratio(int64(w.heavy), int64(w.grouped))
		}
		if q := quarter[inst]; q != nil {
			h.QuarterStays, h.Asked = q.stays, q.asked
		}
		if v, ok := high[p.level]; ok {
			h.SevereHigh = v
		}
		told[inst] = h
	}
	for n := range rows {
		r := &rows[n]
		if r.month != m {
			continue
		}
		s := out.Stays[rule.MixKey{Inst: r.inst, Mdtrt: r.id}]
		if s == nil || s.Ref.(*held).insutype != insutype {
			continue
		}
		s.Hospital, s.Leads = told[r.inst], now[r.inst].leader == r.id
		s.Low = claim.Money(low[r.group])
	}
}

// expected is the CMI the month would have, had every ADRG the hospital's own mean weight of the months before: what is above
// it comes from inside the ADRGs. ADRGs without a past are left out of both; −1 when that leaves less than nine tenths of the stays.
func expected(p, past *peer) int64 {
	if past == nil || past.grouped < minOfPeer {
		return -1
	}
	sum, own, n := new(big.Rat), int64(0), int64(0)
	for a, s := range p.byADRG {
		w, ok := past.byADRG[a]
		if !ok {
			continue
		}
		sum.Add(sum, big.NewRat(w[1]*s[0], w[0]))
		own += s[1]
		n += s[0]
	}
	if n*10 < int64(p.grouped)*9 || own <= 0 {
		return -1
	}
	// scaled to the whole month: CMI × expected ÷ own, of the stays that can be compared
	sum.Mul(sum, big.NewRat(p.weight, own*int64(p.grouped)))
	return round(sum)
}

// index is the mean over a hospital's groups of own ÷ area, weighted by its stays; what says which sum (1 cost, 2 days).
func index(p *peer, area map[string][3]int64, what int) int64 {
	if p.grouped == 0 {
		return -1
	}
	sum := new(big.Rat)
	for g, s := range p.byGroup {
		if a := area[g]; a[what] > 0 {
			sum.Add(sum, new(big.Rat).Mul(big.NewRat(s[what], 1), big.NewRat(a[0], a[what])))
		}
	}
	return round(sum.Mul(sum, big.NewRat(million, int64(p.grouped))))
}

// ordinary is from how many days on a stay is none of the short ones that G018 asks about.
const ordinary = 3

// lows are the tenth percentiles of cost by group over the window, by nearest rank: of the group's stays of ordinary length,
// so that many cheap short stays cannot pull down the bound they are held to; of all its stays where those are too few.
func lows(rows []row, m claim.Month) map[string]int64 {
	all, long := map[string][]int64{}, map[string][]int64{}
	for n := range rows {
		r := &rows[n]
		if !r.grouped || r.month <= m-window || r.month > m {
			continue
		}
		all[r.group] = append(all[r.group], r.cost)
		if r.los >= ordinary {
			long[r.group] = append(long[r.group], r.cost)
		}
	}
	out := map[string]int64{}
	for g, c := range all {
		if len(long[g]) >= minOfGroup {
			c = long[g]
		}
		if len(c) >= minOfGroup {
			slices.Sort(c)
			out[g] = c[(len(c)+9)/10-1]
		}
	}
	return out
}

// severeHigh is the 95th percentile of the share of stays with complications, by level of hospital.
func severeHigh(now map[string]*peer) map[string]int64 {
	shares := map[string][]int64{}
	for _, p := range now {
		if p.grouped >= minOfPeer {
			shares[p.level] = append(shares[p.level], ratio(int64(p.severe), int64(p.grouped)))
		}
	}
	out := map[string]int64{}
	for l, s := range shares {
		if len(s) >= minPeers {
			slices.SortFunc(s, cmp.Compare)
			out[l] = s[(len(s)*95+99)/100-1]
		}
	}
	return out
}

// ratio a ÷ b in 1/1 000 000, half away from zero; −1 when b is 0.
func ratio(a, b int64) int64 {
	if b == 0 {
		return -1
	}
	return round(new(big.Rat).Mul(big.NewRat(a, 1), big.NewRat(million, b)))
}

func round(r *big.Rat) int64 {
	twice := new(big.Int).Lsh(r.Num(), 1)
	twice.Add(twice, r.Denom())
	return new(big.Int).Div(twice, new(big.Int).Lsh(r.Denom(), 1)).Int64()
}
