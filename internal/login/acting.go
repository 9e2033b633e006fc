package login

import (
	"context"
	"fmt"

	"roster/ent"
	"roster/ent/user"
	"roster/internal/address"
	"roster/internal/store"
	"roster/internal/viewer"
)

// Acting is the viewer for whom whoever runs the server acts on the command line: a confirmed login. What it does is
// judged and recorded as that person's own, under a request id of its own.
func (l *Logins) Acting(ctx context.Context, email string) (viewer.Viewer, error) {
	normal, err := address.Email(email)
	if err != nil {
		return viewer.Viewer{}, fmt.Errorf("%q is not an email address", email)
	}
	u, err := l.store.Read().User.Query().Where(user.Email(normal)).Only(store.Facts(ctx))
	switch {
	case ent.IsNotFound(err):
		return viewer.Viewer{}, fmt.Errorf("nobody has a login with %s; they sign up first", normal)
	case err != nil:
		return viewer.Viewer{}, fmt.Errorf("find login: %w", err)
	case u.EmailVerifiedAt == nil:
		return viewer.Viewer{}, fmt.Errorf("%s was never confirmed; they confirm it first, by the mail they were sent", normal)
	}
	return viewer.Viewer{UserID: u.ID, Name: FullName(u), Email: u.Email, EmailVerified: true, At: l.store.Now(), RequestID: store.NewID("req")}, nil
}
