package page

import (
	"cmp"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
)

// Data is everything the page shows. All money is in fen.
type Data struct {
	Title  string
	Demo   bool   // made-up city: the page says so
	Date   string // of printing, yyyy-MM-dd; empty = not shown
	Dir    string // data directory as commands on the page name it
	Months []claim.Month
	Scope  Scope
	Sum    Tally
	// Refund is the part of Sum.Vola that patients, not the fund, paid too much.
	Refund claim.Money
	// Unpriced counts findings that claim no money: conduct, to be looked into.
	Unpriced   int64
	BySeverity [4]Tally // 1 to 3
	ByRule     []Tally
	ByInst     []Tally
	ByMonth    []Tally // ascending
	Top        []Finding
	Skips      []Skip
	NotJudged  int64
	Runs       int // how many runs the part on what was not judged comes from
	Thin       []Thin
	Gaps       []audit.Gap
	Rules      []RuleInfo

	rules, insts map[string]*Tally
	months       map[claim.Month]*Tally
}

// Scope is what was audited.
type Scope struct {
	Settlements, Lines int64
	Institutions       int
	Medfee, Fund       claim.Money
}

// Tally is a sum of findings under a key.
type Tally struct {
	Key, Name           string
	Severity            int
	Findings, Lines     int64
	Vola, Fund, Charged claim.Money
	BySeverity          [4]int64
	Paid                claim.Money // what the fund paid in all under this key; 0 = unknown
	ChargedBySeverity   [4]claim.Money
}

// Finding is a finding in the list.
type Finding struct {
	ID, Rule, RuleName  string
	Severity            int
	Month               claim.Month
	Inst, InstName, Psn string
	Text, Point, Basis  string
	Lines               int
	Vola, Fund, Charged claim.Money
}

// Skip counts what a rule could not judge for one reason.
type Skip struct {
	Rule, Name, Reason string
	Institutions       int
	Count              int64
	Whole              bool // the rule was not judged at all
}

// Thin is a column that institutions fill too little for a rule.
type Thin struct {
	Rule, Name, Column string
	Institutions       int
}

// RuleInfo is a rule of the library.
type RuleInfo struct {
	ID, Name, Group, Basis, Stages string
	Severity                       int
	Findings                       int64
}

// The page lists the topFindings largest findings, and of each rule the topOfRule largest, so that every rule on the page
// opens into some of its findings though they claim no money.
const (
	topFindings = 500
	topOfRule   = 10
)

// add takes the rows of one finding, reported ones only.
func (d *Data) add(rows []audit.Row) {
	f := Finding{ID: rows[0].FindingID, Rule: rows[0].RuleID, RuleName: rows[0].RuleName, Severity: rows[0].Severity, Month: rows[0].Month,
		Inst: rows[0].Inst, Psn: lastFour(rows[0].Psn), Text: rows[0].Cont, Point: rows[0].PointID, Basis: rows[0].Basis}
	sev := min(max(f.Severity, 0), 3)
	for i := range rows {
		r := &rows[i]
		if r.Type != 1 {
			continue
		}
		if r.Sn != "" {
			f.Lines++
		}
		f.Vola, f.Fund, f.Charged = f.Vola+r.Vola, f.Fund+r.Fund, f.Charged+r.Charged
		if r.Refund {
			d.Refund += r.Vola
		}
		// money belongs to the institution of each line, the finding to that of its first
		at := under(d.insts, r.Inst)
		at.Vola, at.Fund, at.Charged = at.Vola+r.Vola, at.Fund+r.Fund, at.Charged+r.Charged
	}
	if f.Vola == 0 {
		d.Unpriced++
	}
	for _, t := range []*Tally{&d.Sum, &d.BySeverity[sev], under(d.rules, f.Rule), under(d.months, f.Month)} {
		t.Findings++
		t.Lines += int64(f.Lines)
		t.Vola, t.Fund, t.Charged = t.Vola+f.Vola, t.Fund+f.Fund, t.Charged+f.Charged
		t.BySeverity[sev]++
		t.ChargedBySeverity[sev] += f.Charged
	}
	at := under(d.insts, f.Inst)
	at.Findings++
	at.Lines += int64(f.Lines)
	at.BySeverity[sev]++
	d.Top = append(d.Top, f)
	if len(d.Top) >= 8*topFindings {
		d.trim()
	}
}

func under[K comparable](m map[K]*Tally, k K) *Tally {
	t := m[k]
	if t == nil {
		t = &Tally{}
		m[k] = t
	}
	return t
}

// trim keeps the largest findings, in an order that does not depend on how they came.
func (d *Data) trim() {
	slices.SortFunc(d.Top, func(x, y Finding) int {
		return cmp.Or(cmp.Compare(y.Charged, x.Charged), cmp.Compare(y.Vola, x.Vola), cmp.Compare(x.Severity, y.Severity),
			strings.Compare(x.Rule, y.Rule), strings.Compare(x.ID, y.ID))
	})
	kept, of := d.Top[:0], map[string]int{}
	for i, f := range d.Top {
		if of[f.Rule]++; i < topFindings || of[f.Rule] <= topOfRule {
			kept = append(kept, f)
		}
	}
	d.Top = kept
}

// finish turns the sums into sorted lists with names.
func (d *Data) finish(rules map[string]RuleInfo, insts map[string]string, paid map[string]claim.Money) {
	for id, t := range d.rules {
		t.Key, t.Name, t.Severity = id, rules[id].Name, rules[id].Severity
		d.ByRule = append(d.ByRule, *t)
	}
	for code, t := range d.insts {
		t.Key, t.Name, t.Paid = code, cmp.Or(insts[code], code), paid[code]
		d.ByInst = append(d.ByInst, *t)
	}
	byMoney := func(x, y Tally) int {
		return cmp.Or(cmp.Compare(y.Charged, x.Charged), cmp.Compare(y.Vola, x.Vola), cmp.Compare(y.Findings, x.Findings), strings.Compare(x.Key, y.Key))
	}
	slices.SortFunc(d.ByRule, byMoney)
	slices.SortFunc(d.ByInst, byMoney)
	for _, m := range d.Months {
		t := under(d.months, m)
		t.Key, t.Name = m.String(), m.String()
		d.ByMonth = append(d.ByMonth, *t)
	}
	d.trim()
	for i := range d.Top {
		d.Top[i].InstName = cmp.Or(insts[d.Top[i].Inst], d.Top[i].Inst)
	}
	for _, r := range rules {
		if t := d.rules[r.ID]; t != nil {
			r.Findings = t.Findings
		}
		d.Rules = append(d.Rules, r)
	}
	slices.SortFunc(d.Rules, func(x, y RuleInfo) int { return strings.Compare(x.ID, y.ID) })
}
