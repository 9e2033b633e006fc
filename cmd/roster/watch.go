package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"roster/internal/watch"
)

// watchConfig are the settings of how one sees what a server does.
type watchConfig struct {
	MetricsListen string `name:"metrics-listen" env:"METRICS_LISTEN" help:"Address and port for Prometheus, such as 127.0.0.1:9090; not one that everybody reaches. None unless said."`
	OTLPEndpoint  string `name:"otel-exporter-otlp-endpoint" env:"OTEL_EXPORTER_OTLP_ENDPOINT" help:"Where OpenTelemetry traces are sent by OTLP over HTTP, such as http://127.0.0.1:4318. OpenTelemetry's other variables count too. None unless said."`
	DrainFor      drain  `name:"drain-for" env:"DRAIN_FOR" default:"0s" help:"How long /readyz says that the server stops before it does, for whoever sends requests here to notice."`
}

// drain is a duration up to a minute, or none.
type drain time.Duration

// UnmarshalText reads "5s".
func (d *drain) UnmarshalText(text []byte) error {
	duration, err := time.ParseDuration(string(text))
	if err != nil || duration < 0 || duration > time.Minute {
		return errors.New("must be a duration of up to a minute, such as 5s, or 0s")
	}
	*d = drain(duration)
	return nil
}

func (c *config) checkWatch() error {
	if c.MetricsListen != "" && !isListen(c.MetricsListen) {
		return fmt.Errorf("METRICS_LISTEN: %q is not an address and port such as 127.0.0.1:9090", c.MetricsListen)
	}
	if u, err := url.Parse(c.OTLPEndpoint); c.OTLPEndpoint != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		return errors.New("OTEL_EXPORTER_OTLP_ENDPOINT: must be an address such as http://127.0.0.1:4318")
	}
	return nil
}

// newLog writes lines that people read in development, and programs in production.
func newLog(to io.Writer, production bool) *slog.Logger {
	var h slog.Handler = slog.NewTextHandler(to, nil)
	if production {
		h = slog.NewJSONHandler(to, nil)
	}
	return slog.New(watch.Logs(h))
}

// watching is what a server tells of itself.
type watching struct {
	metrics *watch.Metrics       // nil where nobody asks
	tracer  trace.TracerProvider // nil where nothing is sent
	stop    func(context.Context) error
}

// watching begins to watch, as far as the settings say.
func (c *config) watching(ctx context.Context, log *slog.Logger) (w watching, err error) {
	w.stop = func(context.Context) error { return nil }
	if c.MetricsListen != "" {
		w.metrics = watch.NewMetrics()
	}
	if c.OTLPEndpoint != "" {
		otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("traces not sent", "error", err) }))
		traces, err := watch.Traces(ctx, c.OTLPEndpoint)
		if err != nil {
			return w, fmt.Errorf("OTEL_EXPORTER_OTLP_ENDPOINT: %w", err)
		}
		w.tracer, w.stop = traces, traces.Shutdown
	}
	return w, nil
}

func (w watching) statements() metric.MeterProvider {
	if w.metrics == nil {
		return nil
	}
	return w.metrics.Statements()
}

// serveMetrics answers Prometheus at an address of its own; close ends it.
func (h *house) serveMetrics() (close func() error, err error) {
	if h.watching.metrics == nil {
		return func() error { return nil }, nil
	}
	if err := h.watching.metrics.Watch(watch.Database{Pools: h.store.Pools, Replica: h.store.Replica, Waiting: h.store.Waiting}); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", h.config.MetricsListen)
	if err != nil {
		return nil, fmt.Errorf("METRICS_LISTEN: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", h.watching.metrics.Handler())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 5 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }() // it ends when it is closed
	return server.Close, nil
}
