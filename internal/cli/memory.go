package cli

import (
	"os"
	"runtime/debug"
)

// auditMemory is the soft limit of an audit's memory: a county's server runs other things too. What is live stays far
// below it; without the limit the collector would let garbage grow to as much again.
const auditMemory = 340 << 20

// limitMemory sets the limit unless the operator set one (GOMEMLIMIT).
func limitMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(auditMemory)
	}
}
