package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/store"
	"github.com/mingjian/mingjian/internal/store/pgtest"
)

// killRounds is how often the server is killed: MINGJIAN_SOAK asks for more.
func killRounds() int {
	if os.Getenv("MINGJIAN_SOAK") != "" {
		return 30
	}
	return 3
}

// killed is a server in a process of its own that is killed in the middle of its work.
type killed struct {
	t    *testing.T
	args []string
	env  []string
	cmd  *exec.Cmd
	url  string
}

func (k *killed) start() {
	k.t.Helper()
	exe, err := os.Executable()
	if err != nil {
		k.t.Fatal(err)
	}
	k.cmd = exec.Command(exe, k.args...)
	k.cmd.Args[0] = "mingjian" // the test's own binary is the program under this name
	k.cmd.Env = append(os.Environ(), k.env...)
	var said bytes.Buffer
	k.cmd.Stderr = &said
	out, err := k.cmd.StdoutPipe()
	if err != nil {
		k.t.Fatal(err)
	}
	if err := k.cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	r := bufio.NewReader(out)
	line, err := r.ReadString('\n')
	url := regexp.MustCompile(`http://[\d.]+:\d+`).FindString(line)
	if err != nil || url == "" {
		k.kill()
		k.t.Fatalf("the server did not start: %q %v\n%s", line, err, said.String())
	}
	k.url = url
	go io.Copy(io.Discard, r) //nolint:errcheck // until it dies
}

func (k *killed) kill() {
	k.cmd.Process.Kill() //nolint:errcheck // it may have died
	k.cmd.Wait()         //nolint:errcheck // it was killed
}

// TestKillServer kills the real server in the middle of what people do over HTTP, again and again: whatever it answered as done is there
// afterwards, once, with its record on the trail, and the trail is whole.
func TestKillServer(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return "" },
		"postgres": func(t *testing.T) string { return pgtest.DSN(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			killServer(t, at(t))
		})
	}
}

func killServer(t *testing.T, dsn string) {
	ctx, dir, password := context.Background(), t.TempDir(), "a long enough word"
	o, err := openOffice(&streams{ctx: ctx, err: io.Discard}, dir, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.close)
	if err := o.users().Add(ctx, "t", auth.NewUser{Login: "guanli", Name: "管", Password: password, Roles: []string{auth.Admin}}); err != nil {
		t.Fatal(err)
	}
	k := &killed{t: t, args: []string{"serve", "--data", dir, "--listen", "127.0.0.1:0", "--log-level", "error"}, env: []string{"MINGJIAN_STORE=" + dsn}}
	token, now := "kill", store.Micros(time.Now())
	if err := o.db.Update(ctx, func(tx *store.Tx) error {
		u, err := tx.User("guanli")
		if err != nil {
			return err
		}
		return tx.AddSession(&store.Session{ID: auth.SessionID(token), User: u.ID, Login: "guanli", MadeAt: now, UsedAt: now, ExpiresAt: now + int64(time.Hour/time.Microsecond)})
	}); err != nil {
		t.Fatal(err)
	}
	const clients = 6
	var mu sync.Mutex
	done := map[string]int{} // what was answered as done, by its name
	for round := range killRounds() {
		k.start()
		target := 40 + 23*round%60 // acknowledged in this round before it is killed
		acked := make(chan struct{}, 4096)
		var wg sync.WaitGroup
		for c := range clients {
			wg.Go(func() {
				for i := 0; ; i++ {
					name := fmt.Sprintf("系统 %d-%d-%d", round, c, i)
					b, _ := json.Marshal(map[string]string{"name": name})
					r, err := http.NewRequest("POST", k.url+"/api/people/keys", bytes.NewReader(b))
					if err != nil {
						t.Error(err)
						return
					}
					r.Header.Set("Authorization", "Bearer "+token)
					r.Header.Set("Content-Type", "application/json")
					x, err := http.DefaultClient.Do(r)
					if err != nil {
						return // killed
					}
					raw, err := io.ReadAll(x.Body)
					x.Body.Close()
					if err != nil {
						return // killed while it answered
					}
					if x.StatusCode != http.StatusCreated {
						t.Errorf("%d %s", x.StatusCode, raw)
						return
					}
					mu.Lock()
					done[name]++
					mu.Unlock()
					acked <- struct{}{}
				}
			})
		}
		gone := make(chan struct{})
		go func() { wg.Wait(); close(gone) }()
		for range target {
			select {
			case <-acked:
			case <-gone:
				t.Error("the clients stopped before the server was killed")
			}
		}
		k.kill()
		<-gone
	}
	keys, err := o.db.Keys(ctx)
	if err != nil {
		t.Fatal(err)
	}
	have, recorded := map[string]int{}, map[string]int{}
	for _, x := range keys {
		have[x.Name]++
	}
	rs, err := o.db.Records(ctx, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rs {
		if r.Action == "新增密钥" {
			recorded[r.Object]++
		}
	}
	for name := range done {
		if have[name] != 1 {
			t.Errorf("%s was acknowledged and is there %d times", name, have[name])
		}
	}
	for _, x := range keys {
		if recorded[x.ID] != 1 {
			t.Errorf("%s has %d records on the trail", x.Name, recorded[x.ID])
		}
	}
	if len(rs) == 0 || len(done) < 40*killRounds() {
		t.Errorf("only %d acknowledged", len(done))
	}
	v, err := auth.Verify(ctx, dir, o.db)
	if err != nil || !v.Whole {
		t.Errorf("the trail: %+v %v", v, err)
	}
}
