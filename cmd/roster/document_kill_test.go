package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"roster/internal/store"
)

// The server is killed while documents are submitted: no row is without its file, every document that was answered is there,
// and after the sweep at the next start no file is without its row.
func TestAServerKilledBetweenFileAndRowLeavesNeitherAlone(t *testing.T) {
	t.Parallel()
	kills := 4
	if os.Getenv("SOAK") != "" {
		kills = 50
	}
	eachOffice(t, func(o *office) {
		files := filepath.Join(o.TempDir(), "files")
		env := []string{"DATABASE_URL=" + o.url, "DOCUMENTS_URL=" + files}
		o.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.ClientAccount.Create().SetID("cli_papers").SetPracticeID(o.practice).SetName("Papers").SetNameKey("papers").SetCreatedAt(tx.Now).Exec(ctx)
		})
		answered, between := map[string]bool{}, 0
		for kill := 0; kill < kills || between == 0 && kill < 10*kills; kill++ {
			serving := start(o.T, o.TempDir(), env, "serve")
			ada := &http.Client{Transport: bearer(o.token())}
			var some sync.WaitGroup
			var mu sync.Mutex
			first, begun := make(chan struct{}), sync.Once{}
			for worker := range 4 {
				some.Go(func() {
					for i := 0; ; i++ {
						id, err := submit(serving.base, ada, fmt.Sprint("%PDF-1.7 ", kill, ".", worker, ".", i, strings.Repeat(" ", 100<<10)))
						if refused := (refusal{}); errors.As(err, &refused) {
							o.Error(err)
						}
						if err != nil {
							return
						}
						mu.Lock()
						answered[id] = true
						mu.Unlock()
						begun.Do(func() { close(first) })
					}
				})
			}
			select { // a busy machine takes its time to begin
			case <-first:
			case <-time.After(patience):
				o.Fatalf("kill %d: no document was submitted", kill)
			}
			time.AfterFunc(rand.N(200*time.Millisecond), func() { _ = serving.command.Process.Kill() })
			<-serving.done
			some.Wait()

			rows, kept := o.documents(), kept(o.T, files)
			for id, key := range rows {
				if !kept[key] {
					o.Fatalf("kill %d: the document %s has no file", kill, id)
				}
			}
			for id := range answered {
				if rows[id] == "" {
					o.Fatalf("kill %d: the document %s was answered and is not there", kill, id)
				}
			}
			between += len(kept) - len(rows)

			o.write(func(ctx context.Context, tx *store.Tx) error { // an hour and more goes by
				return tx.Upload.Update().SetCreatedAt(tx.Now.Add(-2 * time.Hour)).Exec(ctx)
			})
			serving = start(o.T, o.TempDir(), env, "serve")
			until(o.T, "the sweep has been", func() bool { return o.uploads() == 0 })
			serving.stop(o.T)
			if rows, kept := o.documents(), keptNow(o.T, files); len(kept) != len(rows) {
				o.Fatalf("kill %d: after the sweep there are %d files of %d documents", kill, len(kept), len(rows))
			}
		}
		o.Logf("%d kills, %d documents, %d files that had no row yet", kills, len(o.documents()), between)
		if between == 0 {
			o.Error("no kill came between a file and its row: the test shows nothing")
		}
	})
}

// refusal is an answer that a server gave which was not killed yet.
type refusal struct{ text string }

func (r refusal) Error() string { return r.text }

// submit submits a file and gives the document's id.
func submit(base string, as *http.Client, content string) (string, error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	err := errors.Join(form.WriteField("operations", `{"query":"mutation($file:Upload!){documentSubmit(input:{accountId:\"cli_papers\",file:$file,kind:COSTS}){document{id} problems{code}}}","variables":{"file":null}}`),
		form.WriteField("map", `{"0":["variables.file"]}`))
	part, err2 := form.CreateFormFile("0", "receipt.pdf")
	if err := errors.Join(err, err2); err != nil {
		return "", err
	}
	_, err = part.Write([]byte(content))
	if err := errors.Join(err, form.Close()); err != nil {
		return "", err
	}
	request, err := http.NewRequest(http.MethodPost, base+"/graphql", &body)
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", form.FormDataContentType())
	request.Header.Set("GraphQL-Require-Preflight", "1")
	response, err := as.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var got struct {
		Data struct {
			DocumentSubmit struct{ Document struct{ ID string } }
		}
		Errors []struct{ Message string }
	}
	if err := json.NewDecoder(response.Body).Decode(&got); err != nil {
		return "", err
	}
	if len(got.Errors) > 0 || got.Data.DocumentSubmit.Document.ID == "" {
		return "", refusal{fmt.Sprintf("it was refused: %+v", got)}
	}
	return got.Data.DocumentSubmit.Document.ID, nil
}

// documents are the keys of their files, by id.
func (o *office) documents() map[string]string {
	o.Helper()
	rows := map[string]string{}
	for _, d := range o.store.Read().Document.Query().AllX(store.Facts(o.Context())) {
		rows[d.ID] = d.BlobKey
	}
	return rows
}

func (o *office) uploads() int {
	o.Helper()
	return o.store.Read().Upload.Query().CountX(store.Facts(o.Context()))
}

// kept are the files that are there whole, by key.
func kept(t *testing.T, folder string) map[string]bool {
	t.Helper()
	found := keptNow(t, folder)
	for key := range found {
		if strings.HasSuffix(key, ".tmp") { // what was being written
			delete(found, key)
		}
	}
	return found
}

func keptNow(t *testing.T, folder string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			key, _ := filepath.Rel(folder, path)
			found[filepath.ToSlash(key)] = true
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return found
}
