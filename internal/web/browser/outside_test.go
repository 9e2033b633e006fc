package browser_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	root     = "../../.."
	patience = 3 * time.Minute // for the whole of one story, on a machine that is busy
)

// missing says what is needed and how to get it. The test is skipped, unless REQUIRE_BROWSER is set.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("REQUIRE_BROWSER") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// node is the program that runs what comes from npm.
type nodeProgram string

func node(t *testing.T) nodeProgram {
	t.Helper()
	found, err := exec.LookPath("node")
	if err != nil {
		missing(t, "no node found: install Node.js 20.19 or newer (Debian: apt-get install nodejs npm)")
	}
	return nodeProgram(found)
}

// installed holds that npm brought what a folder of web lists.
func installed(t *testing.T, folder string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(root, "web", folder, "node_modules/.package-lock.json")); err != nil {
		missing(t, "what web/"+folder+" lists is not installed: run `npm ci --prefix web/"+folder+"`, as `make test` does")
	}
}

// chromium finds the browser, and what is needed to drive it.
func chromium(t *testing.T) string {
	t.Helper()
	installed(t, "browser")
	if _, err := os.Stat(root + "/web/dist/graphiql/manifest.json"); err != nil {
		missing(t, "GraphiQL is not built in: run `make graphiql`")
	}
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	missing(t, "no Chromium found: install it (Debian: apt-get install chromium), or name the program in CHROMIUM")
	return ""
}

// build builds the program that others are to use; without Node.js there is nobody who could.
func build(t *testing.T, _ nodeProgram, flags ...string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "roster")
	arguments := slices.Concat([]string{"build", "-o", program}, buildMode, flags, []string{root + "/cmd/roster"})
	run(t, exec.CommandContext(t.Context(), "go", arguments...))
	return program
}

// script runs a script of web to its end and gives what it said. Arguments before its name are Node's own.
func script(t *testing.T, folder string, arguments []string, env ...string) string {
	t.Helper()
	installed(t, folder)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	playing := exec.CommandContext(ctx, string(node(t)), arguments...)
	playing.Dir = filepath.Join(root, "web", folder)
	home := t.TempDir()
	playing.Env = append(os.Environ(), append(env, "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home)...)
	playing.Cancel = func() error { return playing.Process.Signal(syscall.SIGTERM) } // it ends a browser, too
	playing.WaitDelay = 10 * time.Second
	return run(t, playing)
}

// play has a script of web/browser played to its end.
func play(t *testing.T, chromium, name, base, pictures string, more ...string) {
	t.Helper()
	told := script(t, "browser", []string{name}, append(more, "BASE="+base, "CHROMIUM="+chromium, "PROFILES="+t.TempDir(), "SCREENSHOTS="+screenshots(t, pictures))...)
	if !strings.Contains(told, "saw: the end\n") {
		t.Errorf("the story was not told to its end:\n%s", told)
		return
	}
	t.Log("\n" + told)
}

// screenshots is the folder for pictures: one that lasts if SCREENSHOTS names it.
func screenshots(t *testing.T, kind string) string {
	t.Helper()
	folder := os.Getenv("SCREENSHOTS")
	if folder == "" {
		return t.TempDir()
	}
	folder, err := filepath.Abs(filepath.Join(folder, kind))
	if err == nil {
		err = os.MkdirAll(folder, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// run runs a command to its end, which must be a good one, and gives what it said.
func run(t *testing.T, command *exec.Cmd) string {
	t.Helper()
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", filepath.Base(command.Path), err, out)
	}
	return string(out)
}

// serve starts a command of the program and gives its address. It ends with the test, gracefully.
func serve(t *testing.T, program, command string, env ...string) string {
	t.Helper()
	listen := free(t)
	var log bytes.Buffer
	server := exec.Command(program, command)
	server.Dir = t.TempDir()
	server.Env = append(env, "LISTEN="+listen, "HOME="+server.Dir,
		"APP_STORE_URL=https://apps.example.com/roster", "PLAY_STORE_URL=https://play.example.com/roster")
	server.Stdout, server.Stderr = &log, &log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()
	t.Cleanup(func() {
		err := errors.Join(server.Process.Signal(syscall.SIGTERM), <-ended)
		if err != nil || t.Failed() {
			t.Errorf("the server ended with %v; it said:\n%s", err, log.String())
		}
	})

	base := "http://" + listen
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		select {
		case err := <-ended:
			ended <- err
			t.Fatal("the server did not start")
		default:
		}
		if answer, err := http.Get(base + "/sign-in"); err == nil {
			_, _ = io.Copy(io.Discard, answer.Body)
			_ = answer.Body.Close()
			return base
		}
	}
	t.Fatal("the server does not answer")
	return ""
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
