package remind

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/mingjian/mingjian/internal/online"
)

// metrics of the service. Labels are of closed lists only: no rule, institution or doctor, whose number would grow.
type metrics struct {
	s        *Service
	calls    *prometheus.CounterVec
	shown    *prometheus.CounterVec
	held     *prometheus.CounterVec
	answers  *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	partial  prometheus.Counter
	unlogged prometheus.Counter
	drainedN prometheus.Counter
	failed   prometheus.Counter
	pending  prometheus.Gauge
	torn     prometheus.Counter
}

func newMetrics(s *Service) *metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "mingjian", Subsystem: "remind", Name: name, Help: help})
	}
	vec := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "mingjian", Subsystem: "remind", Name: name, Help: help}, labels)
	}
	return &metrics{s: s,
		calls:   vec("calls_total", "Calls decided, by stage, channel and verdict.", "stage", "channel", "verdict"),
		shown:   vec("shown_total", "Reminders shown, by stop level.", "stop"),
		held:    vec("held_total", "Reminders held back, by reason.", "why"),
		answers: vec("answers_total", "Answers to reminders, by way.", "way"),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "mingjian", Subsystem: "remind", Name: "judge_seconds",
			Help: "Time until the verdict was ready.", Buckets: []float64{.001, .002, .005, .01, .02, .05, .1, .25, .5, 1}}, []string{"stage"}),
		partial:  counter("partial_total", "Answers cut short by the time budget."),
		unlogged: counter("unlogged_total", "Calls answered that the log could not take."),
		drainedN: counter("drained_total", "Calls brought into the store."),
		failed:   counter("drain_failures_total", "Drains that failed; they are tried again."),
		pending: prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "mingjian", Subsystem: "remind", Name: "journal_pending_bytes",
			Help: "Log not yet in the store."}),
		torn: counter("journal_torn_bytes_total", "Log that a power cut damaged."),
	}
}

var stopNames = map[online.Stop]string{online.Inform: "inform", online.Confirm: "confirm", online.Block: "block"}

func (m *metrics) decided(req *online.Request, ans *online.Answer, d *Decision) {
	verdict := verdicts[online.Silent]
	if len(d.Shown) > 0 {
		verdict = verdicts[d.Stop]
	}
	if d.Unseen != "" {
		verdict = notShown
	}
	m.calls.WithLabelValues(req.Stage, req.Channel, verdict).Inc()
	m.seconds.WithLabelValues(req.Stage).Observe(ans.Took.Seconds())
	for i := range d.Shown {
		if d.Unseen != "" {
			m.held.WithLabelValues(d.Unseen).Inc()
			continue
		}
		m.shown.WithLabelValues(stopNames[d.Shown[i].Stop]).Inc()
	}
	for i := range d.Held {
		m.held.WithLabelValues(d.Held[i].Why).Inc()
	}
	if ans.Partial {
		m.partial.Inc()
	}
	if d.NotLogged {
		m.unlogged.Inc()
	}
}

func (m *metrics) drained(r Drained, err error) {
	m.drainedN.Add(float64(r.Calls))
	m.torn.Add(float64(r.Torn))
	if err != nil {
		m.failed.Inc()
		return
	}
	m.pending.Set(float64(r.Pending))
}

// Register registers the service's metrics.
func (s *Service) Register(r prometheus.Registerer) error {
	m := s.metrics
	gauge := func(name, help string, f func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "mingjian", Subsystem: "remind", Name: name, Help: help}, f)
	}
	for _, c := range []prometheus.Collector{m.calls, m.shown, m.held, m.answers, m.seconds, m.partial, m.unlogged, m.drainedN, m.failed, m.pending, m.torn,
		gauge("interruptions_median", "Median of today's interruptions over the doctors who called.", func() float64 { n, _ := s.memory.Median(); return n }),
		gauge("interruptions_alarm", "1 when the median is above the bound of the installation.", func() float64 {
			p := s.areas.Load().Of("")
			if n, _ := s.memory.Median(); n > float64(p.MedianAlarm) {
				return 1
			}
			return 0
		}),
		gauge("journal_waiting", "Records waiting in memory for the disk.", func() float64 { return float64(s.journal.Stats().Waiting) }),
		gauge("journal_dropped", "Records lost since the start because the disk stalled or failed.", func() float64 { return float64(s.journal.Stats().Dropped) }),
		gauge("journal_late", "Records whose answers did not wait for the log.", func() float64 { return float64(s.journal.Stats().Late) }),
	} {
		if err := r.Register(c); err != nil {
			return err
		}
	}
	return nil
}
