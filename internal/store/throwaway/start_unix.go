//go:build unix

package throwaway

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	_ "github.com/lib/pq"
)

// watch runs a program until its own input ends, which is when Stop closes it or this process ends, however it ends;
// then it stops the program and removes the folder. $1 is the folder, the rest is the program and its arguments.
const watch = `
folder=$1; shift
"$@" </dev/null &
read -r line
kill -INT $!
wait
rm -rf "$folder"`

func start(ctx context.Context, bin string, settings []string) (*Cluster, error) {
	owner, err := owner()
	if err != nil {
		return nil, err
	}
	folder, err := folder(owner)
	if err != nil {
		return nil, err
	}
	if err := initialize(ctx, bin, folder, owner); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	return postgres(ctx, bin, folder, owner, settings...)
}

// postgres runs the cluster that a folder holds.
func postgres(ctx context.Context, bin, folder string, owner *syscall.Credential, settings ...string) (*Cluster, error) {
	program := []string{filepath.Join(bin, "postgres"), "-D", filepath.Join(folder, "data"), "-k", folder, "-c", "listen_addresses=",
		"-c", "max_connections=300", "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "shared_buffers=64MB"}
	for _, one := range settings {
		program = append(program, "-c", one)
	}
	stop, err := launch(owner, folder, program...)
	if err != nil {
		return nil, fmt.Errorf("start Postgres: %w", err)
	}
	cluster := &Cluster{
		URL:    (&url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/postgres", RawQuery: "sslmode=disable&host=" + url.QueryEscape(folder)}).String(),
		folder: folder, stop: stop,
	}
	if err := ready(ctx, cluster.URL); err != nil {
		text, _ := os.ReadFile(filepath.Join(folder, "log"))
		return nil, errors.Join(fmt.Errorf("start Postgres: %w\n%s", err, text), cluster.Stop())
	}
	return cluster, nil
}

func (c *Cluster) replica(ctx context.Context, bin string) (*Cluster, error) {
	owner, err := owner()
	if err != nil {
		return nil, err
	}
	folder, err := folder(owner)
	if err != nil {
		return nil, err
	}
	copying := exec.CommandContext(ctx, filepath.Join(bin, "pg_basebackup"), "-h", c.folder, "-U", "postgres", "-D", filepath.Join(folder, "data"),
		"-R", "-X", "stream", "-c", "fast", "--no-sync")
	copying.Dir, copying.SysProcAttr = folder, &syscall.SysProcAttr{Credential: owner}
	if out, err := copying.CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("pg_basebackup: %w\n%s", err, out), os.RemoveAll(folder))
	}
	return postgres(ctx, bin, folder, owner)
}

func pool(ctx context.Context, program, ini, target string) (*Pooler, error) {
	owner, err := owner()
	if err != nil {
		return nil, err
	}
	folder, err := folder(owner)
	if err != nil {
		return nil, err
	}
	ini = strings.ReplaceAll(ini, "TARGET", target) + "\nlisten_addr =\nlisten_port = 6432\nunix_socket_dir = " + folder + "\nauth_type = any\n"
	file := filepath.Join(folder, "pgbouncer.ini")
	if err := os.WriteFile(file, []byte(ini), 0o644); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	stop, err := launch(owner, folder, program, file)
	if err != nil {
		return nil, fmt.Errorf("start PgBouncer: %w", err)
	}
	p := &Pooler{stop: stop, URL: "postgres://postgres@/roster?port=6432&sslmode=disable&host=" + url.QueryEscape(folder)}
	if err := ready(ctx, p.URL); err != nil {
		text, _ := os.ReadFile(filepath.Join(folder, "log"))
		return nil, errors.Join(fmt.Errorf("start PgBouncer: %w\n%s", err, text), p.Stop())
	}
	return p, nil
}

// launch runs a program that ends when this process does, and its folder with it. What it says goes to a file: on a pipe
// of ours, "go test" would wait for it.
func launch(owner *syscall.Credential, folder string, program ...string) (func() error, error) {
	log, err := os.Create(filepath.Join(folder, "log"))
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	defer log.Close()
	command := exec.Command("/bin/sh", append([]string{"-c", watch, "sh", folder}, program...)...)
	command.Dir, command.Stdout, command.Stderr = folder, log, log
	command.SysProcAttr = &syscall.SysProcAttr{Credential: owner, Setpgid: true} // Ctrl-C is for us; it ends with us
	life, err := command.StdinPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	return func() error { return stop(life, command) }, nil
}

func stop(life io.Closer, command *exec.Cmd) error {
	if err := life.Close(); err != nil {
		return fmt.Errorf("stop a database: %w", err)
	}
	if err := command.Wait(); err != nil {
		return fmt.Errorf("stop a database: %w", err)
	}
	return nil
}

// owner is who Postgres runs as: it refuses root.
func owner() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(err1, err2); err != nil {
			return nil, fmt.Errorf("read the ids of %s: %w", name, err)
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("start Postgres: it does not run as root, and there is no user postgres or nobody")
}

// folder is a new one of the owner's, and nobody else's. Its name is short: a socket's path may have 107 bytes.
func folder(owner *syscall.Credential) (string, error) {
	folder, err := os.MkdirTemp("/tmp", "roster-pg-")
	if err != nil {
		return "", fmt.Errorf("make a folder for Postgres: %w", err)
	}
	if owner != nil {
		if err := os.Chown(folder, int(owner.Uid), int(owner.Gid)); err != nil {
			return "", errors.Join(fmt.Errorf("make a folder for Postgres: %w", err), os.Remove(folder))
		}
	}
	return folder, nil
}

// initialize makes the cluster's files. It orders text as people do where Postgres was built for that, so that a
// column that ought to be ordered byte by byte and is not shows itself.
func initialize(ctx context.Context, bin, folder string, owner *syscall.Credential) error {
	var out []byte
	var err error
	for _, order := range [][]string{{"--locale-provider=icu", "--icu-locale=en"}, nil} {
		args := append([]string{"--no-sync", "--no-instructions", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C",
			"-D", filepath.Join(folder, "data")}, order...)
		command := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), args...)
		command.Dir = folder
		command.SysProcAttr = &syscall.SysProcAttr{Credential: owner}
		if out, err = command.CombinedOutput(); err == nil {
			return nil
		}
	}
	return fmt.Errorf("initdb: %w\n%s", err, out)
}

// ready waits until it answers.
func ready(ctx context.Context, address string) error {
	db, err := sql.Open("postgres", address)
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for {
		err := db.PingContext(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(10 * time.Millisecond):
		}
	}
}
