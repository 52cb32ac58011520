package cli

import (
	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/review"
)

type clockCmd struct {
	Tick   clockTickCmd   `cmd:"" help:"跑一遍期限：推定送达、催办、视为认可、上报、催缴、自动办结；每天至少一次，可重复"`
	Pause  clockPauseCmd  `cmd:"" help:"暂停计时（等协查、等专家）"`
	Resume clockResumeCmd `cmd:"" help:"恢复计时，按工作日顺延"`
	Extend clockExtendCmd `cmd:"" help:"申请延期"`
	Grant  clockGrantCmd  `cmd:"" help:"批准或不批准延期（须另一人）"`
}

type clockTickCmd struct {
	dataFlag
	storeFlag
	jsonFlag
}

func (c *clockTickCmd) Run(s *streams) error {
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		r, err := o.desk().Tick(s.ctx)
		if err != nil {
			return coded(err)
		}
		if c.JSON {
			return s.json(r)
		}
		s.printf("%s：推定送达 %d，催办 %d，按逾期处理 %d，超期上报 %d，催缴 %d，机审变更 %d，办结 %d\n", r.Day, r.Deemed, r.Reminded, r.Lapsed, r.Escalated, r.Dunned, r.Rerun, r.Closed)
		return nil
	})
}

type clockExtendCmd struct {
	caseFlags
	Days int `help:"工作日" required:""`
}

func (c *clockExtendCmd) Run(s *streams) error {
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		ref, err := c.ref(s, d, who)
		if err != nil {
			return err
		}
		x, err := d.AskExtension(s.ctx, who, ref, c.Days, c.say())
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(x)
		}
		s.printf("延期申请 %s 待批\n", x.ID)
		return nil
	})
}

type clockGrantCmd struct {
	placeFlags
	ID      string `arg:"" name:"延期申请号"`
	Refuse  bool   `help:"不批准"`
	Version int64  `help:"你看到的版本" default:"1"`
	Opinion string `help:"意见" placeholder:"文字"`
}

func (c *clockGrantCmd) Run(s *streams) error {
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		x, err := d.DecideExtension(s.ctx, who, c.ID, c.Version, !c.Refuse, review.Say{Opinion: c.Opinion})
		if err != nil {
			return err
		}
		return showCase(s, c.JSON, x)
	})
}

type relayCmd struct {
	Ask    relayAskCmd    `cmd:"" help:"转给本院科室或医生"`
	Answer relayAnswerCmd `cmd:"" help:"答复"`
	List   relayListCmd   `cmd:"" help:"转给我的"`
}

type relayAskCmd struct {
	placeFlags
	ID    string `arg:"" name:"疑点号"`
	Login string `arg:"" name:"登录名"`
	Dept  string `help:"科室" placeholder:"科室"`
	Asks  string `help:"要说明什么" placeholder:"文字"`
	Days  int    `help:"几个工作日内" placeholder:"日"`
}

func (c *relayAskCmd) Run(s *streams) error {
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		r, err := d.Relay(s.ctx, who, review.RelayInput{ID: c.ID, Login: c.Login, Dept: c.Dept, Asks: c.Asks, Days: c.Days})
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(r)
		}
		s.printf("院内转办 %s：%s 前由 %s 答复\n", r.ID, dayText(r.DueDay), r.Login)
		return nil
	})
}

type relayAnswerCmd struct {
	placeFlags
	ID      string `arg:"" name:"转办号"`
	Version int64  `help:"你看到的版本" default:"1"`
	Reply   string `help:"答复" required:"" placeholder:"文字"`
}

func (c *relayAnswerCmd) Run(s *streams) error {
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		if err := d.AnswerRelay(s.ctx, who, c.ID, c.Version, c.Reply); err != nil {
			return err
		}
		return c.done(s, "已答复 "+c.ID)
	})
}

type relayListCmd struct {
	placeFlags
	State string `help:"待答、已答" placeholder:"状态"`
}

func (c *relayListCmd) Run(s *streams) error {
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		rs, err := d.Relayed(s.ctx, who, c.State)
		if err != nil {
			return err
		}
		if c.JSON {
			if rs == nil {
				rs = []review.RelayItem{}
			}
			return s.json(rs)
		}
		var rows [][]string
		for _, r := range rs {
			rows = append(rows, []string{r.ID, r.Finding, r.AskedBy, dayText(r.DueDay), r.State, r.Asks})
		}
		table(s.out, []string{"转办", "疑点", "谁转来", "期限", "状态", "要说明什么"}, rows)
		return nil
	})
}
