package main

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // what the gateway signs with
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"roster/internal/store/storetest"
)

// E1, E8: the program as it is shipped gives a text message to a gateway, and takes its signed report of what became of it.
func TestATextMessageReachesAGatewayWhichReportsBack(t *testing.T) {
	t.Parallel()
	given := make(chan url.Values, 1)
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "account" || password != secret || r.ParseForm() != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.WriteHeader(http.StatusCreated)
		given <- r.PostForm
	}))
	defer gateway.Close()
	server := newPost(t, secret)
	serving := start(t, t.TempDir(), []string{"DATABASE_URL=" + storetest.URL(t, storetest.SQLite), "SMTP_URL=smtp://post:" + secret + "@" + server.address + "?tls=none",
		"SMS_URL=" + strings.Replace(gateway.URL, "http://", "http://account:"+secret+"@", 1) + "/Messages.json?from=Roster",
		"SECRET_KEY=" + secret, "BASE_URL=https://roster.example.com", "MODE=production"}, "serve")
	ada, client, _ := serving.begin(t, server)
	var made struct{ ID string }
	read(t, serving.must(t, ada, `mutation($a: ID!) { membershipAdd(input: {accountId: $a, firstName: "Gus", lastName: "Newman", email: "gus@example.com",
  mobile: "07400 123456", loginAccess: true, roleId: "rol_standard", invite: SMS}) { invitation { id } problems { code } } }`, map[string]any{"a": client})["invitation"], &made)

	var text url.Values
	select {
	case text = <-given:
	case <-time.After(20 * time.Second):
		t.Fatalf("the gateway was given nothing; the log says\n%s", serving.out.String())
	}
	if text.Get("To") != "+447400123456" || text.Get("From") != "Roster" || !strings.Contains(text.Get("Body"), "https://roster.example.com/accept/rit_") {
		t.Errorf("the gateway was given %v", text)
	}

	callback := text.Get("StatusCallback")
	path := strings.TrimPrefix(callback, "https://roster.example.com")
	form := url.Values{"ErrorCode": {"30005"}, "MessageStatus": {"undelivered"}}
	report := func(signature string) int {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, serving.base+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("X-Twilio-Signature", signature)
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		return response.StatusCode
	}
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write([]byte(callback + "ErrorCode30005MessageStatusundelivered"))
	if got := report("bm9ib2R5"); got != http.StatusForbidden {
		t.Errorf("a forged report is answered %d", got)
	}
	if got := report(base64.StdEncoding.EncodeToString(mac.Sum(nil))); got != http.StatusNoContent {
		t.Errorf("the gateway's report is answered %d", got)
	}
	var data struct {
		Node struct{ Delivery, DeliveryError string }
	}
	raw := serving.askAs(t, ada, `query($id: ID!) { node(id: $id) { ... on Invitation { delivery deliveryError } } }`, map[string]any{"id": made.ID})
	raw.into(t, &data)
	if data.Node.Delivery != "FAILED" || !strings.Contains(data.Node.DeliveryError, "30005") {
		told, _ := json.Marshal(data)
		t.Errorf("E8: the invitation says %s", told)
	}
	serving.stop(t)
	if said := serving.out.String(); strings.Contains(said, secret) || strings.Contains(said, "rit_") || strings.Contains(said, "+447400123456") {
		t.Errorf("a secret was said:\n%s", said)
	}
}
