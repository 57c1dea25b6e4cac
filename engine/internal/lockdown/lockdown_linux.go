package lockdown

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/landlock-lsm/go-landlock/landlock"
	"golang.org/x/sys/unix"
)

// closeInherited closes what the parent left open, except standard input and output, the log and the Go runtime's own poller.
func closeInherited() {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return
	}
	for _, e := range entries {
		fd, err := strconv.Atoi(e.Name())
		if err != nil || fd <= 2 || keep[fd] {
			continue
		}
		target, err := os.Readlink("/proc/self/fd/" + e.Name())
		if err != nil || strings.HasPrefix(target, "anon_inode:[event") {
			continue
		}
		_ = unix.Close(fd)
	}
}

var keep = map[int]bool{}

// Keep spares a descriptor that the engine opened itself.
func Keep(f *os.File) { keep[int(f.Fd())] = true }

// setRlimits allows no core dump, no growing file and few descriptors.
func setRlimits() error {
	bounds := map[int]uint64{unix.RLIMIT_CORE: 0, unix.RLIMIT_NOFILE: 32}
	if !toFile(1) && !toFile(2) {
		bounds[unix.RLIMIT_FSIZE] = 0
	}
	for resource, most := range bounds {
		if err := unix.Setrlimit(resource, &unix.Rlimit{Cur: most, Max: most}); err != nil {
			return fmt.Errorf("cannot set limit %d: %w", resource, err)
		}
	}
	return nil
}

// toFile says whether output goes to a regular file, which must then be able to grow.
func toFile(fd int) bool {
	var info unix.Stat_t
	return unix.Fstat(fd, &info) == nil && info.Mode&unix.S_IFMT == unix.S_IFREG
}

// landlocked applies the strictest rules that the kernel knows: no path, no port, no signal or socket of others.
func landlocked() string {
	version, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return "unavailable: " + errno.Error()
	}
	if err := landlock.V11.BestEffort().Restrict(); err != nil {
		return "unavailable: " + err.Error()
	}
	return "v" + strconv.Itoa(int(min(version, 11)))
}
