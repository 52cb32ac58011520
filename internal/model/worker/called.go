package worker

import (
	"context"
	"database/sql/driver"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/model"
)

// called names the institutions, doctors and items of some rows. Names of institutions and staff come from the lake's registers, for no
// view holds them; items are called what bills call them.
func (e *engine) called(ctx context.Context, s *lake.Snapshot, rows []found) (*model.Names, error) {
	want := map[string]map[int32]bool{"inst": {}, "doctor": {}, "item": {}}
	for _, f := range rows {
		for col, kind := range map[string]string{"inst": "inst", "other": "inst", "doctor": "doctor", "item": "item"} {
			if v, ok := f[col]; ok && v != nil {
				want[kind][int32(integer(v))] = true
			}
		}
	}
	out := &model.Names{Insts: map[string]string{}, Doctors: map[string]string{}, Items: map[string]string{}}
	ds := s.Dicts()
	for _, x := range []struct {
		table, key, name string
		kind             string
		dict             int
		into             map[string]string
	}{
		{"institution", "fixmedins_code", "fixmedins_name", "inst", claim.DictInst, out.Insts},
		{"practitioner", "prac_psn_code", "prac_psn_name", "doctor", claim.DictPrac, out.Doctors},
		{"catalogue", "hilist_code", "generic_name", "item", claim.DictItem, out.Items},
	} {
		if len(want[x.kind]) == 0 {
			continue
		}
		b, err := s.Reference(x.table)
		if err != nil {
			return nil, err
		}
		if b == nil {
			continue
		}
		key, name := b.Table.MustCol(x.key), b.Table.MustCol(x.name)
		for i := range b.N {
			if c := b.I32(key, i); want[x.kind][c] {
				if text := b.Format(ds, name, i); text != "" {
					x.into[ds[x.dict].String(c)] = text
				}
			}
		}
	}
	return out, e.billedAs(ctx, ds, want["item"], out.Items)
}

// billedAs names items by their lines: for what the catalogue has no name.
func (e *engine) billedAs(ctx context.Context, ds *claim.Dicts, items map[int32]bool, into map[string]string) error {
	var want [][]driver.Value
	for c := range items {
		if into[ds[claim.DictItem].String(c)] == "" {
			want = append(want, []driver.Value{c})
		}
	}
	if len(want) == 0 {
		return nil
	}
	if err := e.load(ctx, "wanted_item", "item INTEGER", want); err != nil {
		return err
	}
	rs, err := e.conn.QueryContext(ctx, "SELECT i.item, i.name FROM wanted_item w JOIN item_name i ON i.item = w.item")
	if err != nil {
		return err
	}
	defer rs.Close()
	for rs.Next() {
		var item, name int32
		if err := rs.Scan(&item, &name); err != nil {
			return err
		}
		into[ds[claim.DictItem].String(item)] = ds[claim.DictText].String(name)
	}
	return rs.Err()
}
