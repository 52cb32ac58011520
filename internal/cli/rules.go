package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
)

type rulesCmd struct {
	List rulesListCmd `cmd:"" help:"列出规则"`
	Show rulesShowCmd `cmd:"" help:"查看一条规则"`
	Test rulesTestCmd `cmd:"" help:"运行规则的用例"`
	Doc  rulesDocCmd  `cmd:"" help:"规则说明：Markdown，或用 --out 写成网站"`

	Draft    rulesDraftCmd    `cmd:"" help:"起草一个新版本：规则卡或知识点集"`
	Trial    rulesTrialCmd    `cmd:"" help:"在历史数据上试算，不发布"`
	Shadow   rulesShadowCmd   `cmd:"" help:"转影子：此后每次审核与现行版本并行，不对外"`
	Submit   rulesSubmitCmd   `cmd:"" help:"送审"`
	Approve  rulesApproveCmd  `cmd:"" help:"批准（须由另一个人）"`
	Reject   rulesRejectCmd   `cmd:"" help:"退回起草人"`
	Announce rulesAnnounceCmd `cmd:"" help:"向定点机构公布，写明生效日期"`
	Notices  rulesNoticesCmd  `cmd:"" help:"已公布的规则和知识点"`
	Live     rulesLiveCmd     `cmd:"" help:"生效：自公布的日期起执行"`
	Retire   rulesRetireCmd   `cmd:"" help:"停用：自某日起不再执行"`
	Rollback rulesRollbackCmd `cmd:"" help:"回退到上一个生效的版本"`
	Drop     rulesDropCmd     `cmd:"" help:"作废一个没有生效的版本"`
	History  rulesHistoryCmd  `cmd:"" help:"版本和每一步"`
	Area     rulesAreaCmd     `cmd:"" help:"按统筹区不同的参数、程度、拦截级别、豁免"`
	Exempt   rulesExemptCmd   `cmd:"" help:"有期限的豁免"`
	Quality  rulesQualityCmd  `cmd:"" help:"每张卡的质量"`
	Sample   rulesSampleCmd   `cmd:"" help:"抽取每月的盲审样本"`
	Judge    rulesJudgeCmd    `cmd:"" help:"盲审：两人各自判断一条疑点"`
	Basis    rulesBasisCmd    `cmd:"" help:"依据废止：涉及哪些规则、知识点、疑点和金额"`
}

// library is the shipped cards, or those of the given files and folders; a wrong card is an error.
func library(paths []string) (*rule.Library, error) {
	lib, wrong, err := readLibrary(paths)
	if err == nil && len(wrong) > 0 {
		err = wrong
	}
	return lib, err
}

// readLibrary is library with the wrong cards told apart.
func readLibrary(paths []string) (*rule.Library, rule.CardErrors, error) {
	shipped, err := rule.Shipped()
	if err != nil || len(paths) == 0 {
		return shipped, nil, err
	}
	var mine rule.Library
	var wrong rule.CardErrors
	for _, p := range paths {
		l, es, err := rule.ReadCards(p)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, nil, fmt.Errorf("没有 %s 这个文件或文件夹，核对路径", p)
		case errors.Is(err, fs.ErrPermission):
			return nil, nil, fmt.Errorf("没有读 %s 的权限", p)
		case err != nil:
			return nil, nil, err
		case len(l.Cards)+len(es) == 0:
			return nil, nil, fmt.Errorf("%s 里没有规则卡：卡是扩展名为 .yaml 或 .yml 的文件", p)
		}
		wrong = append(wrong, es...)
		for _, c := range l.Cards {
			if other := mine.Card(c.ID); other != nil {
				wrong = append(wrong, c.Used(other.File))
				continue
			}
			mine.Cards = append(mine.Cards, c)
		}
	}
	fit, es := shipped.Overlay(&mine)
	wrong = append(wrong, es...)
	mine.Cards = slices.DeleteFunc(mine.Cards, func(c *rule.Card) bool { return !slices.Contains(fit.Cards, c) })
	return &mine, wrong, nil
}

// judging is the library that --data or files name. Local cards that are not in force are told on the error stream.
func (s *streams) judging(dir string, files []string) (*rule.Library, error) {
	switch {
	case dir == "":
		return library(files)
	case len(files) > 0:
		return nil, errors.New("--data 和规则文件只写一样")
	}
	if _, err := os.Stat(dir); err != nil {
		return nil, fmt.Errorf("没有数据目录 %s", dir)
	}
	lib, wrong, err := rule.ForData(dir)
	for i := range wrong {
		s.note("未装入 %s\n", wrong[i].Error())
	}
	return lib, err
}

type rulesListCmd struct {
	jsonFlag
	Data  string   `help:"这个数据目录的规则：自带的和 cards 文件夹里本地的" placeholder:"目录"`
	Files []string `arg:"" optional:"" help:"规则文件或文件夹，缺省为自带规则"`
}

type ruleItem struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Kind     string   `json:"kind"`
	Key      string   `json:"key"`
	Severity int      `json:"severity"`
	Stages   []string `json:"stages"`
	Cases    int      `json:"cases"`
	Needs    []string `json:"needs"`
}

func (c *rulesListCmd) Run(s *streams) error {
	lib, err := s.judging(c.Data, c.Files)
	if err != nil {
		return err
	}
	items := make([]ruleItem, 0, len(lib.Cards))
	var rows [][]string
	for _, k := range lib.Cards {
		needs := k.Needs
		if needs == nil {
			needs = []string{}
		}
		items = append(items, ruleItem{k.ID, k.Name, k.Kind, k.Key, k.Severity, k.Stages, len(k.Cases), needs})
		rows = append(rows, []string{k.ID, k.Name, k.Kind, severityNames[k.Severity], strings.Join(k.Stages, "|"), fmt.Sprint(len(k.Cases))})
	}
	if c.JSON {
		return s.json(items)
	}
	table(s.out, []string{"编号", "名称", "判法", "程度", "环节", ">用例"}, rows)
	return nil
}

type rulesShowCmd struct {
	jsonFlag
	ID    string   `arg:"" help:"规则编号"`
	YAML  bool     `name:"yaml" help:"写出规则卡的原文，改了就可以 rules draft"`
	Data  string   `help:"从这个数据目录的规则里找（自带的和本地的）" placeholder:"目录"`
	Files []string `arg:"" optional:"" help:"规则文件或文件夹"`
}

func (c *rulesShowCmd) Run(s *streams) error {
	lib, err := s.judging(c.Data, c.Files)
	if err != nil {
		return err
	}
	k := lib.Card(c.ID)
	if k == nil {
		return fmt.Errorf("规则库里没有 %q，可用 mingjian rules list 查看", c.ID)
	}
	switch {
	case c.YAML && c.JSON:
		return usageError{errors.New("--yaml 和 --json 只写一样")}
	case c.YAML:
		s.printf("%s", k.Text())
		return nil
	case c.JSON:
		return s.json(k)
	}
	s.printf("%s", ruleText(k))
	return nil
}

// ruleText is a card in plain words, as Markdown.
func ruleText(k *rule.Card) string {
	var b strings.Builder
	p := func(format string, a ...any) { fmt.Fprintf(&b, format+"\n", a...) }
	p("## %s %s\n", k.ID, k.Name)
	p("- 程度：%s；环节：%s；判法：%s/%s；版本 %s", severityNames[k.Severity], strings.Join(k.Stages, "、"), k.Kind, k.Check, k.Version)
	p("- 给医生的话：%s", k.Message)
	p("- 依据：%s", k.Basis)
	if len(k.Params) > 0 {
		var said []string
		for _, name := range slices.Sorted(maps.Keys(k.Params)) {
			said = append(said, fmt.Sprintf("%s = %v", name, k.Params[name]))
		}
		p("- 参数：%s", strings.Join(said, "，"))
	}
	if k.Guard != "" {
		p("- 条件：`%s`", strings.TrimSpace(k.Guard))
	}
	if len(k.Exempt) > 0 || k.ExemptDiag != "" {
		tags := make([]string, len(k.Exempt))
		for i, t := range k.Exempt {
			tags[i] = claim.TagTitles[t]
		}
		p("- 豁免：%s %s", strings.Join(tags, "、"), k.ExemptDiag)
	}
	if len(k.Needs) > 0 {
		p("- 需要的数据：%s（缺了就记未判）", strings.Join(k.Needs, "、"))
	}
	if k.Advice != "" {
		p("- 核查：%s", k.Advice)
	}
	p("- 用例 %d 个：", len(k.Cases))
	for _, t := range k.Cases {
		word := "不命中"
		if len(t.Expect) > 0 {
			word = "命中 " + strings.Join(t.Expect, "、")
		}
		p("  - %s → %s", t.Name, word)
	}
	p("")
	return b.String()
}

type rulesTestCmd struct {
	jsonFlag
	Files []string `arg:"" optional:"" help:"规则文件或文件夹"`
}

func (c *rulesTestCmd) Run(s *streams) error {
	lib, wrong, err := readLibrary(c.Files)
	if err != nil {
		return err
	}
	if len(lib.Cards) == 0 && len(wrong) > 0 {
		return wrong
	}
	type failure struct{ Card, Case, Error string }
	type result struct {
		Card  string `json:"card"`
		Case  string `json:"case"`
		OK    bool   `json:"ok"`
		File  string `json:"file,omitempty"` // where a case that failed stands
		Line  int    `json:"line,omitempty"`
		Error string `json:"error,omitempty"`
	}
	failed, results := []failure{}, []result{}
	for _, k := range lib.Cards {
		tried, more := rule.TestCard(k)
		wrong = append(wrong, more...)
		for _, r := range tried {
			x := result{Card: r.Card, Case: r.Case, OK: r.Err == nil}
			if r.Err != nil {
				x.Error, x.File, x.Line = r.Err.Error(), r.File, r.Line
				failed = append(failed, failure{r.Card, r.Case, x.Error})
			}
			results = append(results, x)
		}
	}
	s.failed = len(failed) > 0 || len(wrong) > 0
	for i := range wrong {
		s.note("未装入 %s\n", wrong[i].Error())
	}
	if c.JSON {
		if wrong == nil {
			wrong = rule.CardErrors{}
		}
		return s.json(map[string]any{"cards": len(lib.Cards), "cases": len(results), "failed": failed, "results": results, "refused": wrong})
	}
	for _, r := range results {
		if !r.OK {
			s.printf("%s「%s」：%s（%s 第 %d 行）\n", r.Card, r.Case, r.Error, r.File, r.Line)
		} else if len(c.Files) > 0 {
			s.printf("%s「%s」：通过\n", r.Card, r.Case)
		}
	}
	s.printf("%d 条规则、%d 个用例，%d 个不符\n", len(lib.Cards), len(results), len(failed))
	return nil
}
