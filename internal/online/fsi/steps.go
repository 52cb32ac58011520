package fsi

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// phase is a step of a call.
type phase int

const (
	stepRead phase = iota
	stepSign
	stepDecode
	stepJudge
	stepRemind // choosing and keeping what is said
	stepAnswer
	stepCount
)

var stepNames = [stepCount]string{"read", "sign", "decode", "judge", "remind", "answer"}

// stepTimes add up where the time of calls goes, in nanoseconds.
type stepTimes [stepCount]atomic.Int64

func (t *stepTimes) register(to prometheus.Registerer) error {
	if to == nil {
		return nil
	}
	for i, name := range stepNames {
		c := prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "mingjian_online_step_seconds_total", Help: "Time of calls of the national interface, by step.",
			ConstLabels: prometheus.Labels{"step": name}}, func() float64 { return float64(t[i].Load()) / 1e9 })
		if err := to.Register(c); err != nil {
			return err
		}
	}
	return nil
}

// stopwatch measures the steps of one call one after the other.
type stopwatch struct{ at time.Time }

func startWatch() stopwatch { return stopwatch{time.Now()} }

// end adds the time since the last step ended to a step.
func (w *stopwatch) end(t *stepTimes, s phase) {
	now := time.Now()
	if !w.at.IsZero() {
		t[s].Add(int64(now.Sub(w.at)))
	}
	w.at = now
}
