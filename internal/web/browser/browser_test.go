// Package browser_test plays the main job in a real browser: Chromium, driven by web/browser/main.mjs, against the
// real program on each database. It proves what no other test can: that the pages work in the hands of people, on a
// phone, without script, and that GraphiQL works without a network.
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
	"strings"
	"syscall"
	"testing"
	"time"

	"roster/internal/store/storetest"
)

const (
	root     = "../../.."
	script   = root + "/web/browser/main.mjs"
	patience = 3 * time.Minute // for the whole of one story, on a machine that is busy
)

func TestMain(m *testing.M) { storetest.Main(m) }

func TestAPersonAddedThroughTheAPIFollowsTheMailAndFindsTheAccountInTheirSwitcher(t *testing.T) {
	t.Parallel()
	tools := find(t)
	program := filepath.Join(t.TempDir(), "roster")
	run(t, exec.CommandContext(t.Context(), "go", "build", buildMode, "-o", program, root+"/cmd/roster"))

	for _, kind := range []string{storetest.SQLite, storetest.Postgres} {
		t.Run(kind, func(t *testing.T) {
			base := serve(t, program, storetest.URL(t, kind))
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			play := exec.CommandContext(ctx, tools.node, filepath.Base(script))
			play.Dir = filepath.Dir(script)
			home := t.TempDir()
			play.Env = append(os.Environ(), "BASE="+base, "CHROMIUM="+tools.chromium, "GRAPHIQL="+tools.graphiql,
				"PROFILES="+t.TempDir(), "SCREENSHOTS="+screenshots(t, kind),
				"HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home)
			play.Cancel = func() error { return play.Process.Signal(syscall.SIGTERM) } // it ends the browser, too
			play.WaitDelay = 10 * time.Second
			if told := run(t, play); !strings.Contains(told, "saw: the end\n") {
				t.Errorf("the story was not told to its end:\n%s", told)
			} else {
				t.Log("\n" + told)
			}
		})
	}
}

// tools are what this needs beside Go.
type tools struct{ node, chromium, graphiql string }

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
	if _, err := os.Stat(root + "/web/browser/node_modules/playwright-core"); err != nil {
		missing("no playwright-core found: run `npm ci --prefix web/browser`, as `make test` does")
	}
	if files, err := filepath.Glob(root + "/web/dist/*.js"); err == nil && len(files) > 0 {
		found.graphiql = "embedded"
	} else if os.Getenv("REQUIRE_BROWSER") != "" {
		missing("no files of GraphiQL found in web/dist: run `make graphiql`")
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
