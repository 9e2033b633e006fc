package graph

import (
	"context"

	"roster/graph/generated"
	"roster/internal/login"
	"roster/internal/viewer"
)

func (m mutation) ProfileUpdate(ctx context.Context, in generated.ProfileUpdateInput) (*generated.ProfileUpdatePayload, error) {
	err := m.logins.UpdateProfile(ctx, login.Profile{FirstName: in.FirstName.Value(), LastName: in.LastName.Value(), Mobile: in.Mobile.Value()})
	list, fault := problems(err)
	if err != nil {
		return &generated.ProfileUpdatePayload{Problems: list}, fault
	}
	u, err := m.self(ctx)
	if u != nil {
		v, _ := viewer.From(ctx)
		v.Name = login.FullName(u)
		viewer.Become(ctx, v)
	}
	return &generated.ProfileUpdatePayload{User: u, Problems: list}, err
}

func (m mutation) PasswordChange(ctx context.Context, in generated.PasswordChangeInput) (*generated.PasswordChangePayload, error) {
	o, err := m.logins.ChangePassword(ctx, in.CurrentPassword, in.NewPassword)
	list, fault := problems(err)
	if err != nil {
		return &generated.PasswordChangePayload{Problems: list}, fault
	}
	opened(ctx, o)
	u, err := m.self(ctx)
	return &generated.PasswordChangePayload{User: u, Problems: list}, err
}

func (m mutation) IdentityUnlink(ctx context.Context, in generated.IdentityUnlinkInput) (*generated.IdentityUnlinkPayload, error) {
	list, err := problems(m.logins.Unlink(ctx, in.Provider))
	if err != nil {
		return nil, err
	}
	return &generated.IdentityUnlinkPayload{Viewer: me(ctx), Problems: list}, nil
}

func (m mutation) EmailChangeRequest(ctx context.Context, in generated.EmailChangeRequestInput) (*generated.EmailChangeRequestPayload, error) {
	err := m.logins.RequestNewEmail(ctx, in.NewEmail, some(in.Password.Value()))
	list, fault := problems(err)
	if err != nil {
		return &generated.EmailChangeRequestPayload{Problems: list}, fault
	}
	u, err := m.self(ctx)
	return &generated.EmailChangeRequestPayload{User: u, Problems: list}, err
}

func (m mutation) SessionRevoke(ctx context.Context, in generated.SessionRevokeInput) (*generated.SessionRevokePayload, error) {
	own, err := m.logins.Revoke(ctx, in.SessionID)
	list, err := problems(err)
	if err != nil {
		return nil, err
	}
	if own {
		signedOut(ctx)
	}
	return &generated.SessionRevokePayload{Viewer: me(ctx), Problems: list}, nil
}

func (m mutation) SessionRevokeOthers(ctx context.Context) (*generated.SessionRevokeOthersPayload, error) {
	list, err := problems(m.logins.RevokeOthers(ctx))
	if err != nil {
		return nil, err
	}
	return &generated.SessionRevokeOthersPayload{Viewer: me(ctx), Problems: list}, nil
}
