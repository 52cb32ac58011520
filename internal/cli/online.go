package cli

import (
	"errors"

	"github.com/mingjian/mingjian/internal/online/fsi"
	"github.com/mingjian/mingjian/internal/store"
)

type onlineCmd struct {
	Inform   onlineInformCmd   `cmd:"" help:"一个开关：全区的拦截、须确认都改为提示，或恢复"`
	Status   onlineStatusCmd   `cmd:"" help:"开关和待复核的放行"`
	Releases onlineReleasesCmd `cmd:"" help:"列出现场放行"`
	Review   onlineReviewCmd   `cmd:"" help:"复核一条现场放行"`
}

func (o *office) releases() *fsi.Desk { return &fsi.Desk{DB: o.db, Trail: o.trail} }

type onlineInformCmd struct {
	dataFlag
	storeFlag
	Area string `help:"区划代码前缀，缺省全部" placeholder:"代码"`
	On   bool   `help:"全部改为提示" xor:"way" required:""`
	Off  bool   `help:"恢复" xor:"way" required:""`
	Why  string `help:"理由，记入留痕" placeholder:"文字"`
}

func (c *onlineInformCmd) Run(s *streams) error {
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		if err := o.releases().SetInformOnly(s.ctx, o.actor, c.Area, c.On, c.Why); err != nil {
			return err
		}
		word := "恢复拦截"
		if c.On {
			word = "全部改为提示"
		}
		s.printf("区划 %q：%s，运行中的服务两秒内生效\n", c.Area, word)
		return nil
	})
}

type onlineStatusCmd struct {
	dataFlag
	storeFlag
	jsonFlag
}

type switchItem struct {
	Area  string `json:"area"`
	On    bool   `json:"inform_only"`
	Actor string `json:"actor"`
	Why   string `json:"why"`
	At    string `json:"changed_at"`
}

func (c *onlineStatusCmd) Run(s *streams) error {
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		all, err := o.db.OnlineSettings(s.ctx)
		if err != nil {
			return err
		}
		waiting, err := o.db.Releases(s.ctx, store.ReleaseGiven, 1000)
		if err != nil {
			return err
		}
		items := []switchItem{}
		rows := [][]string{}
		for _, x := range all {
			on := x.Value == "1"
			items = append(items, switchItem{x.Area, on, x.Actor, x.Why, clock(x.ChangedAt)})
			word := "正常"
			if on {
				word = "全部改为提示"
			}
			rows = append(rows, []string{x.Area, word, x.Actor, x.Why, clock(x.ChangedAt)})
		}
		if c.JSON {
			return s.json(map[string]any{"switches": items, "waiting": len(waiting)})
		}
		table(s.out, []string{"区划", "状态", "操作人", "理由", "时间"}, rows)
		s.printf("待复核的现场放行 %d 条\n", len(waiting))
		return nil
	})
}

type onlineReleasesCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	State string `help:"状态" enum:"待第二人,已放行,复核认可,复核不认可" default:"已放行"`
	Limit int    `help:"最多几条" default:"100"`
}

type releaseItem struct {
	ID     string `json:"release_id"`
	Rule   string `json:"rule_id"`
	Cont   string `json:"vola_cont"`
	Inst   string `json:"fixmedins_code"`
	Mdtrt  string `json:"mdtrt_id"`
	Code   string `json:"reason_code"`
	Reason string `json:"reason"`
	First  string `json:"first_opter"`
	Second string `json:"second_opter"`
	At     string `json:"at"`
	State  string `json:"stas"`
	Review string `json:"review"`
}

func (c *onlineReleasesCmd) Run(s *streams) error {
	if c.Limit < 1 {
		return usageError{errors.New("--limit 至少为 1")}
	}
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		rs, err := o.db.Releases(s.ctx, c.State, c.Limit)
		if err != nil {
			return err
		}
		items := make([]releaseItem, len(rs))
		rows := make([][]string, len(rs))
		for i, r := range rs {
			items[i] = releaseItem{r.ID, r.Rule, r.Cont, r.Inst, r.Mdtrt, r.ReasonCode, r.Reason, r.First.Operator, r.Second.Operator, clock(r.First.At), r.State, r.Review}
			rows[i] = []string{r.ID, r.Rule, r.Inst, r.Mdtrt, r.ReasonCode + " " + r.Reason, r.First.Operator + " " + r.First.Name, r.Second.Operator + " " + r.Second.Name, clock(r.First.At)}
		}
		if c.JSON {
			return s.json(items)
		}
		table(s.out, []string{"编号", "规则", "机构", "就诊", "理由", "第一人", "第二人", "时间"}, rows)
		return nil
	})
}

type onlineReviewCmd struct {
	dataFlag
	storeFlag
	ID     string `arg:"" name:"编号"`
	Upheld bool   `help:"认可" xor:"verdict" required:""`
	Reject bool   `help:"不认可，立即失效" xor:"verdict" required:""`
	Note   string `help:"复核意见" required:"" placeholder:"文字"`
}

func (c *onlineReviewCmd) Run(s *streams) error {
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		if err := o.releases().Review(s.ctx, o.actor, c.ID, c.Upheld, c.Note); err != nil {
			return err
		}
		s.printf("放行 %s 已复核\n", c.ID)
		return nil
	})
}
