package graph_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"time"

	"golang.org/x/net/html"

	"roster/internal/courier"
)

var secretLink = regexp.MustCompile(`http://\S+/(?:accept|verify|reset)/(\S+)`)

// mail waits for the newest unseen mail to an address and looks for each line in its subject and text; "link {name}"
// names the secret in its link.
func (w *world) mail(s step) error {
	to := w.names.fill(strings.TrimPrefix(s.rest, "to "))
	found, err := w.unseen(to)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return fmt.Errorf("no mail came to %s; the mailbox holds\n%s", to, w.mailbox())
	}
	one := found[0]
	w.seen[one.ID] = true
	text := spaced(one.Subject + "\n" + one.Text)
	for _, line := range s.lines() {
		if name, ok := strings.CutPrefix(line, "link "); ok {
			link := secretLink.FindStringSubmatch(one.Text)
			if link == nil {
				return fmt.Errorf("the mail holds no link:\n%s", one.Text)
			}
			if err := w.names.call(name, link[1]); err != nil {
				return err
			}
			continue
		}
		line = w.names.fill(line)
		if unwanted, without := strings.CutPrefix(line, "not: "); without == strings.Contains(text, strings.TrimPrefix(line, "not: ")) {
			return fmt.Errorf("the mail should hold %q (%s):\n%s", unwanted, line, one.Subject+"\n"+one.Text)
		}
	}
	return nil
}

// noMail: "no mail to ADDRESS", or "no mail" to anybody, once all mail has left.
func (w *world) noMail(s step) error {
	to := w.names.fill(strings.TrimPrefix(strings.TrimPrefix(s.rest, "mail"), " to "))
	found, err := w.unseen(to)
	if err != nil || len(found) == 0 {
		return err
	}
	return fmt.Errorf("a mail came to %s:\n%s\n%s", found[0].To, found[0].Subject, found[0].Text)
}

// unseen are the mails to an address that no step has spoken of, newest first, once all mail has left.
func (w *world) unseen(to string) ([]courier.Message, error) {
	if err := w.allSent(); err != nil {
		return nil, err
	}
	list, err := w.courier.Mailbox().List("")
	var found []courier.Message
	for _, one := range list {
		mail, err := w.courier.Mailbox().Open(one.ID)
		if err != nil {
			return nil, err
		}
		if !w.seen[one.ID] && (to == "" || strings.Contains(mail.To, "<"+to+">") || mail.To == to) {
			found = append(found, mail)
		}
	}
	return found, err
}

// allSent waits until the job queue has nothing left to do.
func (w *world) allSent() error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	timeout := time.After(20 * time.Second)
	for {
		waiting, err := w.jobs()
		if err != nil || waiting == 0 {
			return err
		}
		select {
		case <-tick.C:
		case <-timeout:
			return fmt.Errorf("%d mails still wait to be sent:\n%s", waiting, w.log)
		}
	}
}

// jobs counts those that are due by the story's clock.
func (w *world) jobs() (waiting int, err error) {
	rows, err := w.store.Query(w.Context(), "SELECT scheduled_at FROM river_job WHERE state NOT IN ('completed', 'cancelled', 'discarded')")
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var at time.Time
		if err := rows.Scan(&at); err != nil {
			return 0, err
		}
		if !at.After(w.store.Now()) {
			waiting++
		}
	}
	return waiting, rows.Err()
}

func (w *world) mailbox() string {
	list, err := w.courier.Mailbox().List("")
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for _, one := range list {
		fmt.Fprintf(&b, "    %s: %s (seen: %t)\n", one.To, one.Subject, w.seen[one.ID])
	}
	return b.String()
}

// pageText is what a person reads on a page; a field to fill in is shown by its name: [password].
func pageText(page []byte) string {
	var b strings.Builder
	hidden := 0
	for z := html.NewTokenizer(bytes.NewReader(page)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			return spaced(b.String())
		}
		token := z.Token()
		switch {
		case token.Data == "style" || token.Data == "svg":
			if kind == html.StartTagToken {
				hidden++
			} else if kind == html.EndTagToken {
				hidden--
			}
		case kind == html.TextToken && hidden == 0:
			b.WriteString(token.Data)
		case token.Data == "input":
			b.WriteString(field(token.Attr))
		case token.Data != "strong":
			b.WriteByte(' ')
		}
	}
}

func field(attributes []html.Attribute) string {
	var name string
	for _, a := range attributes {
		if a.Key == "type" && a.Val == "hidden" || a.Key == "hidden" {
			return ""
		}
		if a.Key == "name" {
			name = a.Val
		}
	}
	return " [" + name + "] "
}

func spaced(text string) string { return strings.Join(strings.Fields(text), " ") }
