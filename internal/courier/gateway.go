package courier

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // what the gateway signs with
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// textMessage is a text ready to leave.
type textMessage struct {
	to, body string
	report   string // where the gateway tells how it went on
}

// texter is a way for text messages to leave: a gateway, or the mailbox in development.
type texter interface {
	// text returns nil once the message is in the other's hands, else a *refusal.
	text(context.Context, textMessage) error
}

// gateway hands text messages over to a gateway that speaks Twilio's HTTP: a form, basic authentication, and reports of
// what became of a message, signed with the password (https://www.twilio.com/docs/usage/security).
type gateway struct {
	url            string
	user, password string
	from           string
	client         *http.Client
}

// errGatewayURL never repeats the value, which holds a password.
var errGatewayURL = errors.New("SMS_URL: not a URL such as https://account:token@api.twilio.com/2010-04-01/Accounts/account/Messages.json?from=%2B447400123456")

// newGateway reads SMS_URL.
func newGateway(text string) (*gateway, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Fragment != "" || u.User == nil {
		return nil, errGatewayURL
	}
	g := &gateway{user: u.User.Username(), from: u.Query().Get("from"), client: &http.Client{
		Timeout: stepTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { // it would take the password and the link elsewhere
			return http.ErrUseLastResponse
		},
	}}
	g.password, _ = u.User.Password()
	local := u.Hostname() == "localhost" || strings.HasPrefix(u.Hostname(), "127.")
	switch {
	case u.Scheme != "https" && (u.Scheme != "http" || !local):
		return nil, errors.New("SMS_URL: must begin with https://, or everybody on the way can read the links")
	case g.user == "" || g.password == "":
		return nil, errors.New("SMS_URL: user and password must be given, as in https://account:token@…")
	case g.from == "" || len(u.Query()) != 1:
		return nil, errors.New("SMS_URL: must end with ?from= and the sender's number or name, and nothing else")
	}
	u.User, u.RawQuery = nil, ""
	g.url = u.String()
	return g, nil
}

// text hands one message over.
func (g *gateway) text(ctx context.Context, m textMessage) error {
	form := url.Values{"To": {m.to}, "From": {g.from}, "Body": {m.body}}
	if m.report != "" {
		form.Set("StatusCallback", m.report)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, g.url, strings.NewReader(form.Encode()))
	if err != nil {
		return unanswered(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(g.user, g.password)
	answer, err := g.client.Do(r)
	if err != nil {
		return unanswered(cmp.Or(ctx.Err(), err))
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 16<<10))
	if answer.StatusCode/100 == 2 {
		return nil // it has the message, whatever else it wanted to say
	}
	if err != nil {
		return unanswered(cmp.Or(ctx.Err(), err))
	}
	return declined(answer.StatusCode, body)
}

// declined explains a gateway's refusal. An answer about the message stays the same; one about us, or about the hour, does
// not: 401 and 403 until somebody mended the setting, 429 and 5xx until later.
func declined(status int, body []byte) *refusal {
	var says struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	}
	_ = json.Unmarshal(body, &says)
	r := &refusal{cause: fmt.Sprintf("the text gateway answered %d (%d)", status, says.Code), permanent: status == http.StatusBadRequest || status == http.StatusNotFound}
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		r.sentence = fmt.Sprintf("The text gateway refused our sign-in (%d).", status)
	case says.Message != "":
		r.sentence = fmt.Sprintf("The text gateway answered %d %s", cmp.Or(says.Code, status), harmless(says.Message))
	default:
		r.sentence = fmt.Sprintf("The text gateway answered %d.", status)
	}
	return r
}

// unanswered explains an attempt that came to no answer.
func unanswered(err error) *refusal {
	r := refused(err, false)
	r.cause = strings.ReplaceAll(r.cause, "mail server", "text gateway")
	r.sentence = sentence(r.cause)
	return r
}

// signed reports whether the gateway wrote a report: its signature is over the address it posted to and the form's fields
// in their order.
func (g *gateway) signed(address string, form url.Values, signature string) bool {
	mac := hmac.New(sha1.New, []byte(g.password))
	mac.Write([]byte(address))
	for _, name := range slices.Sorted(maps.Keys(form)) {
		for _, value := range form[name] {
			mac.Write([]byte(name + value))
		}
	}
	given, err := base64.StdEncoding.DecodeString(signature)
	return err == nil && hmac.Equal(given, mac.Sum(nil))
}
