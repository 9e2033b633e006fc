package graph_test

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"roster/internal/signon/signontest"
)

// onward is where the page leads that sends somebody to a provider.
var onward = regexp.MustCompile(`http-equiv="refresh" content="0; url=([^"]+)"`)

// signsOn goes to a provider and comes back, as far as Roster lets:
//
//	sign-on at acme as tom's browser                 (signs in)
//	sign-on at acme to LINK as tom's browser         (also: to PROVE; again: signs in anew)
//	  sub: "tom-1"
//	  email: "tom@example.com"
//	  next: /people.csv
//
// The body is what the provider says of the person, in JSON, and fields of the form. `page` tells what came of it.
func (w *world) signsOn(s step) error {
	what, who, ok := strings.Cut(strings.TrimPrefix(s.rest, "at "), " as ")
	if !ok {
		return fmt.Errorf("who signs on?")
	}
	b, err := w.browser(who)
	if err != nil {
		return err
	}
	name, purpose, _ := strings.Cut(what, " to ")
	name, again := strings.CutSuffix(name, " again")
	form := url.Values{"purpose": {purpose}}
	if again {
		form.Set("again", "1")
	}
	claims := signontest.Claims{}
	for _, line := range s.lines() {
		field, value, _ := strings.Cut(w.names.fill(line), ": ")
		if field == "next" {
			form.Set(field, value)
			continue
		}
		var told any
		if err := json.Unmarshal([]byte(value), &told); err != nil {
			return fmt.Errorf("%s is not JSON: %w", field, err)
		}
		if field == "auth_time" { // seconds before now
			told = w.clock.Now().Unix() - int64(told.(float64))
		}
		claims[field] = told
	}
	got, err := w.send(http.MethodPost, "/sign-on/"+name, "application/x-www-form-urlencoded", []byte(form.Encode()), caller{browser: b})
	if err != nil {
		return err
	}
	if to := onward.FindSubmatch(got.raw); to != nil && got.status == http.StatusOK {
		back, err := w.providers[name].Visit(html.UnescapeString(string(to[1])), claims)
		if err != nil {
			return err
		}
		got, err = w.send(http.MethodGet, strings.TrimPrefix(back, w.server.URL), "", nil, caller{browser: b})
		if err != nil {
			return err
		}
	}
	got.step, got.page, got.asked = s, true, s.String()+"\n"+s.body
	w.before, w.last = w.last, got
	return nil
}
