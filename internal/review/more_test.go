package review_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
)

type library struct{ got store.Exemption }

func (l *library) RequestExemption(_ context.Context, _ *auth.Identity, x store.Exemption) (*store.Exemption, error) {
	l.got = x
	return &x, nil
}

// TestScope: what is not for somebody does not exist for him, by id, list, file, package or notice.
func TestScope(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		o.simple("a")
		hidden := func(who *auth.Identity, id string) {
			t.Helper()
			_, err := o.desk.Open(ctx, who, id)
			o.refused(review.CodeNotFound, err)
			_, nothing := o.desk.Open(ctx, who, "no-such-finding")
			if a, b := strings.ReplaceAll(err.Error(), id, "X"), strings.ReplaceAll(nothing.Error(), "no-such-finding", "X"); a != b {
				t.Errorf("%s can tell %q from %q", who.Name, a, b)
			}
			xs, err := o.desk.List(ctx, who, store.FindingFilter{})
			if err == nil && len(xs) != 0 {
				t.Errorf("%s lists %+v", who.Name, xs)
			}
		}
		hidden(h1, "a") // not sent yet
		hidden(h2, "a")
		hidden(county, "a")
		hidden(expert1, "a")
		_, err := o.desk.Accept(ctx, h1, o.ref("a"), review.Say{})
		o.refused(review.CodeNotFound, err)
		o.to("a", review.Answering)
		for _, who := range []*auth.Identity{h2, dept1, doc1, county, expert1} {
			hidden(who, "a")
			_, err := o.desk.Appeal(ctx, who, review.AppealInput{Ref: o.ref("a"), Say: fine})
			o.refused(review.CodeNotFound, err)
			_, err = o.desk.Attach(ctx, who, o.ref("a"), "x.pdf", strings.NewReader("%PDF-1.4"))
			o.refused(review.CodeNotFound, err)
		}
		_, err = o.desk.List(ctx, h2, store.FindingFilter{Inst: hosp1})
		o.refused(review.CodeNotFound, err)
		_, err = o.desk.AcceptPackage(ctx, h2, review.PackRef{ID: o.pack("a").ID, Version: o.pack("a").Version}, review.Say{})
		o.refused(review.CodeNotFound, err)
		d, err := o.desk.Open(ctx, h1, "a")
		o.ok(err)
		if d.Case.FirstBy != "" || strings.Contains(strings.Join(stepActors(d), ","), "first1") {
			t.Errorf("the hospital sees who thought what: %+v, %v", d.Case, stepActors(d))
		}
		o.refused(review.CodeNotFound, o.desk.Sign(ctx, h2, d.Notices[0].ID))
		a, err := o.desk.Attach(ctx, h1, o.ref("a"), "x.pdf", strings.NewReader("%PDF-1.4"))
		o.ok(err)
		_, _, err = o.desk.File(ctx, h2, a.ID)
		o.refused(review.CodeNotFound, err)
		if _, body, err := o.desk.File(ctx, second1, a.ID); err != nil || string(body) != "%PDF-1.4" {
			t.Errorf("%q, %v", body, err)
		}
		xs, err := o.desk.List(ctx, h1, store.FindingFilter{})
		o.ok(err)
		if len(xs) != 1 {
			t.Errorf("h1 lists %+v", xs)
		}
		_, err = o.desk.List(ctx, watch, store.FindingFilter{})
		o.refused(review.CodePermission, err)
		_, err = o.desk.Keep(ctx, lead, review.KeepInput{Ref: o.ref("a"), Say: fine})
		o.refused(review.CodePermission, err)
	})
}

func stepActors(d *review.Detail) (out []string) {
	for _, s := range d.Steps {
		out = append(out, s.Actor+s.Detail)
	}
	return out
}

func TestRelay(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		o.simple("a")
		_, err := o.desk.Relay(ctx, first1, review.RelayInput{ID: "a", Login: "dept1"})
		o.refused(review.CodePermission, err)
		o.to("a", review.Answering)
		for _, bad := range []string{"h2", "nobody", "first1", "h1"} {
			_, err = o.desk.Relay(ctx, h1, review.RelayInput{ID: "a", Login: bad})
			o.refused(review.CodeInput, err)
		}
		r, err := o.desk.Relay(ctx, h1, review.RelayInput{ID: "a", Dept: "骨科", Login: "dept1", Asks: "请说明", Days: 30})
		o.ok(err)
		if r.DueDay != o.c("a").DueDay {
			t.Errorf("the inner deadline %s is after the outer one %s", claim.Day(r.DueDay), claim.Day(o.c("a").DueDay))
		}
		r2, err := o.desk.Relay(ctx, dept1, review.RelayInput{ID: "a", Login: "doc1", Asks: "请说明"})
		o.ok(err)
		d, err := o.desk.Open(ctx, doc1, "a")
		o.ok(err)
		if len(d.Relays) != 1 || d.Ledger != nil {
			t.Errorf("the doctor sees %+v, %+v", d.Relays, d.Ledger)
		}
		o.refused(review.CodeNotFound, o.desk.AnswerRelay(ctx, dept1, r2.ID, 1, "有医嘱"))
		o.refused(review.CodeReason, o.desk.AnswerRelay(ctx, doc1, r2.ID, 1, ""))
		o.refused(review.CodeVersion, o.desk.AnswerRelay(ctx, doc1, r2.ID, 9, "有医嘱"))
		o.ok(o.desk.AnswerRelay(ctx, doc1, r2.ID, 1, "有医嘱"))
		o.refused(review.CodeState, o.desk.AnswerRelay(ctx, doc1, r2.ID, 2, "有医嘱"))
		_, err = o.desk.Appeal(ctx, doc1, review.AppealInput{Ref: o.ref("a"), Say: fine})
		o.refused(review.CodePermission, err) // only the insurance office answers outside
		d, err = o.desk.Open(ctx, second1, "a")
		o.ok(err)
		if d.Relays != nil {
			t.Error("the bureau sees the hospital's own papers")
		}
	})
}

func TestAttachments(t *testing.T) {
	t.Parallel()
	o := newOffice(t, engines["sqlite"](t))
	o.simple("a")
	_, err := o.desk.Attach(ctx, clerk, o.ref("a"), "x.pdf", strings.NewReader("%PDF-1.4"))
	o.refused(review.CodePermission, err)
	o.to("a", review.Answering)
	attach := func(name, body string) (*store.Attachment, error) {
		return o.desk.Attach(ctx, h1, o.ref("a"), name, strings.NewReader(body))
	}
	png := "\x89PNG\x0d\x0a\x1a\x0a rest"
	for name, want := range map[string]string{"../../etc/passwd.pdf": "passwd.pdf", `C:\x\病历 首页.pdf`: "病历 首页.pdf", "a\x00b\u202e<>:.pdf": "ab.pdf", "/etc/cron.d/..x.pdf": "x.pdf"} {
		a, err := attach(name, "%PDF-1.4 "+name)
		o.ok(err)
		if a.Name != want || a.Media != "application/pdf" {
			t.Errorf("%q is kept as %q %s, want %q", name, a.Name, a.Media, want)
		}
	}
	for name, body := range map[string]string{"x.exe": "MZ\x90\x00", "x.pdf": png, "x.png": "%PDF-1.4", "x.html": "<html><script>", "x.pdf ": "<html>", "x.zip": "PK\x03\x04", "": "%PDF-1.4",
		".pdf": "%PDF-1.4", "y.pdf": "", "x.svg": "<svg xmlns='http://www.w3.org/2000/svg'>", "x.jpg": "GIF89a"} {
		_, err := attach(name, body)
		o.refused(review.CodeFile, err)
	}
	_, err = attach("ok.png", png)
	o.ok(err)
	_, err = attach("again.png", png)
	o.refused(review.CodeOnce, err)
	_, err = o.desk.Attach(ctx, h1, o.ref("a"), "big.pdf", bytes.NewReader(append([]byte("%PDF-1.4"), make([]byte, 20<<20)...)))
	o.refused(review.CodeFile, err)
	left, err := filepath.Glob(filepath.Join(o.desk.Files, ".new-*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	d, err := o.desk.Open(ctx, second1, "a")
	o.ok(err)
	if len(d.Files) != 5 {
		t.Fatalf("%d files", len(d.Files))
	}
	path := filepath.Join(o.desk.Files, d.Files[0].SHA256[:2], d.Files[0].SHA256)
	o.ok(os.WriteFile(path, []byte("%PDF-1.4 other"), 0o600))
	_, _, err = o.desk.File(ctx, second1, d.Files[0].ID)
	o.refused(review.CodeFile, err)
}

func TestParams(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		ask := func(who *auth.Identity, name, area string, v int64, from string) (*store.Param, error) {
			return o.desk.AskParam(ctx, who, review.NewParam{Name: name, Area: area, Value: v, From: from, Reason: "某文〔2025〕3号"})
		}
		for _, bad := range []struct {
			name string
			v    int64
			from string
		}{{"没有的", 1, "2025-04-01"}, {"申诉期限", 99, "2025-04-01"}, {"申诉期限", 7, "2025-4-1"}, {"申诉期限", 7, "2025-03-03"}, {"合议人数", 4, "2025-04-01"}} {
			_, err := ask(chief, bad.name, "9901", bad.v, bad.from)
			o.refused(review.CodeInput, err)
		}
		_, err := ask(clerk, "申诉期限", "", 7, "2025-04-01")
		o.refused(review.CodePermission, err)
		p, err := ask(chief, "申诉期限", "990101", 7, "2025-03-10")
		o.ok(err)
		_, err = o.desk.DecideParam(ctx, chief, p.ID, true)
		o.refused(review.CodeSelf, err)
		_, err = o.desk.DecideParam(ctx, chief2, p.ID, true)
		o.ok(err)
		o.simple("a")
		o.to("a", review.Answering)
		if d := claim.Day(o.c("a").DueDay).String(); d != "2025-03-17" {
			t.Errorf("before its day the value holds already: %s", d)
		}
		o.days(7)
		o.simple("b")
		o.to("b", review.Answering)
		if d := claim.Day(o.c("b").DueDay).String(); d != "2025-03-19" { // seven working days from 10 March
			t.Errorf("due %s", d)
		}
		if d := claim.Day(o.c("a").DueDay).String(); d != "2025-03-17" {
			t.Errorf("a clock that ran was changed: %s", d)
		}
	})
}

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
		o.ok(o.desk.SetInstitutions(ctx, boss, []store.Institution{{Code: hosp1, Name: "一院", Admdvs: "990101", ClosedOn: "2025-02-01"}}))
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
