package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/rule"
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

type reviewExecuteCmd struct{ caseFlags }

func (c *reviewExecuteCmd) Run(s *streams) error {
	return c.with(s, func(d *review.Desk, who *auth.Identity, o *office) error {
		if _, err := o.syncSettled(s, d, who); err != nil {
			return err
		}
		ref, err := c.ref(s, d, who)
		if err != nil {
			return err
		}
		x, err := d.Book(s.ctx, who, ref, c.say())
		if err != nil {
			return err
		}
		return showCase(s, c.JSON, x)
	})
}

type reviewPayCmd struct {
	caseFlags
	Kind   string `help:"种类：机构缴款、缴款到账、缴款退回、清算到账、年度清算扣回、退付机构、已退患者、违约金到账、违约金退付、罚款入库、取消抵扣" required:"" placeholder:"种类"`
	Amount string `help:"金额，缺省为全部" placeholder:"元"`
	Doc    string `help:"凭证号" required:"" placeholder:"号"`
}

func (c *reviewPayCmd) Run(s *streams) error {
	n, err := fenOf("--amount", c.Amount)
	if err != nil {
		return err
	}
	return c.run(s, func(d *review.Desk, who *auth.Identity, ref review.Ref) (*store.Case, error) {
		return d.Pay(s.ctx, who, review.PayInput{Ref: ref, Kind: c.Kind, Amount: n, Doc: c.Doc})
	})
}

type reviewBreachCmd struct {
	caseFlags
	Amount string `help:"金额" required:"" placeholder:"元"`
	Doc    string `help:"文书号" required:"" placeholder:"号"`
}

func (c *reviewBreachCmd) Run(s *streams) error {
	n, err := fenOf("--amount", c.Amount)
	if err != nil {
		return err
	}
	return c.run(s, func(d *review.Desk, who *auth.Identity, ref review.Ref) (*store.Case, error) {
		return d.ChargeBreach(s.ctx, who, review.BreachInput{Ref: ref, Say: c.say(), Amount: n, Doc: c.Doc})
	})
}

type adminCmd struct {
	Hand   adminHandOverCmd `cmd:"" help:"移交行政"`
	Return adminReturnCmd   `cmd:"" help:"行政退回"`
	Close  adminCloseCmd    `cmd:"" help:"行政办结"`
}

type adminCloseCmd struct {
	caseFlags
	Charged bool   `help:"行政已自行追回本金，经办不再收"`
	Fine    string `help:"罚款" placeholder:"元"`
	Doc     string `help:"决定书文号" required:"" placeholder:"文号"`
}

func (c *adminCloseCmd) Run(s *streams) error {
	n, err := fenOf("--fine", c.Fine)
	if err != nil {
		return err
	}
	return c.run(s, func(d *review.Desk, who *auth.Identity, ref review.Ref) (*store.Case, error) {
		return d.AdminClose(s.ctx, who, review.AdminInput{Ref: ref, Say: c.say(), Charged: c.Charged, Fine: n, Doc: c.Doc})
	})
}

type reviewTeachCmd struct {
	placeFlags
	ID    string `arg:"" name:"疑点号"`
	Dept  string `help:"开单科室" placeholder:"科室"`
	Item  string `help:"项目编码，可只写前几位" placeholder:"编码"`
	Diag  string `help:"诊断" placeholder:"C00-C97|Z51"`
	All   bool   `help:"所有机构，不只申诉的这家"`
	From  string `help:"从哪一天起" required:"" placeholder:"yyyy-MM-dd"`
	Until string `help:"到哪一天止" required:"" placeholder:"yyyy-MM-dd"`
	Why   string `help:"理由" placeholder:"文字"`
}

func (c *reviewTeachCmd) Run(s *streams) error {
	from, err := dayOf("--from", c.From)
	if err != nil {
		return err
	}
	to, err := dayOf("--until", c.Until)
	if err != nil {
		return err
	}
	return c.with(s, func(d *review.Desk, who *auth.Identity, o *office) error {
		lib, _, err := rule.ForData(o.dir)
		if err != nil {
			return err
		}
		var rules *govern.Rules = o.rules(lib)
		x, err := d.Teach(s.ctx, who, rules, review.TeachInput{ID: c.ID, Dept: c.Dept, Item: c.Item, Diags: c.Diag, All: c.All, From: from, To: to, Why: strings.TrimSpace(c.Why)})
		if err != nil {
			return err
		}
		return showExempt(s, c.JSON, x)
	})
}

type paramCmd struct {
	List    paramListCmd    `cmd:"" help:"列出参数：缺省、范围、各区划的设定"`
	Ask     paramAskCmd     `cmd:"" help:"申请"`
	Confirm paramConfirmCmd `cmd:"" help:"确认（须另一人）"`
	Void    paramVoidCmd    `cmd:"" help:"作废"`
}

type paramListCmd struct {
	dataFlag
	storeFlag
	jsonFlag
}

func (c *paramListCmd) Run(s *streams) error {
	return withOffice(s, c.Data, c.Store, func(o *office) error {
		ps, err := o.desk().Params(s.ctx, "")
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(map[string]any{"limits": review.Limits(), "values": ps})
		}
		var rows [][]string
		for _, l := range review.Limits() {
			rows = append(rows, []string{l.Name, fmt.Sprint(l.Default), fmt.Sprintf("%d–%d", l.Min, l.Max), l.Unit, l.Does})
		}
		table(s.out, []string{"参数", ">缺省", ">范围", "单位", "说明"}, rows)
		rows = nil
		for _, p := range ps {
			rows = append(rows, []string{p.ID, p.Name, p.Area, fmt.Sprint(p.Value), p.ValidFrom, p.State, p.Author, p.Approver, p.Reason})
		}
		if len(rows) > 0 {
			s.printf("\n")
			table(s.out, []string{"编号", "参数", "区划", ">值", "生效日", "状态", "申请", "确认", "理由"}, rows)
		}
		return nil
	})
}

type paramAskCmd struct {
	placeFlags
	Name  string `arg:"" name:"参数"`
	Value int64  `arg:"" name:"值"`
	Area  string `help:"区划（代码前缀），缺省为全部" placeholder:"代码"`
	From  string `help:"从哪一天起" required:"" placeholder:"yyyy-MM-dd"`
	Why   string `help:"理由或文号" required:"" placeholder:"文字"`
}

func (c *paramAskCmd) Run(s *streams) error {
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		p, err := d.AskParam(s.ctx, who, review.NewParam{Name: c.Name, Area: c.Area, Value: c.Value, From: c.From, Reason: c.Why})
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(p)
		}
		s.printf("参数 %s（%s=%d，自 %s）待另一人确认\n", p.ID, p.Name, p.Value, p.ValidFrom)
		return nil
	})
}

type paramConfirmCmd struct {
	placeFlags
	ID string `arg:"" name:"编号"`
}

type paramVoidCmd paramConfirmCmd

func (c *paramConfirmCmd) Run(s *streams) error { return c.decide(s, true) }
func (c *paramVoidCmd) Run(s *streams) error    { return (*paramConfirmCmd)(c).decide(s, false) }

func (c *paramConfirmCmd) decide(s *streams, agree bool) error {
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		p, err := d.DecideParam(s.ctx, who, c.ID, agree)
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(p)
		}
		s.printf("参数 %s（%s=%d）现为“%s”\n", p.ID, p.Name, p.Value, p.State)
		return nil
	})
}
