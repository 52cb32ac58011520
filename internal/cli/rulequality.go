package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/govern"
)

type rulesQualityCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	Bound string `help:"改准确率下限，如 1=0.98；须加 --as" placeholder:"程度=下限"`
	As    string `help:"以哪个用户的名义办理（登录名）" placeholder:"登录名"`
}

func (c *rulesQualityCmd) Run(s *streams) error {
	if (c.Bound == "") != (c.As == "") {
		return usageError{fmt.Errorf("--bound 与 --as 要一起写")}
	}
	return withRules(s, c.Data, c.Store, c.As, func(r *govern.Rules, who *auth.Identity, _ *office) error {
		if c.Bound != "" {
			sev, b, ok := strings.Cut(c.Bound, "=")
			n, err := strconv.Atoi(sev)
			f, err2 := strconv.ParseFloat(b, 64)
			if !ok || err != nil || err2 != nil {
				return usageError{fmt.Errorf("--bound %q 应写作 1=0.98 的样子", c.Bound)}
			}
			if err := r.SetBound(s.ctx, who, n, f); err != nil {
				return err
			}
		}
		qs, err := r.Qualities(s.ctx)
		if err != nil {
			return err
		}
		bs, err := r.Bounds(s.ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(map[string]any{"bounds": bs, "rules": qs})
		}
		s.printf("准确率下限：明确违规 %s，高度可疑 %s，轻度可疑 %s\n", percent(bs[1]), percent(bs[2]), percent(bs[3]))
		var rows [][]string
		for i := range qs {
			q := &qs[i]
			share, overturned := "", ""
			if p := q.Precision; p != nil {
				share = fmt.Sprintf("%s（%s～%s，%s %d/%d）", percent(p.Share), percent(p.Low), percent(p.High), p.Month, p.Both, p.Drawn)
			}
			if q.Decided > 0 {
				overturned = fmt.Sprintf("%d/%d", q.Overturned, q.Decided)
			}
			rows = append(rows, []string{q.Rule, fmt.Sprint(q.Runs), thousands(q.Findings), yuan(q.Vola), yuan(q.Charged), thousands(q.NotJudged), thousands(q.Exempted),
				spent(q.Micros), overturned, share, q.LastError})
		}
		table(s.out, []string{"规则", ">审核次数", ">疑点", ">违规金额(元)", ">拟追", ">未判", ">豁免", ">用时", ">推翻", "盲审准确率", "最近的问题"}, rows)
		return nil
	})
}

// spent writes the time a card took; "" = not measured.
func spent(micros int64) string {
	switch {
	case micros == 0:
		return ""
	case micros < 1_000_000:
		return fmt.Sprintf("%.1f 毫秒", float64(micros)/1000)
	}
	return fmt.Sprintf("%.1f 秒", float64(micros)/1e6)
}

// percent writes a share; 0 of a bound means none.
func percent(f float64) string {
	if f == 0 {
		return "0%"
	}
	return strconv.FormatFloat(100*f, 'f', 1, 64) + "%"
}

type rulesSampleCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	asFlag
	Month string `help:"哪个月的疑点" required:"" placeholder:"yyyy-MM"`
	List  bool   `help:"只列出，不抽取：看自己还有哪些没判"`
}

func (c *rulesSampleCmd) Run(s *streams) error {
	return withRules(s, c.Data, c.Store, c.As, func(r *govern.Rules, who *auth.Identity, _ *office) error {
		drawn := 0
		if !c.List {
			var err error
			if drawn, err = r.Draw(s.ctx, who, c.Month); err != nil {
				return err
			}
		}
		sheets, err := r.Sheets(s.ctx, who, c.Month)
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(map[string]any{"drawn": drawn, "sheets": sheets})
		}
		if !c.List {
			s.printf("%s 新抽 %d 条，共 %d 条；每条由两人各自判断：mingjian rules judge\n", c.Month, drawn, len(sheets))
		}
		var rows [][]string
		for _, x := range sheets {
			rows = append(rows, []string{x.Rule, x.Finding, x.Mine, x.Other, map[bool]string{true: "两人已判"}[x.Full]})
		}
		table(s.out, []string{"规则", "疑点", "我的判断", "另一人", ""}, rows)
		return nil
	})
}

type rulesJudgeCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	asFlag
	Finding string `arg:"" name:"疑点"`
	Verdict string `arg:"" name:"判断" help:"right 对、wrong 错、unclear 说不清"`
	Note    string `help:"说明" placeholder:"说明"`
}

func (c *rulesJudgeCmd) Run(s *streams) error {
	return withRules(s, c.Data, c.Store, c.As, func(r *govern.Rules, who *auth.Identity, _ *office) error {
		put, err := r.Judge(s.ctx, who, c.Finding, c.Verdict, c.Note)
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(map[string]any{"finding_id": c.Finding, "verdict": c.Verdict, "put_back": put})
		}
		s.printf("已记下 %s 对 %s 的判断\n", who.Name, c.Finding)
		if put != "" {
			s.printf("规则已自动退回影子：%s\n", put)
		}
		return nil
	})
}

type rulesBasisCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	Find     string `help:"只查：哪些规则、知识点、疑点依据它" placeholder:"文号" xor:"basis" required:""`
	Withdraw string `help:"登记废止，并生成待办；须加 --as" placeholder:"文号" xor:"basis" required:""`
	Why      string `help:"理由" placeholder:"理由"`
	As       string `help:"以哪个用户的名义办理（登录名）" placeholder:"登录名"`
}

func (c *rulesBasisCmd) Run(s *streams) error {
	if c.Withdraw != "" && c.As == "" {
		return usageError{fmt.Errorf("--withdraw 要写 --as")}
	}
	base, err := plainBase(c.Data)
	if err != nil {
		return err
	}
	return withRules(s, c.Data, c.Store, c.As, func(r *govern.Rules, who *auth.Identity, _ *office) error {
		var out *govern.Resting
		var err error
		if c.Withdraw != "" {
			out, err = r.WithdrawBasis(s.ctx, who, c.Withdraw, c.Why, base)
		} else {
			out, _, err = r.Rests(s.ctx, c.Find, base)
		}
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(out)
		}
		s.printf("依据“%s”：规则 %d 条，知识点 %d 个，新增待办 %d\n", out.Basis, len(out.Cards), len(out.Points), out.Tasks)
		for _, x := range out.Cards {
			s.printf("  规则 %s %s：%s\n", x.Rule, x.Name, x.Basis)
		}
		for i, x := range out.Points {
			if i == 20 {
				s.printf("  …… 另有 %d 个知识点，见 --json\n", len(out.Points)-20)
				break
			}
			s.printf("  知识点 %s（%s）：%s\n", x.Point, x.Rule, x.Basis)
		}
		var rows [][]string
		var received, refused int64
		for _, x := range out.Findings {
			state := x.State
			if x.Withdrawn {
				state += "（已撤回）"
			}
			rows = append(rows, []string{x.Rule, x.Month, state, thousands(x.Findings), yuan(x.Vola), yuan(x.Fund), yuan(x.Charged), yuan(x.Received), yuan(x.Refused)})
			received, refused = received+x.Received, refused+x.Refused
		}
		if len(rows) > 0 {
			table(s.out, []string{"规则", "月份", "状态", ">疑点", ">违规金额(元)", ">其中基金", ">拟追(去重)", ">已追回", ">已拒付"}, rows)
			s.printf("合计已追回 %s 元、已拒付 %s 元\n", yuan(received), yuan(refused))
		}
		return nil
	})
}
