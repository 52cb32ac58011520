package audit

import (
	"context"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
)

// Timelines gives every person of a month as the audit judges them, bucket by bucket, and the program bound to the data
// directory. The timelines may be kept. It is for measuring.
func (a *Auditor) Timelines(ctx context.Context, m claim.Month, f func(b *rule.Bound, t *claim.Timeline)) error {
	snap, err := a.Lake.Snapshot()
	if err != nil {
		return err
	}
	e, err := a.engine(snap, nil, m, m, false)
	if err != nil {
		return err
	}
	for b := range snap.Buckets() {
		if err := ctx.Err(); err != nil {
			return err
		}
		sources, err := newReader(snap, e.hist).bucket(b, m, m) // a new reader: its memory stays with the timelines
		if err != nil {
			return err
		}
		as := claim.NewAssembler(e.vocab, sources, m.Last())
		for t, ok := as.Next(); ok; t, ok = as.Next() {
			f(e.bound, t.Clone())
		}
	}
	return nil
}
