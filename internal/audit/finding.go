package audit

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
)

// Row is one line of a finding as it is stored and exported (tables.md, "Findings export").
type Row struct {
	FindingID   string
	Revision    string
	RuleID      string
	RuleName    string
	RuleVersion string
	Severity    int
	Stage       string
	Month       claim.Month // of the finding: that of its first violating line
	Inst        string
	Psn         string
	Mdtrt       string
	Setl        string
	Sn          string // feedetl_sn; "" for findings on stays, visits, days, persons
	Type        int    // 1 violating, 2 involved
	Vola        claim.Money
	Fund        claim.Money
	Charged     claim.Money
	Cont        string // vola_cont: the finding in a sentence
	PointID     string
	Basis       string

	Scope    claim.Money // in-scope money that all cards together may charge on this line, visit or settlement
	Priority int         // of the card: smaller takes money first
	Refund   bool        // the money is the patient's, the fund paid none of it
	Hushed   bool        // a narrower card speaks, or an exemption lets it pass; recorded, not reported
	Exempt   string      // the exemption that lets the finding (hushed) or this line of it (involved) pass
	Pers     int32       // code of Psn, private to the data directory
}

// founder turns hits into rows. One per worker.
type founder struct {
	b    *rule.Bound
	ds   *claim.Dicts
	rows []Row
}

// add appends the rows of a hit. A hit whose lines a narrower card took over names nothing any more.
func (f *founder) add(t *claim.Timeline, h *rule.Hit) {
	if len(h.Lines) == 0 && h.Visit < 0 && h.Setl < 0 {
		return
	}
	id := findingID(h.Card.ID, h.Unit)
	base := Row{FindingID: id, RuleID: h.Card.ID, RuleName: h.Card.Name, RuleVersion: h.Card.Version, Severity: h.Severity, Stage: "事后",
		Priority: h.Card.Priority, Refund: h.Refund, Hushed: h.Hushed, Exempt: h.Exempt}
	base.Basis = h.Card.Basis
	var pts []string
	for _, p := range h.Points {
		pid, basis, source := f.b.Point(p)
		if !slices.Contains(pts, pid) {
			pts = append(pts, pid)
		}
		if len(pts) == 1 && basis != "" {
			base.Basis = strings.TrimSpace(basis + " " + source)
		}
	}
	base.PointID = strings.Join(pts, "|")
	base.Cont = h.Sentence()
	start := len(f.rows)
	if len(h.Lines) == 0 {
		f.bare(t, h, base)
	} else {
		f.lines(t, h, base)
	}
	rows := f.rows[start:]
	rev := revision(rows)
	for i := range rows {
		rows[i].Revision = rev
	}
}

// bare is a finding on a visit or settlement, without lines.
func (f *founder) bare(t *claim.Timeline, h *rule.Hit, r Row) {
	r.Type, r.Vola = 1, max(h.Vola, 0)
	if h.Setl >= 0 {
		s := &t.Setls[h.Setl]
		r.Setl, r.Month, r.Inst = t.SetlID(s), s.Month, f.ds[claim.DictInst].String(s.Inst)
		b := t.Source(s.Src)
		r.psn(f.ds, b.I32(b.Table.MustCol("psn_no"), int(s.Row)))
		r.Mdtrt = t.SetlMdtrt(s)
		r.Fund, r.Scope = share(r.Vola, s.Fund, s.LineScope), s.LineScope
	}
	if h.Visit >= 0 {
		v := &t.Visits[h.Visit]
		r.Mdtrt, r.Inst = t.MdtrtID(v), f.ds[claim.DictInst].String(v.Inst)
		r.psn(f.ds, v.Psn)
		if r.Month == 0 {
			r.Month = v.Month
		}
	}
	if h.Difference {
		f.difference(t, h, r)
		return
	}
	f.rows = append(f.rows, r)
}

// difference divides a payment difference over the settlements of the finding's visit in its month, the finding's own first: what the fund paid too
// much is the fund's alone, and never more than it paid. Vola and Fund of such a row are the same money, its Scope is what was paid.
func (f *founder) difference(t *claim.Timeline, h *rule.Hit, r Row) {
	left := max(h.Vola, 0)
	take := func(si int32) {
		s := &t.Setls[si]
		paid := max(0, s.Fund)
		r.Setl, r.Scope, r.Vola = t.SetlID(s), paid, min(left, paid)
		r.Fund = r.Vola
		left -= r.Vola
		f.rows = append(f.rows, r)
	}
	if h.Setl < 0 {
		r.Vola, r.Fund, r.Scope = 0, 0, 0
		f.rows = append(f.rows, r)
		return
	}
	take(h.Setl)
	for si := range t.Setls {
		if s := &t.Setls[si]; int32(si) != h.Setl && s.Visit == h.Visit && s.Month == r.Month && s.Fund > 0 && left > 0 {
			take(int32(si))
		}
	}
}

// fundMoney tells a payment difference from money whose fund part is a share of it.
func (r *Row) fundMoney() bool { return r.Sn == "" && r.Vola > 0 && r.Fund == r.Vola }

// fundPart is the fund's part of what the row is charged, half-up to the fen.
func (r *Row) fundPart() claim.Money {
	if r.Vola <= 0 {
		return 0
	}
	return min(r.Fund, claim.Money(claim.MulDiv(int64(r.Charged), int64(r.Fund), int64(r.Vola))))
}

// psn names the person's number, as text and as the code that finds the person again.
func (r *Row) psn(ds *claim.Dicts, code int32) {
	r.Psn, r.Pers = ds[claim.DictPerson].String(code), code
}

// lines is a finding on fee lines: violating ones first, then involved ones, each in line order.
func (f *founder) lines(t *claim.Timeline, h *rule.Hit, base Row) {
	ls := slices.Clone(h.Lines)
	slices.SortStableFunc(ls, func(x, y rule.HitLine) int {
		return cmp.Or(cmp.Compare(x.Type, y.Type), cmp.Compare(x.Line, y.Line))
	})
	ls = slices.CompactFunc(ls, func(x, y rule.HitLine) bool { return x.Type == y.Type && x.Line == y.Line })
	base.Month = t.Lines[ls[0].Line].Month
	start := len(f.rows)
	for i := range ls {
		l := &t.Lines[ls[i].Line]
		r := base
		r.Inst, r.Mdtrt, r.Sn, r.Type = f.ds[claim.DictInst].String(l.Inst), t.LineMdtrt(l), t.FeedetlSn(l), int(ls[i].Type)
		r.psn(f.ds, t.Visits[l.Visit].Psn)
		r.Scope = l.InScope
		if ls[i].Exempt != "" {
			r.Exempt = ls[i].Exempt
		}
		r.Vola = rule.LineVola(t, &ls[i])
		if h.Vola == 0 {
			r.Vola = 0
		}
		if l.Setl >= 0 {
			r.Setl = t.SetlID(&t.Setls[l.Setl])
		}
		f.rows = append(f.rows, r)
	}
	if !h.Refund {
		spread(t, ls, f.rows[start:])
	}
}

// share is the fund's part of money at issue in a settlement.
func share(vola, fund, scope claim.Money) claim.Money {
	if fund <= 0 || scope <= 0 || vola <= 0 {
		return 0
	}
	return min(fund, claim.Money(claim.MulDiv(int64(vola), int64(fund), int64(scope))))
}

// spread divides the fund's part of each settlement over the violating lines by largest remainder, so that the parts
// sum to the whole and never exceed what was paid.
func spread(t *claim.Timeline, ls []rule.HitLine, rows []Row) {
	done := map[int32]bool{}
	for i := range ls {
		si := t.Lines[ls[i].Line].Setl
		if si < 0 || ls[i].Type != 1 || done[si] {
			continue
		}
		done[si] = true
		s := &t.Setls[si]
		var idx []int
		var vola claim.Money
		for j := range ls {
			if ls[j].Type == 1 && t.Lines[ls[j].Line].Setl == si {
				idx = append(idx, j)
				vola += rows[j].Vola
			}
		}
		largestRemainder(rows, idx, share(vola, s.Fund, s.LineScope), vola)
	}
}

func largestRemainder(rows []Row, idx []int, total, vola claim.Money) {
	if total <= 0 || vola <= 0 {
		return
	}
	left := total
	rest := make([]int64, len(idx))
	for k, j := range idx {
		p := int64(total) * int64(rows[j].Vola)
		rows[j].Fund = claim.Money(p / int64(vola))
		rest[k] = p % int64(vola)
		left -= rows[j].Fund
	}
	order := make([]int, len(idx))
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rest[b], rest[a]) })
	for k := 0; left > 0; k++ {
		rows[idx[order[k%len(order)]]].Fund++
		left--
	}
}

// findingID names a finding by the rule and the subject key of its unit.
func findingID(rule, unit string) string {
	h := sha256.Sum256([]byte(rule + "\x1e" + unit))
	return hex.EncodeToString(h[:12])
}

// revision changes whenever rule, points, lines or money of a finding do.
func revision(rows []Row) string {
	var b strings.Builder
	for i := range rows {
		r := &rows[i]
		fmt.Fprintf(&b, "%s|%s|%d|%s|%s|%s|%s|%d|%d|%d|%t\n", r.RuleVersion, r.PointID, r.Severity, r.Month, r.Mdtrt, r.Setl, r.Sn, r.Type, r.Vola, r.Fund, r.Hushed)
	}
	h := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(h[:6])
}

// allocate fills Charged: per line, by card priority then rule id, what is left of its in-scope money; findings without
// lines take what lines of the same settlement (or visit) left; payment differences come last and take what is left of the fund money
// paid, so that all that is charged on a settlement never makes up more than the fund paid for it. Hushed rows and money the fund did
// not pay get nothing.
func allocate(rows []Row) {
	left := map[string]claim.Money{}
	order := make([]int, 0, len(rows))
	for i := range rows {
		rows[i].Charged = 0
		if r := &rows[i]; r.Type == 1 && !r.Hushed && !r.Refund && r.Vola > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &rows[a], &rows[b]
		return cmp.Or(cmp.Compare(b2i(x.Sn == ""), b2i(y.Sn == "")), cmp.Compare(b2i(x.fundMoney()), b2i(y.fundMoney())), cmp.Compare(x.Priority, y.Priority),
			strings.Compare(x.RuleID, y.RuleID), strings.Compare(x.FindingID, y.FindingID))
	})
	charged := map[string]claim.Money{} // by visit
	fund := map[string]claim.Money{}    // by settlement: the fund's part of what was charged
	for _, i := range order {
		r := &rows[i]
		visit := r.Inst + "\x1f" + r.Mdtrt
		if r.fundMoney() {
			r.Charged = min(r.Vola, max(0, r.Scope-fund[r.Setl]))
			charged[visit] += r.Charged
			fund[r.Setl] += r.Charged
			continue
		}
		key := visit + "\x1f" + r.Sn + "\x1f" + r.Setl
		have, ok := left[key]
		if !ok {
			if have = r.Scope; r.Sn == "" {
				have = max(0, r.Scope-charged[visit])
			}
		}
		r.Charged = min(r.Vola, have)
		left[key] = have - r.Charged
		charged[visit] += r.Charged
		fund[r.Setl] += r.fundPart()
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// sortRows puts rows into the order of the export: month, rule, finding, type, line.
func sortRows(rows []Row) {
	slices.SortFunc(rows, func(x, y Row) int {
		return cmp.Or(cmp.Compare(x.Month, y.Month), strings.Compare(x.RuleID, y.RuleID), strings.Compare(x.FindingID, y.FindingID),
			cmp.Compare(x.Type, y.Type), strings.Compare(x.Sn, y.Sn), strings.Compare(x.Mdtrt, y.Mdtrt), strings.Compare(x.Setl, y.Setl),
			strings.Compare(x.Inst, y.Inst))
	})
}

// ExportColumns are the columns of the findings export, in order.
var ExportColumns = []string{"finding_id", "revision", "rule_id", "rule_name", "rule_version", "sev_deg", "stage", "month", "fixmedins_code",
	"psn_no", "mdtrt_id", "setl_id", "feedetl_sn", "vola_item_type", "vola_amt", "fund_amt", "charged_amt", "vola_cont", "point_id", "basis"}

// Cells are the row's values in the order of ExportColumns.
func (r *Row) Cells() []string {
	return []string{r.FindingID, r.Revision, r.RuleID, r.RuleName, r.RuleVersion, strconv.Itoa(r.Severity), r.Stage, r.Month.String(), r.Inst,
		r.Psn, r.Mdtrt, r.Setl, r.Sn, strconv.Itoa(r.Type), r.Vola.String(), r.Fund.String(), r.Charged.String(), r.Cont, r.PointID, r.Basis}
}
