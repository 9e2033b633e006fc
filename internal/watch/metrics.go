package watch

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are figures for Prometheus. Every label comes from a list that this program or its schema ends, so that nobody
// outside can make them grow. A nil Metrics counts nothing.
type Metrics struct {
	registry        *prometheus.Registry
	operations      *prometheus.CounterVec
	operationTook   *prometheus.HistogramVec
	requests        *prometheus.CounterVec
	requestTook     *prometheus.HistogramVec
	statementTook   *prometheus.HistogramVec
	statementErrors *prometheus.CounterVec
	jobs            *prometheus.CounterVec
	jobTook         *prometheus.HistogramVec
	mails           *prometheus.CounterVec
	inbound         *prometheus.CounterVec
}

var (
	quick = []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
	slow  = []float64{.01, .05, .1, .25, .5, 1, 2.5, 5, 10, 25, 60}
)

// NewMetrics makes them, with those of Go and of the process.
func NewMetrics() *Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "roster", Name: name, Help: help}, labels)
	}
	histogram := func(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "roster", Name: name, Help: help, Buckets: buckets}, labels)
	}
	m := &Metrics{
		registry:        prometheus.NewRegistry(),
		operations:      counter("operations_total", "GraphQL operations by their root field, kind and error code; OK is none.", "operation", "type", "code"),
		operationTook:   histogram("operation_seconds", "How long GraphQL operations took.", quick, "operation", "type"),
		requests:        counter("requests_total", "HTTP requests by route, method and status.", "route", "method", "status"),
		requestTook:     histogram("request_seconds", "How long HTTP requests took.", quick, "route"),
		statementTook:   histogram("statement_seconds", "How long SQL statements took, by what they do and the pool they ran in.", quick, "statement", "pool"),
		statementErrors: counter("statement_errors_total", "SQL statements that failed, transactions that run again included.", "statement", "pool"),
		jobs:            counter("jobs_total", "Jobs that were worked, by kind and outcome.", "kind", "outcome"),
		jobTook:         histogram("job_seconds", "How long jobs took.", slow, "kind"),
		mails:           counter("mails_total", "Mails and text messages by outcome: sent, failed (tried again later), gave up.", "channel", "outcome"),
		inbound:         counter("inbound_total", "Mails that came for submission addresses, by outcome: taken, refused, later (they come again).", "outcome"),
	}
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		m.operations, m.operationTook, m.requests, m.requestTook, m.statementTook, m.statementErrors, m.jobs, m.jobTook, m.mails, m.inbound)
	return m
}

// Handler answers Prometheus. It is for an address that only those who run the server reach.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4})
}

// Operation counts a GraphQL operation. operation must come from the schema or a file, never from a client.
func (m *Metrics) Operation(operation, kind, code string, took time.Duration) {
	if m == nil {
		return
	}
	m.operations.WithLabelValues(operation, kind, code).Inc()
	m.operationTook.WithLabelValues(operation, kind).Observe(took.Seconds())
}

// Request counts an HTTP request by its route, which is the pattern and not the path.
func (m *Metrics) Request(route, method string, status int, took time.Duration) {
	if m == nil {
		return
	}
	if !Method(method) {
		method = "other"
	}
	m.requests.WithLabelValues(route, method, strconv.Itoa(status)).Inc()
	m.requestTook.WithLabelValues(route).Observe(took.Seconds())
}

// Method reports whether a method is one that clients of a web server use; others are made up.
func Method(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return true
	}
	return false
}

// Job counts a job that was worked.
func (m *Metrics) Job(kind, outcome string, took time.Duration) {
	if m == nil {
		return
	}
	m.jobs.WithLabelValues(kind, outcome).Inc()
	m.jobTook.WithLabelValues(kind).Observe(took.Seconds())
}

// Inbound counts a mail that came.
func (m *Metrics) Inbound(outcome string) {
	if m != nil {
		m.inbound.WithLabelValues(outcome).Inc()
	}
}

// Mail counts a mail or a text message.
func (m *Metrics) Mail(channel, outcome string) {
	if m != nil {
		m.mails.WithLabelValues(channel, outcome).Inc()
	}
}
