package cli

import (
	"fmt"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web/api/libraryapi"
)

type knowledgePendingCmd struct {
	List    pendingListCmd    `cmd:"" default:"withargs" help:"列出待裁决的行，金额大的在前"`
	Rule    pendingRuleCmd    `cmd:"" help:"裁决一行：定下限定值、写明编码，或不采用；另一人确认后生效"`
	Confirm pendingConfirmCmd `cmd:"" help:"确认裁决（须由另一个人），此后生效"`
	Void    pendingVoidCmd    `cmd:"" help:"作废裁决：这一行重新等待"`
}

type pendingListCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	All bool `help:"连同已经裁决的"`
}

func (c *pendingListCmd) Run(s *streams) error {
	base, err := plainBase(c.Data)
	if err != nil {
		return err
	}
	var rulings []store.Ruling
	there, err := hasStore(c.Data, c.Store)
	if err == nil && there {
		err = withRules(s, c.Data, c.Store, "", func(r *govern.Rules, _ *auth.Identity, _ *office) (err error) {
			rulings, err = r.Rulings(s.ctx)
			return err
		})
	}
	if err != nil {
		return err
	}
	rows, err := libraryapi.Rows(base, rulings, libraryapi.CoverageFile(c.Data))
	if err != nil {
		return err
	}
	shown := []libraryapi.WaitingItem{}
	var cells [][]string
	for _, x := range rows {
		if !c.All && x.State == string(govern.Live) {
			continue
		}
		shown = append(shown, x)
		cells = append(cells, []string{x.Row, x.State, x.Rule, x.Name, x.Reason, fmt.Sprint(x.Codes), yuan(x.Fen), x.Decided})
	}
	if c.JSON {
		return s.json(shown)
	}
	table(s.out, []string{"行", "状态", "规则", "名称", "为什么等", ">编码", ">一个月金额(元)", "裁决"}, cells)
	return nil
}

type pendingRuleCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	asFlag
	Row    string   `arg:"" name:"行" help:"pending list 列出的行"`
	Drop   bool     `help:"不采用"`
	Code   []string `help:"国家编码，逗号分隔（没有可用编码的行）" placeholder:"编码"`
	Limit  string   `help:"限额：机构级别 1、2、3，支付天数，每日数量，周期内次数" placeholder:"数"`
	Unit   string   `help:"每日数量的单位：日 次 部位 侧 小时" placeholder:"单位"`
	Days   int      `help:"周期天数" placeholder:"天"`
	Scope  string   `help:"支付天数的窗口：单次住院 疾病过程 自然年；重复收费的频度：单日 单次就诊 6小时 同一小时" placeholder:"范围"`
	Sex    string   `help:"男、女" placeholder:"性别"`
	AgeMin *int     `name:"age-min" help:"年龄下限" placeholder:"岁"`
	AgeMax *int     `name:"age-max" help:"年龄上限" placeholder:"岁"`
	Allow  []string `help:"就医方式：住院 急诊 抢救 门诊 生育，逗号分隔；年龄段：新生儿 婴幼儿 儿童；机构类别" placeholder:"允许"`
	From   string   `help:"从哪天的费用起，缺省同那张表" placeholder:"yyyy-MM-dd"`
	Why    string   `help:"理由" required:"" placeholder:"理由"`
}

func (c *pendingRuleCmd) Run(s *streams) error {
	base, err := plainBase(c.Data)
	if err != nil {
		return err
	}
	d := knowledge.Ruling{Drop: c.Drop, Codes: c.Code, From: c.From, Value: knowledge.Value{Limit: c.Limit, Unit: c.Unit, Days: c.Days, Scope: c.Scope, Sex: c.Sex,
		AgeMin: c.AgeMin, AgeMax: c.AgeMax, Allow: strings.Join(c.Allow, "|")}}
	return withRules(s, c.Data, c.Store, c.As, func(r *govern.Rules, who *auth.Identity, _ *office) error {
		x, err := r.RequestRuling(s.ctx, who, base, c.Row, d, c.Why)
		if err != nil {
			return err
		}
		return showRuling(s, c.JSON, x)
	})
}

func showRuling(s *streams, asJSON bool, x *store.Ruling) error {
	if asJSON {
		return s.json(libraryapi.RulingOf(x))
	}
	s.printf("裁决 %s（%s %s：%s）现为“%s”\n", x.ID, x.Rule, x.Name, govern.Decided(x), x.State)
	return nil
}

type pendingConfirmCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	asFlag
	ID string `arg:"" name:"裁决编号"`
}

func (c *pendingConfirmCmd) Run(s *streams) error {
	return withRules(s, c.Data, c.Store, c.As, func(r *govern.Rules, who *auth.Identity, _ *office) error {
		x, err := r.ConfirmRuling(s.ctx, who, c.ID)
		if err != nil {
			return err
		}
		return showRuling(s, c.JSON, x)
	})
}

type pendingVoidCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	asFlag
	ID  string `arg:"" name:"裁决编号"`
	Why string `help:"理由" required:"" placeholder:"理由"`
}

func (c *pendingVoidCmd) Run(s *streams) error {
	return withRules(s, c.Data, c.Store, c.As, func(r *govern.Rules, who *auth.Identity, _ *office) error {
		x, err := r.VoidRuling(s.ctx, who, c.ID, c.Why)
		if err != nil {
			return err
		}
		return showRuling(s, c.JSON, x)
	})
}
