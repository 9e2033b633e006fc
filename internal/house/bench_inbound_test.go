package house_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"roster/internal/inbound"
	"roster/internal/store/storetest"
)

// TestAThousandMailsInAMinute brings mails of 1 MB by eight connections, and looks at how much memory it takes: a thousand when
// soaking, else some. What is asked for is a thousand in a minute, with memory that does not grow.
func TestAThousandMailsInAMinute(t *testing.T) {
	for _, kind := range []string{storetest.SQLite, storetest.Postgres} {
		t.Run(kind, func(t *testing.T) {
			s := storetest.Open(t, kind)
			f := newFiling(t, s)
			_, door := f.mailDoor(t, inbound.Config{})
			to, n := f.address(f.member), trials(40)
			const connections = 8
			body := scanned(740 << 10)
			bring(t, door, to, connections, connections, body, "warm") // what is made once
			began := time.Now()
			before, peak := watched(func() { bring(t, door, to, n, connections, body, "mail") })
			took := time.Since(began)
			f.whole(t, n+connections)
			t.Logf("%s: %d mails of 1 MB by %d connections in %v, %.0f a minute; the heap had %d MB before and at most %d MB; the process %s", kind, n, connections,
				took.Round(time.Millisecond), float64(n)/took.Minutes(), before>>20, peak>>20, resident())
			if grown := int64(peak) - int64(before); grown > 64<<20 {
				t.Errorf("the heap grew by %d MB", grown>>20)
			}
			if soaking() && took > time.Minute {
				t.Errorf("a thousand mails took %v", took)
			}
		})
	}
}

// A mail as large as they come is never in memory: four at a time take less than one of them. When soaking, others follow them.
func TestLargeMailsAreNotHeldInMemory(t *testing.T) {
	s := storetest.Open(t, storetest.SQLite)
	f := newFiling(t, s)
	_, door := f.mailDoor(t, inbound.Config{})
	to := f.address(f.member)
	body := scanned(19 << 20)
	bring(t, door, to, 1, 1, scanned(1<<20), "warm")
	n := 4
	if soaking() {
		n = 40
	}
	before, peak := watched(func() { bring(t, door, to, n, 4, body, "large") })
	f.whole(t, n+1)
	t.Logf("%d mails of 26 MB by 4 connections: the heap had %d MB before and at most %d MB", n, before>>20, peak>>20)
	if grown := int64(peak) - int64(before); grown > 24<<20 {
		t.Errorf("the heap grew by %d MB", grown>>20)
	}
}

// watched does something, and answers what was on the heap before, and at most meanwhile.
func watched(do func()) (before, peak uint64) {
	runtime.GC()
	before = memory()
	stop, most := make(chan struct{}), make(chan uint64)
	go func() {
		var peak uint64
		for {
			select {
			case <-stop:
				most <- peak
				return
			case <-time.After(10 * time.Millisecond):
				peak = max(peak, memory())
			}
		}
	}()
	do()
	close(stop)
	return before, <-most
}

// memory is what is on the heap.
func memory() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// resident is what the process takes now and took at most, as Linux tells it.
func resident() string {
	text, _ := os.ReadFile("/proc/self/status") // elsewhere nothing is told
	var told []string
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "VmRSS:") || strings.HasPrefix(line, "VmHWM:") {
			told = append(told, strings.Join(strings.Fields(line), " "))
		}
	}
	return strings.Join(told, ", ")
}

// scanned is what is in a mail with a file of some size: base64, in lines.
func scanned(size int) []byte {
	noise := make([]byte, size)
	random := rand.NewChaCha8([32]byte{})
	_, _ = random.Read(noise) // it never fails
	text := base64.StdEncoding.EncodeToString(noise)
	var body bytes.Buffer
	for i := 0; i < len(text); i += 76 {
		body.WriteString(text[i:min(i+76, len(text))] + "\r\n")
	}
	return body.Bytes()
}

// bring brings mails with a PDF each. What is in them is the same, but for how it begins.
func bring(t *testing.T, door, to string, n, connections int, body []byte, name string) {
	t.Helper()
	var next atomic.Int64
	together(connections, func(int) {
		client, err := smtp.Dial(door)
		if err != nil {
			t.Error(err)
			return
		}
		defer client.Close()
		client.SubmissionTimeout = 2 * time.Minute
		for {
			i := next.Add(1)
			if i > int64(n) {
				return
			}
			own := base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "%%PDF-1.7 %-20s", fmt.Sprint(name, " ", i)))
			head := fmt.Sprintf("From: shop@example.org\r\nMessage-ID: <%s-%d@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: application/pdf; name=%s-%d.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n",
				name, i, name, i, own)
			if err := client.Mail("shop@example.org", nil); err != nil {
				t.Error(err)
				return
			}
			if err := client.Rcpt(to, nil); err != nil {
				t.Error(err)
				return
			}
			data, err := client.Data()
			if err != nil {
				t.Error(err)
				return
			}
			_, err1 := data.Write([]byte(head))
			_, err2 := data.Write(body)
			if err3 := data.Close(); err1 != nil || err2 != nil || err3 != nil {
				t.Error(err1, err2, err3)
				return
			}
		}
	})
}
