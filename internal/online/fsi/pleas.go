package fsi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strconv"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
)

// Clerk is who speaks for an institution: the key that signed and the operator it names.
type Clerk struct {
	Who      *auth.Identity // name of the key, scope of the institution; it has no role
	Operator string         // number and name, for the record
}

// Standing is how a finding stands, as the institution may see it. Money is in fen.
type Standing struct {
	Finding, Rule, RuleName    string
	Severity                   int
	Month, Visit, Setl, Person string
	Text                       string
	Vola, Charged, Fund        int64
	State                      string
	Due                        string // yyyy-MM-dd; "" = no clock runs for the institution
	DaysLeft                   int    // working days, negative = late; 0 without Due
	Version                    int64
	Can                        []string       // names of what the institution may do now; only where one finding was asked for
	Lines                      []StandingLine // likewise
	Files                      []StandingFile
	Accounts                   []StandingSum // where its money is in the ledger
}

// StandingLine is a violating line.
type StandingLine struct {
	No                    int
	Setl, Sn              string
	Vola, Upheld, Charged int64
}

// StandingFile is a file of a case.
type StandingFile struct{ ID, Name string }

// StandingSum is the balance of an account of the ledger.
type StandingSum struct {
	Account string
	Amount  int64
}

// Appeals is the review desk as institutions' programs reach it. A *Fault says why it refuses. The same answer, request or file sent again
// is no second one: it is answered as the first was.
type Appeals interface {
	Find(ctx context.Context, c Clerk, q *Plea) (found []Standing, next string, err error)
	Answer(ctx context.Context, c Clerk, p *Plea) (*Standing, error)
	AskPanel(ctx context.Context, c Clerk, p *Plea) (*Standing, error)
	Attach(ctx context.Context, c Clerk, p *Plea, content io.Reader) (file string, s *Standing, err error)
}

// pleas answers a 3701–3704.
func (s *server) pleas(ctx context.Context, re *reply, who *auth.Identity) *Fault {
	m := re.m
	if s.Appeals == nil {
		return fault(UnknownInfno, "本服务没有开通审核申诉")
	}
	if m.Inst == "" {
		return &Fault{Code: Missing, Path: "fixmedins_code", Text: "没有机构编码"}
	}
	c := Clerk{Who: &auth.Identity{Name: who.Name, Scope: auth.Scope{Inst: m.Inst}}, Operator: m.Operator}
	if m.OperatorName != "" {
		c.Operator += " " + clip(m.OperatorName, 20)
	}
	if m.National == "3701" {
		return s.find(ctx, re, c)
	}
	results := make([]pleaResult, len(m.Pleas.List))
	for i := range m.Pleas.List {
		p := &m.Pleas.List[i]
		results[i].finding = p.Finding
		bad := s.plead(ctx, c, m.National, p, &results[i])
		if bad != nil && (len(results) == 1 || bad.Code == Failed) {
			return bad // of several, those before were taken; sent again they are answered as taken
		}
		if bad != nil {
			results[i].why = bad.Error()
		}
	}
	re.output = func(w *writer) {
		w.key("result")
		w.open('[')
		for i := range results {
			results[i].write(w)
		}
		w.close(']')
	}
	return nil
}

// pleaResult is how one finding of a message went.
type pleaResult struct {
	finding, file, why string
	now                *Standing
}

func (s *server) plead(ctx context.Context, c Clerk, infno string, p *Plea, out *pleaResult) *Fault {
	var err error
	switch infno {
	case "3702":
		out.now, err = s.Appeals.Answer(ctx, c, p)
	case "3703":
		out.now, err = s.Appeals.AskPanel(ctx, c, p)
	default:
		b, ok := unpack(p.Content)
		if !ok {
			return &Fault{Code: BadPlea, Path: "input.data.file_cont", Text: "附件内容不是 Base64，或是空的"}
		}
		out.file, out.now, err = s.Appeals.Attach(ctx, c, p, bytes.NewReader(b))
	}
	return s.pleaFault(ctx, err)
}

func (s *server) pleaFault(ctx context.Context, err error) *Fault {
	var bad *Fault
	switch {
	case err == nil:
		return nil
	case errors.As(err, &bad):
		return bad
	}
	s.Log.ErrorContext(ctx, "an appeal could not be taken", "err", err)
	return fault(Failed, "暂时不能受理，请稍后重发")
}

func (r *pleaResult) write(w *writer) {
	w.open('{')
	w.text("finding_id", r.finding)
	w.text("retRslt", map[bool]string{true: "1", false: "0"}[r.why == ""])
	w.text("msgRslt", r.why)
	if r.file != "" {
		w.text("file_id", r.file)
	}
	if r.now != nil {
		w.text("node", r.now.State)
		w.text("due_date", r.now.Due)
		w.number("ver", int(r.now.Version))
	}
	w.close('}')
}

// find answers a 3701.
func (s *server) find(ctx context.Context, re *reply, c Clerk) *Fault {
	found, next, err := s.Appeals.Find(ctx, c, &re.m.Pleas.List[0])
	if bad := s.pleaFault(ctx, err); bad != nil {
		return bad
	}
	re.output = func(w *writer) {
		w.key("result")
		w.open('[')
		for i := range found {
			found[i].write(w)
		}
		w.close(']')
		w.text("next_cursor", next)
	}
	return nil
}

func (x *Standing) write(w *writer) {
	money := func(k string, n int64) { w.money(k, claim.Money(n)) }
	w.open('{')
	for _, f := range [][2]string{{"finding_id", x.Finding}, {"rule_id", x.Rule}, {"rule_name", x.RuleName}, {"sev_deg", strconv.Itoa(x.Severity)}, {"setl_ym", x.Month}, {"mdtrt_id", x.Visit},
		{"setl_id", x.Setl}, {"psn_no", x.Person}, {"vola_cont", x.Text}, {"node", x.State}, {"due_date", x.Due}} {
		w.text(f[0], f[1])
	}
	money("vola_amt", x.Vola)
	money("dedu_amt", x.Charged)
	money("fund_amt", x.Fund)
	w.number("left_days", x.DaysLeft)
	w.number("ver", int(x.Version))
	if x.Lines != nil {
		w.key("can")
		w.open('[')
		for _, c := range x.Can {
			w.comma()
			w.quote(c)
		}
		w.close(']')
		w.key("lines")
		w.open('[')
		for _, l := range x.Lines {
			w.open('{')
			w.number("line_no", l.No)
			w.text("setl_id", l.Setl)
			w.text("feedetl_sn", l.Sn)
			money("vola_amt", l.Vola)
			money("uphd_amt", l.Upheld)
			money("dedu_amt", l.Charged)
			w.close('}')
		}
		w.close(']')
		w.key("files")
		w.open('[')
		for _, f := range x.Files {
			w.open('{')
			w.text("file_id", f.ID)
			w.text("file_name", f.Name)
			w.close('}')
		}
		w.close(']')
		w.key("accts")
		w.open('[')
		for _, a := range x.Accounts {
			w.open('{')
			w.text("acct_name", a.Account)
			money("amt", a.Amount)
			w.close('}')
		}
		w.close(']')
	}
	w.close('}')
}
