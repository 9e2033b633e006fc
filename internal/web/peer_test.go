package web

import (
	"net/http/httptest"
	"net/netip"
	"testing"
)

// What a request says of itself is believed only from a proxy of ours, and only as far as our own proxies wrote it.
func TestAnAddressIsThatOfTheConnectionUnlessOurProxySaysOtherwise(t *testing.T) {
	t.Parallel()
	ours := Proxies{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("fd00::/8")}
	for _, c := range []struct {
		name      string
		proxies   Proxies
		from      string
		forwarded []string
		want      string
	}{
		{"nobody in front", nil, "192.0.2.1:5000", nil, "192.0.2.1"},
		{"nobody in front, and a forged header", nil, "192.0.2.1:5000", []string{"198.51.100.7"}, "192.0.2.1"},
		{"a stranger with a forged header", ours, "192.0.2.1:5000", []string{"198.51.100.7"}, "192.0.2.1"},
		{"our proxy", ours, "10.1.2.3:80", []string{"198.51.100.7"}, "198.51.100.7"},
		{"our proxy, and a beginning that the client wrote", ours, "10.1.2.3:80", []string{"127.0.0.1, 10.9.9.9, 203.0.113.9, 198.51.100.7"}, "198.51.100.7"},
		{"our proxy behind another of ours", ours, "10.1.2.3:80", []string{"203.0.113.9, 198.51.100.7, 10.4.4.4"}, "198.51.100.7"},
		{"headers in two lines", ours, "10.1.2.3:80", []string{"203.0.113.9", "198.51.100.7"}, "198.51.100.7"},
		{"our proxy without a header", ours, "10.1.2.3:80", nil, "10.1.2.3"},
		{"our proxy with nonsense", ours, "10.1.2.3:80", []string{"198.51.100.7, unknown"}, "10.1.2.3"},
		{"nothing but our own", ours, "10.1.2.3:80", []string{"10.5.5.5"}, "10.5.5.5"},
		{"with a port", ours, "127.0.0.1:80", []string{"198.51.100.7:4711"}, "198.51.100.7"},
		{"IPv6", ours, "[fd00::1]:80", []string{"2001:db8::7"}, "2001:db8::7"},
		{"IPv6 with a port", ours, "[fd00::1]:80", []string{"[2001:db8::7]:443"}, "2001:db8::7"},
		{"IPv4 inside IPv6", ours, "[::ffff:10.1.2.3]:80", []string{"::ffff:198.51.100.7"}, "198.51.100.7"},
		{"a zone", nil, "[fe80::1%eth0]:80", nil, "fe80::1"},
		{"no address at all", ours, "@", []string{"198.51.100.7"}, ""},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.from
		for _, one := range c.forwarded {
			r.Header.Add("X-Forwarded-For", one)
		}
		r.Header.Set("X-Real-IP", "203.0.113.1")
		r.Header.Set("Forwarded", "for=203.0.113.2")
		if got := c.proxies.client(r); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
