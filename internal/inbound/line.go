package inbound

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"
)

// gate lets in as many connections as there is room for, and tells the others to come again.
type gate struct {
	net.Listener
	server *Server
}

// Accept waits for the next connection that is let in.
func (g gate) Accept() (net.Conn, error) {
	for {
		c, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if l := g.server.admit(c); l != nil {
			return l, nil
		}
		_ = c.SetWriteDeadline(time.Now().Add(time.Second))
		_, _ = io.WriteString(c, "421 4.7.0 There are too many connections. Try again later.\r\n") // whoever does not read it comes again, too
		_ = c.Close()
	}
}

// line is a connection to whoever brings mail. It ends when nothing is said for long, when no message comes of it for longer,
// or when more is said than two messages are long.
type line struct {
	net.Conn
	server *Server
	from   netip.Prefix
	closed sync.Once

	mu    sync.Mutex
	busy  bool      // a message is under way
	quiet bool      // the server stops
	over  bool      // nothing more is listened to
	until time.Time // when it ends, unless a message is taken before
	left  int64     // how many bytes are listened to until then
}

// admit lets a connection in; nil where there is no room for it.
func (s *Server) admit(c net.Conn) *line {
	l := &line{Conn: c, server: s, from: origin(c.RemoteAddr())}
	l.refresh()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping || len(s.lines) >= s.limits.all || s.ofOne[l.from] >= s.limits.ofOne {
		return nil
	}
	s.lines[l] = true
	s.ofOne[l.from]++
	return l
}

// origin is where a connection comes from: an address, or of IPv6 the network that one site has.
func origin(a net.Addr) netip.Prefix {
	from, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.Prefix{}
	}
	ip := from.Addr().Unmap().WithZone("")
	bits := 32
	if ip.Is6() {
		bits = 64
	}
	network, _ := ip.Prefix(bits)
	return network
}

// refresh gives a connection the time and bytes of another message.
func (l *line) refresh() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.until, l.left = time.Now().Add(l.server.limits.message), 2*maxMessage
}

var errTooMuch = errors.New("inbound: more was said than any message is long")

// Read listens, for as long as the line may be quiet.
func (l *line) Read(b []byte) (int, error) {
	if err := l.listen(); err != nil {
		return 0, err
	}
	n, err := l.Conn.Read(b)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.left -= int64(n)
	return n, err
}

func (l *line) listen() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.over:
		return io.EOF
	case l.quiet && !l.busy:
		return os.ErrDeadlineExceeded
	case l.left <= 0:
		return errTooMuch
	}
	until := time.Now().Add(l.server.limits.idle)
	if l.until.Before(until) {
		until = l.until
	}
	return l.SetReadDeadline(until)
}

// hush ends listening, unless a message is under way.
func (l *line) hush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.quiet = true
	if !l.busy {
		_ = l.SetReadDeadline(time.Unix(1, 0)) // one that cannot be set is closed already
	}
}

// begin says that a message comes; false when the server stops.
func (l *line) begin() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.busy = !l.quiet
	return l.busy
}

// done says that the message is through. What was said about it is still heard.
func (l *line) done() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.busy = false
}

// taking reports whether a message is under way.
func (l *line) taking() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.busy
}

// stopping reports whether no more messages begin.
func (l *line) stopping() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.quiet
}

// hangUp listens to nothing more.
func (l *line) hangUp() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
}

// Close ends the connection and makes room for another.
func (l *line) Close() error {
	l.closed.Do(func() {
		l.server.mu.Lock()
		defer l.server.mu.Unlock()
		delete(l.server.lines, l)
		if l.server.ofOne[l.from]--; l.server.ofOne[l.from] == 0 {
			delete(l.server.ofOne, l.from)
		}
	})
	return l.Conn.Close()
}
