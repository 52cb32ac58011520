package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestFailureWords(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "没有.csv")
	_, missing := os.ReadFile(name)
	_, folder := os.ReadFile(dir)
	for _, x := range []struct {
		err  error
		want string
	}{
		{missing, name + " 不存在"},
		{fmt.Errorf("读病例表：%w", missing), "读病例表：" + name + " 不存在"},
		{folder, dir + " 是目录，不是文件"},
		{errors.New("别的"), "别的"},
	} {
		if got := failureWords(x.err); got != x.want {
			t.Errorf("%q, want %q", got, x.want)
		}
	}
}
