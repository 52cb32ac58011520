package audit

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
)

// The day book. Cards that are not keyed on a person read narrow rows of all persons. They are gathered over all buckets
// before any person is judged, judged institution by institution, and what they say is handed to the persons it concerns
// when their bucket is judged. A book is made of the snapshot alone: a run that is resumed makes it again.

// bookLimits are what a day book holds at a time; more is gathered part by part.
type bookLimits struct {
	swipes     int64 // settlements, some 150 bytes each
	priceLines int64 // fee lines behind the sums of prices
	rxLines    int64 // fee lines among which prescriptions are looked for
}

var usualBook = bookLimits{swipes: 200_000, priceLines: 40_000_000, rxLines: 20_000_000}

// bookSettlement and bookFee are the columns of settlements and of lines with prescriptions.
var (
	bookSettlement = []string{"setl_id", "mdtrt_id", "fixmedins_code", "med_type", "setl_time", "medfee_sumamt", "fund_pay_sumamt", "acct_pay",
		"refd_setl_flag", "init_setl_id", "dev_no", "opter"}
	bookFee = []string{"feedetl_sn", "mdtrt_id", "setl_id", "psn_no", "fixmedins_code", "fee_ocur_time", "list_type", "hilist_code", "cnt", "pric",
		"det_item_fee_sumamt", "rxno", "hi_rxno", "prd_days", "init_feedetl_sn", "cnt_unt", "trdn_flag"}
	bookOperation = []string{"mdtrt_id", "oper_dr_code", "oprn_oprt_begntime", "oprn_oprt_endtime"}
)

const bookCare = rule.BookBeds | rule.BookOps | rule.BookRx | rule.BookDoctors

// bookmaker gathers a day book.
type bookmaker struct {
	e        *engine
	book     *rule.Book
	files    *bookFiles
	most     bookLimits
	rows     rule.BookRows
	from, to claim.Month
	again    map[uint64]bool // prescriptions and items in several settlements
	busy     map[operating]operations
	operated [][]operated // by bucket
	unjudged bool         // the rows themselves are asked for
	up       uploads
}

// operating is a surgeon's day; operations tells how many operations it holds and whether any is of a visit judged now.
type operating struct {
	doctor int32
	day    claim.Day
}

type operations struct {
	n      int
	judged bool
}

func (o operations) matter() bool { return o.n > 1 && o.judged }

// operated is an operation on a surgeon's day.
type operated struct {
	operating
	pers  int32
	visit uint64
}

// openBook makes the day book of the months from … to and attaches it.
func (e *engine) openBook(dir string, most bookLimits, from, to claim.Month) error {
	rows := e.bound.BookRows(e.judged)
	if rows == 0 {
		return nil
	}
	k := bookmaker{e: e, book: e.bound.NewBook(from, to, e.judged), files: newBookFiles(dir, e), most: most, rows: rows, from: from, to: to}
	if all := e.snap.TableMonths("settlement"); len(all) > 0 {
		k.book.Until(slices.Max(all))
	}
	for _, step := range []func() error{k.swipes, k.prices, k.care, k.codes} {
		if err := step(); err != nil {
			return fmt.Errorf("机构日账：%w", err)
		}
	}
	e.book = k.book
	e.bound.SetBook(k.book)
	return nil
}

// shards parts n rows so that none holds more than most.
func shards(n, most int64) int { return 1 + int(n/most) }

// months lists the months of a table from lo to hi, and 0 when asked for.
func (k *bookmaker) months(table string, lo, hi claim.Month, open bool) []claim.Month {
	return slices.DeleteFunc(k.e.snap.TableMonths(table), func(m claim.Month) bool { return (m == 0 && !open) || (m != 0 && (m < lo || m > hi)) })
}

func (k *bookmaker) count(table string, months []claim.Month) (n int64) {
	for _, m := range months {
		n += k.e.snap.Rows(table, m)
	}
	return n
}

// swipes gathers settlements of the months and of the one before, in parts of the institutions.
func (k *bookmaker) swipes() error {
	if k.rows&rule.BookSwipes == 0 {
		return nil
	}
	months := k.months("settlement", k.from-1, k.to, false)
	of := shards(k.count("settlement", k.months("settlement", k.from, k.to, false)), k.most.swipes) // of the month before a few days
	for n := range of {
		err := k.each(rule.Shard{N: n, Of: of}, func(r *reader, part *rule.Book, bucket int) error {
			for _, m := range months {
				if m >= k.from {
					if err := r.add("settlement", m, bucket, bookSettlement, true); err != nil {
						return err
					}
					continue
				}
				p, err := k.e.hist.read(m, bucket, func(name string) bool { return name == "settlement" })
				if err != nil {
					return err
				}
				defer p.Close()
				r.out = append(r.out, claim.Source{Batch: p.Batches["settlement"], Driver: true})
			}
			if len(r.out) == 0 {
				return nil
			}
			late, err := k.e.hist.rev.read(bucket)
			if err != nil {
				return err
			}
			defer late.Close()
			part.AddSwipes(append(r.out, claim.Source{Batch: late.Batches["settlement"], Extra: true}))
			return nil
		})
		if err != nil {
			return err
		}
		k.book.Judge(rule.BookSwipes)
	}
	return nil
}

// prices adds up what drugs cost by institution and month, from files kept for each month and bucket.
func (k *bookmaker) prices() error {
	if k.rows&rule.BookPrices == 0 {
		return nil
	}
	months := k.months("fee", k.from-rule.BookPriceMonths, k.to, false)
	of := shards(k.count("fee", months), k.most.priceLines)
	for n := range of {
		err := k.each(rule.Shard{N: n, Of: of}, func(r *reader, part *rule.Book, bucket int) error {
			for _, m := range months {
				sums, err := k.files.sums(m, bucket)
				if err != nil {
					return err
				}
				part.AddPrices(m, sums)
			}
			return nil
		})
		if err != nil {
			return err
		}
		k.book.Judge(rule.BookPrices)
	}
	return nil
}

// care gathers visits with beds, operations and prescriptions, and practitioners' own.
func (k *bookmaker) care() error {
	if k.rows&bookCare == 0 {
		return nil
	}
	if !k.anyCare() {
		k.book.Judge(bookCare)
		return nil
	}
	if err := k.repeats(); err != nil {
		return err
	}
	if err := k.surgeons(); err != nil {
		return err
	}
	err := k.each(rule.Shard{}, func(r *reader, part *rule.Book, bucket int) error {
		c := k.carer(r.plain(), bucket)
		defer c.close()
		sources, err := c.sources()
		if err == nil && len(sources) > 0 {
			part.AddCare(sources)
		}
		return err
	})
	if err == nil {
		k.book.Judge(bookCare)
	}
	return err
}

// repeats finds the prescriptions that may have been dispensed again, so that only their lines are read.
func (k *bookmaker) repeats() error {
	k.again = map[uint64]bool{}
	if k.rows&rule.BookRx == 0 {
		return nil
	}
	months := k.months("fee", k.from-rule.BookRxMonths, k.to, false)
	for n, of := 0, shards(k.count("fee", months), k.most.rxLines); n < of; n++ {
		first := map[uint64]uint64{} // settlement
		var mu sync.Mutex
		err := k.each(rule.Shard{}, func(_ *reader, _ *rule.Book, bucket int) error {
			for _, m := range months {
				rows, err := k.files.prescriptions(m, bucket)
				if err != nil {
					return err
				}
				mu.Lock()
				for _, x := range rows {
					name := k.e.bound.RxName(x)
					if name%uint64(of) != uint64(n) {
						continue
					}
					if s, ok := first[name]; !ok {
						first[name] = x.Setl
					} else if s != x.Setl {
						k.again[name] = true
					}
				}
				mu.Unlock()
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// surgeons finds the days on which a surgeon operated more than once, so that only those patients are looked at.
func (k *bookmaker) surgeons() error {
	k.busy, k.operated = map[operating]operations{}, make([][]operated, k.e.snap.Buckets())
	if k.rows&rule.BookOps == 0 {
		return nil
	}
	var mu sync.Mutex
	return k.each(rule.Shard{}, func(r *reader, _ *rule.Book, bucket int) error {
		c := k.carer(r.plain(), bucket)
		defer c.close()
		judged := map[uint64]bool{}
		for _, m := range k.months("settlement", k.from, k.to, false) {
			b, err := c.r.Read("settlement", m, bucket, []string{})
			if err != nil {
				return err
			}
			for _, v := range b.Visit {
				judged[v] = true
			}
		}
		for _, m := range k.months("operation", k.from-rule.BookMonths, k.to, true) {
			b, err := c.read("operation", m, bookOperation)
			if err != nil {
				return err
			}
			mu.Lock()
			for i := range b.N {
				eachOperating(b, i, func(o operating) {
					was := k.busy[o]
					k.busy[o] = operations{was.n + 1, was.judged || judged[b.Visit[i]]}
					k.operated[bucket] = append(k.operated[bucket], operated{o, b.Pers[i], b.Visit[i]})
				})
			}
			mu.Unlock()
		}
		return nil
	})
}

// eachOperating calls f with the days of an operation.
func eachOperating(b *claim.Batch, row int, f func(operating)) {
	t := b.Table
	doctor, begin, end := b.I32(t.MustCol("oper_dr_code"), row), claim.Time(b.I64(t.MustCol("oprn_oprt_begntime"), row)), claim.Time(b.I64(t.MustCol("oprn_oprt_endtime"), row))
	if doctor == 0 || !begin.Has() || !end.Has() {
		return
	}
	f(operating{doctor, begin.Day()})
	if end.Day() != begin.Day() {
		f(operating{doctor, end.Day()})
	}
}

// anyCare tells whether there is anything for the care cards at all.
func (k *bookmaker) anyCare() bool {
	has := func(t string) bool { return k.e.snap.TotalRows(t) > 0 }
	return (k.rows&rule.BookBeds != 0 && has("bed_move")) || (k.rows&rule.BookOps != 0 && has("operation")) || k.rows&rule.BookRx != 0 ||
		(k.rows&rule.BookDoctors != 0 && k.e.bound.Ref.HasPractitionerCerts())
}

// each gathers all buckets with some workers, each into a book of its own.
func (k *bookmaker) each(s rule.Shard, gather func(r *reader, part *rule.Book, bucket int) error) error {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var errs []error
	work := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			r, part := newReader(k.e.snap, nil), k.book.Part(s)
			for bucket := range work {
				r.out = r.out[:0]
				if err := gather(r, part, bucket); err != nil {
					mu.Lock()
					errs = append(errs, fmt.Errorf("第 %d 桶：%w", bucket, err))
					mu.Unlock()
				}
			}
			mu.Lock()
			k.book.Take(part)
			mu.Unlock()
		})
	}
	for bucket := range k.e.snap.Buckets() {
		work <- bucket
	}
	close(work)
	wg.Wait()
	return errors.Join(errs...)
}

// addBook adds what day-book cards could not judge.
func (r *Report) addBook(e *engine) {
	if e.book == nil {
		return
	}
	if r.booked == nil {
		r.booked = map[string]time.Duration{}
	}
	for id, d := range e.book.Spent {
		r.booked[id] += d
	}
	cards, inst := e.bound.Cards(), e.snap.Dicts()[claim.DictInst]
	var more []Skipped
	for s, n := range e.book.Skipped {
		id := cards[s.Card].ID
		if e.only != nil && !e.only[id] {
			continue
		}
		more = append(more, Skipped{id, inst.String(s.Inst), s.Reason, n})
		t := r.Rules[id]
		if t == nil {
			t = &RuleReport{}
			r.Rules[id] = t
		}
		t.NotJudged += n
	}
	r.addSkipped(more)
}
