package house_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"roster/internal/people"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
	"roster/internal/web"
)

const connectorSecret = "what a connector signs with, 32 or more"

// connector is a request of the program that fetches files from WhatsApp.
type connector struct {
	fields  map[string]string
	content string
	sign    func(body []byte) string // nil: rightly
}

func hubSigned(secret string) func([]byte) string {
	return func(body []byte) string {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write(body)
		return "sha256=" + hex.EncodeToString(mac.Sum(nil))
	}
}

func (c connector) send(t *testing.T, door http.Handler) *httptest.ResponseRecorder {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	var errs []error
	for name, value := range c.fields {
		errs = append(errs, form.WriteField(name, value))
	}
	if c.content != "" {
		part, err := form.CreateFormFile("file", "IMG-20990105-WA0001.pdf")
		if err == nil {
			_, err = part.Write([]byte(c.content))
		}
		errs = append(errs, err)
	}
	if err := errors.Join(append(errs, form.Close())...); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, base+"/whatsapp/documents", bytes.NewReader(b.Bytes()))
	r.Header.Set("Content-Type", form.FormDataContentType())
	sign := c.sign
	if sign == nil {
		sign = hubSigned(connectorSecret)
	}
	r.Header.Set("X-Hub-Signature-256", sign(b.Bytes()))
	w := httptest.NewRecorder()
	door.ServeHTTP(w, r)
	return w
}

// What comes from a user's number becomes their document, if a connector signed it; nothing else does.
func TestAFileFromWhatsAppIsItsUsers(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFiling(t, s)
		door, err := web.New(s, f.logins, f.people, f.papers, nil, web.Config{BaseURL: base, WhatsApp: []byte(connectorSecret), Log: slog.New(slog.DiscardHandler)})
		must(t, door, err)
		activate := func(member string, on bool) {
			number := "+447400123456"
			if err := f.people.UpdateDetails(f.as, member, people.Details{WhatsApp: &people.WhatsApp{Active: on, Mobile: &number}}); err != nil {
				t.Fatal(err)
			}
		}
		want := func(what string, w *httptest.ResponseRecorder, status, documents int, says string) {
			t.Helper()
			if w.Code != status || !strings.Contains(w.Body.String(), says) {
				t.Errorf("%s: %d %s, want %d and %q", what, w.Code, w.Body, status, says)
			}
			f.whole(t, documents)
		}
		with := func(name, value string) map[string]string {
			fields := map[string]string{"message": "wamid.1", "from": "447400123456", "kind": "COSTS"}
			if fields[name] = value; value == "" {
				delete(fields, name)
			}
			return fields
		}
		file := "%PDF-1.7 one"
		want("a number that nobody activated", connector{with("", ""), file, nil}.send(t, door), 422, 0, "NOT_PERMITTED")
		activate(f.member, true)
		for what, sign := range map[string]func([]byte) string{"no signature": func([]byte) string { return "" }, "another's": hubSigned("another secret of thirty-two letters"),
			"of another body": func([]byte) string { return hubSigned(connectorSecret)([]byte("another")) }, "in another form": func(b []byte) string { return "sha1=" + hubSigned(connectorSecret)(b)[7:] }} {
			want(what, connector{with("", ""), file, sign}.send(t, door), 403, 0, "")
		}
		for _, name := range []string{"message", "from", "kind"} {
			want("without "+name, connector{with(name, ""), file, nil}.send(t, door), 400, 0, "")
		}
		want("without a file", connector{with("", ""), "", nil}.send(t, door), 400, 0, "")
		want("a page", connector{with("", ""), "<html>", nil}.send(t, door), 422, 0, "FILE_TYPE_NOT_ACCEPTED")
		want("the first", connector{with("", ""), file, nil}.send(t, door), 200, 1, `"before":false`)
		want("the same message", connector{with("", ""), file, nil}.send(t, door), 200, 1, `"before":true`)
		want("the same file", connector{with("message", "wamid.2"), file, nil}.send(t, door), 200, 1, `"before":true`)
		d := f.store.Read().Document.Query().OnlyX(store.Facts(t.Context()))
		if *d.OwnerID != f.member || *d.SubmittedByID != f.member || d.Channel != rule.FromWhatsApp || d.SubmittedForID != nil {
			t.Errorf("it is %+v, want the user's own by WhatsApp", d)
		}

		want("a photo", connector{with("message", "wamid.photo"), file + strings.Repeat("x", 5<<20), nil}.send(t, door), 200, 2, "")
		want("one that is too large", connector{with("message", "wamid.large"), file + strings.Repeat("x", rule.MaxFile), nil}.send(t, door), 422, 2, "FILE_TOO_LARGE")
		want("one that is far too large", connector{with("message", "wamid.huge"), file + strings.Repeat("x", rule.MaxFile+2<<20), nil}.send(t, door), 413, 2, "")

		practice, err := f.people.CreatePractice(f.as, "Another", "GB")
		second := f.home.client(f.as, must(t, practice, err))
		added, err := f.people.Add(f.as, person(second, rule.StandardRole, f.user.Email))
		other := must(t, added, err).Membership
		activate(other, true)
		want("a number of two accounts", connector{with("message", "wamid.3"), "%PDF-1.7 two", nil}.send(t, door), 422, 2, second)
		three := with("message", "wamid.3")
		three["account"] = second
		want("with its account", connector{three, "%PDF-1.7 two", nil}.send(t, door), 200, 3, `"document":"doc_`)
		activate(other, false)
		want("one that is left", connector{with("message", "wamid.4"), "%PDF-1.7 three", nil}.send(t, door), 200, 4, "")
		if err := f.people.Deactivate(f.as, f.member, ""); err != nil {
			t.Fatal(err)
		}
		want("F4: a deactivated user", connector{with("message", "wamid.5"), "%PDF-1.7 four", nil}.send(t, door), 422, 4, "NOT_PERMITTED")

		if w := (connector{with("", ""), file, nil}).send(t, f.door); w.Code != 404 {
			t.Errorf("without a secret there is no door, and it answers %d", w.Code)
		}
	})
}
