// Package lockdown gives up everything that a renderer does not need, before the first request.
package lockdown

import (
	"fmt"
	"net/http"
	"os"
	"runtime/debug"

	"github.com/sluice-gitops/sluice/engine/internal/limits"
	"github.com/sluice-gitops/sluice/engine/internal/protocol"
)

// Apply clears the environment, closes inherited descriptors, replaces the HTTP transport, sets limits and asks the kernel to refuse files,
// network and programs. It says which of these hold. What has to be opened must be open before.
func Apply() protocol.Lockdown {
	os.Clearenv()
	http.DefaultTransport = refuser{}
	http.DefaultClient = &http.Client{Transport: refuser{}}
	// Renders make much garbage and keep little; collecting seldom is worth its memory, and the limit brings it back when memory is short.
	debug.SetGCPercent(300)
	debug.SetMemoryLimit(limits.Default.MemoryBytes / 4 * 3)
	held := protocol.Lockdown{
		Environment: len(os.Environ()) == 0, HTTPTransport: true, Path: os.Getenv("PATH") == "",
	}
	closeInherited()
	held.Limits = setRlimits() == nil
	held.Landlock = landlocked()
	held.Seccomp = filterSyscalls()
	return held
}

// refuser is an HTTP transport that sends nothing.
type refuser struct{}

// RoundTrip refuses the request.
func (refuser) RoundTrip(r *http.Request) (*http.Response, error) {
	return nil, fmt.Errorf("the engine has no network: refused %s %s", r.Method, r.URL.Redacted())
}
