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
	codeVisit = []string{"mdtrt_id", "psn_no", "fixmedins_code", "med_type", "begntime", "endtime"}
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
	k.busyAt = map[int32]bool{}
	for inst, c := range fill.ByInst {
		k.busyAt[inst] = c.Has[col] > 0
	}
	for _, table := range []string{"purchase", "stock", "stock_change"} {
		b, err := k.e.snap.Reference(table)
		if err != nil {
			return err
		}
		k.book.AddGoods(b)
		for i := range b.N {
			k.busyAt[b.I32(b.Table.MustCol("fixmedins_code"), i)] = true
		}
	}
	if b, err := k.e.snap.Reference("nocode_stock"); err != nil {
		return err
	} else {
		for i := range b.N {
			k.busyAt[b.I32(b.Table.MustCol("fixmedins_code"), i)] = true
		}
	}
	for _, table := range []string{"sale", "implant"} {
		fill, err := k.e.snap.Fill(table)
		if err != nil {
			return err
		}
		for inst := range fill.ByInst {
			k.busyAt[inst] = true
		}
	}
	if err := k.sales(); err != nil {
		return err
	}
	since := k.from
	switch {
	case coded || sales || implants:
		since -= rule.BookCodeMonths
	case k.e.snap.TotalRows("stock") > 0:
		since -= rule.BookStockMonths
	}
	err = k.each(rule.Shard{}, func(r *reader, part *rule.Book, bucket int) error {
		return k.bills(r, part, bucket, since)
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
	k.book.AddSales(append(all, lost...))
	return nil
}

func (k *bookmaker) bills(r *reader, part *rule.Book, bucket int, since claim.Month) error {
	for _, t := range []struct {
		table  string
		cols   []string
		driver bool
	}{{"settlement", bookSettlement, true}, {"fee", codeFee, true}, {"visit", codeVisit, false}, {"implant", nil, false}} {
		lo := since
		if t.table == "visit" || t.table == "implant" {
			lo -= 12 // a stay begins before it is settled
		}
		for _, m := range k.months(t.table, lo, k.to, t.table == "visit" || t.table == "implant") {
			if err := r.add(t.table, m, bucket, t.cols, t.driver && m != 0); err != nil {
				return err
			}
		}
	}
	for i := range r.out {
		if b := r.out[i].Batch; b.Table.Name == "fee" || b.Table.Name == "settlement" {
			r.out[i].Batch = k.uploading(b)
		}
	}
	if len(r.out) == 0 {
		return nil
	}
	late, err := k.e.hist.rev.read(bucket)
	if err != nil {
		return err
	}
	defer late.Close()
	part.AddCodes(append(r.out, claim.Source{Batch: late.Batches["settlement"], Extra: true}, claim.Source{Batch: late.Batches["fee"], Extra: true}))
	return nil
}

// uploading keeps the rows of institutions that upload codes or stock: the others' bills say nothing of either.
func (k *bookmaker) uploading(b *claim.Batch) *claim.Batch {
	inst := b.Table.MustCol("fixmedins_code")
	var rows []int
	for i := range b.N {
		if k.busyAt[b.I32(inst, i)] {
			rows = append(rows, i)
		}
	}
	if len(rows) == b.N {
		return b
	}
	return b.Pick(rows)
}
