package rule

import (
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/trace/life"
)

// BookCodeMonths is how many months before a finding's month sales of the same box are looked at; BookStockMonths how many
// months the ledger of stock reaches back for its last stock-taking.
const (
	BookCodeMonths  = 12
	BookStockMonths = 3
)

// codeRow is a report about one box, or a drug line that bears no code.
type codeRow struct {
	life.Event
	code    string // canonical text, "" without a code
	form    life.Form
	reason  string // of a code that is none
	setl    uint64
	visit   uint64
	sn      string // of the fee line; "" when another channel reports
	item    int32
	boxes   int64 // codes on the line
	list    int16
	month   claim.Month // of the settlement, 0 unknown
	lot     string
	batch   string // fixmedins_bchno, of a sale whose lot or expiry its upload does not say
	expiry  claim.Day
	made    claim.Day
	prefix  string
	doc     string // retail or purchase document, for the finding's text
	setting claim.Setting
}

// goodsRow is a movement of stock, in packs or pieces (1e-4).
type goodsRow struct {
	inst, item int32
	at         claim.Time
	kind       goodsKind
	qty        claim.Qty
	price      claim.Price
	setl       uint64
	sn         string
	month      claim.Month
	list       int16
}

type goodsKind uint8

const (
	goodsCounted goodsKind = iota + 1 // stock-taking
	goodsIn                           // purchase, or less: returned to the supplier
	goodsChanged                      // movement with its sign
	goodsSold                         // billed
	goodsSoldOwn                      // sold without insurance
)

// codeBook is what a Book holds of codes and stock.
type codeBook struct {
	rows  []codeRow
	goods []goodsRow
	lots  []lotRow
	// batches are what purchases say of batch numbers (fixmedins_bchno).
	batches map[batchKey]batchSaid
	dead    map[uint64]bool // settlements that were reversed
	coded   map[int32][2]int64
	lives   []boxLife
	since   map[int32]claim.Day // institution → first purchase reported
	until   map[int32]claim.Day // institution → last day of its uploads of stock, nil until asked for
	marks   map[uint64][]lineMark
	visits  map[uint64][]lineMark
}

// boxLife is the life of one box with the rows it was read from.
type boxLife struct {
	life.Life
	rows   []codeRow
	device bool
}

// lineMark is a card's verdict on a line of a settlement: the line named, else the first of the item.
type lineMark struct {
	card     int
	sn       string
	item     int32
	unit     string
	num, den int64
	severity int
	facts    []Fact
	pts      []int32
}

// batchKey is a batch number of an institution's item.
type batchKey struct {
	inst, item int32
	batch      string
}

func newCodeBook() codeBook {
	return codeBook{batches: map[batchKey]batchSaid{}, dead: map[uint64]bool{}, coded: map[int32][2]int64{}, since: map[int32]claim.Day{}, marks: map[uint64][]lineMark{}, visits: map[uint64][]lineMark{}}
}

var tracCol = claim.MustTable("fee").MustCol("drug_trac_codg")

// AddCodes gathers from persons' bills the codes on fee lines, the lines without one, and what was billed of goods.
func (k *Book) AddCodes(sources []claim.Source) {
	if k.rows&(BookCodes|BookStock) == 0 {
		return
	}
	as := claim.NewAssembler(k.b.Vocab, sources, k.to.Last())
	var setls, implants []*claim.Batch
	for _, s := range sources {
		switch s.Batch.Table.Name {
		case "settlement":
			setls = append(setls, s.Batch)
		case "implant":
			implants = append(implants, s.Batch)
		}
	}
	fee := claim.MustTable("fee")
	split, unit, rx := fee.MustCol("trdn_flag"), fee.MustCol("cnt_unt"), fee.MustCol("hi_rxno")
	for {
		t, ok := as.Next()
		if !ok {
			return
		}
		live := map[uint64]bool{}
		for i := range t.Setls {
			live[t.Setls[i].Key] = true
		}
		g := careRows{k: k, t: t}
		g.own(setls, func(b *claim.Batch, r int) {
			if key := b.Setl[r]; key != 0 && !live[key] {
				k.codes.dead[key] = true
			}
		})
		for i := range t.Lines {
			l := &t.Lines[i]
			if l.Setl < 0 || l.Visit < 0 || (l.List != 101 && l.List != 301) || l.Cnt <= 0 {
				continue
			}
			s, v := &t.Setls[l.Setl], &t.Visits[l.Visit]
			item := k.b.canonical(l.Item)
			cat := k.cat(item, l.Inst, l.Time.Day())
			part := k.b.Vocab.Flag(t.I32(l, split)) || inParts(cat, t.I32(l, unit))
			if k.rows&BookStock != 0 {
				if q := packs(cat, l.Cnt, part, t.I32(l, unit)); q != claim.None64 {
					g := goodsRow{inst: l.Inst, item: item, at: l.Time, kind: goodsSold, qty: q, price: l.Pric, setl: s.Key,
						sn: strings.Clone(t.FeedetlSn(l)), month: l.Month, list: l.List}
					k.codes.goods = append(k.codes.goods, g)
					if k.lots {
						k.lot(g, "", "", claim.NoDay, life.Codes(t.Str(l, tracCol)), v.Key, false)
					}
				}
			}
			if k.rows&BookCodes == 0 {
				continue
			}
			row := codeRow{setl: s.Key, visit: v.Key, sn: strings.Clone(t.FeedetlSn(l)), item: item, list: l.List, month: l.Month, expiry: claim.NoDay,
				made: claim.NoDay, setting: v.Setting}
			row.Event = life.Event{Kind: life.Sold, Via: life.ByFee, At: l.Time, Inst: l.Inst, Pers: t.Pers, Split: part, Paid: true,
				Ward: v.Setting&claim.Inpatient != 0}
			row.Docs[life.DocSetl], row.Docs[life.DocMdtrt] = s.Key, v.Key
			if h := t.Str(l, rx); h != "" {
				row.Docs[life.DocRx] = claim.KeyOf(h)
			}
			codes := life.Codes(t.Str(l, tracCol))
			if l.Cnt < l.Gross && len(codes) > 1 {
				continue // some were returned and nothing says which
			}
			k.addCodes(row, codes, units(cat, l.Cnt, part, t.I32(l, unit)))
		}
		g.own(implants, func(b *claim.Batch, r int) { k.addImplant(t, b, r) })
	}
}

// addCodes adds a row for each code of a line; n is the line's quantity in smallest units when parts of packs were sold.
func (k *Book) addCodes(row codeRow, codes []life.Code, n claim.Qty) {
	if len(codes) == 0 {
		if row.month >= k.from && row.month <= k.to {
			k.codes.rows = append(k.codes.rows, row)
		}
		return
	}
	row.boxes = int64(len(codes))
	row.Qty = claim.None64
	if row.Split && n != claim.None64 {
		row.Qty = n / claim.Qty(len(codes))
	}
	for i := range codes {
		c, one := &codes[i], row // what one code says of its lot and expiry holds for its own box only
		one.code, one.form, one.reason, one.prefix = strings.Clone(c.Text), c.Form, c.Reason, strings.Clone(c.Prefix)
		one.Key = life.KeyOf(c.Text)
		if c.Lot != "" { // what the maker printed goes before what a clerk typed
			one.lot = strings.Clone(c.Lot)
		}
		if c.Expiry != claim.NoDay {
			one.expiry = c.Expiry
		}
		k.codes.rows = append(k.codes.rows, one)
	}
}

// addImplant adds an implant's device identifier. One on the fee line as well is the same use: the visit says so.
func (k *Book) addImplant(t *claim.Timeline, b *claim.Batch, r int) {
	c := life.Parse(b.Str(b.Table.MustCol("udi"), r))
	if !c.Valid() || k.rows&BookCodes == 0 {
		return
	}
	for vi := range t.Visits {
		v := &t.Visits[vi]
		if v.Key != b.Visit[r] || v.Out {
			continue
		}
		at := claim.Time(b.I64(b.Table.MustCol("used_time"), r))
		if !at.Has() {
			at = v.Begin
		}
		row := codeRow{visit: v.Key, item: k.b.canonical(b.I32(b.Table.MustCol("hilist_code"), r)), list: 301, expiry: claim.NoDay, made: claim.NoDay, setting: v.Setting}
		if v.FirstSetl >= 0 {
			row.setl, row.month = t.Setls[v.FirstSetl].Key, v.Month
		}
		row.Event = life.Event{Kind: life.Sold, Via: life.BySale, At: at, Inst: v.Inst, Pers: t.Pers, Paid: true, Qty: claim.None64}
		row.Docs[life.DocMdtrt] = v.Key
		k.addCodes(row, []life.Code{c}, claim.None64)
	}
}

func (k *Book) cat(item, inst int32, d claim.Day) *claim.CatRow {
	area := int32(0)
	if x := k.b.Ref.InstOn(inst, d); x != nil {
		area = x.Area
	}
	return k.b.Ref.CatOn(item, area, d)
}

// inParts tells that a quantity is counted in the smallest unit of a pack that holds several.
func inParts(cat *claim.CatRow, unit int32) bool {
	return cat != nil && unit != 0 && unit == cat.PrepUnit && unit != cat.PacUnit && cat.PacCnt > claim.QtyOne
}

// units is a quantity in smallest units, None64 when it cannot be known.
func units(cat *claim.CatRow, n claim.Qty, part bool, unit int32) claim.Qty {
	switch {
	case !part:
		return claim.None64
	case cat != nil && unit != 0 && unit == cat.PacUnit && cat.PacCnt.Has():
		return claim.Qty(claim.MulDiv(int64(n), int64(cat.PacCnt), int64(claim.QtyOne)))
	}
	return n
}

// packs is a quantity in packs: the ledger's measure for what is bought in packs. Parts of a pack of unknown size cannot be
// counted.
func packs(cat *claim.CatRow, n claim.Qty, part bool, unit int32) claim.Qty {
	switch {
	case !part, cat != nil && unit != 0 && unit == cat.PacUnit:
		return n
	case cat == nil || !cat.PacCnt.Has() || cat.PacCnt <= 0:
		return claim.None64
	}
	return claim.Qty(claim.MulDiv(int64(n), int64(claim.QtyOne), int64(cat.PacCnt)))
}

// AddGoods gathers uploads of institutions: sale, purchase, stock and stock_change. Rows of a table must come in one batch.
func (k *Book) AddGoods(bs ...*claim.Batch) {
	if k.rows&(BookCodes|BookStock) == 0 {
		return
	}
	for _, b := range bs {
		if b == nil {
			continue
		}
		switch b.Table.Name {
		case "sale":
			k.AddSales([]*claim.Batch{b})
		case "purchase":
			k.addPurchases(b)
		case "stock":
			k.addCounts(b)
		case "stock_change":
			k.addChanges(b)
		}
	}
}

// saleDoc names a retail document of an institution.
func (k *Book) saleDoc(inst int32, doc string) uint64 {
	if doc == "" {
		return 0
	}
	return claim.KeyOf(k.b.ds[claim.DictInst].String(inst) + "\x1f" + doc)
}

// named is what a return without a code says of its sale.
type named struct {
	doc  uint64
	item int32
}

// AddSales gathers the uploads of sales; all of them together, because a return names its sale.
func (k *Book) AddSales(bs []*claim.Batch) {
	if k.rows&(BookCodes|BookStock) == 0 {
		return
	}
	asked := map[named][]life.Code{}
	for pass := range 2 {
		for _, b := range bs {
			col := b.Table.MustCol
			for r := range b.N {
				doc, back := "rtal_docno", claim.Qty(b.I64(col("sel_retn_cnt"), r)) < 0
				if back {
					doc = "medins_prod_sel_no"
				}
				n := named{k.saleDoc(b.I32(col("fixmedins_code"), r), b.Str(col(doc), r)), k.b.canonical(b.I32(col("med_list_codg"), r))}
				code := b.Str(col("drug_trac_codg"), r)
				if _, ok := asked[n]; pass == 0 && back && code == "" {
					asked[n] = nil
				} else if pass == 1 && !back && ok {
					asked[n] = append(asked[n], life.Codes(code)...)
				}
			}
		}
	}
	for _, b := range bs {
		k.addSales(b, asked)
	}
}

func (k *Book) addSales(b *claim.Batch, asked map[named][]life.Code) {
	col := b.Table.MustCol
	cInst, cDoc, cItem, cCnt, cAt, cCode, cOf := col("fixmedins_code"), col("rtal_docno"), col("med_list_codg"), col("sel_retn_cnt"),
		col("sel_retn_time"), col("drug_trac_codg"), col("medins_prod_sel_no")
	cSplit, cLot, cExp, cMade, cRx, cType, cPrice := col("trdn_flag"), col("manu_lotnum"), col("expy_end"), col("manu_date"), col("hi_rxno"), col("mdtrt_setl_type"), col("finl_trns_pric")
	cMd, cSetl, cBatch := col("mdtrt_id"), col("setl_id"), col("fixmedins_bchno")
	for r := range b.N {
		inst, item, at := b.I32(cInst, r), k.b.canonical(b.I32(cItem, r)), claim.Time(b.I64(cAt, r))
		cnt, part := claim.Qty(b.I64(cCnt, r)), k.b.Vocab.Flag(b.I32(cSplit, r))
		own := k.b.Vocab.Num(b.I32(cType, r)) == 2 || b.Str(cSetl, r) == "" && b.Str(cMd, r) == ""
		if q := packs(k.cat(item, inst, at.Day()), cnt, part, 0); k.rows&BookStock != 0 && q != claim.None64 {
			g := goodsRow{inst: inst, item: item, at: at, kind: goodsSoldOwn, qty: q, price: claim.Price(b.I64(cPrice, r))}
			if own {
				k.codes.goods = append(k.codes.goods, g)
			}
			if k.lots && (own || cnt > 0 && b.Str(cBatch, r)+b.Str(cLot, r) != "") {
				g.setl = claim.KeyOf(b.Str(cSetl, r))
				k.lot(g, b.Str(cBatch, r), b.Str(cLot, r), claim.Day(b.I32(cExp, r)), life.Codes(b.Str(cCode, r)), claim.KeyOf(b.Str(cMd, r)), !own)
			}
		}
		if k.rows&BookCodes == 0 {
			continue
		}
		row := codeRow{item: item, list: 101, lot: strings.Clone(b.Str(cLot, r)), expiry: claim.Day(b.I32(cExp, r)), made: claim.Day(b.I32(cMade, r)),
			doc: strings.Clone(b.Str(cDoc, r))}
		if row.lot == "" || row.expiry == claim.NoDay {
			row.batch = strings.Clone(b.Str(cBatch, r))
		}
		row.Event = life.Event{Kind: life.Sold, Via: life.BySale, At: at, Inst: inst, Split: part, Paid: !own, Qty: claim.None64}
		if b.Pers != nil {
			row.Pers = b.Pers[r]
		}
		if s := b.Str(cSetl, r); s != "" {
			row.setl = claim.KeyOf(s)
			row.Docs[life.DocSetl] = row.setl
		}
		if s := b.Str(cMd, r); s != "" {
			row.visit = claim.KeyOf(s)
			row.Docs[life.DocMdtrt] = row.visit
		}
		if s := b.Str(cRx, r); s != "" {
			row.Docs[life.DocRx] = claim.KeyOf(s)
		}
		row.Docs[life.DocShop] = k.saleDoc(inst, row.doc)
		codes := life.Codes(b.Str(cCode, r))
		if cnt < 0 {
			row.Kind, row.Of = life.Returned, k.saleDoc(inst, b.Str(cOf, r))
			if row.Docs[life.DocShop] == row.Of || row.Of != 0 {
				row.Docs[life.DocShop] = 0 // the return's own number is not the sale's
			}
			if len(codes) == 0 {
				codes = asked[named{row.Of, item}]
			}
		}
		if len(codes) == 0 {
			if cnt > 0 && row.setl != 0 {
				row.sn = noLine
				k.codes.rows = append(k.codes.rows, row)
			}
			continue
		}
		n := cnt
		if n < 0 {
			n = -n
		}
		k.addCodes(row, codes, n)
	}
}

// noLine marks a row of the sales upload that bears no code: it says lot and expiry of a line, not that a code is missing.
const noLine = "\x00"

func (k *Book) addPurchases(b *claim.Batch) {
	col := b.Table.MustCol
	cInst, cItem, cCnt, cAt, cCode := col("fixmedins_code"), col("med_list_codg"), col("purc_retn_cnt"), col("purc_retn_stoin_time"), col("drug_trac_codg")
	for r := range b.N {
		inst, item, at, cnt := b.I32(cInst, r), k.b.canonical(b.I32(cItem, r)), claim.Time(b.I64(cAt, r)), claim.Qty(b.I64(cCnt, r))
		if d := at.Day(); cnt > 0 && d.Has() {
			if f, ok := k.codes.since[inst]; !ok || d < f {
				k.codes.since[inst] = d
			}
		}
		codes := life.Codes(b.Str(cCode, r))
		if k.rows&BookStock != 0 {
			g := goodsRow{inst: inst, item: item, at: at, kind: goodsIn, qty: cnt, price: claim.Price(b.I64(col("finl_trns_pric"), r))}
			k.codes.goods = append(k.codes.goods, g)
			k.lot(g, b.Str(col("fixmedins_bchno"), r), b.Str(col("manu_lotnum"), r), claim.Day(b.I32(col("expy_end"), r)), codes, 0, false)
		}
		if cnt > 0 {
			n := k.codes.coded[inst]
			n[1]++
			if len(codes) > 0 {
				n[0]++
			}
			k.codes.coded[inst] = n
		}
		if k.rows&BookCodes == 0 {
			continue
		}
		row := codeRow{item: item, lot: strings.Clone(b.Str(col("manu_lotnum"), r)), expiry: claim.Day(b.I32(col("expy_end"), r)),
			made: claim.Day(b.I32(col("manu_date"), r)), doc: strings.Clone(b.Str(col("purc_no"), r))}
		if n := b.Str(col("fixmedins_bchno"), r); n != "" && cnt > 0 && (row.lot != "" || row.expiry != claim.NoDay) {
			key := batchKey{inst, item, strings.Clone(n)}
			said, ok := k.codes.batches[key]
			if !ok {
				said.expiry = claim.NoDay
			}
			said.add(row.lot, row.expiry)
			k.codes.batches[key] = said
		}
		row.Event = life.Event{Kind: life.Bought, At: at, Inst: inst}
		if cnt < 0 {
			row.Kind = life.SentBack
		}
		for i := range codes {
			if codes[i].Valid() {
				k.addCodes(row, codes[i:i+1], claim.None64)
			}
		}
	}
}

func (k *Book) addCounts(b *claim.Batch) {
	col := b.Table.MustCol
	sums := map[goodsRow]claim.Qty{} // batches of an item counted on one day
	for r := range b.N {
		d := claim.Day(b.I32(col("invdate"), r))
		key := goodsRow{inst: b.I32(col("fixmedins_code"), r), item: k.b.canonical(b.I32(col("med_list_codg"), r)), at: d.Start(), kind: goodsCounted}
		n := claim.Qty(b.I64(col("inv_cnt"), r))
		sums[key] += n
		key.qty = n
		k.lot(key, b.Str(col("fixmedins_bchno"), r), "", claim.Day(b.I32(col("expy_end"), r)), nil, 0, false)
	}
	for g, n := range sums {
		g.qty = n
		k.codes.goods = append(k.codes.goods, g)
	}
}

// changes of stock: what comes in, what goes out. 106 and 107 are what the institution calls other.
var changeSign = map[int]int{101: 1, 102: -1, 103: 1, 104: -1, 105: -1, 106: 1, 107: -1, 110: 1, 111: -1}

func (k *Book) addChanges(b *claim.Batch) {
	col := b.Table.MustCol
	for r := range b.N {
		inst, item := b.I32(col("fixmedins_code"), r), k.b.canonical(b.I32(col("med_list_codg"), r))
		at, kind, n := claim.Time(b.I64(col("inv_chg_time"), r)), k.b.Vocab.Num(b.I32(col("inv_chg_type"), r)), claim.Qty(b.I64(col("cnt"), r))
		if sign := changeSign[kind]; sign != 0 && k.rows&BookStock != 0 { // 108 and 109 repeat the purchase
			if n < 0 {
				n = -n
			}
			g := goodsRow{inst: inst, item: item, at: at, kind: goodsChanged, qty: n * claim.Qty(sign)}
			k.codes.goods = append(k.codes.goods, g)
			if k.lots {
				k.lot(g, "", "", claim.NoDay, life.Codes(b.Str(col("drug_trac_codg"), r)), 0, false)
			}
		}
		to := map[int]life.Kind{101: life.MovedIn, 103: life.MovedIn, 106: life.MovedIn, 108: life.Bought, 110: life.MovedIn, 102: life.MovedOut, 107: life.MovedOut,
			109: life.SentBack, 111: life.SentBack, 104: life.Destroyed, 105: life.Destroyed}[kind]
		if to == 0 || k.rows&BookCodes == 0 {
			continue
		}
		row := codeRow{item: item, expiry: claim.NoDay, made: claim.NoDay, doc: strings.Clone(b.Str(col("chg_no"), r))}
		row.Event = life.Event{Kind: to, At: at, Inst: inst}
		for _, c := range life.Codes(b.Str(col("drug_trac_codg"), r)) {
			if c.Valid() {
				k.addCodes(row, []life.Code{c}, claim.None64)
			}
		}
	}
}

// lives reads the coded rows into lives, once for all cards.
func (k *Book) boxes() []boxLife {
	c := &k.codes
	if c.lives != nil || len(c.rows) == 0 {
		return c.lives
	}
	c.rows = slices.DeleteFunc(c.rows, func(r codeRow) bool { return r.Kind == life.Sold && r.setl != 0 && c.dead[r.setl] })
	rows := slices.Clone(c.rows)
	rows = slices.DeleteFunc(rows, func(r codeRow) bool { return r.form < life.Drug20 })
	slices.SortStableFunc(rows, func(x, y codeRow) int { return strings.Compare(x.code, y.code) })
	c.lives = []boxLife{}
	for lo := 0; lo < len(rows); {
		hi := lo
		for hi < len(rows) && rows[hi].code == rows[lo].code {
			hi++
		}
		b := boxLife{rows: rows[lo:hi]}
		evs := make([]life.Event, hi-lo)
		for i := range evs {
			evs[i] = b.rows[i].Event
			evs[i].Row = int32(i)
			b.device = b.device || b.rows[i].list == 301
		}
		b.Life = life.Of(evs)
		c.lives = append(c.lives, b)
		lo = hi
	}
	return c.lives
}

// place is what life must know of an institution.
func (k *Book) place(inst int32) life.Place {
	x := k.b.Ref.InstOn(inst, k.to.Last())
	if x == nil {
		return life.Place{}
	}
	p := life.Place{Area: k.b.ds[claim.DictList].String(x.Area), Hospital: x.Type == 1}
	if g := k.b.ds[claim.DictList].String(x.Group); g != "" {
		p.Group = x.Group
	}
	return p
}

// line is the row of a sale that a finding points at: the fee line, else the settlement that the upload names.
func (b *boxLife) line(s *life.Sale) *codeRow {
	var best *codeRow
	for _, i := range s.Rows {
		r := &b.rows[i]
		switch {
		case r.Via == life.ByFee:
			return r
		case r.setl != 0 && (best == nil || best.setl == 0), best == nil && r.visit != 0:
			best = r
		}
	}
	return best
}

// markLine leaves a verdict on the line of a row.
func (k *Book) markLine(c *compiled, r *codeRow, m lineMark) {
	m.card, m.sn, m.item = c.idx, r.sn, r.item
	if m.sn == noLine {
		m.sn = ""
	}
	if m.den == 0 {
		m.num, m.den = 1, max(1, r.boxes)
	}
	switch {
	case r.setl != 0:
		k.codes.marks[r.setl] = append(k.codes.marks[r.setl], m)
	case r.visit != 0:
		k.codes.visits[r.visit] = append(k.codes.visits[r.visit], m)
	}
}

// lineMarks turns the marks on lines of the person's bills into hits.
func (e *Eval) lineMarks() {
	cb := &e.b.book.codes
	used := map[markedLine]bool{}
	for li := range e.t.Lines {
		l := &e.t.Lines[li]
		if l.Setl < 0 || !e.inRange(l.Month) {
			continue
		}
		for _, m := range cb.marks[e.t.Setls[l.Setl].Key] {
			e.lineMark(&m, int32(li), false, used)
		}
		if l.Visit >= 0 {
			for _, m := range cb.visits[e.t.Visits[l.Visit].Key] {
				e.lineMark(&m, int32(li), true, used)
			}
		}
	}
}

// markedLine is a line that a card has found fault with, and for what: two channels may report one code.
type markedLine struct {
	card, line int32
	unit       string
}

// lineMark finds fault with a line that a mark names. byVisit: the report names a visit and no settlement, however many the visit has.
func (e *Eval) lineMark(m *lineMark, li int32, byVisit bool, used map[markedLine]bool) {
	l := &e.t.Lines[li]
	c := e.b.cards[m.card]
	switch {
	case m.sn != "" && e.t.FeedetlSn(l) != m.sn, m.sn == "" && e.b.canonical(l.Item) != m.item:
		return
	case l.InScope <= 0 || !e.active[m.card] || e.unfitInst(c, l.Inst) || e.exempt(c, l.Visit):
		return
	}
	if m.sn == "" { // the upload names no line: one line of the item answers for it
		first := int32(-1)
		for i := range e.t.Lines {
			if o := &e.t.Lines[i]; o.VisitKey == l.VisitKey && (o.Setl == l.Setl || (byVisit && o.Setl >= 0)) && e.b.canonical(o.Item) == m.item && o.InScope > 0 {
				first = int32(i)
				break
			}
		}
		if first != li {
			return
		}
	}
	if u := (markedLine{int32(m.card), li, m.unit}); used[u] {
		return
	} else {
		used[u] = true
	}
	facts := append([]Fact{{"项目", e.itemName(l)}, {"日期", l.Time.Day().String()}}, m.facts...)
	unit := e.unitLine(li)
	if m.unit != "" {
		unit = key("code", m.unit, unit)
	}
	hit := part(li, claim.Qty(m.num), claim.Qty(m.den))
	if m.num == m.den {
		hit = whole(li)
	}
	if h := e.hit(c, unit, []HitLine{hit}, m.pts, facts...); h != nil && m.severity > 0 {
		h.Severity = m.severity
	}
}
