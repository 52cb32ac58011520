package messageapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/message"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web"
	"github.com/mingjian/mingjian/internal/web/api"
	"github.com/mingjian/mingjian/internal/web/api/messageapi"
)

var ctx = context.Background()

type m = map[string]any

type server struct {
	t   *testing.T
	url string
	db  *store.DB
}

// serve runs the interface over a store with people of two hospitals and a bureau; hooks are told at an address.
func serve(t *testing.T, hook string) *server {
	t.Helper()
	dir := t.TempDir()
	db, err := store.Open(ctx, store.Location{Engine: store.SQLite, Path: filepath.Join(dir, store.FileName)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	err = db.Update(ctx, func(tx *store.Tx) error {
		for login, p := range map[string][3]string{"yuan1": {"医疗机构医保办", "", "H1"}, "yuan2": {"医疗机构医保办", "", "H2"}, "jing": {"经办"}, "shi1": {"领导", "9901"}, "guan": {"管理员"}} {
			if err := tx.AddUser(&store.User{ID: store.NewID(), Login: login, Password: "x", Roles: []string{p[0]}, Admdvs: p[1], Inst: p[2]}); err != nil {
				return err
			}
		}
		_, err := tx.AddMessage(store.Message{ID: "n:1", Kind: message.Delivered, Title: "甲的疑点", Inst: "H1", At: 5}, []string{"yuan1"}, []store.Send{{ID: "n:1|x", Message: "n:1", Way: store.WayHook, Target: "oa", State: store.SendFailed, Said: "对方答 503", MadeAt: 5}})
		_, err2 := tx.AddMessage(store.Message{ID: "n:2", Kind: message.Delivered, Title: "乙的疑点", Inst: "H2", At: 6}, []string{"yuan2", "yuan1"}, nil) // yuan1 was at H2 then
		_, err3 := tx.AddMessage(store.Message{ID: "r:1", Kind: message.Announced, Title: "公布 A001", At: 7}, []string{"yuan1", "yuan2", "jing"}, nil)
		return errors.Join(err, err2, err3)
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"k": "0123456789abcdef", message.FileName: fmt.Sprintf(`{"mail":{"server":"127.0.0.1:1","tls":"none","from":"a@ybj.example","domains":["ybj.example"]},"hooks":[{"name":"oa","url":%q,"secret_file":"k"}]}`, hook+"/x?token=hidden")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	set, err := message.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	srv, err := web.New(web.Options{Listen: "127.0.0.1:0", Log: log})
	if err != nil {
		t.Fatal(err)
	}
	trail := auth.OpenTrail(dir, "test")
	keys, err := auth.OpenKeys(dir, db, trail)
	if err != nil {
		t.Fatal(err)
	}
	settings := func() *message.Settings { return set }
	err = api.Mount(api.Config{Server: srv, DB: db, Trail: trail, Sessions: &auth.Sessions{Users: &auth.Users{DB: db, Trail: trail}}, Gateway: &web.Gateway{Gate: &auth.Gate{Keys: keys}},
		Rules: func() *govern.Rules { return nil }, Base: func() *knowledge.Base { return &knowledge.Base{} }, Log: log, Version: "test",
		Groups: []func(*api.API){messageapi.Group(messageapi.Config{Settings: settings, Sender: &message.Sender{DB: db, Settings: settings, Holder: "t"}})}})
	if err != nil {
		t.Fatal(err)
	}
	addr, err := srv.Listen()
	if err != nil {
		t.Fatal(err)
	}
	live, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- srv.Run(live) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return &server{t, "http://" + addr.String(), db}
}

// as asks in somebody's name; the answer must have the status.
func (s *server) as(login string, status int, method, path string, send any) (raw string, out m) {
	s.t.Helper()
	var body io.Reader
	if send != nil {
		b, err := json.Marshal(send)
		if err != nil {
			s.t.Fatal(err)
		}
		body = bytes.NewReader(b)
	}
	r, err := http.NewRequest(method, s.url+path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	if login != "" {
		token, now := "token of "+login+" "+store.NewID(), store.Micros(time.Now())
		err = s.db.Update(ctx, func(tx *store.Tx) error {
			u, err := tx.User(login)
			if err != nil {
				return err
			}
			return tx.AddSession(&store.Session{ID: auth.SessionID(token), User: u.ID, Login: login, MadeAt: now, UsedAt: now, ExpiresAt: now + int64(time.Hour/time.Microsecond)})
		})
		if err != nil {
			s.t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
	}
	r.Header.Set("Content-Type", "application/json")
	x, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer x.Body.Close()
	b, err := io.ReadAll(x.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if x.StatusCode != status {
		s.t.Fatalf("%s %s as %s: %d, want %d: %s", method, path, login, x.StatusCode, status, b)
	}
	_ = json.Unmarshal(b, &out)
	return string(b), out
}

// TestOwnOnly: one reads one's own messages within what one may see now; each filter filters; seeing is one's own too.
func TestOwnOnly(t *testing.T) {
	t.Parallel()
	s := serve(t, "https://oa.example")
	s.as("", 401, "GET", "/api/messages", nil)
	for login, want := range map[string]string{"yuan1": "公布 A001|甲的疑点", "yuan2": "公布 A001|乙的疑点", "jing": "公布 A001", "shi1": "", "guan": ""} {
		_, x := s.as(login, 200, "GET", "/api/messages", nil)
		var titles []string
		for _, i := range x["items"].([]any) {
			titles = append(titles, i.(m)["title"].(string))
		}
		if got := strings.Join(titles, "|"); got != want {
			t.Errorf("%s reads %q, want %q", login, got, want)
		}
	}
	count := func(path string) int {
		_, x := s.as("yuan1", 200, "GET", path, nil)
		return len(x["items"].([]any))
	}
	if n := count("/api/messages?kind=" + message.Announced); n != 1 {
		t.Errorf("%d of a kind", n)
	}
	_, x := s.as("yuan1", 200, "GET", "/api/messages?limit=1", nil)
	if n := count("/api/messages?limit=1&cursor=" + strings.ReplaceAll(x["next"].(string), "|", "%7C")); n != 1 {
		t.Errorf("%d on the second page", n)
	}
	s.as("yuan2", 200, "POST", "/api/messages/seen", m{"ids": []string{"n:1"}}) // not his: nothing happens
	if _, x := s.as("yuan1", 200, "GET", "/api/messages/unread", nil); x["unread"].(float64) != 2 {
		t.Errorf("unread %v", x)
	}
	if _, x := s.as("yuan1", 200, "POST", "/api/messages/seen", m{"ids": []string{"n:1"}}); x["unread"].(float64) != 1 || count("/api/messages?unread=true") != 1 || count("/api/messages") != 2 {
		t.Errorf("after one was seen: %v", x)
	}
	if _, x := s.as("yuan1", 200, "POST", "/api/messages/seen", m{}); x["unread"].(float64) != 0 {
		t.Errorf("after all were seen: %v", x)
	}
}

// TestChoice: one chooses among what one may get, with an address of the office, and not over what was changed meanwhile.
func TestChoice(t *testing.T) {
	t.Parallel()
	s := serve(t, "https://oa.example")
	_, x := s.as("yuan1", 200, "GET", "/api/messages/choice", nil)
	if n := len(x["kinds"].([]any)); n != 5 || x["version"].(float64) != 0 {
		t.Errorf("a hospital may choose among %d: %v", n, x)
	}
	put := func(status int, mail string, on []string, version int) {
		s.as("yuan1", status, "PUT", "/api/messages/choice", m{"mail": mail, "site_off": []string{message.Announced}, "mail_on": on, "version": version})
	}
	put(422, "a@other.example", nil, 0)
	put(422, "", []string{message.Delivered}, 0)
	put(422, "a@ybj.example", []string{message.ImportBad}, 0)
	put(200, "a@ybj.example", []string{message.Delivered}, 0)
	put(409, "b@ybj.example", []string{}, 0)
	put(412, "b@ybj.example", []string{}, 7)
	put(200, "b@ybj.example", []string{}, 1)
	if raw, _ := s.as("yuan1", 200, "GET", "/api/messages/choice", nil); !strings.Contains(raw, "b@ybj.example") {
		t.Error(raw)
	}
	if raw, _ := s.as("yuan2", 200, "GET", "/api/messages/choice", nil); strings.Contains(raw, "b@ybj") {
		t.Error("somebody reads another one's address")
	}
}

// TestWays: administrators see the ways out and what was sent, not what was said; a test reaches the receiver; others have nothing of it.
func TestWays(t *testing.T) {
	t.Parallel()
	calls := 0
	hook := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls++ }))
	defer hook.Close()
	s := serve(t, hook.URL)
	for _, nobody := range []string{"yuan1", "jing", "shi1"} {
		s.as(nobody, 403, "GET", "/api/messages/ways", nil)
		s.as(nobody, 403, "GET", "/api/messages/sends", nil)
		s.as(nobody, 403, "POST", "/api/messages/ways/test", m{"way": store.WayHook, "target": "oa"})
		s.as(nobody, 403, "POST", "/api/messages/sends/again", m{"send_id": "n:1|x"})
	}
	if raw, _ := s.as("guan", 200, "GET", "/api/messages/ways", nil); !strings.Contains(raw, `"oa"`) || strings.Contains(raw, "hidden") || strings.Contains(raw, "0123456789abcdef") {
		t.Error(raw)
	}
	if _, x := s.as("guan", 200, "POST", "/api/messages/ways/test", m{"way": store.WayHook, "target": "oa"}); x["ok"] != true || calls != 1 {
		t.Errorf("%v, %d calls", x, calls)
	}
	if _, x := s.as("guan", 200, "POST", "/api/messages/ways/test", m{"way": store.WayMail, "target": "x@ybj.example"}); x["ok"] != false || x["said"] == "" {
		t.Errorf("a mail to a server that is not there: %v", x)
	}
	s.as("guan", 422, "POST", "/api/messages/ways/test", m{"way": store.WayMail, "target": "x@other.example"})
	raw, x := s.as("guan", 200, "GET", "/api/messages/sends?state=失败", nil)
	if len(x["items"].([]any)) != 1 || strings.Contains(raw, "疑点") {
		t.Error(raw)
	}
	if _, x := s.as("guan", 200, "GET", "/api/messages/sends?state=已发", nil); len(x["items"].([]any)) != 0 {
		t.Error("the state is passed over")
	}
	s.as("guan", 200, "POST", "/api/messages/sends/again", m{"send_id": "n:1|x"})
	s.as("guan", 412, "POST", "/api/messages/sends/again", m{"send_id": "n:1|x"})
}
