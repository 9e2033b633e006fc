package web

import (
	"log/slog"
	"net/http"
	"time"
)

// How long a connection may take for each part, and how much it may say before the body (SECURITY.md, The HTTP door).
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 15 * time.Second
	writeTimeout      = 30 * time.Second
	idleTimeout       = 60 * time.Second
	maxHeader         = 32 << 10
)

// Guarded is a server in front of a handler that nobody can hold up by sending or reading slowly.
func Guarded(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{Handler: handler, ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)}
}
