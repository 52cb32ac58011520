package remind

import (
	"context"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/store"
)

// TestLateAnswersWereNotShown: what nobody saw is kept as not shown, interrupts nobody and is no episode, until somebody answers it.
func TestLateAnswersWereNotShown(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := opened(t, dir)
	now := noon
	s := service(t, db, dir, Options{LogWait: time.Minute, Now: func() time.Time { return now }})
	ask := func(task string, change func(*online.Request)) *Decision {
		t.Helper()
		req := request()
		req.TaskID = task
		change(req)
		r := reminder("D001", online.Confirm, 100)
		r.ID = "jr-" + task
		d := s.Decide(req, &online.Answer{Reminders: []online.Reminder{r}, Program: "p1", NotJudged: []online.NotJudged{{Rule: "A019", Why: "缺 lab"}}})
		if len(d.Shown) != 1 || !d.Kept {
			t.Fatalf("%s: the answer says %+v", task, d)
		}
		return d
	}
	ask("resent", func(q *online.Request) { q.Late = true })
	ask("overdue", func(q *online.Request) { q.Received = now.Add(-Patience - time.Millisecond) })
	if n, _ := s.memory.Median(); n != 0 {
		t.Errorf("%v interruptions by what nobody saw", n)
	}
	ask("in-time", func(q *online.Request) { q.Received = now.Add(-Patience) })
	if n, _ := s.memory.Median(); n != 1 {
		t.Errorf("%v interruptions", n)
	}
	if _, err := s.drain().All(context.Background()); err != nil {
		t.Fatal(err)
	}
	look := func(jr string) (r *store.Reminder, c store.Call) {
		t.Helper()
		err := db.View(context.Background(), func(tx *store.Tx) (err error) {
			if r, err = tx.LastReminder(jr); err != nil {
				return err
			}
			cs, err := tx.CallsByID([]string{r.Call})
			c = cs[r.Call]
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return r, c
	}
	for jr, want := range map[string]struct {
		shown   bool
		why     string
		verdict string
		n       int
	}{"jr-resent": {false, HeldLate, "未提示", 0}, "jr-overdue": {false, HeldOverdue, "未提示", 0}, "jr-in-time": {true, "", "确认", 1}} {
		r, c := look(jr)
		if r.Shown != want.shown || r.Why != want.why || c.Verdict != want.verdict || c.Shown != want.n || c.Found != 1 || c.NotJudged != "A019=缺 lab" {
			t.Errorf("%s: %+v of %+v", jr, r, c)
		}
	}
	for _, jr := range []string{"jr-overdue", "jr-resent"} {
		if err := s.Answer(Choice{JrID: jr, Way: Change, Inst: "H99010100001"}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.drain().All(context.Background()); err != nil {
		t.Fatal(err)
	}
	if r, _ := look("jr-overdue"); !r.Shown || r.Why != "" {
		t.Errorf("whoever answered had waited and read it: %+v", r)
	}
	if r, _ := look("jr-resent"); r.Shown {
		t.Errorf("what the hospital says nobody saw was shown: %+v", r)
	}
}
