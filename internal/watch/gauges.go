package watch

import (
	"context"
	"database/sql"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Database is what a store tells of itself when Prometheus asks.
type Database struct {
	Pools   func() map[string]sql.DBStats                     // by the pool's name
	Replica func() map[string]int64                           // requests that a replica could have answered, by what came of it
	Waiting func(ctx context.Context) (map[string]int, error) // jobs that are not done, by their state
}

// patience is how long the database may take to count its jobs.
const patience = 2 * time.Second

var (
	poolOpen    = describe("pool_connections", "Connections to the database by state.", "pool", "state")
	poolMost    = describe("pool_connections_max", "The most connections of a pool.", "pool")
	poolWaits   = describe("pool_waits_total", "How often a statement waited for a connection.", "pool")
	poolWaited  = describe("pool_wait_seconds_total", "How long statements waited for connections.", "pool")
	replicaRead = describe("replica_requests_total", "Queries that the replica could have answered: from it, or from the primary since it was behind or away.", "from")
	jobsWaiting = describe("jobs_waiting", "Jobs that are not done, by state.", "state")
	databaseUp  = describe("database_up", "Whether the database counted its jobs in time.")
)

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("roster_"+name, help, labels, nil)
}

// Watch adds the figures of a database.
func (m *Metrics) Watch(d Database) error { return m.registry.Register(gauges{d}) }

type gauges struct{ Database }

// Describe names the figures.
func (gauges) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{poolOpen, poolMost, poolWaits, poolWaited, replicaRead, jobsWaiting, databaseUp} {
		to <- d
	}
}

// Collect reads them.
func (g gauges) Collect(to chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	for name, s := range g.Pools() {
		gauge(poolOpen, float64(s.InUse), name, "in use")
		gauge(poolOpen, float64(s.Idle), name, "idle")
		gauge(poolMost, float64(s.MaxOpenConnections), name)
		to <- prometheus.MustNewConstMetric(poolWaits, prometheus.CounterValue, float64(s.WaitCount), name)
		to <- prometheus.MustNewConstMetric(poolWaited, prometheus.CounterValue, s.WaitDuration.Seconds(), name)
	}
	for from, n := range g.Replica() {
		to <- prometheus.MustNewConstMetric(replicaRead, prometheus.CounterValue, float64(n), from)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	waiting, err := g.Waiting(ctx)
	if err != nil {
		gauge(databaseUp, 0)
		return
	}
	gauge(databaseUp, 1)
	for state, n := range waiting {
		gauge(jobsWaiting, float64(n), state)
	}
}
