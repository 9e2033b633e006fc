package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"roster/internal/store/storetest"
)

// get asks for a page and gives its status and text.
func (r *running) get(t *testing.T, path string) (int, string) {
	t.Helper()
	answer, err := http.Get(r.base + path)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, text(t, answer)
}

func TestAServerSaysHowItIsAndThatItStopsBeforeItDoes(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{storetest.SQLite, storetest.Postgres} {
		t.Run(kind, func(t *testing.T) {
			serving := start(t, t.TempDir(), []string{"DATABASE_URL=" + storetest.URL(t, kind), "DRAIN_FOR=2s"}, "serve")
			until(t, "it is ready", func() bool { status, _ := serving.get(t, "/readyz"); return status == 200 })
			if status, said := serving.get(t, "/readyz"); said != `{"checks":{"database":"ok","jobs":"ok","migrations":"ok","server":"ok"},"ready":true}`+"\n" {
				t.Errorf("got %d %s", status, said)
			}
			if status, said := serving.get(t, "/healthz"); status != 200 || said != `{"alive":true}`+"\n" {
				t.Errorf("got %d %s", status, said)
			}
			serving.terminate(t)
			until(t, "it says that it stops", func() bool { status, _ := serving.get(t, "/readyz"); return status == 503 })
			if status, said := serving.get(t, "/readyz"); status != 503 || !strings.Contains(said, `"server":"stopping"`) || !strings.Contains(said, `"database":"ok"`) {
				t.Errorf("got %d %s", status, said)
			}
			if got := string(serving.ask(t, `{viewer{id}}`, nil).Data); got != `{"viewer":null}` {
				t.Errorf("while it stops, a request is answered %s", got)
			}
			if code := serving.code(t); code != 0 {
				t.Errorf("got exit code %d\n%s", code, serving.out.String())
			}
		})
	}
}

func TestWhoAsksTwiceEndsTheServerAtOnce(t *testing.T) {
	t.Parallel()
	serving := start(t, t.TempDir(), []string{"DRAIN_FOR=60s"}, "serve")
	serving.terminate(t)
	until(t, "it stops", func() bool { status, _ := serving.get(t, "/readyz"); return status == 503 })
	until(t, "it ends", func() bool {
		_ = serving.command.Process.Signal(syscall.SIGTERM)
		select {
		case <-serving.done:
			return true
		default:
			return false
		}
	})
}

func TestPrometheusIsAnsweredAtAnAddressOfItsOwn(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{storetest.SQLite, storetest.Postgres} {
		t.Run(kind, func(t *testing.T) {
			metrics := free(t)
			serving := start(t, t.TempDir(), []string{"DATABASE_URL=" + storetest.URL(t, kind), "METRICS_LISTEN=" + metrics}, "serve")
			defer serving.stop(t)
			serving.ask(t, `query MadeUpByTheClient {viewer{id}}`, nil)
			serving.ask(t, `{nothing}`, nil)
			serving.ask(t, `mutation($i:SignUpInput!){signUp(input:$i){problems{code}}}`, map[string]any{"i": map[string]any{
				"firstName": "Ada", "lastName": "Okafor", "email": "ada@example.com", "password": "correct horse battery", "client": "MOBILE"}})
			serving.get(t, "/accept/rit_hunter2")
			if status, _ := serving.get(t, "/metrics"); status != http.StatusNotFound {
				t.Errorf("at the public address: got %d", status)
			}
			said := ""
			wanted := []string{
				`roster_operations_total{code="OK",operation="viewer",type="query"} 1`,
				`roster_operations_total{code="BAD_REQUEST",operation="refused",type="none"} 1`,
				`roster_operations_total{code="OK",operation="signUp",type="mutation"} 1`,
				`roster_operation_seconds_count{operation="viewer",type="query"} 1`,
				`roster_requests_total{method="GET",route="/accept/{token}",status="404"} 1`,
				`roster_statement_seconds_count{pool="read",statement="query"}`, `roster_statement_seconds_count{pool="write",statement="commit"}`,
				`roster_pool_connections{pool="write",state="idle"}`, `roster_pool_connections_max{pool="read"}`,
				`roster_jobs_total{kind="verification",outcome="done"} 1`, `roster_job_seconds_count{kind="verification"} 1`, `roster_jobs_waiting{state="available"} 0`,
				`roster_mails_total{channel="mail",outcome="sent"} 1`, `roster_database_up 1`, "go_goroutines", "process_open_fds",
			}
			until(t, "the mail is counted", func() bool {
				answer, err := http.Get("http://" + metrics + "/metrics")
				if err != nil {
					t.Fatal(err)
				}
				said = text(t, answer)
				return strings.Contains(said, wanted[12])
			})
			for _, want := range wanted {
				if !strings.Contains(said, want) {
					t.Errorf("%s is not told:\n%s", want, ours(said))
				}
			}
			for _, not := range []string{"MadeUpByTheClient", "hunter2", "ada@", "usr_"} {
				if strings.Contains(said, not) {
					t.Errorf("%s is told", not)
				}
			}
		})
	}
}

// ours leaves out what Go and the process tell.
func ours(said string) string {
	var list []string
	for _, line := range strings.Split(said, "\n") {
		if strings.HasPrefix(line, "roster_") && !strings.Contains(line, "_bucket") {
			list = append(list, line)
		}
	}
	return strings.Join(list, "\n")
}

// collector takes traces.
type collector struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		body, _ = gzip.NewReader(r.Body)
	}
	_, _ = io.Copy(&c.text, io.MultiReader(strings.NewReader(r.URL.Path+" "), body))
}

func (c *collector) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.String()
}

// TestTracesTellWhatWasDoneAndNothingThatWasSaid guards against secrets on their way to whoever stores traces.
func TestTracesTellWhatWasDoneAndNothingThatWasSaid(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{storetest.SQLite, storetest.Postgres} {
		t.Run(kind, func(t *testing.T) {
			traces := new(collector)
			server := httptest.NewServer(traces)
			defer server.Close()
			serving := start(t, t.TempDir(), []string{"DATABASE_URL=" + storetest.URL(t, kind), "OTEL_EXPORTER_OTLP_ENDPOINT=" + server.URL}, "serve")
			serving.ask(t, `mutation SecretName($i:SignUpInput!){signUp(input:$i){problems{code}}}`, map[string]any{"i": map[string]any{
				"firstName": "Zebedee", "lastName": "Okafor", "email": "zebedee@example.com", "password": "correct horse battery", "client": "MOBILE"}})
			serving.ask(t, `mutation{signIn(input:{email:"zebedee@example.com",password:"kettle ginger mallory",client:WEB}){problems{code}}}`, nil)
			serving.get(t, "/accept/rit_hunter2")
			serving.get(t, "/graphql?query=%7Bviewer%7Bid%7D%7D&variables=%7B%22a%22%3A%22hunter2%22%7D")
			serving.get(t, "/nowhere/hunter2")
			until(t, "the mail is sent", func() bool { return strings.Contains(serving.out.String(), "mail sent") })
			serving.stop(t) // sends what is left

			said := traces.String()
			for _, want := range []string{"/v1/traces", "POST /graphql", "GET /accept/{token}", "mutation signUp", "mutation signIn", "query viewer", "job verification", "sql.stmt", "INSERT INTO", "roster"} {
				if !strings.Contains(said, want) && !(want == "sql.stmt" && strings.Contains(said, "sql.conn")) {
					t.Errorf("no span tells of %s", want)
				}
			}
			for _, not := range []string{"hunter2", "zebedee", "Zebedee", "correct horse", "kettle ginger", "SecretName", "rit_", "rvt_"} {
				if strings.Contains(strings.ToLower(said), strings.ToLower(not)) {
					t.Errorf("a span tells of %s", not)
				}
			}
		})
	}
}

// A collector that is away must not keep the server from starting, answering or stopping.
func TestTracesThatNobodyTakesDisturbNothing(t *testing.T) {
	t.Parallel()
	serving := start(t, t.TempDir(), []string{"OTEL_EXPORTER_OTLP_ENDPOINT=http://" + free(t), "OTEL_EXPORTER_OTLP_TIMEOUT=200"}, "serve")
	if got := string(serving.ask(t, `{viewer{id}}`, nil).Data); got != `{"viewer":null}` {
		t.Errorf("got %s", got)
	}
	serving.stop(t)
}

func TestInProductionTheLogIsForProgramsAndHoldsNoSecret(t *testing.T) {
	t.Parallel()
	mails, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer mails.Close()
	serving := start(t, t.TempDir(), production(t, "SMTP_URL=smtp://"+mails.Addr().String()+"?tls=none"), "serve")
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, serving.base+"/graphql", strings.NewReader(
		`{"query":"mutation{signIn(input:{email:\"zebedee@example.com\",password:\"kettle ginger mallory\",client:WEB}){problems{code}}}"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer rat_hunter2")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	id := answer.Header.Get("X-Request-Id")
	_ = answer.Body.Close()
	serving.get(t, "/accept/rit_hunter2?x=hunter2")
	serving.stop(t)

	lines, found := strings.Split(strings.TrimSpace(serving.out.String()), "\n"), false
	for _, line := range lines {
		if strings.HasPrefix(line, "Roster answers at") { // said to whoever started it
			continue
		}
		var l struct {
			Msg, Request, Route string
			Status              int
			Time                time.Time
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Errorf("not JSON: %s", line)
		}
		found = found || l.Msg == "request" && l.Request == id && l.Route == "/graphql" && l.Status == 200
	}
	if !found {
		t.Errorf("no line tells of request %s:\n%s", id, serving.out.String())
	}
	for _, not := range []string{"hunter2", "zebedee", "kettle", secret, "rat_", "rit_"} {
		if strings.Contains(serving.out.String(), not) {
			t.Errorf("the log tells of %s", not)
		}
	}
}
