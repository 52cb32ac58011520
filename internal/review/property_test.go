package review_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/review"
	"github.com/mingjian/mingjian/internal/store"
)

// TestAnythingByAnybody lets random people try random things in random order, with days passing and the audit changing its mind. Whatever
// is accepted or refused, all invariants hold after each step: the ledger adds up to the decisions, nobody reviews himself, clocks fit
// states, no line is charged beyond its money.
func TestAnythingByAnybody(t *testing.T) {
	t.Parallel()
	done := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		o := newOffice(t, engines["sqlite"](t))
		m := &model{o: o, t: rt, done: done}
		m.findings()
		for range rapid.IntRange(10, 60).Draw(rt, "steps") {
			m.step()
			h, err := o.desk.Check(ctx)
			if err != nil {
				rt.Fatal(err)
			}
			if len(h.Wrong) > 0 {
				rt.Fatalf("after %s: %v", m.last, h.Wrong)
			}
		}
		if wrong := o.figures(); len(wrong) > 0 {
			rt.Fatalf("after %s: %v", m.last, wrong)
		}
	})
	t.Logf("accepted: %v", done)
	for _, want := range []string{"keep", "dismiss", "appeal", "uphold", "confirm", "book", "recall", "offset"} {
		if done[want] == 0 && !testing.Short() {
			t.Errorf("%s was never accepted: the test no longer gets there", want)
		}
	}
}

type model struct {
	o    *office
	t    *rapid.T
	ids  []string
	n    int
	last string
	done map[string]int
}

// findings are some cards on some shared lines, one of them without a line, one whose money is the patient's.
func (m *model) findings() {
	var specs []spec
	for v := range 2 {
		scope := rapid.Int64Range(1000, 30000).Draw(m.t, "scope")
		left := scope
		for i := range 3 {
			id := fmt.Sprintf("v%df%d", v, i)
			vola := rapid.Int64Range(1, 20000).Draw(m.t, "vola")
			sn := "1"
			if i == 2 {
				sn = rapid.SampledFrom([]string{"1", "2", ""}).Draw(m.t, "sn")
			}
			own := scope
			charged := min(vola, left)
			if sn == "1" {
				left -= charged
			} else {
				charged = min(vola, own)
			}
			if sn == "" {
				charged = min(vola, left)
			}
			specs = append(specs, spec{id: id, rule: fmt.Sprintf("A00%d", i), prio: i, lines: []store.Line{line(fmt.Sprint("M", v), sn, vola, charged, own)}})
			m.ids = append(m.ids, id)
		}
	}
	m.o.add(specs...)
}

var actors = []*auth.Identity{clerk, first1, first2, second1, second2, both, chief, chief2, money, law, h1, h2, expert1, expert2, expert3}

func (m *model) step() {
	o := m.o
	who := rapid.SampledFrom(actors).Draw(m.t, "who")
	id := rapid.SampledFrom(m.ids).Draw(m.t, "id")
	var ref review.Ref
	if err := o.db.View(ctx, func(tx *store.Tx) error {
		c, err := tx.Case(id)
		if err == nil {
			ref = review.Ref{ID: id, Version: c.Version}
		}
		return nil
	}); err != nil {
		m.t.Fatal(err)
	}
	if ref.ID == "" {
		_, err := o.desk.Take(ctx, clerk, review.TakeInput{IDs: []string{id}})
		m.result("take", err)
		return
	}
	// Often what the case waits for is done by who may do it, so that walks get far; else anything by anybody.
	all := m.moves(who, ref)
	name := rapid.SampledFrom(names(all)).Draw(m.t, "move")
	if rapid.IntRange(0, 9).Draw(m.t, "sensible") < 7 {
		if s, by := sensible(o.c(id).State, rapid.IntRange(0, 5).Draw(m.t, "way")); s != "" {
			name, all = s, m.moves(by, ref)
		}
	}
	m.result(name, all[name]())
}

func names(m map[string]func() error) (out []string) {
	for n := range m {
		out = append(out, n)
	}
	sortStrings(out)
	return out
}

func sensible(state string, way int) (string, *auth.Identity) {
	switch state {
	case review.First:
		return []string{"keep", "keep", "keep", "keep", "keep", "dismiss"}[way], first1
	case review.DismissTwo:
		return "dismiss_agree", first2
	case review.DismissRead:
		return []string{"reread_refuse", "reread_agree"}[way%2], second1
	case review.ToSend:
		return "send", clerk
	case review.Sent, review.Told:
		return "sign", h1
	case review.Answering:
		return []string{"appeal", "accept"}[way%2], h1
	case review.Second:
		return []string{"uphold", "uphold", "withdraw", "refer", "ask", "uphold"}[way], second2
	case review.Panelled:
		return []string{"convene", "vote", "vote", "vote", "conclude", "vote"}[way], []*auth.Identity{second2, expert1, expert2, expert3, second2, expert1}[way]
	case review.SecondPlea:
		return []string{"second", "waive"}[way%2], h1
	case review.Final:
		return []string{"confirm", "confirm", "confirm", "overturn", "handover", "confirm"}[way], chief
	case review.Executing:
		return []string{"book", "offset", "pay", "close_month", "finish", "recall"}[way], []*auth.Identity{money, money, money, money, money, chief}[way]
	case review.Admin:
		return []string{"return", "admin_close"}[way%2], law
	}
	return "", nil
}

func (m *model) result(name string, err error) {
	m.last = name
	if err == nil {
		m.done[name]++
	} else if review.CodeOf(err) == "" {
		m.t.Fatalf("%s failed without a code: %v", name, err)
	}
}

// moves are all things that can be tried on a case.
func (m *model) moves(who *auth.Identity, ref review.Ref) map[string]func() error {
	o, d := m.o, m.o.desk
	say := review.Say{Reason: rapid.SampledFrom(review.Reasons).Draw(m.t, "reason"), Opinion: "随机意见"}
	var lines []review.LineDecision
	if rapid.Bool().Draw(m.t, "partial") {
		n := rapid.Int64Range(0, 20000).Draw(m.t, "amount")
		lines = []review.LineDecision{{LineNo: 1, Amount: &n}}
	}
	dec := review.DecideInput{Ref: ref, Say: say, Lines: lines}
	plea := review.AppealInput{Ref: ref, Say: say}
	c := func(f func() (*store.Case, error)) func() error {
		return func() error { _, err := f(); return err }
	}
	pack := func() review.PackRef {
		p := o.c(ref.ID).Package
		if p == "" {
			return review.PackRef{}
		}
		x := o.pack(ref.ID)
		return review.PackRef{ID: x.ID, Version: x.Version}
	}
	return map[string]func() error{
		"keep": c(func() (*store.Case, error) {
			return d.Keep(ctx, who, review.KeepInput{Ref: ref, Say: say, Lines: lines})
		}),
		"dismiss":       c(func() (*store.Case, error) { return d.Dismiss(ctx, who, ref, say) }),
		"dismiss_agree": c(func() (*store.Case, error) { return d.DismissAgree(ctx, who, ref, say) }),
		"reread_agree":  c(func() (*store.Case, error) { return d.RereadAgree(ctx, who, ref, say) }),
		"reread_refuse": c(func() (*store.Case, error) { return d.RereadRefuse(ctx, who, ref, say) }),
		"send": func() error {
			if _, err := d.Pack(ctx, who, "2025"); err != nil {
				return err
			}
			_, err := d.Send(ctx, who, pack())
			return err
		},
		"sign": func() error {
			x, err := d.Open(ctx, who, ref.ID)
			if err != nil {
				return err
			}
			for _, n := range x.Notices {
				if n.DeliveredDay == 0 {
					if err := d.Sign(ctx, who, n.ID); err != nil {
						return err
					}
				}
			}
			return nil
		},
		"accept":     c(func() (*store.Case, error) { return d.Accept(ctx, who, ref, say) }),
		"appeal":     c(func() (*store.Case, error) { return d.Appeal(ctx, who, plea) }),
		"reopen":     c(func() (*store.Case, error) { return d.Reopen(ctx, who, plea) }),
		"ask":        c(func() (*store.Case, error) { return d.AskMore(ctx, who, ref, say) }),
		"supplement": c(func() (*store.Case, error) { return d.SupplementDocs(ctx, who, plea) }),
		"uphold":     c(func() (*store.Case, error) { return d.Uphold(ctx, who, dec) }),
		"withdraw":   c(func() (*store.Case, error) { return d.Withdraw(ctx, who, ref, say) }),
		"refer":      c(func() (*store.Case, error) { return d.Refer(ctx, who, ref, say) }),
		"convene": func() error {
			_, err := d.Convene(ctx, who, review.ConveneInput{Cases: []review.Ref{ref}, Members: []string{"e1", "e2", "e3"}, Chair: "e1"})
			return err
		},
		"vote": func() error {
			v := rapid.SampledFrom([]string{"违规", "不违规"}).Draw(m.t, "vote")
			return d.Vote(ctx, who, review.Ballot{Panel: o.c(ref.ID).Panel, ID: ref.ID, Vote: v, Opinion: "随机意见"})
		},
		"conclude": c(func() (*store.Case, error) {
			return d.Conclude(ctx, who, review.ConcludeInput{Ref: ref, Say: say, Minutes: "随机纪要", Lines: lines})
		}),
		"second":   c(func() (*store.Case, error) { return d.SecondAppeal(ctx, who, plea) }),
		"waive":    c(func() (*store.Case, error) { return d.Waive(ctx, who, ref, say) }),
		"confirm":  c(func() (*store.Case, error) { return d.Confirm(ctx, who, dec) }),
		"overturn": c(func() (*store.Case, error) { return d.Overturn(ctx, who, ref, say) }),
		"book":     c(func() (*store.Case, error) { return d.Book(ctx, who, ref, say) }),
		"pay": c(func() (*store.Case, error) {
			return d.Pay(ctx, who, review.PayInput{Ref: ref, Kind: rapid.SampledFrom(review.PayKinds()).Draw(m.t, "kind"), Doc: "1", Amount: rapid.Int64Range(0, 5000).Draw(m.t, "pay")})
		}),
		"finish":   c(func() (*store.Case, error) { return d.Finish(ctx, who, ref) }),
		"recall":   func() error { _, err := d.Recall(ctx, who, pack(), say); return err },
		"handover": c(func() (*store.Case, error) { return d.HandOver(ctx, who, ref, say) }),
		"return":   c(func() (*store.Case, error) { return d.Return(ctx, who, ref, say) }),
		"admin_close": c(func() (*store.Case, error) {
			return d.AdminClose(ctx, who, review.AdminInput{Ref: ref, Say: say, Charged: rapid.Bool().Draw(m.t, "charged"), Doc: "1", Fine: rapid.Int64Range(0, 9).Draw(m.t, "fine")})
		}),
		"pause":  c(func() (*store.Case, error) { return d.Pause(ctx, who, ref, say) }),
		"resume": c(func() (*store.Case, error) { return d.Resume(ctx, who, ref, say) }),
		"extend": func() error {
			x, err := d.AskExtension(ctx, who, ref, 2, say)
			if err != nil {
				return err
			}
			_, err = d.DecideExtension(ctx, chief2, x.ID, x.Version, rapid.Bool().Draw(m.t, "grant"), say)
			return err
		},
		"rerun": func() error {
			m.n++
			o.rerun2(ref.ID, rapid.SampledFrom([]string{"变更", "撤回", "重现"}).Draw(m.t, "rerun"), m.n)
			return nil
		},
		"adopt":   c(func() (*store.Case, error) { return d.AdoptMachine(ctx, who, dec) }),
		"decline": c(func() (*store.Case, error) { return d.KeepMachine(ctx, who, ref, say) }),
		"redo":    c(func() (*store.Case, error) { return d.RedoMachine(ctx, who, ref, say) }),
		"refund": func() error {
			m.n++
			_, err := d.AddRefunds(ctx, who, []review.NewRefund{{Source: "自查", RefNo: fmt.Sprint(m.n), Inst: hosp1, Amt: rapid.Int64Range(1, 3000).Draw(m.t, "refund")}})
			return err
		},
		"offset": func() error {
			month := o.desk.Today().Month().String()
			if err := d.SetSheet(ctx, who, review.SheetInput{Month: month, Inst: hosp1, Payable: 20000, Offset: 0}); err != nil {
				return err
			}
			r, err := d.OffsetMonth(ctx, who, month, hosp1)
			if err != nil {
				return err
			}
			return d.SetVoucher(ctx, who, month, hosp1, "V", 20000-r.Offset)
		},
		"close_month": func() error { _, err := d.CloseMonth(ctx, who, o.desk.Today().Month().String()); return err },
		"stale": c(func() (*store.Case, error) {
			old := ref
			old.Version--
			x, err := d.Keep(ctx, who, review.KeepInput{Ref: old, Say: say})
			if err == nil {
				m.t.Fatal("a decision on an old version was taken")
			}
			return x, err
		}),
		"days": func() error {
			o.days(rapid.IntRange(1, 12).Draw(m.t, "days"))
			_, err := d.Tick(ctx)
			return err
		},
	}
}
