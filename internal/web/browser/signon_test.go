package browser_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"roster/internal/signon/signontest/zitadel"
	"roster/internal/store/storetest"
)

// web/browser/signon.mjs: without script on a phone, a person comes in by a provider; at a desk another links it, comes in by
// it, and unlinks it.
func TestAPersonSignsInWithAProviderLinksItAndUnlinksIt(t *testing.T) {
	t.Parallel()
	tools := find(t)
	program := filepath.Join(t.TempDir(), "roster")
	run(t, exec.CommandContext(t.Context(), "go", "build", buildMode, "-o", program, root+"/cmd/roster"))

	for _, kind := range []string{storetest.SQLite, storetest.Postgres} {
		t.Run(kind, func(t *testing.T) {
			provider := zitadel.Reserve(t, "zitadel")
			there := provider.Config()
			base := serve(t, program, storetest.URL(t, kind), "OIDC_PROVIDERS=zitadel", "OIDC_ZITADEL_LABEL="+there.Label, "OIDC_ZITADEL_ISSUER="+there.Issuer,
				"OIDC_ZITADEL_CLIENT_ID="+there.ClientID, "OIDC_ZITADEL_CLIENT_SECRET="+there.ClientSecret)
			provider.Start(base, zitadel.People{"lea": zitadel.Person("lea", "Léa", "Martin", "lea@example.com", true), "ada": zitadel.Person("ada", "Ada", "Okafor", "ada@example.com", true)})

			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			play := exec.CommandContext(ctx, tools.node, "signon.mjs")
			play.Dir = filepath.Dir(script)
			home := t.TempDir()
			play.Env = append(os.Environ(), "BASE="+base, "CHROMIUM="+tools.chromium, "PROVIDER="+there.Issuer, "PASSWORD="+zitadel.Password,
				"PROFILES="+t.TempDir(), "SCREENSHOTS="+screenshots(t, "sign-on "+kind), "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home)
			play.Cancel = func() error { return play.Process.Signal(syscall.SIGTERM) } // it ends the browser, too
			play.WaitDelay = 10 * time.Second
			if told := run(t, play); !strings.Contains(told, "saw: the end\n") {
				t.Errorf("the story was not told to its end:\n%s", told)
			} else {
				t.Log("\n" + told)
			}
		})
	}
}
