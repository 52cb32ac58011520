package cli

import (
	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
)

type firstCmd struct {
	Keep    firstKeepCmd    `cmd:"" help:"保留（可降级、可部分）"`
	Dismiss firstDismissCmd `cmd:"" help:"排除，须写理由代码"`
	Agree   firstAgreeCmd   `cmd:"" help:"第二人同意排除"`
	Refuse  firstRefuseCmd  `cmd:"" help:"第二人不同意排除"`
	Reread  firstRereadCmd  `cmd:"" help:"第三人抽查：同意"`
	Back    firstBackCmd    `cmd:"" help:"第三人抽查：不同意，退回初审"`
}

type firstKeepCmd struct {
	caseFlags
	linesFlag
	Severity int `help:"降为程度 2 或 3"`
}

func (c *firstKeepCmd) Run(s *streams) error {
	ls, err := c.get()
	if err != nil {
		return err
	}
	return c.run(s, func(d *review.Desk, who *auth.Identity, ref review.Ref) (*store.Case, error) {
		return d.Keep(s.ctx, who, review.KeepInput{Ref: ref, Say: c.say(), Severity: c.Severity, Lines: ls})
	})
}

type (
	firstDismissCmd   struct{ caseFlags }
	firstAgreeCmd     struct{ caseFlags }
	firstRefuseCmd    struct{ caseFlags }
	firstRereadCmd    struct{ caseFlags }
	firstBackCmd      struct{ caseFlags }
	appealAcceptCmd   struct{ caseFlags }
	appealWaiveCmd    struct{ caseFlags }
	suppleAskCmd      struct{ caseFlags }
	secondWithdrawCmd struct{ caseFlags }
	secondReferCmd    struct{ caseFlags }
	reviewOverturnCmd struct{ caseFlags }
	reviewCloseCmd    struct{ caseFlags }
	adminHandOverCmd  struct{ caseFlags }
	adminReturnCmd    struct{ caseFlags }
	clockPauseCmd     struct{ caseFlags }
	clockResumeCmd    struct{ caseFlags }
	rerunKeepCmd      struct{ caseFlags }
	rerunRedoCmd      struct{ caseFlags }
)

// plain runs a step that needs nothing but what is said.
func (c *caseFlags) plain(s *streams, step func(d *review.Desk) func(who *auth.Identity, ref review.Ref, say review.Say) (*store.Case, error)) error {
	return c.run(s, func(d *review.Desk, who *auth.Identity, ref review.Ref) (*store.Case, error) {
		return step(d)(who, ref, c.say())
	})
}

type stepFunc = func(who *auth.Identity, ref review.Ref, say review.Say) (*store.Case, error)

func (c *firstDismissCmd) Run(s *streams) error {
	return c.plain(s, func(d *review.Desk) stepFunc {
		return func(w *auth.Identity, r review.Ref, y review.Say) (*store.Case, error) {
			return d.Dismiss(s.ctx, w, r, y)
		}
	})
}

func (c *firstAgreeCmd) Run(s *streams) error {
	return c.plain(s, func(d *review.Desk) stepFunc {
		return func(w *auth.Identity, r review.Ref, y review.Say) (*store.Case, error) {
			return d.DismissAgree(s.ctx, w, r, y)
		}
	})
}

func (c *firstRefuseCmd) Run(s *streams) error {
	return c.plain(s, func(d *review.Desk) stepFunc {
		return func(w *auth.Identity, r review.Ref, y review.Say) (*store.Case, error) {
			return d.DismissRefuse(s.ctx, w, r, y)
		}
	})
}

func (c *firstRereadCmd) Run(s *streams) error {
	return c.plain(s, func(d *review.Desk) stepFunc {
		return func(w *auth.Identity, r review.Ref, y review.Say) (*store.Case, error) {
			return d.RereadAgree(s.ctx, w, r, y)
		}
	})
}

func (c *firstBackCmd) Run(s *streams) error {
	return c.plain(s, func(d *review.Desk) stepFunc {
		return func(w *auth.Identity, r review.Ref, y review.Say) (*store.Case, error) {
			return d.RereadRefuse(s.ctx, w, r, y)
		}
	})
}

func (c *appealAcceptCmd) Run(s *streams) error {
	return c.plain(s, func(d *review.Desk) stepFunc {
		return func(w *auth.Identity, r review.Ref, y review.Say) (*store.Case, error) {
			return d.Accept(s.ctx, w, r, y)
		}
	})
}

func (c *appealWaiveCmd) Run(s *streams) error {
	return c.plain(s, func(d *review.Desk) stepFunc {
		return func(w *auth.Identity, r review.Ref, y review.Say) (*store.Case, error) {
			return d.Waive(s.ctx, w, r, y)
		}
	})
}

func (c *suppleAskCmd) Run(s *streams) error {
	return c.plain(s, func(d *review.Desk) stepFunc {
		return func(w *auth.Identity, r review.Ref, y review.Say) (*store.Case, error) {
			return d.AskMore(s.ctx, w, r, y)
		}
	})
}

func (c *secondWithdrawCmd) Run(s *streams) error {
	return c.plain(s, func(d *review.Desk) stepFunc {
		return func(w *auth.Identity, r review.Ref, y review.Say) (*store.Case, error) {
			return d.Withdraw(s.ctx, w, r, y)
		}
	})
}

func (c *secondReferCmd) Run(s *streams) error {
	return c.plain(s, func(d *review.Desk) stepFunc {
		return func(w *auth.Identity, r review.Ref, y review.Say) (*store.Case, error) {
			return d.Refer(s.ctx, w, r, y)
		}
	})
}

func (c *reviewOverturnCmd) Run(s *streams) error {
	return c.plain(s, func(d *review.Desk) stepFunc {
		return func(w *auth.Identity, r review.Ref, y review.Say) (*store.Case, error) {
			return d.Overturn(s.ctx, w, r, y)
		}
	})
}

func (c *reviewCloseCmd) Run(s *streams) error {
	return c.plain(s, func(d *review.Desk) stepFunc {
		return func(w *auth.Identity, r review.Ref, _ review.Say) (*store.Case, error) { return d.Finish(s.ctx, w, r) }
	})
}

func (c *adminHandOverCmd) Run(s *streams) error {
	return c.plain(s, func(d *review.Desk) stepFunc {
		return func(w *auth.Identity, r review.Ref, y review.Say) (*store.Case, error) {
			return d.HandOver(s.ctx, w, r, y)
		}
	})
}

func (c *adminReturnCmd) Run(s *streams) error {
	return c.plain(s, func(d *review.Desk) stepFunc {
		return func(w *auth.Identity, r review.Ref, y review.Say) (*store.Case, error) {
			return d.Return(s.ctx, w, r, y)
		}
	})
}

func (c *clockPauseCmd) Run(s *streams) error {
	return c.plain(s, func(d *review.Desk) stepFunc {
		return func(w *auth.Identity, r review.Ref, y review.Say) (*store.Case, error) {
			return d.Pause(s.ctx, w, r, y)
		}
	})
}

func (c *clockResumeCmd) Run(s *streams) error {
	return c.plain(s, func(d *review.Desk) stepFunc {
		return func(w *auth.Identity, r review.Ref, y review.Say) (*store.Case, error) {
			return d.Resume(s.ctx, w, r, y)
		}
	})
}

func (c *rerunKeepCmd) Run(s *streams) error {
	return c.plain(s, func(d *review.Desk) stepFunc {
		return func(w *auth.Identity, r review.Ref, y review.Say) (*store.Case, error) {
			return d.KeepMachine(s.ctx, w, r, y)
		}
	})
}

func (c *rerunRedoCmd) Run(s *streams) error {
	return c.plain(s, func(d *review.Desk) stepFunc {
		return func(w *auth.Identity, r review.Ref, y review.Say) (*store.Case, error) {
			return d.RedoMachine(s.ctx, w, r, y)
		}
	})
}
