package review

import (
	"context"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/review/ledger"
	"github.com/mingjian/mingjian/internal/store"
)

// Two tracks may deal with one fact: the agency's (经办) by agreement, the administration's (行政) by law. It is always on one of them;
// while it is at the administration the agency's claim lies on the account 移交, so it cannot be charged, and neither can a neighbour
// take its place on the line.

// HandOver hands a case to the administration.
func (d *Desk) HandOver(ctx context.Context, who *auth.Identity, ref Ref, say Say) (*store.Case, error) {
	return d.act(ctx, who, "handover", ref, say, func(t *turn) error {
		t.c.Track, t.c.BackState = sideAdmin, t.c.State
		for _, a := range []string{ledger.Proposed, ledger.Confirmed, ledger.Due} {
			if err := t.moveAll(a, ledger.Handed, "", "移交行政"); err != nil {
				return err
			}
		}
		return nil
	})
}

// Return gives a case back to the agency, where it was.
func (d *Desk) Return(ctx context.Context, who *auth.Identity, ref Ref, say Say) (*store.Case, error) {
	return d.act(ctx, who, "return", ref, say, func(t *turn) error {
		to := ledger.Proposed
		if t.c.BackState == Executing {
			to = ledger.Confirmed
		}
		if t.to = t.c.BackState; t.to == ToSend { // its package may have left without it
			p, err := t.tx.Package(t.c.Package)
			if err == nil && p.State != packWaiting {
				t.c.Package = ""
			}
		}
		t.c.Track, t.c.BackState = sideOffice, ""
		return t.moveAll(ledger.Handed, to, "", "行政退回")
	})
}

// AdminInput is what the administration decided.
type AdminInput struct {
	Ref
	Say
	Charged bool   `json:"charged"`  // the administration takes the money back itself
	Fine    int64  `json:"fine_fen"` // to the treasury
	Doc     string `json:"doc"`      // number of the decision
}

// AdminClose ends a case with what the administration decided. Where it takes the money itself the line stays taken: nobody charges it
// again. Where it does not, the charge is free for others on the same line.
func (d *Desk) AdminClose(ctx context.Context, who *auth.Identity, in AdminInput) (*store.Case, error) {
	if strings.TrimSpace(in.Doc) == "" || in.Fine < 0 {
		return nil, badField("doc", "请写明决定书文号，罚款不小于零")
	}
	return d.act(ctx, who, "admin_close", in.Ref, in.Say, func(t *turn) error {
		t.detail["文号"], t.detail["已由行政追回"] = in.Doc, in.Charged
		if in.Fine > 0 {
			l, err := t.ledgerOf(t.work)
			if err != nil {
				return err
			}
			s, err := t.stamp(who.Name, in.Doc, "行政处罚")
			if err != nil {
				return err
			}
			t.detail["罚款分"] = in.Fine
			if err := l.Move(ledger.Fine, ledger.Key{Line: 0, Item: ledger.Fine}, ledger.Source, ledger.Due, in.Fine, s); err != nil {
				return err
			}
		}
		if !in.Charged {
			return t.end(OutcomeWithdrawn)
		}
		t.to, t.c.Outcome, t.c.Verdict = Closed, OutcomeAdmin, VerdictWrong
		return t.post(t.work, who.Name, in.Doc, "行政追回，经办不再收")
	})
}
