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
// percent of what it keeps. A call makes a hundred kilobytes of it in a fraction of a millisecond: to collect each twice as often
// would cost a tenth of the processor.
const (
	serveMemory  = 3 << 29 // 1.5 GiB
	serveGarbage = 400
)

// easeMemory sets the service's limits unless the operator set them (GOMEMLIMIT, GOGC).
func easeMemory() {
	if os.Getenv("GOMEMLIMIT") == "" && os.Getenv("GOGC") == "" {
		debug.SetMemoryLimit(serveMemory)
		debug.SetGCPercent(serveGarbage)
	}
}
