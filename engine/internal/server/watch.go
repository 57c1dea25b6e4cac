package server

import (
	"runtime/metrics"
	"time"

	"github.com/sluice-gitops/sluice/engine/internal/fault"
	"github.com/sluice-gitops/sluice/engine/internal/limits"
)

// watchEvery is how often the memory is looked at.
const watchEvery = 25 * time.Millisecond

// watch waits for a render, but not longer and not with more memory than it may have. What cannot be waited for cannot be stopped either: a
// loop in a template never looks up, so the process has to end after such a fault.
func watch(done <-chan reply, l limits.Limits) reply {
	limit := time.NewTimer(time.Duration(l.WallMs) * time.Millisecond)
	defer limit.Stop()
	look := time.NewTicker(watchEvery)
	defer look.Stop()
	for {
		select {
		case r := <-done:
			return r
		case <-limit.C:
			f := fault.Over("wallMs", "", "the render takes longer than %d ms", l.WallMs)
			f.Fatal = true
			return reply{fault: f}
		case <-look.C:
			if memory() > uint64(l.MemoryBytes) {
				f := fault.Over("memoryBytes", "", "the render needs more than %d MiB of memory", l.MemoryBytes>>20)
				f.Fatal = true
				return reply{fault: f}
			}
		}
	}
}

// memory is what the Go runtime holds of the operating system's memory.
func memory() uint64 {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64() - samples[1].Value.Uint64()
}
