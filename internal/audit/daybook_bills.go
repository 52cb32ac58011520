package audit

import (
	"maps"
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/rule"
)

// codeBills gathers one bucket.
type codeBills struct {
	*codePast
	r      *reader
	around *monthly
	bucket int
	whose  map[int32]bool  // persons assembled
	past   map[int32]bool  // those of whom past bills are
	sorted []int32         // whose, in order, once all are known
	visits map[uint64]bool // of their lines, not yet met
	out    []claim.Source
}

// bills adds the bills of a bucket to a part of the book.
func (p *codePast) bills(r *reader, part *rule.Book, bucket int) error {
	c := &codeBills{codePast: p, r: r, around: newMonthly(p.e.hist, bucket, p.from), bucket: bucket, whose: map[int32]bool{}, past: map[int32]bool{}, visits: map[uint64]bool{}}
	defer c.around.close()
	late, err := p.e.hist.rev.read(bucket)
	if err != nil {
		return err
	}
	defer late.Close()
	if p.refund {
		b := late.Batches["settlement"]
		for i := range b.N {
			if p.up.coded[b.I32(b.Table.MustCol("fixmedins_code"), i)] {
				c.past[b.Pers[i]] = true
			}
		}
	}
	for _, read := range []func() error{c.implanted, c.before, c.judged, c.settled, c.visited} {
		if err := read(); err != nil {
			return err
		}
	}
	if len(c.out) > 0 {
		part.AddCodes(append(c.out, claim.Source{Batch: late.Batches["settlement"], Extra: true}, claim.Source{Batch: late.Batches["fee"], Extra: true}))
	}
	return nil
}

// implanted adds the implants of boxes asked for.
func (c *codeBills) implanted() error {
	for _, m := range c.implantMonths() {
		b, err := c.r.plain().Read("implant", m, c.bucket, nil)
		if err != nil {
			return err
		}
		if b.N == 0 {
			continue
		}
		c.out = append(c.out, claim.Source{Batch: b.Pick(rowsOf(b, func(i int) bool { return true }))})
		for i := range b.N {
			c.past[b.Pers[i]], c.visits[b.Visit[i]] = true, true
		}
	}
	return nil
}

// before adds the past lines of persons who have what is asked for, and whatever was sold within reach of stock-taking.
func (c *codeBills) before() error {
	months := c.pastMonths()
	open := make([]*lake.Projection, len(months))
	for n, m := range months {
		f, err := c.open(m, c.bucket)
		if err != nil {
			return err
		}
		defer f.Close()
		open[n] = f
		for b, i := f.Batches[partCodes], 0; i < b.N; i++ {
			if c.unjudged || c.asked.codes[b.Setl[i]] || c.asked.visits[b.Visit[i]] {
				c.past[b.Pers[i]] = true
			}
		}
		if b := f.Batches[partBills]; m >= c.from-rule.BookStockMonths {
			inst := b.Table.MustCol("fixmedins_code")
			for i := range b.N {
				if c.up.stocked[b.I32(inst, i)] {
					c.past[b.Pers[i]] = true
				}
			}
		}
	}
	for n, m := range months {
		b, inst := open[n].Batches[partBills], claim.MustTable("fee").MustCol("fixmedins_code")
		c.add(b, rowsOf(b, func(i int) bool {
			return c.past[b.Pers[i]] && (m >= c.from-rule.BookStockMonths || c.up.coded[b.I32(inst, i)])
		}))
	}
	return nil
}

// judged adds the lines of the months judged.
func (c *codeBills) judged() error {
	for _, m := range c.months("fee", c.from, c.to, false) {
		b, err := c.r.plain().Read("fee", m, c.bucket, codeFee)
		if err != nil {
			return err
		}
		inst, item := b.Table.MustCol("fixmedins_code"), b.Table.MustCol("hilist_code")
		c.add(b, rowsOf(b, func(i int) bool { return c.keeps(b.I32(inst, i), b.I32(item, i)) }))
	}
	return nil
}

// add takes copies of lines.
func (c *codeBills) add(b *claim.Batch, rows []int) {
	if len(rows) == 0 {
		return
	}
	for _, i := range rows {
		c.whose[b.Pers[i]], c.visits[b.Visit[i]] = true, true
	}
	c.out = append(c.out, claim.Source{Batch: b.Pick(rows), Driver: true})
}

// settled adds the settlements: of the months judged of all persons concerned, of past months of those whose past bears on it.
func (c *codeBills) settled() error {
	for p := range c.past {
		c.whose[p] = true
	}
	past := slices.Sorted(maps.Keys(c.past))
	c.sorted = slices.Sorted(maps.Keys(c.whose))
	for _, m := range c.months("settlement", c.since, c.to, false) {
		of := past
		if m >= c.from {
			of = c.sorted
		}
		err := c.table("settlement", m, codeSettlement, len(of) > 0, true, func(b *claim.Batch) []int { return rowsOfPersons(b.Pers[:b.N], of) })
		if err != nil {
			return err
		}
	}
	return nil
}

// visited adds the visits of the lines, month by month backwards until all are met.
func (c *codeBills) visited() error {
	months := c.months("visit", c.since-12, c.to, true)
	slices.Reverse(months)
	for _, m := range months {
		err := c.table("visit", m, codeVisit, len(c.visits) > 0, false, func(b *claim.Batch) []int {
			return slices.DeleteFunc(rowsOfPersons(b.Pers[:b.N], c.sorted), func(i int) bool {
				want := c.visits[b.Visit[i]]
				delete(c.visits, b.Visit[i])
				return !want
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// table adds rows of a table: past ones from the projections of history.
func (c *codeBills) table(name string, m claim.Month, cols []string, any, driver bool, want func(b *claim.Batch) []int) error {
	if !any {
		return nil
	}
	var b *claim.Batch
	var err error
	if m != 0 && m < c.from {
		b, err = c.around.read(name, m)
	} else {
		b, err = c.r.plain().Read(name, m, c.bucket, cols)
	}
	if err != nil {
		return err
	}
	if rows := want(b); len(rows) > 0 {
		c.out = append(c.out, claim.Source{Batch: b.Pick(rows), Driver: driver})
	}
	return nil
}

// rowsOf are the rows that are wanted.
func rowsOf(b *claim.Batch, want func(i int) bool) (rows []int) {
	for i := range b.N {
		if want(i) {
			rows = append(rows, i)
		}
	}
	return rows
}
