package audit

import (
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
)

const bookTrace = rule.BookCodes | rule.BookStock

// Columns of what the day book of codes and stock reads of bills.
var (
	codeFee = []string{"feedetl_sn", "mdtrt_id", "setl_id", "psn_no", "fixmedins_code", "fee_ocur_time", "list_type", "hilist_code", "cnt", "cnt_unt", "pric",
		"det_item_fee_sumamt", "init_feedetl_sn", "drug_trac_codg", "trdn_flag", "hi_rxno"}
	codeSettlement = []string{"setl_id", "mdtrt_id", "fixmedins_code", "setl_time", "medfee_sumamt", "refd_setl_flag", "init_setl_id"}
	codeVisit      = []string{"mdtrt_id", "psn_no", "fixmedins_code", "med_type", "begntime", "endtime"}
)

// codes gathers trace codes and stock: the uploads of institutions whole, the bills as far back as codes or stock ask for.
// Where nobody uploads either, nothing is read.
func (k *bookmaker) codes() error {
	if k.rows&bookTrace == 0 {
		return nil
	}
	fill, err := k.e.snap.Fill("fee")
	if err != nil {
		return err
	}
	coded, col := false, claim.MustTable("fee").MustCol("drug_trac_codg")
	for _, c := range fill.ByInst {
		coded = coded || c.Has[col] > 0
	}
	implants, sales := k.e.snap.TotalRows("implant") > 0, k.e.snap.TotalRows("sale") > 0
	stocked := k.e.snap.TotalRows("stock")+k.e.snap.TotalRows("purchase")+k.e.snap.TotalRows("nocode_stock") > 0
	if !coded && !implants && !sales && !stocked {
		return nil
	}
	k.up = newUploads()
	for inst, c := range fill.ByInst {
		if c.Has[col] > 0 {
			k.up.coded[inst] = true
		}
	}
	for _, table := range []string{"purchase", "stock", "stock_change", "nocode_stock"} {
		b, err := k.e.snap.Reference(table)
		if err != nil {
			return err
		}
		k.book.AddGoods(b)
		k.up.add(k.e.bound, b)
	}
	for _, table := range []string{"sale", "implant"} {
		fill, err := k.e.snap.Fill(table)
		if err != nil {
			return err
		}
		for inst := range fill.ByInst {
			k.up.coded[inst] = true
		}
	}
	if err := k.sales(); err != nil {
		return err
	}
	past := newCodePast(k, fill)
	switch {
	case coded || sales || implants:
		past.since -= rule.BookCodeMonths
	case k.e.snap.TotalRows("stock") > 0:
		past.since -= rule.BookStockMonths
	}
	if err := past.ask(); err != nil {
		return err
	}
	err = k.each(rule.Shard{}, func(r *reader, part *rule.Book, bucket int) error {
		return past.bills(r, part, bucket)
	})
	if err == nil && !k.unjudged {
		k.book.Judge(bookTrace)
	}
	return err
}

// sales gathers the uploads of sales of all persons and of nobody, as one batch: a return may name a sale of another bucket.
func (k *bookmaker) sales() error {
	var all []*claim.Batch
	for bucket := range k.e.snap.Buckets() {
		b, err := k.e.snap.Read("sale", 0, bucket, nil)
		if err != nil {
			return err
		}
		all = append(all, b)
	}
	lost, err := k.e.snap.Waiters("sale")
	if err != nil {
		return err
	}
	k.up.sales = append(all, lost...)
	k.book.AddSales(k.up.sales)
	return nil
}

// uploads are who uploads what: bills of others say nothing of codes or stock and are not assembled.
type uploads struct {
	coded, stocked, buys map[int32]bool
	items                map[[2]int32]bool // institution and item bought, counted or listed
	sales                []*claim.Batch
}

func newUploads() uploads {
	return uploads{coded: map[int32]bool{}, stocked: map[int32]bool{}, buys: map[int32]bool{}, items: map[[2]int32]bool{}}
}

func (u *uploads) add(bound *rule.Bound, b *claim.Batch) {
	inst, item := b.Table.MustCol("fixmedins_code"), b.Table.MustCol("med_list_codg")
	for i := range b.N {
		at := b.I32(inst, i)
		u.items[[2]int32{at, bound.Canonical(b.I32(item, i))}] = true
		switch b.Table.Name {
		case "stock":
			u.stocked[at] = true
		case "purchase":
			u.buys[at] = true
		}
		if c := b.Table.Col("drug_trac_codg"); c >= 0 && b.Str(c, i) != "" {
			u.coded[at] = true
		}
	}
}

// keeps tells whether a line of a judged month matters: at institutions that upload codes or count their stock all do, at
// others what they buy, count or list, and everything a pharmacy that buys sells.
func (k *bookmaker) keeps(inst, item int32) bool {
	return k.up.coded[inst] || k.up.stocked[inst] || k.up.items[[2]int32{inst, k.e.bound.Canonical(item)}] || (k.up.buys[inst] && k.e.bound.Shop(inst, k.to.Last()))
}
