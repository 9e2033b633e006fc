package browser_test

import (
	"regexp"
	"testing"
)

// clients has the clients of web/clients run their documents.
func clients(t *testing.T, base string) {
	t.Helper()
	told := script(t, "clients", []string{"--test", "--test-reporter=tap", "test/clients.test.mjs"}, "BASE="+base)
	if !regexp.MustCompile(`(?m)^# pass [1-9]`).MatchString(told) || !regexp.MustCompile(`(?m)^# skipped 0$`).MatchString(told) {
		t.Errorf("not everything was run:\n%s", told)
	}
	for _, line := range regexp.MustCompile(`(?m)^ *ok \d+ - .*$`).FindAllString(told, -1) {
		t.Log(line)
	}
}
