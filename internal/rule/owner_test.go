package rule

import (
	"slices"
	"testing"
)

func TestMayTransfer(t *testing.T) {
	t.Parallel()
	in := Managed{Support: true, Kind: Client, Member: Member{"mem_x", Active, true, StandardPermissions}}
	with := func(change func(*Managed)) Managed { f := in; change(&f); return f }
	for _, c := range []struct {
		sentence string
		facts    Managed
		want     []Code
	}{
		{"G4: support transfers to an active member with login access", in, nil},
		{"G4: nobody else does, whatever they may do", with(func(f *Managed) { f.Support, f.Actor.Permissions = false, BusinessAdminPermissions }), []Code{OnlySupportTransfersOwnership}},
		{"G4: the owner is that already", with(func(f *Managed) { f.Owner = true }), []Code{AlreadyOwner}},
		{"G4: not to somebody without login access", with(func(f *Managed) { f.Member.LoginAccess = false }), []Code{CannotOwn}},
		{"G4: not to somebody pending", with(func(f *Managed) { f.Member.Status = Pending }), []Code{CannotOwn}},
		{"G4: not to somebody deactivated", with(func(f *Managed) { f.Member.Status = Deactivated }), []Code{CannotOwn}},
		{"F9: a removed member is gone", with(func(f *Managed) { f.Member.Status = Removed }), []Code{MembershipRemoved}},
		{"G4: a practice is owned by a practice administrator", with(func(f *Managed) { f.Kind, f.Member.Permissions = Practice, PracticeAdminPermissions }), nil},
		{"G4: and by nobody below", with(func(f *Managed) { f.Kind, f.Member.Permissions = Practice, ClientAdminPermissions }), []Code{CannotOwn}},
	} {
		if got := codes(MayTransfer(c.facts)); !slices.Equal(got, append([]Code{}, c.want...)) {
			t.Errorf("%s: got %v, want %v", c.sentence, got, c.want)
		}
	}
}

func TestMayDisconnect(t *testing.T) {
	t.Parallel()
	in := Leaving{Actor: Access{ViaPractice, "mem_ada", BusinessAdminPermissions}, PracticeAdmin: true, Practice: true, OwnerAble: true, SomebodyAble: true, Administered: true, Logins: true}
	with := func(change func(*Leaving)) Leaving { f := in; change(&f); return f }
	for _, c := range []struct {
		sentence string
		facts    Leaving
		want     []Code
	}{
		{"G5: a practice administrator disconnects a client", in, nil},
		{"G5: another colleague does not, though an administrator in it", with(func(f *Leaving) { f.PracticeAdmin = false }), []Code{NotPermitted}},
		{"G5: a member of the client with SUBSCRIPTION_MANAGE does", with(func(f *Leaving) { f.PracticeAdmin, f.Actor.Via = false, ViaMembership }), nil},
		{"G5: another member does not", with(func(f *Leaving) { f.PracticeAdmin, f.Actor = false, Access{ViaMembership, "m", UserAdminPermissions} }), []Code{NotPermitted}},
		{"G5: who stands alone cannot be disconnected", with(func(f *Leaving) { f.PracticeAdmin, f.Practice, f.Actor.Via = false, false, ViaMembership }), []Code{Invalid}},
		{"G4: an owner who can own stays the owner", with(func(f *Leaving) { f.Named, f.NamedAble = true, true }), []Code{OnlySupportTransfersOwnership}},
		{"G5: an owner who cannot wants another", with(func(f *Leaving) { f.OwnerAble = false }), []Code{Required}},
		{"G5: who is named", with(func(f *Leaving) { f.OwnerAble, f.Named, f.NamedAble = false, true, true }), nil},
		{"G5: and can own it", with(func(f *Leaving) { f.OwnerAble, f.Named = false, true }), []Code{CannotOwn}},
		{"G5: nobody who can", with(func(f *Leaving) { f.OwnerAble, f.SomebodyAble = false, false }), []Code{CannotOwn}},
		{"H1: judged as without a practice", with(func(f *Leaving) { f.Administered = false }), []Code{LastAdministrator}},
		{"H1: where nobody signs in, nobody has to administer", with(func(f *Leaving) { f.OwnerAble, f.SomebodyAble, f.Administered, f.Logins = false, false, false, false }), []Code{CannotOwn}},
	} {
		if got := codes(MayDisconnect(c.facts)); !slices.Equal(got, append([]Code{}, c.want...)) {
			t.Errorf("%s: got %v, want %v", c.sentence, got, c.want)
		}
	}
}
