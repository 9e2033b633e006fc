package inbound

import (
	"bufio"
	"errors"
	"io"
	"os"

	"roster/internal/document"
)

// source is a message as it comes. It remembers how its reading ended: whoever takes it apart may be content with less.
type source struct {
	from io.Reader
	size int64
	err  error // why it did not come to its end
}

// Read reads on.
func (s *source) Read(b []byte) (int, error) {
	n, err := s.from.Read(b)
	s.size += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// drain reads what is left; an error means that the message did not come to its end.
func (s *source) drain() error {
	if s.err == nil {
		_, _ = io.Copy(io.Discard, s)
	}
	return s.err
}

// spool is the file that the parts of one message are decoded into. It has no name, so that nothing of it stays whatever
// happens.
type spool struct {
	file *os.File
	size int64
}

func newSpool() (*spool, error) {
	file, err := os.CreateTemp("", "roster-mail-")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &spool{file: file}, nil
}

func (s *spool) close() { _ = s.file.Close() } // nothing of it is to stay

// keep writes down what a reader has, and answers where it is. Of one that breaks off in between, what came until then is
// written.
func (s *spool) keep(r io.Reader) (section *io.SectionReader, readError, err error) {
	at := s.size
	w := &failing{w: io.NewOffsetWriter(s.file, at)}
	buffered := bufio.NewWriterSize(w, 64<<10)
	n, copyError := io.Copy(buffered, r)
	_ = buffered.Flush() // w remembers
	if w.err != nil {
		return nil, nil, w.err
	}
	s.size += n
	return io.NewSectionReader(s.file, at, n), copyError, nil
}

// failing remembers that writing failed, to tell it from reading.
type failing struct {
	w   io.Writer
	err error
}

// Write writes on.
func (f *failing) Write(b []byte) (int, error) {
	n, err := f.w.Write(b)
	if err != nil {
		f.err = err
	}
	return n, err
}

func fileOf(name string, s *io.SectionReader) document.File {
	return document.File{Name: name, Content: s, Size: s.Size()}
}
