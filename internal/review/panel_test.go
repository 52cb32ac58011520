package review_test

import (
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
)

func TestPanel(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		for _, id := range []string{"a", "b", "c"} {
			o.simple(id)
			o.to(id, review.Second)
			_, err := o.desk.Refer(ctx, second1, o.ref(id), review.Say{Opinion: "专业问题"})
			o.ok(err)
		}
		convene := func(ids []string, members ...string) (*store.Panel, error) {
			in := review.ConveneInput{Members: members, Chair: members[0]}
			for _, id := range ids {
				in.Cases = append(in.Cases, o.ref(id))
			}
			return o.desk.Convene(ctx, second1, in)
		}
		for _, bad := range [][]string{{"e1", "e2"}, {"e1", "e2", "e3", "e4"}, {"e1", "e2", "e2"}, {"e1", "e2", "second1"}, {"e1", "e2", "nobody"}} {
			if _, err := convene([]string{"a"}, bad...); review.CodeOf(err) != review.CodePanel {
				t.Errorf("a panel of %v: %v", bad, err)
			}
		}
		o.ok(o.desk.AddTie(ctx, expert3, review.NewTie{Login: "e3", Inst: hosp1, Kind: "亲属"}))
		_, err := convene([]string{"a"}, "e1", "e2", "e3")
		o.refused(review.CodePanel, err)
		o.ok(o.desk.AddTie(ctx, chief, review.NewTie{Login: "e4", Inst: hosp1, Kind: "离职", Until: claim.DayOf(2023, 1, 1)}))
		_, err = convene([]string{"a"}, "e1", "e2", "e4")
		o.refused(review.CodePanel, err) // left 26 months ago
		o.ok(o.desk.SetTerm(ctx, chief, "e5", claim.DayOf(2024, 1, 1), claim.DayOf(2024, 12, 31)))
		_, err = convene([]string{"a"}, "e1", "e2", "e5")
		o.refused(review.CodePanel, err) // his term is over
		o.ok(o.desk.SetTerm(ctx, chief, "e5", claim.DayOf(2025, 1, 1), claim.DayOf(2025, 12, 31)))
		p, err := convene([]string{"a", "b", "c"}, "e1", "e2", "e5")
		o.ok(err)
		_, err = convene([]string{"a"}, "e1", "e2", "e5")
		o.refused(review.CodeState, err)
		_, err = o.desk.Conclude(ctx, second1, review.ConcludeInput{Ref: o.ref("a"), Say: fine, Minutes: "合议纪要"})
		o.refused(review.CodePanel, err) // nobody has voted

		e5 := &auth.Identity{Name: "e5", Roles: []string{auth.Expert}}
		vote := func(who *auth.Identity, id, v string, upheld int64) error {
			return o.desk.Vote(ctx, who, review.Ballot{Panel: p.ID, ID: id, Vote: v, Upheld: upheld, Opinion: "理由在此"})
		}
		o.refused(review.CodeNotFound, vote(expert3, "a", "违规", 0))
		o.refused(review.CodePermission, vote(second1, "a", "违规", 0))
		o.refused(review.CodeInput, vote(expert1, "a", "也许", 0))
		o.refused(review.CodeInput, vote(expert1, "a", "部分违规", 0))
		for id, vs := range map[string][]string{"a": {"违规", "违规", "不违规"}, "b": {"不违规", "违规", "不违规"}, "c": {"部分违规", "违规", "不违规"}} {
			for i, e := range []*auth.Identity{expert1, expert2, e5} {
				o.ok(vote(e, id, vs[i], map[string]int64{"部分违规": 40000}[vs[i]]))
				if i == 0 {
					d, err := o.desk.Open(ctx, expert2, id)
					o.ok(err)
					if len(d.Votes) != 0 || !d.Masked || strings.Contains(d.Finding.Psn, "P1") {
						t.Errorf("an expert sees %+v, %s", d.Votes, d.Finding.Psn)
					}
				}
			}
		}
		o.refused(review.CodeOnce, vote(expert1, "a", "不违规", 0))
		_, err = o.desk.Open(ctx, expert3, "a")
		o.refused(review.CodeNotFound, err)
		conclude := func(id string, ls ...review.LineDecision) error {
			_, err := o.desk.Conclude(ctx, second1, review.ConcludeInput{Ref: o.ref(id), Say: because("多数意见"), Minutes: "合议纪要：讨论了医嘱", Lines: ls})
			return err
		}
		o.ok(conclude("a"))
		o.state("a", review.Told)
		o.ok(conclude("b"))
		o.state("b", review.Closed)
		o.refused(review.CodePanel, conclude("c")) // more than the middle vote
		o.ok(conclude("c", review.LineDecision{LineNo: 1, Amount: fen(40000)}))
		if c := o.c("c"); c.Charged != 40000 || c.Verdict != review.VerdictPartly {
			t.Errorf("c is %+v", c)
		}
		o.simple("d")
		d, err := o.desk.Open(ctx, first1, "d")
		o.ok(err)
		if len(d.Like) != 1 || d.Like[0].ID != p.ID || !strings.Contains(d.Like[0].Minutes, "讨论了医嘱") {
			t.Errorf("earlier panels on the like: %+v", d.Like)
		}
		o.to("a", review.Final)
		o.healthy()
	})
}

func TestRecusalDuringAPanel(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		o.simple("a")
		o.to("a", review.Second)
		_, err := o.desk.Refer(ctx, second1, o.ref("a"), fine)
		o.ok(err)
		p, err := o.desk.Convene(ctx, second1, review.ConveneInput{Cases: []review.Ref{o.ref("a")}, Members: []string{"e1", "e2", "e3"}, Chair: "e1"})
		o.ok(err)
		o.ok(o.desk.Vote(ctx, expert1, review.Ballot{Panel: p.ID, ID: "a", Vote: "违规", Opinion: "理由"}))
		o.refused(review.CodePermission, o.desk.Recuse(ctx, expert2, p.ID, "e1", "亲属", "e4"))
		o.refused(review.CodeReason, o.desk.Recuse(ctx, expert1, p.ID, "e1", "", "e4"))
		o.refused(review.CodePanel, o.desk.Recuse(ctx, expert1, p.ID, "e1", "亲属", "")) // the chair needs somebody in his place
		o.ok(o.desk.Recuse(ctx, expert1, p.ID, "e1", "亲属在院", "e4"))
		o.refused(review.CodeNotFound, o.desk.Vote(ctx, expert1, review.Ballot{Panel: p.ID, ID: "a", Vote: "违规", Opinion: "理由"}))
		o.ok(o.desk.Recuse(ctx, second1, p.ID, "e3", "任职", ""))
		for _, e := range []string{"e2", "e4"} {
			o.ok(o.desk.Vote(ctx, &auth.Identity{Name: e, Roles: []string{auth.Expert}}, review.Ballot{Panel: p.ID, ID: "a", Vote: "违规", Opinion: "理由"}))
		}
		_, err = o.desk.Conclude(ctx, second1, review.ConcludeInput{Ref: o.ref("a"), Say: fine, Minutes: "合议纪要"})
		o.refused(review.CodePanel, err) // two are left
		o.healthy()
	})
}
