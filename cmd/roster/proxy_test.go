package main

import (
	"context"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"roster/internal/courier"
	"roster/internal/login"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

const adasPassword = "velvet harbour ninety lanterns"

// servers are two processes on one Postgres, and a proxy in front of them that sends each next request to the other.
type servers struct {
	*office
	one, other, front *running
	post              *post
}

// twoServers starts them. What is in env comes on top.
func twoServers(t *testing.T, env ...string) *servers {
	t.Helper()
	return serversOf(newOffice(t, storetest.Postgres), env...)
}

func serversOf(o *office, env ...string) *servers {
	o.Helper()
	hash, err := login.New(o.store, courier.Links{}, login.Config{}).Hash(o.Context(), adasPassword)
	if err != nil {
		o.Fatal(err)
	}
	o.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.User.UpdateOneID("usr_ada").SetPasswordHash(hash).Exec(ctx)
	})

	s := &servers{office: o, post: newPost(o.T, secret)}
	turns := proxy(o.T)
	env = append([]string{"MODE=production", "BASE_URL=" + turns.base, "SECRET_KEY=" + secret, "TRUSTED_PROXIES=127.0.0.1", "DATABASE_URL=" + o.url,
		"SMTP_URL=smtp://post:" + secret + "@" + s.post.address + "?tls=none", "DOCUMENTS_URL=" + filepath.Join(o.TempDir(), "documents")}, env...)
	s.one, s.other = start(o.T, o.TempDir(), env, "serve"), start(o.T, o.TempDir(), env, "serve")
	turns.to(o.T, s.one, s.other)
	s.front = &running{base: turns.base}
	return s
}

// roundRobin is a proxy as nginx is set up: the end of X-Forwarded-For is what it saw itself, before it stands what the
// client claims.
type roundRobin struct {
	base    string
	count   atomic.Int64
	servers []*url.URL
}

func proxy(t *testing.T) *roundRobin {
	t.Helper()
	p := &roundRobin{}
	forward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(p.servers[p.count.Add(1)%int64(len(p.servers))])
		r.Out.Host = r.In.Host
		r.Out.Header["X-Forwarded-For"] = r.In.Header["X-Forwarded-For"]
		r.SetXForwarded()
	}}
	server := httptest.NewServer(forward)
	t.Cleanup(server.Close)
	p.base = server.URL
	return p
}

func (p *roundRobin) to(t *testing.T, servers ...*running) {
	t.Helper()
	for _, s := range servers {
		u, err := url.Parse(s.base)
		if err != nil {
			t.Fatal(err)
		}
		p.servers = append(p.servers, u)
	}
}

// from is a client with a cookie jar of its own at an address on loopback, of which there are many.
func from(t *testing.T, address string) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	dial := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	transport := &http.Transport{DialContext: dial.DialContext}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Jar: jar, Transport: transport}
}

const whoAmI = `{ viewer { user { id } } }`

// who is the login that a server sees behind a client; empty for nobody.
func (r *running) who(t *testing.T, as *http.Client) string {
	t.Helper()
	var data struct {
		Viewer *struct{ User struct{ ID string } }
	}
	r.askAs(t, as, whoAmI, nil).into(t, &data)
	if data.Viewer == nil {
		return ""
	}
	return data.Viewer.User.ID
}

func ada() map[string]any {
	return map[string]any{"email": "ada@example.com", "password": adasPassword}
}

// forwarded says whom a request comes from, as a proxy does.
type forwarded struct {
	http.RoundTripper
	address string
}

// RoundTrip adds the header.
func (f forwarded) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Forwarded-For", f.address)
	return f.RoundTripper.RoundTrip(r)
}

// linkIn is the path of the link in a mail.
func linkIn(t *testing.T, m letter) string {
	t.Helper()
	_, rest, found := strings.Cut(m.parts["text/plain"], "http://")
	if !found {
		t.Fatalf("no link in %q", m.parts["text/plain"])
	}
	address, err := url.Parse("http://" + strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return address.Path
}

// count is a number that the database gives.
func (o *office) count(query string) (n int) {
	o.Helper()
	rows, err := o.store.Query(o.Context(), query)
	if err != nil {
		o.Fatal(err)
	}
	defer rows.Close()
	if !rows.Next() {
		o.Fatal("no row", rows.Err())
	}
	if err := rows.Scan(&n); err != nil {
		o.Fatal(err)
	}
	return n
}
