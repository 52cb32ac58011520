package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/store"
)

func now() time.Time { return time.Now() }

// versionItem is a version as JSON.
type versionItem struct {
	ID        string     `json:"version_id"`
	Kind      string     `json:"kind"`
	Subject   string     `json:"subject"`
	Area      string     `json:"admdvs"`
	Hash      string     `json:"hash"`
	Title     string     `json:"title"`
	State     string     `json:"state"`
	Author    string     `json:"author"`
	Approver  string     `json:"approver"`
	AppliesOn string     `json:"applies_on"`
	From      string     `json:"valid_from"`
	To        string     `json:"valid_to"`
	Replaces  string     `json:"replaces"`
	MadeAt    string     `json:"made_at"`
	Steps     []stepItem `json:"steps,omitempty"`
}

type stepItem struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Actor string `json:"actor"`
	Why   string `json:"why"`
	At    string `json:"at"`
}

func itemOf(v *store.RuleVersion) versionItem {
	return versionItem{ID: v.ID, Kind: v.Kind, Subject: v.Subject, Area: v.Area, Hash: v.Hash, Title: v.Title, State: v.State, Author: v.Author, Approver: v.Approver,
		AppliesOn: v.AppliesOn, From: v.From, To: v.To, Replaces: v.Replaces, MadeAt: clock(v.MadeAt)}
}

func showVersion(s *streams, asJSON bool, v *store.RuleVersion) error {
	if asJSON {
		return s.json(itemOf(v))
	}
	where := ""
	if v.Area != "" {
		where = "，区划 " + v.Area
	}
	s.printf("%s %s 版本 %s 现为“%s”%s\n", v.Subject, v.Title, v.ID, v.State, where)
	return nil
}

type rulesDraftCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	asFlag
	File      string `arg:"" name:"文件" help:"规则卡 YAML；加 --points 时为知识点 CSV"`
	Points    string `help:"起草的是知识点集，这是它的名字" placeholder:"名字"`
	Area      string `help:"只在这个区划执行" placeholder:"区划"`
	AppliesOn string `name:"applies-on" help:"按哪一天判断是否在有效期内：fee、admission、discharge、settlement" placeholder:"日"`
	Until     string `help:"执行到哪一天" placeholder:"yyyy-MM-dd"`
	Why       string `help:"为什么" placeholder:"理由"`
}

func (c *rulesDraftCmd) text() (govern.Text, error) {
	body, err := os.ReadFile(c.File)
	if err != nil {
		return govern.Text{}, noCardFile(c.File, err)
	}
	t := govern.Text{Kind: govern.Cards, File: c.File, Body: body, Area: c.Area, AppliesOn: c.AppliesOn, To: c.Until, Why: c.Why}
	if c.Points != "" {
		t.Kind, t.Name = govern.Points, c.Points
	}
	return t, nil
}

// noCardFile says what to do where a file is named that is not there: most often somebody wrote the rule's id.
func noCardFile(path string, err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("读不了 %s：%w", path, err)
	}
	id := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	if lib, e := rule.Shipped(); e == nil && lib.Card(id) != nil {
		return fmt.Errorf("没有文件 %[1]s。%[2]s 是规则编号：先用 mingjian rules show %[2]s --yaml > %[2]s.yaml 写出原文，改好再用 %[2]s.yaml", path, id)
	}
	return fmt.Errorf("没有文件 %s，核对路径", path)
}

func (c *rulesDraftCmd) Run(s *streams) error {
	t, err := c.text()
	if err != nil {
		return err
	}
	return withRules(s, c.Data, c.Store, c.As, func(r *govern.Rules, who *auth.Identity, _ *office) error {
		v, err := r.Propose(s.ctx, who, t)
		if err != nil {
			return err
		}
		return showVersion(s, c.JSON, v)
	})
}

type rulesTrialCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	asFlag
	What    string `arg:"" name:"版本或文件" help:"版本编号；给规则卡 YAML 时先起草再试算"`
	From    string `help:"从哪个月" placeholder:"yyyy-MM"`
	To      string `help:"到哪个月" placeholder:"yyyy-MM"`
	Why     string `help:"为什么：给文件时记在起草上，给版本时记在试算上" placeholder:"理由"`
	Workers int    `help:"并行数，缺省为处理器数"`
	Child   bool   `hidden:"" help:"由服务启动：进度写成 JSON 行，标准输入关闭就停"`
}

func (c *rulesTrialCmd) Run(s *streams) error {
	if c.Child {
		defer s.attached()()
	}
	opt := audit.Options{Workers: c.Workers}
	for _, f := range []struct {
		text string
		to   *claim.Month
	}{{c.From, &opt.From}, {c.To, &opt.To}} {
		if f.text == "" {
			continue
		}
		var err error
		if *f.to, err = claim.ParseMonth(f.text); err != nil {
			return usageError{err}
		}
	}
	audit.LimitMemory()
	return withRules(s, c.Data, c.Store, c.As, func(r *govern.Rules, who *auth.Identity, o *office) error {
		v, err := c.version(s, r, who)
		if err != nil {
			return err
		}
		res, err := c.judge(s, r, v, opt)
		if err != nil {
			return err
		}
		res.Why = c.Why
		if v, err = r.RecordTrial(s.ctx, who, v.ID, res); err != nil {
			return err
		}
		if c.JSON {
			return s.json(map[string]any{"version": itemOf(v), "result": res})
		}
		printTrial(s, res)
		return showVersion(s, false, v)
	})
}

// version is the one named, or the one that a file's text has or gets.
func (c *rulesTrialCmd) version(s *streams, r *govern.Rules, who *auth.Identity) (*store.RuleVersion, error) {
	body, err := os.ReadFile(c.What)
	if errors.Is(err, fs.ErrNotExist) {
		if lib, e := rule.Shipped(); e == nil && lib.Card(c.What) != nil || strings.HasSuffix(c.What, ".yaml") || strings.HasSuffix(c.What, ".yml") {
			return nil, noCardFile(c.What, err)
		}
		return r.Find(s.ctx, c.What)
	}
	if err != nil {
		return nil, err
	}
	old, err := r.SameText(s.ctx, string(body))
	if err != nil || old != nil {
		return old, err
	}
	return r.Propose(s.ctx, who, govern.Text{Kind: govern.Cards, File: c.What, Body: body, Why: c.Why})
}

// judge tries a version while it holds the data directory's lock.
func (c *rulesTrialCmd) judge(s *streams, r *govern.Rules, v *store.RuleVersion, opt audit.Options) (*govern.Result, error) {
	lock, err := lockData(c.Data)
	if err != nil {
		return nil, err
	}
	defer lock.Close()
	book, err := r.Live(s.ctx)
	if err != nil {
		return nil, err
	}
	a, err := book.Open(c.Data)
	if err != nil {
		return nil, err
	}
	cand, err := r.With(s.ctx, v)
	if err != nil {
		return nil, err
	}
	base, err := plainBase(c.Data)
	if err != nil {
		return nil, err
	}
	if c.Child {
		opt.Progress = func(p audit.Progress) { s.note("{\"done\":%d,\"total\":%d}\n", p.Done, p.Total) }
		return govern.Trial(s.ctx, a, base, c.Data, cand, opt)
	}
	m := newMeter(s.err)
	defer m.end()
	opt.Progress = func(p audit.Progress) { m.show("试算 "+p.Months, int64(p.Done), int64(p.Total), p.Lines) }
	return govern.Trial(s.ctx, a, base, c.Data, cand, opt)
}

func printTrial(s *streams, res *govern.Result) {
	printResult(s.out, "试算", res)
	for i := range res.Contrast {
		c := &res.Contrast[i]
		var rows [][]string
		for _, t := range c.Insts[:min(10, len(c.Insts))] {
			rows = append(rows, []string{t.Inst, thousands(t.Findings), yuan(int64(t.Vola)), yuan(int64(t.Fund))})
		}
		if len(rows) > 0 {
			s.printf("\n%s 按机构（金额最多的 %d 家，共 %d 家）\n", c.Rule, len(rows), len(c.Insts))
			table(s.out, []string{"机构", ">疑点", ">违规金额(元)", ">其中基金"}, rows)
		}
		for _, x := range c.Only {
			s.printf("  新增 %s %s %s：%s\n", x.Month, x.Inst, x.Finding, x.Cont)
		}
		for _, x := range c.Lost {
			s.printf("  减少 %s %s %s：%s\n", x.Month, x.Inst, x.Finding, x.Cont)
		}
	}
	for i, x := range res.Samples {
		s.printf("\n样本 %d\n%s", i+1, x)
	}
}

// stepFlags are what the plain steps of a version take.
type stepFlags struct {
	dataFlag
	storeFlag
	jsonFlag
	asFlag
	Version string `arg:"" name:"版本" help:"版本编号，可只写开头或末尾 6 位以上"`
	Why     string `help:"理由" placeholder:"理由"`
}

func (c *stepFlags) run(s *streams, f func(r *govern.Rules, who *auth.Identity, id string) (*store.RuleVersion, error)) error {
	return withRules(s, c.Data, c.Store, c.As, func(r *govern.Rules, who *auth.Identity, _ *office) error {
		v, err := r.Find(s.ctx, c.Version)
		if err != nil {
			return err
		}
		if v, err = f(r, who, v.ID); err != nil {
			return err
		}
		return showVersion(s, c.JSON, v)
	})
}

type rulesShadowCmd struct{ stepFlags }

func (c *rulesShadowCmd) Run(s *streams) error {
	return c.run(s, func(r *govern.Rules, who *auth.Identity, id string) (*store.RuleVersion, error) {
		return r.ToShadow(s.ctx, who, id, c.Why)
	})
}

type rulesSubmitCmd struct{ stepFlags }

func (c *rulesSubmitCmd) Run(s *streams) error {
	return c.run(s, func(r *govern.Rules, who *auth.Identity, id string) (*store.RuleVersion, error) {
		return r.Submit(s.ctx, who, id, c.Why)
	})
}

type rulesApproveCmd struct{ stepFlags }

func (c *rulesApproveCmd) Run(s *streams) error {
	return c.run(s, func(r *govern.Rules, who *auth.Identity, id string) (*store.RuleVersion, error) {
		return r.Approve(s.ctx, who, id, c.Why)
	})
}

type rulesRejectCmd struct{ stepFlags }

func (c *rulesRejectCmd) Run(s *streams) error {
	return c.run(s, func(r *govern.Rules, who *auth.Identity, id string) (*store.RuleVersion, error) {
		return r.Reject(s.ctx, who, id, c.Why)
	})
}

type rulesAnnounceCmd struct {
	stepFlags
	Text      string `help:"公布的正文" required:"" placeholder:"正文"`
	Effective string `help:"生效日期" required:"" placeholder:"yyyy-MM-dd"`
}

func (c *rulesAnnounceCmd) Run(s *streams) error {
	return c.run(s, func(r *govern.Rules, who *auth.Identity, id string) (*store.RuleVersion, error) {
		return r.Announce(s.ctx, who, id, c.Text, c.Effective)
	})
}

type rulesLiveCmd struct{ stepFlags }

func (c *rulesLiveCmd) Run(s *streams) error {
	return c.run(s, func(r *govern.Rules, who *auth.Identity, id string) (*store.RuleVersion, error) {
		return r.GoLive(s.ctx, who, id, c.Why)
	})
}

type rulesRollbackCmd struct{ stepFlags }

func (c *rulesRollbackCmd) Run(s *streams) error {
	return c.run(s, func(r *govern.Rules, who *auth.Identity, id string) (*store.RuleVersion, error) {
		return r.Rollback(s.ctx, who, id, c.Why)
	})
}

type rulesDropCmd struct{ stepFlags }

func (c *rulesDropCmd) Run(s *streams) error {
	return c.run(s, func(r *govern.Rules, who *auth.Identity, id string) (*store.RuleVersion, error) {
		return r.Drop(s.ctx, who, id, c.Why)
	})
}

type rulesRetireCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	asFlag
	Version string `arg:"" name:"版本或规则" help:"版本编号；没有版本的出厂规则写规则编号"`
	From    string `help:"从哪一天起不再执行" required:"" placeholder:"yyyy-MM-dd"`
	Why     string `help:"理由" required:"" placeholder:"理由"`
}

func (c *rulesRetireCmd) Run(s *streams) error {
	return withRules(s, c.Data, c.Store, c.As, func(r *govern.Rules, who *auth.Identity, _ *office) error {
		var v *store.RuleVersion
		var err error
		if r.Library.Card(c.Version) != nil {
			v, err = r.RetireCard(s.ctx, who, c.Version, c.From, c.Why)
		} else if v, err = r.Find(s.ctx, c.Version); err == nil {
			v, err = r.Retire(s.ctx, who, v.ID, c.From, c.Why)
		}
		if err != nil {
			return err
		}
		return showVersion(s, c.JSON, v)
	})
}

type rulesHistoryCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	Subject string `arg:"" optional:"" name:"规则或知识点集" help:"缺省列出全部版本"`
}

func (c *rulesHistoryCmd) Run(s *streams) error {
	return withRules(s, c.Data, c.Store, "", func(r *govern.Rules, _ *auth.Identity, _ *office) error {
		past, err := r.History(s.ctx, c.Subject)
		if err != nil {
			return err
		}
		items := make([]versionItem, 0, len(past))
		var rows [][]string
		for i := range past {
			p := &past[i]
			it := itemOf(&p.RuleVersion)
			for _, x := range p.Steps {
				it.Steps = append(it.Steps, stepItem{x.From, x.To, x.Actor, x.Why, clock(x.At)})
			}
			items = append(items, it)
			rows = append(rows, []string{p.Subject, p.Area, p.ID, p.State, p.Author, p.Approver, p.From, p.To, p.Title})
		}
		if c.JSON {
			return s.json(items)
		}
		table(s.out, []string{"规则", "区划", "版本", "状态", "起草", "批准", "起", "止", "名称"}, rows)
		for i := range items {
			if c.Subject == "" {
				break
			}
			s.printf("\n版本 %s\n", items[i].ID)
			for _, x := range items[i].Steps {
				s.printf("  %s %s→%s %s %s\n", x.At, x.From, x.To, x.Actor, x.Why)
			}
		}
		return nil
	})
}

type rulesNoticesCmd struct {
	dataFlag
	storeFlag
	jsonFlag
	Area string `help:"对哪个区划的机构" placeholder:"区划"`
}

func (c *rulesNoticesCmd) Run(s *streams) error {
	return withRules(s, c.Data, c.Store, "", func(r *govern.Rules, _ *auth.Identity, _ *office) error {
		ns, err := r.Notices(s.ctx, c.Area)
		if err != nil {
			return err
		}
		type item struct {
			Subject   string `json:"subject"`
			Title     string `json:"title"`
			Area      string `json:"admdvs"`
			Version   string `json:"version_id"`
			State     string `json:"state"`
			Effective string `json:"effective"`
			Body      string `json:"text"`
			At        string `json:"announced_at"`
		}
		items := make([]item, 0, len(ns))
		var rows [][]string
		for _, n := range ns {
			items = append(items, item{n.Subject, n.Title, n.Area, n.Version, n.State, n.Effective, n.Body, clock(n.At)})
			rows = append(rows, []string{n.Effective, n.Subject, n.Title, n.Area, n.State, strings.ReplaceAll(n.Body, "\n", " ")})
		}
		if c.JSON {
			return s.json(items)
		}
		table(s.out, []string{"生效", "规则", "名称", "区划", "状态", "正文"}, rows)
		return nil
	})
}

// keyValues reads "name=value" pairs; numbers and truth values are taken as such.
func keyValues(pairs []string) (map[string]any, error) {
	out := map[string]any{}
	for _, p := range pairs {
		k, v, ok := strings.Cut(p, "=")
		if !ok || k == "" {
			return nil, fmt.Errorf("参数 %q 应写作 名字=值", p)
		}
		out[k] = v
		if slices.Contains([]string{"true", "false"}, v) {
			out[k] = v == "true"
		}
	}
	return out, nil
}
