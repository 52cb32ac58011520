package review

import (
	"context"
	"fmt"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/review/ledger"
	"github.com/mingjian/mingjian/internal/store"
)

// Health is what checking everything found.
type Health struct {
	Cases    int              `json:"cases"`
	Posts    int              `json:"posts"`
	Decided  int64            `json:"decided_fen"` // fund money that stands by the cases
	Booked   int64            `json:"booked_fen"`  // fund money that stands by the ledger
	Accounts map[string]int64 `json:"accounts"`
	Wrong    []string         `json:"wrong"`
}

// Check proves the invariants over all cases: every book adds up, no account is negative, Σ ledger = Σ decisions line by line, clocks and
// states belong together, findings and cases say the same, no line is charged beyond its in-scope money, and what is used of refunds is
// what the ledger used. It changes nothing.
func (d *Desk) Check(ctx context.Context) (*Health, error) {
	h := &Health{Accounts: map[string]int64{}, Wrong: []string{}}
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		*h = Health{Accounts: map[string]int64{}, Wrong: []string{}}
		after := ""
		used := map[string]int64{}
		charged, scope := map[string]int64{}, map[string]int64{}
		for {
			cs, err := tx.CasesAfter(after, 500)
			if err != nil || len(cs) == 0 {
				if err == nil {
					err = h.whole(tx, used, charged, scope)
				}
				return err
			}
			for i := range cs {
				if err := h.one(tx, &cs[i], used, charged, scope); err != nil {
					return err
				}
			}
			after = cs[len(cs)-1].Finding
		}
	})
	return h, told(err)
}

func (h *Health) wrong(c *store.Case, format string, a ...any) {
	if len(h.Wrong) < 200 {
		h.Wrong = append(h.Wrong, "疑点 "+c.Finding+"："+fmt.Sprintf(format, a...))
	}
}

func (h *Health) one(tx *store.Tx, c *store.Case, used, charged, scope map[string]int64) error {
	h.Cases++
	lines, err := tx.CaseLines(c.Finding)
	if err != nil {
		return err
	}
	posts, err := tx.Posts(c.Finding)
	if err != nil {
		return err
	}
	steps, err := tx.Steps(c.Finding)
	if err != nil {
		return err
	}
	f, err := tx.Finding(c.Finding)
	if err != nil {
		h.wrong(c, "没有这条疑点")
		return nil
	}
	h.Posts += len(posts)
	h.stateOf(c, f, steps)
	l, err := ledger.Read(c.Finding, c.Inst, posts)
	if err != nil {
		h.wrong(c, "%v", err)
		return nil
	}
	if err := l.Check(); err != nil {
		h.wrong(c, "%v", err)
	}
	for _, p := range posts {
		if p.Book != ledger.Fund {
			continue
		}
		if p.To == ledger.Elsewhere {
			used[p.Doc] += p.Amount
		}
		if p.From == ledger.Elsewhere {
			used[p.Doc] -= p.Amount
		}
	}
	for a, n := range l.Balances(ledger.Fund) {
		h.Accounts[a] += n
	}
	h.moneyOf(c, lines, l)
	for i := range lines {
		x := &lines[i]
		k := x.Inst + "\x1f" + x.Mdtrt + "\x1f" + x.Sn + "\x1f" + x.Setl
		charged[k] += x.Charged
		if x.Scope > 0 {
			scope[k] = max(scope[k], x.Scope)
		}
	}
	return nil
}

// moneyOf holds the ledger to the decisions.
func (h *Health) moneyOf(c *store.Case, lines []store.CaseLine, l *ledger.Case) {
	var fund, sum int64
	for i := range lines {
		x := &lines[i]
		if x.Upheld < 0 || x.Upheld > x.Vola || x.Charged < 0 || x.Charged > x.Upheld {
			h.wrong(c, "第 %d 行认定 %s 元、拟扣 %s 元，违规 %s 元", x.LineNo, claim.Money(x.Upheld), claim.Money(x.Charged), claim.Money(x.Vola))
		}
		sum += x.Charged
		var want int64
		if ledgered(c) {
			want = fundOf(x)
		}
		fund += want
		if got := l.Claims(ledger.Fund, x.LineNo); got != want {
			h.wrong(c, "第 %d 行决定 %s 元，台账 %s 元", x.LineNo, claim.Money(want), claim.Money(got))
		}
	}
	if sum != c.Charged {
		h.wrong(c, "拟扣合计 %s 元，逐行 %s 元", claim.Money(c.Charged), claim.Money(sum))
	}
	h.Decided += fund
	h.Booked += l.Claims(ledger.Fund, 0)
	if c.State == Closed && c.Outcome == OutcomeCollected && !l.Settled() {
		h.wrong(c, "已办结而账未结清：%s", balanceText(l))
	}
	if c.State == Closed && l.Total(ledger.Fund, ledger.Proposed, ledger.Confirmed, ledger.Due, ledger.Offset, ledger.Clearing, ledger.Handed) != 0 {
		h.wrong(c, "已关闭而仍有应收：%s", balanceText(l))
	}
	if (c.State == Admin) != (l.Total(ledger.Fund, ledger.Handed) != 0) && c.Fund != 0 && ledgered(c) {
		h.wrong(c, "状态 %s 与“移交”账 %s 元不符", c.State, claim.Money(l.Total(ledger.Fund, ledger.Handed)))
	}
}

// stateOf holds states, clocks and steps to each other.
func (h *Health) stateOf(c *store.Case, f *store.Finding, steps []store.Step) {
	s := flow.state(c.State)
	switch {
	case s == nil:
		h.wrong(c, "没有状态 %q", c.State)
		return
	case f.State != c.State:
		h.wrong(c, "办理状态 %s，疑点状态 %s", c.State, f.State)
	case f.Charged != c.Charged && c.State != Machine:
		h.wrong(c, "办理拟扣 %s 元，疑点拟扣 %s 元", claim.Money(c.Charged), claim.Money(f.Charged))
	case c.Clock != s.Clock:
		h.wrong(c, "状态 %s 的期限应为 %q，记的是 %q", c.State, s.Clock, c.Clock)
	case (s.Clock != "") != (c.DueDay > 0) || c.DueDay < c.StartDay:
		h.wrong(c, "期限不对：起 %s 止 %s", claim.Day(c.StartDay), claim.Day(c.DueDay))
	case (c.State == Closed) != (c.Outcome != "") && c.Outcome != OutcomeRedo:
		h.wrong(c, "状态 %s，结果 %q", c.State, c.Outcome)
	case c.FirstBy != "" && (c.FirstBy == c.SecondBy || c.FirstBy == c.FinalBy) && c.FirstBy != legacy:
		h.wrong(c, "初审人 %s 又办了复审或终审", c.FirstBy)
	case c.SecondBy != "" && c.SecondBy == c.FinalBy && c.FinalBy != legacy:
		h.wrong(c, "复审人 %s 又办了终审", c.SecondBy)
	case c.DismissBy != "" && c.DismissBy == c.Dismiss2By:
		h.wrong(c, "排除的两人是同一人 %s", c.DismissBy)
	}
	if len(steps) != c.Steps {
		h.wrong(c, "应有 %d 步，实有 %d 步", c.Steps, len(steps))
		return
	}
	at := Machine
	for i, st := range steps {
		if st.Seq != i+1 || (st.From != at && st.Event != "takeover") {
			h.wrong(c, "第 %d 步从 %s，而前一步到 %s", st.Seq, st.From, at)
		}
		at = st.To
	}
	if at != c.State {
		h.wrong(c, "最后一步到 %s，现为 %s", at, c.State)
	}
}

// whole holds what all cases have together.
func (h *Health) whole(tx *store.Tx, used, charged, scope map[string]int64) error {
	for k, n := range charged {
		if s := scope[k]; s > 0 && n > s {
			h.Wrong = append(h.Wrong, fmt.Sprintf("费用行 %q 各疑点共扣 %s 元，超过可扣的 %s 元", k, claim.Money(n), claim.Money(s)))
		}
	}
	rs, err := tx.Refunds()
	for _, r := range rs {
		if used[refundDoc+r.ID] != r.Used || r.Used > r.Amt || r.Used < 0 {
			h.Wrong = append(h.Wrong, fmt.Sprintf("另行退款 %s：登记已用 %s 元，台账用了 %s 元", r.ID, claim.Money(r.Used), claim.Money(used[refundDoc+r.ID])))
		}
	}
	if h.Decided != h.Booked {
		h.Wrong = append(h.Wrong, fmt.Sprintf("决定合计 %s 元，台账合计 %s 元", claim.Money(h.Decided), claim.Money(h.Booked)))
	}
	return err
}
