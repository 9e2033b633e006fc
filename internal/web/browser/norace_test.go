//go:build !race

package browser_test

const buildMode = "-race=false"
