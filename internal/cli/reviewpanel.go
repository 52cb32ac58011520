package cli

import (
	"fmt"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
)

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
