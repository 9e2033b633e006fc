package main

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"roster/internal/signon"
	"roster/internal/store"
)

// mostProviders is how many buttons a page has room for.
const mostProviders = 20

var providerName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// providers are those of OIDC_PROVIDERS, each described by variables that begin with OIDC_ and its name.
func (c *config) providers() (list []signon.Config, err error) {
	for _, name := range strings.FieldsFunc(c.Providers, func(r rune) bool { return r == ',' || r == ' ' }) {
		if !providerName.MatchString(name) || len(name) > 30 {
			return nil, fmt.Errorf("OIDC_PROVIDERS: %.40q is no name of a-z, 0-9 and -, at most 30 characters", name)
		}
		if slices.ContainsFunc(list, func(p signon.Config) bool { return p.Name == name }) {
			return nil, fmt.Errorf("OIDC_PROVIDERS: %s stands there twice", name)
		}
		p, err := c.provider(name)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(list, func(other signon.Config) bool { return other.Issuer == p.Issuer }); i >= 0 {
			return nil, fmt.Errorf("%s: is that of %s, too; one provider has one name", variable(name, "ISSUER"), list[i].Name)
		}
		list = append(list, p)
	}
	if len(list) > mostProviders {
		return nil, fmt.Errorf("OIDC_PROVIDERS: at most %d", mostProviders)
	}
	return list, nil
}

// variable is what a setting of a provider is called.
func variable(name, what string) string {
	return "OIDC_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_")) + "_" + what
}

func (c *config) provider(name string) (signon.Config, error) {
	set := func(what, unless string) string {
		if text := strings.TrimSpace(os.Getenv(variable(name, what))); text != "" {
			return text
		}
		return unless
	}
	p := signon.Config{Name: name, Label: set("LABEL", strings.ToUpper(name[:1])+name[1:]), Issuer: set("ISSUER", ""), ClientID: set("CLIENT_ID", ""),
		ClientSecret: set("CLIENT_SECRET", ""), Scopes: strings.FieldsFunc(set("SCOPES", "openid email profile"), func(r rune) bool { return r == ',' || r == ' ' })}
	wrong := func(what string, err error) (signon.Config, error) {
		return signon.Config{}, fmt.Errorf("%s: %w", variable(name, what), err)
	}
	if err := signon.CheckIssuer(p.Issuer, c.development()); err != nil {
		return wrong("ISSUER", err)
	}
	switch {
	case p.ClientID == "":
		return wrong("CLIENT_ID", errors.New("must be set; the provider gives it when Roster is registered there"))
	case p.ClientSecret == "":
		return wrong("CLIENT_SECRET", errors.New("must be set; the provider gives it when Roster is registered there"))
	case utf8.RuneCountInString(p.Label) > 40:
		return wrong("LABEL", errors.New("must have at most 40 characters"))
	case !slices.Contains(p.Scopes, "openid"):
		return wrong("SCOPES", errors.New("must have openid among them, such as: openid email profile"))
	}
	return p, nil
}

// signOn makes the providers; it asks none of them anything.
func (c *config) signOn(s *store.Store) (*signon.Providers, error) {
	list, err := c.providers()
	if err != nil {
		return nil, err
	}
	return signon.New(list, signon.Options{BaseURL: c.BaseURL, Key: []byte(c.Secret), Now: s.Now})
}
