package rule

import (
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// Kind STAY: admitted for a check-up (G019).
func init() {
	register("STAY", "checkup", func(p *params, c *Card) (any, error) {
		return checkup{tenThousandths(p.num("cover", 0.8)), tenThousandths(p.num("treat", 0.3))}, nil
	})
}

// checkup: the main diagnosis says so (points on diagnoses), or most of a check-up package was done (points on items: group
// is the package, limit the number of its items) and hardly anything else. Shares are in 1/10 000.
type checkup struct{ cover, treat int64 }

// checkupPart is what a stay covers of a package.
type checkupPart struct {
	stay  int32
	group string
	size  claim.Qty
	items []int32
	pt    int32
}

func (a checkup) group(e *Eval, c *compiled, refs []lineRef) {
	var parts []checkupPart
	for _, r := range refs {
		l, pt := &e.t.Lines[r.li], &e.b.points[r.pt]
		if l.Visit < 0 || e.t.Visits[l.Visit].Stay < 0 || pt.Limit == claim.None64 {
			continue
		}
		si := e.t.Visits[l.Visit].Stay
		i := slices.IndexFunc(parts, func(p checkupPart) bool { return p.stay == si && p.group == pt.Params.Group })
		if i < 0 {
			i = len(parts)
			parts = append(parts, checkupPart{stay: si, group: pt.Params.Group, size: pt.Limit, pt: r.pt})
		}
		if it := e.b.canonical(l.Item); !slices.Contains(parts[i].items, it) {
			parts[i].items = append(parts[i].items, it)
		}
	}
	for _, p := range parts {
		n := int64(len(p.items)) * int64(claim.QtyOne)
		if n*10_000 < a.cover*int64(p.size) || a.excused(e, c, p.stay) || !e.inRange(e.t.Visits[e.t.Stays[p.stay].Last].Month) {
			continue
		}
		if sp := e.spendingOf(&e.t.Stays[p.stay]); sp.total <= 0 || int64(sp.total-sp.exam)*10_000 > a.treat*int64(sp.total) {
			continue
		}
		a.record(e, c, p.stay, p.pt, fact("实际", "查了%s %s 项中的 %d 项", p.group, p.size.String(), len(p.items)))
	}
}

func (a checkup) stay(e *Eval, c *compiled, si int32) {
	s := &e.t.Stays[si]
	if len(c.diagPoints) == 0 || !e.diagNamed(c, s.Last) || a.excused(e, c, si) {
		return
	}
	code := e.b.ds[claim.DictDiag].String(e.stayDiag(s))
	for _, pi := range c.diagPoints {
		pt := &e.b.points[pi]
		if code != "" && pt.diags.Has(code) && e.pointOnVisit(pt, &e.t.Visits[s.First]) {
			a.record(e, c, si, pi, Fact{"实际", "主诊断 " + code})
			return
		}
	}
}

// excused: exempt visits, operations, and a stay whose institution cannot be judged.
func (checkup) excused(e *Eval, c *compiled, si int32) bool {
	s := &e.t.Stays[si]
	return s.Tags&c.tags != 0 || e.exemptStay(c, s) || e.b.Vocab.Num(e.t.Visits[s.First].AdmWay) == 1 || e.operated(si) || e.unfitInst(c, s.Inst)
}

func (checkup) record(e *Eval, c *compiled, si, pi int32, what Fact) {
	unit := e.unitStay(si)
	for i := range e.hits {
		if e.hits[i].CardIdx == c.idx && e.hits[i].Unit == unit {
			return
		}
	}
	s := &e.t.Stays[si]
	if h := e.hitVisit(c, s.Last, unit, []int32{pi}, what, e.stakes(si)); h != nil && s.Open {
		h.Severity = 3
	}
}
