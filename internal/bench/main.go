// Command bench measures Roster as it is shipped, beside a handler that does nothing but let Postgres make the JSON, and
// beside PostGraphile where npm has installed it:
//
//	make bench
//
// It makes a Postgres of its own and fills it, starts each server as a process of its own and asks them the same in turns,
// on one machine that all of them share, so that figures of one run compare and those of two machines do not. What it
// saw goes to a file with the date and the machine.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"github.com/alexedwards/argon2id"

	"roster/internal/store/throwaway"
)

// password is everybody's.
const password = "correct horse battery"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if len(os.Args) == 4 && os.Args[1] == bareOne {
		err = bare(ctx, os.Args[2], os.Args[3])
	} else {
		err = run(ctx, os.Args[1:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop was called
	}
}

// plan is what a run is to do.
type plan struct {
	memberships int
	rounds      int
	lasts       time.Duration
	only        string
	growth      bool
	file        string
}

func run(ctx context.Context, args []string) (err error) {
	var p plan
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.IntVar(&p.memberships, "memberships", 1_000_000, "how many memberships the database has; logins, clients and practices are in proportion")
	flags.IntVar(&p.rounds, "rounds", 3, "how often each server has its turn")
	flags.DurationVar(&p.lasts, "turn", 2*time.Second, "how long a turn is")
	flags.StringVar(&p.only, "only", "", "measure only what has this in its name")
	flags.BoolVar(&p.growth, "growth", true, "measure the same at a thousandth, a hundredth and a tenth of the memberships, too")
	flags.StringVar(&p.file, "write", "", "write the figures to this file, and a plot beside it")
	if err := flags.Parse(args); err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "roster-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	program := filepath.Join(folder, "roster-program")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", program, "./cmd/roster")
	if build.Dir, err = top(); err != nil {
		return err
	}
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build Roster: %w\n%s", err, out)
	}
	cluster, err := throwaway.Start(ctx, settings...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cluster.Stop()) }()
	h := house{plan: p, folder: folder, top: build.Dir, program: program, cluster: cluster}
	if h.mail, err = sink(ctx); err != nil {
		return err
	}
	if h.hash, err = argon2id.CreateHash(password, &argon2id.Params{Memory: 19456, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}); err != nil {
		return err
	}
	return h.measure(ctx)
}

// settings are those in which the benchmark's Postgres differs from one that is thrown away with the tests: writes are
// as safe as they are in earnest, and there is memory for the tables.
var settings = []string{"fsync=on", "synchronous_commit=on", "full_page_writes=on", "shared_buffers=1GB", "max_wal_size=4GB", "autovacuum_naptime=20s"}

// top is the folder of the module.
func top() (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}").Output()
	return strings.TrimSpace(string(out)), err
}
