package rule

import (
	"math/bits"
	"slices"
)

// Permission is one thing a role allows (RULES.md B7).
type Permission string

// Permissions is a set of them. It is stored as a number, bit by bit in the order of AllPermissions, so that both
// databases can test it; the order must never change.
type Permissions int64

// AllPermissions are all there are, in the order of their bits.
var AllPermissions = []Permission{
	"DOCUMENTS_SUBMIT", "DOCUMENTS_VIEW_ALL", "DOCUMENTS_MANAGE_ALL", "EXPENSE_CLAIMS_CREATE", "PUBLISH_EXPENSE_CLAIMS",
	"PUBLISH_ITEMS", "USERS_MANAGE", "ADMINISTRATORS_MANAGE", "SETTINGS_MANAGE", "SUBSCRIPTION_MANAGE", "CLIENTS_CREATE",
	"CLIENTS_ALL", "COLLEAGUES_MANAGE", "PRACTICE_ADMINISTRATORS_MANAGE", "PRACTICE_INSIGHTS",
}

// The permissions as sets of one.
const (
	DocumentsSubmit Permissions = 1 << iota
	DocumentsViewAll
	DocumentsManageAll
	ExpenseClaimsCreate
	PublishExpenseClaims
	PublishItems
	UsersManage
	AdministratorsManage
	SettingsManage
	SubscriptionManage
	ClientsCreate
	ClientsAll
	ColleaguesManage
	PracticeAdministratorsManage
	PracticeInsights
)

// What each built-in role allows, and what may be added to the standard ones for one member (B7).
const (
	standardOptions         = DocumentsViewAll | DocumentsManageAll | ExpenseClaimsCreate | PublishExpenseClaims | PublishItems
	practiceStandardOptions = ClientsAll | ClientsCreate | PracticeInsights

	StandardPermissions      = DocumentsSubmit
	UserAdminPermissions     = DocumentsSubmit | standardOptions | UsersManage | SettingsManage
	BusinessAdminPermissions = UserAdminPermissions | AdministratorsManage | SubscriptionManage

	PracticeStandardPermissions Permissions = 0
	ClientAdminPermissions                  = practiceStandardOptions | ColleaguesManage
	PracticeAdminPermissions                = ClientAdminPermissions | PracticeAdministratorsManage | SettingsManage | SubscriptionManage
)

// Has reports whether every permission of q is in p.
func (p Permissions) Has(q Permissions) bool { return p&q == q }

// List names the permissions of a set, in their order.
func (p Permissions) List() []Permission {
	list := make([]Permission, 0, bits.OnesCount64(uint64(p)))
	for i, name := range AllPermissions {
		if p&(1<<i) != 0 {
			list = append(list, name)
		}
	}
	return list
}

// SetOf makes a set of names; a name it does not know is left out.
func SetOf(names []Permission) Permissions {
	var p Permissions
	for _, name := range names {
		if i := slices.Index(AllPermissions, name); i >= 0 {
			p |= 1 << i
		}
	}
	return p
}

// Of are the permissions that make sense in an account of this kind.
func (k Kind) Of() Permissions {
	if k == Practice {
		return PracticeAdminPermissions
	}
	return BusinessAdminPermissions
}

// Manage is the permission to manage an account's people: users of a business, colleagues of a practice.
func (k Kind) Manage() Permissions {
	if k == Practice {
		return ColleaguesManage
	}
	return UsersManage
}

// Administer is the permission that makes an administrator (B7).
func (k Kind) Administer() Permissions {
	if k == Practice {
		return PracticeAdministratorsManage
	}
	return AdministratorsManage
}

// The ids of the built-in roles, fixed by the contract.
const (
	PracticeAdminRole    = "rol_practice_admin"
	ClientAdminRole      = "rol_client_admin"
	PracticeStandardRole = "rol_practice_standard"
	BusinessAdminRole    = "rol_business_admin"
	UserAdminRole        = "rol_user_admin"
	StandardRole         = "rol_standard"
)

// Role is a named set of permissions in one kind of account.
type Role struct {
	ID          string
	Name        string
	Kind        Kind
	Practice    string // whose role it is; empty for built-in ones
	Permissions Permissions
}

// BuiltInRoles are the roles every account has (B1, B2).
var BuiltInRoles = []Role{
	{PracticeAdminRole, "Practice administrator", Practice, "", PracticeAdminPermissions},
	{ClientAdminRole, "Client administrator", Practice, "", ClientAdminPermissions},
	{PracticeStandardRole, "Standard", Practice, "", PracticeStandardPermissions},
	{BusinessAdminRole, "Business administrator", Client, "", BusinessAdminPermissions},
	{UserAdminRole, "User administrator", Client, "", UserAdminPermissions},
	{StandardRole, "Standard", Client, "", StandardPermissions},
}

// Nearest is the widest built-in role for users of a client account that allows nothing beyond a set.
func Nearest(set Permissions) Role {
	for _, r := range BuiltInRoles {
		if r.Kind == Client && set.Has(r.Permissions) {
			return r
		}
	}
	return BuiltInRoles[len(BuiltInRoles)-1]
}

// Options are the permissions that may be added to a role for one member: those of the standard roles.
func (r Role) Options() Permissions {
	switch {
	case r.Permissions.Has(r.Kind.Manage()):
		return 0
	case r.Kind == Practice:
		return practiceStandardOptions
	default:
		return standardOptions
	}
}
