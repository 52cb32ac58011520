package casemix

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// groups reads the DRGs of the scheme, or of an area's local splits in their place.
func (b *builder) groups(tables, splits fs.FS, name, region string) error {
	if splits == nil {
		if err := b.drgTable(tables, "drg", "", nil); err != nil {
			return err
		}
	} else {
		if err := b.drgTable(splits, name, region, nil); err != nil {
			return err
		}
		if b.s.Options.KeepBase { // what the area does not list keeps the base's groups
			if err := b.drgTable(tables, "drg", "", b.listed()); err != nil {
				return err
			}
		}
	}
	for i := range b.s.mdcs {
		for j := range b.s.mdcs[i].adrgs {
			a := &b.s.mdcs[i].adrgs[j]
			for k := range a.drgs {
				a.drgs[k].mdc, a.drgs[k].adrg = b.s.mdcs[i].code, a.code
				b.s.drgs[a.drgs[k].code] = &a.drgs[k]
			}
			switch {
			case a.condition.never():
				b.note("ADRG %s 没有任何清单和条件，永远不会入组", a.code)
			case len(a.drgs) == 0:
				b.note("ADRG %s 没有细分组：入此 ADRG 的病例无法入组", a.code)
			case !slices.ContainsFunc(a.drgs, func(d drg) bool { return d.condition.always() }):
				b.note("ADRG %s 没有兜底的细分组：%s 的条件都不成立时无法入组", a.code, codesOf(a.drgs))
			}
		}
	}
	return nil
}

func (b *builder) note(format string, a ...any) {
	b.s.Notes = append(b.s.Notes, fmt.Sprintf(format, a...))
}

func codesOf(ds []drg) string {
	var out []string
	for i := range ds {
		out = append(out, ds[i].code)
	}
	return strings.Join(out, "、")
}

type drgRow struct {
	order int
	adrg  string
	d     drg
}

// drgTable reads one table of DRGs; with a region only its rows, and none of the ADRGs in skip.
func (b *builder) drgTable(fsys fs.FS, name, region string, skip map[string]bool) error {
	var rows []drgRow
	var nameOnly, elsewhere []string
	var reg, order, a, code, title, sev, con int
	found := false
	err := each(fsys, name, true, func(t *table) (err error) {
		order, title, sev, con = t.col("order", "order_in_adrg"), t.col("name"), t.col("severity"), t.col("condition")
		if reg = t.col("region_version"); region != "" && reg < 0 {
			return fmt.Errorf("%s 没有 region_version 列", t.name)
		}
		if a, err = t.need("adrg"); err == nil {
			code, err = t.need("drg")
		}
		return err
	}, func(t *table) error {
		if region != "" && t.at(reg) != region {
			return nil
		}
		found = true
		ad := Fold(t.at(a))
		if strings.HasSuffix(ad, "QY") && len(ad) == 3 {
			if mi, ok := b.order["MDC"+ad[:1]]; ok && b.s.Options.QY == "table" && b.s.mdcs[mi].main >= 0 {
				b.s.mdcs[mi].qy = true
			}
			return nil
		}
		if skip[ad] {
			return nil
		}
		if _, ok := b.where[ad]; !ok {
			elsewhere = append(elsewhere, Fold(t.at(code)))
			return nil
		}
		text := t.at(con)
		if text == "" {
			text = t.at(sev)
		}
		if text == "" {
			nameOnly = append(nameOnly, Fold(t.at(code)))
			return nil
		}
		n, err := t.order(order, len(rows)+1)
		if err != nil {
			return err
		}
		b.mdc, b.adrg = b.where[ad], ad
		cond, err := parseCondition(text, b)
		if err != nil {
			return t.errorf("%s 的%v", t.at(code), err)
		}
		rows = append(rows, drgRow{n, ad, drg{code: strings.Clone(Fold(t.at(code))), name: strings.Clone(t.at(title)), condition: cond, severity: strings.Clone(text)}})
		return nil
	})
	if err != nil {
		return err
	}
	if region != "" && !found {
		return fmt.Errorf("%s 里没有地区版本 %s 的行", name, region)
	}
	if len(elsewhere) > 0 {
		b.note("%d 个细分组属于方案里没有规则的 ADRG，不会用到：%s", len(elsewhere), strings.Join(elsewhere, "、"))
	}
	if len(nameOnly) > 0 {
		b.note("%d 个细分组只有名称、没有条件，不会用到：%s", len(nameOnly), strings.Join(nameOnly, "、"))
	}
	slices.SortStableFunc(rows, func(x, y drgRow) int { return cmp.Compare(x.order, y.order) })
	for _, r := range rows {
		as := b.s.mdcs[b.where[r.adrg]].adrgs
		for i := range as {
			if as[i].code == r.adrg {
				as[i].drgs = append(as[i].drgs, r.d)
			}
		}
	}
	return nil
}

// listed are the ADRGs that have DRGs already.
func (b *builder) listed() map[string]bool {
	out := map[string]bool{}
	for i := range b.s.mdcs {
		for _, a := range b.s.mdcs[i].adrgs {
			out[a.code] = len(a.drgs) > 0
		}
	}
	return out
}
