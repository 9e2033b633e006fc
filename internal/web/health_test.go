package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestAServerIsReadyWhenAllItsPartsAreAndAsksThemOnceASecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked, ill := 0, error(nil)
		log := new(strings.Builder)
		h := NewHealth(slog.New(slog.NewTextHandler(log, nil)), Check{"database", func(context.Context) error { asked++; return ill }},
			Check{"jobs", func(context.Context) error { return nil }})
		ask := func() (int, string) {
			w := httptest.NewRecorder()
			h.ready(w, httptest.NewRequest("GET", "/readyz", nil))
			return w.Code, w.Body.String()
		}
		well := func() {
			t.Helper()
			if code, body := ask(); code != 200 || body != `{"checks":{"database":"ok","jobs":"ok","server":"ok"},"ready":true}`+"\n" {
				t.Errorf("got %d %s", code, body)
			}
		}
		well()
		ill = errors.New("password=hunter2")
		for range 100 { // believed for a second
			well()
		}
		time.Sleep(checkEvery)
		for range 100 {
			if code, body := ask(); code != 503 || body != `{"checks":{"database":"failed","jobs":"ok","server":"ok"},"ready":false}`+"\n" {
				t.Fatalf("got %d %s", code, body)
			}
		}
		if asked != 2 {
			t.Errorf("the database was asked %d times, want 2", asked)
		}
		if strings.Count(log.String(), "hunter2") != 1 {
			t.Errorf("why is for the log, once: %s", log)
		}
		ill = nil
		time.Sleep(checkEvery)
		well()
		h.Stop()
		if code, body := ask(); code != 503 || !strings.Contains(body, `"server":"stopping"`) {
			t.Errorf("got %d %s", code, body)
		}
	})
}

func TestAPartThatDoesNotAnswerIsNotWell(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := NewHealth(slog.New(slog.DiscardHandler), Check{"database", func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }})
		began, w := time.Now(), httptest.NewRecorder()
		h.ready(w, httptest.NewRequest("GET", "/readyz", nil))
		if took := time.Since(began); w.Code != 503 || took != checkTimeout {
			t.Errorf("got %d after %v", w.Code, took)
		}
	})
}
