package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/store"
)

// process is a server in a process of its own.
type process struct {
	target
	cmd   *exec.Cmd
	in    io.WriteCloser
	began time.Time
}

var addressIn = regexp.MustCompile(`http://([0-9.]+:[0-9]+)`)

// start runs this program and waits until it says where it listens. What it reads first is say.
func start(ctx context.Context, say string, args ...string) (*process, error) {
	return startIn(ctx, nil, say, args...)
}

// startIn is start with more in the environment.
func startIn(ctx context.Context, env []string, say string, args ...string) (*process, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &process{cmd: exec.CommandContext(ctx, exe, args...), began: time.Now()}
	p.cmd.Args[0] = "mingjian" // a test's own binary is the program under this name
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stderr = os.Stderr
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(os.Interrupt) }
	p.cmd.WaitDelay = 30 * time.Second
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	if _, err := io.WriteString(p.in, say); err != nil {
		return nil, err
	}
	r := bufio.NewReader(out)
	for {
		line, err := r.ReadString('\n')
		if m := addressIn.FindStringSubmatch(line); m != nil {
			p.addr = m[1]
			go io.Copy(io.Discard, r) //nolint:errcheck // what it says later is nobody's
			return p, nil
		}
		if err != nil {
			p.stop()
			return nil, fmt.Errorf("服务进程没有起来：%w", err)
		}
	}
}

// stop ends the process in an orderly way.
func (p *process) stop() {
	p.in.Close()
	_ = p.cmd.Process.Signal(os.Interrupt)
	_ = p.cmd.Wait()
}

// kill ends the process at once, as a power cut would.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
	p.in.Close()
}

// cpu is the processor time a process took that has ended.
func (p *process) cpu() float64 {
	if p.cmd.ProcessState == nil {
		return 0
	}
	return (p.cmd.ProcessState.UserTime() + p.cmd.ProcessState.SystemTime()).Seconds()
}

// startNoop starts the server that calls are held against.
func startNoop(ctx context.Context) (*process, error) {
	j, err := json.Marshal(job{Kind: "noop"})
	if err != nil {
		return nil, err
	}
	p, err := start(ctx, string(j)+"\n", ChildArgs...)
	if err == nil {
		p.path = "/"
	}
	return p, err
}

// startServe starts the service itself, as an operator does, and calls it with a key of its own.
func startServe(ctx context.Context, dir string) (*process, error) {
	key, secret, err := newKey(ctx, dir)
	if err != nil {
		return nil, err
	}
	p, err := start(ctx, "", "serve", "--data", dir, "--listen", "127.0.0.1:0", "--key-rate", "0")
	if err == nil {
		p.path, p.key, p.secret, p.want = "/fsi/api/3102", key, secret, []byte(`"infcode":0`)
	}
	return p, err
}

func newKey(ctx context.Context, dir string) (id, secret string, err error) {
	db, err := store.Open(ctx, store.Location{Engine: store.SQLite, Path: filepath.Join(dir, store.FileName)})
	if err != nil {
		return "", "", err
	}
	defer db.Close()
	trail := auth.OpenTrail(dir, "bench")
	ks, err := auth.OpenKeys(dir, db, trail)
	if err != nil {
		return "", "", err
	}
	return ks.Add(ctx, "bench", auth.NewKey{Name: "测速", Scope: auth.Scope{Admdvs: "99"}, Expires: time.Now().Add(24 * time.Hour)})
}

// metrics are what the service says of itself: the sums of each metric by name, those with a step label by name and step too.
func (p *process) metrics() (map[string]float64, error) {
	res, err := http.Get("http://" + p.addr + "/metrics")
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	out := map[string]float64{}
	for s := bufio.NewScanner(res.Body); s.Scan(); {
		name, value, ok := strings.Cut(s.Text(), " ")
		v, err := strconv.ParseFloat(value, 64)
		if !ok || err != nil || strings.HasPrefix(name, "#") {
			continue
		}
		plain, labels, _ := strings.Cut(name, "{")
		out[plain] += v
		if _, step, ok := strings.Cut(labels, `step="`); ok {
			out[plain+"/"+step[:strings.IndexByte(step, '"')]] += v
		}
	}
	return out, nil
}
