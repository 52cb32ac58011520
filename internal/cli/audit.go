package cli

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/online/told"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web/api/dataapi"
)

type auditCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	childFlags
	From    string `help:"从哪个月" placeholder:"yyyy-MM"`
	To      string `help:"到哪个月" placeholder:"yyyy-MM"`
	Rules   string `help:"只审这些规则，逗号分隔；只替换它们的疑点" placeholder:"A001,B002"`
	Workers int    `help:"并行数，缺省为处理器数"`
	Force   bool   `help:"没有变化的月份也重审"`
	NoStore bool   `name:"no-store" help:"审完不装入业务库，以后用 mingjian store sync"`
	Stdin   bool   `help:"从标准输入读按人排序的行，疑点写到标准输出"`

	taken  *store.Run
	shadow map[string]*govern.Result
}

func (c *auditCmd) Run(s *streams) error {
	defer c.begin(s)()
	book, err := liveBook(s, c.Data, c.Store)
	if err != nil {
		return err
	}
	lib := book.Library
	rules := splitRules(c.Rules)
	if len(rules) > 0 {
		if _, err := lib.Only(rules); err != nil {
			return usageError{err}
		}
	}
	if c.Stdin {
		for i := range book.Refused {
			s.note("未装入本地规则 %s\n", book.Refused[i].Error())
		}
		ks, err := knowledge.Open(filepath.Join(c.Data, "knowledge"))
		if err != nil {
			return err
		}
		if ids := lib.BookCards(); len(rules) == 0 || slices.ContainsFunc(rules, func(r string) bool { return slices.Contains(ids, r) }) {
			fmt.Fprintf(s.err, "未判：%s 要把一家机构所有人的行放在一起看，标准输入一次只有一个人；请用 mingjian audit --data\n", strings.Join(ids, "、"))
		}
		base, err := book.Points(ks.Base())
		if err != nil {
			return err
		}
		return audit.Stream(s.in, s.out, lib, base, book.Rules, rules)
	}
	opt := audit.Options{Rules: rules, Workers: c.Workers, Force: c.Force, Refused: book.Refused}
	for _, f := range []struct {
		text string
		to   *claim.Month
	}{{c.From, &opt.From}, {c.To, &opt.To}} {
		if f.text != "" {
			if *f.to, err = claim.ParseMonth(f.text); err != nil {
				return usageError{err}
			}
		}
	}
	rep, err := runAudit(s, c.Data, book, opt, func(a *audit.Auditor, rep *audit.Report) error { return c.after(s, a, rep, opt) })
	if err != nil {
		return err
	}
	if c.JSON {
		return s.json(struct {
			*audit.Report
			Store  *store.Run                `json:"store"`  // what came into the operational store; null with --no-store
			Shadow map[string]*govern.Result `json:"shadow"` // by version judged beside the live ones
		}{rep, c.taken, c.shadow})
	}
	printAudit(s.out, rep, lib)
	if c.taken != nil && c.taken.Parts > 0 {
		s.printf("\n疑点入库：%s\n", takenIn(c.taken))
	}
	printExempted(s.out, rep)
	printShadow(s.out, c.shadow)
	return nil
}

// after brings what was published into the operational store, unless that is not wanted, keeps what the run says of each card and
// judges what is in the shadow.
func (c *auditCmd) after(s *streams, a *audit.Auditor, rep *audit.Report, opt audit.Options) error {
	what, detail := fmt.Sprintf("第 %d 次审核", rep.Run), fmt.Sprintf("月份 %s；规则 %s；%d 人、%d 行费用", orAll(rep.Months, "无变化"), orAll(opt.Rules, "全部"), rep.Persons, rep.Lines)
	if c.NoStore {
		return note(s, c.Data, c.Store, "运行审核", what, detail)
	}
	err := withOffice(s, c.Data, c.Store, func(o *office) (err error) {
		if err := o.record(s, "运行审核", what, detail); err != nil {
			return err
		}
		if c.taken, err = o.takeIn(s, false); err != nil {
			return err
		}
		c.shadow, err = o.govern(s, a, rep, opt)
		return err
	})
	if err != nil {
		return fmt.Errorf("审核已完成并发布，但疑点没有装入业务库，修好后请运行 mingjian store sync：%w", err)
	}
	return nil
}

// orAll joins a list, or says what an empty one means.
func orAll(list []string, none string) string { return cmp.Or(strings.Join(list, "、"), none) }

// runAudit audits, and does what comes after while it still holds the data directory's lock.
func runAudit(s *streams, data string, book *govern.Book, opt audit.Options, after func(*audit.Auditor, *audit.Report) error) (*audit.Report, error) {
	audit.LimitMemory()
	l, err := lake.Open(data)
	if err != nil {
		return nil, err
	}
	lock, err := l.Lock() // one writer a data directory
	if err != nil {
		return nil, err
	}
	defer lock.Close()
	a, err := book.Open(data)
	if err != nil {
		return nil, err
	}
	m := s.meter()
	defer m.end()
	opt.Progress = func(p audit.Progress) { m.show("审核 "+p.Months, int64(p.Done), int64(p.Total), p.Lines) }
	rep, err := a.Run(s.ctx, opt)
	if err != nil {
		return nil, err
	}
	m.end()
	if len(rep.Months) > 0 {
		if err := dataapi.WriteReport(data, dataapi.AuditReports, dataapi.RunName(rep.Run), rep); err != nil {
			return nil, fmt.Errorf("已经审核并发布，但报告没有写下：%w", err)
		}
	}
	return rep, after(a, rep)
}

var severityNames = map[int]string{1: "明确违规", 2: "高度可疑", 3: "轻度可疑"}

// printAudit shows a run as tables.
func printAudit(w io.Writer, rep *audit.Report, lib *rule.Library) {
	if len(rep.Months) == 0 {
		fmt.Fprintln(w, "没有需要重审的月份：数据、规则和知识都没有变化。要全部重审请加 --force。")
		printLocal(w, rep)
		printUnknowing(w, rep)
		printGaps(w, rep)
		return
	}
	printLocal(w, rep)
	printUnknowing(w, rep)
	fmt.Fprintf(w, "审核 %s，%s 人、%s 行费用，用时 %.1f 秒（每秒 %s 行）\n", strings.Join(rep.Months, "、"), thousands(rep.Persons), thousands(rep.Lines),
		rep.Seconds, thousands(int64(float64(rep.Lines)/max(rep.Seconds, 0.001))))
	for _, reason := range slices.Compact(slices.Sorted(maps.Values(rep.Why))) {
		due := slices.DeleteFunc(slices.Clone(rep.Months), func(m string) bool { return rep.Why[m] != reason })
		fmt.Fprintf(w, "  %s：%s\n", reason, strings.Join(due, "、"))
	}
	var ids []string
	for id, r := range rep.Rules {
		if r.Findings > 0 || r.Withdrawn > 0 {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b string) int {
		return cmp.Or(cmp.Compare(rep.Rules[b].Charged, rep.Rules[a].Charged), cmp.Compare(a, b))
	})
	var rows [][]string
	var sum audit.RuleReport
	for _, id := range ids {
		r := rep.Rules[id]
		name, sev := "", ""
		if c := lib.Card(id); c != nil {
			name, sev = c.Name, severityNames[c.Severity]
		}
		rows = append(rows, []string{id, name, sev, thousands(r.Findings), thousands(r.Lines), yuan(int64(r.Vola)), yuan(int64(r.Fund)), yuan(int64(r.Charged)),
			thousands(r.New), thousands(r.Revised), thousands(r.Withdrawn), thousands(r.NotJudged)})
		sum.Findings, sum.Lines, sum.Vola, sum.Fund, sum.Charged = sum.Findings+r.Findings, sum.Lines+r.Lines, sum.Vola+r.Vola, sum.Fund+r.Fund, sum.Charged+r.Charged
		sum.New, sum.Revised, sum.Withdrawn, sum.NotJudged = sum.New+r.New, sum.Revised+r.Revised, sum.Withdrawn+r.Withdrawn, sum.NotJudged+r.NotJudged
	}
	rows = append(rows, []string{"合计", "", "", thousands(sum.Findings), thousands(sum.Lines), yuan(int64(sum.Vola)), yuan(int64(sum.Fund)), yuan(int64(sum.Charged)),
		thousands(sum.New), thousands(sum.Revised), thousands(sum.Withdrawn), thousands(sum.NotJudged)})
	table(w, []string{"规则", "名称", "程度", ">疑点", ">违规行", ">违规金额(元)", ">其中基金", ">拟追(去重)", ">新增", ">变更", ">撤回", ">未判"}, rows)
	printRest(w, rep)
}

// printUnknowing warns of cards that judged nothing because nobody loaded what they judge by: no finding is not the same as no fault.
func printUnknowing(w io.Writer, rep *audit.Report) {
	if text := rep.Unknowing(nil); text != "" {
		fmt.Fprintf(w, "警告：%s\n", text)
	}
}

// printLocal tells which of the bureau's own cards took part.
func printLocal(w io.Writer, rep *audit.Report) {
	for _, c := range rep.LocalCards {
		note := ""
		if c.Replaces != "" {
			note = "，代替自带的版本 " + c.Replaces
		}
		fmt.Fprintf(w, "本地规则 %s %s：版本 %s%s\n", c.ID, c.Name, c.Version, note)
	}
	if n := len(rep.Refused); n > 0 {
		fmt.Fprintf(w, "未装入的本地规则有 %d 处错误，其余规则照常运行：\n", n)
		for i := range rep.Refused {
			fmt.Fprintf(w, "  %s\n", strings.ReplaceAll(rep.Refused[i].Error(), "\n", "\n  "))
		}
	}
}

func printRest(w io.Writer, rep *audit.Report) {
	if t := rep.ChangeTotals; t["same"]+t["revised"]+t["withdrawn"] > 0 || len(rep.Changes) > 0 {
		fmt.Fprintf(w, "\n与上次相比：新增 %d，不变 %d，变更 %d，撤回 %d\n", t["new"], t["same"], t["revised"], t["withdrawn"])
		for _, c := range rep.Changes {
			fmt.Fprintf(w, "  %s %s %s %s：%s\n", c.Month, c.Rule, c.Finding, c.What, c.Why)
		}
	}
	if rep.Unpaired > 0 {
		fmt.Fprintf(w, "\n未配对的冲正或负数行 %s 条，没有参与判断\n", thousands(rep.Unpaired))
	}
	if len(rep.Batched) > 0 {
		fmt.Fprintf(w, "\n批量记账、计费时间不可信的机构与项目 %d 个，日内规则改按整段住院累计，例如 %s\n", len(rep.Batched), rep.Batched[0])
	}
	if n := len(rep.NotJudged); n > 0 {
		by := map[string]int64{}
		for _, s := range rep.NotJudged {
			by[s.Card+" "+s.Reason] += s.Count
		}
		var keys []string
		for k := range by {
			keys = append(keys, k)
		}
		slices.SortFunc(keys, func(a, b string) int { return cmp.Or(cmp.Compare(by[b], by[a]), strings.Compare(a, b)) })
		fmt.Fprintln(w, "\n未判（缺事实，不算命中也不算合格）：")
		for i, k := range keys {
			if i == 10 {
				fmt.Fprintf(w, "  …… 另有 %d 种，见 --json 的 not_judged\n", len(keys)-10)
				break
			}
			fmt.Fprintf(w, "  %s：%s\n", k+thinlyFilled(rep, k), thousands(by[k]))
		}
	}
	printGaps(w, rep)
}

// thinlyFilled tells which column a card could not be judged for, and how much of it an institution filled; "" for other
// reasons.
func thinlyFilled(rep *audit.Report, key string) string {
	card, reason, _ := strings.Cut(key, " ")
	if reason != rule.ReasonThin {
		return ""
	}
	insts := map[string]bool{}
	var first *audit.Unfit
	for i := range rep.Unfit {
		if u := &rep.Unfit[i]; u.Card == card {
			insts[u.Inst] = true
			if first == nil {
				first = u
			}
		}
	}
	if first == nil {
		return ""
	}
	return fmt.Sprintf("（缺 %s：%s 填 %.0f %%，共 %d 家机构）", first.Column, first.Inst, first.Rate*100, len(insts))
}

// printGaps tells where what landed is not what the institutions cleared.
func printGaps(w io.Writer, rep *audit.Report) {
	if n := len(rep.Completeness); n > 0 {
		fmt.Fprintf(w, "\n与清算总额不符 %d 处，数据可能不全：\n", n)
		for i, g := range rep.Completeness {
			if i == 10 {
				fmt.Fprintf(w, "  …… 另有 %d 处\n", n-10)
				break
			}
			fmt.Fprintf(w, "  %s %s 险种 %s 清算类别 %s：应有 %d 笔、基金 %s 元，实有 %d 笔、%s 元\n", g.Inst, g.Month, g.Insutype, g.ClrType, g.Want, g.WantFund, g.Have, g.HaveFund)
		}
	}
}

type findingsCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	Month  string `help:"哪个月，缺省全部" placeholder:"yyyy-MM"`
	Rules  string `help:"哪些规则，逗号分隔" placeholder:"A001,B002"`
	Format string `help:"csv、xlsx 或 parquet，缺省按文件名" enum:"csv,xlsx,parquet," default:""`
	Out    string `help:"输出文件，- 为标准输出" required:"" placeholder:"文件"`
	Bom    bool   `help:"CSV 前加 BOM，便于 Excel 打开"`
	Told   bool   `help:"CSV 后面加几列：当时提醒过没有"`
}

func (c *findingsCmd) Run(s *streams) error {
	only := map[string]bool{}
	if rules := splitRules(c.Rules); len(rules) > 0 {
		book, err := liveBook(s, c.Data, c.Store)
		if err != nil {
			return err
		}
		if _, err := book.Library.Only(rules); err != nil {
			return usageError{err}
		}
		for _, r := range rules {
			only[r] = true
		}
	}
	var month claim.Month
	if c.Month != "" {
		var err error
		if month, err = claim.ParseMonth(c.Month); err != nil {
			return usageError{err}
		}
	}
	st := audit.OpenStore(c.Data)
	months, err := st.Months()
	if err != nil {
		return err
	}
	if len(months) == 0 {
		return fmt.Errorf("数据目录 %s 里还没有审核结果：请先运行 mingjian audit", c.Data)
	}
	if month != 0 {
		if !slices.Contains(months, month) {
			return fmt.Errorf("%s 还没有审核过：请先运行 mingjian audit", month)
		}
		months = []claim.Month{month}
	}
	var rows []audit.Row
	for _, m := range months {
		r, err := st.Rows(m, only)
		if err != nil {
			return err
		}
		rows = append(rows, r...)
	}
	format := c.Format
	if format == "" {
		format = "csv"
		for _, f := range audit.Formats {
			if strings.HasSuffix(c.Out, "."+f) {
				format = f
			}
		}
	}
	export := func(w io.Writer) error { return audit.Export(w, rows, format, c.Bom) }
	if c.Told {
		if format != "csv" {
			return usageError{fmt.Errorf("--told 只能与 csv 同用")}
		}
		var ids []string
		for i := range rows {
			ids = append(ids, rows[i].FindingID)
		}
		slices.Sort(ids)
		by, err := toldOf(s, c.Data, c.Store, slices.Compact(ids))
		if err != nil {
			return err
		}
		export = func(w io.Writer) error {
			var b bytes.Buffer
			if err := audit.Export(&b, rows, format, c.Bom); err != nil {
				return err
			}
			return addTold(w, &b, by)
		}
	}
	if c.Out == "-" {
		if c.JSON {
			return usageError{fmt.Errorf("--json 与 --out - 不能同用")}
		}
		return export(s.out)
	}
	if err := lake.WriteFileAtomic(c.Out, export); err != nil {
		return err
	}
	if c.JSON {
		return s.json(map[string]any{"out": c.Out, "format": format, "rows": len(rows), "months": len(months)})
	}
	s.printf("导出 %s 行到 %s\n", thousands(int64(len(rows))), c.Out)
	return nil
}

type explainCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	ID string `arg:"" name:"finding_id" help:"疑点编号（导出文件的 finding_id 列）"`
}

func (c *explainCmd) Run(s *streams) error {
	if _, err := os.Stat(c.Data); err != nil {
		return fmt.Errorf("数据目录 %s 不存在", c.Data)
	}
	book, err := liveBook(s, c.Data, c.Store)
	if err != nil {
		return err
	}
	a, err := book.Open(c.Data)
	if err != nil {
		return err
	}
	x, err := a.Explain(c.ID)
	if err != nil {
		return err
	}
	by, err := toldOf(s, c.Data, c.Store, []string{c.ID})
	if err != nil {
		return err
	}
	if c.JSON {
		t := by[c.ID]
		t.Finding = c.ID
		t.Told = cmp.Or(t.Told, told.Unsent)
		return s.json(struct {
			*audit.Explanation
			Told store.Told `json:"told"`
		}{x, t})
	}
	s.printf("%s", x)
	s.printf("当时 %s\n", saidOf(by[c.ID]))
	return nil
}
