package effect

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/online/remind"
	"github.com/mingjian/mingjian/internal/store"
)

const (
	callDay = "2026-03-02"
	now     = "2026-03-20"
)

func hit(rule, item string) [][2]string { return [][2]string{{rule, item}} }

// TestEveryOutcome plants an episode of each outcome, and those that look like another.
func TestEveryOutcome(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	women := line{item: Women, cnt: 2, pric: 10}
	plain := line{item: Plain, cnt: 1, pric: 10}
	out := func(visit, psn string, diags []string, lines ...line) {
		w.bill(visit, psn, "H1", "11", callDay, callDay, diags, lines...)
	}
	ask := func(visit, psn string) *remind.Decision {
		return w.call(visit, psn, "H1", callDay, false, []string{"I10"}, hit("A001", Women), women, plain)
	}
	type want struct {
		outcome   string
		complied  bool
		hit       bool
		avoided   int64
		reopened  bool
		origCnt   int64
		origFund  int64
		finalFund int64
		subst     int64
	}
	wants := map[string]want{}

	ask("withdrawn", "P1")
	out("withdrawn", "P1", []string{"I10"}, plain)
	wants["withdrawn"] = want{WithdrawnOut, true, false, 1200, false, 20_000, 1200, 0, 0}

	w.call("reduced", "P2", "H1", callDay, false, []string{"I10"}, hit("B021", Times), line{item: Times, cnt: 5, pric: 10})
	out("reduced", "P2", []string{"I10"}, line{item: Times, cnt: 2, pric: 10})
	wants["reduced B021"] = want{ReducedOut, true, false, 1800, false, 50_000, 3000, 1200, 0}

	w.call("reducedalittle", "P3", "H1", callDay, false, []string{"I10"}, hit("B021", Times), line{item: Times, cnt: 5, pric: 10})
	out("reducedalittle", "P3", []string{"I10"}, line{item: Times, cnt: 4, pric: 10})
	wants["reducedalittle B021"] = want{NoAnswerOut, false, true, 0, false, 50_000, 3000, 2400, 0}

	ask("replaced", "P4")
	out("replaced", "P4", []string{"I10"}, line{item: Other, cnt: 1, pric: 15}, plain)
	wants["replaced"] = want{ReplacedOut, true, false, 300, false, 20_000, 1200, 0, 900}

	ask("replaceddearer", "P5") // the substitute costs more: nothing is avoided, and nothing is owed
	out("replaceddearer", "P5", []string{"I10"}, line{item: Other, cnt: 1, pric: 90}, plain)
	wants["replaceddearer"] = want{ReplacedOut, true, false, 0, false, 20_000, 1200, 0, 5400}

	ask("replacedbad", "P6") // by another that the same rule hits
	out("replacedbad", "P6", []string{"I10"}, line{item: Women3, cnt: 1, pric: 10}, plain)
	wants["replacedbad"] = want{ReplacedOut, false, true, 600, false, 20_000, 1200, 0, 600}

	w.answer(ask("selfpaid", "P7"), remind.SelfPay, "")
	out("selfpaid", "P7", []string{"I10"}, line{item: Women, cnt: 2, pric: 10, own: true}, plain)
	wants["selfpaid"] = want{SelfPaidOut, false, false, 1200, false, 20_000, 1200, 0, 0}

	w.answer(ask("selfpaidoutside", "P8"), remind.SelfPay, "")
	out("selfpaidoutside", "P8", []string{"I10"}, plain)
	wants["selfpaidoutside"] = want{SelfPaidOut, false, false, 1200, false, 20_000, 1200, 0, 0}

	w.call("diagnosed", "P9", "H1", callDay, false, []string{"I10"}, hit("A013", Sugar), line{item: Sugar, cnt: 1, pric: 10})
	out("diagnosed", "P9", []string{"I10", "E11.9"}, line{item: Sugar, cnt: 1, pric: 10})
	wants["diagnosed A013"] = want{DiagnosedOut, false, false, 0, false, 10_000, 600, 600, 0}

	w.call("diagnosedinvain", "P10", "H1", callDay, false, []string{"I10"}, hit("A013", Sugar), line{item: Sugar, cnt: 1, pric: 10})
	out("diagnosedinvain", "P10", []string{"I10", "J06.9"}, line{item: Sugar, cnt: 1, pric: 10})
	wants["diagnosedinvain A013"] = want{NoAnswerOut, false, true, 0, false, 10_000, 600, 600, 0}

	w.answer(ask("continued", "P11"), remind.Continue, "01")
	out("continued", "P11", []string{"I10"}, women, plain)
	wants["continued"] = want{ContinuedOut, false, true, 0, false, 20_000, 1200, 1200, 0}

	ask("noanswer", "P12")
	out("noanswer", "P12", []string{"I10"}, women, plain)
	wants["noanswer"] = want{NoAnswerOut, false, true, 0, false, 20_000, 1200, 1200, 0}

	w.answer(ask("promised", "P13"), remind.Change, "")
	out("promised", "P13", []string{"I10"}, women, plain)
	wants["promised"] = want{NoAnswerOut, false, true, 0, false, 20_000, 1200, 1200, 0}

	w.call("never", "P14", "H1", "2026-01-05", false, []string{"I10"}, hit("A001", Women), women)
	wants["never"] = want{NeverOut, false, false, 0, false, 0, 0, 0, 0}

	w.call("notyet", "P15", "H1", callDay, false, []string{"I10"}, hit("A001", Women), women)
	wants["notyet"] = want{PendingSettle, false, false, 0, false, 0, 0, 0, 0}

	ask("reopened", "P16") // elsewhere, on the seventh day
	out("reopened", "P16", []string{"I10"}, plain)
	w.bill("again", "P16", "H2", "11", "2026-03-09", "2026-03-09", []string{"I10"}, line{item: Women, cnt: 1, pric: 10})
	wants["reopened"] = want{WithdrawnOut, true, false, 0, true, 20_000, 1200, 0, 0}

	ask("reopenedlate", "P17")
	out("reopenedlate", "P17", []string{"I10"}, plain)
	w.bill("again2", "P17", "H2", "11", "2026-03-10", "2026-03-10", []string{"I10"}, line{item: Women, cnt: 1, pric: 10})
	wants["reopenedlate"] = want{WithdrawnOut, true, false, 1200, false, 20_000, 1200, 0, 0}

	// A stay: one day's order withdrawn, another day's kept with a reason. One episode, as it ended.
	w.call("stay", "P18", "H1", callDay, true, []string{"I10"}, hit("A001", Women), women)
	w.answer(w.call("stay", "P18", "H1", "2026-03-03", true, []string{"I10"}, hit("A001", Women), women), remind.Continue, "01")
	w.bill("stay", "P18", "H1", "21", callDay, "2026-03-05", []string{"I10"}, line{item: Women, cnt: 2, pric: 10, day: "2026-03-03"}, line{item: Plain, cnt: 1, pric: 10, day: "2026-03-03"})
	wants["stay"] = want{ContinuedOut, false, true, 0, false, 40_000, 2400, 1200, 0}

	// A correction during the same visit: reminded twice, measured against the first.
	w.call("twice", "P19", "H1", callDay, false, []string{"I10"}, hit("B021", Times), line{item: Times, cnt: 5, pric: 10})
	w.call("twice", "P19", "H1", callDay, false, []string{"I10"}, hit("B021", Times), line{item: Times, cnt: 3, pric: 10})
	out("twice", "P19", []string{"I10"}, line{item: Times, cnt: 2, pric: 10})
	wants["twice B021"] = want{ReducedOut, true, false, 1800, false, 50_000, 3000, 1200, 0}

	// What was ordered in the same call anyhow replaces nothing.
	w.call("beside", "P20", "H1", callDay, false, []string{"I10"}, hit("A001", Women), women, line{item: Other, cnt: 1, pric: 15})
	out("beside", "P20", []string{"I10"}, line{item: Other, cnt: 1, pric: 15})
	wants["beside"] = want{WithdrawnOut, true, false, 1200, false, 20_000, 1200, 0, 0}

	w.land()
	w.audit()
	got, rep := w.effect(now)
	for name, x := range wants {
		e, ok := got[name]
		if !ok {
			t.Errorf("%s: no episode", name)
			continue
		}
		have := want{e.Outcome, e.Complied, e.Hit, e.Avoided, e.Reopened, e.OrigCnt, e.OrigFund, e.FinalFund, e.SubstFund}
		if d := cmp.Diff(x, have, cmp.AllowUnexported(want{})); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	if len(got) != len(wants) || rep.Episodes != len(wants) || rep.Reminders != len(wants)+2 {
		t.Errorf("%d episodes, %d wanted, %+v", len(got), len(wants), rep)
	}
	sums, err := w.db.EffectSums(context.Background(), "", store.WatchFilter{})
	if err != nil || len(sums) != 1 || sums[0].Complied != rep.Complied || sums[0].Avoided != rep.Avoided || sums[0].Episodes != int64(len(wants)) {
		t.Errorf("%+v %v", sums, err)
	}
	for _, o := range Outcomes {
		if sums[0].Outcomes[o] == 0 {
			t.Errorf("no episode of outcome %s", o)
		}
	}
	if e := got["promised"]; e.Note == "" || e.Choice != remind.Change {
		t.Errorf("%+v", e)
	}
	if e := got["reopened"]; e.ReopenedAt != "H2 again 2026-03-09" {
		t.Errorf("reopened at %q", e.ReopenedAt)
	}

	// Again: nothing changes, not even a version.
	again, _ := w.effect(now)
	if d := cmp.Diff(got, again); d != "" {
		t.Errorf("a second run differs: %s", d)
	}
}

// TestFiguresMoveUntilFrozen follows one episode: not audited yet, judged, taken back by a reversal, settled again, frozen.
func TestFiguresMoveUntilFrozen(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	w.call("v", "P1", "H1", callDay, false, []string{"I10"}, hit("A001", Women), line{item: Women, cnt: 2, pric: 10}, line{item: Plain, cnt: 1, pric: 10})
	at := func(day, outcome string, avoided int64, frozen bool) store.Episode {
		t.Helper()
		es, _ := w.effect(day)
		e := es["v"]
		if e.Outcome != outcome || e.Avoided != avoided || e.Frozen != frozen {
			t.Errorf("%s: %s %d frozen %v, want %s %d %v", day, e.Outcome, e.Avoided, e.Frozen, outcome, avoided, frozen)
		}
		return e
	}
	w.person("P1")
	w.land()
	at("2026-03-03", PendingSettle, 0, false)
	w.bill("v", "P1", "H1", "11", callDay, "2026-03-04", []string{"I10"}, line{item: Plain, cnt: 1, pric: 10})
	w.land()
	at("2026-03-05", PendingAudit, 0, false)
	w.audit()
	at("2026-03-06", WithdrawnOut, 1200, false)
	w.add("settlement", "setl_id", "r-v", "mdtrt_id", "v", "psn_no", "P1", "fixmedins_code", "H1", "insutype", "390", "clr_type", "11", "setl_time", "2026-03-07 10:00:00",
		"medfee_sumamt", "-10", "fund_pay_sumamt", "-6", "refd_setl_flag", "1", "init_setl_id", "s-v")
	w.land()
	w.audit()
	at("2026-03-08", PendingSettle, 0, false)
	w.add("settlement", "setl_id", "s2-v", "mdtrt_id", "v", "psn_no", "P1", "fixmedins_code", "H1", "insutype", "390", "clr_type", "11", "setl_time", "2026-03-09 10:00:00",
		"medfee_sumamt", "10", "inscp_scp_amt", "10", "fund_pay_sumamt", "6")
	w.add("fee", "feedetl_sn", "v-1b", "mdtrt_id", "v", "setl_id", "s2-v", "psn_no", "P1", "fixmedins_code", "H1", "fee_ocur_time", callDay+" 09:00:00", "list_type", "201", "hilist_code", Plain,
		"hilist_name", Plain, "cnt", "1", "pric", "10", "det_item_fee_sumamt", "10", "inscp_scp_amt", "10")
	w.land()
	w.audit()
	at("2026-03-10", WithdrawnOut, 1200, false)
	at("2026-04-07", WithdrawnOut, 1200, false) // the 29th day
	at("2026-04-08", WithdrawnOut, 1200, true)
	w.bill("late", "P1", "H2", "11", "2026-03-12", "2026-03-12", []string{"I10"}, line{item: Women, cnt: 1, pric: 10}) // uploaded after the freeze
	w.land()
	w.audit()
	at("2026-04-20", WithdrawnOut, 1200, true)
}

// TestOneOutcomeEach: whatever is known, exactly one outcome holds, and only the first three comply.
func TestOneOutcomeEach(t *testing.T) {
	t.Parallel()
	n := 0
	for bits := range 1 << 7 {
		on := func(i int) bool { return bits>>i&1 == 1 }
		for _, final := range []claim.Qty{0, 1, 2} {
			for _, choice := range []string{"", remind.Change, remind.SelfPay, remind.Continue, remind.Wrong} {
				e := ended{settled: on(0), expired: on(1), audited: on(2), hit: on(3), bare: on(4), diagnosed: on(5), orig: 2, final: 0, origScope: 5, choice: choice}
				if e.final = final; final > 0 {
					e.finalScope = 3
				}
				if on(6) {
					e.subst = 1
				}
				o := e.outcome()
				if o == "" || (complied(o, e.hit) && (e.hit || (o != WithdrawnOut && o != ReducedOut && o != ReplacedOut))) {
					t.Fatalf("%+v: %s", e, o)
				}
				if !e.settled && o != NeverOut && o != PendingSettle {
					t.Fatalf("an unsettled visit ended as %s", o)
				}
				n++
			}
		}
	}
	t.Logf("%d combinations", n)
}
