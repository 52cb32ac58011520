package libraryapi

import (
	"archive/zip"
	"bytes"
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/rule"
	"github.com/mingjian/mingjian/internal/rulebook"
	"github.com/mingjian/mingjian/internal/web/api"
	"github.com/mingjian/mingjian/internal/web/api/apitest"
)

// A card's text is checked as an installation does it: what is wrong is said with its line, right text says what its cases came to.
func TestCheckText(t *testing.T) {
	lib, err := rule.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	text := string(lib.Card("B023").Text())
	got, err := check([]byte(text))
	if err != nil || got.Rule != "B023" || len(got.Wrong) > 0 || len(got.Cases) < 2 {
		t.Fatalf("%+v, %v", got, err)
	}
	for _, c := range got.Cases {
		if !c.OK {
			t.Errorf("%s: %s", c.Name, c.Said)
		}
	}
	for _, bad := range []string{
		strings.Replace(text, "severity: 1", "severity: 9", 1),
		"id: [", "\x00", "- 1\n- 2\n", strings.Repeat("a: {", 5000),
	} {
		got, err := check([]byte(bad))
		if err != nil || len(got.Wrong) == 0 || got.Wrong[0].Msg == "" {
			t.Errorf("%.40q: %+v, %v", bad, got, err)
		}
	}
	wrong := strings.Replace(text, "expect: [", "expect: [不存在的行, ", 1)
	if got, err = check([]byte(wrong)); err != nil {
		t.Fatal(err)
	}
	failed := 0
	for _, c := range got.Cases {
		if !c.OK && c.Said != "" {
			failed++
		}
	}
	if failed+len(got.Wrong) == 0 {
		t.Error("a case that expects what is not there passes")
	}
}

// The pages are those of the library, made once and again when the library changes; every card says what it judges.
func TestPages(t *testing.T) {
	lib, err := rule.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	id, cards := "a", lib.Cards
	g := &group{Config: Config{Live: func() Live {
		return Live{ID: id, Cards: cards, Points: []knowledge.Point{{ID: "p", RuleID: "B023", Subject: "990400360000000", AgeMin: -1, AgeMax: -1, Limit: claim.None64}}}
	}}}
	ps, err := g.pages()
	if err != nil || len(ps) != len(lib.Cards) {
		t.Fatalf("%d pages of %d cards, %v", len(ps), len(lib.Cards), err)
	}
	for i, p := range ps {
		if p.Says == "" || p.Plainly == "" || p.Basis == "" || p.Text == "" || p.Stop == "" {
			t.Errorf("%s says %q, %q, basis %q, stop %q", p.ID, p.Says, p.Plainly, p.Basis, p.Stop)
		}
		if i > 0 && ps[i-1].ID >= p.ID {
			t.Errorf("%s after %s", p.ID, ps[i-1].ID)
		}
		if want := map[bool]int{true: 1}[p.ID == "B023"]; p.Points != want {
			t.Errorf("%s has %d points", p.ID, p.Points)
		}
	}
	if again, _ := g.pages(); &again[0] != &ps[0] {
		t.Error("the pages are made for every question")
	}
	id, cards = "b", cards[:3]
	if ps, err = g.pages(); err != nil || len(ps) != 3 {
		t.Errorf("%d pages after the library changed, %v", len(ps), err)
	}
}

func TestPointInWords(t *testing.T) {
	p := knowledge.Point{ID: "x", RuleID: "A003", Subject: "XZZ1", AgeMin: -1, AgeMax: 18, Limit: 20_000, Unit: "次", From: claim.DayOf(1900, 1, 1), To: claim.OpenDay, Basis: "限十八岁以下"}
	if got := pointOf(&p); got.Age != "18 岁及以下" || got.Limit != "2" || got.From != "" || got.To != "" {
		t.Errorf("%+v", got)
	}
	p.AgeMin, p.From, p.To, p.Limit = 3, claim.DayOf(2025, 1, 1), claim.DayOf(2025, 12, 31), claim.None64
	if got := pointOf(&p); got.Age != "3–18 岁" || got.Limit != "" || got.From != "2025-01-01" || got.To != "2025-12-31" {
		t.Errorf("%+v", got)
	}
	if !mentions(&p, "十八岁") || !mentions(&p, "XZZ1") || mentions(&p, "B023") {
		t.Error("finding points by text")
	}
}

// The book is written when it is asked for, again when the library changed, and says what changed.
func TestBook(t *testing.T) {
	lib, err := rule.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	day := "2026-03-01"
	b := &Book{Dir: t.TempDir() + "/rulebook", Today: func() string { return day }}
	l := Live{ID: "a", Cards: []*rule.Card{lib.Card("A001"), lib.Card("A002")}}
	first, err := b.read(l, rulebook.Archive)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(first), int64(len(first)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Open("rulebook/cards/A002.html"); err != nil {
		t.Error(err)
	}
	day, l.ID, l.Cards = "2026-03-09", "b", append(l.Cards, lib.Card("A003"))
	feed, err := b.read(l, rulebook.Feed)
	if err != nil || !strings.Contains(string(feed), "A003") || !strings.Contains(string(feed), "2026-03-09") {
		t.Errorf("%v: %s", err, feed)
	}
	if again, err := b.read(l, rulebook.Feed); err != nil || !bytes.Equal(again, feed) {
		t.Errorf("%v, asked again it says something else", err)
	}
}

// An institution's system takes the book and the feed with its key, and nothing else of the library.
func TestBookByKey(t *testing.T) {
	lib, err := rule.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	s := apitest.Serve(t, apitest.Options{People: map[string][3]string{"yuan": {"医疗机构医保办", "", "H1"}}, Groups: func(s *apitest.Server) []func(*api.API) {
		b := &Book{Dir: s.Dir + "/rulebook", Today: func() string { return "2026-03-01" }}
		return []func(*api.API){Group(Config{Live: func() Live { return Live{ID: "a", Cards: []*rule.Card{lib.Card("A001")}, Book: b} }})}
	}})
	keys, err := auth.OpenKeys(s.Dir, s.DB, s.Trail)
	if err != nil {
		t.Fatal(err)
	}
	id, secret, err := keys.Add(context.Background(), "t", auth.NewKey{Name: "HIS", Scope: auth.Scope{Inst: "H1"}})
	if err != nil {
		t.Fatal(err)
	}
	sign := func(nonce string) []string {
		ts := strconv.FormatInt(time.Now().Unix(), 10)
		return []string{"x-tif-paasid", id, "x-tif-timestamp", ts, "x-tif-nonce", nonce, "x-tif-signature", auth.SignTIF(secret, ts, nonce)}
	}
	if feed, _ := s.As("", 200, "GET", "/api/library/feed", nil, sign("n1")...); !strings.Contains(feed, "<feed") {
		t.Error(feed)
	}
	s.As("", 200, "GET", "/api/library/rulebook", nil, sign("n2")...)
	s.As("yuan", 200, "GET", "/api/library/feed", nil)
	s.As("", 401, "GET", "/api/library/feed", nil)
	s.As("", 403, "GET", "/api/library/cards", nil, sign("n3")...)
	s.As("yuan", 403, "GET", "/api/library/coverage", nil)
}
