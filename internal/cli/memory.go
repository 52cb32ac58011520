package cli

import (
	"os"
	"runtime/debug"
)

// serveMemory is how much the service may use before it collects garbage harder; serveGarbage how much garbage it lets lie, in
// percent of what it keeps. A call makes seventy kilobytes of it in a fraction of a millisecond, and whoever calls while garbage is
// collected waits: the rarer that is, the fewer are slow (docs/性能.md).
const (
	serveMemory  = 7 << 28 // 1.75 GiB
	serveGarbage = 3000
)

// easeMemory sets the service's limits unless the operator set them (GOMEMLIMIT, GOGC).
func easeMemory() {
	if os.Getenv("GOMEMLIMIT") == "" && os.Getenv("GOGC") == "" {
		debug.SetMemoryLimit(serveMemory)
		debug.SetGCPercent(serveGarbage)
	}
}
