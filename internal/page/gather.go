package page

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/audit"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/rule"
)

// Gather reads what the audits of a data directory found.
func Gather(dir string, lib *rule.Library) (*Data, error) {
	st := audit.OpenStore(dir)
	d := &Data{Title: "医保基金智能审核报告", Dir: dir, rules: map[string]*Tally{}, insts: map[string]*Tally{}, months: map[claim.Month]*Tally{}}
	var err error
	if d.Months, err = st.Months(); err != nil {
		return nil, err
	}
	if len(d.Months) == 0 {
		return nil, fmt.Errorf("数据目录 %s 还没有审核结果：请先运行 mingjian audit", dir)
	}
	for _, m := range d.Months {
		if err := st.Each(m, d.addBucket); err != nil {
			return nil, err
		}
	}
	l, err := lake.Open(dir)
	if err != nil {
		return nil, err
	}
	snap, err := l.Snapshot()
	if err != nil {
		return nil, err
	}
	paid, err := d.scope(snap)
	if err != nil {
		return nil, err
	}
	names, err := institutionNames(snap)
	if err != nil {
		return nil, err
	}
	rules := map[string]RuleInfo{}
	for _, c := range lib.Cards {
		rules[c.ID] = RuleInfo{ID: c.ID, Name: c.Name, Group: c.Group, Basis: c.Basis, Severity: c.Severity, Stages: strings.Join(c.Stages, " ")}
	}
	d.finish(rules, names, paid)
	return d, d.runs(dir, rules)
}

// addBucket takes the rows of one bucket; rows of a finding are neighbours there.
func (d *Data) addBucket(rows []audit.Row) error {
	for lo := 0; lo < len(rows); {
		hi := lo + 1
		for hi < len(rows) && rows[hi].FindingID == rows[lo].FindingID {
			hi++
		}
		if !rows[lo].Hushed {
			d.add(rows[lo:hi])
		}
		lo = hi
	}
	return nil
}

// scope counts what was audited and returns what the fund paid by institution.
func (d *Data) scope(s *lake.Snapshot) (map[string]claim.Money, error) {
	totals, err := s.Totals()
	if err != nil {
		return nil, err
	}
	paid := map[string]claim.Money{}
	for _, t := range totals {
		if slices.Contains(d.Months, t.Month) {
			d.Scope.Settlements += t.Count
			d.Scope.Medfee += t.Medfee
			d.Scope.Fund += t.Fund
			paid[s.Dicts()[claim.DictInst].String(t.Inst)] += t.Fund
		}
	}
	d.Scope.Institutions = len(paid)
	for _, m := range d.Months {
		d.Scope.Lines += s.Rows("fee", m)
	}
	return paid, nil
}

// institutionNames are the latest names by code.
func institutionNames(s *lake.Snapshot) (map[string]string, error) {
	b, err := s.Reference("institution")
	if err != nil {
		return nil, err
	}
	type named struct{ name, since string }
	last := map[string]named{}
	col := func(n string, i int) string { return b.Format(s.Dicts(), b.Table.MustCol(n), i) }
	for i := 0; i < b.N; i++ {
		code, n := col("fixmedins_code", i), named{col("fixmedins_name", i), col("begndate", i)}
		if old, ok := last[code]; !ok || n.since >= old.since {
			last[code] = n
		}
	}
	out := make(map[string]string, len(last))
	for c, n := range last {
		out[c] = n.name
	}
	return out, nil
}

// runs takes what could not be judged from the latest run reports that together cover all months.
func (d *Data) runs(dir string, rules map[string]RuleInfo) error {
	names, err := filepath.Glob(filepath.Join(dir, "runs", "audit-*.json"))
	if err != nil {
		return err
	}
	slices.Sort(names)
	slices.Reverse(names)
	open := map[string]bool{}
	for _, m := range d.Months {
		open[m.String()] = true
	}
	skips, thin := map[[2]string]*Skip{}, map[[2]string]*Thin{}
	for _, n := range names {
		if len(open) == 0 {
			break
		}
		data, err := os.ReadFile(n)
		if err != nil {
			return err
		}
		var r audit.Report
		if err := json.Unmarshal(data, &r); err != nil {
			return fmt.Errorf("审核记录 %s 已损坏：%w", n, err)
		}
		news := false
		for _, m := range r.Months {
			news = news || open[m]
			delete(open, m)
		}
		if !news {
			continue
		}
		d.Runs++
		d.Gaps = append(d.Gaps, r.Completeness...)
		for _, s := range r.NotJudged {
			k := [2]string{s.Card, s.Reason}
			if skips[k] == nil {
				skips[k] = &Skip{Rule: s.Card, Name: rules[s.Card].Name, Reason: s.Reason}
			}
			if s.Inst == "" {
				skips[k].Whole = true
				continue
			}
			skips[k].Institutions++
			skips[k].Count += s.Count
			d.NotJudged += s.Count
		}
		for _, u := range r.Unfit {
			k := [2]string{u.Card, u.Column}
			if thin[k] == nil {
				thin[k] = &Thin{Rule: u.Card, Name: rules[u.Card].Name, Column: u.Column}
			}
			thin[k].Institutions++
		}
	}
	for _, s := range skips {
		d.Skips = append(d.Skips, *s)
	}
	slices.SortFunc(d.Skips, func(x, y Skip) int {
		return cmp.Or(cmp.Compare(y.Count, x.Count), strings.Compare(x.Rule, y.Rule), strings.Compare(x.Reason, y.Reason))
	})
	for _, t := range thin {
		d.Thin = append(d.Thin, *t)
	}
	slices.SortFunc(d.Thin, func(x, y Thin) int {
		return cmp.Or(strings.Compare(x.Rule, y.Rule), strings.Compare(x.Column, y.Column))
	})
	return nil
}
