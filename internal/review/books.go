package review

import (
	"context"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/review/ledger"
	"github.com/mingjian/mingjian/internal/store"
)

// This file reads the ledger for screens: every sum opens into the cases and the postings it is made of. An institution sees what was
// sent to it, and not who in the bureau booked it.

var readsBooks = []auth.Permission{auth.Execute, auth.Confirm, auth.ReadBoards, auth.Appeal}

// booksFor holds a filter to what somebody may see.
func booksFor(who *auth.Identity, f *store.BookFilter) error {
	if err := may(who, readsBooks...); err != nil {
		return err
	}
	if who.Outside() {
		if who.Scope.Inst == "" {
			return refuse(CodePermission, "用户 %s 没有指定机构", who.Name)
		}
		f.Sent = true
	}
	return nil
}

// Account is what lies on an account of an institution.
type Account struct {
	Inst    string `json:"fixmedins_code"`
	Book    string `json:"book"`
	Account string `json:"account"`
	Amount  int64  `json:"amount_fen"`
}

// Moves sums what moved between accounts, by institution; month "" = ever.
func (d *Desk) Moves(ctx context.Context, who *auth.Identity, f store.BookFilter) (out []store.BookSum, err error) {
	if err := booksFor(who, &f); err != nil {
		return nil, err
	}
	err = d.DB.View(ctx, func(tx *store.Tx) (err error) { out, err = tx.BookSums(store.Scope(who.Scope), f); return err })
	return out, told(err)
}

// Accounts lists what lies on the accounts, by institution; of a month only what moved in it.
func (d *Desk) Accounts(ctx context.Context, who *auth.Identity, month string) ([]Account, error) {
	moves, err := d.Moves(ctx, who, store.BookFilter{Month: month})
	type key struct{ inst, book, acct string }
	sums := map[key]int64{}
	for _, p := range moves {
		sums[key{p.Inst, p.Book, p.From}] -= p.Amount
		sums[key{p.Inst, p.Book, p.To}] += p.Amount
	}
	out := []Account{}
	for k, n := range sums {
		if k.acct != ledger.Source && n != 0 {
			out = append(out, Account{k.inst, k.book, k.acct, n})
		}
	}
	slices.SortFunc(out, func(a, b Account) int {
		return strings.Compare(a.Inst+"\x1f"+a.Book+"\x1f"+a.Account, b.Inst+"\x1f"+b.Book+"\x1f"+b.Account)
	})
	return out, err
}

// OnAccount is a case with money on an account.
type OnAccount struct {
	store.FindingItem
	Amount int64 // there, fen
}

// CasesOn lists the cases behind a sum of Accounts, newest first.
func (d *Desk) CasesOn(ctx context.Context, who *auth.Identity, f store.BookFilter, p store.Page) (out []OnAccount, err error) {
	if f.Book == "" || f.Account == "" {
		return nil, badField("account", "请写账册和账户，如 基金、应收")
	}
	if err := booksFor(who, &f); err != nil {
		return nil, err
	}
	err = d.DB.View(ctx, func(tx *store.Tx) error {
		out = nil
		bs, err := tx.Balances(store.Scope(who.Scope), f, p)
		if err != nil {
			return err
		}
		items := make([]store.FindingItem, len(bs))
		at, err := itemsByID(tx, len(bs), func(i int) string { return bs[i].Finding })
		for i, b := range bs {
			items[i] = at[b.Finding]
			items[i].ID = b.Finding
		}
		if err != nil {
			return err
		}
		o, err := othersOf(tx, who)
		if err == nil {
			err = o.items(tx, items)
		}
		for i := range items {
			if o != nil && items[i].Inst != o.own { // its line lies in another's finding
				items[i].Inst, items[i].Psn, items[i].Mdtrt = "", "", ""
			}
			out = append(out, OnAccount{items[i], bs[i].Amount})
		}
		return err
	})
	return out, told(err)
}

func itemsByID(tx *store.Tx, n int, id func(int) string) (map[string]store.FindingItem, error) {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = id(i)
	}
	return tx.ItemsOf(slices.Compact(slices.Sorted(slices.Values(ids))))
}

// Posts lists postings, newest first.
func (d *Desk) Posts(ctx context.Context, who *auth.Identity, f store.BookFilter, p store.Page) (out []store.Post, err error) {
	if err := booksFor(who, &f); err != nil {
		return nil, err
	}
	err = d.DB.View(ctx, func(tx *store.Tx) (err error) { out, err = tx.PostsIn(store.Scope(who.Scope), f, p); return err })
	if who.Outside() {
		for i := range out {
			out[i].Actor = ""
		}
	}
	return out, told(err)
}

// RefundsPage lists what came back on other ways (self-check, inspection, another case), newest first, with what of it is used up.
func (d *Desk) RefundsPage(ctx context.Context, who *auth.Identity, inst string, p store.Page) (out []store.RefundElse, err error) {
	if err := booksFor(who, &store.BookFilter{}); err != nil {
		return nil, err
	}
	err = d.DB.View(ctx, func(tx *store.Tx) (err error) { out, err = tx.RefundsIn(store.Scope(who.Scope), inst, p); return err })
	return out, told(err)
}

// Closed lists the closed months, newest first. Their sums are the whole area's: who sees a part of it sees none.
func (d *Desk) Closed(ctx context.Context, who *auth.Identity) (out []store.Period, err error) {
	if err := may(who, auth.Execute, auth.Confirm, auth.ReadBoards); err != nil {
		return nil, err
	}
	err = d.DB.View(ctx, func(tx *store.Tx) (err error) { out, err = tx.Periods(); return err })
	slices.Reverse(out)
	if who.Scope.Admdvs != "" || who.Scope.Inst != "" {
		for i := range out {
			out[i].Offset, out[i].Net = 0, 0
		}
	}
	return out, told(err)
}
