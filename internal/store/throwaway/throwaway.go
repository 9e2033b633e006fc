// Package throwaway starts a Postgres that lives no longer than the process that asked for it: for the tests, and for
// the program that makes migrations. It needs no set-up and leaves nothing behind, even when that process is killed.
// It is no place for data: it writes without waiting for the disk, and lets in whoever can open its folder.
package throwaway

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// ErrNotFound means that this machine has no Postgres to start; it says how to get one.
var ErrNotFound = errors.New("no Postgres found: install it (Debian: apt-get install postgresql; macOS: brew install postgresql), or set TEST_DATABASE_URL")

// Cluster is a running Postgres.
type Cluster struct {
	URL    string // of its database "postgres", as a superuser
	folder string
	stop   func() error
}

// Start makes and starts one; it takes about a second. It listens on a socket in a folder of its own and on no port,
// so that nobody else on the machine can get in and no port is ever taken. settings such as "fsync=on" go before its own,
// which are for what is thrown away.
func Start(ctx context.Context, settings ...string) (*Cluster, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	return start(ctx, bin, settings)
}

// Replica makes and starts a streaming replica of one that Start started.
func (c *Cluster) Replica(ctx context.Context) (*Cluster, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	return c.replica(ctx, bin)
}

// Stop ends it and removes what it kept.
func (c *Cluster) Stop() error { return c.stop() }

// programs is the folder of Postgres's programs: that of initdb on the PATH, else the newest of the versioned ones
// that Debian keeps off it.
func programs() (string, error) {
	for _, folder := range filepath.SplitList(os.Getenv("PATH")) {
		if file, err := filepath.EvalSymlinks(filepath.Join(folder, "initdb")); err == nil && isFile(sibling(file)) {
			return filepath.Dir(file), nil
		}
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", fmt.Errorf("look for Postgres: %w", err)
	}
	found = slices.DeleteFunc(found, func(file string) bool { return !isFile(sibling(file)) })
	if len(found) == 0 {
		return "", ErrNotFound
	}
	newest := slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })
	return filepath.Dir(newest), nil
}

func sibling(initdb string) string { return filepath.Join(filepath.Dir(initdb), "postgres") }

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// version is the number in /usr/lib/postgresql/15/bin/initdb.
func version(file string) int {
	number, _ := strconv.Atoi(strings.Split(file, "/")[4])
	return number
}
