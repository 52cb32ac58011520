package audit

import (
	"os"
	"runtime/debug"
)

// softLimit is the limit of an audit's memory in bytes: a county's server runs other things too. What is live stays below it in a
// city of eight million lines a month as well; what is mapped (projections, the program itself) comes on top, some 60 to 120 MiB.
// garbage lets as much of it be used in a small city as in a large one, in percent of what is live: to collect sooner would save
// memory that is there for it, and cost time.
const (
	softLimit = 290 << 20
	garbage   = 400
)

// LimitMemory sets the process's limits of memory for audits and imports, unless the operator set one (GOMEMLIMIT, GOGC).
func LimitMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softLimit)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
}
