package store

import (
	"database/sql"
	"errors"
)

// AddPosts appends postings.
func (tx *Tx) AddPosts(ps ...Post) error {
	for i := range ps {
		tx.mark(markPost, ps[i].Month, ps[i].Inst, postRule)
	}
	return insert(tx, &ledgerPostTable, ps...)
}

// postRule stands where marks of findings and cases have a card: sums of posts are not by card.
const postRule = "-"

// Posts lists the postings of a case, oldest first.
func (tx *Tx) Posts(finding string) ([]Post, error) {
	return list[Post](tx, &ledgerPostTable, "WHERE finding_id = $1 ORDER BY post_id", finding)
}

// PostsOf lists the postings under a document, oldest first.
func (tx *Tx) PostsOf(doc string) ([]Post, error) {
	return list[Post](tx, &ledgerPostTable, "WHERE doc = $1 ORDER BY post_id", doc)
}

// PostSum is what moved between two accounts.
type PostSum struct {
	Inst   string
	Book   string
	From   string
	To     string
	Amount int64
}

// PostSums sums the postings of a month (all when "") by institution, book and accounts.
func (tx *Tx) PostSums(month string) ([]PostSum, error) {
	var out []PostSum
	err := tx.query(func(r *sql.Rows) error {
		var s PostSum
		err := r.Scan(&s.Inst, &s.Book, &s.From, &s.To, &s.Amount)
		out = append(out, s)
		return err
	}, "SELECT fixmedins_code, book, from_acct, to_acct, CAST(SUM(amount_fen) AS BIGINT) FROM ledger_post WHERE month = $1 OR $1 = '' GROUP BY fixmedins_code, book, from_acct, to_acct ORDER BY fixmedins_code, book, from_acct, to_acct", month)
	return out, err
}

// CaseBalance is what a case has on an account of a book, over all lines and items.
type CaseBalance struct {
	Finding string
	Amount  int64
}

// CasesOn lists the cases of an institution (all when "") with money on an account of a book, by finding.
func (tx *Tx) CasesOn(book, acct, inst string, limit int) ([]CaseBalance, error) {
	var out []CaseBalance
	err := tx.query(func(r *sql.Rows) error {
		var b CaseBalance
		err := r.Scan(&b.Finding, &b.Amount)
		out = append(out, b)
		return err
	}, "SELECT finding_id, CAST(SUM(CASE WHEN to_acct = $1 THEN amount_fen ELSE 0 END) - SUM(CASE WHEN from_acct = $1 THEN amount_fen ELSE 0 END) AS BIGINT) AS amount FROM ledger_post WHERE book = $2 AND (fixmedins_code = $3 OR $3 = '') AND (to_acct = $1 OR from_acct = $1) GROUP BY finding_id HAVING SUM(CASE WHEN to_acct = $1 THEN amount_fen ELSE 0 END) - SUM(CASE WHEN from_acct = $1 THEN amount_fen ELSE 0 END) <> 0 ORDER BY finding_id LIMIT $4", acct, book, inst, limit)
	return out, err
}

// OffsetMonths lists the months in which something was moved to an account for an institution.
func (tx *Tx) OffsetMonths(inst, acct string) ([]string, error) {
	var out []string
	err := tx.query(func(r *sql.Rows) error {
		var m string
		err := r.Scan(&m)
		out = append(out, m)
		return err
	}, "SELECT DISTINCT month FROM ledger_post WHERE fixmedins_code = $1 AND to_acct = $2 ORDER BY month", inst, acct)
	return out, err
}

// AddRefund adds money that came back on another way; false when the same reference is there already.
func (tx *Tx) AddRefund(r RefundElse) (bool, error) {
	n, err := tx.exec(insertText(refundElseTable.name, refundElseTable.names(), 1)+" ON CONFLICT (refund_id) DO NOTHING", values(&r)...)
	return n == 1, err
}

// RefundsOf lists what came back from an institution on other ways and is not used up, by day and id.
func (tx *Tx) RefundsOf(inst string) ([]RefundElse, error) {
	return list[RefundElse](tx, &refundElseTable, "WHERE fixmedins_code = $1 AND used_fen < amt_fen ORDER BY paid_day, refund_id", inst)
}

// Refunds lists all that came back on other ways.
func (tx *Tx) Refunds() ([]RefundElse, error) {
	return list[RefundElse](tx, &refundElseTable, "ORDER BY fixmedins_code, refund_id")
}

// UseRefund takes from what came back on another way (gives back when negative); ErrConflict when less is left.
func (tx *Tx) UseRefund(id string, amount int64) error {
	return tx.execOne("UPDATE refund_else SET used_fen = used_fen + $1, version = version + 1 WHERE refund_id = $2 AND used_fen + $3 <= amt_fen AND used_fen + $4 >= 0", amount, id, amount, amount)
}

// SetSettled writes what is known of a settlement.
func (tx *Tx) SetSettled(s Settled) error { return tx.put(&reviewSetlTable, &s) }

// Settled reads what is known of a settlement; nil when nothing is.
func (tx *Tx) SettledOf(id string) (*Settled, error) {
	s, err := only[Settled](tx, &reviewSetlTable, "结算 "+id, "WHERE setl_id = $1", id)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return s, err
}

// UnknownSettlements lists the settlements of cases that are not ended of which nothing is known, with the month of the finding.
func (tx *Tx) UnknownSettlements() (map[string]string, error) {
	out := map[string]string{}
	err := tx.query(func(r *sql.Rows) error {
		var id, month string
		err := r.Scan(&id, &month)
		out[id] = month
		return err
	}, "SELECT DISTINCT l.setl_id, c.month FROM review_case c JOIN review_line l ON l.finding_id = c.finding_id WHERE c.outcome = '' AND l.setl_id <> '' AND NOT EXISTS (SELECT 1 FROM review_setl s WHERE s.setl_id = l.setl_id)")
	return out, err
}

// Sheet reads the payment sheet of an institution in a month; ErrNotFound.
func (tx *Tx) Sheet(month, inst string) (*Sheet, error) {
	return only[Sheet](tx, &paySheetTable, month+" "+inst+" 的拨付单", "WHERE month = $1 AND fixmedins_code = $2", month, inst)
}

// Sheets lists the payment sheets of a month by institution.
func (tx *Tx) Sheets(month string) ([]Sheet, error) {
	return list[Sheet](tx, &paySheetTable, "WHERE month = $1 ORDER BY fixmedins_code", month)
}

// AddSheet adds a payment sheet; ErrExists.
func (tx *Tx) AddSheet(s Sheet) error { return insert(tx, &paySheetTable, s) }

// ChangeSheet writes a payment sheet that is of the version read; ErrConflict.
func (tx *Tx) ChangeSheet(s *Sheet) error { return tx.replace(&paySheetTable, s) }

// AddPeriod closes a month; ErrExists when it is closed.
func (tx *Tx) AddPeriod(p Period) error { return insert(tx, &ledgerPeriodTable, p) }

// Periods lists the closed months.
func (tx *Tx) Periods() ([]Period, error) {
	return list[Period](tx, &ledgerPeriodTable, "ORDER BY month")
}
