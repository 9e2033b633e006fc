package house_test

import (
	"fmt"
	"strings"
	"testing"

	"roster/ent/token"
	"roster/ent/user"
	"roster/internal/address"
	"roster/internal/login"
	"roster/internal/rule"
	"roster/internal/store"
	"roster/internal/store/storetest"
)

// written are pairs of addresses, and whether they are one person's (RULES.md J1).
var written = []struct {
	sentence, one, other string
	same                 bool
}{
	{"spaces around it", "tom@example.com", " \t tom@example.com \r\n", true},
	{"ASCII letters in another case", "tom@example.com", "TOM@Example.COM", true},
	{"a plus-tag", "tom@example.com", "tom+bakery@example.com", false},
	{"another plus-tag", "tom+bakery@example.com", "tom+cafe@example.com", false},
	{"the same plus-tag in another case", "tom+bakery@example.com", "Tom+Bakery@example.com", true},
	{"a dot", "tommarsh@gmail.com", "tom.marsh@gmail.com", false},
	{"an accent in two parts", "ren\u00e9@example.com", "rene\u0301@example.com", true},
	{"an accent that is missing", "ren\u00e9@example.com", "rene@example.com", false},
	{"an accented letter in another case", "ren\u00e9@example.com", "REN\u00c9@example.com", false},
	{"a Greek omicron", "tom@example.com", "t\u03bfm@example.com", false},
	{"a Cyrillic letter", "paul@example.com", "\u0440aul@example.com", false},
	{"wide letters", "tom@example.com", "\uff54\uff4f\uff4d@example.com", false},
	{"the sign for Kelvin, which in NFC is a K", "kit@example.com", "\u212ait@example.com", true},
	{"a ligature", "fine@example.com", "\ufb01ne@example.com", false},
	{"a Turkish i without a dot", "kit@example.com", "k\u0131t@example.com", false},
	{"a Turkish capital I with a dot", "kit@example.com", "K\u0130T@example.com", false},
	{"a sharp s", "strasse@example.com", "stra\u00dfe@example.com", false},
	{"a figure that is written high", "tom2@example.com", "tom\u00b2@example.com", false},
	{"a domain as DNS has it", "tom@b\u00fccher.example", "tom@xn--bcher-kva.example", true},
	{"its letters in another case", "tom@b\u00fccher.example", "tom@B\u00dcCHER.example", true},
	{"its accent in two parts", "tom@b\u00fccher.example", "tom@bu\u0308cher.example", true},
	{"a domain in wide letters", "tom@example.com", "tom@\uff45xample.com", true},
	{"a domain with an ideographic dot", "tom@example.com", "tom@example\u3002com", true},
	{"a domain with a sharp s", "tom@strasse.example", "tom@stra\u00dfe.example", false},
	{"a domain with a Cyrillic letter", "tom@example.com", "tom@ex\u0430mple.com", false},
	{"another domain", "tom@example.com", "tom@example.org", false},
}

// everyFlow says in each flow that takes an address whether it is taken for the address that somebody has already.
var everyFlow = map[string]func(h *home, has, typed string) (same bool){
	"signing up": func(h *home, has, typed string) bool {
		h.withPassword(has)
		before := h.logs()
		if err := h.logins.SignUp(h.nobody(), login.SignUp{FirstName: "Kit", LastName: "Vale", Email: typed, Password: "quiet river stone window", Client: rule.Web}, nil); err != nil {
			h.Fatal(err)
		}
		return h.logs() == before
	},
	"signing in": func(h *home, has, typed string) bool {
		h.withPassword(has)
		_, err := h.logins.SignIn(h.nobody(), typed, password, rule.Web)
		return err == nil
	},
	"asking for a new password": func(h *home, has, typed string) bool {
		h.withPassword(has)
		if err := h.logins.RequestReset(h.nobody(), typed); err != nil {
			h.Fatal(err)
		}
		sent, err := h.store.Read().Token.Query().Where(token.PurposeEQ(rule.ResetPassword), token.Email(has)).Exist(store.Facts(h.Context()))
		return must(h, sent, err)
	},
	"adding": func(h *home, has, typed string) bool {
		h.withPassword(has)
		practice, owner := h.practice()
		added, err := h.people.Add(owner, person(h.client(owner, practice), rule.StandardRole, typed))
		must(h, added, err)
		return h.row(added.Membership).Status == rule.Active
	},
	"adding twice": func(h *home, has, typed string) bool {
		practice, owner := h.practice()
		client := h.client(owner, practice)
		h.invite(owner, client, rule.StandardRole, has)
		_, err := h.people.Add(owner, person(client, rule.StandardRole, typed))
		return codes(err) == "INVITATION_ALREADY_PENDING"
	},
	"changing one's own": func(h *home, has, typed string) bool {
		u := h.loginOf(has, true)
		return codes(h.logins.RequestNewEmail(h.as(u), typed, "")) == "INVALID"
	},
	"taking another's": func(h *home, has, typed string) bool {
		h.withPassword(has)
		u := h.somebody()
		as := h.as(u)
		return codes(h.confirm(as, h.wants(as, u, typed))) == "EMAIL_TAKEN"
	},
}

// logs is how many logins there are.
func (h *home) logs() int {
	h.Helper()
	n, err := h.store.Read().User.Query().Count(store.Facts(h.Context()))
	return must(h, n, err)
}

// J1: the same table of pairs through every flow.
func TestAddressesAreTheSameInEveryFlow(t *testing.T) {
	t.Parallel()
	for name, flow := range everyFlow {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, kind := range []string{storetest.SQLite, storetest.Postgres} {
				t.Run(kind, func(t *testing.T) {
					h := newHome(t, storetest.Open(t, kind))
					for i, pair := range written {
						// each pair has addresses of its own in the one database: the subdomain changes nothing of what is compared
						own := func(email string) string {
							at := strings.LastIndexByte(email, '@')
							return email[:at+1] + fmt.Sprintf("p%d.", i) + email[at+1:]
						}
						has, err := address.Email(own(pair.one))
						must(t, has, err)
						if got := flow(h, has, own(pair.other)); got != pair.same {
							t.Errorf("J1, %s: %q is taken for %q: %v, want %v", pair.sentence, own(pair.other), has, got, pair.same)
						}
					}
				})
			}
		})
	}
}

// unwritable are texts that no mail can be sent to, or that only look like an address.
var unwritable = []string{
	"", " ", "tom", "@example.com", "tom@", "tom@@example.com", "a@b@example.com", "tom@example", "tom@.example.com", "tom@example..com", "tom..m@example.com", ".tom@example.com", "tom.@example.com",
	`"tom"@example.com`, "tom(comment)@example.com", "<tom@example.com>", "Tom <tom@example.com>", "@relay.example:tom@example.com", "tom%evil@", "tom@[192.0.2.1]", "tom@192.0.2.1", "tom@exa mple.com", "to m@example.com",
	"tom\x00@example.com", "tom\n@example.com", "tom@example.com\nbcc: eve@example.com", "tom\u200b@example.com", "tom\u202e@example.com", "tom@exam\u200bple.com", "t\u00adom@example.com", "tom,eve@example.com", "tom;eve@example.com",
	"tom@example.com,eve@example.com", "tom@-example.com", "tom@xn--a.example", "tom@" + strings.Repeat("a", 64) + ".example", strings.Repeat("t", 65) + "@example.com", "tom@" + strings.Repeat("a.", 130) + "example", "tom\xff@example.com",
}

// What is no address is refused in every flow, and no mail is queued to anywhere; at signing in it is a wrong password.
func TestWhatIsNoAddressIsRefusedInEveryFlow(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		practice, owner := h.practice()
		client, as := h.client(owner, practice), h.as(h.somebody())
		before := h.mailed(t)
		for _, text := range unwritable {
			for flow, do := range map[string]func() error{
				"signing up": func() error {
					return h.logins.SignUp(h.nobody(), login.SignUp{FirstName: "Kit", LastName: "Vale", Email: text, Password: "quiet river stone window", Client: rule.Web}, nil)
				},
				"asking for a new password": func() error { return h.logins.RequestReset(h.nobody(), text) },
				"changing one's own":        func() error { return h.logins.RequestNewEmail(as, text, "") },
				"adding": func() error {
					_, err := h.people.Add(owner, person(client, rule.StandardRole, text))
					return err
				},
			} {
				want := "EMAIL_INVALID"
				if flow == "adding" && text == "" {
					want = "EMAIL_REQUIRED"
				}
				if got := codes(do()); got != want {
					t.Errorf("%s with %q is answered %q, want %q", flow, text, got, want)
				}
			}
		}
		for _, text := range unwritable[:5] { // each is compared with nobody's password
			if _, err := h.logins.SignIn(h.nobody(), text, password, rule.Web); codes(err) != "CREDENTIALS_INCORRECT" {
				t.Errorf("signing in with %q is answered %q", text, codes(err))
			}
		}
		if after := h.mailed(t); after != before {
			t.Errorf("%d mails were queued", after-before)
		}
	})
}

// An array where an address belongs is a mistake in the request, and nobody in it is mailed.
func TestAnArrayIsNoAddress(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		h := newHome(t, s)
		for _, email := range []string{"victim@example.com", "eve@example.com"} {
			h.withPassword(email)
		}
		u, err := s.Read().User.Query().Where(user.Email("eve@example.com")).Only(store.Facts(t.Context()))
		cookie := h.open(must(t, u, err), rule.Web).Cookie
		before := h.mailed(t)
		for _, list := range []any{[]string{"victim@example.com", "eve@example.com"}, []string{"victim@example.com"}, map[string]string{"0": "victim@example.com"}, []any{[]string{"victim@example.com"}}, true} {
			for _, field := range []string{
				`passwordResetRequest(input:{email:$e}){problems{code}}`, `signIn(input:{email:$e,password:"x",client:WEB}){problems{code}}`,
				`signUp(input:{firstName:"K",lastName:"V",email:$e,password:"quiet river stone window",client:WEB}){problems{code}}`, `emailChangeRequest(input:{newEmail:$e}){problems{code}}`,
			} {
				if a := h.ask(cookie, `mutation($e:String!){`+field+`}`, map[string]any{"e": list}); !strings.Contains(a.body, `"BAD_REQUEST"`) {
					t.Errorf("%s with %v is answered %d %s", field, list, a.status, a.body)
				}
			}
		}
		if after := h.mailed(t); after != before {
			t.Errorf("%d mails were queued", after-before)
		}
		if a := h.ask(cookie, `mutation($e:String!){passwordResetRequest(input:{email:$e}){problems{code}}}`, map[string]any{"e": "victim@example.com"}); h.mailed(t) != before+1 {
			t.Errorf("one address is answered %s, and no mail was queued", a.body)
		}
	})
}
