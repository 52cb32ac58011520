package review_test

import (
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
)

var countyMoney = who("county-money", "990102", "", "财务")

// TestBooksOpenIntoTheirCases: a sum of the ledger is the sum of the cases it opens into, and of the postings; nobody is shown another's.
func TestBooksOpenIntoTheirCases(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		o.simple("a")
		o.simple("b")
		o.add(spec{id: "n", inst: hosp2, lines: []store.Line{line("M-n", "1", 50000, 50000, 90000)}})
		o.take("n")
		o.to("a", review.Executing)
		o.book("a")
		o.to("b", review.Answering)
		o.keep("n") // proposed, not sent: no hospital's affair yet
		page := store.Page{Limit: 50}
		as, err := o.desk.Accounts(ctx, money, "")
		o.ok(err)
		if len(as) < 3 {
			t.Fatalf("%+v", as)
		}
		for _, a := range as {
			cs, err := o.desk.CasesOn(ctx, money, store.BookFilter{Book: a.Book, Account: a.Account, Inst: a.Inst}, page)
			o.ok(err)
			var sum int64
			for _, c := range cs {
				sum += c.Amount
			}
			if sum != a.Amount || len(cs) == 0 {
				t.Errorf("%+v opens into %+v", a, cs)
			}
			in, err := o.desk.Posts(ctx, money, store.BookFilter{Book: a.Book, To: a.Account, Inst: a.Inst}, page)
			o.ok(err)
			out, err := o.desk.Posts(ctx, money, store.BookFilter{Book: a.Book, From: a.Account, Inst: a.Inst}, page)
			o.ok(err)
			for _, p := range in {
				sum -= p.Amount
			}
			for _, p := range out {
				sum += p.Amount
			}
			if sum != 0 {
				t.Errorf("%+v differs from its postings by %d", a, sum)
			}
		}
		// Paged, nothing is lost or shown twice.
		first, err := o.desk.Posts(ctx, money, store.BookFilter{}, store.Page{Limit: 1})
		o.ok(err)
		rest, err := o.desk.Posts(ctx, money, store.BookFilter{}, store.Page{Limit: 50, Before: first[0].ID})
		o.ok(err)
		all, err := o.desk.Posts(ctx, money, store.BookFilter{}, page)
		o.ok(err)
		if len(rest)+1 != len(all) || rest[0].ID == first[0].ID {
			t.Errorf("%d and %d postings of %d", len(first), len(rest), len(all))
		}
		// A division sees its own, a hospital its own that was sent and nobody's name.
		as, err = o.desk.Accounts(ctx, countyMoney, "")
		o.ok(err)
		for _, a := range as {
			if a.Inst != hosp2 {
				t.Errorf("the county is shown %+v", a)
			}
		}
		if len(as) == 0 {
			t.Error("the county sees nothing of its own")
		}
		as, err = o.desk.Accounts(ctx, h2, "")
		o.ok(err)
		if len(as) != 0 {
			t.Errorf("a hospital is shown what was not sent: %+v", as)
		}
		ps, err := o.desk.Posts(ctx, h1, store.BookFilter{}, page)
		o.ok(err)
		for _, p := range ps {
			if p.Inst != hosp1 || p.Actor != "" {
				t.Errorf("a hospital is shown %+v", p)
			}
		}
		if len(ps) == 0 {
			t.Error("a hospital sees nothing of its own")
		}
		ps, err = o.desk.Posts(ctx, h1, store.BookFilter{Inst: hosp2}, page)
		o.ok(err)
		if len(ps) != 0 {
			t.Errorf("a hospital asks for another's and is shown %+v", ps)
		}
		_, err = o.desk.CasesOn(ctx, money, store.BookFilter{Book: "基金"}, page)
		o.refused(review.CodeInput, err)
		_, err = o.desk.Moves(ctx, expert1, store.BookFilter{})
		o.refused(review.CodePermission, err)
		_, err = o.desk.RefundsPage(ctx, dept1, "", page)
		o.refused(review.CodePermission, err)
	})
}

// TestFilesFindTheirStay: the number must stand there as a whole, in the house's own findings, where files are taken.
func TestFilesFindTheirStay(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		for _, id := range []string{"1001", "1002"} {
			o.simple(id) // of the stays M-1001, M-1002
		}
		o.add(spec{id: "x", rule: "A002", lines: []store.Line{line("M-1001", "2", 90000, 90000, 90000)}}, spec{id: "y", inst: hosp2, lines: []store.Line{line("M-2001", "1", 90000, 90000, 90000)}})
		o.take("x", "y")
		for _, id := range []string{"1001", "x"} {
			o.to(id, review.Answering)
		}
		o.to("1002", review.Second)
		names := []string{"M-1001_病历首页.pdf", "病历 M-1001 (2).PDF", "C:\\scan\\M-1001.jpg", "M-10011.pdf", "XM-1001.pdf", "M-1002-医嘱.pdf", "M-2001.pdf", "病历.pdf", ""}
		ms, err := o.desk.MatchFiles(ctx, h1, names)
		o.ok(err)
		if len(ms) != len(names) {
			t.Fatalf("%d answers to %d names", len(ms), len(names))
		}
		for i, want := range []int{2, 2, 2, 0, 0, 0, 0, 0, 0} {
			if len(ms[i].Items) != want || (want == 0) != (ms[i].Why != "") {
				t.Errorf("%q goes to %d findings (%s), want %d", names[i], len(ms[i].Items), ms[i].Why, want)
			}
		}
		if !strings.Contains(ms[5].Why, review.Second) {
			t.Errorf("a file too late is refused with %q", ms[5].Why)
		}
		if ms[6].Why != ms[7].Why {
			t.Errorf("another's stay is told apart from none: %q", ms[6].Why)
		}
		_, err = o.desk.MatchFiles(ctx, dept1, names)
		o.refused(review.CodePermission, err)
		_, err = o.desk.MatchFiles(ctx, h1, make([]string, 201))
		o.refused(review.CodeInput, err)
	})
}

// TestRelaysGoOn: who passes a question on inside the house sees what becomes of it, and nobody else does.
func TestRelaysGoOn(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		o.simple("a")
		o.to("a", review.Answering)
		_, err := o.desk.Relay(ctx, h1, review.RelayInput{ID: "a", Login: "dept1", Asks: "请说明"})
		o.ok(err)
		r, err := o.desk.Relay(ctx, dept1, review.RelayInput{ID: "a", Login: "doc1", Asks: "请写经过"})
		o.ok(err)
		o.ok(o.desk.AnswerRelay(ctx, doc1, r.ID, r.Version, "当时有指征"))
		d, err := o.desk.Open(ctx, dept1, "a")
		o.ok(err)
		if len(d.Relays) != 2 || d.Relays[0].Reply+d.Relays[1].Reply != "当时有指征" {
			t.Errorf("the department sees %+v", d.Relays)
		}
		d, err = o.desk.Open(ctx, doc1, "a")
		o.ok(err)
		if len(d.Relays) != 1 {
			t.Errorf("the doctor sees %+v", d.Relays)
		}
		for _, x := range []struct {
			who          *auth.Identity
			asked, given int
		}{{h1, 1, 0}, {dept1, 1, 1}, {doc1, 0, 1}, {h2, 0, 0}} {
			asked, err := o.desk.Asked(ctx, x.who, "")
			o.ok(err)
			given, err := o.desk.Relayed(ctx, x.who, "")
			o.ok(err)
			if len(asked) != x.asked || len(given) != x.given {
				t.Errorf("%s asked %d and was asked %d", x.who.Name, len(asked), len(given))
			}
			for _, r := range asked {
				if r.Item.ID != "a" || r.Item.Rule == "" {
					t.Errorf("%s is not told what it is about: %+v", x.who.Name, r.Item)
				}
			}
		}
	})
}
