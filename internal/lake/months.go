package lake

import (
	"slices"

	"github.com/mingjian/mingjian/internal/claim"
)

// monthsOf records what each table's months say.
func monthsOf(s *Snapshot) map[string]map[claim.Month]string {
	out := map[string]map[claim.Month]string{}
	for _, t := range claim.Tables() {
		for _, m := range s.TableMonths(t.Name) {
			if out[t.Name] == nil {
				out[t.Name] = map[claim.Month]string{}
			}
			out[t.Name][m] = s.MonthID(t.Name, m)
		}
	}
	return out
}

// finish works out which months must be audited again, and ends the import with a last commit when it got through.
func (imp *importing) finish(done bool) error {
	w := imp.w
	after := newSnapshot(w.l, w.m, nil, nil)
	imp.rep.Snapshot = after.ID()
	if w.m.Before == nil {
		return nil // nothing was committed
	}
	now := monthsOf(after)
	changed := map[claim.Month]bool{}
	for _, t := range claim.Tables() {
		was, is := imp.before.Months[t.Name], now[t.Name]
		differ := false
		for _, m := range keysOfBoth(was, is) {
			if was[m] != is[m] {
				differ = true
				if m != 0 && (t.Name == "settlement" || t.Name == "fee") {
					changed[m] = true
				}
			}
		}
		if differ {
			imp.rep.Tables = append(imp.rep.Tables, t.Name)
		}
	}
	if err := imp.dependent(after, changed); err != nil {
		return err
	}
	for m := range changed {
		imp.rep.Changed = append(imp.rep.Changed, m)
	}
	slices.Sort(imp.rep.Changed)
	for _, m := range imp.rep.Changed {
		imp.rep.Months = append(imp.rep.Months, m.String())
	}
	if !done {
		return nil // the next import continues and reports these months again
	}
	m := w.m.clone()
	m.Seq++
	m.Before = nil
	return w.commit(m)
}

func keysOfBoth(a, b map[claim.Month]string) (out []claim.Month) {
	for m := range a {
		out = append(out, m)
	}
	for m := range b {
		if _, ok := a[m]; !ok {
			out = append(out, m)
		}
	}
	return out
}

// dependent adds the months of settlements that a refund names and of settlements whose visit changed.
func (imp *importing) dependent(after *Snapshot, changed map[claim.Month]bool) error {
	if imp.resumed {
		if err := imp.recall(after); err != nil {
			return err
		}
	}
	if len(imp.refunded) > 0 {
		idx, err := openIndex(imp.w.l.dir, imp.w.m.table("settlement").Keys)
		if err != nil {
			return err
		}
		defer idx.close()
		for _, k := range imp.refunded {
			if r, ok := idx.live(k); ok {
				changed[r.ref.month()] = true
			}
		}
	}
	if len(imp.visited) == 0 {
		return nil
	}
	r := after.Reader()
	for _, ref := range after.refs("settlement") {
		if ref.month() == 0 || changed[ref.month()] {
			continue
		}
		b, err := r.Read("settlement", ref.month(), ref.bucket(), []string{})
		if err != nil {
			return err
		}
		if slices.ContainsFunc(b.Visit, func(v uint64) bool { return imp.visited[v] }) {
			changed[ref.month()] = true
		}
	}
	return nil
}

// recall finds in the files which visits and refunds the commits before a crash brought. Rows that only moved are taken
// for changed too: a month audited once more does no harm.
func (imp *importing) recall(after *Snapshot) error {
	var sc scratch
	for _, t := range claim.Tables() {
		setl := t.Name == "settlement"
		if imp.visited == nil && !setl || !setl && (t.Name == "fee" || !t.PersonKeyed || t.Col("mdtrt_id") < 0) {
			continue
		}
		for _, ps := range after.at[t.Name] {
			for _, p := range ps {
				if p.f.Seq <= imp.before.Seq {
					continue
				}
				ff, err := imp.w.l.files.get(p.f)
				if err != nil {
					return err
				}
				b := claim.NewBatch(t)
				want := []int{addVisit}
				if setl {
					want = []int{t.MustCol("init_setl_id")}
				}
				if err := ff.readGroup(b, p.g.Index, int(p.g.Rows), want, &sc); err != nil {
					return err
				}
				for _, v := range b.Visit {
					imp.visited[v] = true
				}
				for i := range b.N {
					if setl && b.Str(want[0], i) != "" {
						imp.refunded = append(imp.refunded, claim.KeyOf(b.Str(want[0], i)))
					}
				}
			}
		}
	}
	return nil
}
