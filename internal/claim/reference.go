package claim

import (
	"cmp"
	"slices"
	"strings"
)

// Reference holds the facts that belong to no person: institutions, practitioners, the catalogue, price limits, the
// status of agreements and of payment qualifications. It is immutable once built and shared by all workers.
type Reference struct {
	ds         *Dicts
	present    map[string]bool
	insts      [][]InstRow // by institution code
	pracs      map[int32][]PracRow
	cats       map[int32][]CatRow
	catLists   map[[2]int32]bool // (area, list_type) pairs that the catalogue covers
	catAreas   map[int32]bool
	prices     map[int32][]PriceRow
	credential map[int32][]StatusRow
	agreement  map[int32][]StatusRow
	chains     map[int32][]int32
	standing
	supply  supplies
	devices map[int32][]DeviceRow
	limits  map[limitKey]Money
	duty    map[int32][]DutyRow // by institution, by begin
	recog   map[int32][]recogRow
	nocode  map[[2]int32][]NoCodeRow
	pilots  map[int32][]pilotRow
	books   bookRefs
}

// InstRow is an institution while its row is valid.
type InstRow struct {
	Name, Cate, Area, Group, Succ int32
	Type                          int8 // 1 medical institution, 2 pharmacy
	Tier                          int8 // 3, 2, 1; 0 = none or unknown
	Lon, Lat                      Price
	From, To                      Day
}

// PracRow is a practitioner's registration at one institution.
type PracRow struct {
	Inst, Dept int32
	Title      int // pro_tech_duty, −1 absent
	Kind       int // prac_psn_type: 1 doctor, 2 nurse, 3 pharmacist, −1 absent
	From, To   Day
}

// CatRow is one catalogue entry of an item.
type CatRow struct {
	Area, List, Generic, ATC, Medc, Dosform int32
	PacUnit, PrepUnit, DDDUnit, PricingUnit int32
	PartGroup                               int32
	PacCnt, DDD                             Qty
	Class                                   int // chrgitm_lv 1–3, −1 absent
	Narcotic                                bool
	OTC                                     bool // sold without a prescription
	NoTrace                                 bool // exempt from trace codes
	From, To                                Day
}

// PriceRow is a price limit. Tier 0 holds for all levels, −1 for none of them.
type PriceRow struct {
	Area, Kind int32
	Tier       int8
	Limit      Price
	From, To   Day
}

// StatusRow is a status while it lasts: 1 in force, 2 suspended, 3 ended.
type StatusRow struct {
	Stas     int
	From, To Day
}

// NewReference builds the reference from whole tables; nil batches are absent tables.
func NewReference(v *Vocab, table func(name string) *Batch) *Reference {
	r := &Reference{ds: v.ds, present: map[string]bool{}, pracs: map[int32][]PracRow{}, cats: map[int32][]CatRow{},
		catLists: map[[2]int32]bool{}, catAreas: map[int32]bool{}, prices: map[int32][]PriceRow{}, credential: map[int32][]StatusRow{},
		agreement: map[int32][]StatusRow{}, chains: map[int32][]int32{}}
	r.insts = make([][]InstRow, v.ds[DictInst].Len())
	r.each("institution", table, func(g rowGetter) {
		c := g.code("fixmedins_code")
		r.insts[c] = append(r.insts[c], InstRow{Name: g.code("fixmedins_name"), Cate: g.code("medins_cate"), Area: g.code("admdvs"),
			Group: g.code("group_no"), Succ: g.code("succ_code"), Type: int8(v.Num(g.code("fixmedins_type"))), Tier: TierOf(v.Str(g.code("hosp_lv"))),
			Lon: Price(g.wide("lon")), Lat: Price(g.wide("lat")), From: g.from(), To: g.to()})
	})
	r.each("practitioner", table, func(g rowGetter) {
		c := g.code("prac_psn_code")
		r.pracs[c] = append(r.pracs[c], PracRow{Inst: g.code("fixmedins_code"), Dept: g.code("dept_codg"),
			Title: v.Num(g.code("pro_tech_duty")), Kind: v.Num(g.code("prac_psn_type")), From: g.from(), To: g.to()})
	})
	r.each("catalogue", table, func(g rowGetter) {
		c := g.code("hilist_code")
		row := CatRow{Area: g.code("admdvs"), List: g.code("list_type"), Generic: g.code("generic_name"), ATC: g.code("atc"),
			Medc: g.code("medc_way"), Dosform: g.code("dosform"), PacUnit: g.code("min_pacunt"), PrepUnit: g.code("min_prepunt"),
			DDDUnit: g.code("ddd_unt"), PricingUnit: g.code("pricing_unit"), PartGroup: g.code("part_group"),
			PacCnt: Qty(g.wide("min_pac_cnt")), DDD: Qty(g.wide("ddd")), Class: v.Num(g.code("chrgitm_lv")),
			Narcotic: v.Flag(g.code("narc_flag")), OTC: yes(v.Str(g.code("otc_flag"))), NoTrace: yes(v.Str(g.code("trac_exempt"))), From: g.from(), To: g.to()}
		r.cats[c] = append(r.cats[c], row)
		r.catLists[[2]int32{row.Area, row.List}] = true
		r.catAreas[row.Area] = true
	})
	r.each("price_limit", table, func(g rowGetter) {
		c := g.code("hilist_code")
		r.prices[c] = append(r.prices[c], PriceRow{Area: g.code("admdvs"), Kind: g.code("limit_type"), Tier: limitTier(v.Str(g.code("hosp_lv"))),
			Limit: Price(g.wide("pric_uplmt_amt")), From: g.from(), To: g.to()})
	})
	r.each("credential", table, func(g rowGetter) {
		c := g.code("prac_psn_code")
		r.credential[c] = append(r.credential[c], StatusRow{v.Num(g.code("stas")), g.from(), g.to()})
	})
	r.each("agreement", table, func(g rowGetter) {
		c := g.code("fixmedins_code")
		r.agreement[c] = append(r.agreement[c], StatusRow{v.Num(g.code("stas")), g.from(), g.to()})
	})
	r.readStanding(table)
	r.supply.read(r, table)
	r.readDevices(table)
	r.readLimits(table)
	r.readDuty(table)
	r.readRecog(table)
	r.readNoCode(table)
	r.readPilots(table)
	r.latestFirst()
	r.readBooks(table)
	return r
}

// latestFirst puts the row that began last before those that it follows: an old row is often left without an end, and the
// order of the file says nothing.
func (r *Reference) latestFirst() {
	for _, rows := range r.insts {
		slices.SortStableFunc(rows, func(x, y InstRow) int { return cmp.Compare(y.From, x.From) })
	}
	for _, rows := range r.pracs {
		slices.SortStableFunc(rows, func(x, y PracRow) int { return cmp.Compare(y.From, x.From) })
	}
	for _, rows := range r.cats {
		slices.SortStableFunc(rows, func(x, y CatRow) int { return cmp.Compare(y.From, x.From) })
	}
	for _, rows := range r.prices {
		slices.SortStableFunc(rows, func(x, y PriceRow) int { return cmp.Compare(y.From, x.From) })
	}
}

type rowGetter struct {
	b   *Batch
	row int
}

func (g rowGetter) code(col string) int32 { return g.b.I32(g.b.Table.MustCol(col), g.row) }
func (g rowGetter) wide(col string) int64 { return g.b.I64(g.b.Table.MustCol(col), g.row) }
func (g rowGetter) from() Day             { return Day(g.code("begndate")) }
func (g rowGetter) to() Day {
	if d := Day(g.code("enddate")); d != NoDay {
		return d
	}
	return OpenDay
}

func (r *Reference) each(name string, table func(string) *Batch, f func(rowGetter)) {
	b := table(name)
	if b == nil || b.N == 0 {
		return
	}
	r.present[name] = true
	for i := 0; i < b.N; i++ {
		f(rowGetter{b, i})
	}
}

// TierOf a hosp_lv: 01–04 → 3 (三级), 05–07 → 2, 08–10 → 1; single digits count from the top, 1 三级, 2 二级, 3 一级; anything else 0.
func TierOf(lv string) int8 {
	switch lv {
	case "01", "02", "03", "04", "1":
		return 3
	case "05", "06", "07", "2":
		return 2
	case "08", "09", "10", "3":
		return 1
	}
	return 0
}

// limitTier is the tier a price limit holds for: a level that is none (11) or unreadable is not "all levels".
func limitTier(lv string) int8 {
	if t := TierOf(lv); t != 0 || lv == "" {
		return t
	}
	return -1
}

// Present tells whether a reference table has rows.
func (r *Reference) Present(table string) bool { return r.present[table] }

// InstOn is the institution's row valid on a day, the latest begun of several, else its latest; nil when unknown.
func (r *Reference) InstOn(inst int32, d Day) *InstRow {
	if inst <= 0 || int(inst) >= len(r.insts) {
		return nil
	}
	var last *InstRow
	rows := r.insts[inst]
	for i := range rows {
		x := &rows[i]
		if (x.From == NoDay || x.From <= d) && d <= x.To {
			return x
		}
		if last == nil || x.From > last.From {
			last = x
		}
	}
	return last
}

// Chain of an area: itself, its city, its province and the nation (100000, 000000 or none, code 0), as codes; −1 where the
// dictionaries lack one.
func (r *Reference) Chain(area int32) []int32 {
	if c, ok := r.chains[area]; ok {
		return c
	}
	return chainOf(r.ds[DictList], area)
}

// Prepare caches the chains of all institutions' areas.
func (r *Reference) Prepare() *Reference {
	for _, rows := range r.insts {
		for _, x := range rows {
			if _, ok := r.chains[x.Area]; !ok {
				r.chains[x.Area] = chainOf(r.ds[DictList], x.Area)
			}
		}
	}
	r.chains[0] = []int32{0}
	return r
}

func chainOf(d *Dict, area int32) []int32 {
	s := d.String(area)
	var out []int32
	if s != "" {
		out = append(out, area)
	}
	for _, n := range []int{4, 2} {
		if len(s) == 6 {
			up := s[:n] + strings.Repeat("0", 6-n)
			if up != s {
				out = append(out, d.Find(up))
			}
		}
	}
	for _, nation := range []string{"100000", "000000"} {
		if c := d.Find(nation); c > 0 {
			out = append(out, c)
		}
	}
	return append(out, 0)
}

// CatOn is the catalogue entry of an item for an area on a day, the most specific area first.
func (r *Reference) CatOn(item, area int32, d Day) *CatRow {
	rows := r.cats[item]
	if len(rows) == 0 {
		return nil
	}
	for _, a := range r.Chain(area) {
		for i := range rows {
			if x := &rows[i]; x.Area == a && x.From <= d && d <= x.To {
				return x
			}
		}
	}
	return nil
}

// CatRows are all entries of an item.
func (r *Reference) CatRows(item int32) []CatRow { return r.cats[item] }

// CatCovers tells whether the catalogue has any entry of the list type for the area or above it.
func (r *Reference) CatCovers(area, list int32) bool {
	for _, a := range r.Chain(area) {
		if r.catLists[[2]int32{a, list}] {
			return true
		}
	}
	return false
}

// CatReaches tells whether the catalogue has any entry at all for the area or above it.
func (r *Reference) CatReaches(area int32) bool {
	for _, a := range r.Chain(area) {
		if r.catAreas[a] {
			return true
		}
	}
	return false
}

// InstRows are all versions of an institution.
func (r *Reference) InstRows(inst int32) []InstRow {
	if inst <= 0 || int(inst) >= len(r.insts) {
		return nil
	}
	return r.insts[inst]
}

// PriceOn is the price limit of an item for an area, level and day, most specific area first, a named level before all
// levels; nil when there is none. keep chooses by limit_type.
func (r *Reference) PriceOn(item, area int32, tier int8, d Day, keep func(kind int32) bool) *PriceRow {
	rows := r.prices[item]
	if len(rows) == 0 {
		return nil
	}
	for _, a := range r.Chain(area) {
		for _, t := range [2]int8{tier, 0} {
			for i := range rows {
				if x := &rows[i]; x.Area == a && x.Tier == t && x.From <= d && d <= x.To && keep(x.Kind) {
					return x
				}
			}
		}
	}
	return nil
}

// Priced tells whether any price limit names the item.
func (r *Reference) Priced(item int32) bool { return len(r.prices[item]) > 0 }

// Credential is the practitioner's suspension or end that covers the day, nil when in good standing or unknown.
func (r *Reference) Credential(prac int32, d Day) *StatusRow { return badStatus(r.credential[prac], d) }

// Agreement is the institution's suspension or end that covers the day.
func (r *Reference) Agreement(inst int32, d Day) *StatusRow { return badStatus(r.agreement[inst], d) }

func badStatus(rows []StatusRow, d Day) *StatusRow {
	for i := range rows {
		if x := &rows[i]; x.Stas != 1 && x.From <= d && d <= x.To {
			return x
		}
	}
	return nil
}

// PracOn is the practitioner's registration on a day, the one at the institution first.
func (r *Reference) PracOn(prac, inst int32, d Day) *PracRow {
	var other *PracRow
	rows := r.pracs[prac]
	for i := range rows {
		x := &rows[i]
		if (x.From != NoDay && d < x.From) || d > x.To {
			continue
		}
		if x.Inst == inst {
			return x
		}
		if other == nil {
			other = x
		}
	}
	return other
}
