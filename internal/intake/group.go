package intake

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/store"
)

// group joins the rows of a part into findings. Hushed rows are left out: a narrower card speaks, nobody works on them.
func group(p audit.Part, rows []audit.Row) []*store.Finding {
	var out []*store.Finding
	at := map[string]*store.Finding{}
	for i := range rows {
		r := &rows[i]
		if r.Hushed {
			continue
		}
		f := at[r.FindingID]
		if f == nil {
			f = &store.Finding{ID: r.FindingID, Revision: r.Revision, RuleID: r.RuleID, RuleName: clean(r.RuleName), RuleVersion: clean(r.RuleVersion),
				Severity: r.Severity, Stage: clean(r.Stage), Month: p.Month.String(), Bucket: p.Bucket, Inst: clean(r.Inst), Psn: clean(r.Psn),
				Mdtrt: clean(r.Mdtrt), Setl: clean(r.Setl), Cont: clean(r.Cont), PointID: clean(r.PointID), Basis: clean(r.Basis), State: store.MachineState,
				Prio: r.Priority, Refund: r.Refund}
			at[r.FindingID] = f
			out = append(out, f)
		}
		f.Lines = append(f.Lines, store.Line{Type: r.Type, Inst: clean(r.Inst), Mdtrt: clean(r.Mdtrt), Setl: clean(r.Setl), Sn: clean(r.Sn),
			Vola: int64(r.Vola), Fund: int64(r.Fund), Charged: int64(r.Charged), Scope: int64(r.Scope)})
		if r.Type == 1 {
			f.Vola, f.Fund, f.Charged = f.Vola+int64(r.Vola), f.Fund+int64(r.Fund), f.Charged+int64(r.Charged)
			if r.Sn != "" {
				f.LineCount++
			}
		}
	}
	for _, f := range out {
		f.Published = printOf(f)
	}
	slices.SortFunc(out, func(a, b *store.Finding) int { return strings.Compare(a.ID, b.ID) }) // indexes grow side by side, not at random
	return out
}

// clean makes a text one that every engine takes: no NUL, only valid UTF-8.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "\ufffd")
}

// printOf tells one published content of a finding from another: its revision, and how its charge is divided.
func printOf(f *store.Finding) string {
	h := fnv.New32a()
	for i := range f.Lines {
		fmt.Fprintln(h, f.Lines[i].Charged)
	}
	return fmt.Sprintf("%s/%08x", f.Revision, h.Sum32())
}

// revisionOf is the revision in a print.
func revisionOf(published string) string {
	rev, _, _ := strings.Cut(published, "/")
	return rev
}
