package bench

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/lake/lakesql"
)

// months before and after the judged one that the rules read.
const (
	lookBack  = 12
	lookAhead = 1
)

// setup makes everything the ten statements read, outside the clock: views over the lake's files, and tables of
// dictionaries, reference facts and knowledge points, the latter already resolved to item codes, areas and days (the
// engine resolves them within its own clock).
func (d *duck) setup(ctx context.Context, s *lake.Snapshot, k *knowhow, m claim.Month) error {
	all := func(claim.Month) bool { return true }
	near := func(x claim.Month) bool { return x == 0 || (x >= m-lookBack && x <= m+lookAhead) }
	for _, v := range []struct {
		name, table string
		keep        func(claim.Month) bool
	}{{"raw_fee", "fee", near}, {"raw_settlement", "settlement", all}, {"raw_visit", "visit", all},
		{"diagnosis", "diagnosis", all}, {"person", "person", all}, {"person_link", "person_link", all}, {"raw_prescription", "prescription", all}} {
		if err := d.lakeView(ctx, s, v.name, v.table, v.keep); err != nil {
			return err
		}
	}
	if err := d.vocabulary(ctx, s.Dicts()); err != nil {
		return err
	}
	b, err := sqlFiles.ReadFile("sql/views.sql")
	if err != nil {
		return err
	}
	text := strings.NewReplacer("{month}", fmt.Sprint(int(m)), "{last_day}", fmt.Sprint(int(m.Last()))).Replace(string(b))
	for _, q := range strings.Split(text, ";\n") {
		if strings.TrimSpace(q) == "" {
			continue
		}
		if err := d.exec(ctx, q); err != nil {
			return err
		}
	}
	return d.reference(ctx, k)
}

// vocabulary makes the macros and tables that read coded values.
func (d *duck) vocabulary(ctx context.Context, ds *claim.Dicts) error {
	v := claim.NewVocab(ds)
	var med [][]driver.Value
	var nums, texts []string
	// codes that a macro tests for: flags that say yes, list types of drugs, of western and patent drugs
	codes := map[string][]string{"is_yes": {"-1"}, "is_drug": {"-1"}, "is_101": {"-1"}}
	add := func(macro string, c int32) { codes[macro] = append(codes[macro], fmt.Sprint(c)) }
	for c := int32(1); int(c) < ds[claim.DictList].Len(); c++ {
		s, n := ds[claim.DictList].String(c), v.Num(c)
		if n == 1 {
			add("is_yes", c)
		}
		if n >= 0 && n <= 9 {
			nums = append(nums, fmt.Sprintf("WHEN %d THEN %d", c, n))
		}
		switch s {
		case "01", "监护人证", "9921":
			texts = append(texts, fmt.Sprintf("WHEN %d THEN %s", c, lakesql.Quote(s)))
		}
		if v.Setting(c) != 0 {
			med = append(med, []driver.Value{c, int32(v.Setting(c))})
		}
		if n >= 101 && n <= 106 {
			add("is_drug", c)
		}
		if n == 101 {
			add("is_101", c)
		}
	}
	var external, freq [][]driver.Value
	for c := int32(1); int(c) < ds[claim.DictText].Len(); c++ {
		s := ds[claim.DictText].String(c)
		if isExternal(s) {
			external = append(external, []driver.Value{c})
		}
		if n := timesPerDay(s); n > 0 {
			freq = append(freq, []driver.Value{c, n})
		}
	}
	for name, cs := range codes {
		if err := d.exec(ctx, "CREATE MACRO "+name+"(c) AS coalesce(c IN ("+strings.Join(cs, ", ")+"), false)"); err != nil {
			return err
		}
	}
	for _, q := range []string{
		"CREATE MACRO num(c) AS CASE c " + strings.Join(append(nums, "WHEN -1 THEN -1"), " ") + " END",
		"CREATE MACRO text_of(c) AS CASE c " + strings.Join(append(texts, "WHEN -1 THEN ''"), " ") + " END",
	} {
		if err := d.exec(ctx, q); err != nil {
			return err
		}
	}
	for _, t := range []struct {
		name, cols string
		rows       [][]driver.Value
	}{{"med_type", "code INTEGER, setting INTEGER", med},
		{"external_text", "code INTEGER", external}, {"frequency", "code INTEGER, per_day BIGINT", freq}} {
		if err := d.load(ctx, t.name, t.cols, t.rows); err != nil {
			return err
		}
	}
	return nil
}

// reference loads what the knowledge and the reference tables say.
func (d *duck) reference(ctx context.Context, k *knowhow) error {
	for _, t := range []struct {
		name, cols string
		rows       [][]driver.Value
	}{
		{"inst", "inst INTEGER, from_day INTEGER, to_day INTEGER, area INTEGER, tier INTEGER, kind INTEGER", k.insts},
		{"price", "item INTEGER, area INTEGER, tier INTEGER, from_day INTEGER, to_day INTEGER, price_limit BIGINT", k.prices},
		{"drug", "item INTEGER, generic BIGINT, external BOOLEAN", k.drugs},
		{"pack", "item INTEGER, area INTEGER, from_day INTEGER, to_day INTEGER, pac_cnt BIGINT, prep_unit INTEGER, ddd BIGINT, ddd_unit INTEGER", k.packs},
		{"diag_set", "name VARCHAR, diag INTEGER", k.diagSets},
		{"window_item", "item INTEGER", k.windowItems},
		{"point_diag", "pt INTEGER, diag INTEGER", k.pointDiags},
		{"point", "rule VARCHAR, pt INTEGER, item INTEGER, area INTEGER, from_day INTEGER, to_day INTEGER, canon INTEGER, second BOOLEAN, sex INTEGER, " +
			"endocrine BOOLEAN, tier INTEGER, allow INTEGER, limit_qty BIGINT, unit_fits BOOLEAN, by_part BOOLEAN, scope VARCHAR, cap BIGINT, er_obs BOOLEAN, " +
			"extra BOOLEAN, icu BOOLEAN", k.points},
	} {
		if err := d.load(ctx, t.name, t.cols, t.rows); err != nil {
			return err
		}
	}
	for _, r := range Rules {
		if err := d.exec(ctx, fmt.Sprintf("CREATE TABLE point_%s AS SELECT * EXCLUDE (rule) FROM point WHERE rule = '%s'", strings.ToLower(r), r)); err != nil {
			return err
		}
	}
	return nil
}
