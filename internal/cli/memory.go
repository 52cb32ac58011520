package cli

import (
	"os"
	"runtime/debug"

	"github.com/mingjian/mingjian/internal/audit"
)

// limitMemory sets the audit's limit, which an import keeps to as well, unless the operator set one (GOMEMLIMIT).
func limitMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(audit.Memory)
	}
}

// serveMemory is how much the service may use before it collects garbage harder; serveGarbage how much garbage it lets lie, in
// percent of what it keeps. A call makes a hundred kilobytes of it in a fraction of a millisecond, and whoever calls while garbage is
// collected waits: at 1,500 calls a second on two processors, collecting every two seconds held the slowest hundredth back by 24 ms,
// collecting every eight seconds by 12.
const (
	serveMemory  = 3 << 29 // 1.5 GiB
	serveGarbage = 1600
)

// easeMemory sets the service's limits unless the operator set them (GOMEMLIMIT, GOGC).
func easeMemory() {
	if os.Getenv("GOMEMLIMIT") == "" && os.Getenv("GOGC") == "" {
		debug.SetMemoryLimit(serveMemory)
		debug.SetGCPercent(serveGarbage)
	}
}
