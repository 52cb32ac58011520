package store

import (
	"strconv"
	"strings"
)

// PayLine is a fee line of a finding beside what was paid for its settlement. Money is in fen.
type PayLine struct {
	Finding, Rule, RuleName, State, Month string // Month of the settlement
	LineNo                                int
	Inst, Mdtrt, Setl, Sn                 string
	Scope, Vola, Fund, Charged            int64  // in-scope money of the line (0 = not known), at issue, the fund's part of that, charged now
	Paid, ClrMonth                        string // of the settlement: 0 or 1 ("" = not known), and in which month it was cleared

	Posts []Post // of the fund's book, oldest first
}

// Cursor of a line in its list.
func (l *PayLine) Cursor() string { return l.Finding + "|" + strconv.Itoa(l.LineNo) }

// PayLines lists within a scope the lines on which the fund's book moved in a month, by finding and line after a cursor; account: only those on
// which something moved to it; sent: only of cases that were sent to the institution. Each has all its postings up to that month.
func (tx *Tx) PayLines(s Scope, inst, month, account string, sent bool, after string, limit int) ([]PayLine, error) {
	w := &conditions{}
	w.equal("l.fixmedins_code", s.Inst)
	w.equal("l.fixmedins_code", inst)
	if s.Admdvs != "" {
		w.add("c.admdvs >= "+w.bind(s.Admdvs)+" AND c.admdvs < "+w.bind(s.Admdvs+"~"), true)
	}
	w.add("c.sent_day <> 0", sent)
	moved := "EXISTS (SELECT 1 FROM ledger_post p WHERE p.finding_id = l.finding_id AND p.line_no = l.line_no AND p.book = '基金' AND p.month = " + w.bind(month)
	if account != "" {
		moved += " AND p.to_acct = " + w.bind(account)
	}
	w.add(moved+")", true)
	if id, no, ok := strings.Cut(after, "|"); ok {
		n, err := strconv.Atoi(no)
		if err != nil {
			return nil, ErrCursor
		}
		f := w.bind(id)
		w.add("(l.finding_id > "+f+" OR (l.finding_id = "+f+" AND l.line_no > "+w.bind(n)+"))", true)
	}
	out, err := scanned(tx, func(l *PayLine) []any {
		return []any{&l.Finding, &l.Rule, &l.RuleName, &l.State, &l.Month, &l.LineNo, &l.Inst, &l.Mdtrt, &l.Setl, &l.Sn, &l.Scope, &l.Vola, &l.Fund, &l.Charged, &l.Paid, &l.ClrMonth}
	}, "SELECT l.finding_id, c.rule_id, f.rule_name, c.state, c.month, l.line_no, l.fixmedins_code, l.mdtrt_id, l.setl_id, l.feedetl_sn, l.scope_fen, l.vola_fen, l.fund_fen, l.charged_fen, COALESCE(s.paid, ''), COALESCE(s.clr_month, '') FROM review_line l JOIN review_case c ON c.finding_id = l.finding_id JOIN finding f ON f.finding_id = l.finding_id LEFT JOIN review_setl s ON s.setl_id = l.setl_id"+
		w.text()+" ORDER BY l.finding_id, l.line_no"+w.limit(Page{Limit: limit}), w.args...)
	if err != nil {
		return nil, err
	}
	at := map[string]int{}
	var ids []string
	for i := range out {
		at[out[i].Cursor()] = i
		if i == 0 || out[i-1].Finding != out[i].Finding {
			ids = append(ids, out[i].Finding)
		}
	}
	return out, inChunks(ids, func(in string, args []any) error {
		ps, err := list[Post](tx, &ledgerPostTable, "WHERE finding_id IN ("+in+") AND book = '基金' AND month <= $"+strconv.Itoa(len(args)+1)+" ORDER BY post_id", append(args, month)...)
		for _, p := range ps {
			if i, ok := at[p.Finding+"|"+strconv.Itoa(p.LineNo)]; ok {
				out[i].Posts = append(out[i].Posts, p)
			}
		}
		return err
	})
}
