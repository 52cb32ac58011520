package cli

import (
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
