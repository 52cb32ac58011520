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
			n := len(r.out)
			if err := r.add(t.table, m, bucket, t.cols, t.driver && m != 0); err != nil {
				return err
			}
			if t.driver && len(r.out) > n {
				r.out[n].Batch = k.uploading(r.out[n].Batch, m)
			}
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

// uploads are who uploads what: bills of others say nothing of codes or stock and are not assembled.
type uploads struct {
	coded, stocked, buys map[int32]bool
	items                map[[2]int32]bool // institution and item bought, counted or listed
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

// uploading keeps the rows that matter: at institutions that upload codes all within a year; at those that count their
// stock all within its reach; of the months judged, what an institution buys, and everything a pharmacy that buys sells.
func (k *bookmaker) uploading(b *claim.Batch, m claim.Month) *claim.Batch {
	inst, item := b.Table.MustCol("fixmedins_code"), b.Table.Col("hilist_code")
	var rows []int
	for i := range b.N {
		at := b.I32(inst, i)
		keep := k.up.coded[at] || (k.up.stocked[at] && m >= k.from-rule.BookStockMonths)
		if !keep && m >= k.from {
			keep = item < 0 || k.up.items[[2]int32{at, k.e.bound.Canonical(b.I32(item, i))}] || (k.up.buys[at] && k.e.bound.Shop(at, k.to.Last()))
		}
		if keep {
			rows = append(rows, i)
		}
	}
	if len(rows) == b.N {
		return b
	}
	return b.Pick(rows)
}
