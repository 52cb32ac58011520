package cli

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mingjian/mingjian/internal/store/pgtest"

	"github.com/mingjian/mingjian/internal/lake"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-") { // a server under test starts its workers and jobs
		os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	testscript.Main(withPostgres{m}, map[string]func(){"mingjian": func() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }})
}

// withPostgres is the tests with a PostgreSQL that ends with them.
type withPostgres struct{ m *testing.M }

func (w withPostgres) Run() int { return pgtest.Run(w.m) }

// TestScripts runs testdata/*.txtar: what a clerk types, and what the program says.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{Dir: "testdata", RequireExplicitExec: true, Cmds: map[string]func(*testscript.TestScript, bool, []string){
		"clearingyear": clearingYear, "exits": exits, "onejson": oneJSON, "lock": holdLock,
		"walk": walkGuide, "guide": guideScript, "serve": serveScript, "stopserve": stopServe, "killserve": killServe, "fetch": fetch, "fetchready": fetchReady, "call": call, "jobends": jobEnds,
	}})
}

// exits N command…: the command ends with that status.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits status command…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var e *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &e) {
		got = e.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("status %d, want %d", got, want)
	}
}

// onejson kind [key…]: the last command's standard output is exactly one JSON value: an object with these keys, or an
// array of such objects.
func oneJSON(ts *testscript.TestScript, neg bool, args []string) {
	d := json.NewDecoder(strings.NewReader(ts.ReadFile("stdout")))
	var v any
	ts.Check(d.Decode(&v))
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		ts.Fatalf("more than one JSON value on standard output")
	}
	if args[0] == "array" {
		a, ok := v.([]any)
		if !ok || len(a) == 0 {
			ts.Fatalf("no array with elements: %.100v", v)
		}
		v = a[0]
	}
	o, ok := v.(map[string]any)
	if !ok {
		ts.Fatalf("not an object: %.100v", v)
	}
	for _, k := range args[1:] {
		if _, ok := o[k]; !ok {
			ts.Fatalf("no key %s in %v", k, o)
		}
	}
}

// lock dir: another process's writer holds the data directory until the script ends.
func holdLock(ts *testscript.TestScript, neg bool, args []string) {
	l, err := lake.Open(ts.MkAbs(args[0]))
	ts.Check(err)
	w, err := l.Writer()
	ts.Check(err)
	ts.Defer(func() { w.Close() })
}
