package throwaway

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os/exec"
	"strings"
)

// ErrNoPooler means that this machine has no PgBouncer to start; it says how to get one.
var ErrNoPooler = errors.New("no PgBouncer found: install it (Debian: apt-get install pgbouncer; macOS: brew install pgbouncer)")

// Pooler is a running PgBouncer.
type Pooler struct {
	URL  string // of its database "roster"
	stop func() error
}

// Pool starts PgBouncer in front of a database. ini is its configuration, but for where it listens and whom it lets in,
// which is everybody who can open its folder; TARGET in it stands for the database.
func Pool(ctx context.Context, address, ini string) (*Pooler, error) {
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		program, err = exec.LookPath("/usr/sbin/pgbouncer")
	}
	if err != nil {
		return nil, ErrNoPooler
	}
	target, err := asTarget(address)
	if err != nil {
		return nil, err
	}
	return pool(ctx, program, ini, target)
}

// Stop ends it.
func (p *Pooler) Stop() error { return p.stop() }

// asTarget writes a database's address as PgBouncer reads it.
func asTarget(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", errors.New("the database's address is not a valid URL")
	}
	host, port := u.Hostname(), u.Port()
	if host == "" {
		host = u.Query().Get("host")
	}
	if port == "" {
		port = "5432"
	}
	target := fmt.Sprintf("host=%s port=%s dbname=%s user=%s", host, port, strings.TrimPrefix(u.Path, "/"), u.User.Username())
	if password, ok := u.User.Password(); ok {
		target += " password=" + password
	}
	return target, nil
}
