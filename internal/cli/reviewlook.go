package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
)

// filterFlags choose findings.
type filterFlags struct {
	State    string `help:"状态" placeholder:"状态"`
	Inst     string `help:"机构" placeholder:"代码"`
	Admdvs   string `help:"区划（代码前缀）" placeholder:"代码"`
	Rule     string `help:"规则" placeholder:"规则号"`
	Month    string `help:"结算月份" placeholder:"yyyy-MM"`
	Severity int    `help:"程度 1、2、3"`
	Psn      string `help:"人员编号" placeholder:"编号"`
	Mdtrt    string `help:"就诊号" placeholder:"就诊号"`
	Min      string `help:"拟扣金额不少于" placeholder:"元"`
}

func (f *filterFlags) filter() (store.FindingFilter, error) {
	fen, err := fenOf("--min", f.Min)
	return store.FindingFilter{State: f.State, Inst: f.Inst, Admdvs: f.Admdvs, Rule: f.Rule, Month: f.Month, Severity: f.Severity, Psn: f.Psn, Mdtrt: f.Mdtrt, MinFen: fen}, err
}

type reviewListCmd struct {
	placeFlags
	filterFlags
	Due     bool   `help:"只列在办的，按到期先后"`
	Overdue bool   `help:"只列已超期的"`
	Panel   string `help:"某次合议的" placeholder:"合议号"`
	Limit   int    `help:"最多几条，至多 500" default:"50"`
	After   string `help:"从这个翻页标记之后" placeholder:"标记"`
}

type listItem struct {
	ID      string `json:"finding_id"`
	Rule    string `json:"rule_id"`
	Name    string `json:"rule_name"`
	Sev     int    `json:"sev_deg"`
	Month   string `json:"month"`
	Inst    string `json:"fixmedins_code"`
	Psn     string `json:"psn_no"`
	Mdtrt   string `json:"mdtrt_id"`
	Charged int64  `json:"charged_fen"`
	Fund    int64  `json:"fund_fen"`
	State   string `json:"state"`
	Due     string `json:"due"`
	Paused  bool   `json:"paused"`
	Machine string `json:"machine"`
	Package string `json:"package_id"`
	Version int64  `json:"version"`
	Cursor  string `json:"cursor"`
}

func (c *reviewListCmd) Run(s *streams) error {
	f, err := c.filter()
	if err != nil {
		return err
	}
	f.ByDue, f.Panel, f.Limit, f.After = c.Due, c.Panel, c.Limit, c.After
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		if c.Overdue {
			f.Overdue = int64(d.Today())
		}
		xs, err := d.List(s.ctx, who, f)
		if err != nil {
			return err
		}
		items, rows := []listItem{}, [][]string{}
		for _, x := range xs {
			items = append(items, listItem{x.ID, x.Rule, x.RuleName, x.Severity, x.Month, x.Inst, x.Psn, x.Mdtrt, x.Charged, x.Fund, x.State, dayText(x.DueDay), x.Paused, x.Machine,
				x.Package, x.Version, x.Cursor})
			state := x.State
			if x.Paused {
				state += "（暂停）"
			}
			if x.Machine != "" {
				state += "（机审" + x.Machine + "）"
			}
			rows = append(rows, []string{x.ID, x.Rule + " " + x.RuleName, x.Month, x.Inst, yuan(x.Charged), yuan(x.Fund), state, dayText(x.DueDay)})
		}
		if c.JSON {
			return s.json(items)
		}
		table(s.out, []string{"疑点", "规则", "月份", "机构", ">拟扣(元)", ">其中基金", "状态", "期限"}, rows)
		if len(xs) == c.Limit {
			s.printf("下一页：--after %s\n", xs[len(xs)-1].Cursor)
		}
		return nil
	})
}

type reviewShowCmd struct {
	placeFlags
	ID string `arg:"" name:"疑点号"`
}

func (c *reviewShowCmd) Run(s *streams) error {
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		x, err := d.Open(s.ctx, who, c.ID)
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(x)
		}
		printDetail(s, x)
		return nil
	})
}

func printDetail(s *streams, x *review.Detail) {
	f := x.Finding
	s.printf("疑点 %s  %s %s  程度 %d  %s\n机构 %s  人员 %s  就诊 %s\n%s\n依据：%s\n", f.ID, f.RuleID, f.RuleName, f.Severity, f.Month, f.Inst, f.Psn, f.Mdtrt, f.Cont, f.Basis)
	if x.Case == nil {
		s.printf("状态 %s：还没有人办理；违规 %s 元，拟扣 %s 元\n", f.State, yuan(f.Vola), yuan(f.Charged))
	} else {
		c := x.Case
		s.printf("状态 %s  期限 %s（剩 %d 个工作日）  结论 %s  结果 %s  第 %d 版\n", c.State, dayText(c.DueDay), x.DaysLeft, c.Verdict, c.Outcome, c.Version)
		var rows [][]string
		for _, l := range x.Lines {
			rows = append(rows, []string{fmt.Sprint(l.LineNo), l.Setl, l.Sn, yuan(l.Vola), yuan(l.Upheld), yuan(l.Charged)})
		}
		table(s.out, []string{"行", "结算", "明细", ">违规", ">认定", ">拟扣"}, rows)
		rows = nil
		for _, st := range x.Steps {
			rows = append(rows, []string{clock(st.At), st.Event, st.From + "→" + st.To, st.Actor, st.Reason, st.Opinion})
		}
		table(s.out, []string{"时间", "事件", "状态", "办理人", "理由", "意见"}, rows)
		for _, n := range x.Notices {
			s.printf("文书 %s %s  发出 %s  送达 %s %s\n", n.ID, n.Title, dayText(n.SentDay), dayText(n.DeliveredDay), n.Proof)
		}
		for _, a := range x.Files {
			s.printf("附件 %s %s %s %d 字节\n", a.ID, a.Name, a.Media, a.Size)
		}
		for _, e := range x.Extensions {
			s.printf("延期申请 %s：%s 申请 %d 个工作日，%s；%s\n", e.ID, e.AskedBy, e.Days, e.Reason, e.State)
		}
		for _, r := range x.Relays {
			s.printf("院内转办 %s：%s %s，%s 前；%s %s\n", r.ID, r.Dept, r.Login, dayText(r.DueDay), r.State, r.Reply)
		}
		var accts []string
		for a, n := range x.Balances {
			accts = append(accts, a+" "+yuan(n)+" 元")
		}
		slices.Sort(accts)
		s.printf("台账：%s\n", strings.Join(accts, "，"))
	}
	for _, o := range x.Same {
		s.printf("同次就诊：%s %s %s 拟扣 %s 元 %s\n", o.ID, o.Rule, o.RuleName, yuan(o.Charged), o.State)
	}
	for _, p := range x.Like {
		s.printf("同类合议 %s：%s\n", p.ID, p.Minutes)
	}
	var can []string
	for _, e := range x.Can {
		can = append(can, e.Name)
	}
	s.printf("现在可办：%s\n", strings.Join(can, "、"))
}

type reviewQueueCmd struct{ placeFlags }

func (c *reviewQueueCmd) Run(s *streams) error {
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		qs, err := d.Queue(s.ctx, who)
		if err != nil {
			return err
		}
		type item struct {
			State   string `json:"state"`
			Cases   int64  `json:"cases"`
			Overdue int64  `json:"overdue"`
			Charged int64  `json:"charged_fen"`
		}
		items, rows := []item{}, [][]string{}
		for _, q := range qs {
			items = append(items, item(q))
			rows = append(rows, []string{q.State, thousands(q.Cases), thousands(q.Overdue), yuan(q.Charged)})
		}
		if c.JSON {
			return s.json(items)
		}
		table(s.out, []string{"状态", ">件", ">超期", ">拟扣(元)"}, rows)
		return nil
	})
}

type reviewFlowCmd struct{ jsonFlag }

func (c *reviewFlowCmd) Run(s *streams) error {
	f := review.TheFlow()
	if c.JSON {
		return s.json(f)
	}
	var rows [][]string
	for _, x := range f.States {
		rows = append(rows, []string{x.Name, x.Side, x.Clock, x.Timeout, x.Does})
	}
	table(s.out, []string{"状态", "谁在办", "期限", "到期", "说明"}, rows)
	s.printf("\n")
	rows = nil
	for _, e := range f.Events {
		rows = append(rows, []string{e.Name, strings.Join(e.From, "、"), strings.Join(e.To, "、"), strings.Join(e.Who, "、"), strings.Join(e.Guards, "、"), e.Product})
	}
	table(s.out, []string{"事件", "从", "到", "谁", "条件", "产物"}, rows)
	return nil
}

type reviewTakeCmd struct {
	placeFlags
	filterFlags
	IDs    []string `arg:"" optional:"" name:"疑点号"`
	Limit  int      `help:"按条件时最多几条" default:"200"`
	Sample int      `help:"只抽百分之几来看（扣款只按看过的）"`
	Seed   string   `help:"抽样的种子，同样的种子抽同样的" default:"明鉴"`
}

func (c *reviewTakeCmd) Run(s *streams) error {
	f, err := c.filter()
	if err != nil {
		return err
	}
	return c.with(s, func(d *review.Desk, who *auth.Identity, o *office) error {
		if err := o.syncInstitutions(s, d); err != nil {
			return err
		}
		r, err := d.Take(s.ctx, who, review.TakeInput{IDs: c.IDs, Filter: f, Limit: c.Limit, Sample: c.Sample, Seed: c.Seed})
		if err != nil {
			return err
		}
		s.failed = len(r.Skipped) > 0
		if c.JSON {
			return s.json(r)
		}
		s.printf("已纳入初审 %s 条\n", thousands(int64(r.Taken)))
		if len(r.Skipped) > 0 {
			s.printf("跳过 %d 条（不存在、已有人办理、已撤回或不在你的范围）：%s\n", len(r.Skipped), strings.Join(r.Skipped, " "))
		}
		return nil
	})
}

type dismissalsCmd struct {
	placeFlags
	From string `help:"从哪一天起" required:"" placeholder:"yyyy-MM-dd"`
	To   string `help:"到哪一天止" required:"" placeholder:"yyyy-MM-dd"`
}

func (c *dismissalsCmd) Run(s *streams) error {
	from, err := dayOf("--from", c.From)
	if err != nil {
		return err
	}
	to, err := dayOf("--to", c.To)
	if err != nil {
		return err
	}
	return c.with(s, func(d *review.Desk, who *auth.Identity, _ *office) error {
		ds, err := d.Dismissals(s.ctx, who, from, to)
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(ds)
		}
		var rows [][]string
		for _, x := range ds {
			rows = append(rows, []string{x.Who, fmt.Sprint(x.Reviewed), fmt.Sprint(x.Dismissed), fmt.Sprintf("%d.%d%%", x.Permille/10, x.Permille%10), fmt.Sprint(x.Second), fmt.Sprint(x.Reread),
				fmt.Sprint(x.Refused)})
		}
		table(s.out, []string{"初审人", ">初审", ">排除", ">排除率", ">第二人不同意", ">抽查", ">抽查不同意"}, rows)
		return nil
	})
}
