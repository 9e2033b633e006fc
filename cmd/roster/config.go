package main

import (
	"context"
	"encoding"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"roster/internal/address"
	"roster/internal/courier"
	"roster/internal/store"
)

// developmentKey makes links in development only. Whoever knows it can make every link, and everybody does.
const developmentKey = "development only: never serve with this key"

type databaseConfig struct {
	DatabaseURL string `name:"database-url" env:"DATABASE_URL" default:"roster.db" help:"A SQLite file, or postgres://… ."`
	Pooler      string `name:"pgbouncer-read-database" env:"PGBOUNCER_READ_DATABASE" help:"Where DATABASE_URL leads to PgBouncer: its second name for the database, whose connections only read."`
}

// open opens the database; o holds what no setting says.
func (c databaseConfig) open(ctx context.Context, o store.Options) (*store.Store, error) {
	o.URL, o.Pooler = c.DatabaseURL, c.Pooler
	s, err := store.Open(ctx, o)
	if wrong, ok := errors.AsType[store.PoolerError](err); ok {
		return nil, fmt.Errorf("PGBOUNCER_READ_DATABASE: %w", wrong)
	}
	if wrong, ok := errors.AsType[store.ReplicaError](err); ok {
		return nil, fmt.Errorf("READ_DATABASE_URL: %w", wrong)
	}
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	return s, nil
}

// config is every setting there is; README has the same table.
type config struct {
	Database   databaseConfig `embed:""`
	ReplicaURL string         `name:"read-database-url" env:"READ_DATABASE_URL" help:"A streaming replica of a Postgres DATABASE_URL, for what queries show; it is read when it is as fresh."`
	Mode       string         `env:"MODE" default:"development" enum:"development,production" help:"development shows GraphiQL, the schema and the mailbox; production does not."`
	Listen     string         `env:"LISTEN" default:"127.0.0.1:8080" help:"Address and port to listen on."`
	BaseURL    string         `name:"base-url" env:"BASE_URL" help:"How people reach this server, for links in mails. In development http:// and LISTEN unless said."`
	Secret     string         `name:"secret-key" env:"SECRET_KEY" help:"At least 32 characters that nobody can guess. Links are made with it; a new one ends those sent before."`
	SMTPURL    string         `name:"smtp-url" env:"SMTP_URL" help:"smtp://user:password@host:587, or smtps:// with port 465. Without it, in development, mails go to /mailbox."`
	SMSURL     string         `name:"sms-url" env:"SMS_URL" help:"A gateway for text messages that speaks Twilio's HTTP: https://account:token@host/path?from=number. Without it, in development, they go to /mailbox, else none are sent."`
	MailFrom   string         `name:"mail-from" env:"MAIL_FROM" help:"Whom mails come from. Roster <roster@host of BASE_URL> unless said."`
	Mailbox    string         `env:"MAILBOX" default:"roster-mailbox" help:"The folder of the development mailbox."`

	doorConfig    `embed:""`
	inboundConfig `embed:""`
	watchConfig   `embed:""`

	SMSCountries countries `name:"sms-countries" env:"SMS_COUNTRIES" default:"AT,AU,BE,CA,CH,DE,DK,ES,FI,FR,GB,IE,IT,LU,NL,NO,NZ,PT,SE,US" help:"The countries whose numbers get text messages, by their two letters; all for every country."`
	AppStoreURL  string    `name:"app-store-url" env:"APP_STORE_URL" help:"Where the mobile app is for iPhones. Shown to those who accept by a text message."`
	PlayStoreURL string    `name:"play-store-url" env:"PLAY_STORE_URL" help:"Where the mobile app is for Android."`

	Providers      string `name:"oidc-providers" env:"OIDC_PROVIDERS" help:"Names of single sign-on providers, with commas. Each is described by the variables OIDC_NAME_ISSUER, _CLIENT_ID, _CLIENT_SECRET, _LABEL and _SCOPES."`
	DocumentsURL   string `name:"documents-url" env:"DOCUMENTS_URL" default:"roster-documents" help:"Where documents' files are kept: a folder, or s3://bucket?region=… ."`
	MailDomain     string `name:"mail-domain" env:"MAIL_DOMAIN" help:"What stands behind the @ of the addresses that documents are mailed to. The host of BASE_URL unless said."`
	WhatsAppSecret string `name:"whatsapp-secret" env:"WHATSAPP_SECRET" help:"What a connector signs with that hands over files from WhatsApp, at least 32 characters. Without it there is none."`

	ClientDays   days `name:"invitation-days-client" env:"INVITATION_DAYS_CLIENT" default:"14" help:"How many days an invitation into a client account is valid; also a duration such as 5s."`
	PracticeDays days `name:"invitation-days-practice" env:"INVITATION_DAYS_PRACTICE" default:"7" help:"The same for a practice's own team."`
	FreshFor     span `name:"fresh-for" env:"FRESH_FOR" default:"10m" help:"How long after signing in one can change one's password, email and other ways to sign in."`
	ResendAfter  span `name:"resend-after" env:"RESEND_AFTER" default:"5m" help:"How long after a sending an invitation can be sent again."`
}

func (c config) development() bool { return c.Mode == "development" }

// days is a number of days, or a duration.
type days time.Duration

// span is a duration above zero.
type span time.Duration

var (
	_ encoding.TextUnmarshaler = (*days)(nil)
	_ encoding.TextUnmarshaler = (*span)(nil)
)

// countries are codes with commas between them, or all.
type countries []string

var _ encoding.TextUnmarshaler = (*countries)(nil)

// UnmarshalText reads "GB,IE" and "all".
func (c *countries) UnmarshalText(text []byte) error {
	*c = nil
	if strings.EqualFold(strings.TrimSpace(string(text)), "all") {
		return nil
	}
	for _, code := range strings.Split(string(text), ",") {
		code = strings.TrimSpace(code)
		if !address.Country(code) {
			return errors.New("must be countries by their two letters, such as GB,IE, or all")
		}
		*c = append(*c, code)
	}
	return nil
}

// longest is the longest time a setting can say.
const longest = 3650 * 24 * time.Hour

// UnmarshalText reads "14" as days and "5s" as a duration.
func (d *days) UnmarshalText(text []byte) error {
	if n, err := strconv.Atoi(string(text)); err == nil && n > 0 && n <= 3650 {
		*d = days(time.Duration(n) * 24 * time.Hour)
		return nil
	}
	duration, err := time.ParseDuration(string(text))
	if err != nil || duration < time.Second || duration > longest {
		return errors.New("must be a number of days from 1 to 3650, or a duration such as 5s")
	}
	*d = days(duration)
	return nil
}

// UnmarshalText reads "5m" or "30s".
func (s *span) UnmarshalText(text []byte) error {
	duration, err := time.ParseDuration(string(text))
	if err != nil || duration <= 0 || duration > longest {
		return errors.New("must be a duration above zero, such as 5m or 30s")
	}
	*s = span(duration)
	return nil
}

// check completes the settings and names the variable that is wrong.
func (c *config) check() error {
	if !isListen(c.Listen) {
		return fmt.Errorf("LISTEN: %q is not an address and port such as 127.0.0.1:8080", c.Listen)
	}
	host, port, _ := net.SplitHostPort(c.Listen)
	if c.BaseURL == "" && c.development() {
		if host == "" || net.ParseIP(host).IsUnspecified() {
			host = "127.0.0.1"
		}
		c.BaseURL = "http://" + net.JoinHostPort(host, port)
	}
	c.BaseURL = strings.TrimSuffix(c.BaseURL, "/")
	_, providers := c.providers()
	return errors.Join(c.checkBase(), c.checkOrigins(), c.checkWatch(), c.checkSecret(), c.checkMail(), c.checkDocuments(), c.checkInbound(), providers, checkApp("APP_STORE_URL", c.AppStoreURL), checkApp("PLAY_STORE_URL", c.PlayStoreURL))
}

// isListen reports whether a text is an address and port to listen on.
func isListen(text string) bool {
	_, port, err := net.SplitHostPort(text)
	n, bad := strconv.Atoi(port)
	return err == nil && bad == nil && n >= 0 && n <= 65535
}

func (c *config) checkBase() error {
	if c.BaseURL == "" {
		return errors.New("BASE_URL: must be set in production, such as https://roster.example.com")
	}
	base, err := url.Parse(c.BaseURL)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Hostname() == "" || base.Path != "" || strings.ContainsAny(c.BaseURL, "?#") || base.User != nil || !portOf(base) {
		return errors.New("BASE_URL: must be an address such as https://roster.example.com, without a path")
	}
	if local := base.Hostname() == "localhost" || net.ParseIP(base.Hostname()).IsLoopback(); !c.development() && base.Scheme != "https" && !local {
		return errors.New("BASE_URL: must begin with https:// in production, or everybody on the way can read passwords")
	}
	return nil
}

// portOf reports whether an address has no port, or one that can be.
func portOf(u *url.URL) bool {
	n, err := strconv.Atoi(u.Port())
	return u.Port() == "" && !strings.HasSuffix(u.Host, ":") || err == nil && n > 0 && n <= 65535
}

func (c *config) checkSecret() error {
	c.Secret = strings.TrimSpace(c.Secret)
	different := map[rune]bool{}
	for _, r := range c.Secret {
		different[r] = true
	}
	switch {
	case c.Secret == "" && c.development():
		c.Secret = developmentKey
	case c.Secret == "":
		return errors.New("SECRET_KEY: must be set in production; make one with: openssl rand -base64 32")
	case c.Secret == developmentKey && !c.development():
		return errors.New("SECRET_KEY: is the one for development, which everybody knows; make one with: openssl rand -base64 32")
	case len(c.Secret) < 32:
		return errors.New("SECRET_KEY: must have at least 32 characters; make one with: openssl rand -base64 32")
	case len(different) < 8:
		return errors.New("SECRET_KEY: repeats a few characters and could be guessed; make one with: openssl rand -base64 32")
	}
	return nil
}

func checkApp(name, text string) error {
	if u, err := url.Parse(text); text != "" && (err != nil || u.Scheme != "https" || u.Host == "") {
		return fmt.Errorf("%s: must be an address that begins with https://", name)
	}
	return nil
}

func (c *config) checkMail() error {
	if c.SMTPURL == "" && !c.development() {
		return errors.New("SMTP_URL: must be set in production, such as smtp://user:password@mail.example.com:587")
	}
	return nil
}

// checkDocuments completes how documents come in.
func (c *config) checkDocuments() error {
	c.WhatsAppSecret = strings.TrimSpace(c.WhatsAppSecret)
	if c.WhatsAppSecret != "" && len(c.WhatsAppSecret) < 32 {
		return errors.New("WHATSAPP_SECRET: must have at least 32 characters; make one with: openssl rand -base64 32")
	}
	if c.MailDomain == "" {
		base, err := url.Parse(c.BaseURL)
		if err != nil {
			return nil // told already
		}
		if c.MailDomain = base.Hostname(); c.MailDomain == "" || net.ParseIP(c.MailDomain) != nil {
			c.MailDomain = "localhost"
		}
	}
	domain, err := address.Domain(c.MailDomain)
	if err != nil {
		return errors.New("MAIL_DOMAIN: must be a name such as in.example.com")
	}
	c.MailDomain = domain
	return nil
}

// courier is the part of the settings that mails are sent by.
func (c *config) courier() courier.Config {
	mails := courier.Config{SMSURL: c.SMSURL, SMTPURL: c.SMTPURL, From: c.MailFrom, Links: courier.Links{Base: c.BaseURL, Key: []byte(c.Secret)}}
	if c.SMTPURL == "" {
		mails.Mailbox = c.Mailbox
	}
	return mails
}
