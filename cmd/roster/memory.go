package main

import (
	"os"
	"runtime/debug"
)

// How much memory is let grow before it is collected, unless GOGC and GOMEMLIMIT say otherwise. What a server keeps is some
// ten megabytes, so by Go's own measure it would be collected after every few answers, which took a sixth of all time; four
// times as much is left to grow. Where much is in use at once, as when a hundred people sign in and each password takes
// 19 MB, the limit has it collected earlier.
const (
	garbage = 400      // per cent of what is in use
	memory  = 52 << 20 // bytes; the program itself and what SQLite keeps come on top, some 95 MB
)

func tuneMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memory)
	}
}
