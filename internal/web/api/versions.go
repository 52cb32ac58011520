package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/store"
)

// VersionItem is a version in a list.
type VersionItem struct {
	ID        string `json:"version_id"`
	Kind      string `json:"kind" doc:"card 规则卡，points 知识点集"`
	Subject   string `json:"subject" doc:"规则编号，或知识点集的名字"`
	Area      string `json:"admdvs" doc:"执行的区划，空为全国"`
	Hash      string `json:"hash"`
	Title     string `json:"title"`
	State     string `json:"state" doc:"草稿 试算 影子 待批 已批 已公布 生效 被替 停用 回退 作废"`
	Author    string `json:"author"`
	Approver  string `json:"approver"`
	AppliesOn string `json:"applies_on"`
	From      string `json:"valid_from"`
	To        string `json:"valid_to"`
	Replaces  string `json:"replaces"`
	MadeAt    string `json:"made_at"`
	Version   int64  `json:"version" doc:"行版本，同 ETag"`
}

func versionOf(v *store.RuleVersion) VersionItem {
	return VersionItem{ID: v.ID, Kind: v.Kind, Subject: v.Subject, Area: v.Area, Hash: v.Hash, Title: v.Title, State: v.State, Author: v.Author, Approver: v.Approver,
		AppliesOn: v.AppliesOn, From: v.From, To: v.To, Replaces: v.Replaces, MadeAt: Moment(v.MadeAt), Version: v.Version}
}

// versionWhole is a version with all that belongs to it.
type versionWhole struct {
	VersionItem
	Text    string          `json:"text" doc:"规则卡 YAML 或知识点 CSV 原文"`
	Steps   []stepItem      `json:"steps" doc:"走过的步骤，从早到晚"`
	Next    []govern.Action `json:"next" doc:"现在您能办的：试算 转影子 送审 批准 退回 公布 生效 停用 回退 作废"`
	Results json.RawMessage `json:"results" doc:"试算和影子运行的结果：trial、shadow，没有为 null"`
	// Insts are the names of the institutions that the results show first.
	Insts map[string]string `json:"institutions" doc:"结果里靠前的机构的名称，按编码"`
}

// shownInsts is how many institutions of a result are named.
const shownInsts = 20

// named gives the institutions of a version's results their names.
func named(tx *store.Tx, trial string) (map[string]string, error) {
	out := map[string]string{}
	var rs govern.Results
	if trial == "" || json.Unmarshal([]byte(trial), &rs) != nil {
		return out, nil // the results are shown as they are
	}
	for _, r := range []*govern.Result{rs.Trial, rs.Shadow} {
		if r == nil {
			continue
		}
		for _, c := range r.Contrast {
			for _, i := range c.Insts[:min(shownInsts, len(c.Insts))] {
				name, err := tx.InstName(i.Inst)
				if err != nil {
					return nil, err
				}
				out[i.Inst] = name
			}
		}
	}
	return out, nil
}

type stepItem struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Actor string `json:"actor"`
	Why   string `json:"why"`
	At    string `json:"at"`
}

type draftIn struct {
	Body struct {
		Kind      string `json:"kind" enum:"card,points" doc:"card 规则卡，points 知识点集"`
		Name      string `json:"name,omitempty" maxLength:"64" doc:"知识点集的名字"`
		File      string `json:"file,omitempty" maxLength:"200" doc:"文件名，错误信息里用"`
		Text      string `json:"text" minLength:"1" doc:"规则卡 YAML 或知识点 CSV"`
		Area      string `json:"admdvs,omitempty" maxLength:"6" doc:"只在这个区划执行：2、4 或 6 位"`
		AppliesOn string `json:"applies_on,omitempty" doc:"fee、admission、discharge、settlement"`
		To        string `json:"valid_to,omitempty" doc:"执行到哪一天"`
		Why       string `json:"why,omitempty" maxLength:"2000"`
	}
}

// VersionID names a version in an address. Types that are embedded are exported: the framework does not look into others.
type VersionID struct {
	ID string `path:"id" maxLength:"64" doc:"版本编号"`
}

// maxText (bytes) is how long a request with a text may be.
const maxText = 8 << 20

func (a *API) versions() {
	tags := []string{"规则版本"}
	Add(a, huma.Operation{OperationID: "list-versions", Method: http.MethodGet, Path: "/api/rules/versions", Summary: "列出版本", Tags: tags}, lookRules,
		func(ctx context.Context, in *struct {
			Paging
			Kind    string `query:"kind" enum:"card,points"`
			Subject string `query:"subject" maxLength:"64"`
			State   string `query:"state" maxLength:"16"`
		}) (*Body[List[VersionItem]], error) {
			var vs []store.RuleVersion
			err := a.DB.View(ctx, func(tx *store.Tx) (err error) {
				vs, err = tx.VersionsIn(ScopeOf(ctx), store.VersionFilter{Kind: in.Kind, Subject: in.Subject, State: in.State}, in.Page())
				return err
			})
			return Paged(vs, in.Paging, func(v *store.RuleVersion) string { return v.ID }, versionOf), err
		})
	Add(a, huma.Operation{OperationID: "draft-version", Method: http.MethodPost, Path: "/api/rules/versions", Summary: "起草", Tags: tags, DefaultStatus: http.StatusCreated,
		MaxBodyBytes: maxText, Description: "文本按正式规则检查，规则卡的用例必须全部相符。"}, Need{Any: whole, Locals: true},
		func(ctx context.Context, in *draftIn) (*Tagged[VersionItem], error) {
			b := &in.Body
			if b.File == "" {
				b.File = "提交的文本"
			}
			v, err := a.Rules().Propose(ctx, Who(ctx), govern.Text{Kind: b.Kind, Name: b.Name, File: b.File, Body: []byte(b.Text), Area: b.Area, AppliesOn: b.AppliesOn, To: b.To, Why: b.Why})
			if err != nil {
				return nil, err
			}
			return Tag(v.Version, versionOf(v)), nil
		})
	Add(a, huma.Operation{OperationID: "get-version", Method: http.MethodGet, Path: "/api/rules/versions/{id}", Summary: "一个版本的原文、步骤和结果", Tags: tags}, lookRules,
		func(ctx context.Context, in *VersionID) (*Tagged[versionWhole], error) {
			v, err := a.version(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			out := versionWhole{VersionItem: versionOf(v), Text: v.Body, Steps: []stepItem{}, Next: govern.Can(govern.State(v.State), Who(ctx).May), Results: json.RawMessage(v.Trial)}
			if v.Trial == "" {
				out.Results = json.RawMessage("{}")
			}
			err = a.DB.View(ctx, func(tx *store.Tx) error {
				steps, err := tx.RuleSteps(v.ID)
				for _, s := range steps {
					out.Steps = append(out.Steps, stepItem{s.From, s.To, s.Actor, s.Why, Moment(s.At)})
				}
				if err == nil {
					out.Insts, err = named(tx, v.Trial)
				}
				return err
			})
			return Tag(v.Version, out), err
		})
}

// version reads a version within the caller's scope.
func (a *API) version(ctx context.Context, id string) (v *store.RuleVersion, err error) {
	err = a.DB.View(ctx, func(tx *store.Tx) error {
		vs, err := tx.VersionsIn(ScopeOf(ctx), store.VersionFilter{ID: id}, store.Page{Limit: 1})
		if err == nil && len(vs) == 0 {
			return notFound("版本", id)
		}
		if err == nil {
			v = &vs[0]
		}
		return err
	})
	return v, err
}
