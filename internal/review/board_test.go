package review_test

import (
	"fmt"
	"strings"

	"github.com/mingjian/mingjian/internal/board"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// figures compares each indicator of findings, cases and money with the list that it opens into, and those of money and verdicts with what the
// cases and postings themselves say, added up here. It returns what does not agree.
func (o *office) figures() (wrong []string) {
	o.t.Helper()
	at := board.Period{From: "2024-01", To: "2026-12"}
	ask := board.Ask{Period: at, Against: board.SamePeriod, Today: o.desk.Today()}
	for _, ask.Scope = range []store.Scope{{}, {Admdvs: "990102"}} {
		d := &board.Desk{DB: o.db}
		fs, err := d.Figures(ctx, ask)
		o.ok(err)
		b, err := d.Board(ctx, ask)
		o.ok(err)
		values := map[string]int64{}
		for _, f := range fs {
			values[f.ID] = f.Value
			if !f.Opens {
				continue
			}
			i := board.TheDictionary().Get(f.ID)
			if part, _, ratio := strings.Cut(i.Measure, "/"); ratio { // it opens into what its part counts
				i = board.TheDictionary().Get(part)
			}
			if n := o.listed(i, ask); n != f.Value {
				wrong = append(wrong, fmt.Sprintf("%q %s：指标 %d，清单 %d", ask.Scope.Admdvs, f.Name, f.Value, n))
			}
		}
		for id, n := range o.recounted(ask) {
			if n != values[id] {
				wrong = append(wrong, fmt.Sprintf("%q %s：指标 %d，逐件重算 %d", ask.Scope.Admdvs, id, values[id], n))
			}
		}
		for _, a := range b.Areas.Items { // each opens into its list, but for institutions whose division nobody knows
			if a.Key == "" {
				continue
			}
			narrow := ask
			narrow.Scope.Admdvs = a.Key
			if n := o.listed(board.TheDictionary().Get("F05"), narrow); n != a.Fen {
				wrong = append(wrong, fmt.Sprintf("区划 %s：看板 %d，清单 %d", a.Key, a.Fen, n))
			}
		}
		if b.Areas.Total.Fen != values["F05"] || b.Insts.Total.Fen != values["F05"] || b.Rules.Total.Fen != values["F05"] || b.Overdue.Cases != values["C02"] {
			wrong = append(wrong, fmt.Sprintf("看板 %+v 与指标 %v 不符", b, values))
		}
	}
	return wrong
}

// listed adds up the rows of the list.
func (o *office) listed(i *board.Indicator, ask board.Ask) (n int64) {
	f := store.FindingFilter{Admdvs: ask.Scope.Admdvs, Limit: 3}
	i.Filter(ask.Period, ask.Today, &f)
	insts, documents := map[string]bool{}, map[string]bool{}
	for {
		var page []store.FindingItem
		o.ok(o.db.View(ctx, func(tx *store.Tx) (err error) { page, err = tx.ListFindings(f); return err }))
		for _, x := range page {
			insts[x.Inst] = true
			if i.Measure == "documents" {
				var whole *store.Finding
				o.ok(o.db.View(ctx, func(tx *store.Tx) (err error) { whole, err = tx.Finding(x.ID); return err }))
				if whole.Setl != "" {
					documents[whole.Month+whole.Inst+whole.Admdvs+whole.Setl] = true
				}
			}
			switch i.Measure {
			case "findings", "cases":
				n++
			case "lines":
				n += int64(x.Lines)
			case "vola":
				n += x.Vola
			case "charged":
				n += x.Charged
			case "net", "balance":
				n += x.Moved
			}
		}
		if len(page) == 0 {
			break
		}
		f.After = page[len(page)-1].Cursor
	}
	switch i.Measure {
	case "insts":
		return int64(len(insts))
	case "documents":
		return int64(len(documents))
	}
	return n
}

// recounted is what cases and postings say, read one by one.
func (o *office) recounted(ask board.Ask) map[string]int64 {
	out := map[string]int64{"C01": 0, "C02": 0, "C03": 0, "C04": 0, "M01": 0, "M02": 0, "M03": 0, "M04": 0, "M11": 0, "M12": 0, "F01": 0, "F05": 0, "F22": 0}
	owed := map[string]bool{"应收": true, "抵扣": true, "缴款": true, "清算": true, "年清": true}
	o.ok(o.db.View(ctx, func(tx *store.Tx) error {
		ids, err := tx.FindingsIn(store.Scope{}, store.FindingQuery{}, store.Page{Limit: 100_000})
		if err != nil {
			return err
		}
		for _, x := range ids {
			f, err := tx.Finding(x.ID)
			if err != nil {
				return err
			}
			if !strings.HasPrefix(f.Admdvs, ask.Scope.Admdvs) {
				continue
			}
			if !f.Withdrawn {
				out["F01"]++
				out["F05"] += f.Charged
				out["F22"] += map[string]int64{"关闭": 1}[f.State]
			}
			c, err := tx.Case(x.ID)
			if err != nil {
				continue
			}
			if c.State != "关闭" {
				out["C01"]++
			}
			if c.DueDay > 0 && claim.Day(c.DueDay) < ask.Today && c.PausedDay == 0 {
				out["C02"]++
			}
			if c.State == "执行" || c.Outcome != "" && c.Outcome != "撤回" && c.Outcome != "重出" {
				out["C03"]++
				if c.Verdict == "不违规" || c.Verdict == "规则误报" {
					out["C04"]++
				}
			}
			ps, err := tx.Posts(x.ID)
			if err != nil {
				return err
			}
			for _, p := range ps {
				for sign, acct := range map[int64]string{1: p.To, -1: p.From} {
					n := sign * p.Amount
					switch {
					case p.Book == "基金" && acct == "拒付":
						out["M01"] += n
					case p.Book == "基金" && acct == "已收":
						out["M03"] += n
						out["M02"] += n
					case p.Book == "基金" && owed[acct]:
						out["M02"] += n
						out["M04"] += n
					case p.Book == "违约金" && acct == "已收":
						out["M11"] += n
					case p.Book == "罚款" && acct == "已收":
						out["M12"] += n
					}
				}
			}
		}
		return nil
	}))
	return out
}
