package document

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/memblob" // mem:// in tests
	_ "gocloud.dev/blob/s3blob"  // s3://bucket
	"gocloud.dev/gcerrors"
)

// Files keep what documents hold, by key: in a folder, or in a store that speaks S3.
type Files struct {
	bucket *blob.Bucket
	folder string // empty where it is none
}

// OpenFiles opens where files are kept: a folder's name, file:///folder, s3://bucket?region=…, or mem:// for tests. A folder
// that is not there is made, for its owner's eyes only.
func OpenFiles(ctx context.Context, place string) (*Files, error) {
	folder, isFile := strings.CutPrefix(place, "file://")
	if !isFile && strings.Contains(place, "://") {
		bucket, err := blob.OpenBucket(ctx, place)
		if err != nil {
			return nil, errors.New("DOCUMENTS_URL: must be a folder, or an address such as s3://bucket?region=eu-west-1")
		}
		return &Files{bucket: bucket}, nil
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, fmt.Errorf("DOCUMENTS_URL: %w", err)
	}
	bucket, err := fileblob.OpenBucket(folder, &fileblob.Options{CreateDir: true, DirFileMode: 0o700, NoTempDir: true, Metadata: fileblob.MetadataDontWrite})
	if err != nil {
		return nil, fmt.Errorf("DOCUMENTS_URL: %w", err)
	}
	return &Files{bucket, folder}, nil
}

// Close ends its connections.
func (f *Files) Close() error { return f.bucket.Close() }

// write keeps a file. When it comes back without an error, the file stays even if the power fails: the row that is written
// next would be of a file that is not there.
func (f *Files) write(ctx context.Context, key string, from io.Reader, kind string) error {
	ctx, cancel := context.WithCancel(ctx) // which breaks a write off that is not finished
	defer cancel()
	w, err := f.bucket.NewWriter(ctx, key, &blob.WriterOptions{ContentType: kind, DisableContentTypeDetection: true, BeforeWrite: forItsOwner})
	if err != nil {
		return fmt.Errorf("keep file %s: %w", key, err)
	}
	if _, err := io.Copy(w, from); err != nil {
		cancel()
		return errors.Join(fmt.Errorf("keep file %s: %w", key, err), w.Close())
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("keep file %s: %w", key, err)
	}
	if f.folder == "" {
		return nil
	}
	file := f.path(key)
	for _, name := range []string{file, filepath.Dir(file), f.folder} {
		if err := settle(name); err != nil {
			return fmt.Errorf("keep file %s: %w", key, err)
		}
	}
	return nil
}

// path is where a folder has a file.
func (f *Files) path(key string) string { return filepath.Join(f.folder, filepath.FromSlash(key)) }

// forItsOwner makes a file in a folder one that others on the machine do not read.
func forItsOwner(as func(any) bool) error {
	if file := (*os.File)(nil); as(&file) {
		return file.Chmod(0o600)
	}
	return nil
}

// settle waits until a file, or a folder's list of files, is on the disk.
func settle(name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// remove takes a file away, and what there is of one whose writing was broken off; one that is not there is gone already.
func (f *Files) remove(ctx context.Context, key string) error {
	if f.folder != "" {
		parts, err := filepath.Glob(f.path(key) + ".*.tmp") // as fileblob calls them; keys have no signs that Glob reads
		for _, part := range parts {
			err = errors.Join(err, os.Remove(part))
		}
		if err != nil {
			return fmt.Errorf("remove file %s: %w", key, err)
		}
	}
	if err := f.bucket.Delete(ctx, key); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return fmt.Errorf("remove file %s: %w", key, err)
	}
	return nil
}

// open reads a file from any place on.
func (f *Files) open(ctx context.Context, key string) (io.ReadSeekCloser, error) {
	r, err := f.bucket.NewReader(ctx, key, nil)
	if err != nil {
		return nil, fmt.Errorf("read file %s: %w", key, err)
	}
	return r, nil
}
