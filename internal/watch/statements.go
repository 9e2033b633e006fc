package watch

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
)

// statements are what otelsql tells of, by the names it has for them; it tells more, which is of no interest here.
var statements = map[string]string{
	"sql.conn.query": "query", "sql.stmt.query": "query", "sql.conn.exec": "exec", "sql.stmt.exec": "exec",
	"sql.conn.begin_tx": "begin", "sql.tx.commit": "commit", "sql.tx.rollback": "rollback",
}

// PoolKey is the attribute by which a store says in which pool a statement ran.
const PoolKey = "pool"

// Statements takes the durations of a store's statements. otelsql gives them to OpenTelemetry's metrics only, whose own
// way to Prometheus is another module for this one histogram. Nil for a nil Metrics.
func (m *Metrics) Statements() metric.MeterProvider {
	if m == nil {
		return nil
	}
	return statementMeters{m: m}
}

type statementMeters struct {
	noop.MeterProvider
	m *Metrics
}

// Meter gives the one meter.
func (s statementMeters) Meter(string, ...metric.MeterOption) metric.Meter {
	return statementMeter{m: s.m}
}

type statementMeter struct {
	noop.Meter
	m *Metrics
}

// Float64Histogram gives the one histogram.
func (s statementMeter) Float64Histogram(string, ...metric.Float64HistogramOption) (metric.Float64Histogram, error) {
	return statementTook{m: s.m}, nil
}

type statementTook struct {
	noop.Float64Histogram
	m *Metrics
}

// Enabled says that somebody listens.
func (statementTook) Enabled(context.Context) bool { return true }

// Record takes the duration of one statement.
func (s statementTook) Record(_ context.Context, seconds float64, options ...metric.RecordOption) {
	about := metric.NewRecordConfig(options).Attributes()
	method, _ := about.Value("db.operation.name")
	kind, wanted := statements[method.AsString()]
	if !wanted {
		return
	}
	pool, _ := about.Value(PoolKey)
	labels := prometheus.Labels{"statement": kind, "pool": pool.AsString()}
	s.m.statementTook.With(labels).Observe(seconds)
	if _, failed := about.Value("error.type"); failed {
		s.m.statementErrors.With(labels).Inc()
	}
}
