package reviewapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web/api"
)

// Words are what a person says with a step.
type Words struct {
	Reason  string `json:"reason,omitempty" maxLength:"32" doc:"理由代码"`
	Opinion string `json:"opinion,omitempty" maxLength:"4000" doc:"意见、理由"`
}

func (w Words) say() review.Say { return review.Say{Reason: w.Reason, Opinion: w.Opinion} }

// reviewLineIn upholds part of a line: an amount, or a quantity out of the quantity at fault.
type reviewLineIn struct {
	No     int    `json:"line_no"`
	Amount *int64 `json:"upheld_fen,omitempty" doc:"仍然认定的金额，分"`
	Cnt    int64  `json:"upheld_cnt,omitempty" doc:"认定数量，万分之一"`
	Of     int64  `json:"of_cnt,omitempty" doc:"违规数量，万分之一"`
}

// Decision is a step with what still stands, line by line.
type Decision struct {
	Words
	Severity int            `json:"sev_deg,omitempty" minimum:"0" maximum:"3" doc:"初审可降级"`
	Lines    []reviewLineIn `json:"lines,omitempty" maxItems:"5000"`
	Minutes  string         `json:"minutes,omitempty" maxLength:"20000" doc:"合议纪要"`
}

func (d *Decision) lines() []review.LineDecision {
	var out []review.LineDecision
	for _, l := range d.Lines {
		out = append(out, review.LineDecision{LineNo: l.No, Amount: l.Amount, Cnt: l.Cnt, Of: l.Of})
	}
	return out
}

// Answer is what an institution says.
type Answer struct {
	Words
	Lines []int    `json:"lines,omitempty" maxItems:"5000" doc:"申诉的行；不写为全部"`
	Files []string `json:"files,omitempty" maxItems:"500" doc:"先上传的附件"`
}

type deskStep = func(d *review.Desk, ctx context.Context, who *auth.Identity, ref review.Ref, in *Decision) (*store.Case, error)

// plain is a step that needs no more than words.
func plain(f func(*review.Desk, context.Context, *auth.Identity, review.Ref, review.Say) (*store.Case, error)) deskStep {
	return func(d *review.Desk, ctx context.Context, who *auth.Identity, ref review.Ref, in *Decision) (*store.Case, error) {
		return f(d, ctx, who, ref, in.say())
	}
}

// upholding is a step that says what still stands.
func upholding(f func(*review.Desk, context.Context, *auth.Identity, review.DecideInput) (*store.Case, error)) deskStep {
	return func(d *review.Desk, ctx context.Context, who *auth.Identity, ref review.Ref, in *Decision) (*store.Case, error) {
		return f(d, ctx, who, review.DecideInput{Ref: ref, Say: in.say(), Lines: in.lines()})
	}
}

// step is an event of the state machine that a person causes on one case.
type step struct {
	event string
	path  string
	who   []auth.Permission
	do    deskStep
}

type desk = review.Desk

// decisions are the events whose input is a Decision, by the name of the state machine.
var decisions = []step{
	{"keep", "keep", []auth.Permission{auth.FirstReview}, func(d *desk, ctx context.Context, who *auth.Identity, ref review.Ref, in *Decision) (*store.Case, error) {
		return d.Keep(ctx, who, review.KeepInput{Ref: ref, Say: in.say(), Severity: in.Severity, Lines: in.lines()})
	}},
	{"dismiss", "dismiss", []auth.Permission{auth.FirstReview}, plain((*desk).Dismiss)},
	{"dismiss_agree", "dismiss-agree", []auth.Permission{auth.FirstReview}, plain((*desk).DismissAgree)},
	{"dismiss_refuse", "dismiss-refuse", []auth.Permission{auth.FirstReview}, plain((*desk).DismissRefuse)},
	{"reread_agree", "reread-agree", []auth.Permission{auth.SecondReview}, plain((*desk).RereadAgree)},
	{"reread_refuse", "reread-refuse", []auth.Permission{auth.SecondReview}, plain((*desk).RereadRefuse)},
	{"ask", "ask", []auth.Permission{auth.SecondReview}, plain((*desk).AskMore)},
	{"uphold", "uphold", []auth.Permission{auth.SecondReview}, upholding((*desk).Uphold)},
	{"withdraw", "withdraw", []auth.Permission{auth.SecondReview}, plain((*desk).Withdraw)},
	{"refer", "refer", []auth.Permission{auth.SecondReview}, plain((*desk).Refer)},
	{"conclude", "conclude", []auth.Permission{auth.SecondReview}, func(d *desk, ctx context.Context, who *auth.Identity, ref review.Ref, in *Decision) (*store.Case, error) {
		return d.Conclude(ctx, who, review.ConcludeInput{Ref: ref, Say: in.say(), Minutes: in.Minutes, Lines: in.lines()})
	}},
	{"confirm", "confirm", []auth.Permission{auth.Confirm}, upholding((*desk).Confirm)},
	{"overturn", "overturn", []auth.Permission{auth.Confirm}, plain((*desk).Overturn)},
	{"execute", "execute", []auth.Permission{auth.Execute}, plain((*desk).Book)},
	{"close", "close", []auth.Permission{auth.Execute}, func(d *desk, ctx context.Context, who *auth.Identity, ref review.Ref, _ *Decision) (*store.Case, error) {
		return d.Finish(ctx, who, ref)
	}},
	{"handover", "handover", []auth.Permission{auth.Confirm}, plain((*desk).HandOver)},
	{"return", "return", []auth.Permission{auth.Inspect}, plain((*desk).Return)},
	{"pause", "pause", []auth.Permission{auth.FirstReview, auth.SecondReview, auth.Confirm, auth.Inspect}, plain((*desk).Pause)},
	{"resume", "resume", []auth.Permission{auth.FirstReview, auth.SecondReview, auth.Confirm, auth.Inspect}, plain((*desk).Resume)},
	{"machine_keep", "machine-keep", []auth.Permission{auth.FirstReview, auth.SecondReview, auth.Confirm}, plain((*desk).KeepMachine)},
	{"machine_adopt", "machine-adopt", []auth.Permission{auth.SecondReview, auth.Confirm}, upholding((*desk).AdoptMachine)},
	{"machine_redo", "machine-redo", []auth.Permission{auth.FirstReview, auth.SecondReview, auth.Confirm}, plain((*desk).RedoMachine)},
}

type answerStep struct {
	event string
	path  string
	do    func(d *desk, ctx context.Context, who *auth.Identity, in review.AppealInput) (*store.Case, error)
}

func accepting(f func(*desk, context.Context, *auth.Identity, review.Ref, review.Say) (*store.Case, error)) func(*desk, context.Context, *auth.Identity, review.AppealInput) (*store.Case, error) {
	return func(d *desk, ctx context.Context, who *auth.Identity, in review.AppealInput) (*store.Case, error) {
		return f(d, ctx, who, in.Ref, in.Say)
	}
}

// answers are the events of an institution.
var answers = []answerStep{
	{"accept", "accept", accepting((*desk).Accept)},
	{"appeal", "appeal", (*desk).Appeal},
	{"reopen", "reopen", (*desk).Reopen},
	{"supplement", "supplement", (*desk).SupplementDocs},
	{"ask_panel", "ask-panel", (*desk).AskPanel},
	{"second", "second-appeal", (*desk).SecondAppeal},
	{"waive", "waive", accepting((*desk).Waive)},
}

type decisionIn struct {
	FindingID
	api.Matched
	Body Decision
}

type answerIn struct {
	FindingID
	api.Matched
	Body Answer
}

func (g *group) steps() {
	for _, s := range decisions {
		api.Add(g.API, huma.Operation{OperationID: "review-" + s.path, Method: http.MethodPost, Path: "/api/review/findings/{id}/" + s.path, Summary: eventName(s.event), Tags: tags, Errors: errs}, office(s.who...),
			func(ctx context.Context, in *decisionIn) (*api.Tagged[reviewDone], error) {
				r, err := ref(in.ID, in.Matched)
				if err != nil {
					return nil, err
				}
				return g.done(s.do(g.Desk, ctx, api.Who(ctx), r, &in.Body))
			})
	}
	for _, s := range answers {
		api.Add(g.API, huma.Operation{OperationID: "review-" + s.path, Method: http.MethodPost, Path: "/api/review/findings/{id}/" + s.path, Summary: eventName(s.event), Tags: tags, Errors: errs}, outside(auth.Appeal),
			func(ctx context.Context, in *answerIn) (*api.Tagged[reviewDone], error) {
				r, err := ref(in.ID, in.Matched)
				if err != nil {
					return nil, err
				}
				return g.done(s.do(g.Desk, ctx, api.Who(ctx), review.AppealInput{Ref: r, Say: in.Body.say(), Lines: in.Body.Lines, Files: in.Body.Files}))
			})
	}
	g.extensions()
	g.teach()
}

func (g *group) extensions() {
	api.Add(g.API, huma.Operation{OperationID: "review-extension", Method: http.MethodPost, Path: "/api/review/findings/{id}/extension", Summary: "申请延期", Tags: tags, Errors: errs},
		outside(auth.Appeal, auth.FirstReview, auth.SecondReview, auth.Dispatch, auth.Confirm, auth.Execute, auth.Inspect),
		func(ctx context.Context, in *struct {
			FindingID
			api.Matched
			Body struct {
				Words
				Days int `json:"days" minimum:"1" maximum:"60" doc:"工作日"`
			}
		}) (*api.Tagged[reviewExtension], error) {
			r, err := ref(in.ID, in.Matched)
			if err != nil {
				return nil, err
			}
			e, err := g.Desk.AskExtension(ctx, api.Who(ctx), r, in.Body.Days, in.Body.say())
			if err != nil {
				return nil, err
			}
			return api.Tag(e.Version, reviewExtension{e.ID, e.Days, e.Reason, e.AskedBy, e.DecidedBy, e.State, e.Version}), nil
		})
	api.Add(g.API, huma.Operation{OperationID: "review-extension-decide", Method: http.MethodPost, Path: "/api/review/extensions/{id}", Summary: "批准或不批准延期", Tags: tags, Errors: errs},
		office(auth.SecondReview, auth.Confirm),
		func(ctx context.Context, in *struct {
			ID string `path:"id" maxLength:"64"`
			api.Matched
			Body struct {
				Words
				Grant bool `json:"grant"`
			}
		}) (*api.Tagged[reviewDone], error) {
			v, err := in.Version()
			if err != nil {
				return nil, err
			}
			return g.done(g.Desk.DecideExtension(ctx, api.Who(ctx), in.ID, v, in.Body.Grant, in.Body.say()))
		})
}

type reviewTaught struct {
	ID   string `json:"exemption_id"`
	Rule string `json:"rule_id"`
	From string `json:"valid_from"`
	To   string `json:"valid_to"`
}

func (g *group) teach() {
	api.Add(g.API, huma.Operation{OperationID: "review-teach", Method: http.MethodPost, Path: "/api/review/findings/{id}/exemption", Summary: "从申诉成立的疑点起草有期限的豁免", Tags: tags, Errors: errs,
		Description: "两库的另一个人确认后生效。"}, office(auth.EditKnowledge),
		func(ctx context.Context, in *struct {
			FindingID
			Body struct {
				Dept  string `json:"dept,omitempty" maxLength:"64"`
				Item  string `json:"item,omitempty" maxLength:"64" doc:"项目代码的开头"`
				Diags string `json:"diags,omitempty" maxLength:"200"`
				All   bool   `json:"all_institutions,omitempty"`
				From  string `json:"valid_from" maxLength:"10"`
				To    string `json:"valid_to" maxLength:"10"`
				Why   string `json:"reason" minLength:"2" maxLength:"2000"`
			}
		}) (*api.Body[reviewTaught], error) {
			b := &in.Body
			from, err := claim.ParseDay(b.From)
			if err != nil {
				return nil, err
			}
			to, err := claim.ParseDay(b.To)
			if err != nil {
				return nil, err
			}
			x, err := g.Desk.Teach(ctx, api.Who(ctx), g.Library(), review.TeachInput{ID: in.ID, Dept: b.Dept, Item: b.Item, Diags: b.Diags, All: b.All, From: from, To: to, Why: b.Why})
			if err != nil {
				return nil, err
			}
			return &api.Body[reviewTaught]{Body: reviewTaught{x.ID, x.Rule, x.From, x.To}}, nil
		})
}
