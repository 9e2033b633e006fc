package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/go-chi/chi/v5"
	"github.com/vektah/gqlparser/v2/ast"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	otelcodes "go.opentelemetry.io/otel/codes"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"roster/internal/watch"
)

// watched tells the metrics and the traces of each operation, as an extension of gqlgen. A field is not told of: that
// would cost as much as answering it.
type watched struct {
	metrics *watch.Metrics
	tracer  trace.Tracer // nil for none
	named   bool         // an operation's own name comes from a file and not from whoever asks
}

// ExtensionName names it to gqlgen.
func (watched) ExtensionName() string { return "Watched" }

// Validate accepts every schema.
func (watched) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptOperation gives each operation that runs a span.
func (x watched) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	if x.tracer == nil {
		return next(ctx)
	}
	name, kind := x.operation(graphql.GetOperationContext(ctx))
	ctx, span := x.tracer.Start(ctx, kind+" "+name, trace.WithAttributes(attribute.String("graphql.operation.type", kind), attribute.String("graphql.operation.name", name)))
	run := next(ctx)
	return func(ctx context.Context) *graphql.Response {
		defer span.End()
		resp := run(trace.ContextWithSpan(ctx, span))
		if code := codeOf(resp); code != "OK" {
			span.SetAttributes(attribute.String("roster.code", code))
			if code == codeInternal {
				span.SetStatus(otelcodes.Error, "")
			}
		}
		return resp
	}
}

// InterceptResponse counts each operation, also one that was refused.
func (x watched) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	op := graphql.GetOperationContext(ctx)
	resp := next(ctx)
	name, kind := x.operation(op)
	took := time.Duration(0)
	if !op.Stats.OperationStart.IsZero() {
		took = time.Since(op.Stats.OperationStart)
	}
	x.metrics.Operation(name, kind, codeOf(resp), took)
	return resp
}

// operation is what an operation is counted as: its root field, which the schema knows. Its own name may be anything, and
// be another each time.
func (x watched) operation(op *graphql.OperationContext) (name, kind string) {
	if op == nil || op.Operation == nil {
		return "refused", "none"
	}
	kind = string(op.Operation.Operation)
	if x.named && op.Operation.Name != "" {
		return op.Operation.Name, kind
	}
	for _, s := range op.Operation.SelectionSet {
		f, ok := s.(*ast.Field)
		switch {
		case ok && strings.HasPrefix(f.Name, "__"):
		case !ok || name != "" && name != f.Name:
			return "several", kind
		default:
			name = f.Name
		}
	}
	if name == "" {
		name = "schema"
	}
	return name, kind
}

// codeOf is the code of an answer's first error.
func codeOf(resp *graphql.Response) string {
	if resp == nil {
		return codeInternal
	}
	if len(resp.Errors) == 0 {
		return "OK"
	}
	code, _ := resp.Errors[0].Extensions["code"].(string)
	return code
}

// traced gives each request a span. Of its address it tells the route, never the path: that can hold a link's secret, or
// a query with its variables. What a request says of a trace it belongs to is believed from our own proxies only; else
// anybody could have everything of theirs recorded.
func (w *Server) traced(routes chi.Routes, next http.Handler) http.Handler {
	if w.config.Tracer == nil {
		return next
	}
	options := []otelhttp.Option{
		otelhttp.WithTracerProvider(w.config.Tracer), otelhttp.WithMeterProvider(metricnoop.NewMeterProvider()), otelhttp.WithPropagators(propagation.TraceContext{}),
		otelhttp.WithPublicEndpointFn(func(r *http.Request) bool { return !w.config.Proxies.direct(r) }),
		otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string { return r.Method + " " + r.URL.Path }),
	}
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		shown := r.Clone(r.Context())
		shown.URL, shown.RequestURI, shown.Host = &url.URL{Path: routes.Find(chi.NewRouteContext(), r.Method, r.URL.Path)}, "", ""
		if !watch.Method(r.Method) {
			shown.Method = "other"
		}
		inside := http.HandlerFunc(func(rw http.ResponseWriter, traced *http.Request) {
			next.ServeHTTP(rw, r.WithContext(traced.Context()))
		})
		otelhttp.NewHandler(inside, "request", options...).ServeHTTP(rw, shown)
	})
}
