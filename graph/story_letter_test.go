package graph_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/emersion/go-smtp"

	"roster/internal/inbound"
	"roster/internal/store"
)

// mailDoor opens the door that mail comes in by, when the story's first letter comes.
func (w *world) mailDoor() (string, error) {
	if w.door != "" {
		return w.door, nil
	}
	server, err := inbound.New(w.papers, inbound.Config{Domain: w.papers.MailDomain()})
	if err != nil {
		return "", err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	go func() { _ = server.Serve(listener) }()
	w.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := server.Stop(ctx); err != nil {
			w.Errorf("stop the door: %v", err)
		}
	})
	w.door = listener.Addr().String()
	return w.door, nil
}

// letter mails files, as any mail program does: "letter from x@y.org to {a}, {b} with receipt.pdf, note.txt"; or a message as
// some program writes it: "… as outlook". The body may have lines of its header, "Message-ID: <x@y.org>", and, after
// "text:", what is written in it. What is answered: what those are told who take no mail, and how many documents were made of
// it; or with which code it was refused.
func (w *world) letter(s step) error {
	from, rest, ok := strings.Cut(strings.TrimPrefix(s.rest, "from "), " to ")
	if !ok {
		return errors.New("from whom, and to whom?")
	}
	to, files, _ := strings.Cut(rest, " with ")
	to, program, written := strings.Cut(to, " as ")
	to, err := w.names.fillAll(to)
	if err != nil {
		return err
	}
	message := compose(from, files, s.lines())
	if written {
		raw, err := os.ReadFile(filepath.Join("..", "internal", "inbound", "testdata", program+".eml"))
		if err != nil {
			return err
		}
		message = string(raw)
	}
	answer, err := w.bring(strings.Trim(from, "<>"), strings.Split(to, ", "), message)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(map[string]any{"data": map[string]any{"letter": answer}})
	if err != nil {
		return err
	}
	w.before, w.last = w.last, exchange{step: s, asked: "letter " + s.rest, status: 200, raw: raw}
	return nil
}

// compose writes a message.
func compose(from, files string, lines []string) string {
	var b strings.Builder
	text := ""
	fmt.Fprintf(&b, "From: %s\r\nMIME-Version: 1.0\r\n", from)
	for _, line := range lines {
		if written, ok := strings.CutPrefix(line, "text: "); ok {
			text += written + "\r\n"
			continue
		}
		b.WriteString(line + "\r\n")
	}
	if files == "" {
		return b.String() + "\r\n" + text
	}
	b.WriteString("Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n" + text)
	for _, one := range strings.Split(files, ", ") {
		name, content := file(one)
		fmt.Fprintf(&b, "\r\n--x\r\nContent-Disposition: attachment; filename=%q\r\nContent-Transfer-Encoding: base64\r\n\r\n", name)
		for text := base64.StdEncoding.EncodeToString([]byte(content)); text != ""; {
			n := min(len(text), 76)
			b.WriteString(text[:n] + "\r\n")
			text = text[n:]
		}
	}
	return b.String() + "--x--\r\n"
}

// bring speaks with the door.
func (w *world) bring(from string, to []string, message string) (map[string]any, error) {
	door, err := w.mailDoor()
	if err != nil {
		return nil, err
	}
	client, err := smtp.Dial(door)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	before, err := w.store.Read().Document.Query().Count(store.Facts(w.system()))
	if err != nil {
		return nil, err
	}
	if err := client.Mail(from, nil); err != nil {
		return nil, err
	}
	answer, taken := map[string]any{}, 0
	for _, one := range to {
		err := client.Rcpt(one, nil)
		var refused *smtp.SMTPError
		switch {
		case err == nil:
			taken++
		case errors.As(err, &refused) && refused.Code == 550:
			answer["refused"] = refused.Message
		default:
			return nil, err
		}
	}
	if taken == 0 {
		return answer, client.Quit()
	}
	data, err := client.Data()
	if err != nil {
		return nil, err
	}
	if _, err := data.Write([]byte(message)); err != nil {
		return nil, err
	}
	if err := data.Close(); err != nil {
		var refused *smtp.SMTPError
		var other *textproto.Error
		switch {
		case errors.As(err, &refused):
			answer["code"], answer["told"] = refused.Code, refused.Message
		case errors.As(err, &other):
			answer["code"], answer["told"] = other.Code, other.Msg
		default:
			return nil, err
		}
		return answer, nil
	}
	after, err := w.store.Read().Document.Query().Count(store.Facts(w.system()))
	answer["made"] = after - before
	return answer, err
}
