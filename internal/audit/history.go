package audit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
)

// History projections. The judgement of a month looks back a year, but only at some of it: visits with their diagnoses,
// operations and reports, lines of the items that look-back cards name, dispensed drugs, and whole bills of stays that may still go
// on. For every month and bucket these are kept in one derived file, named by a hash of the facts and items it was made
// from; a file that is missing, stale or damaged is made again.

// lookColumns are the columns of look-back lines. In-scope money is worked out when the projection is made.
var lookColumns = []string{"feedetl_sn", "fixmedins_code", "fee_ocur_time", "list_type", "hilist_code", "hilist_name", "medins_list_name", "cnt", "pric", "det_item_fee_sumamt",
	"inscp_scp_amt", "rxno", "hi_rxno", "sin_dos", "sin_dosunt", "used_frqu", "prd_days", "medc_way", "dosform", "dscg_tkdrug_flag",
	"hi_nego_drug_flag", "body_part", "side", "bilg_dept_codg", "init_feedetl_sn", "cnt_unt", "trdn_flag"}

// partLong and partLook are the parts of a projection that hold part of a table.
const (
	partLong = "long" // visits of extraordinary length
	partLook = "look" // lines that look-back cards read, in few columns
)

// entangleBack and entangleAhead bound the months whose visits can share a stay with a visit settled in a month.
const (
	entangleBack  = 6
	entangleAhead = 1
	longDays      = 300 // visits longer than this are kept apart for judgements more than a year later
)

// history makes and reads the projections of a snapshot for one set of look-back items.
type history struct {
	dir   string
	snap  *lake.Snapshot
	vocab *claim.Vocab
	items []bool // by item code: some look-back card names it
	set   string // hash of items and columns
	rev   reversed
	// months are those that have projections.
	months []claim.Month
	// merged: the months before those judged are read merged.
	merged bool

	mu    sync.Mutex
	names map[claim.Month]string // of what a month's projections are made of
	pasts map[claim.Month]string // of what the merged files before a month are made of
}

func newHistory(dir string, e *engine) *history {
	h := &history{dir: filepath.Join(dir, "history"), snap: e.snap, vocab: e.vocab, items: e.bound.LookBackItems(),
		months: e.snap.TableMonths(append([]string{"settlement", "fee"}, byVisitMonth...)...), names: map[claim.Month]string{}, pasts: map[claim.Month]string{}, rev: newReversed(dir, e.snap)}
	var names []string
	for code, on := range h.items {
		if on {
			names = append(names, e.snap.Dicts()[claim.DictItem].String(int32(code)))
		}
	}
	sort.Strings(names)
	h.set = shortHash(strings.Join(append(names, lookColumns...), "\n"))
	return h
}

func (h *history) path(m claim.Month, bucket int) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return filepath.Join(h.dir, m.String(), fmt.Sprintf("%03d-%s.arrow", bucket, h.named(m)))
}

// named is name, worked out once. The caller holds the lock.
func (h *history) named(m claim.Month) string {
	name, ok := h.names[m]
	if !ok {
		name = h.name(m)
		h.names[m] = name
	}
	return name
}

// name is a hash of all that a month's projections are made of.
func (h *history) name(m claim.Month) string {
	var b strings.Builder
	for _, t := range append([]string{"fee", "settlement"}, byVisitMonth...) {
		b.WriteString(h.snap.MonthID(t, m) + "|")
	}
	for x := m - entangleBack; x <= m+entangleAhead; x++ {
		b.WriteString(h.snap.MonthID("visit", x) + "|")
	}
	fmt.Fprint(&b, "rows 2", h.snap.MonthID("person", 0), h.snap.MonthID("person_link", 0), h.set, h.snap.Buckets(),
		feeColumns, settlementColumns, visitColumns, columnsOf("diagnosis"), columnsOf("operation"))
	return shortHash(b.String())
}

// read opens the projection of a month and bucket, making it first when need be.
func (h *history) read(m claim.Month, bucket int, want func(string) bool) (*lake.Projection, error) {
	path := h.path(m, bucket)
	return openDerived(path, want, func() error { return h.build(path, m, bucket) })
}

// openDerived opens a derived file, making it first when it is missing or damaged. An audit and a server that began with different
// states of the lake may each remove what the other made: then it is made again.
func openDerived(path string, want func(string) bool, build func() error) (*lake.Projection, error) {
	const tries = 4
	for try := 0; ; try++ {
		p, err := lake.OpenProjection(path, want)
		missing := errors.Is(err, fs.ErrNotExist)
		if err == nil || try == tries || (try > 0 && !missing) {
			return p, err
		}
		if !missing {
			lake.RemoveProjection(path)
		}
		if err := build(); err != nil {
			return nil, err
		}
	}
}

// build makes the projection of a month and bucket and removes the ones it replaces.
func (h *history) build(path string, m claim.Month, bucket int) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	visits, err := h.snap.Read("visit", m, bucket, visitColumns)
	if err != nil {
		return err
	}
	names := []string{"visit", "visit@" + partLong}
	batches := []*claim.Batch{visits, visits.Pick(h.long(visits))}
	for _, t := range byVisitMonth[1:] {
		b, err := h.snap.Read(t, m, bucket, columnsOf(t))
		if err != nil {
			return err
		}
		names, batches = append(names, t), append(batches, b)
	}
	tangled, inpatient, err := h.entangled(m, bucket)
	if err != nil {
		return err
	}
	setl, err := h.snap.Read("settlement", m, bucket, settlementColumns)
	if err != nil {
		return err
	}
	fee, err := h.snap.Read("fee", m, bucket, feeColumns)
	if err != nil {
		return err
	}
	look, full := h.split(fee, tangled, inpatient)
	names = append(names, "settlement", "fee", "fee@"+partLook)
	batches = append(batches, setl, fee.Pick(full), narrow(fee, look)) // settlements whole: a reversal may come any time later
	if err := lake.WriteProjection(path, names, batches, byRow); err != nil {
		return err
	}
	return removeOthers(path, fmt.Sprintf("%03d-*.arrow", bucket))
}

// byRow are the parts of which a judgement reads some rows of many. What chooses among them lies apart: the items of lines, and
// the codes of diagnoses.
var byRow = map[string][]string{"visit": nil, "settlement": nil, "diagnosis": {"diag_code"}, "fee@" + partLook: {"hilist_code"}}

// long are the visits without an end or of extraordinary length.
func (h *history) long(b *claim.Batch) []int {
	from, to := b.Table.MustCol("begntime"), b.Table.MustCol("endtime")
	var out []int
	for i := 0; i < b.N; i++ {
		end := claim.Time(b.I64(to, i))
		if !end.Has() || end.Day()-claim.Time(b.I64(from, i)).Day() > longDays {
			out = append(out, i)
		}
	}
	return out
}

// bed is an in-patient visit, or an out-patient one that may have fallen into a stay.
type bed struct {
	key      uint64
	pers     int32
	from, to claim.Day
	in       bool
}

// entangled finds the visits whose whole bills later judgements may need: in-patient visits that have not ended, or that
// meet or overlap another in-patient visit of the person, and out-patient visits within a stay. inpatient are the keys of
// all in-patient visits around the month.
func (h *history) entangled(m claim.Month, bucket int) (tangled, inpatient map[uint64]bool, err error) {
	var beds []bed
	for x := m - entangleBack; x <= m+entangleAhead; x++ {
		b, err := h.snap.Read("visit", x, bucket, []string{"med_type", "begntime", "endtime", "day_surg_flag", "dscg_way"})
		if err != nil {
			return nil, nil, err
		}
		t := b.Table
		mt, from, to := t.MustCol("med_type"), t.MustCol("begntime"), t.MustCol("endtime")
		for i := 0; i < b.N; i++ {
			v := bed{key: b.Visit[i], pers: b.Pers[i], from: claim.Time(b.I64(from, i)).Day(), to: claim.OpenDay,
				in: h.vocab.Setting(b.I32(mt, i))&claim.Inpatient != 0}
			if end := claim.Time(b.I64(to, i)); end.Has() {
				v.to = end.Day()
			} else if !v.in {
				v.to = v.from
			}
			beds = append(beds, v)
		}
	}
	slices.SortStableFunc(beds, func(a, b bed) int { return int(a.pers) - int(b.pers) })
	tangled, inpatient = map[uint64]bool{}, map[uint64]bool{}
	for lo := 0; lo < len(beds); {
		hi := lo
		for hi < len(beds) && beds[hi].pers == beds[lo].pers {
			hi++
		}
		tangle(beds[lo:hi], tangled, inpatient)
		lo = hi
	}
	return tangled, inpatient, nil
}

// tangle marks the visits of one person.
func tangle(beds []bed, tangled, inpatient map[uint64]bool) {
	for i := range beds {
		a := &beds[i]
		if !a.in {
			continue
		}
		inpatient[a.key] = true
		if a.to >= claim.OpenDay {
			tangled[a.key] = true
		}
		for j := range beds {
			if b := &beds[j]; i != j && b.from <= a.to+1 && a.from <= b.to+1 {
				tangled[a.key], tangled[b.key] = true, true
			}
		}
	}
}

// split chooses the lines to keep: whole bills of entangled visits, and lines that look-back cards read.
func (h *history) split(fee *claim.Batch, tangled, inpatient map[uint64]bool) (look, full []int) {
	t := fee.Table
	item, list, take := t.MustCol("hilist_code"), t.MustCol("list_type"), t.MustCol("dscg_tkdrug_flag")
	for i := 0; i < fee.N; i++ {
		v := fee.Visit[i]
		switch {
		case tangled[v]:
			full = append(full, i)
		case int(fee.I32(item, i)) < len(h.items) && h.items[fee.I32(item, i)],
			h.vocab.Num(fee.I32(list, i)) == 101 && (!inpatient[v] || h.vocab.Flag(fee.I32(take, i))):
			look = append(look, i)
		}
	}
	return look, full
}

// narrow picks look-back lines with the columns they need and their in-scope money worked out.
func narrow(fee *claim.Batch, rows []int) *claim.Batch {
	keep := make([]bool, len(fee.Cols))
	for _, n := range lookColumns {
		keep[fee.Table.MustCol(n)] = true
	}
	slim := *fee
	slim.Cols = make([]claim.Col, len(fee.Cols))
	for i := range fee.Cols {
		if keep[i] {
			slim.Cols[i] = fee.Cols[i]
		}
	}
	out := slim.Pick(rows)
	out.Cols[fee.Table.MustCol("inscp_scp_amt")].I64 = claim.InScopes(fee, rows)
	return out
}
