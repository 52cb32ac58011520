package division_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingjian/mingjian/internal/division"
)

func TestNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if n, err := division.Load(dir); err != nil || n.Name("990101") != "" {
		t.Errorf("without a list: %v %v", n, err)
	}
	put := func(text string) {
		if err := os.WriteFile(filepath.Join(dir, division.FileName), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("\ufeff区划代码,名称\n990100,九九市\n990101, 九九县 \n")
	n, err := division.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[string]string{"9901": "九九市", "990100": "九九市", "990101": "九九县", "990102": "", "": ""} {
		if got := n.Name(code); got != want {
			t.Errorf("%s is called %q, want %q", code, got, want)
		}
	}
	for _, bad := range []string{"9901", "99010,甲\n", "990101,\n", "x,y\n"} {
		put(bad)
		if _, err := division.Load(dir); err == nil || !strings.Contains(err.Error(), "区划名称") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
