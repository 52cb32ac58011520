package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/store"
)

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
			rows = append(rows, []string{l.Name, l.Say(l.Default), l.Say(l.Min) + "–" + l.Say(l.Max), l.Does})
		}
		table(s.out, []string{"参数", ">缺省", ">范围", "说明"}, rows)
		rows = nil
		for _, p := range ps {
			rows = append(rows, []string{p.ID, p.Name, p.Area, review.SayLimit(p.Name, p.Value), p.ValidFrom, p.State, p.Author, p.Approver, p.Reason})
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
	Value string `arg:"" name:"值" help:"金额写元"`
	Area  string `help:"区划（代码前缀），缺省为全部" placeholder:"代码"`
	From  string `help:"从哪一天起" required:"" placeholder:"yyyy-MM-dd"`
	Why   string `help:"理由或文号" required:"" placeholder:"文字"`
}

func (c *paramAskCmd) Run(s *streams) error {
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		i := slices.IndexFunc(review.Limits(), func(l review.Limit) bool { return l.Name == c.Name })
		if i < 0 {
			return usageError{fmt.Errorf("没有名为 %q 的参数：mingjian review param list 列出有哪些", c.Name)}
		}
		l := &review.Limits()[i]
		value, err := l.Read(c.Value)
		if err != nil {
			return err
		}
		p, err := d.AskParam(s.ctx, who, review.NewParam{Name: c.Name, Area: c.Area, Value: value, From: c.From, Reason: c.Why})
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(p)
		}
		s.printf("参数 %s（%s %s，自 %s）待另一人确认\n", p.ID, p.Name, l.Say(p.Value), p.ValidFrom)
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
