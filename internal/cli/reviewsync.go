package cli

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/lake"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/store"
)

// syncInstitutions registers the institutions of the lake: their newest row by begin date.
func (o *office) syncInstitutions(s *streams, d *review.Desk) error {
	l, err := lake.Open(o.dir)
	if err != nil {
		return err
	}
	snap, err := l.Snapshot()
	if err != nil {
		return err
	}
	if snap.TotalRows("institution") == 0 {
		return nil
	}
	b, err := snap.Reference("institution")
	if err != nil {
		return err
	}
	last, since := map[string]store.ReviewInst{}, map[string]string{}
	var order []string
	col := func(n string, i int) string { return b.Format(snap.Dicts(), b.Table.MustCol(n), i) }
	for i := 0; i < b.N; i++ {
		code := col("fixmedins_code", i)
		if _, ok := last[code]; !ok {
			order = append(order, code)
		} else if col("begndate", i) < since[code] {
			continue
		}
		since[code] = col("begndate", i)
		end := col("enddate", i)
		if strings.HasPrefix(end, "9999") {
			end = ""
		}
		last[code] = store.ReviewInst{Code: code, Name: col("fixmedins_name", i), Admdvs: col("admdvs", i), Kind: col("fixmedins_type", i), ClosedOn: end, SuccCode: col("succ_code", i)}
	}
	is := make([]store.ReviewInst, 0, len(order))
	for _, c := range order {
		is = append(is, last[c])
	}
	return d.SyncInstitutions(s.ctx, is)
}

// fundItems are the columns of a settlement that say which fund paid.
var fundItems = [][2]string{{"hifp_pay", "统筹基金"}, {"cvlserv_pay", "公务员补助"}, {"hifes_pay", "企业补充"}, {"hifmi_pay", "大病保险"}, {"hifob_pay", "大额补助"}, {"hifdm_pay", "伤残人员"},
	{"maf_pay", "医疗救助"}, {"oth_pay", "其他基金"}}

// syncSettled registers what execution must know of the settlements of cases, from the lake.
func (o *office) syncSettled(s *streams, d *review.Desk, who *auth.Identity) (int, error) {
	var want map[string]string // settlement → month of its finding
	if err := o.db.View(s.ctx, func(tx *store.Tx) (err error) { want, err = tx.UnknownSettlements(); return err }); err != nil || len(want) == 0 {
		return 0, err
	}
	l, err := lake.Open(o.dir)
	if err != nil {
		return 0, err
	}
	snap, err := l.Snapshot()
	if err != nil {
		return 0, err
	}
	months := map[claim.Month]bool{}
	for _, m := range want {
		if x, err := claim.ParseMonth(m); err == nil {
			months[x] = true
		}
	}
	cols := []string{"setl_id", "fixmedins_code", "clr_stas", "clr_month", "pay_mode", "insu_admdvs"}
	for _, f := range fundItems {
		cols = append(cols, f[0])
	}
	var found []store.Settled
	for m := range months {
		for b := range snap.Buckets() {
			batch, err := snap.Read("settlement", m, b, cols)
			if err != nil {
				return 0, err
			}
			id := batch.Table.MustCol("setl_id")
			for i := 0; i < batch.N; i++ {
				if _, ok := want[batch.Str(id, i)]; !ok {
					continue
				}
				x, err := settledOf(batch, snap.Dicts(), i)
				if err != nil {
					return 0, err
				}
				found = append(found, x)
			}
		}
	}
	return len(found), d.NoteSettled(s.ctx, who, found)
}

func settledOf(b *claim.Batch, ds *claim.Dicts, i int) (store.Settled, error) {
	col := func(n string) string { return b.Format(ds, b.Table.MustCol(n), i) }
	x := store.Settled{ID: col("setl_id"), Inst: col("fixmedins_code"), Paid: col("clr_stas"), ClrMonth: col("clr_month"), InsuAdmdvs: col("insu_admdvs"), PayMode: 1}
	if x.Paid != "0" && x.Paid != "1" {
		x.Paid = ""
	}
	if p := col("pay_mode"); len(p) == 1 && p >= "1" && p <= "7" {
		x.PayMode = int64(p[0] - '0')
	}
	items := map[string]int64{}
	for _, f := range fundItems {
		if n := b.I64(b.Table.MustCol(f[0]), i); n != claim.None64 && n > 0 {
			items[f[1]] = n
		}
	}
	if len(items) > 0 {
		text, err := json.Marshal(items)
		if err != nil {
			return x, err
		}
		x.Items = string(text)
	}
	return x, nil
}

type instCmd struct {
	Sync  instSyncCmd  `cmd:"" help:"从已导入的机构表同步"`
	Close instCloseCmd `cmd:"" help:"登记关停日：此后不抵扣，只催缴"`
}

type instSyncCmd struct{ placeFlags }

func (c *instSyncCmd) Run(s *streams) error {
	return c.with(s, func(d *review.Desk, _ *auth.Identity, o *office) error {
		if err := o.syncInstitutions(s, d); err != nil {
			return err
		}
		return c.done(s, "机构已同步")
	})
}

type instCloseCmd struct {
	placeFlags
	Inst string `arg:"" name:"机构"`
	Day  string `arg:"" name:"关停日"`
}

func (c *instCloseCmd) Run(s *streams) error {
	day, err := dayOf("关停日", c.Day)
	if err != nil {
		return err
	}
	return c.with(s, func(d *review.Desk, who *auth.Identity, o *office) error {
		var i *store.ReviewInst
		if err := o.db.View(s.ctx, func(tx *store.Tx) (err error) { i, err = tx.ReviewInst(c.Inst); return err }); err != nil {
			return err
		}
		i.ClosedOn = day.String()
		if err := d.SetInstitutions(s.ctx, who, []store.ReviewInst{*i}); err != nil {
			return err
		}
		return c.done(s, "机构 "+c.Inst+" 自 "+i.ClosedOn+" 关停")
	})
}

type settledCmd struct {
	Sync settledSyncCmd `cmd:"" help:"从已导入的结算表同步在办疑点的结算"`
}

type settledSyncCmd struct{ placeFlags }

func (c *settledSyncCmd) Run(s *streams) error {
	return c.with(s, func(d *review.Desk, who *auth.Identity, o *office) error {
		n, err := o.syncSettled(s, d, who)
		if err != nil {
			return err
		}
		return c.done(s, fmt.Sprintf("已登记 %d 笔结算", n))
	})
}

// readRows reads a CSV with a header into maps.
func readRows(path string) ([]map[string]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	head, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("%s：%w", path, err)
	}
	for i := range head {
		head[i] = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(head[i], "\ufeff")))
	}
	var out []map[string]string
	for {
		row, err := r.Read()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s：%w", path, err)
		}
		m := map[string]string{}
		for i, v := range row {
			m[head[i]] = strings.TrimSpace(v)
		}
		out = append(out, m)
	}
}

type takeOverCmd struct {
	Rules    takeRulesCmd    `cmd:"" help:"旧规则对应表：old_rule,rule_id,note"`
	Findings takeFindingsCmd `cmd:"" help:"旧疑点：old_id,old_rule,fixmedins_code,psn_no,mdtrt_id,setl_id,feedetl_sn,month,vola_amt,fund_amt,scope_amt,state,delivered,received,cont；已收回的状态写“关闭”，received 写收回月份"`
}

type takeRulesCmd struct {
	placeFlags
	File string `arg:"" name:"文件"`
}

func (c *takeRulesCmd) Run(s *streams) error {
	rows, err := readRows(c.File)
	if err != nil {
		return err
	}
	return c.with(s, func(d *review.Desk, who *auth.Identity, o *office) error {
		lib, _, err := rule.ForData(o.dir)
		if err != nil {
			return err
		}
		var as []store.RuleAlias
		for _, r := range rows {
			as = append(as, store.RuleAlias{OldRule: r["old_rule"], Rule: r["rule_id"], Note: r["note"]})
		}
		if err := d.MapRules(s.ctx, who, as, func(id string) bool { return lib.Card(id) != nil }); err != nil {
			return err
		}
		return c.done(s, fmt.Sprintf("已对应 %d 条旧规则", len(as)))
	})
}

type takeFindingsCmd struct {
	placeFlags
	File string `arg:"" name:"文件"`
}

func (c *takeFindingsCmd) Run(s *streams) error {
	data, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	olds, bad, err := review.ReadOldFindings(filepath.Base(c.File), data)
	if err != nil {
		return err
	}
	return c.with(s, func(d *review.Desk, who *auth.Identity, o *office) error {
		if err := o.syncInstitutions(s, d); err != nil {
			return err
		}
		r, err := d.TakeOver(s.ctx, who, olds)
		if err != nil {
			return err
		}
		r.Rejects = append(bad, r.Rejects...)
		s.failed = len(r.Rejects) > 0
		if c.JSON {
			return s.json(r)
		}
		s.printf("接管在办 %d 条，已收回 %d 条，此前已接管 %d 条，未接管 %d 条\n", r.Open, r.Past, r.Known, len(r.Rejects))
		for _, x := range r.Rejects {
			s.printf("  %s\n", x)
		}
		return nil
	})
}
