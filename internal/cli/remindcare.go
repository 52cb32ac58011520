package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/calendar"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online/remind"
	"github.com/mingjian/mingjian/internal/store"
)

type remindInboxCmd struct {
	List   remindInboxListCmd   `cmd:"" default:"withargs" help:"列出"`
	Answer remindInboxAnswerCmd `cmd:"" help:"答复一件"`
}

type remindInboxListCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	Rule string `help:"哪条规则" placeholder:"编号"`
	All  bool   `help:"已答复的也列"`
}

type inboxItem struct {
	store.Wrong
	Left int `json:"working_days_left"` // negative: overdue
}

func (c *remindInboxListCmd) Run(s *streams) error {
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		if _, err := o.drain(s); err != nil {
			return err
		}
		state := store.WrongOpen
		if c.All {
			state = ""
		}
		var ws []store.Wrong
		err := o.db.View(s.ctx, func(tx *store.Tx) (err error) { ws, err = tx.Wrongs(state, c.Rule); return err })
		if err != nil {
			return err
		}
		today := claim.Day(remindNow().Unix() / 86400)
		out := []inboxItem{}
		var rows [][]string
		for _, w := range ws {
			x := inboxItem{Wrong: w}
			left := w.State
			if w.State == store.WrongOpen {
				due, err := claim.ParseDay(w.Due)
				if err != nil {
					return err
				}
				x.Left = calendar.Default().Between(today, due)
				if left = fmt.Sprintf("还有 %d 个工作日", x.Left); x.Left < 0 {
					left = fmt.Sprintf("超期 %d 个工作日", -x.Left)
				}
			}
			out = append(out, x)
			rows = append(rows, []string{w.ID, w.Kind, w.Rule, w.Inst, clock(w.ReceivedAt), w.Due, left, w.Owner, w.Said, strings.TrimSpace(w.Verdict + " " + w.Answer)})
		}
		if c.JSON {
			return s.json(out)
		}
		table(s.out, []string{"编号", "来源", "规则", "机构", "收到", "期限", "时钟", "负责人", "内容", "答复"}, rows)
		return nil
	})
}

type remindInboxAnswerCmd struct {
	dataFlag
	storeFlag
	ID      string `arg:"" name:"编号"`
	Verdict string `help:"规则有误、规则无误 或 事实不全" required:"" placeholder:"结论"`
	Answer  string `help:"怎么答复，怎么改" required:"" placeholder:"文字"`
}

func (c *remindInboxAnswerCmd) Run(s *streams) error {
	if !slices.Contains(remind.WrongVerdicts, c.Verdict) {
		return usageError{fmt.Errorf("结论应为 %s", strings.Join(remind.WrongVerdicts, "、"))}
	}
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		err := o.trail.Do(s.ctx, o.db, func(tx *store.Tx) ([]auth.Event, error) {
			w, err := tx.Wrong(c.ID)
			if err != nil {
				return nil, fmt.Errorf("待答复 %s %w", c.ID, err)
			}
			return []auth.Event{{Actor: o.actor, Action: "答复提醒反映", Object: c.ID, Detail: c.Verdict + "；" + c.Answer}},
				remind.AnswerWrong(tx, w, c.Verdict, c.Answer, o.actor, now())
		})
		if err != nil {
			return err
		}
		s.printf("已答复 %s：%s\n", c.ID, c.Verdict)
		return nil
	})
}

type remindProposalsCmd struct {
	List   remindProposalsListCmd `cmd:"" default:"withargs" help:"算一遍并列出"`
	Decide remindDecideCmd        `cmd:"" help:"对一件建议作决定"`
}

type remindProposalsListCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	Area string `help:"区划前缀，缺省全局" placeholder:"区划"`
}

func (c *remindProposalsListCmd) Run(s *streams) error {
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		if _, err := o.drain(s); err != nil {
			return err
		}
		areas, err := remind.LoadAreas(s.ctx, o.db)
		if err != nil {
			return err
		}
		if _, err := remind.Propose(s.ctx, o.db, areas, c.Area, now()); err != nil {
			return err
		}
		var ps []store.Proposal
		err = o.db.View(s.ctx, func(tx *store.Tx) (err error) { ps, err = tx.Proposals(""); return err })
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(orEmpty(ps))
		}
		var rows [][]string
		for _, p := range ps {
			rows = append(rows, []string{p.ID, p.Rule, p.Area, p.From + " 至 " + p.To, thousands(p.Shown), thousands(p.Answered), thousands(p.Overridden),
				fmt.Sprintf("%.1f %%", float64(p.Overridden)/float64(max(p.Answered, 1))*100), p.State, strings.TrimSpace(p.DecidedBy + " " + p.Why)})
		}
		table(s.out, []string{"编号", "规则", "区划", "时段", ">弹出", ">答复", ">不听", ">比例", "状态", "决定"}, rows)
		return nil
	})
}

type remindDecideCmd struct {
	dataFlag
	storeFlag
	ID     string `arg:"" name:"编号"`
	Accept bool   `help:"采纳" xor:"d"`
	Refuse bool   `help:"不采纳" xor:"d"`
	Why    string `help:"为什么" required:"" placeholder:"理由"`
}

func (c *remindDecideCmd) Run(s *streams) error {
	state := store.ProposalAccepted
	if c.Refuse {
		state = store.ProposalRefused
	}
	if c.Accept == c.Refuse {
		return usageError{errors.New("请写 --accept 或 --refuse")}
	}
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		err := o.trail.Do(s.ctx, o.db, func(tx *store.Tx) ([]auth.Event, error) {
			p, err := remind.Decide(tx, store.Scope{}, c.ID, 0, state, c.Why, o.actor, now())
			if err != nil {
				return nil, err
			}
			return []auth.Event{{Actor: o.actor, Action: "决定静默建议", Object: c.ID, Detail: p.Rule + " " + state + "；" + c.Why}}, nil
		})
		if err != nil {
			return err
		}
		s.printf("建议 %s：%s\n", c.ID, state)
		if state == store.ProposalAccepted {
			s.printf("采纳只是记录：请用 mingjian rules area 或 mingjian remind params --set silent=[…] 办理，机器不自动静默\n")
		}
		return nil
	})
}
