//go:build !linux

package lockdown

import (
	"errors"
	"os"
	"runtime"
)

// Keep spares a descriptor that the engine opened itself.
func Keep(*os.File) {}

func closeInherited() {}

func setRlimits() error { return errors.New("not available on " + runtime.GOOS) }

func landlocked() string { return "unavailable: not known on " + runtime.GOOS }

func filterSyscalls() bool { return false }
