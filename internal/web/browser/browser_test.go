// Package browser_test plays the main job in a real browser: Chromium, driven by the scripts of web/browser, against the
// real program on each database. It proves what no other test can: that the pages work in the hands of people, on a
// phone, without script, and that GraphiQL works without a network.
package browser_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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

	"roster/internal/store/storetest"
)

const (
	root     = "../../.."
	scripts  = root + "/web/browser"
	patience = 3 * time.Minute // for the whole of one story, on a machine that is busy
)

func TestMain(m *testing.M) { storetest.Main(m) }

func TestAPersonAddedThroughTheAPIFollowsTheMailAndFindsTheAccountInTheirSwitcher(t *testing.T) {
	t.Parallel()
	tools := find(t)
	program := build(t)
	for _, kind := range []string{storetest.SQLite, storetest.Postgres} {
		t.Run(kind, func(t *testing.T) {
			play(t, tools, "main.mjs", serve(t, program, storetest.URL(t, kind)), kind)
		})
	}
}

// The program is built as where npm is not found: without what npm made.
func TestGraphiQLThatWasNotBuiltInComesFromACDNAndWorks(t *testing.T) {
	t.Parallel()
	tools := find(t)
	made, err := filepath.Abs(root + "/web/dist/graphiql/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(overlay, fmt.Appendf(nil, `{"Replace": {%q: ""}}`, made), 0o600); err != nil {
		t.Fatal(err)
	}
	play(t, tools, "elsewhere.mjs", serve(t, build(t, "-overlay="+overlay), storetest.URL(t, storetest.SQLite)), "elsewhere")
}

// build builds the program.
func build(t *testing.T, flags ...string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "roster")
	arguments := slices.Concat([]string{"build", "-o", program}, buildMode, flags, []string{root + "/cmd/roster"})
	run(t, exec.CommandContext(t.Context(), "go", arguments...))
	return program
}

// play has a script of web/browser played to its end.
func play(t *testing.T, tools tools, script, base, pictures string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	play := exec.CommandContext(ctx, tools.node, script)
	play.Dir = scripts
	home := t.TempDir()
	play.Env = append(os.Environ(), "BASE="+base, "CHROMIUM="+tools.chromium,
		"PROFILES="+t.TempDir(), "SCREENSHOTS="+screenshots(t, pictures),
		"HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home)
	play.Cancel = func() error { return play.Process.Signal(syscall.SIGTERM) } // it ends the browser, too
	play.WaitDelay = 10 * time.Second
	if told := run(t, play); !strings.Contains(told, "saw: the end\n") {
		t.Errorf("the story was not told to its end:\n%s", told)
	} else {
		t.Log("\n" + told)
	}
}

// tools are what this needs beside Go.
type tools struct{ node, chromium string }

// find looks for them. Where one is missing the test says how to get it, and is skipped unless REQUIRE_BROWSER is set.
func find(t *testing.T) tools {
	t.Helper()
	missing := t.Skipf
	if os.Getenv("REQUIRE_BROWSER") != "" {
		missing = t.Fatalf
	}
	var found tools
	var err error
	if found.node, err = exec.LookPath("node"); err != nil {
		missing("no node found: install Node.js 20 or newer (Debian: apt-get install nodejs npm)")
	}
	if found.chromium = chromium(); found.chromium == "" {
		missing("no Chromium found: install it (Debian: apt-get install chromium), or name the program in CHROMIUM")
	}
	for file, advice := range map[string]string{
		"/web/browser/node_modules/.package-lock.json": "run `npm ci --prefix web/browser`, as `make test` does",
		"/web/dist/graphiql/manifest.json":             "run `make graphiql`",
	} {
		if _, err := os.Stat(root + file); err != nil {
			missing("no %s found: %s", file, advice)
		}
	}
	return found
}

func chromium() string {
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
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

// serve starts the demo on a database and gives its address. It ends with the test, gracefully.
func serve(t *testing.T, program, database string, settings ...string) string {
	t.Helper()
	listen := free(t)
	var log bytes.Buffer
	server := exec.Command(program, "demo")
	server.Dir = t.TempDir()
	server.Env = append(settings, "DATABASE_URL="+database, "LISTEN="+listen, "HOME="+server.Dir,
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
