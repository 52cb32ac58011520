package bench

import (
	"os"
	"runtime"
	"strings"

	"github.com/mingjian/mingjian/internal/rule"
)

// cpuName is what the system calls its processor.
func cpuName() string {
	b, err := os.ReadFile("/proc/cpuinfo")
	if err == nil {
		for _, l := range strings.Split(string(b), "\n") {
			if k, v, ok := strings.Cut(l, ":"); ok && strings.TrimSpace(k) == "model name" {
				return strings.TrimSpace(v)
			}
		}
	}
	return runtime.GOARCH
}

// cards counts the cards the engine judges.
func cards() (int, error) {
	lib, err := rule.Shipped()
	if err != nil {
		return 0, err
	}
	return len(lib.Cards), nil
}
