package cli

import (
	"context"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// dossiers judge findings again for the console, one at a time: each reads a bucket of the month, some tens of MiB.
type dossiers struct {
	x    *site
	turn chan struct{}

	// Only who has the turn touches these.
	rules   string // id of the rules that the auditor judges by
	auditor *audit.Auditor
	state   string // of rules and facts that the kept ones were made of
	kept    map[string]*audit.Evidence
}

// keptDossiers bounds those kept; they are dropped together.
const keptDossiers = 200

func newDossiers(x *site) *dossiers {
	return &dossiers{x: x, turn: make(chan struct{}, 1)}
}

// of is the evidence of a finding. What it returns is shared and must not be changed.
func (d *dossiers) of(ctx context.Context, f *store.Finding) (*audit.Evidence, error) {
	m, err := claim.ParseMonth(f.Month)
	if err != nil {
		return nil, err
	}
	select {
	case d.turn <- struct{}{}:
		defer func() { <-d.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if live := d.x.rules.now.Load(); d.auditor == nil || d.rules != live.id {
		a, err := live.book.Open(d.x.dir)
		if err != nil {
			return nil, err
		}
		d.auditor, d.rules = a, live.id
	}
	snap, err := d.auditor.Lake.Snapshot()
	if err != nil {
		return nil, err
	}
	key := f.ID + " " + f.Published
	if now := snap.ID() + " " + d.rules; d.state != now || len(d.kept) >= keptDossiers {
		d.state, d.kept = now, map[string]*audit.Evidence{}
	}
	if x := d.kept[key]; x != nil {
		return x, nil
	}
	x, err := d.auditor.Evidence(f.ID, m, f.Bucket)
	if err == nil {
		d.kept[key] = x
	}
	return x, err
}
