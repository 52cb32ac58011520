package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/model"
	"github.com/mingjian/mingjian/internal/model/runs"
	"github.com/mingjian/mingjian/internal/model/worker"
	"github.com/mingjian/mingjian/internal/synth"
)

type modelsCmd struct {
	List     modelsListCmd     `cmd:"" help:"列出模型"`
	Show     modelsShowCmd     `cmd:"" help:"看一个模型：方法、参数、依据、SQL"`
	Run      modelsRunCmd      `cmd:"" help:"运行模型，保存结果"`
	Results  modelsResultsCmd  `cmd:"" help:"看保存的运行和结果"`
	Evaluate modelsEvaluateCmd `cmd:"" help:"对照造城时埋下的答案评估模型"`
	Check    modelsCheckCmd    `cmd:"" help:"检查自己写的模型目录"`
	Send     modelsSendCmd     `cmd:"" help:"把一次运行的结果送闭环，成一个批次"`
	Batches  modelsBatchesCmd  `cmd:"" help:"看批次和办理状态"`
	Query    modelsQueryCmd    `cmd:"" help:"在可用的视图上查询（只读）"`
	Views    modelsViewsCmd    `cmd:"" help:"列出可用的视图和列"`
}

// workerCmd is what this program runs of itself for models and queries.
type workerCmd struct{}

func (workerCmd) Run(s *streams) error { return worker.Child(s.ctx, s.in, s.out) }

// limitFlags bound a child.
type limitFlags struct {
	Memory  int           `help:"每个模型进程的内存上限（MiB），超过的部分写临时文件" default:"6144"`
	Threads int           `help:"线程数" default:"2"`
	Timeout time.Duration `help:"每个模型最长时间" default:"10m"`
}

func (f *limitFlags) limits() worker.Limits {
	return worker.Limits{MemoryMiB: f.Memory, Threads: f.Threads, Time: f.Timeout}
}

type modelsListCmd struct {
	dataFlag
	jsonFlag
}

func (c *modelsListCmd) Run(s *streams) error {
	lib, err := model.ForData(c.Data)
	if err != nil {
		return err
	}
	if c.JSON {
		return s.json(lib.All)
	}
	var rows [][]string
	for _, m := range lib.All {
		rows = append(rows, []string{m.ID, m.Name, m.Subject.Word(), severityWord(m.Severity), strconv.Itoa(len(m.Params)), m.Money})
	}
	table(s.out, []string{"编号", "名称", "对象", "程度", ">参数", "涉及金额口径"}, rows)
	topics, err := model.Topics()
	if err != nil {
		return err
	}
	s.printf("\n已有规则卡的主题（看疑点，不另出结论）：\n")
	rows = nil
	for _, t := range topics {
		cards := strings.Join(t.Cards, " ")
		if len(t.Cards) > 12 {
			cards = strconv.Itoa(len(t.Cards)) + " 条，如 " + strings.Join(t.Cards[:3], " ")
		}
		rows = append(rows, []string{t.ID, t.Name, cards, t.Purpose})
	}
	table(s.out, []string{"编号", "主题", "规则", "用途"}, rows)
	return nil
}

func severityWord(n int) string {
	return map[int]string{1: "明确违规", 2: "高度可疑", 3: "轻度可疑"}[n]
}

type modelsShowCmd struct {
	dataFlag
	jsonFlag
	ID string `arg:"" help:"模型编号"`
}

func (c *modelsShowCmd) Run(s *streams) error {
	lib, err := model.ForData(c.Data)
	if err != nil {
		return err
	}
	ms, err := lib.Pick([]string{c.ID})
	if err != nil {
		return err
	}
	m := ms[0]
	if c.JSON {
		return s.json(m)
	}
	s.printf("%s %s（%s，%s）\n用途：%s\n方法：%s\n涉及金额：%s\n依据：%s\n现场核实：%s\n正当原因：%s\n读取视图：%s\n\n参数：\n", m.ID, m.Name, m.Subject.Word(), severityWord(m.Severity),
		m.Purpose, m.Method, m.Money, m.Basis, m.Verify, strings.Join(m.Innocent, "；"), strings.Join(m.Inputs, "、"))
	var rows [][]string
	for _, p := range m.Params {
		rows = append(rows, []string{p.Name, p.Title, number(p.Default), number(p.Min), number(p.Max)})
	}
	table(s.out, []string{"名称", "含义", ">缺省", ">最小", ">最大"}, rows)
	s.printf("\n%s\n", m.SQL)
	if m.Members != "" {
		s.printf("\n-- 成群之后\n%s\n", m.Members)
	}
	return nil
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

type modelsRunCmd struct {
	dataFlag
	jsonFlag
	limitFlags
	Models []string `help:"只运行这些模型" placeholder:"编号"`
	Param  []string `help:"改参数，如 I009.co_occur=4" placeholder:"模型.参数=值"`
	From   string   `help:"从哪天起，yyyy-MM-dd"`
	To     string   `help:"到哪天止，yyyy-MM-dd"`
	Area   []string `help:"只看这些区划的机构（前缀）"`
}

func (c *modelsRunCmd) options(s *streams) (runs.Options, error) {
	o := runs.Options{Data: c.Data, Limits: c.limits(), Scope: worker.Scope{Areas: c.Area}, Progress: func(done, total int, id string) { s.note("\r%d/%d %s ", done+1, total, id) }}
	lib, err := model.ForData(c.Data)
	if err != nil {
		return o, err
	}
	if o.Models, err = lib.Pick(c.Models); err != nil {
		return o, usageError{err}
	}
	o.Params = map[string]map[string]float64{}
	for _, p := range c.Param {
		key, val, ok := strings.Cut(p, "=")
		id, name, ok2 := strings.Cut(key, ".")
		v, err := strconv.ParseFloat(val, 64)
		m := lib.Model(strings.ToUpper(id))
		if !ok || !ok2 || err != nil || m == nil {
			return o, usageError{fmt.Errorf("--param %q 应写成 模型.参数=值", p)}
		}
		if o.Params[m.ID] == nil {
			o.Params[m.ID] = map[string]float64{}
		}
		o.Params[m.ID][name] = v
		if _, err := m.Values(o.Params[m.ID]); err != nil {
			return o, usageError{err}
		}
	}
	for _, d := range []struct {
		flag, text string
		into       *claim.Day
	}{{"--from", c.From, &o.First}, {"--to", c.To, &o.Last}} {
		if d.text == "" {
			continue
		}
		if *d.into, err = claim.ParseDay(d.text); err != nil {
			return o, usageError{fmt.Errorf("%s %q：%w", d.flag, d.text, err)}
		}
	}
	return o, nil
}

func (c *modelsRunCmd) Run(s *streams) error {
	o, err := c.options(s)
	if err != nil {
		return err
	}
	r, err := runs.Do(s.ctx, o)
	s.note("\r")
	if err != nil {
		return err
	}
	if err := note(s, c.Data, "", "运行模型", r.ID, fmt.Sprintf("模型 %d 个，用时 %.1f 秒", len(r.Models), r.Seconds)); err != nil {
		return err
	}
	for _, m := range r.Models {
		s.failed = s.failed || m.Error != ""
	}
	if c.JSON {
		return s.json(r)
	}
	printModelRun(s, r)
	return nil
}

func printModelRun(s *streams, r *runs.Run) {
	var rows [][]string
	for _, m := range r.Models {
		note := m.Error
		if m.Unjudged != "" {
			note = "未判：" + m.Unjudged
		}
		rows = append(rows, []string{m.Model, m.Name, strconv.Itoa(m.Cases), strconv.Itoa(m.Persons), strconv.Itoa(m.Insts), yuan(m.Money), fmt.Sprintf("%.1f", m.Seconds), note})
	}
	table(s.out, []string{"编号", "模型", ">案例", ">人", ">机构", ">涉及金额（元）", ">秒", "说明"}, rows)
	s.printf("运行 %s，共用时 %.1f 秒。\n", r.ID, r.Seconds)
}

type modelsResultsCmd struct {
	dataFlag
	jsonFlag
	RunID string `arg:"" optional:"" name:"run" help:"运行编号；不写列出各次运行"`
	Model string `arg:"" optional:"" help:"模型编号；不写看这次运行的汇总"`
}

func (c *modelsResultsCmd) Run(s *streams) error {
	if c.RunID == "" {
		rs, err := runs.List(c.Data)
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(rs)
		}
		var rows [][]string
		for _, r := range rs {
			n := 0
			for _, m := range r.Models {
				n += m.Cases
			}
			rows = append(rows, []string{r.ID, r.Started, strconv.Itoa(len(r.Models)), strconv.Itoa(n), fmt.Sprintf("%.1f", r.Seconds)})
		}
		table(s.out, []string{"运行", "开始", ">模型", ">案例", ">秒"}, rows)
		return nil
	}
	if c.Model == "" {
		r, err := runs.Open(c.Data, c.RunID)
		if err != nil {
			return err
		}
		if c.JSON {
			return s.json(r)
		}
		printModelRun(s, r)
		return nil
	}
	r, err := runs.Result(c.Data, c.RunID, strings.ToUpper(c.Model))
	if err != nil {
		return err
	}
	if c.JSON {
		return s.json(r)
	}
	s.printf("%s %s，%s 至 %s，%d 例\n", r.Model, r.Name, r.First, r.Last, len(r.Cases))
	var rows [][]string
	for _, k := range r.Cases {
		rows = append(rows, []string{k.GroupID, k.Subject, strconv.Itoa(len(k.Members)), strconv.Itoa(len(k.Insts)), strconv.Itoa(len(k.Rows)), yuan(k.Money)})
	}
	table(s.out, []string{"案例", "对象", ">人", ">机构", ">明细", ">涉及金额（元）"}, rows)
	return nil
}

type modelsEvaluateCmd struct {
	jsonFlag
	limitFlags
	Data    string   `help:"数据目录；不写就造一座城来评估，用完即删" placeholder:"目录"`
	Truth   string   `help:"标注文件，缺省用导入时留下的" placeholder:"文件"`
	Models  []string `help:"只评估这些模型" placeholder:"编号"`
	Curve   bool     `help:"另试主要参数的各个取值，画阈值曲线"`
	Persons int      `help:"不写 --data 时造多少人的城" default:"10000"`
	Months  int      `help:"不写 --data 时造几个月" default:"3"`
	Seed    uint64   `help:"不写 --data 时的随机种子" default:"1"`
}

func (c *modelsEvaluateCmd) Run(s *streams) error {
	data := c.Data
	if data == "" {
		tmp, err := os.MkdirTemp("", "mingjian-models-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(tmp)
		city := filepath.Join(tmp, "city")
		if _, err := synth.Generate(synth.Options{Out: city, Persons: c.Persons, Months: c.Months, Seed: c.Seed, End: demoEnd}); err != nil {
			return err
		}
		data = filepath.Join(tmp, "data")
		if err := importFolder(s, data, city); err != nil {
			return err
		}
	}
	if c.Truth == "" {
		c.Truth = truthOf(data)
	}
	t, err := runs.ReadTruth(c.Truth)
	if err != nil {
		return err
	}
	lib, err := model.ForData(data)
	if err != nil {
		return err
	}
	ms, err := lib.Pick(c.Models)
	if err != nil {
		return usageError{err}
	}
	scores, err := runs.Evaluate(s.ctx, runs.Options{Data: data, Models: ms, Limits: c.limits(), Progress: func(done, total int, id string) { s.note("\r%d/%d %s ", done+1, total, id) }}, t, c.Curve)
	s.note("\r")
	if err != nil {
		return err
	}
	if c.JSON {
		return s.json(scores)
	}
	var rows [][]string
	for _, r := range scores {
		rows = append(rows, []string{r.ID, lib.Model(r.ID).Name, strconv.Itoa(r.Truth), strconv.Itoa(r.Hits), strconv.Itoa(r.False), fmt.Sprintf("%.3f", r.Precision), fmt.Sprintf("%.3f", r.Recall),
			fmt.Sprintf("%d/%d", r.Twins, r.Planted), fmt.Sprintf("%.2f", r.Seconds), fmt.Sprintf("%.0f", r.PeakMiB), r.Note})
	}
	table(s.out, []string{"编号", "模型", ">埋下", ">查出", ">误报", ">精确率", ">召回率", ">误伤孪生", ">秒", ">内存峰值MiB", "说明"}, rows)
	for _, r := range scores {
		if len(r.Curve) == 0 {
			continue
		}
		s.printf("\n%s %s：参数 %s 的阈值曲线\n", r.ID, lib.Model(r.ID).Name, r.Param)
		rows = nil
		for _, p := range r.Curve {
			rows = append(rows, []string{number(p.Value), strconv.Itoa(p.Cases), strconv.Itoa(p.Hits), strconv.Itoa(p.False), fmt.Sprintf("%.3f", p.Precision), fmt.Sprintf("%.3f", p.Recall)})
		}
		table(s.out, []string{">取值", ">案例", ">查出", ">误报", ">精确率", ">召回率"}, rows)
	}
	return nil
}

// truthOf finds the labels of a data directory: those noted at import, else those of a demo's city.
func truthOf(data string) string {
	if p := filepath.Join(data, "city", runs.TruthName); isDemo(data) {
		return p
	}
	return runs.TruthFile(data)
}

// keepTruth copies the labels for models out of an imported folder: they are no input, and evaluating needs them.
func keepTruth(data string, paths []string) error {
	for _, p := range paths {
		b, err := os.ReadFile(filepath.Join(p, runs.TruthName))
		if err != nil {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(runs.TruthFile(data)), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(runs.TruthFile(data), b, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// importFolder imports a city's folder quietly.
func importFolder(s *streams, data, city string) error {
	es, err := os.ReadDir(city)
	if err != nil {
		return err
	}
	var paths []string
	for _, e := range es {
		if !isLabels(e.Name()) {
			paths = append(paths, filepath.Join(city, e.Name()))
		}
	}
	quiet := *s
	quiet.out, quiet.err = io.Discard, io.Discard
	if _, err := importPaths(&quiet, data, paths, ""); err != nil {
		return err
	}
	return keepTruth(data, []string{city})
}

// isLabels tells whether a file holds answers, which are not input.
func isLabels(name string) bool { return name == truthName || name == runs.TruthName }

type modelsCheckCmd struct {
	jsonFlag
	Dirs []string `arg:"" help:"模型目录（里面有 model.yaml、model.sql、fixture.sql）"`
}

func (c *modelsCheckCmd) Run(s *streams) error {
	type said struct {
		Dir   string `json:"dir"`
		ID    string `json:"id,omitempty"`
		Error string `json:"error,omitempty"`
	}
	var out []said
	for _, d := range c.Dirs {
		d = filepath.Clean(d)
		m, err := model.Load(os.DirFS(filepath.Dir(d)), filepath.Base(d))
		x := said{Dir: d}
		if m != nil {
			x.ID = m.ID
		}
		if err == nil {
			_, err = worker.Run(s.ctx, worker.Job{Kind: "fixture", Model: worker.Text(m), Limits: worker.Limits{MemoryMiB: 1024, Time: time.Minute}})
		}
		if err != nil {
			x.Error, s.failed = err.Error(), true
		}
		out = append(out, x)
	}
	if c.JSON {
		return s.json(out)
	}
	for _, x := range out {
		if x.Error == "" {
			s.printf("%s：可用，样例的正例查出、无辜例没有误报\n", x.Dir)
		} else {
			s.printf("%s：%s\n", x.Dir, x.Error)
		}
	}
	return nil
}
