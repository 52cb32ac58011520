package special

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"github.com/mingjian/mingjian/internal/casemix/pay"
)

// Expert of the pool.
type Expert struct {
	ID, Name, Inst, Specialty string
}

// Votes.
const (
	VoteGrant  = "准予"
	VoteRefuse = "不准予"
	Recused    = "回避"
)

// Draw orders the experts that may judge the application by a hash of seed and expert: nobody can steer it, and anybody
// can repeat it. Experts of the hospital itself are recused beforehand; those of the specialty come first.
func Draw(pool []Expert, inst, specialty, seed string) []Expert {
	type drawn struct {
		Expert
		hash  string
		other bool
	}
	var in []drawn
	for _, e := range pool {
		if e.Inst == inst || slices.ContainsFunc(in, func(d drawn) bool { return d.ID == e.ID }) {
			continue
		}
		h := sha256.Sum256([]byte(seed + "\x00" + e.ID))
		in = append(in, drawn{e, string(h[:]), specialty != "" && e.Specialty != specialty})
	}
	slices.SortFunc(in, func(x, y drawn) int {
		if x.other != y.other {
			if y.other {
				return -1
			}
			return 1
		}
		return cmp.Compare(x.hash, y.hash)
	})
	out := make([]Expert, len(in))
	for i := range in {
		out[i] = in[i].Expert
	}
	return out
}

// Ballot is one expert's vote: with what is to be cut as unreasonable.
type Ballot struct {
	Expert, Vote string
	Cut          pay.Fen
}

// ErrOpen: not all seats have voted.
var ErrOpen = errors.New("评审还没有结束：仍有专家没有投票")

// Outcome counts the votes of seats that are not recused. The majority decides; what is cut is the middle one of the cuts
// of those who granted (the lower of two), so that no single expert sets it.
func Outcome(votes []Ballot, panel int) (granted bool, cut pay.Fen, err error) {
	var yes, no int
	var cuts []pay.Fen
	for _, b := range votes {
		switch b.Vote {
		case VoteGrant:
			yes++
			cuts = append(cuts, b.Cut)
		case VoteRefuse:
			no++
		case Recused:
		default:
			return false, 0, ErrOpen
		}
	}
	if yes+no < panel {
		return false, 0, fmt.Errorf("有效票 %d 张，少于 %d 张：请补抽专家", yes+no, panel)
	}
	if yes <= no {
		return false, 0, nil
	}
	slices.Sort(cuts)
	return true, cuts[(len(cuts)-1)/2], nil
}
