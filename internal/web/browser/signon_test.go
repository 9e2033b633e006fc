package browser_test

import (
	"testing"

	"roster/internal/signon/signontest/zitadel"
)

// signsOn plays web/browser/signon.mjs: without script on a phone, a person comes in by a provider; at a desk another links it,
// comes in by it, and unlinks it.
func signsOn(t *testing.T, chromium, program, database, kind string) {
	provider := zitadel.Reserve(t, "zitadel")
	there := provider.Config()
	base := serve(t, program, "demo", "DATABASE_URL="+database, "OIDC_PROVIDERS=zitadel", "OIDC_ZITADEL_LABEL="+there.Label, "OIDC_ZITADEL_ISSUER="+there.Issuer,
		"OIDC_ZITADEL_CLIENT_ID="+there.ClientID, "OIDC_ZITADEL_CLIENT_SECRET="+there.ClientSecret)
	provider.Start(base, zitadel.People{"lea": zitadel.Person("lea", "Léa", "Martin", "lea@example.com", true), "ada": zitadel.Person("ada", "Ada", "Okafor", "ada@example.com", true)})
	play(t, chromium, "signon.mjs", base, "sign-on "+kind, "PROVIDER="+there.Issuer, "PASSWORD="+zitadel.Password)
}
