package inbound

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// certificate is what STARTTLS shows. It is read again when its files change, so that one that was renewed needs no restart.
type certificate struct {
	cert, key string
	log       *slog.Logger

	mu   sync.Mutex
	at   [2]time.Time // when the files were written that it was read from
	pair *tls.Certificate
}

func readCertificate(cert, key string, log *slog.Logger) (*certificate, error) {
	c := &certificate{cert: cert, key: key, log: log}
	var err error
	if c.at, err = c.written(); err == nil {
		c.pair, err = c.load()
	}
	if err != nil {
		return nil, fmt.Errorf("SMTP_TLS_CERT: %w", err)
	}
	return c, nil
}

func (c *certificate) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.now(), nil }}
}

func (c *certificate) written() (at [2]time.Time, err error) {
	for i, name := range []string{c.cert, c.key} {
		info, err := os.Stat(name)
		if err != nil {
			return at, err
		}
		at[i] = info.ModTime()
	}
	return at, nil
}

func (c *certificate) load() (*tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	return &pair, err
}

// now is the certificate as its files have it. While they cannot be read, or do not belong together yet, it is the one before.
func (c *certificate) now() *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, err := c.written()
	if err == nil && at == c.at {
		return c.pair
	}
	var pair *tls.Certificate
	if err == nil {
		pair, err = c.load()
	}
	if err != nil {
		c.log.Warn("SMTP_TLS_CERT: the new certificate cannot be read; the one before is shown", "error", err)
		return c.pair
	}
	c.pair, c.at = pair, at
	return c.pair
}
