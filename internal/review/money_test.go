package review_test

import (
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
)

func (o *office) settle(s store.Settled) {
	o.t.Helper()
	o.ok(o.desk.NoteSettled(ctx, money, []store.Settled{s}))
}

func (o *office) book(id string) {
	o.t.Helper()
	_, err := o.desk.Book(ctx, money, o.ref(id), review.Say{})
	o.ok(err)
}

func TestBooking(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		for _, id := range []string{"due", "unpaid", "drg", "far", "items"} {
			o.simple(id)
		}
		o.settle(store.Settled{ID: "S-M-unpaid", Inst: hosp1, Paid: "0", PayMode: 1})
		o.settle(store.Settled{ID: "S-M-drg", Inst: hosp1, Paid: "1", PayMode: 2})
		o.settle(store.Settled{ID: "S-M-far", Inst: hosp1, Paid: "1", PayMode: 1, InsuAdmdvs: "990201"})
		o.settle(store.Settled{ID: "S-M-items", Inst: hosp1, Paid: "1", PayMode: 1, Items: `{"统筹":70,"大病":20,"救助":10}`})
		for id, acct := range map[string]string{"due": "应收", "unpaid": "拒付", "drg": "年清", "far": "清算", "items": "应收"} {
			o.to(id, review.Executing)
			o.book(id)
			o.want(id, acct, 59999)
			o.book(id) // again: nothing is booked twice
			o.want(id, acct, 59999)
		}
		d, err := o.desk.Open(ctx, clerk, "items")
		o.ok(err)
		items := map[string]int64{}
		for _, p := range d.Ledger {
			if p.Book == "基金" && p.To == "应收" {
				items[p.Item] += p.Amount
			}
		}
		if items["统筹"]+items["大病"]+items["救助"] != 59999 || items["救助"] != 6000 && items["救助"] != 5999 {
			t.Errorf("items %v", items)
		}
		_, err = o.desk.Pay(ctx, money, review.PayInput{Ref: o.ref("far"), Kind: "清算到账", Doc: "Q1"})
		o.ok(err)
		// The year's clearing takes what was left to it, once.
		_, err = o.desk.Pay(ctx, money, review.PayInput{Ref: o.ref("drg"), Kind: "年度清算扣回", Doc: "N1"})
		o.ok(err)
		_, err = o.desk.Pay(ctx, money, review.PayInput{Ref: o.ref("drg"), Kind: "年度清算扣回", Doc: "N1"})
		o.refused(review.CodeLedger, err)
		_, err = o.desk.Pay(ctx, money, review.PayInput{Ref: o.ref("due"), Kind: "机构缴款", Doc: "1", Amount: 60000})
		o.refused(review.CodeLedger, err)
		_, err = o.desk.Pay(ctx, money, review.PayInput{Ref: o.ref("due"), Kind: "机构缴款"})
		o.refused(review.CodeInput, err)
		_, err = o.desk.Pay(ctx, money, review.PayInput{Ref: o.ref("due"), Kind: "现金", Doc: "1"})
		o.refused(review.CodeInput, err)
		_, err = o.desk.ChargeBreach(ctx, chief, review.BreachInput{Ref: o.ref("due"), Say: fine, Amount: 5000, Doc: "D"})
		o.ok(err)
		if n := o.c("due").Fund; n != 59999 {
			t.Errorf("breach money went into the fund's book: %d", n)
		}
		o.healthy()
		o.ok(o.desk.SetInstitutions(ctx, boss, []store.ReviewInst{{Code: hosp1, Name: "一院", Admdvs: "990101", ClosedOn: "2025-02-01"}}))
		o.ok(o.desk.SetSheet(ctx, money, review.SheetInput{Month: "2025-03", Inst: hosp1, Payable: 50000}))
		_, err = o.desk.OffsetMonth(ctx, money, "2025-03", hosp1)
		o.refused(review.CodeLedger, err)
		o.days(90)
		r, err := o.desk.Tick(ctx)
		o.ok(err)
		if r.Dunned == 0 {
			t.Error("a closed institution is not dunned")
		}
		o.healthy()
	})
}

// TestRefundsElsewhere: money that came back by self-check is not charged again, and where only a total is known it is used up once.
func TestRefundsElsewhere(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		ids := []string{"line", "tot1", "tot2"}
		for _, id := range ids {
			o.simple(id)
			o.to(id, review.Executing)
		}
		rs := []review.NewRefund{{Source: "自查", RefNo: "Z1", Line: "1", Inst: hosp1, Setl: "S-M-line", Sn: "1", Amt: 10000},
			{Source: "飞检", RefNo: "F1", Line: "1", Inst: hosp1, Rule: "A001", Amt: 70000}, {Source: "自查", RefNo: "Z2", Line: "1", Inst: hosp2, Amt: 99999},
			{Source: "自查", RefNo: "Z3", Line: "1", Inst: hosp1, Rule: "B009", Amt: 99999}}
		n, err := o.desk.AddRefunds(ctx, money, rs)
		o.ok(err)
		again, err := o.desk.AddRefunds(ctx, money, rs)
		o.ok(err)
		if n != 4 || again != 0 {
			t.Errorf("added %d, again %d", n, again)
		}
		for _, id := range ids {
			o.book(id)
		}
		var other int64
		for _, id := range ids {
			other += o.bal(id)["另退"]
		}
		if other != 80000 {
			t.Errorf("%d counted as come back elsewhere, want 80000", other)
		}
		o.healthy()
		// What falls gives the refund free for others.
		p := o.pack("line")
		_, err = o.desk.Recall(ctx, chief, review.PackRef{ID: p.ID, Version: p.Version}, fine)
		o.ok(err)
		o.healthy()
	})
}

func TestPatientsMoney(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		l := line("M", "1", 50000, 0, 50000)
		l.Fund = 0
		o.add(spec{id: "r", refund: true, lines: []store.Line{l}})
		o.take("r")
		_, err := o.desk.Keep(ctx, first1, review.KeepInput{Ref: o.ref("r"), Say: fine})
		o.ok(err)
		o.to("r", review.Executing)
		rep, err := o.desk.Tick(ctx)
		o.ok(err)
		if rep.Closed != 0 {
			t.Error("closed before it was booked")
		}
		o.book("r")
		as, err := o.desk.Accounts(ctx, money, "")
		o.ok(err)
		if len(as) != 1 || as[0].Book != "患者" || as[0].Amount != 50000 {
			t.Errorf("%+v", as)
		}
		_, err = o.desk.Pay(ctx, money, review.PayInput{Ref: o.ref("r"), Kind: "已退患者", Doc: "P1"})
		o.ok(err)
		_, err = o.desk.Finish(ctx, money, o.ref("r"))
		o.ok(err)
		o.healthy()
	})
}

func TestSmallPackagesWaitForTheYearsEnd(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		for i, m := range []string{"2025-01", "2025-02"} {
			id := []string{"a", "b"}[i]
			o.add(spec{id: id, month: m, lines: []store.Line{line("M-"+id, "1", 500, 500, 9000)}})
			o.take(id)
			o.keep(id)
		}
		ps, err := o.desk.Pack(ctx, clerk, "")
		o.ok(err)
		if len(ps) != 0 {
			t.Errorf("packed %+v", ps)
		}
		ps, err = o.desk.Pack(ctx, clerk, "2025")
		o.ok(err)
		if len(ps) != 1 || ps[0].Findings != 2 || ps[0].Kind != "年末" {
			t.Errorf("packed %+v", ps)
		}
		_, err = o.desk.Send(ctx, clerk, review.PackRef{ID: ps[0].ID, Version: ps[0].Version})
		o.ok(err)
		_, err = o.desk.Send(ctx, clerk, review.PackRef{ID: ps[0].ID, Version: ps[0].Version + 1})
		o.refused(review.CodeState, err)
		o.healthy()
	})
}

// What a model found charges nothing: it is sent with the month's packages, not at the year's end.
func TestAModelsFindingIsSentAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		o.add(spec{id: "M1", rule: "I009", lines: []store.Line{{Type: 2, Mdtrt: "V1"}}}, spec{id: "a", lines: []store.Line{line("M-a", "1", 500, 500, 9000)}})
		o.take("M1", "a")
		o.keep("M1")
		o.keep("a")
		ps, err := o.desk.Pack(ctx, clerk, "")
		o.ok(err)
		if len(ps) != 1 || ps[0].Rule != "I009" || ps[0].Fund != 0 {
			t.Fatalf("packed %+v", ps)
		}
		_, err = o.desk.Send(ctx, clerk, review.PackRef{ID: ps[0].ID, Version: ps[0].Version})
		o.ok(err)
		if c := o.c("M1"); c.SentDay == 0 {
			t.Errorf("it is %s", c.State)
		}
		o.healthy()
	})
}

func TestTakeOver(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		known := func(r string) bool { return r == "A001" || r == "B001" }
		o.refused(review.CodeInput, o.desk.MapRules(ctx, clerk, []store.RuleAlias{{OldRule: "3", Rule: "Z999"}}, known))
		o.ok(o.desk.MapRules(ctx, clerk, []store.RuleAlias{{OldRule: "3", Rule: "A001"}, {OldRule: "19", Rule: "B001"}}, known))
		old := func(id, rule, state string) review.Old {
			return review.Old{ID: id, Rule: rule, Inst: hosp1, Psn: "P1", Mdtrt: "M-" + id, Setl: "S-" + id, Sn: "1", Month: "2024-11", Vola: 1000, Fund: 600, Scope: 1000, State: state,
				Delivered: claim.DayOf(2025, 2, 28), Received: "2024-12"}
		}
		bad := old("x", "77", review.First)
		nowhere := old("y", "3", review.First)
		nowhere.Inst = "H0"
		olds := []review.Old{old("1", "3", review.First), old("2", "3", review.Answering), old("3", "19", review.Executing), old("4", "3", review.Closed), bad, nowhere}
		r, err := o.desk.TakeOver(ctx, clerk, olds)
		o.ok(err)
		if r.Open != 3 || r.Past != 1 || len(r.Rejects) != 2 || !strings.Contains(r.Rejects[0], "第 6 行") {
			t.Errorf("%+v", r)
		}
		r, err = o.desk.TakeOver(ctx, clerk, olds)
		o.ok(err)
		if r.Known != 4 || r.Open+r.Past != 0 {
			t.Errorf("again %+v", r)
		}
		o.healthy()
		// The audit finds the line again on which the money came back: nothing is left to be charged.
		o.add(spec{id: "again", lines: []store.Line{{Type: 1, Mdtrt: "M-4", Setl: "S-4", Sn: "1", Vola: 1000, Fund: 600, Charged: 1000, Scope: 1000}}})
		o.take("again")
		if c := o.c("again"); c.Charged != 0 {
			t.Errorf("what was recovered before is charged again: %d", c.Charged)
		}
		twice := old("5", "3", review.Closed)
		twice.Mdtrt, twice.Setl = "M-4", "S-4"
		r, err = o.desk.TakeOver(ctx, clerk, []review.Old{twice})
		o.ok(err)
		if len(r.Rejects) != 1 {
			t.Errorf("a line was recovered twice: %+v", r)
		}
		xs, err := o.desk.List(ctx, clerk, store.FindingFilter{State: review.Answering})
		o.ok(err)
		if len(xs) != 1 || claim.Day(xs[0].DueDay).String() != "2025-03-14" { // ten working days from 28 February
			t.Errorf("%+v", xs)
		}
		_, err = o.desk.Accept(ctx, h1, review.Ref{ID: xs[0].ID, Version: xs[0].Version}, review.Say{})
		o.ok(err)
		o.healthy()
	})
}

func TestSampling(t *testing.T) {
	t.Parallel()
	o := newOffice(t, engines["sqlite"](t))
	for _, id := range count(300, "s") {
		o.add(spec{id: id, lines: []store.Line{line("M-"+id, "1", 500, 500, 500)}})
	}
	r, err := o.desk.Take(ctx, clerk, review.TakeInput{Limit: 1000, Sample: 20, Seed: "2025"})
	o.ok(err)
	if r.Taken < 30 || r.Taken > 95 {
		t.Errorf("20 %% of 300 are %d", r.Taken)
	}
	again, err := o.desk.Take(ctx, clerk, review.TakeInput{Limit: 1000, Sample: 20, Seed: "2025"})
	o.ok(err)
	if again.Taken != 0 {
		t.Errorf("the same draw took %d more", again.Taken)
	}
	_, err = o.desk.Take(ctx, first1, review.TakeInput{Sample: 101})
	o.refused(review.CodeInput, err)
	_, err = o.desk.Take(ctx, second1, review.TakeInput{})
	o.refused(review.CodePermission, err)
}
