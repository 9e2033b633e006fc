package main

import (
	"encoding"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"roster/graph/generated"
	"roster/internal/web"
)

// doorConfig are the settings of who may come in, from where and how often.
type doorConfig struct {
	Introspection    string  `env:"INTROSPECTION" enum:",on,off" default:"" help:"Whether the schema is told to whoever asks: on or off. On in development unless said, off in production."`
	TrustedDocuments string  `name:"trusted-documents" env:"TRUSTED_DOCUMENTS" help:"A file of the operations that may run, as relay-compiler and graphql-codegen write it; nothing else runs then."`
	Origins          origins `name:"cors-origins" env:"CORS_ORIGINS" help:"Pages of these origins may use the API with their visitor's cookie or token: https://app.example.com, with commas between them."`
	Proxies          proxies `name:"trusted-proxies" env:"TRUSTED_PROXIES" help:"Addresses or networks of the proxies in front, such as 10.0.0.0/8,127.0.0.1: what they say in X-Forwarded-For is where a request comes from."`
	RequestsAMinute  rate    `name:"requests-a-minute" env:"REQUESTS_A_MINUTE" default:"0" help:"How many requests one address may make in a minute. 3000 in production unless said, any number in development."`
	SignInsAMinute   rate    `name:"sign-ins-a-minute" env:"SIGN_INS_A_MINUTE" default:"10" help:"How many sign-ins of one address may fail in a minute."`
}

type (
	origins []string
	proxies web.Proxies
	rate    int // a number above zero; zero only by default
)

var (
	_ encoding.TextUnmarshaler = (*origins)(nil)
	_ encoding.TextUnmarshaler = (*proxies)(nil)
	_ encoding.TextUnmarshaler = (*rate)(nil)
)

// UnmarshalText reads origins as browsers write them.
func (o *origins) UnmarshalText(text []byte) error {
	*o = nil
	for _, one := range strings.Split(string(text), ",") {
		one = strings.TrimSpace(one)
		u, err := url.Parse(one)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || one != u.Scheme+"://"+strings.ToLower(u.Host) || !portOf(u) || strings.Contains(one, "*") ||
			u.Scheme == "https" && u.Port() == "443" || u.Scheme == "http" && u.Port() == "80" {
			return errors.New("must be origins as browsers send them, each named in full, such as https://app.example.com or http://localhost:3000")
		}
		*o = append(*o, one)
	}
	return nil
}

// UnmarshalText reads networks and addresses.
func (p *proxies) UnmarshalText(text []byte) error {
	*p = nil
	for _, one := range strings.Split(string(text), ",") {
		one = strings.TrimSpace(one)
		network, err := netip.ParsePrefix(one)
		if a, alone := netip.ParseAddr(one); alone == nil {
			network, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil || network.Bits() == 0 {
			return errors.New("must be addresses or networks, such as 10.0.0.0/8 or 127.0.0.1; everybody cannot be trusted")
		}
		*p = append(*p, network.Masked())
	}
	return nil
}

// UnmarshalText reads a number above zero.
func (r *rate) UnmarshalText(text []byte) error {
	n, err := strconv.Atoi(string(text))
	if err != nil || n < 0 || n > 1_000_000_000 {
		return errors.New("must be a number, such as 600; 0 is the default")
	}
	*r = rate(n)
	return nil
}

// rates are the limits for each address. In development everything comes from one, and only guessing is limited.
func (c *config) rates() web.Rates {
	r := web.Rates{Requests: int(c.RequestsAMinute), SignIns: int(c.SignInsAMinute)}
	if c.development() && r.Requests == 0 {
		r.Requests, r.Forms = 1_000_000_000, 1_000_000_000
	}
	return r
}

// introspection is whether the schema is told.
func (c *config) introspection() bool {
	return c.Introspection == "on" || c.Introspection == "" && c.development()
}

// trusted are the only documents that may run; nil for any.
func (c *config) trusted() (map[string]string, error) {
	if c.TrustedDocuments == "" {
		return nil, nil
	}
	documents, err := web.ReadDocuments(c.TrustedDocuments, generated.NewExecutableSchema(generated.Config{}).Schema())
	if err != nil {
		return nil, fmt.Errorf("TRUSTED_DOCUMENTS: %w", err)
	}
	return documents, nil
}

// checkOrigins refuses pages that somebody on the way could change.
func (c *config) checkOrigins() error {
	for _, origin := range c.Origins {
		u, _ := url.Parse(origin) // it was parsed before
		if local := u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback(); !c.development() && u.Scheme != "https" && !local {
			return fmt.Errorf("CORS_ORIGINS: %s must begin with https:// in production", origin)
		}
	}
	return nil
}
