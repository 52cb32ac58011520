package rule

import (
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// PriceSum is what an institution charged for a drug in a unit over some lines: net quantity in 1e-4, net amount in 1e-6
// yuan, the number of positive lines and their lowest and highest price.
type PriceSum struct {
	Inst, Item, Unit  int32
	Lines, Cnt, Amt   int64
	Cheapest, Dearest claim.Price
}

type priceKey struct {
	inst, item, unit int32
	month            claim.Month
}

type priceSum struct {
	lines, cnt, amt int64
	lo, hi          claim.Price
}

// spike is the average price that some line of the month departs from.
type spike struct {
	avg   claim.Price
	lines int64
}

func (s *priceSum) add(o *priceSum) {
	s.cnt, s.amt = s.cnt+o.cnt, s.amt+o.amt
	if o.lines == 0 {
		return
	}
	if s.lines == 0 || o.lo < s.lo {
		s.lo = o.lo
	}
	s.hi = max(s.hi, o.hi)
	s.lines += o.lines
}

// PriceColumns are the columns of fee lines that PriceSums and RxRows read.
var PriceColumns = []string{"fixmedins_code", "hilist_code", "list_type", "cnt", "cnt_unt", "pric", "trdn_flag", "rxno", "hi_rxno"}

// isPriced tells whether a list_type is one whose unit prices are compared: western and patent drugs, own preparations.
// Herbs follow the market; drugs sold in parts have another unit.
func isPriced(list int) bool { return list == 101 || list == 103 }

// PriceSums adds up the drug lines of a batch by institution, item and unit, in order of first appearance. Negative lines
// take back what they undo.
func (b *Bound) PriceSums(fee *claim.Batch) []PriceSum {
	var out []PriceSum
	at := map[priceKey]int{}
	b.eachPriced(fee, func(r int, k priceKey, cnt, amt int64, p claim.Price) {
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, PriceSum{Inst: k.inst, Item: k.item, Unit: k.unit, Cheapest: p, Dearest: p})
		}
		s := &out[i]
		s.Cnt, s.Amt = s.Cnt+cnt, s.Amt+amt
		if cnt > 0 {
			s.Lines++
			s.Cheapest, s.Dearest = min(s.Cheapest, p), max(s.Dearest, p)
		}
	})
	return out
}

func (b *Bound) eachPriced(fee *claim.Batch, f func(r int, k priceKey, cnt, amt int64, p claim.Price)) {
	col := fee.Table.MustCol
	inst, item, list, cnt, unit, pric, part := col("fixmedins_code"), col("hilist_code"), col("list_type"), col("cnt"), col("cnt_unt"), col("pric"), col("trdn_flag")
	for r := range fee.N {
		if !isPriced(b.Vocab.Num(fee.I32(list, r))) || b.Vocab.Flag(fee.I32(part, r)) {
			continue
		}
		n, p := fee.I64(cnt, r), fee.I64(pric, r)
		if p <= 0 || n == 0 || claim.Qty(n) == claim.None64 {
			continue
		}
		f(r, priceKey{inst: fee.I32(inst, r), item: fee.I32(item, r), unit: fee.I32(unit, r)}, n, claim.MulDiv(p, n, 10_000), claim.Price(p))
	}
}

// RxRow is a row in which a pharmacy's settled line names a prescription: a hash of its number, and the item as it is written.
type RxRow struct {
	No, Setl, Visit uint64
	Item            int32
}

// RxName is a hash of the prescription's number and the item: lines that may be of one prescription have the same, whoever
// prescribed it and however the item is written.
func (b *Bound) RxName(x RxRow) uint64 {
	return x.No ^ uint64(b.canonical(x.Item)+1)*0x9e3779b97f4a7c15
}

// RxRows are these rows of a batch.
func (b *Bound) RxRows(fee *claim.Batch) []RxRow {
	col := fee.Table.MustCol
	inst, rx, hi, item := col("fixmedins_code"), col("rxno"), col("hi_rxno"), col("hilist_code")
	if fee.Cols[rx].Text.Off == nil && fee.Cols[hi].Text.Off == nil {
		return nil
	}
	var out []RxRow
	for r := range fee.N {
		no := fee.Str(hi, r)
		if no == "" {
			no = fee.Str(rx, r)
		}
		if no != "" && fee.Setl[r] != 0 && b.pharmacy(fee.I32(inst, r)) {
			out = append(out, RxRow{No: claim.KeyOf(no), Setl: fee.Setl[r], Visit: fee.Visit[r], Item: fee.I32(item, r)})
		}
	}
	return out
}

func (b *Bound) pharmacy(inst int32) bool {
	return slices.ContainsFunc(b.Ref.InstRows(inst), func(x claim.InstRow) bool { return x.Type == 2 })
}

// AddPrices gathers a month's sums. Here, and not when a month is read, ways of writing one item become one: the sums of a month are
// kept in files, and the code map may change after that.
func (k *Book) AddPrices(m claim.Month, sums []PriceSum) {
	for i := range sums {
		if s := &sums[i]; k.shard.Has(s.Inst) {
			k.sum(priceKey{s.Inst, k.b.canonical(s.Item), s.Unit, m}).add(&priceSum{s.Lines, s.Cnt, s.Amt, s.Cheapest, s.Dearest})
		}
	}
}

func (k *Book) sum(key priceKey) *priceSum {
	s := k.sums[key]
	if s == nil {
		s = &priceSum{}
		k.sums[key] = s
	}
	return s
}
