package audit

import (
	"maps"
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/rule"
)

// carer reads one bucket's rows of the persons that care cards ask for. What it reads is valid until it reads the same
// table again; what it keeps it copies.
type carer struct {
	*bookmaker
	r      *lake.Reader
	bucket int
	whose  map[int32]bool
	sorted []int32         // whose, in order, once all are found
	visits map[uint64]bool // of the rows found that are not met yet
	whole  bool            // every visit of some person is asked for
	out    []claim.Source
	around *monthly
}

func (k *bookmaker) carer(r *lake.Reader, bucket int) *carer {
	return &carer{bookmaker: k, r: r, bucket: bucket, whose: map[int32]bool{}, visits: map[uint64]bool{}, around: newMonthly(k.e.hist, bucket, k.from)}
}

// read reads a table of a month: of the months around those judged from their projections.
func (c *carer) read(table string, m claim.Month, cols []string) (*claim.Batch, error) {
	if (m >= c.from && m <= c.to) || !c.around.has(table, m) {
		return c.r.Read(table, m, c.bucket, cols)
	}
	return c.around.read(table, m)
}

func (c *carer) close() { c.around.close() }

func (c *carer) sources() ([]claim.Source, error) {
	back := c.from - rule.BookMonths
	var rx []claim.Source
	for _, find := range []func() error{
		func() error { return c.find(rule.BookBeds, "bed_move", back, nil, nil) },
		func() error {
			for _, x := range c.operated[c.bucket] {
				if c.busy[x.operating].matter() {
					c.whose[x.pers], c.visits[x.visit] = true, true
				}
			}
			return nil
		},
		func() error {
			if !c.e.bound.Ref.HasPractitionerCerts() {
				return nil
			}
			return c.find(rule.BookDoctors, "person", 0, []string{"psn_no", "certno"}, func(b *claim.Batch, i int) bool {
				return len(c.e.bound.Ref.PractitionersByCert(upperCert(b.Str(b.Table.MustCol("certno"), i)))) > 0
			})
		},
		func() (err error) { rx, err = c.prescriptions(); return err },
	} {
		if err := find(); err != nil {
			return nil, err
		}
	}
	if len(c.whose) == 0 {
		return nil, nil
	}
	c.sorted = slices.Sorted(maps.Keys(c.whose))
	since, err := c.visitsBack(back)
	if err != nil {
		return nil, err
	}
	for _, t := range []struct {
		table string
		to    claim.Month
		cols  []string
	}{{"person_link", 0, nil}, {"person", 0, personColumns}, {"prescription", 0, nil}, {"settlement", c.to + lookAhead, bookSettlement},
		{"operation", c.to, bookOperation}, {"bed_move", c.to, nil}, {"leave", c.to, nil}} {
		for _, m := range c.months(t.table, since, t.to, true) {
			b, err := c.read(t.table, m, t.cols)
			if err != nil {
				return nil, err
			}
			c.pick(b, false, false)
		}
	}
	c.out = append(c.out, rx...)
	late, err := c.e.hist.rev.read(c.bucket)
	if err != nil {
		return nil, err
	}
	defer late.Close()
	c.pick(late.Batches["settlement"], false, true)
	c.pick(late.Batches["fee"], false, true)
	return c.out, nil
}

// visitsBack adds the visits of the persons, month by month backwards until every visit asked for is met, and returns the
// first month read.
func (c *carer) visitsBack(back claim.Month) (since claim.Month, err error) {
	months := c.months("visit", back, c.to, true)
	slices.Reverse(months)
	since = c.to
	for _, m := range months {
		if m != 0 && len(c.visits) == 0 && !c.whole {
			continue
		}
		b, err := c.read("visit", m, visitColumns)
		if err != nil {
			return 0, err
		}
		for _, i := range c.pick(b, true, false) {
			delete(c.visits, b.Visit[i])
		}
		if m != 0 {
			since = min(since, c.around.first(m))
		}
	}
	return since, nil
}

// find notes the persons of the rows that a kind of card asks for.
func (c *carer) find(kind rule.BookRows, table string, back claim.Month, cols []string, want func(b *claim.Batch, i int) bool) error {
	if c.rows&kind == 0 {
		return nil
	}
	for _, m := range c.months(table, back, c.to, true) {
		b, err := c.read(table, m, cols)
		if err != nil {
			return err
		}
		for i := range b.N {
			if want == nil || want(b, i) {
				c.whose[b.Pers[i]] = true
				if b.Visit == nil {
					c.whole = true
				} else {
					c.visits[b.Visit[i]] = true
				}
			}
		}
	}
	return nil
}

// prescriptions reads the bills in which a prescription may have been dispensed again.
func (c *carer) prescriptions() (out []claim.Source, err error) {
	if c.rows&rule.BookRx == 0 {
		return nil, nil
	}
	for _, m := range c.months("fee", c.from-rule.BookRxMonths, c.to, false) {
		want, err := c.files.prescriptions(m, c.bucket)
		if err != nil {
			return nil, err
		}
		want = slices.DeleteFunc(want, func(x rule.RxRow) bool { return !c.again[c.e.bound.RxName(x)] })
		if len(want) == 0 {
			continue
		}
		f, err := c.files.bills(m, c.bucket)
		if err != nil {
			return nil, err
		}
		visits := map[uint64]bool{} // whole, so that what was returned is taken from the right line
		for _, x := range want {
			visits[x.Visit], c.visits[x.Visit] = true, true
		}
		b := f.Batches[partBills]
		rows := rowsOf(b, func(i int) bool { return visits[b.Visit[i]] })
		for _, i := range rows {
			c.whose[b.Pers[i]] = true
		}
		out = append(out, claim.Source{Batch: b.Pick(rows)})
		f.Close()
	}
	return out, nil
}

// pick keeps the rows of the persons looked for, and returns which.
func (c *carer) pick(b *claim.Batch, driver, extra bool) []int {
	rows := rowsOfPersons(b.Pers[:b.N], c.sorted)
	if len(rows) > 0 {
		c.out = append(c.out, claim.Source{Batch: b.Pick(rows), Driver: driver, Extra: extra})
	}
	return rows
}

// rowsOfPersons are the rows of some persons; both lists are in order.
func rowsOfPersons(pers, of []int32) (rows []int) {
	at := 0
	for _, p := range of {
		step := 1
		for at+step < len(pers) && pers[at+step] < p { // gallop: most rows are of others
			at += step
			step *= 2
		}
		n, _ := slices.BinarySearch(pers[at:min(at+step, len(pers))], p)
		for at += n; at < len(pers) && pers[at] == p; at++ {
			rows = append(rows, at)
		}
	}
	return rows
}
