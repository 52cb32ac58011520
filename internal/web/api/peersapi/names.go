package peersapi

import (
	"cmp"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
)

// named are what codes of one institution are called in its own data.
type named struct{ depts, doctors map[string]string }

// names reads what an institution calls its departments, from its visits of some months, and its doctors, from the register. Codes without a name are left out.
func (g *group) names(c *counted, inst string, from, to claim.Month) (*named, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if n := c.named[inst]; n != nil {
		return n, nil
	}
	snap, err := g.snapshot()
	if err != nil {
		return nil, err
	}
	n := &named{map[string]string{}, map[string]string{}}
	staff, err := snap.Reference("practitioner")
	if err != nil {
		return nil, err
	}
	if staff != nil {
		col := func(name string, i int) string { return staff.Format(snap.Dicts(), staff.Table.MustCol(name), i) }
		for i := range staff.N {
			if name := col("prac_psn_name", i); name != "" && col("fixmedins_code", i) == inst {
				n.doctors[col("prac_psn_code", i)] = name
			}
		}
	}
	if err := n.visits(snap, inst, from, to); err != nil {
		return nil, err
	}
	if c.named == nil {
		c.named = map[string]*named{}
	}
	c.named[inst] = n
	return n, nil
}

// visits takes the names of departments from where patients were admitted to and discharged from; the newest month's name counts.
func (n *named) visits(snap *lake.Snapshot, inst string, from, to claim.Month) error {
	t := claim.MustTable("visit")
	cols := []string{"fixmedins_code", "adm_dept_codg", "adm_dept_name", "dscg_dept_codg", "dscg_dept_name"}
	for _, m := range snap.TableMonths("visit") {
		if m < from || m > to {
			continue
		}
		for k := range snap.Buckets() {
			b, err := snap.Read("visit", m, k, cols)
			if err != nil {
				return err
			}
			at := func(name string, i int) string { return b.Format(snap.Dicts(), t.MustCol(name), i) }
			for i := range b.N {
				if at("fixmedins_code", i) != inst {
					continue
				}
				for _, side := range []string{"adm", "dscg"} {
					if code := at(side+"_dept_codg", i); code != "" {
						n.depts[code] = cmp.Or(at(side+"_dept_name", i), n.depts[code])
					}
				}
			}
		}
	}
	return nil
}
