package review

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/review/ledger"
	"github.com/mingjian/mingjian/internal/store"
)

// List lists findings that somebody may see: by what runs out first, or by most money.
func (d *Desk) List(ctx context.Context, who *auth.Identity, f store.FindingFilter) (out []store.FindingItem, err error) {
	if err := scopeFilter(who, &f); err != nil {
		return nil, err
	}
	err = d.DB.View(ctx, func(tx *store.Tx) error {
		if expertOnly(who) {
			out, err = d.beforePanels(tx, who, f)
			return err
		}
		if out, err = listAll(tx, f); err != nil {
			return err
		}
		o, err := othersOf(tx, who)
		if err != nil {
			return err
		}
		return o.items(tx, out)
	})
	if mask := masked(who); mask {
		for i := range out {
			out[i].Psn, out[i].Mdtrt = Mask(out[i].Psn), Mask(out[i].Mdtrt)
		}
	}
	return out, told(err)
}

// listAll lists a page. Where there may be many the states are asked one by one, since indexes are in order within a state, and their pages
// merged: the first of them together are the first of all.
func listAll(tx *store.Tx, f store.FindingFilter) ([]store.FindingItem, error) {
	if f.State != "" || f.Mdtrt != "" || f.Psn != "" || f.ByDue || f.Sent || f.Panel != "" || f.Package != "" || f.Login != "" || f.Overdue != 0 {
		return tx.ListFindings(f)
	}
	if f.Limit <= 0 || f.Limit > 500 {
		f.Limit = 50
	}
	var all []store.FindingItem
	for _, s := range flow.States {
		f.State = s.Name
		some, err := tx.ListFindings(f)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	slices.SortFunc(all, func(a, b store.FindingItem) int {
		return cmp.Or(cmp.Compare(b.Charged, a.Charged), strings.Compare(b.ID, a.ID))
	})
	return all[:min(len(all), f.Limit)], nil
}

// beforePanels lists what lies before the panels an expert sits on.
func (d *Desk) beforePanels(tx *store.Tx, who *auth.Identity, f store.FindingFilter) (out []store.FindingItem, err error) {
	if in, err := inTerm(tx, who.Name, d.Today()); err != nil || !in {
		return nil, err
	}
	ps, err := tx.PanelsOf(who.Name)
	if err != nil {
		return nil, err
	}
	for _, p := range ps {
		if f.Panel != "" && f.Panel != p.ID {
			continue
		}
		g := f
		g.Panel = p.ID
		some, err := tx.ListFindings(g)
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	return out, nil
}

// masked: experts judge the matter, not the person.
func masked(who *auth.Identity) bool { return expertOnly(who) }

// Mask leaves the last four characters of a number.
func Mask(s string) string {
	r := []rune(s)
	if len(r) <= 4 {
		return "****"
	}
	return "****" + string(r[len(r)-4:])
}

// Detail is a finding with all that is needed to decide on it.
type Detail struct {
	Finding    *store.Finding      `json:"finding"`
	Case       *store.Case         `json:"case"` // nil while nobody has taken it up
	Lines      []store.CaseLine    `json:"lines"`
	Steps      []store.Step        `json:"steps"`
	Notices    []store.Notice      `json:"notices"`
	Files      []store.Attachment  `json:"files"`
	Relays     []store.Relay       `json:"relays"`
	Extensions []store.Extension   `json:"extensions"`
	Panel      *store.Panel        `json:"panel"`
	Members    []store.Member      `json:"members"`
	Votes      []store.Vote        `json:"votes"`
	Ledger     []store.Post        `json:"ledger"`
	Balances   map[string]int64    `json:"balances"` // of the fund's book
	Same       []store.FindingItem `json:"same_visit"`
	Like       []store.Panel       `json:"like"` // earlier panels on the same rule
	Can        []Event             `json:"can"`
	DaysLeft   int                 `json:"days_left"` // working days; negative = late
	Recusal    string              `json:"recusal"`   // why he must not judge it; "" = he may
	Masked     bool                `json:"masked"`
}

// Open opens a finding for somebody. An institution does not see who in the bureau thought what, nor votes; an expert sees no persons.
func (d *Desk) Open(ctx context.Context, who *auth.Identity, id string) (*Detail, error) {
	out := &Detail{Can: []Event{}}
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		*out = Detail{Can: []Event{}}
		if out.Finding, err = tx.Finding(id); err != nil {
			return hidden(id)
		}
		out.Case, err = tx.Case(id)
		if err != nil {
			out.Case = nil
			return d.openRaw(tx, who, out)
		}
		if ok, err := visible(tx, who, out.Case, d.Today()); err != nil || !ok {
			return errorOr(err, hidden(id))
		}
		return d.openCase(tx, who, out)
	})
	if err != nil {
		return nil, told(err)
	}
	if masked(who) {
		out.mask(who)
	}
	return out, nil
}

func errorOr(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// openRaw opens what nobody has taken up: for the bureau only.
func (d *Desk) openRaw(tx *store.Tx, who *auth.Identity, out *Detail) error {
	if err := d.rawFor(tx, who, out.Finding); err != nil {
		return err
	}
	out.Can = flow.Can(Machine, who)
	return d.sameVisit(tx, who, out)
}

func (d *Desk) openCase(tx *store.Tx, who *auth.Identity, out *Detail) (err error) {
	c := out.Case
	read := func(f func() error) {
		if err == nil {
			err = f()
		}
	}
	read(func() (err error) { out.Lines, err = tx.CaseLines(c.Finding); return err })
	read(func() (err error) { out.Steps, err = tx.Steps(c.Finding); return err })
	read(func() (err error) { out.Notices, err = tx.NoticesOf(c.Finding, c.Package); return err })
	read(func() (err error) { out.Files, err = tx.Attachments(c.Finding); return err })
	read(func() (err error) { out.Relays, err = tx.Relays(c.Finding); return err })
	read(func() (err error) { out.Extensions, err = tx.Extensions(c.Finding); return err })
	read(func() (err error) { out.Ledger, err = tx.Posts(c.Finding); return err })
	read(func() error { return d.sameVisit(tx, who, out) })
	read(func() (err error) { out.Like, err = tx.PanelsOn(c.Rule, panelDecided, 10); return err })
	if c.Panel != "" {
		read(func() (err error) { out.Panel, out.Members, err = tx.Panel(c.Panel); return err })
		read(func() (err error) { out.Votes, err = tx.Votes(c.Panel); return err })
	}
	if err != nil {
		return err
	}
	out.Votes = slices.DeleteFunc(out.Votes, func(v store.Vote) bool {
		return v.Finding != c.Finding || (c.State == Panelled && v.Login != who.Name) // nobody votes after others
	})
	l, err := ledger.Read(c.Finding, c.Inst, out.Ledger)
	if err != nil {
		return err
	}
	out.Balances = l.Balances(ledger.Fund)
	if out.Can, out.Recusal, err = d.can(tx, who, c); err != nil {
		return err
	}
	if c.DueDay != 0 {
		out.DaysLeft = d.days().Between(d.Today(), claim.Day(c.DueDay))
	}
	if !who.Outside() {
		out.Relays = nil // how a hospital finds its answer is its own affair
		return nil
	}
	out.forInstitution(who)
	o, err := othersOf(tx, who)
	if err == nil && o != nil {
		o.detail(out)
		err = o.items(tx, out.Same)
	}
	return err
}

// can lists what somebody may do with a case now, all conditions considered but those on what he is yet to say; and why he must stand aside, if so.
func (d *Desk) can(tx *store.Tx, who *auth.Identity, c *store.Case) (out []Event, recusal string, err error) {
	b := &batch{d: d, tx: tx, now: store.Micros(d.now()), today: d.Today(), works: map[string]*work{}}
	ps, err := tx.Params("")
	if err != nil {
		return nil, "", err
	}
	b.params = ps
	w, err := b.load(c.Finding)
	if err != nil {
		return nil, "", err
	}
	if err := b.tied(who.Name, c, CodeSelf); err != nil {
		if CodeOf(err) == "" {
			return nil, "", err
		}
		if slices.ContainsFunc(judges, who.May) {
			recusal = err.Error()
		}
	}
	out = []Event{}
	for i := range flow.Events {
		e := &flow.Events[i]
		if !slices.Contains(e.From, c.State) || !e.by(who) {
			continue
		}
		t := &turn{batch: b, work: w, who: who, ev: e, from: b.today}
		ok := true
		for _, g := range e.Guards {
			if g == "说明理由" || g == "理由代码" || !ok {
				continue
			}
			if err := guards[g](t); err != nil && CodeOf(err) == "" {
				return nil, "", err
			} else if err != nil {
				ok = false
			}
		}
		if ok {
			out = append(out, *e)
		}
	}
	return out, recusal, nil
}

// sameVisit lists the other findings of the visit that somebody may see.
func (d *Desk) sameVisit(tx *store.Tx, who *auth.Identity, out *Detail) error {
	if out.Finding.Mdtrt == "" || expertOnly(who) {
		return nil
	}
	f := store.FindingFilter{Mdtrt: out.Finding.Mdtrt, Limit: 100}
	if err := scopeFilter(who, &f); err != nil {
		return err
	}
	xs, err := tx.ListFindings(f)
	out.Same = slices.DeleteFunc(xs, func(x store.FindingItem) bool { return x.ID == out.Finding.ID })
	return err
}

// innerEvents are steps an institution is told the result of, not the words.
var innerEvents = []string{"take", "keep", "dismiss", "dismiss_agree", "dismiss_refuse", "reread_agree", "reread_refuse", "refer", "pause", "resume", "escalate", "amend",
	"handover", "return", "machine_keep", "machine_redo"}

// forInstitution leaves out what is the bureau's own: who thought what, and how a panel voted.
func (x *Detail) forInstitution(who *auth.Identity) {
	x.Steps = slices.DeleteFunc(x.Steps, func(s store.Step) bool { return slices.Contains(innerEvents, s.Event) })
	for i := range x.Steps {
		if e := flow.event(x.Steps[i].Event); e != nil && !slices.Contains(e.Who, string(auth.Appeal)) {
			x.Steps[i].Actor, x.Steps[i].Detail = "医保经办机构", ""
		}
	}
	c := *x.Case
	c.FirstBy, c.DismissBy, c.Dismiss2By, c.SecondBy, c.FinalBy, c.Panel, c.MachineTask, c.Escalated, c.EscalatedDay = "", "", "", "", "", "", "", 0, 0
	x.Case, x.Panel, x.Members, x.Votes, x.Like = &c, nil, nil, nil, nil
	for i := range x.Ledger {
		x.Ledger[i].Actor = ""
	}
	x.Extensions = slices.DeleteFunc(x.Extensions, func(e store.Extension) bool { return e.AskedBy != who.Name })
	if !who.May(auth.Appeal) {
		x.Relays = slices.DeleteFunc(x.Relays, func(r store.Relay) bool { return r.Login != who.Name && r.AskedBy != who.Name })
		x.Ledger, x.Balances = nil, nil
	}
}

// elsewhereActor stands where an expert does not read who did something.
const elsewhereActor = "其他人员"

// mask hides the person the case is of, and who dealt with it before: an expert reads the names of his panel only.
func (x *Detail) mask(who *auth.Identity) {
	x.Masked = true
	by := func(login string) string {
		if login == "" || login == system || login == who.Name || slices.ContainsFunc(x.Members, func(m store.Member) bool { return m.Login == login }) {
			return login
		}
		return elsewhereActor
	}
	x.Steps, x.Files, x.Notices, x.Extensions = slices.Clone(x.Steps), slices.Clone(x.Files), slices.Clone(x.Notices), slices.Clone(x.Extensions)
	for i := range x.Steps {
		x.Steps[i].Actor = by(x.Steps[i].Actor)
	}
	for i := range x.Files {
		x.Files[i].UploadedBy = by(x.Files[i].UploadedBy)
	}
	for i := range x.Notices {
		x.Notices[i].SentBy, x.Notices[i].SignedBy = by(x.Notices[i].SentBy), by(x.Notices[i].SignedBy)
	}
	for i := range x.Extensions {
		x.Extensions[i].AskedBy, x.Extensions[i].DecidedBy = by(x.Extensions[i].AskedBy), by(x.Extensions[i].DecidedBy)
	}
	x.Relays = nil
	f := *x.Finding
	f.Psn, f.Mdtrt, f.Setl = Mask(f.Psn), Mask(f.Mdtrt), Mask(f.Setl)
	f.Lines = slices.Clone(f.Lines)
	for i := range f.Lines {
		f.Lines[i].Mdtrt, f.Lines[i].Setl = Mask(f.Lines[i].Mdtrt), Mask(f.Lines[i].Setl)
	}
	x.Finding = &f
	for i := range x.Lines {
		x.Lines[i].Mdtrt, x.Lines[i].Setl = Mask(x.Lines[i].Mdtrt), Mask(x.Lines[i].Setl)
	}
	x.Ledger, x.Same = nil, nil
}

// Queue counts what waits in somebody's scope, by state.
func (d *Desk) Queue(ctx context.Context, who *auth.Identity) ([]store.StateCount, error) {
	if err := may(who, auth.ReadFindings); err != nil {
		return nil, err
	}
	if expertOnly(who) || (who.Outside() && !who.May(auth.Appeal)) {
		return nil, refuse(CodePermission, "用户 %s 没有自己的队列，请看交给你的疑点", who.Name)
	}
	out, err := d.DB.CountCases(ctx, who.Scope.Admdvs, who.Scope.Inst, int64(d.Today()))
	return out, told(err)
}

// Packages lists packages that somebody may see, newest month first.
func (d *Desk) Packages(ctx context.Context, who *auth.Identity, state string) (out []store.Package, err error) {
	if err := may(who, auth.ReadFindings); err != nil {
		return nil, err
	}
	if expertOnly(who) || (who.Outside() && !who.May(auth.Appeal)) {
		return nil, nil
	}
	err = d.DB.View(ctx, func(tx *store.Tx) (err error) { out, err = tx.Packages(state, who.Scope.Inst, 1000); return err })
	return slices.DeleteFunc(out, func(p store.Package) bool {
		return !who.Scope.Sees(p.Admdvs, p.Inst) || (who.Outside() && p.SentAt == 0)
	}), told(err)
}

// Notices lists the documents sent to the institution of somebody, or to one in his scope.
func (d *Desk) Notices(ctx context.Context, who *auth.Identity, inst string) (out []store.Notice, err error) {
	if who.Scope.Inst != "" {
		inst = who.Scope.Inst
	}
	if err := may(who, auth.Appeal, auth.Dispatch, auth.FirstReview, auth.SecondReview, auth.Confirm, auth.Execute); err != nil {
		return nil, err
	}
	err = d.DB.View(ctx, func(tx *store.Tx) error {
		if !who.Outside() {
			b := &batch{d: d, tx: tx}
			if _, err := b.mayInst(who, inst, auth.ReadFindings); err != nil {
				return err
			}
		}
		out, err = tx.NoticesFor(inst, 500)
		return err
	})
	return out, told(err)
}
