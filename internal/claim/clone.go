package claim

import "slices"

// Clone copies a timeline, so that it can be kept while its assembler goes on. It shares the batches behind it.
func (t *Timeline) Clone() *Timeline {
	c := *t
	c.People, c.Visits, c.Setls, c.Lines = slices.Clone(t.People), slices.Clone(t.Visits), slices.Clone(t.Setls), slices.Clone(t.Lines)
	c.Stays = slices.Clone(t.Stays)
	for i := range c.Stays {
		c.Stays[i].Visits = slices.Clone(c.Stays[i].Visits)
	}
	c.Diags, c.Ops, c.Births, c.Deaths = slices.Clone(t.Diags), slices.Clone(t.Ops), slices.Clone(t.Births), slices.Clone(t.Deaths)
	c.Chronics, c.Unpaired, c.Orphans = slices.Clone(t.Chronics), slices.Clone(t.Unpaired), slices.Clone(t.Orphans)
	c.Extra = make(map[string][]RowRef, len(t.Extra))
	for k, v := range t.Extra {
		c.Extra[k] = slices.Clone(v)
	}
	c.vkeys, c.byVisit, c.visitOf = slices.Clone(t.vkeys), slices.Clone(t.byVisit), slices.Clone(t.visitOf)
	return &c
}
