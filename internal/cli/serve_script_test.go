package cli

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// serving is a server that a script started.
type serving struct {
	cmd *exec.Cmd
	url string
	out *bufio.Reader
	log bytes.Buffer
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

// fetchready: GETs /readyz until the server is ready; the deadline is the test's.
func fetchReady(ts *testscript.TestScript, neg bool, args []string) {
	for {
		status, b := fetched(ts, "/readyz")
		if status == http.StatusOK {
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
