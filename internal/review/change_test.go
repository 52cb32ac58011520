package review_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
)

func TestHandOver(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		o.add(spec{id: "a", rule: "A001", prio: 1, lines: []store.Line{line("M", "1", 100000, 100000, 100000)}},
			spec{id: "b", rule: "B001", prio: 2, lines: []store.Line{line("M", "1", 100000, 0, 100000)}})
		o.take("a", "b")
		o.to("a", review.Final)
		_, err := o.desk.HandOver(ctx, second1, o.ref("a"), fine)
		o.refused(review.CodePermission, err)
		_, err = o.desk.HandOver(ctx, chief, o.ref("a"), review.Say{Opinion: "涉嫌骗保"})
		o.ok(err)
		o.want("a", "移交", 60000)
		_, err = o.desk.Confirm(ctx, chief, review.DecideInput{Ref: o.ref("a"), Say: fine})
		o.refused(review.CodeState, err)
		if o.c("b").Charged != 0 {
			t.Error("the neighbour took the place of what lies with the administration")
		}
		o.healthy()
		_, err = o.desk.Return(ctx, law, o.ref("a"), review.Say{Opinion: "不构成"})
		o.ok(err)
		o.state("a", review.Final)
		o.want("a", "提出", 60000)
		_, err = o.desk.HandOver(ctx, chief, o.ref("a"), fine)
		o.ok(err)
		_, err = o.desk.AdminClose(ctx, law, review.AdminInput{Ref: o.ref("a"), Say: fine, Charged: true, Fine: 120000})
		o.refused(review.CodeInput, err) // no number
		_, err = o.desk.AdminClose(ctx, law, review.AdminInput{Ref: o.ref("a"), Say: fine, Charged: true, Fine: 120000, Doc: "罚决〔2025〕1号"})
		o.ok(err)
		if o.c("b").Charged != 0 || o.c("a").Outcome != review.OutcomeAdmin {
			t.Error("one fact could be charged twice")
		}
		o.healthy()
		o.simple("x")
		o.to("x", review.Executing)
		_, err = o.desk.Book(ctx, money, o.ref("x"), review.Say{})
		o.ok(err)
		_, err = o.desk.Pay(ctx, money, review.PayInput{Ref: o.ref("x"), Kind: "机构缴款", Doc: "1", Amount: 1})
		o.ok(err)
		_, err = o.desk.HandOver(ctx, chief, o.ref("x"), fine)
		o.refused(review.CodeLedger, err)
		o.healthy()
	})
}

func TestRecall(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		for _, id := range []string{"a", "b", "c"} {
			o.simple(id)
			o.keep(id)
		}
		p := o.send("a")
		if p.Findings != 3 {
			t.Fatalf("one package of %d", p.Findings)
		}
		o.sign("a", "疑点告知书")
		for _, id := range []string{"a", "b"} {
			_, err := o.desk.Accept(ctx, h1, o.ref(id), review.Say{})
			o.ok(err)
		}
		o.to("a", review.Executing)
		_, err := o.desk.Book(ctx, money, o.ref("a"), review.Say{})
		o.ok(err)
		_, err = o.desk.Pay(ctx, money, review.PayInput{Ref: o.ref("a"), Kind: "机构缴款", Doc: "1", Amount: 20000})
		o.ok(err)
		p = o.pack("a")
		_, err = o.desk.Recall(ctx, clerk, review.PackRef{ID: p.ID, Version: p.Version}, fine)
		o.refused(review.CodePermission, err)
		_, err = o.desk.Recall(ctx, chief, review.PackRef{ID: p.ID, Version: p.Version}, review.Say{})
		o.refused(review.CodeReason, err)
		_, err = o.desk.Recall(ctx, chief, review.PackRef{ID: p.ID, Version: p.Version - 1}, fine)
		o.refused(review.CodeVersion, err)
		_, err = o.desk.Recall(ctx, chief, review.PackRef{ID: p.ID, Version: p.Version}, review.Say{Opinion: "发错机构"})
		o.ok(err)
		for _, id := range []string{"a", "b", "c"} {
			if c := o.c(id); c.State != review.Closed || c.Outcome != review.OutcomeRecalled || c.Charged != 0 {
				t.Errorf("%s is %+v", id, c)
			}
		}
		o.want("a", "待退", 20000)
		p = o.pack("a")
		_, err = o.desk.Recall(ctx, chief, review.PackRef{ID: p.ID, Version: p.Version}, fine)
		o.refused(review.CodeState, err)
		o.healthy()
	})
}

// rerun is what the intake says of a finding that people act on.
func (o *office) rerun(id, kind string, at int64) {
	o.t.Helper()
	o.ok(o.db.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.AddTask(store.Task{ID: id + kind, Kind: kind, Finding: id, Revision: "r2", Run: 2, Detail: "现为 500.00 元", MadeAt: at})
		return errors.Join(err, tx.NotePublished(id, "r2/0", "2025-01", 1, kind == "撤回"))
	}))
	_, err := o.desk.Tick(ctx)
	o.ok(err)
}

func TestReruns(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		o.simple("a")
		o.to("a", review.Second)
		o.rerun("a", "变更", 1)
		_, err := o.desk.Uphold(ctx, second1, review.DecideInput{Ref: o.ref("a"), Say: fine})
		o.refused(review.CodeMachine, err)
		_, err = o.desk.AdoptMachine(ctx, second1, review.DecideInput{Ref: o.ref("a"), Say: fine})
		o.refused(review.CodeInput, err)
		_, err = o.desk.AdoptMachine(ctx, second1, review.DecideInput{Ref: o.ref("a"), Say: fine, Lines: []review.LineDecision{{LineNo: 1, Amount: fen(50000)}}})
		o.ok(err)
		if c := o.c("a"); c.Charged != 50000 || c.State != review.Second || c.Machine != "" {
			t.Errorf("%+v", c)
		}
		if ts, err := o.db.OpenTasks(ctx, 10); err != nil || len(ts) != 0 {
			t.Errorf("tasks %+v, %v", ts, err)
		}
		o.to("a", review.Executing)
		_, err = o.desk.Book(ctx, money, o.ref("a"), review.Say{})
		o.ok(err)
		_, err = o.desk.Pay(ctx, money, review.PayInput{Ref: o.ref("a"), Kind: "机构缴款", Doc: "1"})
		o.ok(err)
		o.rerun("a", "撤回", 2)
		d, err := o.desk.Open(ctx, h1, "a")
		o.ok(err)
		if !slices.ContainsFunc(d.Notices, func(n store.Notice) bool { return n.Kind == "机审变更告知" }) {
			t.Error("the institution was not told")
		}
		_, err = o.desk.AdoptMachine(ctx, chief, review.DecideInput{Ref: o.ref("a"), Say: review.Say{Opinion: "重审不再成立"}})
		o.ok(err)
		o.state("a", review.Closed)
		o.want("a", "待退", 30000)
		o.healthy()

		o.simple("b")
		o.keep("b")
		o.rerun("b", "撤回", 3)
		_, err = o.desk.KeepMachine(ctx, first1, o.ref("b"), review.Say{})
		o.refused(review.CodeReason, err)
		_, err = o.desk.KeepMachine(ctx, first1, o.ref("b"), review.Say{Opinion: "原始单据仍在"})
		o.ok(err)
		_, err = o.desk.KeepMachine(ctx, first1, o.ref("b"), review.Say{Opinion: "再次"})
		o.refused(review.CodeMachine, err)
		o.to("b", review.Answering)

		o.simple("c")
		o.keep("c")
		o.rerun("c", "变更", 4)
		_, err = o.desk.RedoMachine(ctx, first1, o.ref("c"), review.Say{Opinion: "重出"})
		o.ok(err)
		o.state("c", review.Machine)
		o.healthy()
		r, err := o.desk.Take(ctx, clerk, review.TakeInput{IDs: []string{"c"}})
		o.ok(err)
		if r.Taken != 0 {
			t.Error("taken up again before the machine said it anew")
		}
		f, err := o.db.Finding(ctx, "c")
		o.ok(err)
		f.Published, f.Revision, f.Vola, f.Lines[0].Vola, f.Lines[0].Charged = "r2/0", "r2", 50000, 50000, 50000
		o.ok(o.db.Update(ctx, func(tx *store.Tx) error { return tx.ReplaceFindings([]*store.Finding{f}) }))
		o.take("c")
		if c := o.c("c"); c.Charged != 50000 {
			t.Errorf("taken up anew with %d", c.Charged)
		}
		o.to("c", review.Answering)
		o.healthy()
	})
}

func TestTeaching(t *testing.T) {
	t.Parallel()
	o := newOffice(t, engines["sqlite"](t))
	o.simple("a")
	o.to("a", review.Second)
	lib := &library{}
	in := review.TeachInput{ID: "a", Item: "99", From: claim.DayOf(2025, 4, 1), To: claim.DayOf(2025, 12, 31), Why: "抢救"}
	_, err := o.desk.Teach(ctx, lib1, lib, in)
	o.refused(review.CodeState, err)
	_, err = o.desk.Withdraw(ctx, second1, o.ref("a"), because("抢救用药"))
	o.ok(err)
	_, err = o.desk.Teach(ctx, second1, lib, in)
	o.refused(review.CodePermission, err)
	_, err = o.desk.Teach(ctx, lib1, lib, in)
	o.ok(err)
	if lib.got.Rule != "A001" || lib.got.Inst != hosp1 || lib.got.To != "2025-12-31" || !strings.Contains(lib.got.Reason, "a") {
		t.Errorf("asked for %+v", lib.got)
	}
	o.ok(o.db.View(ctx, func(tx *store.Tx) error {
		os, err := tx.Outcomes("不违规", "部分违规")
		if len(os) != 1 || os[0].Decided != 1 || os[0].Overturned != 1 || os[0].Lost != 99999 {
			t.Errorf("outcomes %+v", os)
		}
		return err
	}))
}

func sortStrings(s []string) { slices.Sort(s) }

// rerun2 is rerun with a number, for many.
func (o *office) rerun2(id, kind string, n int) {
	o.t.Helper()
	o.ok(o.db.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.AddTask(store.Task{ID: id + kind + strings.Repeat("x", n), Kind: kind, Finding: id, Run: n, Detail: "现为 500.00 元", MadeAt: int64(n)})
		return err
	}))
	_, err := o.desk.Tick(ctx)
	o.ok(err)
}

// What a model found goes back to the machine when a reviewer says so, without a re-audit having spoken, and is not stuck there: it lies in
// the pool and can be taken up again. A rule's finding does not go back that way.
func TestAModelsFindingGoesBack(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		o.add(spec{id: "M1", rule: "I009", lines: []store.Line{{Type: 2, Mdtrt: "V1", Vola: 500}}}, spec{id: "a1", lines: []store.Line{line("V2", "1", 1000, 1000, 2000)}})
		o.take("M1", "a1")
		if _, err := o.desk.RedoMachine(ctx, first1, o.ref("a1"), review.Say{Opinion: "退回"}); err == nil {
			t.Error("a rule's finding went back though no audit says otherwise")
		}
		if _, err := o.desk.RedoMachine(ctx, first1, o.ref("M1"), review.Say{}); err == nil {
			t.Error("given back without a reason")
		}
		c, err := o.desk.RedoMachine(ctx, first1, o.ref("M1"), review.Say{Opinion: "明细要重新核对"})
		o.ok(err)
		if c.State != review.Machine {
			t.Errorf("it is %s", c.State)
		}
		o.healthy()
		o.take("M1")
		if c := o.c("M1"); c.State != review.First {
			t.Errorf("taken up again it is %s", c.State)
		}
		o.healthy()
	})
}
