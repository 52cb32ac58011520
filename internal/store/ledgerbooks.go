package store

import "database/sql"

// This file reads the ledger for screens: sums by what moved, what lies on an account case by case, and the postings themselves.

// BookFilter chooses postings. Empty fields choose all.
type BookFilter struct {
	Inst    string
	Book    string
	From    string
	To      string
	Account string // of either side
	Month   string
	Finding string
	Sent    bool // only of cases that were sent to the institution
}

// books are the conditions of a filter within a scope, on postings p.
func (f BookFilter) books(w *conditions, s Scope) {
	w.equal("p.fixmedins_code", s.Inst)
	if s.Admdvs != "" {
		w.add("EXISTS (SELECT 1 FROM review_inst i WHERE i.fixmedins_code = p.fixmedins_code AND i.admdvs >= "+w.bind(s.Admdvs)+" AND i.admdvs < "+w.bind(s.Admdvs+"~")+")", true)
	}
	w.equal("p.fixmedins_code", f.Inst)
	w.equal("p.book", f.Book)
	w.equal("p.from_acct", f.From)
	w.equal("p.to_acct", f.To)
	w.equal("p.month", f.Month)
	w.equal("p.finding_id", f.Finding)
	if f.Account != "" {
		a := w.bind(f.Account)
		w.add("(p.to_acct = "+a+" OR p.from_acct = "+a+")", true)
	}
	w.add("EXISTS (SELECT 1 FROM review_case c WHERE c.finding_id = p.finding_id AND c.sent_day <> 0)", f.Sent)
}

// BookSum is what moved between two accounts, and for how many cases. Money is in fen.
type BookSum struct {
	PostSum
	Cases int64
}

// BookSums sums postings within a scope by institution, book and accounts.
func (tx *Tx) BookSums(s Scope, f BookFilter) ([]BookSum, error) {
	w := Page{}.where("")
	f.books(w, s)
	var out []BookSum
	err := tx.query(func(r *sql.Rows) error {
		var x BookSum
		err := r.Scan(&x.Inst, &x.Book, &x.From, &x.To, &x.Amount, &x.Cases)
		out = append(out, x)
		return err
	}, "SELECT p.fixmedins_code, p.book, p.from_acct, p.to_acct, CAST(SUM(p.amount_fen) AS BIGINT), COUNT(DISTINCT p.finding_id) FROM ledger_post p"+w.text()+
		" GROUP BY p.fixmedins_code, p.book, p.from_acct, p.to_acct ORDER BY p.fixmedins_code, p.book, p.from_acct, p.to_acct", w.args...)
	return out, err
}

// Balances lists the cases with money on an account of a book, newest first; of a month what moved in it. f.Account is needed.
func (tx *Tx) Balances(s Scope, f BookFilter, p Page) ([]CaseBalance, error) {
	w := p.where("p.finding_id")
	f.books(w, s)
	a := w.bind(f.Account)
	sum := "SUM(CASE WHEN p.to_acct = " + a + " THEN p.amount_fen ELSE 0 END) - SUM(CASE WHEN p.from_acct = " + a + " THEN p.amount_fen ELSE 0 END)"
	var out []CaseBalance
	err := tx.query(func(r *sql.Rows) error {
		var b CaseBalance
		err := r.Scan(&b.Finding, &b.Amount)
		out = append(out, b)
		return err
	}, "SELECT p.finding_id, CAST("+sum+" AS BIGINT) FROM ledger_post p"+w.text()+" GROUP BY p.finding_id HAVING "+sum+" <> 0 ORDER BY p.finding_id DESC"+w.limit(p), w.args...)
	return out, err
}

// PostsIn lists postings within a scope, newest first.
func (tx *Tx) PostsIn(s Scope, f BookFilter, p Page) ([]Post, error) {
	w := p.where("p.post_id")
	f.books(w, s)
	return list[Post](tx, &ledgerPostTable, "p"+w.text()+" ORDER BY p.post_id DESC"+w.limit(p), w.args...)
}

// RefundsIn lists within a scope what came back on other ways, newest first; inst "" = of all.
func (tx *Tx) RefundsIn(s Scope, inst string, p Page) ([]RefundElse, error) {
	w := p.where("refund_id")
	w.equal("fixmedins_code", s.Inst)
	if s.Admdvs != "" {
		w.add("fixmedins_code IN (SELECT i.fixmedins_code FROM review_inst i WHERE i.admdvs >= "+w.bind(s.Admdvs)+" AND i.admdvs < "+w.bind(s.Admdvs+"~")+")", true)
	}
	w.equal("fixmedins_code", inst)
	return list[RefundElse](tx, &refundElseTable, w.text()+" ORDER BY refund_id DESC"+w.limit(p), w.args...)
}

// ItemsOf reads findings as lists show them, by id.
func (tx *Tx) ItemsOf(ids []string) (map[string]FindingItem, error) {
	var items []FindingItem
	err := inChunks(ids, func(in string, args []any) error {
		return tx.query(func(r *sql.Rows) error {
			var x FindingItem
			err := r.Scan(&x.ID, &x.Rule, &x.RuleName, &x.Severity, &x.Month, &x.Inst, &x.Admdvs, &x.Psn, &x.Mdtrt, &x.Vola, &x.Fund, &x.Charged, &x.State, &x.Withdrawn, &x.Version, &x.Cont, &x.Lines)
			items = append(items, x)
			return err
		}, poolColumns+" WHERE f.finding_id IN ("+in+")", args...)
	})
	if err == nil {
		err = tx.withCases(items)
	}
	out := map[string]FindingItem{}
	for _, x := range items {
		out[x.ID] = x
	}
	return out, err
}
