package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online/fsi"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
)

// appeals brings the national 3701–3704 to the review desk: the same states, limits and refusals as in the console.
type appeals struct{ desk func() *review.Desk }

// as is the desk and who acts at it: the institution's insurance office, through a key.
func (a appeals) as(c fsi.Clerk) (*review.Desk, *auth.Identity) {
	d := a.desk()
	d.Via = "接口 " + c.Operator
	return d, &auth.Identity{Name: c.Who.Name, Roles: []string{auth.Hospital}, Scope: c.Who.Scope}
}

// pleaCodes are the envelope's codes of refusals.
var pleaCodes = map[review.Code]fsi.Code{review.CodeNotFound: fsi.NoFinding, review.CodePermission: fsi.OtherScope, review.CodeReason: fsi.BadPlea, review.CodeInput: fsi.BadPlea,
	review.CodeFile: fsi.BadPlea}

func refused(err error) error {
	var e *review.Error
	if !errors.As(err, &e) {
		return err
	}
	code, ok := pleaCodes[e.Code]
	if !ok {
		code = fsi.NotNow
	}
	return &fsi.Fault{Code: code, Text: e.Message}
}

func (a appeals) Find(ctx context.Context, c fsi.Clerk, q *fsi.Plea) (out []fsi.Standing, next string, err error) {
	d, who := a.as(c)
	if q.Finding != "" {
		x, err := a.open(ctx, d, who, q.Finding)
		if err != nil {
			return nil, "", err
		}
		return []fsi.Standing{*standingOf(d, x, true)}, "", nil
	}
	if q.Limit == 0 {
		q.Limit = 50
	}
	xs, err := d.List(ctx, who, store.FindingFilter{State: q.State, Rule: q.Rule, Month: q.Month, Mdtrt: q.Visit, ByDue: true, After: q.Cursor, Limit: q.Limit})
	if errors.Is(err, store.ErrCursor) {
		return nil, "", &fsi.Fault{Code: fsi.BadPlea, Path: "input.data.cursor", Text: err.Error()}
	}
	if err != nil {
		return nil, "", refused(err)
	}
	for i := range xs {
		x := &xs[i]
		s := fsi.Standing{Finding: x.ID, Rule: x.Rule, RuleName: x.RuleName, Severity: x.Severity, Month: x.Month, Visit: x.Mdtrt, Person: x.Psn, Text: x.Cont, Vola: x.Vola, Charged: x.Charged, Fund: x.Fund,
			State: x.State, Version: x.Version}
		dueOf(d, &s, x.DueDay)
		out = append(out, s)
	}
	if len(xs) == q.Limit {
		next = xs[len(xs)-1].Cursor
	}
	return out, next, nil
}

// open is a finding that was sent to the institution.
func (appeals) open(ctx context.Context, d *review.Desk, who *auth.Identity, id string) (*review.Detail, error) {
	x, err := d.Open(ctx, who, id)
	if err == nil && x.Case == nil {
		err = &fsi.Fault{Code: fsi.NoFinding, Text: "疑点 " + id + " 不存在"}
	}
	return x, refused(err)
}

func dueOf(d *review.Desk, s *fsi.Standing, due int64) {
	if due > 0 {
		s.Due, s.DaysLeft = claim.Day(due).String(), d.DaysLeft(due)
	}
}

func standingOf(d *review.Desk, x *review.Detail, whole bool) *fsi.Standing {
	f, c := x.Finding, x.Case
	s := &fsi.Standing{Finding: f.ID, Rule: f.RuleID, RuleName: f.RuleName, Severity: c.Severity, Month: f.Month, Visit: f.Mdtrt, Setl: f.Setl, Person: f.Psn, Text: f.Cont, Vola: f.Vola,
		Charged: c.Charged, Fund: c.Fund, State: c.State, Version: c.Version}
	dueOf(d, s, c.DueDay)
	if !whole {
		return s
	}
	s.Lines = []fsi.StandingLine{}
	for _, l := range x.Lines {
		s.Lines = append(s.Lines, fsi.StandingLine{No: l.LineNo, Setl: l.Setl, Sn: l.Sn, Vola: l.Vola, Upheld: l.Upheld, Charged: l.Charged})
	}
	for _, e := range x.Can {
		s.Can = append(s.Can, e.Name)
	}
	for _, f := range x.Files {
		s.Files = append(s.Files, fsi.StandingFile{ID: f.ID, Name: f.Name})
	}
	for acct, n := range x.Balances {
		if n != 0 {
			s.Accounts = append(s.Accounts, fsi.StandingSum{Account: acct, Amount: n})
		}
	}
	slices.SortFunc(s.Accounts, func(a, b fsi.StandingSum) int { return strings.Compare(a.Account, b.Account) })
	return s
}

// pleaSteps are what an answer is, by the state the finding is in: to appeal and to accept. None = it cannot be.
var pleaSteps = map[string]struct {
	appeal string
	do     func(*review.Desk, context.Context, *auth.Identity, review.AppealInput) (*store.Case, error)
	accept func(*review.Desk, context.Context, *auth.Identity, review.Ref, review.Say) (*store.Case, error)
}{
	review.Answering:  {"appeal", (*review.Desk).Appeal, (*review.Desk).Accept},
	review.Supplement: {"supplement", (*review.Desk).SupplementDocs, nil},
	review.SecondPlea: {"second", (*review.Desk).SecondAppeal, (*review.Desk).Waive},
	review.Final:      {"reopen", (*review.Desk).Reopen, nil},
}

func (a appeals) Answer(ctx context.Context, c fsi.Clerk, p *fsi.Plea) (*fsi.Standing, error) {
	d, who := a.as(c)
	x, err := a.open(ctx, d, who, p.Finding)
	if err != nil {
		return nil, err
	}
	in, err := inputOf(x, p)
	if err != nil {
		return nil, err
	}
	if said(x, who.Name, p, "appeal", "supplement", "second", "reopen", "accept", "waive") {
		return standingOf(d, x, false), nil
	}
	step, ok := pleaSteps[x.Case.State]
	switch {
	case !ok, p.Accepts && step.accept == nil:
		return nil, &fsi.Fault{Code: fsi.NotNow, Text: "疑点 " + p.Finding + " 现为“" + x.Case.State + "”，不等机构答复"}
	case p.Accepts:
		_, err = step.accept(d, ctx, who, in.Ref, in.Say)
	default:
		_, err = step.do(d, ctx, who, *in)
	}
	return a.after(ctx, d, who, p.Finding, err)
}

func (a appeals) AskPanel(ctx context.Context, c fsi.Clerk, p *fsi.Plea) (*fsi.Standing, error) {
	d, who := a.as(c)
	x, err := a.open(ctx, d, who, p.Finding)
	if err != nil {
		return nil, err
	}
	in, err := inputOf(x, p)
	if err != nil {
		return nil, err
	}
	if said(x, who.Name, p, "ask_panel") {
		return standingOf(d, x, false), nil
	}
	_, err = d.AskPanel(ctx, who, *in)
	return a.after(ctx, d, who, p.Finding, err)
}

// Attach keeps a file; one of the same content that is there already is the one meant.
func (a appeals) Attach(ctx context.Context, c fsi.Clerk, p *fsi.Plea, content io.Reader) (string, *fsi.Standing, error) {
	d, who := a.as(c)
	x, err := a.open(ctx, d, who, p.Finding)
	if err != nil {
		return "", nil, err
	}
	b, err := io.ReadAll(content)
	if err != nil {
		return "", nil, err
	}
	sum := sha256.Sum256(b)
	for _, f := range x.Files {
		if f.SHA256 == hex.EncodeToString(sum[:]) {
			return f.ID, standingOf(d, x, false), nil
		}
	}
	in, err := inputOf(x, p)
	if err != nil {
		return "", nil, err
	}
	f, err := d.Attach(ctx, who, in.Ref, p.FileName, strings.NewReader(string(b)))
	if err != nil {
		return "", nil, refused(err)
	}
	s, err := a.after(ctx, d, who, p.Finding, nil)
	return f.ID, s, err
}

// after tells how the finding stands once something was done.
func (a appeals) after(ctx context.Context, d *review.Desk, who *auth.Identity, id string, err error) (*fsi.Standing, error) {
	if err != nil {
		return nil, refused(err)
	}
	x, err := a.open(ctx, d, who, id)
	if err != nil {
		return nil, err
	}
	return standingOf(d, x, false), nil
}

// inputOf is what a message says, for the desk. Without a version it speaks of the finding as it stands.
func inputOf(x *review.Detail, p *fsi.Plea) (*review.AppealInput, error) {
	in := &review.AppealInput{Ref: review.Ref{ID: p.Finding, Version: p.Version}, Say: review.Say{Opinion: strings.TrimSpace(p.Reason)}, Files: p.Files}
	if in.Version == 0 {
		in.Version = x.Case.Version
	}
	for _, l := range p.Lines {
		n, err := strconv.Atoi(l)
		if err != nil {
			return nil, &fsi.Fault{Code: fsi.BadPlea, Path: "input.data.line_no", Text: "行号不是数字"}
		}
		in.Lines = append(in.Lines, n)
	}
	return in, nil
}

// said tells whether the last thing the institution did is this very message: its answer was lost and it is sent again.
func said(x *review.Detail, key string, p *fsi.Plea, events ...string) bool {
	for i := len(x.Steps) - 1; i >= 0; i-- {
		s := &x.Steps[i]
		if s.Actor != key || s.Event == "attach" {
			continue
		}
		accepted := s.Event == "accept" || s.Event == "waive"
		return slices.Contains(events, s.Event) && s.To == x.Case.State && accepted == p.Accepts && s.Opinion == strings.TrimSpace(p.Reason)
	}
	return false
}
