// Command withpg runs another command with a Postgres for its tests, so that the packages of one test run share it:
//
//	go run ./internal/store/storetest/withpg go test ./...
//
// It sets TEST_DATABASE_URL, unless that is set already, and ends with the command's exit code. Where no Postgres is
// found it runs the command without, or fails if REQUIRE_POSTGRES is set.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"

	"roster/internal/store/throwaway"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: withpg COMMAND ARGUMENTS…")
		os.Exit(2)
	}
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "withpg:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func run(args []string) (code int, err error) {
	signal.Notify(make(chan os.Signal, 1), os.Interrupt) // Ctrl-C is for the command; this process still has to clean up
	command := exec.Command(args[0], args[1:]...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr

	cluster, err := throwaway.Find(context.Background())
	switch {
	case errors.Is(err, throwaway.ErrNotFound) && os.Getenv("REQUIRE_POSTGRES") == "":
		fmt.Fprintln(os.Stderr, "withpg:", err)
	case err != nil:
		return 1, err
	default:
		defer func() { err = errors.Join(err, cluster.Stop()) }()
		command.Env = append(os.Environ(), "TEST_DATABASE_URL="+cluster.URL)
	}

	err = command.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode(), nil
	}
	return 0, err
}
