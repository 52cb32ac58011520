package forms

import (
	"cmp"
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/review/ledger"
	"github.com/mingjian/mingjian/internal/store"
)

// Case is what the documents of one finding may say. Money is in fen.
type Case struct {
	Bureau Bureau
	Today  string // yyyy-MM-dd
	Year   int

	ID, Rule, RuleName, Severity, Month string
	Cont, Basis                         string
	InstCode, Inst                      string
	Psn, Mdtrt, Setl                    string
	State, Track, Verdict, Outcome      string
	Claimed, Charged, Fund              int64 // at issue when kept, upheld, of the fund

	Lines   []Line
	Steps   []Step // all that happened, oldest first
	Pleas   []Step // what the institution said
	Files   []File
	Panel   *Panel
	Notices []Notice
	Entries []Entry
	Owed    int64 // of the fund's money, still to come in

	numbers map[string]*store.PaperNumber // by form
}

// Line is a fee line, settlement or visit that is charged.
type Line struct {
	Setl, Sn            string
	Vola, Upheld, Share int64 // at issue, upheld, of the fund
}

// Step is what somebody did.
type Step struct {
	ID, Name, From, To, Who, Day, Verdict, Reason, Opinion string
}

// File is a paper the institution handed in.
type File struct {
	Name, By, Day string
	KiB           int64
}

// Panel is what experts decided.
type Panel struct {
	ID, Chair, Day, Minutes string
	Members, Recused        []string
	Votes                   []Vote
	For, Against            int
}

// Vote is one expert's; Minor tells that the panel decided otherwise.
type Vote struct {
	Who, Vote, Opinion string
	Upheld             int64
	Minor              bool
}

// Notice is a document that went out.
type Notice struct {
	ID, Kind, Title, Body, Sent, By, Delivered, Proof, SignedBy string
}

// Entry is what money did: postings of the ledger that a document tells of.
type Entry struct {
	Day, What, Doc string
	Fen            int64
}

// Findings is what lists of findings say.
type Findings struct {
	Bureau         Bureau
	Today          string
	Year           int
	InstCode, Inst string // empty when of several
	Rule, Month    string
	Rows           []Row
	Vola, Fund     int64
	Charged        int64
	More           int // left out at the end
}

// Row is a finding of a list.
type Row struct {
	ID, Rule, RuleName, Severity, Month, Inst, Psn, Mdtrt, State string
	Vola, Fund, Charged                                          int64
}

var severities = map[int]string{1: "明确违规", 2: "高度可疑", 3: "轻度可疑"}

var china = time.FixedZone("UTC+8", 8*3600)

func moment(micros int64) string {
	if micros == 0 {
		return ""
	}
	return time.UnixMicro(micros).In(china).Format(time.DateOnly)
}

func civil(day int64) string {
	if day == 0 {
		return ""
	}
	return claim.Day(day).String()
}

// Names tells what an institution is called.
type Names func(code string) string

// Gather reads a case for somebody. It is an error of the desk where he may not see it.
func Gather(ctx context.Context, d *review.Desk, who *auth.Identity, id string, b Bureau, names Names) (*Case, error) {
	x, err := d.Open(ctx, who, id)
	if err != nil {
		return nil, err
	}
	f := x.Finding
	today := d.Today()
	year, _, _ := today.Civil()
	c := &Case{Bureau: b, Today: today.String(), Year: year, ID: f.ID, Rule: f.RuleID, RuleName: f.RuleName, Severity: severities[f.Severity], Month: f.Month, Cont: f.Cont, Basis: f.Basis,
		InstCode: f.Inst, Inst: names(f.Inst), Psn: f.Psn, Mdtrt: f.Mdtrt, Setl: f.Setl, State: f.State, Claimed: f.Charged, Charged: f.Charged, Fund: f.Fund}
	if k := x.Case; k != nil {
		c.State, c.Track, c.Verdict, c.Outcome = k.State, k.Track, k.Verdict, k.Outcome
		c.Claimed, c.Charged, c.Fund = k.Claim, k.Charged, k.Fund
	}
	for _, l := range x.Lines {
		c.Lines = append(c.Lines, Line{l.Setl, l.Sn, l.Vola, l.Upheld, l.Fund})
	}
	c.steps(x.Steps)
	for _, a := range x.Files {
		c.Files = append(c.Files, File{a.Name, a.UploadedBy, moment(a.At), (a.Size + 1023) / 1024})
	}
	for _, n := range x.Notices {
		c.Notices = append(c.Notices, Notice{n.ID, n.Kind, n.Title, n.Body, civil(n.SentDay), n.SentBy, civil(n.DeliveredDay), n.Proof, n.SignedBy})
	}
	c.entries(x.Ledger)
	c.panel(x)
	if err := d.DB.View(ctx, c.namePeople); err != nil {
		return nil, err
	}
	for _, account := range []string{ledger.Due, ledger.Offset, ledger.Paid, ledger.Clearing} {
		c.Owed += x.Balances[account]
	}
	return c, d.DB.View(ctx, c.readNumbers)
}

// entries are what money did, in the words of a document: postings of one day and voucher on several lines are one entry.
func (c *Case) entries(posts []store.Post) {
	for _, p := range posts {
		e := Entry{moment(p.At), ledger.OnPaper(p.Book, p.From, p.To), p.Doc, p.Amount}
		if e.What == "" {
			continue
		}
		if k := slices.IndexFunc(c.Entries, func(x Entry) bool { return x.Day == e.Day && x.What == e.What && x.Doc == e.Doc }); k >= 0 {
			c.Entries[k].Fen += e.Fen
		} else {
			c.Entries = append(c.Entries, e)
		}
	}
}

// namePeople puts names in the place of logins: a document is read outside the program.
func (c *Case) namePeople(tx *store.Tx) error {
	all, err := tx.People()
	if err != nil {
		return err
	}
	by := map[string]string{}
	for _, p := range all {
		by[p.Login] = p.Name
	}
	called := func(login *string) { *login = cmp.Or(by[*login], *login) }
	for i := range c.Steps {
		called(&c.Steps[i].Who)
	}
	for i := range c.Pleas {
		called(&c.Pleas[i].Who)
	}
	for i := range c.Files {
		called(&c.Files[i].By)
	}
	for i := range c.Notices {
		called(&c.Notices[i].SignedBy)
	}
	if c.Panel == nil {
		return nil
	}
	called(&c.Panel.Chair)
	for i := range c.Panel.Members {
		called(&c.Panel.Members[i])
	}
	for i := range c.Panel.Recused {
		login, why, _ := strings.Cut(c.Panel.Recused[i], "（")
		called(&login)
		c.Panel.Recused[i] = login + "（" + why
	}
	for i := range c.Panel.Votes {
		called(&c.Panel.Votes[i].Who)
	}
	return nil
}

func (c *Case) steps(steps []store.Step) {
	names := map[string]string{}
	for _, e := range review.TheFlow().Events {
		names[e.ID] = e.Name
	}
	for _, s := range steps {
		x := Step{s.Event, names[s.Event], s.From, s.To, s.Actor, civil(s.Day), s.Verdict, s.Reason, s.Opinion}
		c.Steps = append(c.Steps, x)
		if slices.Contains([]string{"appeal", "second", "reopen", "supplement"}, s.Event) {
			c.Pleas = append(c.Pleas, x)
		}
	}
}

func (c *Case) panel(x *review.Detail) {
	if x.Panel == nil {
		return
	}
	p := &Panel{ID: x.Panel.ID, Chair: x.Panel.Chair, Day: moment(x.Panel.DecidedAt), Minutes: ownMinutes(x.Panel.Minutes, x.Finding.ID)}
	for _, m := range x.Members {
		if m.Recused != "" {
			p.Recused = append(p.Recused, m.Login+"（"+m.Recused+"）")
		} else {
			p.Members = append(p.Members, m.Login)
		}
	}
	for _, v := range x.Votes {
		if v.Vote == review.VerdictFine {
			p.Against++
		} else {
			p.For++
		}
		p.Votes = append(p.Votes, Vote{Who: v.Login, Vote: v.Vote, Opinion: v.Opinion, Upheld: v.Upheld})
	}
	for i, v := range p.Votes {
		p.Votes[i].Minor = (v.Vote == review.VerdictFine) != (p.Against > p.For)
	}
	c.Panel = p
}

var ofFinding = regexp.MustCompile(`(?m)^([0-9a-z]{16,})：`)

// ownMinutes is what a panel's minutes say of one of its findings; of each they hold what follows its number.
func ownMinutes(all, id string) string {
	at := ofFinding.FindAllStringSubmatchIndex(all, -1)
	for k, m := range at {
		if all[m[2]:m[3]] != id {
			continue
		}
		end := len(all)
		if k+1 < len(at) {
			end = at[k+1][0]
		}
		return strings.TrimSpace(all[m[1]:end])
	}
	return all
}

// List reads findings for somebody, the most pressing or dearest first; at most 5,000 are printed.
func List(ctx context.Context, d *review.Desk, who *auth.Identity, f store.FindingFilter, b Bureau, names Names) (*Findings, error) {
	today := d.Today()
	year, _, _ := today.Civil()
	out := &Findings{Bureau: b, Today: today.String(), Year: year, Rule: f.Rule, Month: f.Month, InstCode: f.Inst}
	if f.Inst != "" {
		out.Inst = names(f.Inst)
	}
	const most = 5000
	f.Limit = 500
	for f.After = ""; ; {
		xs, err := d.List(ctx, who, f)
		if err != nil {
			return nil, err
		}
		for _, x := range xs {
			out.Vola += x.Vola
			out.Fund += x.Fund
			out.Charged += x.Charged
			if len(out.Rows) == most {
				out.More++
				continue
			}
			out.Rows = append(out.Rows, Row{x.ID, x.Rule, x.RuleName, severities[x.Severity], x.Month, names(x.Inst), x.Psn, x.Mdtrt, x.State, x.Vola, x.Fund, x.Charged})
		}
		if len(xs) < f.Limit {
			break
		}
		f.After = xs[len(xs)-1].Cursor
	}
	if len(out.Rows) == 0 {
		return nil, errors.New("没有符合条件的疑点，清单是空的")
	}
	return out, nil
}
