package web

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies are those in front of this server whose word is taken for where a request comes from.
type Proxies []netip.Prefix

func (p Proxies) among(a netip.Addr) bool {
	return slices.ContainsFunc(p, func(n netip.Prefix) bool { return n.Contains(a) })
}

// direct reports whether a request comes straight from a proxy of ours.
func (p Proxies) direct(r *http.Request) bool {
	ends, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && p.among(ends.Addr().Unmap().WithZone(""))
}

// client is the address that a request comes from: the other end of the connection or, where that is a proxy of ours,
// what the proxy says it was. Of X-Forwarded-For only the end that our own proxies wrote is believed: whoever asks can
// write the beginning themselves. What cannot be read ends the search there, at the last address that was sure.
func (p Proxies) client(r *http.Request) string {
	ends, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	at := ends.Addr().Unmap().WithZone("")
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		if !p.among(at) {
			break
		}
		before, err := hopped(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		at = before
	}
	return at.String()
}

// hopped reads an address with or without a port, since some proxies write one.
func hopped(text string) (netip.Addr, error) {
	if ends, err := netip.ParseAddrPort(text); err == nil {
		return ends.Addr().Unmap().WithZone(""), nil
	}
	a, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return a.Unmap().WithZone(""), err
}
