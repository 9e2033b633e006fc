//go:build !race

package browser_test

var buildMode = []string{"-race=false"}
