package cli

import (
	"os"
	"path/filepath"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
)

type appealCmd struct {
	Accept appealAcceptCmd `cmd:"" help:"认可"`
	File   appealFileCmd   `cmd:"" help:"申诉"`
	Reopen appealReopenCmd `cmd:"" help:"视为认可后，有理由重新申诉一次"`
	Second appealSecondCmd `cmd:"" help:"二次申诉"`
	Waive  appealWaiveCmd  `cmd:"" help:"不再申诉"`
}

type pleaFlags struct {
	caseFlags
	Row   []int    `help:"只对这些行申诉" placeholder:"行号"`
	Files []string `help:"随同的附件号" placeholder:"附件号"`
}

func (c *pleaFlags) plea(ref review.Ref) review.AppealInput {
	return review.AppealInput{Ref: ref, Say: c.say(), Lines: c.Row, Files: c.Files}
}

type (
	appealFileCmd   struct{ pleaFlags }
	appealReopenCmd struct{ pleaFlags }
	appealSecondCmd struct{ pleaFlags }
	suppleSendCmd   struct{ pleaFlags }
)

func (c *appealFileCmd) Run(s *streams) error {
	return c.run(s, func(d *review.Desk, who *auth.Identity, ref review.Ref) (*store.Case, error) {
		return d.Appeal(s.ctx, who, c.plea(ref))
	})
}

func (c *appealReopenCmd) Run(s *streams) error {
	return c.run(s, func(d *review.Desk, who *auth.Identity, ref review.Ref) (*store.Case, error) {
		return d.Reopen(s.ctx, who, c.plea(ref))
	})
}

func (c *appealSecondCmd) Run(s *streams) error {
	return c.run(s, func(d *review.Desk, who *auth.Identity, ref review.Ref) (*store.Case, error) {
		return d.SecondAppeal(s.ctx, who, c.plea(ref))
	})
}

type suppleCmd struct {
	Ask  suppleAskCmd  `cmd:"" help:"复审员要求补充，只能一次"`
	Send suppleSendCmd `cmd:"" help:"机构提交"`
}

func (c *suppleSendCmd) Run(s *streams) error {
	return c.run(s, func(d *review.Desk, who *auth.Identity, ref review.Ref) (*store.Case, error) {
		return d.SupplementDocs(s.ctx, who, c.plea(ref))
	})
}

type reviewAttachCmd struct {
	caseFlags
	Paths []string `arg:"" name:"文件"`
}

func (c *reviewAttachCmd) Run(s *streams) error {
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		var done []*store.Attachment
		for _, p := range c.Paths {
			ref, err := c.ref(s, d, who)
			if err != nil {
				return err
			}
			f, err := os.Open(p)
			if err != nil {
				return err
			}
			a, err := d.Attach(s.ctx, who, ref, filepath.Base(p), f)
			f.Close()
			if err != nil {
				return err
			}
			done = append(done, a)
			if !c.JSON {
				s.printf("附件 %s %s %d 字节\n", a.ID, a.Name, a.Size)
			}
		}
		if c.JSON {
			return s.json(done)
		}
		return nil
	})
}

type secondCmd struct {
	Uphold   secondUpholdCmd   `cmd:"" help:"维持，可部分"`
	Withdraw secondWithdrawCmd `cmd:"" help:"撤销，须写理由代码"`
	Refer    secondReferCmd    `cmd:"" help:"提请合议"`
}

type (
	secondUpholdCmd struct {
		caseFlags
		linesFlag
	}
	reviewConfirmCmd secondUpholdCmd
	rerunAdoptCmd    secondUpholdCmd
)

func (c *secondUpholdCmd) Run(s *streams) error {
	ls, err := c.get()
	if err != nil {
		return err
	}
	return c.run(s, func(d *review.Desk, who *auth.Identity, ref review.Ref) (*store.Case, error) {
		return d.Uphold(s.ctx, who, review.DecideInput{Ref: ref, Say: c.say(), Lines: ls})
	})
}

func (c *reviewConfirmCmd) Run(s *streams) error {
	ls, err := c.get()
	if err != nil {
		return err
	}
	return c.run(s, func(d *review.Desk, who *auth.Identity, ref review.Ref) (*store.Case, error) {
		return d.Confirm(s.ctx, who, review.DecideInput{Ref: ref, Say: c.say(), Lines: ls})
	})
}

type rerunCmd struct {
	Adopt rerunAdoptCmd `cmd:"" help:"采纳：撤回的撤销，变更的逐行调减"`
	Keep  rerunKeepCmd  `cmd:"" help:"不采纳，须写理由"`
	Redo  rerunRedoCmd  `cmd:"" help:"未发出的，退给机审按新内容重出"`
}

func (c *rerunAdoptCmd) Run(s *streams) error {
	ls, err := c.get()
	if err != nil {
		return err
	}
	return c.run(s, func(d *review.Desk, who *auth.Identity, ref review.Ref) (*store.Case, error) {
		return d.AdoptMachine(s.ctx, who, review.DecideInput{Ref: ref, Say: c.say(), Lines: ls})
	})
}
