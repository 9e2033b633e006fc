package signon

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// What a provider may take and say: an answer within four seconds, so that three of them fit into a request of ours,
// and as long as descriptions and keys are, many times over.
const (
	answerWithin  = 4 * time.Second
	longestAnswer = 256 << 10
	longestHeader = 32 << 10
)

// newClient makes the client that asks one provider. It follows no redirect: what a provider describes itself by is where
// it says, and nothing that it answers sends us elsewhere.
func newClient(plain bool) *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxResponseHeaderBytes, t.IdleConnTimeout = longestHeader, 10*time.Second
	return &http.Client{Timeout: answerWithin, Transport: guarded{t, plain},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// guarded asks only what may be asked, and reads only so much.
type guarded struct {
	next  http.RoundTripper
	plain bool
}

// RoundTrip asks.
func (g guarded) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := mayAsk(r.URL, g.plain); err != nil {
		return nil, err
	}
	answer, err := g.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer.Body = http.MaxBytesReader(nil, answer.Body, longestAnswer)
	return answer, nil
}

// mayAsk refuses an endpoint that is no https address. plain: the provider is on this machine, where its endpoints may be
// http like itself.
func mayAsk(u *url.URL, plain bool) error {
	switch {
	case u.Hostname() == "" || u.User != nil || u.Fragment != "":
		return errors.New("an endpoint that is no web address")
	case u.Scheme == "https", plain && u.Scheme == "http" && loopback(u):
		return nil
	}
	return fmt.Errorf("an endpoint by %q instead of https", u.Scheme)
}
