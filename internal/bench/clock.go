package bench

import (
	"syscall"
	"time"
)

// clock measures wall and processor time of this process.
type clock struct {
	at  time.Time
	cpu time.Duration
}

func startClock() clock { return clock{time.Now(), cpuTime()} }

func (c clock) stop() outcome {
	return outcome{Seconds: time.Since(c.at).Seconds(), CPU: (cpuTime() - c.cpu).Seconds()}
}

// cpuTime is the processor time of all threads so far; 0 where the system does not tell.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
