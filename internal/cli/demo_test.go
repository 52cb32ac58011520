package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// run calls the command line as main does.
func run(t *testing.T, args ...string) (status int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	status = Main(args, strings.NewReader(""), &o, &e)
	return status, o.String(), e.String()
}

func mustRun(t *testing.T, args ...string) string {
	t.Helper()
	status, out, errs := run(t, args...)
	if status != exitDone {
		t.Fatalf("%v: status %d\n%s%s", args, status, out, errs)
	}
	return out
}

// clockless takes out what differs from run to run: times and passwords.
func clockless(s string) string {
	return regexp.MustCompile(`\d+\.\d 秒|每秒 [\d,]+ 行|[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}`).ReplaceAllString(s, "…")
}

func TestDemo(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "demo")
	args := []string{"demo", "--data", dir, "--persons", "1000", "--months", "2"}
	first := mustRun(t, args...)
	html, err := os.ReadFile(filepath.Join(dir, pageName))
	if err != nil {
		t.Fatal(err)
	}
	// every command the demo proposes runs
	var proposed int
	for _, l := range strings.Split(first, "\n") {
		words := strings.Fields(l)
		if len(words) == 0 || words[0] != "mingjian" || words[1] == "demo" || words[1] == "serve" {
			continue
		}
		proposed++
		for i := range words {
			if words[i] == "疑点.xlsx" {
				words[i] = filepath.Join(dir, words[i])
			}
		}
		mustRun(t, words[1:]...)
	}
	if proposed < 5 {
		t.Errorf("%d commands proposed", proposed)
	}
	// the city with the point of its own is still the same city
	again := mustRun(t, args...)
	if !strings.Contains(again, "落地 0，") {
		t.Errorf("the second run landed rows again:\n%s", again)
	}
	other := filepath.Join(t.TempDir(), "demo")
	args[2] = other
	second := mustRun(t, args...)
	if a, b := clockless(strings.ReplaceAll(first, dir, "D")), clockless(strings.ReplaceAll(second, other, "D")); a != b {
		t.Errorf("two runs differ:\n%s\n%s", a, b)
	}
	html2, err := os.ReadFile(filepath.Join(other, pageName))
	if err != nil {
		t.Fatal(err)
	}
	if strings.ReplaceAll(string(html), dir, "D") != strings.ReplaceAll(string(html2), other, "D") {
		t.Error("two runs wrote different pages")
	}
}

func TestDemoKeepsOutOfOtherData(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "fee.csv"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, more := range [][]string{nil, {"--fresh"}} {
		if status, _, errs := run(t, append([]string{"demo", "--data", dir}, more...)...); status != exitFailed || !strings.Contains(errs, "已有别的数据") {
			t.Errorf("%v: status %d, %s", more, status, errs)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "fee.csv")); err != nil {
		t.Error(err)
	}
	demo := filepath.Join(dir, "demo")
	mustRun(t, "demo", "--data", demo, "--persons", "300", "--months", "1")
	if status, _, errs := run(t, "demo", "--data", demo, "--persons", "400", "--months", "1"); status != exitFailed || !strings.Contains(errs, "另一座示例城市") {
		t.Errorf("status %d, %s", status, errs)
	}
	mustRun(t, "demo", "--data", demo, "--persons", "400", "--months", "1", "--fresh")
}

func TestReportWithoutFindings(t *testing.T) {
	t.Parallel()
	for dir, want := range map[string]string{filepath.Join(t.TempDir(), "none"): "不存在", t.TempDir(): "还没有审核结果"} {
		if status, _, errs := run(t, "report", "--data", dir); status != exitFailed || !strings.Contains(errs, want) {
			t.Errorf("status %d, %s, want %q", status, errs, want)
		}
	}
}
