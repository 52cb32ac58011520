package reviewapi

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/online/told"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
)

type reviewLine struct {
	No        int    `json:"line_no"`
	Inst      string `json:"fixmedins_code"`
	Mdtrt     string `json:"mdtrt_id"`
	Setl      string `json:"setl_id"`
	Sn        string `json:"feedetl_sn"`
	Vola      int64  `json:"vola_fen"`
	Fund      int64  `json:"fund_fen"`
	Upheld    int64  `json:"upheld_fen"`
	Charged   int64  `json:"charged_fen"`
	UpheldCnt int64  `json:"upheld_cnt" doc:"万分之一"`
	OfCnt     int64  `json:"of_cnt"`
}

type reviewStep struct {
	Seq     int    `json:"seq"`
	Event   string `json:"event"`
	Name    string `json:"name"`
	From    string `json:"from_state"`
	To      string `json:"to_state"`
	Actor   string `json:"actor"`
	At      string `json:"at"`
	Verdict string `json:"verdict"`
	Reason  string `json:"reason"`
	Opinion string `json:"opinion"`
	Detail  string `json:"detail"`
}

type reviewCan struct {
	Event   string   `json:"event"`
	Name    string   `json:"name"`
	To      []string `json:"to"`
	Guards  []string `json:"guards"`
	Product string   `json:"product"`
}

type reviewVote struct {
	Login   string `json:"login"`
	Vote    string `json:"vote"`
	Upheld  int64  `json:"upheld_fen"`
	Opinion string `json:"opinion"`
	At      string `json:"at"`
}

type reviewExtension struct {
	ID        string `json:"extension_id"`
	Days      int    `json:"days"`
	Reason    string `json:"reason"`
	AskedBy   string `json:"asked_by"`
	DecidedBy string `json:"decided_by"`
	State     string `json:"state"`
	Version   int64  `json:"version"`
}

type reviewPost struct {
	Book   string `json:"book"`
	LineNo int    `json:"line_no"`
	Item   string `json:"item"`
	From   string `json:"from_acct"`
	To     string `json:"to_acct"`
	Amount int64  `json:"amount_fen"`
	Month  string `json:"month"`
	Doc    string `json:"doc"`
	Memo   string `json:"memo"`
	At     string `json:"at"`
}

type reviewTold struct {
	Told    string `json:"told"`
	CallAt  string `json:"call_at"`
	Choice  string `json:"choice"`
	Missing string `json:"missing"`
	Blocks  bool   `json:"blocks" doc:"平台没有提醒到，不追款"`
}

type reviewWhole struct {
	ReviewHead
	Basis      string            `json:"basis"`
	Setl       string            `json:"setl_id"`
	RuleVer    string            `json:"rule_version"`
	Taken      bool              `json:"taken" doc:"已纳入办理"`
	Claim      int64             `json:"claim_fen"`
	Verdict    string            `json:"verdict"`
	Reason     string            `json:"reason"`
	Outcome    string            `json:"outcome"`
	Clock      string            `json:"clock"`
	Delivered  string            `json:"delivered"`
	Proof      string            `json:"proof"`
	Reminders  int               `json:"reminders"`
	Masked     bool              `json:"masked"`
	Lines      []reviewLine      `json:"lines"`
	Steps      []reviewStep      `json:"steps"`
	Notices    []reviewNotice    `json:"notices"`
	Files      []reviewFile      `json:"files"`
	Relays     []reviewRelay     `json:"relays"`
	Extensions []reviewExtension `json:"extensions"`
	Votes      []reviewVote      `json:"votes"`
	Ledger     []reviewPost      `json:"ledger"`
	Balances   map[string]int64  `json:"balances"`
	Same       []reviewItem      `json:"same_visit"`
	Can        []reviewCan       `json:"can" doc:"您现在能办的"`
	Told       *reviewTold       `json:"told,omitempty" doc:"当时提醒过没有"`
	Reasons    []string          `json:"reasons" doc:"理由代码"`
	Recusal    string            `json:"recusal" doc:"您与机构有关系、应当回避的原因；空为没有"`
}

// ReviewHead is what a list says of a finding, at the head of the whole.
type ReviewHead reviewItem

func (g *group) wholeOf(ctx context.Context, x *review.Detail) (*reviewWhole, error) {
	f := x.Finding
	it := store.FindingItem{ID: f.ID, Rule: f.RuleID, RuleName: f.RuleName, Severity: f.Severity, Month: f.Month, Inst: f.Inst, Psn: f.Psn, Mdtrt: f.Mdtrt, Vola: f.Vola, Fund: f.Fund, Charged: f.Charged,
		State: f.State, Withdrawn: f.Withdrawn, Version: f.Version, Cont: f.Cont, Lines: f.LineCount}
	out := &reviewWhole{Basis: f.Basis, Setl: f.Setl, RuleVer: f.RuleVersion, Claim: f.Vola, Masked: x.Masked, Balances: x.Balances, Reasons: review.Reasons, Recusal: x.Recusal}
	if c := x.Case; c != nil {
		it.DueDay, it.Paused, it.Machine, it.Package, it.Version, it.State = c.DueDay, c.PausedDay != 0, c.Machine, c.Package, c.Version, c.State
		it.Charged, it.Fund, it.Severity = c.Charged, c.Fund, c.Severity
		out.Taken, out.Claim, out.Verdict, out.Reason, out.Outcome, out.Clock = true, c.Claim, c.Verdict, c.Reason, c.Outcome, c.Clock
		out.Delivered, out.Proof, out.Reminders, it.Panel = day(c.DeliveredDay), c.Proof, c.Reminders, c.Panel
	}
	names, err := g.Desk.Names(ctx, []string{f.Inst})
	if err != nil {
		return nil, err
	}
	out.ReviewHead = ReviewHead(g.itemOf(&it, names))
	g.fill(out, x)
	same, err := g.itemsOf(ctx, x.Same)
	if err != nil {
		return nil, err
	}
	out.Same = same
	t, err := g.Desk.Told(ctx, f.ID)
	if t != nil {
		out.Told = &reviewTold{t.Told, api.Moment(t.CallAt), t.Choice, t.Missing, told.Blocks(*t)}
	}
	return out, err
}

// fill copies the papers of a case.
func (g *group) fill(out *reviewWhole, x *review.Detail) {
	out.Lines, out.Steps, out.Notices, out.Files, out.Relays = []reviewLine{}, []reviewStep{}, []reviewNotice{}, []reviewFile{}, []reviewRelay{}
	out.Extensions, out.Votes, out.Ledger, out.Can = []reviewExtension{}, []reviewVote{}, []reviewPost{}, []reviewCan{}
	for _, l := range x.Lines {
		out.Lines = append(out.Lines, reviewLine{l.LineNo, l.Inst, l.Mdtrt, l.Setl, l.Sn, l.Vola, l.Fund, l.Upheld, l.Charged, l.UpheldCnt, l.OfCnt})
	}
	if x.Case == nil {
		for i, l := range x.Finding.Lines {
			if l.Type == 1 {
				out.Lines = append(out.Lines, reviewLine{i + 1, l.Inst, l.Mdtrt, l.Setl, l.Sn, l.Vola, l.Fund, l.Vola, l.Charged, 0, 0})
			}
		}
	}
	for _, s := range x.Steps {
		out.Steps = append(out.Steps, reviewStep{s.Seq, s.Event, eventName(s.Event), s.From, s.To, s.Actor, api.Moment(s.At), s.Verdict, s.Reason, s.Opinion, s.Detail})
	}
	for i := range x.Notices {
		out.Notices = append(out.Notices, noticeOf(&x.Notices[i]))
	}
	for i := range x.Files {
		out.Files = append(out.Files, fileOf(&x.Files[i]))
	}
	for i := range x.Relays {
		out.Relays = append(out.Relays, g.relayOf(&x.Relays[i]))
	}
	for _, e := range x.Extensions {
		out.Extensions = append(out.Extensions, reviewExtension{e.ID, e.Days, e.Reason, e.AskedBy, e.DecidedBy, e.State, e.Version})
	}
	for _, v := range x.Votes {
		out.Votes = append(out.Votes, reviewVote{v.Login, v.Vote, v.Upheld, v.Opinion, api.Moment(v.At)})
	}
	for _, p := range x.Ledger {
		out.Ledger = append(out.Ledger, reviewPost{p.Book, p.LineNo, p.Item, p.From, p.To, p.Amount, p.Month, p.Doc, p.Memo, api.Moment(p.At)})
	}
	for _, e := range x.Can {
		out.Can = append(out.Can, reviewCan{e.ID, e.Name, e.To, append([]string{}, e.Guards...), e.Product})
	}
}

func eventName(id string) string {
	for _, e := range review.TheFlow().Events {
		if e.ID == id {
			return e.Name
		}
	}
	if id == "takeover" {
		return "接管旧系统疑点"
	}
	return id
}

// reviewEvidence is what a finding rests on, as far as somebody may see it.
type reviewEvidence struct {
	audit.Evidence
	Hidden int `json:"hidden_visits" doc:"其他机构的就诊次数：机构看不到"`
}

type reviewAlike struct {
	Verdicts map[string]int `json:"verdicts" doc:"这条规则最近办结的 200 件各是什么结论"`
	Items    []review.Alike `json:"items"`
}

func (g *group) open() {
	api.Add(g.API, huma.Operation{OperationID: "review-open", Method: http.MethodGet, Path: "/api/review/findings/{id}", Summary: "打开一条疑点：能办什么、逐行金额、经过、文书、附件、台账", Tags: tags, Errors: []int{404}}, look,
		func(ctx context.Context, in *FindingID) (*api.Tagged[reviewWhole], error) {
			x, err := g.Desk.Open(ctx, api.Who(ctx), in.ID)
			if err != nil {
				return nil, err
			}
			out, err := g.wholeOf(ctx, x)
			if err != nil {
				return nil, err
			}
			return api.Tag(max(out.Version, 1), *out), nil
		})
	api.Add(g.API, huma.Operation{OperationID: "review-evidence", Method: http.MethodGet, Path: "/api/review/findings/{id}/evidence", Summary: "疑点的证据：账单、事实、知识点、近一年就诊", Tags: tags, Errors: []int{404, 409}}, look,
		func(ctx context.Context, in *FindingID) (*api.Body[reviewEvidence], error) {
			who := api.Who(ctx)
			f, hide, err := g.Desk.Seen(ctx, who, in.ID)
			if err != nil {
				return nil, err
			}
			x, err := g.Evidence(ctx, f)
			if errors.Is(err, audit.ErrGone) {
				return nil, web.NewProblem(http.StatusConflict, web.CodeConflict, audit.ErrGone.Error()+"，没有可重新判断的证据；原有记录仍在疑点里")
			}
			if err != nil {
				return nil, err
			}
			out := &reviewEvidence{Evidence: *x}
			if who.Scope.Inst != "" {
				hide, err := g.Desk.Hider(ctx, who, f)
				if err != nil {
					return nil, err
				}
				out.only(who.Scope.Inst, hide)
			}
			if hide {
				out.mask()
			}
			return &api.Body[reviewEvidence]{Body: *out}, nil
		})
	api.Add(g.API, huma.Operation{OperationID: "review-alike", Method: http.MethodGet, Path: "/api/review/findings/{id}/alike", Summary: "同类疑点以往怎样决定", Tags: tags, Errors: []int{404}}, look,
		func(ctx context.Context, in *FindingID) (*api.Body[reviewAlike], error) {
			xs, n, err := g.Desk.Alike(ctx, api.Who(ctx), in.ID)
			return &api.Body[reviewAlike]{Body: reviewAlike{n, append([]review.Alike{}, xs...)}}, err
		})
}

// only leaves what belongs to an institution: it may not learn where else its patients go.
func (x *reviewEvidence) only(inst string, hide func(string) string) {
	mine := map[string]bool{}
	var visits []audit.EvidenceVisit
	for _, v := range x.Visits {
		if v.Inst == inst {
			visits = append(visits, v)
			mine[v.Mdtrt] = true
		}
	}
	x.Hidden, x.Visits = len(x.Visits)-len(visits), visits
	x.Bill = slices.DeleteFunc(slices.Clone(x.Bill), func(l audit.BillLine) bool { return l.Inst != inst })
	e := *x.Explanation
	e.Lines = slices.DeleteFunc(slices.Clone(e.Lines), func(l audit.ExplainLine) bool { return !mine[l.Mdtrt] })
	if m := e.Visit["mdtrt_id"]; m != "" && !mine[m] {
		e.Visit = map[string]string{}
		x.Diagnoses = nil
	}
	e.Cont, e.Facts = hide(e.Cont), slices.Clone(e.Facts)
	for i := range e.Facts { // they may name where else something happened
		e.Facts[i].Value = hide(e.Facts[i].Value)
	}
	x.Explanation = &e
}

// mask leaves out who the person is: experts judge the matter.
func (x *reviewEvidence) mask() {
	e := *x.Explanation
	e.Person = withoutKeys(e.Person, "psn_no", "pers_id", "certno", "psn_name", "brdy")
	e.Visit = withoutKeys(e.Visit, "psn_no", "mdtrt_id", "setl_id")
	e.Lines = slices.Clone(e.Lines)
	for i := range e.Lines {
		e.Lines[i].Mdtrt = review.Mask(e.Lines[i].Mdtrt)
	}
	x.Explanation = &e
	x.Bill = slices.Clone(x.Bill)
	for i := range x.Bill {
		x.Bill[i].Mdtrt, x.Bill[i].Setl = review.Mask(x.Bill[i].Mdtrt), review.Mask(x.Bill[i].Setl)
	}
	x.Visits = slices.Clone(x.Visits)
	for i := range x.Visits {
		x.Visits[i].Mdtrt = review.Mask(x.Visits[i].Mdtrt)
	}
}

func withoutKeys(m map[string]string, keys ...string) map[string]string {
	out := map[string]string{}
	for k, v := range m {
		if !slices.Contains(keys, k) {
			out[k] = v
		}
	}
	return out
}
