package review

import (
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// fates tells of each row of an older system's files what is to become of it, and why. Nothing is written.
func (b *batch) fates(rows []OldRow, known func(rule string) bool) ([]store.TakeoverRow, error) {
	s := &sorter{batch: b, known: known, ids: map[string]int{}, facts: map[string]int{}, taken: map[string]int64{}, refunds: map[string]int{}, back: map[string]bool{}}
	var err error
	if s.had, err = b.tx.RuleAliases(); err != nil {
		return nil, err
	}
	b.aliases = maps.Clone(s.had)
	out := make([]store.TakeoverRow, len(rows))
	s.rows = rows
	// Rules first, whatever the order of the files: findings are of them.
	for _, kind := range []string{rowRule, rowFinding, rowRefund} {
		for i := range rows {
			if rows[i].Kind != kind {
				continue
			}
			r := &out[i]
			*r = store.TakeoverRow{File: rows[i].File, Line: rows[i].Line, Kind: kind, OldID: rows[i].Cells["old_id"], Body: rows[i].body()}
			if err := s.fate(i, r); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// sorter keeps what the rows before said.
type sorter struct {
	*batch
	known   func(rule string) bool
	rows    []OldRow
	had     map[string]string // rules as they are mapped now
	ids     map[string]int    // rows by old number
	facts   map[string]int    // by card and line
	taken   map[string]int64  // money by line
	refunds map[string]int
	back    map[string]bool // institutions of which single lines had come back
}

// where names a row that came before.
func (s *sorter) where(i int) string {
	return fmt.Sprintf("%s 第 %d 行", s.rows[i].File, s.rows[i].Line)
}

func (s *sorter) fate(i int, r *store.TakeoverRow) (err error) {
	x := &s.rows[i]
	switch x.Kind {
	case rowRule:
		r.Fate, r.Why = s.ruleFate(i, x)
		return nil
	case rowRefund:
		r.Fate, r.Why, err = s.refundFate(i, x, r)
		return err
	}
	o, bad := x.old()
	r.Vola, r.Fund = o.Vola, o.Fund
	if bad != nil {
		r.Fate, r.Why = FateRefuse, bad.Error()
		return nil
	}
	return s.findingFate(i, o, r)
}

func (s *sorter) ruleFate(i int, x *OldRow) (fate, why string) {
	old, rule := x.Cells["old_rule"], x.Cells["rule_id"]
	before, twice := s.ids["规则 "+old]
	switch {
	case old == "" || rule == "":
		return FateRefuse, "旧规则和现规则都要写"
	case !s.known(rule):
		return FateRefuse, fmt.Sprintf("现规则 %s 不存在", rule)
	case twice:
		return FateRefuse, "旧规则 " + old + " 已在 " + s.where(before) + " 对应过"
	}
	s.ids["规则 "+old] = i
	s.aliases[old] = rule
	switch s.had[old] {
	case "":
		return FateTake, ""
	case rule:
		return FateKnown, "已经对应"
	}
	return FateDoubt, fmt.Sprintf("旧规则 %s 现在对应 %s，照收会改为 %s", old, s.had[old], rule)
}

func (s *sorter) refundFate(i int, x *OldRow, r *store.TakeoverRow) (fate, why string, err error) {
	f, bad := x.refund()
	if bad != nil {
		return FateRefuse, bad.Error(), nil
	}
	r.OldID, r.Vola, r.Fund = f.RefNo, f.Amt, f.Amt
	if _, err := s.tx.ReviewInst(f.Inst); errors.Is(err, store.ErrNotFound) {
		return FateRefuse, "机构 " + f.Inst + " 没有登记", nil
	} else if err != nil {
		return "", "", err
	}
	if before, ok := s.refunds[f.ID]; ok {
		return FateRefuse, "与 " + s.where(before) + " 是同一笔", nil
	}
	s.refunds[f.ID] = i
	switch _, err := s.tx.RefundElse(f.ID); {
	case err == nil:
		return FateKnown, "已经登记过", nil
	case !errors.Is(err, store.ErrNotFound):
		return "", "", err
	case s.back[f.Inst]:
		return FateDoubt, "同一机构在这批文件里还有逐行已收回的疑点：请核对这笔总额里有没有它们，有就会抵减两次", nil
	}
	return FateTake, "登记为另行退款，以后下账时抵减", nil
}

func (s *sorter) findingFate(i int, o *Old, r *store.TakeoverRow) error {
	if before, ok := s.ids[o.ID]; ok && o.ID != "" {
		r.Fate, r.Why = FateRefuse, "旧编号与 "+s.where(before)+" 相同"
		return nil
	}
	s.ids[o.ID] = i
	inst, rule, err := s.oldFits(o)
	if CodeOf(err) != "" {
		r.Fate, r.Why = FateRefuse, err.Error()
		return nil
	}
	if err != nil {
		return err
	}
	claims, err := s.tx.ClaimsOn([]string{o.Mdtrt})
	if err != nil {
		return err
	}
	lines := o.findLine(rule, claims)
	f := o.finding(rule, inst, s.now)
	olds, err := s.tx.Olds([]string{o.ID})
	if err != nil {
		return err
	}
	if _, err := s.tx.Finding(f.ID); err == nil || olds[o.ID].Finding != "" {
		r.Fate, r.Why = FateKnown, "此前已经接管"
		return nil
	}
	if err := s.free(f, claims); CodeOf(err) != "" {
		r.Fate, r.Why = FateRefuse, err.Error()
		return nil
	} else if err != nil {
		return err
	}
	if o.State == Closed {
		s.back[o.Inst] = true
	}
	doubts, notes := s.within(i, o, rule), []string{}
	same := sameFact(o, rule, claims)
	link, err := s.linkTo(o, rule, claims)
	if err != nil {
		return err
	}
	switch {
	case link != nil:
		r.Linked = link.ID
		if link.Vola > o.Vola {
			doubts = append(doubts, fmt.Sprintf("本系统同一条疑点算得 %s 元，旧系统 %s 元：照收按旧系统的金额", claim.Money(link.Vola), claim.Money(o.Vola)))
		} else {
			notes = append(notes, "本系统已有同一条疑点，在它上面接着办")
		}
	case same != nil && same.State != Machine:
		r.Linked = same.Finding
		doubts = append(doubts, fmt.Sprintf("本系统同一规则同一行的疑点现为“%s”：照收后同一事实有两条，按剩余金额扣", same.State))
	case same != nil && !same.Withdrawn:
		r.Linked = same.Finding
		doubts = append(doubts, fmt.Sprintf("本系统同一规则的疑点 %s 元，与旧系统 %s 元不是同一口径：照收另成一条，本系统那条只扣剩余的", claim.Money(same.Vola), claim.Money(o.Vola)))
	}
	if lines > 1 {
		doubts = append(doubts, fmt.Sprintf("没有写明细号，本系统在这次就诊同一规则有 %d 行疑点：照收另成一条，同一笔钱可能扣两次，请补上明细号", lines))
	}
	if o.State == Closed && o.Received == "" {
		doubts = append(doubts, "没有写收回月份：照收记在现在的月份，年度比较会把它算作今年收回")
	}
	if known, err := s.settled(o.Setl); err != nil {
		return err
	} else if known != nil && known.Inst != "" && known.Inst != o.Inst {
		r.Fate, r.Why = FateRefuse, fmt.Sprintf("结算 %s 是机构 %s 的，不是 %s 的", o.Setl, known.Inst, o.Inst)
		return nil
	}
	if inst.ClosedOn != "" {
		notes = append(notes, "机构已于 "+inst.ClosedOn+" 关停")
	}
	switch {
	case len(doubts) > 0:
		r.Fate, r.Why = FateDoubt, strings.Join(append(doubts, notes...), "；")
	case link != nil:
		r.Fate, r.Why = FateLink, strings.Join(notes, "；")
	default:
		r.Fate, r.Why = FateTake, strings.Join(notes, "；")
	}
	return nil
}

// within holds a row to those before it in the same files: one fact that is there twice, and one line that gives more than it has.
func (s *sorter) within(i int, o *Old, rule string) (doubts []string) {
	line := strings.Join([]string{o.Inst, o.Mdtrt, o.Setl, o.Sn}, "\x1f")
	if before, ok := s.facts[rule+"\x1f"+line]; ok {
		doubts = append(doubts, "与 "+s.where(before)+" 是同一规则同一费用行：两条都收会重复")
	} else {
		s.facts[rule+"\x1f"+line] = i
	}
	if s.taken[line] += o.Vola; o.Scope > 0 && o.Sn != "" && s.taken[line] > o.Scope {
		doubts = append(doubts, fmt.Sprintf("这一费用行在文件里合计 %s 元，超过可扣的 %s 元", claim.Money(s.taken[line]), claim.Money(o.Scope)))
	}
	return doubts
}
