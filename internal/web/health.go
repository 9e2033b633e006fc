package web

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"roster/internal/viewer"
)

// How long a part may take to say that it is well, and for how long that is believed: whoever asks without end asks the
// database once a second.
const (
	checkTimeout = 2 * time.Second
	checkEvery   = time.Second
)

// Check is one part that must be well for this server to be of use.
type Check struct {
	Name string
	Do   func(context.Context) error
}

// Health answers whoever sends requests here: /healthz says that this process answers at all, /readyz whether it should
// get requests.
type Health struct {
	checks   []Check
	log      *slog.Logger
	stopping atomic.Bool

	mu     sync.Mutex
	asked  time.Time
	failed map[string]bool
}

// NewHealth makes it; why a part is not well is only for the log.
func NewHealth(log *slog.Logger, checks ...Check) *Health {
	return &Health{log: log, checks: checks, failed: map[string]bool{}}
}

// Stop makes the server not ready from now on, so that nobody is sent here any more while what is under way finishes.
func (h *Health) Stop() { h.stopping.Store(true) }

// live answers as long as this process does.
func (h *Health) live(w http.ResponseWriter, _ *http.Request) {
	say(w, http.StatusOK, map[string]any{"alive": true})
}

func (h *Health) ready(w http.ResponseWriter, r *http.Request) {
	said, ready := map[string]string{"server": "ok"}, !h.stopping.Load()
	if !ready {
		said["server"] = "stopping"
	}
	for _, name := range h.unwell(r.Context()) {
		said[name], ready = "failed", false
	}
	for _, c := range h.checks {
		if said[c.Name] == "" {
			said[c.Name] = "ok"
		}
	}
	status := http.StatusOK
	if !ready {
		status = http.StatusServiceUnavailable
	}
	say(w, status, map[string]any{"ready": ready, "checks": said})
}

// unwell are the names of the parts that are not well. Those who ask meanwhile wait for the same answer.
func (h *Health) unwell(ctx context.Context) (names []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Since(h.asked) >= checkEvery {
		ctx, cancel := context.WithTimeout(viewer.With(context.WithoutCancel(ctx), viewer.Viewer{}), checkTimeout)
		defer cancel()
		errs := make([]error, len(h.checks))
		var all sync.WaitGroup
		for i, c := range h.checks {
			all.Go(func() { errs[i] = c.Do(ctx) })
		}
		all.Wait()
		for i, c := range h.checks {
			if (errs[i] != nil) != h.failed[c.Name] {
				h.log.WarnContext(ctx, "readiness changed", "part", c.Name, "error", errs[i])
			}
			h.failed[c.Name] = errs[i] != nil
		}
		h.asked = time.Now()
	}
	for _, c := range h.checks {
		if h.failed[c.Name] {
			names = append(names, c.Name)
		}
	}
	return names
}

func say(w http.ResponseWriter, status int, what any) {
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(what) // whoever cannot be written to cannot be told
}
