package libraryapi

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web/api"
)

// RowUndecided is the state of a row that nobody has ruled on; the others are those of its ruling.
const RowUndecided = "未裁决"

// shownCodes is how many codes of a row are listed.
const shownCodes = 8

// WaitingItem is a row of a national sheet that waits for a person, or did.
type WaitingItem struct {
	Row      string          `json:"row" doc:"行号，随原文变"`
	State    string          `json:"state" doc:"未裁决 待批 生效"`
	Rule     string          `json:"rule_id"`
	RuleName string          `json:"rule_name"`
	Name     string          `json:"name" doc:"通用名或项目"`
	Basis    string          `json:"basis" doc:"表里怎么写的"`
	Source   string          `json:"source"`
	Reason   string          `json:"reason" doc:"为什么等"`
	Needs    string          `json:"needs" doc:"空为原文与限定值不一致；limit 限定值读不出；code 没有可用的编码；second 从项没有可用的编码"`
	Asks     bool            `json:"asks_code" doc:"要写编码"`
	Form     string          `json:"form" doc:"限定值怎样写：sex ageclass level visit days scope quantity cycle age，空为没有限定值可写"`
	Reading  knowledge.Value `json:"reading" doc:"按原文读出的限定值"`
	Codes    int             `json:"codes" doc:"编码数"`
	Sample   []string        `json:"sample" doc:"前几个编码"`
	Lines    int64           `json:"lines" doc:"算覆盖的那个月里多少行费用"`
	Fen      int64           `json:"fen" doc:"多少钱，分"`
	Decided  string          `json:"decided" doc:"裁决的内容"`
	Ruling   *RulingItem     `json:"ruling,omitempty"`
	Before   *RulingItem     `json:"before,omitempty" doc:"同名的行从前的裁决：原文变了，要重新裁决"`
}

// RulingItem is a ruling as people read it.
type RulingItem struct {
	ID       string           `json:"ruling_id"`
	Rule     string           `json:"rule_id"`
	Name     string           `json:"name"`
	Basis    string           `json:"basis"`
	Says     string           `json:"says"`
	Decision knowledge.Ruling `json:"decision"`
	Reason   string           `json:"reason"`
	State    string           `json:"state" doc:"待批 生效 作废"`
	Author   string           `json:"author"`
	Approver string           `json:"approver"`
	MadeAt   string           `json:"made_at"`
	Decided  string           `json:"decided_at"`
	Version  int64            `json:"version"`
}

// RulingOf writes a ruling.
func RulingOf(x *store.Ruling) *RulingItem {
	out := &RulingItem{ID: x.ID, Rule: x.Rule, Name: x.Name, Basis: x.Basis, Says: govern.Decided(x), Reason: x.Reason, State: x.State, Author: x.Author, Approver: x.Approver,
		MadeAt: api.Moment(x.MadeAt), Decided: api.Moment(x.DecidedAt), Version: x.Version}
	json.Unmarshal([]byte(x.Decision), &out.Decision) //nolint:errcheck // Says tells what is wrong with it
	return out
}

// Rows are the rows that wait for a person with what people decided on them: what nobody has decided first, then by money, the largest first.
// coverage is the file of CoverageFile; without it there is no money to go by.
func Rows(base *knowledge.Base, rulings []store.Ruling, coverage string) ([]WaitingItem, error) {
	money := map[string]audit.WaitingRow{}
	c, _, err := readCoverage(coverage)
	if err != nil {
		return nil, err
	}
	if c != nil {
		for _, w := range c.Waiting {
			money[w.Row] = w
		}
	}
	at, out := map[string]int{}, []WaitingItem{}
	for _, p := range base.Waiting() {
		row := p.Row()
		i, ok := at[row]
		if !ok {
			i = len(out)
			at[row] = i
			m := money[row]
			out = append(out, WaitingItem{Row: row, State: RowUndecided, Rule: p.Point.RuleID, Name: p.About(), Basis: p.Point.Basis, Source: p.Point.Source, Reason: p.Reason,
				Needs: p.Needs, Asks: p.Asks(), Form: knowledge.Form(p.Point.RuleID), Reading: valueOf(&p.Point), Sample: []string{}, Lines: m.Lines, Fen: m.Fen})
		}
		x := &out[i]
		if p.Point.Subject != "" {
			if x.Codes++; len(x.Sample) < shownCodes {
				x.Sample = append(x.Sample, p.Point.Subject)
			}
		}
	}
	for i := range rulings {
		r := &rulings[i]
		if r.State == string(govern.Dropped) {
			continue
		}
		if k, ok := at[r.Row]; ok {
			out[k].State, out[k].Decided, out[k].Ruling = r.State, govern.Decided(r), RulingOf(r)
			continue
		}
		for k := range out {
			if out[k].Rule == r.Rule && out[k].Name == r.Name {
				out[k].Before = RulingOf(r)
			}
		}
	}
	rank := map[string]int{RowUndecided: 0, string(govern.Submitted): 1}
	order := func(x *WaitingItem) int {
		if n, ok := rank[x.State]; ok {
			return n
		}
		return len(rank)
	}
	slices.SortStableFunc(out, func(a, b WaitingItem) int {
		return cmp.Or(order(&a)-order(&b), cmp.Compare(b.Fen, a.Fen), cmp.Compare(len(a.Needs), len(b.Needs)), cmp.Compare(b.Codes, a.Codes), cmp.Compare(a.Rule+a.Name, b.Rule+b.Name))
	})
	return out, nil
}

// valueOf is what a pending point says of its limit.
func valueOf(p *knowledge.Point) knowledge.Value {
	v := knowledge.Value{Unit: p.Unit, Days: p.WindowD, Scope: p.Scope, Sex: p.Sex, Allow: p.Allow}
	if p.Limit != claim.None64 {
		v.Limit = p.Limit.String()
	}
	if p.AgeMin >= 0 {
		v.AgeMin = &p.AgeMin
	}
	if p.AgeMax >= 0 {
		v.AgeMax = &p.AgeMax
	}
	return v
}

// readCoverage reads what "knowledge coverage" left; nil before it was worked out.
func readCoverage(path string) (*audit.Coverage, fs.FileInfo, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	st, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	c := &audit.Coverage{}
	return c, st, json.Unmarshal(b, c)
}

type rulingIn struct {
	Body struct {
		Row  string           `json:"row" minLength:"1" maxLength:"64"`
		Says knowledge.Ruling `json:"decision"`
		Why  string           `json:"why" minLength:"1" maxLength:"500" doc:"理由，写进知识点的依据"`
	}
}

// RulingStep is a step with a ruling of which the caller saw a version.
type RulingStep struct {
	ID string `path:"id" maxLength:"64"`
	api.Matched
}

func (g *group) rows() {
	tags, errs := []string{"规则库与知识库"}, []int{404, 409, 412, 428}
	whole := api.Need{Any: []auth.Permission{auth.EditKnowledge, auth.ApproveRules}}
	look := api.Need{Any: []auth.Permission{auth.ReadFindings}, Locals: true} // what is billed everywhere is not an institution's business
	api.Add(g.API, huma.Operation{OperationID: "library-rows", Method: http.MethodGet, Path: "/api/library/rows", Summary: "等人裁决的行：没有裁决的在前，金额大的在前", Tags: tags}, look,
		func(ctx context.Context, in *struct {
			State string `query:"state" maxLength:"10" doc:"只看这种状态的"`
		}) (*api.Body[api.List[WaitingItem]], error) {
			l := g.Live()
			rulings, err := g.Rules().Rulings(ctx)
			if err != nil {
				return nil, err
			}
			items, err := Rows(l.Plain, rulings, l.Coverage)
			if err != nil {
				return nil, err
			}
			names := map[string]string{}
			for _, c := range l.Cards {
				names[c.ID] = c.Name
			}
			out := &api.Body[api.List[WaitingItem]]{}
			out.Body.Items = []WaitingItem{}
			for _, x := range items {
				if x.RuleName = names[x.Rule]; in.State == "" || in.State == x.State {
					out.Body.Items = append(out.Body.Items, x)
				}
			}
			return out, nil
		})
	api.Add(g.API, huma.Operation{OperationID: "request-ruling", Method: http.MethodPost, Path: "/api/library/rulings", Summary: "裁决一行：限定值、编码，或不采用", Tags: tags, DefaultStatus: http.StatusCreated, Errors: []int{404, 409},
		Description: "另一个人确认后生效，以后再导入也算数；原文变了就重新等裁决。"}, whole,
		func(ctx context.Context, in *rulingIn) (*api.Tagged[*RulingItem], error) {
			x, err := g.Rules().RequestRuling(ctx, api.Who(ctx), g.Live().Plain, in.Body.Row, in.Body.Says, in.Body.Why)
			if err != nil {
				return nil, err
			}
			return api.Tag(x.Version, RulingOf(x)), nil
		})
	api.Add(g.API, huma.Operation{OperationID: "list-rulings", Method: http.MethodGet, Path: "/api/library/rulings", Summary: "做过的裁决，从早到晚", Tags: tags}, look,
		func(ctx context.Context, _ *struct{}) (*api.Body[api.List[*RulingItem]], error) {
			rs, err := g.Rules().Rulings(ctx)
			out := &api.Body[api.List[*RulingItem]]{}
			out.Body.Items = []*RulingItem{}
			for i := range rs {
				out.Body.Items = append(out.Body.Items, RulingOf(&rs[i]))
			}
			return out, err
		})
	decide := func(ctx context.Context, m api.Matched, f func(r *govern.Rules) (*store.Ruling, error)) (*api.Tagged[*RulingItem], error) {
		seen, err := m.Version()
		if err != nil {
			return nil, err
		}
		x, err := f(g.Rules().Expecting(seen))
		if err != nil {
			return nil, err
		}
		g.reload(ctx)
		return api.Tag(x.Version, RulingOf(x)), nil
	}
	api.Add(g.API, huma.Operation{OperationID: "confirm-ruling", Method: http.MethodPost, Path: "/api/library/rulings/{id}/confirm", Summary: "确认裁决", Tags: tags, Errors: errs}, whole,
		func(ctx context.Context, in *RulingStep) (*api.Tagged[*RulingItem], error) {
			return decide(ctx, in.Matched, func(r *govern.Rules) (*store.Ruling, error) { return r.ConfirmRuling(ctx, api.Who(ctx), in.ID) })
		})
	api.Add(g.API, huma.Operation{OperationID: "void-ruling", Method: http.MethodPost, Path: "/api/library/rulings/{id}/void", Summary: "作废裁决，或不同意：这一行重新等待", Tags: tags, Errors: errs}, whole,
		func(ctx context.Context, in *struct {
			RulingStep
			Body struct {
				Why string `json:"why" minLength:"1" maxLength:"500"`
			}
		}) (*api.Tagged[*RulingItem], error) {
			return decide(ctx, in.Matched, func(r *govern.Rules) (*store.Ruling, error) {
				return r.VoidRuling(ctx, api.Who(ctx), in.ID, in.Body.Why)
			})
		})
}
