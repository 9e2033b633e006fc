package main

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"roster/internal/store/storetest"
)

// asItself makes this test program run as roster itself, so that these tests see what a person sees: a real process
// with its variables, output and exit code.
const asItself = "ROSTER_TEST_AS_ITSELF"

// patience is how long a test waits for what should take a second, on a machine that is busy.
const patience = time.Minute

func TestMain(m *testing.M) {
	if os.Getenv(asItself) != "" {
		main()
		return
	}
	storetest.Main(m)
}

// command is roster in a folder of its own, with nothing in its environment but env.
func command(ctx context.Context, folder string, env []string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, os.Args[0], args...)
	c.Dir = folder
	c.Env = append([]string{asItself + "=1", "HOME=" + folder, "PATH=" + os.Getenv("PATH")}, env...)
	return c
}

// ended is a process that came to its end.
type ended struct {
	code     int
	out, log string
}

// roster runs roster to its end.
func roster(t *testing.T, folder string, env []string, args ...string) ended {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := command(ctx, folder, env, args...)
	var out, log bytes.Buffer
	c.Stdout, c.Stderr = &out, &log
	if err := c.Run(); err != nil && !isExit(err) || ctx.Err() != nil {
		t.Fatalf("roster %s: %v, %v\n%s%s", strings.Join(args, " "), err, ctx.Err(), out.String(), log.String())
	}
	return ended{c.ProcessState.ExitCode(), out.String(), log.String()}
}

func isExit(err error) bool {
	_, ok := errors.AsType[*exec.ExitError](err)
	return ok
}

// running is a server that answers.
type running struct {
	base    string
	command *exec.Cmd
	out     output
	done    chan struct{}
}

// output collects what a process says while others read it.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write is called by the process.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

// String is what was said so far.
func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// start starts a server on a free port and waits until it answers. If the test does not stop it, its end does.
func start(t *testing.T, folder string, env []string, args ...string) *running {
	t.Helper()
	listen := free(t)
	r := &running{base: "http://" + listen, done: make(chan struct{})}
	// Mail comes in where no other test's server listens, unless env says.
	r.command = command(context.Background(), folder, append(append([]string{"SMTP_LISTEN=127.0.0.1:0"}, env...), "LISTEN="+listen), args...)
	r.command.Stdout, r.command.Stderr = &r.out, &r.out
	if err := r.command.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { defer close(r.done); _ = r.command.Wait() }()
	t.Cleanup(func() { _ = r.command.Process.Kill(); <-r.done })

	until(t, "the server answers", func() bool {
		select {
		case <-r.done:
			t.Fatalf("roster %s ended with code %d:\n%s", strings.Join(args, " "), r.command.ProcessState.ExitCode(), r.out.String())
		default:
		}
		answer, err := http.Get(r.base + "/sign-in")
		if err != nil {
			return false
		}
		_ = answer.Body.Close()
		return answer.StatusCode == http.StatusOK
	})
	return r
}

// terminate asks the server to end.
func (r *running) terminate(t *testing.T) {
	t.Helper()
	if err := r.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

// code is how the process ended, once it has.
func (r *running) code(t *testing.T) int {
	t.Helper()
	select {
	case <-r.done:
		return r.command.ProcessState.ExitCode()
	case <-time.After(patience):
		t.Fatalf("the server did not end:\n%s", r.out.String())
		return -1
	}
}

// stop ends the server as a service manager does, which must succeed.
func (r *running) stop(t *testing.T) {
	t.Helper()
	r.terminate(t)
	if code := r.code(t); code != 0 {
		t.Errorf("after SIGTERM: got exit code %d, want 0\n%s", code, r.out.String())
	}
}

// free is an address on loopback that nobody listens on.
func free(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// until waits for what is to come true.
func until(t *testing.T, what string, true func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !true(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited %s in vain until %s", patience, what)
		}
	}
}
