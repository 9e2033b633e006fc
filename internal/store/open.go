package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"runtime"
	"strings"

	"entgo.io/ent/dialect"
	"github.com/XSAM/otelsql"
	"github.com/lib/pq"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/trace"
	tracenoop "go.opentelemetry.io/otel/trace/noop"
	"modernc.org/sqlite"
)

// The sizes of the pools. SQLite has one writer at a time, and waiting for it in Go is fair and can be given up,
// which waiting inside SQLite is not. On Postgres a server holds 30 connections at most, so that three of them fit
// into the 100 that Postgres allows by default: few writers, since serializable transactions that overlap only make
// each other run again, and twice as many readers, which disturb nobody. What may as well be left has four writers at most:
// six are left to the others, and who still waits for one waits a tenth of a second.
const (
	postgresWriters = 10
	postgresFree    = 4
	postgresReaders = 20
)

// sqliteReaders is how many connections read a SQLite file: twice the processors, which it works with itself, but four at least, so
// that a slow search holds up nobody, and eight at most. Each keeps its own pages and statements, some 3 MB.
func sqliteReaders() int { return min(max(2*runtime.GOMAXPROCS(0), 4), 8) }

// How a SQLite connection is set up. Moments are text; in UTC with this format they compare in SQL as they do in
// time, fractions included: a shorter fraction is followed by "+", which sorts before every digit and before ".".
// Without the time zone the job queue's retries stall in other zones.
const (
	sqliteSettings = "_pragma=foreign_keys(1)&_pragma=journal_mode(WAL)&_pragma=busy_timeout(5000)&_pragma=synchronous(NORMAL)" +
		"&_time_format=sqlite&_timezone=UTC"
	sqliteWriter = sqliteSettings + "&_txlock=immediate"
	sqliteReader = sqliteSettings + "&_pragma=query_only(1)"
)

// place is where a database is, and what differs between the two.
type place struct {
	kind     string
	dialect  string
	writes   driver.Connector
	reads    driver.Connector
	writers  int // the most connections of each pool
	readers  int
	free     int // how many of the writers IfFree has at most
	queue    func(*sql.DB) riverdriver.Driver[*sql.Tx]
	readOnly string // asks a connection whether it only reads: "on" or "1"
	pooled   bool   // each statement may reach another session of Postgres
}

// locate takes a database's address apart. Its errors never show the address: it may hold a password. pooler is as in
// Options.
func locate(address, pooler string) (place, error) {
	if isPostgres(address) {
		return locatePostgres(address, pooler)
	}
	if pooler != "" {
		return place{}, errPoolerSQLite
	}
	file := strings.TrimPrefix(address, "sqlite:")
	if scheme, _, found := strings.Cut(file, "://"); found {
		return place{}, fmt.Errorf("the database's address begins with %q; it must be postgres://… or the name of a SQLite file", scheme+"://")
	}
	if strings.Contains(file, "password=") || strings.Contains(file, "host=") || strings.Contains(file, "dbname=") {
		return place{}, errors.New("the database's address is a list of settings; it must be postgres://user:password@host/database or the name of a SQLite file")
	}
	if strings.Contains(file, ":memory:") {
		return place{}, errors.New("a SQLite database in memory cannot be shared by writers and readers; name a file")
	}
	if file == "" {
		file = "roster.db"
	}
	return locateSQLite(file)
}

func isPostgres(address string) bool {
	return strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://")
}

// configOf reads a Postgres address. Its errors never show it.
func configOf(address string) (pq.Config, error) {
	if _, err := url.Parse(address); err != nil {
		return pq.Config{}, errors.New("the database's address is not a valid postgres:// URL; a password with special characters must be percent-encoded")
	}
	config, err := pq.NewConfig(address)
	if err != nil {
		return pq.Config{}, fmt.Errorf("the database's address: %w", err)
	}
	return config, nil
}

// connector is how connections are made, with settings that each begins with.
func connector(config pq.Config, settings map[string]string) driver.Connector {
	c := config.Clone()
	for name, value := range settings {
		c.Runtime[name] = value
	}
	made, _ := pq.NewConnectorConfig(c) // the error is always nil: nothing is connected yet
	return made
}

// reading is what a connection that only reads begins with. It looks rows up by index, however small a table is, for the second of
// the reasons of lookingUp; and a page reads a small table for each of its rows. PgBouncer would refuse it, and each statement
// is planned anew behind it.
func reading() map[string]string {
	return map[string]string{"timezone": "UTC", "default_transaction_read_only": "on", "enable_seqscan": "off", "jit": "off"}
}

func locatePostgres(address, pooler string) (place, error) {
	config, err := configOf(address)
	if err != nil {
		return place{}, err
	}
	p := place{
		kind: "Postgres", dialect: dialect.Postgres,
		writers: postgresWriters, readers: postgresReaders, free: postgresFree,
		queue:    func(db *sql.DB) riverdriver.Driver[*sql.Tx] { return riverdatabasesql.New(db) },
		readOnly: "SHOW default_transaction_read_only",
		pooled:   pooler != "",
	}
	readers, settings := config, reading()
	if p.pooled {
		readers, settings = throughPooler(&config, pooler)
	}
	p.writes, p.reads = connector(config, map[string]string{"timezone": "UTC"}), connector(readers, settings)
	return p, nil
}

func locateSQLite(file string) (place, error) {
	// SQLite would make the file readable to everybody; it holds password hashes. Its journal takes over the mode.
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return place{}, fmt.Errorf("open the SQLite database: %w", err)
	}
	if err := f.Close(); err != nil {
		return place{}, fmt.Errorf("open the SQLite database: %w", err)
	}

	uri := "file:" + (&url.URL{Path: file}).EscapedPath() + "?"
	writes, err := sqlite.NewConnector(uri + sqliteWriter)
	if err != nil {
		return place{}, fmt.Errorf("open the SQLite database: %w", err)
	}
	reads, err := sqlite.NewConnector(uri + sqliteReader)
	if err != nil {
		return place{}, fmt.Errorf("open the SQLite database: %w", err)
	}
	return place{
		kind: "SQLite", dialect: dialect.SQLite,
		writes: writes, reads: reads,
		writers: 1, readers: sqliteReaders(), free: 1,
		queue:    func(db *sql.DB) riverdriver.Driver[*sql.Tx] { return riversqlite.New(db) },
		readOnly: "PRAGMA query_only",
	}, nil
}

// pools opens the pools; nothing is connected yet.
func (p place) pools(tracer trace.TracerProvider, meter metric.MeterProvider) (writers, readers *sql.DB) {
	if !p.pooled {
		postgres := p.dialect == dialect.Postgres
		p.writes, p.reads = preparing{p.writes, postgres}, preparing{p.reads, postgres}
	}
	return openPool(p.writes, poolOfWriters, p.writers, tracer, meter), openPool(p.reads, poolOfReaders, p.readers, tracer, meter)
}

// openPool opens a pool. Idle connections are kept, since each holds the statements that were prepared on it.
func openPool(c driver.Connector, name string, most int, tracer trace.TracerProvider, meter metric.MeterProvider) *sql.DB {
	var pool *sql.DB
	if tracer != nil || meter != nil {
		pool = otelsql.OpenDB(c, watched(tracer, meter, name)...)
	} else {
		pool = sql.OpenDB(c)
	}
	pool.SetMaxOpenConns(most)
	pool.SetMaxIdleConns(most)
	return pool
}

// The names of the pools.
const (
	poolOfWriters = "write"
	poolOfReaders = "read"
	poolOfReplica = "replica"
)

// watched tells of statements by their text. What a database says of an error can repeat an argument, so that only its
// kind is told.
func watched(tracer trace.TracerProvider, meter metric.MeterProvider, pool string) []otelsql.Option {
	if tracer == nil {
		tracer = tracenoop.NewTracerProvider()
	}
	if meter == nil {
		meter = metricnoop.NewMeterProvider()
	}
	return []otelsql.Option{otelsql.WithTracerProvider(tracer), otelsql.WithMeterProvider(meter), otelsql.WithAttributes(attribute.String("pool", pool)), otelsql.WithDisableSkipErrMeasurement(true),
		otelsql.WithSpanOptions(otelsql.SpanOptions{
			OmitConnResetSession: true, OmitConnPrepare: true, OmitRows: true, OmitConnectorConnect: true, DisableErrSkip: true,
			RecordError: func(error) bool { return false },
		}),
		otelsql.WithSpanErrorAttributesGetter(func(err error) []attribute.KeyValue {
			kind := fmt.Sprintf("%T", err)
			if e, ok := errors.AsType[*pq.Error](err); ok {
				kind = "SQLSTATE " + string(e.Code)
			}
			return []attribute.KeyValue{attribute.String("error.type", kind)}
		})}
}

// onlyReads makes sure that the readers' connections cannot write.
func (p place) onlyReads(ctx context.Context, readers *sql.DB) error {
	var answer string
	err := readers.QueryRowContext(ctx, p.readOnly).Scan(&answer)
	switch {
	case !p.pooled && (isPooler(err) || err == nil && answer != "on" && answer != "1"):
		return errPooler
	case err != nil && p.pooled:
		return PoolerError{fmt.Errorf("names a database that cannot be read: %w", err)}
	case err != nil:
		return fmt.Errorf("open the %s database for reading: %w", p.kind, err)
	case answer != "on" && answer != "1":
		return errPoolerWrites
	}
	return nil
}
