package review

import (
	"context"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// Library is where exemptions are asked for; two persons of the library decide on them there.
type Library interface {
	RequestExemption(ctx context.Context, who *auth.Identity, x store.Exemption) (*store.Exemption, error)
}

// TeachInput drafts an exemption from a finding that did not stand.
type TeachInput struct {
	ID    string    `json:"finding_id"`
	Dept  string    `json:"dept"`
	Item  string    `json:"item"` // prefix of the item code
	Diags string    `json:"diags"`
	All   bool      `json:"all_institutions"` // not only the one that appealed
	From  claim.Day `json:"valid_from"`
	To    claim.Day `json:"valid_to"`
	Why   string    `json:"reason"`
}

// Teach drafts a dated exemption from an upheld appeal. It holds only when the library's second person has confirmed it; from then on
// the audit applies it and counts what it lets pass.
func (d *Desk) Teach(ctx context.Context, who *auth.Identity, lib Library, in TeachInput) (*store.Exemption, error) {
	var c *store.Case
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if c, err = tx.Case(in.ID); err != nil {
			return hidden(in.ID)
		}
		if ok, err := visible(tx, who, c, d.Today()); err != nil || !ok {
			return errorOr(err, hidden(in.ID))
		}
		return nil
	})
	if err != nil {
		return nil, told(err)
	}
	if err := may(who, auth.EditKnowledge); err != nil {
		return nil, err
	}
	switch {
	case c.Verdict != VerdictFine && c.Verdict != VerdictRule && c.Verdict != VerdictPartly:
		return nil, refuse(CodeState, "疑点 %s 的结论是“%s”，不是申诉成立，不能据此豁免", c.Finding, c.Verdict)
	case !slices.Contains([]string{OutcomeWithdrawn, OutcomeDismissed, OutcomeCollected}, c.Outcome):
		return nil, refuse(CodeState, "疑点 %s 还没有办结，或是误发撤回的，不能据此豁免", c.Finding)
	case in.From <= 0 || in.To < in.From:
		return nil, badField("valid_to", "豁免要写明起止日期，止不早于起")
	}
	x := store.Exemption{Rule: c.Rule, Dept: in.Dept, Item: in.Item, Diags: in.Diags, From: in.From.String(), To: in.To.String(),
		Reason: strings.TrimSuffix("疑点 "+c.Finding+" "+c.Verdict+"（"+c.Reason+"）；"+in.Why, "；")}
	if !in.All {
		x.Inst = c.Inst
	}
	return lib.RequestExemption(ctx, who, x)
}
