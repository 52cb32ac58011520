package cli

import (
	"os"
	"runtime/debug"

	"github.com/mingjian/mingjian/internal/audit"
)

// limitMemory sets the audit's limit unless the operator set one (GOMEMLIMIT).
func limitMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(audit.Memory)
	}
}
