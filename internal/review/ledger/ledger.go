// Package ledger keeps the money of cases as postings that are only ever added: each moves an amount of one (line, fund item)
// from one account to another, so a book always adds up. It knows the accounts and which moves they allow; it knows no states,
// no persons and no SQL.
package ledger

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/store"
)

// Books. What is due to the patient, breach money and fines never mix with what the fund gets back.
const (
	Fund    = "基金"
	Patient = "患者"
	Breach  = "违约金"
	Fine    = "罚款"
)

// Accounts of the fund's book; Source stands for the world outside the ledger.
const (
	Source    = "来源"
	Proposed  = "提出"
	Confirmed = "确认"
	Due       = "应收"
	Offset    = "抵扣"
	Paid      = "缴款"
	Received  = "已收"
	BackDue   = "待退"
	Back      = "已退"
	Elsewhere = "另退"
	Refused   = "拒付"
	YearEnd   = "年清"
	Clearing  = "清算"
	Handed    = "移交"
	Waived    = "免收" // breach money is charged instead
	OwedBack  = "应退" // of the patient's book
)

// Open are the accounts on which something is still to be done: a case with money on them is not finished.
var Open = []string{Proposed, Confirmed, Due, Offset, Paid, Clearing, Handed, BackDue, OwedBack}

//go:embed accounts.tsv
var accounts string

type move struct{ book, from, to string }

// allowed are the moves there are, with the words for them on a document; "" for those that a document does not tell of.
var allowed = func() map[move]string {
	out := map[move]string{}
	for i, l := range strings.Split(strings.TrimSpace(accounts), "\n") {
		if f := strings.Split(l, "\t"); i > 0 {
			out[move{f[0], f[1], f[2]}] = strings.TrimPrefix(f[4], "-")
		}
	}
	return out
}()

// OnPaper is what a document calls a move of money; "" for one within the office, which no document tells of.
func OnPaper(book, from, to string) string { return allowed[move{book, from, to}] }

// Key is what money is kept by within a case: its line and the fund item (统筹基金, 大病保险 …).
type Key struct {
	Line int
	Item string
}

// Case is the ledger of one case.
type Case struct {
	Finding string
	Inst    string
	Lines   map[int]Line

	bal   map[string]map[Key]map[string]int64
	other map[Key]map[string]int64 // what counts as come back elsewhere, by the document that says so
	count int
	added []store.Post
}

// Line tells where a line's money comes from.
type Line struct{ Setl, Sn string }

// Stamp is what a posting says of its occasion.
type Stamp struct {
	Actor string
	At    int64
	Month string // account month, yyyy-MM
	Doc   string
	Memo  string
}

// Read builds a case's ledger from its postings in order. A posting that the accounts do not allow, or that takes what is not
// there, is an error: the ledger was changed by somebody else than this program.
func Read(finding, inst string, posts []store.Post) (*Case, error) {
	c := &Case{Finding: finding, Inst: inst, Lines: map[int]Line{}, bal: map[string]map[Key]map[string]int64{}, other: map[Key]map[string]int64{}}
	for i := range posts {
		p := &posts[i]
		c.Lines[p.LineNo] = Line{p.Setl, p.Sn}
		if err := c.apply(p.Book, Key{p.LineNo, p.Item}, p.From, p.To, p.Amount, p.Doc); err != nil {
			return nil, fmt.Errorf("台账分录 %s：%w", p.ID, err)
		}
	}
	c.count = len(posts)
	return c, nil
}

func (c *Case) apply(book string, k Key, from, to string, amount int64, doc string) error {
	if _, ok := allowed[move{book, from, to}]; !ok {
		return fmt.Errorf("%s账册不允许从“%s”记到“%s”", book, from, to)
	}
	if amount <= 0 {
		return fmt.Errorf("金额 %s 元，应大于零", claim.Money(amount))
	}
	if c.bal[book] == nil {
		c.bal[book] = map[Key]map[string]int64{}
	}
	b := c.bal[book][k]
	if b == nil {
		b = map[string]int64{}
		c.bal[book][k] = b
	}
	if from != Source && b[from] < amount {
		return fmt.Errorf("“%s”只有 %s 元，不够记出 %s 元", from, claim.Money(b[from]), claim.Money(amount))
	}
	b[from] -= amount
	b[to] += amount
	if from == Elsewhere || to == Elsewhere {
		if c.other[k] == nil {
			c.other[k] = map[string]int64{}
		}
		if to == Elsewhere {
			c.other[k][doc] += amount
		} else {
			c.other[k][doc] -= amount
		}
	}
	return nil
}

// Move adds a posting. Nothing is moved for 0.
func (c *Case) Move(book string, k Key, from, to string, amount int64, s Stamp) error {
	if amount == 0 {
		return nil
	}
	if err := c.apply(book, k, from, to, amount, s.Doc); err != nil {
		return err
	}
	c.count++
	l := c.Lines[k.Line]
	c.added = append(c.added, store.Post{ID: fmt.Sprintf("%s-%06d", c.Finding, c.count), Finding: c.Finding, LineNo: k.Line, Book: book, Inst: c.Inst, Setl: l.Setl,
		Sn: l.Sn, Item: k.Item, From: from, To: to, Amount: amount, Month: s.Month, Doc: s.Doc, Actor: s.Actor, At: s.At, Memo: s.Memo})
	return nil
}

// Keys lists what a book has, by line and item.
func (c *Case) Keys(book string) []Key {
	return slices.SortedFunc(maps.Keys(c.bal[book]), func(a, b Key) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return strings.Compare(a.Item, b.Item)
	})
}

// On is what lies on an account for a key.
func (c *Case) On(book string, k Key, account string) int64 { return c.bal[book][k][account] }

// Total is what lies on accounts of a book over all keys.
func (c *Case) Total(book string, accounts ...string) (sum int64) {
	for _, b := range c.bal[book] {
		for _, a := range accounts {
			sum += b[a]
		}
	}
	return sum
}

// Balances sums a book by account; accounts with nothing are left out.
func (c *Case) Balances(book string) map[string]int64 {
	out := map[string]int64{}
	for _, b := range c.bal[book] {
		for a, n := range b {
			if a != Source && n != 0 {
				out[a] += n
			}
		}
	}
	return out
}

// MoveUpTo moves what lies on an account, at most limit (all when negative), in the order of the keys; it returns how much.
func (c *Case) MoveUpTo(book, from, to string, limit int64, s Stamp) (int64, error) {
	var moved int64
	for _, k := range c.Keys(book) {
		n := c.On(book, k, from)
		if limit >= 0 {
			n = min(n, limit-moved)
		}
		if err := c.Move(book, k, from, to, n, s); err != nil {
			return moved, err
		}
		moved += n
	}
	return moved, nil
}

// Claim is what a case stands for on a key: what entered the book, without what was or will be paid back.
func (c *Case) Claim(book string, k Key) int64 {
	b := c.bal[book][k]
	n := -b[Source]
	if book == Patient { // paid to the patient is not paid back to the institution
		return n
	}
	return n - b[BackDue] - b[Back]
}

// Claims sums Claim over the keys of a line; all lines when 0.
func (c *Case) Claims(book string, line int) (sum int64) {
	for k := range c.bal[book] {
		if line == 0 || k.Line == line {
			sum += c.Claim(book, k)
		}
	}
	return sum
}

// down is the order in which a smaller claim gives money up: first what nobody has been asked for, last what was received.
var down = map[string][][2]string{
	Fund: {{Proposed, Source}, {Confirmed, Source}, {Handed, Source}, {Due, Source}, {Clearing, Source}, {YearEnd, Source}, {Waived, Source}, {Offset, Source}, {Elsewhere, Source},
		{Paid, BackDue}, {Received, BackDue}, {Refused, BackDue}},
	Patient: {{OwedBack, Source}, {Back, Source}},
	Breach:  {{Due, Source}, {Received, BackDue}},
	Fine:    {{Due, Source}, {Received, BackDue}},
}

// Adjust brings the claim of a line to what was decided, item by item. A larger claim enters on front; what was about to be paid
// back is kept first. freed is what no longer counts as come back elsewhere, by document.
func (c *Case) Adjust(book string, line int, want map[string]int64, front string, s Stamp) (freed map[string]int64, err error) {
	freed = map[string]int64{}
	items := map[string]bool{}
	for i := range want {
		items[i] = true
	}
	for k := range c.bal[book] {
		if k.Line == line {
			items[k.Item] = true
		}
	}
	for _, item := range slices.Sorted(maps.Keys(items)) {
		k := Key{line, item}
		delta := want[item] - c.Claim(book, k)
		if delta > 0 {
			if back := min(delta, c.On(book, k, BackDue)); back > 0 && book == Fund {
				if err := c.Move(book, k, BackDue, Received, back, s); err != nil {
					return freed, err
				}
				delta -= back
			}
			if err := c.Move(book, k, Source, front, delta, s); err != nil {
				return freed, err
			}
			continue
		}
		for _, d := range down[book] {
			n := min(-delta, c.On(book, k, d[0]))
			if d[0] == Elsewhere {
				err = c.free(k, n, s, freed)
			} else {
				err = c.Move(book, k, d[0], d[1], n, s)
			}
			if err != nil {
				return freed, err
			}
			delta += n
		}
		if delta != 0 {
			return freed, fmt.Errorf("第 %d 行 %s 还有 %s 元无处调减", line, item, claim.Money(-delta))
		}
	}
	return freed, nil
}

// free takes an amount from what came back elsewhere, document by document.
func (c *Case) free(k Key, amount int64, s Stamp, freed map[string]int64) error {
	for _, doc := range slices.Sorted(maps.Keys(c.other[k])) {
		n := min(amount, c.other[k][doc])
		s.Doc = doc
		if err := c.Move(Fund, k, Elsewhere, Source, n, s); err != nil {
			return err
		}
		freed[doc] += n
		amount -= n
	}
	return nil
}

// Settled tells whether nothing is left to be done.
func (c *Case) Settled() bool {
	for book := range c.bal {
		if c.Total(book, Open...) != 0 {
			return false
		}
	}
	return true
}

// Added are the postings made since the ledger was read.
func (c *Case) Added() []store.Post { return c.added }

// Check proves that every book of the case adds up to nothing and that no account is negative.
func (c *Case) Check() error {
	for book, keys := range c.bal {
		for k, b := range keys {
			var sum int64
			for a, n := range b {
				sum += n
				if a != Source && n < 0 {
					return fmt.Errorf("%s 第 %d 行 %s：“%s”为 %s 元", book, k.Line, k.Item, a, claim.Money(n))
				}
			}
			if sum != 0 {
				return fmt.Errorf("%s 第 %d 行 %s：借贷差 %s 元", book, k.Line, k.Item, claim.Money(sum))
			}
		}
	}
	return nil
}

// Item is the fund item where a settlement's shares are not known.
const Item = "基金"

// Split divides an amount by shares, in the order of their names, so that the parts sum to the whole and none is a fen off; all
// under Item where there are no shares.
func Split(amount int64, shares map[string]int64) map[string]int64 {
	var whole int64
	for _, s := range shares {
		whole += max(s, 0)
	}
	out := map[string]int64{}
	if amount <= 0 {
		return out
	}
	if whole <= 0 {
		out[Item] = amount
		return out
	}
	var upto, given int64
	for _, n := range slices.Sorted(maps.Keys(shares)) {
		upto += max(shares[n], 0)
		if part := claim.MulDiv(amount, upto, whole) - given; part > 0 {
			out[n] = part
			given += part
		}
	}
	return out
}
