package messageapi_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/message"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/web/api"
	"github.com/mingjian/mingjian/internal/web/api/apitest"
	"github.com/mingjian/mingjian/internal/web/api/messageapi"
)

type m = apitest.M

// serve runs the interface over a store with people of two hospitals and a bureau; hooks are told at an address.
func serve(t *testing.T, hook string) *apitest.Server {
	t.Helper()
	return apitest.Serve(t, apitest.Options{
		People: map[string][3]string{"yuan1": {"医疗机构医保办", "", "H1"}, "yuan2": {"医疗机构医保办", "", "H2"}, "jing": {"经办"}, "shi1": {"领导", "9901"}, "guan": {"管理员"}},
		Fill: func(tx *store.Tx) error {
			_, err := tx.AddMessage(store.Message{ID: "n:1", Kind: message.Delivered, Title: "甲的疑点", Inst: "H1", At: 5}, []string{"yuan1"}, []store.Send{{ID: "n:1|x", Message: "n:1", Way: store.WayHook, Target: "oa", State: store.SendFailed, Said: "对方答 503", MadeAt: 5}})
			_, err2 := tx.AddMessage(store.Message{ID: "n:2", Kind: message.Delivered, Title: "乙的疑点", Inst: "H2", At: 6}, []string{"yuan2", "yuan1"}, nil) // yuan1 was at H2 then
			_, err3 := tx.AddMessage(store.Message{ID: "r:1", Kind: message.Announced, Title: "公布 A001", At: 7}, []string{"yuan1", "yuan2", "jing"}, nil)
			return errors.Join(err, err2, err3)
		},
		Groups: func(s *apitest.Server) []func(*api.API) {
			for name, text := range map[string]string{"k": "0123456789abcdef", message.FileName: fmt.Sprintf(`{"mail":{"server":"127.0.0.1:1","tls":"none","from":"a@ybj.example","domains":["ybj.example"]},"hooks":[{"name":"oa","url":%q,"secret_file":"k"}]}`, hook+"/x?token=hidden")} {
				if err := os.WriteFile(filepath.Join(s.Dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			set, err := message.Load(s.Dir)
			if err != nil {
				t.Fatal(err)
			}
			settings := func() *message.Settings { return set }
			return []func(*api.API){messageapi.Group(messageapi.Config{Settings: settings, Sender: &message.Sender{DB: s.DB, Settings: settings, Holder: "t"}})}
		},
	})
}

// TestOwnOnly: one reads one's own messages within what one may see now; each filter filters; seeing is one's own too.
func TestOwnOnly(t *testing.T) {
	t.Parallel()
	s := serve(t, "https://oa.example")
	s.As("", 401, "GET", "/api/messages", nil)
	for login, want := range map[string]string{"yuan1": "公布 A001|甲的疑点", "yuan2": "公布 A001|乙的疑点", "jing": "公布 A001", "shi1": "", "guan": ""} {
		_, x := s.As(login, 200, "GET", "/api/messages", nil)
		var titles []string
		for _, i := range x["items"].([]any) {
			titles = append(titles, i.(m)["title"].(string))
		}
		if got := strings.Join(titles, "|"); got != want {
			t.Errorf("%s reads %q, want %q", login, got, want)
		}
	}
	count := func(path string) int {
		_, x := s.As("yuan1", 200, "GET", path, nil)
		return len(x["items"].([]any))
	}
	if n := count("/api/messages?kind=" + message.Announced); n != 1 {
		t.Errorf("%d of a kind", n)
	}
	_, x := s.As("yuan1", 200, "GET", "/api/messages?limit=1", nil)
	if n := count("/api/messages?limit=1&cursor=" + strings.ReplaceAll(x["next"].(string), "|", "%7C")); n != 1 {
		t.Errorf("%d on the second page", n)
	}
	s.As("yuan2", 200, "POST", "/api/messages/seen", m{"ids": []string{"n:1"}}) // not his: nothing happens
	if _, x := s.As("yuan1", 200, "GET", "/api/messages/unread", nil); x["unread"].(float64) != 2 {
		t.Errorf("unread %v", x)
	}
	if _, x := s.As("yuan1", 200, "POST", "/api/messages/seen", m{"ids": []string{"n:1"}}); x["unread"].(float64) != 1 || count("/api/messages?unread=true") != 1 || count("/api/messages") != 2 {
		t.Errorf("after one was seen: %v", x)
	}
	if _, x := s.As("yuan1", 200, "POST", "/api/messages/seen", m{}); x["unread"].(float64) != 0 {
		t.Errorf("after all were seen: %v", x)
	}
}

// TestChoice: one chooses among what one may get, with an address of the office, and not over what was changed meanwhile.
func TestChoice(t *testing.T) {
	t.Parallel()
	s := serve(t, "https://oa.example")
	_, x := s.As("yuan1", 200, "GET", "/api/messages/choice", nil)
	if n := len(x["kinds"].([]any)); n != 5 || x["version"].(float64) != 0 {
		t.Errorf("a hospital may choose among %d: %v", n, x)
	}
	put := func(status int, mail string, on []string, version int) {
		s.As("yuan1", status, "PUT", "/api/messages/choice", m{"mail": mail, "site_off": []string{message.Announced}, "mail_on": on, "version": version})
	}
	put(422, "a@other.example", nil, 0)
	put(422, "", []string{message.Delivered}, 0)
	put(422, "a@ybj.example", []string{message.ImportBad}, 0)
	put(200, "a@ybj.example", []string{message.Delivered}, 0)
	put(409, "b@ybj.example", []string{}, 0)
	put(412, "b@ybj.example", []string{}, 7)
	put(200, "b@ybj.example", []string{}, 1)
	if raw, _ := s.As("yuan1", 200, "GET", "/api/messages/choice", nil); !strings.Contains(raw, "b@ybj.example") {
		t.Error(raw)
	}
	if raw, _ := s.As("yuan2", 200, "GET", "/api/messages/choice", nil); strings.Contains(raw, "b@ybj") {
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
		s.As(nobody, 403, "GET", "/api/messages/ways", nil)
		s.As(nobody, 403, "GET", "/api/messages/sends", nil)
		s.As(nobody, 403, "POST", "/api/messages/ways/test", m{"way": store.WayHook, "target": "oa"})
		s.As(nobody, 403, "POST", "/api/messages/sends/again", m{"send_id": "n:1|x"})
	}
	if raw, _ := s.As("guan", 200, "GET", "/api/messages/ways", nil); !strings.Contains(raw, `"oa"`) || strings.Contains(raw, "hidden") || strings.Contains(raw, "0123456789abcdef") {
		t.Error(raw)
	}
	if _, x := s.As("guan", 200, "POST", "/api/messages/ways/test", m{"way": store.WayHook, "target": "oa"}); x["ok"] != true || calls != 1 {
		t.Errorf("%v, %d calls", x, calls)
	}
	if _, x := s.As("guan", 200, "POST", "/api/messages/ways/test", m{"way": store.WayMail, "target": "x@ybj.example"}); x["ok"] != false || x["said"] == "" {
		t.Errorf("a mail to a server that is not there: %v", x)
	}
	s.As("guan", 422, "POST", "/api/messages/ways/test", m{"way": store.WayMail, "target": "x@other.example"})
	raw, x := s.As("guan", 200, "GET", "/api/messages/sends?state=失败", nil)
	if len(x["items"].([]any)) != 1 || strings.Contains(raw, "疑点") {
		t.Error(raw)
	}
	if _, x := s.As("guan", 200, "GET", "/api/messages/sends?state=已发", nil); len(x["items"].([]any)) != 0 {
		t.Error("the state is passed over")
	}
	s.As("guan", 200, "POST", "/api/messages/sends/again", m{"send_id": "n:1|x"})
	s.As("guan", 412, "POST", "/api/messages/sends/again", m{"send_id": "n:1|x"})
}
