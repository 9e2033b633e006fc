//go:build race

package browser_test

// The program is built with the race detector when its test is: what it is built of is there already.
const buildMode = "-race=true"
