package review_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/store/pgtest"
)

func TestMain(m *testing.M) {
	if what := os.Getenv(childEnv); what != "" {
		child(what)
		os.Exit(0)
	}
	os.Exit(pgtest.Run(m))
}

var ctx = context.Background()

var engines = map[string]func(t testing.TB) store.Location{
	"sqlite": func(t testing.TB) store.Location {
		return store.Location{Engine: store.SQLite, Path: filepath.Join(t.TempDir(), store.FileName)}
	},
	"postgres": func(t testing.TB) store.Location {
		return store.Location{Engine: store.Postgres, DSN: pgtest.DSN(t)}
	},
}

func onBoth(t *testing.T, f func(t *testing.T, o *office)) {
	t.Parallel()
	for name, at := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t, newOffice(t, at(t)))
		})
	}
}

// office is a bureau with people, institutions and a clock that tests move.
type office struct {
	t    testing.TB
	desk *review.Desk
	db   *store.DB
	mu   sync.Mutex
	now  time.Time
}

// monday is a day without holidays near.
var monday = time.Date(2025, 3, 3, 2, 0, 0, 0, time.UTC)

const (
	hosp1 = "H99010001"
	hosp2 = "H99010002"
)

func newOffice(t testing.TB, at store.Location) *office {
	t.Helper()
	db, err := store.Open(ctx, at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	dir := t.TempDir()
	o := &office{t: t, db: db, now: monday}
	o.desk = &review.Desk{DB: db, Trail: auth.OpenTrail(dir, "test"), Files: filepath.Join(dir, "attachments"), Now: o.clock}
	o.ok(o.desk.SetInstitutions(ctx, boss, []store.ReviewInst{{Code: hosp1, Name: "一院", Admdvs: "990101"}, {Code: hosp2, Name: "二院", Admdvs: "990102"}}))
	must := func(f func(tx *store.Tx) error) {
		t.Helper()
		if err := db.Update(ctx, f); err != nil {
			t.Fatal(err)
		}
	}
	must(func(tx *store.Tx) error {
		for _, p := range people {
			if err := tx.AddUser(&store.User{ID: store.NewID(), Login: p.Name, Name: p.Name, Roles: p.Roles, Admdvs: p.Scope.Admdvs, Inst: p.Scope.Inst}); err != nil {
				return err
			}
		}
		return nil
	})
	for _, e := range []string{"e1", "e2", "e3", "e4", "e5"} {
		o.ok(o.desk.SetTerm(ctx, chief, e, claim.DayOf(2025, 1, 1), claim.DayOf(2027, 12, 31)))
	}
	return o
}

func (o *office) clock() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

// days lets civil days pass.
func (o *office) days(n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.AddDate(0, 0, n)
}

func (o *office) ok(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

// refused wants a refusal of a code.
func (o *office) refused(code review.Code, err error) {
	o.t.Helper()
	if review.CodeOf(err) != code {
		o.t.Errorf("got %q (%v), want %q", review.CodeOf(err), err, code)
	}
}

func who(name, admdvs, inst string, roles ...string) *auth.Identity {
	i := &auth.Identity{Name: name, Roles: roles, Scope: auth.Scope{Admdvs: admdvs, Inst: inst}}
	people = append(people, i)
	return i
}

var people []*auth.Identity

var (
	clerk   = who("clerk", "", "", "经办")
	boss    = clerk
	first1  = who("first1", "", "", "初审")
	first2  = who("first2", "", "", "初审")
	second1 = who("second1", "", "", "复审")
	second2 = who("second2", "", "", "复审")
	both    = who("both", "", "", "初审", "复审", "终审")
	chief   = who("chief", "", "", "终审")
	chief2  = who("chief2", "", "", "终审")
	money   = who("money", "", "", "财务")
	law     = who("law", "", "", "执法")
	watch   = who("watch", "", "", auth.Auditor)
	lead    = who("lead", "", "", "领导")
	county  = who("county", "990102", "", "初审")
	h1      = who("h1", "", hosp1, auth.Hospital)
	h2      = who("h2", "", hosp2, auth.Hospital)
	dept1   = who("dept1", "", hosp1, "科室")
	doc1    = who("doc1", "", hosp1, "医生")
	expert1 = who("e1", "", "", auth.Expert)
	expert2 = who("e2", "", "", auth.Expert)
	expert3 = who("e3", "", "", auth.Expert)
	_       = who("e4", "", "", auth.Expert)
	_       = who("e5", "", "", auth.Expert)
	lib1    = who("lib1", "", "", "两库维护")
)

// spec is a finding to be made.
type spec struct {
	id, rule, inst string
	prio           int
	lines          []store.Line
	refund         bool
	month          string
}

// line is a violating line; the machine charged so much of it.
func line(mdtrt, sn string, vola, charged, scope int64) store.Line {
	return store.Line{Type: 1, Mdtrt: mdtrt, Setl: "S-" + mdtrt, Sn: sn, Vola: vola, Fund: vola * 6 / 10, Charged: charged, Scope: scope}
}

func (o *office) add(specs ...spec) {
	o.t.Helper()
	var fs []*store.Finding
	for _, s := range specs {
		if s.inst == "" {
			s.inst = hosp1
		}
		if s.rule == "" {
			s.rule = "A001"
		}
		if s.month == "" {
			s.month = "2025-01"
		}
		f := &store.Finding{ID: s.id, Revision: "r", Published: "r/0", RuleID: s.rule, RuleName: s.rule, Severity: 2, Month: s.month, Bucket: 1, Inst: s.inst, Psn: "P12345678",
			State: store.MachineState, FirstRun: 1, LastRun: 1, Version: 1, Prio: s.prio, Refund: s.refund}
		if store.FromModel(s.id) {
			f.Bucket = store.ModelBucket
		}
		for _, l := range s.lines {
			l.Inst = s.inst
			f.Lines = append(f.Lines, l)
			f.Mdtrt, f.Setl = l.Mdtrt, l.Setl
			f.Vola, f.Fund, f.Charged, f.LineCount = f.Vola+l.Vola, f.Fund+l.Fund, f.Charged+l.Charged, f.LineCount+1
		}
		fs = append(fs, f)
	}
	o.ok(o.db.Update(ctx, func(tx *store.Tx) error { return tx.AddFindings(fs) }))
}

// simple adds a finding with one line of 1000 yuan in its own visit and takes it up.
func (o *office) simple(id string) {
	o.t.Helper()
	o.add(spec{id: id, lines: []store.Line{line("M-"+id, "1", 100000-1, 100000-1, 200000)}})
	o.take(id)
}

func (o *office) take(ids ...string) {
	o.t.Helper()
	r, err := o.desk.Take(ctx, clerk, review.TakeInput{IDs: ids})
	o.ok(err)
	if r.Taken != len(ids) {
		o.t.Fatalf("took %+v of %v", r, ids)
	}
}

func (o *office) c(id string) *store.Case {
	o.t.Helper()
	var c *store.Case
	o.ok(o.db.View(ctx, func(tx *store.Tx) (err error) { c, err = tx.Case(id); return err }))
	return c
}

func (o *office) ref(id string) review.Ref { return review.Ref{ID: id, Version: o.c(id).Version} }

func (o *office) state(id, want string) {
	o.t.Helper()
	if got := o.c(id).State; got != want {
		o.t.Fatalf("%s is in %q, want %q", id, got, want)
	}
}

// healthy checks all invariants.
func (o *office) healthy() {
	o.t.Helper()
	h, err := o.desk.Check(ctx)
	o.ok(err)
	for _, w := range h.Wrong {
		o.t.Error(w)
	}
	for _, w := range o.figures() {
		o.t.Errorf("看板：%s", w)
	}
}

func because(s string) review.Say { return review.Say{Reason: "合理诊疗", Opinion: s} }

var fine = review.Say{Opinion: "属实，保留"}

// The usual way, step by step.
func (o *office) keep(id string) {
	o.t.Helper()
	_, err := o.desk.Keep(ctx, first1, review.KeepInput{Ref: o.ref(id), Say: fine})
	o.ok(err)
}

func (o *office) send(id string) *store.Package {
	o.t.Helper()
	_, err := o.desk.Pack(ctx, clerk, "")
	o.ok(err)
	if o.c(id).Package == "" {
		_, err = o.desk.Pack(ctx, clerk, o.c(id).Month[:4])
		o.ok(err)
	}
	p := o.pack(id)
	p, err = o.desk.Send(ctx, clerk, review.PackRef{ID: p.ID, Version: p.Version})
	o.ok(err)
	return p
}

func (o *office) pack(id string) *store.Package {
	o.t.Helper()
	var p *store.Package
	o.ok(o.db.View(ctx, func(tx *store.Tx) (err error) { p, err = tx.Package(o.c(id).Package); return err }))
	return p
}

func (o *office) sign(id, kind string) {
	o.t.Helper()
	d, err := o.desk.Open(ctx, clerk, id)
	o.ok(err)
	for _, n := range d.Notices {
		if n.Kind == kind && n.DeliveredDay == 0 {
			h := h1
			if n.Inst == hosp2 {
				h = h2
			}
			o.ok(o.desk.Sign(ctx, h, n.ID))
			return
		}
	}
	o.t.Fatalf("no notice %s of %s", kind, id)
}

// to brings a finding, taken up before, to a state.
func (o *office) to(id, state string) {
	o.t.Helper()
	steps := []struct {
		to string
		do func()
	}{
		{review.ToSend, func() { o.keep(id) }},
		{review.Sent, func() { o.send(id) }},
		{review.Answering, func() { o.sign(id, "疑点告知书") }},
		{review.Second, func() {
			_, err := o.desk.Appeal(ctx, h1, review.AppealInput{Ref: o.ref(id), Say: review.Say{Opinion: "不服，有医嘱"}})
			o.ok(err)
		}},
		{review.Told, func() {
			_, err := o.desk.Uphold(ctx, second1, review.DecideInput{Ref: o.ref(id), Say: fine})
			o.ok(err)
		}},
		{review.SecondPlea, func() { o.sign(id, "复审结果告知书") }},
		{review.Final, func() {
			_, err := o.desk.SecondAppeal(ctx, h1, review.AppealInput{Ref: o.ref(id), Say: review.Say{Opinion: "仍不服"}})
			o.ok(err)
		}},
		{review.Executing, func() {
			_, err := o.desk.Confirm(ctx, chief, review.DecideInput{Ref: o.ref(id), Say: fine})
			o.ok(err)
		}},
	}
	at := slices.IndexFunc(steps, func(s struct {
		to string
		do func()
	}) bool {
		return s.to == o.c(id).State
	})
	for _, s := range steps[at+1:] {
		if o.c(id).State == state {
			return
		}
		s.do()
		o.state(id, s.to)
	}
	o.state(id, state)
}

func (o *office) bal(id string) map[string]int64 {
	o.t.Helper()
	d, err := o.desk.Open(ctx, clerk, id)
	o.ok(err)
	return d.Balances
}

func (o *office) want(id, account string, fen int64) {
	o.t.Helper()
	if got := o.bal(id); got[account] != fen {
		o.t.Errorf("%s has %v, want %s %d", id, got, account, fen)
	}
}

func TestTheWholeLoop(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		o.simple("a")
		o.to("a", review.Executing)
		o.want("a", "确认", 59999)
		c, err := o.desk.Book(ctx, money, o.ref("a"), review.Say{})
		o.ok(err)
		o.want("a", "应收", 59999)
		if c.Fund != 59999 || c.Charged != 99999 {
			t.Errorf("case %+v", c)
		}
		o.healthy()
		o.ok(o.desk.SetSheet(ctx, money, review.SheetInput{Month: "2025-03", Inst: hosp1, Payable: 50000}))
		r, err := o.desk.OffsetMonth(ctx, money, "2025-03", hosp1)
		o.ok(err)
		if r.Offset != 50000 || r.Left != 9999 {
			t.Errorf("offset %+v", r)
		}
		_, err = o.desk.CloseMonth(ctx, money, "2025-03")
		o.refused(review.CodePeriod, err) // no voucher
		o.ok(o.desk.SetVoucher(ctx, money, "2025-03", hosp1, "V1", 1))
		_, err = o.desk.CloseMonth(ctx, money, "2025-03")
		o.refused(review.CodePeriod, err) // of another sum
		o.ok(o.desk.SetVoucher(ctx, money, "2025-03", hosp1, "V1", 0))
		_, err = o.desk.CloseMonth(ctx, money, "2025-03")
		o.ok(err)
		o.want("a", "已收", 50000)
		o.refused(review.CodePeriod, o.desk.SetVoucher(ctx, money, "2025-03", hosp1, "V1", 5))
		_, err = o.desk.CloseMonth(ctx, money, "2025-03")
		o.refused(review.CodePeriod, err)
		_, err = o.desk.Finish(ctx, money, o.ref("a"))
		o.refused(review.CodeLedger, err)
		for _, k := range []string{"机构缴款", "缴款到账", "已退患者"} {
			_, err = o.desk.Pay(ctx, money, review.PayInput{Ref: o.ref("a"), Kind: k, Doc: "B1"})
			o.ok(err)
		}
		rep, err := o.desk.Tick(ctx)
		o.ok(err)
		if rep.Closed != 1 {
			t.Errorf("tick %+v", rep)
		}
		o.state("a", review.Closed)
		o.want("a", "已收", 59999)
		o.healthy()
		d, err := o.desk.Open(ctx, clerk, "a")
		o.ok(err)
		var months []string
		for _, p := range d.Ledger {
			months = append(months, p.Month)
		}
		if last := months[len(months)-1]; last != "2025-04" {
			t.Errorf("what came after the close lies in %s", last)
		}
		v, err := auth.Verify(ctx, filepath.Dir(o.desk.Files), o.db)
		o.ok(err)
		if !v.Whole || v.Records < 15 {
			t.Errorf("trail %+v", v)
		}
	})
}

func count(n int, prefix string) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf("%s%05d", prefix, i))
	}
	return out
}
