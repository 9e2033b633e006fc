package document

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"time"

	"roster/ent/session"
	"roster/internal/rule"
	"roster/internal/viewer"
)

// linkLasts is how long a download link works.
const linkLasts = 5 * time.Minute

// Link is where the viewer downloads a document for the next five minutes. It works for them alone, as long as their session
// and their access last, and for whoever they give it to until then.
func (d *Documents) Link(v viewer.Viewer, id string) string {
	until := strconv.FormatInt(v.At.Add(linkLasts).Unix(), 10)
	q := url.Values{"until": {until}, "as": {v.UserID}, "signature": {d.sign(id, v.UserID, v.SessionID, until)}}
	if v.SessionID != "" {
		q.Set("in", v.SessionID)
	}
	return d.config.Base + "/documents/" + id + "?" + q.Encode()
}

// sign makes the signature of a link.
func (d *Documents) sign(id, user, session, until string) string {
	key := hmac.New(sha256.New, d.config.Key)
	key.Write([]byte("document links"))
	mac := hmac.New(sha256.New, key.Sum(nil))
	for _, part := range []string{id, user, session, until} {
		fmt.Fprintf(mac, "%q|", part)
	}
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// Download is a file on its way out.
type Download struct {
	Name, Type, SHA256 string
	At                 time.Time
	Content            io.ReadSeekCloser // the caller closes it
}

// ErrTooOld means that a link was good once.
var ErrTooOld = rule.Fault{Code: "NOT_FOUND", Message: "This link is too old: it works for five minutes. Open the document in its list again."}

// Download opens what a link leads to, if whoever asked for the link is signed in still and sees the document now (A5).
func (d *Documents) Download(ctx context.Context, id string, q url.Values) (*Download, error) {
	user, in, until := q.Get("as"), q.Get("in"), q.Get("until")
	if !hmac.Equal([]byte(q.Get("signature")), []byte(d.sign(id, user, in, until))) {
		return nil, rule.ErrNotFound
	}
	now := d.store.Now()
	if last, err := strconv.ParseInt(until, 10, 64); err != nil || now.Unix() > last {
		return nil, ErrTooOld
	}
	v, _ := viewer.From(ctx)
	ctx = viewer.With(ctx, viewer.Viewer{UserID: user, SessionID: in, At: now, RequestID: v.RequestID})
	if in != "" {
		live, err := d.store.Read().Session.Query().Where(session.ID(in), session.EndedAtIsNil(), session.ExpiresAtGT(now)).Exist(ctx)
		if err != nil {
			return nil, fmt.Errorf("find session %s: %w", in, err)
		}
		if !live {
			return nil, rule.ErrNotFound
		}
	}
	row, err := d.store.Read().Document.Get(ctx, id)
	if err != nil {
		return nil, notFound("document", err)
	}
	file, err := d.files.open(ctx, row.BlobKey)
	if err != nil {
		return nil, err
	}
	return &Download{Name: row.FileName, Type: row.ContentType, SHA256: row.Sha256, At: row.CreatedAt, Content: file}, nil
}
