package remind

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/mingjian/mingjian/internal/online"
	"github.com/mingjian/mingjian/internal/online/journal"
	"github.com/mingjian/mingjian/internal/store"
)

// childEnv names the directory that the child of the kill test serves from.
const childEnv = "REMIND_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		child(dir)
	}
	os.Exit(m.Run())
}

func opened(t testing.TB, dir string) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), store.Location{Engine: store.SQLite, Path: filepath.Join(dir, store.FileName)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func service(t testing.TB, db *store.DB, dir string, opt Options) *Service {
	t.Helper()
	c, err := NewChooser(cards(), nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := OpenService(context.Background(), db, filepath.Join(dir, Dir), c, opt)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestACallIsKeptAsItWas(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := opened(t, dir)
	now := noon
	s := service(t, db, dir, Options{LogWait: time.Minute, Now: func() time.Time { return now }})
	req := request()
	req.TaskID, req.MsgID, req.Odd = "t1", "m1", []online.Oddity{{Path: "x"}}
	light := reminder("A001", online.Inform, 7)
	light.Severity = 3
	ans := &online.Answer{Reminders: []online.Reminder{reminder("D001", online.Confirm, 100), light}, NotJudged: []online.NotJudged{{Rule: "A019", Why: "缺 lab"}}, Partial: true,
		Program: "p1", Took: 1234 * time.Microsecond}
	d := s.Decide(req, ans)
	if !d.Kept || d.NotLogged || len(d.Shown) != 1 || len(d.Held) != 1 {
		t.Fatalf("%+v", d)
	}
	now = now.Add(time.Minute)
	say := func(c Choice) {
		t.Helper()
		if err := s.Answer(c); err != nil {
			t.Fatal(err)
		}
	}
	say(Choice{JrID: d.Shown[0].ID, Way: Continue, Reason: "01：病历已记录", Inst: "H99010100001", WarnType: "1", Actor: "D1"})
	say(Choice{JrID: d.Shown[0].ID, Way: Continue, Reason: "01：病历已记录", Inst: "H99010100001", WarnType: "1", Actor: "D1"}) // sent again
	if err := s.Answer(Choice{JrID: d.Shown[0].ID, Way: Change, Inst: "H99010100002"}); err == nil {
		t.Error("another hospital answers")
	}
	if err := s.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	err := db.View(context.Background(), func(tx *store.Tx) error {
		cs, err := tx.Calls(store.CallFilter{Limit: 9})
		if err != nil {
			return err
		}
		if c := cs[0]; len(cs) != 1 || c.ID != d.Call || c.At != store.Micros(noon) || c.Verdict != "确认" || !c.Partial || c.Orders != 2 || c.Found != 2 || c.Shown != 1 || c.Micros != 1234 ||
			c.NotJudged != "A019=缺 lab" || c.Odd != 1 || c.TaskID != "t1" || c.Scenes != "2" {
			t.Errorf("%+v", c)
		}
		vs, err := tx.CallsOfVisits([]string{"M1"})
		if err != nil {
			return err
		}
		v := vs["M1"][0]
		said, err := ReadSaid(v.Orders)
		if err != nil || v.Doctor != "D99010000001" || v.Diags != "I10" || len(said.Orders) != 2 || said.Orders[0].Item != "XZZ01" || said.Orders[0].Amount != 10_000 || said.At != req.At {
			t.Errorf("%+v %+v %v", v, said, err)
		}
		rs, err := tx.RemindersOfCalls([]string{d.Call})
		if err != nil {
			return err
		}
		if r := rs[d.Call]; len(r) != 2 || !r[0].Shown || r[0].Level != "确认" || r[0].Day != "2026-03-02" || r[1].Shown || r[1].Why != HeldSeverity || r[0].Doctor != "D99010000001" {
			t.Errorf("%+v", r)
		}
		m, err := tx.ChoicesOf([]string{d.Shown[0].ID})
		if ch := m[d.Shown[0].ID]; len(ch) != 1 || ch[0].Code != "01" || ch[0].Reason != "病历已记录" || ch[0].At != store.Micros(noon.Add(time.Minute)) {
			t.Errorf("%+v", ch)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}

	// A new process knows what was explained.
	s = service(t, db, dir, Options{LogWait: time.Minute, Now: func() time.Time { return now.Add(time.Hour) }})
	d = s.Decide(req, &online.Answer{Reminders: []online.Reminder{reminder("D001", online.Confirm, 100)}})
	if len(d.Held) != 1 || d.Held[0].Why != HeldQuiet {
		t.Errorf("after a restart the explanation is forgotten: %+v", d)
	}
	if err := s.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestAnswersThatCannotBeKept(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]Choice{
		"no id":           {Way: Change},
		"no way":          {JrID: "j", Way: "算了"},
		"no reason":       {JrID: "j", Way: Continue},
		"other, no words": {JrID: "j", Way: Continue, Code: "99"},
		"wrong, no words": {JrID: "j", Way: Wrong},
		"too long":        {JrID: "j", Way: Continue, Reason: strings.Repeat("长", 501)},
	} {
		if err := c.check(); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	for name, c := range map[string]Choice{"free words": {JrID: "j", Way: Continue, Reason: "病情需要"}, "500": {JrID: "j", Way: Continue, Reason: strings.Repeat("长", 500)}, "own code": {JrID: "j", Way: Continue, Code: "local-7"}} {
		if err := c.check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWrongReachesTheOwnerInFiveWorkingDays(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := opened(t, dir)
	friday := time.Date(2026, 2, 13, 17, 0, 0, 0, china) // before the Spring Festival, whose eve's Saturday is worked
	s := service(t, db, dir, Options{LogWait: time.Minute, Now: func() time.Time { return friday }, Owners: func(rule string) string { return "王-" + rule }})
	d := s.Decide(request(), &online.Answer{Reminders: []online.Reminder{reminder("D001", online.Inform, 100)}})
	for range 2 {
		if err := s.Answer(Choice{JrID: d.Shown[0].ID, Way: Wrong, Reason: "说明书允许 45 天"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	err := db.View(context.Background(), func(tx *store.Tx) error {
		ws, err := tx.Wrongs(store.WrongOpen, "")
		if len(ws) != 1 || ws[0].Due != "2026-02-27" || ws[0].Owner != "王-D001" || ws[0].Rule != "D001" || ws[0].Said != "说明书允许 45 天" || ws[0].Finding != "fD001" {
			t.Errorf("%+v", ws)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestForeignAnswerFoundByTheDrain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := opened(t, dir)
	s := service(t, db, dir, Options{LogWait: time.Minute})
	d := s.Decide(request(), &online.Answer{Reminders: []online.Reminder{reminder("D001", online.Inform, 100)}})
	if err := s.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	s = service(t, db, dir, Options{}) // this process has not shown it
	if err := s.Answer(Choice{JrID: d.Shown[0].ID, Way: Change, Inst: "H99010100002"}); err != nil {
		t.Fatal(err)
	}
	r, err := s.drain().All(context.Background())
	if err != nil || r.Foreign != 1 || r.Choices != 0 {
		t.Errorf("%+v %v", r, err)
	}
	if err := s.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestAnAnswerCountsForAllThatWasShownTogether(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := opened(t, dir)
	s := service(t, db, dir, Options{LogWait: time.Minute, Now: func() time.Time { return noon }})
	first, second := reminder("D001", online.Inform, 200), reminder("D001", online.Inform, 100)
	first.ID, second.ID, second.Subject = "jr1", "jr2", "XZZ02"
	d := s.Decide(request(), &online.Answer{Reminders: []online.Reminder{first, second}})
	if len(d.Shown) != 1 {
		t.Fatalf("%+v", d)
	}
	if err := s.Answer(Choice{JrID: "jr1", Way: Continue, Code: "01"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	var rs []store.RuleAnswers
	err := db.View(context.Background(), func(tx *store.Tx) (err error) {
		rs, err = tx.RuleAnswers(0, store.Micros(noon)+1, "")
		return err
	})
	if err != nil || len(rs) != 1 || rs[0].Shown != 2 || rs[0].Answered != 2 {
		t.Errorf("%+v %v", rs, err)
	}
	err = db.View(context.Background(), func(tx *store.Tx) error {
		kept, err := tx.RemindersOfCalls([]string{d.Call})
		if r := kept[d.Call]; err == nil && (len(r) != 2 || r[0].Vola != 200 || !r[1].Shown || r[1].Why != HeldSame || r[1].QuietOf != "jr1") {
			t.Errorf("%+v", r)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestOverriddenCardsAreProposedForSilence(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := opened(t, dir)
	s := service(t, db, dir, Options{LogWait: time.Minute, Now: func() time.Time { return noon }})
	for i := range 25 {
		for _, rule := range []string{"A001", "D001", "P001"} {
			req := request()
			req.Scenarios = []string{"10"}
			req.Patients[0].ID = fmt.Sprint("P", i)
			r := reminder(rule, online.Inform, 100)
			r.ID, r.Patient = fmt.Sprint(rule, "-", i), req.Patients[0].ID
			s.Decide(req, &online.Answer{Reminders: []online.Reminder{r}})
			way := Continue
			if (rule == "A001" && i%5 == 0) || (rule == "P001" && i >= 19) { // 80 %: not above; 19 answers of 25 shown
				way = Change
			}
			if rule == "P001" && i >= 19 {
				continue
			}
			if err := s.Answer(Choice{JrID: r.ID, Way: way, Code: "01"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	areas, _ := NewAreas(nil)
	for i, want := range []int{1, 0} {
		n, err := Propose(context.Background(), db, areas, "", noon)
		if err != nil || n != want {
			t.Errorf("try %d: %d proposals, %v", i, n, err)
		}
	}
	err := db.View(context.Background(), func(tx *store.Tx) error {
		ps, err := tx.Proposals("")
		if len(ps) != 1 || ps[0].Rule != "D001" || ps[0].Overridden != 25 || ps[0].Answered != 25 {
			t.Errorf("%+v", ps)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestMedianAndAlarm(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := opened(t, dir)
	s := service(t, db, dir, Options{LogWait: time.Minute, Now: func() time.Time { return noon }})
	for doctor, n := range []int{0, 6, 7} { // interruptions; and one silent call each
		for i := range n + 1 {
			req := request()
			req.Patients[0].ID = fmt.Sprint("P", doctor, "-", i)
			for k := range req.Patients[0].Encounters[0].Orders {
				req.Patients[0].Encounters[0].Orders[k].Doctor = fmt.Sprint("D", doctor)
			}
			ans := &online.Answer{}
			if i < n {
				r := reminder("D001", online.Inform, 100)
				r.ID, r.Patient = fmt.Sprint(doctor, "-", i), req.Patients[0].ID
				ans.Reminders = []online.Reminder{r, r}
				ans.Reminders[1].ID += "b"
			}
			s.Decide(req, ans)
		}
	}
	if m, n := s.memory.Median(); m != 6 || n != 3 {
		t.Errorf("live: median %v of %d doctors", m, n)
	}
	reg := prometheus.NewRegistry()
	if err := s.Register(reg); err != nil {
		t.Fatal(err)
	}
	fams, err := reg.Gather()
	alarm := 0.0
	for _, f := range fams {
		if f.GetName() == "mingjian_remind_interruptions_alarm" {
			alarm = f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	if err != nil || alarm != 1 {
		t.Errorf("the alarm is %v, %v", alarm, err)
	}
	if err := s.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	ls, err := Loads(context.Background(), db, store.CallFilter{}, Defaults())
	if err != nil || len(ls) != 1 || ls[0].Median != 6 || ls[0].Doctors != 3 || !ls[0].Alarm || ls[0].Most != 7 || ls[0].Calls != 16 || ls[0].Interruptions != 13 {
		t.Errorf("%+v %v", ls, err)
	}
	again := service(t, db, dir, Options{LogWait: time.Minute, Now: func() time.Time { return noon.Add(time.Second) }})
	defer again.Close(context.Background()) //nolint:errcheck // nothing was told
	req := request()
	req.Patients[0].Encounters[0].Orders[0].Doctor, req.Patients[0].Encounters[0].Orders[1].Doctor = "D1", "D1"
	r := reminder("D001", online.Inform, 100)
	r.ID = "after"
	again.Decide(req, &online.Answer{Reminders: []online.Reminder{r}})
	if err := again.recount(context.Background()); err != nil {
		t.Fatal(err)
	}
	if m, n := again.memory.Median(); m != 7 || n != 3 {
		t.Errorf("after a restart: median %v of %d doctors", m, n)
	}
	if n := again.memory.Interruptions(req.Inst, "D1", req.At.Day()); n != 7 {
		t.Errorf("after a restart a doctor has been interrupted %d times", n)
	}
}

// child serves calls from many goroutines, prints the id of each that is kept, and drains all the time, until it is killed.
func child(dir string) {
	db, err := store.Open(context.Background(), store.Location{Engine: store.SQLite, Path: filepath.Join(dir, store.FileName)})
	if err != nil {
		panic(err)
	}
	c, err := NewChooser(cards(), nil)
	if err != nil {
		panic(err)
	}
	s, err := OpenService(context.Background(), db, filepath.Join(dir, Dir), c, Options{LogWait: time.Minute, DrainEvery: 20 * time.Millisecond})
	if err != nil {
		panic(err)
	}
	for g := range 4 {
		go func() {
			for i := 0; ; i++ {
				r := reminder("D001", online.Inform, 100)
				r.ID = fmt.Sprint(os.Getpid(), "-", g, "-", i)
				d := s.Decide(request(), &online.Answer{Reminders: []online.Reminder{r}})
				if d.Kept {
					fmt.Fprintf(os.Stdout, "call %s\n", d.Call)
				}
				if i%10 == 0 && s.Answer(Choice{JrID: r.ID, Way: Change}) == nil {
					fmt.Fprintf(os.Stdout, "jr %s\n", r.ID)
				}
			}
		}()
	}
	panic(s.Background(context.Background()))
}

// TestKilledServer kills serving processes: every call and every answer that was acknowledged comes into the store, once.
func TestKilledServer(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	rounds := 5
	if os.Getenv("MINGJIAN_SOAK") != "" {
		rounds = 50
	}
	dir := t.TempDir()
	db := opened(t, dir)
	calls, jrs := map[string]bool{}, map[string]bool{}
	for round := range rounds { // in one directory: what a killed process left is the next one's to drain
		c := exec.Command(self)
		c.Env = append(os.Environ(), childEnv+"="+dir)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		var errs bytes.Buffer
		c.Stderr = &errs
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		n := 0
		for in := bufio.NewScanner(out); in.Scan(); {
			kind, id, _ := strings.Cut(in.Text(), " ")
			map[string]map[string]bool{"call": calls, "jr": jrs}[kind][id] = true
			if n++; n == 800+300*round {
				c.Process.Kill()
			}
		}
		c.Wait() //nolint:errcheck // it was killed
		if errs.Len() > 0 {
			t.Fatalf("the server failed: %s", errs.String())
		}
	}
	dr := &Drain{DB: db, Dir: filepath.Join(dir, Dir), Areas: &Areas{}}
	if _, err := dr.All(context.Background()); err != nil {
		t.Fatal(err)
	}
	again, err := dr.All(context.Background())
	if err != nil || again != (Drained{}) {
		t.Errorf("drained twice: %+v %v", again, err)
	}
	err = db.View(context.Background(), func(tx *store.Tx) error {
		var ids []string
		for id := range calls {
			ids = append(ids, id)
		}
		have, err := tx.CallsByID(ids)
		if err != nil {
			return err
		}
		rs, err := tx.RemindersOfCalls(ids)
		if err != nil {
			return err
		}
		for id := range calls {
			if _, ok := have[id]; !ok || len(rs[id]) != 1 {
				t.Fatalf("call %s was acknowledged and is lost (%d acknowledged, %d there)", id, len(calls), len(have))
			}
		}
		ids = ids[:0]
		for id := range jrs {
			ids = append(ids, id)
		}
		cs, err := tx.ChoicesOf(ids)
		for id := range jrs {
			if len(cs[id]) != 1 {
				t.Fatalf("the answer to %s was acknowledged and is there %d times", id, len(cs[id]))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d calls and %d answers acknowledged over %d kills", len(calls), len(jrs), rounds)
}

func TestTwoDrainsTakeEachRecordOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := opened(t, dir)
	s := service(t, db, dir, Options{LogWait: time.Minute, Journal: journal.Options{Segment: 5000}})
	const n = 200
	for i := range n {
		r := reminder("D001", online.Inform, 100)
		r.ID = fmt.Sprint("j", i)
		s.Decide(request(), &online.Answer{Reminders: []online.Reminder{r}})
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	sum := 0
	for range 4 {
		wg.Go(func() {
			r, err := (&Drain{DB: db, Dir: s.dir, Areas: &Areas{}}).All(context.Background())
			if err != nil && !errors.Is(err, store.ErrConflict) {
				t.Error(err)
			}
			mu.Lock()
			sum += r.Calls
			mu.Unlock()
		})
	}
	wg.Wait()
	if err := s.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	got, err := db.ReminderSums(context.Background(), store.CallFilter{})
	if err != nil || got.Calls != n || sum > n {
		t.Errorf("%d calls in the store, %d drained, %v", got.Calls, sum, err)
	}
}

func BenchmarkDecide(b *testing.B) {
	dir := b.TempDir()
	s := service(b, opened(b, dir), dir, Options{})
	req := request()
	e := &req.Patients[0].Encounters[0]
	for len(e.Orders) < 20 {
		o := e.Orders[0]
		o.ID, o.Item = fmt.Sprint("rx", len(e.Orders)), fmt.Sprint("XZZ", len(e.Orders))
		e.Orders = append(e.Orders, o)
	}
	ans := &online.Answer{Reminders: []online.Reminder{reminder("D001", online.Inform, 100)}}
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			s.Decide(req, ans)
		}
	})
	b.ReportMetric(float64(s.journal.Stats().Dropped)/float64(b.N), "dropped/op")
}
