package graph

import (
	"context"
	"time"

	"roster/ent"
	"roster/graph/generated"
	"roster/internal/login"
	"roster/internal/people"
	"roster/internal/store"
	"roster/internal/viewer"
)

func (m mutation) SignUp(ctx context.Context, in generated.SignUpInput) (*generated.SignUpPayload, error) {
	name, country := in.PracticeName.Value(), some(in.Country.Value())
	err := m.logins.SignUp(ctx, login.SignUp{FirstName: in.FirstName, LastName: in.LastName, Email: in.Email, Password: in.Password,
		Practice: name != nil, PracticeName: some(name), Country: country,
	}, func(ctx context.Context, tx *store.Tx, owner *ent.User) error {
		_, err := people.MakePractice(ctx, tx, owner, *name, country, "signUp")
		return err
	})
	list, err := problems(err)
	if err != nil {
		return nil, err
	}
	return &generated.SignUpPayload{Problems: list}, nil
}

func (m mutation) SignIn(ctx context.Context, in generated.SignInInput) (*generated.SignInPayload, error) {
	o, err := m.logins.SignIn(ctx, in.Email, in.Password, in.Client)
	list, fault := problems(err)
	if err != nil {
		return &generated.SignInPayload{Problems: list}, fault
	}
	return &generated.SignInPayload{Viewer: opened(ctx, o), Tokens: o.Tokens, Problems: list}, nil
}

func (m mutation) SignOut(ctx context.Context) (*generated.SignOutPayload, error) {
	list, err := problems(m.logins.SignOut(ctx))
	if err != nil {
		return nil, err
	}
	signedOut(ctx)
	return &generated.SignOutPayload{Problems: list}, nil
}

// signedOut makes the rest of the request nobody's, and takes a browser's cookie back.
func signedOut(ctx context.Context) {
	v, _ := viewer.From(ctx)
	viewer.Become(ctx, v.Nobody())
	if r := requestOf(ctx); r.SetCookie != nil {
		r.SetCookie("", time.Time{})
	}
}

func (m mutation) SessionRefresh(ctx context.Context, in generated.SessionRefreshInput) (*generated.SessionRefreshPayload, error) {
	tokens, err := m.logins.Refresh(ctx, in.RefreshToken)
	list, err := problems(err)
	if err != nil {
		return nil, err
	}
	return &generated.SessionRefreshPayload{Tokens: tokens, Problems: list}, nil
}

func (m mutation) EmailVerificationResend(ctx context.Context) (*generated.EmailVerificationResendPayload, error) {
	err := m.logins.ResendVerification(ctx)
	list, fault := problems(err)
	if err != nil {
		return &generated.EmailVerificationResendPayload{Problems: list}, fault
	}
	u, err := m.self(ctx)
	return &generated.EmailVerificationResendPayload{User: u, Problems: list}, err
}

func (m mutation) EmailVerify(ctx context.Context, in generated.EmailVerifyInput) (*generated.EmailVerifyPayload, error) {
	p, err := m.logins.Verify(ctx, in.Token, some(in.Password.Value()))
	list, fault := problems(err)
	if err != nil {
		return &generated.EmailVerifyPayload{Problems: list}, fault
	}
	u, err := m.self(ctx)
	if u != nil && u.ID != p.Login {
		u = nil
	}
	return &generated.EmailVerifyPayload{User: u, Problems: list}, err
}

func (m mutation) PasswordResetRequest(ctx context.Context, in generated.PasswordResetRequestInput) (*generated.PasswordResetRequestPayload, error) {
	list, err := problems(m.logins.RequestReset(ctx, in.Email))
	if err != nil {
		return nil, err
	}
	return &generated.PasswordResetRequestPayload{Problems: list}, nil
}

func (m mutation) PasswordReset(ctx context.Context, in generated.PasswordResetInput) (*generated.PasswordResetPayload, error) {
	list, err := problems(m.logins.Reset(ctx, in.Token, in.NewPassword))
	if err != nil {
		return nil, err
	}
	return &generated.PasswordResetPayload{Problems: list}, nil
}

// self is the viewer's login as it is now; nil when nobody is signed in.
func (m mutation) self(ctx context.Context) (*ent.User, error) {
	v, _ := viewer.From(ctx)
	if !v.SignedIn() {
		return nil, nil
	}
	u, err := orNull(m.read().User.Get(ctx, v.UserID))
	if u != nil {
		v.Email, v.EmailVerified = u.Email, u.EmailVerifiedAt != nil
		viewer.Become(ctx, v)
	}
	return u, err
}

func (m mutation) AccountSwitch(ctx context.Context, in generated.AccountSwitchInput) (*generated.AccountSwitchPayload, error) {
	list, err := problems(m.logins.Switch(ctx, in.AccountID))
	if err != nil {
		return nil, err
	}
	v, _ := viewer.From(ctx)
	v.Session.CurrentAccount = in.AccountID
	viewer.Become(ctx, v)
	access, err := m.logins.AccessTo(ctx, in.AccountID)
	return &generated.AccountSwitchPayload{Access: access, Viewer: me(ctx), Problems: list}, err
}
