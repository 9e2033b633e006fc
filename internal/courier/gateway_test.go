package courier

import (
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // what the gateway signs with
	"encoding/base64"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

// station is a text gateway on loopback that remembers what it was given, and answers as it is told.
type station struct {
	mu     sync.Mutex
	given  []url.Values
	answer func(times int, w http.ResponseWriter)
}

func (s *station) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	user, password, _ := r.BasicAuth()
	if err := r.ParseForm(); err != nil || r.Method != http.MethodPost || r.URL.RawQuery != "" || user != "AC1" || password != "pa:ss" {
		http.Error(w, "", http.StatusUnauthorized)
		return
	}
	s.mu.Lock()
	s.given = append(s.given, r.PostForm)
	times := len(s.given)
	s.mu.Unlock()
	if s.answer != nil {
		s.answer(times, w)
		return
	}
	w.WriteHeader(http.StatusCreated)
	fmt.Fprint(w, `{"sid":"SM1","status":"queued"}`)
}

func (s *station) texts() []url.Values {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]url.Values(nil), s.given...)
}

// newTextWorld is a world whose invitation goes out as a text message.
func newTextWorld(t *testing.T, s *store.Store, answer func(times int, w http.ResponseWriter)) (*world, *station) {
	t.Helper()
	gateway := &station{answer: answer}
	server := httptest.NewServer(gateway)
	t.Cleanup(server.Close)
	w := newWorld(t, s, nil)
	var err error
	w.courier, err = New(s, Config{
		SMTPURL: "smtp://" + w.server.addr,
		SMSURL:  strings.Replace(server.URL, "http://", "http://AC1:pa%3Ass@", 1) + "/2010-04-01/Accounts/AC1/Messages.json?from=%2B447000000000",
		Links:   testLinks(base),
		Retry:   Retry{First: 10 * time.Millisecond, Most: 20 * time.Millisecond, Attempts: 4},
		Log:     slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	w.tx(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.Membership.UpdateOneID(w.member).SetMobile("+447400123456").Exec(ctx); err != nil {
			return err
		}
		return tx.Invitation.UpdateOneID(w.invitation).SetChannel(rule.BySMS).Exec(ctx)
	})
	return w, gateway
}

func TestAnInvitationLeavesAsATextMessage(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w, gateway := newTextWorld(t, s, nil)
		w.start()
		w.enqueue(Invitation{LinkID: w.invitation, Sending: 1})

		got := w.delivery(rule.DeliverySent)
		if got.SentTo == nil || *got.SentTo != "+447400123456" || got.SentFrom == nil || *got.SentFrom != "+447000000000" || got.DeliveryError != nil {
			t.Errorf("it is recorded as %v", got)
		}
		sent := gateway.texts()
		if len(sent) != 1 || len(w.server.mails()) != 0 {
			t.Fatalf("the gateway was given %d texts, the mail server %d mails", len(sent), len(w.server.mails()))
		}
		one := sent[0]
		link := w.courier.Links().Invitation(w.invitation, 1)
		if one.Get("To") != "+447400123456" || one.Get("From") != "+447000000000" || one.Get("StatusCallback") != base+"/texts/"+w.invitation+"/1" {
			t.Errorf("the gateway was given %v", one)
		}
		if want := `Ash & Partners has invited you to Zoë's "Bakery" <b> on Roster. To accept, open ` + link + " by "; !strings.HasPrefix(one.Get("Body"), want) {
			t.Errorf("the text is %q, want %q…", one.Get("Body"), want)
		}

		// A reminder tells nothing of the invitation's delivery.
		w.enqueue(Reminder{LinkID: w.invitation, Sending: 1})
		w.wait("the reminder", func() bool { return len(gateway.texts()) == 2 })
		if again := gateway.texts()[1]; !strings.HasPrefix(again.Get("Body"), "Reminder: Ash & Partners") || again.Has("StatusCallback") {
			t.Errorf("the reminder is %v", again)
		}
	})
}

func TestHowAGatewayRefuses(t *testing.T) {
	t.Parallel()
	says := func(status int, body string) func(int, http.ResponseWriter) {
		return func(_ int, w http.ResponseWriter) {
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}
	}
	late := func(then int) func(int, http.ResponseWriter) {
		return func(times int, w http.ResponseWriter) {
			if times < 3 {
				w.WriteHeader(then)
			}
		}
	}
	cut := func(times int, w http.ResponseWriter) {
		if times < 3 {
			panic(http.ErrAbortHandler)
		}
	}
	elsewhere := func(_ int, w http.ResponseWriter) {
		w.Header().Set("Location", "http://127.0.0.1:1/")
		w.WriteHeader(http.StatusTemporaryRedirect)
	}
	for name, c := range map[string]struct {
		answer   func(int, http.ResponseWriter)
		delivery rule.Delivery
		attempts int
		problem  string
	}{
		"a number it does not know": {says(400, `{"code":21211,"message":"The 'To' number is not valid, see https://example.com/accept/rit_x"}`), rule.DeliveryFailed, 1,
			"The text gateway answered 21211 The 'To' number is not valid, see (link)"},
		"a sign-in it does not know": {says(401, `{"code":20003,"message":"Authenticate AC1:pa:ss"}`), rule.DeliveryFailed, 4, "The text gateway refused our sign-in (401)."},
		"an answer that is no JSON":  {says(400, "<html>"), rule.DeliveryFailed, 1, "The text gateway answered 400."},
		"another address":            {elsewhere, rule.DeliveryFailed, 4, "The text gateway answered 307."},
		"too many just now":          {late(429), rule.DeliverySent, 3, ""},
		"a fault of its own":         {late(503), rule.DeliverySent, 3, ""},
		"a connection that breaks":   {cut, rule.DeliverySent, 3, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := storetest.Open(t, storetest.SQLite)
			w, gateway := newTextWorld(t, s, c.answer)
			w.start()
			w.enqueue(Invitation{LinkID: w.invitation, Sending: 1})
			got := w.delivery(c.delivery)
			problem := ""
			if got.DeliveryError != nil {
				problem = *got.DeliveryError
			}
			if problem != c.problem || len(gateway.texts()) != c.attempts {
				t.Errorf("after %d attempts it says %q, want %d and %q", len(gateway.texts()), problem, c.attempts, c.problem)
			}
		})
	}
}

// sign signs a report as the gateway does.
func sign(address, password string, form url.Values, order ...string) string {
	mac := hmac.New(sha1.New, []byte(password))
	mac.Write([]byte(address))
	for _, name := range order {
		mac.Write([]byte(name + form.Get(name)))
	}
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func TestOnlyTheGatewayReportsWhatBecameOfAText(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w, _ := newTextWorld(t, s, nil)
		w.start()
		w.enqueue(Invitation{LinkID: w.invitation, Sending: 1})
		w.delivery(rule.DeliverySent)
		report := func(sending, status, code string, spoil func(form url.Values, signature *string)) bool {
			form := url.Values{"MessageSid": {"SM1"}, "MessageStatus": {status}, "ErrorCode": {code}}
			signature := sign(base+"/texts/"+w.invitation+"/"+sending, "pa:ss", form, "ErrorCode", "MessageSid", "MessageStatus")
			if spoil != nil {
				spoil(form, &signature)
			}
			known, err := w.courier.Report(t.Context(), w.invitation, sending, form, signature)
			if err != nil {
				t.Fatal(err)
			}
			return known
		}
		for name, spoil := range map[string]func(url.Values, *string){
			"another field":     func(f url.Values, _ *string) { f.Set("MessageStatus", "delivered") },
			"one field more":    func(f url.Values, _ *string) { f.Set("X", "") },
			"no signature":      func(_ url.Values, s *string) { *s = "" },
			"not even a letter": func(_ url.Values, s *string) { *s = "%%%" },
			"another password": func(f url.Values, s *string) {
				*s = sign(base+"/texts/"+w.invitation+"/1", "other", f, "ErrorCode", "MessageSid", "MessageStatus")
			},
			"another address": func(f url.Values, s *string) {
				*s = sign("https://evil.example/texts/"+w.invitation+"/1", "pa:ss", f, "ErrorCode", "MessageSid", "MessageStatus")
			},
		} {
			if report("1", "failed", "30005", spoil) {
				t.Errorf("%s: it was taken", name)
			}
		}
		if got := w.delivery(rule.DeliverySent); got.DeliveryError != nil {
			t.Errorf("a forged report was written down: %s", *got.DeliveryError)
		}

		if !report("1", "undelivered", "30005", nil) {
			t.Error("the gateway's own report was not taken")
		}
		got := w.delivery(rule.DeliveryFailed)
		if want := "The text message did not arrive: the gateway says undelivered (30005)."; got.DeliveryError == nil || *got.DeliveryError != want {
			t.Errorf("the error is %v, want %q", got.DeliveryError, want)
		}
		// On its way is nothing new, whenever it comes; arrived is.
		if !report("1", "sent", "", nil) || w.delivery(rule.DeliveryFailed).DeliveryError == nil {
			t.Error("a text on its way undid what is final")
		}
		if !report("1", "delivered", "", nil) || w.delivery(rule.DeliverySent).DeliveryError != nil {
			t.Error("a text that arrived is not written down")
		}
		// A report on a sending before is about a link that is dead.
		if !report("2", "failed", "30005", nil) || w.delivery(rule.DeliverySent).DeliveryError != nil {
			t.Error("another sending's report was written down")
		}
	})
}

func TestSMSURLIsCheckedAndNeverRepeated(t *testing.T) {
	t.Parallel()
	if _, err := newGateway("https://AC1:secret@api.example.com/Messages.json?from=%2B447000000000"); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "::secret", "https://api.example.com/?from=1", "http://AC1:secret@api.example.com/?from=1", "https://AC1@api.example.com/?from=secret",
		"https://AC1:secret@api.example.com/", "https://AC1:secret@api.example.com/?from=1&x=2", "https://AC1:secret@api.example.com/?from=1#x", "ftp://AC1:secret@127.0.0.1/?from=1"} {
		_, err := newGateway(text)
		if err == nil || !strings.HasPrefix(err.Error(), "SMS_URL: ") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q is answered %v", text, err)
		}
	}
}
