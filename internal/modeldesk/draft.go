package modeldesk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/model"
	"github.com/mingjian/mingjian/internal/model/runs"
	"github.com/mingjian/mingjian/internal/model/worker"
	"github.com/mingjian/mingjian/internal/store"
)

// The states of a draft.
const (
	drafting = "草稿"
	asked    = "待批准"
	approved = "已批准"
	returned = "已退回"
	retired  = "已停用"
)

// Trial is what a draft finds on the data there is, beside the version of the model that is live.
type Trial struct {
	Digest   string  `json:"digest"`
	Snapshot string  `json:"snapshot"`
	First    string  `json:"first"`
	Last     string  `json:"last"`
	Cases    int     `json:"cases"`
	Money    int64   `json:"money"`
	Seconds  float64 `json:"seconds"`
	PeakMiB  float64 `json:"peak_rss_mib"`
	Unjudged string  `json:"unjudged,omitempty"`
	Live     int     `json:"live" doc:"现用版本查出的案例；没有现用版本为 0"`
	Both     int     `json:"both"`
	Added    int     `json:"added" doc:"现用版本没有、这一版查出的"`
	Lost     int     `json:"lost" doc:"现用版本查出、这一版没有的"`
	Some     []Seen  `json:"some" doc:"最大的几例"`
}

// Seen is one case of a trial.
type Seen struct {
	Subject string `json:"subject"`
	Money   int64  `json:"money"`
	Members int    `json:"members"`
	How     string `json:"how" doc:"新增、两版都有、不再查出"`
}

// SaveDraft writes a new draft (id "") or changes one that is the caller's own and not approved. What is wrong with the text is told
// when it is checked, so that half a form can be kept.
func (d *Desk) SaveDraft(ctx context.Context, who *auth.Identity, id string, version int64, text model.Draft) (*store.ModelDraft, error) {
	if err := need(who, auth.RunAudit); err != nil {
		return nil, err
	}
	lib, err := model.ForData(d.Data)
	if err != nil {
		return nil, err
	}
	text.ID, text.Name = strings.ToUpper(strings.TrimSpace(text.ID)), strings.TrimSpace(text.Name)
	if !lib.OwnID(text.ID) {
		return nil, refuse("模型编号 %q：自己的模型用 M 加三位数字，或写现有模型的编号作它的新版本", text.ID)
	}
	if text.Name == "" {
		return nil, refuse("模型要有名称")
	}
	body, err := json.Marshal(text)
	if err != nil {
		return nil, err
	}
	var out *store.ModelDraft
	now := store.Micros(time.Now())
	err = d.Trail.Do(ctx, d.DB, func(tx *store.Tx) ([]auth.Event, error) {
		x := &store.ModelDraft{ID: store.NewID(), Author: who.Name, MadeAt: now, State: drafting}
		if id != "" {
			if x, err = tx.Draft(id); err != nil {
				return nil, err
			}
			if x.State != drafting && x.State != returned {
				return nil, refuse("“%s”的草稿不能再改：请另存一份", x.State)
			}
			if x.Author != who.Name {
				return nil, refuse("只有写它的 %s 能改", x.Author)
			}
			if x.Version != version {
				return nil, store.ErrConflict
			}
		}
		x.Model, x.Name, x.Body, x.State, x.ChangedAt = text.ID, text.Name, string(body), drafting, now
		if x.Digest != text.Digest() {
			x.Digest, x.Checked, x.Trial = text.Digest(), "", ""
		}
		out = x
		if id == "" {
			err = tx.AddDraft(x)
		} else {
			err = tx.ChangeDraft(x)
		}
		return []auth.Event{{Actor: who.Name, Action: "写模型草稿", Object: x.ID, Detail: x.Model + " " + x.Name + " " + x.Digest}}, err
	})
	return out, err
}

func need(who *auth.Identity, p auth.Permission) error {
	if !who.May(p) {
		return refuse("用户 %s 没有“%s”权限", who.Name, p)
	}
	if who.Scope != (auth.Scope{}) {
		return refuse("用户 %s 只管一部分区划，模型要全部区划的权限", who.Name)
	}
	return nil
}

// TextOf reads a draft's form.
func TextOf(x *store.ModelDraft) (*model.Draft, error) {
	var t model.Draft
	return &t, json.Unmarshal([]byte(x.Body), &t)
}

func (d *Desk) draft(ctx context.Context, id string) (x *store.ModelDraft, err error) {
	err = d.DB.View(ctx, func(tx *store.Tx) (err error) { x, err = tx.Draft(id); return err })
	return x, err
}

// CheckDraft checks the form and runs the model on its own fixture: the positive must come out, the innocent twin must not.
func (d *Desk) CheckDraft(ctx context.Context, who *auth.Identity, id string) (*store.ModelDraft, error) {
	x, m, err := d.ready(ctx, who, id)
	if err != nil {
		return nil, err
	}
	l := d.Limits
	l.MemoryMiB = min(l.MemoryMiB, 1024)
	if _, err := worker.Run(ctx, worker.Job{Kind: "fixture", Model: worker.Text(m), Limits: l}); err != nil {
		return nil, fmt.Errorf("%w：样例没有通过：%s", ErrRefused, strings.TrimPrefix(err.Error(), worker.ErrRefused.Error()+"："))
	}
	x.Checked = x.Digest
	return x, d.change(ctx, who, x, "检查模型草稿", "样例通过")
}

// ready reads a draft that is being worked on and its model, checked.
func (d *Desk) ready(ctx context.Context, who *auth.Identity, id string) (*store.ModelDraft, *model.Model, error) {
	if err := need(who, auth.RunAudit); err != nil {
		return nil, nil, err
	}
	x, err := d.draft(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if x.State != drafting && x.State != returned {
		return nil, nil, refuse("现为“%s”：只有草稿能检查和试算", x.State)
	}
	t, err := TextOf(x)
	if err != nil {
		return nil, nil, err
	}
	m, err := t.Model()
	if err != nil {
		return nil, nil, refuse("%v", err)
	}
	return x, m, nil
}

// TryDraft runs the model on all the data there is, keeps nothing in the runs, and compares it with the live version of its id.
func (d *Desk) TryDraft(ctx context.Context, who *auth.Identity, id string) (*store.ModelDraft, error) {
	x, m, err := d.ready(ctx, who, id)
	if err != nil {
		return nil, err
	}
	if x.Checked != x.Digest {
		return nil, refuse("请先让样例通过，再试算")
	}
	lib, err := model.ForData(d.Data)
	if err != nil {
		return nil, err
	}
	ms := []*model.Model{m}
	live := lib.Model(m.ID)
	if live != nil {
		ms = append(ms, live)
	}
	run, err := runs.Do(ctx, runs.Options{Data: d.Data, Models: ms, Limits: d.Limits, Trial: true})
	if err != nil {
		return nil, err
	}
	if e := run.Results[0].Error; e != "" {
		return nil, refuse("试算没有做成：%s", e)
	}
	var old *model.Result
	if live != nil {
		old = run.Results[1]
	}
	b, err := json.Marshal(contrast(x.Digest, m, run.Results[0], old))
	if err != nil {
		return nil, err
	}
	x.Trial = string(b)
	return x, d.change(ctx, who, x, "试算模型草稿", fmt.Sprintf("查出 %d 例", len(run.Results[0].Cases)))
}

// contrast compares what two versions find. A case is the same when its subject is, or, of groups, when more than half of the smaller one's members are.
func contrast(digest string, m *model.Model, now, old *model.Result) *Trial {
	t := &Trial{Digest: digest, Snapshot: now.Snapshot, First: now.First, Last: now.Last, Cases: len(now.Cases), Seconds: now.Seconds, PeakMiB: now.PeakMiB, Unjudged: now.Unjudged, Some: []Seen{}}
	same := func(a, b *model.Case) bool {
		if m.Subject != model.OfGroup {
			return a.Subject == b.Subject
		}
		n := 0
		for _, p := range a.Members {
			if _, ok := slices.BinarySearch(b.Members, p); ok {
				n++
			}
		}
		return n > 0 && 2*n > min(len(a.Members), len(b.Members))
	}
	var before []model.Case
	if old != nil {
		before = old.Cases
	}
	t.Live = len(before)
	kept := make([]bool, len(before))
	for i := range now.Cases {
		c := &now.Cases[i]
		t.Money += c.Money
		how := "新增"
		for k := range before {
			if same(c, &before[k]) {
				how, kept[k] = "两版都有", true
			}
		}
		if how == "新增" {
			t.Added++
		} else {
			t.Both++
		}
		if i < 10 {
			t.Some = append(t.Some, Seen{c.Subject, c.Money, len(c.Members), how})
		}
	}
	for k, ok := range kept {
		if !ok {
			t.Lost++
			if t.Lost <= 10 {
				t.Some = append(t.Some, Seen{before[k].Subject, before[k].Money, len(before[k].Members), "不再查出"})
			}
		}
	}
	return t
}

// Ask puts a draft before a second person: it must have passed its fixture and been tried, with this very text.
func (d *Desk) Ask(ctx context.Context, who *auth.Identity, id string, version int64, why string) (*store.ModelDraft, error) {
	return d.step(ctx, who, auth.RunAudit, id, version, asked, why, func(x *store.ModelDraft) error {
		var t Trial
		if x.State != drafting && x.State != returned {
			return refuse("现为“%s”，不能提交", x.State)
		}
		if x.Checked != x.Digest || x.Trial == "" || json.Unmarshal([]byte(x.Trial), &t) != nil || t.Digest != x.Digest {
			return refuse("提交前要先让样例通过，并用现在的内容试算")
		}
		return nil
	})
}

// Decide is the second person's approval or return. An approved model is in the library at once; an older approved version of it ends.
func (d *Desk) Decide(ctx context.Context, who *auth.Identity, id string, version int64, agree bool, why string) (*store.ModelDraft, error) {
	to := returned
	if agree {
		to = approved
	} else if strings.TrimSpace(why) == "" {
		return nil, refuse("退回要写明理由")
	}
	x, err := d.step(ctx, who, auth.ApproveRules, id, version, to, why, func(x *store.ModelDraft) error {
		if x.State != asked {
			return refuse("现为“%s”，不在待批准", x.State)
		}
		if x.Author == who.Name {
			return refuse("写的人不能批准自己的模型，要另一个人")
		}
		x.Approver = who.Name
		return nil
	})
	if err != nil || !agree {
		return x, err
	}
	return x, d.Reconcile(ctx)
}

// Retire takes an approved model out of the library.
func (d *Desk) Retire(ctx context.Context, who *auth.Identity, id string, version int64, why string) (*store.ModelDraft, error) {
	if strings.TrimSpace(why) == "" {
		return nil, refuse("停用要写明理由")
	}
	x, err := d.step(ctx, who, auth.ApproveRules, id, version, retired, why, func(x *store.ModelDraft) error {
		if x.State != approved {
			return refuse("现为“%s”，没有在用", x.State)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return x, model.Uninstall(d.Data, x.Model)
}

func (d *Desk) step(ctx context.Context, who *auth.Identity, p auth.Permission, id string, version int64, to, why string, may func(*store.ModelDraft) error) (out *store.ModelDraft, err error) {
	if err := need(who, p); err != nil {
		return nil, err
	}
	err = d.Trail.Do(ctx, d.DB, func(tx *store.Tx) ([]auth.Event, error) {
		x, err := tx.Draft(id)
		if err != nil {
			return nil, err
		}
		if err := may(x); err != nil {
			return nil, err
		}
		if x.Version != version {
			return nil, store.ErrConflict
		}
		from := x.State
		x.State, x.Why, x.ChangedAt = to, why, store.Micros(time.Now())
		if to == approved {
			if err := d.replaceOlder(tx, x); err != nil {
				return nil, err
			}
		}
		out = x
		return []auth.Event{{Actor: who.Name, Action: "模型" + to, Object: x.ID, Detail: x.Model + " " + x.Name + " " + x.Digest + "；" + from + "→" + to + "；" + why}}, tx.ChangeDraft(x)
	})
	return out, err
}

func (d *Desk) replaceOlder(tx *store.Tx, x *store.ModelDraft) error {
	all, err := tx.Drafts(x.Model, store.Page{Limit: 1000})
	if err != nil {
		return err
	}
	for i := range all {
		if o := &all[i]; o.State == approved && o.ID != x.ID {
			o.State, o.ChangedAt = retired, x.ChangedAt
			if err := tx.ChangeDraft(o); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *Desk) change(ctx context.Context, who *auth.Identity, x *store.ModelDraft, action, detail string) error {
	return d.Trail.Do(ctx, d.DB, func(tx *store.Tx) ([]auth.Event, error) {
		return []auth.Event{{Actor: who.Name, Action: action, Object: x.ID, Detail: x.Model + " " + x.Digest + " " + detail}}, tx.ChangeDraft(x)
	})
}

// Drafts lists drafts of a model ("" all), newest first.
func (d *Desk) Drafts(ctx context.Context, id string, p store.Page) (out []store.ModelDraft, err error) {
	err = d.DB.View(ctx, func(tx *store.Tx) (err error) { out, err = tx.Drafts(id, p); return err })
	return out, err
}

// Draft reads one; store.ErrNotFound.
func (d *Desk) Draft(ctx context.Context, id string) (*store.ModelDraft, error) {
	return d.draft(ctx, id)
}

// Reconcile installs approved models that the library does not have yet: the store decides, the folder follows, also after a crash in between.
func (d *Desk) Reconcile(ctx context.Context) error {
	all, err := d.Drafts(ctx, "", store.Page{Limit: 10_000})
	if err != nil {
		return err
	}
	var bad []error
	for i := range all {
		if all[i].State != approved {
			continue
		}
		t, err := TextOf(&all[i])
		if err != nil {
			bad = append(bad, err)
			continue
		}
		m, err := t.Model()
		if err == nil && !model.Installed(d.Data, m) {
			err = model.Install(d.Data, m)
		}
		bad = append(bad, err)
	}
	return errors.Join(bad...)
}

// QueryResult makes the result of a query: a case for each institution, under an id that is the statement's own, so that the same
// statement sends nothing twice.
func QueryResult(sql string, as model.Draft, t *worker.Table, last claim.Day) (*model.Model, *model.Result, error) {
	at := map[string]int{}
	for i, c := range t.Columns {
		at[c] = i
	}
	if _, ok := at["inst"]; !ok {
		return nil, nil, refuse("送闭环的查询结果要有 inst 列（机构）；有 visit 列的按就诊去重")
	}
	if t.Cut {
		return nil, nil, refuse("结果太多：请缩小范围")
	}
	for _, f := range []struct{ title, text string }{{"名称", as.Name}, {"依据", as.Basis}, {"现场核实办法", as.Verify}} {
		if strings.TrimSpace(f.text) == "" {
			return nil, nil, refuse("要写%s", f.title)
		}
	}
	if as.Severity < 2 || as.Severity > 3 {
		return nil, nil, refuse("查询送的疑点只能是高度可疑或轻度可疑")
	}
	m := &model.Model{ID: "Q" + strings.ToUpper((&model.Draft{SQL: strings.Join(strings.Fields(sql), " ")}).Digest()[:8]), Name: as.Name, Severity: as.Severity, Basis: as.Basis, Verify: as.Verify, Subject: model.OfInst}
	r := &model.Result{Model: m.ID, Name: m.Name, Last: last.String()}
	cases := map[string]*model.Case{}
	var order []string
	text := func(row []any, c string) string {
		if i, ok := at[c]; ok {
			if s, ok := row[i].(string); ok {
				return s
			}
		}
		return ""
	}
	for _, row := range t.Rows {
		x := model.Row{Inst: text(row, "inst"), Psn: text(row, "person"), Doctor: text(row, "doctor"), Item: text(row, "item"), Mdtrt: text(row, "visit"), Day: text(row, "day")}
		if i, ok := at["money"]; ok {
			if v, ok := row[i].(float64); ok {
				x.Money = int64(v)
			}
		}
		c := cases[x.Inst]
		if c == nil {
			c = &model.Case{Subject: x.Inst}
			cases[x.Inst] = c
			order = append(order, x.Inst)
		}
		c.Rows = append(c.Rows, x)
	}
	for _, k := range order {
		r.Cases = append(r.Cases, *cases[k])
	}
	r.Finish(m)
	return m, r, nil
}
