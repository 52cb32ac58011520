package message_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/message"
	"github.com/mingjian/mingjian/internal/store"
)

// sends lists what goes out in a state.
func (o *office) sends(state string) (out []store.Send) {
	o.t.Helper()
	err := o.db.View(ctx, func(tx *store.Tx) (err error) {
		out, err = tx.Sends(state, store.WatchPage{Limit: 100})
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return out
}

// TestReceiversThatMisbehave: one that hangs, one that fails, one that sends elsewhere and one that breaks off do not keep the others from being told; each failure says
// why; what failed is tried again under its id until it is received, and once received never again.
func TestReceiversThatMisbehave(t *testing.T) {
	t.Parallel()
	o := begin(t)
	var mu sync.Mutex
	ids, well := map[string][]string{}, false
	release := make(chan struct{})
	serve := func(name string, bad http.HandlerFunc) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			mu.Lock()
			ids[name] = append(ids[name], r.Header.Get(message.HeaderID))
			good := well || bad == nil
			mu.Unlock()
			if !good {
				bad(w, r)
			}
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	hooks := map[string]string{
		"挂起": serve("挂起", func(http.ResponseWriter, *http.Request) { <-release }),
		"出错": serve("出错", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }),
		"转走": serve("转走", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/else", http.StatusFound) }),
		"断开": serve("断开", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }),
		"正常": serve("正常", nil),
	}
	t.Cleanup(func() { close(release) }) // runs before the servers are closed
	if err := os.WriteFile(filepath.Join(o.dir, "k"), []byte("0123456789abcdef"), 0o600); err != nil {
		t.Fatal(err)
	}
	var list []string
	for name, url := range hooks {
		list = append(list, fmt.Sprintf(`{"name":%q,"url":%q,"secret_file":"k","kinds":["审核完成"]}`, name, url))
	}
	o.settings(`{"hooks":[` + strings.Join(list, ",") + `]}`)
	o.happen()
	o.gather()
	now := noon
	s := &message.Sender{DB: o.db, Settings: func() *message.Settings { return o.set }, Holder: "a", Now: func() time.Time { return now }, Patience: time.Second}
	if n, err := s.Work(ctx); n != 1 || err != nil {
		t.Fatalf("%d were told, %v", n, err)
	}
	why := map[string]string{}
	for _, x := range o.sends(store.SendWaits) {
		why[x.Target] = x.Said
	}
	for name, want := range map[string]string{"挂起": "到时间没有应答", "出错": "对方答 500", "转走": "对方答 302", "断开": "没有答完就断开"} {
		if !strings.Contains(why[name], want) {
			t.Errorf("%s: %q", name, why[name])
		}
	}
	mu.Lock()
	well = true
	mu.Unlock()
	for range 3 {
		now = now.Add(10 * time.Minute)
		if _, err := s.Work(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if left, done := o.sends(store.SendWaits), o.sends(store.SendDone); len(left) != 0 || len(done) != 5 {
		t.Errorf("%d wait, %d are done", len(left), len(done))
	}
	mu.Lock()
	defer mu.Unlock()
	for name, got := range ids {
		want := 2
		if name == "正常" {
			want = 1
		}
		if len(got) != want || got[0] != got[len(got)-1] || got[0] == "" {
			t.Errorf("%s received %v", name, got)
		}
	}
}
