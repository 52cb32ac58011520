package review

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// This file is what screens look up beside the case itself. Everything is asked for somebody: what is not for him is left out, or does
// not exist.

// Seen reads a finding that somebody may see, whether anybody has taken it up or not, and whether he sees it without persons.
func (d *Desk) Seen(ctx context.Context, who *auth.Identity, id string) (f *store.Finding, hideFrom bool, err error) {
	err = d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if f, err = tx.Finding(id); err != nil {
			return hidden(id)
		}
		c, err := tx.Case(id)
		if errors.Is(err, store.ErrNotFound) {
			return d.rawFor(tx, who, f)
		}
		if err != nil {
			return err
		}
		ok, err := visible(tx, who, c, d.Today())
		if err == nil && !ok {
			err = hidden(id)
		}
		return err
	})
	if err != nil {
		return nil, false, told(err)
	}
	return f, masked(who), nil
}

// rawFor refuses what nobody has taken up to all but the bureau.
func (d *Desk) rawFor(tx *store.Tx, who *auth.Identity, f *store.Finding) error {
	area := f.Admdvs
	if area == "" {
		if i, err := tx.ReviewInst(f.Inst); err == nil {
			area = i.Admdvs
		}
	}
	if who.Outside() || expertOnly(who) || !who.May(auth.ReadFindings) || !who.Scope.Sees(area, f.Inst) {
		return hidden(f.ID)
	}
	return nil
}

// Alike is how cases of the same rule came out.
type Alike struct {
	Finding string `json:"finding_id"`
	Inst    string `json:"fixmedins_code"`
	Month   string `json:"month"`
	Verdict string `json:"verdict"`
	Reason  string `json:"reason"`
	Outcome string `json:"outcome"`
	Claim   int64  `json:"claim_fen"`
	Charged int64  `json:"charged_fen"`
	Opinion string `json:"opinion"` // of the step that decided
	By      string `json:"actor"`
	Day     string `json:"day"`
	Panel   string `json:"minutes"` // what a panel wrote down
}

// decides are events that say how a case came out, the last of them counts.
var decides = []string{"dismiss", "withdraw", "uphold", "conclude", "confirm", "overturn", "machine_adopt", "admin_close"}

const alikeAtMost, alikeCounted = 12, 200

// Alike lists how the newest cases of the finding's rule came out, and counts the verdicts of the newest 200. An institution is told nothing:
// the others' cases are not its own.
func (d *Desk) Alike(ctx context.Context, who *auth.Identity, id string) (out []Alike, verdicts map[string]int, err error) {
	f, _, err := d.Seen(ctx, who, id)
	if err != nil || who.Outside() {
		return nil, map[string]int{}, err
	}
	verdicts = map[string]int{}
	err = d.DB.View(ctx, func(tx *store.Tx) error {
		out, verdicts = nil, map[string]int{}
		cs, err := tx.Alike(f.RuleID, id, alikeCounted)
		if err != nil {
			return err
		}
		for i := range cs {
			c := &cs[i]
			if c.Outcome == OutcomeRecalled || c.Outcome == OutcomeRedo || c.Verdict == "" {
				continue
			}
			verdicts[c.Verdict]++
			if len(out) == alikeAtMost || !who.Scope.Sees(c.Admdvs, c.Inst) {
				continue
			}
			x, err := alike(tx, c)
			if err != nil {
				return err
			}
			if masked(who) {
				x.Inst, x.By = "", ""
			}
			out = append(out, *x)
		}
		return nil
	})
	return out, verdicts, told(err)
}

func alike(tx *store.Tx, c *store.Case) (*Alike, error) {
	x := &Alike{Finding: c.Finding, Inst: c.Inst, Month: c.Month, Verdict: c.Verdict, Reason: c.Reason, Outcome: c.Outcome, Claim: c.Claim, Charged: c.Charged}
	steps, err := tx.Steps(c.Finding)
	if err != nil {
		return nil, err
	}
	for _, s := range steps {
		if slices.Contains(decides, s.Event) && (s.Opinion != "" || x.Opinion == "") {
			x.Opinion, x.By, x.Day = s.Opinion, s.Actor, claim.Day(s.Day).String()
		}
	}
	if c.Panel != "" {
		p, _, err := tx.Panel(c.Panel)
		if err != nil {
			return nil, err
		}
		x.Panel = p.Minutes
	}
	return x, nil
}

// PackagesPage lists packages that somebody may see, newest first.
func (d *Desk) PackagesPage(ctx context.Context, who *auth.Identity, state, inst, rule string, p store.Page) (out []store.Package, err error) {
	if ok, err := listsPapers(who); err != nil || !ok {
		return nil, err
	}
	err = d.DB.View(ctx, func(tx *store.Tx) (err error) {
		out, err = tx.PackagesIn(store.Scope(who.Scope), state, inst, rule, who.Outside(), p)
		return err
	})
	return out, told(err)
}

// listsPapers: packages and notices are for the bureau and for who answers for an institution.
func listsPapers(who *auth.Identity) (bool, error) {
	if err := may(who, auth.ReadFindings); err != nil {
		return false, err
	}
	if who.Outside() && who.Scope.Inst == "" {
		return false, refuse(CodePermission, "用户 %s 没有指定机构", who.Name)
	}
	return !expertOnly(who) && (!who.Outside() || who.May(auth.Appeal)), nil
}

// OpenPackage reads a package that somebody may see.
func (d *Desk) OpenPackage(ctx context.Context, who *auth.Identity, id string) (p *store.Package, err error) {
	gone := refuse(CodeNotFound, "疑点包 %s 不存在", id)
	if ok, err := listsPapers(who); err != nil || !ok {
		return nil, errorOr(err, gone)
	}
	err = d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if p, err = tx.Package(id); err != nil {
			return gone
		}
		if !who.Scope.Sees(p.Admdvs, p.Inst) || (who.Outside() && p.SentAt == 0) {
			return gone
		}
		return nil
	})
	return p, told(err)
}

// NoticesPage lists documents to institutions that somebody may see, newest first.
func (d *Desk) NoticesPage(ctx context.Context, who *auth.Identity, inst string, waiting bool, p store.Page) (out []store.Notice, err error) {
	if ok, err := listsPapers(who); err != nil || !ok {
		return nil, err
	}
	err = d.DB.View(ctx, func(tx *store.Tx) (err error) {
		out, err = tx.NoticesWithin(store.Scope(who.Scope), inst, waiting, p)
		return err
	})
	return out, told(err)
}

// Expert is somebody who could sit on a panel; Why says why not on one for these cases.
type Expert struct {
	Login string
	Name  string
	Until claim.Day // end of the term; 0 = none
	Why   string
}

// Experts lists who may be asked to sit on a panel for some cases.
func (d *Desk) Experts(ctx context.Context, who *auth.Identity, cases []string) (out []Expert, err error) {
	if err := may(who, auth.SecondReview, auth.Confirm); err != nil {
		return nil, err
	}
	err = d.DB.View(ctx, func(tx *store.Tx) error {
		out = nil
		b := &batch{d: d, tx: tx, today: d.Today(), works: map[string]*work{}}
		if b.params, err = tx.Params(""); err != nil {
			return err
		}
		us, err := tx.UsersOf("")
		if err != nil {
			return err
		}
		for _, u := range us {
			if !(&auth.Identity{Roles: u.Roles}).May(auth.PanelReview) {
				continue
			}
			x := Expert{Login: u.Login, Name: u.Name}
			if t, err := tx.Term(u.Login); err == nil {
				x.Until = claim.Day(t.UntilDay)
			}
			for _, id := range cases {
				w, err := b.load(id)
				if err == nil {
					err = b.sees(who, w.c)
				}
				if err == nil {
					err = b.memberFits(u.Login, w.c)
				}
				if CodeOf(err) == "" && err != nil {
					return err
				}
				if CodeOf(err) == CodeNotFound {
					return err
				}
				if err != nil {
					x.Why = err.Error()
					break
				}
			}
			out = append(out, x)
		}
		return nil
	})
	return out, told(err)
}

// Colleagues lists who can be asked inside somebody's institution.
func (d *Desk) Colleagues(ctx context.Context, who *auth.Identity) (out []store.User, err error) {
	if !who.Outside() || who.Scope.Inst == "" || !who.May(auth.Reply) {
		return nil, refuse(CodePermission, "院内转办由医疗机构办理")
	}
	err = d.DB.View(ctx, func(tx *store.Tx) (err error) { out, err = tx.UsersOf(who.Scope.Inst); return err })
	return slices.DeleteFunc(out, func(u store.User) bool {
		return u.Login == who.Name || !(&auth.Identity{Roles: u.Roles}).May(auth.Reply)
	}), told(err)
}

// Names are the names of institutions by code.
func (d *Desk) Names(ctx context.Context, codes []string) (out map[string]string, err error) {
	codes = slices.Compact(slices.Sorted(slices.Values(codes)))
	err = d.DB.View(ctx, func(tx *store.Tx) (err error) { out, err = tx.NamesOf(codes); return err })
	return out, told(err)
}

// People are the names, by login or key, of those whose names somebody reads in his work: an institution's people of their own, an expert of
// the panels he sits on, a division's of their division and of those above it, the whole area's of all.
func (d *Desk) People(ctx context.Context, who *auth.Identity) (map[string]string, error) {
	out := map[string]string{}
	if who.Outside() && who.Scope.Inst == "" {
		return out, nil
	}
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		clear(out)
		ps, err := tx.People()
		if err != nil {
			return err
		}
		reads, err := d.readsOf(tx, who)
		for i := range ps {
			if p := &ps[i]; err == nil && reads(p) {
				out[p.Login] = p.Name
			}
		}
		return err
	})
	return out, told(err)
}

// readsOf tells of whom somebody may read the name.
func (d *Desk) readsOf(tx *store.Tx, who *auth.Identity) (func(*store.Named) bool, error) {
	switch {
	case who.Scope.Inst != "":
		return func(p *store.Named) bool { return p.Inst == who.Scope.Inst }, nil
	case expertOnly(who):
		ps, err := tx.PanelsOf(who.Name)
		mine := map[string]bool{who.Name: true}
		for _, p := range ps {
			mine[p.ConvenedBy] = true
			_, ms, more := tx.Panel(p.ID)
			err = errors.Join(err, more)
			for _, m := range ms {
				mine[m.Login] = true
			}
		}
		return func(p *store.Named) bool { return mine[p.Login] }, err
	case who.Scope.Admdvs != "":
		area, err := tx.Divisions()
		own := who.Scope.Admdvs
		return func(p *store.Named) bool {
			if p.Inst != "" {
				return strings.HasPrefix(area[p.Inst], own)
			}
			return strings.HasPrefix(p.Admdvs, own) || strings.HasPrefix(own, p.Admdvs)
		}, err
	}
	return func(*store.Named) bool { return true }, nil
}

// DaysLeft counts the working days from today to a civil day; negative = late.
func (d *Desk) DaysLeft(due int64) int { return d.days().Between(d.Today(), claim.Day(due)) }

// Params are the limits of a division as they hold today, by name.
func (d *Desk) ParamsToday(ctx context.Context, area string) (map[string]int64, error) {
	out := map[string]int64{}
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		ps, err := tx.Params("")
		for _, x := range Limits() {
			out[x.Name] = settings(ps).value(x.Name, area, d.Today())
		}
		return err
	})
	return out, told(err)
}

// Institutions lists institutions that somebody may see whose code or name holds a text.
func (d *Desk) Institutions(ctx context.Context, who *auth.Identity, text string) (out []store.ReviewInst, err error) {
	if err := may(who, auth.ReadFindings); err != nil {
		return nil, err
	}
	err = d.DB.View(ctx, func(tx *store.Tx) (err error) {
		out, err = tx.InstsNamed(store.Scope(who.Scope), text, 50)
		return err
	})
	return out, told(err)
}

// Told is what the doctor had been told of a finding's facts; nil when no call spoke of the visit. The caller has seen the finding.
func (d *Desk) Told(ctx context.Context, id string) (t *store.Told, err error) {
	err = d.DB.View(ctx, func(tx *store.Tx) error {
		by, err := tx.ToldOf([]string{id})
		if x, ok := by[id]; ok {
			t = &x
		}
		return err
	})
	return t, told(err)
}

// Exported puts it on the trail that somebody took a list out.
func (d *Desk) Exported(ctx context.Context, who *auth.Identity, rows int) error {
	return d.do(ctx, func(b *batch) error {
		if err := may(who, auth.ExportData, auth.Appeal); err != nil {
			return err
		}
		b.log(who, "导出疑点清单", fmt.Sprint(rows)+" 条", "")
		return nil
	})
}
