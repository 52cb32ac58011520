package message_test

import (
	"context"
	"crypto/hmac"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/calendar"
	"github.com/mingjian/mingjian/internal/claim"
	"github.com/mingjian/mingjian/internal/message"
	"github.com/mingjian/mingjian/internal/store"
)

var ctx = context.Background()

var (
	today = claim.DayOf(2026, 3, 11)
	noon  = time.Date(2026, 3, 11, 4, 0, 0, 0, time.UTC)
)

type office struct {
	t   *testing.T
	dir string
	db  *store.DB
	set *message.Settings
}

// begin opens a store with people of a bureau, of a county and of two hospitals.
func begin(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, dir: t.TempDir(), set: &message.Settings{}}
	db, err := store.Open(ctx, store.Location{Engine: store.SQLite, Path: filepath.Join(o.dir, store.FileName)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	o.db = db
	o.update(func(tx *store.Tx) error {
		for login, p := range map[string][3]string{"yuan1": {"医疗机构医保办", "", "H1"}, "yuan2": {"医疗机构医保办", "", "H2"}, "ke1": {"科室", "", "H1"}, "jing": {"经办"}, "chu": {"初审"}, "chu1": {"初审", "990101"}, "wei": {"两库维护"}, "guan": {"管理员"}, "zhuan": {"合议专家"}} {
			if err := tx.AddUser(&store.User{ID: store.NewID(), Login: login, Password: "x", Roles: []string{p[0]}, Admdvs: p[1], Inst: p[2]}); err != nil {
				return err
			}
		}
		return errors.Join(tx.SetReviewInst(store.ReviewInst{Code: "H1", Name: "甲医院", Admdvs: "990101", Version: 1}), tx.SetReviewInst(store.ReviewInst{Code: "H2", Name: "乙医院", Admdvs: "990201", Version: 1}))
	})
	return o
}

func (o *office) update(f func(tx *store.Tx) error) {
	o.t.Helper()
	if err := o.db.Update(ctx, f); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) gatherer() *message.Gatherer {
	return &message.Gatherer{DB: o.db, Settings: func() *message.Settings { return o.set }, Today: func() claim.Day { return today }, Now: func() time.Time { return noon },
		Ahead: func(n int) claim.Day { return calendar.Default().Add(today, n) }, Gaps: func() (int, string) { return 2, "snap" }}
}

func (o *office) gather() int {
	o.t.Helper()
	n, err := o.gatherer().Gather(ctx)
	if err != nil {
		o.t.Fatal(err)
	}
	return n
}

// told is what somebody has, by kind.
func (o *office) told(login string) map[string]string {
	o.t.Helper()
	out := map[string]string{}
	err := o.db.View(ctx, func(tx *store.Tx) error {
		ms, err := tx.Messages(store.MessageFilter{Login: login}, store.WatchPage{Limit: 100})
		for _, m := range ms {
			out[m.Kind] = m.Title + "|" + m.Body
		}
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return out
}

// happen records what messages are made of.
func (o *office) happen() {
	at := store.Micros(noon) - 60_000_000
	o.update(func(tx *store.Tx) error {
		v := &store.RuleVersion{ID: "v1", Kind: "card", Subject: "A001", Title: "限性别", State: "影子", MadeAt: at}
		var cases []store.Case
		for i, state := range []string{"反馈申诉", "反馈申诉", "初审", "初审", "初审", "关闭"} {
			cases = append(cases, store.Case{Finding: fmt.Sprint("f", i), Month: "2026-01", Inst: "H1", Admdvs: "990101", Rule: "A001", State: state, DueDay: int64(today) + int64(i%2)*2 - 1, Version: 1})
		}
		cases = append(cases, store.Case{Finding: "f8", Month: "2026-01", Inst: "H1", Admdvs: "990101", State: "反馈申诉", DueDay: int64(today) - 4, PausedDay: 1, Version: 1})
		cases[5].DueDay = 0
		_, err := tx.AddWrong(store.Wrong{ID: "w1", Rule: "A001", Inst: "H1", Due: "2026-03-12", ReceivedAt: at})
		return errors.Join(err, tx.AddNotice(store.Notice{ID: "n1", Kind: "疑点告知书", Title: "疑点告知书（一院，儿童用药，2026年1月）", Body: "共 3 条", Inst: "H1", SentAt: at, Version: 1}),
			tx.AddNotice(store.Notice{ID: "n2", Kind: "催办通知", Title: "催办通知", Finding: "f1", Inst: "H2", SentAt: at, Version: 1}),
			tx.AddNotice(store.Notice{ID: "old", Kind: "催办通知", Title: "很久以前", Inst: "H2", SentAt: at - 30*86_400_000_000, Version: 1}),
			tx.AddJob(&store.Job{ID: "j1", Kind: "导入", Subject: "fee.csv", State: "失败", Said: "磁盘满", FinishedAt: at, Actor: "jing"}),
			tx.AddJob(&store.Job{ID: "j2", Kind: "导入", Subject: "visit.csv", State: "完成", Said: "1 个文件 9 行：入库 7，已有 0，拒收 2", FinishedAt: at}),
			tx.AddJob(&store.Job{ID: "j3", Kind: "导入", Subject: "ok.csv", State: "完成", Said: "拒收 0", FinishedAt: at}), tx.AddJob(&store.Job{ID: "j4", Kind: "试算", State: "失败", FinishedAt: at}),
			tx.AddRun(store.Run{Run: 3, Started: at, Finished: at, Added: 12}), tx.AddRuleVersion(v), tx.AddRuleStep(store.RuleStep{ID: "s1", Version: "v1", From: "生效", To: "影子", Why: "准确率 90%", At: at}),
			tx.AddRuleNotice(store.RuleNotice{ID: "r1", Version: "v1", Body: "三月一日起", Effective: "2026-04-01", At: at}), tx.AddCases(cases, nil),
			tx.AddPanel(store.Panel{ID: "p1", Rule: "A001", ConvenedAt: at, Version: 1}, []store.Member{{Panel: "p1", Login: "zhuan", At: at}}),
			tx.AddReportPlan(store.ReportPlan{ID: "q1", Title: "月报", MadeAt: at}))
	})
	o.update(func(tx *store.Tx) error {
		f, err := tx.TakeReport("q1", int64(today), "h", 1, 2)
		if err != nil {
			return err
		}
		f.State, f.Name, f.MadeAt = store.ReportDone, "月报.docx", at
		_, err = tx.EndReport(f)
		return err
	})
}

// TestEachIsToldWhatConcernsHim: of everything that happened, the right people get one message each, however often it is looked for.
func TestEachIsToldWhatConcernsHim(t *testing.T) {
	t.Parallel()
	o := begin(t)
	o.happen()
	if n := o.gather(); n == 0 {
		t.Fatal("nothing was gathered")
	}
	if n := o.gather(); n != 0 {
		t.Errorf("%d messages were made again", n)
	}
	for login, want := range map[string][]string{
		"yuan1": {message.Announced, message.Delivered, message.DueSoon, message.Overdue},
		"yuan2": {message.Announced, message.Document},
		"ke1":   {}, "guan": {},
		"jing":  {message.AuditDone, message.ImportBad, message.ImportPart, message.Incomplete, message.JobBad, message.ReportMade},
		"chu":   {message.DueSoon, message.Overdue, message.ReportMade},
		"chu1":  {message.DueSoon, message.Overdue},
		"wei":   {message.Announced, message.BackShadow, message.JobBad, message.ReportMade, message.WrongDue},
		"zhuan": {message.PanelSeat},
	} {
		got := slices.Sorted(maps.Keys(o.told(login)))
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s has %v, want %v", login, got, want)
		}
	}
	for kind, want := range map[string]string{message.Overdue: "1 件疑点已经超期|反馈申诉 1 件。", message.DueSoon: "1 件疑点在 2026-03-16 前到期|反馈申诉 1 件。"} { // the paused one does not count
		if got := o.told("yuan1")[kind]; got != want {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
	}
	if got, want := o.told("chu1")[message.Overdue], "2 件疑点已经超期|初审 2 件。"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	// What is written late is found too.
	o.update(func(tx *store.Tx) error {
		return tx.AddNotice(store.Notice{ID: "late", Kind: "撤回通知书", Title: "撤回", Inst: "H2", SentAt: store.Micros(noon) - 3_600_000_000, Version: 1})
	})
	if n := o.gather(); n != 1 {
		t.Errorf("%d messages of one notice that was written late", n)
	}
}

// settings writes the file of settings and reads it.
func (o *office) settings(text string) {
	o.t.Helper()
	if err := os.WriteFile(filepath.Join(o.dir, message.FileName), []byte(text), 0o600); err != nil {
		o.t.Fatal(err)
	}
	set, err := message.Load(o.dir)
	if err != nil {
		o.t.Fatal(err)
	}
	o.set = set
}

// TestMailAndHookOverTheWire: what was gathered reaches a real mail server and a real receiver, signed, after they refused at first; each of them knows it by its id.
func TestMailAndHookOverTheWire(t *testing.T) {
	t.Parallel()
	o := begin(t)
	p := &post{refuse: 1}
	var got []*http.Request
	var bodies []string
	fail := 2
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got, bodies = append(got, r), append(bodies, string(b))
		if fail--; fail >= 0 {
			w.WriteHeader(503)
		}
	}))
	defer hook.Close()
	if err := os.WriteFile(filepath.Join(o.dir, "hook.key"), []byte("0123456789abcdef0123\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	o.settings(fmt.Sprintf(`{"site":"https://jian.example/","mail":{"server":%q,"tls":"none","from":"明鉴 <jian@ybj.example>","domains":["ybj.example"]},"hooks":[{"name":"oa","url":%q,"secret_file":"hook.key","kinds":["导入没有成"]}]}`, p.serve(t), hook.URL+"/in?k=1"))
	o.update(func(tx *store.Tx) error {
		return errors.Join(tx.SetMessagePerson(&store.MessagePerson{Login: "jing", Mail: "jing@ybj.example", MailOn: message.ImportBad, SiteOff: message.AuditDone}),
			tx.SetMessagePerson(&store.MessagePerson{Login: "wei", Mail: "wei@other.example", MailOn: message.Announced}))
	})
	o.happen()
	o.gather()
	if _, ok := o.told("jing")[message.AuditDone]; ok {
		t.Error("the site shows what was not wanted there")
	}
	now := noon
	s := &message.Sender{DB: o.db, Settings: func() *message.Settings { return o.set }, Holder: "a", Now: func() time.Time { return now }}
	total := 0
	for range 4 {
		n, err := s.Work(ctx)
		if err != nil {
			t.Fatal(err)
		}
		total += n
		now = now.Add(6 * time.Minute)
	}
	if total != 2 || len(p.letters) != 1 || len(got) != 3 {
		t.Fatalf("%d sent, %d letters, %d calls", total, len(p.letters), len(got))
	}
	l := p.letters[0]
	if subject := p.subject(t, 0); subject != "【明鉴】导入 fee.csv：失败" || !strings.Contains(l.Header.Get("To"), "jing@ybj.example") || !strings.Contains(p.bodies[0], "磁盘满") || !strings.Contains(p.bodies[0], "https://jian.example/data") {
		t.Errorf("%v\n%s", l.Header, p.bodies[0])
	}
	last, body := got[2], bodies[2]
	if want := message.Sign([]byte("0123456789abcdef0123"), last.Header.Get(message.HeaderTime), []byte(body)); !hmac.Equal([]byte(want), []byte(last.Header.Get(message.HeaderSignature))) {
		t.Errorf("signed %s, want %s", last.Header.Get(message.HeaderSignature), want)
	}
	if a, b := got[0].Header.Get(message.HeaderID), last.Header.Get(message.HeaderID); a != b || a == "" {
		t.Errorf("one message has the ids %q and %q", a, b)
	}
	var x map[string]string
	if err := json.Unmarshal([]byte(body), &x); err != nil || x["kind"] != message.ImportBad || strings.Contains(body, "磁盘满") {
		t.Errorf("the call says %s %v", body, err)
	}
	if err := s.Test(ctx, store.WayHook, "oa"); err != nil {
		t.Error(err)
	}
	if err := s.Test(ctx, store.WayHook, "other"); err == nil {
		t.Error("a program that is not in the settings was called")
	}
}

// TestNothingIsLostWhenAProgramDies: what one took up and did not end is sent by the next one, once its time is over, under the same id.
func TestNothingIsLostWhenAProgramDies(t *testing.T) {
	t.Parallel()
	o := begin(t)
	var ids []string
	dying, die := context.WithCancel(ctx)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if ids = append(ids, r.Header.Get(message.HeaderID)); len(ids) == 1 {
			die() // it was received, and nobody is left to write that down
		}
	}))
	defer hook.Close()
	if err := os.WriteFile(filepath.Join(o.dir, "k"), []byte("0123456789abcdef"), 0o600); err != nil {
		t.Fatal(err)
	}
	o.settings(fmt.Sprintf(`{"hooks":[{"name":"oa","url":%q,"secret_file":"k","kinds":["审核完成"]}]}`, hook.URL))
	o.happen()
	o.gather()
	now := noon
	sender := func(name string) *message.Sender {
		return &message.Sender{DB: o.db, Settings: func() *message.Settings { return o.set }, Holder: name, Now: func() time.Time { return now }}
	}
	if n, err := sender("a").Work(dying); n != 0 || err == nil {
		t.Fatalf("the one that died sent %d, %v", n, err)
	}
	if n, err := sender("b").Work(ctx); n != 0 || err != nil {
		t.Fatalf("another one did not wait: %d %v", n, err)
	}
	now = now.Add(5 * time.Minute)
	if n, err := sender("b").Work(ctx); n != 1 || err != nil {
		t.Fatalf("nobody took over: %d %v", n, err)
	}
	if len(ids) != 2 || ids[0] != ids[1] {
		t.Errorf("received %v", ids)
	}
}

// TestGuards: no redirect is followed, no name leads to the machine itself or to the cloud's own address, and settings that are wrong are told.
func TestGuards(t *testing.T) {
	t.Parallel()
	o := begin(t)
	inside := 0
	secret := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { inside++ }))
	defer secret.Close()
	away := httptest.NewServer(http.RedirectHandler(secret.URL, http.StatusTemporaryRedirect))
	defer away.Close()
	if err := os.WriteFile(filepath.Join(o.dir, "k"), []byte("0123456789abcdef"), 0o600); err != nil {
		t.Fatal(err)
	}
	o.settings(fmt.Sprintf(`{"hooks":[{"name":"away","url":%q,"secret_file":"k"},{"name":"cloud","url":"http://169.254.169.254/","secret_file":"k"},{"name":"any","url":"http://0.0.0.0:1/","secret_file":"k"}]}`, away.URL))
	s := &message.Sender{DB: o.db, Settings: func() *message.Settings { return o.set }, Holder: "a"}
	for name, want := range map[string]string{"away": "307", "cloud": "不许连接", "any": "不许连接"} {
		if err := s.Test(ctx, store.WayHook, name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if inside != 0 {
		t.Error("a redirect was followed")
	}
	for text, want := range map[string]string{
		`{`: "读不了", `{"site":"x"}`: "site", `{"mail":{"server":"a:25","tls":"ssl","from":"a@b"}}`: "tls", `{"mail":{"server":"a:25","tls":"none","from":"a@b","user":"u","password_file":"k"}}`: "明文",
		`{"hooks":[{"name":"a","url":"ftp://x","secret_file":"k"}]}`: "url", `{"hooks":[{"name":"a","url":"https://x","secret_file":"k","kinds":["没有"]}]}`: "没有消息种类", `{"password":"x"}`: "读不了",
		`{"hooks":[{"name":"a","url":"https://u:p@x","secret_file":"k"}]}`: "url", `{"hooks":[{"name":"a b","url":"https://x","secret_file":"k"}]}`: "name", `{"hooks":[{"name":"a","url":"https://x"}]}`: "secret_file",
	} {
		if err := os.WriteFile(filepath.Join(o.dir, message.FileName), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := message.Load(o.dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, bad := range []string{"x", "a@b\r\nBcc: c@d", "名 <a@b>", ""} {
		if (&message.Settings{}).CheckMail(bad) == nil {
			t.Errorf("%q is an address", bad)
		}
	}
}
