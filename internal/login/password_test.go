package login

import (
	"runtime"
	"testing"
)

// The 19 MB that a password is hashed in are collected at once.
func TestAHashLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	forced := func() uint32 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.NumForcedGC
	}
	before := forced()
	for range 3 { // a collection that began by itself at the very moment is not counted as forced
		if ok, err := newHasher().Match(t.Context(), "correct horse battery", nil); ok || err != nil {
			t.Errorf("a login that is not there: %t, %v", ok, err)
		}
		if forced() > before {
			return
		}
	}
	t.Error("its memory was left to be collected some time")
}
