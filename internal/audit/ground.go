package audit

import (
	"fmt"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/rule"
)

// Ground is what a data directory knows at the end of a month, bound to the program of the audit: what those stand on who
// judge one person at a time, before and during payment. It is immutable and may be shared.
type Ground struct {
	e       *engine
	to      claim.Month
	program string
}

// groundFull is how many months are kept with whole bills; of those before them there are projections.
const groundFull = 2

// Ground binds the program as of month m (0: the last month of the lake): institutions that fill too little of a column in
// that month, or book in batches, are treated as the audit of the month treats them. Cards that read the rows of all persons
// together (the day book) are not judged on it.
func (a *Auditor) Ground(m claim.Month) (*Ground, error) {
	s, err := a.Lake.Snapshot()
	if err != nil {
		return nil, err
	}
	if months := s.Months(); m == 0 && len(months) > 0 {
		m = months[len(months)-1]
	}
	e, err := a.alone(s, nil, m, m)
	if err != nil {
		return nil, err
	}
	return &Ground{e: e, to: m, program: e.prog}, nil
}

// Bound is the program bound to the directory's codes.
func (g *Ground) Bound() *rule.Bound { return g.e.bound }

// Snapshot is what the lake holds.
func (g *Ground) Snapshot() *lake.Snapshot { return g.e.snap }

// Program names cards, points and decisions: equal names, equal verdicts.
func (g *Ground) Program() string { return g.program }

// Month is the month the ground is of.
func (g *Ground) Month() claim.Month { return g.to }

// HistoryID names what Known returns for a month: equal ids, equal rows.
func (g *Ground) HistoryID(to claim.Month) string {
	return shortHash(fmt.Sprint(g.e.snap.ID(), g.e.hist.set, to, groundFull, feeColumns, settlementColumns, visitColumns, personColumns, diagnosisColumns))
}

// Known gives f all rows of a bucket that were known at the end of a month and can bear on what comes after it: whole bills of
// the last months, of the year before them what projections hold, standing registers, and what was taken back at any time
// (Extra sources). The batches are valid within f only.
func (g *Ground) Known(bucket int, to claim.Month, f func([]claim.Source) error) error {
	r := newReader(g.e.snap, g.e.hist)
	defer r.close()
	sources, err := r.known(bucket, to)
	if err != nil {
		return err
	}
	return f(sources)
}

// known is bucket without what lies after the months.
func (r *reader) known(bucket int, to claim.Month) ([]claim.Source, error) {
	from := to - groundFull + 1
	if err := r.around(bucket, 1, from-1, from, to); err != nil {
		return nil, err
	}
	for _, t := range whole {
		if err := r.add(t, 0, bucket, columnsOf(t), false); err != nil {
			return nil, err
		}
	}
	for _, t := range append([]string{"settlement", "fee"}, byVisitMonth...) {
		for _, m := range r.snap.TableMonths(t) {
			if m == 0 || (m >= from && m <= to) {
				if err := r.add(t, m, bucket, columnsOf(t), false); err != nil {
					return nil, err
				}
			}
		}
	}
	late, err := r.hist.rev.read(bucket)
	if err != nil {
		return nil, err
	}
	r.open = append(r.open, late)
	return append(r.out, claim.Source{Batch: late.Batches["settlement"], Extra: true}, claim.Source{Batch: late.Batches["fee"], Extra: true}), nil
}

// People gives f every person of a bucket as the audit of the ground's month sees them, with the sources of the bucket. Both are valid
// within f only.
func (g *Ground) People(bucket int, f func(t *claim.Timeline, sources []claim.Source) error) error {
	r := newReader(g.e.snap, g.e.hist)
	defer r.close()
	sources, err := r.bucket(bucket, g.to, g.to)
	if err != nil {
		return err
	}
	as := claim.NewAssembler(g.e.vocab, sources, g.to.Last()).Look(g.e.past)
	for t, ok := as.Next(); ok; t, ok = as.Next() {
		if err := f(t, sources); err != nil {
			return err
		}
	}
	return nil
}

// FindingID names the finding of a card on a unit, as the audit does.
func FindingID(card, unit string) string { return findingID(card, unit) }

// FundShare is the fund's part, in fen, of money at issue in a settlement that paid fund for scope.
func FundShare(vola, fund, scope claim.Money) claim.Money { return share(vola, fund, scope) }
