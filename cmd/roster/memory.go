package main

import (
	"os"
	"runtime/debug"
)

// How much memory is let grow before it is collected, unless GOGC and GOMEMLIMIT say otherwise. What a server keeps is some
// ten megabytes, so by Go's own measure it would be collected after every few answers, which took a sixth of all time; four
// times as much is left to grow. Where more is in use at once, as the 19 MB of each password that is being hashed, the limit has
// it collected earlier.
const (
	garbage = 400      // per cent of what is in use
	memory  = 64 << 20 // bytes; the program itself and what SQLite keeps come on top, some 70 MB
)

func tuneMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memory)
	}
}
