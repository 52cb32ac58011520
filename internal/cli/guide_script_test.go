package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// block is a fenced block of a document: sh is run, output are pieces that its standard output must hold, one a line.
var block = regexp.MustCompile("(?ms)^```(sh|output)\n(.*?)^```$")

// guideScript FILE INST: runs the shell examples of a document in docs, one after the other in one shell, against the server that runs,
// with a key made for the institution. After each output block says what must have been printed since the last.
func guideScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: guide file institution")
	}
	text, err := os.ReadFile("../../docs/" + args[0])
	ts.Check(err)
	ts.Check(ts.Exec("mingjian", "key", "add", "HIS", "--inst", args[1], "--data", "d", "--json"))
	var key struct {
		ID     string `json:"key_id"`
		Secret string `json:"secret"`
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &key))
	runDocument(ts, string(text), []string{"KEY=" + key.ID, "SECRET=" + key.Secret, "INST=" + args[1]})
}

// walkGuide FILE PASSWORD: runs the shell examples of a document in docs against the server that runs, in the script's own folder.
func walkGuide(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: walk file password")
	}
	text, err := os.ReadFile("../../docs/" + args[0])
	ts.Check(err)
	runDocument(ts, string(text), []string{"PASSWORD=" + args[1]})
}

// runDocument runs the sh blocks of a document in one shell and looks for what its output blocks say in what was printed before each.
func runDocument(ts *testscript.TestScript, text string, env []string) {
	var script strings.Builder
	var wants [][]string
	for _, m := range block.FindAllStringSubmatch(text, -1) {
		if m[1] == "sh" {
			script.WriteString(m[2])
			continue
		}
		wants = append(wants, strings.Split(strings.TrimSpace(m[2]), "\n"))
		fmt.Fprintf(&script, "\necho '=== %d'\n", len(wants))
	}
	if len(wants) < 8 {
		ts.Fatalf("only %d examples say what they print", len(wants))
	}
	cmd := exec.Command("bash", "-euo", "pipefail", "-c", script.String())
	cmd.Env = append(append(os.Environ(), "BASE="+servingOf(ts).url), env...)
	cmd.Dir = ts.MkAbs(".")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		ts.Fatalf("%v\n%s\n%s", err, out.String(), errs.String())
	}
	rest := out.String()
	for i, want := range wants {
		got, after, found := strings.Cut(rest, fmt.Sprintf("=== %d\n", i+1))
		if !found {
			ts.Fatalf("the shell stopped before example %d:\n%s\n%s", i+1, rest, errs.String())
		}
		for _, w := range want {
			if !strings.Contains(got, w) {
				ts.Fatalf("example %d does not print %s:\n%s", i+1, w, got)
			}
		}
		rest = after
	}
}
