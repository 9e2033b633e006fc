package rule

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

func placeAt(status Status, access bool, role Role, options Permissions) Place {
	return Place{Member: Member{ID: "mem_" + string(status), Status: status, LoginAccess: access, Permissions: role.Permissions | options}, Kind: role.Kind, Role: role}
}

func TestOfTwoMembershipsInOneAccountOneIsMade(t *testing.T) {
	t.Parallel()
	standard, user, admin := builtIn(StandardRole), builtIn(UserAdminRole), builtIn(BusinessAdminRole)
	owning := func(p Place) Place { p.Owner = true; return p }
	standing := func(p Place) Place { p.Acceptable = true; return p }
	for sentence, c := range map[string]struct {
		a, b   Place
		status Status
		access bool
		role   string
		set    Permissions
		owner  bool
	}{
		"two that are in have the higher role and all permissions": {placeAt(Active, true, standard, DocumentsViewAll), placeAt(Active, true, user, 0),
			Active, true, UserAdminRole, UserAdminPermissions, false},
		"the options of both stay": {placeAt(Active, true, standard, DocumentsViewAll), placeAt(Active, true, standard, PublishItems),
			Active, true, StandardRole, DocumentsSubmit | DocumentsViewAll | PublishItems, false},
		"one owned, so the person owns": {placeAt(Active, true, admin, 0), owning(placeAt(Active, true, standard, 0)), Active, true, BusinessAdminRole, BusinessAdminPermissions, true},
		"login access of either":        {placeAt(Active, false, standard, 0), placeAt(Active, true, standard, 0), Active, true, StandardRole, DocumentsSubmit, false},
		"what went with login access does not come back by another login": {owning(placeAt(Active, false, admin, 0)), placeAt(Active, true, standard, DocumentsViewAll),
			Active, true, StandardRole, DocumentsSubmit | DocumentsViewAll, true},
		"a deactivated one gives nothing to one that is in": {placeAt(Deactivated, true, admin, 0), placeAt(Active, true, standard, 0),
			Active, true, StandardRole, DocumentsSubmit, false},
		"nor does it let a document owner sign in": {placeAt(Active, false, standard, 0), placeAt(Deactivated, true, admin, 0),
			Active, false, StandardRole, DocumentsSubmit, false},
		"who could accept today has what they were invited to be": {placeAt(Active, true, standard, 0), standing(placeAt(Pending, true, admin, 0)),
			Active, true, BusinessAdminRole, BusinessAdminPermissions, false},
		"an invitation that nobody could accept gives nothing": {placeAt(Active, true, standard, 0), placeAt(Pending, true, admin, 0),
			Active, true, StandardRole, DocumentsSubmit, false},
		"an invitation does not let a document owner sign in": {placeAt(Active, false, standard, 0), standing(placeAt(Pending, true, standard, 0)),
			Active, false, StandardRole, DocumentsSubmit, false},
		"who awaits activation is not in by another login":        {placeAt(AwaitingActivation, true, admin, 0), placeAt(Active, true, standard, 0), Active, true, StandardRole, DocumentsSubmit, false},
		"a deactivated person cannot come in by an invitation":    {placeAt(Deactivated, true, standard, 0), standing(placeAt(Pending, true, admin, 0)), Deactivated, true, StandardRole, DocumentsSubmit, false},
		"awaiting goes before pending, with what both were to be": {placeAt(AwaitingActivation, true, standard, 0), standing(placeAt(Pending, true, admin, 0)), AwaitingActivation, true, BusinessAdminRole, BusinessAdminPermissions, false},
		"two pending ones stay pending":                           {placeAt(Pending, true, standard, 0), placeAt(Pending, true, admin, 0), Pending, true, BusinessAdminRole, BusinessAdminPermissions, false},
		"an owner is not deactivated: they stay as a document owner": {placeAt(Deactivated, true, standard, 0), owning(placeAt(Pending, true, admin, 0)),
			Active, false, StandardRole, DocumentsSubmit, true},
	} {
		for _, list := range [][]Place{{c.a, c.b}, {c.b, c.a}} {
			f := Fold(list)
			got := fmt.Sprint(f.Status, f.LoginAccess, f.Role.ID, f.Permissions, f.Owner)
			if want := fmt.Sprint(c.status, c.access, c.role, c.set, c.owner); got != want {
				t.Errorf("%s: %s, want %s", sentence, got, want)
			}
		}
	}
}

// J4, J5: whatever the two are, merging opens nothing that neither opened, shuts nothing that one opened, and leaves a row that
// may exist.
func TestMergingNeitherOpensNorShutsAnything(t *testing.T) {
	t.Parallel()
	n := 0
	for _, kind := range []Kind{Client, Practice} {
		var all []Place
		for _, role := range BuiltInRoles {
			for _, status := range []Status{Active, Deactivated, AwaitingActivation, Pending} {
				for _, access := range []bool{true, false} {
					for _, more := range []int{0, 1, 2, 3} {
						p := placeAt(status, access, role, 0)
						p.Owner, p.Acceptable = more&1 != 0, more&2 != 0 && status == Pending
						user := status == Active || status == Deactivated
						if role.Kind == kind && Possible(Row{kind, status, access, true, user, p.Owner}) {
							all = append(all, p)
						}
					}
				}
			}
		}
		for _, a := range all {
			for _, b := range all {
				if a.Owner && b.Owner {
					continue
				}
				n++
				f := Fold([]Place{a, b})
				name := fmt.Sprintf("%s %s %v owner %v acceptable %v with %s %v owner %v acceptable %v", a.Role.ID, a.Status, a.LoginAccess, a.Owner, a.Acceptable, b.Status, b.LoginAccess, b.Owner, b.Acceptable)
				opens := Member{Status: f.Status, LoginAccess: f.LoginAccess}.Opens()
				if opens != (a.Opens() || b.Opens()) {
					t.Errorf("%s: it opens: %v", name, opens)
				}
				if user := f.Status == Active || f.Status == Deactivated; kind == Client && !Possible(Row{kind, f.Status, f.LoginAccess, true, user, f.Owner}) {
					t.Errorf("%s: there can be no %+v", name, f)
				}
				if f.Owner != (a.Owner || b.Owner) || !f.Permissions.Has(f.Role.Permissions) || !(a.Permissions | b.Permissions).Has(f.Permissions) {
					t.Errorf("%s: %+v", name, f)
				}
				if a.Opens() && !f.Permissions.Has(a.Permissions) || b.Opens() && !f.Permissions.Has(b.Permissions) {
					t.Errorf("%s: what could be done cannot any more: %+v", name, f)
				}
				if back := Fold([]Place{b, a}); back.Status != f.Status || back.LoginAccess != f.LoginAccess || back.Permissions != f.Permissions || back.Role.Permissions != f.Role.Permissions {
					t.Errorf("%s: the other way round it is %+v, not %+v", name, back, f)
				}
			}
		}
	}
	if n < 1000 {
		t.Errorf("only %d pairs", n)
	}
}

// Of roles that each allow something the other does not, the one that manages people is higher.
func TestTheHigherRoleIsTheOneThatAllowsMore(t *testing.T) {
	t.Parallel()
	role := func(set Permissions) Role { return Role{ID: "rol_own", Kind: Client, Permissions: set} }
	for sentence, c := range map[string]struct {
		a, b Role
		want bool
	}{
		"all of the other and more":           {role(DocumentsSubmit | PublishItems), role(DocumentsSubmit), true},
		"less than the other":                 {role(DocumentsSubmit), role(DocumentsSubmit | PublishItems), false},
		"the same":                            {role(DocumentsSubmit), role(DocumentsSubmit), false},
		"managing people before publishing":   {role(UsersManage), role(DocumentsSubmit | PublishItems), true},
		"publishing is not before managing":   {role(DocumentsSubmit | PublishItems), role(UsersManage), false},
		"administering before managing":       {role(AdministratorsManage), role(UsersManage | PublishItems), true},
		"neither of two that manage nobody":   {role(PublishItems), role(DocumentsSubmit), false},
		"neither, the other way round either": {role(DocumentsSubmit), role(PublishItems), false},
	} {
		if got := higher(c.a, c.b); got != c.want {
			t.Errorf("%s: %v", sentence, got)
		}
	}
}

func TestNobodyBecomesColleagueAndClientUserByMerging(t *testing.T) {
	t.Parallel()
	colleague := func(status Status) Place {
		p := placeAt(status, true, builtIn(PracticeStandardRole), 0)
		p.ID, p.Account, p.Practice, p.Ours = "mem_colleague", "Okafor & Partners", "prc_1", true
		return p
	}
	user := func(status Status, access bool) Place {
		p := placeAt(status, access, builtIn(StandardRole), 0)
		p.ID, p.Account, p.Practice = "mem_user", "Marsh Bakery", "prc_1"
		return p
	}
	with := func(p Place, change func(*Place)) Place { change(&p); return p }
	for sentence, c := range map[string]struct {
		a, b Place
		want bool
	}{
		"a colleague and a user of the client":       {colleague(Active), user(Active, true), true},
		"also a deactivated colleague":               {colleague(Deactivated), user(Active, true), true},
		"also a pending colleague":                   {colleague(Pending), user(Active, true), true},
		"also a pending user":                        {colleague(Active), user(Pending, true), true},
		"also a user who awaits activation":          {colleague(Active), user(AwaitingActivation, true), true},
		"not a document owner":                       {colleague(Active), user(Active, false), false},
		"not a deactivated user":                     {colleague(Active), user(Deactivated, true), false},
		"not a user of another practice's client":    {colleague(Active), with(user(Active, true), func(p *Place) { p.Practice = "prc_2" }), false},
		"not a user of a business that stands alone": {colleague(Active), with(user(Active, true), func(p *Place) { p.Practice = "" }), false},
		"not what one login is already":              {colleague(Active), with(user(Active, true), func(p *Place) { p.Ours = true }), false},
		"not two colleagues":                         {colleague(Active), with(colleague(Active), func(p *Place) { p.Ours = false }), false},
	} {
		for _, list := range [][]Place{{c.a, c.b}, {c.b, c.a}} {
			v := MergeConflicts(list)
			if v.Refused() != c.want {
				t.Errorf("%s: %v", sentence, v)
			}
			if c.want && (len(v) != 1 || v[0].Code != MergeConflict || !slices.Equal(v[0].Related, []string{"mem_colleague", "mem_user"}) || v[0].Remedy != RemoveClientMembership) {
				t.Errorf("%s: %+v", sentence, v)
			}
		}
	}
	owner := with(user(Active, true), func(p *Place) { p.Owner = true })
	if v := MergeConflicts([]Place{colleague(Active), owner}); len(v) != 1 || v[0].Remedy != TransferOwnership {
		t.Errorf("the owner of a client cannot be removed from it: %+v", v)
	}
}

func TestWhoMayMerge(t *testing.T) {
	t.Parallel()
	for sentence, c := range map[string]struct {
		verified bool
		since    time.Duration
		want     string
	}{
		"proved and fresh":      {true, time.Minute, ""},
		"not proved":            {false, time.Minute, "EMAIL_NOT_VERIFIED"},
		"signed in long ago":    {true, time.Hour, "FRESH_SIGN_IN_REQUIRED"},
		"neither, in J's order": {false, time.Hour, "EMAIL_NOT_VERIFIED FRESH_SIGN_IN_REQUIRED"},
	} {
		got := ""
		for i, p := range MayMerge(c.verified, c.since, 10*time.Minute) {
			if i > 0 {
				got += " "
			}
			got += string(p.Code)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", sentence, got, c.want)
		}
	}
}

func TestTheOtherLoginIsProvedInOneWay(t *testing.T) {
	t.Parallel()
	text := func(s string) *string { return &s }
	for sentence, c := range map[string]struct {
		email, password, proof *string
		want                   []string
	}{
		"address and password":      {text("a"), text("b"), nil, nil},
		"signing on":                {nil, nil, text("c"), nil},
		"nothing":                   {nil, nil, nil, []string{"REQUIRED email", "REQUIRED password"}},
		"no password":               {text("a"), nil, nil, []string{"REQUIRED password"}},
		"no address":                {nil, text("b"), nil, []string{"REQUIRED email"}},
		"both ways":                 {text("a"), text("b"), text("c"), []string{"INVALID ssoProof"}},
		"signing on and an address": {text("a"), nil, text("c"), []string{"INVALID ssoProof"}},
	} {
		var got []string
		for _, p := range OneProof(c.email, c.password, c.proof) {
			got = append(got, string(p.Code)+" "+p.Field[1])
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", sentence, got, c.want)
		}
	}
}
