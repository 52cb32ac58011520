package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/mingjian/mingjian/internal/auth"
	"github.com/mingjian/mingjian/internal/auth/oidc"
	"github.com/mingjian/mingjian/internal/govern"
	"github.com/mingjian/mingjian/internal/knowledge"
	"github.com/mingjian/mingjian/internal/web/api"
)

// mountAPI puts the programs' interface on the server.
func mountAPI(x *site) error {
	var door *oidc.Door
	set, err := oidc.Load(x.dir)
	if err != nil {
		return err
	}
	if set != nil {
		const purpose = "统一认证"
		keys := x.gate.Keys
		door = oidc.NewDoor(set, oidc.Seal{Close: func(plain string) string { return keys.Seal(purpose, plain) }, Open: func(sealed string) (string, error) { return keys.Unseal(purpose, sealed) }})
	}
	return api.Mount(api.Config{Server: x.web, DB: x.db, Trail: x.trail, Sessions: &auth.Sessions{Users: x.users()}, Gateway: x.gateway,
		Rules:  func() *govern.Rules { return x.rules.governed() },
		Base:   func() *knowledge.Base { return x.rules.now.Load().plain },
		Trials: &childTrials{x}, Evidence: x.evidence(), Log: x.log, Version: Version, Secure: x.web.Scheme() == "https", Door: door,
		Groups: groups(x), Errors: problems})
}

type openapiCmd struct{}

// Run writes the description of the interface; the console's types are made of it.
func (openapiCmd) Run(s *streams) error {
	doc, err := api.Document(api.Config{Version: Version, Groups: groups(nil)})
	if err != nil {
		return err
	}
	_, err = s.out.Write(append(doc, '\n'))
	return err
}

// childTrials tries versions in a process of their own: what an audit takes of memory and time must not be felt by who waits for an answer.
type childTrials struct{ x *site }

func (c *childTrials) Try(ctx context.Context, t api.Trial, progress func(done, total int64)) error {
	args := []string{"rules", "trial", t.Version, "--as", t.As, "--data", c.x.dir, "--json", "--child", "--workers", strconv.Itoa(max(1, runtime.GOMAXPROCS(0)-1))}
	if t.From != "" {
		args = append(args, "--from", t.From)
	}
	if t.To != "" {
		args = append(args, "--to", t.To)
	}
	return runChild(ctx, c.x.cmd.Store, args, progress)
}

// childEnd is how long a child that was asked to stop may take.
const childEnd = 10 * time.Second

// runChild runs this program as a child. The address of the store goes through the environment: it may hold a password.
func runChild(ctx context.Context, at string, args []string, progress func(done, total int64)) error {
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, exe, args...)
	cmd.Args[0] = os.Args[0]
	if cmd.Env = os.Environ(); at != "" {
		cmd.Env = append(cmd.Env, "MINGJIAN_STORE="+at)
	}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = childEnd
	in, err := cmd.StdinPipe() // closed by the system when this process dies: the child ends then
	if err != nil {
		return err
	}
	defer in.Close()
	said, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	words := follow(said, progress)
	if err := cmd.Wait(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if words != "" {
			return errors.New(words)
		}
		return err
	}
	return nil
}

// follow reads what a child writes to its error stream: lines of progress, and at the end why it failed.
func follow(r io.Reader, progress func(done, total int64)) (last string) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		var p struct{ Done, Total int64 }
		if line := lines.Text(); json.Unmarshal([]byte(line), &p) == nil {
			progress(p.Done, p.Total)
		} else if line = strings.TrimPrefix(line, "失败："); line != "" {
			last = line
		}
	}
	return last
}

// attached ends the command when its standard input is closed: who started it is gone.
func (s *streams) attached() (stop func()) {
	ctx, cancel := context.WithCancel(s.ctx)
	s.ctx = ctx
	go func() {
		io.Copy(io.Discard, s.in) //nolint:errcheck // however it ended
		cancel()
	}()
	return cancel
}
