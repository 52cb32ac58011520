package audit

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/trace/life"
)

// codePast gathers the bills that the day book of codes and stock reads: those of the months judged, and of the year
// before only what bears on them. A box sold in a past month matters where it is sold or used again now; so each month's
// codes lie in a derived file, what the judged months ask for is gathered first, and only the bills of persons who have
// some of it are assembled. Every verdict on a past month's line would be thrown away: its month is not judged.
type codePast struct {
	*bookmaker
	since claim.Month
	fill  *lake.Fill // of fee
	trac  int        // its column of codes
	dir   string
	days  claim.Day // so many days before a judged sale all sales of the institution matter, −1 none

	mu     sync.Mutex
	asked  codeAsk
	names  map[claim.Month]string
	refund bool // refunds matter: uploads of sales name settlements
}

// codeAsk is what the judged months ask of the past.
type codeAsk struct {
	codes  map[uint64]bool // boxes
	visits map[uint64]bool // visits with lines that bear no code
	near   map[instDay]bool
}

type instDay struct {
	inst int32
	day  claim.Day
}

func newCodeAsk() codeAsk {
	return codeAsk{map[uint64]bool{}, map[uint64]bool{}, map[instDay]bool{}}
}

func newCodePast(k *bookmaker, fill *lake.Fill) *codePast {
	dir := "" // the rows themselves are asked for: no files are made of them
	if k.files != nil {
		dir = k.files.dir
	}
	return &codePast{bookmaker: k, since: k.from, fill: fill, trac: fill.Table.MustCol("drug_trac_codg"), dir: dir, days: k.e.bound.SerialDays(k.e.judged),
		asked: newCodeAsk(), names: map[claim.Month]string{}}
}

// askFee are the columns that tell what is asked for.
var askFee = []string{"fixmedins_code", "fee_ocur_time", "hilist_code", "drug_trac_codg"}

// ask finds what the judged months ask for: the boxes on their lines, in the uploads of sales and among implants; the visits
// whose lines bear no code, for another settlement of the visit may; and where serial numbers are compared, the boxes sold at
// the same place just before.
func (p *codePast) ask() error {
	if p.since == p.from || p.unjudged {
		return nil
	}
	for _, b := range p.up.sales {
		p.asked.sales(b)
		p.refund = p.refund || b.N > 0
	}
	err := p.each(rule.Shard{}, func(r *reader, _ *rule.Book, bucket int) error {
		mine := newCodeAsk()
		for _, m := range p.months("fee", p.from, p.to, false) {
			b, err := r.plain().Read("fee", m, bucket, askFee)
			if err != nil {
				return err
			}
			p.fees(&mine, b)
		}
		err := p.implants(r.plain(), bucket, func(b *claim.Batch, i int, code uint64) { mine.codes[code] = true })
		p.mu.Lock()
		defer p.mu.Unlock()
		p.asked.take(&mine)
		return err
	})
	if err != nil || p.days < 0 || len(p.asked.near) == 0 {
		return err
	}
	return p.neighbours()
}

func (a *codeAsk) take(o *codeAsk) {
	for c := range o.codes {
		a.codes[c] = true
	}
	for v := range o.visits {
		a.visits[v] = true
	}
	for n := range o.near {
		a.near[n] = true
	}
}

func (a *codeAsk) sales(b *claim.Batch) {
	code, inst, at := b.Table.MustCol("drug_trac_codg"), b.Table.MustCol("fixmedins_code"), b.Table.MustCol("sel_retn_time")
	for i := range b.N {
		eachCode(b.Str(code, i), func(c uint64) { a.codes[c] = true })
		a.near[instDay{b.I32(inst, i), claim.Time(b.I64(at, i)).Day()}] = true
	}
}

// fees adds what the lines of a judged month ask for.
func (p *codePast) fees(a *codeAsk, b *claim.Batch) {
	inst, at, item := b.Table.MustCol("fixmedins_code"), b.Table.MustCol("fee_ocur_time"), b.Table.MustCol("hilist_code")
	for i := range b.N {
		if !p.keeps(b.I32(inst, i), b.I32(item, i)) {
			continue
		}
		text := b.Str(p.trac, i)
		if text == "" {
			a.visits[b.Visit[i]] = true
			continue
		}
		eachCode(text, func(c uint64) { a.codes[c] = true })
		a.near[instDay{b.I32(inst, i), claim.Time(b.I64(at, i)).Day()}] = true
	}
}

func eachCode(field string, f func(code uint64)) {
	if field == "" {
		return
	}
	for _, c := range life.Codes(field) {
		f(claim.KeyOf(c.Text))
	}
}

// implants calls f for every device identifier of a bucket.
func (p *codePast) implants(r *lake.Reader, bucket int, f func(b *claim.Batch, i int, code uint64)) error {
	for _, m := range p.implantMonths() {
		b, err := r.Read("implant", m, bucket, nil)
		if err != nil {
			return err
		}
		for i := range b.N {
			eachCode(b.Str(b.Table.MustCol("udi"), i), func(c uint64) { f(b, i, c) })
		}
	}
	return nil
}

// implantMonths: a stay begins before it is settled.
func (p *codePast) implantMonths() []claim.Month { return p.months("implant", p.since-12, p.to, true) }

// neighbours adds the boxes sold in past months where and just before boxes of the judged months were.
func (p *codePast) neighbours() error {
	return p.each(rule.Shard{}, func(_ *reader, _ *rule.Book, bucket int) error {
		mine := newCodeAsk()
		for _, m := range p.pastMonths() {
			f, err := p.open(m, bucket)
			if err != nil {
				return err
			}
			b := f.Batches[partCodes]
			inst, at := b.Table.MustCol("fixmedins_code"), b.Table.MustCol("fee_ocur_time")
			for i := range b.N {
				day := claim.Time(b.I64(at, i)).Day()
				for d := claim.Day(0); d <= p.days; d++ {
					if p.asked.near[instDay{b.I32(inst, i), day + d}] {
						mine.codes[b.Setl[i]] = true
					}
				}
			}
			f.Close()
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.asked.take(&mine)
		return nil
	})
}

// pastMonths are the months before the judged ones in which somebody who uploads billed.
func (p *codePast) pastMonths() (out []claim.Month) {
	for _, m := range p.months("fee", p.since, p.from-1, false) {
		if len(p.uploaders(m)) > 0 {
			out = append(out, m)
		}
	}
	return out
}

// uploaders are the institutions whose bills of a past month are kept, in order of their codes: those that wrote codes on
// lines then, and those that count their stock.
func (p *codePast) uploaders(m claim.Month) (out []int32) {
	for inst, c := range p.fill.ByMonth[m] {
		if c.Has[p.trac] > 0 || p.up.stocked[inst] {
			out = append(out, inst)
		}
	}
	slices.Sort(out)
	return out
}

// The members of a derived file of codes: the bills of those who upload, and a row for each code on them, of which Visit is
// the visit and Setl names the code.
const (
	partBills = "fee"
	partCodes = "fee@codes"
)

// open opens the derived file of a past month and bucket, making it first when need be.
func (p *codePast) open(m claim.Month, bucket int) (*lake.Projection, error) {
	p.mu.Lock()
	name, ok := p.names[m]
	if !ok {
		s := p.e.snap
		name = shortHash(fmt.Sprint("codes 1", s.MonthID("fee", m), s.MonthID("person", 0), s.MonthID("person_link", 0), s.Buckets(), codeFee, p.uploaders(m), p.stockers(m)))
		p.names[m] = name
	}
	p.mu.Unlock()
	path := filepath.Join(p.dir, m.String(), fmt.Sprintf("%03d-%s.codes", bucket, name))
	return openDerived(path, func(string) bool { return true }, func() error { return p.build(path, m, bucket) })
}

// stockers are those of the uploaders that count their stock.
func (p *codePast) stockers(m claim.Month) []int32 {
	return slices.DeleteFunc(p.uploaders(m), func(inst int32) bool { return !p.up.stocked[inst] })
}

// build keeps the bills of institutions that count their stock, and of the other uploaders the visits in which a code
// occurs, whole: so that what was returned is taken from the right line.
func (p *codePast) build(path string, m claim.Month, bucket int) error {
	fee, err := p.e.snap.Read("fee", m, bucket, codeFee)
	if err != nil {
		return err
	}
	inst, at := fee.Table.MustCol("fixmedins_code"), fee.Table.MustCol("fee_ocur_time")
	coded := map[uint64]bool{}
	for i := range fee.N {
		if fee.Str(p.trac, i) != "" {
			coded[fee.Visit[i]] = true
		}
	}
	var rows []int
	codes := claim.NewBatch(fee.Table)
	for i := range fee.N {
		if !coded[fee.Visit[i]] && !p.up.stocked[fee.I32(inst, i)] {
			continue
		}
		rows = append(rows, i)
		eachCode(fee.Str(p.trac, i), func(c uint64) {
			codes.N++
			codes.Pers, codes.Visit, codes.Setl = append(codes.Pers, fee.Pers[i]), append(codes.Visit, fee.Visit[i]), append(codes.Setl, c)
			codes.Cols[inst].I32, codes.Cols[at].I64 = append(codes.Cols[inst].I32, fee.I32(inst, i)), append(codes.Cols[at].I64, fee.I64(at, i))
		})
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := lake.WriteProjection(path, []string{partBills, partCodes}, []*claim.Batch{fee.Pick(rows), codes}, nil); err != nil {
		return err
	}
	return removeOthers(path, fmt.Sprintf("%03d-*.codes", bucket))
}
