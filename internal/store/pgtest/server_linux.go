//go:build linux

package pgtest

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"
)

// server is the process's only one; started by the first test that asks.
var server struct {
	once sync.Once
	dsn  string
	dir  string
	as   *syscall.Credential // of an account that is not root
	bin  string
	why  error

	process *os.Process
	ended   chan struct{}
}

// Run runs the tests of a package and stops the server if one was started. It is the body of TestMain:
// os.Exit(pgtest.Run(m)).
func Run(m *testing.M) int {
	defer stop()
	return m.Run()
}

// DSN is the address of a schema of its own, dropped after the test. Without PostgreSQL the test is skipped. The package's
// TestMain must call Run.
func DSN(t testing.TB) string {
	t.Helper()
	server.once.Do(func() { server.why = start() })
	if server.why != nil {
		t.Skipf("skipped: no PostgreSQL: %v", server.why)
	}
	schema := "t" + strings.ReplaceAll(strings.ToLower(strconv.FormatInt(int64(os.Getpid()), 36)+"_"+strconv.FormatInt(next(), 36)), "-", "")
	db, err := sql.Open("pgx", server.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(context.Background(), "CREATE SCHEMA "+schema); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		db, err := sql.Open("pgx", server.dsn)
		if err == nil {
			defer db.Close()
			_, err = db.ExecContext(context.Background(), "DROP SCHEMA "+schema+" CASCADE")
		}
		if err != nil {
			t.Error(err)
		}
	})
	return server.dsn + "&search_path=" + schema
}

var (
	mu    sync.Mutex
	count int64
)

func next() int64 {
	mu.Lock()
	defer mu.Unlock()
	count++
	return count
}

// binaries finds initdb and pg_ctl: on the PATH, else the newest of Debian's folders.
func binaries() (string, error) {
	dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	sort.Slice(dirs, func(i, j int) bool { return version(dirs[i]) > version(dirs[j]) })
	if p, err := exec.LookPath("pg_ctl"); err == nil {
		dirs = append([]string{filepath.Dir(p)}, dirs...)
	}
	for _, d := range dirs {
		if _, err := os.Stat(filepath.Join(d, "initdb")); err == nil {
			return d, nil
		}
	}
	return "", errors.New("initdb and pg_ctl are not installed (apt-get install postgresql)")
}

func version(dir string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(dir)))
	return n
}

func start() (err error) {
	if server.bin, err = binaries(); err != nil {
		return err
	}
	sweep()
	if server.dir, err = os.MkdirTemp("", folder+strconv.Itoa(os.Getpid())+"-"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			stop()
		}
	}()
	if os.Geteuid() == 0 { // the server refuses to run as root
		u, err := user.Lookup("postgres")
		if err != nil {
			return fmt.Errorf("running as root, and there is no account postgres: %w", err)
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		if err := os.Chown(server.dir, uid, gid); err != nil {
			return err
		}
		server.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	data := filepath.Join(server.dir, "data")
	if out, err := command("initdb", "-D", data, "-U", "mingjian", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync").CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	var last error
	for range 3 { // another process may take the port in between
		port, err := freePort()
		if err != nil {
			return err
		}
		if last = serve(data, port); last == nil {
			server.dsn = fmt.Sprintf("postgres://mingjian@127.0.0.1:%d/postgres?sslmode=disable", port)
			return nil
		}
	}
	return last
}

// serve starts the server as a child that dies with this process, however that ends, and waits until it says it is ready.
func serve(data string, port int) error {
	c := command("postgres", "-D", data, "-c", "listen_addresses=127.0.0.1", "-c", fmt.Sprintf("port=%d", port), "-c", "unix_socket_directories="+server.dir,
		"-c", "fsync=off", "-c", "max_connections=60", "-c", "logging_collector=off", "-c", "lc_messages=C")
	c.SysProcAttr.Pdeathsig = syscall.SIGQUIT
	log, err := c.StderrPipe()
	if err != nil {
		return err
	}
	ready := make(chan error)
	go func() {
		runtime.LockOSThread() // the signal is sent when the thread that started the child ends: this one never does before
		if err := c.Start(); err != nil {
			ready <- err
			return
		}
		said := ""
		for lines := bufio.NewScanner(log); lines.Scan(); {
			if strings.Contains(lines.Text(), "ready to accept connections") {
				ready <- nil
				ready = nil
			} else if ready != nil {
				said += lines.Text() + "\n"
			}
		}
		err := c.Wait()
		if ready != nil {
			ready <- fmt.Errorf("postgres ended: %v: %s", err, said)
		}
		close(server.ended)
	}()
	server.ended = make(chan struct{})
	if err := <-ready; err != nil {
		return err
	}
	server.process = c.Process
	return nil
}

func command(name string, args ...string) *exec.Cmd {
	c := exec.Command(filepath.Join(server.bin, name), args...)
	c.Dir = server.dir
	c.SysProcAttr = &syscall.SysProcAttr{Credential: server.as}
	return c
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// stop ends the server of this process, and only that.
func stop() {
	if server.process != nil {
		if err := server.process.Signal(syscall.SIGQUIT); err != nil {
			fmt.Fprintln(os.Stderr, "pgtest:", err)
		}
		<-server.ended
		server.process = nil
	}
	if server.dir != "" {
		if err := os.RemoveAll(server.dir); err != nil {
			fmt.Fprintln(os.Stderr, "pgtest:", err)
		}
		server.dir = ""
	}
}

// sweep removes the folders of test processes that were killed.
func sweep() {
	dirs, _ := filepath.Glob(filepath.Join(os.TempDir(), folder+"*"))
	for _, d := range dirs {
		pid, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(d), folder), "-")
		if n, err := strconv.Atoi(pid); err == nil && errors.Is(syscall.Kill(n, 0), syscall.ESRCH) {
			os.RemoveAll(d)
		}
	}
}

const folder = "mingjian-pg-"
