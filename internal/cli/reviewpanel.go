package cli

import (
	"fmt"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
)

type packageCmd struct {
	List   packageListCmd   `cmd:"" help:"列出疑点包"`
	Make   packageMakeCmd   `cmd:"" help:"按机构、规则、月份组包；小额的并入年末"`
	Send   packageSendCmd   `cmd:"" help:"发出"`
	Accept packageAcceptCmd `cmd:"" help:"机构认可整包里待答复的"`
	Recall packageRecallCmd `cmd:"" help:"误发撤回：整包撤回，已收的退付"`
}

type packageListCmd struct {
	placeFlags
	State string `help:"待发、已发、已送达、已撤回" placeholder:"状态"`
}

func (c *packageListCmd) Run(s *streams) error {
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		ps, err := d.Packages(s.ctx, who, c.State)
		if err != nil {
			return err
		}
		return showPackages(s, c.JSON, ps)
	})
}

func showPackages(s *streams, asJSON bool, ps []store.Package) error {
	if asJSON {
		if ps == nil {
			ps = []store.Package{}
		}
		return s.json(ps)
	}
	var rows [][]string
	for _, p := range ps {
		rows = append(rows, []string{p.ID, p.Kind, p.Inst, p.Rule, p.Month, p.State, thousands(p.Findings), yuan(p.Fund), clock(p.SentAt), p.Notice})
	}
	table(s.out, []string{"疑点包", "种类", "机构", "规则", "月份", "状态", ">条", ">基金(元)", "发出", "文书"}, rows)
	return nil
}

type packageMakeCmd struct {
	placeFlags
	YearEnd string `name:"year-end" help:"年末：把这一年小额未发的按机构并成一包" placeholder:"yyyy"`
}

func (c *packageMakeCmd) Run(s *streams) error {
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		ps, err := d.Pack(s.ctx, who, c.YearEnd)
		if err != nil {
			return err
		}
		return showPackages(s, c.JSON, ps)
	})
}

// packFlags name a package.
type packFlags struct {
	placeFlags
	ID      string `arg:"" name:"疑点包"`
	Version int64  `help:"你看到的版本；缺省为现在的" placeholder:"版本"`
	Opinion string `help:"意见、理由" placeholder:"文字"`
}

func (c *packFlags) run(s *streams, do func(d *review.Desk, who *auth.Identity, ref review.PackRef) error) error {
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		ref := review.PackRef{ID: c.ID, Version: c.Version}
		if ref.Version == 0 {
			ps, err := d.Packages(s.ctx, who, "")
			if err != nil {
				return err
			}
			for _, p := range ps {
				if p.ID == c.ID {
					ref.Version = p.Version
				}
			}
		}
		return do(d, who, ref)
	})
}

type (
	packageSendCmd   struct{ packFlags }
	packageAcceptCmd struct{ packFlags }
	packageRecallCmd struct{ packFlags }
)

func (c *packageSendCmd) Run(s *streams) error {
	return c.run(s, func(d *review.Desk, who *auth.Identity, ref review.PackRef) error {
		p, err := d.Send(s.ctx, who, ref)
		if err != nil {
			return err
		}
		return showPackages(s, c.JSON, []store.Package{*p})
	})
}

func (c *packageAcceptCmd) Run(s *streams) error {
	return c.run(s, func(d *review.Desk, who *auth.Identity, ref review.PackRef) error {
		n, err := d.AcceptPackage(s.ctx, who, ref, review.Say{Opinion: c.Opinion})
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(map[string]int{"accepted": n})
		}
		s.printf("已认可 %d 条\n", n)
		return nil
	})
}

func (c *packageRecallCmd) Run(s *streams) error {
	return c.run(s, func(d *review.Desk, who *auth.Identity, ref review.PackRef) error {
		p, err := d.Recall(s.ctx, who, ref, review.Say{Opinion: c.Opinion})
		if err != nil {
			return err
		}
		return showPackages(s, c.JSON, []store.Package{*p})
	})
}

type deliverCmd struct {
	List  deliverListCmd  `cmd:"" help:"列出发给机构的文书"`
	Sign  deliverSignCmd  `cmd:"" help:"机构签收：期限从今天起算"`
	Paper deliverPaperCmd `cmd:"" help:"登记纸质送达回证"`
}

type deliverListCmd struct {
	placeFlags
	Inst string `help:"机构；机构用户只看自己的" placeholder:"代码"`
}

func (c *deliverListCmd) Run(s *streams) error {
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		ns, err := d.Notices(s.ctx, who, c.Inst)
		if err != nil {
			return err
		}
		if c.JSON {
			if ns == nil {
				ns = []store.Notice{}
			}
			return s.json(ns)
		}
		var rows [][]string
		for _, n := range ns {
			rows = append(rows, []string{n.ID, n.Title, n.Finding, n.Package, dayText(n.SentDay), dayText(n.DeliveredDay), n.Proof})
		}
		table(s.out, []string{"文书", "名称", "疑点", "疑点包", "发出", "送达", "凭证"}, rows)
		return nil
	})
}

type deliverSignCmd struct {
	placeFlags
	ID string `arg:"" name:"文书号"`
}

func (c *deliverSignCmd) Run(s *streams) error {
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		if err := d.Sign(s.ctx, who, c.ID); err != nil {
			return err
		}
		return c.done(s, "已签收 "+c.ID)
	})
}

// done tells that something was done that has nothing to show.
func (f *placeFlags) done(s *streams, what string) error {
	if f.JSON {
		return s.json(map[string]string{"done": what})
	}
	s.printf("%s\n", what)
	return nil
}

type deliverPaperCmd struct {
	placeFlags
	ID      string `arg:"" name:"文书号"`
	Day     string `help:"送达日" required:"" placeholder:"yyyy-MM-dd"`
	Receipt string `help:"送达回证编号" required:"" placeholder:"编号"`
}

func (c *deliverPaperCmd) Run(s *streams) error {
	day, err := dayOf("--day", c.Day)
	if err != nil {
		return err
	}
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		if err := d.Delivered(s.ctx, who, c.ID, day, c.Receipt); err != nil {
			return err
		}
		return c.done(s, "已登记送达 "+c.ID)
	})
}

type panelCmd struct {
	Convene  panelConveneCmd  `cmd:"" help:"召集：单数、至少三人，自动查回避"`
	Vote     panelVoteCmd     `cmd:"" help:"表决"`
	Recuse   panelRecuseCmd   `cmd:"" help:"回避，可指定接替"`
	Conclude panelConcludeCmd `cmd:"" help:"结论：按多数意见，写纪要"`
	Term     panelTermCmd     `cmd:"" help:"聘任专家，有起止"`
	Tie      panelTieCmd      `cmd:"" help:"登记回避关系：任职、离职、亲属、其他"`
}

type panelConveneCmd struct {
	placeFlags
	IDs     []string `arg:"" name:"疑点号"`
	Members []string `help:"成员登录名，逗号分隔" required:"" name:"member"`
	Chair   string   `help:"组长" required:"" placeholder:"登录名"`
}

func (c *panelConveneCmd) Run(s *streams) error {
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		in := review.ConveneInput{Members: c.Members, Chair: c.Chair}
		for _, id := range c.IDs {
			f := caseFlags{placeFlags: c.placeFlags, ID: id}
			ref, err := f.ref(s, d, who)
			if err != nil {
				return err
			}
			in.Cases = append(in.Cases, ref)
		}
		p, err := d.Convene(s.ctx, who, in)
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(p)
		}
		s.printf("合议 %s：%d 条疑点，成员 %s，组长 %s\n", p.ID, len(c.IDs), strings.Join(c.Members, "、"), p.Chair)
		return nil
	})
}

type panelVoteCmd struct {
	placeFlags
	Panel   string `arg:"" name:"合议号"`
	ID      string `arg:"" name:"疑点号"`
	Vote    string `arg:"" name:"表决" help:"违规、不违规、部分违规"`
	Upheld  string `help:"部分违规时认定多少" placeholder:"元"`
	Opinion string `help:"意见" required:"" placeholder:"文字"`
}

func (c *panelVoteCmd) Run(s *streams) error {
	n, err := fenOf("--upheld", c.Upheld)
	if err != nil {
		return err
	}
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		if err := d.Vote(s.ctx, who, review.Ballot{Panel: c.Panel, ID: c.ID, Vote: c.Vote, Upheld: n, Opinion: c.Opinion}); err != nil {
			return err
		}
		return c.done(s, "已表决 "+c.ID)
	})
}

type panelRecuseCmd struct {
	placeFlags
	Panel   string `arg:"" name:"合议号"`
	Login   string `arg:"" name:"登录名"`
	Why     string `help:"理由" required:"" placeholder:"文字"`
	Instead string `help:"接替的人" placeholder:"登录名"`
}

func (c *panelRecuseCmd) Run(s *streams) error {
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		if err := d.Recuse(s.ctx, who, c.Panel, c.Login, c.Why, c.Instead); err != nil {
			return err
		}
		return c.done(s, c.Login+" 已回避")
	})
}

type panelConcludeCmd struct {
	caseFlags
	linesFlag
	Minutes string `help:"合议纪要" required:"" placeholder:"文字"`
}

func (c *panelConcludeCmd) Run(s *streams) error {
	ls, err := c.get()
	if err != nil {
		return err
	}
	return c.run(s, func(d *review.Desk, who *auth.Identity, ref review.Ref) (*store.Case, error) {
		return d.Conclude(s.ctx, who, review.ConcludeInput{Ref: ref, Say: c.say(), Minutes: c.Minutes, Lines: ls})
	})
}

type panelTermCmd struct {
	placeFlags
	Login string `arg:"" name:"登录名"`
	From  string `help:"聘期起" required:"" placeholder:"yyyy-MM-dd"`
	Until string `help:"聘期止" required:"" placeholder:"yyyy-MM-dd"`
}

func (c *panelTermCmd) Run(s *streams) error {
	from, err := dayOf("--from", c.From)
	if err != nil {
		return err
	}
	until, err := dayOf("--until", c.Until)
	if err != nil {
		return err
	}
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		if err := d.SetTerm(s.ctx, who, c.Login, from, until); err != nil {
			return err
		}
		return c.done(s, fmt.Sprintf("专家 %s 聘期 %s 至 %s", c.Login, from, until))
	})
}

type panelTieCmd struct {
	placeFlags
	Login string `arg:"" name:"登录名"`
	Inst  string `arg:"" name:"机构"`
	Kind  string `arg:"" name:"关系" help:"任职、离职、亲属、其他"`
	Until string `help:"离职日" placeholder:"yyyy-MM-dd"`
	Note  string `help:"说明" placeholder:"文字"`
}

func (c *panelTieCmd) Run(s *streams) error {
	until, err := dayOf("--until", c.Until)
	if err != nil {
		return err
	}
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		if err := d.AddTie(s.ctx, who, review.NewTie{Login: c.Login, Inst: c.Inst, Kind: c.Kind, Until: until, Note: c.Note}); err != nil {
			return err
		}
		return c.done(s, "已登记 "+c.Login+" 与 "+c.Inst+" 的关系："+c.Kind)
	})
}

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
				rs = []store.Relay{}
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
