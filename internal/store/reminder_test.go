package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mingjian/mingjian/internal/store"
)

func reminderOf(call string, seq int, jr string, at int64) store.Reminder {
	return store.Reminder{Call: call, Seq: seq, JrID: jr, Finding: "f" + jr, At: at, Day: "2026-03-02", Stage: "事前", Scenes: "2", Inst: "H99010100001",
		Dept: "0301", Doctor: "D9901", Psn: "P1", Mdtrt: "M1", Rule: "A001", RuleName: "限性别", RuleVersion: "v1", Severity: 1, Level: "提示", Subject: "XZZ01",
		Facts: "a'b\\N", Excess: -3, Cont: "“超”\t\n", Vola: 1 << 50, Fund: 5, Lines: `[{"o":"rx1"}]`, Shown: seq == 1, Why: "", Audience: "医师", QuietOf: ""}
}

func TestRemindersReadAsWritten(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		c := store.Call{ID: "c1", At: 10, Infno: "3101", Stage: "事前", Channel: "fsi", Scenes: "2", Key: "mk1", Inst: "H99010100001", Admdvs: "990101", Operator: "o",
			TaskID: "t", MsgID: "m", Program: "p", Verdict: "提示", Partial: true, Orders: 3, Found: 2, Shown: 1, Micros: 900, NotJudged: "A002=缺 lab", Odd: 1}
		v := store.CallVisit{Call: "c1", Psn: "P1", Mdtrt: "M1", At: 10, Inst: "H99010100001", Dept: "0301", Doctor: "D9901", Inpatient: true, Diags: "I10,J18", Orders: `[]`}
		rs := []store.Reminder{reminderOf("c1", 1, "j1", 10), reminderOf("c1", 2, "j2", 10)}
		update(t, db, func(tx *store.Tx) error {
			return errors.Join(tx.AddSilence(store.Silence{ID: "s1", Text: c.NotJudged}), tx.AddSilence(store.Silence{ID: "s1", Text: "again"}),
				tx.AddCalls([]store.Call{said(c)}, []store.CallVisit{v}, rs))
		})
		err := db.View(context.Background(), func(tx *store.Tx) error {
			calls, err := tx.Calls(store.CallFilter{Limit: 5, Mdtrt: "M1"})
			if err != nil {
				return err
			}
			vs, err := tx.CallsOfVisits([]string{"M1", "M2"})
			if err != nil {
				return err
			}
			byVisit, err := tx.RemindersOfVisits([]string{"M1"})
			if err != nil {
				return err
			}
			byFinding, err := tx.RemindersOfFindings([]string{"fj2", "none"})
			if err != nil {
				return err
			}
			byCall, err := tx.RemindersOfCalls([]string{"c1"})
			if err != nil {
				return err
			}
			if d := cmp.Diff([]store.Call{c}, calls) + cmp.Diff(map[string][]store.CallVisit{"M1": {v}}, vs) + cmp.Diff(map[string][]store.Reminder{"M1": rs}, byVisit) +
				cmp.Diff(map[string][]store.Reminder{"fj2": rs[1:]}, byFinding) + cmp.Diff(map[string][]store.Reminder{"c1": rs}, byCall); d != "" {
				t.Error(d)
			}
			if none, err := tx.Calls(store.CallFilter{Limit: 5, Mdtrt: "M2"}); err != nil || len(none) != 0 {
				t.Errorf("calls of another visit: %v %v", none, err)
			}
			if _, err := tx.LastReminder("nobody"); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("unknown jr_id: %v", err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		err = db.Update(context.Background(), func(tx *store.Tx) error { return tx.AddCalls([]store.Call{c}, nil, nil) })
		if !errors.Is(err, store.ErrExists) {
			t.Errorf("the same call twice gives %v", err)
		}
	})
}

func TestChoicesAreRepeatable(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		add := func(at int64, way, reason string) (added bool) {
			update(t, db, func(tx *store.Tx) (err error) {
				added, err = tx.AddChoice(store.Choice{JrID: "j1", At: at, Way: way, Code: "01", Reason: reason})
				return err
			})
			return added
		}
		for i, c := range []struct {
			at     int64
			way    string
			reason string
			want   bool
		}{
			{100, "继续", "病情需要", true},
			{100, "继续", "病情需要", false}, // the same message again
			{105, "继续", "病情需要", false}, // the same answer again
			{110, "修改", "", true},
			{120, "继续", "病情需要", true},  // changed their mind back
			{105, "继续", "病情需要", false}, // an old message comes late
			{111, "修改", "", false},
		} {
			if got := add(c.at, c.way, c.reason); got != c.want {
				t.Errorf("answer %d: added %v, want %v", i, got, c.want)
			}
		}
		err := db.View(context.Background(), func(tx *store.Tx) error {
			m, err := tx.ChoicesOf([]string{"j1"})
			if cs := m["j1"]; len(cs) != 3 || cs[2].At != 120 || cs[2].Way != "继续" {
				t.Errorf("kept %+v", cs)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestExplainedAreTheLastAnswers(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		update(t, db, func(tx *store.Tx) error {
			var rs []store.Reminder
			for i := range 4 {
				r := reminderOf("c1", i+1, fmt.Sprint("j", i), 10)
				r.Inpatient = i >= 2
				rs = append(rs, r)
			}
			if err := tx.AddCalls(nil, nil, rs); err != nil {
				return err
			}
			for _, c := range []store.Choice{{JrID: "j0", At: 50, Way: "继续"}, {JrID: "j1", At: 500, Way: "继续"}, {JrID: "j2", At: 50, Way: "继续"}, {JrID: "j3", At: 60, Way: "继续"},
				{JrID: "j3", At: 70, Way: "修改"}, {JrID: "unknown", At: 600, Way: "继续"}} {
				if _, err := tx.AddChoice(c); err != nil {
					return err
				}
			}
			got, err := tx.Explained("继续", 100, 20)
			ids := ""
			for _, r := range got {
				ids += fmt.Sprint(r.JrID, "@", r.At, " ")
			}
			if ids != "j2@50 j1@500 " { // j0 is too old for an out-patient, j3 was changed afterwards
				t.Errorf("explained: %s", ids)
			}
			return err
		})
	})
}

func TestReminderFigures(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		const day = int64(86_400_000_000)
		update(t, db, func(tx *store.Tx) error {
			var cs []store.Call
			var vs []store.CallVisit
			var rs []store.Reminder
			for i := range 6 {
				id := fmt.Sprint("c", i)
				at := day*20000 + int64(i)*day/4 // six calls over two civil days
				cs = append(cs, store.Call{ID: id, At: at, Inst: "H1", Admdvs: "990101", Verdict: "提示", Orders: 2, Found: 1, Shown: i % 2, Micros: int64(100 * i)})
				vs = append(vs, store.CallVisit{Call: id, Psn: "P", Mdtrt: fmt.Sprint("M", i/2), At: at, Inst: "H1", Doctor: fmt.Sprint("D", i%3)})
				r := reminderOf(id, 1, fmt.Sprint("j", i), at)
				r.Mdtrt, r.Shown = fmt.Sprint("M", i/2), i%2 == 1
				rs = append(rs, r)
			}
			cs[5].Verdict = "阻断"
			if err := tx.AddCalls(cs, vs, rs); err != nil {
				return err
			}
			for _, c := range []store.Choice{{JrID: "j1", At: day * 20001, Way: "继续", Inst: "H1"}, {JrID: "j3", At: day * 20001, Way: "修改", Inst: "H1"}, {JrID: "j3", At: day*20001 + 1, Way: "有误", Inst: "H1"}} {
				if _, err := tx.AddChoice(c); err != nil {
					return err
				}
			}
			ra, err := tx.RuleAnswers(0, 1<<60, "9901")
			if d := cmp.Diff([]store.RuleAnswers{{Rule: "A001", Shown: 3, Answered: 2, Overridden: 2}}, ra); d != "" {
				t.Error(d)
			}
			if none, _ := tx.RuleAnswers(0, 1<<60, "98"); len(none) != 0 {
				t.Errorf("another area's answers: %v", none)
			}
			return err
		})
		s, err := db.ReminderSums(ctx, store.CallFilter{})
		want := store.ReminderSums{Calls: 6, Visits: 3, Orders: 12, Found: 6, Shown: 3, Blocked: 1, Answered: 2, Continued: 1, Wrong: 1, Micros: 1500, MaxMicros: 500}
		if err != nil || s != want {
			t.Errorf("%+v, %v", s, err)
		}
		ds, err := db.DoctorDays(ctx, store.CallFilter{})
		if err != nil {
			t.Fatal(err)
		}
		calls, shown := int64(0), int64(0)
		for _, d := range ds {
			calls, shown = calls+d.Calls, shown+d.Interruptions
		}
		// 20000 days after 1970 is 2024-10-04; in China the third call is already on the next day? No: 12:00 UTC is 20:00, 18:00 UTC is the next day.
		if calls != 6 || shown != 3 || ds[0].Day != "2024-10-04" || ds[len(ds)-1].Day != "2024-10-05" {
			t.Errorf("%+v", ds)
		}
	})
}

func TestWrongsAndProposals(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		update(t, db, func(tx *store.Tx) error {
			w := store.Wrong{ID: "w1", Kind: "医生反映", Rule: "A001", Said: "患者是双性畸形", ReceivedAt: 5, Due: "2026-03-09", Owner: "wang"}
			for i, want := range []bool{true, false} {
				if added, err := tx.AddWrong(w); err != nil || added != want {
					t.Errorf("try %d: %v %v", i, added, err)
				}
			}
			got, err := tx.Wrong("w1")
			if err != nil {
				return err
			}
			if err := tx.AnswerWrong(got, "规则有误", "改", "li", 9); err != nil {
				return err
			}
			if err := tx.AnswerWrong(got, "规则无误", "不改", "wang", 10); !errors.Is(err, store.ErrConflict) {
				t.Errorf("answered twice: %v", err)
			}
			if open, err := tx.Wrongs(store.WrongOpen, ""); err != nil || len(open) != 0 {
				t.Errorf("open: %v %v", open, err)
			}
			p := store.Proposal{ID: "p1", Rule: "A001", From: "2026-02-01", To: "2026-03-01", Shown: 50, Answered: 40, Overridden: 36, MadeAt: 1}
			if added, err := tx.AddProposal(p); err != nil || !added {
				t.Errorf("%v %v", added, err)
			}
			p.Overridden, p.To = 37, "2026-03-02"
			if added, err := tx.AddProposal(p); err != nil || added {
				t.Errorf("%v %v", added, err)
			}
			ps, err := tx.Proposals(store.ProposalOpen)
			if err != nil || len(ps) != 1 || ps[0].Overridden != 37 {
				t.Fatalf("%+v %v", ps, err)
			}
			if err := tx.DecideProposal("p1", ps[0].Version, store.ProposalRefused, "li", "规则对", 7); err != nil {
				return err
			}
			p.Overridden = 40
			if _, err := tx.AddProposal(p); err != nil {
				return err
			}
			if ps, _ := tx.Proposals(""); ps[0].Overridden != 37 || ps[0].State != store.ProposalRefused {
				t.Errorf("a machine changed a decided proposal: %+v", ps[0])
			}
			return nil
		})
	})
}

func TestSegmentMarkMovesOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		update(t, db, func(tx *store.Tx) error { return tx.TakeSegment("s1", 0, 100, 2, 1) })
		update(t, db, func(tx *store.Tx) error { return tx.TakeSegment("s1", 100, 150, 1, 2) })
		for _, from := range []int64{0, 100} {
			err := db.Update(context.Background(), func(tx *store.Tx) error { return tx.TakeSegment("s1", from, 170, 1, 3) })
			if !errors.Is(err, store.ErrConflict) {
				t.Errorf("from %d: %v", from, err)
			}
		}
		err := db.View(context.Background(), func(tx *store.Tx) error {
			b, n, err := tx.SegmentTaken("s1")
			if b != 150 || n != 3 {
				t.Errorf("%d bytes, %d records", b, n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestFrozenEpisodesStay(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		e := store.Episode{ID: "e1", Psn: "P", Mdtrt: "M", Rule: "A001", Inst: "H1", Dept: "03", Doctor: "D1", Day: "2026-03-02", Times: 1, Outcome: "撤回", Complied: true, Avoided: 500}
		f := e
		f.ID, f.Frozen, f.Outcome, f.Complied, f.Avoided, f.Doctor = "e2", true, "无回应", false, 0, "D2"
		update(t, db, func(tx *store.Tx) error { return tx.PutEpisodes([]store.Episode{e, f}) })
		e.Avoided, e.Reopened = 0, true
		f.Avoided = 999
		update(t, db, func(tx *store.Tx) error { return tx.PutEpisodes([]store.Episode{e, f}) })
		update(t, db, func(tx *store.Tx) error { return tx.PutEpisodes([]store.Episode{e}) }) // nothing new
		err := db.View(ctx, func(tx *store.Tx) error {
			es, err := tx.Episodes("2026-03-01", "2026-03-31")
			if len(es) != 2 || es[0].Avoided != 0 || es[0].Version != 2 || es[1].Avoided != 0 || es[1].Version != 1 {
				t.Errorf("%+v", es)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for by, keys := range map[string]int{"": 1, "rule": 1, "inst": 1, "dept": 1, "doctor": 2, "day": 1} {
			s, err := db.EffectSums(ctx, by, store.WatchFilter{})
			if err != nil || len(s) != keys || s[0].Outcomes["撤回"] != 1 {
				t.Errorf("by %q: %+v %v", by, s, err)
			}
		}
	})
}

func TestAreasAndTold(t *testing.T) {
	onBoth(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		a := store.ReminderArea{Area: "9901", Body: `{"max_shown":2}`, Actor: "w", Why: "试"}
		update(t, db, func(tx *store.Tx) error { return tx.SetReminderArea(a, 1) })
		a.Version, a.Body = 1, `{}`
		update(t, db, func(tx *store.Tx) error { return tx.SetReminderArea(a, 2) })
		if err := db.Update(ctx, func(tx *store.Tx) error { return tx.SetReminderArea(a, 3) }); !errors.Is(err, store.ErrConflict) {
			t.Errorf("a stale change: %v", err)
		}
		update(t, db, func(tx *store.Tx) error { return tx.AddFindings([]*store.Finding{finding("f1", 1), finding("f2", 1)}) })
		told := []store.Told{{Finding: "f1", Told: "未上传", Revision: "r"}, {Finding: "f2", Told: "提醒后仍继续", Call: "c", JrID: "j", CallAt: 3, Choice: "继续", Equal: true}}
		update(t, db, func(tx *store.Tx) error { return tx.PutTold(told) })
		told[0].Told = "已上传未提示"
		update(t, db, func(tx *store.Tx) error { return tx.PutTold(told[:1]) })
		err := db.View(ctx, func(tx *store.Tx) error {
			m, err := tx.ToldOf([]string{"f1", "f2", "f3"})
			if d := cmp.Diff(map[string]store.Told{"f1": told[0], "f2": told[1]}, m); d != "" {
				t.Error(d)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		n, err := db.ToldCounts(ctx)
		if err != nil || n["已上传未提示"] != 1 || n["提醒后仍继续"] != 1 {
			t.Errorf("%v %v", n, err)
		}
	})
}

// fillReminders writes a row into every table of the reminder log.
func fillReminders(tx *store.Tx) error {
	_, err := tx.AddChoice(store.Choice{JrID: "j1", At: 1, Way: "继续"})
	_, err2 := tx.AddWrong(store.Wrong{ID: "w"})
	_, err3 := tx.AddProposal(store.Proposal{ID: "p"})
	err3 = errors.Join(err3, tx.AddSilence(store.Silence{ID: "s", Text: "A001=缺 lab"}))
	return errors.Join(err, err2, err3, tx.AddCalls([]store.Call{{ID: "c1", Partial: true}}, []store.CallVisit{{Call: "c1", Doctor: "D", Orders: "[]"}},
		[]store.Reminder{reminderOf("c1", 1, "j1", 1)}), tx.SetReminderArea(store.ReminderArea{Area: "9901", Body: "{}"}, 1), tx.TakeSegment("s", 0, 9, 1, 1),
		tx.PutEpisodes([]store.Episode{{ID: "e", Day: "2025-01-02", Avoided: -1}}), tx.PutTold([]store.Told{{Finding: "f1", Told: "未上传"}}))
}

// said is a call that names what was not judged by the number of a silence.
func said(c store.Call) store.Call {
	c.NotJudged = store.Silent + "s1"
	return c
}
