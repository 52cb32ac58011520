package web

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics of the server; packages mounted on it register theirs with Server.Registry.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	inFlight prometheus.Gauge
	panics   prometheus.Counter
	refused  *prometheus.CounterVec
	reloads  *prometheus.CounterVec
	loaded   prometheus.Gauge
	stale    prometheus.Gauge
}

// buckets (seconds) are close where a doctor waits.
var buckets = []float64{0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10}

func newMetrics(version string) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "mingjian_http_requests_total", Help: "Requests answered."}, []string{"route", "method", "status"}),
		seconds:  prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "mingjian_http_request_seconds", Help: "Time to answer.", Buckets: buckets}, []string{"route"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Name: "mingjian_http_in_flight", Help: "Requests under way."}),
		panics:   prometheus.NewCounter(prometheus.CounterOpts{Name: "mingjian_http_panics_total", Help: "Handlers that panicked."}),
		refused:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "mingjian_http_refused_total", Help: "Requests refused before they reached a handler."}, []string{"reason"}),
		reloads:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "mingjian_reloads_total", Help: "Reloads of rules and knowledge."}, []string{"result"}),
		loaded:   prometheus.NewGauge(prometheus.GaugeOpts{Name: "mingjian_loaded_timestamp_seconds", Help: "When rules and knowledge were last loaded."}),
		stale:    prometheus.NewGauge(prometheus.GaugeOpts{Name: "mingjian_reload_failing", Help: "1 while the newest rules or knowledge cannot be loaded and older ones answer."}),
	}
	info := prometheus.NewGauge(prometheus.GaugeOpts{Name: "mingjian_build_info", Help: "Version of the program.", ConstLabels: prometheus.Labels{"version": version}})
	info.Set(1)
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), m.requests, m.seconds, m.inFlight, m.panics,
		m.refused, m.reloads, m.loaded, m.stale, info)
	return m
}

func (m *metrics) count(route, method string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, bounded(method), strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(route).Observe(took.Seconds())
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry, ErrorHandling: promhttp.ContinueOnError})
}

// Registry is where packages mounted on the server register their metrics, named mingjian_….
func (s *Server) Registry() prometheus.Registerer { return s.metrics.registry }

// typeName of what a handler panicked with.
func typeName(v any) string { return fmt.Sprintf("%T", v) }
