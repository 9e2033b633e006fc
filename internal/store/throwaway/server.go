package throwaway

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"

	"github.com/lib/pq"
)

// Find is the server that TEST_DATABASE_URL names, which Stop leaves alone, or a cluster that is started.
func Find(ctx context.Context) (*Cluster, error) {
	if address := os.Getenv("TEST_DATABASE_URL"); address != "" {
		if _, err := url.Parse(address); err != nil {
			return nil, errors.New("TEST_DATABASE_URL is not a valid postgres:// URL")
		}
		return &Cluster{URL: address, stop: func() error { return nil }}, nil
	}
	return Start(ctx)
}

// Create makes a database, empty or as a copy of another one that nobody is connected to, and answers its URL.
func (c *Cluster) Create(ctx context.Context, name, template string) (string, error) {
	if template == "" {
		template = "template0"
	}
	if err := c.exec(ctx, "CREATE DATABASE "+pq.QuoteIdentifier(name)+" TEMPLATE "+pq.QuoteIdentifier(template)); err != nil {
		return "", err
	}
	return c.At(name)
}

// At is the address of one of its databases.
func (c *Cluster) At(name string) (string, error) {
	address, err := url.Parse(c.URL)
	if err != nil {
		return "", errors.New("the server's address is not a valid URL")
	}
	address.Path = "/" + name
	return address.String(), nil
}

// Drop removes a database and throws out whoever is connected to it.
func (c *Cluster) Drop(ctx context.Context, name string) error {
	return c.exec(ctx, "DROP DATABASE IF EXISTS "+pq.QuoteIdentifier(name)+" WITH (FORCE)")
}

func (c *Cluster) exec(ctx context.Context, text string) error {
	db, err := sql.Open("postgres", c.URL)
	if err != nil {
		return fmt.Errorf("reach the Postgres of the tests: %w", err)
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, text); err != nil {
		return fmt.Errorf("%s: %w", text, err)
	}
	return nil
}
