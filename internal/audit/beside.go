package audit

import (
	"cmp"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/rule"
)

// ShadowDir is the folder of a data directory in which candidate versions are judged. It can be made again at any time.
const ShadowDir = "shadow"

// beside is an auditor over the same facts and knowledge whose findings, reports and derived files lie in a folder of their own:
// nothing it finds is published, exported or taken in. lib and rules say what it judges.
func (a *Auditor) beside(dir string, lib *rule.Library, rules rule.Options) *Auditor {
	return &Auditor{Lake: a.Lake, Store: OpenStore(dir), Library: lib, Base: a.Base, Rules: rules, dir: dir, book: a.book}
}

// Shadow is the auditor of a data directory's shadow: of the whole library only the cards of ids are judged, and those that
// may silence them.
func (a *Auditor) Shadow(lib *rule.Library, rules rule.Options, ids []string) (*Auditor, error) {
	return a.closure(filepath.Join(a.dir, ShadowDir), lib, rules, ids)
}

// Trial is an auditor that judges only the cards of ids, and those that may silence them, in a folder of the caller's.
func (a *Auditor) Trial(dir string, lib *rule.Library, rules rule.Options, ids []string) (*Auditor, error) {
	return a.closure(dir, lib, rules, ids)
}

func (a *Auditor) closure(dir string, lib *rule.Library, rules rule.Options, ids []string) (*Auditor, error) {
	_, judged, err := choose(lib, ids)
	if err != nil {
		return nil, err
	}
	var sub rule.Library
	for _, c := range lib.Cards {
		if judged[c.ID] {
			sub.Cards = append(sub.Cards, c)
		}
	}
	rules.Variants = slices.DeleteFunc(slices.Clone(rules.Variants), func(v rule.Variant) bool { return !judged[v.ID] })
	rules.Exemptions = slices.DeleteFunc(slices.Clone(rules.Exemptions), func(x rule.Exemption) bool { return !judged[x.Card] })
	return a.beside(dir, &sub, rules), nil
}

// Contrast is what a candidate version of a card says against what is live, gross: money before cards share it.
type Contrast struct {
	Rule  string    `json:"rule_id"`
	Live  Tally     `json:"live"`
	Other Tally     `json:"candidate"`
	Both  int64     `json:"both"`    // findings of both
	Moved int64     `json:"revised"` // of these, with other lines, money or severity
	New   Tally     `json:"only_candidate"`
	Gone  Tally     `json:"only_live"`
	Only  []Example `json:"only_candidate_examples"`
	Lost  []Example `json:"only_live_examples"`
	// Insts are the candidate's findings by institution, most money first.
	Insts []InstTally `json:"institutions"`
}

// Tally counts findings with their gross money.
type Tally struct {
	Findings int64       `json:"findings"`
	Vola     claim.Money `json:"vola_fen"`
	Fund     claim.Money `json:"fund_fen"`
}

// InstTally is a Tally of one institution.
type InstTally struct {
	Inst string `json:"fixmedins_code"`
	Tally
}

// Example is a finding in a sentence.
type Example struct {
	Finding string      `json:"finding_id"`
	Month   string      `json:"month"`
	Inst    string      `json:"fixmedins_code"`
	Mdtrt   string      `json:"mdtrt_id"`
	Vola    claim.Money `json:"vola_fen"`
	Cont    string      `json:"vola_cont"`
}

// maxExamples is how many findings of a kind a contrast names.
const maxExamples = 10

// heard is a finding as a contrast sees it.
type heard struct {
	Example
	rule  string
	fund  claim.Money
	print string
}

func (t *Tally) add(f *heard) {
	t.Findings++
	t.Vola, t.Fund = t.Vola+f.Vola, t.Fund+f.fund
}

// Compare holds the candidate's findings of some cards and months to the live ones. Both must have been judged for these months.
func Compare(live, other *Store, months []claim.Month, ids []string) ([]Contrast, error) {
	was, err := hear(live, months, ids)
	if err != nil {
		return nil, err
	}
	now, err := hear(other, months, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Contrast, len(ids))
	for i, id := range ids {
		out[i] = contrast(id, was, now)
	}
	return out, nil
}

func contrast(id string, was, now map[string]*heard) Contrast {
	c := Contrast{Rule: id, Only: []Example{}, Lost: []Example{}, Insts: []InstTally{}}
	insts := map[string]*InstTally{}
	for _, k := range slices.Sorted(maps.Keys(now)) {
		f := now[k]
		if f.rule != id {
			continue
		}
		c.Other.add(f)
		if insts[f.Inst] == nil {
			insts[f.Inst] = &InstTally{Inst: f.Inst}
		}
		insts[f.Inst].add(f)
		switch o := was[k]; {
		case o == nil:
			c.New.add(f)
			if len(c.Only) < maxExamples {
				c.Only = append(c.Only, f.Example)
			}
		default:
			c.Both++
			if o.print != f.print {
				c.Moved++
			}
		}
	}
	for _, k := range slices.Sorted(maps.Keys(was)) {
		f := was[k]
		if f.rule != id {
			continue
		}
		c.Live.add(f)
		if now[k] == nil {
			c.Gone.add(f)
			if len(c.Lost) < maxExamples {
				c.Lost = append(c.Lost, f.Example)
			}
		}
	}
	for _, t := range insts {
		c.Insts = append(c.Insts, *t)
	}
	slices.SortFunc(c.Insts, func(x, y InstTally) int {
		return cmp.Or(cmp.Compare(y.Vola, x.Vola), cmp.Compare(y.Findings, x.Findings), strings.Compare(x.Inst, y.Inst))
	})
	return c
}

// hear reads the reported findings of some cards. The print leaves out versions and charges: a candidate has another version, and
// money is shared among the cards that were judged with it.
func hear(st *Store, months []claim.Month, ids []string) (map[string]*heard, error) {
	out := map[string]*heard{}
	prints := map[string]*strings.Builder{}
	for _, m := range months {
		err := st.Each(m, func(rows []Row) error {
			for i := range rows {
				r := &rows[i]
				if r.Hushed || !slices.Contains(ids, r.RuleID) {
					continue
				}
				f := out[r.FindingID]
				if f == nil {
					f = &heard{Example: Example{r.FindingID, m.String(), r.Inst, r.Mdtrt, 0, r.Cont}, rule: r.RuleID}
					out[r.FindingID], prints[r.FindingID] = f, &strings.Builder{}
				}
				f.Vola, f.fund = f.Vola+r.Vola, f.fund+r.Fund
				for _, s := range []string{r.Sn, r.Mdtrt, r.Vola.String(), r.Fund.String(), string(rune('0' + r.Severity)), string(rune('0' + r.Type))} {
					prints[r.FindingID].WriteString(s + "|")
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	for id, f := range out {
		f.print = prints[id].String()
	}
	return out, nil
}
