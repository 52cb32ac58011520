package review

import (
	"context"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/store"
)

// A finding may rest on what other institutions did: a stay elsewhere on the same day, a test done twice. An institution is told that it
// was elsewhere, not where: neither lines nor names nor numbers of others reach it.

const elsewhereWord = "其他机构"

// others hides what belongs to other institutions than somebody's own.
type others struct {
	own   string
	names *strings.Replacer
}

// othersOf prepares hiding for somebody; nil when he is of no institution.
func othersOf(tx *store.Tx, who *auth.Identity) (*others, error) {
	if who.Scope.Inst == "" {
		return nil, nil
	}
	is, err := tx.ReviewInsts()
	if err != nil {
		return nil, err
	}
	own := ""
	for _, i := range is {
		if i.Code == who.Scope.Inst {
			own = i.Name
		}
	}
	slices.SortFunc(is, func(a, b store.ReviewInst) int { return len(b.Name) - len(a.Name) }) // a name may hold another
	var pairs []string
	if own != "" {
		pairs = append(pairs, own, own)
	}
	for _, i := range is {
		if i.Code == who.Scope.Inst {
			continue
		}
		pairs = append(pairs, i.Code, elsewhereWord)
		if i.Name != "" && i.Name != own {
			pairs = append(pairs, i.Name, elsewhereWord)
		}
	}
	return &others{who.Scope.Inst, strings.NewReplacer(pairs...)}, nil
}

// text hides the names and codes of other institutions, and the numbers of their lines.
func (o *others) text(s string, theirs []store.Line) string {
	for _, l := range theirs {
		for _, n := range []string{l.Setl, l.Mdtrt, l.Sn} {
			if len(n) > 3 {
				s = strings.ReplaceAll(s, n, "****")
			}
		}
	}
	return o.names.Replace(s)
}

// items hides in a list.
func (o *others) items(tx *store.Tx, items []store.FindingItem) error {
	if o == nil {
		return nil
	}
	ids := make([]string, len(items))
	for i := range items {
		ids[i] = items[i].ID
	}
	theirs, err := tx.LinesElsewhere(ids, o.own)
	for i := range items {
		items[i].Cont, items[i].Panel = o.text(items[i].Cont, theirs[items[i].ID]), "" // who sits on it is the bureau's affair
	}
	return err
}

// detail hides in a finding that is opened.
func (o *others) detail(x *Detail) {
	f := *x.Finding
	var theirs []store.Line
	f.Lines = nil
	for _, l := range x.Finding.Lines {
		if l.Inst == o.own {
			f.Lines = append(f.Lines, l)
		} else {
			theirs = append(theirs, l)
		}
	}
	f.Cont = o.text(f.Cont, theirs)
	x.Finding = &f
	x.Lines = slices.DeleteFunc(slices.Clone(x.Lines), func(l store.CaseLine) bool { return l.Inst != o.own })
	x.Ledger = slices.DeleteFunc(slices.Clone(x.Ledger), func(p store.Post) bool { return p.Inst != o.own })
	x.Steps = slices.Clone(x.Steps)
	for i := range x.Steps {
		x.Steps[i].Opinion = o.text(x.Steps[i].Opinion, theirs)
	}
	x.Notices = slices.Clone(x.Notices)
	for i := range x.Notices {
		x.Notices[i].Body = o.text(x.Notices[i].Body, theirs)
	}
}

// Hider hides in a text about a finding what belongs to other institutions than somebody's own.
func (d *Desk) Hider(ctx context.Context, who *auth.Identity, f *store.Finding) (hide func(string) string, err error) {
	hide = func(s string) string { return s }
	err = d.DB.View(ctx, func(tx *store.Tx) error {
		o, err := othersOf(tx, who)
		if o != nil {
			theirs := slices.DeleteFunc(slices.Clone(f.Lines), func(l store.Line) bool { return l.Inst == o.own })
			hide = func(s string) string { return o.text(s, theirs) }
		}
		return err
	})
	return hide, told(err)
}
