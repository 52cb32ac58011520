package traceapi

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/trace"
	"github.com/mingjian/mingjian/internal/trace/worklist"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
)

// ClueItem is a clue in the list.
type ClueItem struct {
	ID      string `json:"clue_id"`
	Code    string `json:"drug_trac_codg"`
	Item    string `json:"hilist_code"`
	Inst    string `json:"fixmedins_code"`
	Name    string `json:"fixmedins_name"`
	At      string `json:"sel_retn_time"`
	Class   string `json:"class"`
	Proof   string `json:"proof"`
	Gap     int    `json:"gap_days"`
	Sales   int    `json:"sales"`
	Finding string `json:"finding_id" doc:"钱在这条疑点上，线索不再另计；空为没有医保结算的行"`
	State   string `json:"state" doc:"待自述 待核查 待结论 已结论 已移交 已撤回"`
	Verdict string `json:"verdict"`
	Due     string `json:"due" doc:"自述期限"`
	Late    bool   `json:"late"`
	Version int64  `json:"version"`
}

type clueStepOut struct {
	Kind   string   `json:"kind"`
	Actor  string   `json:"actor"`
	Body   string   `json:"body"`
	Papers []string `json:"papers"`
	At     string   `json:"at"`
}

type paperOut struct {
	ID   string `json:"paper_id"`
	Name string `json:"name"`
	Mime string `json:"mime"`
	At   string `json:"at"`
}

type clueWhole struct {
	ClueItem
	PrevInst string        `json:"prev_fixmedins_code" doc:"范围之外为空"`
	PrevName string        `json:"prev_fixmedins_name" doc:"同上"`
	PrevAt   string        `json:"prev_sel_retn_time"`
	Life     *lifeOut      `json:"life"`
	Asked    []string      `json:"asked" doc:"自述要交的材料"`
	Steps    []clueStepOut `json:"steps"`
	Papers   []paperOut    `json:"papers"`
	Next     []string      `json:"next" doc:"现在能办到的进度"`
}

// asked are the papers an institution's statement must bring.
var asked = []string{"该批次购进发票（加盖公章）", "随货同行单或调拨单", "药盒追溯码照片（能看清码和批号）", "销售小票或处方", "情况说明：怎样售出、是否拆零、是否重复上传"}

type kept struct {
	Clue trace.Clue   `json:"clue"`
	Life *trace.Story `json:"life"`
}

func clueOf(c *store.Clue) ClueItem {
	var k kept
	json.Unmarshal([]byte(c.Detail), &k) //nolint:errcheck // what is not there is empty
	return ClueItem{c.ID, c.Code, k.Clue.Item, c.Inst, k.Clue.Name, k.Clue.At, c.Class, c.Proof, k.Clue.GapDays, k.Clue.Sales, c.Finding, c.State, c.Verdict, api.Moment(c.DueAt),
		c.State == store.ClueStates[0] && c.DueAt > 0 && c.DueAt < time.Now().UnixMicro(), c.Version}
}

func (g *group) clues() {
	api.Add(g.API, huma.Operation{OperationID: "trace-clues", Method: http.MethodGet, Path: "/api/trace/clues", Summary: "追溯码线索工作清单", Tags: tags,
		Description: "机构的用户只看到本机构的。"}, look,
		func(ctx context.Context, in *struct {
			api.Paging
			State string `query:"state" maxLength:"16"`
			Class string `query:"class" maxLength:"32"`
			Inst  string `query:"fixmedins_code" maxLength:"32"`
			Of    string `query:"finding_id" maxLength:"64" doc:"钱在这条疑点上的"`
		}) (*api.Body[api.List[ClueItem]], error) {
			var cs []store.Clue
			err := g.deps().DB.View(ctx, func(tx *store.Tx) (err error) {
				cs, err = tx.CluesIn(api.ScopeOf(ctx), store.ClueQuery{Inst: in.Inst, State: in.State, Class: in.Class, Finding: in.Of}, in.Page())
				return err
			})
			return api.Paged(cs, in.Paging, func(c *store.Clue) string { return c.ID }, clueOf), err
		})
	type countOut struct {
		State string `json:"state"`
		Class string `json:"class"`
		N     int64  `json:"n"`
	}
	api.Add(g.API, huma.Operation{OperationID: "trace-clue-counts", Method: http.MethodGet, Path: "/api/trace/clues/counts", Summary: "线索按进度和类别有多少", Tags: tags}, look,
		func(ctx context.Context, _ *struct{}) (*api.Body[struct {
			Items []countOut `json:"items"`
		}], error) {
			out := &api.Body[struct {
				Items []countOut `json:"items"`
			}]{}
			out.Body.Items = []countOut{}
			err := g.deps().DB.View(ctx, func(tx *store.Tx) error {
				ns, err := tx.ClueCounts(api.ScopeOf(ctx))
				for _, n := range ns {
					out.Body.Items = append(out.Body.Items, countOut(n))
				}
				return err
			})
			return out, err
		})
	api.Add(g.API, huma.Operation{OperationID: "trace-clue", Method: http.MethodGet, Path: "/api/trace/clues/{id}", Summary: "一条线索和办过的步骤", Tags: tags, Errors: []int{404}}, look,
		func(ctx context.Context, in *struct {
			ID string `path:"id" maxLength:"64"`
		}) (*api.Tagged[clueWhole], error) {
			return g.clue(ctx, in.ID)
		})
	g.collect()
	g.steps()
}

type collectOut struct {
	Added    int64 `json:"added" doc:"新列入清单的"`
	Doubtful int   `json:"doubtful" doc:"存疑的，含已在清单上的"`
}

// collect goes through the boxes of the data that is imported now.
func (g *group) collect() {
	api.Add(g.API, huma.Operation{OperationID: "collect-trace-clues", Method: http.MethodPost, Path: "/api/trace/clues", Summary: "整理线索：净重复而没有解释的列入清单", Tags: tags,
		Description: "已在清单上的不动。只整理本人辖区的机构。"}, work,
		func(ctx context.Context, in *struct {
			Body struct {
				Days int `json:"days,omitempty" minimum:"1" maximum:"90" default:"18" doc:"机构自述的期限，天"`
			}
		}) (*api.Body[collectOut], error) {
			f, free, err := g.facts(ctx)
			if err != nil {
				return nil, err
			}
			defer free()
			s := api.ScopeOf(ctx)
			d, err := g.digestOf(f)
			if err != nil {
				return nil, err
			}
			clues := slices.DeleteFunc(slices.Clone(d.clues), func(c trace.Clue) bool { return !sees(s, c.Inst, c.Area) })
			l, err := worklist.Of(f, clues, time.Now(), in.Body.Days)
			if err != nil {
				return nil, err
			}
			out := &api.Body[collectOut]{Body: collectOut{Doubtful: l.Len()}}
			err = g.deps().Trail.Do(ctx, g.deps().DB, func(tx *store.Tx) (es []auth.Event, err error) {
				out.Body.Added, err = l.Add(tx)
				return []auth.Event{{Actor: api.Who(ctx).Name, Action: "追溯码线索入清单", Object: strconv.FormatInt(out.Body.Added, 10) + " 条"}}, err
			})
			return out, err
		})
	api.Add(g.API, huma.Operation{OperationID: "trace-funnel", Method: http.MethodGet, Path: "/api/trace/funnel", Summary: "净重复怎样一步步剩下存疑的（全区）", Tags: tags, Errors: []int{404}},
		api.Need{Any: look.Any, Locals: true},
		func(ctx context.Context, _ *struct{}) (*api.Body[trace.Funnel], error) {
			if s := api.ScopeOf(ctx); s.Admdvs != "" || s.Inst != "" {
				return nil, gone("漏斗按全区计，您的范围不是全区")
			}
			f, free, err := g.facts(ctx)
			if err != nil {
				return nil, err
			}
			defer free()
			d, err := g.digestOf(f)
			if err != nil {
				return nil, err
			}
			return &api.Body[trace.Funnel]{Body: d.funnel}, nil
		})
}

func (g *group) clue(ctx context.Context, id string) (*api.Tagged[clueWhole], error) {
	var out clueWhole
	var version int64
	err := g.deps().DB.View(ctx, func(tx *store.Tx) error {
		s := api.ScopeOf(ctx)
		c, err := tx.ClueIn(s, id)
		if err != nil {
			return err
		}
		var k kept
		json.Unmarshal([]byte(c.Detail), &k) //nolint:errcheck // what is not there is empty
		version = c.Version
		out = clueWhole{ClueItem: clueOf(c), PrevAt: k.Clue.PrevAt, Asked: asked, Steps: []clueStepOut{}, Papers: []paperOut{}, Next: []string{}}
		if in, err := tx.InScope(s, k.Clue.PrevInst); err != nil {
			return err
		} else if in {
			out.PrevInst, out.PrevName = k.Clue.PrevInst, k.Clue.PrevName
		}
		if k.Life != nil {
			l := lifeOf(k.Life, s)
			out.Life = &l
		}
		for _, to := range store.ClueNext(c.State) {
			if g.mayStep(ctx, c, to) == nil {
				out.Next = append(out.Next, to)
			}
		}
		steps, err := tx.ClueSteps(id)
		if err != nil {
			return err
		}
		for _, x := range steps {
			o := clueStepOut{x.Kind, x.Actor, x.Body, []string{}, api.Moment(x.At)}
			if x.Papers != "" {
				o.Papers = strings.Split(x.Papers, "\n")
			}
			if s.Inst != "" && x.Kind != kinds["待核查"] {
				o.Actor = "医保局"
			}
			out.Steps = append(out.Steps, o)
		}
		papers, err := tx.TracePapers(id)
		for _, p := range papers {
			out.Papers = append(out.Papers, paperOut{p.ID, p.Name, p.Mime, api.Moment(p.At)})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return api.Tag(version, out), nil
}

// kinds are what a step to a state is called.
var kinds = map[string]string{"待核查": "自述", "待结论": "现场", "已结论": "结论", "已移交": "移交", "已撤回": "撤回"}

// mayStep: an institution makes its statement and nothing else; the bureau does the rest, and may write down a statement made on paper.
func (g *group) mayStep(ctx context.Context, c *store.Clue, to string) error {
	who, forbid := api.Who(ctx), func(s string) error { return web.NewProblem(http.StatusForbidden, web.CodeForbidden, s) }
	if who.Scope.Inst != "" {
		if c.State != store.ClueStates[0] || to != "待核查" {
			return forbid("机构只能填写自述，其余由医保局办理")
		}
		return nil
	}
	if to == "已结论" || to == "已移交" {
		if !who.May(auth.Confirm) && !who.May(auth.Inspect) {
			return forbid("下结论、移交要“确认扣款”或“稽核”权限")
		}
		return nil
	}
	if !slices.ContainsFunc(work.Any, who.May) {
		return forbid("没有办理线索的权限")
	}
	return nil
}

type stepIn struct {
	ID string `path:"id" maxLength:"64"`
	api.Matched
	Body struct {
		To      string   `json:"to" enum:"待核查,待结论,已结论,已移交,已撤回"`
		Verdict string   `json:"verdict,omitempty" enum:"上传错误,拆零,串换,回流,假药,空刷," doc:"办到已结论时填写"`
		Say     string   `json:"say" minLength:"2" maxLength:"4000" doc:"自述、现场情况、理由"`
		Papers  []string `json:"papers,omitempty" maxItems:"20" doc:"先上传的附件编号"`
	}
}

type paperIn struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Name    string `json:"name" minLength:"1" maxLength:"200"`
		Mime    string `json:"mime" enum:"image/jpeg,image/png,application/pdf"`
		Content string `json:"content" minLength:"4" maxLength:"4200000" doc:"base64，至多 3 MiB"`
	}
}

func (g *group) steps() {
	api.Add(g.API, huma.Operation{OperationID: "trace-clue-step", Method: http.MethodPost, Path: "/api/trace/clues/{id}/steps", Summary: "办一步：自述、现场、结论、移交、撤回", Tags: tags,
		Errors: []int{403, 404, 412, 428}}, look,
		func(ctx context.Context, in *stepIn) (*api.Tagged[clueWhole], error) {
			seen, err := in.Version()
			if err != nil {
				return nil, err
			}
			who := api.Who(ctx)
			err = g.deps().Trail.Do(ctx, g.deps().DB, func(tx *store.Tx) ([]auth.Event, error) {
				c, err := tx.ClueIn(api.ScopeOf(ctx), in.ID)
				if err != nil {
					return nil, err
				}
				if err := g.mayStep(ctx, c, in.Body.To); err != nil {
					return nil, err
				}
				if c.Version != seen {
					return nil, store.ErrConflict
				}
				have, err := tx.TracePapers(c.ID)
				if err != nil {
					return nil, err
				}
				var names []string
				for _, id := range in.Body.Papers {
					k := slices.IndexFunc(have, func(p store.TracePaper) bool { return p.ID == id })
					if k < 0 {
						return nil, gone("没有附件 " + id)
					}
					names = append(names, have[k].Name)
				}
				step := store.ClueStep{Kind: kinds[in.Body.To], Actor: who.Name, Body: in.Body.Say, Papers: strings.Join(names, "\n"), At: time.Now().UnixMicro()}
				return []auth.Event{{Actor: who.Name, Action: "追溯码线索" + step.Kind, Object: c.ID, Detail: in.Body.To + " " + in.Body.Verdict}}, tx.StepClue(c, in.Body.To, in.Body.Verdict, step)
			})
			if err != nil {
				return nil, err
			}
			return g.clue(ctx, in.ID)
		})
	api.Add(g.API, huma.Operation{OperationID: "trace-clue-paper", Method: http.MethodPost, Path: "/api/trace/clues/{id}/papers", Summary: "上传附件：发票、随货同行单、照片", Tags: tags,
		DefaultStatus: http.StatusCreated, MaxBodyBytes: 5 << 20, Errors: []int{404}}, look,
		func(ctx context.Context, in *paperIn) (*api.Body[paperOut], error) {
			b, err := base64.StdEncoding.DecodeString(in.Body.Content)
			if err != nil || len(b) > 3<<20 {
				return nil, web.NewProblem(http.StatusUnprocessableEntity, web.CodeInvalid, "附件读不懂或超过 3 MiB")
			}
			if got := http.DetectContentType(b); got != in.Body.Mime {
				return nil, web.NewProblem(http.StatusUnprocessableEntity, web.CodeInvalid, "附件内容与类型不符：只收 JPEG、PNG 照片和 PDF")
			}
			p := &store.TracePaper{ID: store.NewID(), Clue: in.ID, Name: in.Body.Name, Mime: in.Body.Mime, Content: in.Body.Content, Actor: api.Who(ctx).Name, At: time.Now().UnixMicro()}
			err = g.deps().DB.Update(ctx, func(tx *store.Tx) error {
				c, err := tx.ClueIn(api.ScopeOf(ctx), in.ID)
				if err != nil {
					return err
				}
				who := api.Who(ctx)
				if who.Scope.Inst != "" && c.State != store.ClueStates[0] {
					return web.NewProblem(http.StatusForbidden, web.CodeForbidden, "自述已经交了，不能再加附件")
				}
				if who.Scope.Inst == "" && !slices.ContainsFunc(work.Any, who.May) {
					return web.NewProblem(http.StatusForbidden, web.CodeForbidden, "没有办理线索的权限")
				}
				have, err := tx.TracePapers(in.ID)
				if err != nil {
					return err
				}
				if len(have) >= 20 {
					return web.NewProblem(http.StatusUnprocessableEntity, web.CodeInvalid, "一条线索至多 20 个附件")
				}
				return tx.AddTracePaper(p)
			})
			return &api.Body[paperOut]{Body: paperOut{p.ID, p.Name, p.Mime, api.Moment(p.At)}}, err
		})
	type file struct {
		Name    string `json:"name"`
		Mime    string `json:"mime"`
		Content string `json:"content"`
	}
	api.Add(g.API, huma.Operation{OperationID: "get-trace-clue-paper", Method: http.MethodGet, Path: "/api/trace/clues/{id}/papers/{paper}", Summary: "看附件", Tags: tags, Errors: []int{404}}, look,
		func(ctx context.Context, in *struct {
			ID    string `path:"id" maxLength:"64"`
			Paper string `path:"paper" maxLength:"64"`
		}) (*api.Body[file], error) {
			out := &api.Body[file]{}
			err := g.deps().DB.View(ctx, func(tx *store.Tx) error {
				if _, err := tx.ClueIn(api.ScopeOf(ctx), in.ID); err != nil {
					return err
				}
				p, err := tx.TracePaper(in.ID, in.Paper)
				out.Body = file{p.Name, p.Mime, p.Content}
				return err
			})
			return out, err
		})
}
