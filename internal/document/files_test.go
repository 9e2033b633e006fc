package document

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"
)

// bucket is a store that speaks as much S3 as documents need: what the client really sends goes through it.
type bucket struct {
	mu    sync.Mutex
	files map[string][]byte
}

// ServeHTTP keeps, gives and forgets files.
func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	key, signed := r.URL.Path, strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=id/")
	switch content, there := b.files[key]; {
	case !signed:
		w.WriteHeader(http.StatusForbidden)
	case r.Method == http.MethodPut:
		body := io.Reader(r.Body)
		if strings.Contains(r.Header.Get("Content-Encoding"), "aws-chunked") {
			body = dechunked(r.Body)
		}
		text, err := io.ReadAll(body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		b.files[key] = text
	case r.Method == http.MethodDelete:
		delete(b.files, key)
		w.WriteHeader(http.StatusNoContent)
	case !there:
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `<Error><Code>NoSuchKey</Code></Error>`)
	default:
		http.ServeContent(w, r, "", time.Unix(1, 0), bytes.NewReader(content))
	}
}

// dechunked reads the form in which AWS's client sends what it signs on the way: a size in hex and a line's end before each part.
func dechunked(body io.Reader) io.Reader {
	var all bytes.Buffer
	lines := bufio.NewReader(body)
	for {
		line, err := lines.ReadString('\n')
		size, bad := strconv.ParseInt(strings.TrimSpace(strings.Split(line, ";")[0]), 16, 64)
		if err != nil || bad != nil {
			return iotest.ErrReader(errors.Join(err, bad))
		}
		if size == 0 {
			return &all
		}
		if _, err := io.CopyN(&all, lines, size); err != nil {
			return iotest.ErrReader(err)
		}
		_, _ = lines.Discard(2)
	}
}

func TestFilesAreKeptGivenAndForgottenEverywhere(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "id")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	server := httptest.NewServer(&bucket{files: map[string][]byte{}})
	t.Cleanup(server.Close)
	folder := filepath.Join(t.TempDir(), "files")
	for _, place := range []string{folder, "file://" + folder + "2", "mem://", "s3://papers?region=eu-west-1&use_path_style=true&endpoint=" + server.URL} {
		f, err := OpenFiles(t.Context(), place)
		if err != nil {
			t.Fatalf("%s: %v", place, err)
		}
		ctx, text := t.Context(), strings.Repeat("0123456789", 700_000)
		if err := f.write(ctx, "2099-01/file_x", strings.NewReader(text), "application/pdf"); err != nil {
			t.Fatalf("%s: %v", place, err)
		}
		r, err := f.open(ctx, "2099-01/file_x")
		if err != nil {
			t.Fatalf("%s: %v", place, err)
		}
		if got, err := io.ReadAll(r); err != nil || string(got) != text {
			t.Errorf("%s gives %d bytes, %v, want %d", place, len(got), err, len(text))
		}
		part := make([]byte, 4)
		_, err = r.Seek(5_000_003, io.SeekStart)
		if _, err2 := io.ReadFull(r, part); errors.Join(err, err2) != nil || string(part) != "3456" {
			t.Errorf("%s gives %q of the middle, %v %v", place, part, err, err2)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if err := f.write(ctx, "2099-01/file_y", iotest.TimeoutReader(strings.NewReader(text)), "application/pdf"); err == nil {
			t.Errorf("%s: half a file was kept", place)
		}
		if _, err := f.open(ctx, "2099-01/file_y"); err == nil {
			t.Errorf("%s: half a file is given", place)
		}
		for range 2 { // what is gone is gone
			if err := f.remove(ctx, "2099-01/file_x"); err != nil {
				t.Errorf("%s: %v", place, err)
			}
		}
		if _, err := f.open(ctx, "2099-01/file_x"); err == nil {
			t.Errorf("%s: a file that was removed is given", place)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestAFolderIsItsOwnersAlone(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "files")
	f, err := OpenFiles(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.write(context.Background(), "2099-01/file_x", strings.NewReader("x"), "text/plain"); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{"": 0o700, "2099-01": 0o700, "2099-01/file_x": 0o600} {
		if info, err := os.Stat(filepath.Join(folder, name)); err != nil || info.Mode().Perm() != want {
			t.Errorf("%q has the mode %v, %v, want %v", name, info.Mode(), err, want)
		}
	}
}

func TestAPlaceThatIsNone(t *testing.T) {
	t.Parallel()
	taken := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(taken, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, place := range []string{"ftp://x", "s4://bucket?secret=hidden", taken} {
		if _, err := OpenFiles(t.Context(), place); err == nil || !strings.HasPrefix(err.Error(), "DOCUMENTS_URL: ") || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: %v", place, err)
		}
	}
}
