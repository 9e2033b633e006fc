package main

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// wire is one connection to a server. It costs a fraction of what net/http's client does, since it shares two processors
// with what it measures.
type wire struct {
	conn net.Conn
	in   *bufio.Reader
	body []byte
}

func dial(address string) (*wire, error) {
	c, err := net.DialTimeout("tcp", address, 5*time.Second)
	if err != nil {
		return nil, err
	}
	return &wire{conn: c, in: bufio.NewReaderSize(c, 64<<10)}, nil
}

var (
	length  = []byte("Content-Length: ")
	chunked = []byte("Transfer-Encoding: chunked")
)

// ask sends a request as it stands and gives the answer's status and body; the body is good until the next one.
func (w *wire) ask(request []byte) (status int, body []byte, err error) {
	if err := w.conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		return 0, nil, err
	}
	if _, err := w.conn.Write(request); err != nil {
		return 0, nil, err
	}
	size, parts := 0, false
	for first := true; ; first = false {
		line, err := w.in.ReadSlice('\n')
		if err != nil {
			return 0, nil, err
		}
		switch line = bytes.TrimRight(line, "\r\n"); {
		case first:
			if status, err = strconv.Atoi(string(line[9:12])); err != nil {
				return 0, nil, err
			}
		case len(line) == 0:
			body, err = w.rest(size, parts)
			return status, body, err
		case len(line) > len(length) && bytes.EqualFold(line[:len(length)], length):
			if size, err = strconv.Atoi(string(line[len(length):])); err != nil {
				return 0, nil, err
			}
		case bytes.EqualFold(line, chunked):
			parts = true
		}
	}
}

func (w *wire) rest(size int, parts bool) ([]byte, error) {
	w.body = w.body[:0]
	if !parts {
		return w.take(size)
	}
	for {
		line, err := w.in.ReadString('\n')
		if err != nil {
			return nil, err
		}
		n, err := strconv.ParseInt(line[:len(line)-2], 16, 32)
		if err != nil {
			return nil, err
		}
		if _, err := w.take(int(n)); err != nil {
			return nil, err
		}
		if _, err := w.in.Discard(2); err != nil || n == 0 {
			return w.body, err
		}
	}
}

func (w *wire) take(size int) ([]byte, error) {
	from := len(w.body)
	w.body = slices.Grow(w.body, size)[:from+size]
	_, err := io.ReadFull(w.in, w.body[from:])
	return w.body, err
}

// request makes one as an app sends it. from is the address that a proxy in front says it comes from.
func request(host, path, token, from, body string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nAccept: application/json\r\n", path, host)
	if token != "" {
		fmt.Fprintf(&b, "Authorization: Bearer %s\r\n", token)
	}
	if from != "" {
		fmt.Fprintf(&b, "X-Forwarded-For: %s\r\n", from)
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return b.Bytes()
}

// load is what a server is asked: the nth request, and what its answer must hold.
type load func(n int) (request []byte, must []byte)

// taken is what came of it.
type taken struct {
	asked   int
	took    time.Duration
	waits   []time.Duration // sorted
	refused int
}

func (t taken) rate() float64 { return float64(t.asked) / t.took.Seconds() }

// at is how long the given share of the requests took at most.
func (t taken) at(share float64) time.Duration {
	if len(t.waits) == 0 {
		return 0
	}
	return t.waits[min(int(share*float64(len(t.waits))), len(t.waits)-1)]
}

// press asks for a time, from a number of connections each of which waits for its answer; with a pace, that many times a
// second, and then a request's time counts from when it was due.
func press(address string, connections int, lasts time.Duration, pace float64, l load) (taken, error) {
	var (
		next  atomic.Int64
		group sync.WaitGroup
		mu    sync.Mutex
		all   taken
		fault error
	)
	began := time.Now()
	end := began.Add(lasts)
	for range connections {
		group.Go(func() {
			waits, refused, err := pressOne(address, began, end, pace, &next, l)
			mu.Lock()
			defer mu.Unlock()
			all.waits, all.refused, fault = append(all.waits, waits...), all.refused+refused, cmp.Or(fault, err)
		})
	}
	group.Wait()
	all.asked, all.took = len(all.waits), time.Since(began)
	slices.Sort(all.waits)
	return all, fault
}

// What a server says that has too much to do.
var tooMany, tooLong = []byte("TOO_MANY"), []byte("This took too long")

func pressOne(address string, began, end time.Time, pace float64, next *atomic.Int64, l load) (waits []time.Duration, refused int, err error) {
	w, err := dial(address)
	if err != nil {
		return nil, 0, err
	}
	defer w.conn.Close()
	for {
		n, due := int(next.Add(1)), time.Now()
		if pace > 0 {
			due = began.Add(time.Duration(float64(n) / pace * float64(time.Second)))
			time.Sleep(time.Until(due))
		}
		if due.After(end) {
			return waits, refused, nil
		}
		ask, must := l(n)
		status, body, err := w.ask(ask)
		switch {
		case err != nil:
			return waits, refused, err
		case status == 200 && bytes.Contains(body, must):
		case bytes.Contains(body, tooMany) || bytes.Contains(body, tooLong):
			refused++
		default:
			return waits, refused, fmt.Errorf("answered %d %.400s", status, body)
		}
		waits = append(waits, time.Since(due))
	}
}
