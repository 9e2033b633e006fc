package rule

import "fmt"

// MaxApplications is how many applications a practice offers at most: they are shown in one list.
const MaxApplications = 100

// ApplicationFacts is what has to be known to judge whether a practice may offer one more application (RULES.md I3).
type ApplicationFacts struct {
	Actor  Access // what the viewer may do in the practice
	Name   string // tidied
	Taken  bool   // it offers one of this name already
	Listed int    // how many it offers
}

// MayManageApplications: a practice's applications are listed and deleted by those who change its settings.
func MayManageApplications(actor Access) Verdict {
	if !actor.Permissions.Has(SettingsManage) {
		return Verdict{notPermitted("Your role in this practice does not let you change its applications. Ask a practice administrator.")}
	}
	return nil
}

// MayListApplication judges one more application.
func MayListApplication(f ApplicationFacts) Verdict {
	if wrong := MayManageApplications(f.Actor); wrong.Refused() {
		return wrong
	}
	v := Text("The name", f.Name, MaxName, "input", "name")
	if f.Taken {
		v = append(v, invalid("There is an application of this name already. Choose another name.", "input", "name"))
	}
	if f.Listed >= MaxApplications {
		v = append(v, invalid(fmt.Sprintf("A practice offers at most %d applications. Delete one that nobody uses any more.", MaxApplications), "input", "name"))
	}
	return v
}

// Applications are those that somebody is to have.
type Applications struct {
	Chosen  bool
	Foreign bool // one of them is not offered in the account
}

// choosable: users have applications that the practice behind their account offers; colleagues have none (I3).
func choosable(kind Kind, a Applications) Verdict {
	switch {
	case kind == Practice && a.Chosen:
		return Verdict{invalid("Only users of client accounts are given applications. Leave them out.", "input", "applicationIds")}
	case a.Foreign:
		return Verdict{invalid("One of these applications is not offered in this account. Choose from the account's own list.", "input", "applicationIds")}
	}
	return nil
}
