package remind

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/store"
)

// WrongVerdicts are what an owner may find of a word that a reminder was wrong.
var WrongVerdicts = []string{"规则有误", "规则无误", "事实不全"}

var (
	// ErrDecided: it was answered or decided before.
	ErrDecided = errors.New("已经办过")
	// ErrCare: an answer or decision lacks something.
	ErrCare = errors.New("内容不全")
)

// AnswerWrong answers a word that a reminder was wrong, once, in the name of by. ErrDecided, ErrCare, store.ErrConflict.
func AnswerWrong(tx *store.Tx, w *store.Wrong, verdict, answer, by string, now time.Time) error {
	switch {
	case w.State != store.WrongOpen:
		return fmt.Errorf("%w：%s 已由 %s 答复 %s %s", ErrDecided, w.ID, w.AnsweredBy, w.Verdict, w.Answer)
	case !slices.Contains(WrongVerdicts, verdict):
		return fmt.Errorf("%w：结论应为 %s", ErrCare, strings.Join(WrongVerdicts, "、"))
	case answer == "":
		return fmt.Errorf("%w：请写明怎么答复，怎么改", ErrCare)
	}
	return tx.AnswerWrong(w, verdict, answer, by, store.Micros(now))
}

// Decide accepts or turns down a proposal to silence a card for an area within the scope; version 0 takes the proposal as it is. Nothing is silenced by
// it. store.ErrNotFound, ErrDecided, ErrCare, store.ErrConflict.
func Decide(tx *store.Tx, s store.Scope, id string, version int64, state, why, by string, now time.Time) (*store.Proposal, error) {
	ps, err := tx.ProposalsIn(s, "")
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(ps, func(p store.Proposal) bool { return p.ID == id && strings.HasPrefix(p.Area, s.Admdvs) })
	if i < 0 {
		return nil, fmt.Errorf("静默建议 %s %w", id, store.ErrNotFound)
	}
	p := &ps[i]
	switch {
	case p.State != store.ProposalOpen:
		return nil, fmt.Errorf("%w：%s 已由 %s 决定 %s", ErrDecided, id, p.DecidedBy, p.State)
	case state != store.ProposalAccepted && state != store.ProposalRefused:
		return nil, fmt.Errorf("%w：决定应为 %s 或 %s", ErrCare, store.ProposalAccepted, store.ProposalRefused)
	case why == "":
		return nil, fmt.Errorf("%w：请写明理由", ErrCare)
	case version != 0 && version != p.Version:
		return nil, store.ErrConflict
	}
	return p, tx.DecideProposal(id, p.Version, state, by, why, store.Micros(now))
}
