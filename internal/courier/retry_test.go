package courier

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-message/mail"
	"github.com/emersion/go-smtp"

	"roster/ent"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

func TestAMailThatTheServerPutsOffIsSentLaterAndOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var ids []string
		w := newWorld(t, s, func(s *server, _ *smtp.Server) {
			s.data = func(times int, message string) error {
				ids = append(ids, messageID(message))
				if times < 3 {
					return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "greylisted, rit_secret"}
				}
				return nil
			}
		})
		w.start()
		w.enqueue(Invitation{LinkID: w.invitation, Sending: 1})

		got := w.delivery(rule.DeliverySent)
		if got.DeliveryError != nil {
			t.Errorf("the error stayed: %s", *got.DeliveryError)
		}
		want := "<" + w.invitation + ".1@roster.example.com>"
		if len(ids) != 3 || ids[0] != want || ids[1] != want || ids[2] != want || len(w.server.mails()) != 1 {
			t.Errorf("attempts %v, taken %d, want three times %s and one taken", ids, len(w.server.mails()), want)
		}
	})
}

func messageID(text string) string {
	r, err := mail.CreateReader(strings.NewReader(text))
	if err != nil {
		return err.Error()
	}
	defer r.Close()
	return r.Header.Get("Message-Id")
}

func TestAMailThatTheServerRefusesIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s, func(s *server, _ *smtp.Server) {
			s.data = func(int, string) error {
				return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "rejected for https://roster.example.com/accept/rit_x"}
			}
		})
		w.start()
		w.enqueue(Invitation{LinkID: w.invitation, Sending: 1})

		got := w.delivery(rule.DeliveryFailed)
		if want := "The mail server answered 550 5.7.1 rejected for (link)"; got.DeliveryError == nil || *got.DeliveryError != want {
			t.Errorf("the error is %v, want %q", got.DeliveryError, want)
		}
		if got := w.server.attempts(); got != 1 {
			t.Errorf("tried %d times", got)
		}
	})
}

func TestAfterTheLastAttemptTheDeliveryHasFailed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s, func(s *server, _ *smtp.Server) {
			s.data = func(int, string) error {
				return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 3, 1}, Message: "disk full"}
			}
		})
		w.start()
		w.enqueue(Invitation{LinkID: w.invitation, Sending: 1})

		got := w.delivery(rule.DeliveryFailed)
		if want := "The mail server answered 452 4.3.1 disk full"; got.DeliveryError == nil || *got.DeliveryError != want {
			t.Errorf("the error is %v, want %q", got.DeliveryError, want)
		}
		if got := w.server.attempts(); got != 4 {
			t.Errorf("tried %d times, want 4", got)
		}
	})
}

func TestAMailIsNotTriedAgainPastItsExpiry(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s, func(s *server, _ *smtp.Server) {
			s.data = func(int, string) error { return &smtp.SMTPError{Code: 451, Message: "later"} }
		})
		w.courier.retry = Retry{First: 15 * 24 * time.Hour, Most: 15 * 24 * time.Hour, Attempts: 4}
		w.start()
		w.enqueue(Invitation{LinkID: w.invitation, Sending: 1})

		w.delivery(rule.DeliveryFailed)
		if got := w.server.attempts(); got != 1 {
			t.Errorf("tried %d times", got)
		}
	})
}

func TestAConnectionThatBreaksIsTriedAgain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s, func(s *server, _ *smtp.Server) {
			s.data = func(times int, _ string) error {
				if times == 1 {
					return errDrop
				}
				return nil
			}
		})
		w.start()
		w.enqueue(Invitation{LinkID: w.invitation, Sending: 1})

		w.delivery(rule.DeliverySent)
		if got := w.server.attempts(); got != 2 || len(w.server.mails()) != 1 {
			t.Errorf("tried %d times, taken %d, want 2 and 1", got, len(w.server.mails()))
		}
	})
}

func TestWhileItIsTriedTheDeliveryStaysQueuedAndSaysWhy(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s, func(s *server, _ *smtp.Server) {
			s.rcpt = func(string) error { return errDrop }
		})
		w.courier.retry = Retry{First: time.Hour, Most: time.Hour, Attempts: 4}
		w.start()
		w.enqueue(Invitation{LinkID: w.invitation, Sending: 1})

		var got *ent.Invitation
		w.wait("an error", func() bool { got = w.delivery(rule.DeliveryQueued); return got.DeliveryError != nil })
		if want := "The connection to the mail server failed."; *got.DeliveryError != want {
			t.Errorf("the error is %q, want %q", *got.DeliveryError, want)
		}
	})
}

func TestAttemptsGoOnForMostOfADay(t *testing.T) {
	t.Parallel()
	r := Retry{}.orDefault()
	var all time.Duration
	for attempt := 1; attempt < r.Attempts; attempt++ {
		all += r.after(attempt)
	}
	if r.after(1) != 10*time.Second || r.after(2) != 20*time.Second || r.after(40) != time.Hour || all < 18*time.Hour || all > 24*time.Hour {
		t.Errorf("waits %v, %v … %v, in all %v", r.after(1), r.after(2), r.after(40), all)
	}
}

func TestAMailThatWasHandedOverIsNotSentAgainBecauseWritingThatDownFailed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s, nil)
		failures := 1
		l := &letter{
			id: "x@y", about: "x", to: "ann@example.com", template: loginExistsTemplate,
			record: func(context.Context, outcome) error {
				if failures--; failures >= 0 {
					return io.ErrUnexpectedEOF
				}
				return nil
			},
		}
		if err := w.courier.deliver(t.Context(), l, 1, w.courier.log); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("first attempt: %v", err)
		}
		if err := w.courier.deliver(t.Context(), l, 2, w.courier.log); err != nil {
			t.Fatalf("second attempt: %v", err)
		}
		if got := len(w.server.mails()); got != 1 {
			t.Errorf("sent %d times", got)
		}
	})
}

func TestAMailThatAStopBreaksOffIsSentAtTheNextStart(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		reached, open := make(chan struct{}), make(chan struct{})
		w := newWorld(t, s, func(s *server, _ *smtp.Server) {
			var once sync.Once
			s.rcpt = func(string) error {
				once.Do(func() { close(reached) })
				<-open
				return nil
			}
		})
		w.enqueue(Invitation{LinkID: w.invitation, Sending: 1})
		if err := w.courier.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		<-reached
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := w.courier.Stop(ctx); err != nil {
			t.Fatal(err)
		}
		if got := w.delivery(rule.DeliveryQueued); got.DeliveryError != nil {
			t.Errorf("a stop was recorded as a failure: %s", *got.DeliveryError)
		}

		close(open)
		w.start()
		w.delivery(rule.DeliverySent)
		if got := len(w.server.mails()); got != 1 {
			t.Errorf("sent %d times", got)
		}
	})
}
