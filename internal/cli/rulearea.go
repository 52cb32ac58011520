package cli

import (
	"fmt"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/rulebook"
	"github.com/mingjian/mingjian/internal/store"
)

type rulesAreaCmd struct {
	List    areaListCmd    `cmd:"" help:"列出各统筹区的不同设置"`
	Set     areaSetCmd     `cmd:"" help:"申请：某区划的参数、程度、拦截级别、豁免与全国不同，或不执行"`
	Confirm areaConfirmCmd `cmd:"" help:"确认（须由另一个人），此后生效"`
	End     areaEndCmd     `cmd:"" help:"终止；不写日期则作废"`
}

type areaItem struct {
	ID       string `json:"override_id"`
	Rule     string `json:"rule_id"`
	Area     string `json:"admdvs"`
	From     string `json:"valid_from"`
	To       string `json:"valid_to"`
	Change   string `json:"change"`
	Enabled  bool   `json:"enabled"`
	Reason   string `json:"reason"`
	State    string `json:"state"`
	Author   string `json:"author"`
	Approver string `json:"approver"`
}

func areaOf(a *store.AreaRule) areaItem {
	return areaItem{a.ID, a.Rule, a.Area, a.From, a.To, a.Change, a.Enabled, a.Reason, a.State, a.Author, a.Approver}
}

func showArea(s *streams, asJSON bool, a *store.AreaRule) error {
	if asJSON {
		return s.json(areaOf(a))
	}
	s.printf("区划设置 %s（%s@%s）现为“%s”\n", a.ID, a.Rule, a.Area, a.State)
	return nil
}

type areaListCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	Rule string `arg:"" optional:"" name:"规则"`
}

func (c *areaListCmd) Run(s *streams) error {
	return withRules(s, c.Data, c.Store, "", func(r *govern.Rules, _ *auth.Identity, _ *office) error {
		as, err := r.Areas(s.ctx, c.Rule)
		if err != nil {
			return err
		}
		book, err := r.Live(s.ctx)
		if err != nil {
			return err
		}
		words := rulebook.WordsOfAreas(book.Library)
		items := make([]areaItem, 0, len(as))
		var rows [][]string
		for i := range as {
			x := areaOf(&as[i])
			items = append(items, x)
			rows = append(rows, []string{x.Rule, x.Area, x.ID, x.State, x.From, x.To, x.Author, x.Approver, words.Says(x.Rule, x.Change, x.Enabled), x.Reason})
		}
		if c.JSON {
			return s.json(items)
		}
		table(s.out, []string{"规则", "区划", "编号", "状态", "起", "止", "申请", "确认", "改动", "理由"}, rows)
		return nil
	})
}

type areaSetCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	asFlag
	Rule     string   `arg:"" name:"规则"`
	Area     string   `arg:"" name:"区划" help:"2、4 或 6 位"`
	Param    []string `help:"参数，可写多个" placeholder:"名字=值" sep:"none"`
	Severity int      `help:"严重程度 1、2、3"`
	Stop     string   `help:"拦截级别 block、confirm、inform、silent" placeholder:"级别"`
	Exempt   []string `help:"另加的豁免标记，逗号分隔" placeholder:"标记"`
	Judge    []string `help:"卡上写的豁免里，在这个区划不豁免的：标记或 exempt_diag 的一段，逗号分隔" placeholder:"标记或诊断"`
	Off      bool     `help:"在这个区划不执行"`
	From     string   `help:"从哪一天起" placeholder:"yyyy-MM-dd"`
	Until    string   `help:"到哪一天止" placeholder:"yyyy-MM-dd"`
	Why      string   `help:"理由" required:"" placeholder:"理由"`
}

func (c *areaSetCmd) Run(s *streams) error {
	params, err := keyValues(c.Param)
	if err != nil {
		return usageError{err}
	}
	return withRules(s, c.Data, c.Store, c.As, func(r *govern.Rules, who *auth.Identity, _ *office) error {
		a, err := r.RequestArea(s.ctx, who, govern.AreaChange{Rule: c.Rule, Area: c.Area, From: c.From, To: c.Until, Off: c.Off, Reason: c.Why,
			Change: rule.Override{Params: params, Severity: c.Severity, Stop: c.Stop, Exempt: c.Exempt, Judge: c.Judge}})
		if err != nil {
			return err
		}
		return showArea(s, c.JSON, a)
	})
}

type areaConfirmCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	asFlag
	ID string `arg:"" name:"编号"`
}

func (c *areaConfirmCmd) Run(s *streams) error {
	return withRules(s, c.Data, c.Store, c.As, func(r *govern.Rules, who *auth.Identity, _ *office) error {
		a, err := r.ConfirmArea(s.ctx, who, c.ID)
		if err != nil {
			return err
		}
		return showArea(s, c.JSON, a)
	})
}

type areaEndCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	asFlag
	ID   string `arg:"" name:"编号"`
	From string `help:"从哪一天起不再适用；不写则自始作废" placeholder:"yyyy-MM-dd"`
	Why  string `help:"理由" required:"" placeholder:"理由"`
}

func (c *areaEndCmd) Run(s *streams) error {
	return withRules(s, c.Data, c.Store, c.As, func(r *govern.Rules, who *auth.Identity, _ *office) error {
		a, err := r.EndArea(s.ctx, who, c.ID, c.From, c.Why)
		if err != nil {
			return err
		}
		return showArea(s, c.JSON, a)
	})
}

type rulesExemptCmd struct {
	List    exemptListCmd    `cmd:"" help:"列出豁免"`
	Add     exemptAddCmd     `cmd:"" help:"申请：某规则在一段时间内对某机构、科室、项目或诊断不作为疑点"`
	Confirm exemptConfirmCmd `cmd:"" help:"确认（须由另一个人），此后生效"`
	End     exemptEndCmd     `cmd:"" help:"提前终止；不写日期则作废"`
}

type exemptItem struct {
	ID       string `json:"exemption_id"`
	Rule     string `json:"rule_id"`
	Inst     string `json:"fixmedins_code"`
	Dept     string `json:"dept"`
	Item     string `json:"item"`
	Diags    string `json:"diags"`
	From     string `json:"valid_from"`
	To       string `json:"valid_to"`
	Reason   string `json:"reason"`
	State    string `json:"state"` // as of today
	Author   string `json:"author"`
	Approver string `json:"approver"`
}

func exemptOf(x *store.Exemption) exemptItem {
	return exemptItem{x.ID, x.Rule, x.Inst, x.Dept, x.Item, x.Diags, x.From, x.To, x.Reason, govern.Standing(x, today()), x.Author, x.Approver}
}

func showExempt(s *streams, asJSON bool, x *store.Exemption) error {
	if asJSON {
		return s.json(exemptOf(x))
	}
	s.printf("豁免 %s（%s，%s 至 %s）现为“%s”\n", x.ID, x.Rule, x.From, x.To, govern.Standing(x, today()))
	return nil
}

type exemptListCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	Rule string `arg:"" optional:"" name:"规则"`
}

func (c *exemptListCmd) Run(s *streams) error {
	return withRules(s, c.Data, c.Store, "", func(r *govern.Rules, _ *auth.Identity, _ *office) error {
		xs, err := r.Exemptions(s.ctx, c.Rule)
		if err != nil {
			return err
		}
		items := make([]exemptItem, 0, len(xs))
		var rows [][]string
		for i := range xs {
			x := exemptOf(&xs[i])
			items = append(items, x)
			what := ""
			for _, p := range [][2]string{{"机构", x.Inst}, {"科室", x.Dept}, {"项目", x.Item}, {"诊断", x.Diags}} {
				if p[1] != "" {
					what += fmt.Sprintf("%s %s ", p[0], p[1])
				}
			}
			rows = append(rows, []string{x.Rule, x.ID, x.State, x.From, x.To, x.Author, x.Approver, what, x.Reason})
		}
		if c.JSON {
			return s.json(items)
		}
		table(s.out, []string{"规则", "编号", "状态", "起", "止", "申请", "确认", "对象", "理由"}, rows)
		return nil
	})
}

type exemptAddCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	asFlag
	Rule  string `arg:"" name:"规则"`
	Inst  string `help:"机构" placeholder:"代码"`
	Dept  string `help:"开单科室（代码或名称）" placeholder:"科室"`
	Item  string `help:"项目编码，可只写前几位" placeholder:"编码"`
	Diag  string `help:"诊断" placeholder:"C00-C97|Z51"`
	From  string `help:"从哪一天起" required:"" placeholder:"yyyy-MM-dd"`
	Until string `help:"到哪一天止" required:"" placeholder:"yyyy-MM-dd"`
	Why   string `help:"理由" required:"" placeholder:"理由"`
}

func (c *exemptAddCmd) Run(s *streams) error {
	return withRules(s, c.Data, c.Store, c.As, func(r *govern.Rules, who *auth.Identity, _ *office) error {
		x, err := r.RequestExemption(s.ctx, who, store.Exemption{Rule: c.Rule, Inst: c.Inst, Dept: c.Dept, Item: c.Item, Diags: c.Diag, From: c.From, To: c.Until,
			Reason: c.Why})
		if err != nil {
			return err
		}
		return showExempt(s, c.JSON, x)
	})
}

type exemptConfirmCmd areaConfirmCmd

func (c *exemptConfirmCmd) Run(s *streams) error {
	return withRules(s, c.Data, c.Store, c.As, func(r *govern.Rules, who *auth.Identity, _ *office) error {
		x, err := r.ConfirmExemption(s.ctx, who, c.ID)
		if err != nil {
			return err
		}
		return showExempt(s, c.JSON, x)
	})
}

type exemptEndCmd areaEndCmd

func (c *exemptEndCmd) Run(s *streams) error {
	return withRules(s, c.Data, c.Store, c.As, func(r *govern.Rules, who *auth.Identity, _ *office) error {
		x, err := r.EndExemption(s.ctx, who, c.ID, c.From, c.Why)
		if err != nil {
			return err
		}
		return showExempt(s, c.JSON, x)
	})
}
