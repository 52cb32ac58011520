package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// serving is a server that a script started.
type serving struct {
	cmd *exec.Cmd
	url string
	out *bufio.Reader
	log bytes.Buffer

	token, etag string // of who signed in last, and of the last answer that had one
}

var (
	servingMu sync.Mutex
	servings  = map[*testscript.TestScript]*serving{}
)

func servingOf(ts *testscript.TestScript) *serving {
	servingMu.Lock()
	defer servingMu.Unlock()
	x := servings[ts]
	if x == nil {
		ts.Fatalf("no server runs")
	}
	return x
}

// serve flag…: starts mingjian serve on a free port and waits until it says its address, which scripts find in $URL.
func serveScript(ts *testscript.TestScript, neg bool, args []string) {
	bin, err := exec.LookPath("mingjian") // testscript puts the test binary under this name first on the path
	ts.Check(err)
	x := &serving{cmd: exec.Command(bin, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)}
	x.cmd.Dir = ts.MkAbs(".")
	x.cmd.Env = append(os.Environ(), "PATH="+ts.Getenv("PATH"), "HOME="+ts.Getenv("HOME"))
	x.cmd.Stderr = &x.log
	p, err := x.cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(x.cmd.Start())
	servingMu.Lock()
	servings[ts] = x
	servingMu.Unlock()
	ts.Defer(func() {
		servingMu.Lock()
		defer servingMu.Unlock()
		if servings[ts] == x {
			x.cmd.Process.Kill()
			x.cmd.Wait()
			delete(servings, ts)
		}
	})
	x.out = bufio.NewReader(p)
	line, err := x.out.ReadString('\n')
	_, rest, ok := strings.Cut(line, "://")
	if err != nil || !ok {
		x.cmd.Wait()
		ts.Fatalf("the server did not start: %q %v\n%s", line, err, x.log.String())
	}
	addr, _, _ := strings.Cut(rest, "（")
	x.url = "http://" + addr
	ts.Setenv("URL", x.url)
	x.out = bufio.NewReader(io.MultiReader(strings.NewReader(line), x.out))
}

// stopserve: asks the server to stop; it must end with status 0. What it wrote is the standard output.
func stopServe(ts *testscript.TestScript, neg bool, args []string) {
	x := servingOf(ts)
	ts.Check(x.cmd.Process.Signal(syscall.SIGTERM))
	b, err := io.ReadAll(x.out)
	ts.Check(err)
	err = x.cmd.Wait()
	servingMu.Lock()
	delete(servings, ts)
	servingMu.Unlock()
	if err != nil {
		ts.Fatalf("the server ended with %v\n%s", err, x.log.String())
	}
	_, err = ts.Stdout().Write(b)
	ts.Check(err)
}

// killserve: kills the server with -9.
func killServe(ts *testscript.TestScript, neg bool, args []string) {
	x := servingOf(ts)
	ts.Check(x.cmd.Process.Kill())
	x.cmd.Wait() //nolint:errcheck // it was killed
	servingMu.Lock()
	delete(servings, ts)
	servingMu.Unlock()
}

// fetch status path: GETs an address of the server; the answer is the standard output.
func fetch(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got, b := fetched(ts, args[1])
	if got != want {
		ts.Fatalf("GET %s: %d, want %d: %s", args[1], got, want, b)
	}
	_, err = ts.Stdout().Write(b)
	ts.Check(err)
}

// fetchready: GETs /readyz until the server is ready and /metrics until all history is open, so that no call waits for it; the deadline is
// the test's.
func fetchReady(ts *testscript.TestScript, neg bool, args []string) {
	for {
		status, b := fetched(ts, "/readyz")
		_, metrics := fetched(ts, "/metrics")
		if status == http.StatusOK && bytes.Contains(metrics, []byte("\nmingjian_online_history_pending 0\n")) {
			_, err := ts.Stdout().Write(b)
			ts.Check(err)
			return
		}
	}
}

func fetched(ts *testscript.TestScript, path string) (int, []byte) {
	r, err := http.Get(servingOf(ts).url + path)
	ts.Check(err)
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	ts.Check(err)
	return r.StatusCode, b
}

// call status METHOD path [json]: calls the interface as who signed in last, with the last ETag. POST /api/session signs in. The answer is
// the standard output.
func call(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	x := servingOf(ts)
	body := ""
	if len(args) > 3 {
		body = args[3]
	}
	status, b := x.call(ts, args[1], args[2], body)
	if status != want {
		ts.Fatalf("%s %s: %d, want %d: %s\n%s", args[1], args[2], status, want, b, x.log.String())
	}
	var got struct {
		Token   string `json:"token"`
		Version string `json:"version_id"`
		Job     string `json:"job_id"`
	}
	if json.Unmarshal(b, &got) == nil {
		for name, v := range map[string]string{"VERSION": got.Version, "JOB": got.Job} {
			if v != "" {
				ts.Setenv(name, v)
			}
		}
		if got.Token != "" {
			x.token = got.Token
		}
	}
	_, err = ts.Stdout().Write(b)
	ts.Check(err)
}

func (x *serving) call(ts *testscript.TestScript, method, path, body string) (int, []byte) {
	r, err := http.NewRequest(method, x.url+path, strings.NewReader(body))
	ts.Check(err)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if x.token != "" {
		r.Header.Set("Authorization", "Bearer "+x.token)
	}
	if method != http.MethodGet && x.etag != "" {
		r.Header.Set("If-Match", x.etag)
	}
	a, err := http.DefaultClient.Do(r)
	ts.Check(err)
	defer a.Body.Close()
	if e := a.Header.Get("ETag"); e != "" && strings.Contains(path, "/versions") && !strings.HasSuffix(path, "/trial") {
		x.etag = e
	}
	b, err := io.ReadAll(a.Body)
	ts.Check(err)
	return a.StatusCode, b
}

// jobends STATE: looks at $JOB until it is in the state; the deadline is the test's.
func jobEnds(ts *testscript.TestScript, neg bool, args []string) {
	x := servingOf(ts)
	for {
		_, b := x.call(ts, "GET", "/api/jobs/"+ts.Getenv("JOB"), "")
		var j struct {
			State string `json:"state"`
		}
		ts.Check(json.Unmarshal(b, &j))
		switch j.State {
		case args[0]:
			_, err := ts.Stdout().Write(b)
			ts.Check(err)
			return
		case "等待", "进行":
			time.Sleep(10 * time.Millisecond) // between two looks
		default:
			ts.Fatalf("the job is %s, want %s: %s\n%s", j.State, args[0], b, x.log.String())
		}
	}
}
