package review_test

import (
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
)

// TestTiesKeepReviewersAway: who is tied to the institution is refused at every step at which something is judged, is offered none of them, and
// reads why; somebody else decides. Other institutions stay open to him.
func TestTiesKeepReviewersAway(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		tie := func(who *auth.Identity, n review.NewTie) {
			t.Helper()
			n.Login = who.Name
			if n.Inst == "" {
				n.Inst = hosp1
			}
			o.ok(o.desk.AddTie(ctx, who, n))
		}
		tie(first2, review.NewTie{Kind: "亲属", Note: "配偶在该院"})
		tie(second2, review.NewTie{Kind: "离职", Until: claim.DayOf(2024, 12, 31)})
		tie(chief2, review.NewTie{Kind: "任职"})
		tie(law, review.NewTie{Kind: "其他"})
		tie(second1, review.NewTie{Kind: "亲属", Inst: hosp2})                                                                // another institution
		tie(first1, review.NewTie{Kind: "离职", Until: claim.DayOf(2021, 1, 1)})                                              // long ago
		o.refused(review.CodePermission, o.desk.AddTie(ctx, money, review.NewTie{Login: "money", Inst: hosp1, Kind: "亲属"})) // judges nothing
		stands := func(who *auth.Identity, id string, events ...string) {
			t.Helper()
			d, err := o.desk.Open(ctx, who, id)
			o.ok(err)
			if !strings.Contains(d.Recusal, "应当回避") {
				t.Errorf("%s is not told why he stands aside from %s: %q", who.Name, id, d.Recusal)
			}
			for _, e := range d.Can {
				for _, x := range events {
					if e.ID == x {
						t.Errorf("%s is offered %s on %s", who.Name, x, id)
					}
				}
			}
		}
		dismissed := review.Say{Reason: "合理诊疗", Opinion: "医嘱在案"}

		o.simple("a")
		stands(first2, "a", "keep", "dismiss", "pause")
		_, err := o.desk.Keep(ctx, first2, review.KeepInput{Ref: o.ref("a"), Say: fine})
		o.refused(review.CodeSelf, err)
		_, err = o.desk.Dismiss(ctx, first2, o.ref("a"), dismissed)
		o.refused(review.CodeSelf, err)
		if d, err := o.desk.Open(ctx, first1, "a"); err != nil || d.Recusal != "" || len(d.Can) == 0 {
			t.Errorf("who left long ago is kept away: %+v %v", d, err)
		}

		// A dismissal is not agreed to by who is tied either.
		o.add(spec{id: "big", lines: []store.Line{line("M-big", "1", 500000, 500000, 600000)}})
		o.take("big")
		_, err = o.desk.Dismiss(ctx, first1, o.ref("big"), dismissed)
		o.ok(err)
		o.state("big", review.DismissTwo)
		stands(first2, "big", "dismiss_agree", "dismiss_refuse")
		_, err = o.desk.DismissAgree(ctx, first2, o.ref("big"), dismissed)
		o.refused(review.CodeSelf, err)

		o.to("a", review.Second)
		stands(second2, "a", "uphold", "withdraw", "ask", "refer")
		_, err = o.desk.Uphold(ctx, second2, review.DecideInput{Ref: o.ref("a"), Say: fine})
		o.refused(review.CodeSelf, err)
		_, err = o.desk.Withdraw(ctx, second2, o.ref("a"), dismissed)
		o.refused(review.CodeSelf, err)
		_, err = o.desk.Refer(ctx, second2, o.ref("a"), fine)
		o.refused(review.CodeSelf, err)

		// The panel: neither chosen nor concluded by who is tied.
		o.simple("p")
		o.to("p", review.Second)
		_, err = o.desk.Refer(ctx, second1, o.ref("p"), review.Say{Opinion: "专业问题"})
		o.ok(err)
		_, err = o.desk.Convene(ctx, second2, review.ConveneInput{Cases: []review.Ref{o.ref("p")}, Members: []string{"e1", "e2", "e3"}, Chair: "e1"})
		o.refused(review.CodeSelf, err)

		o.to("a", review.Final)
		stands(chief2, "a", "confirm", "overturn", "handover", "recall")
		_, err = o.desk.Confirm(ctx, chief2, review.DecideInput{Ref: o.ref("a"), Say: fine})
		o.refused(review.CodeSelf, err)
		_, err = o.desk.Overturn(ctx, chief2, o.ref("a"), dismissed)
		o.refused(review.CodeSelf, err)
		_, err = o.desk.HandOver(ctx, chief2, o.ref("a"), fine)
		o.refused(review.CodeSelf, err)
		_, err = o.desk.HandOver(ctx, chief, o.ref("a"), fine)
		o.ok(err)
		stands(law, "a", "return", "admin_close")
		_, err = o.desk.Return(ctx, law, o.ref("a"), fine)
		o.refused(review.CodeSelf, err)

		// Elsewhere they work as before.
		o.add(spec{id: "other", inst: hosp2, lines: []store.Line{line("M-other", "1", 500000, 500000, 600000)}})
		o.take("other")
		_, err = o.desk.Keep(ctx, first2, review.KeepInput{Ref: o.ref("other"), Say: fine})
		o.ok(err)
		if h, err := o.desk.Check(ctx); err != nil || len(h.Wrong) > 0 {
			t.Errorf("%+v %v", h, err)
		}
	})
}

// TestJudges lists who has ties to record: those who judge, in the scope of who asks, never the hospitals' people.
func TestJudges(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		us, err := o.desk.Judges(ctx, chief)
		o.ok(err)
		got := map[string]bool{}
		for _, u := range us {
			got[u.Login] = true
		}
		for login, want := range map[string]bool{"first1": true, "second1": true, "chief": true, "e1": true, "law": true, "county": true, "clerk": false, "money": false, "h1": false, "watch": false} {
			if got[login] != want {
				t.Errorf("%s: %v", login, got[login])
			}
		}
		east := &auth.Identity{Name: "east", Roles: []string{"终审"}, Scope: auth.Scope{Admdvs: "990101"}}
		if us, err = o.desk.Judges(ctx, east); err != nil {
			t.Fatal(err)
		}
		for _, u := range us {
			if u.Login == "county" {
				t.Error("a division reads the people of another")
			}
		}
		_, err = o.desk.Judges(ctx, first1)
		o.refused(review.CodePermission, err)
	})
}
