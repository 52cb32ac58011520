package review_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
)

func fen(n int64) *int64 { return &n }

// TestFlowIsWhole: every guard of the table exists, every timed state has its end, and the bureau's lateness decides nothing (checked when
// the tables are read); here, that what is read is what people rely on.
func TestFlowIsWhole(t *testing.T) {
	t.Parallel()
	f := review.TheFlow()
	for _, s := range []string{"机审", "初审", "反馈申诉", "补充材料", "复审", "合议", "二次申诉", "终审", "执行", "关闭"} {
		if !slices.ContainsFunc(f.States, func(x review.State) bool { return x.Name == s }) {
			t.Errorf("no state %s", s)
		}
	}
	for _, e := range f.Events {
		for _, to := range e.To {
			if slices.Contains(e.Who, "系统") && len(e.Who) == 1 && to == review.Executing && e.ID != "revive" {
				t.Errorf("the system alone may %s into %s", e.ID, to)
			}
		}
	}
}

func TestDismissal(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		small := func(id string) spec { return spec{id: id, lines: []store.Line{line("M-"+id, "1", 5000, 5000, 9000)}} }
		ids := count(60, "d")
		for _, id := range ids {
			o.add(small(id))
		}
		o.take(ids...)
		_, err := o.desk.Dismiss(ctx, first1, o.ref(ids[0]), review.Say{Opinion: "没有代码"})
		o.refused(review.CodeReason, err)
		_, err = o.desk.Dismiss(ctx, first1, o.ref(ids[0]), review.Say{Reason: "其他"})
		o.refused(review.CodeReason, err) // other, without saying what
		_, err = o.desk.Dismiss(ctx, second1, o.ref(ids[0]), because("x"))
		o.refused(review.CodePermission, err)
		reread := 0
		for _, id := range ids {
			c, err := o.desk.Dismiss(ctx, first1, o.ref(id), because("医嘱在案"))
			o.ok(err)
			switch c.State {
			case review.DismissRead:
				if reread++; reread == 1 {
					_, err := o.desk.RereadAgree(ctx, first2, o.ref(id), fine)
					o.refused(review.CodePermission, err)
					_, err = o.desk.RereadRefuse(ctx, second1, o.ref(id), review.Say{})
					o.refused(review.CodeReason, err)
					_, err = o.desk.RereadRefuse(ctx, second1, o.ref(id), fine)
					o.ok(err)
					_, err = o.desk.Keep(ctx, first1, review.KeepInput{Ref: o.ref(id), Say: fine})
					o.refused(review.CodeSelf, err) // dismissed it before
					_, err = o.desk.Keep(ctx, first2, review.KeepInput{Ref: o.ref(id), Say: fine})
					o.ok(err)
					continue
				}
				_, err := o.desk.RereadAgree(ctx, second1, o.ref(id), fine)
				o.ok(err)
			case review.Closed:
			default:
				t.Errorf("%s is in %s", id, c.State)
			}
		}
		if reread == 0 || reread > 20 {
			t.Errorf("%d of %d read again", reread, len(ids))
		}
		o.add(spec{id: "big", lines: []store.Line{line("M-big", "1", 200000, 200000, 200000)}})
		o.take("big")
		c, err := o.desk.Dismiss(ctx, both, o.ref("big"), because("医嘱在案"))
		o.ok(err)
		if c.State != review.DismissTwo {
			t.Fatalf("big is in %s", c.State)
		}
		_, err = o.desk.DismissAgree(ctx, both, o.ref("big"), fine)
		o.refused(review.CodeSelf, err)
		c, err = o.desk.DismissAgree(ctx, first2, o.ref("big"), fine)
		o.ok(err)
		if c.State == review.DismissRead {
			_, err = o.desk.RereadAgree(ctx, both, o.ref("big"), fine)
			o.refused(review.CodeSelf, err)
		}
		_, err = o.desk.Dismissals(ctx, first1, o.desk.Today(), o.desk.Today())
		o.refused(review.CodePermission, err)
		ds, err := o.desk.Dismissals(ctx, watch, o.desk.Today(), o.desk.Today())
		o.ok(err)
		for _, d := range ds {
			if d.Who == "first1" && (d.Dismissed != 60 || d.Permille != 1000 || d.Reread != reread || d.Refused != 1) {
				t.Errorf("%+v", d)
			}
		}
		o.healthy()
	})
}

func TestNobodyReviewsHimself(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		o.simple("a")
		_, err := o.desk.Keep(ctx, both, review.KeepInput{Ref: o.ref("a"), Say: fine})
		o.ok(err)
		o.to("a", review.Second)
		in := review.DecideInput{Ref: o.ref("a"), Say: fine}
		_, err = o.desk.Uphold(ctx, both, in)
		o.refused(review.CodeSelf, err)
		_, err = o.desk.Withdraw(ctx, both, in.Ref, because("x"))
		o.refused(review.CodeSelf, err)
		_, err = o.desk.Refer(ctx, both, in.Ref, fine)
		o.refused(review.CodeSelf, err)
		_, err = o.desk.AskMore(ctx, both, in.Ref, fine)
		o.refused(review.CodeSelf, err)
		_, err = o.desk.Uphold(ctx, chief, in)
		o.refused(review.CodePermission, err)
		_, err = o.desk.Uphold(ctx, second1, review.DecideInput{Ref: review.Ref{ID: "a", Version: 1}, Say: fine})
		o.refused(review.CodeVersion, err)
		o.to("a", review.Final)
		_, err = o.desk.Confirm(ctx, both, review.DecideInput{Ref: o.ref("a"), Say: fine})
		o.refused(review.CodeSelf, err)
		_, err = o.desk.Overturn(ctx, both, o.ref("a"), because("x"))
		o.refused(review.CodeSelf, err)
		_, err = o.desk.Confirm(ctx, second1, review.DecideInput{Ref: o.ref("a"), Say: fine})
		o.refused(review.CodePermission, err)
		_, err = o.desk.Book(ctx, money, o.ref("a"), review.Say{})
		o.refused(review.CodeState, err)
		o.healthy()
	})
}

func TestPartial(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		o.add(spec{id: "a", lines: []store.Line{line("M", "1", 10000, 10000, 10000), line("M", "2", 999, 999, 999)}})
		o.take("a")
		keep := func(ls ...review.LineDecision) error {
			_, err := o.desk.Keep(ctx, first1, review.KeepInput{Ref: o.ref("a"), Say: fine, Lines: ls})
			return err
		}
		for _, bad := range []review.LineDecision{{LineNo: 3, Amount: fen(1)}, {LineNo: 1, Amount: fen(10001)}, {LineNo: 1, Amount: fen(-1)}, {LineNo: 1}, {LineNo: 1, Cnt: 5, Of: 4}} {
			o.refused(review.CodeInput, keep(bad))
		}
		o.refused(review.CodeInput, keep(review.LineDecision{LineNo: 1, Amount: fen(1)}, review.LineDecision{LineNo: 1, Amount: fen(1)}))
		o.ok(keep(review.LineDecision{LineNo: 2, Cnt: 20000, Of: 30000})) // two of three
		o.want("a", "提出", 6000+399)                                       // 666 × 599 ÷ 999 = 399.33
		o.to("a", review.Second)
		uphold := func(ls ...review.LineDecision) error {
			_, err := o.desk.Uphold(ctx, second1, review.DecideInput{Ref: o.ref("a"), Say: fine, Lines: ls})
			return err
		}
		o.refused(review.CodeInput, uphold(review.LineDecision{LineNo: 2, Cnt: 30000, Of: 30000})) // never more than before
		o.refused(review.CodeInput, uphold(review.LineDecision{LineNo: 2, Cnt: 10000, Of: 20000})) // another quantity at fault
		o.refused(review.CodeInput, uphold(review.LineDecision{LineNo: 1, Amount: fen(0)}, review.LineDecision{LineNo: 2, Amount: fen(0)}))
		o.ok(uphold(review.LineDecision{LineNo: 1, Amount: fen(0)}))
		if c := o.c("a"); c.Verdict != review.VerdictPartly || c.Charged != 666 || c.Fund != 399 {
			t.Errorf("%+v", c)
		}
		o.want("a", "提出", 399)
		o.healthy()
	})
}

// TestAllocationRevives: two cards claim one line; the winner is overturned and the loser's charge comes back, wherever the loser is.
func TestAllocationRevives(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		o.add(spec{id: "win", rule: "A001", prio: 1, lines: []store.Line{line("M", "1", 8000, 8000, 10000)}},
			spec{id: "los", rule: "B001", prio: 2, lines: []store.Line{line("M", "1", 10000, 2000, 10000)}},
			spec{id: "raw", rule: "C001", prio: 3, lines: []store.Line{line("M", "1", 5000, 0, 10000)}},
			spec{id: "vis", rule: "G001", prio: 0, lines: []store.Line{line("M", "", 3000, 0, 10000)}})
		o.take("win", "los")
		if c := o.c("los"); c.Charged != 2000 || c.Fund != 1200 {
			t.Fatalf("the loser begins with %+v", c)
		}
		// The loser is executed and closed with what was left to it.
		o.to("los", review.Executing)
		for _, f := range []func() error{
			func() error { _, err := o.desk.Book(ctx, money, o.ref("los"), review.Say{}); return err },
			func() error {
				_, err := o.desk.Pay(ctx, money, review.PayInput{Ref: o.ref("los"), Kind: "机构缴款", Doc: "1"})
				return err
			},
			func() error {
				_, err := o.desk.Pay(ctx, money, review.PayInput{Ref: o.ref("los"), Kind: "缴款到账", Doc: "1"})
				return err
			},
			func() error {
				_, err := o.desk.Pay(ctx, money, review.PayInput{Ref: o.ref("los"), Kind: "已退患者", Doc: "1"})
				return err
			},
			func() error { _, err := o.desk.Finish(ctx, money, o.ref("los")); return err },
		} {
			o.ok(f())
		}
		o.healthy()
		c, err := o.desk.Dismiss(ctx, first2, o.ref("win"), because("医嘱在案"))
		o.ok(err)
		if c.State == review.DismissRead {
			_, err = o.desk.RereadAgree(ctx, second1, o.ref("win"), fine)
			o.ok(err)
		}
		los := o.c("los")
		if los.State != review.Executing || los.Charged != 10000 || los.Fund != 6000 || los.Outcome != "" {
			t.Errorf("the loser is %+v", los)
		}
		o.want("los", "已收", 1200)
		o.want("los", "确认", 4800)
		f, err := o.db.Finding(ctx, "raw")
		o.ok(err)
		if f.Charged != 0 { // the loser, of higher priority, took all
			t.Errorf("raw is charged %d", f.Charged)
		}
		o.healthy()
		// The loser falls too: its money goes back, and the finding nobody took up gets the line.
		d, err := o.desk.Open(ctx, clerk, "los")
		o.ok(err)
		if !slices.ContainsFunc(d.Notices, func(n store.Notice) bool { return n.Kind == "金额变更通知" }) {
			t.Error("the institution was not told")
		}
		p := o.pack("los")
		_, err = o.desk.Recall(ctx, chief, review.PackRef{ID: p.ID, Version: p.Version}, review.Say{Opinion: "误发"})
		o.ok(err)
		o.want("los", "待退", 1200)
		for id, want := range map[string]int64{"raw": 5000, "vis": 3000} {
			if f, err := o.db.Finding(ctx, id); err != nil || f.Charged != want {
				t.Errorf("%s is charged %d, want %d, %v", id, f.Charged, want, err)
			}
		}
		_, err = o.desk.Pay(ctx, money, review.PayInput{Ref: o.ref("los"), Kind: "退付机构", Doc: "2"})
		o.ok(err)
		o.want("los", "已退", 1200)
		o.take("raw")
		if c := o.c("raw"); c.Charged != 5000 {
			t.Errorf("taken up, raw is charged %d", c.Charged)
		}
		o.healthy()
	})
}

func TestSilence(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		o.simple("a")
		o.keep("a")
		o.send("a")
		o.state("a", review.Sent)
		var log []string
		for range 40 {
			o.days(1)
			r, err := o.desk.Tick(ctx)
			o.ok(err)
			again, err := o.desk.Tick(ctx)
			o.ok(err)
			if again.Reminded+again.Lapsed+again.Deemed+again.Escalated > 0 {
				t.Errorf("the second tick of a day did %+v", again)
			}
			c := o.c("a")
			switch {
			case r.Deemed > 0 && len(log) == 0: // later ones are reminders
				log = append(log, "deemed "+claim.Day(c.StartDay).String()+" due "+claim.Day(c.DueDay).String())
			case r.Lapsed > 0:
				log = append(log, "lapsed "+r.Day)
			case r.Reminded > 0:
				log = append(log, "reminded "+r.Day)
			}
			if c.State == review.Final {
				break
			}
		}
		// sent Monday 3 March; three working days: 6 March; ten more: 20 March; reminders 3 and 1 working days before.
		want := "deemed 2025-03-06 due 2025-03-20|reminded 2025-03-17|reminded 2025-03-19|lapsed 2025-03-21"
		if got := strings.Join(log, "|"); got != want {
			t.Errorf("%s\nwant\n%s", got, want)
		}
		if c := o.c("a"); c.Proof != "" && !strings.Contains(c.Proof, "推定") {
			t.Errorf("proof %q", c.Proof)
		}
		_, err := o.desk.Reopen(ctx, h1, review.AppealInput{Ref: o.ref("a")})
		o.refused(review.CodeReason, err)
		_, err = o.desk.Reopen(ctx, h1, review.AppealInput{Ref: o.ref("a"), Say: review.Say{Opinion: "系统故障未收到"}})
		o.ok(err)
		o.state("a", review.Second)
		o.healthy()
	})
}

// TestLateReminders: a case whose reminders were not sent in time is not lost by it: the reminders come first.
func TestLateReminders(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		o.simple("a")
		o.to("a", review.Answering)
		o.days(60) // nobody ran the clocks
		_, err := o.desk.Appeal(ctx, h1, review.AppealInput{Ref: o.ref("a"), Say: fine})
		o.refused(review.CodeDeadline, err)
		for i, want := range []string{review.Answering, review.Answering, review.Final} {
			_, err := o.desk.Tick(ctx)
			o.ok(err)
			if o.state("a", want); i < 2 && o.c("a").Reminders != i+1 {
				t.Errorf("%d reminders after %d ticks", o.c("a").Reminders, i+1)
			}
			o.days(1)
		}
		o.days(30)
		_, err = o.desk.Reopen(ctx, h1, review.AppealInput{Ref: o.ref("a"), Say: fine})
		o.refused(review.CodeDeadline, err)
		o.simple("b")
		o.to("b", review.Answering)
		_, err = o.desk.Accept(ctx, h1, o.ref("b"), review.Say{})
		o.ok(err)
		_, err = o.desk.Reopen(ctx, h1, review.AppealInput{Ref: o.ref("b"), Say: fine})
		o.refused(review.CodeOnce, err)
		o.healthy()
	})
}

func TestTheBureausLatenessDecidesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		o.simple("a")
		o.days(15)
		for i, want := range []int{1, 1, 2} {
			_, err := o.desk.Tick(ctx)
			o.ok(err)
			if c := o.c("a"); c.State != review.First || c.Escalated != want {
				t.Errorf("tick %d: %s, escalated %d", i, c.State, c.Escalated)
			}
			if i == 1 {
				o.days(7)
			}
		}
		o.keep("a")
		o.healthy()
	})
}

func TestPauseAndExtension(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		o.simple("a")
		due := claim.Day(o.c("a").DueDay)
		if due.String() != "2025-03-17" {
			t.Errorf("due %s", due)
		}
		_, err := o.desk.Resume(ctx, first1, o.ref("a"), fine)
		o.refused(review.CodePaused, err)
		_, err = o.desk.Pause(ctx, first1, o.ref("a"), review.Say{})
		o.refused(review.CodeReason, err)
		_, err = o.desk.Pause(ctx, second1, o.ref("a"), fine)
		o.refused(review.CodePermission, err)
		_, err = o.desk.Pause(ctx, first1, o.ref("a"), review.Say{Opinion: "等外地协查"})
		o.ok(err)
		_, err = o.desk.Keep(ctx, first1, review.KeepInput{Ref: o.ref("a"), Say: fine})
		o.refused(review.CodePaused, err)
		o.days(30)
		r, err := o.desk.Tick(ctx)
		o.ok(err)
		if r.Escalated != 0 {
			t.Errorf("a paused case was escalated")
		}
		_, err = o.desk.Resume(ctx, first1, o.ref("a"), review.Say{Opinion: "已回函"})
		o.ok(err)
		// 3 March to 2 April: 22 working days; 17 March + 22 = 17 April, with Qingming (4 April) free.
		if got := claim.Day(o.c("a").DueDay).String(); got != "2025-04-17" {
			t.Errorf("due %s", got)
		}
		_, err = o.desk.AskExtension(ctx, first1, o.ref("a"), 11, fine)
		o.refused(review.CodeDeadline, err)
		_, err = o.desk.AskExtension(ctx, first1, o.ref("a"), 5, review.Say{})
		o.refused(review.CodeReason, err)
		x, err := o.desk.AskExtension(ctx, both, o.ref("a"), 5, review.Say{Opinion: "病历量大"})
		o.ok(err)
		_, err = o.desk.AskExtension(ctx, first1, o.ref("a"), 5, fine)
		o.refused(review.CodeOnce, err)
		_, err = o.desk.DecideExtension(ctx, both, x.ID, x.Version, true, review.Say{})
		o.refused(review.CodeSelf, err)
		_, err = o.desk.DecideExtension(ctx, first2, x.ID, x.Version, true, review.Say{})
		o.refused(review.CodePermission, err)
		c, err := o.desk.DecideExtension(ctx, chief, x.ID, x.Version, true, review.Say{})
		o.ok(err)
		if got := claim.Day(c.DueDay).String(); got != "2025-04-24" {
			t.Errorf("due %s", got)
		}
		_, err = o.desk.DecideExtension(ctx, chief, x.ID, x.Version, true, review.Say{})
		o.refused(review.CodeVersion, err)
		o.healthy()
	})
}

func TestSupplement(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		o.simple("a")
		o.to("a", review.Second)
		_, err := o.desk.AskMore(ctx, second1, o.ref("a"), review.Say{Opinion: "请补医嘱单"})
		o.ok(err)
		_, err = o.desk.SupplementDocs(ctx, h1, review.AppealInput{Ref: o.ref("a")})
		o.refused(review.CodeInput, err)
		_, err = o.desk.SupplementDocs(ctx, h1, review.AppealInput{Ref: o.ref("a"), Files: []string{"nothing"}})
		o.refused(review.CodeInput, err)
		a, err := o.desk.Attach(ctx, h1, o.ref("a"), "医嘱.pdf", strings.NewReader("%PDF-1.4 x"))
		o.ok(err)
		_, err = o.desk.SupplementDocs(ctx, h1, review.AppealInput{Ref: o.ref("a"), Files: []string{a.ID}})
		o.ok(err)
		_, err = o.desk.AskMore(ctx, second1, o.ref("a"), review.Say{Opinion: "再补"})
		o.refused(review.CodeOnce, err)
		o.simple("b")
		o.to("b", review.Second)
		_, err = o.desk.AskMore(ctx, second1, o.ref("b"), review.Say{Opinion: "请补医嘱单"})
		o.ok(err)
		o.days(20)
		_, err = o.desk.Tick(ctx) // reminds
		o.ok(err)
		o.days(1)
		_, err = o.desk.Tick(ctx)
		o.ok(err)
		o.state("b", review.Second)
		o.healthy()
	})
}
